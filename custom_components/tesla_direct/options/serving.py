"""Whether TeslaMate is served, where, and with which token."""

from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigFlowResult
from homeassistant.const import CONF_HOST, CONF_PORT
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    TextSelector,
)
import probatio as vol

from ..const import CONF_SERVE, SUBENTRY_TESLAMATE
from ..hosts import provider_of
from ..serving import PORT, async_token, settings_text
from ..storage import NotDurable
from ..tesla.fleet_api import provider as providers
from ..tesla.fleet_telemetry.listening import PortTaken, check_port
from .steps import OptionsSteps

CONF_NEW_TOKEN = "new_token"  # noqa: S105  # a field
LOOPBACK = "127.0.0.1"  # nobody but this machine, until the user says who
LOWEST = 1024  # below it, ports need special rights


class ServingSteps(OptionsSteps):
    """Asks for address and port, and shows what TeslaMate is to be set to."""

    _where: dict[str, Any]
    _token = ""  # as it is on disk

    async def async_step_serving(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether, and where."""
        errors: dict[str, str] = {}
        current = self.config_entry.options.get(CONF_SERVE)
        if user_input is not None:
            if not user_input[CONF_SERVE]:
                kept = {key: one for key, one in self.config_entry.options.items() if key != CONF_SERVE}
                return self.async_create_entry(data=kept)
            self._where = {CONF_HOST: user_input[CONF_HOST].strip(), CONF_PORT: int(user_input[CONF_PORT])}
            errors = await self._async_check()
            if not errors and current is None and SUBENTRY_TESLAMATE in self._sources:
                return await self.async_step_serving_heard()
            if not errors:
                return await self.async_step_serving_settings()
        suggested = {CONF_SERVE: current is not None, CONF_HOST: LOOPBACK, CONF_PORT: PORT, **(current or {})}
        port = NumberSelectorConfig(min=LOWEST, max=65_535, step=1, mode=NumberSelectorMode.BOX)
        schema = vol.Schema(
            {
                vol.Required(CONF_SERVE): BooleanSelector(),
                vol.Required(CONF_HOST): TextSelector(),
                vol.Required(CONF_PORT): NumberSelector(port),
            }
        )
        return self.async_show_form(
            step_id="serving",
            data_schema=self.add_suggested_values_to_schema(schema, user_input or suggested),
            errors=errors,
        )

    async def async_step_serving_heard(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether it is the TeslaMate that is a source here: it would only be told what it has said."""
        return self.async_show_menu(
            step_id="serving_heard", menu_options=["serving_settings", "serving_echo"]
        )

    async def async_step_serving_echo(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """End: it can be a source, or be served."""
        return self.async_abort(reason="serving_echo")

    async def async_step_serving_settings(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what TeslaMate is to be set to; another token on request."""
        errors: dict[str, str] = {}
        if user_input is not None:
            if not user_input[CONF_NEW_TOKEN]:
                return self._save(**{CONF_SERVE: self._where})
            try:
                await self._async_change_token()
            except NotDurable:
                errors["base"] = "serving_not_saved"
        return self.async_show_form(
            step_id="serving_settings",
            data_schema=vol.Schema({vol.Required(CONF_NEW_TOKEN, default=False): BooleanSelector()}),
            description_placeholders={"settings": settings_text(self.hass, self._where, self._token)},
            errors=errors,
        )

    async def _async_check(self) -> dict[str, str]:
        """Return what stands in the way, by the field that it is about."""
        host, port = self._where[CONF_HOST], self._where[CONF_PORT]
        alone = provider_of(self.config_entry.data).name == providers.NONE.name
        if alone and self._sources == {SUBENTRY_TESLAMATE}:
            return {"base": "serving_circle"}
        try:
            ip_address(host)
        except ValueError:
            return {CONF_HOST: "serving_address_invalid"}
        try:
            if (own := self._own()) != self._where:
                # A port that is ours already is free once it is moved; then only the address is in question.
                free = 0 if own is not None and own[CONF_PORT] == port else port
                await self.hass.async_add_executor_job(check_port, free, (host,))
        except PortTaken:
            return {CONF_PORT: "port_taken"}
        except OSError:
            return {CONF_HOST: "serving_address_unusable"}
        try:
            self._token = await async_token(self.hass, self.config_entry)
        except NotDurable:
            return {"base": "serving_not_saved"}
        return {}

    @property
    def _sources(self) -> set[str]:
        """The kinds of further sources that the entry has."""
        return {subentry.subentry_type for subentry in self.config_entry.subentries.values()}

    def _own(self) -> Mapping[str, Any] | None:
        """Return where TeslaMate is served now, None where it is not."""
        entry = self.config_entry
        loaded = entry.state is ConfigEntryState.LOADED and entry.runtime_data.serving.server is not None
        return entry.options.get(CONF_SERVE) if loaded else None

    async def _async_change_token(self) -> None:
        """Make another token, and have the port know it.

        Raises: NotDurable
        """
        entry = self.config_entry
        if entry.state is ConfigEntryState.LOADED:
            self._token = await entry.runtime_data.serving.async_change_token()
        else:
            self._token = await async_token(self.hass, entry, new=True)
