"""What time it is where a car is."""

from datetime import tzinfo

from homeassistant.util import dt as dt_util

from .tesla.vehicle import model
from .tesla.vehicle.state import VehicleState


def zone_of(state: VehicleState) -> tzinfo:
    """Return the time zone of a car's own clock."""
    return model.zone(state, dt_util.get_default_time_zone(), dt_util.utcnow().timestamp())
