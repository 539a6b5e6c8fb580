"""Why a car cannot do something just now, as far as it has told; what nobody knows stands in nobody's way.

Each returns the key of the user's text, or None. A wrong refusal is worse than one that the car makes, so
what commands of ours change is left to the car (valet mode, charging): it may not have told yet that we have.
"""

from ...vehicle import conclusions
from ...vehicle.signals import connection, security
from ...vehicle.state import VehicleState
from ..command import Obstacle


def not_parked(state: VehicleState) -> Obstacle | None:
    """Refuse while it drives."""
    return "not_parked" if conclusions.parked(state) is False and _reachable(state) else None


def keyless_driving_off(state: VehicleState) -> Obstacle | None:
    """Refuse while its owner does not allow driving without a key."""
    return "keyless_driving_off" if state.get(security.REMOTE_START_ENABLED) is False else None


def installing(state: VehicleState) -> Obstacle | None:
    """Refuse while it installs software, which nothing stops."""
    return "installing" if conclusions.installing(state) and _reachable(state) else None


def _reachable(state: VehicleState) -> bool:
    """Return whether what moves may still be as it was told: a car that sleeps does not drive."""
    return state.get(connection.STATE) not in ("asleep", "offline")
