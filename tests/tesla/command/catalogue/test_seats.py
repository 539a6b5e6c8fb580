from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command.catalogue import seats
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.errors import CommandInvalid
from custom_components.tesla_direct.tesla.vehicle import model
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain

from .told import expected

SIGNED: tuple[tuple[Command, str, dict[str, Any], dict[str, Any]], ...] = (
    (
        seats.remote_seat_heater_request(0, 3),
        "1209a202060a042a003a00",
        {"heater": 0, "seat_position": 0, "level": 3},
        {"seat_heater_front_left": "high"},
    ),
    (
        seats.remote_seat_heater_request(4, 0),
        "1209a202060a0412005a00",
        {"heater": 4, "seat_position": 4, "level": 0},
        {"seat_heater_rear_center": "off"},
    ),
    (
        seats.remote_seat_heater_request(6, 1),
        "1209a202060a041a006a00",
        {"heater": 6, "seat_position": 6, "level": 1},
        {},
    ),
    # Documented are 0 to 3; the message knows 1 to 4.
    (
        seats.remote_seat_cooler_request(1, 0),
        "12098a03060a0408011001",
        {"seat_position": 1, "seat_cooler_level": 0},
        {"seat_cooling_front_left": "off"},
    ),
    (
        seats.remote_seat_cooler_request(2, 3),
        "12098a03060a0408041002",
        {"seat_position": 2, "seat_cooler_level": 3},
        {"seat_cooling_front_right": "high"},
    ),
    (
        seats.remote_auto_seat_climate_request(1, auto_climate_on=True),
        "12098203060a0408011001",
        {"auto_seat_position": 1, "auto_climate_on": True},
        {"auto_seat_climate_left": True},
    ),
    (
        seats.remote_auto_seat_climate_request(2, auto_climate_on=False),
        "12078203040a021002",
        {"auto_seat_position": 2, "auto_climate_on": False},
        {"auto_seat_climate_right": False},
    ),
    (
        seats.remote_steering_wheel_heater_request(on=False),
        "12026a00",
        {"on": False},
        {"steering_wheel_heater": False},
    ),
    (
        seats.remote_steering_wheel_heat_level_request(0),
        "1205ba04020801",
        {"level": 0},
        {"steering_wheel_heat_level": "off"},
    ),
    (
        seats.remote_steering_wheel_heat_level_request(3),
        "1205ba04020803",
        {"level": 3},
        {"steering_wheel_heat_level": "high"},
    ),
    (
        seats.remote_auto_steering_wheel_heat_climate_request(on=True),
        "1205b204020801",
        {"on": True},
        {"auto_steering_wheel_heat": True},
    ),
)


@pytest.mark.parametrize(("command", "payload", "body", "expects"), SIGNED)
def test_infotainment_heats_and_cools(
    command: Command, payload: str, body: dict[str, Any], expects: dict[str, Any]
) -> None:
    assert command.domain is Domain.INFOTAINMENT
    assert command.payload.hex() == payload
    assert command.body == body
    assert expected(command) == expects
    assert command.repeatable


def test_two_requests_are_not_among_those_that_teslas_client_signs() -> None:
    unpublished = {command.name for command, *_ in SIGNED if command.unpublished}

    assert unpublished == {
        "remote_steering_wheel_heat_level_request",
        "remote_auto_steering_wheel_heat_climate_request",
    }


@pytest.mark.parametrize(
    ("position", "exists"),
    [
        (0, model.ANY_CAR),
        (2, model.REAR_SEAT_HEATERS),
        (3, model.ANY_CAR),
        (4, model.REAR_CENTER_SEAT_HEATER),
        (8, model.THIRD_ROW),
    ],
)
def test_not_every_car_heats_every_seat(position: int, exists: model.Capability) -> None:
    assert seats.remote_seat_heater_request(position, 1).exists is exists


def test_seats_and_levels_are_numbers_of_a_list() -> None:
    with pytest.raises(CommandInvalid, match="seat_position has to be one of 0, 1, 2, 3, 4, 5, 6, 7, 8"):
        seats.remote_seat_heater_request(9, 1)
    with pytest.raises(CommandInvalid, match=r"^level has to be one of 0, 1, 2, 3"):
        seats.remote_seat_heater_request(0, 4)
    with pytest.raises(CommandInvalid, match="seat_position has to be one of 1, 2"):
        seats.remote_seat_cooler_request(0, 1)
    with pytest.raises(CommandInvalid, match="seat_cooler_level has to be one of 0, 1, 2, 3"):
        seats.remote_seat_cooler_request(1, 4)
    with pytest.raises(CommandInvalid, match="auto_seat_position has to be one of 1, 2"):
        seats.remote_auto_seat_climate_request(3, auto_climate_on=True)
    with pytest.raises(CommandInvalid, match="level has to be one of 0, 1, 3"):
        seats.remote_steering_wheel_heat_level_request(2)
