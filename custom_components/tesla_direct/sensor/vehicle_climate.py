"""The air in the car."""

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfTemperature

from ..tesla.command.command import COMMANDS
from ..tesla.vehicle.signal import AnySignal
from ..tesla.vehicle.signals import climate
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
)
