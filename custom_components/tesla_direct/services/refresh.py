"""Fresh data for a user: fetched for money, unless what is there is young enough."""

from collections.abc import Iterable
from functools import partial

from homeassistant.core import SupportsResponse
from homeassistant.util.json import JsonObjectType

from ..tesla.fleet_api.endpoints import LOCATION_PARTS, LOCATION_SCOPE, Part
from .action import Action, Asked, Doing, Parameter
from .kinds import Number, Several, Wrong

ATTR_ENDPOINTS = "endpoints"
ATTR_MAX_AGE = "max_age"
OLDEST = 7 * 86_400  # seconds
MAX_AGE = Parameter(Number(0, OLDEST))


async def async_refresh(asked: Asked, parts: Iterable[str] | None) -> bool:
    """Fetch parts of a car's data unless all of them were fetched lately enough; return whether it was done.

    parts: None for what entities show and no push delivers
    """
    wanted = asked.vehicle.missing() if parts is None else frozenset(parts)
    if not wanted:
        return False
    fetched_at = asked.entry.runtime_data.poll.fetched_at(asked.vehicle.vin, wanted)
    age = None if fetched_at is None else asked.now - fetched_at
    max_age: float | None = asked[ATTR_MAX_AGE]
    if age is not None and max_age is not None and 0 <= age <= max_age:
        return False
    await asked.vehicle.coordinator.commands.async_refresh(
        asked.context, endpoints=wanted, over_budget=asked.over_budget
    )
    return True


def need_location(asked: Asked) -> None:
    """Refuse what the cloud would refuse for money: the user has not granted the car's location."""
    if LOCATION_SCOPE not in asked.entry.runtime_data.scopes:
        raise Wrong("location_not_granted")


def _refresh(asked: Asked) -> Doing:
    parts: tuple[str, ...] | None = asked[ATTR_ENDPOINTS]
    if not LOCATION_PARTS.isdisjoint(parts or ()):
        need_location(asked)
    return partial(_async_refresh, asked, parts)


async def _async_refresh(asked: Asked, parts: Iterable[str] | None) -> JsonObjectType:
    return {"fetched": await async_refresh(asked, parts)}


ACTIONS = (
    Action(
        name="refresh",
        parameters={ATTR_ENDPOINTS: Parameter(Several(tuple(Part))), ATTR_MAX_AGE: MAX_AGE},
        prepare=_refresh,
        response=SupportsResponse.OPTIONAL,
    ),
)
