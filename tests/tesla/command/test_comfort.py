from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command import comfort
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import climate, seats
from tests.tesla.vehicle.states import knowing

CLIMATE_OFF: dict[AnySignal, Any] = {climate.POWER: "off"}
CLIMATE_ON: dict[AnySignal, Any] = {climate.POWER: "on"}
LEFT = (1, seats.AUTO_LEFT)


def asked(commands: tuple[Command, ...]) -> list[tuple[str, dict[str, object]]]:
    return [(command.name, dict(command.body or {})) for command in commands]


def heat(level: int, seat: int = 0) -> tuple[str, dict[str, object]]:
    return "remote_seat_heater_request", {"heater": seat, "seat_position": seat, "level": level}


START: tuple[str, dict[str, object]] = ("auto_conditioning_start", {})


@pytest.mark.parametrize(
    ("told", "option", "expected"),
    [
        (CLIMATE_ON, "high", [heat(3, 2)]),
        (CLIMATE_OFF, "high", [START, heat(3, 2)]),
        (CLIMATE_OFF, "low", [START, heat(1, 2)]),
        (CLIMATE_OFF, "off", [heat(0, 2)]),
        ({climate.POWER: "precondition"}, "medium", [heat(2, 2)]),
        (CLIMATE_OFF | {climate.KEEPER_MODE: "dog"}, "medium", [heat(2, 2)]),
        (CLIMATE_OFF | {climate.KEEPER_MODE: "off"}, "medium", [START, heat(2, 2)]),
        ({climate.POWER: "overheat_protect"}, "medium", [START, heat(2, 2)]),
        ({}, "medium", [START, heat(2, 2)]),
    ],
)
def test_a_seat_gets_warm_only_while_climate_is_on(
    told: dict[AnySignal, Any], option: str, expected: list[tuple[str, dict[str, object]]]
) -> None:
    assert asked(comfort.heat_seat(knowing(told), option, seat=2)) == expected


def test_a_seat_may_be_left_to_the_car() -> None:
    by_itself = ("remote_auto_seat_climate_request", {"auto_seat_position": 1, "auto_climate_on": True})

    assert asked(comfort.heat_seat(knowing(CLIMATE_OFF), "auto", seat=0, automatic=LEFT)) == [by_itself]


def test_the_car_lets_go_of_a_seat_before_somebody_sets_it() -> None:
    state = knowing(CLIMATE_OFF | {seats.AUTO_LEFT: True})
    let_go = ("remote_auto_seat_climate_request", {"auto_seat_position": 1, "auto_climate_on": False})

    assert asked(comfort.heat_seat(state, "low", seat=0, automatic=LEFT)) == [let_go, START, heat(1)]
    assert asked(comfort.heat_seat(state, "off", seat=0, automatic=LEFT)) == [let_go, heat(0)]


@pytest.mark.parametrize("by_itself", [False, None])
def test_a_seat_that_nobody_regulates_is_just_set(by_itself: bool | None) -> None:  # noqa: FBT001  # a case
    state = knowing(CLIMATE_ON | {seats.AUTO_LEFT: by_itself})

    assert asked(comfort.heat_seat(state, "low", seat=0, automatic=LEFT)) == [heat(1)]


def test_a_seat_gets_cold_only_while_climate_is_on() -> None:
    cool = ("remote_seat_cooler_request", {"seat_position": 2, "seat_cooler_level": 3})
    stop = ("remote_seat_cooler_request", {"seat_position": 2, "seat_cooler_level": 0})

    assert asked(comfort.cool_seat(knowing(CLIMATE_OFF), "high", seat=2)) == [START, cool]
    assert asked(comfort.cool_seat(knowing(CLIMATE_OFF), "off", seat=2)) == [stop]


def test_the_steering_wheel_has_levels_and_may_be_left_to_the_car() -> None:
    def wheel(told: dict[AnySignal, Any], option: str) -> list[tuple[str, dict[str, object]]]:
        return asked(comfort.heat_wheel(knowing(told), option, by_itself=seats.STEERING_WHEEL_AUTO))

    def heated(level: int) -> tuple[str, dict[str, object]]:
        return "remote_steering_wheel_heat_level_request", {"level": level}

    auto = "remote_auto_steering_wheel_heat_climate_request"
    assert wheel(CLIMATE_OFF, "high") == [START, heated(3)]
    assert wheel(CLIMATE_ON, "low") == [heated(1)]
    assert wheel(CLIMATE_OFF, "auto") == [(auto, {"on": True})]
    assert wheel(CLIMATE_OFF | {seats.STEERING_WHEEL_AUTO: True}, "off") == [(auto, {"on": False}), heated(0)]


def test_an_old_steering_wheel_is_heated_or_not() -> None:
    def wheel(told: dict[AnySignal, Any], *, on: bool) -> list[tuple[str, dict[str, object]]]:
        return asked(comfort.heat_wheel_without_levels(knowing(told), on))

    name = "remote_steering_wheel_heater_request"
    assert wheel(CLIMATE_OFF, on=True) == [START, (name, {"on": True})]
    assert wheel(CLIMATE_OFF, on=False) == [(name, {"on": False})]
