"""What the car does by itself, and when."""

import asyncio
from typing import Any

import pytest

from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .actions import Caller, executed

HOME = {"latitude": 32.87336, "longitude": -117.22743}  # of the tests' Home Assistant
WORK = {"latitude": 52.52, "longitude": 13.405}
EVERY_DAY, SATURDAY = 127, 64
NONSENSE: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("set_scheduled_charging", {}, "parameter_missing"),
    ("set_scheduled_charging", {"enable": True}, "parameter_missing"),
    ("set_scheduled_charging", {"enable": "on"}, "not_a_flag"),
    ("set_scheduled_charging", {"enable": 1}, "not_a_flag"),
    ("set_scheduled_charging", {"enable": True, "time": 1410}, "not_a_time"),
    ("set_scheduled_charging", {"enable": True, "time": "24:00"}, "not_a_time"),
    ("set_scheduled_charging", {"enable": True, "time": "T2330"}, "not_a_time"),
    ("set_scheduled_charging", {"enable": True, "time": "23:30+01:00"}, "not_a_time"),
    ("set_scheduled_charging", {"enable": True, "time": "half past ten"}, "not_a_time"),
    ("set_scheduled_departure", {"enable": True}, "parameter_missing"),
    (
        "set_scheduled_departure",
        {"enable": True, "departure_time": "07:30", "preconditioning_weekdays_only": True},
        "not_without",
    ),
    (
        "set_scheduled_departure",
        {"enable": True, "departure_time": "07:30", "off_peak_charging_weekdays_only": True},
        "not_without",
    ),
    ("add_charge_schedule", {}, "not_any"),
    ("add_charge_schedule", {"start_time": "01:00", "days_of_week": []}, "not_some_of"),
    ("add_charge_schedule", {"start_time": "01:00", "days_of_week": ["monday"]}, "not_some_of"),
    ("add_charge_schedule", {"start_time": "01:00", "days_of_week": 62}, "not_some_of"),
    ("add_charge_schedule", {"start_time": "01:00", "days_of_week": [{}]}, "not_some_of"),
    ("add_charge_schedule", {"start_time": "01:00", "id": 0}, "not_whole_in_range"),
    ("add_charge_schedule", {"start_time": "01:00", "name": "Night"}, "unknown_parameter"),
    ("add_precondition_schedule", {}, "parameter_missing"),
    ("remove_charge_schedule", {}, "parameter_missing"),
    ("remove_charge_schedule", {"id": "all"}, "not_whole_in_range"),
    ("remove_precondition_schedule", {"id": True}, "not_whole_in_range"),
    ("remove_all_schedules", {"kinds": ["departure"]}, "not_some_of"),
    ("remove_all_schedules", {"places": "everywhere"}, "not_some_of"),
)


def near(place: dict[str, Any]) -> dict[str, Any]:
    """Return a place as a car keeps it, which has four bytes for a number."""
    return {name: pytest.approx(degrees, abs=1e-5) for name, degrees in place.items()}


async def test_charging_begins_at_a_time(caller: Caller, car: Car) -> None:
    await caller.call("set_scheduled_charging", car, enable=True, time="23:30:00")
    await caller.call("set_scheduled_charging", car, enable=False)

    assert executed(car) == [
        ("set_scheduled_charging", {"enable": True, "time": 1410}),
        ("set_scheduled_charging", {"enable": False, "time": 0}),
    ]


async def test_all_of_a_departure_is_set_at_once(caller: Caller, car: Car) -> None:
    await caller.call(
        "set_scheduled_departure",
        car,
        enable=True,
        departure_time="07:30",
        preconditioning_enabled=True,
        preconditioning_weekdays_only=True,
        off_peak_charging_enabled=True,
        end_off_peak_time="06:00:00",
    )

    assert executed(car) == [
        (
            "set_scheduled_departure",
            {
                "enable": True,
                "departure_time": 450,
                "preconditioning": "weekdays",
                "off_peak_charging": "all_week",
                "end_off_peak_time": 360,
            },
        )
    ]


async def test_what_makes_no_sense_is_refused(caller: Caller, car: Car) -> None:
    for action, data, key in NONSENSE:
        await caller.refuses(action, car, key=key, **data)

    assert executed(car) == []


async def test_a_schedule_is_for_home_and_all_days_unless_it_says_otherwise(caller: Caller, car: Car) -> None:
    begun = caller.account.wall()
    answer = await caller.ask("add_charge_schedule", car, start_time="01:00")
    ((name, row),) = executed(car)

    assert name == "add_charge_schedule"
    assert answer.keys() == {"id"}
    assert int(begun) <= answer["id"] <= caller.account.wall()
    assert row == {
        "id": answer["id"],
        "name": "",
        "days_of_week": EVERY_DAY,
        "enabled": True,
        "one_time": False,
        "start_enabled": True,
        "start_time": 60,
        "end_enabled": False,
        "end_time": 0,
    } | near(HOME)


async def test_a_schedule_is_added_changed_listed_and_removed(caller: Caller, car: Car) -> None:
    added = await caller.ask(
        "add_charge_schedule",
        car,
        start_time="01:00:00",
        end_time="05:30:00",
        days_of_week=["sat", "mon", "tue", "wed", "thu", "fri"],
        location=WORK,
    )
    changed = await caller.ask("add_charge_schedule", car, end_time="06:00", id=added["id"], enabled=False)
    once = await caller.ask(
        "add_precondition_schedule", car, precondition_time="07:30", days_of_week="sat", one_time=True
    )
    listed = await caller.ask("get_schedules", car)

    assert changed == added
    assert listed["charge_schedules"] == [
        {
            "id": added["id"],
            "name": None,
            "enabled": False,
            "days_of_week": ["sun", "mon", "tue", "wed", "thu", "fri", "sat"],
            "start_time": None,
            "end_time": "06:00:00",
            "one_time": False,
        }
        | near(HOME)
    ]
    assert listed["precondition_schedules"] == [
        {
            "id": once["id"],
            "name": None,
            "enabled": True,
            "days_of_week": ["sat"],
            "precondition_time": "07:30:00",
            "one_time": True,
        }
        | near(HOME)
    ]

    await caller.call("remove_charge_schedule", car, id=added["id"])
    await caller.call("remove_precondition_schedule", car, id=float(once["id"]))

    assert await caller.ask("get_schedules", car) == {"charge_schedules": [], "precondition_schedules": []}


async def test_what_was_told_at_the_front_is_kept_by_the_car(caller: Caller, car: Car) -> None:
    await caller.call(
        "add_charge_schedule", car, start_time="01:00", days_of_week=["mon", "sat"], location=WORK
    )
    (row,) = car.body.charge_schedules

    assert row["days_of_week"] == 2 + SATURDAY
    assert {name: row[name] for name in WORK} == near(WORK)


async def test_two_schedules_of_one_second_are_two(caller: Caller, car: Car) -> None:
    add = [caller.ask("add_charge_schedule", car, start_time=f"0{hour}:00") for hour in range(3)]
    numbers = {answer["id"] for answer in await asyncio.gather(*add)}

    assert len(numbers) == 3
    assert {row["id"] for row in car.body.charge_schedules} == numbers


async def test_without_a_home_the_place_of_the_car_counts(caller: Caller, car: Car) -> None:
    caller.hass.config.latitude = caller.hass.config.longitude = 0
    await caller.ask("add_charge_schedule", car, start_time="01:00")
    (row,) = car.body.charge_schedules

    here = {"latitude": car.body.latitude, "longitude": car.body.longitude}
    assert {name: row[name] for name in here} == near(here)


async def test_without_a_home_and_a_place_it_has_to_be_said_where(account: Account, car: Car) -> None:
    scopes = ("openid", "offline_access", "vehicle_device_data", "vehicle_cmds")
    await account.set_up(car, scopes=scopes)
    account.hass.config.latitude = account.hass.config.longitude = 0
    said = await Caller(account).refuses(
        "add_charge_schedule", car, key="parameter_missing", start_time="01:00"
    )

    assert said == "“location” is missing."


async def test_a_departure_is_called_off(caller: Caller, car: Car) -> None:
    await caller.call("set_scheduled_departure", car, enable=True, departure_time="07:30")
    await caller.call("set_scheduled_departure", car, enable=False)

    assert car.body.scheduled_charging == "Off"


async def test_some_or_all_schedules_are_removed(caller: Caller, car: Car) -> None:
    at_home = {"latitude": car.body.home[0], "longitude": car.body.home[1]}
    for place in (at_home, {"latitude": 10, "longitude": 10}):
        await caller.call("add_charge_schedule", car, start_time="01:00", location=place)
        await caller.call("add_precondition_schedule", car, precondition_time="07:30", location=place)

    await caller.call("remove_all_schedules", car, kinds="charge", places=["home", "work"])
    assert [row["latitude"] for row in car.body.charge_schedules] == [10]
    assert len(car.body.precondition_schedules) == 2

    await caller.call("remove_all_schedules", car)
    assert car.body.charge_schedules == car.body.precondition_schedules == []


async def test_schedules_that_are_young_enough_are_not_paid_for_again(
    caller: Caller, car: Car, world: World
) -> None:
    before = world.cloud.billed()["data"]
    first = await caller.ask("get_schedules", car)
    assert await caller.ask("get_schedules", car, max_age=60) == first
    assert world.cloud.billed()["data"] == before + 1

    caller.account.wall.move(61)
    await caller.ask("get_schedules", car, max_age=60)
    assert world.cloud.billed()["data"] == before + 2

    await caller.ask("get_schedules", car)
    assert world.cloud.billed()["data"] == before + 3
