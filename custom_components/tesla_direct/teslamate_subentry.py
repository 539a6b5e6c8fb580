"""A TeslaMate as one more source of an entry's cars, whoever answers for them."""

from collections.abc import Mapping
from typing import Any, override

from homeassistant.config_entries import ConfigFlowResult, ConfigSubentryData

from .broker_subentry import AtBrokerSubentryFlow
from .const import CONF_CARS, CONF_VEHICLES
from .teslamate_steps import TeslaMateSteps, teslamates_of


class TeslaMateSubentryFlow(TeslaMateSteps, AtBrokerSubentryFlow):
    """Adds a TeslaMate to an entry, or matches its cars anew; beside an account the cars are that one's."""

    @property
    @override
    def _set_up(self) -> Mapping[str, Any]:
        return {} if self._changed is None else self._changed.data

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Begin."""
        return await self.async_step_teslamate()

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Begin with what is set up; a car may have come to TeslaMate, or got another number there."""
        return await self.async_step_teslamate()

    @override
    async def _async_matched(self, source: ConfigSubentryData) -> ConfigFlowResult:
        if self._alone:
            self._keep_cars(source)
        return self._keep(source)

    def _keep_cars(self, source: ConfigSubentryData) -> None:
        """Have these cars in the entry, and none that nobody tells of any more."""
        entry = self._of_entry
        told, known = self._names_told(source), entry.data[CONF_VEHICLES]
        gone = {*self._set_up.get(CONF_CARS, {}).values()} - told.keys() - self._others_may_tell_of
        stay = {vin: name for vin, name in known.items() if vin not in gone}
        vehicles = {**stay, **{vin: name for vin, name in told.items() if vin not in known}}
        self.hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_VEHICLES: vehicles})

    @property
    def _others_may_tell_of(self) -> set[str]:
        """The cars that other sources may tell of; which a TeslaMate does is known, of others all may be."""
        entry = self._of_entry
        teslamates = teslamates_of(entry)
        if len(teslamates) < len(entry.subentries):
            return set(entry.data[CONF_VEHICLES])
        others = [one for one in teslamates if one is not self._set_up]
        return {vin for one in others for vin in one[CONF_CARS].values()}
