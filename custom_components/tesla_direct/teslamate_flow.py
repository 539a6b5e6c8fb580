"""A TeslaMate in an entry without an account, and as what a tour proposes where one is heard.

It takes no stream away and costs nothing, so nobody who has one should have to look for this.
"""

from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    SOURCE_USER,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryData,
)
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio as vol

from .broker import async_wait
from .const import CONF_VEHICLES, DOMAIN
from .hosts import provider_of
from .no_account_flow import TESLAMATE_TITLE, WithoutAccountSteps
from .tesla.fleet_api.provider import NONE
from .teslamate_steps import TeslaMateSteps, told_cars
from .texts import async_text

# A field: whose cars they are, and what stands for nobody's.
CONF_ENTRY = "entry"
NO_ACCOUNT = "no_account"
LOOK = 3.0  # seconds; a broker hands out what it has kept at once


class TeslaMateEntrySteps(TeslaMateSteps, WithoutAccountSteps):
    """Makes the entry of the cars that a TeslaMate tells of, or adds one to an entry."""

    _listened_for_it = False  # whether this dialogue has listened for one by itself
    _asked_whose = False  # whether the user has said whose cars they are, on the way from the first page
    _whose: ConfigEntry[Any] | None = None  # the account's, if it is one's

    @property
    @override
    def _of_entry(self) -> ConfigEntry[Any] | None:
        return self._whose or super()._of_entry

    @override
    async def async_step_teslamate(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask first whose cars they are, where they may be those of an account."""
        if self.source == SOURCE_USER and self._accounts and not self._asked_whose:
            return await self.async_step_teslamate_whose()
        return await super().async_step_teslamate()

    async def async_step_teslamate_whose(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the accounts, and to do without one."""
        if user_input is not None:
            self._asked_whose = True
            self._whose = self._accounts.get(user_input[CONF_ENTRY])
            return await super().async_step_teslamate()
        options = [
            SelectOptionDict(value=entry_id, label=entry.title) for entry_id, entry in self._accounts.items()
        ]
        label = await async_text(self.hass, "teslamate", NO_ACCOUNT)
        options.append(SelectOptionDict(value=NO_ACCOUNT, label=label))
        whose = SelectSelector(SelectSelectorConfig(options=options, mode=SelectSelectorMode.LIST))
        usual = options[0]["value"]
        return self.async_show_form(
            step_id="teslamate_whose",
            data_schema=vol.Schema({vol.Required(CONF_ENTRY, default=usual): whose}),
        )

    @property
    def _accounts(self) -> dict[str, ConfigEntry[Any]]:
        """The entries of accounts that have cars."""
        return {
            entry.entry_id: entry
            for entry in self.hass.config_entries.async_entries(DOMAIN)
            if entry.data[CONF_VEHICLES] and provider_of(entry.data).name != NONE.name
        }

    @override
    async def _async_matched(self, source: ConfigSubentryData) -> ConfigFlowResult:
        entry, names = self._of_entry, self._names_told(source)
        if entry is None:
            return await self._async_make_without_account(TESLAMATE_TITLE, names, (), source)
        if self.source == SOURCE_RECONFIGURE:
            self._add_source(entry, source)
            return await super().async_step_tour_done()
        known = entry.data[CONF_VEHICLES]
        vehicles = {**known, **{vin: name for vin, name in names.items() if vin not in known}}
        self.hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_VEHICLES: vehicles})
        self._add_source(entry, source)
        return self.async_abort(reason="teslamate_added", description_placeholders={"name": entry.title})

    @override
    async def async_step_tour_done(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Listen for a TeslaMate first, once in each tour."""
        if not self._listened_for_it and await async_wait(self.hass):
            self._listened_for_it = True
            return await self.async_step_teslamate_look()
        return await super().async_step_tour_done()

    async def async_step_teslamate_look(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Listen for a moment."""
        return await self._async_wait_for("teslamate_look", self._async_look_for_it, "teslamate_looked")

    async def _async_look_for_it(self) -> Any:
        return await self._async_listen_for_it(LOOK)

    async def async_step_teslamate_looked(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Propose what was heard; where nothing was, go on as if nobody had asked."""
        self._teslamates = self._new(self._done() or {})
        if not self._teslamates or not self._vehicles or self._serves:
            return await super().async_step_tour_done()
        return await self.async_step_tour_teslamate()

    async def async_step_tour_teslamate(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what adding it brings, and what it does not cost."""
        return self.async_show_menu(
            step_id="tour_teslamate",
            menu_options=["teslamate_found", "tour_without"],
            description_placeholders={"cars": told_cars(self._teslamates)},
        )

    async def async_step_tour_without(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """End the tour without it."""
        return await super().async_step_tour_done()
