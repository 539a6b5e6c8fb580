"""What can be changed while all runs: how often a car that does not stream is polled, and its price."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow
from homeassistant.helpers.selector import (
    BooleanSelector,
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
)
import probatio as vol

from .const import CONF_POLL_INTERVAL
from .tesla.fleet_api.endpoints import Price
from .tesla.fleet_api.ledger import DOLLARS
from .tesla.source.poll_plan import FALLBACK, FALLBACK_MIN, RARELY, month_cost

CONF_CONFIRM = "confirm"
SHORTEST = 10  # seconds; below that Tesla's own limit of 60 requests a minute is near
LONGEST = 86_400
DAILY_USE = 1 / 3  # share of the time a car in daily use is online


class TeslaDirectOptionsFlow(OptionsFlow):
    """Asks for the poll interval, and for a confirmation of what a short one costs."""

    def __init__(self) -> None:
        """Start out without a wish."""
        self._interval = 0

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask how often an online car is to be polled while it does not stream."""
        if user_input is not None:
            self._interval = int(user_input[CONF_POLL_INTERVAL])
            if 0 < self._interval < FALLBACK_MIN:
                return await self.async_step_confirm()
            return self._save()
        current = int(self.config_entry.options.get(CONF_POLL_INTERVAL, FALLBACK))
        asked_every = current or int(RARELY)
        selector = NumberSelector(
            NumberSelectorConfig(
                min=0, max=LONGEST, step=1, unit_of_measurement="s", mode=NumberSelectorMode.BOX
            )
        )
        return self.async_show_form(
            step_id="init",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_POLL_INTERVAL, default=current): vol.All(
                        selector, vol.Any(0, vol.Range(min=SHORTEST))
                    )
                }
            ),
            description_placeholders={
                "current": str(asked_every),
                **_costs(asked_every),
                "at_fallback": _dollars(FALLBACK, DAILY_USE),
                "at_minimum": _dollars(FALLBACK_MIN, DAILY_USE),
                "minimum": str(int(FALLBACK_MIN)),
            },
        )

    async def async_step_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Name the sum, and take yes for an answer."""
        errors = {}
        if user_input is not None:
            if user_input[CONF_CONFIRM]:
                return self._save()
            errors["base"] = "not_confirmed"
        return self.async_show_form(
            step_id="confirm",
            data_schema=vol.Schema({vol.Required(CONF_CONFIRM, default=False): BooleanSelector()}),
            errors=errors,
            description_placeholders={"interval": str(self._interval), **_costs(self._interval)},
        )

    def _save(self) -> ConfigFlowResult:
        return self.async_create_entry(data={**self.config_entry.options, CONF_POLL_INTERVAL: self._interval})


def _costs(interval: float) -> dict[str, str]:
    """Return what an interval costs a month, for a car in daily use and for one that is always online."""
    return {"daily": _dollars(interval, DAILY_USE), "always": _dollars(interval, 1.0)}


def _dollars(interval: float, online: float) -> str:
    return f"${month_cost(interval, online, DOLLARS.of(Price.DATA)):.2f}"
