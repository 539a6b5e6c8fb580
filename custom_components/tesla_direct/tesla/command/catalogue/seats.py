"""Seats and the steering wheel: heated, cooled, by themselves. Of most, cars want climate to be on."""

from dataclasses import dataclass

from ...proto.car_server_pb2 import (
    AutoSeatClimateAction,
    AutoStwHeatAction,
    HvacSeatCoolerActions,
    HvacSeatHeaterActions,
    HvacSteeringWheelHeaterAction,
    StwHeatLevelAction,
    VehicleAction,
)
from ...proto.common_pb2 import StwHeatLevel, Void
from ...vehicle import model
from ...vehicle.expectation import Expectation
from ...vehicle.model import ANY_CAR, Capability
from ...vehicle.signal import Signal
from ...vehicle.signals import seats
from ..command import Command
from . import check
from .form import action, infotainment


@dataclass(frozen=True, slots=True)
class _Seat:
    """A seat with a heater: its member of the message, the fact that tells of it, the cars that have it."""

    member: str
    signal: Signal[str] | None
    exists: Capability = ANY_CAR


_SEATS = {
    0: _Seat("CAR_SEAT_FRONT_LEFT", seats.HEATER_FRONT_LEFT),
    1: _Seat("CAR_SEAT_FRONT_RIGHT", seats.HEATER_FRONT_RIGHT),
    2: _Seat("CAR_SEAT_REAR_LEFT", seats.HEATER_REAR_LEFT, model.REAR_SEAT_HEATERS),
    3: _Seat("CAR_SEAT_REAR_LEFT_BACK", None),
    4: _Seat("CAR_SEAT_REAR_CENTER", seats.HEATER_REAR_CENTER, model.REAR_CENTER_SEAT_HEATER),
    5: _Seat("CAR_SEAT_REAR_RIGHT", seats.HEATER_REAR_RIGHT, model.REAR_SEAT_HEATERS),
    6: _Seat("CAR_SEAT_REAR_RIGHT_BACK", None),
    7: _Seat("CAR_SEAT_THIRD_ROW_LEFT", seats.HEATER_THIRD_ROW_LEFT, model.THIRD_ROW),
    8: _Seat("CAR_SEAT_THIRD_ROW_RIGHT", seats.HEATER_THIRD_ROW_RIGHT, model.THIRD_ROW),
}
_HEAT = {
    0: ("SEAT_HEATER_OFF", "off"),
    1: ("SEAT_HEATER_LOW", "low"),
    2: ("SEAT_HEATER_MED", "medium"),
    3: ("SEAT_HEATER_HIGH", "high"),
}
_COOLED = {
    1: (HvacSeatCoolerActions.HvacSeatCoolerPosition_FrontLeft, seats.COOLING_FRONT_LEFT),
    2: (HvacSeatCoolerActions.HvacSeatCoolerPosition_FrontRight, seats.COOLING_FRONT_RIGHT),
}
# The numbers are one below those of the message; Tesla's own proxy forgets that.
_COLD = {
    0: (HvacSeatCoolerActions.HvacSeatCoolerLevel_Off, "off"),
    1: (HvacSeatCoolerActions.HvacSeatCoolerLevel_Low, "low"),
    2: (HvacSeatCoolerActions.HvacSeatCoolerLevel_Med, "medium"),
    3: (HvacSeatCoolerActions.HvacSeatCoolerLevel_High, "high"),
}
_AUTOMATIC = {
    1: (AutoSeatClimateAction.AutoSeatPosition_FrontLeft, seats.AUTO_LEFT),
    2: (AutoSeatClimateAction.AutoSeatPosition_FrontRight, seats.AUTO_RIGHT),
}
_WHEEL_HEAT = {
    0: (StwHeatLevel.StwHeatLevel_Off, "off"),
    1: (StwHeatLevel.StwHeatLevel_Low, "low"),
    3: (StwHeatLevel.StwHeatLevel_High, "high"),
}


def remote_seat_heater_request(seat_position: int, level: int) -> Command:
    """Heat a seat.

    seat_position: 0 front left, 1 front right, 2 rear left, 3 its back, 4 rear centre, 5 rear right,
                   6 its back, 7 third row left, 8 third row right
    level:         0 off, 1 low, 2 medium, 3 high
    """
    seat = check.one_of(seat_position, "seat_position", _SEATS)
    heat, name = check.one_of(level, "level", _HEAT)
    asked = HvacSeatHeaterActions.HvacSeatHeaterAction(**{heat: Void(), seat.member: Void()})
    place = int(seat_position)
    return infotainment(
        name="remote_seat_heater_request",
        payload=action(
            VehicleAction(hvacSeatHeaterActions=HvacSeatHeaterActions(hvacSeatHeaterAction=[asked]))
        ),
        # What old cars take calls the seat `heater`, and nobody minds one name too many.
        body={"heater": place, "seat_position": place, "level": int(level)},
        expects=() if seat.signal is None else (Expectation(seat.signal, name),),
        exists=seat.exists,
    )


def remote_seat_cooler_request(seat_position: int, seat_cooler_level: int) -> Command:
    """Cool a front seat.

    seat_position:     1 left, 2 right
    seat_cooler_level: 0 off, 1 low, 2 medium, 3 high
    """
    seat, signal = check.one_of(seat_position, "seat_position", _COOLED)
    cold, name = check.one_of(seat_cooler_level, "seat_cooler_level", _COLD)
    asked = HvacSeatCoolerActions.HvacSeatCoolerAction(seat_cooler_level=cold, seat_position=seat)
    return infotainment(
        name="remote_seat_cooler_request",
        payload=action(
            VehicleAction(hvacSeatCoolerActions=HvacSeatCoolerActions(hvacSeatCoolerAction=[asked]))
        ),
        body={"seat_position": int(seat_position), "seat_cooler_level": int(seat_cooler_level)},
        expects=(Expectation(signal, name),),
        exists=model.SEAT_COOLING,
    )


def remote_auto_seat_climate_request(auto_seat_position: int, auto_climate_on: bool) -> Command:
    """Let the car see to a front seat, or not.

    auto_seat_position: 1 left, 2 right
    """
    seat, signal = check.one_of(auto_seat_position, "auto_seat_position", _AUTOMATIC)
    asked = AutoSeatClimateAction.CarSeat(on=auto_climate_on, seat_position=seat)
    return infotainment(
        name="remote_auto_seat_climate_request",
        payload=action(VehicleAction(autoSeatClimateAction=AutoSeatClimateAction(carseat=[asked]))),
        body={"auto_seat_position": int(auto_seat_position), "auto_climate_on": auto_climate_on},
        expects=(Expectation(signal, auto_climate_on),),
    )


def remote_steering_wheel_heater_request(on: bool) -> Command:
    """Heat the steering wheel, or not."""
    asked = HvacSteeringWheelHeaterAction(power_on=on)
    return infotainment(
        name="remote_steering_wheel_heater_request",
        payload=action(VehicleAction(hvacSteeringWheelHeaterAction=asked)),
        body={"on": on},
        expects=(Expectation(seats.STEERING_WHEEL_HEATER, on),),
    )


def remote_steering_wheel_heat_level_request(level: int) -> Command:
    """Heat the steering wheel, on cars that know how much.

    level: 0 off, 1 low, 3 high
    """
    heat, name = check.one_of(level, "level", _WHEEL_HEAT)
    return infotainment(
        name="remote_steering_wheel_heat_level_request",
        payload=action(VehicleAction(stwHeatLevelAction=StwHeatLevelAction(stw_heat_level=heat))),
        body={"level": int(level)},
        unpublished=True,
        expects=(Expectation(seats.STEERING_WHEEL_LEVEL, name),),
    )


def remote_auto_steering_wheel_heat_climate_request(on: bool) -> Command:
    """Let the car see to the steering wheel, or not."""
    return infotainment(
        name="remote_auto_steering_wheel_heat_climate_request",
        payload=action(VehicleAction(autoStwHeatAction=AutoStwHeatAction(on=on))),
        body={"on": on},
        unpublished=True,
        expects=(Expectation(seats.STEERING_WHEEL_AUTO, on),),
    )
