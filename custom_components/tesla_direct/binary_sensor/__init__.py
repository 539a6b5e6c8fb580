"""Binary sensors: one class, and a table for each part of a car."""

from typing import override

from homeassistant.components.binary_sensor import BinarySensorEntity
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from ..entity import VehicleEntity
from ..platform import async_add_rows
from ..runtime import TeslaDirectConfigEntry
from .row import BinaryRow
from .vehicle_body import BODY
from .vehicle_charge import CHARGE
from .vehicle_climate import CLIMATE
from .vehicle_drive import DRIVE
from .vehicle_state import STATE

PARALLEL_UPDATES = 0

VEHICLE: tuple[BinaryRow, ...] = (*STATE, *CHARGE, *CLIMATE, *BODY, *DRIVE)


async def async_setup_entry(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add what each car has."""
    async_add_rows(entry, Platform.BINARY_SENSOR, VEHICLE, VehicleBinarySensor, add=async_add_entities)


class VehicleBinarySensor(VehicleEntity, BinarySensorEntity):
    """One row of a table, for one car."""

    entity_description: BinaryRow

    @property
    @override
    def is_on(self) -> bool | None:
        row, state = self.entity_description, self.coordinator.data
        on: bool | None = state.get(row.reads[0]) if row.on is None else row.on(state)
        return on
