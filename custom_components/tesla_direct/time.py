"""Times of day, by the car's clock: when it has to be ready, begins to charge, and until when power is cheap.

To set a departure or a time to charge from switches it on: the car keeps no time of what is off.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from typing import override

from homeassistant.components.time import TimeEntity, TimeEntityDescription
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import Row
from .platform import async_add_rows
from .runtime import TeslaDirectConfigEntry
from .tesla.command import scheduled
from .tesla.command.command import CHARGING, COMMANDS, Command
from .tesla.vehicle.schedule import DAY_MINUTES
from .tesla.vehicle.signals import schedules
from .tesla.vehicle.state import VehicleState
from .user_errors import refused
from .wish import Wish, WishEntity
from .zone import zone_of

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class TimeRow(Row, TimeEntityDescription):
    """A time of day, in minutes after midnight.

    shows: what is known of it
    wish:  what to send for another one
    """

    shows: Callable[[VehicleState], int | None]
    wish: Wish[int]


def _departure(state: VehicleState) -> int | None:
    return scheduled.departure_at(state, zone_of(state))


def _depart_at(state: VehicleState, minutes: int) -> tuple[Command, ...]:
    return (scheduled.depart(state, zone_of(state), at=minutes),)


def _charging(state: VehicleState) -> int | None:
    return scheduled.charging_at(state, zone_of(state))


def _charge_from(state: VehicleState, minutes: int) -> tuple[Command, ...]:
    return (scheduled.charge_from(minutes),)


def _off_peak_end(state: VehicleState) -> int | None:
    return state.get(schedules.OFF_PEAK_END_MINUTES)


def _end_off_peak(state: VehicleState, minutes: int) -> tuple[Command, ...]:
    return (scheduled.end_off_peak(state, minutes, zone_of(state)),)


VEHICLE: tuple[TimeRow, ...] = (
    TimeRow(
        key="scheduled_departure",
        reads=scheduled.departure_with(schedules.DEPARTURE_MINUTES),
        scopes=(CHARGING, COMMANDS),
        shows=_departure,
        wish=_depart_at,
        entity_registry_enabled_default=False,
    ),
    TimeRow(
        key="scheduled_charging",
        reads=(schedules.CHARGING_START_MINUTES, schedules.CHARGING_START),
        scopes=(CHARGING, COMMANDS),
        shows=_charging,
        wish=_charge_from,
        entity_registry_enabled_default=False,
    ),
    TimeRow(
        key="off_peak_end",
        reads=scheduled.departure_with(schedules.OFF_PEAK_END_MINUTES),
        scopes=(CHARGING, COMMANDS),
        shows=_off_peak_end,
        wish=_end_off_peak,
        entity_registry_enabled_default=False,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the times of each car."""
    async_add_rows(entry, Platform.TIME, VEHICLE, VehicleTime, add=async_add_entities)


class VehicleTime(WishEntity, TimeEntity):
    """One row of the table, for one car."""

    entity_description: TimeRow

    @property
    @override
    def native_value(self) -> time | None:
        minutes = self.entity_description.shows(self.coordinator.data)
        if minutes is None or not 0 <= minutes < DAY_MINUTES:
            return None
        return time(minutes // 60, minutes % 60)

    @override
    async def async_set_value(self, value: time) -> None:
        if value.second or value.microsecond:
            raise refused("whole_minutes")
        await self.async_wish(self.entity_description.wish, value.hour * 60 + value.minute)
