"""What makes itself noticed around a car: lights, horn, keyless driving."""

from ..configuration import configuration
from ..machine import Machine
from .refused import ALREADY_ON, DISABLED, NOT_IN_PARK, NOT_SUPPORTED, refuse_if

REMOTE_START_S = 120.0


def flash_lights(car: Machine) -> None:
    """Flash the headlights."""
    refuse_if(not car.body.parked, NOT_IN_PARK)
    car.body.flashes += 1


def honk_horn(car: Machine) -> None:
    """Honk twice."""
    refuse_if(not car.body.parked, NOT_IN_PARK)
    car.body.honks += 1


def remote_boombox(car: Machine, sound: int) -> None:
    """Play a sound outside, on cars that have the loudspeaker for it."""
    refuse_if(not configuration(car.model)["pws"], NOT_SUPPORTED)
    refuse_if(not car.body.parked, NOT_IN_PARK)
    car.body.boombox_sounds.append(sound)


def remote_start_drive(car: Machine) -> None:
    """Let anybody drive off for two minutes; once more begins them anew."""
    refuse_if(not car.body.remote_start_allowed, DISABLED)
    refuse_if(not car.body.parked, NOT_IN_PARK)
    refuse_if(car.body.user_present, ALREADY_ON)
    car.body.remote_start_on = True
    car.later("remote start", REMOTE_START_S, lambda: setattr(car.body, "remote_start_on", False))


def wake_vehicle(car: Machine) -> None:
    """Wake, which a car that hears this over the Internet has done before."""
    car.wake_now()
