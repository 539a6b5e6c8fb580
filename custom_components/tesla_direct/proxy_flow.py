"""The pages about a command proxy: a program of the user's that holds the key, and signs in our place.

Whoever answers there gets the account's token, so nobody is believed without an authority of the user's own,
a public one, or a certificate that the user has said yes to.
"""

from datetime import UTC, datetime
from functools import partial
import ssl
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.selector import TextSelector
import probatio as vol

from .const import CONF_PROXY, CONF_UNFINISHED
from .hosts import NoDomain, read_domain
from .proxy_repairs import async_tell_proxy, in_pairs
from .repairs_tour import async_tell_hosting
from .tesla.errors import FileUnreadable, ProviderInvalid
from .tesla.fleet_api.addresses import fingerprint_of
from .tesla.fleet_api.proxy import Proxy, ProxyFound, ProxyState, base_of
from .tesla.fleet_api.proxy_check import look_at_proxy
from .tesla.fleet_telemetry import tls
from .texts import async_text
from .tour import HOSTING, PAIRING, REGISTRATION, TourSteps

CONF_BASE = "base"
CONF_DOMAIN = "domain"
CONF_FINGERPRINT = "fingerprint"
CONF_AUTHORITY_FILE = "authority_file"
EXAMPLE = "https://192.168.1.20:4443"  # what an address looks like
SCHEMA = vol.Schema(
    {
        vol.Required(CONF_BASE): TextSelector(),
        vol.Required(CONF_DOMAIN): TextSelector(),
        vol.Optional(CONF_AUTHORITY_FILE): TextSelector(),
        vol.Optional(CONF_FINGERPRINT): TextSelector(),
    }
)


class ProxySteps(TourSteps):
    """Has a command proxy sign, or us again."""

    _proxy: Proxy | None = None  # what was asked for, and is looked at
    _found: ProxyFound | None = None

    async def async_step_proxy(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the one that there is, with what can be done about it; else ask for one."""
        known = self._known_proxy
        if known is None:
            return await self.async_step_proxy_set()
        return self.async_show_menu(
            step_id="proxy",
            menu_options=["proxy_check", "proxy_set", "proxy_off"],
            description_placeholders={
                "address": known.base,
                "domain": known.domain,
                "fingerprint": in_pairs(known.fingerprint) if known.fingerprint else "-",
            },
        )

    @property
    def _known_proxy(self) -> Proxy | None:
        data = self._get_reconfigure_entry().data
        return Proxy.from_dict(data[CONF_PROXY]) if CONF_PROXY in data else None

    async def async_step_proxy_check(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Look at the one that there is."""
        self._proxy = self._known_proxy
        return await self.async_step_proxy_look()

    async def async_step_proxy_set(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where it is, whom to believe there, and whose key it has."""
        errors: dict[str, str] = {}
        if user_input is not None:
            proxy = await self._async_read(user_input, errors)
            if proxy is not None:
                self._proxy = proxy
                return await self.async_step_proxy_look()
        known = self._proxy or self._known_proxy
        suggested = user_input or (
            {CONF_BASE: known.base, CONF_DOMAIN: known.domain, CONF_FINGERPRINT: known.fingerprint or ""}
            if known
            else {}
        )
        return self.async_show_form(
            step_id="proxy_set",
            data_schema=self.add_suggested_values_to_schema(SCHEMA, suggested),
            errors=errors,
            description_placeholders={"example": EXAMPLE},
        )

    async def _async_read(self, user_input: dict[str, Any], errors: dict[str, str]) -> Proxy | None:
        """Return what was entered; None where something is wrong, which stands in `errors` then."""
        base, domain, fingerprint = "", "", None
        try:
            base = base_of(user_input[CONF_BASE])
        except ProviderInvalid:
            errors[CONF_BASE] = "proxy_address_invalid"
        try:
            domain = read_domain(user_input[CONF_DOMAIN])
        except NoDomain as error:
            errors[CONF_DOMAIN] = str(error)
        if text := user_input.get(CONF_FINGERPRINT, "").strip():
            try:
                fingerprint = fingerprint_of(text)
            except ProviderInvalid:
                errors[CONF_FINGERPRINT] = "fingerprint_invalid"
        authority = None
        if path := user_input.get(CONF_AUTHORITY_FILE, ""):
            try:
                authority = await self.hass.async_add_executor_job(authority_in, path)
            except FileUnreadable, ssl.SSLError:
                errors[CONF_AUTHORITY_FILE] = "file_unreadable"
        if errors:
            return None
        return Proxy(base=base, domain=domain, fingerprint=fingerprint, authority=authority)

    async def async_step_proxy_look(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Look whether it answers, and what it shows."""
        assert self._proxy is not None  # noqa: S101  # the form comes first
        proxy = self._proxy
        look = partial(
            look_at_proxy,
            async_get_clientsession(self.hass),
            proxy.base,
            authority=proxy.authority,
            fingerprint=proxy.fingerprint,
        )
        return await self._async_wait_for("proxy_look", look, "proxy_looked", {"address": proxy.base})

    async def async_step_proxy_looked(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Keep it if all is well; else say what was found."""
        assert self._proxy is not None  # noqa: S101  # it was looked at
        self._found = self._done()
        assert self._found is not None  # noqa: S101  # a look always finds something out
        if self._found.state is ProxyState.OK:
            return await self._async_keep(self._proxy)
        if self._found.state is ProxyState.CERTIFICATE_UNEXPECTED and self._found.certificate is not None:
            return await self.async_step_proxy_certificate()
        return await self.async_step_proxy_failed()

    async def async_step_proxy_certificate(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Name the certificate that is not believed; the user may compare it, and say yes to it alone."""
        assert self._found is not None  # noqa: S101  # only a look leads here
        assert self._found.certificate is not None  # noqa: S101  # the same
        assert self._proxy is not None  # noqa: S101  # the same
        shown = self._found.certificate
        expected = self._proxy.fingerprint or self._proxy.authority
        return self.async_show_menu(
            step_id="proxy_certificate",
            menu_options=["proxy_pin", "proxy_look", "proxy_set", "proxy_later"],
            description_placeholders={
                "problem": await async_text(self.hass, "proxy", "unexpected" if expected else "unknown"),
                "address": self._proxy.base,
                "fingerprint": in_pairs(shown.fingerprint),
                "subject": shown.subject or "-",
                "ends": datetime.fromtimestamp(shown.ends, UTC).date().isoformat() if shown.ends else "-",
            },
        )

    async def async_step_proxy_pin(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Believe this one certificate, and no other."""
        assert self._found is not None  # noqa: S101  # its page comes first
        assert self._found.certificate is not None  # noqa: S101  # the same
        assert self._proxy is not None  # noqa: S101  # the same
        self._proxy = Proxy(
            base=self._proxy.base,
            domain=self._proxy.domain,
            fingerprint=self._found.certificate.fingerprint,
            authority=None,
        )
        return await self.async_step_proxy_look()

    async def async_step_proxy_failed(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what is in the way."""
        assert self._found is not None  # noqa: S101  # only a look leads here
        assert self._proxy is not None  # noqa: S101  # the same
        detail = f"({self._found.detail})" if self._found.detail else ""
        return self.async_show_menu(
            step_id="proxy_failed",
            menu_options=["proxy_look", "proxy_set", "proxy_later"],
            description_placeholders={
                "problem": await async_text(self.hass, "proxy", self._found.state),
                "address": self._proxy.base,
                "detail": detail,
            },
        )

    async def async_step_proxy_later(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Leave it as it was; on the tour go on without, and without what needs it."""
        if not self._touring:
            return self.async_abort(reason="proxy_unchanged")
        self._set_unfinished(self._unfinished | {HOSTING})
        return await self._async_part_left(REGISTRATION, "hosting_later")

    async def async_step_proxy_off(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Have commands signed here again, with our key, which the cars have to know then."""
        entry = self._get_reconfigure_entry()
        data = {name: value for name, value in entry.data.items() if name != CONF_PROXY}
        left = sorted({*data.get(CONF_UNFINISHED, ()), HOSTING, REGISTRATION, PAIRING})
        async_tell_proxy(self.hass, entry, None)
        self._forget_key()
        self.hass.config_entries.async_update_entry(entry, data={**data, CONF_UNFINISHED: left})
        return await self.async_step_tour()

    async def _async_keep(self, proxy: Proxy) -> ConfigFlowResult:
        """Have it sign from now on; if its key is another one, the cars have to learn that."""
        entry, known = self._get_reconfigure_entry(), self._known_proxy
        async_tell_proxy(self.hass, entry, None)
        await async_tell_hosting(self.hass, entry, None)  # of our key, which nobody needs there any more
        other_key = known is None or known.domain != proxy.domain
        left = {*entry.data.get(CONF_UNFINISHED, ())} - {HOSTING, REGISTRATION}
        if other_key:
            left.add(PAIRING)
            self._forget_key()
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_PROXY: proxy.to_dict(), CONF_UNFINISHED: sorted(left)}
        )
        return await (
            self._async_behind(HOSTING, "proxy_kept")
            if self._touring or not other_key
            else self.async_step_tour()
        )

    def _forget_key(self) -> None:
        """Forget which cars know the key: whoever signs now has another one."""
        entry = self._get_reconfigure_entry()
        if entry.state is ConfigEntryState.LOADED:
            for vehicle in entry.runtime_data.vehicles.values():
                vehicle.forget_key()


def authority_in(path: str) -> str:
    """Return the certificates of a file of the user's; runs in the executor.

    Raises: FileUnreadable, ssl.SSLError
    """
    text = tls.read_file(path)
    ssl.create_default_context(cadata=text)
    return text
