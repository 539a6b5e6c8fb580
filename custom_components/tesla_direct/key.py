"""The virtual key: one P-256 key pair of this installation. Cars know its public half; it signs what we ask.

It lies in a private store of its own, and so in Home Assistant's backups on purpose: whoever loses it has to
pair every car again. It stays when the last entry goes, until the user deletes the file. Nobody is ever shown
the private half.
"""

import asyncio
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.util.json import load_json

from .const import LOGGER
from .storage import JsonStore, NotDurable
from .tesla.errors import FileUnreadable, SigningKeyError
from .tesla.fleet_api.hosted_key import HostedKey, Hosting, address_of, look
from .tesla.vehicle_command.keys import LONGEST_PEM, PrivateKey

# Where a key came from.
MADE = "made"
FROM_FILE = "file"
TAKEN_OVER = "tesla_fleet"
FLEET_FILE = "tesla_fleet.key"  # where Home Assistant's own integration keeps its key: SEC 1, not encrypted

HOSTED = address_of("{domain}")
SHAPELESS = (AttributeError, KeyError, TypeError, ValueError)  # what comes of data of another shape


class KeyStore:
    """The key, and under which domain each application has its public half hosted.

    hosted:     where that is, with the domain left open
    unreadable: there is a key on the disk that makes no sense, or could not be read; it is never written over
                unless the user says so
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the store."""
        self.hosted = HOSTED
        self.unreadable = False
        self._hass = hass
        self._store = JsonStore(hass, "key")
        self._key: PrivateKey | None = None
        self._origin = MADE
        self._is_new = False
        self._domains: dict[str, str] = {}  # by client id
        self._lock = asyncio.Lock()  # of two who need a key, the second gets what the first has made

    async def async_load(self) -> None:
        """Read what was kept."""
        try:
            kept = await self._store.async_load()
            if kept is not None:
                await self._hass.async_add_executor_job(self._take, kept)
        except (HomeAssistantError, SigningKeyError, *SHAPELESS) as error:
            LOGGER.error("The key that signs commands cannot be read (%s)", type(error).__name__)
            self._key, self.unreadable = None, True

    def _take(self, kept: dict[str, Any]) -> None:
        self._domains = {str(client_id): str(domain) for client_id, domain in kept["domains"].items()}
        if kept["private_key"] is not None:
            self._key = PrivateKey.from_pem(kept["private_key"].encode())
        self._origin = str(kept["origin"])
        self._is_new = bool(kept["is_new"])

    @property
    def key(self) -> PrivateKey | None:
        """The key; None where nothing was ever to be signed, or where it cannot be read."""
        return self._key

    @property
    def origin(self) -> str:
        """Where it came from."""
        return self._origin

    @property
    def fingerprint(self) -> str | None:
        """What tells keys apart, and may be shown."""
        return None if self._key is None else self._key.fingerprint

    @property
    def is_new(self) -> bool:
        """Whether we have made it, and nobody has put it on a car yet as far as we know.

        Whatever the cloud says of the application's key until then is about another one.
        """
        return self._key is not None and self._is_new

    def domain_of(self, client_id: str) -> str | None:
        """Return the domain under which an application has its public key hosted."""
        return self._domains.get(client_id)

    async def async_private_key(self) -> PrivateKey | None:
        """Return the key, once a change that is under way is over."""
        async with self._lock:
            return self._key

    async def async_ensure(self) -> PrivateKey | None:
        """Make a key if there is none; return it once it is on disk. None: there is one that is unreadable.

        Raises: NotDurable
        """
        async with self._lock:
            if self._key is None and not self.unreadable:
                key = await self._hass.async_add_executor_job(PrivateKey.generate)
                await self._async_write(key, MADE, self._domains, is_new=True)
            return self._key

    async def async_replace(self, key: PrivateKey, origin: str) -> None:
        """Use another key from now on; it is on disk once this returns.

        Raises: NotDurable, and the old one stays
        """
        async with self._lock:
            await self._async_write(key, origin, self._domains, is_new=origin == MADE)

    async def async_confirm(self) -> None:
        """Learn that the key may be on cars: somebody has put it there, or a car has taken it.

        Raises: NotDurable
        """
        async with self._lock:
            if self.is_new:
                await self._async_write(self._key, self._origin, self._domains, is_new=False)

    async def async_set_domain(self, client_id: str, domain: str) -> None:
        """Learn under which domain an application has its public key hosted.

        Raises: NotDurable
        """
        async with self._lock:
            if self.unreadable:
                raise NotDurable("what cannot be read is not written over")
            domains = self._domains | {client_id: domain}
            await self._async_write(self._key, self._origin, domains, is_new=self._is_new)

    async def async_same_hosted(self, domain: str) -> bool | None:
        """Return whether a domain hosts our public key; None if it cannot be seen from here."""
        found = await self.async_look(domain)
        return None if found is None else {Hosting.RIGHT: True, Hosting.OTHER_KEY: False}.get(found.state)

    async def async_look(self, domain: str) -> HostedKey | None:
        """Return what a domain hosts as its public key; None if we have none to compare it with."""
        if self._key is None:
            return None
        session = async_get_clientsession(self._hass)
        found = await look(session, self.hosted.format(domain=domain), self._key.public)
        LOGGER.debug("The public key of the application: %s", found.state)
        return found

    async def _async_write(
        self, key: PrivateKey | None, origin: str, domains: dict[str, str], *, is_new: bool
    ) -> None:
        """Have something on disk, read back from there, before it counts.

        Raises: NotDurable; Home Assistant's own store only logs what goes wrong
        """
        data = {
            "private_key": None if key is None else key.to_pem().decode(),
            "origin": origin,
            "is_new": is_new,
            "domains": domains,
        }
        await self._store.async_save(data)
        try:
            written = await self._hass.async_add_executor_job(load_json, self._store.path)
        except HomeAssistantError as error:
            raise NotDurable("the key cannot be read back") from error
        if not isinstance(written, dict) or written.get("data") != data:
            raise NotDurable("the key is not on disk")
        self._key, self._origin, self._is_new, self._domains = key, origin, is_new, domains
        self.unreadable = False


def read_key(path: str) -> PrivateKey:
    """Read a private key from a file on this machine. Blocks.

    Raises: FileUnreadable, SigningKeyError
    """
    file = Path(path)
    if not file.is_file():
        raise FileUnreadable("there is no such file")
    try:
        with file.open("rb") as opened:
            return PrivateKey.from_pem(opened.read(LONGEST_PEM + 1))
    except OSError:
        raise FileUnreadable("the file cannot be read") from None
