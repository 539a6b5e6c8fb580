"""Driving and the route."""

from datetime import timedelta
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    DEGREE,
    PERCENTAGE,
    EntityCategory,
    UnitOfLength,
    UnitOfPower,
    UnitOfSpeed,
    UnitOfTime,
)

from ..tesla.vehicle import conclusions
from ..tesla.vehicle.model import ELEVATION, HARDWARE_4, ROUTE_CLOCK
from ..tesla.vehicle.signal import LOCATION_SCOPE, AnySignal
from ..tesla.vehicle.signals import drive, place, route, security
from ..tesla.vehicle.state import VehicleState
from . import moment
from .row import MomentRow, SensorRow, options_of

METRES_PER_SECOND_SQUARED = "m/s²"


def _battery_at_arrival(state: VehicleState) -> float | None:
    """Show what the car expects; it says -1 while nobody navigates."""
    percent = state.get(route.ENERGY_AT_ARRIVAL)
    return None if percent is None or percent < 0 else percent


def _share(state: VehicleState) -> dict[str, Any]:
    """Show how much of the distance the car drove itself, in percent."""
    distance, itself = state.get(drive.MILES_SINCE_RESET), state.get(drive.SELF_DRIVING_MILES_SINCE_RESET)
    return {"share": round(100 * itself / distance, 1) if distance and itself is not None else None}


def _acceleration(key: str, signal: AnySignal) -> SensorRow:
    return SensorRow(
        key=key,
        reads=(signal,),
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=METRES_PER_SECOND_SQUARED,
        suggested_display_precision=2,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )


DRIVE: tuple[SensorRow | MomentRow, ...] = (
    SensorRow(
        key="speed",
        reads=(drive.SPEED, drive.GEAR),
        value=conclusions.speed,
        device_class=SensorDeviceClass.SPEED,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfSpeed.MILES_PER_HOUR,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="power",
        reads=(drive.POWER,),
        device_class=SensorDeviceClass.POWER,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPower.KILO_WATT,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    # The speed, which decides what a missing gear means, is not among what it reads: every car would have
    # to stream it.
    SensorRow(
        key="shift_state",
        reads=(drive.GEAR,),
        value=conclusions.gear,
        device_class=SensorDeviceClass.ENUM,
        options=options_of(drive.GEAR),
    ),
    SensorRow(
        key="odometer",
        reads=(drive.ODOMETER,),
        device_class=SensorDeviceClass.DISTANCE,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfLength.MILES,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    SensorRow(
        key="heading",
        reads=(place.HEADING,),
        scope=LOCATION_SCOPE,
        state_class=SensorStateClass.MEASUREMENT_ANGLE,
        native_unit_of_measurement=DEGREE,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="elevation",
        reads=(drive.ELEVATION,),
        exists=ELEVATION,
        device_class=SensorDeviceClass.DISTANCE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfLength.METERS,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="cruise_set_speed",
        reads=(drive.CRUISE_SET_SPEED,),
        device_class=SensorDeviceClass.SPEED,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfSpeed.MILES_PER_HOUR,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="cruise_follow_distance",
        reads=(drive.CRUISE_FOLLOW_DISTANCE,),
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="speed_limit_mode_limit",
        reads=(security.SPEED_LIMIT,),
        device_class=SensorDeviceClass.SPEED,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfSpeed.MILES_PER_HOUR,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    _acceleration("lateral_acceleration", drive.LATERAL_ACCELERATION),
    _acceleration("longitudinal_acceleration", drive.LONGITUDINAL_ACCELERATION),
    SensorRow(
        key="pedal_position",
        reads=(drive.PEDAL_POSITION,),
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="brake_pedal_pressure",
        reads=(drive.BRAKE_PRESSURE,),
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="miles_since_reset",
        reads=(drive.MILES_SINCE_RESET,),
        exists=HARDWARE_4,
        device_class=SensorDeviceClass.DISTANCE,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfLength.MILES,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="self_driving_miles_since_reset",
        reads=(drive.SELF_DRIVING_MILES_SINCE_RESET, drive.MILES_SINCE_RESET),
        exists=HARDWARE_4,
        attributes=_share,
        device_class=SensorDeviceClass.DISTANCE,
        state_class=SensorStateClass.TOTAL_INCREASING,
        native_unit_of_measurement=UnitOfLength.MILES,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="gps_accuracy",
        reads=(place.GPS_ACCURACY,),
        device_class=SensorDeviceClass.DISTANCE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfLength.METERS,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="grade",
        reads=(drive.GRADE,),
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="route_destination",
        reads=(route.DESTINATION,),
        scope=LOCATION_SCOPE,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="route_distance",
        reads=(route.DISTANCE,),
        device_class=SensorDeviceClass.DISTANCE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfLength.MILES,
        suggested_display_precision=1,
    ),
    MomentRow(
        key="route_arrival",
        reads=(route.MINUTES_TO_ARRIVAL,),
        moment=moment.route_arrival,
        steady=timedelta(minutes=1),
    ),
    SensorRow(
        key="route_traffic_delay",
        reads=(route.TRAFFIC_DELAY,),
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        suggested_display_precision=0,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="route_energy_at_arrival",
        reads=(route.ENERGY_AT_ARRIVAL,),
        value=_battery_at_arrival,
        device_class=SensorDeviceClass.BATTERY,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        entity_registry_enabled_default=False,
    ),
    MomentRow(
        key="route_updated",
        reads=(route.UPDATED,),
        exists=ROUTE_CLOCK,
        moment=moment.route_updated,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="speed_to_destination",
        reads=(route.SPEED_TO_DESTINATION,),
        device_class=SensorDeviceClass.SPEED,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfSpeed.MILES_PER_HOUR,
        suggested_display_precision=0,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
)
