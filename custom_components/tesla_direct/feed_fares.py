"""How the feeds of an account fare, told to the cars that each of them may tell of."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .feed import Feed
from .silence import GRACE, Silence
from .tesla.source.source import Health
from .vehicle import Vehicle


class Fares:
    """Tells cars how their feeds fare, and waits a while for those that are lost."""

    def __init__(
        self,
        hass: HomeAssistant,
        feeds: Mapping[str, Feed],
        vehicles: Mapping[str, Vehicle],
        silence: Silence | None,
    ) -> None:
        """Tell these cars.

        silence: says that a car is not online, where nobody else does
        """
        self._hass = hass
        self._feeds = feeds
        self._vehicles = vehicles
        self._silence = silence
        self._waits: dict[str, CALLBACK_TYPE] = {}

    @callback
    def feed_fares(self, feed: Feed, health: Health) -> None:
        """Learn how a source fares: for all of its cars alike.

        One that has worked may be back in a moment, and who shows its cars need not know that it was away.
        """
        lately = health.works is False and (feed.health.works is True or feed.name in self._waits)
        feed.health = health
        if not lately:
            self._end_wait(feed.name)
        elif feed.name not in self._waits:
            job = HassJob(partial(self._away, feed), f"tesla_direct {feed.name}", cancel_on_shutdown=True)
            self._waits[feed.name] = async_call_later(self._hass, GRACE, job)
        for vehicle in feed.of(self._vehicles).values():
            _tell(feed, vehicle, lately=lately)
            self.look(vehicle)

    @callback
    def car_fares(self, feed: Feed, vin: str, trouble: str) -> None:
        """Learn why a source does not work for one car while it may for others; empty: it does."""
        feed.troubles[vin] = trouble
        _tell(feed, self._vehicles[vin], lately=feed.name in self._waits)
        self.look(self._vehicles[vin])

    @callback
    def look(self, vehicle: Vehicle) -> None:
        """Look whether a car is connected, and if not whether anybody would hear of it."""
        if self._silence is not None:
            vin = vehicle.vin
            hears = any(feed.tells_of(vin) and feed.works_for(vin) for feed in self._feeds.values())
            self._silence.look(vehicle, hears=hears)

    @callback
    def end(self) -> None:
        """Wait no more."""
        for name in tuple(self._waits):
            self._end_wait(name)
        if self._silence is not None:
            self._silence.end()

    @callback
    def _away(self, feed: Feed, _now: datetime) -> None:
        """Learn that a source that has worked is not back."""
        del self._waits[feed.name]
        for vehicle in feed.of(self._vehicles).values():
            _tell(feed, vehicle)

    @callback
    def _end_wait(self, name: str) -> None:
        if (end := self._waits.pop(name, None)) is not None:
            end()


@callback
def _tell(feed: Feed, vehicle: Vehicle, *, lately: bool = False) -> None:
    """Tell how a source fares for a car: what is wrong with that one alone comes first."""
    own = feed.troubles.get(vehicle.vin, "")
    vehicle.set_works(
        feed.name,
        works=feed.works_for(vehicle.vin),
        trouble=own or feed.health.trouble,
        lately=lately and not own,
    )
