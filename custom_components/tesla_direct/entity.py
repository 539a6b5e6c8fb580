"""What every entity of a car shares."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, override

from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import DOMAIN
from .coordinator import VehicleCoordinator
from .tesla.vehicle.model import ANY_CAR, Capability
from .tesla.vehicle.signal import AnySignal

ATTR_MEASURED_AT = "measured_at"
ATTR_SOURCE = "source"


@dataclass(frozen=True, kw_only=True)
class Row(EntityDescription):
    """What a table says of an entity: which facts it shows, and which cars have it.

    reads:  the facts that redraw it, and that sources have to deliver for it; the first one dates the
            entity, and is shown unless the row computes something
    scope:  what the user has to have granted beyond vehicle_device_data
    exists: whether this car has it; None while nobody knows, and then it does not appear, nor leave
    """

    reads: tuple[AnySignal, ...]
    scope: str | None = None
    exists: Capability = ANY_CAR


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
        super().__init__(coordinator, frozenset(row.reads))
        self.entity_description = row
        self._dated_by = row.reads[0]
        self._attr_translation_key = row.key
        self._attr_unique_id = unique_id(coordinator.vin, row)
        self._attr_device_info = DeviceInfo(identifiers={(DOMAIN, coordinator.vin)})

    @property
    @override
    def available(self) -> bool:
        return self.coordinator.available

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        report = self.coordinator.data.report(self._dated_by)
        if report is None:
            return None
        return {ATTR_MEASURED_AT: datetime.fromtimestamp(report.at, UTC), ATTR_SOURCE: report.source}
