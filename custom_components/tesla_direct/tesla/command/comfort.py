"""Seats and steering wheel: what has to be asked besides, so that they get warm or cold.

Cars refuse that while climate is off, and what they regulate by themselves they have to let go of first.
"""

from ..vehicle import conclusions
from ..vehicle.signal import Signal
from ..vehicle.signals.climate import KEEPER_MODE
from ..vehicle.state import VehicleState
from .catalogue import climate, seats
from .command import Command

AUTO = "auto"
LEVELS = {"off": 0, "low": 1, "medium": 2, "high": 3}
WHEEL_LEVELS = {"off": 0, "low": 1, "high": 3}


def heat_seat(
    state: VehicleState, option: str, *, seat: int, automatic: tuple[int, Signal[bool]] | None = None
) -> tuple[Command, ...]:
    """Return what brings a seat's heater to one of `LEVELS`, or leaves it to the car.

    seat:      as the car numbers heaters
    automatic: as the car numbers seats that it sees to by itself, and the fact that it does
    """
    if automatic is None:
        return _with_climate(state, LEVELS[option], seats.remote_seat_heater_request(seat, LEVELS[option]))
    place, by_itself = automatic
    if option == AUTO:
        return (seats.remote_auto_seat_climate_request(place, auto_climate_on=True),)
    return (
        *(
            (seats.remote_auto_seat_climate_request(place, auto_climate_on=False),)
            if state.get(by_itself)
            else ()
        ),
        *_with_climate(state, LEVELS[option], seats.remote_seat_heater_request(seat, LEVELS[option])),
    )


def cool_seat(state: VehicleState, option: str, *, seat: int) -> tuple[Command, ...]:
    """Return what brings a seat's fan to one of `LEVELS`; `seat`: 1 front left, 2 front right."""
    return _with_climate(state, LEVELS[option], seats.remote_seat_cooler_request(seat, LEVELS[option]))


def heat_wheel(state: VehicleState, option: str, *, by_itself: Signal[bool]) -> tuple[Command, ...]:
    """Return what brings the steering wheel to one of `WHEEL_LEVELS`, or leaves it to the car."""
    if option == AUTO:
        return (seats.remote_auto_steering_wheel_heat_climate_request(on=True),)
    level = WHEEL_LEVELS[option]
    return (
        *((seats.remote_auto_steering_wheel_heat_climate_request(on=False),) if state.get(by_itself) else ()),
        *_with_climate(state, level, seats.remote_steering_wheel_heat_level_request(level)),
    )


def heat_wheel_without_levels(state: VehicleState, on: bool) -> tuple[Command, ...]:  # noqa: FBT001  # a switch
    """Return what heats the steering wheel of a car that knows no levels, or stops that."""
    return _with_climate(state, int(on), seats.remote_steering_wheel_heater_request(on))


def _with_climate(state: VehicleState, level: int, command: Command) -> tuple[Command, ...]:
    """Have climate switched on first, unless it is on, also for nobody, or not needed."""
    kept = state.get(KEEPER_MODE) not in (None, "off")
    if level == 0 or kept or conclusions.climate_on(state):
        return (command,)
    return (climate.auto_conditioning_start(), command)
