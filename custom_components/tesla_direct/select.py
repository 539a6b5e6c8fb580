"""Choices: how warm or cold seats and steering wheel are, and which of the older schedules holds."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, override

from homeassistant.components.select import SelectEntity, SelectEntityDescription
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import Row
from .platform import async_add_rows
from .runtime import TeslaDirectConfigEntry
from .tesla.command import comfort, scheduled
from .tesla.command.comfort import AUTO, LEVELS, WHEEL_LEVELS
from .tesla.command.command import CHARGING, COMMANDS, Command
from .tesla.vehicle.model import (
    REAR_CENTER_SEAT_HEATER,
    REAR_SEAT_HEATERS,
    SEAT_COOLING,
    STEERING_WHEEL_LEVELS,
    THIRD_ROW,
    Capability,
)
from .tesla.vehicle.signal import Signal
from .tesla.vehicle.signals import schedules, seats
from .tesla.vehicle.state import VehicleState
from .wish import Wish, WishEntity
from .zone import zone_of

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class SelectRow(Row, SelectEntityDescription):
    """A choice.

    wish:      what to send for an option
    by_itself: the fact that the car sees to it, which is an option too
    """

    wish: Wish[str]
    by_itself: Signal[bool] | None = None
    options: list[str]


def _level(signal: Signal[str]) -> Callable[[VehicleState], dict[str, Any]]:
    """Show beside "auto" how far the car goes with it."""
    return lambda state: {"level": state.get(signal)}


def _front_heater(key: str, signal: Signal[str], seat: int, automatic: tuple[int, Signal[bool]]) -> SelectRow:
    return SelectRow(
        key=key,
        reads=(signal, automatic[1]),
        scopes=(COMMANDS,),
        attributes=_level(signal),
        wish=partial(comfort.heat_seat, seat=seat, automatic=automatic),
        by_itself=automatic[1],
        options=[*LEVELS, AUTO],
    )


def _rear_heater(key: str, signal: Signal[str], seat: int, exists: Capability) -> SelectRow:
    return SelectRow(
        key=key,
        reads=(signal,),
        scopes=(COMMANDS,),
        exists=exists,
        wish=partial(comfort.heat_seat, seat=seat),
        options=[*LEVELS],
    )


def _third_row_heater(key: str, signal: Signal[str], seat: int) -> SelectRow:
    """Return a row of what is only polled, and what nobody pays to see."""
    return SelectRow(
        key=key,
        reads=(),
        watches=(signal,),
        scopes=(COMMANDS,),
        exists=THIRD_ROW,
        wish=partial(comfort.heat_seat, seat=seat),
        options=[*LEVELS],
    )


def _cooler(key: str, signal: Signal[str], seat: int) -> SelectRow:
    return SelectRow(
        key=key,
        reads=(signal,),
        scopes=(COMMANDS,),
        exists=SEAT_COOLING,
        wish=partial(comfort.cool_seat, seat=seat),
        options=[*LEVELS],
    )


def _schedule(state: VehicleState, mode: str) -> tuple[Command, ...]:
    return (scheduled.choose(state, mode, zone_of(state)),)


VEHICLE: tuple[SelectRow, ...] = (
    # As the car numbers its seats: 3 and 6 are backs, which have no fact of their own.
    _front_heater("seat_heater_front_left", seats.HEATER_FRONT_LEFT, 0, (1, seats.AUTO_LEFT)),
    _front_heater("seat_heater_front_right", seats.HEATER_FRONT_RIGHT, 1, (2, seats.AUTO_RIGHT)),
    _rear_heater("seat_heater_rear_left", seats.HEATER_REAR_LEFT, 2, REAR_SEAT_HEATERS),
    _rear_heater("seat_heater_rear_center", seats.HEATER_REAR_CENTER, 4, REAR_CENTER_SEAT_HEATER),
    _rear_heater("seat_heater_rear_right", seats.HEATER_REAR_RIGHT, 5, REAR_SEAT_HEATERS),
    _third_row_heater("seat_heater_third_row_left", seats.HEATER_THIRD_ROW_LEFT, 7),
    _third_row_heater("seat_heater_third_row_right", seats.HEATER_THIRD_ROW_RIGHT, 8),
    _cooler("seat_cooling_front_left", seats.COOLING_FRONT_LEFT, 1),
    _cooler("seat_cooling_front_right", seats.COOLING_FRONT_RIGHT, 2),
    SelectRow(
        key="steering_wheel_heater",
        reads=(seats.STEERING_WHEEL_LEVEL, seats.STEERING_WHEEL_AUTO),
        scopes=(COMMANDS,),
        exists=STEERING_WHEEL_LEVELS,
        attributes=_level(seats.STEERING_WHEEL_LEVEL),
        wish=partial(comfort.heat_wheel, by_itself=seats.STEERING_WHEEL_AUTO),
        by_itself=seats.STEERING_WHEEL_AUTO,
        options=[*WHEEL_LEVELS, AUTO],
    ),
    SelectRow(
        key="scheduled_charging_mode",
        reads=scheduled.departure_with(schedules.CHARGING_MODE, schedules.CHARGING_START_MINUTES),
        scopes=(CHARGING, COMMANDS),
        wish=_schedule,
        options=[scheduled.OFF, scheduled.START_AT, scheduled.DEPART_BY],
        entity_registry_enabled_default=False,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the choices of each car."""
    async_add_rows(entry, Platform.SELECT, VEHICLE, VehicleSelect, add=async_add_entities)


class VehicleSelect(WishEntity, SelectEntity):
    """One row of the table, for one car."""

    entity_description: SelectRow

    @property
    @override
    def current_option(self) -> str | None:
        row, state = self.entity_description, self.coordinator.data
        if row.by_itself is not None and state.get(row.by_itself):
            return AUTO
        option: str | None = state.get(row.facts[0])
        return option

    @override
    async def async_select_option(self, option: str) -> None:
        await self.async_wish(self.entity_description.wish, option)
