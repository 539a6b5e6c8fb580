from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command.catalogue import charge
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.errors import CommandInvalid
from custom_components.tesla_direct.tesla.vehicle import model
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain

from .told import expected, proven_by

SIGNED: tuple[tuple[Command, str, dict[str, Any], dict[str, Any]], ...] = (
    (charge.charge_start(), "120432021200", {}, {"charging_state": "starting"}),
    (charge.charge_stop(), "120432022a00", {}, {"charging_state": "stopped"}),
    (charge.charge_standard(), "120432021a00", {}, {}),
    (charge.charge_max_range(), "120432022200", {}, {}),
    (
        charge.charge_port_door_open(),
        "1203f20300",
        {},
        {"charge_port_door_open": True, "charge_port_latch": "disengaged"},
    ),
    (charge.charge_port_door_close(), "1203ea0300", {}, {"charge_port_door_open": False}),
    (charge.set_charge_limit(80.0), "12042a020850", {"percent": 80}, {"charge_limit": 80}),
    (charge.set_charging_amps(0), "1203da0200", {"charging_amps": 0}, {"charge_current_request": 0}),
    (charge.set_charging_amps(32), "1205da02020820", {"charging_amps": 32}, {"charge_current_request": 32}),
)


@pytest.mark.parametrize(("command", "payload", "body", "expects"), SIGNED)
def test_infotainment_charges(
    command: Command, payload: str, body: dict[str, Any], expects: dict[str, Any]
) -> None:
    assert command.domain is Domain.INFOTAINMENT
    assert command.payload.hex() == payload
    assert command.body == body
    assert expected(command) == expects
    assert command.repeatable
    assert command.scopes == ("vehicle_cmds", "vehicle_charging_cmds")


def test_a_car_that_has_begun_proves_that_it_charges() -> None:
    assert proven_by(charge.charge_start(), "starting", "charging", "stopped", None) == [
        True,
        True,
        False,
        False,
    ]


def test_a_car_that_does_not_charge_has_stopped() -> None:
    assert proven_by(charge.charge_stop(), "stopped", "complete", "disconnected", "charging") == [
        True,
        True,
        True,
        False,
    ]


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (charge.charge_start(), "is_charging"),
        (charge.charge_start(), "requested"),
        (charge.charge_stop(), "not_charging"),
        (charge.charge_standard(), "already_standard"),
        (charge.charge_max_range(), "already_max_range"),
    ],
)
def test_some_refusals_say_that_it_is_so_already(command: Command, reason: str) -> None:
    assert reason in command.holds
    # At the limit the user has to be told.
    assert "complete" not in command.holds
    assert ("is_charging" in command.holds) is (command.name == "charge_start")
    assert ("not_charging" in command.holds) is (command.name == "charge_stop")


def test_sliders_are_told_apart() -> None:
    assert charge.set_charge_limit(80).setpoint == "charge_limit"
    assert charge.set_charging_amps(16).setpoint == "charging_amps"


def test_only_a_motor_closes_the_port() -> None:
    assert charge.charge_port_door_close().exists is model.MOTORIZED_CHARGE_PORT


@pytest.mark.parametrize("percent", [49, 101, -5, 79.9])
def test_no_car_takes_such_a_limit(percent: float) -> None:
    with pytest.raises(CommandInvalid, match="percent has to be a whole number from 50 to 100"):
        charge.set_charge_limit(percent)


@pytest.mark.parametrize("amps", [-1, 81, 5.9])
def test_no_car_takes_such_a_current(amps: float) -> None:
    with pytest.raises(CommandInvalid, match="charging_amps has to be a whole number from 0 to 80"):
        charge.set_charging_amps(amps)


@pytest.mark.parametrize(
    "command",
    [
        charge.set_managed_charge_current_request({"x": 1}),
        charge.set_managed_charger_location({"x": 1}),
        charge.set_managed_scheduled_charging_time({"x": 1}),
    ],
    ids=lambda one: one.name,
)
def test_what_tesla_does_for_fleets_goes_plain(command: Command) -> None:
    assert command.domain is None
    assert command.prefers_plain
    assert command.payload == b""
    assert command.body == {"x": 1}
