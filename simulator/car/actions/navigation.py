"""Destinations that are sent to the car."""

from ..body import Route
from ..configuration import configuration
from ..geometry import MILE_M, Place, metres_between
from ..machine import Machine
from .refused import INVALID_VALUE, NOT_SUPPORTED, refuse_if

CHARGER: Place = (51.5083, 0.0710)
USUAL_MPH = 30.0
REPLACE = 1
ORDERS = frozenset({1, 2, 3})  # replace, prepend, append


def navigation_request(car: Machine, text: str) -> None:
    """Go where a shared text says, which the server has looked up: here, a little to the north."""
    refuse_if(not text, INVALID_VALUE)
    _go(car, text, (car.body.latitude + 0.02, car.body.longitude))


def navigation_gps_request(car: Machine, lat: float, lon: float, order: int = REPLACE) -> None:
    """Go to a place; before or after where one was going, or instead."""
    refuse_if(abs(lat) > 90 or abs(lon) > 180 or order not in ORDERS, INVALID_VALUE)
    _go(car, "Dropped pin", (lat, lon), order)


def navigation_sc_request(car: Machine, id: int, order: int = REPLACE) -> None:  # noqa: A002  # Tesla's parameter
    """Go to a Supercharger."""
    refuse_if(order not in ORDERS, INVALID_VALUE)
    _go(car, f"Supercharger {id}", CHARGER, order)


def navigation_waypoints_request(car: Machine, waypoints: str) -> None:
    """Go to several places, named as the map service names them."""
    names = [point.strip() for point in waypoints.split(",")]
    refuse_if(not all(name.startswith("refId:") for name in names), INVALID_VALUE)
    _go(car, names[-1].removeprefix("refId:"), (car.body.latitude + 0.02, car.body.longitude))


def _go(car: Machine, name: str, destination: Place, order: int = REPLACE) -> None:
    """Set the route; a car that is on its way goes on where it was going, and only shows the new end."""
    refuse_if(not configuration(car.model)["can_accept_navigation_requests"], NOT_SUPPORTED)
    body = car.body
    if body.route is not None and order != REPLACE:
        return
    origin = (body.latitude, body.longitude)
    miles = metres_between(origin, destination) / MILE_M
    needed = 100.0 * miles * body.kwh_a_mile / body.full_pack_kwh
    body.route = Route(
        name=name,
        destination=destination,
        origin=origin,
        line=(origin, destination),
        miles=miles,
        minutes=60.0 * miles / USUAL_MPH,
        delay_minutes=0.0,
        percent_at_arrival=max(body.battery_percent - needed, 0.0),
    )
