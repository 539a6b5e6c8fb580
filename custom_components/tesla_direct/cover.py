"""What opens and closes: windows, charge port, trunks, roofs."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, override

from homeassistant.components.cover import (
    CoverDeviceClass,
    CoverEntity,
    CoverEntityDescription,
    CoverEntityFeature,
)
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .coordinator import VehicleCoordinator
from .entity import CommandEntity, Row
from .platform import async_add_rows
from .runtime import TeslaDirectConfigEntry
from .tesla.command.catalogue import charge as ask_charger
from .tesla.command.catalogue import closures as ask
from .tesla.command.command import CHARGING, COMMANDS, Command
from .tesla.vehicle import conclusions
from .tesla.vehicle.model import CYBERTRUCK, SUNROOF, TRUNKS, read_vin
from .tesla.vehicle.signal import Signal
from .tesla.vehicle.signals import charge, closures, config, place
from .tesla.vehicle.state import VehicleState
from .user_errors import refused

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class CoverRow(Row, CoverEntityDescription):
    """Something that opens.

    open, close, stop: what is asked of the car; None where there is nothing to ask
    closed:   whether it is closed, if not just because the first fact is not so
    closes:   the option without which a car cannot close it
    position: how far it is open, percent
    """

    open: Callable[[], Command]
    close: Callable[[], Command] | None = None
    stop: Callable[[], Command] | None = None
    closed: Callable[[VehicleState], bool | None] | None = None
    closes: Signal[bool] | None = None
    position: Signal[float] | None = None


VEHICLE: tuple[CoverRow, ...] = (
    CoverRow(
        key="windows",
        reads=closures.WINDOWS,
        scopes=(COMMANDS,),
        closed=conclusions.windows_closed,
        open=partial(ask.window_control, "vent"),
        close=partial(ask.window_control, "close"),
        device_class=CoverDeviceClass.WINDOW,
    ),
    CoverRow(
        key="charge_port",
        reads=(charge.PORT_DOOR_OPEN, config.MOTORIZED_CHARGE_PORT),
        scopes=(CHARGING, COMMANDS),
        open=ask_charger.charge_port_door_open,
        close=ask_charger.charge_port_door_close,
        closes=config.MOTORIZED_CHARGE_PORT,
        device_class=CoverDeviceClass.DOOR,
    ),
    CoverRow(
        key="frunk",
        reads=(closures.TRUNK_FRONT,),
        scopes=(COMMANDS,),
        exists=TRUNKS,
        dangerous="front_trunk",
        open=partial(ask.actuate_trunk, "front"),
        device_class=CoverDeviceClass.DOOR,
    ),
    CoverRow(
        key="trunk",
        reads=(closures.TRUNK_REAR, config.POWERED_LIFTGATE),
        scopes=(COMMANDS,),
        exists=TRUNKS,
        open=partial(ask.actuate_trunk, "rear"),
        close=partial(ask.actuate_trunk, "rear"),
        closes=config.POWERED_LIFTGATE,
        device_class=CoverDeviceClass.DOOR,
    ),
    CoverRow(
        key="sunroof",
        reads=(closures.SUNROOF_STATE, closures.SUNROOF_PERCENT_OPEN),
        scopes=(COMMANDS,),
        exists=SUNROOF,
        closed=conclusions.sunroof_closed,
        position=closures.SUNROOF_PERCENT_OPEN,
        open=partial(ask.sun_roof_control, "vent"),
        close=partial(ask.sun_roof_control, "close"),
        stop=partial(ask.sun_roof_control, "stop"),
        device_class=CoverDeviceClass.WINDOW,
    ),
    CoverRow(
        key="tonneau",
        reads=(closures.TONNEAU_POSITION, closures.TONNEAU_OPEN_PERCENT),
        scopes=(COMMANDS,),
        exists=CYBERTRUCK,
        closed=conclusions.tonneau_closed,
        position=closures.TONNEAU_OPEN_PERCENT,
        open=ask.open_tonneau,
        close=ask.close_tonneau,
        stop=ask.stop_tonneau,
        device_class=CoverDeviceClass.SHUTTER,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add what each car can open."""
    async_add_rows(entry, Platform.COVER, VEHICLE, make, add=async_add_entities)


def make(coordinator: VehicleCoordinator, row: CoverRow) -> VehicleCover:
    """Return the entity of a row."""
    return {"windows": Windows, "trunk": Trunk}.get(row.key, VehicleCover)(coordinator, row)


class VehicleCover(CommandEntity, CoverEntity):
    """One row of the table, for one car."""

    entity_description: CoverRow

    @property
    @override
    def supported_features(self) -> CoverEntityFeature:
        row = self.entity_description
        features = CoverEntityFeature.OPEN
        if row.close is not None and (row.closes is None or self.coordinator.data.get(row.closes)):
            features |= CoverEntityFeature.CLOSE
        if row.stop is not None:
            features |= CoverEntityFeature.STOP
        return features

    @property
    @override
    def is_closed(self) -> bool | None:
        row, state = self.entity_description, self.coordinator.data
        if row.closed is not None:
            return row.closed(state)
        is_open: bool | None = state.get(row.reads[0])
        return None if is_open is None else not is_open

    @property
    @override
    def current_cover_position(self) -> int | None:
        position = self.entity_description.position
        percent = None if position is None else self.coordinator.data.get(position)
        return None if percent is None else round(percent)

    @override
    async def async_open_cover(self, **kwargs: Any) -> None:
        await self.async_command(self.entity_description.open())

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        if (close := self.entity_description.close) is not None:
            await self.async_command(close())

    @override
    async def async_stop_cover(self, **kwargs: Any) -> None:
        if (stop := self.entity_description.stop) is not None:
            await self.async_command(stop())


class Windows(VehicleCover):
    """All windows at once; they open by a gap."""

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        # Old cars close them only for somebody who is near, and so want to be told where they are.
        if (where := self.coordinator.data.get(place.LOCATION)) is not None:
            await self.async_command(ask.window_control("close", where.latitude, where.longitude))
        elif read_vin(self.coordinator.vin).pre_2021:
            raise refused("place_unknown")
        else:
            await super().async_close_cover(**kwargs)


class Trunk(VehicleCover):
    """The rear trunk: one command opens and closes it, so it goes only where it does what is wished."""

    @override
    async def async_open_cover(self, **kwargs: Any) -> None:
        await self.async_command(ask.actuate_trunk("rear", opens=True))

    @override
    async def async_close_cover(self, **kwargs: Any) -> None:
        await self.async_command(ask.actuate_trunk("rear", opens=False))
