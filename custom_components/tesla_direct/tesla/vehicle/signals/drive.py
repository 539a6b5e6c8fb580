"""Driving: gear, speed, distance, pedals, and what is counted on the way."""

from typing import Any

from ..kind import choice, count, flag, number
from ..signal import Signal


def _step(raw: Any) -> int | None:
    """Accept "FollowDistance3", "3" or 3; there are seven, and another number is of no distance we know."""
    step = count(raw.removeprefix("FollowDistance") if isinstance(raw, str) else raw)
    return step if step is not None and 1 <= step <= 7 else None


# A poll leaves the gear and the speed of a parked car null; see conclusions.gear and conclusions.speed.
GEAR = Signal(
    name="shift_state",
    kind=choice("ShiftState", "p", "r", "n", "d"),
    path="drive_state.shift_state",
    field="Gear",
)
SPEED = Signal(name="speed", kind=number, path="drive_state.speed", field="VehicleSpeed")
ODOMETER = Signal(name="odometer", kind=number, path="vehicle_state.odometer", field="Odometer")
# kW, negative while it charges the battery.
POWER = Signal(name="power", kind=number, path="drive_state.power")
# Metres above the sea. No car tells it; whoever has its place may look it up.
ELEVATION = Signal(name="elevation", kind=number)
# m/s²; the documents once said g, but cars send up to 10.
LATERAL_ACCELERATION = Signal(name="lateral_acceleration", kind=number, field="LateralAcceleration")
LONGITUDINAL_ACCELERATION = Signal(
    name="longitudinal_acceleration", kind=number, field="LongitudinalAcceleration"
)
PEDAL_POSITION = Signal(name="pedal_position", kind=number, field="PedalPosition")
BRAKE_PEDAL = Signal(name="brake_pedal", kind=flag, field="BrakePedal")
# The pressure of the master cylinder, whatever the field's name says; bar is likely.
BRAKE_PRESSURE = Signal(name="brake_pedal_pressure", kind=number, field="BrakePedalPos")
CRUISE_SET_SPEED = Signal(name="cruise_set_speed", kind=number, field="CruiseSetSpeed")
CRUISE_FOLLOW_DISTANCE = Signal(name="cruise_follow_distance", kind=_step, field="CruiseFollowDistance")
DRIVE_RAIL = Signal(name="drive_rail", kind=flag, field="DriveRail")
GRADE = Signal(name="grade", kind=number, field="GradeEstimatePercent", since="2026.32")
# Miles since somebody reset the counters; hardware 4 only.
MILES_SINCE_RESET = Signal(
    name="miles_since_reset", kind=number, field="MilesSinceReset", since="2025.44.25.5"
)
SELF_DRIVING_MILES_SINCE_RESET = Signal(
    name="self_driving_miles_since_reset",
    kind=number,
    field="SelfDrivingMilesSinceReset",
    since="2025.44.25.5",
)
