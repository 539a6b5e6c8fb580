"""Locks: the doors, the charge cable, and the speed limit that only its PIN takes off."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.lock import LockEntity, LockEntityDescription
from homeassistant.const import ATTR_CODE, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import VehicleCoordinator
from .entity import CommandEntity, Row
from .platform import async_add_rows
from .runtime import TeslaDirectConfigEntry
from .tesla.command.catalogue import charge as ask_charger
from .tesla.command.catalogue import closures as ask
from .tesla.command.catalogue import security as ask_security
from .tesla.command.command import CHARGING, COMMANDS
from .tesla.vehicle import conclusions
from .tesla.vehicle.signals import charge, security
from .user_errors import refused

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class LockRow(Row, LockEntityDescription):
    """A lock.

    entity: what it does; no two are alike
    """

    entity: type[VehicleLock]


class VehicleLock(CommandEntity, LockEntity):
    """A lock whose first fact says whether it is locked."""

    entity_description: LockRow

    @property
    @override
    def is_locked(self) -> bool | None:
        locked: bool | None = self.coordinator.data.get(self.entity_description.reads[0])
        return locked


class Doors(VehicleLock):
    """The doors; whoever can unlock them can empty the car, so the user has to have switched that on."""

    @override
    async def async_lock(self, **kwargs: Any) -> None:
        await self.async_command(ask.door_lock())

    @override
    async def async_unlock(self, **kwargs: Any) -> None:
        if not self.allows("unlock"):
            raise refused("unlock_not_allowed")
        await self.async_command(ask.door_unlock())


class ChargeCable(VehicleLock):
    """The latch that holds the charge cable; it closes by itself when the cable goes in."""

    @property
    @override
    def is_locked(self) -> bool | None:
        latch = self.coordinator.data.get(charge.PORT_LATCH)
        return None if latch is None else latch == "engaged"

    @override
    async def async_lock(self, **kwargs: Any) -> None:
        raise refused("charge_cable_locks_itself")

    @override
    async def async_unlock(self, **kwargs: Any) -> None:
        # A car that charges keeps the cable.
        if conclusions.charging(self.coordinator.data):
            await self.async_command(ask_charger.charge_stop())
        await self.async_command(ask_charger.charge_port_door_open())


class SpeedLimit(VehicleLock):
    """The speed limit mode: who locks it chooses the PIN, or repeats the one that the car has."""

    _attr_code_format = r"^[0-9]{4}(?!\n)$"  # `$` alone lets a last line end pass

    @override
    async def async_lock(self, **kwargs: Any) -> None:
        await self.async_command(ask_security.speed_limit_activate(kwargs[ATTR_CODE]))

    @override
    async def async_unlock(self, **kwargs: Any) -> None:
        await self.async_command(ask_security.speed_limit_deactivate(kwargs[ATTR_CODE]))


VEHICLE: tuple[LockRow, ...] = (
    LockRow(key="doors", reads=(security.LOCKED,), scopes=(COMMANDS,), entity=Doors),
    LockRow(
        key="charge_cable",
        reads=(charge.PORT_LATCH, charge.STATE),
        scopes=(CHARGING, COMMANDS),
        entity=ChargeCable,
    ),
    LockRow(
        key="speed_limit",
        reads=(security.SPEED_LIMIT_MODE,),
        scopes=(COMMANDS,),
        dangerous="pins",
        entity=SpeedLimit,
        entity_registry_enabled_default=False,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the locks of each car."""
    async_add_rows(entry, Platform.LOCK, VEHICLE, make, add=async_add_entities)


def make(coordinator: VehicleCoordinator, row: LockRow) -> VehicleLock:
    """Return the entity of a row."""
    return row.entity(coordinator, row)
