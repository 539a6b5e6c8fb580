"""Looks every day whether the public key still is where Tesla fetches it: each new pairing needs it there."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.event import async_track_time_interval

from .const import CONF_CLIENT_ID
from .key import KeyStore
from .repairs_tour import async_tell_hosting
from .tesla.fleet_api.hosted_key import Hosting

STEP = timedelta(hours=1)  # as soon is looked again where something is wrong
RARELY = 24  # steps between two looks where all is well
# What may be the way from here, and not the key: it counts only where the way was seen to be open.
DOUBTFUL = frozenset({Hosting.NO_DNS, Hosting.REFUSED, Hosting.TIMEOUT})


class KeyWatch:
    """Watches the key of one entry's application."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], keys: KeyStore) -> None:
        """Know nothing yet."""
        self._hass = hass
        self._entry = entry
        self._keys = keys
        self._steps = 0  # until the next look
        self._wrong = 0  # looks in a row that have found something else
        self._seen = False  # whether it was ever found there from here

    async def async_step(self, _now: datetime) -> None:
        """Look, if it is time for it."""
        if self._steps > 0:
            self._steps -= 1
            return
        domain = self._keys.domain_of(self._entry.data[CONF_CLIENT_ID])
        found = None if domain is None else await self._keys.async_look(domain)
        if found is None or found.state is Hosting.RIGHT:
            self._seen = self._seen or found is not None
            self._steps, self._wrong = RARELY - 1, 0
            await async_tell_hosting(self._hass, self._entry, None)
        elif self._seen or found.state not in DOUBTFUL:
            self._wrong += 1
            if self._wrong > 1:  # once may be a restart of the web server
                await async_tell_hosting(self._hass, self._entry, found)


@callback
def async_watch_key(hass: HomeAssistant, entry: ConfigEntry[Any], keys: KeyStore) -> CALLBACK_TYPE:
    """Begin to watch the key of an entry's application; return what ends that."""
    watch = KeyWatch(hass, entry, keys)
    return async_track_time_interval(
        hass, watch.async_step, STEP, name="tesla_direct key", cancel_on_shutdown=True
    )
