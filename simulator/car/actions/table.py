"""Every action by the name of its command."""

from collections.abc import Callable, Mapping
from typing import Any

from . import (
    charging,
    climate,
    closures,
    media,
    navigation,
    presence,
    schedules,
    seats,
    security,
    settings,
)

ROOMS = (charging, climate, closures, media, navigation, presence, schedules, seats, security, settings)

type Action = Callable[..., None]

ACTIONS: Mapping[str, Action] = {
    name: thing
    for room in ROOMS
    for name, thing in vars(room).items()
    if callable(thing) and getattr(thing, "__module__", "") == room.__name__ and not name.startswith("_")
}


def act(car: Any, name: str, arguments: Mapping[str, Any]) -> None:
    """Do to a car what a command says.

    Raises: Refused, or KeyError for a name that is none
    """
    ACTIONS[name](car, **arguments)
