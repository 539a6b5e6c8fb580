"""`drive_state`, with or without where the car is."""

from typing import Any

from ..truth import Truth
from .charge import ms


def drive_state(truth: Truth, *, located: bool) -> dict[str, Any]:
    """Give `drive_state`; coordinates and destination only where `located`."""
    body = truth.body
    moving = not body.parked
    state: dict[str, Any] = {
        "active_route_traffic_minutes_delay": body.route.delay_minutes if body.route else 0,
        "native_location_supported": 1,
        "native_type": "wgs",
        "power": round(body.drive_power_kw - body.battery_kw),
        # A car that was parked says null; one that somebody sits in says P.
        "shift_state": body.gear if moving or body.user_present else None,
        "speed": round(body.speed_mph) if moving else None,
        "timestamp": ms(truth),
    }
    if body.route is not None:
        state |= {
            "active_route_energy_at_arrival": round(body.route.percent_at_arrival),
            "active_route_miles_to_arrival": round(body.route.miles, 2),
            "active_route_minutes_to_arrival": round(body.route.minutes, 1),
        }
    if located:
        state |= _position(truth)
    return state


def _position(truth: Truth) -> dict[str, Any]:
    body = truth.body
    latitude, longitude = round(body.latitude, 6), round(body.longitude, 6)
    state: dict[str, Any] = {
        "gps_as_of": int(body.gps_at or truth.now),
        "heading": round(body.heading_degrees) % 360,
        "latitude": latitude,
        "longitude": longitude,
        "native_latitude": latitude,
        "native_longitude": longitude,
    }
    if body.route is not None:
        state |= {
            "active_route_destination": body.route.name,
            "active_route_latitude": body.route.destination[0],
            "active_route_longitude": body.route.destination[1],
        }
    return state
