"""Values as they are kept on a disk: plain JSON there, ours here.

Numbers, flags and words stay what they are; a value of our own types becomes an object that names its type.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import time
from typing import Any

from .kind import clock
from .location import Location, location
from .schedule import Schedule
from .signal import AnySignal
from .signals import BY_NAME


def plain(value: Any) -> Any:
    """Return a signal's value as JSON can hold it."""
    if isinstance(value, Location):
        return {"location": asdict(value)}
    if isinstance(value, time):
        return {"clock": value.isoformat()}
    if isinstance(value, tuple):
        return {"schedules": [asdict(schedule) for schedule in value]}
    return value


def restored(kept: Any) -> Any:
    """Return the value that `plain` made plain; None if nobody can make sense of it."""
    if isinstance(kept, list):
        return None
    if not isinstance(kept, Mapping):
        return kept
    if "location" in kept:
        return location(kept["location"])
    if "clock" in kept:
        return clock(kept["clock"])
    try:
        return tuple(
            Schedule(**schedule | {"place": location(schedule["place"])}) for schedule in kept["schedules"]
        )
    except KeyError, TypeError:
        return None


def by_time(kept: Mapping[str, Any]) -> tuple[dict[float, dict[AnySignal, Any]], int]:
    """Return the values of readings that were kept, by their time, and how many others make no sense.

    kept: value and time of each, by the name of its signal; one that there is no more is left out
    """
    found: dict[float, dict[AnySignal, Any]] = {}
    odd = 0
    for name, entry in kept.items():
        signal = BY_NAME.get(name)
        match entry:
            case _ if signal is None:
                pass
            case [value, float() | int() as at]:
                found.setdefault(at, {})[signal] = restored(value)
            case _:
                odd += 1
    return found, odd


def times(kept: Mapping[str, Any]) -> dict[AnySignal, float]:
    """Return times that were kept by the names of signals.

    Raises: TypeError or ValueError where that makes no sense
    """
    return {BY_NAME[name]: float(at) for name, at in kept.items() if name in BY_NAME}
