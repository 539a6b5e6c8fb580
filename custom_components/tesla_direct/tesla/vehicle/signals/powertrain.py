"""The drive units: what each motor and its inverter say.

Cars have a front and a rear one, or with three motors a left and a right one at the rear.
"""

from ..kind import Kind, choice, flag, number
from ..signal import Signal

_state = choice(
    "DriveInverterState",
    "unavailable",
    "standby",
    "fault",
    "abort",
    "enabled",
    aliases={"Enable": "enabled"},
)


type Motors[T] = tuple[Signal[T], Signal[T], Signal[T], Signal[T]]
MOTORS = ("F", "R", "REL", "RER")  # as Tesla's fields end


def _of_each_motor[T](name: str, field: str, kind: Kind[T]) -> Motors[T]:
    """Return a fact of the front, rear, rear left and rear right motor."""
    front, rear, left, right = (
        Signal(name=f"{name}_{motor.lower()}", kind=kind, field=f"{field}{motor}") for motor in MOTORS
    )
    return front, rear, left, right


# °C, A, Nm, rpm at the axle, V.
STATE = _of_each_motor("di_state", "DiState", _state)
INVERTER_TEMP = _of_each_motor("di_inverter_temp", "DiInverterT", number)
HEATSINK_TEMP = _of_each_motor("di_heatsink_temp", "DiHeatsinkT", number)
STATOR_TEMP = _of_each_motor("di_stator_temp", "DiStatorTemp", number)
MOTOR_CURRENT = _of_each_motor("di_motor_current", "DiMotorCurrent", number)
TORQUE = _of_each_motor("di_torque", "DiTorqueActual", number)
AXLE_SPEED = _of_each_motor("di_axle_speed", "DiAxleSpeed", number)
BATTERY_VOLTAGE = _of_each_motor("di_battery_voltage", "DiVBat", number)

TORQUE_SLAVE = Signal(name="di_slave_torque_cmd", kind=number, field="DiSlaveTorqueCmd")
TORQUE_MOTOR = Signal(name="di_torque_motor", kind=number, field="DiTorquemotor")
DCDC_ENABLED = Signal(name="dcdc_enabled", kind=flag, field="DCDCEnable")
