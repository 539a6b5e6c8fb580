"""Plain commands: which there are, which parameters they take, and which scopes allow them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..car.messages.ask import Ask
from ..car.permissions import CHARGING

MISSING = object()

type Json = Mapping[str, Any]
type Adapt = Callable[[dict[str, Any]], dict[str, Any]]


class BadParameter(ValueError):
    """A parameter is missing or of another kind."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One member of a command's JSON body.

    kind:     what JSON has for it
    cut:      numbers are cut down to whole ones
    default:  what stands for it where it is missing; MISSING where it must not be
    choices:  the texts that are taken; any where there are none
    """

    name: str
    kind: tuple[type, ...]
    default: Any = MISSING
    choices: tuple[str, ...] = ()
    cut: bool = False

    def read(self, body: Json) -> Any:
        """Return its value.

        Raises: BadParameter
        """
        if self.name not in body:
            if self.default is MISSING:
                raise BadParameter(f"missing {self.name} param")
            return self.default
        value = body[self.name]
        is_flag = isinstance(value, bool)
        if not isinstance(value, self.kind) or is_flag is not (bool in self.kind):
            raise BadParameter(f"invalid {self.name} param")
        if self.choices and value not in self.choices:
            raise BadParameter(f"invalid {self.name} param")
        return int(value) if self.cut and isinstance(value, float) else value


@dataclass(frozen=True, slots=True)
class Plain:
    """A command as REST takes it; `adapt` makes the car's parameters of Tesla's."""

    parameters: tuple[Parameter, ...] = ()
    adapt: Adapt | None = None

    def read(self, name: str, body: Json) -> Ask:
        """Return what is asked for.

        Raises: BadParameter
        """
        given = {parameter.name: parameter.read(body) for parameter in self.parameters}
        return Ask(name, self.adapt(given) if self.adapt else given)


def number(name: str, default: Any = MISSING) -> Parameter:
    """Take a number."""
    return Parameter(name, (int, float), default)


def whole(name: str, default: Any = MISSING) -> Parameter:
    """Take a number, and of that what is whole."""
    return Parameter(name, (int, float), default, cut=True)


def flag(name: str, default: Any = MISSING) -> Parameter:
    """Take true or false."""
    return Parameter(name, (bool,), default)


def text(name: str, *choices: str, default: Any = MISSING) -> Parameter:
    """Take a text."""
    return Parameter(name, (str,), default, choices)


DAYS = {
    name: 1 << place
    for place, names in enumerate(
        (
            ("SUN", "SUNDAY"),
            ("MON", "MONDAY"),
            ("TUES", "TUESDAY"),
            ("WED", "WEDNESDAY"),
            ("THURS", "THURSDAY"),
            ("FRI", "FRIDAY"),
            ("SAT", "SATURDAY"),
        )
    )
    for name in names
} | {"ALL": 127, "WEEKDAYS": 62}


def days(written: str) -> int:
    """Read names of days as a mask.

    Raises: BadParameter
    """
    mask = 0
    for name in written.upper().split(","):
        if name.strip() not in DAYS:
            raise BadParameter("invalid days_of_week param")
        mask |= DAYS[name.strip()]
    return mask


def _schedule(given: dict[str, Any]) -> dict[str, Any]:
    row = {name: value for name, value in given.items() if name not in {"lat", "lon", "days_of_week"}}
    place = {"latitude": given["lat"], "longitude": given["lon"]}
    return row | place | {"days_of_week": days(given["days_of_week"])}


def _departure(given: dict[str, Any]) -> dict[str, Any]:
    if not given["enable"]:
        return {"enable": False}
    return {
        "enable": True,
        "departure_time": given["departure_time"],
        "end_off_peak_time": given["end_off_peak_time"],
        "preconditioning": _times(given, "preconditioning"),
        "off_peak_charging": _times(given, "off_peak_charging"),
    }


def _times(given: Json, option: str) -> str | None:
    if given[f"{option}_weekdays_only"]:
        return "weekdays"
    return "all_week" if given[f"{option}_enabled"] else None


def _valet(given: dict[str, Any]) -> dict[str, Any]:
    return {"on": given["on"], "password": given["password"] if given["on"] else ""}


def _given(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in given.items() if value is not None}


def _seat(given: dict[str, Any]) -> dict[str, Any]:
    seat = given["seat_position"] if given["seat_position"] is not None else given["heater"]
    if seat is None:
        raise BadParameter("missing seat_position param")
    return {"seat_position": seat, "level": given["level"]}


def _shared(given: dict[str, Any]) -> dict[str, Any]:
    shared = given["value"].get("android.intent.extra.TEXT")
    if not isinstance(shared, str):
        raise BadParameter("invalid value param")
    return {"text": shared}


NOTHING = Plain()
SWITCH = Plain((flag("on"),))
PIN = Plain((text("pin"),))
PLACES = Plain((flag("home", False), flag("work", False), flag("other", False)))  # noqa: FBT003  # defaults
SCHEDULE = (
    text("days_of_week"),
    text("name", default=""),
    flag("enabled"),
    number("lat"),
    number("lon"),
    flag("one_time", default=False),
    whole("id", default=0),
)

PLAIN: Mapping[str, Plain] = {
    **dict.fromkeys(
        (
            "auto_conditioning_start",
            "auto_conditioning_stop",
            "cancel_software_update",
            "charge_max_range",
            "charge_port_door_close",
            "charge_port_door_open",
            "charge_standard",
            "charge_start",
            "charge_stop",
            "clear_pin_to_drive_admin",
            "door_lock",
            "door_unlock",
            "erase_user_data",
            "flash_lights",
            "honk_horn",
            "media_next_fav",
            "media_next_track",
            "media_prev_fav",
            "media_prev_track",
            "media_toggle_playback",
            "media_volume_down",
            "remote_start_drive",
            "reset_pin_to_drive_pin",
            "reset_valet_pin",
            "speed_limit_clear_pin_admin",
        ),
        NOTHING,
    ),
    "actuate_trunk": Plain((text("which_trunk", "front", "rear"),)),
    "add_charge_schedule": Plain(
        (
            *SCHEDULE,
            flag("start_enabled"),
            whole("start_time", 0),
            flag("end_enabled"),
            whole("end_time", 0),
        ),
        _schedule,
    ),
    "add_precondition_schedule": Plain((*SCHEDULE, whole("precondition_time")), _schedule),
    "adjust_volume": Plain((number("volume"),)),
    "batch_remove_charge_schedules": PLACES,
    "batch_remove_precondition_schedules": PLACES,
    "guest_mode": Plain((flag("enable"),)),
    "navigation_gps_request": Plain((number("lat"), number("lon"), whole("order", 1))),
    "navigation_request": Plain((text("type"), Parameter("value", (dict,))), _shared),
    "navigation_sc_request": Plain((whole("id"), whole("order", 1))),
    "navigation_waypoints_request": Plain((text("waypoints"),)),
    "remote_auto_seat_climate_request": Plain((whole("auto_seat_position"), flag("auto_climate_on"))),
    "remote_auto_steering_wheel_heat_climate_request": SWITCH,
    "remote_boombox": Plain((whole("sound", 0),)),
    "remote_seat_cooler_request": Plain((whole("seat_position"), whole("seat_cooler_level"))),
    "remote_seat_heater_request": Plain(
        (whole("seat_position", None), whole("heater", None), whole("level")), _seat
    ),
    "remote_steering_wheel_heat_level_request": Plain((whole("level"),)),
    "remote_steering_wheel_heater_request": SWITCH,
    "remove_charge_schedule": Plain((whole("id"),)),
    "remove_precondition_schedule": Plain((whole("id"),)),
    "schedule_software_update": Plain((whole("offset_sec"),)),
    "set_bioweapon_mode": Plain((flag("on"), flag("manual_override"))),
    "set_cabin_overheat_protection": Plain((flag("on"), flag("fan_only", default=False))),
    "set_charge_limit": Plain((whole("percent"),)),
    "set_charging_amps": Plain((whole("charging_amps"),)),
    "set_climate_keeper_mode": Plain((whole("climate_keeper_mode"), flag("manual_override", default=False))),
    "set_cop_temp": Plain((whole("cop_temp"),)),
    "set_pin_to_drive": Plain((flag("on"), text("password", default=""))),
    "set_preconditioning_max": Plain((flag("on"), flag("manual_override", default=False))),
    "set_scheduled_charging": Plain((flag("enable"), whole("time", 0))),
    "set_scheduled_departure": Plain(
        (
            flag("enable"),
            whole("departure_time", 0),
            whole("end_off_peak_time", 0),
            flag("preconditioning_enabled", default=False),
            flag("preconditioning_weekdays_only", default=False),
            flag("off_peak_charging_enabled", default=False),
            flag("off_peak_charging_weekdays_only", default=False),
        ),
        _departure,
    ),
    "set_sentry_mode": SWITCH,
    "set_temps": Plain((number("driver_temp"), number("passenger_temp"))),
    "set_valet_mode": Plain((flag("on"), text("password", default="")), _valet),
    "set_vehicle_name": Plain((text("vehicle_name"),)),
    "speed_limit_activate": PIN,
    "speed_limit_clear_pin": PIN,
    "speed_limit_deactivate": PIN,
    "speed_limit_set_limit": Plain((number("limit_mph"),)),
    "sun_roof_control": Plain((text("state", "stop", "close", "vent"),)),
    "take_drivenote": Plain((text("note"),)),
    "trigger_homelink": Plain((number("lat"), number("lon"), text("token", default=""))),
    "upcoming_calendar_entries": Plain((text("calendar_data"),)),
    "window_control": Plain(
        (text("command", "vent", "close"), number("lat", None), number("lon", None)), _given
    ),
}
# Done by the server for fleets; no car hears of it.
SERVER_SIDE = frozenset(
    {
        "set_managed_charge_current_request",
        "set_managed_charger_location",
        "set_managed_scheduled_charging_time",
    }
)
# Said to work without a signature even where one is demanded.
UNSIGNED = frozenset(
    {"navigation_request", "navigation_gps_request", "navigation_sc_request", "navigation_waypoints_request"}
)

COMMANDS = frozenset({"vehicle_cmds"})
EITHER = frozenset({"vehicle_cmds", "vehicle_charging_cmds"})


def scopes_for(names: list[str]) -> frozenset[str]:
    """Return the scopes any one of which allows all of these commands."""
    return EITHER if names and CHARGING.issuperset(names) else COMMANDS
