"""Charging and the battery."""

from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory

from ..tesla.command.command import CHARGING, COMMANDS
from ..tesla.vehicle import conclusions
from ..tesla.vehicle.signals import battery, charge, climate, powertrain, schedules
from .row import BinaryRow, flag_row, one_of

CHARGE: tuple[BinaryRow, ...] = (
    BinaryRow(
        key="charge_cable",
        reads=(charge.STATE, charge.CABLE_TYPE),
        on=conclusions.plugged_in,
        device_class=BinarySensorDeviceClass.PLUG,
    ),
    BinaryRow(
        key="charging",
        reads=(charge.STATE,),
        on=conclusions.charging,
        device_class=BinarySensorDeviceClass.BATTERY_CHARGING,
    ),
    BinaryRow(
        key="charge_port",
        reads=(charge.PORT_DOOR_OPEN,),
        twin_of=(CHARGING, COMMANDS),
        device_class=BinarySensorDeviceClass.DOOR,
    ),
    flag_row("fast_charging", charge.FAST_CHARGER_PRESENT),
    BinaryRow(
        key="three_phase",
        reads=(charge.PHASES,),
        on=conclusions.three_phase,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    flag_row("full_charge_complete", battery.FULL_CHARGE_COMPLETE),
    flag_row("charge_enable_request", charge.ENABLE_REQUEST),
    flag_row("scheduled_charging_pending", schedules.CHARGING_PENDING),
    flag_row("preconditioning_enabled", schedules.PRECONDITIONING_ENABLED),
    flag_row("off_peak_charging_enabled", schedules.OFF_PEAK_ENABLED),
    flag_row("trip_charging", charge.TRIP_CHARGING),
    flag_row("supercharger_trip_planner", charge.SUPERCHARGER_TRIP_PLANNER),
    flag_row("cold_weather_port", charge.PORT_COLD_WEATHER_MODE, BinarySensorDeviceClass.COLD),
    BinaryRow(
        key="battery_heater",
        reads=(battery.HEATER, climate.BATTERY_HEATER),
        on=conclusions.battery_heater,
        device_class=BinarySensorDeviceClass.HEAT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    flag_row("not_enough_power_to_heat", battery.NOT_ENOUGH_POWER_TO_HEAT, BinarySensorDeviceClass.PROBLEM),
    flag_row("dcdc_enabled", powertrain.DCDC_ENABLED, BinarySensorDeviceClass.POWER),
    BinaryRow(
        key="hvil_fault",
        reads=(battery.HVIL,),
        on=one_of(battery.HVIL, "fault"),
        device_class=BinarySensorDeviceClass.PROBLEM,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
)
