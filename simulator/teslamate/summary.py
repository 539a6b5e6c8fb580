"""What TeslaMate publishes of a car: its keys, its units, its spellings.

Source: providers, section 6; TeslaMate's documents of its MQTT topics
"""

from collections.abc import Mapping
from datetime import UTC, datetime
import json
from math import sin
from typing import Any

MILES_IN_KM = 0.62137119223733
UPDATES = frozenset({"available", "downloading", "downloading_wifi_wait"})  # what it calls available
NO_ROUTE = '{"error":"No active route available"}'
# Of these it says also that there is nothing; what else is unknown keeps its last value at the broker.
EMPTIED = frozenset(
    {
        "charge_energy_added",
        "charger_actual_current",
        "charger_phases",
        "charger_power",
        "charger_voltage",
        "geofence",
        "scheduled_charging_start_time",
        "shift_state",
        "time_to_full_charge",
        "trim_badging",
    }
)
SAME = {
    "charge_state": (
        "battery_level",
        "charge_current_request",
        "charge_current_request_max",
        "charge_energy_added",
        "charge_limit_soc",
        "charge_port_door_open",
        "charger_actual_current",
        "charger_phases",
        "charger_power",
        "charger_voltage",
        "charging_state",
        "time_to_full_charge",
        "usable_battery_level",
    ),
    "climate_state": (
        "climate_keeper_mode",
        "inside_temp",
        "is_climate_on",
        "is_preconditioning",
        "outside_temp",
    ),
    "drive_state": ("heading", "latitude", "longitude", "power", "shift_state"),
    "vehicle_config": ("exterior_color", "spoiler_type", "wheel_type"),
    "vehicle_state": (
        "center_display_state",
        "is_user_present",
        "locked",
        "sentry_mode",
        "service_mode",
        "sun_roof_percent_open",
        "sun_roof_state",
        *(
            f"tpms_{what}_{wheel}"
            for what in ("pressure", "soft_warning")
            for wheel in ("fl", "fr", "rl", "rr")
        ),
    ),
}
DOORS = {"driver_front": "df", "driver_rear": "dr", "passenger_front": "pf", "passenger_rear": "pr"}
WINDOWS = {"driver_front": "fd", "driver_rear": "rd", "passenger_front": "fp", "passenger_rear": "rp"}
MODELS = {"models": "S", "models2": "S", "modelx": "X", "model3": "3", "modely": "Y"}


def summary(data: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Give what is published of `vehicle_data`, in TeslaMate's units.

    name: what the car is called
    """
    told: dict[str, Any] = {"display_name": name, "geofence": None}
    for part, keys in SAME.items():
        document = data.get(part, {})
        told |= {key: document.get(key) for key in keys}
    charge, drive = data.get("charge_state", {}), data.get("drive_state", {})
    for ours, tesla in (
        ("est", "est_battery_range"),
        ("rated", "battery_range"),
        ("ideal", "ideal_battery_range"),
    ):
        told[f"{ours}_battery_range_km"] = kilometres(charge.get(tesla))
    told["plugged_in"] = charge.get("charging_state") not in {None, "Disconnected"}
    told["scheduled_charging_start_time"] = _time(charge.get("scheduled_charging_start_time"))
    speed = drive.get("speed")
    told["speed"] = None if speed is None else round(speed / MILES_IN_KM)
    told["elevation"] = terrain(drive.get("latitude"), drive.get("longitude"))
    told |= _closures(data.get("vehicle_state", {})) | _configuration(data) | _software(data)
    return told | _route(drive)


def begun(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give what is published before anything was heard of a car: what is in the database, and nothing."""
    kept = ("exterior_color", "spoiler_type", "wheel_type", "model", "trim_badging")
    known = _configuration(data) | data.get("vehicle_config", {})
    return dict.fromkeys(EMPTIED) | {key: known.get(key) for key in kept} | _route({})


def published(told: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, str]:
    """Give the texts of what has changed; what is unknown is left out, unless it is one of EMPTIED."""
    return {
        key: text(value)
        for key, value in told.items()
        if (value is not None or key in EMPTIED) and (key not in before or before[key] != value)
    }


def text(value: Any) -> str:
    """Write a value as Elixir does."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def kilometres(miles: float | None) -> float | None:
    """Give kilometres, with two digits."""
    return None if miles is None else round(miles / MILES_IN_KM, 2)


def terrain(latitude: float | None, longitude: float | None) -> int | None:
    """Give how high the ground is, in metres; TeslaMate has a map of that, and here it is made up."""
    if latitude is None or longitude is None:
        return None
    return round(120 + 80 * sin(latitude * 90) * sin(longitude * 90))


def _time(seconds: float | None) -> str | None:
    return None if not seconds else datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _closures(state: Mapping[str, Any]) -> dict[str, Any]:
    if "df" not in state:
        return {}
    doors = {f"{door}_door_open": state[short] > 0 for door, short in DOORS.items()}
    windows = {f"{place}_window_open": state[f"{short}_window"] > 0 for place, short in WINDOWS.items()}
    return {
        **doors,
        **windows,
        "doors_open": any(doors.values()),
        "windows_open": any(windows.values()),
        "trunk_open": state["rt"] > 0,
        "frunk_open": state["ft"] > 0,
    }


def _configuration(data: Mapping[str, Any]) -> dict[str, Any]:
    config = data.get("vehicle_config", {})
    roof, trim = config.get("sun_roof_installed"), config.get("trim_badging")
    return {
        "model": MODELS.get(config.get("car_type", "")),
        "sun_roof_installed": None if roof is None else roof > 0,
        "trim_badging": None if trim is None else trim.upper(),
    }


def _software(data: Mapping[str, Any]) -> dict[str, Any]:
    state = data.get("vehicle_state", {})
    update = state.get("software_update", {})
    version = str(state.get("car_version", "")).split(" ")[0] or None
    status, newer = update.get("status"), update.get("version")
    told = {
        "odometer": kilometres(state.get("odometer")),
        "version": version,
        "update_available": None if status is None else status in UPDATES,
        "update_version": None if newer is None else newer.split(" ")[0],
        "download_perc": update.get("download_perc"),
        "install_perc": update.get("install_perc"),
    }
    latest = told["update_version"] if told["update_available"] else version
    if version is None or status is None or latest is None:
        return told
    both = {"installed_version": version, "latest_version": latest}
    return told | {"software_update": _json(both)}


def _route(drive: Mapping[str, Any]) -> dict[str, Any]:
    latitude, longitude = drive.get("latitude"), drive.get("longitude")
    told: dict[str, Any] = {}
    if latitude is not None and longitude is not None:
        told["location"] = _json({"latitude": latitude, "longitude": longitude})
    destination = drive.get("active_route_destination")
    if destination is None:
        nothing = dict.fromkeys(("destination", "latitude", "longitude"), "nil")
        return (
            told
            | {f"active_route_{key}": value for key, value in nothing.items()}
            | {"active_route": NO_ROUTE}
        )
    where = {"latitude": drive["active_route_latitude"], "longitude": drive["active_route_longitude"]}
    measures = ("energy_at_arrival", "miles_to_arrival", "minutes_to_arrival", "traffic_minutes_delay")
    route = {"destination": destination, **{key: drive.get(f"active_route_{key}") for key in measures}}
    return told | {
        "active_route": _json(route | {"location": where, "error": None}),
        "active_route_destination": destination,
        "active_route_latitude": where["latitude"],
        "active_route_longitude": where["longitude"],
    }


def _json(document: Mapping[str, Any]) -> str:
    return json.dumps(document, separators=(",", ":"))
