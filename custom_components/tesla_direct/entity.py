"""What every entity of a car shares."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .coordinator import ATTR_MEASURED_AT, ATTR_SOURCE, VehicleCoordinator
from .tesla.vehicle.model import ANY_CAR, Capability
from .tesla.vehicle.signal import AnySignal
from .tesla.vehicle.state import VehicleState


@dataclass(frozen=True, kw_only=True)
class Row(EntityDescription):
    """What a table says of an entity: which facts it shows, and which cars have it.

    reads:  the facts that redraw it, and that sources have to deliver for it; the first one dates the
            entity, and is shown unless the row computes something
    scope:  what the user has to have granted beyond vehicle_device_data
    exists: whether this car has it; None while nobody knows, and then it does not appear, nor leave
    attributes: what it says beyond its state, its age and its source
    """

    reads: tuple[AnySignal, ...]
    scope: str | None = None
    exists: Capability = ANY_CAR
    attributes: Callable[[VehicleState], dict[str, Any]] | None = None


def unique_id(vin: str, row: Row) -> str:
    """Return what the registry knows a car's row by, for ever."""
    return f"{vin}-{row.key}"


class VehicleEntity(CoordinatorEntity[VehicleCoordinator]):
    """One row of a table, for one car."""

    entity_description: Row
    _attr_has_entity_name = True
    # They say how old the state is, and a database of states needs no second clock.
    _unrecorded_attributes = frozenset({ATTR_MEASURED_AT, ATTR_SOURCE})

    def __init__(self, coordinator: VehicleCoordinator, row: Row) -> None:
        """Show the row's facts."""
        super().__init__(coordinator, row.reads)
        self.entity_description = row

    # There are hundreds of entities for each car, so what can be derived is not kept by each of them.

    @property
    @override
    def unique_id(self) -> str:
        return unique_id(self.coordinator.vin, self.entity_description)

    @property
    @override
    def device_info(self) -> DeviceInfo:
        return self.coordinator.device_info

    @property
    @override
    def translation_key(self) -> str:
        return self.entity_description.key

    @property
    @override
    def available(self) -> bool:
        return self.coordinator.available

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        row = self.entity_description
        attributes = self.coordinator.dated(row.reads[0])
        if row.attributes is None:
            return attributes
        return (attributes or {}) | row.attributes(self.coordinator.data)
