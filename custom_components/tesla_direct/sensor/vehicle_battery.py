"""The battery: how full, how far, how much energy, and its parts."""

from collections.abc import Callable
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfLength,
    UnitOfPower,
    UnitOfTemperature,
)

from ..tesla.vehicle.signal import AnySignal, Signal
from ..tesla.vehicle.signals import battery, journal
from ..tesla.vehicle.state import VehicleState
from .row import SensorRow, choice_row


def _numbered(name: str, signal: Signal[int]) -> Callable[[VehicleState], dict[str, Any]]:
    """Show beside an extreme which part of the battery it belongs to."""
    return lambda state: {name: state.get(signal)}


def _range(key: str, signal: AnySignal, *, enabled: bool) -> SensorRow:
    return SensorRow(
        key=key,
        reads=(signal,),
        device_class=SensorDeviceClass.DISTANCE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfLength.MILES,
        suggested_display_precision=0,
        entity_registry_enabled_default=enabled,
    )


def _lifetime(key: str, signal: AnySignal, *, enabled: bool) -> SensorRow:
    return SensorRow(
        key=key,
        reads=(signal,),
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=enabled,
    )


def _brick_voltage(key: str, signal: AnySignal, number: Signal[int]) -> SensorRow:
    return SensorRow(
        key=key,
        reads=(signal, number),
        attributes=_numbered("brick", number),
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        suggested_display_precision=3,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )


def _module_temp(key: str, signal: AnySignal, number: Signal[int]) -> SensorRow:
    return SensorRow(
        key=key,
        reads=(signal, number),
        attributes=_numbered("module", number),
        device_class=SensorDeviceClass.TEMPERATURE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTemperature.CELSIUS,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )


def _imbalance(state: VehicleState) -> float | None:
    """Show volts as millivolts."""
    volts = state.get(journal.BRICK_IMBALANCE)
    return None if volts is None else volts * 1000


BATTERY: tuple[SensorRow, ...] = (
    SensorRow(
        key="battery_level",
        reads=(battery.LEVEL,),
        device_class=SensorDeviceClass.BATTERY,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
    ),
    SensorRow(
        key="usable_battery_level",
        reads=(battery.USABLE_LEVEL,),
        device_class=SensorDeviceClass.BATTERY,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="energy_remaining",
        reads=(battery.ENERGY_REMAINING,),
        device_class=SensorDeviceClass.ENERGY_STORAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    _range("battery_range", battery.RANGE, enabled=True),
    _range("est_battery_range", battery.RANGE_ESTIMATED, enabled=False),
    _range("ideal_battery_range", battery.RANGE_IDEAL, enabled=False),
    SensorRow(
        key="pack_voltage",
        reads=(battery.VOLTAGE,),
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="pack_current",
        reads=(battery.CURRENT,),
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="pack_power",
        reads=(journal.PACK_POWER, battery.VOLTAGE, battery.CURRENT),
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    _brick_voltage("brick_voltage_max", battery.BRICK_VOLTAGE_MAX, battery.BRICK_NUMBER_MAX),
    _brick_voltage("brick_voltage_min", battery.BRICK_VOLTAGE_MIN, battery.BRICK_NUMBER_MIN),
    SensorRow(
        key="brick_imbalance",
        reads=(journal.BRICK_IMBALANCE, battery.BRICK_VOLTAGE_MAX, battery.BRICK_VOLTAGE_MIN),
        value=_imbalance,
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricPotential.MILLIVOLT,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    _module_temp("module_temp_max", battery.MODULE_TEMP_MAX, battery.MODULE_NUMBER_MAX),
    _module_temp("module_temp_min", battery.MODULE_TEMP_MIN, battery.MODULE_NUMBER_MIN),
    choice_row("bms_state", battery.BMS_STATE),
    SensorRow(
        key="isolation_resistance",
        reads=(battery.ISOLATION_RESISTANCE,),
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement="kΩ",
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    _lifetime("lifetime_energy_used", battery.LIFETIME_USED, enabled=False),
    _lifetime("lifetime_energy_regen", battery.LIFETIME_REGENERATED, enabled=False),
    _lifetime("lifetime_energy_charged", battery.LIFETIME_CHARGED, enabled=True),
    SensorRow(
        key="nominal_full_pack_energy",
        reads=(battery.NOMINAL_FULL_PACK_ENERGY,),
        device_class=SensorDeviceClass.ENERGY_STORAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="brick_soc_min",
        reads=(battery.BRICK_CHARGE_MIN,),
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
)
