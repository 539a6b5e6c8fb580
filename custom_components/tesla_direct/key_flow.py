"""The pages about the key: what it is, another one, where it is hosted. Part of two dialogues of an entry."""

from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigEntryBaseFlow, ConfigFlowResult
from homeassistant.helpers.selector import BooleanSelector, TextSelector
import probatio as vol

from .const import CONF_CLIENT_ID, CONF_KEY_DOMAIN, DOMAIN
from .key import FLEET_FILE, FROM_FILE, MADE, TAKEN_OVER, KeyStore, read_key
from .pairing_flow import async_set_domain
from .shared import async_get_shared
from .storage import NotDurable
from .tesla.errors import (
    CurveUnsupported,
    FileUnreadable,
    KeyEncrypted,
    KeyNotPrivate,
    SigningKeyError,
    TeslaError,
)
from .tesla.vehicle_command.keys import PrivateKey
from .tour import async_register_again

CONF_FILE = "key_file"
CONF_CONFIRM = "confirm"

ERRORS: dict[type[TeslaError], str] = {
    CurveUnsupported: "key_of_other_curve",
    FileUnreadable: "key_file_unreadable",
    KeyEncrypted: "key_encrypted",
    KeyNotPrivate: "key_not_private",
}


class KeySteps(ConfigEntryBaseFlow):
    """Shows the key, and changes it if the user says so."""

    _offered: tuple[PrivateKey, str] | None = None  # what would take the place of a key that cars may know

    async def async_step_key(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer what can be done about the key."""
        keys = await self._async_keys()
        options = ["key_make", "key_file", "key_domain"]
        if keys.key is not None:
            options.insert(0, "key_show")
        if await self._async_has_fleet_key():
            options.insert(-1, "key_take_over")
        return self.async_show_menu(
            step_id="key",
            menu_options=options,
            description_placeholders={"fingerprint": keys.fingerprint or "-"},
        )

    async def async_step_key_show(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the public half, and where it has to be."""
        keys = await self._async_keys()
        if user_input is not None or keys.key is None:
            return await self._async_key_done()
        domain = keys.domain_of(self._entry.data[CONF_CLIENT_ID])
        return self.async_show_form(
            step_id="key_show",
            data_schema=vol.Schema({}),
            description_placeholders={
                "fingerprint": keys.key.fingerprint,
                "public_key": keys.key.public_pem.decode(),
                "address": keys.hosted.format(domain=domain or "…"),
            },
        )

    async def async_step_key_make(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Make a new key."""
        made = await self.hass.async_add_executor_job(PrivateKey.generate)
        return await self._async_offer(made, MADE)

    async def async_step_key_file(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take the key from a file on this machine; it never passes through a browser."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                key = await self.hass.async_add_executor_job(read_key, user_input[CONF_FILE])
            except (FileUnreadable, SigningKeyError) as error:
                errors[CONF_FILE] = ERRORS.get(type(error), "key_unreadable")
            else:
                return await self._async_offer(key, FROM_FILE)
        return self.async_show_form(
            step_id="key_file",
            data_schema=self.add_suggested_values_to_schema(
                vol.Schema({vol.Required(CONF_FILE): TextSelector()}), user_input
            ),
            errors=errors,
        )

    async def async_step_key_take_over(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take the key of Home Assistant's own integration, once the user knows what sharing it means."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                key = await self.hass.async_add_executor_job(read_key, self._fleet_file)
            except (FileUnreadable, SigningKeyError) as error:
                errors["base"] = ERRORS.get(type(error), "key_unreadable")
            else:
                return await self._async_offer(key, TAKEN_OVER)
        return self.async_show_form(
            step_id="key_take_over",
            data_schema=vol.Schema({}),
            errors=errors,
            description_placeholders={"file": self._fleet_file},
        )

    async def async_step_key_replace(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what is lost with the present key, and take yes for an answer."""
        assert self._offered is not None  # noqa: S101  # the step before has it
        errors: dict[str, str] = {}
        if user_input is not None:
            if user_input[CONF_CONFIRM]:
                return await self._async_take(*self._offered)
            errors["base"] = "not_confirmed"
        keys = await self._async_keys()
        return self.async_show_form(
            step_id="key_replace",
            data_schema=vol.Schema({vol.Required(CONF_CONFIRM, default=False): BooleanSelector()}),
            errors=errors,
            description_placeholders={
                "fingerprint": keys.fingerprint or "-",
                "new_fingerprint": self._offered[0].fingerprint,
            },
        )

    async def async_step_key_domain(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask under which domain the application has its public key hosted."""
        keys = await self._async_keys()
        errors: dict[str, str] = {}
        if user_input is not None:
            errors = await async_set_domain(self.hass, keys, self._entry, user_input[CONF_KEY_DOMAIN])
            if not errors:
                return await self.async_step_key_show()
        known = {CONF_KEY_DOMAIN: keys.domain_of(self._entry.data[CONF_CLIENT_ID])}
        schema = vol.Schema({vol.Required(CONF_KEY_DOMAIN): TextSelector()})
        return self.async_show_form(
            step_id="key_domain",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or known),
            errors=errors,
        )

    async def _async_key_done(self) -> ConfigFlowResult:
        """End what was about the key."""
        return self.async_abort(reason="key_ready")

    async def _async_offer(self, key: PrivateKey, origin: str) -> ConfigFlowResult:
        """Take a key, unless cars may know the present one: then the user is asked."""
        keys = await self._async_keys()
        if keys.key is not None and keys.key.public == key.public and not keys.is_new:
            return await self.async_step_key_show()
        if keys.unreadable or (keys.key is not None and not keys.is_new):
            self._offered = key, origin
            return await self.async_step_key_replace()
        return await self._async_take(key, origin)

    async def _async_take(self, key: PrivateKey, origin: str) -> ConfigFlowResult:
        keys = await self._async_keys()
        known = keys.unreadable or (keys.key is not None and not keys.is_new)
        try:
            await keys.async_replace(key, origin)
        except NotDurable:
            return self.async_abort(reason="key_not_saved")
        if known:  # to Tesla, too
            async_register_again(self.hass)
        for entry in self.hass.config_entries.async_loaded_entries(DOMAIN):
            self.hass.config_entries.async_schedule_reload(entry.entry_id)
        return await self.async_step_key_show()

    async def _async_has_fleet_key(self) -> bool:
        """Return whether Home Assistant's own integration has a key, which cars may know."""
        return await self.hass.async_add_executor_job(Path(self._fleet_file).is_file)

    async def _async_keys(self) -> KeyStore:
        return (await async_get_shared(self.hass)).key

    @property
    def _fleet_file(self) -> str:
        return self.hass.config.path(FLEET_FILE)

    @property
    def _entry(self) -> ConfigEntry[Any]:
        """The entry that the dialogue is about."""
        # Of options it is the handler; other dialogues name it in their context.
        entry_id = self.context.get("entry_id", self.handler)
        return self.hass.config_entries.async_get_known_entry(entry_id)
