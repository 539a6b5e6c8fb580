"""What parameters of actions may be: each kind returns what an action works with, or raises Wrong.

Home Assistant's own validators repeat what they refuse, and what is refused may be a PIN. These name what
would be right, in the user's language, and never what was given.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlsplit

from homeassistant.const import ATTR_LATITUDE, ATTR_LONGITUDE
from homeassistant.util import dt as dt_util

from ..tesla.vehicle.location import Location

type Kind[T] = Callable[[Any], T]

PIN_DIGITS = 4
TEXT_LIMIT = 2000  # characters: longer than any address, shorter than what a car would choke on
LIST_LIMIT = 20  # entries
LARGEST_NUMBER = 1e15  # that is read as text: what a template can make of digits


class Wrong(Exception):
    """A value cannot be taken.

    key: of the user's texts; `told` fills in what would be right
    """

    def __init__(self, key: str, **told: str) -> None:
        """Keep what would be right."""
        super().__init__(key)
        self.key = key
        self.told = told


def flag(raw: Any) -> bool:
    """Accept true or false."""
    if not isinstance(raw, bool):
        raise Wrong("not_a_flag")
    return raw


@dataclass(frozen=True, slots=True)
class Number:
    """A number in a range, whole or not."""

    least: float
    most: float

    def __call__(self, raw: Any) -> float:
        """Accept it."""
        # In this order: what is not finite is in no range.
        if isinstance(raw, bool) or not isinstance(raw, int | float) or not self.least <= raw <= self.most:
            raise Wrong("not_in_range", **_range(self.least, self.most))
        return float(raw)


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number in a range; a slider sends it as 5.0."""

    least: int
    most: int

    def __call__(self, raw: Any) -> int:
        """Accept it."""
        in_range = (
            not isinstance(raw, bool) and isinstance(raw, int | float) and self.least <= raw <= self.most
        )
        if not in_range or raw != int(raw):
            raise Wrong("not_whole_in_range", **_range(self.least, self.most))
        return int(raw)


@dataclass(frozen=True, slots=True)
class Text:
    """Text that is not empty; numbers are text too, where a template has made one of it."""

    most: int = TEXT_LIMIT

    def __call__(self, raw: Any) -> str:
        """Accept it."""
        if isinstance(raw, int | float) and not isinstance(raw, bool) and abs(raw) < LARGEST_NUMBER:
            raw = str(raw)
        if not isinstance(raw, str) or not 0 < len(raw.strip()) <= self.most or not _can_be_sent(raw):
            raise Wrong("not_a_text", most=str(self.most))
        return raw.strip()


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words."""

    options: tuple[str, ...]

    def __call__(self, raw: Any) -> str:
        """Accept it."""
        if not isinstance(raw, str) or raw not in self.options:
            raise Wrong("not_one_of", options=", ".join(self.options))
        return raw


@dataclass(frozen=True, slots=True)
class Several:
    """Some words out of a list, each once, in the list's order."""

    options: tuple[str, ...]

    def __call__(self, raw: Any) -> tuple[str, ...]:
        """Accept it, also one that is no list."""
        given = [raw] if isinstance(raw, str) else raw
        if not isinstance(given, list | tuple) or not given or any(one not in self.options for one in given):
            raise Wrong("not_some_of", options=", ".join(self.options))
        return tuple(option for option in self.options if option in given)


@dataclass(frozen=True, slots=True)
class Listed:
    """Texts, at least one."""

    one: Kind[str] = field(default_factory=Text)

    def __call__(self, raw: Any) -> tuple[str, ...]:
        """Accept it, also one that is no list."""
        given = [raw] if isinstance(raw, str) else raw
        if not isinstance(given, list | tuple) or not 0 < len(given) <= LIST_LIMIT:
            raise Wrong("not_a_list", most=str(LIST_LIMIT))
        return tuple(self.one(each) for each in given)


def pin(raw: Any) -> str:
    """Accept four digits; a template makes a number of those that do not begin with 0."""
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw < 10**PIN_DIGITS:
        raw = str(raw)
    if not isinstance(raw, str) or len(raw) != PIN_DIGITS or not (raw.isascii() and raw.isdecimal()):
        raise Wrong("not_a_pin")
    return raw


def time_of_day(raw: Any) -> int:
    """Accept "07:30" or "07:30:00" as minutes after midnight; without quotes YAML may make a number of it."""
    read = dt_util.parse_time(raw) if isinstance(raw, str) else raw
    if not isinstance(read, time):
        raise Wrong("not_a_time")
    return read.hour * 60 + read.minute


def moment(raw: Any) -> datetime:
    """Accept a date or a date with a time; where it names no zone, Home Assistant's counts."""
    read = raw
    if isinstance(raw, str):
        try:
            read = dt_util.parse_datetime(raw)
        except ValueError:  # it looks like one, but there is no such day
            read = None
    elif isinstance(raw, date) and not isinstance(raw, datetime):  # YAML reads one without quotes
        read = datetime.combine(raw, time())
    if not isinstance(read, datetime):
        raise Wrong("not_a_moment")
    return read if read.tzinfo is not None else read.replace(tzinfo=dt_util.get_default_time_zone())


def place(raw: Any) -> Location:
    """Accept an object with `latitude` and `longitude`; a map adds a radius, which says nothing here."""
    if not isinstance(raw, Mapping):
        raise Wrong("not_a_place")
    try:
        return Location(
            Number(-90, 90)(raw.get(ATTR_LATITUDE)),
            Number(-180, 180)(raw.get(ATTR_LONGITUDE)),
        )
    except Wrong:
        raise Wrong("not_a_place") from None


def url(raw: Any) -> str:
    """Accept the address of a page or a video."""
    read = Text()(raw)
    try:
        parts = urlsplit(read)
    except ValueError:
        raise Wrong("not_an_address") from None
    if parts.scheme not in ("http", "https") or not parts.netloc or any(map(str.isspace, read)):
        raise Wrong("not_an_address")
    return read


def members(raw: Any) -> dict[str, Any]:
    """Accept an object with names."""
    if not isinstance(raw, Mapping) or not all(isinstance(name, str) for name in raw):
        raise Wrong("not_an_object")
    return dict(raw)


def _range(least: float, most: float) -> dict[str, str]:
    return {"least": f"{least:.16g}", "most": f"{most:.16g}"}


def _can_be_sent(text: str) -> bool:
    """Return whether text is text: JSON can spell half a character."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
