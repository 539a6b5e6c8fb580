"""Telemetry, from outside."""

from typing import Any

import pytest

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb
from custom_components.tesla_direct.tesla.proto import vehicle_error_pb2 as error_pb
from simulator.car.car import Car
from simulator.car.model import MODEL_3
from simulator.world import World


def pushed(car: Car) -> dict[str, Any]:
    """Return the values of the newest record."""
    message = pb.Payload.FromString(car.telemetry.outbox.waiting[-1].payload)
    return {
        pb.Field.Name(datum.key): getattr(datum.value, datum.value.WhichOneof("value") or "")
        for datum in message.data
    }


async def test_exactly_what_is_pushed_is_sent(car: Car) -> None:
    await car.push(
        "Gear", BatteryLevel=41.5, Location=[51.0, -1.0], DoorState={"TrunkRear": True}, Locked=None
    )

    values = pushed(car)

    assert values["Gear"] == pb.ShiftState.ShiftStateP
    assert values["BatteryLevel"] == 41.5
    assert values["Location"] == pb.LocationValue(latitude=51.0, longitude=-1.0)
    assert values["DoorState"] == pb.Doors(TrunkRear=True)
    assert values["Locked"] is True  # the member `invalid`
    assert len(values) == 5


async def test_a_moment_is_pushed_as_real_time(car: Car) -> None:
    await car.push(ScheduledChargingStartTime=1_791_415_800, Location=None, DoorState=None)

    assert pushed(car)["ScheduledChargingStartTime"] == 1_791_444_600


async def test_pushing_does_not_change_the_truth_and_wakes_the_car(car: Car) -> None:
    car.sleep()
    await car.push(BatteryLevel=1.0)

    assert car.body.battery_percent == pytest.approx(70.0)
    assert car.state == "online"


async def test_a_record_may_be_empty(car: Car) -> None:
    await car.send_nothing()

    assert pushed(car) == {}


async def test_the_client_can_complain(car: Car) -> None:
    car.complain("config_error", field="ChargerPhases")

    message = error_pb.VehicleErrors.FromString(car.telemetry.outbox.waiting[0].payload)
    assert dict(message.errors[0].tags) == {"field": "ChargerPhases"}


async def test_without_fields_all_that_is_known_is_streamed(world: World) -> None:
    new, old = world.add_car(), world.add_car("untyped")
    for car in (new, old):
        car.stream(hostname="h", port="nowhere")
    await world.advance(1)

    assert len(new.telemetry.last_sent) > 200
    assert 100 < len(old.telemetry.last_sent) < 170
    assert "DetailedChargeState" not in old.telemetry.last_sent
    assert old.telemetry.outbox.waiting[0].topic == "V"


async def test_a_field_that_tesla_does_not_have_is_refused(car: Car) -> None:
    with pytest.raises(KeyError):
        car.stream(hostname="h", fields={"soc": {"interval_seconds": 1}})

    assert car.told is None


async def test_a_sleeping_car_fetches_its_configuration_when_it_wakes(world: World, car: Car) -> None:
    car.sleep()
    car.stream(hostname="h", port="nowhere", fields={})
    await world.advance(60)
    assert (car.synced, car.telemetry.config) == (False, None)

    car.wake_now()

    assert car.synced
    assert car.telemetry.config is car.told

    car.stop_streaming()
    assert car.telemetry.config is None


async def test_a_car_that_cannot_stream_never_fetches_any(world: World) -> None:
    car = world.add_car("old")
    car.stream(hostname="h", port="nowhere", fields={})
    await world.advance(60)

    assert not car.synced
    assert car.telemetry.config is None


async def test_all_that_is_known_of_a_car_is_plain_json(world: World, car: Car) -> None:
    car.stream(hostname="h", port="nowhere")
    car.raise_alert()
    car.change(scheduled_start=1_791_415_800.0)
    car.drive("work")
    await world.advance(1)
    known = car.known()

    assert known["body"]["route"]["name"] == "Canary Wharf car park"
    assert known["telemetry"]["last_sent"]["ScheduledChargingStartTime"] == 1_791_415_800.0
    assert known["telemetry"]["sent"] == 0
    assert known["vin"] == MODEL_3.vin


async def test_a_car_may_be_slow_to_fetch_its_configuration(world: World, car: Car) -> None:
    car.slow_sync(60)
    car.stream(hostname="h", port="nowhere", fields={})
    seen = []
    for happens, seconds in ((car.wake_now, 59), (car.sleep, 60), (car.check_itself, 1)):
        happens()
        await world.advance(seconds)
        seen.append(car.synced)
    assert seen == [False, False, True]

    car.slow_sync(None)
    car.stop_streaming()
    await world.advance(3600)
    seen.append(car.synced)
    assert not seen[-1]
    assert car.telemetry.config is not None


def test_a_car_may_ignore_what_it_is_told(car: Car) -> None:
    car.ignore_configuration()
    car.stream(hostname="h", port="nowhere", fields={})
    assert (car.synced, car.telemetry.config) == (True, None)

    car.ignore_configuration(on=False)
    car.stream(hostname="i", port="nowhere", fields={})
    assert car.telemetry.config is car.told


async def test_new_software_knows_more_fields(world: World) -> None:
    car = world.add_car("half")
    fields = {"Soc": {"interval_seconds": 1}, "HvacPower": {"interval_seconds": 1}}
    newer = "MilesSinceReset" if car.model.hardware4 else "SunroofInstalled"
    car.stream(hostname="h", port="nowhere", fields=fields | {newer: {"interval_seconds": 1}})
    known = car.telemetry.firmware.row(newer)

    car.update_firmware("2026.32.3")

    assert known is None
    assert car.telemetry.firmware.row(newer) is not None
    assert (car.model.firmware, car.model.client) == ("2026.32.3", "1.3.0")
    assert car.body.firmware == "2026.32.3"
    await world.advance(1)
    assert newer in pushed(car)


def test_what_is_no_version_is_not_installed(car: Car) -> None:
    with pytest.raises(ValueError, match="latest"):
        car.update_firmware("latest")

    assert car.body.firmware == MODEL_3.firmware


async def test_an_update_that_was_installed_brings_its_client(world: World) -> None:
    car = world.add_car("untyped")
    car.offer_update("2025.44.25.5", minutes=1)
    car.install_update()
    await world.advance(61)

    assert (car.body.firmware, car.model.client) == ("2025.44.25.5", "1.2.0")


def test_an_error_of_the_client_is_kept_for_the_cloud(car: Car) -> None:
    car.report_telemetry_error("text")

    (report,) = car.reports
    assert (report.name, report.text, report.at) == ("config_manager_error", "text", car.now)


def test_a_switch_is_the_car_s(world: World, car: Car) -> None:
    car.set_streaming_toggle(on=True)
    car.stream(hostname="h", port="nowhere", fields={})
    before = car.told

    car.set_streaming_toggle(on=False)
    assert before is not None
    assert car.told is None
    car.set_streaming_toggle(on=None)
    assert car.model.streaming_switch is None


async def test_another_application_has_its_own_client_which_follows_the_car(car: Car) -> None:
    car.sleep()
    car.lose_signal()
    car.stream_to("other", hostname="other.example.org", port=1, fields={"Soc": {"interval_seconds": 1}})
    (other,) = car.streams.values()
    other.collect(car.truth)
    assert not other.outbox.waiting

    car.regain_signal()
    car.wake_now()
    car.collect()
    assert len(other.outbox.waiting) == 1
    assert not car.telemetry.outbox.waiting
    assert car.known()["streams"]["other"]["connected"] == []


async def test_alerts_errors_and_pushes_go_to_who_listens(car: Car) -> None:
    await car.push(Soc=50.0)
    assert len(car.telemetry.outbox.waiting) == 1
    car.stream_to(
        "other",
        hostname="other.example.org",
        port=1,
        alert_types=["service"],
        fields={"Soc": {"interval_seconds": 1}},
    )
    other = car.streams["other"].outbox
    await car.push(Soc=51.0)
    await car.send_nothing()
    car.raise_alert()
    car.complain("unsupported_field", field_name="Soc")

    assert [record.topic for record in other.waiting] == ["V", "V", "alerts", "errors"]
    assert len(car.telemetry.outbox.waiting) == 1


async def test_an_unknown_field_is_nobodys(car: Car) -> None:
    with pytest.raises(KeyError):
        car.stream_to("other", hostname="other.example.org", fields={"Nonsense": {"interval_seconds": 1}})
    car.stop_streaming_to("other")


async def test_without_fields_another_application_gets_all(car: Car) -> None:
    car.stream_to("other", hostname="other.example.org", port=1)
    config = car.streams["other"].config
    assert config is not None
    assert len(config.fields) > 200
