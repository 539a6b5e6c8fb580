"""The drive units: a group for each motor that the car has."""

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import (
    REVOLUTIONS_PER_MINUTE,
    EntityCategory,
    UnitOfElectricCurrent,
    UnitOfElectricPotential,
    UnitOfTemperature,
)

from ..tesla.vehicle.model import MOTORS
from ..tesla.vehicle.signal import AnySignal
from ..tesla.vehicle.signals import powertrain
from .row import SensorRow, choice_row

NEWTON_METRES = "Nm"

# What is measured at each motor: key, facts, class, unit.
_MEASURED: tuple[tuple[str, tuple[AnySignal, ...], SensorDeviceClass | None, str], ...] = (
    (
        "di_inverter_temp",
        powertrain.INVERTER_TEMP,
        SensorDeviceClass.TEMPERATURE,
        UnitOfTemperature.CELSIUS,
    ),
    (
        "di_heatsink_temp",
        powertrain.HEATSINK_TEMP,
        SensorDeviceClass.TEMPERATURE,
        UnitOfTemperature.CELSIUS,
    ),
    ("di_stator_temp", powertrain.STATOR_TEMP, SensorDeviceClass.TEMPERATURE, UnitOfTemperature.CELSIUS),
    (
        "di_motor_current",
        powertrain.MOTOR_CURRENT,
        SensorDeviceClass.CURRENT,
        UnitOfElectricCurrent.AMPERE,
    ),
    ("di_torque", powertrain.TORQUE, None, NEWTON_METRES),
    ("di_axle_speed", powertrain.AXLE_SPEED, None, REVOLUTIONS_PER_MINUTE),
    (
        "di_battery_voltage",
        powertrain.BATTERY_VOLTAGE,
        SensorDeviceClass.VOLTAGE,
        UnitOfElectricPotential.VOLT,
    ),
)


def _torque(key: str, signal: AnySignal) -> SensorRow:
    return SensorRow(
        key=key,
        reads=(signal,),
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=NEWTON_METRES,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )


POWERTRAIN: tuple[SensorRow, ...] = (
    *(
        choice_row(f"di_state_{motor.lower()}", powertrain.STATE[place], exists=MOTORS[place])
        for place, motor in enumerate(powertrain.MOTORS)
    ),
    *(
        SensorRow(
            key=f"{key}_{motor.lower()}",
            reads=(signals[place],),
            exists=MOTORS[place],
            device_class=device_class,
            state_class=SensorStateClass.MEASUREMENT,
            native_unit_of_measurement=unit,
            entity_category=EntityCategory.DIAGNOSTIC,
            entity_registry_enabled_default=False,
        )
        for key, signals, device_class, unit in _MEASURED
        for place, motor in enumerate(powertrain.MOTORS)
    ),
    _torque("di_slave_torque_cmd", powertrain.TORQUE_SLAVE),
    _torque("di_torque_motor", powertrain.TORQUE_MOTOR),
)
