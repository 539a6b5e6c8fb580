from typing import Any

import pytest

from custom_components.tesla_direct.tesla.source.quiet import left_alone
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import charge, climate, drive, seats, security
from tests.tesla.vehicle.states import NOW, knowing, told

PARKED: dict[AnySignal, Any] = {
    drive.GEAR: "p",
    charge.STATE: "disconnected",
    security.SENTRY: "off",
    seats.USER_PRESENT: False,
    climate.POWER: "off",
}


def test_a_parked_car_with_nothing_on_and_nobody_inside_is_left_alone() -> None:
    assert left_alone(knowing(PARKED))


@pytest.mark.parametrize(
    ("signal", "value"),
    [
        (drive.GEAR, "d"),
        (drive.GEAR, "r"),
        (drive.SPEED, 3.0),
        (drive.GEAR, "n"),
        (charge.STATE, "charging"),
        (charge.STATE, "starting"),
        (security.SENTRY, "armed"),
        (security.SENTRY, "aware"),
        (security.SENTRY, "panic"),
        (seats.USER_PRESENT, True),
        (climate.POWER, "on"),
        (climate.POWER, "precondition"),
    ],
)
def test_one_thing_that_goes_on_is_enough(signal: AnySignal, value: object) -> None:
    assert not left_alone(knowing(PARKED | {signal: value}))


@pytest.mark.parametrize("state", ["disconnected", "no_power", "complete", "stopped"])
def test_a_cable_that_gives_nothing_keeps_no_car_awake(state: str) -> None:
    assert left_alone(knowing(PARKED | {charge.STATE: state}))


def test_a_poll_of_a_parked_car_may_leave_its_gear_and_its_speed_out() -> None:
    assert left_alone(knowing(PARKED | {drive.GEAR: None, drive.SPEED: None}))


@pytest.mark.parametrize("signal", PARKED)
def test_what_a_car_does_not_have_keeps_it_from_nothing(signal: AnySignal) -> None:
    assert left_alone(knowing(PARKED | {signal: None}))
    assert left_alone(knowing({other: value for other, value in PARKED.items() if other is not signal}))


def test_what_was_is_over() -> None:
    state = knowing(told({charge.STATE: "charging"}, NOW), told({charge.STATE: "complete"}, NOW + 60))

    assert left_alone(state)
