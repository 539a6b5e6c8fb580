"""The part of the tour about the application's partner account: one registration in each region.

Registering has Tesla fetch the public key from outside, and so it is also the proof that this can be done.
"""

from collections.abc import Callable, Coroutine, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import callback
from homeassistant.exceptions import UnknownImplementationError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    ImplementationUnavailableError,
    async_get_config_entry_implementation,
)

from .application_credentials import TeslaImplementation
from .const import CONF_CLIENT_ID, DEVELOPER_PORTAL
from .hosts import async_ssl_context, provider_of
from .key import KeyStore
from .shared import async_get_shared
from .storage import NotDurable
from .tesla.fleet_api.limits import Limits
from .tesla.fleet_api.partner import (
    LIMIT,
    PartnerAccount,
    Registration,
    RegistrationState,
    register_everywhere,
)
from .texts import async_text
from .tour import REGISTRATION, TourSteps, async_registered

FIRST_LIMIT = 25.0  # seconds of waiting before a user who may have mistyped something is told what is wrong
# Whose domain, or key behind it, is to be looked at again.
OF_HOSTING = frozenset(
    {
        RegistrationState.DOMAIN_TAKEN,
        RegistrationState.KEY_UNREACHABLE,
        RegistrationState.ORIGIN_NOT_ALLOWED,
        RegistrationState.OTHER_KEY,
    }
)


class RegistrationSteps(TourSteps):
    """Registers the application wherever its users may live, and compares what Tesla holds with our key."""

    _registrations: Mapping[str, Registration] = MappingProxyType({})
    _register: Callable[[], Coroutine[Any, Any, Mapping[str, Registration]]]
    _tried: tuple[bytes, str] | None = None  # with which key, under which domain
    _missing = ""  # what it takes to register, and is not there
    _last: Registration | None = None  # what the last try has brought, while more are to come

    async def async_step_registration(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Register, if there is what it takes; who has mistyped something is told soon."""
        problem = await self._async_prepare(FIRST_LIMIT)
        return await (self._async_not_possible(problem) if problem else self.async_step_registration_try())

    async def async_step_registration_long(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Register, and wait for as long as it may take until what was changed at Tesla counts."""
        problem = await self._async_prepare(LIMIT)
        return await (self._async_not_possible(problem) if problem else self.async_step_registration_try())

    async def async_step_registration_try(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show how it goes."""
        told = await self._async_told(self._last) if self._last else ""
        return await self._async_wait_for(
            "registration_try", self._register, "registration_tried", {"told": told}
        )

    async def async_step_registration_tried(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Go on if the application is registered everywhere with our key, else say where it is not."""
        self._registrations, self._last = self._done(), None
        if any(not one.registered for one in self._registrations.values()):
            return await self.async_step_registration_failed()
        keys = (await async_get_shared(self.hass)).key
        if await self._async_to_register(keys) != self._tried:  # another dialogue has changed it meanwhile
            return await self.async_step_registration()
        try:
            # What Tesla says of the application's key is about ours from now on.
            await keys.async_confirm()
        except NotDurable:
            return await self._async_not_possible("key_not_saved")
        async_registered(self.hass, self._get_reconfigure_entry().data[CONF_CLIENT_ID])
        if (entry := await self._async_running()) is not None:
            entry.runtime_data.poll.check_soon()
        return await self._async_part_done(REGISTRATION, "registration_ready")

    async def async_step_registration_failed(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say of each region what is wrong, and offer what helps."""
        states = {one.state for one in self._registrations.values()}
        options = ["registration"]
        if any(one.retry_in is not None for one in self._registrations.values()):
            options.append("registration_long")
        if not OF_HOSTING.isdisjoint(states):
            options.append("hosting")
        if RegistrationState.CREDENTIALS_REFUSED in states:
            options.append("sign_in")
        return self.async_show_menu(
            step_id="registration_failed",
            menu_options=[*options, "registration_later"],
            description_placeholders={
                "problems": "\n".join([await self._async_told(one) for one in self._registrations.values()]),
                "portal": DEVELOPER_PORTAL,
            },
        )

    async def async_step_registration_not_possible(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Say what is missing before anything can be registered."""
        mends = "hosting" if self._missing == "no_domain" else "registration"
        return self.async_show_menu(
            step_id="registration_not_possible",
            menu_options=[mends, "registration_later"],
            description_placeholders={"problem": await async_text(self.hass, "registration", self._missing)},
        )

    async def async_step_registration_later(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Put it off."""
        return await self._async_part_left(REGISTRATION, "registration_later")

    async def _async_prepare(self, limit: float) -> str | None:
        """Put together what it takes to register; return what is missing, None if nothing is."""
        entry = self._get_reconfigure_entry()
        client_id = entry.data[CONF_CLIENT_ID]
        shared = await async_get_shared(self.hass)
        self._tried = await self._async_to_register(shared.key)
        if self._tried is None:
            return "no_domain"
        public, domain = self._tried
        secret = await self._async_secret()
        if secret is None:
            return "no_credentials"
        provider = provider_of(entry.data)
        account = PartnerAccount(
            async_get_clientsession(self.hass),
            provider,
            client_id,
            secret,
            domain=domain,
            budget=shared.ledgers.budget_of(client_id),
            limits=Limits(),
            clock=shared.clock,
            ssl=await async_ssl_context(self.hass, provider),
        )
        self._register = partial(
            register_everywhere,
            account,
            tuple(provider.bases),
            public,
            sleep=shared.sleep,
            tell=self._tell,
            limit=limit,
        )
        return None

    async def _async_to_register(self, keys: KeyStore) -> tuple[bytes, str] | None:
        """Return key and domain that the application is to be registered with, None while one is missing."""
        key = await keys.async_private_key()
        domain = keys.domain_of(self._get_reconfigure_entry().data[CONF_CLIENT_ID])
        return None if key is None or domain is None else (key.public, domain)

    @callback
    def _tell(self, registration: Registration) -> None:
        """Show why it takes longer, while it is tried again."""
        if registration.retry_in is not None:
            self._last = registration
            self.async_notify_flow_changed()

    async def _async_told(self, registration: Registration) -> str:
        text = await async_text(self.hass, "registration", registration.state)
        detail = "" if registration.registered or not registration.detail else f" ({registration.detail})"
        return f"- **{registration.region.upper()}**: {text}{detail}"

    async def _async_not_possible(self, problem: str) -> ConfigFlowResult:
        self._missing = problem
        return await self.async_step_registration_not_possible()

    async def _async_secret(self) -> str | None:
        """Return the application's secret, None where its credentials were removed or exchanged."""
        entry = self._get_reconfigure_entry()
        try:
            found = await async_get_config_entry_implementation(self.hass, entry)
        except ImplementationUnavailableError, UnknownImplementationError:
            return None
        if not isinstance(found, TeslaImplementation) or found.client_id != entry.data[CONF_CLIENT_ID]:
            return None
        secret: str = found.client_secret
        return secret
