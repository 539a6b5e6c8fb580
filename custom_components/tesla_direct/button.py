"""Buttons: what a car does once, each time it is asked."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import override

from homeassistant.components.button import ButtonEntity, ButtonEntityDescription
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import VehicleCoordinator
from .entity import CommandEntity, Row
from .platform import async_add_rows
from .runtime import TeslaDirectConfigEntry
from .tesla.command.catalogue import closures as ask
from .tesla.command.catalogue import media as ask_media
from .tesla.command.catalogue import other as ask_other
from .tesla.command.catalogue import security as ask_security
from .tesla.command.catalogue import software as ask_software
from .tesla.command.command import COMMANDS, Command
from .tesla.vehicle.model import (
    ANY_CAR,
    DASHCAM_SAVE,
    HOMELINK,
    PEDESTRIAN_WARNING_SPEAKER,
    REMOTE_START,
    Capability,
)
from .tesla.vehicle.signal import LOCATION_SCOPE, AnySignal
from .tesla.vehicle.signals import place
from .tesla.vehicle.state import VehicleState
from .user_errors import refused

PARALLEL_UPDATES = 0

# What the car calls its sounds.
FART, PING = 0, 2000


@dataclass(frozen=True, kw_only=True)
class ButtonRow(Row, ButtonEntityDescription):
    """Something to press.

    reads: the facts that a press needs; nothing of them is shown
    press: the command; None where it is none
    """

    reads: tuple[AnySignal, ...] = ()
    press: Callable[[VehicleState], Command] | None


def _just(command: Callable[[], Command]) -> Callable[[VehicleState], Command]:
    """Return what asks for the same, whatever is known of the car."""
    return lambda _state: command()


def _homelink(state: VehicleState) -> Command:
    """Ask for the garage door of where the car is."""
    where = state.get(place.LOCATION)
    if where is None:
        raise refused("place_unknown")
    return ask.trigger_homelink(where.latitude, where.longitude)


def _button(
    key: str,
    command: Callable[[], Command],
    *,
    exists: Capability = ANY_CAR,
    dangerous: str | None = None,
    enabled: bool = True,
) -> ButtonRow:
    return ButtonRow(
        key=key,
        scopes=(COMMANDS,),
        dangerous=dangerous,
        exists=exists,
        press=_just(command),
        entity_registry_enabled_default=enabled,
    )


VEHICLE: tuple[ButtonRow, ...] = (
    ButtonRow(key="wake", scopes=(COMMANDS,), press=None),
    ButtonRow(key="refresh", asks=True, press=None),
    _button("flash_lights", ask.flash_lights),
    _button("honk", ask.honk_horn),
    _button("keyless_driving", ask.remote_start_drive, exists=REMOTE_START, dangerous="remote_start"),
    ButtonRow(
        key="homelink",
        reads=(place.LOCATION,),
        scope=LOCATION_SCOPE,
        scopes=(COMMANDS,),
        exists=HOMELINK,
        press=_homelink,
    ),
    _button("boombox_fart", partial(ask_other.remote_boombox, FART), exists=PEDESTRIAN_WARNING_SPEAKER),
    _button("boombox_ping", partial(ask_other.remote_boombox, PING), exists=PEDESTRIAN_WARNING_SPEAKER),
    _button("dashcam_save", ask_security.dashcam_save_clip, exists=DASHCAM_SAVE),
    _button("cancel_update", ask_software.cancel_software_update),
    _button("volume_up", ask_media.media_volume_up, enabled=False),
    _button("volume_down", ask_media.media_volume_down, enabled=False),
    _button("next_favorite", ask_media.media_next_fav, enabled=False),
    _button("previous_favorite", ask_media.media_prev_fav, enabled=False),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add what each car does once."""
    async_add_rows(entry, Platform.BUTTON, VEHICLE, make, add=async_add_entities)


def make(coordinator: VehicleCoordinator, row: ButtonRow) -> VehicleButton:
    """Return the entity of a row."""
    return {"wake": Wake, "refresh": Refresh}.get(row.key, VehicleButton)(coordinator, row)


class VehicleButton(CommandEntity, ButtonEntity):
    """One row of the table, for one car."""

    entity_description: ButtonRow
    _was_available: bool | None = None

    @property
    @override
    def extra_state_attributes(self) -> None:
        return None  # its state is when it was pressed, and of no fact

    @callback
    @override
    def _handle_coordinator_update(self) -> None:
        # What a press needs to know moves all the time; only whether it can be pressed is shown.
        if self.available is not self._was_available:
            self._was_available = self.available
            super()._handle_coordinator_update()

    @override
    async def async_press(self) -> None:
        if (press := self.entity_description.press) is not None:
            await self.async_command(press(self.coordinator.data))


class Wake(VehicleButton):
    """Wakes the car; one that is awake costs nothing."""

    @property
    @override
    def available(self) -> bool:
        return True

    @override
    async def async_press(self) -> None:
        await self.coordinator.commands.async_wake(self._context)


class Refresh(VehicleButton):
    """Fetches what no push delivers, for the price of a data request; a sleeping car is not woken."""

    @property
    @override
    def available(self) -> bool:
        return True

    @override
    async def async_press(self) -> None:
        await self.coordinator.commands.async_refresh(self._context)
