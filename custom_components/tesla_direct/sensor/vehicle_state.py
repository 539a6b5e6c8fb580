"""The car as a whole: its state, software, keys, settings, and how it was built."""

from datetime import UTC, datetime
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import PERCENTAGE, EntityCategory, UnitOfTime

from ..coordinator import ATTR_SOURCES
from ..tesla.vehicle import conclusions
from ..tesla.vehicle.model import CYBERTRUCK
from ..tesla.vehicle.signal import AnySignal
from ..tesla.vehicle.signals import (
    assistance,
    closures,
    config,
    connection,
    journal,
    place,
    security,
    software,
)
from ..tesla.vehicle.state import VehicleState
from . import moment
from .row import MomentRow, SensorRow, choice_row, options_of


def _hours_of_the_clock(state: VehicleState) -> str | None:
    """Show which clock the display has."""
    long = state.get(config.SETTING_24_HOUR_TIME)
    return None if long is None else "24_hour" if long else "12_hour"


def _sources(state: VehicleState) -> dict[str, Any]:
    """Show each source: whether it works or why not, its open connections, its last word and its rate."""
    return {
        ATTR_SOURCES: {
            name: told | {"last_word": _moment(told["last_word"])}
            for name, told in (state.get(journal.SOURCES) or {}).items()
        }
    }


def _moment(seconds: float | None) -> datetime | None:
    return None if seconds is None else datetime.fromtimestamp(seconds, UTC)


def _text(key: str, signal: AnySignal) -> SensorRow:
    return SensorRow(
        key=key,
        reads=(signal,),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )


def _count(key: str, signal: AnySignal) -> SensorRow:
    return SensorRow(
        key=key,
        reads=(signal,),
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )


STATE: tuple[SensorRow | MomentRow, ...] = (
    choice_row("vehicle_state", connection.STATE, enabled=True),
    MomentRow(
        key="data_age",
        reads=(journal.DATA_AGE,),
        moment=moment.epoch(journal.DATA_AGE),
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    # The one place that shows how each source of the car fares.
    SensorRow(
        key="data_source",
        reads=(journal.DATA_SOURCE,),
        watches=(journal.SOURCES,),
        attributes=_sources,
        device_class=SensorDeviceClass.ENUM,
        options=options_of(journal.DATA_SOURCE),
        entity_category=EntityCategory.DIAGNOSTIC,
    ),
    SensorRow(
        key="sentry_state",
        reads=(security.SENTRY,),
        device_class=SensorDeviceClass.ENUM,
        options=options_of(security.SENTRY),
    ),
    _text("software_version", software.VERSION),
    _text("software_update_version", software.UPDATE_VERSION),
    choice_row("software_update_status", software.UPDATE_STATUS),
    SensorRow(
        key="software_update_download",
        reads=(software.UPDATE_DOWNLOAD,),
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="software_update_install",
        reads=(software.UPDATE_INSTALL, software.UPDATE_STATUS, software.UPDATE_IN_PROGRESS),
        value=conclusions.install_progress,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=PERCENTAGE,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    SensorRow(
        key="software_update_duration",
        reads=(software.UPDATE_MINUTES,),
        device_class=SensorDeviceClass.DURATION,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfTime.MINUTES,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    MomentRow(
        key="software_update_scheduled",
        reads=(software.UPDATE_SCHEDULED,),
        moment=moment.epoch(software.UPDATE_SCHEDULED),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    choice_row("center_display", software.CENTER_DISPLAY),
    choice_row("dashcam_state", security.DASHCAM),
    _count("homelink_devices", place.HOMELINK_DEVICES),
    _count("paired_keys", security.PAIRED_KEYS),
    choice_row("guest_mobile_access", security.GUEST_MOBILE_ACCESS),
    choice_row("forward_collision_warning", assistance.FORWARD_COLLISION_WARNING),
    choice_row("lane_departure_avoidance", assistance.LANE_DEPARTURE_AVOIDANCE),
    choice_row("speed_limit_warning", assistance.SPEED_LIMIT_WARNING),
    choice_row("turn_signal", assistance.TURN_SIGNAL),
    choice_row("tonneau_tent_mode", closures.TONNEAU_TENT_MODE, exists=CYBERTRUCK),
    choice_row("setting_distance_unit", config.SETTING_DISTANCE_UNIT),
    choice_row("setting_temperature_unit", config.SETTING_TEMPERATURE_UNIT),
    SensorRow(
        key="setting_24_hour_time",
        reads=(config.SETTING_24_HOUR_TIME,),
        value=_hours_of_the_clock,
        device_class=SensorDeviceClass.ENUM,
        options=["12_hour", "24_hour"],
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    ),
    choice_row("setting_tire_pressure_unit", config.SETTING_TIRE_PRESSURE_UNIT),
    choice_row("setting_charge_unit", config.SETTING_CHARGE_UNIT),
    _text("car_type", config.CAR_TYPE),
    _text("trim", config.TRIM),
    _text("wheel_type", config.WHEEL_TYPE),
    _text("exterior_color", config.EXTERIOR_COLOR),
    _text("roof_color", config.ROOF_COLOR),
    _text("efficiency_package", config.EFFICIENCY_PACKAGE),
    _text("charge_port_type", config.CHARGE_PORT_TYPE),
    _text("driver_assist", config.DRIVER_ASSIST),
)
