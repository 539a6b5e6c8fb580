from collections.abc import Callable
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command.catalogue import security
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.errors import CommandInvalid
from custom_components.tesla_direct.tesla.vehicle import model
from custom_components.tesla_direct.tesla.vehicle.signals import drive
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain
from tests.tesla.vehicle.states import knowing

from .told import expected, proven_by

SIGNED: tuple[tuple[Command, str, dict[str, Any] | None, dict[str, Any]], ...] = (
    (security.set_sentry_mode(on=True), "1205f201020801", {"on": True}, {"sentry_mode": "armed"}),
    (security.set_sentry_mode(on=False), "1203f20100", {"on": False}, {"sentry_mode": "off"}),
    (
        security.set_valet_mode(on=True, password="0000"),
        "120bfa01080801120430303030",
        {"on": True, "password": "0000"},
        {"valet_mode": True},
    ),
    # Whoever takes it back needs no PIN, so none is sent.
    (security.set_valet_mode(on=False, password="9876"), "1203fa0100", {"on": False}, {"valet_mode": False}),
    (security.reset_valet_pin(), "1203e20100", {}, {}),
    (security.guest_mode(enable=True), "12058a04020801", {"enable": True}, {"guest_mode": True}),
    (security.guest_mode(enable=False), "12038a0400", {"enable": False}, {"guest_mode": False}),
    (security.erase_user_data(), "1203c20400", {}, {}),
    (
        security.set_pin_to_drive(on=True, password="1234"),
        "120bea04080801120431323334",
        {"on": True, "password": "1234"},
        {"pin_to_drive": True},
    ),
    (security.set_pin_to_drive(on=True), "1205ea04020801", {"on": True}, {"pin_to_drive": True}),
    (security.set_pin_to_drive(on=False), "1203ea0400", {"on": False}, {"pin_to_drive": False}),
    (security.reset_pin_to_drive_pin(), "1203f20400", {}, {}),
    (security.clear_pin_to_drive_admin(), "1203ca0500", {}, {"pin_to_drive": False}),
    (
        security.speed_limit_activate("1234"),
        "120a4a080801120431323334",
        {"pin": "1234"},
        {"speed_limit_mode": True},
    ),
    (
        security.speed_limit_deactivate("1234"),
        "12084a06120431323334",
        {"pin": "1234"},
        {"speed_limit_mode": False},
    ),
    (
        security.speed_limit_clear_pin("1234"),
        "12083a060a0431323334",
        {"pin": "1234"},
        {"speed_limit_mode_pin_set": False},
    ),
    (security.speed_limit_clear_pin_admin(), "1203fa0400", {}, {"speed_limit_mode_pin_set": False}),
    (
        security.speed_limit_set_limit(70.5),
        "120b4209090000000000a05140",
        {"limit_mph": 70.5},
        {"speed_limit_mode_limit": 70.5},
    ),
    (security.dashcam_save_clip(), "1203fa0200", None, {}),
    (
        security.parental_controls_activate("0000"),
        "120bfa06080801120430303030",
        None,
        {"parental_controls": True},
    ),
    (
        security.parental_controls_deactivate("0000"),
        "1209fa0606120430303030",
        None,
        {"parental_controls": False},
    ),
    (
        security.parental_controls_enable_setting("SpeedLimit", enable=True),
        "12058207021001",
        None,
        {},
    ),
    (
        security.parental_controls_enable_setting("ArcadeBlocked", enable=True),
        "120782070408061001",
        None,
        {},
    ),
    (security.parental_controls_set_speed_limit(65), "120c8a0709090000000000405040", None, {}),
    (security.parental_controls_clear_pin("1234"), "1209ea06060a0431323334", None, {}),
    (security.parental_controls_clear_pin_admin(), "1203f20600", None, {}),
)


@pytest.mark.parametrize(("command", "payload", "body", "expects"), SIGNED)
def test_infotainment_says_who_may(
    command: Command, payload: str, body: dict[str, Any] | None, expects: dict[str, Any]
) -> None:
    assert command.domain is Domain.INFOTAINMENT
    assert command.payload.hex() == payload
    assert command.body == body
    assert expected(command) == expects
    assert command.repeatable is (command.name not in {"erase_user_data", "dashcam_save_clip"})


def test_sentry_is_on_whatever_it_does() -> None:
    assert proven_by(security.set_sentry_mode(on=True), "idle", "aware", "panic", "quiet", "off") == [
        True,
        True,
        True,
        True,
        False,
    ]
    assert security.set_sentry_mode(on=True).exists is model.SENTRY


def test_two_came_with_a_firmware() -> None:
    since = {command.name: command.since for command, *_ in SIGNED if command.since}

    assert since == {"clear_pin_to_drive_admin": "2023.44", "speed_limit_clear_pin_admin": "2023.38"}


def test_only_of_the_dashcam_teslas_client_knows_nothing() -> None:
    assert {command.name for command, *_ in SIGNED if command.unpublished} == {"dashcam_save_clip"}


def test_sliders_are_told_apart() -> None:
    assert security.speed_limit_set_limit(60).setpoint == "speed_limit"
    assert security.parental_controls_set_speed_limit(60).setpoint == "parental_speed_limit"


def test_nothing_is_erased_while_the_car_drives() -> None:
    obstacle = security.erase_user_data().obstacle

    assert obstacle
    assert obstacle(knowing({drive.GEAR: "d"})) == "not_parked"


@pytest.mark.parametrize(
    ("ask", "parameter"),
    [
        (lambda pin: security.set_valet_mode(on=True, password=pin), "password"),
        (lambda pin: security.set_pin_to_drive(on=True, password=pin), "password"),
        (security.speed_limit_activate, "pin"),
        (security.speed_limit_deactivate, "pin"),
        (security.speed_limit_clear_pin, "pin"),
        (security.parental_controls_activate, "pin"),
        (security.parental_controls_deactivate, "pin"),
        (security.parental_controls_clear_pin, "pin"),
    ],
)
@pytest.mark.parametrize("pin", ["47", "47291", "47x9"])
def test_a_pin_has_four_digits_and_is_never_repeated(
    ask: Callable[[str], Command], parameter: str, pin: str
) -> None:
    with pytest.raises(CommandInvalid) as refused:
        ask(pin)

    assert str(refused.value) == f"{parameter} has to be 4 digits"
    assert refused.value.parameter == parameter


def test_a_valet_is_given_a_pin() -> None:
    with pytest.raises(CommandInvalid, match="password has to be 4 digits"):
        security.set_valet_mode(on=True)


@pytest.mark.parametrize("ask", [security.speed_limit_set_limit, security.parental_controls_set_speed_limit])
@pytest.mark.parametrize("limit", [0, 49.9, 121])
def test_no_car_takes_such_a_limit(ask: Callable[[float], Command], limit: float) -> None:
    with pytest.raises(CommandInvalid, match="limit_mph has to be from 50 to 120"):
        ask(limit)


def test_settings_are_named_exactly() -> None:
    with pytest.raises(CommandInvalid, match="setting has to be one of SpeedLimit, Acceleration, SafetyF"):
        security.parental_controls_enable_setting("speedLimit", enable=True)
