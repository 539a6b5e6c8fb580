"""What the entries of this domain share: tokens, telemetry ports, and what each application has spent."""

from collections.abc import Callable
import time
from typing import Any

from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.singleton import singleton
from homeassistant.util.hass_dict import HassKey

from .const import DOMAIN, LOGGER
from .ports import Ports
from .storage import BILLED_DELAY, READINGS_DELAY, JsonStore, TokenStore
from .tesla.errors import WireError
from .tesla.fleet_api.ledger import Ledger


class Ledgers:
    """The ledger of each application (client id); Tesla bills the application, not the account."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the store."""
        self._store = JsonStore(hass, "ledger")
        self._ledgers: dict[str, Ledger] = {}

    async def async_load(self) -> None:
        """Read what was spent; a ledger that makes no sense begins anew."""
        for client_id, data in (await self._store.async_load() or {}).items():
            try:
                self._ledgers[client_id] = Ledger.from_dict(data, self._billed)
            except WireError as error:
                LOGGER.warning("What was spent this month cannot be read, and is counted anew: %s", error)
                self._ledgers[client_id] = Ledger(self._billed)

    def of(self, client_id: str) -> Ledger:
        """Return the ledger of an application."""
        if client_id not in self._ledgers:
            self._ledgers[client_id] = Ledger(self._billed)
        return self._ledgers[client_id]

    @callback
    def count_signals(self, client_id: str, vin: str, signals: int, now: float) -> None:
        """Count what a car has streamed by `now`, in seconds since 1970."""
        self.of(client_id).add_signals(vin, signals, now)
        self._store.async_save_within(READINGS_DELAY, self._data)

    @callback
    def _billed(self) -> None:
        self._store.async_save_within(BILLED_DELAY, self._data)

    def _data(self) -> dict[str, Any]:
        return {client_id: ledger.to_dict() for client_id, ledger in self._ledgers.items()}


class Shared:
    """What the entries of this domain share.

    clock: seconds since 1970, for all that is decided by time; handed on to each entry
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the stores."""
        self.clock: Callable[[], float] = time.time
        self.tokens = TokenStore(hass)
        self.ports = Ports(hass)
        self.ledgers = Ledgers(hass)
        # Entries that were reloaded once because of a bug of ours; a second time would be a loop.
        self.reloaded = set[str]()


SHARED: HassKey[Shared] = HassKey(DOMAIN)


@singleton(SHARED, async_=True)
async def async_get_shared(hass: HomeAssistant) -> Shared:
    """Return what the entries share, read from disk the first time."""
    shared = Shared(hass)
    await shared.ports.async_load()
    await shared.ledgers.async_load()
    return shared
