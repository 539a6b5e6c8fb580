"""Switches: one class for what a car is asked, and those that ask nothing of it."""

from typing import Any, override

from homeassistant.components.switch import SwitchEntity
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..account_switch import OverBudgetSwitch
from ..coordinator import VehicleCoordinator
from ..hosts import provider_of
from ..platform import async_add_rows
from ..runtime import TeslaDirectConfigEntry
from ..wish import WishEntity
from . import vehicle
from .polling import POLLING, Polling, PollingRow
from .row import SwitchRow

PARALLEL_UPDATES = 0

VEHICLE: tuple[SwitchRow | PollingRow, ...] = (*vehicle.VEHICLE, POLLING)


async def async_setup_entry(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add what can be switched in each car, and the account's consent to go over the budget."""
    if provider_of(entry.data).bases:  # else there is nobody to pay
        async_add_entities([OverBudgetSwitch(entry)])
    async_add_rows(entry, Platform.SWITCH, VEHICLE, make, add=async_add_entities)


def make(coordinator: VehicleCoordinator, row: SwitchRow | PollingRow) -> SwitchEntity:
    """Return the entity of a row."""
    if isinstance(row, SwitchRow):
        return VehicleSwitch(coordinator, row)
    return Polling(coordinator, row)


class VehicleSwitch(WishEntity, SwitchEntity):
    """One row of the table, for one car."""

    entity_description: SwitchRow

    @property
    @override
    def assumed_state(self) -> bool:
        return self.entity_description.assumed

    @property
    @override
    def is_on(self) -> bool | None:
        row, state = self.entity_description, self.coordinator.data
        on: bool | None = state.get(row.facts[0]) if row.on is None else row.on(state)
        return on

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        await self.async_wish(self.entity_description.wish, value=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        await self.async_wish(self.entity_description.wish, value=False)
