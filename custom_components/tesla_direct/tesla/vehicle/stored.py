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
