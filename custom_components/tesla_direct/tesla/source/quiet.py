"""Whether a car is left alone, so that questions would only keep it awake."""

from ..vehicle import conclusions
from ..vehicle.signals import climate, drive, seats, security
from ..vehicle.state import VehicleState

SENTRY_WATCHES = ("armed", "aware", "panic")
CONDITIONING = ("on", "precondition")


def left_alone(state: VehicleState) -> bool:
    """Return whether it is parked, not charging, not conditioned, with nobody inside and sentry off."""
    busy = (
        conclusions.parked(state) is False,
        bool(state.get(drive.SPEED)),
        conclusions.charging(state) is True,
        state.get(security.SENTRY) in SENTRY_WATCHES,
        state.get(seats.USER_PRESENT) is True,
        state.get(climate.POWER) in CONDITIONING,
    )
    return not any(busy)
