import pytest

from custom_components.tesla_direct.tesla.command.catalogue import software
from custom_components.tesla_direct.tesla.command.catalogue.obstacle import installing
from custom_components.tesla_direct.tesla.errors import CommandInvalid
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain

from .told import expected, proven_by


def test_the_car_is_named() -> None:
    command = software.set_vehicle_name("Blue")

    assert command.domain is Domain.INFOTAINMENT
    assert command.payload.hex() == "1209b203060a04426c7565"
    assert command.body == {"vehicle_name": "Blue"}
    assert expected(command) == {"vehicle_name": "Blue"}


@pytest.mark.parametrize(("seconds", "payload"), [(0, "1203ea0100"), (7200.0, "1206ea010308a038")])
def test_an_update_is_scheduled(seconds: float, payload: str) -> None:
    command = software.schedule_software_update(seconds)

    assert command.payload.hex() == payload
    assert command.body == {"offset_sec": seconds}
    assert expected(command) == {"software_update_status": "scheduled"}
    assert proven_by(command, "installing", "available") == [True, False]


def test_an_update_is_called_off_before_it_is_installed() -> None:
    command = software.cancel_software_update()

    assert command.payload.hex() == "1203ca0100"
    assert proven_by(command, "available", "none", "scheduled") == [True, True, False]
    assert command.obstacle is installing


@pytest.mark.parametrize("seconds", [-1, 0.5, 2**31])
def test_an_update_waits_for_whole_seconds(seconds: float) -> None:
    with pytest.raises(CommandInvalid, match="offset_sec has to be a whole number from 0 to 2147483647"):
        software.schedule_software_update(seconds)


def test_half_a_character_is_no_name() -> None:
    with pytest.raises(CommandInvalid, match="vehicle_name is not text"):
        software.set_vehicle_name("\ud83d")
