"""Temperatures, sounds, and waking."""

from typing import Any

from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM

from simulator.car.car import Car
from simulator.world import World

from .actions import Caller, executed


async def test_both_sides_are_set(caller: Caller, car: Car) -> None:
    await caller.call("set_temps", car, driver_temp=21.5, passenger_temp=19)

    assert executed(car) == [("set_temps", {"driver_temp": 21.5, "passenger_temp": 19.0})]


async def test_a_side_that_is_not_named_stays_as_it_is(caller: Caller, car: Car) -> None:
    await caller.call("set_temps", car, driver_temp=21.5, passenger_temp=19)
    await caller.call("set_temps", car, passenger_temp=24)

    assert (car.body.driver_temp_c, car.body.passenger_temp_c) == (21.5, 24.0)


async def test_fahrenheit_are_understood_where_they_are_used(caller: Caller, car: Car) -> None:
    caller.hass.config.units = US_CUSTOMARY_SYSTEM
    await caller.call("set_temps", car, driver_temp=59, passenger_temp=82.4)

    assert (car.body.driver_temp_c, car.body.passenger_temp_c) == (15.0, 28.0)


async def test_the_range_is_that_of_the_car_in_the_user_s_unit(caller: Caller, car: Car) -> None:
    said = await caller.refuses("set_temps", car, key="not_in_range", driver_temp=30, passenger_temp=20)
    assert said == "“driver_temp” has to be a number from 15 °C to 28 °C."
    caller.hass.config.units = US_CUSTOMARY_SYSTEM
    said = await caller.refuses("set_temps", car, key="not_in_range", driver_temp=70, passenger_temp=20)

    assert said == "“passenger_temp” has to be a number from 59 °F to 82.4 °F."


async def test_what_is_no_temperature_is_refused(caller: Caller, car: Car) -> None:
    nonsense: tuple[tuple[dict[str, Any], str], ...] = (
        ({}, "not_any"),
        ({"driver_temp": "21"}, "not_in_range"),
        ({"driver_temp": True}, "not_in_range"),
        ({"driver_temp": float("nan")}, "not_in_range"),
        ({"passenger_temp": 1e9}, "not_in_range"),
    )
    for data, key in nonsense:
        await caller.refuses("set_temps", car, key=key, **data)

    assert executed(car) == []


async def test_a_side_that_nobody_knows_has_to_be_named(caller: Caller, car: Car, world: World) -> None:
    asleep = world.add_car("half")
    asleep.sleep()
    caller.hass.config_entries.async_update_entry(
        caller.account.entry,
        data={
            **caller.account.entry.data,
            "vehicles": {**caller.account.entry.data["vehicles"], asleep.vin: asleep.model.name},
        },
    )
    await caller.account.quiet()
    await caller.refuses("set_temps", car, asleep, key="other_side_unknown", driver_temp=20)

    # Neither has the car that is known been told anything.
    assert executed(car) == executed(asleep) == []


async def test_a_sound_is_played(caller: Caller, car: Car) -> None:
    await caller.call("boombox", car)
    await caller.call("boombox", car, sound="locate_ping")
    await caller.refuses("boombox", car, key="not_one_of", sound="horn")

    assert car.body.boombox_sounds == [0, 2000]


async def test_a_car_that_is_awake_is_not_woken(caller: Caller, car: Car, world: World) -> None:
    await caller.call("wake", car)

    assert world.cloud.billed()["wake"] == 0


async def test_a_sleeping_car_is_woken_once_for_two_who_want_it(
    caller: Caller, car: Car, second: Car, world: World
) -> None:
    car.sleep()
    caller.account.wall.move(60)
    await caller.call("wake", car, second)

    assert car.power.awake
    assert world.cloud.billed()["wake"] == 1
    assert [asked.name for asked in world.cloud.requests("wake_up")] == ["wake_up"]


async def test_a_car_that_does_not_wake_is_said_so(caller: Caller, car: Car, world: World) -> None:
    car.sleep()
    car.ignore_wakes()
    caller.account.wall.move(60)
    await caller.fails("wake", car, key="wake_failed")
    await caller.fails("wake", car, key="wake_failed")

    assert world.cloud.billed()["wake"] == 1
