"""The steps that set up the telemetry port: way, names, certificates. Each can be left, and done again."""

from dataclasses import replace
import re
import secrets
import time
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.hassio import is_hassio
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import probatio as vol

from .authority_flow import (
    CONF_AUTHORITIES,
    AuthoritySteps,
    Wanted,
    authorities_choice,
    authorities_field,
    choice,
)
from .const import CONF_CLIENT_ID, CONF_RECEIVER, DOCUMENTATION
from .hosts import NoDomain, async_public_domain, async_public_port, is_address, read_domain
from .port_settings import (
    DEFAULT_PORT,
    DEFAULT_PUBLIC_PORT,
    EVERYWHERE,
    FILES,
    OWN,
    PortSettings,
    own_certificate,
    with_files,
)
from .receiver_form import (
    CONF_HOST,
    CONF_PORT,
    CONF_PUBLIC_PORT,
    CONF_WAY,
    LATER,
    NEVER,
    NO_HOST,
    PROXY,
    receiver_schema,
    settings_of,
    suggested_of,
)
from .shared import async_get_shared
from .tesla.errors import CertificateError, FileUnreadable
from .tesla.fleet_telemetry import tls
from .tesla.fleet_telemetry.certificate import read_chain
from .tesla.fleet_telemetry.forwarded import SECRET_LENGTH, read_peers
from .tesla.fleet_telemetry.server import check_port
from .texts import async_text

CONF_WAY = "way"
CONF_HOST = "host"
CONF_PORT = "port"
CONF_PUBLIC_PORT = "public_port"
CONF_ADDRESSES = "addresses"
CONF_CERTIFICATE = "certificate"
CONF_CERTIFICATE_FILE = "certificate_file"
CONF_KEY_FILE = "key_file"
CONF_CA_FILE = "ca_file"
CONF_SECRET = "secret"  # noqa: S105  # the name of a field
CONF_PEERS = "peers"

# How cars get here.
PORT = "port"  # by a port that is forwarded as it is
PROXY = "proxy"  # by a proxy that ends TLS
NEVER = "never"
LATER = "later"
APPS = "172.30.33.0/24"  # where the apps of Home Assistant OS live
HERE = "127.0.0.1"
WIDEST = {4: 8, 6: 32}  # bits that name a network at least: a proxy is not just anywhere
# What can stand in the configuration of every proxy without being taken for something else there.
PLAIN = re.compile(r"[A-Za-z0-9._~+/=-]+")

ERRORS = {
    "CertificateExpired": "certificate_expired",
    "NameMismatch": "name_mismatch",
    "KeyMismatch": "key_mismatch",
    "ChainIncomplete": "chain_incomplete",
    "FileUnreadable": "file_unreadable",
}


# What is told of a name that cars cannot be given, where the key's own words do not fit.
NO_HOST = {
    "domain_invalid": "host_invalid",
    "domain_is_address": "host_invalid",
    "domain_private": "host_private",
    "domain_with_port": "host_with_port",
}


class ReceiverSteps(AuthoritySteps):
    """Sets up the port on which cars deliver; a part of the tour, and of the reconfigure dialogue."""

    async def async_step_receiver(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how cars get here: the public name, the ports, and where certificates come from."""
        shared = await async_get_shared(self.hass)
        current = self._current_port(shared.ports)
        errors: dict[str, str] = {}
        if user_input is not None:
            if user_input[CONF_WAY] == NEVER:
                return await self.async_step_receiver_off()
            if user_input[CONF_WAY] == LATER:
                return await self.async_step_receiver_put_off()
            existing = shared.ports.get(int(user_input[CONF_PORT]))
            try:
                settings = _settings(user_input, existing)
            except NoDomain as error:
                errors[CONF_HOST] = NO_HOST.get(str(error), str(error))
            else:
                if key := await self._async_port_problem(settings, existing):
                    errors[CONF_PORT] = key
                else:
                    self._wanted = Wanted(settings=settings, authorities=user_input[CONF_AUTHORITIES])
                    return await self._async_after_names(user_input[CONF_WAY])
        return self.async_show_form(
            step_id="receiver",
            data_schema=self.add_suggested_values_to_schema(
                _receiver_schema(), user_input or _suggested(current) or await self._async_guessed()
            ),
            errors=errors,
            description_placeholders={"shared": await self._async_shared(current)},
        )

    async def async_step_receiver_proxy(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Agree on a secret with the proxy, and ask from where it calls."""
        assert self._wanted is not None  # noqa: S101  # the first form comes first
        settings = self._wanted.settings
        errors: dict[str, str] = {}
        if user_input is not None:
            secret, peers = user_input[CONF_SECRET].strip(), tuple(user_input[CONF_PEERS])
            ca = ""
            if len(secret) < SECRET_LENGTH or not PLAIN.fullmatch(secret):
                errors[CONF_SECRET] = "secret_unfit"
            if not _are_peers(peers):
                errors[CONF_PEERS] = "peers_invalid"
            if path := user_input.get(CONF_CA_FILE):
                try:
                    ca = await self.hass.async_add_executor_job(_authority_in, path)
                except FileUnreadable:
                    errors[CONF_CA_FILE] = "file_unreadable"
            if not errors:
                known = settings.ca if settings.peers else ""  # else it was for us, and not for a proxy
                settings = replace(settings, peers=peers, secret=secret, ca=ca or known)
                return await self._async_with_own_certificate(settings)
        suggested = user_input or {
            CONF_SECRET: settings.secret or secrets.token_urlsafe(24),
            CONF_PEERS: list(settings.peers) or [APPS if is_hassio(self.hass) else HERE],
        }
        schema = vol.Schema(
            {
                vol.Required(CONF_SECRET): TextSelector(),
                vol.Required(CONF_PEERS): TextSelector(TextSelectorConfig(multiple=True)),
                vol.Optional(CONF_CA_FILE): TextSelector(),
            }
        )
        return self.async_show_form(
            step_id="receiver_proxy",
            data_schema=self.add_suggested_values_to_schema(schema, suggested),
            errors=errors,
            description_placeholders={
                "host": settings.host,
                "port": str(settings.port),
                "docs_url": f"{DOCUMENTATION}/blob/main/docs/setup/proxy.md",
            },
        )

    async def async_step_receiver_files(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for certificate and key files, and check them as a car would."""
        assert self._wanted is not None  # noqa: S101  # the first form comes first
        errors: dict[str, str] = {}
        detail = ""
        if user_input is not None:
            settings = replace(
                self._wanted.settings,
                certificate_file=user_input[CONF_CERTIFICATE_FILE],
                key_file=user_input[CONF_KEY_FILE],
            )
            try:
                settings = await self.hass.async_add_executor_job(
                    with_files, settings, user_input.get(CONF_CA_FILE)
                )
            except CertificateError as error:
                errors["base"] = ERRORS.get(type(error).__name__, "certificate_unusable")
                detail = str(error)
            else:
                self._wanted = replace(self._wanted, settings=settings)
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

    async def _async_after_names(self, way: str) -> ConfigFlowResult:
        assert self._wanted is not None  # noqa: S101  # the first form has made it
        settings = self._wanted.settings
        if way == PROXY:
            return await self.async_step_receiver_proxy()
        # What cars held to verify a proxy does not verify us, and nobody hands anything on any more.
        settings = replace(settings, peers=(), secret="")
        self._wanted = replace(self._wanted, settings=settings)
        if settings.certificate == FILES:
            return await self.async_step_receiver_files()
        return await self._async_with_own_certificate(settings)

    async def _async_with_own_certificate(self, settings: PortSettings) -> ConfigFlowResult:
        assert self._wanted is not None  # noqa: S101  # the first form has made it
        shared = await async_get_shared(self.hass)
        settings = await self.hass.async_add_executor_job(
            own_certificate, settings, [port.settings for port in shared.ports], time.time()
        )
        self._wanted = replace(self._wanted, settings=settings)
        return await self._async_after_certificate()

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

    async def _async_guessed(self) -> dict[str, Any]:
        """Return what can be known before anything was set up."""
        shared = await async_get_shared(self.hass)
        public = async_public_domain(self.hass)
        host = public or shared.key.domain_of(self._get_reconfigure_entry().data[CONF_CLIENT_ID])
        guessed: dict[str, Any] = {CONF_HOST: host} if host else {}
        if public and async_public_port(self.hass) == DEFAULT_PUBLIC_PORT:
            guessed[CONF_PUBLIC_PORT] = DEFAULT_PORT  # at the usual one cars would meet the web pages
        return guessed

    def _current_port(self, ports: Any) -> TelemetryPort | None:
        """Return the port this entry uses, or else one that is there already."""
        used = self._get_reconfigure_entry().data[CONF_RECEIVER]
        current = ports.get(used) if isinstance(used, int) else None
        return current or next(iter(ports), None)

    async def _async_shared(self, port: TelemetryPort | None) -> str:
        """Name the other entries that use a port, if any: what is changed here is changed for them."""
        users = self._users_of(port.settings.port) if port else []
        names = [entry.title for entry in users if entry is not self._get_reconfigure_entry()]
        text = await async_text(self.hass, "receiver_note", "shared") if names else ""
        return text.format(names=", ".join(names))


def _settings(user_input: dict[str, Any], existing: TelemetryPort | None) -> PortSettings:
    """Return what was entered, with what is kept of the same port.

    Raises: NoDomain
    """
    entered = {
        "port": int(user_input[CONF_PORT]),
        "addresses": tuple(user_input.get(CONF_ADDRESSES) or EVERYWHERE),
        "host": _read_host(user_input.get(CONF_HOST, "")),
        "public_port": int(user_input[CONF_PUBLIC_PORT]),
        "certificate": user_input[CONF_CERTIFICATE],
    }
    return replace(existing.settings, **entered) if existing else PortSettings(**entered, bundle="")


def _read_host(text: str) -> str:
    """Return the public name, or the address, that a user has entered.

    Raises: NoDomain
    """
    name = text.strip().strip("[]")
    return name if is_address(name) else read_domain(text)


def _are_peers(addresses: tuple[str, ...]) -> bool:
    try:
        networks = read_peers(addresses)
    except ValueError:
        return False
    return bool(networks) and all(one.prefixlen >= WIDEST[one.version] for one in networks)


def _authority_in(path: str) -> str:
    """Return the certificates of a file. Blocks.

    Raises: FileUnreadable
    """
    pem = tls.read_file(path)
    read_chain(pem.encode())
    return pem


def _receiver_schema() -> vol.Schema:
    port = NumberSelector(NumberSelectorConfig(min=1, max=65535, step=1, mode=NumberSelectorMode.BOX))
    return vol.Schema(
        {
            vol.Required(CONF_WAY, default=PORT): choice([PORT, PROXY, NEVER, LATER], CONF_WAY),
            vol.Optional(CONF_HOST): TextSelector(),
            vol.Required(CONF_PUBLIC_PORT, default=DEFAULT_PUBLIC_PORT): port,
            vol.Required(CONF_PORT, default=DEFAULT_PORT): port,
            vol.Required(CONF_CERTIFICATE, default=OWN): choice([OWN, FILES], CONF_CERTIFICATE),
            authorities_field(): authorities_choice(),
            vol.Optional(CONF_ADDRESSES): TextSelector(TextSelectorConfig(multiple=True)),
        }
    )


def _suggested(port: TelemetryPort | None) -> dict[str, Any]:
    if port is None:
        return {}
    settings = port.settings
    suggested: dict[str, Any] = {
        CONF_WAY: PROXY if settings.peers else PORT,
        CONF_HOST: settings.host,
        CONF_PUBLIC_PORT: settings.public_port,
        CONF_PORT: settings.port,
        CONF_CERTIFICATE: settings.certificate,
    }
    if settings.addresses != EVERYWHERE:
        suggested[CONF_ADDRESSES] = list(settings.addresses)
    return suggested
