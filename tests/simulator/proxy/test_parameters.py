"""Where the proxy reads parameters otherwise than Tesla's cloud."""

from typing import Any

import pytest

from simulator.car.actions.table import ACTIONS
from simulator.proxy import parameters
from simulator.proxy.answers import Wrong

SCHEDULE = {
    "days_of_week": "MON, fri",
    "name": "left away",
    "enabled": True,
    "lat": 51.0,
    "lon": -1.0,
    "start_enabled": True,
    "end_enabled": False,
}


@pytest.mark.parametrize(
    ("name", "body", "arguments"),
    [
        (
            "remote_seat_cooler_request",
            {"seat_position": 1, "seat_cooler_level": 3},
            {"seat_cooler_level": 2},
        ),
        ("set_cop_temp", {"cop_temp": 3}, {"cop_temp": 2}),
        ("set_temps", {}, {"driver_temp": 0, "passenger_temp": 0}),
        ("actuate_trunk", {"which_trunk": 7}, {"which_trunk": "rear"}),
        ("actuate_trunk", {"which_trunk": "front"}, {"which_trunk": "front"}),
        ("remote_seat_heater_request", {"seat_position": 8, "level": 3}, {"seat_position": 8, "level": 3}),
        ("trigger_homelink", {"lat": 1, "lon": 2, "token": "ignored"}, {"lat": 1, "lon": 2}),
        ("set_charging_amps", {"charging_amps": 5.9}, {"charging_amps": 5}),
        ("window_control", {"command": "vent", "lat": 1}, {"command": "vent"}),
        ("adjust_volume", {"volume": 10.0}, {"volume": 10.0}),
        ("add_charge_schedule", SCHEDULE, {"name": "", "days_of_week": 34}),
        ("media_volume_up", {}, {}),
        ("keep_accessory_power_mode", {"enable": True}, {"enable": True}),
    ],
)
def test_a_command_is_read(name: str, body: dict[str, Any], arguments: dict[str, Any]) -> None:
    ask = parameters.read(name, body)

    assert not isinstance(ask, str)
    assert ask.name == name
    assert arguments.items() <= dict(ask.arguments).items()


@pytest.mark.parametrize(
    ("name", "body", "reason"),
    [
        ("remote_seat_heater_request", {"heater": 1, "level": 1}, "missing seat_position param"),
        ("set_charge_limit", {"percent": "80"}, "invalid percent param"),
        ("set_charge_limit", {"percent": None}, "invalid percent param"),
        ("set_bioweapon_mode", {"on": True}, "missing manual_override param"),
        ("actuate_trunk", {}, "invalid_value"),
        ("actuate_trunk", {"which_trunk": "side"}, "invalid_value"),
        ("add_charge_schedule", {}, "missing days_of_week param"),
        ("add_charge_schedule", {"days_of_week": 127}, "invalid days_of_week param"),
    ],
)
def test_a_parameter_is_missing_or_wrong(name: str, body: dict[str, Any], reason: str) -> None:
    assert parameters.read(name, body) == reason


@pytest.mark.parametrize(
    ("name", "body", "error"),
    [
        *((name, {}, "invalid_command") for name in sorted(parameters.UNKNOWN)),
        ("remote_seat_heater_request", {"seat_position": 9, "level": 1}, "invalid seat position"),
        ("window_control", {"command": "open"}, "command must be 'vent' or 'close'"),
        ("add_charge_schedule", SCHEDULE | {"days_of_week": "Monday,May"}, "unrecognized day name: May"),
        ("adjust_volume", {"volume": 11}, "invalid volume (should be in [0, 10])"),
    ],
)
def test_a_request_ends_with_an_error(name: str, body: dict[str, Any], error: str) -> None:
    with pytest.raises(Wrong) as wrong:
        parameters.read(name, body)

    assert wrong.value.error == error


def test_every_command_of_its_own_is_one_of_a_cars() -> None:
    assert parameters.OWN.keys() <= ACTIONS.keys()
