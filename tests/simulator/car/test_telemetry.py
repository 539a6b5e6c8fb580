"""What a car sends, and when."""

from typing import Any

import pytest

from custom_components.tesla_direct.tesla.proto import vehicle_error_pb2 as error_pb
from simulator.car.car import Car
from simulator.world import World

from ..wall import Wall

HERE: dict[str, Any] = {"hostname": "h", "port": "nowhere"}  # a port in quotes: nothing connects


def written(car: Car) -> list[tuple[str, float]]:
    return [(record.topic, record.at) for record in car.telemetry.outbox.waiting]


async def test_without_a_configuration_nothing_is_sent(world: World, car: Car) -> None:
    await world.advance(60)

    assert written(car) == []


async def test_what_is_due_goes_into_one_record_every_half_second(world: World, wall: Wall, car: Car) -> None:
    car.stream(**HERE, fields={"Locked": {"interval_seconds": 1}, "Gear": {"interval_seconds": 1}})
    await world.advance(0.5)
    car.unlock()
    wall.move(3)

    await world.advance(3)

    assert written(car) == [("V", wall.now - 3), ("V", wall.now)]
    assert car.telemetry.last_sent == {"Locked": False, "Gear": "P"}


async def test_a_collector_never_sends_more_often_than_every_half_second(world: World, car: Car) -> None:
    car.stream(**HERE, fields={"ChargeLimitSoc": {"interval_seconds": 0}})
    for percent in range(50, 90):
        car.body.charge_limit_percent = percent
        await world.advance(0.1)

    assert len(car.telemetry.outbox.waiting) == 8


async def test_what_the_car_does_not_know_is_reported(car: Car) -> None:
    car.stream(**HERE, fields={"Experimental_1": {"interval_seconds": 1}})

    (record,) = car.telemetry.outbox.waiting
    message = error_pb.VehicleErrors.FromString(record.payload)
    assert (record.topic, message.vin) == ("errors", car.vin)
    assert message.errors[0].name == "unsupported_field"


async def test_an_older_client_leaves_the_vin_out(world: World) -> None:
    car = world.add_car("untyped")
    car.stream(**HERE, fields={"Experimental_1": {"interval_seconds": 1}})

    assert error_pb.VehicleErrors.FromString(car.telemetry.outbox.waiting[0].payload).vin == ""


async def test_a_configuration_ends_when_it_expires(world: World, wall: Wall, car: Car) -> None:
    car.stream(**HERE, fields={"Locked": {"interval_seconds": 1}}, exp=wall.now + 60)
    await world.advance(1)
    wall.move(61)
    car.unlock()

    await world.advance(1)

    assert len(car.telemetry.outbox.waiting) == 1
    assert car.telemetry.config is None


async def test_the_record_after_waking_can_lie_ahead(world: World, wall: Wall, car: Car) -> None:
    car.date_ahead(285)
    await car.push("Soc")
    await car.push("Soc")

    assert written(car) == [("V", wall.now + 285), ("V", wall.now)]


async def test_a_clock_that_is_wrong_dates_everything_wrong(wall: Wall, car: Car) -> None:
    car.skew_clock(-120)
    await car.push("Soc")

    assert written(car) == [("V", wall.now - 120)]
    assert car.row()["state"] == "online"


async def test_fast_time_does_not_date_records_ahead(world: World, wall: Wall, car: Car) -> None:
    car.stream(**HERE, fields={"Locked": {"interval_seconds": 1, "resend_interval_seconds": 60}})

    await world.advance(600)

    assert len(written(car)) == 10
    assert {at for _, at in written(car)} == {wall.now}


@pytest.mark.parametrize(("asked", "sent"), [(["service"], 2), ([], 0)])
async def test_alerts_are_sent_to_who_asks(car: Car, asked: list[str], sent: int) -> None:
    car.stream(**HERE, fields={}, alert_types=asked)

    car.raise_alert("DI_a001")
    car.end_alert("DI_a001")
    car.end_alert("DI_a002")

    assert [topic for topic, _ in written(car)] == ["alerts"] * sent
    assert car.body.alerts[0].ended is not None


async def test_nothing_is_collected_while_asleep(world: World, car: Car) -> None:
    car.stream(**HERE, fields={"Locked": {"interval_seconds": 1}})
    car.sleep()
    await world.advance(60)
    assert written(car) == []

    car.wake_now()
    await world.advance(1)
    assert len(written(car)) == 1
