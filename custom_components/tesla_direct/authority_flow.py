"""The steps about who vouches for cars: Tesla's published authorities, or a file of the user's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from aiohttp import ClientError, ClientTimeout
from homeassistant.config_entries import ConfigEntry, ConfigFlowResult
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
)
import probatio as vol

from .const import CONF_RECEIVER, DOMAIN
from .port import TelemetryPort
from .port_flow import PortSteps
from .port_settings import PortSettings
from .shared import async_get_shared
from .tesla.errors import AuthorityUnknown, FileUnreadable
from .tesla.fleet_telemetry import tls
from .tesla.fleet_telemetry.authority import BUNDLE_LIMIT, check_pins, read_bundle

CONF_AUTHORITIES = "authorities"
CONF_AUTHORITIES_FILE = "authorities_file"
CONF_TRUST = "trust"

TESLA = "tesla"  # where the authorities that vouch for cars come from
FILE = "file"
FETCH_LIMIT = 30  # seconds to fetch Tesla's bundle


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the first form asked for, as far as it is known."""

    settings: PortSettings
    authorities: str


class AuthoritySteps(PortSteps):
    """Has the authorities that vouch for cars, and opens the port with them."""

    _wanted: Wanted | None = None
    _bundle: str = ""
    _unknown: Mapping[str, str] = MappingProxyType({})  # authorities in it, fingerprint to subject

    async def async_step_receiver_bundle(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Fetch Tesla's authorities; what cannot be fetched can be tried again, or taken from a file."""
        if user_input is not None and user_input[CONF_AUTHORITIES] == FILE:
            return await self.async_step_receiver_bundle_file()
        shared = await async_get_shared(self.hass)
        try:
            pem = await self._async_fetch_bundle(shared.ports.bundle_url)
            self._unknown = _unknown_in(pem, shared.ports)
        except (ClientError, TimeoutError, FileUnreadable) as error:
            return self.async_show_form(
                step_id="receiver_bundle",
                data_schema=vol.Schema({authorities_field(): authorities_choice()}),
                errors={"base": "bundle_unreachable"},
                description_placeholders={
                    "url": shared.ports.bundle_url,
                    "detail": str(error) or type(error).__name__,
                },
            )
        self._bundle = pem.decode(errors="replace")  # between the certificates may stand anything
        if self._unknown:
            return await self.async_step_receiver_unknown()
        return await self._async_finish(self._bundle)

    async def async_step_receiver_unknown(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Name the authorities we do not know, and trust them only if the user says so."""
        errors = {}
        if user_input is not None:
            if user_input[CONF_TRUST]:
                return await self._async_finish(self._bundle)
            errors["base"] = "not_trusted"
        return self.async_show_form(
            step_id="receiver_unknown",
            data_schema=vol.Schema({vol.Required(CONF_TRUST, default=False): BooleanSelector()}),
            errors=errors,
            description_placeholders={
                "unknown": "\n".join(f"- {subject}: `{finger}`" for finger, subject in self._unknown.items())
            },
        )

    async def async_step_receiver_bundle_file(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Take the authorities that vouch for cars from a file of the user's."""
        errors: dict[str, str] = {}
        if user_input is not None:
            path = user_input[CONF_AUTHORITIES_FILE]
            try:
                pem = await self.hass.async_add_executor_job(tls.read_file, path)
                read_bundle(pem.encode())
            except FileUnreadable:
                errors[CONF_AUTHORITIES_FILE] = "file_unreadable"
            else:
                return await self._async_finish(pem)
        return self.async_show_form(
            step_id="receiver_bundle_file",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema({vol.Required(CONF_AUTHORITIES_FILE): TextSelector()}), user_input
            ),
            errors=errors,
        )

    async def _async_after_certificate(self) -> ConfigFlowResult:
        assert self._wanted is not None  # noqa: S101  # the first form has made it
        if self._wanted.authorities == FILE:
            return await self.async_step_receiver_bundle_file()
        return await self.async_step_receiver_bundle()

    async def _async_fetch_bundle(self, url: str) -> bytes:
        """Fetch Tesla's bundle; an answer that is too long to be it is cut, and then unreadable.

        Raises: ClientError, TimeoutError
        """
        session = async_get_clientsession(self.hass)
        pem = bytearray()
        async with session.get(url, timeout=ClientTimeout(total=FETCH_LIMIT)) as response:
            response.raise_for_status()
            async for chunk in response.content.iter_any():
                pem += chunk
                if len(pem) > BUNDLE_LIMIT:
                    break
        return bytes(pem)

    async def _async_finish(self, bundle: str) -> ConfigFlowResult:
        """Store the port and open it; the entry uses it from now on."""
        assert self._wanted is not None  # noqa: S101  # the first form has made it
        shared = await async_get_shared(self.hass)
        settings = replace(self._wanted.settings, bundle=bundle)
        existing = shared.ports.get(settings.port)
        if existing is None or existing.settings != settings:  # else cars would be disconnected for nothing
            await shared.ports.async_set(settings)
        entry = self._get_reconfigure_entry()
        left = entry.data[CONF_RECEIVER]
        self.hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_RECEIVER: settings.port})
        if isinstance(left, int) and not self._users_of(left):
            await shared.ports.async_remove(left)
        return await self.async_step_receiver_check()

    def _users_of(self, port: int) -> list[ConfigEntry[Any]]:
        """Return the entries whose cars deliver to a port."""
        entries = self.hass.config_entries.async_entries(DOMAIN)
        return [entry for entry in entries if entry.data[CONF_RECEIVER] == port]


def authorities_field() -> vol.Required:
    """Return the field that asks where the authorities come from."""
    return vol.Required(CONF_AUTHORITIES, default=TESLA)


def authorities_choice() -> SelectSelector:
    """Return what it offers."""
    return choice([TESLA, FILE], CONF_AUTHORITIES)


def choice(options: list[str], translation_key: str) -> SelectSelector:
    """Return a list of which one thing is chosen."""
    return SelectSelector(
        SelectSelectorConfig(options=options, translation_key=translation_key, mode=SelectSelectorMode.LIST)
    )


def _unknown_in(pem: bytes, ports: Iterable[TelemetryPort]) -> Mapping[str, str]:
    """Return the authorities in a bundle that are neither pinned nor trusted by the user already.

    Raises: FileUnreadable
    """
    unknown: Mapping[str, str] = {}
    try:
        check_pins(read_bundle(pem))
    except AuthorityUnknown as error:
        unknown = error.unknown
    known = {one.fingerprint for port in ports for one in read_bundle(port.settings.bundle.encode())}
    return {finger: subject for finger, subject in unknown.items() if finger not in known}
