"""A TeslaMate's topics into facts, in the units that cars tell them in.

Each topic is a text. TeslaMate tells what has changed, and of most facts nothing while it does not know them.
Source: TeslaMate's documents of its MQTT topics, and its program; see docs/protocol/teslamate.md
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..errors import WireError
from ..vehicle.kind import UNKNOWN, Kind, flag, number
from ..vehicle.location import location
from ..vehicle.signal import AnySignal
from ..vehicle.signals import (
    battery,
    charge,
    climate,
    closures,
    config,
    drive,
    place,
    route,
    schedules,
    seats,
    security,
    software,
    tires,
)
from .mqtt import read_json
from .teslamate_texts import miles, miles_per_hour, minutes, moment, numbered, sunroof, trim, window
from .teslamate_topics import AWAKE, HEALTHY, SINCE, STATE

NO_ROUTE = '"error":"'  # in what it says where there is no route; else the error is null
NOT_TAKEN: Mapping[str, str] = {
    SINCE: "when its state began; the source dates by it what the broker has kept",
    "geofence": "a place of TeslaMate's own; Home Assistant has zones",
    "spoiler_type": "no fact of ours",
    "software_update": "says again what version and update_version say",
    HEALTHY: "of TeslaMate itself; the source follows it",
}

type Texts = Mapping[str, str]
type Values = dict[AnySignal, Any]


def values_of(changed: Iterable[str], known: Texts, skipped: Counter[str]) -> Values:
    """Return what some topics say.

    changed: keys that were told just now
    known:   the newest text of each key that was ever told, those of `changed` among them
    skipped: counts by key what nobody can understand; such a fact is not known
    """
    values: Values = {}
    told = frozenset(changed)
    for key in told:
        if (row := ROWS.get(key)) is not None:
            signal, read = row
            values[signal] = _read(key, read, known, skipped)
    for keys, join in JOINS.items():
        if not told.isdisjoint(keys):
            values.update(join(told, known, skipped))
    return values


def state_since(known: Texts) -> float | None:
    """Return when its state began, seconds since 1970; what TeslaMate knows was so then, or later."""
    return moment(known.get(SINCE, ""))


def says_nothing(key: str, text: str) -> bool:
    """Return whether a text says that something is not known, or that there is no route."""
    return text in UNKNOWN or (key == "active_route" and NO_ROUTE in text)


def values_of_sleep(last: Texts) -> Values:
    """Return what cannot be so any more of a car that sleeps.

    last: what was told of it while it was awake
    """
    values: Values = {}
    if drive.GEAR.kind(last.get("shift_state", "")) in MOVES:
        values.update(dict.fromkeys(OF_DRIVES))
    if charge.STATE.kind(last.get("charging_state", "")) in ("charging", "starting"):
        values.update(dict.fromkeys(OF_CHARGES))
    return values


def _read(key: str, read: Kind[Any], known: Texts, skipped: Counter[str]) -> Any:
    """Return what the text of a key says, None where it is unknown or makes no sense."""
    text = known.get(key, "")
    if text in UNKNOWN:
        return None
    value = read(text)
    if value is None:
        skipped[key] += 1
    return value


def _read_object(key: str, known: Texts, skipped: Counter[str]) -> Mapping[str, Any] | None:
    """Return the object that a key's text is, None if it is none."""
    if known[key] in UNKNOWN:
        return None
    try:
        raw = read_json(known[key].encode())
    except WireError:
        raw = None
    if not isinstance(raw, Mapping):
        skipped[key] += 1
        return None
    return raw


def _of_model(told: frozenset[str], known: Texts, skipped: Counter[str]) -> Values:
    """Read the model; S and X are each two of Tesla's types, and TeslaMate does not say which."""
    car_type = CAR_TYPES.get(known["model"].casefold())
    return {} if car_type is None else {config.CAR_TYPE: car_type}


def _of_speed(told: frozenset[str], known: Texts, skipped: Counter[str]) -> Values:
    """Read gear and speed.

    Of a car that stands TeslaMate tells no speed, and the last one stays at the broker.
    """
    values: Values = {}
    state = known.get(STATE, "")
    if "shift_state" in known:
        moves = drive.GEAR.kind(known["shift_state"]) in MOVES
    else:
        moves = state in ("driving", "")
        # No gear is told by an empty text, which no broker keeps.
        if STATE in told and state in STANDING:
            values[drive.GEAR] = None
    if not moves:
        values[drive.SPEED] = None
    elif "speed" in told:
        values[drive.SPEED] = _read("speed", miles_per_hour, known, skipped)
    elif "shift_state" in told and known.get("speed") == "0":
        values[drive.SPEED] = 0.0  # as at the end of the last drive, so it is not told again
    return values


def _of_place(told: frozenset[str], known: Texts, skipped: Counter[str]) -> Values:
    """Read the place, from the two topics of older versions where there is no better one."""
    if "location" in known:
        if "location" not in told:
            return {}
        return {place.LOCATION: location(_read_object("location", known, skipped))}
    return {place.LOCATION: location((known.get("latitude"), known.get("longitude")))}


def _of_route(told: frozenset[str], known: Texts, skipped: Counter[str]) -> Values:
    """Read the route; where there is none, all of it is unknown."""
    if "active_route" not in known:
        where = {axis: known.get(f"active_route_{axis}") for axis in ("latitude", "longitude")}
        return {
            route.DESTINATION: route.DESTINATION.kind(known.get("active_route_destination")),
            route.DESTINATION_LOCATION: location(where),
        }
    if "active_route" not in told:
        return {}
    raw = _read_object("active_route", known, skipped) or {}
    if raw.get("error"):
        raw = {}
    return {route.DESTINATION_LOCATION: location(raw.get("location"))} | {
        signal: signal.kind(raw.get(member)) for member, signal in ROUTE.items()
    }


def _of_cable(told: frozenset[str], known: Texts, skipped: Counter[str]) -> Values:
    """Read the state of charging; what older versions tell instead says less."""
    if "charging_state" in known:
        if "charging_state" not in told:
            return {}
        return {charge.STATE: _read("charging_state", charge.STATE.kind, known, skipped)}
    plugged_in = _read("plugged_in", flag, known, skipped)
    if plugged_in is None:
        return {}
    charging = "charging" if known.get(STATE) == "charging" else None
    return {charge.STATE: charging if plugged_in else "disconnected"}


def _of_climate(told: frozenset[str], known: Texts, skipped: Counter[str]) -> Values:
    flags = {key: _read(key, flag, known, skipped) for key in ("is_climate_on", "is_preconditioning")}
    return {climate.POWER: climate.POWER.kind(flags)}


def _of_update(told: frozenset[str], known: Texts, skipped: Counter[str]) -> Values:
    """Read whether an update can be installed; TeslaMate also calls available what is still downloaded."""
    available = _read("update_available", flag, known, skipped)
    downloaded = _read("download_perc", number, known, skipped)
    if available and downloaded is not None:
        available = downloaded >= DOWNLOADED_PERCENT
    return {} if available is None else {software.UPDATE_AVAILABLE: available}


def _of_doors(told: frozenset[str], known: Texts, skipped: Counter[str]) -> Values:
    return _of_several("doors_open", DOORS, known, skipped)


def _of_windows(told: frozenset[str], known: Texts, skipped: Counter[str]) -> Values:
    return _of_several("windows_open", WINDOWS, known, skipped)


def _of_several(key: str, each: Mapping[str, AnySignal], known: Texts, skipped: Counter[str]) -> Values:
    """Read whether any of several is open, where older versions do not tell which."""
    some_open = _read(key, flag, known, skipped)
    if some_open is None or not known.keys().isdisjoint(each):
        return {}
    return {signal: None if some_open else signal.kind(CLOSED[key]) for signal in each.values()}


OF_DRIVES: tuple[AnySignal, ...] = (drive.GEAR, drive.SPEED, drive.POWER)
OF_CHARGES: tuple[AnySignal, ...] = (charge.STATE, charge.POWER, charge.CURRENT, charge.MINUTES_TO_FULL)
DOWNLOADED_PERCENT = 100
MOVES = frozenset({"d", "n", "r"})  # gears of a car that drives
CAR_TYPES = {"3": "model3", "y": "modely", "cybertruck": "cybertruck"}
STANDING = (AWAKE - {"driving"}) | {"asleep"}
CLOSED = {"doors_open": False, "windows_open": "closed"}
DOORS: Mapping[str, AnySignal] = {
    "driver_front_door_open": closures.DOOR_DRIVER_FRONT,
    "driver_rear_door_open": closures.DOOR_DRIVER_REAR,
    "passenger_front_door_open": closures.DOOR_PASSENGER_FRONT,
    "passenger_rear_door_open": closures.DOOR_PASSENGER_REAR,
}
WINDOWS: Mapping[str, AnySignal] = {
    "driver_front_window_open": closures.WINDOW_DRIVER_FRONT,
    "driver_rear_window_open": closures.WINDOW_DRIVER_REAR,
    "passenger_front_window_open": closures.WINDOW_PASSENGER_FRONT,
    "passenger_rear_window_open": closures.WINDOW_PASSENGER_REAR,
}
ROUTE: Mapping[str, AnySignal] = {
    "destination": route.DESTINATION,
    "energy_at_arrival": route.ENERGY_AT_ARRIVAL,
    "miles_to_arrival": route.DISTANCE,
    "minutes_to_arrival": route.MINUTES_TO_ARRIVAL,
    "traffic_minutes_delay": route.TRAFFIC_DELAY,
}
SAME: Mapping[str, AnySignal] = {  # what our own kind reads as it is
    "display_name": software.VEHICLE_NAME,
    "version": software.VERSION,
    "update_version": software.UPDATE_VERSION,
    "download_perc": software.UPDATE_DOWNLOAD,
    "install_perc": software.UPDATE_INSTALL,
    "exterior_color": config.EXTERIOR_COLOR,
    "wheel_type": config.WHEEL_TYPE,
    "shift_state": drive.GEAR,
    "power": drive.POWER,
    "heading": place.HEADING,
    "elevation": drive.ELEVATION,
    "locked": security.LOCKED,
    "sentry_mode": security.SENTRY,
    "service_mode": security.SERVICE_MODE,
    **DOORS,
    "trunk_open": closures.TRUNK_REAR,
    "frunk_open": closures.TRUNK_FRONT,
    "sun_roof_state": closures.SUNROOF_STATE,
    "sun_roof_percent_open": closures.SUNROOF_PERCENT_OPEN,
    "is_user_present": seats.USER_PRESENT,
    "inside_temp": climate.INSIDE_TEMP,
    "outside_temp": climate.OUTSIDE_TEMP,
    "climate_keeper_mode": climate.KEEPER_MODE,
    "battery_level": battery.LEVEL,
    "usable_battery_level": battery.USABLE_LEVEL,
    "charge_energy_added": charge.ENERGY_ADDED,
    "charge_limit_soc": charge.LIMIT,
    "charge_port_door_open": charge.PORT_DOOR_OPEN,
    "charger_actual_current": charge.CURRENT,
    "charger_phases": charge.PHASES,
    "charger_power": charge.POWER,
    "charger_voltage": charge.VOLTAGE,
    "charge_current_request": charge.CURRENT_REQUEST,
    "charge_current_request_max": charge.CURRENT_REQUEST_MAX,
    **{f"tpms_pressure_{wheel}": signal for wheel, signal in zip(tires.WHEELS, tires.PRESSURES, strict=True)},
    **{
        f"tpms_soft_warning_{wheel}": signal
        for wheel, signal in zip(tires.WHEELS, tires.SOFT_WARNINGS, strict=True)
    },
}
ROWS: Mapping[str, tuple[AnySignal, Kind[Any]]] = {
    **{key: (signal, signal.kind) for key, signal in SAME.items()},
    **{key: (signal, window) for key, signal in WINDOWS.items()},
    "trim_badging": (config.TRIM, trim),
    "sun_roof_installed": (config.SUNROOF, sunroof),
    "center_display_state": (software.CENTER_DISPLAY, numbered(software.CENTER_DISPLAY.kind)),
    "odometer": (drive.ODOMETER, miles),
    "est_battery_range_km": (battery.RANGE_ESTIMATED, miles),
    "rated_battery_range_km": (battery.RANGE, miles),
    "ideal_battery_range_km": (battery.RANGE_IDEAL, miles),
    "scheduled_charging_start_time": (schedules.CHARGING_START, moment),
    "time_to_full_charge": (charge.MINUTES_TO_FULL, minutes),
}
type Join = Callable[[frozenset[str], Texts, Counter[str]], Values]
# What takes several keys, or another one in other versions.
JOINS: Mapping[tuple[str, ...], Join] = {
    ("model",): _of_model,
    ("speed", "shift_state", STATE): _of_speed,
    ("location", "latitude", "longitude"): _of_place,
    (
        "active_route",
        "active_route_destination",
        "active_route_latitude",
        "active_route_longitude",
    ): _of_route,
    ("charging_state", "plugged_in", STATE): _of_cable,
    ("is_climate_on", "is_preconditioning"): _of_climate,
    ("update_available", "download_perc"): _of_update,
    ("doors_open",): _of_doors,
    ("windows_open",): _of_windows,
}
KEYS = ROWS.keys() | {key for keys in JOINS for key in keys} | NOT_TAKEN.keys()
