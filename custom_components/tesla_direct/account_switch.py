"""The user's consent to spend more than the budget, until the month ends."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory

from .account_entity import AccountEntity
from .runtime import TeslaDirectConfigEntry

OVER_BUDGET = SwitchEntityDescription(key="over_budget", entity_category=EntityCategory.CONFIG)


class OverBudgetSwitch(AccountEntity, SwitchEntity):
    """Sets the budget aside until the month ends; Tesla's billing limit stays."""

    def __init__(self, entry: TeslaDirectConfigEntry) -> None:
        """Show the consent."""
        super().__init__(entry, OVER_BUDGET)

    @property
    @override
    def is_on(self) -> bool:
        return self.meter.budget.may_spend_over(self.meter.clock())

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self.meter.async_spend_over(allowed=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self.meter.async_spend_over(allowed=False)
