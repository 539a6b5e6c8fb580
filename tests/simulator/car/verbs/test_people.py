"""What people do to a car."""

from typing import Any

import pytest

from simulator.car.body import HOME, WORK
from simulator.car.car import Car
from simulator.world import World


async def test_a_drive_to_work_ends_there_with_everybody_out(world: World, car: Car) -> None:
    car.drive("work", delay=3.0)
    assert (car.body.gear, car.body.locked, car.body.user_present) == ("D", False, True)
    assert car.body.route is not None
    assert car.body.route.delay_minutes == 3.0

    await world.advance(1200)

    assert car.journey is None
    assert (car.body.latitude, car.body.longitude) == pytest.approx(WORK)
    assert (car.body.gear, car.body.locked, car.body.user_present) == ("P", True, False)
    assert car.body.speed_mph == car.body.drive_power_kw == 0.0
    assert car.body.route is None


async def test_tyres_and_position_are_measured_while_driving(world: World, car: Car) -> None:
    car.body.tyre_seen = [None] * 4
    car.drive([51.5, 0.0], mph=40)

    await world.advance(10)

    assert car.body.tyre_seen == [1_791_360_000.0] * 4
    assert car.body.gps_at == car.now


async def test_driving_off_takes_the_cable_out_and_wakes_the_car(car: Car) -> None:
    car.plug_in()
    car.sleep()

    car.drive([51.5, 0.0])

    assert car.state == "online"
    assert not car.body.plugged_in


async def test_one_can_stop_anywhere(world: World, car: Car) -> None:
    car.drive("work")
    await world.advance(60)
    car.park()

    assert car.body.gear == "P"
    assert (car.body.latitude, car.body.longitude) != HOME


@pytest.mark.parametrize(
    ("which", "field"),
    [("driver_front", "door_driver_front_open"), ("trunk", "trunk_rear_open"), ("frunk", "trunk_front_open")],
)
async def test_doors_open_and_close(car: Car, which: str, field: str) -> None:
    car.sleep()
    car.open_door(which)
    assert getattr(car.body, field)
    assert car.state == "online"

    car.close_door(which)
    assert not getattr(car.body, field)


async def test_locking_climate_and_sentry(car: Car) -> None:
    car.unlock()
    unlocked = car.body.locked
    car.lock()
    assert (unlocked, car.body.locked) == (False, True)

    car.climate(celsius=19.5)
    assert (car.body.climate_on, car.body.driver_temp_c, car.body.passenger_temp_c) == (True, 19.5, 19.5)
    car.climate(on=False)
    assert (car.body.climate_on, car.body.driver_temp_c) == (False, 19.5)

    car.sentry()
    assert car.body.sentry == "Armed"


async def test_an_update_is_installed_in_silence(world: World, car: Car) -> None:
    car.stream(hostname="h", port="nowhere", fields={"Locked": {"interval_seconds": 1}})
    await world.advance(1)
    sent = len(car.telemetry.outbox.waiting)
    car.offer_update("2026.40", minutes=10)
    assert (car.body.update_status, car.body.update_version) == ("available", "2026.40")

    car.install_update()
    await world.advance(300)
    assert car.body.update_install_percent == pytest.approx(51, abs=1)
    assert len(car.telemetry.outbox.waiting) == sent
    assert car.state == "online"

    await world.advance(300)
    assert (car.body.firmware, car.body.update_version) == ("2026.40", None)
    assert len(car.telemetry.outbox.waiting) == sent + 1


async def test_without_an_update_there_is_nothing_to_install(car: Car) -> None:
    with pytest.raises(ValueError, match="no update"):
        car.install_update()


async def test_the_truth_itself_can_be_changed(car: Car) -> None:
    car.change(battery_percent=41.0, home=[51.0, 0.0])

    assert car.body.energy_remaining_kwh == pytest.approx(0.41 * car.body.full_pack_kwh)
    assert car.body.home == (51.0, 0.0)


@pytest.mark.parametrize("truth", [{"battery": 41}, {"_x": 1}])
async def test_a_fact_that_is_none_cannot_be_changed(car: Car, truth: dict[str, Any]) -> None:
    with pytest.raises(KeyError):
        car.change(**truth)
