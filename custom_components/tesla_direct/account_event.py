"""What happens to an account's budget: it is nearly spent, spent, or there is money again."""

from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.core import callback

from .account_entity import AccountEntity
from .runtime import TeslaDirectConfigEntry
from .tesla.fleet_api.budget import Stage

BUDGET = EventEntityDescription(
    key="budget",
    event_types=[stage.name.lower() for stage in Stage],
    entity_category=EntityCategory.DIAGNOSTIC,
)


class BudgetEvent(AccountEntity, EventEntity):
    """Each new stage of the budget."""

    def __init__(self, entry: TeslaDirectConfigEntry) -> None:
        """Listen to the stages."""
        super().__init__(entry, BUDGET)

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self.meter.async_listen_stage(self._stage_changed))

    @callback
    def _stage_changed(self, stage: Stage) -> None:
        now = self.meter.clock()
        budget = self.meter.budget
        attributes: dict[str, Any] = {}
        if (tightest := budget.tightest(now)) is not None:
            which, whole = tightest
            attributes = {
                "sum": which.value,
                "whole": whole,
                "spent": round(budget.committed(now), 3),
                "currency": budget.prices.currency,
            }
        self._trigger_event(stage.name.lower(), attributes)
        self.async_write_ha_state()
