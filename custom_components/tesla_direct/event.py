"""What happens to a car: its alerts, as they begin and end, and what became of commands."""

from datetime import UTC, datetime
from typing import Any, override

from homeassistant.components.event import EventEntity, EventEntityDescription
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .account_event import BudgetEvent
from .coordinator import VehicleCoordinator
from .hosts import provider_of
from .runtime import TeslaDirectConfigEntry
from .tesla.command.record import CommandRecord, Outcome
from .tesla.vehicle.alert import AlertEvent
from .vehicle import Vehicle

PARALLEL_UPDATES = 0

COMMAND = EventEntityDescription(
    key="command", event_types=[outcome.value for outcome in Outcome if outcome is not Outcome.SENT]
)
ALERT = EventEntityDescription(key="alert", event_types=["started", "ended"])


async def async_setup_entry(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the alerts and the commands of each car, and what happens to the budget."""
    vehicles = entry.runtime_data.vehicles.values()
    async_add_entities(VehicleAlert(vehicle) for vehicle in vehicles)
    if provider_of(entry.data).bases:  # else there is nobody to ask, or to pay
        async_add_entities([BudgetEvent(entry), *(VehicleCommand(vehicle) for vehicle in vehicles)])


class VehicleAlert(CoordinatorEntity[VehicleCoordinator], EventEntity):
    """The alerts of one car."""

    entity_description = ALERT
    _attr_has_entity_name = True
    _attr_translation_key = ALERT.key

    def __init__(self, vehicle: Vehicle) -> None:
        """Listen to the car's alerts."""
        super().__init__(vehicle.coordinator, frozenset())
        self._vehicle = vehicle
        self._attr_unique_id = f"{vehicle.vin}-{ALERT.key}"
        self._attr_device_info = vehicle.coordinator.device_info

    @property
    @override
    def available(self) -> bool:
        return self.coordinator.available

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._vehicle.async_listen_alerts(self._alert))

    @callback
    def _alert(self, event: AlertEvent) -> None:
        alert = event.alert
        attributes: dict[str, Any] = {
            "name": alert.name,
            "audience": list(alert.audiences),
            "started_at": _time(alert.started_at),
            "ended_at": _time(alert.ended_at),
        }
        self._trigger_event(event.kind, attributes)
        self.async_write_ha_state()


class VehicleCommand(CoordinatorEntity[VehicleCoordinator], EventEntity):
    """What became of the commands of one car."""

    entity_description = COMMAND
    _attr_has_entity_name = True
    _attr_translation_key = COMMAND.key

    def __init__(self, vehicle: Vehicle) -> None:
        """Listen to the car's commands."""
        super().__init__(vehicle.coordinator, frozenset())
        self._attr_unique_id = f"{vehicle.vin}-{COMMAND.key}"
        self._attr_device_info = vehicle.coordinator.device_info

    @property
    @override
    def available(self) -> bool:
        return True  # what we refuse ourselves is told, too

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self.coordinator.commands.async_listen(self._ended))

    @callback
    def _ended(self, record: CommandRecord) -> None:
        assert record.outcome is not None  # noqa: S101  # it has ended
        told = record.to_json()
        self._trigger_event(
            record.outcome.value,
            {key: told[key] for key in ("name", "cause", "by", "detail", "answered", "confirmed")},
        )
        self.async_write_ha_state()


def _time(seconds: float | None) -> str | None:
    """Return a time as text; one that no calendar knows is none."""
    if seconds is None:
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC).isoformat()
    except ValueError, OverflowError, OSError:
        return None
