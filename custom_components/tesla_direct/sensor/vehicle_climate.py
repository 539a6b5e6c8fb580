"""The air in the car."""

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfTemperature

from ..tesla.command.command import COMMANDS
from ..tesla.vehicle.model import (
    ANY_CAR,
    REAR_CENTER_SEAT_HEATER,
    REAR_SEAT_HEATERS,
    SEAT_COOLING,
    STEERING_WHEEL_LEVELS,
    THIRD_ROW,
    Capability,
)
from ..tesla.vehicle.signal import AnySignal
from ..tesla.vehicle.signals import climate, seats
from .row import SensorRow, choice_row


def _temperature(
    key: str, signal: AnySignal, *, category: EntityCategory | None = None, enabled: bool = True
) -> SensorRow:
    return SensorRow(
        key=key,
        reads=(signal,),
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        suggested_display_precision=1,
        entity_category=category,
        entity_registry_enabled_default=enabled,
    )


def _fan(key: str, signal: AnySignal) -> SensorRow:
    """Show a level of 0 to 11 as the car tells it."""
    return SensorRow(
        key=key,
        reads=(signal,),
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )


def _level(key: str, signal: AnySignal, *, exists: Capability = ANY_CAR, enabled: bool = True) -> SensorRow:
    """Return what takes the place of a choice for users who may not choose."""
    return choice_row(key, signal, enabled=enabled, exists=exists, twin_of=(COMMANDS,))


CLIMATE: tuple[SensorRow, ...] = (
    _temperature("inside_temp", climate.INSIDE_TEMP),
    _temperature("outside_temp", climate.OUTSIDE_TEMP),
    _temperature(
        "driver_temp_setting",
        climate.DRIVER_TEMP_SETTING,
        category=EntityCategory.DIAGNOSTIC,
        enabled=False,
    ),
    _temperature(
        "passenger_temp_setting",
        climate.PASSENGER_TEMP_SETTING,
        category=EntityCategory.DIAGNOSTIC,
        enabled=False,
    ),
    _fan("fan_status", climate.FAN_STATUS),
    _fan("fan_speed_request", climate.FAN_SPEED_REQUEST),
    choice_row("hvac_power_state", climate.POWER),
    choice_row("hvac_auto_mode", climate.AUTO_MODE),
    choice_row("defrost_state", climate.DEFROST_MODE),
    choice_row("climate_keeper_state", climate.KEEPER_MODE),
    choice_row("cabin_overheat_protection", climate.OVERHEAT_MODE, enabled=True, twin_of=(COMMANDS,)),
    choice_row("cabin_overheat_limit", climate.OVERHEAT_LIMIT, twin_of=(COMMANDS,)),
    _level("seat_heater_front_left", seats.HEATER_FRONT_LEFT),
    _level("seat_heater_front_right", seats.HEATER_FRONT_RIGHT),
    _level("seat_heater_rear_left", seats.HEATER_REAR_LEFT, exists=REAR_SEAT_HEATERS),
    _level("seat_heater_rear_center", seats.HEATER_REAR_CENTER, exists=REAR_CENTER_SEAT_HEATER),
    _level("seat_heater_rear_right", seats.HEATER_REAR_RIGHT, exists=REAR_SEAT_HEATERS),
    # Polled only, so somebody has to want to pay for them.
    _level("seat_heater_third_row_left", seats.HEATER_THIRD_ROW_LEFT, exists=THIRD_ROW, enabled=False),
    _level("seat_heater_third_row_right", seats.HEATER_THIRD_ROW_RIGHT, exists=THIRD_ROW, enabled=False),
    _level("seat_cooling_front_left", seats.COOLING_FRONT_LEFT, exists=SEAT_COOLING),
    _level("seat_cooling_front_right", seats.COOLING_FRONT_RIGHT, exists=SEAT_COOLING),
    _level("steering_wheel_heater", seats.STEERING_WHEEL_LEVEL, exists=STEERING_WHEEL_LEVELS),
)
