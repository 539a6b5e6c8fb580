"""Charging, from outside."""

import pytest

from simulator.car.car import Car
from simulator.world import World


async def test_a_car_that_is_plugged_in_charges_to_its_limit(world: World, car: Car) -> None:
    car.change(battery_percent=79.0)
    car.charge("ac", limit=80)

    await world.advance(3600)

    assert car.body.charging_state == "Complete"
    assert car.body.battery_percent == pytest.approx(80.0, abs=0.3)


async def test_charging_again_keeps_the_session(world: World, car: Car) -> None:
    car.charge("dc")
    await world.advance(120)
    car.stop_charging()
    before = car.body.session_battery_kwh
    assert car.body.charging_state == "Stopped"

    car.charge("dc")
    await world.advance(120)

    assert car.body.session_battery_kwh > before


async def test_the_session_counter_can_be_corrected_downwards(world: World, car: Car) -> None:
    car.charge()
    await world.advance(600)
    before = car.body.session_battery_kwh

    car.revise_charge(0.02)

    assert car.body.session_battery_kwh == pytest.approx(before - 0.02)
    car.revise_charge(100.0)
    assert car.body.session_battery_kwh == 0.0


async def test_power_goes_and_comes(world: World, car: Car) -> None:
    car.charge()
    car.cut_power()
    await world.advance(10)
    assert car.body.charging_state == "NoPower"

    car.restore_power()
    await world.advance(10)
    assert car.body.charging_state == "Charging"

    car.unplug()
    assert car.body.charging_state == "Disconnected"


async def test_a_charging_car_does_not_fall_asleep_and_a_full_one_does(world: World, car: Car) -> None:
    car.change(battery_percent=79.5)
    car.charge(limit=80)
    await world.advance(60)
    assert car.state == "online"

    await world.advance(1800)

    assert car.body.charging_state == "Complete"
    assert car.state == "asleep"


async def test_energy_is_neither_made_nor_lost_over_a_day(world: World, car: Car) -> None:
    body = car.body
    before = body.energy_remaining_kwh
    used, regained, charged = body.lifetime_used_kwh, body.lifetime_regenerated_kwh, body.lifetime_charged_kwh
    car.drive("work")
    await world.advance(1200)
    car.drive("home")
    await world.advance(1200)
    car.charge("ac")
    await world.advance(1200)
    car.unplug()
    await world.advance(1200)

    balance = (
        before
        - (body.lifetime_used_kwh - used)
        + (body.lifetime_regenerated_kwh - regained)
        + (body.lifetime_charged_kwh - charged)
    )
    assert body.energy_remaining_kwh == pytest.approx(balance)
    assert body.session_drawn_kwh > body.lifetime_charged_kwh - charged > 0
