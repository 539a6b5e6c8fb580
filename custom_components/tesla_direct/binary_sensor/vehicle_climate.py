"""The air in the car, and what is heated."""

from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory

from ..tesla.command.command import COMMANDS
from ..tesla.vehicle import conclusions
from ..tesla.vehicle.model import ANY_CAR, BIOWEAPON_MODE, Capability
from ..tesla.vehicle.signal import AnySignal
from ..tesla.vehicle.signals import climate, seats
from .row import BinaryRow, flag_row, one_of


def _twin(key: str, signal: AnySignal, *, exists: Capability = ANY_CAR, enabled: bool = True) -> BinaryRow:
    """Return what takes the place of a switch for users who may not switch it."""
    return BinaryRow(
        key=key,
        reads=(signal,),
        twin_of=(COMMANDS,),
        exists=exists,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=enabled,
    )


CLIMATE: tuple[BinaryRow, ...] = (
    BinaryRow(
        key="is_preconditioning",
        reads=(climate.POWER,),
        on=one_of(climate.POWER, "precondition"),
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    BinaryRow(
        key="climate_on",
        reads=(climate.POWER,),
        on=conclusions.climate_on,
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_registry_enabled_default=False,
    ),
    flag_row("ac_enabled", climate.AC_ENABLED, BinarySensorDeviceClass.RUNNING),
    BinaryRow(
        key="cop_active",
        reads=(climate.POWER,),
        on=one_of(climate.POWER, "overheat_protect"),
        device_class=BinarySensorDeviceClass.RUNNING,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    flag_row("front_defroster", climate.FRONT_DEFROSTER, BinarySensorDeviceClass.HEAT),
    flag_row("rear_defroster", climate.REAR_DEFROSTER, BinarySensorDeviceClass.HEAT),
    flag_row("side_mirror_heaters", climate.SIDE_MIRROR_HEATERS, BinarySensorDeviceClass.HEAT),
    flag_row("wiper_heater", climate.WIPER_HEATER, BinarySensorDeviceClass.HEAT),
    flag_row("rear_display_hvac", climate.REAR_DISPLAY_HVAC),
    flag_row("seat_vent_enabled", seats.VENTILATION),
    BinaryRow(
        key="steering_wheel_heater_on",
        reads=(seats.STEERING_WHEEL_LEVEL, seats.STEERING_WHEEL_HEATER),
        on=conclusions.steering_wheel_heater,
        device_class=BinarySensorDeviceClass.HEAT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    _twin("auto_seat_climate_left", seats.AUTO_LEFT),
    _twin("auto_seat_climate_right", seats.AUTO_RIGHT),
    _twin("auto_steering_wheel_heat", seats.STEERING_WHEEL_AUTO),
    # Polled only, so somebody has to want to pay for it.
    _twin("bioweapon_mode", climate.BIOWEAPON_MODE, exists=BIOWEAPON_MODE, enabled=False),
)
