"""A TeslaMate in an entry without an account, and as what a tour proposes where one is heard.

It takes no stream away and costs nothing, so nobody who has one should have to look for this.
"""

from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult, ConfigSubentryData

from .broker import async_wait
from .const import CONF_VEHICLES
from .no_account_flow import TESLAMATE_TITLE, WithoutAccountSteps
from .teslamate_steps import TeslaMateSteps, told_cars

LOOK = 3.0  # seconds; a broker hands out what it has kept at once


class TeslaMateEntrySteps(TeslaMateSteps, WithoutAccountSteps):
    """Makes the entry of the cars that a TeslaMate tells of, or adds one to an entry."""

    _listened_for_it = False  # whether this dialogue has listened for one by itself

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
        if not self._teslamates or not self._vehicles:
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
