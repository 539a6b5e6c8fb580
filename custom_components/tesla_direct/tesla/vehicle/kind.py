"""Kinds: functions that turn any spelling of a value into ours, or into None where it is not known."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from math import isfinite
import re
from typing import Any
from zoneinfo import ZoneInfo

type Kind[T] = Callable[[Any], T | None]

# What cars and clouds send where they do not know: "SNA" is signal not available, " " an absent version.
UNKNOWN = frozenset({"", " ", "<invalid>", "SNA", "Unknown", "Invalid", "nil"})
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")  # where NoPower becomes no_power
# Tesla encodes some times as the car's wall clock in this zone (fleet-telemetry issue 251).
SKEWED_ZONE = ZoneInfo("America/Los_Angeles")
UNTYPED_TIME = "%a %b %d %H:%M:%S %Y"  # "Wed Dec 4 00:15:00 2024", the car's wall clock


def number(raw: Any) -> float | None:
    """Accept a finite number, or its text; a boolean is none."""
    if isinstance(raw, str):
        try:
            raw = float(raw)
        except ValueError:
            return None
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        return None
    return raw if isfinite(raw) else None


def count(raw: Any) -> int | None:
    """Accept a whole number, or one that rounds to it."""
    value = number(raw)
    return None if value is None else round(value)


def flag(raw: Any) -> bool | None:
    """Accept true and false as booleans, text, or 0 and 1."""
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int | float):
        return bool(raw) if raw in (0, 1) else None
    if isinstance(raw, str):
        return {"true": True, "false": False, "1": True, "0": False}.get(raw.lower())
    return None


def text(raw: Any) -> str | None:
    """Accept text that says something."""
    return raw if isinstance(raw, str) and raw.strip() and raw not in UNKNOWN else None


def choice(
    prefix: str, *names: str, aliases: Mapping[str | int | bool, str | None] | None = None
) -> Kind[str]:
    """Accept "ShiftStateP" and "P" as "p"; a name we do not list is unknown.

    aliases: spellings that do not follow the rule, without prefix; also numbers and booleans of a poll
    """
    special: dict[Any, str | None] = dict(aliases or {})
    options = frozenset(names)

    def kind(raw: Any) -> str | None:
        if isinstance(raw, str):
            name = raw.removeprefix(prefix)
            if name in special:
                return special[name]
            if name in UNKNOWN:
                return None
            name = HUMP.sub("_", name).lower()
            return name if name in options else None
        # True == 1 in a dictionary, but means something else on the wire.
        for spelling, option in special.items():
            if type(spelling) is type(raw) and spelling == raw:
                return option
        return None

    return kind


def epoch(raw: Any) -> float | None:
    """Accept seconds since 1970, UTC; 0 stands for none."""
    value = number(raw)
    return value or None


def epoch_ms(raw: Any) -> float | None:
    """Accept milliseconds since 1970, UTC; 0 stands for none."""
    value = number(raw)
    return value / 1000 if value else None


def wall_clock(raw: Any) -> datetime | None:
    """Accept the car's wall clock as telemetry spells it; the result is naive, the car's zone decides.

    Shape:  int seconds since 1970 of that wall clock in Pacific time, or text as `UNTYPED_TIME`
    Source: telemetry-fields of Tesla's documentation; fleet-telemetry issue 251
    """
    if isinstance(raw, str) and not raw.isdecimal():
        try:
            return datetime.strptime(raw, UNTYPED_TIME)  # noqa: DTZ007  # the zone comes later
        except ValueError:
            return None
    seconds = epoch(raw)
    if seconds is None or not 0 < seconds < 32503680000:  # year 3000
        return None
    return datetime.fromtimestamp(seconds, UTC).astimezone(SKEWED_ZONE).replace(tzinfo=None)
