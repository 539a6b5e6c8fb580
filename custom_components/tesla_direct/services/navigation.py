"""Where to go, and what to show: destinations and links that are sent to the car."""

from collections.abc import Iterable

from homeassistant.core import HomeAssistant

from ..tesla.command.catalogue import navigation as ask
from ..tesla.command.command import Command
from ..tesla.vehicle.location import Location
from .action import Action, Asked, Parameter, sends
from .kinds import Choice, Listed, Text, Whole, Wrong, place, url

# What becomes of a route that the car is on.
ORDERS = {"replace": 1, "prepend": 2, "append": 3}
DESTINATIONS = ("address", "location", "waypoints", "supercharger")
LARGEST_ID = 2**53 - 1  # that JSON can carry without loss
MAP_PREFIX = "refId:"  # of a place, as the map service numbers them


def _navigate_to(asked: Asked) -> Iterable[Command]:
    named = [name for name in DESTINATIONS if asked[name] is not None]
    if len(named) != 1:
        raise Wrong("not_exactly_one", options=", ".join(DESTINATIONS))
    if asked["order"] is not None and named[0] not in ("location", "supercharger"):
        raise Wrong("not_together", parameter="order", other=named[0])
    order = ORDERS[asked["order"] or "replace"]
    match named[0]:
        case "address":
            yield _shared(asked, asked["address"])
        case "location":
            there: Location = asked["location"]
            yield ask.navigation_gps_request(there.latitude, there.longitude, order)
        case "waypoints":
            ids = (MAP_PREFIX + name.removeprefix(MAP_PREFIX) for name in asked["waypoints"])
            yield ask.navigation_waypoints_request(",".join(ids))
        case _:
            yield ask.navigation_sc_request(asked["supercharger"], order)


def _share(asked: Asked) -> Iterable[Command]:
    yield _shared(asked, asked["url"])


def _shared(asked: Asked, text: str) -> Command:
    return ask.navigation_request(text, locale=locale_of(asked.hass), now=asked.now)


def locale_of(hass: HomeAssistant) -> str:
    """Return the user's language and country, as in "en-US"; what is shared is read accordingly."""
    language = hass.config.language
    if "-" in language or hass.config.country is None:
        return language
    return f"{language}-{hass.config.country}"


ACTIONS = (
    Action(
        name="navigate_to",
        parameters={
            "address": Parameter(Text()),
            "location": Parameter(place),
            "waypoints": Parameter(Listed()),
            "supercharger": Parameter(Whole(1, LARGEST_ID)),
            "order": Parameter(Choice(tuple(ORDERS))),
        },
        prepare=sends(_navigate_to),
    ),
    Action(name="share", parameters={"url": Parameter(url, required=True)}, prepare=sends(_share)),
)
