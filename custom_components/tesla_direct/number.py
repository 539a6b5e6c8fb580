"""Numbers that users set: charge limit, charge current, speed limit. How far they may go the car says."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import override

from homeassistant.components.number import NumberDeviceClass, NumberEntity, NumberEntityDescription
from homeassistant.const import PERCENTAGE, Platform, UnitOfElectricCurrent, UnitOfSpeed
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import Row
from .platform import async_add_rows
from .runtime import TeslaDirectConfigEntry
from .tesla.command.catalogue import charge as ask
from .tesla.command.catalogue import security as ask_security
from .tesla.command.command import CHARGING, COMMANDS, Command
from .tesla.vehicle.signal import Signal
from .tesla.vehicle.signals import charge, journal, security
from .wish import WishEntity, one

PARALLEL_UPDATES = 0

# Amperes, where nobody has told what the charger allows: what the strongest one in a newer car takes.
MOST_AMPS = 48


@dataclass(frozen=True, kw_only=True)
class NumberRow(Row, NumberEntityDescription):
    """A fact, and the command that sets it.

    minimum, maximum: the facts that say how far it may go; the row's own limits hold while nobody has told
    """

    command: Callable[[float], Command]
    minimum: Signal[float] | None = None
    maximum: Signal[float] | None = None
    native_min_value: float
    native_max_value: float


VEHICLE: tuple[NumberRow, ...] = (
    NumberRow(
        key="charge_limit",
        reads=(charge.LIMIT,),
        watches=(charge.LIMIT_MIN, charge.LIMIT_MAX),
        scopes=(CHARGING, COMMANDS),
        command=ask.set_charge_limit,
        minimum=charge.LIMIT_MIN,
        maximum=charge.LIMIT_MAX,
        native_min_value=50,
        native_max_value=100,
        native_step=1,
        native_unit_of_measurement=PERCENTAGE,
        device_class=NumberDeviceClass.BATTERY,
    ),
    NumberRow(
        key="charge_current",
        reads=(
            charge.CURRENT_REQUEST,
            journal.CHARGE_CURRENT_MAX,
            # What the journal learns the maximum from.
            charge.CURRENT_REQUEST_MAX,
            charge.STATE,
        ),
        scopes=(CHARGING, COMMANDS),
        command=ask.set_charging_amps,
        maximum=journal.CHARGE_CURRENT_MAX,
        native_min_value=0,
        native_max_value=MOST_AMPS,
        native_step=1,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        device_class=NumberDeviceClass.CURRENT,
    ),
    NumberRow(
        key="speed_limit",
        reads=(security.SPEED_LIMIT,),
        watches=(security.SPEED_LIMIT_MIN, security.SPEED_LIMIT_MAX),
        scopes=(COMMANDS,),
        dangerous="pins",
        command=ask_security.speed_limit_set_limit,
        minimum=security.SPEED_LIMIT_MIN,
        maximum=security.SPEED_LIMIT_MAX,
        native_min_value=50,
        native_max_value=120,
        native_step=1,
        native_unit_of_measurement=UnitOfSpeed.MILES_PER_HOUR,
        device_class=NumberDeviceClass.SPEED,
        entity_registry_enabled_default=False,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add what each car lets its users set."""
    async_add_rows(entry, Platform.NUMBER, VEHICLE, VehicleNumber, add=async_add_entities)


class VehicleNumber(WishEntity, NumberEntity):
    """One row of the table, for one car."""

    entity_description: NumberRow

    @property
    @override
    def native_value(self) -> float | None:
        value: float | None = self.coordinator.data.get(self.entity_description.reads[0])
        return value

    @property
    @override
    def native_min_value(self) -> float:
        row = self.entity_description
        return self._told(row.minimum, row.native_min_value)

    @property
    @override
    def native_max_value(self) -> float:
        row = self.entity_description
        return self._told(row.maximum, row.native_max_value)

    @override
    async def async_set_native_value(self, value: float) -> None:
        if self.unit_of_measurement != self.native_unit_of_measurement:
            # In a unit of the user's choice the ends are whole, and so may lie beyond the car's own.
            value = min(max(value, self.native_min_value), self.native_max_value)
        await self.async_wish(one(self.entity_description.command), value)

    def _told(self, limit: Signal[float] | None, otherwise: float) -> float:
        told = None if limit is None else self.coordinator.data.get(limit)
        return otherwise if told is None else told
