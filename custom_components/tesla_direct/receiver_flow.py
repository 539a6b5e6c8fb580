"""The steps that set up the telemetry port: names, ports, certificates. Each can be left, and done again."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
import time
from types import MappingProxyType
from typing import Any

from aiohttp import ClientError, ClientTimeout
from homeassistant.config_entries import ConfigEntry, ConfigFlow, ConfigFlowResult
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import probatio as vol

from .const import CONF_RECEIVER, DOMAIN, RECEIVER_NEVER
from .hosts import is_host
from .port_settings import (
    DEFAULT_PORT,
    DEFAULT_PUBLIC_PORT,
    EVERYWHERE,
    FILES,
    OWN,
    PortSettings,
    own_certificate,
    verified_ca,
)
from .ports import UNKNOWN, TelemetryPort, problem_key
from .shared import async_get_shared
from .tesla.errors import AuthorityUnknown, CertificateError, FileUnreadable
from .tesla.fleet_telemetry import tls
from .tesla.fleet_telemetry.authority import BUNDLE_LIMIT, check_pins, read_bundle
from .tesla.fleet_telemetry.server import check_port

CONF_HOST = "host"
CONF_PORT = "port"
CONF_PUBLIC_PORT = "public_port"
CONF_ADDRESSES = "addresses"
CONF_CERTIFICATE = "certificate"
CONF_CERTIFICATE_FILE = "certificate_file"
CONF_KEY_FILE = "key_file"
CONF_CA_FILE = "ca_file"
CONF_AUTHORITIES = "authorities"
CONF_AUTHORITIES_FILE = "authorities_file"
CONF_TRUST = "trust"

TESLA = "tesla"  # where the authorities that vouch for cars come from
FILE = "file"
FETCH_LIMIT = 30  # seconds to fetch Tesla's bundle

ERRORS = {
    "CertificateExpired": "certificate_expired",
    "NameMismatch": "name_mismatch",
    "KeyMismatch": "key_mismatch",
    "ChainIncomplete": "chain_incomplete",
    "FileUnreadable": "file_unreadable",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    """What the first form asked for."""

    settings: PortSettings
    authorities: str


class ReceiverSteps(ConfigFlow):
    """Sets up the port on which cars deliver; a part of the reconfigure dialogue."""

    _wanted: _Wanted | None = None
    _bundle: str = ""
    _unknown: Mapping[str, str] = MappingProxyType({})  # authorities in it, fingerprint to subject

    async def async_step_receiver(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the public name, the ports, and where certificates come from."""
        shared = await async_get_shared(self.hass)
        current = self._current_port(shared.ports)
        errors: dict[str, str] = {}
        if user_input is not None:
            settings = self._settings(user_input, shared.ports.get(int(user_input[CONF_PORT])))
            if not is_host(settings.host):
                errors[CONF_HOST] = "host_invalid"
            elif key := await self._async_port_problem(settings, shared.ports.get(settings.port)):
                errors[CONF_PORT] = key
            else:
                self._wanted = _Wanted(settings=settings, authorities=user_input[CONF_AUTHORITIES])
                return await self._async_after_names()
        return self.async_show_form(
            step_id="receiver",
            data_schema=self.add_suggested_values_to_schema(
                _receiver_schema(), user_input or _suggested(current)
            ),
            errors=errors,
            description_placeholders={"shared_with": self._shared_with(current) or "-"},
        )

    async def async_step_receiver_files(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for certificate and key files, and check them as a car would."""
        assert self._wanted is not None  # noqa: S101  # the first form comes first
        errors: dict[str, str] = {}
        detail = ""
        if user_input is not None:
            settings = replace(
                self._wanted.settings,
                certificate=FILES,
                certificate_file=user_input[CONF_CERTIFICATE_FILE],
                key_file=user_input[CONF_KEY_FILE],
            )
            try:
                ca = await self.hass.async_add_executor_job(
                    verified_ca, settings, user_input.get(CONF_CA_FILE)
                )
            except CertificateError as error:
                errors["base"] = ERRORS.get(type(error).__name__, "certificate_unusable")
                detail = str(error)
            else:
                self._wanted = replace(self._wanted, settings=replace(settings, ca=ca))
                return await self._async_after_certificate()
        schema = vol.Schema(
            {
                vol.Required(CONF_CERTIFICATE_FILE): TextSelector(),
                vol.Required(CONF_KEY_FILE): TextSelector(),
                vol.Optional(CONF_CA_FILE): TextSelector(),
            }
        )
        suggested = user_input or {
            CONF_CERTIFICATE_FILE: self._wanted.settings.certificate_file,
            CONF_KEY_FILE: self._wanted.settings.key_file,
        }
        return self.async_show_form(
            step_id="receiver_files",
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=errors,
            description_placeholders={"host": self._wanted.settings.host, "detail": detail},
        )

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
                data_schema=vol.Schema({_authorities_field(): _authorities_choice()}),
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

    async def async_step_receiver_done(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what a car has to be told so that it connects here."""
        shared = await async_get_shared(self.hass)
        entry = self._get_reconfigure_entry()
        port = shared.ports.get(entry.data[CONF_RECEIVER])
        assert port is not None  # noqa: S101  # the step before has set it up
        if user_input is None:
            return self.async_show_form(
                step_id="receiver_done",
                data_schema=vol.Schema({}),
                description_placeholders={
                    "host": port.settings.host,
                    "public_port": str(port.settings.public_port),
                    "port": str(port.settings.port),
                    "ca": port.settings.ca,
                },
            )
        return self.async_abort(reason="receiver_ready")

    async def async_step_receiver_off(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Stop using the port for this account; what is polled goes on."""
        if user_input is None:
            return self.async_show_form(step_id="receiver_off", data_schema=vol.Schema({}))
        return self.async_update_and_abort(
            self._get_reconfigure_entry(), data_updates={CONF_RECEIVER: RECEIVER_NEVER}
        )

    async def _async_after_names(self) -> ConfigFlowResult:
        assert self._wanted is not None  # noqa: S101  # the first form has made it
        settings = self._wanted.settings
        if settings.certificate == FILES:
            return await self.async_step_receiver_files()
        shared = await async_get_shared(self.hass)
        settings = await self.hass.async_add_executor_job(
            own_certificate, settings, [port.settings for port in shared.ports], time.time()
        )
        self._wanted = replace(self._wanted, settings=settings)
        return await self._async_after_certificate()

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
        await shared.ports.async_set(settings)
        entry = self._get_reconfigure_entry()
        left = entry.data[CONF_RECEIVER]
        self.hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_RECEIVER: settings.port})
        if isinstance(left, int) and not self._users_of(left):
            await shared.ports.async_remove(left)
        return await self.async_step_receiver_done()

    async def _async_port_problem(self, settings: PortSettings, existing: TelemetryPort | None) -> str | None:
        """Return why a port cannot be ours, None if it can."""
        # Where we listen already the port is ours; what remains to be seen is whether the addresses are.
        port = 0 if existing and existing.listening else settings.port
        try:
            await self.hass.async_add_executor_job(check_port, port, settings.addresses)
        except OSError as error:
            key = problem_key(error)
            return "port_unusable" if key == UNKNOWN else key
        return None

    def _settings(self, user_input: dict[str, Any], existing: TelemetryPort | None) -> PortSettings:
        kept = existing.settings if existing else None
        return PortSettings(
            port=int(user_input[CONF_PORT]),
            addresses=tuple(user_input.get(CONF_ADDRESSES) or EVERYWHERE),
            host=user_input[CONF_HOST].strip().lower().rstrip("."),
            public_port=int(user_input[CONF_PUBLIC_PORT]),
            certificate=user_input[CONF_CERTIFICATE],
            certificate_file=kept.certificate_file if kept else None,
            key_file=kept.key_file if kept else None,
            authority=kept.authority if kept else None,
            bundle="",
        )

    def _current_port(self, ports: Any) -> TelemetryPort | None:
        """Return the port this entry uses, or else one that is there already."""
        used = self._get_reconfigure_entry().data[CONF_RECEIVER]
        current = ports.get(used) if isinstance(used, int) else None
        return current or next(iter(ports), None)

    def _shared_with(self, port: TelemetryPort | None) -> str:
        """Name the other entries that use a port: what is changed here is changed for them."""
        if port is None:
            return ""
        own = self._get_reconfigure_entry()
        return ", ".join(entry.title for entry in self._users_of(port.settings.port) if entry is not own)

    def _users_of(self, port: int) -> list[ConfigEntry[Any]]:
        """Return the entries whose cars deliver to a port."""
        entries = self.hass.config_entries.async_entries(DOMAIN)
        return [entry for entry in entries if entry.data[CONF_RECEIVER] == port]


def _receiver_schema() -> vol.Schema:
    port = NumberSelector(NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX))
    return vol.Schema(
        {
            vol.Required(CONF_HOST): TextSelector(),
            vol.Required(CONF_PUBLIC_PORT, default=DEFAULT_PUBLIC_PORT): port,
            vol.Required(CONF_PORT, default=DEFAULT_PORT): port,
            vol.Required(CONF_CERTIFICATE, default=OWN): _choice([OWN, FILES], CONF_CERTIFICATE),
            _authorities_field(): _authorities_choice(),
            vol.Optional(CONF_ADDRESSES): TextSelector(TextSelectorConfig(multiple=True)),
        }
    )


def _authorities_field() -> vol.Required:
    return vol.Required(CONF_AUTHORITIES, default=TESLA)


def _authorities_choice() -> SelectSelector:
    return _choice([TESLA, FILE], CONF_AUTHORITIES)


def _choice(options: list[str], translation_key: str) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=options, translation_key=translation_key, mode=SelectSelectorMode.LIST)
    )


def _suggested(port: TelemetryPort | None) -> dict[str, Any]:
    if port is None:
        return {}
    settings = port.settings
    suggested: dict[str, Any] = {
        CONF_HOST: settings.host,
        CONF_PUBLIC_PORT: settings.public_port,
        CONF_PORT: settings.port,
        CONF_CERTIFICATE: settings.certificate,
    }
    if settings.addresses != EVERYWHERE:
        suggested[CONF_ADDRESSES] = list(settings.addresses)
    return suggested


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
