"""`vehicle_state`, `vehicle_config`, `gui_settings`."""

from typing import Any

from ..body import VOLUME_MAX, VOLUME_STEP, Body
from ..configuration import configuration
from ..truth import Truth
from .charge import ms

WHEELS = ("fl", "fr", "rl", "rr")
WINDOWS = {"Closed": 0, "PartiallyOpen": 1, "Opened": 2}
# The numbers have no public legend; these are what cars were seen to send.
DISPLAYS = {
    "Off": 0,
    "On": 2,
    "Driving": 2,
    "Charging": 7,
    "Lock": 5,
    "Sentry": 6,
    "Dog": 7,
    "Entertainment": 8,
}


def vehicle_state(truth: Truth) -> dict[str, Any]:
    """Give `vehicle_state`."""
    body = truth.body
    state = _closures(body) | _tyres(body) | _fixed(truth) | _security(body)
    state |= {
        "car_version": f"{body.firmware} {truth.model.build}",
        "center_display_state": DISPLAYS.get(body.display, 0),
        "dashcam_state": body.dashcam,
        "homelink_device_count": body.homelink_devices,
        "homelink_nearby": body.homelink_devices > 0 and body.near(body.home),
        "is_user_present": body.user_present,
        "media_info": _media(body),
        "media_state": {"remote_control_enabled": True},
        "odometer": round(body.odometer_miles, 6),
        "software_update": _update(body),
        "speed_limit_mode": {
            "active": body.speed_limit_on,
            "current_limit_mph": body.speed_limit_mph,
            "max_limit_mph": 120,
            "min_limit_mph": 50,
            "pin_code_set": body.speed_limit_pin is not None,
        },
        "timestamp": ms(truth),
    }
    if configuration(truth.model)["sun_roof_installed"]:
        percent = body.sunroof_percent_open
        state["sun_roof_state"] = "unknown" if percent is None else ("open" if percent else "closed")
        state["sun_roof_percent_open"] = percent
    return state


def _closures(body: Body) -> dict[str, Any]:
    return {
        "df": int(body.door_driver_front_open),
        "dr": int(body.door_driver_rear_open),
        "pf": int(body.door_passenger_front_open),
        "pr": int(body.door_passenger_rear_open),
        # Trunks tell how far they are open, up to 255.
        "ft": 16 if body.trunk_front_open else 0,
        "rt": 32 if body.trunk_rear_open else 0,
        "fd_window": WINDOWS[body.window_driver_front],
        "fp_window": WINDOWS[body.window_passenger_front],
        "rd_window": WINDOWS[body.window_driver_rear],
        "rp_window": WINDOWS[body.window_passenger_rear],
    }


def _tyres(body: Body) -> dict[str, Any]:
    front, rear = body.tyre_recommended_bar
    state: dict[str, Any] = {"tpms_rcp_front_value": front, "tpms_rcp_rear_value": rear}
    for place, wheel in enumerate(WHEELS):
        seen = body.tyre_seen[place]
        state |= {
            f"tpms_pressure_{wheel}": body.tyre_bar[place],
            f"tpms_last_seen_pressure_time_{wheel}": None if seen is None else int(seen),
            f"tpms_soft_warning_{wheel}": body.tyre_soft[place],
            f"tpms_hard_warning_{wheel}": body.tyre_hard[place],
        }
    return state


def _security(body: Body) -> dict[str, Any]:
    return {
        "locked": body.locked,
        "remote_start": body.remote_start_on,
        "remote_start_enabled": body.remote_start_allowed,
        "remote_start_supported": True,
        "sentry_mode": body.sentry not in {"Off", "Quiet"},
        "sentry_mode_available": True,
        "service_mode": body.service_mode,
        "service_mode_plus": False,
        "valet_mode": body.valet,
        "valet_pin_needed": body.valet_pin is None,
    }


def _fixed(truth: Truth) -> dict[str, Any]:
    return {
        "api_version": api_version(truth),
        "autopark_state_v2": "unavailable",
        "calendar_supported": True,
        "dashcam_clip_save_available": True,
        "feature_bitmask": "fbdffbff,187f",
        "notifications_supported": True,
        "parsed_calendar_supported": True,
        "santa_mode": 0,
        "smart_summon_available": False,
        "summon_standby_mode_enabled": False,
        "vehicle_name": truth.name,
        "vehicle_self_test_progress": 0,
        "vehicle_self_test_requested": False,
        "webcam_available": True,
    }


def _media(body: Body) -> dict[str, Any]:
    return {
        "a2dp_source_name": "Phone" if body.media_source == "Spotify" else "",
        "audio_volume": body.volume,
        "audio_volume_increment": VOLUME_STEP,
        "audio_volume_max": VOLUME_MAX,
        "media_playback_status": body.media,
        "now_playing_album": body.media_album,
        "now_playing_artist": body.media_artist,
        "now_playing_duration": body.media_ms,
        "now_playing_elapsed": body.media_elapsed_ms,
        "now_playing_source": body.media_source,
        "now_playing_station": body.media_station,
        "now_playing_title": body.media_title,
    }


def _update(body: Body) -> dict[str, Any]:
    update: dict[str, Any] = {
        "download_perc": body.update_download_percent,
        "expected_duration_sec": body.update_minutes * 60,
        "install_perc": int(body.update_install_percent),
        "status": body.update_status,
        "version": body.update_version or " ",
    }
    if body.update_at is not None:
        update["scheduled_time_ms"] = int(body.update_at * 1000)
    return update


def vehicle_config(truth: Truth) -> dict[str, Any]:
    """Give `vehicle_config`."""
    return configuration(truth.model) | {"timestamp": ms(truth), "utc_offset": truth.utc_offset}


def gui_settings(truth: Truth) -> dict[str, Any]:
    """Give `gui_settings`, which says how the car shows things and never how it sends them."""
    body = truth.body
    return {
        "gui_24_hour_time": body.clock_24h,
        "gui_charge_rate_units": "kW",
        "gui_distance_units": "mi/hr" if body.distance_unit == "Miles" else "km/hr",
        "gui_range_display": "Rated",
        "gui_temperature_units": body.temperature_unit[0],
        "gui_tirepressure_units": body.pressure_unit,
        "show_range_units": body.charge_unit == "Distance",
        "timestamp": ms(truth),
    }


def api_version(truth: Truth) -> int:
    """Give the version of the car's own interface."""
    return 36 if truth.model.old else 86
