"""The part of the tour about where the public key is: under which domain, and whether it really is there."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import TextSelector
import probatio as vol

from .const import CONF_CLIENT_ID, CONF_KEY_DOMAIN
from .hosts import async_cloud_domain, async_public_domain
from .key_flow import KeySteps
from .pairing_flow import async_set_domain
from .repairs_tour import async_tell_hosting
from .storage import NotDurable
from .tesla.fleet_api.hosted_key import HostedKey, Hosting
from .texts import async_text
from .tour import HOSTING, REGISTRATION, TourSteps

# What Tesla would see just as we do; elsewhere it may get through where we do not, as from inside a network.
CERTAIN = frozenset({Hosting.OTHER_KEY, Hosting.PRIVATE_KEY})


class HostingSteps(KeySteps, TourSteps):
    """Has a key, has it hosted, and looks at it through its public name."""

    _hosted: HostedKey | None = None
    _no_key = ""  # why there is nothing to look for

    async def async_step_hosting(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Have a key, and say under which domain it will be looked for."""
        keys = await self._async_keys()
        try:
            key = await keys.async_ensure()
        except NotDurable:
            return await self._async_no_key("key_not_saved")
        if key is None:
            return await self._async_no_key("key_unreadable")
        known = keys.domain_of(self._application)
        if self._touring and known and self._hosted is None:  # of another account with the same application
            return await self.async_step_hosting_check()
        domain, cloud = known or async_public_domain(self.hass), async_cloud_domain(self.hass)
        options = ["hosting_domain", "hosting_file", "key_file", "proxy_set", "hosting_later"]
        if await self._async_has_fleet_key():
            options.insert(-2, "key_take_over")
        if cloud is not None and cloud != domain:
            options.insert(0, "hosting_cloud")
        if domain is not None:
            options.insert(0, "hosting_check")
        return self.async_show_menu(
            step_id="hosting",
            menu_options=options,
            description_placeholders={"domain": domain or "", "cloud": cloud or ""},
        )

    async def async_step_hosting_domain(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for another domain."""
        return await self._async_ask_domain("hosting_domain", user_input, {})

    async def async_step_hosting_file(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the file for a web server of the user's, and ask where that is."""
        key = (await self._async_keys()).key
        assert key is not None  # noqa: S101  # the first page has made it
        return await self._async_ask_domain(
            "hosting_file", user_input, {"public_key": key.public_pem.decode()}
        )

    async def async_step_hosting_cloud(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take the address of Home Assistant Cloud."""
        return await self._async_choose(async_cloud_domain(self.hass) or "")

    async def async_step_hosting_check(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Look at the key under the domain that was chosen, or that Home Assistant says is its own."""
        keys = await self._async_keys()
        domain = keys.domain_of(self._application)
        if domain is None:
            return await self._async_choose(async_public_domain(self.hass) or "")
        return await self._async_wait_for(
            "hosting_check", lambda: keys.async_look(domain), "hosting_checked", {"domain": domain}
        )

    async def async_step_hosting_checked(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on if our key is there, else say what is."""
        self._hosted = self._done()
        if self._hosted is not None and self._hosted.state is Hosting.RIGHT:
            await async_tell_hosting(self.hass, self._entry, None)
            return await self._async_part_done(HOSTING, "hosting_ready")
        return await self.async_step_hosting_failed()

    async def async_step_hosting_failed(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what is wrong, and offer what helps."""
        found = self._hosted
        if found is None:
            return await self._async_no_key("key_unreadable")
        options = ["hosting_check", "hosting_domain", "hosting_file"]
        if found.state is Hosting.OTHER_KEY:
            options.append("key_file")
        if async_cloud_domain(self.hass) is not None:
            options.append("hosting_cloud")
        if found.state not in CERTAIN and self._touring:
            options.append("hosting_anyway")
        return self.async_show_menu(
            step_id="hosting_failed",
            menu_options=[*options, "hosting_later"],
            description_placeholders={
                "problem": await async_text(self.hass, "hosting", found.state),
                "address": found.url,
                "detail": f"({found.detail})" if found.detail else "",
                "cloud": async_cloud_domain(self.hass) or "",
            },
        )

    async def async_step_hosting_no_key(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what is to be mended before anything can be looked at."""
        return self.async_show_menu(
            step_id="hosting_no_key",
            menu_options=["hosting", "key", "proxy_set", "hosting_later"],
            description_placeholders={"problem": await async_text(self.hass, "hosting", self._no_key)},
        )

    async def async_step_hosting_anyway(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let Tesla say whether the key can be fetched from outside: it is the one to decide."""
        return await self._async_part_left(HOSTING, "hosting_later")

    async def async_step_hosting_later(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Put it off, and with it what needs it."""
        if not self._touring:
            return await self._async_part_left(HOSTING, "hosting_later")
        self._set_unfinished(self._unfinished | {HOSTING})
        return await self._async_part_left(REGISTRATION, "hosting_later")

    async def _async_no_key(self, problem: str) -> ConfigFlowResult:
        self._no_key = problem
        return await self.async_step_hosting_no_key()

    async def _async_ask_domain(
        self, step: str, user_input: dict[str, Any] | None, told: Mapping[str, str]
    ) -> ConfigFlowResult:
        keys = await self._async_keys()
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = await async_set_domain(self.hass, keys, self._entry, user_input[CONF_KEY_DOMAIN])
            if not errors:
                return await self.async_step_hosting_check()
        known = keys.domain_of(self._application) or async_public_domain(self.hass)
        schema = vol.Schema({vol.Required(CONF_KEY_DOMAIN): TextSelector()})
        return self.async_show_form(
            step_id=step,
            data_schema=self.add_suggested_values_to_schema(schema, user_input or {CONF_KEY_DOMAIN: known}),
            errors=errors,
            description_placeholders=told,
        )

    async def _async_choose(self, domain: str) -> ConfigFlowResult:
        """Keep a domain that Home Assistant knows, and look at the key there."""
        errors = await async_set_domain(self.hass, await self._async_keys(), self._entry, domain)
        if errors:
            # It was there a page ago; either it is not any more, or the disk takes nothing.
            return await self._async_no_key(errors.get("base", "domain_gone"))
        return await self.async_step_hosting_check()

    @property
    def _application(self) -> str:
        client_id: str = self._entry.data[CONF_CLIENT_ID]
        return client_id

    @override
    async def _async_key_done(self) -> ConfigFlowResult:
        """Come back from the pages about the key, where they were opened on the way."""
        if self._touring or self._hosted is not None:
            self._hosted = None
            return await self.async_step_hosting()
        return await super()._async_key_done()
