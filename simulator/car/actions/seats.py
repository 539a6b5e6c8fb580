"""Seats and steering wheel: heated, cooled, by themselves."""

from ..configuration import configuration
from ..machine import Machine
from .refused import CLIMATE_IS_OFF, INVALID_VALUE, NOT_SUPPORTED, refuse_if

# Tesla's numbers of the seats, and where the truth keeps each.
HEATED = {0: 0, 1: 1, 2: 2, 4: 3, 5: 4}
THIRD_ROW = {7: 0, 8: 1}
REAR = frozenset({2, 4, 5})
LEVELS = range(4)
WHEEL_LEVELS = frozenset({0, 1, 3})
WHEEL_ON = 3


def remote_seat_heater_request(car: Machine, seat_position: int, level: int) -> None:
    """Heat a seat, 0 to 3."""
    _needs_climate(car)
    refuse_if(level not in LEVELS, INVALID_VALUE)
    built = configuration(car.model)
    if seat_position in THIRD_ROW:
        refuse_if(built["third_row_seats"] in {None, "None"}, NOT_SUPPORTED)
        car.body.third_row_heaters[THIRD_ROW[seat_position]] = level
        return
    refuse_if(seat_position not in HEATED, NOT_SUPPORTED)
    refuse_if(seat_position in REAR and not built["rear_seat_heaters"], NOT_SUPPORTED)
    car.body.seat_heaters[HEATED[seat_position]] = level
    if seat_position in {0, 1}:
        car.body.auto_seats[seat_position] = False


def remote_seat_cooler_request(car: Machine, seat_position: int, seat_cooler_level: int) -> None:
    """Cool a front seat: 1 left, 2 right; 0 to 3."""
    _needs_climate(car)
    refuse_if(not configuration(car.model)["has_seat_cooling"], NOT_SUPPORTED)
    refuse_if(seat_position not in {1, 2} or seat_cooler_level not in LEVELS, INVALID_VALUE)
    car.body.seat_fans[seat_position - 1] = seat_cooler_level


def remote_auto_seat_climate_request(car: Machine, auto_seat_position: int, *, auto_climate_on: bool) -> None:
    """Let the car see to a front seat: 1 left, 2 right."""
    refuse_if(auto_seat_position not in {1, 2}, INVALID_VALUE)
    car.body.auto_seats[auto_seat_position - 1] = auto_climate_on


def remote_steering_wheel_heater_request(car: Machine, *, on: bool) -> None:
    """Heat the wheel, or not."""
    _needs_climate(car)
    car.body.wheel_heat = WHEEL_ON if on else 0
    car.body.wheel_heat_auto = False


def remote_steering_wheel_heat_level_request(car: Machine, level: int) -> None:
    """Heat the wheel: 0 not, 1 little, 3 much."""
    _needs_climate(car)
    refuse_if(level not in WHEEL_LEVELS, INVALID_VALUE)
    car.body.wheel_heat = level
    car.body.wheel_heat_auto = False


def remote_auto_steering_wheel_heat_climate_request(car: Machine, *, on: bool) -> None:
    """Let the car see to the wheel."""
    car.body.wheel_heat_auto = on


def _needs_climate(car: Machine) -> None:
    running = car.body.climate_on or car.body.climate_keeper != "Off"
    refuse_if(not running, CLIMATE_IS_OFF)
