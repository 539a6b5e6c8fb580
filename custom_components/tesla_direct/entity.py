"""What every entity of a car shares."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, override

from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import EntityDescription
from homeassistant.helpers.update_coordinator import CoordinatorEntity

from .const import CONF_DANGEROUS
from .coordinator import ATTR_MEASURED_AT, ATTR_SOURCE, ATTR_SOURCES, VehicleCoordinator
from .tesla.command.command import Command
from .tesla.vehicle.model import ANY_CAR, Capability
from .tesla.vehicle.signal import AnySignal
from .tesla.vehicle.state import VehicleState


@dataclass(frozen=True, kw_only=True)
class Row(EntityDescription):
    """What a table says of an entity: which facts it shows, and which cars have it.

    reads:  the facts that redraw it, and that sources have to deliver for it; the first one dates the
            entity, and is shown unless the row computes something
    watches: facts that redraw it too, but that no source has to deliver, nor anybody to pay, for its sake;
            the first one takes the place of what is read where nothing is
    scope:  what the user has to have granted beyond vehicle_device_data
    scopes: what the user has to have granted to change it, any one of them; none where nothing is changed
    dangerous: only for users who have switched this group on in the options; one of const.DANGEROUS
    twin_of: the `scopes` of a control that shows the same; only for users who have granted none of them
    asks:   it is about what a cloud is asked; only for users who have one
    exists: whether this car has it; None while nobody knows, and then it does not appear, nor leave
    attributes: what it says beyond its state, its age and its source
    """

    reads: tuple[AnySignal, ...]
    watches: tuple[AnySignal, ...] = ()
    scope: str | None = None
    scopes: tuple[str, ...] = ()
    dangerous: str | None = None
    twin_of: tuple[str, ...] = ()
    asks: bool = False
    exists: Capability = ANY_CAR
    attributes: Callable[[VehicleState], dict[str, Any]] | None = None

    @property
    def facts(self) -> tuple[AnySignal, ...]:
        """What is shown; none where something is only asked of the car."""
        return self.reads or self.watches


def unique_id(vin: str, row: Row) -> str:
    """Return what the registry knows a car's row by, for ever."""
    return f"{vin}-{row.key}"


class VehicleEntity(CoordinatorEntity[VehicleCoordinator]):
    """One row of a table, for one car."""

    entity_description: Row
    _attr_has_entity_name = True
    # They say how old the state is, and a database of states needs no second clock.
    _unrecorded_attributes = frozenset({ATTR_MEASURED_AT, ATTR_SOURCE, ATTR_SOURCES})

    def __init__(self, coordinator: VehicleCoordinator, row: Row) -> None:
        """Show the row's facts."""
        super().__init__(coordinator, row.reads)
        self.entity_description = row

    @override
    async def async_added_to_hass(self) -> None:
        await super().async_added_to_hass()
        if watches := self.entity_description.watches:
            self.async_on_remove(self.coordinator.async_watch(self._handle_coordinator_update, watches))

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
        attributes = self.coordinator.dated(row.facts[0]) if row.facts else None
        if row.attributes is None:
            return attributes
        return (attributes or {}) | row.attributes(self.coordinator.data)


class CommandEntity(VehicleEntity):
    """One row of a table that also changes something."""

    async def async_command(self, *commands: Command) -> None:
        """Send commands one after the other, and return once the car has said that they are done.

        Raises: HomeAssistantError, in the user's language
        """
        context = self._context  # the next call brings another one
        for command in commands:
            await self.coordinator.commands.async_send(command, context)

    def granted(self, *scopes: str) -> bool:
        """Return whether the user has granted one of some scopes."""
        all_granted: frozenset[str] = self.coordinator.config_entry.runtime_data.scopes
        return not all_granted.isdisjoint(scopes)

    def allows(self, dangerous: str) -> bool:
        """Return whether the user has switched on a group of dangerous commands."""
        return dangerous in self.coordinator.config_entry.options.get(CONF_DANGEROUS, ())
