"""How what Home Assistant shows differs from a car's truth: all platforms' rows, units, tolerances."""

from datetime import datetime
from typing import Any

from .expected import BINARY_SENSORS, SENSORS, Expected, Truth
from .expected_controls import (
    CLIMATES,
    COVERS,
    LOCKS,
    MEDIA_PLAYERS,
    NUMBERS,
    SELECTS,
    SWITCHES,
    TEXTS,
    UPDATES,
)

PLATFORMS: dict[str, dict[str, Expected]] = {
    "binary_sensor": BINARY_SENSORS,
    "climate": CLIMATES,
    "cover": COVERS,
    "lock": LOCKS,
    "media_player": MEDIA_PLAYERS,
    "number": NUMBERS,
    "select": SELECTS,
    "sensor": SENSORS,
    "switch": SWITCHES,
    "text": TEXTS,
    "update": UPDATES,
}

# Units of Home Assistant into those of the signals: native = shown * factor + offset.
UNITS: dict[str, tuple[float, float]] = {
    "km": (1 / 1.609344, 0.0),
    "km/h": (1 / 1.609344, 0.0),
    "°F": (5 / 9, -160 / 9),
    "psi": (0.0689475729, 0.0),
    "kPa": (0.01, 0.0),
}
TOLERANCE = 0.006  # of the value: a stream has 32-bit floats, deltas, and rounding to the unit shown
SMALLEST = 0.06  # in the signal's unit
# Cars leave out smaller changes of these by themselves, whatever they are told.
DELTAS = {"charger_voltage": 0.31, "odometer": 0.11}


def differences(
    domain: str, key: str, state: dict[str, Any], truth: Truth, *, whole: bool = False
) -> tuple[list[str], int]:
    """Return how an entity differs from what it has to show, and how much of it was looked at.

    whole: a poll has told it, ours or somebody else's, which rounds many figures to whole numbers
    """
    found = []
    rows = {name: row for name, row in PLATFORMS.get(domain, {}).items() if name.partition(":")[0] == key}
    for name, expected in rows.items():
        attribute = name.partition(":")[2]
        attributes = state["attributes"]
        shown = attributes.get(attribute, "unknown") if attribute else state["state"]
        unit = "" if attribute else str(attributes.get("unit_of_measurement", ""))
        if difference := _differs(key, shown, unit, expected(truth), whole=whole):
            found.append(f"{attribute or 'it'} {difference}")
    return found, len(rows)


def tells_nothing(domain: str, key: str, truth: Truth) -> bool:
    """Return whether the car has nothing to say that an entity could show, as far as we know."""
    expected = PLATFORMS.get(domain, {}).get(key)
    return expected is None or expected(truth) is None


def _differs(key: str, shown: Any, unit: str, expected: Any, *, whole: bool) -> str | None:
    """Return how a value differs from what it has to be, None if it does not."""
    if expected is None:
        nothing = ("unknown", "0") if whole else ("unknown", None)
        return None if shown in nothing else f"shows {shown}, the car has nothing to say"
    if isinstance(expected, bool):
        wanted = "on" if expected else "off"
        return None if shown == wanted else f"shows {shown}, in truth {wanted}"
    if isinstance(expected, str):
        return None if shown == expected else f"shows {shown}, in truth {expected}"
    try:
        value = float(shown)
    except TypeError, ValueError:
        return f"shows {shown}, in truth {expected:.3f}"
    factor, offset = UNITS.get(unit, (1.0, 0.0))
    native = value * factor + offset
    smallest = 1.0 if whole else DELTAS.get(key, SMALLEST)
    if abs(native - expected) <= max(smallest, abs(expected) * TOLERANCE):
        return None
    return f"shows {shown} {unit}, in truth {expected:.3f}"


def moment(text: str) -> float:
    """Return a time that Home Assistant shows, in seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()
