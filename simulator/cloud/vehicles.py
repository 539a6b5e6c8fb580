"""Calls about cars: the list, one car, its data, waking it, and what the cloud knows of its keys."""

from collections.abc import Callable
from datetime import UTC, datetime
import math
from typing import Any

from ..car.car import Car
from .answers import REFUSALS, Answer, ok
from .endpoints import PARTNER, USER, Call, Endpoint

DATA = frozenset({"vehicle_device_data"})
LIST = "/api/1/vehicles"
CAR = f"{LIST}/{{vin}}"


def vehicles(call: Call) -> Answer:
    """List the cars, a page at a time."""
    rows = [car.row() for car in call.account.cars]
    try:
        size = int(call.asked.query.get("per_page") or call.asked.query.get("page_size") or 0)
        page = int(call.asked.query.get("page", "1"))
    except ValueError:
        return REFUSALS["bad_request_invalid_command"]
    size = min(size or call.books.per_page, call.books.per_page)
    pages = max(math.ceil(len(rows) / size), 1)
    pagination = {
        "previous": page - 1 if page > 1 else None,
        "next": page + 1 if page < pages else None,
        "current": page,
        "per_page": size,
        "count": len(rows),
        "pages": pages,
    }
    shown = rows[(page - 1) * size : page * size]
    return ok(shown, pagination=pagination, count=len(rows))


def vehicle(_call: Call, car: Car) -> Answer:
    """Give one row, without asking the car."""
    return ok(car.row())


def vehicle_data(call: Call, car: Car) -> Answer:
    """Ask the car."""
    if refusal := closed(car):
        return refusal
    asked = call.asked.query.get("endpoints", "")
    endpoints = [name for name in asked.split(";") if name]
    data = car.vehicle_data(endpoints, may_locate="vehicle_location" in call.scopes)
    return REFUSALS["vehicle_offline"] if data is None else ok(data)


def wake_up(_call: Call, car: Car) -> Answer:
    """Call the car, and give the row as it is before it has heard."""
    if refusal := closed(car):
        return refusal
    row = car.row()
    car.wake()
    return ok(row)


def mobile_enabled(_call: Call, car: Car) -> Answer:
    """Say whether the owner lets applications in."""
    enabled = car.body.mobile_access
    return ok({"result": enabled, "reason": "" if enabled else "mobile_access_disabled"})


def recent_alerts(_call: Call, car: Car) -> Answer:
    """Ask the car for its alerts."""
    if refusal := _unreachable(car):
        return refusal
    rows = [
        {
            "name": alert.name,
            "time": datetime.fromtimestamp(alert.started, UTC).isoformat(timespec="milliseconds"),
            "audience": [name.lower() for name in alert.audiences],
            "user_text": alert.name.split("_")[-1],
        }
        for alert in car.body.alerts
    ]
    return ok({"recent_alerts": rows})


def release_notes(_call: Call, car: Car) -> Answer:
    """Ask the car what is new; Tesla wraps this answer twice."""
    if refusal := _unreachable(car):
        return refusal
    version = car.body.update_version or car.body.firmware
    note = {
        "title": "Minor fixes",
        "subtitle": "Some detail",
        "description": "This release contains minor fixes and improvements.",
        "customer_version": version,
        "icon": "release_notes_icon",
        "image_url": "",
        "light_image_url": "",
    }
    return ok(
        {
            "response": {
                "release_notes": [note],
                "deployed_version": car.body.firmware,
                "staged_version": car.body.update_version,
                "release_notes_version": version,
            }
        }
    )


def service_data(_call: Call, car: Car) -> Answer:
    """Say what the service centre is doing; nothing if the car is not there."""
    if not car.body.in_service:
        return ok({})
    return ok(
        {
            "service_status": "in_service",
            "service_etc": datetime.fromtimestamp(car.now + 86_400, UTC).isoformat(timespec="seconds"),
            "service_visit_number": "SV0000001",
            "status_id": 8,
        }
    )


def nearby_charging_sites(call: Call, car: Car) -> Answer:
    """Ask the car where it could charge."""
    if refusal := _unreachable(car):
        return refusal
    if "vehicle_location" not in call.scopes:
        return REFUSALS["missing_scopes"]
    charger = {
        "location": {"lat": 51.5083, "long": 0.071},
        "name": "Gallions Reach, GB",
        "type": "supercharger",
        "distance_miles": 5.4,
        "available_stalls": 7,
        "total_stalls": 12,
        "site_closed": False,
        "amenities": "restrooms,cafe",
        "billing_info": "",
    }
    hotel = {
        "location": {"lat": 51.481, "long": -0.01},
        "name": "Example Hotel",
        "type": "destination",
        "distance_miles": 0.6,
        "amenities": "restrooms,wifi,lodging",
    }
    return ok(
        {
            "congestion_sync_time_utc_secs": int(car.now) - 120,
            "destination_charging": [hotel],
            "superchargers": [charger],
            "timestamp": int(car.now * 1000),
        }
    )


def drivers(_call: Call, car: Car) -> Answer:
    """List who else may drive; for the owner only."""
    if car.model.access != "OWNER":
        return REFUSALS["missing_scopes"]
    row = {
        "my_tesla_unique_id": 88_850_001,
        "user_id": 800_000_002,
        "user_id_s": "800000002",
        "vault_uuid": "00000000-0000-4000-8000-0000000000ed",
        "driver_first_name": "Sam",
        "driver_last_name": "Example",
        "granular_access": {"hide_private": car.model.hide_private},
        "active_pubkeys": [],
        "public_key": "",
    }
    return ok([row], count=1)


def fleet_status(call: Call) -> Answer:
    """Say whose keychain holds the application's key, and what else is known of keys."""
    wanted = call.asked.json
    vins = wanted.get("vins") if isinstance(wanted, dict) else None
    if not isinstance(vins, list):
        return REFUSALS["bad_request_invalid_command"]
    cars = [car for car in map(call.account.car, map(str, vins)) if car is not None]
    key = call.books.application.key_in(call.asked.host)
    paired = [car.vin for car in cars if car.knows_key(key)]
    info = {car.vin: _key_info(car) for car in cars}
    if len(vins) > 1:
        # Told only where one car alone is asked about.
        for row in info.values():
            del row["discounted_device_data"]
    return ok(
        {
            "key_paired_vins": paired,
            "unpaired_vins": [vin for vin in vins if vin not in paired],
            "vehicle_info": info,
        }
    )


def _key_info(car: Car) -> dict[str, Any]:
    model = car.model
    return {
        "firmware_version": car.body.firmware,
        "vehicle_command_protocol_required": model.signs,
        "discounted_device_data": not model.streams,
        "fleet_telemetry_version": model.client or "unknown",
        "total_number_of_keys": len(car.keychain),
        "safety_screen_streaming_toggle_enabled": model.streaming_switch,
    }


def of_car(serve: Callable[[Call, Car], Answer]) -> Callable[[Call], Answer]:
    """Find the car that the path names, or say that there is none."""

    def found(call: Call) -> Answer:
        car = call.account.car(call.asked.values["vin"])
        return REFUSALS["not_found"] if car is None else serve(call, car)

    return found


def closed(car: Car) -> Answer | None:
    """Refuse what a car in service, or one that lets nobody in, does not answer."""
    if not car.body.mobile_access:
        return REFUSALS["mobile_access_disabled"]
    return REFUSALS["in_service"] if car.body.in_service else None


def _unreachable(car: Car) -> Answer | None:
    if refusal := closed(car):
        return refusal
    return None if car.power.reachable() else REFUSALS["vehicle_offline"]


def _row(name: str, serve: Callable[[Call, Car], Answer], category: str = "free") -> Endpoint:
    """Make the row of a plain read about one car, which has its name from its path."""
    return Endpoint(name=name, path=f"{CAR}/{name}", serve=of_car(serve), category=category, scopes=DATA)


ENDPOINTS = (
    Endpoint(name="vehicles", path=LIST, serve=vehicles, scopes=DATA),
    Endpoint(
        name="fleet_status",
        method="POST",
        path=f"{LIST}/fleet_status",
        serve=fleet_status,
        scopes=DATA,
        tokens=frozenset({USER, PARTNER}),
    ),
    Endpoint(name="vehicle", path=CAR, serve=of_car(vehicle), scopes=DATA),
    Endpoint(
        name="wake_up",
        method="POST",
        path=f"{CAR}/wake_up",
        serve=of_car(wake_up),
        category="wake",
        scopes=frozenset({"vehicle_cmds"}),
    ),
    _row("vehicle_data", vehicle_data, "data"),
    _row("recent_alerts", recent_alerts, "data"),
    _row("release_notes", release_notes, "data"),
    _row("service_data", service_data, "data"),
    _row("nearby_charging_sites", nearby_charging_sites, "data"),
    _row("mobile_enabled", mobile_enabled),
    _row("drivers", drivers),
)
