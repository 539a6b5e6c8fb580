from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command.catalogue import power
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain

from .told import expected


@pytest.mark.parametrize(
    ("command", "payload", "expects"),
    [
        (power.set_low_power_mode(enable=True), "12059208020801", {"low_power_mode": True}),
        (power.set_low_power_mode(enable=False), "1203920800", {"low_power_mode": False}),
        (power.keep_accessory_power_mode(enable=True), "1205d208020801", {"keep_accessory_power": True}),
        (power.keep_accessory_power_mode(enable=False), "1203d20800", {"keep_accessory_power": False}),
    ],
)
def test_new_cars_save_power_when_told_signed(
    command: Command, payload: str, expects: dict[str, Any]
) -> None:
    assert command.domain is Domain.INFOTAINMENT
    assert command.payload.hex() == payload
    assert command.body is None
    assert expected(command) == expects
    assert command.repeatable
