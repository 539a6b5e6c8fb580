from collections.abc import Callable
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command.catalogue import obstacle
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import connection, drive, security, software
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState
from tests.tesla.vehicle.states import knowing

type Check = Callable[[VehicleState], str | None]

EVERY: tuple[Check, ...] = (obstacle.not_parked, obstacle.keyless_driving_off, obstacle.installing)


@pytest.mark.parametrize("check", EVERY, ids=lambda one: one.__name__)
def test_what_nobody_knows_stands_in_nobodys_way(check: Check) -> None:
    assert check(knowing()) is None


@pytest.mark.parametrize(
    ("check", "values", "expected"),
    [
        (obstacle.not_parked, {drive.GEAR: "d"}, "not_parked"),
        (obstacle.not_parked, {drive.GEAR: "n", connection.STATE: "online"}, "not_parked"),
        (obstacle.not_parked, {drive.GEAR: "p"}, None),
        (obstacle.not_parked, {drive.GEAR: None, drive.SPEED: None}, None),
        # What was told before it fell asleep, or was lost, is over.
        (obstacle.not_parked, {drive.GEAR: "d", connection.STATE: "asleep"}, None),
        (obstacle.not_parked, {drive.GEAR: "d", connection.STATE: "offline"}, None),
        (obstacle.keyless_driving_off, {security.REMOTE_START_ENABLED: False}, "keyless_driving_off"),
        (obstacle.keyless_driving_off, {security.REMOTE_START_ENABLED: True}, None),
        (obstacle.installing, {software.UPDATE_STATUS: "installing"}, "installing"),
        (obstacle.installing, {software.UPDATE_IN_PROGRESS: True}, "installing"),
        (obstacle.installing, {software.UPDATE_STATUS: "scheduled"}, None),
    ],
)
def test_what_is_known_to_be_in_the_way_is_said(
    check: Check, values: dict[AnySignal, Any], expected: str | None
) -> None:
    assert check(knowing(values)) == expected
