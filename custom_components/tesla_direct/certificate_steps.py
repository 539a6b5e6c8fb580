"""Pages about hosts whose certificates nobody vouches for; for dialogues of whatever kind.

They are looked at before anything is told to them, and a token above all. Public authorities come first; then
one certificate that the user has compared, or an authority of his own; and whoever answers is believed only
where the user has said in so many words that this is what he wants.
"""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
import ssl
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import probatio as vol

from .hosts import async_ssl_context, async_stream_trust
from .proxy_flow import CONF_AUTHORITY_FILE, authority_in
from .proxy_repairs import in_pairs
from .tesla.errors import FileUnreadable
from .tesla.fleet_api.addresses import PUBLIC, Certificates
from .tesla.fleet_api.host_look import HostFound, HostState, look_at_host
from .tesla.fleet_api.provider import Provider
from .tesla.fleet_api.proxy import Certificate
from .texts import async_text
from .waiting import WaitingSteps

CONF_UNVERIFIED = "unverified"
API, STREAM = "api", "stream"
WITHOUT_TLS = ("http://", "ws://")
UNVERIFIED = vol.Schema({vol.Required(CONF_UNVERIFIED, default=False): BooleanSelector()})
AUTHORITY = vol.Schema({vol.Required(CONF_AUTHORITY_FILE): TextSelector()})


class CertificateSteps(WaitingSteps):
    """Looks at a service's hosts, and asks whom to believe where nobody vouches for one."""

    _service: Provider
    _before: Provider | None = None  # an entry's, whose certificates are looked at once more
    _doubted = ""  # API or STREAM: the one that is asked about
    _shown: Certificate | None = None  # what it shows

    @abstractmethod
    async def _async_believed(self) -> ConfigFlowResult:
        """Go on: whoever is at the service's hosts is believed, as far as somebody is there."""

    @property
    @abstractmethod
    def _ways_back(self) -> list[str]:
        """The pages on which the addresses can be changed."""

    async def async_step_hosts_look(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Look at the hosts, where there is anything to doubt."""
        addresses = [address for _, address in addresses_of(self._service)]
        if all(address.startswith(WITHOUT_TLS) for address in addresses):
            return await self._async_believed()
        told = {"addresses": ", ".join(addresses)}
        return await self._async_wait_for("hosts_look", self._async_look_at_hosts, "hosts_looked", told)

    async def _async_look_at_hosts(self) -> tuple[str, HostFound] | None:
        """Return the first host that is not believed, if there is one."""
        session = async_get_clientsession(self.hass)
        for which, address in addresses_of(self._service):
            trust = async_ssl_context if which == API else async_stream_trust
            found = await look_at_host(session, address, await trust(self.hass, self._service))
            if found.state is HostState.UNBELIEVED:
                return which, found
            if found.state is HostState.AWAY and believed_at(self._service, which) == PUBLIC and self._before:
                self._service = believing(self._service, which, believed_at(self._before, which))
        return None

    async def _async_look_once_more(self, service: Provider) -> ConfigFlowResult:
        """Look at the hosts of an entry; that anybody is believed there holds until somebody looks."""
        self._before = self._service = service
        for which, _ in addresses_of(service):
            if not believed_at(service, which).verified:
                self._service = believing(self._service, which, PUBLIC)
        return await self.async_step_hosts_look()

    async def async_step_hosts_looked(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on where all are believed; else ask."""
        doubted: tuple[str, HostFound] | None = self._done()
        if doubted is None:
            return await self._async_believed()
        self._doubted, found = doubted
        self._shown = found.certificate
        return await self.async_step_certificate()

    async def async_step_certificate(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Name the certificate that is not believed, and offer what can be done about it."""
        assert self._shown is not None  # noqa: S101  # a look leads here
        shown = self._shown
        return self.async_show_menu(
            step_id="certificate",
            menu_options=[
                "certificate_pin",
                "certificate_authority",
                "certificate_unverified",
                "hosts_look",
                *self._ways_back,
            ],
            description_placeholders={
                **await self._async_about_host(),
                "fingerprint": in_pairs(shown.fingerprint),
                "subject": shown.subject or "-",
                "ends": datetime.fromtimestamp(shown.ends, UTC).date().isoformat() if shown.ends else "-",
            },
        )

    async def async_step_certificate_pin(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Believe this one certificate, and no other."""
        assert self._shown is not None  # noqa: S101  # its page comes first
        return await self._async_believe(Certificates(fingerprint=self._shown.fingerprint))

    async def async_step_certificate_authority(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Believe whom an authority of the user's own vouches for."""
        errors = {}
        if user_input is not None:
            try:
                authority = await self.hass.async_add_executor_job(
                    authority_in, user_input[CONF_AUTHORITY_FILE]
                )
            except FileUnreadable, ssl.SSLError:
                errors[CONF_AUTHORITY_FILE] = "file_unreadable"
            else:
                return await self._async_believe(Certificates(authority=authority))
        return self.async_show_form(
            step_id="certificate_authority",
            data_schema=self.add_suggested_values_to_schema(AUTHORITY, user_input),
            errors=errors,
            description_placeholders=await self._async_about_host(),
        )

    async def async_step_certificate_unverified(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what it means to believe anybody; without an explicit yes it goes back to the other choices."""
        if user_input is not None:
            if not user_input[CONF_UNVERIFIED]:
                return await self.async_step_certificate()
            return await self._async_believe(Certificates(verified=False))
        return self.async_show_form(
            step_id="certificate_unverified",
            data_schema=UNVERIFIED,
            description_placeholders=await self._async_about_host(),
        )

    async def _async_about_host(self) -> dict[str, str]:
        """Return what pages say of the host that is asked about."""
        return {
            "address": dict(addresses_of(self._service))[self._doubted],
            "host": await async_text(self.hass, "service_host", self._doubted),
        }

    async def _async_believe(self, certificates: Certificates) -> ConfigFlowResult:
        """Take the user's word for one host, and look again: the other one has not been looked at yet."""
        self._service = believing(self._service, self._doubted, certificates)
        return await self.async_step_hosts_look()


def addresses_of(service: Provider) -> Iterator[tuple[str, str]]:
    """Yield which hosts a service has, API or STREAM, and where each is."""
    for base in service.bases.values():
        yield API, base
    if service.stream is not None:
        yield STREAM, service.stream.url


def believed_at(service: Provider, which: str) -> Certificates:
    """Return who is believed at one of a service's hosts."""
    if which == STREAM and service.stream is not None:
        return service.stream.certificates
    return service.certificates


async def async_unverified(hass: HomeAssistant, service: Provider) -> str:
    """Return what there is to say of hosts at which anybody is believed; empty without any."""
    open_to_all = [
        address
        for which, address in addresses_of(service)
        if not address.startswith(WITHOUT_TLS) and not believed_at(service, which).verified
    ]
    if not open_to_all:
        return ""
    text = await async_text(hass, "service_host", "unverified")
    return text.format(addresses=", ".join(f"`{address}`" for address in open_to_all))


def believing(service: Provider, which: str, certificates: Certificates) -> Provider:
    """Return a service at one of whose hosts somebody else is believed."""
    if which == STREAM and service.stream is not None:
        return replace(service, stream=replace(service.stream, certificates=certificates))
    return replace(
        service,
        authority=certificates.authority,
        fingerprint=certificates.fingerprint,
        verified=certificates.verified,
    )
