"""Charging: the session, the charger, the cable, what is planned, what is given away."""

from datetime import time, timedelta

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    PERCENTAGE,
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfEnergy,
    UnitOfLength,
    UnitOfPower,
    UnitOfSpeed,
    UnitOfTime,
)

from ..tesla.command.command import CHARGING, COMMANDS
from ..tesla.vehicle import conclusions
from ..tesla.vehicle.model import POWERSHARE
from ..tesla.vehicle.signals import battery, charge, journal, powershare, schedules
from ..tesla.vehicle.state import VehicleState
from . import moment
from .row import MomentRow, SensorRow, choice_row, options_of

_next_charge, _next_charge_details = moment.next_of(schedules.CHARGE_SCHEDULES)
_next_precondition, _next_precondition_details = moment.next_of(schedules.PRECONDITION_SCHEDULES)


def _off_peak_end(state: VehicleState) -> str | None:
    """Show minutes after midnight as a time of day."""
    minutes = state.get(schedules.OFF_PEAK_END_MINUTES)
    if minutes is None or not 0 <= minutes < 24 * 60:
        return None
    return f"{time(minutes // 60, minutes % 60):%H:%M}"


CHARGE: tuple[SensorRow | MomentRow, ...] = (
    SensorRow(
        key="charging_state",
        reads=(charge.STATE,),
        device_class=SensorDeviceClass.ENUM,
        options=options_of(charge.STATE),
    ),
    SensorRow(
        key="charge_energy_added",
        reads=(charge.ENERGY_ADDED, journal.CHARGE_SESSION_START),
        since=journal.CHARGE_SESSION_START,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
    ),
    SensorRow(
        key="charge_energy_from_charger",
        reads=(charge.ENERGY_FROM_CHARGER, charge.FAST_CHARGER_PRESENT, journal.CHARGE_SESSION_START),
        value=conclusions.energy_from_charger,
        since=journal.CHARGE_SESSION_START,
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
    ),
    SensorRow(
        key="charge_range_added",
        reads=(charge.RANGE_ADDED, journal.CHARGE_SESSION_START),
        since=journal.CHARGE_SESSION_START,
        device_class=SensorDeviceClass.DISTANCE,
        state_class=SensorStateClass.TOTAL,
        native_unit_of_measurement=UnitOfLength.MILES,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="energy_into_battery",
        reads=(
            journal.ENERGY_INTO_BATTERY,
            charge.ENERGY_ADDED,
            battery.LIFETIME_CHARGED,
            charge.FAST_CHARGER_PRESENT,
            charge.STATE,
        ),
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
    ),
    SensorRow(
        key="energy_from_wall",
        reads=(
            journal.ENERGY_FROM_WALL,
            charge.ENERGY_FROM_CHARGER,
            charge.FAST_CHARGER_PRESENT,
            charge.STATE,
        ),
        device_class=SensorDeviceClass.ENERGY,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfEnergy.KILO_WATT_HOUR,
        suggested_display_precision=2,
    ),
    SensorRow(
        key="charger_power",
        reads=(
            charge.POWER,
            charge.AC_POWER,
            charge.DC_POWER,
            charge.FAST_CHARGER_PRESENT,
            charge.STATE,
        ),
        value=conclusions.charger_power,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=1,
    ),
    SensorRow(
        key="ac_charging_power",
        reads=(charge.AC_POWER,),
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="dc_charging_power",
        reads=(charge.DC_POWER,),
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="charger_voltage",
        reads=(charge.VOLTAGE,),
        device_class=SensorDeviceClass.VOLTAGE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricPotential.VOLT,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    SensorRow(
        key="charger_current",
        reads=(charge.CURRENT,),
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    SensorRow(
        key="charger_pilot_current",
        reads=(charge.PILOT_CURRENT,),
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    # Takes the place of the number for users who may not set it.
    SensorRow(
        key="charge_current_request",
        reads=(charge.CURRENT_REQUEST,),
        twin_of=(CHARGING, COMMANDS),
        device_class=SensorDeviceClass.CURRENT,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfElectricCurrent.AMPERE,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    SensorRow(
        key="charger_phases",
        reads=(charge.PHASES,),
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="charge_rate",
        reads=(charge.RATE,),
        device_class=SensorDeviceClass.SPEED,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfSpeed.MILES_PER_HOUR,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    MomentRow(
        key="time_to_full_charge",
        reads=(charge.MINUTES_TO_FULL, charge.STATE),
        moment=moment.charge_complete,
        steady=timedelta(minutes=2),
    ),
    MomentRow(
        key="charge_termination_estimate",
        reads=(charge.HOURS_TO_TERMINATION, charge.STATE),
        moment=moment.charge_termination,
        steady=timedelta(minutes=2),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="charge_limit",
        reads=(charge.LIMIT,),
        device_class=SensorDeviceClass.BATTERY,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        entity_registry_enabled_default=False,
    ),
    choice_row("charge_cable_type", charge.CABLE_TYPE),
    choice_row("fast_charger_type", charge.FAST_CHARGER_TYPE),
    SensorRow(
        key="fast_charger_brand",
        reads=(charge.FAST_CHARGER_BRAND,),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    choice_row("charge_port_latch", charge.PORT_LATCH),
    choice_row("charge_port_light", charge.PORT_LIGHT),
    choice_row("scheduled_charging_mode", schedules.CHARGING_MODE),
    MomentRow(
        key="scheduled_charging_start",
        reads=(schedules.CHARGING_START,),
        moment=moment.epoch(schedules.CHARGING_START),
        entity_registry_enabled_default=False,
    ),
    MomentRow(
        key="scheduled_departure",
        reads=(schedules.DEPARTURE, schedules.CHARGING_MODE),
        moment=moment.scheduled_departure,
        passes=True,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="off_peak_end",
        reads=(schedules.OFF_PEAK_END_MINUTES,),
        value=_off_peak_end,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    MomentRow(
        key="next_charge_schedule",
        reads=(schedules.CHARGE_SCHEDULES,),
        moment=_next_charge,
        details=_next_charge_details,
        passes=True,
        entity_registry_enabled_default=False,
    ),
    MomentRow(
        key="next_precondition_schedule",
        reads=(schedules.PRECONDITION_SCHEDULES,),
        moment=_next_precondition,
        details=_next_precondition_details,
        passes=True,
        entity_registry_enabled_default=False,
    ),
    choice_row("powershare_status", powershare.STATUS, exists=POWERSHARE),
    choice_row("powershare_type", powershare.TYPE, exists=POWERSHARE),
    choice_row("powershare_stop_reason", powershare.STOP_REASON, exists=POWERSHARE),
    SensorRow(
        key="powershare_power",
        reads=(powershare.POWER,),
        exists=POWERSHARE,
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=2,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="powershare_time_left",
        reads=(powershare.HOURS_LEFT,),
        exists=POWERSHARE,
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.HOURS,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
)
