"""The steps that set up the telemetry port: way, names, certificates. Each can be left, and done again."""

from dataclasses import replace
import re
import secrets
import time
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.hassio import is_hassio
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig
import probatio as vol

from .authority_flow import CONF_AUTHORITIES, AuthoritySteps, Wanted
from .const import CONF_CLIENT_ID, CONF_RECEIVER, DOCUMENTATION
from .hosts import NoDomain, async_public_domain, async_public_port
from .port import UNKNOWN, TelemetryPort, problem_key
from .port_settings import (
    DEFAULT_PORT,
    DEFAULT_PUBLIC_PORT,
    FILES,
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

CONF_CERTIFICATE_FILE = "certificate_file"
CONF_KEY_FILE = "key_file"
CONF_CA_FILE = "ca_file"
CONF_SECRET = "secret"  # noqa: S105  # the name of a field
CONF_PEERS = "peers"

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
                settings = settings_of(user_input, existing)
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
                receiver_schema(), user_input or suggested_of(current) or await self._async_guessed()
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
