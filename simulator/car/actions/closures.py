"""Locks, trunks, windows, roofs."""

from functools import partial

from ..body import Body
from ..configuration import configuration
from ..machine import Machine
from .refused import (
    CAR_WASH,
    CLOSURES_OPEN,
    INVALID_VALUE,
    NOT_IN_PARK,
    NOT_SUPPORTED,
    UNKNOWN,
    refuse_if,
)

WINDOWS_S = 3.0
TRUNK_S = 4.0
ROOF_S = 4.0
TONNEAU_S = 16.0
DOORS = (
    "door_driver_front_open",
    "door_driver_rear_open",
    "door_passenger_front_open",
    "door_passenger_rear_open",
)
WINDOWS = ("window_driver_front", "window_driver_rear", "window_passenger_front", "window_passenger_rear")
VENTED_PERCENT = 25


def door_lock(car: Machine) -> None:
    """Lock all doors."""
    refuse_if(any(getattr(car.body, door) for door in DOORS), CLOSURES_OPEN)
    car.body.locked = True


def door_unlock(car: Machine) -> None:
    """Unlock all doors."""
    refuse_if(not car.body.parked, NOT_IN_PARK)
    car.body.locked = False


def auto_secure_vehicle(car: Machine) -> None:
    """Close what closes by itself, and lock."""
    if car.body.trunk_rear_open and _powered(car):
        _close_trunk(car)
    door_lock(car)


def actuate_trunk(car: Machine, which_trunk: str) -> None:
    """Open a trunk; a rear one with a motor closes again by the same command."""
    refuse_if(not car.body.parked, NOT_IN_PARK)
    if which_trunk == "front":
        car.body.trunk_front_open = True
    elif car.body.trunk_rear_open and _powered(car):
        _close_trunk(car)
    else:
        car.halt("trunk")
        car.body.trunk_rear_open = True


def close_trunk(car: Machine) -> None:
    """Close the rear trunk, where it has a motor."""
    refuse_if(not _powered(car), UNKNOWN)
    _close_trunk(car)


def open_tonneau(car: Machine) -> None:
    """Begin to open the bed's cover."""
    _move_tonneau(car, "FullyOpen", 100.0)


def close_tonneau(car: Machine) -> None:
    """Begin to close the bed's cover."""
    _move_tonneau(car, "Closed", 0.0)


def stop_tonneau(car: Machine) -> None:
    """Stop the bed's cover where it is."""
    refuse_if(car.body.tonneau is None, UNKNOWN)
    if car.halt("tonneau"):
        _set_tonneau(car.body, "PartiallyOpen", 50.0)


def window_control(car: Machine, command: str, lat: float | None = None, lon: float | None = None) -> None:
    """Open all windows a crack, or close them."""
    refuse_if(car.body.car_wash, CAR_WASH)
    # Cars without signatures want to know that somebody stands by before they close.
    refuse_if(car.model.old and command == "close" and None in {lat, lon}, INVALID_VALUE)
    state = "PartiallyOpen" if command == "vent" else "Closed"
    car.later("windows", WINDOWS_S, partial(_set_windows, car.body, state))


def sun_roof_control(car: Machine, state: str, percent: int = 0) -> None:
    """Move the sunroof: "vent", "close", "open", to a "level" in percent; or "stop" it."""
    refuse_if(not configuration(car.model)["sun_roof_installed"], NOT_SUPPORTED)
    if state == "stop":
        car.halt("roof")
        return
    levels = {"vent": VENTED_PERCENT, "close": 0, "open": 100, "level": percent}
    car.later("roof", ROOF_S, partial(setattr, car.body, "sunroof_percent_open", levels[state]))


def trigger_homelink(car: Machine, lat: float, lon: float, token: str = "") -> None:
    """Press the garage door's button, which opens it or closes it."""
    here = car.body.homelink_devices > 0 and car.body.near(car.body.home) and car.body.near((lat, lon))
    refuse_if(not here, NOT_SUPPORTED)
    car.body.garage_moves += 1


def _powered(car: Machine) -> bool:
    return bool(configuration(car.model)["plg"])


def _close_trunk(car: Machine) -> None:
    car.later("trunk", TRUNK_S, lambda: _set_trunk(car.body, is_open=False))


def _set_trunk(body: Body, *, is_open: bool) -> None:
    body.trunk_rear_open = is_open


def _set_windows(body: Body, state: str) -> None:
    for window in WINDOWS:
        setattr(body, window, state)


def _move_tonneau(car: Machine, state: str, percent: float) -> None:
    refuse_if(car.body.tonneau is None, UNKNOWN)
    refuse_if(not car.body.parked, NOT_IN_PARK)
    _set_tonneau(car.body, "PartiallyOpen", 50.0)
    car.later("tonneau", TONNEAU_S, partial(_set_tonneau, car.body, state, percent))


def _set_tonneau(body: Body, state: str, percent: float) -> None:
    body.tonneau, body.tonneau_percent_open = state, percent
