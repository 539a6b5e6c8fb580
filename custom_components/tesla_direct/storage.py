"""What outlives a restart: tokens, last readings, the ledger, the telemetry ports.

Each store has a version of its own and is written atomically, readable by its owner only. Secrets stand in
stores of their own, and never in a config entry, which is saved late and shown in diagnostics.
"""

import asyncio
from collections.abc import Callable
from typing import Any, override

from homeassistant.core import CoreState, HomeAssistant, callback
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.storage import Store
from homeassistant.util.json import load_json

from .const import DOMAIN, LOGGER
from .tesla.errors import WireError
from .tesla.fleet_api.oauth import Token

READINGS_DELAY = (
    300.0  # seconds between writes of readings and signal counts: disks in such machines wear out
)
SESSIONS_DELAY = 30.0  # seconds until the counters of signed sessions are on disk; they load with a margin
BILLED_DELAY = 0.5  # seconds until a billed call is on disk


def recovered[T](what: str, make: Callable[[Any], T], kept: Any, nothing: Any) -> T:
    """Return what `make` makes of what was kept, or else of nothing: one part must not take the others along.

    what: what a log calls it
    """
    try:
        return make(kept)
    except (AttributeError, KeyError, TypeError, ValueError, WireError) as error:
        LOGGER.warning(
            "What was kept of %s cannot be read, and is learnt anew (%s)", what, type(error).__name__
        )
        return make(nothing)


class NotDurable(OSError):
    """What was to be saved is not on disk."""


class JsonStore(Store[dict[str, Any]]):
    """One file, private and atomic, that is written at most once in a while."""

    def __init__(self, hass: HomeAssistant, name: str, *, version: int = 1, minor_version: int = 1) -> None:
        """Name the file; versions rise with its shape."""
        super().__init__(
            hass, version, f"{DOMAIN}.{name}", private=True, atomic_writes=True, minor_version=minor_version
        )
        self._due: float | None = None

    @override
    async def async_load(self) -> dict[str, Any] | None:
        """Return what was saved last; what is no object cannot have been."""
        data: Any = await super().async_load()
        if data is None or isinstance(data, dict):
            return data
        LOGGER.warning("What was kept in %s cannot be read, and is learnt anew", self.key)
        return None

    @callback
    def async_save_within(self, delay: float, data: Callable[[], dict[str, Any]]) -> None:
        """Write after `delay` seconds at the latest; a further wish does not put it off.

        What is learnt when Home Assistant writes everything for the last time comes too late.
        """
        if self.hass.state is CoreState.final_write:
            return
        now = self.hass.loop.time()
        if self._due is not None and now < self._due <= now + delay:
            return
        self._due = now + delay

        def collect() -> dict[str, Any]:
            self._due = None
            return data()

        self.async_delay_save(collect, delay)


class TokenStore:
    """The tokens of all accounts, in one private file."""

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the file."""
        self._hass = hass
        self._store = JsonStore(hass, "tokens")
        self._accounts: dict[str, Any] | None = None
        self._lock = asyncio.Lock()  # what is read back has to be what was written, not the next one's

    async def async_load(self, account: str) -> Token | None:
        """Return the token of an account, None if there is none that makes sense.

        Raises: NotDurable if the disk cannot be read just now
        """
        accounts = await self._async_accounts()
        try:
            return Token.from_dict(accounts[account])
        except KeyError, WireError:
            return None

    async def async_save(self, account: str, token: Token) -> None:
        """Return once the token is on disk, and was read back from there.

        Raises: NotDurable; Home Assistant's own store only logs what goes wrong
        """
        accounts = await self._async_accounts()
        accounts[account] = token.to_dict()
        await self._async_write(accounts)

    async def async_names(self) -> frozenset[str]:
        """Return the accounts that there is a token of, good or not.

        Raises: NotDurable if the disk cannot be read just now
        """
        return frozenset(await self._async_accounts())

    async def async_remove(self, account: str) -> None:
        """Forget an account.

        Raises: NotDurable
        """
        accounts = await self._async_accounts()
        if accounts.pop(account, None) is not None:
            await self._async_write(accounts)

    async def _async_accounts(self) -> dict[str, Any]:
        if self._accounts is None:
            try:
                self._accounts = await self._store.async_load() or {}
            except HomeAssistantError as error:
                raise NotDurable("the tokens cannot be read") from error
        return self._accounts

    async def _async_write(self, accounts: dict[str, Any]) -> None:
        async with self._lock:
            expected = {account: dict(token) for account, token in accounts.items()}
            await self._store.async_save(expected)
            try:
                written = await self._hass.async_add_executor_job(load_json, self._store.path)
            except HomeAssistantError as error:
                raise NotDurable("the token cannot be read back") from error
        if not isinstance(written, dict) or written.get("data") != expected:
            raise NotDurable("the token is not on disk")


class AccountTokens:
    """The token of one account, as its keeper wants it."""

    def __init__(self, store: TokenStore, account: str) -> None:
        """Read and write one account's token."""
        self._store = store
        self._account = account

    async def load(self) -> Token | None:
        """Return the token that was saved last."""
        return await self._store.async_load(self._account)

    async def save(self, token: Token) -> None:
        """Return once the token is on disk."""
        await self._store.async_save(self._account, token)
