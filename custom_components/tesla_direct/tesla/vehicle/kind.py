"""Kinds: functions that turn any spelling of a value into ours, or into None where it is not known.

Whatever comes in, a kind never raises: it stands at the door.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, time
from math import isfinite
import re
from typing import Any
from zoneinfo import ZoneInfo

type Kind[T] = Callable[[Any], T | None]

# What cars and clouds send where they do not know: "SNA" is signal not available, " " an absent version.
UNKNOWN = frozenset({"", " ", "<invalid>", "SNA", "Unknown", "unknown", "Invalid", "nil"})
HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")  # where NoPower becomes no_power
# Tesla encodes some times as the car's wall clock in this zone (fleet-telemetry issue 251).
SKEWED_ZONE = ZoneInfo("America/Los_Angeles")
UNTYPED_TIME = "%a %b %d %H:%M:%S %Y"  # "Wed Dec 4 00:15:00 2024", the car's wall clock
YEAR_3000 = 32_503_680_000  # seconds since 1970; a later time is nonsense, and dates end soon after
LONGEST = 255  # characters of a name; who sends more wants our memory
LARGEST = 2**63  # of a whole number; nothing that a car tells comes near, and floats end soon after


def number(raw: Any) -> float | None:
    """Accept a finite number, or its text; a boolean is none."""
    if type(raw) is float:  # by far the most that cars send
        return raw if isfinite(raw) else None
    if isinstance(raw, str):
        try:
            raw = float(raw)
        except ValueError:
            return None
        return raw if isfinite(raw) else None
    if isinstance(raw, bool) or not isinstance(raw, int):
        return None
    return raw if -LARGEST < raw < LARGEST else None


def scaled(factor: float) -> Kind[float]:
    """Accept a number in another unit: hours as minutes with a factor of 60."""

    def kind(raw: Any) -> float | None:
        value = number(raw)
        return None if value is None else value * factor

    return kind


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


def long_text(raw: Any) -> str | None:
    """Accept text that says something, as long as it came."""
    return raw if isinstance(raw, str) and raw.strip() and raw not in UNKNOWN else None


def text(raw: Any) -> str | None:
    """Accept text that says something; of more than any name has, the beginning."""
    told = long_text(raw)
    return None if told is None else told[:LONGEST]


def nonzero(raw: Any) -> bool | None:
    """Accept a flag, or a number that is 0 where it is not so: a door may be open by 1 to 255."""
    value = number(raw)
    return flag(raw) if value is None else value != 0


class Choice:
    """Accepts "ShiftStateP" and "P" as "p"; a name that is not listed is unknown."""

    __slots__ = ("_prefix", "_special", "options")

    def __init__(
        self, prefix: str, options: tuple[str, ...], aliases: Mapping[str | int | bool, str | None]
    ) -> None:
        """Make the kind; `options` is what it can return."""
        self.options = options
        self._prefix = prefix
        # True == 1 in a dictionary, but means something else on the wire.
        self._special = {(type(spelling), spelling): option for spelling, option in aliases.items()}

    def __call__(self, raw: Any) -> str | None:
        """Return which one it is."""
        if isinstance(raw, str):
            name = raw.removeprefix(self._prefix)
            if (str, name) in self._special:
                return self._special[str, name]
            if name in UNKNOWN:
                return None
            name = HUMP.sub("_", name).lower()
            return name if name in self.options else None
        if isinstance(raw, int):
            return self._special.get((type(raw), raw))
        return None


def choice(prefix: str, *names: str, aliases: Mapping[str | int | bool, str | None] | None = None) -> Choice:
    """Accept one of `names`, with or without a prefix, in capitals or not.

    aliases: spellings that do not follow the rule, without prefix; also numbers and booleans of a poll
    """
    return Choice(prefix, names, aliases or {})


class Level:
    """Accepts a number as the name that stands at its place; a higher one is the last."""

    __slots__ = ("_names", "options")

    def __init__(self, *names: str) -> None:
        """Make the kind; `options` is what it can return."""
        self.options = tuple(dict.fromkeys(names))
        self._names = names

    def __call__(self, raw: Any) -> str | None:
        """Return which one it is."""
        level = number(raw)
        if level is None or level < 0:
            return None
        return self._names[round(min(level, len(self._names) - 1))]


def stripped(prefix: str) -> Kind[str]:
    """Accept text that says something, with or without a prefix, in small letters."""

    def kind(raw: Any) -> str | None:
        name = text(raw.removeprefix(prefix)) if isinstance(raw, str) else None
        return None if name is None else name.lower()

    return kind


def epoch(raw: Any) -> float | None:
    """Accept seconds since 1970, UTC; 0 stands for none."""
    value = number(raw)
    return value if value is not None and 0 < value < YEAR_3000 else None


def epoch_ms(raw: Any) -> float | None:
    """Accept milliseconds since 1970, UTC; 0 stands for none."""
    value = number(raw)
    return None if value is None else epoch(value / 1000)


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
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).astimezone(SKEWED_ZONE).replace(tzinfo=None)


def clock(raw: Any) -> time | None:
    """Accept a time of day, "07:30:00"."""
    try:
        return time.fromisoformat(raw)
    except TypeError, ValueError:
        return None
