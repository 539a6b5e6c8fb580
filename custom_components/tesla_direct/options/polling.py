"""How often a car that does not stream is polled, and what that costs."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import probatio as vol

from ..const import CONF_POLL_INTERVAL
from ..hosts import provider_of
from ..spending import money
from ..tesla.fleet_api.endpoints import Price
from ..tesla.fleet_api.prices import Prices
from ..tesla.source.poll_plan import FALLBACK, FALLBACK_MIN, RARELY, month_cost
from ..texts import async_text
from .steps import OptionsSteps

CONF_CONFIRM = "confirm"
SHORTEST = 10  # seconds; below that Tesla's own limit of 60 requests a minute is near
LONGEST = 86_400
DAILY_USE = 1 / 3  # share of the time a car in daily use is online


class PollingSteps(OptionsSteps):
    """Asks for the poll interval, and for a confirmation of what a short one costs."""

    _interval = 0  # seconds that are to be confirmed

    async def async_step_polling(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how often an online car is to be polled while it does not stream."""
        if user_input is not None:
            self._interval = int(user_input[CONF_POLL_INTERVAL])
            if 0 < self._interval < FALLBACK_MIN:
                return await self.async_step_polling_confirm()
            return self._save(**{CONF_POLL_INTERVAL: self._interval})
        prices = (await self._async_meter()).budget.prices
        current = int(self.config_entry.options.get(CONF_POLL_INTERVAL, FALLBACK))
        asked_every = current or int(RARELY)
        selector = NumberSelector(
            NumberSelectorConfig(
                min=0, max=LONGEST, step=1, unit_of_measurement="s", mode=NumberSelectorMode.BOX
            )
        )
        return self.async_show_form(
            step_id="polling",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_POLL_INTERVAL, default=current): vol.All(
                        selector, vol.Any(0, vol.Range(min=SHORTEST))
                    )
                }
            ),
            description_placeholders={
                "current": str(asked_every),
                **poll_costs(asked_every, prices),
                "at_fallback": _cost(FALLBACK, DAILY_USE, prices),
                "at_minimum": _cost(FALLBACK_MIN, DAILY_USE, prices),
                "minimum": str(int(FALLBACK_MIN)),
                "billed": await self._async_billed(),
            },
        )

    async def async_step_polling_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Name the sum, and take yes for an answer."""
        errors = {}
        if user_input is not None:
            if user_input[CONF_CONFIRM]:
                return self._save(**{CONF_POLL_INTERVAL: self._interval})
            errors["base"] = "not_confirmed"
        prices = (await self._async_meter()).budget.prices
        return self.async_show_form(
            step_id="polling_confirm",
            data_schema=vol.Schema({vol.Required(CONF_CONFIRM, default=False): BooleanSelector()}),
            errors=errors,
            description_placeholders={
                "interval": str(self._interval),
                "billed": await self._async_billed(),
                **poll_costs(self._interval, prices),
            },
        )

    async def _async_billed(self) -> str:
        """Say who bills such sums, and what they leave out."""
        return await async_text(self.hass, "billed", provider_of(self.config_entry.data).unit)


def poll_costs(interval: float, prices: Prices) -> dict[str, str]:
    """Return what an interval costs a month, for a car in daily use and for one that is always online."""
    return {"daily": _cost(interval, DAILY_USE, prices), "always": _cost(interval, 1.0, prices)}


def _cost(interval: float, online: float, prices: Prices) -> str:
    return money(month_cost(interval, online, prices.of(Price.DATA)), prices.currency)
