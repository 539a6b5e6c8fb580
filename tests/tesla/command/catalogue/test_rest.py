from collections.abc import Mapping
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.command.catalogue import ALL, from_rest
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.errors import CommandInvalid
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain

NOW = 1_795_208_444.0
VECTORS = Path(__file__).parents[3] / "vectors" / "commands" / "payloads.json"
# What Tesla's own client does not sign has no vectors.
MORE: tuple[tuple[str, dict[str, Any]], ...] = (
    ("actuate_trunk", {"which_trunk": "front"}),
    ("navigation_gps_request", {"lat": 51.5, "lon": 0, "order": 1}),
    ("navigation_request", {"value": "home"}),
    ("navigation_sc_request", {"id": 7}),
    ("navigation_waypoints_request", {"waypoints": "refId:x"}),
    ("remote_auto_steering_wheel_heat_climate_request", {"on": True}),
    ("remote_steering_wheel_heat_level_request", {"level": 3}),
    ("remote_steering_wheel_heater_request", {"on": True}),
    ("speed_limit_activate", {"pin": "1234"}),
    ("sun_roof_control", {"state": "vent"}),
    ("take_drivenote", {"note": "x"}),
    ("upcoming_calendar_entries", {"calendar_data": "x"}),
)
# commands.md, column "rep"; a new schedule is numbered by us, so it can be sent again.
ACTS_ANEW = {
    "actuate_trunk",
    "erase_user_data",
    "flash_lights",
    "honk_horn",
    "media_next_fav",
    "media_next_track",
    "media_prev_fav",
    "media_prev_track",
    "media_toggle_playback",
    "media_volume_down",
    "media_volume_up",
    "navigation_gps_request",
    "navigation_request",
    "navigation_sc_request",
    "navigation_waypoints_request",
    "remote_boombox",
    "remote_start_drive",
    "take_drivenote",
    "trigger_homelink",
}
# The same, column "scope"; of managed charging and batches nothing is said.
CHARGING = {
    "add_charge_schedule",
    "add_precondition_schedule",
    "batch_remove_charge_schedules",
    "batch_remove_precondition_schedules",
    "charge_max_range",
    "charge_port_door_close",
    "charge_port_door_open",
    "charge_standard",
    "charge_start",
    "charge_stop",
    "remove_charge_schedule",
    "remove_precondition_schedule",
    "set_charge_limit",
    "set_charging_amps",
    "set_managed_charge_current_request",
    "set_managed_charger_location",
    "set_managed_scheduled_charging_time",
    "set_scheduled_charging",
    "set_scheduled_departure",
}
SIGNED_ONLY = {
    "close_tonneau",
    "keep_accessory_power_mode",
    "open_tonneau",
    "parental_controls_activate",
    "parental_controls_clear_pin_admin",
    "parental_controls_deactivate",
    "parental_controls_enable_setting",
    "parental_controls_set_speed_limit",
    "set_low_power_mode",
    "stop_tonneau",
}
VEHICLE_SECURITY = {
    "actuate_trunk",
    "close_tonneau",
    "door_lock",
    "door_unlock",
    "open_tonneau",
    "remote_start_drive",
    "stop_tonneau",
}
UNPUBLISHED = {
    "batch_remove_charge_schedules",
    "batch_remove_precondition_schedules",
    "navigation_gps_request",
    "navigation_sc_request",
    "navigation_waypoints_request",
    "remote_auto_steering_wheel_heat_climate_request",
    "remote_boombox",
    "remote_steering_wheel_heat_level_request",
    "sun_roof_control",
    "take_drivenote",
    "upcoming_calendar_entries",
}
PLAIN_ONLY = {
    "navigation_request",
    "set_managed_charge_current_request",
    "set_managed_charger_location",
    "set_managed_scheduled_charging_time",
}


def one_of_each() -> dict[str, Command]:
    """Return one command of each name."""
    cases = [(case["command"], case["params"]) for case in json.loads(VECTORS.read_text())["cases"]]
    made = dict[str, Command]()
    for name, parameters in (*cases, *MORE):
        try:
            made[name] = from_rest(name, parameters, now=NOW)
        except CommandInvalid:
            continue
    return made


MADE = one_of_each()


def test_there_is_one_of_each() -> None:
    assert MADE.keys() == ALL.keys()
    assert len(ALL) == 83


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_command_is_called_as_fleet_api_calls_it(name: str) -> None:
    assert MADE[name].name == name
    assert ALL[name].function.__name__ == name
    assert ALL[name].function.__doc__


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_command_is_what_the_documents_say_of_it(name: str) -> None:
    command = MADE[name]

    assert command.repeatable is (name not in ACTS_ANEW)
    assert (command.holds == ()) is (name in ACTS_ANEW)
    assert command.scopes == (
        ("vehicle_cmds", "vehicle_charging_cmds") if name in CHARGING else ("vehicle_cmds",)
    )
    assert (command.body is None) is (name in SIGNED_ONLY)
    assert (command.domain is Domain.VEHICLE_SECURITY) is (name in VEHICLE_SECURITY)
    assert (command.domain is None) is (name in PLAIN_ONLY)
    assert (command.payload == b"") is (name in PLAIN_ONLY)
    assert command.unpublished is (name in UNPUBLISHED)
    assert command.prefers_plain is (name in PLAIN_ONLY or name.startswith("navigation_"))


@pytest.mark.parametrize("name", sorted(ALL))
def test_a_plain_request_holds_what_json_can_say_and_means_the_same_when_read(name: str) -> None:
    command = MADE[name]
    if command.body is None:
        return
    read = json.loads(json.dumps(command.body))

    assert read == command.body
    assert from_rest(name, read, now=NOW + 60) == command


@pytest.mark.parametrize(
    "name",
    [
        "",
        "wake_up",
        "door_lockk",
        "DOOR_LOCK",
        "ping",
        "close_trunk",
        "dashcam_save_clip",
        "_managed",
        "check",
    ],
)
def test_what_fleet_api_does_not_know_is_refused(name: str) -> None:
    with pytest.raises(CommandInvalid, match="there is no such command") as refused:
        from_rest(name, {}, now=NOW)

    assert refused.value.parameter == ""


@pytest.mark.parametrize(
    ("name", "parameters", "text"),
    [
        ("set_charge_limit", {}, "percent is missing"),
        ("set_charge_limit", None, "percent is missing"),
        ("set_charge_limit", {"percent": "80"}, "percent has to be a number"),
        ("set_charge_limit", {"percent": True}, "percent has to be a number"),
        ("set_charge_limit", {"percent": None}, "percent has to be a number"),
        ("set_charge_limit", {"percent": [80]}, "percent has to be a number"),
        ("set_sentry_mode", {"on": 1}, "on has to be true or false"),
        ("set_sentry_mode", {"on": "true"}, "on has to be true or false"),
        (
            "set_preconditioning_max",
            {"on": True, "manual_override": None},
            "manual_override has to be true or",
        ),
        ("window_control", {"command": "close", "lat": None}, "lat has to be a number"),
        ("trigger_homelink", {"lat": 0, "lon": 0, "token": 5}, "token has to be text"),
        ("speed_limit_activate", {"pin": 4729}, "pin has to be text"),
        ("actuate_trunk", {"which_trunk": None}, "which_trunk has to be text"),
        ("navigation_request", {}, "value is missing"),
        ("set_temps", {"driver_temp": 21}, "passenger_temp is missing"),
    ],
)
def test_json_says_exactly_what_is_meant(name: str, parameters: Any, text: str) -> None:
    with pytest.raises(CommandInvalid, match=f"^{text}") as refused:
        from_rest(name, parameters, now=NOW)

    assert refused.value.parameter == text.split(maxsplit=1)[0]
    assert "4729" not in str(refused.value)


@pytest.mark.parametrize("parameters", [[], "percent", 80])
def test_parameters_are_an_object(parameters: Any) -> None:
    with pytest.raises(CommandInvalid, match="the parameters have to be an object"):
        from_rest("set_charge_limit", parameters, now=NOW)


def test_what_is_not_known_is_ignored_and_what_is_ours_is_not_taken() -> None:
    rear = from_rest("actuate_trunk", {"which_trunk": "rear", "opens": True, "door": 1}, now=NOW)
    added = from_rest(
        "add_precondition_schedule",
        {"days_of_week": "All", "enabled": True, "lat": 0, "lon": 0, "precondition_time": 0, "now": 5},
        now=NOW,
    )

    assert rear.expects == ()
    assert added.body
    assert added.body["id"] == NOW


def test_every_kind_of_parameter_is_known() -> None:
    parameters = {name: named.parameters for name, named in ALL.items()}

    assert {name for name, each in parameters.items() if each is None} == PLAIN_ONLY - {"navigation_request"}
    assert {parameter.kind for each in parameters.values() for parameter in each or ()} == {
        "a number",
        "true or false",
        "text",
        "anything",
    }
    assert [(parameter.name, parameter.required) for parameter in parameters["window_control"] or ()] == [
        ("command", True),
        ("lat", False),
        ("lon", False),
    ]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=4,
)


@st.composite
def requests(draw: st.DrawFn) -> tuple[str, Mapping[str, Any]]:
    name = draw(st.sampled_from(sorted(ALL)))
    names = [parameter.name for parameter in ALL[name].parameters or ()]
    likely = JSON | st.sampled_from(
        ["front", "vent", "stop", "1234", "all,mon", "Curfew", 0, 1, 2.0, 80, True]
    )
    return name, {each: draw(likely) for each in names if draw(st.integers(0, 9))}


@settings(max_examples=500)
@given(requests())
def test_any_json_is_a_command_or_refused(request: tuple[str, Mapping[str, Any]]) -> None:
    name, parameters = request
    try:
        command = from_rest(name, parameters, now=NOW)
    except CommandInvalid:
        return

    assert command.name == name
    assert bool(command.payload) is (command.domain is not None)
