"""Doors, windows, tyres, seats, and how the car was built."""

from typing import Any

from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory

from ..tesla.command.command import COMMANDS
from ..tesla.vehicle import conclusions
from ..tesla.vehicle.model import CYBERTRUCK, SUNROOF
from ..tesla.vehicle.signal import AnySignal, Signal
from ..tesla.vehicle.signals import closures, config, seats, security, tires
from ..tesla.vehicle.state import VehicleState
from .row import BinaryRow, flag_row, none_of


def _what_is_open(state: VehicleState) -> dict[str, Any]:
    return {"open": [part.name for part in conclusions.open_parts(state)]}


def _unlocked(state: VehicleState) -> bool | None:
    locked = state.get(security.LOCKED)
    return None if locked is None else not locked


def _door(key: str, signal: AnySignal, *, enabled: bool = True) -> BinaryRow:
    return BinaryRow(
        key=key,
        reads=(signal,),
        device_class=BinarySensorDeviceClass.DOOR,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=enabled,
    )


def _window(key: str, signal: Signal[str]) -> BinaryRow:
    return BinaryRow(
        key=key,
        reads=(signal,),
        on=none_of(signal, "closed"),
        device_class=BinarySensorDeviceClass.WINDOW,
        entity_category=EntityCategory.DIAGNOSTIC,
    )


def _belt(key: str, signal: Signal[str]) -> BinaryRow:
    """Return a belt: unsafe unless it is latched."""
    return BinaryRow(
        key=key,
        reads=(signal,),
        on=none_of(signal, "latched"),
        device_class=BinarySensorDeviceClass.SAFETY,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )


def _pressure_warning(key: str, signal: AnySignal, *, enabled: bool) -> BinaryRow:
    return BinaryRow(
        key=key,
        reads=(signal,),
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=enabled,
    )


BODY: tuple[BinaryRow, ...] = (
    _door("door_driver_front", closures.DOOR_DRIVER_FRONT),
    _door("door_driver_rear", closures.DOOR_DRIVER_REAR),
    _door("door_passenger_front", closures.DOOR_PASSENGER_FRONT),
    _door("door_passenger_rear", closures.DOOR_PASSENGER_REAR),
    _window("window_driver_front", closures.WINDOW_DRIVER_FRONT),
    _window("window_passenger_front", closures.WINDOW_PASSENGER_FRONT),
    _window("window_driver_rear", closures.WINDOW_DRIVER_REAR),
    _window("window_passenger_rear", closures.WINDOW_PASSENGER_REAR),
    _door("trunk_front_open", closures.TRUNK_FRONT, enabled=False),
    _door("trunk_rear_open", closures.TRUNK_REAR, enabled=False),
    BinaryRow(
        key="any_open",
        reads=closures.DOORS_AND_TRUNKS,
        on=conclusions.any_open,
        attributes=_what_is_open,
        device_class=BinarySensorDeviceClass.OPENING,
        entity_registry_enabled_default=False,
    ),
    BinaryRow(
        key="locked",
        reads=(security.LOCKED,),
        twin_of=(COMMANDS,),
        on=_unlocked,
        device_class=BinarySensorDeviceClass.LOCK,
    ),
    BinaryRow(
        key="sunroof",
        reads=(closures.SUNROOF_STATE,),
        twin_of=(COMMANDS,),
        exists=SUNROOF,
        on=none_of(closures.SUNROOF_STATE, "closed"),
        device_class=BinarySensorDeviceClass.WINDOW,
    ),
    BinaryRow(
        key="tonneau",
        reads=(closures.TONNEAU_POSITION,),
        twin_of=(COMMANDS,),
        exists=CYBERTRUCK,
        on=none_of(closures.TONNEAU_POSITION, "closed"),
        device_class=BinarySensorDeviceClass.OPENING,
    ),
    BinaryRow(
        key="user_present",
        reads=(seats.USER_PRESENT, seats.DRIVER_OCCUPIED),
        on=conclusions.user_present,
        device_class=BinarySensorDeviceClass.OCCUPANCY,
    ),
    flag_row("driver_seat_occupied", seats.DRIVER_OCCUPIED, BinarySensorDeviceClass.OCCUPANCY),
    _belt("driver_seat_belt", seats.DRIVER_BELT),
    _belt("passenger_seat_belt", seats.PASSENGER_BELT),
    *(
        _pressure_warning(f"tpms_soft_warning_{wheel}", signal, enabled=True)
        for wheel, signal in zip(tires.WHEELS, tires.SOFT_WARNINGS, strict=True)
    ),
    *(
        _pressure_warning(f"tpms_hard_warning_{wheel}", signal, enabled=False)
        for wheel, signal in zip(tires.WHEELS, tires.HARD_WARNINGS, strict=True)
    ),
    flag_row("europe_vehicle", config.EUROPE_VEHICLE),
    flag_row("right_hand_drive", config.RIGHT_HAND_DRIVE),
    flag_row("offroad_lightbar", config.OFFROAD_LIGHTBAR),
    BinaryRow(
        key="sunroof_installed",
        reads=(config.SUNROOF,),
        on=none_of(config.SUNROOF, "not_installed"),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
)
