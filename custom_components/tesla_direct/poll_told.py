"""What the poll tells of itself: to the cars, to the entry, and to the user where he has to see to it."""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback

from .cars import async_take_listing
from .repairs import async_end_troubles, async_tell_listed, async_tell_trouble
from .tesla.errors import LoginExpired, TeslaError
from .tesla.vehicle.sources import POLL
from .vehicle import Vehicle

# Why it does not work for a car.
UNREACHABLE = "cloud_unreachable"
NOT_LISTED = "not_listed"


class PollTold:
    """Whoever hears how the poll of an entry fares."""

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        vehicles: Mapping[str, Vehicle],
        *,
        on_news: CALLBACK_TYPE,
    ) -> None:
        """Tell these cars; `on_news` is told whenever there is something that must not be forgotten."""
        self._hass = hass
        self._entry = entry
        self._vehicles = vehicles
        self._on_news = on_news

    @callback
    def poll_works(self, *, works: bool) -> None:
        """Learn that free reads fail for good, or are answered again."""
        for vehicle in self._vehicles.values():
            vehicle.set_works(POLL, works=works, trouble="" if works else UNREACHABLE)

    @callback
    def poll_listed(self, vin: str, *, listed: bool) -> None:
        """Learn whether the account has a car."""
        self._vehicles[vin].set_works(POLL, works=listed, trouble="" if listed else NOT_LISTED)
        async_tell_listed(self._hass, self._entry, vin, listed=listed)

    @callback
    def poll_seen(self, names: Mapping[str, str | None], *, complete: bool) -> None:
        """Learn which cars the account has; new ones are added."""
        async_take_listing(self._hass, self._entry, names, complete=complete)

    @callback
    def poll_spent(self) -> None:
        """Learn that a paid fetch was tried."""
        self._on_news()

    @callback
    def poll_answered(self, *, paid: bool) -> None:
        """Learn that a request was answered as it should be."""
        async_end_troubles(self._hass, self._entry, paid=paid)

    @callback
    def poll_failed(self, error: TeslaError) -> None:
        """Learn what went wrong; the user may have to see to it."""
        self._on_news()  # the limits remember when the next request is welcome
        if isinstance(error, LoginExpired):
            self._entry.async_start_reauth(self._hass)
        async_tell_trouble(self._hass, self._entry, error)
