"""Whether one source's Home Assistant shows the same of an hour as another's."""

from collections.abc import Mapping
from datetime import datetime
import math
from typing import Any

from .sources_lines import SSE
from .sources_teslamate import COLUMNS, RAW, TESLAMATE
from .table import Figure

# Where it is from what no car tells: from a fetch, before or after the last set-up.
FETCHED = ("poll", "restored")
# What we sum up ourselves goes by when values come, and not everybody tells again what has not changed.
COMPUTED, SAMPLED = "journal", 0.005
EXACT = 1e-6
# What is said of sources, and not of the car.
ABOUT_SOURCES = frozenset({"data_source"})
# Without an account nobody says that a car is asleep: it is offline, a minute after its last connection.
POWER = frozenset({"sensor vehicle_state", "binary_sensor online"})
# What follows from two facts of one record: topics come one by one, and of a record the service passes on
# only what has changed.
PAIRS = frozenset({"sensor pack_power", "sensor brick_imbalance"})
# Topics do not tell over which network a car is connected.
NETWORK = frozenset({"binary_sensor wifi", "binary_sensor cellular"})
# Of Pub/Sub's topics only the one with values is pushed to a service's stream.
ALERTS = frozenset({"event alert"})
# What it plays is in no column; of what it shows as its source nobody can tell that it was fetched.
MEDIA = frozenset({"media_player media"})
# It is given as the cloud has it, which knows no words for what the display does while the car drives; and
# TeslaMate tells what has changed only, so that it is longer ago that anything was told.
OTHERWISE = frozenset({"sensor center_display", "sensor data_age"})
NOT_SAID = {
    "mqtt topics": POWER | PAIRS | NETWORK,
    "mqtt records": POWER,
    SSE: PAIRS,
    RAW: NETWORK | ALERTS,
    COLUMNS: MEDIA,
    TESLAMATE: OTHERWISE,
}
# How exact a place is follows from whether there is a satellite, which they do not tell; a rounded heading
# is compared where it is a state.
NOT_SAID_OF = {
    (COLUMNS, "device_tracker location"): frozenset({"gps_accuracy"}),
    (TESLAMATE, "device_tracker location"): frozenset({"gps_accuracy", "heading"}),
}
# Of which cars tell nothing, so that our receiver has it of its first fetch.
ONLY_THERE = {TESLAMATE: frozenset({"sensor power"})}
# Sources that tell of a part of the car only: what they have never told is not compared, and listed. Of these
# they do tell, so that they would be missed.
COLUMNS_TELL = frozenset(
    {
        "device_tracker location",
        "sensor battery_level",
        "sensor battery_range",
        "sensor charger_power",
        "sensor est_battery_range",
        "sensor heading",
        "sensor odometer",
        "sensor shift_state",
        "sensor speed",
    }
)
PARTLY = {
    COLUMNS: COLUMNS_TELL,
    TESLAMATE: COLUMNS_TELL
    | {
        "binary_sensor charging",
        "binary_sensor climate_on",
        "binary_sensor door_driver_front",
        "binary_sensor locked",
        "binary_sensor online",
        "binary_sensor trunk_rear_open",
        "binary_sensor window_driver_front",
        "sensor charge_energy_added",
        "sensor charger_voltage",
        "sensor ideal_battery_range",
        "sensor inside_temp",
        "sensor outside_temp",
        "sensor route_distance",
        "sensor time_to_full_charge",
        "sensor tpms_pressure_fl",
        "sensor usable_battery_level",
        "sensor vehicle_state",
    },
}
MILE = 1.609344  # km
# By how much may differ what a source tells with fewer digits than cars do, as it is shown; times in seconds.
TOLERANCES: Mapping[str, Mapping[str, float]] = {
    COLUMNS: {  # whole percent, miles an hour and kW, cut off
        "sensor battery_level": 1.0,
        "sensor charger_power": 1.0,
        "sensor speed": MILE,
    },
    TESLAMATE: {  # as the cloud rounds: whole percent, miles an hour, degrees, volts, kW; else two digits
        "sensor battery_level": 1.0,
        "sensor battery_range": MILE / 100,
        "sensor charge_energy_added": 0.01,
        "sensor charger_power": 0.5,
        "sensor charger_voltage": 1.0,
        "sensor energy_into_battery": 0.01,
        "sensor est_battery_range": MILE / 100,
        "sensor heading": 0.5,
        "sensor ideal_battery_range": MILE / 100,
        "sensor inside_temp": 0.05,
        "sensor outside_temp": 0.05,
        "sensor route_distance": MILE / 100,
        "sensor route_energy_at_arrival": 1.0,
        "sensor speed": MILE / 2,
        "sensor time_to_full_charge": 36.0,
        "sensor usable_battery_level": 1.0,
    },
}

type States = Mapping[str, Mapping[str, Any]]


def compared(line: str, shown: Mapping[str, States], ours: Mapping[str, States]) -> list[Figure]:
    """Compare what was shown with what our receiver's Home Assistant has shown of the same hour.

    Both are by checkpoint.
    """
    differing: dict[str, str] = {}
    untold, told_of = set[str](), set[str]()
    count = 0
    for moment, states in ours.items():
        for key, state in states.items():
            other = shown[moment].get(key)
            if key.partition(" ")[2] in ABOUT_SOURCES or _nothing(state) or key in ONLY_THERE.get(line, ()):
                continue
            if other is None or key in NOT_SAID.get(line, ()) or not _told(line, other, state):
                untold.add(key)
                continue
            count += 1
            told_of.add(key)
            left_out = NOT_SAID_OF.get((line, key), frozenset())
            told = {name: value for name, value in state["attributes"].items() if name not in left_out}
            rounded = TOLERANCES.get(line, {}).get(key, EXACT)
            if difference := _differs(key, {**state, "attributes": told}, other, rounded):
                differing.setdefault(key, f"{key} ({moment}: {difference})")
    differing |= {key: f"{key} (never told)" for key in PARTLY.get(line, frozenset()) - told_of}
    return [
        Figure(
            f"{line}: entities that show something else than with our receiver",
            len(differing),
            0,
            detail=f"{count:,} compared; {'; '.join(differing.values()) or 'none'}",
        ),
        Figure("  entities of which it cannot tell", len(untold), detail=", ".join(sorted(untold))),
    ]


def _told(line: str, other: Mapping[str, Any], state: Mapping[str, Any]) -> bool:
    """Return whether a source has told what a state shows."""
    if line in PARTLY:
        return not _nothing(other) and other["source"] not in FETCHED
    return not (_nothing(other) and state["source"] in FETCHED)


def _nothing(state: Mapping[str, Any]) -> bool:
    return state["state"] in ("unknown", "unavailable")


def _differs(key: str, one: Mapping[str, Any], other: Mapping[str, Any], rounded: float) -> str:
    """Return how two states differ; empty where they do not."""
    # An event's state is when Home Assistant has heard of it, which is real time.
    tolerance = SAMPLED if one["source"] == COMPUTED else EXACT
    if not key.startswith("event ") and not _same(one["state"], other["state"], tolerance, rounded):
        return f"{other['state']} for {one['state']}"
    for name, value in one["attributes"].items():
        if not _same(value, other["attributes"].get(name)):
            return f"{name} {other['attributes'].get(name)} for {value}"
    return ""


def _same(one: Any, other: Any, tolerance: float = EXACT, rounded: float = EXACT) -> bool:
    """Return whether two values are the same, where both are numbers or times as such."""
    try:
        return math.isclose(_number(one), _number(other), rel_tol=tolerance, abs_tol=rounded)
    except TypeError, ValueError:
        return bool(one == other)


def _number(value: Any) -> float:
    try:
        return float(value)
    except ValueError:
        return datetime.fromisoformat(value).timestamp()
