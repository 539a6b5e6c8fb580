"""What the proxy takes as parameters, where that differs from what Tesla's own cloud takes.

Source: commands, "Where the documentation and the published proxy differ" and "Never signed"
"""

from collections.abc import Mapping
from typing import Any, override

from ..car.messages.ask import Ask
from ..cloud.parameters import (
    DAYS,
    NOTHING,
    PIN,
    PLAIN,
    SERVER_SIDE,
    BadParameter,
    Plain,
    flag,
    number,
    text,
    whole,
)
from .answers import NOT_IMPLEMENTED, ONLY_PLAIN, Wrong

NOT_CARRIED = SERVER_SIDE | {"navigation_request"}
# Documented for REST, and unknown to the proxy.
UNKNOWN = frozenset(
    {
        "batch_remove_charge_schedules",
        "batch_remove_precondition_schedules",
        "navigation_gps_request",
        "navigation_sc_request",
        "navigation_waypoints_request",
        "remote_auto_steering_wheel_heat_climate_request",
        "remote_steering_wheel_heat_level_request",
        "sun_roof_control",
        "take_drivenote",
        "upcoming_calendar_entries",
    }
)
SEATS = 9
LOUDEST = 10
INVALID_VALUE = "invalid_value"


def _trunk(given: dict[str, Any]) -> dict[str, Any]:
    """Open the rear trunk for what is no text."""
    which = given["which_trunk"]
    if not isinstance(which, str):
        return {"which_trunk": "rear"}
    if which not in {"front", "rear"}:
        raise BadParameter(INVALID_VALUE)
    return {"which_trunk": which}


def _seat(given: dict[str, Any]) -> dict[str, Any]:
    if not 0 <= given["seat_position"] < SEATS:
        raise Wrong(400, "invalid seat position")
    return given


def _cooler(given: dict[str, Any]) -> dict[str, Any]:
    """Take the number of the message, which is one more than the documented one."""
    return {**given, "seat_cooler_level": given["seat_cooler_level"] - 1}


def _overheat(given: dict[str, Any]) -> dict[str, Any]:
    """Take the number of the message here, too."""
    return {"cop_temp": given["cop_temp"] - 1}


def _window(given: dict[str, Any]) -> dict[str, Any]:
    if given["command"] not in {"vent", "close"}:
        raise Wrong(400, "command must be 'vent' or 'close'")
    return given


def _volume(given: dict[str, Any]) -> dict[str, Any]:
    if not 0 <= given["volume"] <= LOUDEST:
        raise Wrong(500, "invalid volume (should be in [0, 10])")
    return given


def _schedule(given: dict[str, Any]) -> dict[str, Any]:
    """Leave the name away, and say of a day what nobody else says of a parameter."""
    for day in given["days_of_week"].split(","):
        if day.strip().upper() not in DAYS:
            raise Wrong(400, f"unrecognized day name: {day}")
    return {**given, "name": ""}


class _Trunk(Plain):
    """A command whose one parameter may be of any kind."""

    @override
    def read(self, name: str, body: Mapping[str, Any]) -> Ask:
        return Ask(name, _trunk({"which_trunk": body.get("which_trunk", "")}))


ENABLE = Plain((flag("enable"),))
OWN: Mapping[str, Plain] = {
    **dict.fromkeys(
        (
            "close_tonneau",
            "media_volume_up",
            "open_tonneau",
            "parental_controls_clear_pin_admin",
            "stop_tonneau",
        ),
        NOTHING,
    ),
    "actuate_trunk": _Trunk(),
    "adjust_volume": Plain((number("volume"),), _volume),
    "keep_accessory_power_mode": ENABLE,
    "parental_controls_activate": PIN,
    "parental_controls_deactivate": PIN,
    "parental_controls_enable_setting": Plain((text("setting"), flag("enable"))),
    "parental_controls_set_speed_limit": Plain((number("limit_mph"),)),
    "remote_seat_cooler_request": Plain((whole("seat_position"), whole("seat_cooler_level")), _cooler),
    "remote_seat_heater_request": Plain((whole("seat_position"), whole("level")), _seat),
    "set_cop_temp": Plain((whole("cop_temp"),), _overheat),
    "set_low_power_mode": ENABLE,
    "set_temps": Plain((number("driver_temp", 0), number("passenger_temp", 0))),
    "trigger_homelink": Plain((number("lat"), number("lon"))),
    "window_control": Plain((text("command"),), _window),
}
SCHEDULES = frozenset({"add_charge_schedule", "add_precondition_schedule"})


def read(name: str, body: Mapping[str, Any]) -> Ask | str:
    """Read a command; a text says which parameter is wrong.

    Raises: Wrong
    """
    if name in NOT_CARRIED:
        # It is forwarded after this answer, without its body, and nothing comes of it.
        raise Wrong(400, ONLY_PLAIN)
    if name == "remote_boombox":
        raise Wrong(400, NOT_IMPLEMENTED)
    row = None if name in UNKNOWN else OWN.get(name) or PLAIN.get(name)
    if row is None:
        raise Wrong(400, "invalid_command")
    try:
        if name in SCHEDULES and isinstance(body.get("days_of_week"), str):
            body = _schedule(dict(body))
        return row.read(name, body)
    except BadParameter as error:
        return str(error)
