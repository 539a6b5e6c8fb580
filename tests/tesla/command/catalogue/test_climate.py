from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command.catalogue import climate
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.errors import CommandInvalid
from custom_components.tesla_direct.tesla.vehicle import model
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain

from .told import expected, proven_by

SIGNED: tuple[tuple[Command, str, dict[str, Any], dict[str, Any]], ...] = (
    (climate.auto_conditioning_start(), "120452020801", {}, {"hvac_power": "on"}),
    (climate.auto_conditioning_stop(), "12025200", {}, {"hvac_power": "off"}),
    (
        climate.set_temps(28, 15),
        "1210720e2a021a00350000e0413d00007041",
        {"driver_temp": 28, "passenger_temp": 15},
        {"driver_temp_setting": 28, "passenger_temp_setting": 15},
    ),
    (
        climate.set_preconditioning_max(on=True),
        "120462020801",
        {"on": True, "manual_override": False},
        {"defrost_mode": "max"},
    ),
    (
        climate.set_preconditioning_max(on=False),
        "12026200",
        {"on": False, "manual_override": False},
        {"defrost_mode": "off"},
    ),
    (
        climate.set_bioweapon_mode(on=True, manual_override=True),
        "12079a020408011001",
        {"on": True, "manual_override": True},
        {"bioweapon_mode": True},
    ),
    (
        climate.set_climate_keeper_mode(0),
        "1203e20200",
        {"climate_keeper_mode": 0, "manual_override": False},
        {"climate_keeper_mode": "off"},
    ),
    (
        climate.set_climate_keeper_mode(2, manual_override=True),
        "1207e2020408021001",
        {"climate_keeper_mode": 2, "manual_override": True},
        {"climate_keeper_mode": "dog"},
    ),
    (
        climate.set_cabin_overheat_protection(on=True, fan_only=True),
        "120792030408011001",
        {"on": True, "fan_only": True},
        {"cabin_overheat_protection": "fan_only"},
    ),
    (
        climate.set_cabin_overheat_protection(on=True),
        "12059203020801",
        {"on": True, "fan_only": False},
        {"cabin_overheat_protection": "on"},
    ),
    (
        climate.set_cabin_overheat_protection(on=False, fan_only=True),
        "12059203021001",
        {"on": False, "fan_only": True},
        {"cabin_overheat_protection": "off"},
    ),
    # Documented are 0 to 2; the message knows 1 to 3.
    (climate.set_cop_temp(0), "12059204020801", {"cop_temp": 0}, {"cop_activation_temperature": "low"}),
    (climate.set_cop_temp(2), "12059204020803", {"cop_temp": 2}, {"cop_activation_temperature": "high"}),
)


@pytest.mark.parametrize(("command", "payload", "body", "expects"), SIGNED)
def test_infotainment_sees_to_the_air(
    command: Command, payload: str, body: dict[str, Any], expects: dict[str, Any]
) -> None:
    assert command.domain is Domain.INFOTAINMENT
    assert command.payload.hex() == payload
    assert command.body == body
    assert expected(command) == expects
    assert command.repeatable
    assert command.scopes == ("vehicle_cmds",)


def test_there_are_several_ways_to_be_on_and_off() -> None:
    assert proven_by(climate.auto_conditioning_start(), "precondition", "off") == [True, False]
    assert proven_by(climate.auto_conditioning_stop(), "overheat_protect", "on") == [True, False]
    assert proven_by(climate.set_preconditioning_max(on=True), "normal", "off") == [True, False]
    assert proven_by(climate.set_preconditioning_max(on=False), "normal", "off") == [False, True]


def test_the_car_rounds_to_half_a_degree() -> None:
    driver, passenger = climate.set_temps(21.1, 21.9).expects

    assert driver.met_by(21.0)
    assert passenger.met_by(22.0)
    assert not driver.met_by(22.0)
    assert climate.set_temps(21, 21).setpoint == "temps"


@pytest.mark.parametrize(
    ("driver", "passenger", "named"), [(14.5, 20, "driver_temp"), (20, 72, "passenger_temp")]
)
def test_no_car_takes_such_a_temperature(driver: float, passenger: float, named: str) -> None:
    with pytest.raises(CommandInvalid, match=f"^{named} has to be from 15 to 28$"):
        climate.set_temps(driver, passenger)


def test_modes_are_numbers_of_a_list() -> None:
    with pytest.raises(CommandInvalid, match="climate_keeper_mode has to be one of 0, 1, 2, 3"):
        climate.set_climate_keeper_mode(4)
    with pytest.raises(CommandInvalid, match="cop_temp has to be one of 0, 1, 2"):
        climate.set_cop_temp(3)


def test_some_cars_lack_some_modes() -> None:
    assert climate.set_bioweapon_mode(on=True, manual_override=False).exists is model.BIOWEAPON_MODE
    assert climate.set_cop_temp(1).exists is model.OVERHEAT_LIMIT
    assert climate.set_cabin_overheat_protection(on=True, fan_only=True).exists is model.OVERHEAT_FAN_ONLY
    assert climate.set_cabin_overheat_protection(on=False, fan_only=True).exists is model.ANY_CAR
