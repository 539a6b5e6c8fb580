from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command.catalogue import closures
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.errors import CommandInvalid
from custom_components.tesla_direct.tesla.vehicle import model
from custom_components.tesla_direct.tesla.vehicle.signals import drive, security
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain
from tests.tesla.vehicle.states import knowing

from .told import expected

WINDOWS = ("window_driver_front", "window_passenger_front", "window_driver_rear", "window_passenger_rear")


@pytest.mark.parametrize(
    ("command", "payload", "expects"),
    [
        (closures.door_lock(), "1001", {"locked": True}),
        (closures.door_unlock(), "1000", {"locked": False}),  # zero, and yet on the wire
        (closures.remote_start_drive(), "1014", {"remote_start_active": True}),
        (closures.actuate_trunk("front"), "22023001", {"trunk_front": True}),
        (closures.actuate_trunk("rear"), "22022801", {}),
        (closures.actuate_trunk("rear", opens=True), "22022801", {"trunk_rear": True}),
        (closures.actuate_trunk("rear", opens=False), "22022801", {"trunk_rear": False}),
        (closures.close_trunk(), "22022804", {"trunk_rear": False}),
        (closures.open_tonneau(), "22024003", {"tonneau_position": "fully_open"}),
        (closures.close_tonneau(), "22024004", {"tonneau_position": "closed"}),
        (closures.stop_tonneau(), "22024002", {}),
    ],
)
def test_vehicle_security_locks_and_moves(command: Command, payload: str, expects: dict[str, Any]) -> None:
    assert command.domain is Domain.VEHICLE_SECURITY
    assert command.payload.hex() == payload
    assert expected(command) == expects


@pytest.mark.parametrize(
    ("command", "payload", "body", "expects"),
    [
        (
            closures.window_control("vent"),
            "12059202021a00",
            {"command": "vent"},
            dict.fromkeys(WINDOWS, "partially_open"),
        ),
        (
            closures.window_control("close", 51.5, -0.12),
            "12059202022200",
            {"command": "close", "lat": 51.5, "lon": -0.12},
            dict.fromkeys(WINDOWS, "closed"),
        ),
        (closures.sun_roof_control("vent"), "12058202021a00", {"state": "vent"}, {"sun_roof_state": "vent"}),
        (
            closures.sun_roof_control("close"),
            "12058202022200",
            {"state": "close"},
            {"sun_roof_state": "closed"},
        ),
        (closures.trigger_homelink(0, 0), "12058a02020a00", {"lat": 0, "lon": 0}, {}),
        (
            closures.trigger_homelink(37.4937, -121.9447, "token"),
            "120f8a020c0a0a0d8cf9154215b0e3f3c2",
            {"lat": 37.4937, "lon": -121.9447, "token": "token"},
            {},
        ),
        (closures.flash_lights(), "1203d20100", {}, {}),
        (closures.honk_horn(), "1203da0100", {}, {}),
    ],
)
def test_infotainment_does_the_rest(
    command: Command, payload: str, body: dict[str, Any], expects: dict[str, Any]
) -> None:
    assert command.domain is Domain.INFOTAINMENT
    assert command.payload.hex() == payload
    assert command.body == body
    assert expected(command) == expects


def test_what_has_only_begun_to_open_proves_that_it_does() -> None:
    window = closures.window_control("vent").expects[0]
    (tonneau,) = closures.open_tonneau().expects

    assert window.met_by("opened")
    assert not window.met_by("closed")
    assert tonneau.met_by("partially_open")
    assert not tonneau.met_by("closed")


def test_nobody_can_sign_that_a_sunroof_stops() -> None:
    command = closures.sun_roof_control("stop")

    assert command.domain is None
    assert command.payload == b""
    assert command.body == {"state": "stop"}
    assert closures.sun_roof_control("vent").unpublished


@pytest.mark.parametrize(
    "command",
    [closures.open_tonneau(), closures.close_tonneau(), closures.stop_tonneau(), closures.close_trunk()],
    ids=lambda one: one.name,
)
def test_some_things_go_only_signed(command: Command) -> None:
    assert command.body is None


@pytest.mark.parametrize(
    "command",
    [
        closures.remote_start_drive(),
        closures.actuate_trunk("front"),
        closures.actuate_trunk("rear"),
        closures.trigger_homelink(0, 0),
        closures.flash_lights(),
        closures.honk_horn(),
    ],
    ids=lambda one: one.name,
)
def test_what_acts_anew_each_time_is_never_sent_again(command: Command) -> None:
    assert not command.repeatable
    assert command.holds == ()


def test_the_front_trunk_stays_closed_while_the_car_drives() -> None:
    driving = knowing({drive.GEAR: "d"})
    front, rear = closures.actuate_trunk("front"), closures.actuate_trunk("rear")

    assert front.obstacle
    assert front.obstacle(driving) == "not_parked"
    assert rear.obstacle is None


def test_a_rear_trunk_changes_over_and_is_moved_only_where_that_helps() -> None:
    assert closures.actuate_trunk("rear", opens=True).toggles
    assert closures.actuate_trunk("rear", opens=False).toggles
    # Whoever does not say what is wanted gets what comes; the front one only opens.
    assert not closures.actuate_trunk("rear").toggles
    assert not closures.actuate_trunk("front").toggles


def test_driving_without_a_key_has_to_be_allowed() -> None:
    command = closures.remote_start_drive()

    assert command.exists is model.REMOTE_START
    assert command.obstacle
    assert command.obstacle(knowing({security.REMOTE_START_ENABLED: False})) == "keyless_driving_off"


@pytest.mark.parametrize("trunk", ["side", "Front", ""])
def test_there_is_a_front_and_a_rear_trunk(trunk: str) -> None:
    with pytest.raises(CommandInvalid, match="which_trunk has to be one of front, rear"):
        closures.actuate_trunk(trunk)


def test_windows_and_roofs_move_as_listed() -> None:
    with pytest.raises(CommandInvalid, match="command has to be one of vent, close"):
        closures.window_control("Vent")
    with pytest.raises(CommandInvalid, match="state has to be one of vent, close, stop"):
        closures.sun_roof_control("open")
    with pytest.raises(CommandInvalid, match="lat has to be"):
        closures.window_control("close", 91, 0)
