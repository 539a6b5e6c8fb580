"""Whether we fetch data of a car by ourselves: the one switch that asks nothing of the car."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.switch import SwitchEntity, SwitchEntityDescription
from homeassistant.const import EntityCategory

from ..entity import Row, VehicleEntity
from ..tesla.vehicle.signals import journal


@dataclass(frozen=True, kw_only=True)
class PollingRow(Row, SwitchEntityDescription):
    """The row of the switch, so that it is listed among the others."""


POLLING = PollingRow(
    key="polling",
    reads=(journal.POLLING,),
    asks=True,
    entity_category=EntityCategory.CONFIG,
    entity_registry_enabled_default=False,
)


class Polling(VehicleEntity, SwitchEntity):
    """Pauses fetches that cost money; free looks go on, and so does what users ask for."""

    entity_description: PollingRow

    @property
    @override
    def available(self) -> bool:
        return True

    @property
    @override
    def is_on(self) -> bool:
        return self.coordinator.data.get(journal.POLLING) is not False

    @override
    async def async_turn_on(self, **kwargs: Any) -> None:
        self._switch(on=True)

    @override
    async def async_turn_off(self, **kwargs: Any) -> None:
        self._switch(on=False)

    def _switch(self, *, on: bool) -> None:
        self.coordinator.config_entry.runtime_data.async_set_polling(self.coordinator.vin, on=on)
