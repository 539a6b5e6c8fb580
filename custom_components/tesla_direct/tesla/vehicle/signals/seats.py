"""Seats and the steering wheel: heat, cooling, belts, and who sits there."""

from ..kind import Level, choice, flag
from ..signal import Signal

_level = Level("off", "low", "medium", "high")
# 2 does not exist on the wire, and yet some cars report it.
_wheel_level = Level("off", "low", "high", "high")
# The driver's field is documented as true while the belt is open; both can come as text or as a flag.
_buckle = choice(
    "BuckleStatus",
    "latched",
    "unlatched",
    "faulted",
    aliases={True: "unlatched", False: "latched", "true": "unlatched", "false": "latched"},
)

HEATER_FRONT_LEFT = Signal(
    name="seat_heater_front_left", kind=_level, path="climate_state.seat_heater_left", field="SeatHeaterLeft"
)
HEATER_FRONT_RIGHT = Signal(
    name="seat_heater_front_right",
    kind=_level,
    path="climate_state.seat_heater_right",
    field="SeatHeaterRight",
)
HEATER_REAR_LEFT = Signal(
    name="seat_heater_rear_left",
    kind=_level,
    path="climate_state.seat_heater_rear_left",
    field="SeatHeaterRearLeft",
)
HEATER_REAR_CENTER = Signal(
    name="seat_heater_rear_center",
    kind=_level,
    path="climate_state.seat_heater_rear_center",
    field="SeatHeaterRearCenter",
)
HEATER_REAR_RIGHT = Signal(
    name="seat_heater_rear_right",
    kind=_level,
    path="climate_state.seat_heater_rear_right",
    field="SeatHeaterRearRight",
)
HEATER_THIRD_ROW_LEFT = Signal(
    name="seat_heater_third_row_left", kind=_level, path="climate_state.seat_heater_third_row_left"
)
HEATER_THIRD_ROW_RIGHT = Signal(
    name="seat_heater_third_row_right", kind=_level, path="climate_state.seat_heater_third_row_right"
)
AUTO_LEFT = Signal(
    name="auto_seat_climate_left",
    kind=flag,
    path="climate_state.auto_seat_climate_left",
    field="AutoSeatClimateLeft",
)
AUTO_RIGHT = Signal(
    name="auto_seat_climate_right",
    kind=flag,
    path="climate_state.auto_seat_climate_right",
    field="AutoSeatClimateRight",
)
COOLING_FRONT_LEFT = Signal(
    name="seat_cooling_front_left",
    kind=_level,
    path="climate_state.seat_fan_front_left",
    field="ClimateSeatCoolingFrontLeft",
    since="2024.44.32",
)
COOLING_FRONT_RIGHT = Signal(
    name="seat_cooling_front_right",
    kind=_level,
    path="climate_state.seat_fan_front_right",
    field="ClimateSeatCoolingFrontRight",
    since="2024.44.32",
)
VENTILATION = Signal(name="seat_vent_enabled", kind=flag, field="SeatVentEnabled", since="2025.2.6")

STEERING_WHEEL_LEVEL = Signal(
    name="steering_wheel_heat_level",
    kind=_wheel_level,
    path="climate_state.steering_wheel_heat_level",
    field="HvacSteeringWheelHeatLevel",
    since="2024.44.25",
)
STEERING_WHEEL_HEATER = Signal(
    name="steering_wheel_heater",
    kind=flag,
    path="climate_state.steering_wheel_heater",
    pushed_as=(STEERING_WHEEL_LEVEL,),
)
STEERING_WHEEL_AUTO = Signal(
    name="auto_steering_wheel_heat",
    kind=flag,
    path="climate_state.auto_steering_wheel_heat",
    field="HvacSteeringWheelHeatAuto",
    since="2024.44.25",
)

DRIVER_OCCUPIED = Signal(name="driver_seat_occupied", kind=flag, field="DriverSeatOccupied")
USER_PRESENT = Signal(
    name="user_present", kind=flag, path="vehicle_state.is_user_present", pushed_as=(DRIVER_OCCUPIED,)
)
DRIVER_BELT = Signal(name="driver_seat_belt", kind=_buckle, field="DriverSeatBelt")
# Documented as faulty: it follows the belt in the middle of the second row.
PASSENGER_BELT = Signal(name="passenger_seat_belt", kind=_buckle, field="PassengerSeatBelt")
