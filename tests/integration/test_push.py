"""What cars deliver by themselves: each spelling, late, twice, odd, large."""

import time

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
import pytest

from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Datum, Field, Value
from custom_components.tesla_direct.tesla.proto.vehicle_metric_pb2 import Metric, VehicleMetrics
from custom_components.tesla_direct.tesla.vehicle.signals import battery, charge
from custom_components.tesla_direct.tesla.vehicle.sources import RECEIVER
from simulator.car.car import Car
from simulator.car.outbox import Record
from simulator.car.records import payload
from simulator.ports import free_port
from simulator.world import World
from tests.home import until

from .account import Account
from .restart import restarted

BATTERY = "sensor.battery_level"
CONNECTED = "binary_sensor.telemetry_connected"
ALERT = "event.alert"
ALMOST_A_MEGABYTE = 990_000


@pytest.fixture
def written(hass: HomeAssistant) -> list[str]:
    """The entities whose states are written, as often as they are."""
    found: list[str] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        found.append(event.data["entity_id"])

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    return found


async def put(account: Account, car: Car, record: Record) -> None:
    """Have a car send a record that no verb makes."""
    car.telemetry.put(record)
    await account.world.settled()
    await account.hass.async_block_till_done()


@pytest.mark.parametrize("kind", ["typed", "half", "untyped"])
async def test_a_car_of_any_spelling_is_shown_as_it_is(account: Account, world: World, kind: str) -> None:
    car = world.add_car(kind)
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await account.connect(
        car,
        "Soc",
        "BatteryLevel",
        "DoorState",
        "Gear",
        "VehicleSpeed",
        "Location",
        "ChargeLimitSoc",
        "Locked",
    )
    car.drive([51.49, 0.01])
    car.open_door("passenger_front")
    car.change(energy_remaining_kwh=30.0, charge_limit_percent=90)
    await world.advance(20)
    await account.hass.async_block_till_done()

    body = car.body
    assert float(account.shows(car, BATTERY)) == pytest.approx(40.0, abs=0.2)
    assert account.shows(car, "sensor.shift_state") == "d"
    assert account.shows(car, "binary_sensor.door_passenger_front") == "on"
    assert account.shows(car, "binary_sensor.door_driver_front") == "off"
    where = account.state(car, "device_tracker.location").attributes
    assert where["latitude"] == pytest.approx(body.latitude, abs=1e-3)
    assert account.state(car, BATTERY).attributes["source"] == "receiver"
    assert car.telemetry.outbox.strange == []


async def test_a_late_record_does_not_undo_a_newer_one(streaming: Account, car: Car) -> None:
    await streaming.push(car, BatteryLevel=50.0)
    car.skew_clock(-300)
    await streaming.push(car, BatteryLevel=60.0)
    car.skew_clock(0)

    assert streaming.shows(car, BATTERY) == "50.0"


async def test_a_late_record_does_not_undo_a_newer_poll(account: Account, world: World, car: Car) -> None:
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    car.skew_clock(-300)
    await account.connect(car)
    await account.push(car, BatteryLevel=60.0)

    assert account.shows(car, BATTERY) == "70"
    assert account.state(car, BATTERY).attributes["source"] == "poll"


async def test_records_that_were_not_acknowledged_come_again_and_are_taken(
    streaming: Account, world: World, car: Car
) -> None:
    await streaming.hass.config_entries.async_unload(streaming.entry.entry_id)
    for limit in (51, 52, 53):
        streaming.wall.move(1)
        await car.push(ChargeLimitSoc=limit)
    car.lose_signal()
    await until(lambda: not car.telemetry.connections.open)
    car.regain_signal()
    await streaming.hass.config_entries.async_setup(streaming.entry.entry_id)
    await world.advance(40)
    await until(lambda: car.telemetry.connections.open)
    await world.settled()
    await streaming.quiet()

    assert car.telemetry.outbox.tally.resent == 1
    assert car.telemetry.outbox.tally.lost == 0
    assert streaming.runtime.vehicles[car.vin].coordinator.data.get(charge.LIMIT) == 53


async def test_a_record_that_is_dated_ahead_counts_as_of_its_arrival(account: Account, car: Car) -> None:
    account.wall.now = time.time()
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await account.connect(car)
    car.date_ahead(285)
    await car.push(BatteryLevel=54.0)
    await account.world.settled()
    clamped = account.runtime.vehicles[car.vin].coordinator.data.reading(battery.LEVEL)
    assert clamped is not None
    await until(lambda: time.time() > clamped.at + 0.002)  # records are dated to the millisecond
    account.wall.now = time.time()
    await car.push(BatteryLevel=55.0)
    await account.world.settled()
    await account.hass.async_block_till_done()

    shown = account.state(car, BATTERY)
    assert shown.state == "55.0"
    assert shown.attributes["measured_at"].timestamp() <= time.time()


async def test_what_a_car_does_not_know_is_unknown(streaming: Account, car: Car) -> None:
    await streaming.push(car, BatteryLevel=56.0)
    await streaming.push(car, BatteryLevel=None)

    assert streaming.shows(car, BATTERY) == "unknown"


async def test_a_record_without_data_changes_nothing(
    streaming: Account, car: Car, written: list[str]
) -> None:
    written.clear()
    await car.send_nothing()
    await streaming.world.settled()
    await streaming.hass.async_block_till_done()

    assert written == []
    assert car.telemetry.outbox.strange == []


async def test_a_value_that_is_confirmed_writes_no_state(
    streaming: Account, car: Car, written: list[str]
) -> None:
    await streaming.push(car, BatteryLevel=57.0, Odometer=9000.0)
    written.clear()
    for _ in range(20):
        await streaming.push(car, BatteryLevel=57.0, Odometer=9000.0)

    assert written == []


async def test_a_change_writes_only_what_shows_it(streaming: Account, car: Car, written: list[str]) -> None:
    await streaming.push(car, BatteryLevel=57.0, Odometer=9000.0)
    written.clear()
    await streaming.push(car, BatteryLevel=57.0, Odometer=9001.0)

    assert written == [streaming.entity_id(car, "sensor.odometer")]


async def test_the_age_of_the_newest_datum_moves_once_a_minute(
    streaming: Account, car: Car, written: list[str]
) -> None:
    age, source = (streaming.entity_id(car, entity) for entity in ("sensor.data_age", "sensor.data_source"))
    await streaming.push(car, BatteryLevel=57.0)
    written.clear()
    for _ in range(300):
        await streaming.push(car, BatteryLevel=57.0)

    assert written.count(age) == 5
    assert written.count(source) == 1  # the fetch was the newest before
    assert set(written) == {age, source}


async def test_the_cloud_saying_something_of_a_sleeping_car_is_no_news_of_it(
    account: Account, world: World, car: Car
) -> None:
    await account.set_up(car)
    before = account.shows(car, "sensor.data_age")
    car.sleep()
    for _ in range(5):
        await account.later(121)

    assert account.shows(car, "sensor.data_age") == before


async def test_a_restored_value_that_is_confirmed_writes_one_state(streaming: Account, car: Car) -> None:
    await streaming.push(car, BatteryLevel=58.0)
    async with restarted(streaming) as again:
        found: list[str] = []
        again.hass.bus.async_listen(EVENT_STATE_CHANGED, lambda event: found.append(event.data["entity_id"]))
        await again.world.advance(40)
        await until(lambda: car.telemetry.connections.open)
        battery = again.entity_id(car, BATTERY)
        found.clear()
        for _ in range(5):
            await again.push(car, BatteryLevel=58.0)

        assert found.count(battery) == 1
        assert again.state(car, BATTERY).attributes["source"] == "receiver"


async def test_an_alert_is_told_once_when_it_begins_and_once_when_it_ends(
    streaming: Account, world: World, car: Car, written: list[str]
) -> None:
    entity = streaming.entity_id(car, ALERT)
    car.raise_alert("VCFRONT_a192_washerFluidLow")
    await world.settled()
    await streaming.hass.async_block_till_done()
    begun = streaming.state(car, ALERT)
    assert begun.attributes["event_type"] == "started"
    assert begun.attributes["name"] == "VCFRONT_a192_washerFluidLow"
    assert begun.attributes["audience"] == ["service"]
    assert begun.attributes["ended_at"] is None

    car.telemetry.alert(car.body.alerts, car.now)  # a car repeats what it was not sure to have said
    await world.settled()
    await streaming.hass.async_block_till_done()
    assert written.count(entity) == 1

    streaming.wall.move(60)
    car.end_alert("VCFRONT_a192_washerFluidLow")
    await world.settled()
    await streaming.hass.async_block_till_done()
    assert streaming.state(car, ALERT).attributes["event_type"] == "ended"
    assert streaming.state(car, ALERT).attributes["ended_at"] is not None
    assert written.count(entity) == 2


async def test_alerts_are_counted_as_signals_as_tesla_bills_them(
    streaming: Account, world: World, car: Car
) -> None:
    car.raise_alert()
    await streaming.push(car, BatteryLevel=59.0)
    month = streaming.runtime.ledger.month(streaming.wall())

    await world.advance(1)
    assert month.signals[car.vin] == world.cloud.billed()["signal"]


async def test_complaints_of_the_telemetry_client_are_kept(
    streaming: Account, world: World, car: Car
) -> None:
    car.complain("unsupported_field", field_name="Unheard")
    await world.settled()

    (complaint,) = [
        one for one in streaming.runtime.vehicles[car.vin].complaints if ("field_name", "Unheard") in one.tags
    ]
    assert complaint.name == "unsupported_field"


async def test_fields_that_nobody_knows_are_counted_and_harm_nobody(streaming: Account, car: Car) -> None:
    data = (
        Datum(key=9999, value=Value(double_value=1.0)),  # type: ignore[arg-type]  # of a firmware to come
        Datum(key=Field.Experimental_1, value=Value(string_value="?")),
        Datum(key=Field.BatteryLevel, value=Value(double_value=61.0)),
    )
    streaming.wall.move(1)
    await put(streaming, car, payload(data, streaming.wall(), car.vin))

    skipped = streaming.runtime.feeds.receivers[car.vin].skipped
    assert skipped["9999"] == 1
    assert skipped["Experimental_1"] == 1
    assert streaming.shows(car, BATTERY) == "61.0"


async def test_a_record_of_almost_a_megabyte_is_applied(streaming: Account, car: Car) -> None:
    datum = Datum(key=Field.RouteLine, value=Value(string_value="x" * 100))
    count = ALMOST_A_MEGABYTE // (datum.ByteSize() + 3)
    battery = Datum(key=Field.BatteryLevel, value=Value(double_value=62.0))
    streaming.wall.move(1)
    record = payload((*[datum] * count, battery), streaming.wall(), car.vin)
    assert 950_000 < len(record.payload) < 1_000_000
    await put(streaming, car, record)

    await until(lambda: streaming.shows(car, BATTERY) == "62.0")
    assert car.telemetry.outbox.tally.refused == 0


async def test_measurements_of_the_telemetry_client_are_kept(streaming: Account, car: Car) -> None:
    message = VehicleMetrics(metrics=[Metric(name="records_dropped", value=3.0)])
    await put(
        streaming, car, Record(topic="metrics", at=streaming.wall(), payload=message.SerializeToString())
    )
    await put(streaming, car, Record(topic="metrics", at=streaming.wall(), payload=b"\xff"))

    receiver = streaming.runtime.feeds.receivers[car.vin]
    assert receiver.metrics == {"records_dropped": 3.0}
    assert receiver.skipped["metrics"] == 1


async def test_of_two_connections_of_a_car_one_may_close(streaming: Account, world: World, car: Car) -> None:
    car.overlap_sockets()
    await until(lambda: len(car.telemetry.connections.open) == 2)
    await until(lambda: streaming.runtime.vehicles[car.vin].links == {RECEIVER: 2})
    car.telemetry.connections.open[0].cut()
    await until(lambda: streaming.runtime.vehicles[car.vin].links == {RECEIVER: 1})
    await streaming.hass.async_block_till_done()
    assert streaming.shows(car, CONNECTED) == "on"

    await streaming.push(car, BatteryLevel=63.0)
    assert streaming.shows(car, BATTERY) == "63.0"
    car.sleep()
    await until(lambda: streaming.runtime.vehicles[car.vin].links == {RECEIVER: 0})
    await streaming.hass.async_block_till_done()
    assert streaming.shows(car, CONNECTED) == "off"


async def test_a_car_is_unavailable_only_when_no_source_works(
    account: Account, world: World, car: Car, hass: HomeAssistant
) -> None:
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await account.connect(car)
    await world.cloud.down()
    for _ in range(3):
        await account.later(3601)
    assert account.shows(car, BATTERY) != "unavailable"

    shared = await account.shared()
    settings = shared.ports.get(port)
    assert settings is not None
    await settings.async_close()
    settings._tell_users()
    await hass.async_block_till_done()
    assert account.shows(car, BATTERY) == "unavailable"
    assert account.shows(car, ALERT) == "unavailable"

    await settings._async_open()
    settings._tell_users()
    await hass.async_block_till_done()
    assert account.shows(car, BATTERY) != "unavailable"


async def test_a_receiver_that_the_car_never_found_does_not_count(
    account: Account, world: World, car: Car
) -> None:
    port = await account.make_port(free_port())
    await account.set_up(car, receiver=port)
    assert account.runtime.vehicles[car.vin].coordinator.sources == {"poll": True, "receiver": False}
    await world.cloud.down()
    for _ in range(3):
        await account.later(121)

    assert account.shows(car, BATTERY) == "unavailable"


async def test_restored_values_stay_until_every_source_was_tried(
    streaming: Account, world: World, car: Car
) -> None:
    await streaming.push(car, BatteryLevel=64.0)
    car.sleep()
    await world.cloud.down()
    async with restarted(streaming) as again:
        sources = again.runtime.vehicles[car.vin].coordinator.sources
        assert sources == {"poll": None, "receiver": True}
        assert again.shows(car, BATTERY) == "64.0"
        for _ in range(4):
            await again.later(121)
        assert again.shows(car, BATTERY) == "64.0"


async def test_a_moment_that_stays_is_not_written_again(
    streaming: Account, car: Car, written: list[str]
) -> None:
    complete = streaming.entity_id(car, "sensor.time_to_full_charge")
    await streaming.push(car, DetailedChargeState="Charging", TimeToFullCharge=1.0)
    assert complete in written

    written.clear()
    await streaming.push(car, TimeToFullCharge=0.999)
    assert complete not in written

    await streaming.push(car, TimeToFullCharge=2.0)
    assert complete in written
