"""What the entries of this domain share: tokens, the key, ports, and what each application has spent."""

import asyncio
from collections.abc import Awaitable, Callable
import time

from homeassistant.core import HomeAssistant
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN
from .key import KeyStore
from .origin import Origins
from .ports import Ports
from .spending import Ledgers
from .storage import TokenStore
from .tesla.command.wanted import PutOff
from .tesla.fleet_api.limits import Rate, Together
from .tesla.fleet_api.provider import Provider
from .tesla.source.reconnect import Reconnect


class Shared:
    """What the entries of this domain share.

    clock: seconds since 1970, for all that is decided by time; handed on to each entry
    sleep: waits so many seconds of that clock, for what commands wait for
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the stores."""
        self.clock: Callable[[], float] = time.time
        self.sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
        self.tokens = TokenStore(hass)
        self.key = KeyStore(hass)
        self.origins = Origins(hass)
        self.ports = Ports(hass)
        self.ledgers = Ledgers(hass, lambda: self.clock())  # noqa: PLW0108  # another clock may be set later
        self._together: dict[str, Together] = {}
        self._reconnects: dict[str, Reconnect] = {}
        # What was put off when an entry was unloaded, by the entry and the car: its reload goes on with it.
        self.put_off: dict[str, dict[str, tuple[PutOff, ...]]] = {}
        # Entries that were reloaded once because of a bug of ours; a second time would be a loop.
        self.reloaded = set[str]()

    def reconnect(self, name: str) -> Reconnect:
        """Return what says when a stream may be opened: reloading its entry makes nothing undone."""
        if name not in self._reconnects:
            self._reconnects[name] = Reconnect(lambda: self.clock())  # noqa: PLW0108  # another may be set later
        return self._reconnects[name]

    def together(self, provider: Provider) -> Together | None:
        """Return the bucket of a provider that counts by address, whoever asks; None where it does not."""
        if provider.requests_per_minute is None:
            return None
        host = next(iter(provider.bases.values()))
        if host not in self._together:
            self._together[host] = Together(Rate(provider.requests_per_minute, 60.0))
        return self._together[host]


SHARED: HassKey[Shared] = HassKey(DOMAIN)


@singleton(SHARED, async_=True)
async def async_get_shared(hass: HomeAssistant) -> Shared:
    """Return what the entries share, read from disk the first time."""
    shared = Shared(hass)
    await shared.key.async_load()
    shared.origins.async_follow()  # for as long as Home Assistant runs
    await shared.ports.async_load()
    await shared.ledgers.async_load()
    return shared
