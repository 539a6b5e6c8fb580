"""Where to go. Tesla's server has a hand in it, so cars that want signatures are told plainly, too."""

from collections.abc import Mapping

from ...errors import CommandInvalid
from ...proto.car_server_pb2 import (
    NavigationGpsRequest,
    NavigationSuperchargerRequest,
    NavigationWaypointsRequest,
    RemoteNavTripOrder,
    VehicleAction,
)
from ...vehicle import model
from ..command import Command
from . import check
from .form import action, infotainment, plain

REPLACE = 1
SHARED_TEXT = "android.intent.extra.TEXT"
LARGEST_ID = 2**63 - 1

_ORDERS = {
    REPLACE: RemoteNavTripOrder.REMOTE_NAV_TRIP_ORDER_REPLACE,
    2: RemoteNavTripOrder.REMOTE_NAV_TRIP_ORDER_PREPEND,
    3: RemoteNavTripOrder.REMOTE_NAV_TRIP_ORDER_APPEND,
}


def navigation_request(
    value: object,
    type: str = "share_ext_content_raw",
    locale: str = "en-US",
    timestamp_ms: object = None,
    *,
    now: float,
) -> Command:
    """Share something with the car: an address or a place's name, or a link to a video or a map.

    value: the text, or an object that holds it as Android's sharing does
    now:   seconds since 1970, for when it was shared if that is not said
    """
    shared = {SHARED_TEXT: check.text(value, "value")} if isinstance(value, str) and value.strip() else value
    if not isinstance(shared, Mapping):
        raise CommandInvalid("value has to be text, or an object that holds it", parameter="value")
    if timestamp_ms is None:
        timestamp_ms = int(now * 1000)
    if isinstance(timestamp_ms, bool) or not isinstance(timestamp_ms, int | str):
        raise CommandInvalid("timestamp_ms has to be a whole number, or its text", parameter="timestamp_ms")
    return plain(
        name="navigation_request",
        body={
            "type": check.text(type, "type"),
            "value": shared,
            "locale": check.text(locale, "locale"),
            "timestamp_ms": timestamp_ms,
        },
        prefers_plain=True,
        repeatable=False,
        holds=(),
        exists=model.NAVIGATION,
    )


def navigation_gps_request(lat: float, lon: float, order: int = REPLACE) -> Command:
    """Go to a place.

    order: 1 instead of where one is going, 2 before it, 3 after it
    """
    north, east = check.latitude(lat), check.longitude(lon)
    asked = NavigationGpsRequest(lat=north, lon=east, order=check.one_of(order, "order", _ORDERS))
    return _go(
        "navigation_gps_request",
        VehicleAction(navigationGpsRequest=asked),
        {"lat": north, "lon": east, "order": int(order)},
    )


def navigation_sc_request(id: float, order: int = REPLACE) -> Command:
    """Go to a Supercharger.

    id:    its number, as in the answer about chargers nearby
    order: as for a place
    """
    number = check.whole(id, "id", 0, LARGEST_ID)
    asked = NavigationSuperchargerRequest(
        id=number, remote_nav_trip_order=check.one_of(order, "order", _ORDERS)
    )
    return _go(
        "navigation_sc_request",
        VehicleAction(navigationSuperchargerRequest=asked),
        {"id": number, "order": int(order)},
    )


def navigation_waypoints_request(waypoints: str) -> Command:
    """Go to several places.

    waypoints: "refId:" with a place's id of Google's, and commas between them
    """
    asked = NavigationWaypointsRequest(waypoints=check.text(waypoints, "waypoints"))
    return _go(
        "navigation_waypoints_request",
        VehicleAction(navigationWaypointsRequest=asked),
        {"waypoints": waypoints},
    )


def _go(name: str, asked: VehicleAction, body: Mapping[str, object]) -> Command:
    return infotainment(
        name=name,
        payload=action(asked),
        body=body,
        unpublished=True,
        prefers_plain=True,
        repeatable=False,
        holds=(),
        exists=model.NAVIGATION,
    )
