"""`charge_state` and the schedules."""

from typing import Any

from ..body import Body
from ..truth import Truth

INVALID = "<invalid>"
COLOURS = {
    "Starting": "White",
    "Charging": "FlashingGreen",
    "Complete": "Green",
    "Stopped": "Blue",
    "NoPower": "Amber",
}
FAST_TYPES = {"Supercharger": "Tesla"}  # vehicle_data has another word for it than telemetry


def charge_state(truth: Truth) -> dict[str, Any]:
    """Give `charge_state`; whole percents and kilowatts, as the car rounds them."""
    return _battery(truth.body) | _session(truth.body) | _settings(truth) | {"timestamp": ms(truth)}


def _battery(body: Body) -> dict[str, Any]:
    return {
        "battery_heater_on": body.battery_heater_on,
        "battery_level": round(body.battery_percent),
        "battery_range": round(body.rated_miles, 2),
        "est_battery_range": round(body.rated_miles * 0.88, 2),
        "ideal_battery_range": round(body.rated_miles, 2),
        "max_range_charge_counter": 0,
        "not_enough_power_to_heat": body.not_enough_power_to_heat,
        "usable_battery_level": round(body.usable_percent),
    }


def _session(body: Body) -> dict[str, Any]:
    charging = body.charging_state == "Charging"
    fast = body.fast_charger is not None
    power = body.battery_kw if fast else body.wall_kw
    miles = round(body.session_battery_kwh / body.kwh_a_mile, 1)
    hours = body.hours_to_limit
    fast_type = FAST_TYPES.get(body.fast_charger or "", body.fast_charger) or "ACSingleWireCAN"
    return {
        "charge_amps": 0 if fast else body.charge_amps_wanted,
        "charge_energy_added": round(body.session_battery_kwh, 2),
        "charge_miles_added_ideal": miles,
        "charge_miles_added_rated": miles,
        "charge_port_cold_weather_mode": body.charge_port_cold,
        "charge_port_color": COLOURS.get(body.charging_state, INVALID),
        "charge_port_door_open": body.charge_port_open,
        "charge_port_latch": body.charge_port_latch,
        "charge_rate": round(body.battery_kw / body.kwh_a_mile, 1),
        "charger_actual_current": round(body.charger_amps),
        "charger_phases": body.charger_phases if charging else None,
        "charger_pilot_current": body.pilot_amps,
        "charger_power": round(power),
        "charger_voltage": round(body.charger_volts),
        "charging_state": body.charging_state,
        "conn_charge_cable": body.cable or INVALID,
        "fast_charger_brand": "Tesla" if body.fast_charger == "Supercharger" else INVALID,
        "fast_charger_present": fast,
        "fast_charger_type": fast_type if body.plugged_in else INVALID,
        "minutes_to_full_charge": round(hours * 60),
        "supercharger_session_trip_planner": body.trip_planner_session,
        "time_to_full_charge": round(hours, 2),
        "trip_charging": body.trip_planner_session,
    }


def _settings(truth: Truth) -> dict[str, Any]:
    body = truth.body
    start = body.scheduled_start
    return {
        "charge_current_request": body.charge_amps_wanted,
        "charge_current_request_max": body.charge_amps_most,
        "charge_enable_request": body.charge_wanted,
        "charge_limit_soc": body.charge_limit_percent,
        "charge_limit_soc_max": 100,
        "charge_limit_soc_min": 50,
        "charge_limit_soc_std": 80,
        "off_peak_charging_enabled": body.off_peak_charging,
        "off_peak_charging_times": body.off_peak_days,
        "off_peak_hours_end_time": body.off_peak_end_minutes,
        "preconditioning_enabled": body.departure_preconditioning,
        "preconditioning_times": body.departure_days,
        "scheduled_charging_mode": body.scheduled_charging,
        "scheduled_charging_pending": body.scheduled_pending,
        "scheduled_charging_start_time": None if start is None else int(start),
        "scheduled_charging_start_time_app": 0 if start is None else minutes(truth, start),
        "scheduled_departure_time": int(truth.next_departure()),
        "scheduled_departure_time_minutes": body.departure_minutes,
        "user_charge_enable_request": None,
    }


def charge_schedule_data(truth: Truth) -> dict[str, Any]:
    """Give `charge_schedule_data`."""
    body = truth.body
    schedules = [dict(row) for row in body.charge_schedules]
    return {
        "charge_buffer": 0,
        "charge_schedule_window": schedules[0] if schedules else None,
        "charge_schedules": schedules,
        "max_num_charge_schedules": 101,
        "next_schedule": bool(schedules),
        "show_complete_state": False,
        "timestamp": ms(truth),
    }


def preconditioning_schedule_data(truth: Truth) -> dict[str, Any]:
    """Give `preconditioning_schedule_data`."""
    schedules = [dict(row) for row in truth.body.precondition_schedules]
    return {
        "max_num_precondition_schedules": 101,
        "next_schedule": bool(schedules),
        "precondition_schedules": schedules,
        "preconditioning_schedule_window": schedules[0] if schedules else None,
        "timestamp": ms(truth),
    }


def ms(truth: Truth) -> int:
    """Give the moment of a sub-document in milliseconds."""
    return int(truth.now * 1000)


def minutes(truth: Truth, at: float) -> int:
    """Give a moment as minutes after the car's midnight."""
    wall = truth.local(at).wall
    return wall.hour * 60 + wall.minute
