"""Sensors: one class for what is measured, one for moments, and a table for each part of a car."""

from datetime import UTC, datetime
from typing import Any, override

from homeassistant.components.sensor import SensorEntity
from homeassistant.const import Platform
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from homeassistant.helpers.event import async_track_point_in_utc_time
from homeassistant.helpers.typing import StateType
from homeassistant.util import dt as dt_util

from ..coordinator import VehicleCoordinator
from ..entity import VehicleEntity
from ..platform import async_add_rows
from ..runtime import TeslaDirectConfigEntry
from ..tesla.vehicle import model
from .account import AccountSensor, rows_of
from .row import Clock, MomentRow, SensorRow
from .vehicle_battery import BATTERY
from .vehicle_charge import CHARGE
from .vehicle_climate import CLIMATE
from .vehicle_drive import DRIVE
from .vehicle_powertrain import POWERTRAIN
from .vehicle_state import STATE
from .vehicle_tires import TIRES

PARALLEL_UPDATES = 0

VEHICLE: tuple[SensorRow | MomentRow, ...] = (
    *CHARGE,
    *BATTERY,
    *DRIVE,
    *CLIMATE,
    *TIRES,
    *STATE,
    *POWERTRAIN,
)


async def async_setup_entry(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add what each car has, and what the account costs."""
    async_add_entities(AccountSensor(entry, row) for row in rows_of(entry))
    async_add_rows(entry, Platform.SENSOR, VEHICLE, make, add=async_add_entities)


def make(coordinator: VehicleCoordinator, row: SensorRow | MomentRow) -> SensorEntity:
    """Return the entity of a row."""
    if isinstance(row, MomentRow):
        return VehicleMoment(coordinator, row)
    return VehicleSensor(coordinator, row)


class VehicleSensor(VehicleEntity, SensorEntity):
    """One row of a table, for one car."""

    entity_description: SensorRow

    @property
    @override
    def native_value(self) -> StateType:
        row, state = self.entity_description, self.coordinator.data
        value: StateType = state.get(row.reads[0]) if row.value is None else row.value(state)
        return value

    @property
    @override
    def last_reset(self) -> datetime | None:
        if self.entity_description.since is None:
            return None
        since = self.coordinator.data.get(self.entity_description.since)
        return None if since is None else datetime.fromtimestamp(since, UTC)


class VehicleMoment(VehicleEntity, SensorEntity):
    """A moment, reckoned anew when its facts change, or when it has passed."""

    entity_description: MomentRow

    def __init__(self, coordinator: VehicleCoordinator, row: MomentRow) -> None:
        """Show what the row reckons."""
        super().__init__(coordinator, row)
        self._details: dict[str, Any] = {}
        self._shows: tuple[Any, ...] = ()
        self._cancel: CALLBACK_TYPE | None = None

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        self.async_on_remove(self._forget)
        self._reckon()

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        return (super().extra_state_attributes or {}) | self._details

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        self._reckon()
        # Facts move all the time while the moment they lead to stays, and their age is no reason to write.
        shows = (self._attr_native_value, self._details, self.available)
        if shows != self._shows:
            self._shows = shows
            super()._handle_coordinator_update()

    @callback
    def _passed(self, _now: datetime) -> None:
        self._cancel = None
        self._handle_coordinator_update()

    @callback
    def _forget(self) -> None:
        if self._cancel is not None:
            self._cancel()
            self._cancel = None

    def _reckon(self) -> None:
        row, state = self.entity_description, self.coordinator.data
        now = dt_util.utcnow().timestamp()
        clock = Clock(now, model.zone(state, dt_util.get_default_time_zone(), now))
        moment = row.moment(state, clock)
        shown = self._attr_native_value
        if moment is None or not isinstance(shown, datetime) or abs(moment - shown) >= row.steady:
            self._attr_native_value = moment
        if row.details is not None:
            self._details = row.details(state, clock)
        self._forget()
        if row.passes and moment is not None:
            self._cancel = async_track_point_in_utc_time(self.hass, self._passed, moment)
