"""Modes and PINs; in which order things are done, and that nobody ever reads a PIN."""

import logging
from typing import Any

import pytest

from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .actions import Caller, executed

PIN = "4711"
ACTIONS = ("valet_mode", "speed_limit", "pin_to_drive", "parental_controls")
# Each leaves the car such that the next one is not refused.
DONE: tuple[tuple[str, dict[str, Any], list[tuple[str, dict[str, Any]]]], ...] = (
    ("valet_mode", {"clear_pin": True}, [("reset_valet_pin", {})]),
    ("speed_limit", {"clear_pin": True}, [("speed_limit_clear_pin_admin", {})]),
    ("speed_limit", {"clear_pin": True, "pin": PIN}, [("speed_limit_clear_pin", {"pin": PIN})]),
    ("speed_limit", {"limit_mph": 72.5}, [("speed_limit_set_limit", {"limit_mph": 72.5})]),
    (
        "speed_limit",
        {"enable": True, "pin": PIN, "limit_mph": 65},
        [("speed_limit_set_limit", {"limit_mph": 65.0}), ("speed_limit_activate", {"pin": PIN})],
    ),
    ("pin_to_drive", {"clear_pin": True}, [("reset_pin_to_drive_pin", {})]),
    ("pin_to_drive", {"enable": True, "pin": PIN}, [("set_pin_to_drive", {"on": True, "password": PIN})]),
    ("parental_controls", {"clear_pin": True}, [("parental_controls_clear_pin_admin", {})]),
    (
        "parental_controls",
        {"restrict": ["curfew", "acceleration"], "allow": "arcade_blocked", "limit_mph": 60},
        [
            ("parental_controls_enable_setting", {"setting": "Acceleration", "enable": True}),
            ("parental_controls_enable_setting", {"setting": "Curfew", "enable": True}),
            ("parental_controls_enable_setting", {"setting": "ArcadeBlocked", "enable": False}),
            ("parental_controls_set_speed_limit", {"limit_mph": 60.0}),
        ],
    ),
    ("valet_mode", {"enable": True, "pin": PIN}, [("set_valet_mode", {"on": True, "password": PIN})]),
    # A template makes a number of it.
    ("valet_mode", {"enable": True, "pin": 4711}, [("set_valet_mode", {"on": True, "password": PIN})]),
)
NONSENSE: tuple[tuple[str, dict[str, Any], str], ...] = (
    *((action, {}, "not_any") for action in ACTIONS),
    *((action, {"pin": PIN}, "not_any") for action in ACTIONS),
    *((action, {"clear_pin": False}, "not_any") for action in ACTIONS),
    *((action, {"enable": True, "pin": PIN, "clear_pin": True}, "not_together") for action in ACTIONS),
    ("valet_mode", {"enable": True}, "parameter_missing"),
    ("speed_limit", {"enable": True}, "parameter_missing"),
    ("speed_limit", {"enable": False}, "parameter_missing"),
    ("parental_controls", {"enable": True}, "parameter_missing"),
    ("parental_controls", {"enable": False}, "parameter_missing"),
    ("speed_limit", {"limit_mph": 49}, "not_in_range"),
    ("speed_limit", {"limit_mph": 120.5}, "not_in_range"),
    ("speed_limit", {"limit_mph": "65"}, "not_in_range"),
    ("parental_controls", {"limit_mph": float("inf")}, "not_in_range"),
    ("parental_controls", {"restrict": ["Curfew"]}, "not_some_of"),
    ("parental_controls", {"restrict": ["curfew"], "allow": ["curfew"]}, "not_together"),
    *(
        ("valet_mode", {"enable": True, "pin": pin}, "not_a_pin")
        for pin in ("", "471", "47111", "47 1", "٤٧١١", "abcd", 471, 47110, 47.11, True, ["4711"])
    ),
)


async def test_the_car_does_what_was_asked_for(caller: Caller, car: Car) -> None:
    for action, data, done in DONE:
        car.executed.clear()
        await caller.call(action, car, **data)
        assert executed(car) == done


async def test_a_valet_has_the_car_and_gives_it_back(caller: Caller, car: Car) -> None:
    await caller.call("valet_mode", car, enable=True, pin=PIN)
    await caller.call("valet_mode", car, enable=False, clear_pin=True)

    assert [name for name, _ in executed(car)] == ["set_valet_mode", "set_valet_mode", "reset_valet_pin"]
    assert not car.body.valet
    assert car.body.valet_pin is None


async def test_a_limit_is_changed_while_it_is_off(caller: Caller, car: Car) -> None:
    await caller.call("speed_limit", car, enable=True, pin=PIN, limit_mph=65)
    await caller.call("speed_limit", car, enable=False, pin=PIN, limit_mph=80, clear_pin=True)

    assert not car.body.speed_limit_on
    assert car.body.speed_limit_mph == 80
    assert car.body.speed_limit_pin is None


async def test_a_pin_that_the_car_knows_is_not_needed_again(caller: Caller, car: Car) -> None:
    await caller.call("pin_to_drive", car, enable=True, pin=PIN)
    await caller.call("pin_to_drive", car, enable=False)
    await caller.call("pin_to_drive", car, enable=True)
    assert car.body.pin_to_drive
    await caller.call("pin_to_drive", car, enable=False, clear_pin=True)

    assert car.body.drive_pin is None


async def test_what_is_restricted_is_chosen_before_it_is_in_force_and_after(caller: Caller, car: Car) -> None:
    await caller.call("parental_controls", car, enable=True, pin=PIN, restrict=["curfew"], limit_mph=60)
    assert car.body.parental_settings == ["Curfew"]
    await caller.call("parental_controls", car, enable=False, pin=PIN, allow=["curfew"])

    assert not car.body.parental
    assert car.body.parental_settings == []


async def test_what_the_car_refuses_is_told_in_its_words(caller: Caller, car: Car) -> None:
    await caller.call("speed_limit", car, enable=True, pin=PIN)
    await caller.fails("speed_limit", car, key="refused_speed_limit_mode_active", limit_mph=80)

    assert car.body.speed_limit_on


async def test_what_comes_after_a_refusal_is_not_done(caller: Caller, car: Car) -> None:
    car.refuse("speed_limit_set_limit", "invalid_value")
    await caller.fails("speed_limit", car, key="refused_invalid_value", enable=True, pin=PIN, limit_mph=80)

    assert not car.body.speed_limit_on


async def test_what_makes_no_sense_is_refused_and_no_pin_is_repeated(caller: Caller, car: Car) -> None:
    for action, data, key in NONSENSE:
        said = await caller.refuses(action, car, key=key, **data)
        assert str(data.get("pin") or PIN) not in said

    assert executed(car) == []


async def test_the_range_of_a_limit_is_named(caller: Caller, car: Car) -> None:
    said = await caller.refuses("speed_limit", car, key="not_in_range", limit_mph=30)

    assert said == "“limit_mph” has to be a number from 50 to 120."


@pytest.mark.parametrize("action", ACTIONS)
async def test_pins_are_nobody_s_business_until_they_are_switched_on(
    account: Account, car: Car, action: str
) -> None:
    await account.set_up(car, options={"dangerous": ["unlock", "raw_command"]})
    caller = Caller(account)
    await caller.refuses(action, car, key="pins_not_allowed", enable=False, pin=PIN)

    assert executed(car) == []


async def test_no_pin_reaches_a_log_of_ours(
    caller: Caller, car: Car, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    pin = "8642"
    for name in ("custom_components", "aiohttp"):
        caplog.set_level(logging.DEBUG, logger=name)
    for action in ACTIONS:
        await caller.call(action, car, enable=True, pin=pin)
    car.refuse("speed_limit_deactivate", "invalid_pin")
    await caller.fails("speed_limit", car, key="action_refused", enable=False, pin=pin)
    car.allow()
    await caller.refuses("valet_mode", car, key="not_a_pin", enable=True, pin=f"{pin}1")
    await caller.call("raw_command", car, command="speed_limit_deactivate", parameters={"pin": pin})

    # Home Assistant itself logs each call it is asked for.
    ours = [record for record in caplog.records if not record.name.startswith("homeassistant.")]
    assert ours
    assert not [record for record in ours if pin in record.getMessage()]
    assert world.cloud.billed()["command"] >= len(ACTIONS) + 2
