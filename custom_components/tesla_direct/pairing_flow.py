"""What puts a car right that does not know our key: a link, also as a code for the phone, and a look."""

from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry, ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import TextSelector
import probatio as vol

from .const import CONF_CLIENT_ID, CONF_KEY_DOMAIN, CONF_VEHICLES
from .hosts import NoDomain, async_public_domain, read_domain
from .key import KeyStore
from .pairing import async_elsewhere, async_look, code_of, is_ours, keys_held, link_of
from .shared import async_get_shared
from .storage import NotDurable
from .tesla.errors import TeslaError
from .tesla.vehicle.model import read_vin
from .tour import async_register_again

CONF_QR_CODE = "qr_code"


class PairingFlow(RepairsFlow):
    """Leads the owner of one car through pairing, and asks the cloud whether it is done."""

    def __init__(self, entry_id: str, car: int) -> None:
        """Put a car right by its place in an entry, as a VIN is nobody's business."""
        self._entry_id = entry_id
        self._car = car

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin with what is missing."""
        keys = (await async_get_shared(self.hass)).key
        entry = self._loaded_entry()
        if entry is not None and not is_ours(entry.data):
            return await self.async_step_pair_other()
        if keys.key is None:
            return self.async_abort(reason="no_key")
        if entry is not None and keys.domain_of(entry.data[CONF_CLIENT_ID]) is None:
            return await self.async_step_domain()
        return await self.async_step_pair()

    async def async_step_domain(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Ask for the domain of the application."""
        errors: dict[str, str] = {}
        entry = self._loaded_entry()
        if entry is None:
            return self.async_abort(reason="not_loaded")
        if user_input is not None:
            keys = (await async_get_shared(self.hass)).key
            errors = await async_set_domain(self.hass, keys, entry, user_input[CONF_KEY_DOMAIN])
            if not errors:
                return await self.async_step_pair()
        schema = vol.Schema({vol.Required(CONF_KEY_DOMAIN): TextSelector()})
        return self.async_show_form(
            step_id="domain",
            data_schema=self.add_suggested_values_to_schema(
                schema, user_input or {CONF_KEY_DOMAIN: async_public_domain(self.hass)}
            ),
            errors=errors,
        )

    async def async_step_pair(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Show link and code; once the owner has used one, see whether that helped."""
        keys = (await async_get_shared(self.hass)).key
        entry = self._loaded_entry()
        if entry is None or keys.key is None:
            return self.async_abort(reason="not_loaded")
        domain = keys.domain_of(entry.data[CONF_CLIENT_ID]) or ""
        told = {
            "domain": domain,
            "address": keys.hosted.format(domain=domain),
            "fingerprint": keys.key.fingerprint,
        }
        return await self._async_pair("pair", keys, entry, user_input, told)

    async def async_step_pair_other(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Do the same for a key that is not ours, but of whoever signs for us."""
        entry = self._loaded_entry()
        if entry is None:
            return self.async_abort(reason="not_loaded")
        keys, vin = (await async_get_shared(self.hass)).key, list(entry.runtime_data.vehicles)[self._car]
        told = {"elsewhere": await async_elsewhere(self.hass, keys, entry, vin)}
        return await self._async_pair("pair_other", keys, entry, user_input, told)

    async def _async_pair(
        self,
        step: str,
        keys: KeyStore,
        entry: ConfigEntry[Any],
        user_input: dict[str, Any] | None,
        told: dict[str, str],
    ) -> RepairsFlowResult:
        """Show a page, and look for the key once it was submitted; `told` fills the gaps of its text."""
        vin = list(entry.runtime_data.vehicles)[self._car]
        problem, detail = "", ""
        if user_input is not None:
            try:
                problem = await async_look(keys, entry, vin)
            except TeslaError as error:
                problem, detail = "cannot_connect", str(error)
            if not problem:
                return self.async_create_entry(data={})
        link, held = link_of(keys, entry, vin), keys_held(entry, vin)
        return self.async_show_form(
            step_id=step,
            data_schema=vol.Schema({vol.Optional(CONF_QR_CODE): code_of(link)}),
            errors={"base": problem} if problem else {},
            description_placeholders={
                "car": entry.data[CONF_VEHICLES][vin] or read_vin(vin).model or "Tesla",
                "link": link,
                "keys": "?" if held is None else f"{held:.0f}",
                "detail": detail,
                **told,
            },
        )

    def _loaded_entry(self) -> ConfigEntry[Any] | None:
        """Return the entry while it runs, and still has the car."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        if entry is None or entry.state is not ConfigEntryState.LOADED:
            return None
        return entry if self._car < len(entry.runtime_data.vehicles) else None


async def async_set_domain(
    hass: HomeAssistant, keys: KeyStore, entry: ConfigEntry[Any], text: str
) -> dict[str, str]:
    """Keep the domain of an entry's application as the user has entered it; return a form's errors."""
    client_id = entry.data[CONF_CLIENT_ID]
    before = keys.domain_of(client_id)
    try:
        domain = read_domain(text)
    except NoDomain as error:
        return {CONF_KEY_DOMAIN: str(error)}
    try:
        await keys.async_set_domain(client_id, domain)
    except NotDurable:
        return {"base": "key_not_saved"}
    if before not in {None, domain}:
        async_register_again(hass, client_id)
    return {}
