"""What each entity has to show, told from the simulated car's truth alone.

One row for each key of an entity. The rows know nothing of the integration: they are read off Tesla's
documentation of each signal, in the signal's own unit, and the comparison converts what Home Assistant shows.
"""

from collections.abc import Callable
import math
import re
from typing import Any

type Truth = dict[str, Any]
type Expected = Callable[[Truth], Any]

HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def body(name: str) -> Expected:
    """Expect a field of the body as it is."""
    return lambda truth: truth["body"][name]


def word(name: str, **special: str | None) -> Expected:
    """Expect a state of the body, in Home Assistant's spelling."""

    def expected(truth: Truth) -> str | None:
        value = truth["body"][name]
        return special[value] if value in special else snake(value)

    return expected


def tyre(name: str, place: int) -> Expected:
    """Expect one wheel's value."""
    return lambda truth: truth["body"][name][place]


def route(name: str) -> Expected:
    """Expect what navigation says, unknown without a route."""
    return lambda truth: truth["body"]["route"][name] if truth["body"]["route"] else None


def charging(name: str) -> Expected:
    """Expect a figure of the charger."""
    return lambda truth: truth["body"][name]


def snake(value: str | None) -> str | None:
    """Return "PartiallyOpen" as "partially_open"."""
    return None if value is None else HUMP.sub("_", value).lower()


def window(name: str) -> Expected:
    """Expect a window to be open unless it is closed."""
    return lambda truth: truth["body"][f"window_{name}"] != "Closed"


def powered(*states: str) -> Expected:
    """Expect a state of the climate to be one of these."""
    return lambda truth: climate_state(truth) in states


def climate_state(truth: Truth) -> str:
    """Return what the climate is doing, as the car calls it."""
    one = truth["body"]
    if one["overheat_cooling"]:
        return "overheat_protect"
    if one["preconditioning"]:
        return "precondition"
    return "on" if one["climate_on"] else "off"


def charger_power(truth: Truth) -> float:
    """Return the power of the charger: the station's with DC, the wall's with AC."""
    one = truth["body"]
    if one["charging_state"] not in ("Charging", "Starting"):
        return 0.0
    return float(one["battery_kw"] if one["fast_charger"] else one["wall_kw"])


def any_open(truth: Truth) -> bool:
    """Return whether any door, lid or window is open."""
    one = truth["body"]
    doors = any(value for name, value in one.items() if name.startswith(("door_", "trunk_")))
    return doors or any(value != "Closed" for name, value in one.items() if name.startswith("window_"))


SENSORS: dict[str, Expected] = {
    "charging_state": word("charging_state"),
    "battery_level": body("battery_percent"),
    "usable_battery_level": body("usable_percent"),
    "energy_remaining": body("energy_remaining_kwh"),
    "battery_range": body("rated_miles"),
    "charge_energy_added": body("session_battery_kwh"),
    "charger_power": charger_power,
    "ac_charging_power": body("wall_kw"),
    "charger_voltage": body("charger_volts"),
    "charger_current": body("charger_amps"),
    "charge_limit": body("charge_limit_percent"),
    "charge_cable_type": word("cable"),
    "charge_port_latch": word("charge_port_latch"),
    "scheduled_charging_mode": word("scheduled_charging"),
    "pack_voltage": body("pack_volts"),
    "module_temp_max": body("module_temp_max_c"),
    "module_temp_min": body("module_temp_min_c"),
    "lifetime_energy_used": body("lifetime_used_kwh"),
    "lifetime_energy_regen": body("lifetime_regenerated_kwh"),
    "lifetime_energy_charged": body("lifetime_charged_kwh"),
    "nominal_full_pack_energy": body("full_pack_kwh"),
    "powershare_status": word("powershare"),
    "speed": body("speed_mph"),
    "shift_state": word("gear"),
    "odometer": body("odometer_miles"),
    "heading": body("heading_degrees"),
    "cruise_set_speed": body("cruise_set_mph"),
    "cruise_follow_distance": body("follow_distance"),
    "lateral_acceleration": body("lateral_mps2"),
    "longitudinal_acceleration": body("acceleration_mps2"),
    "pedal_position": body("pedal_percent"),
    "route_destination": route("name"),
    "route_distance": route("miles"),
    "route_traffic_delay": route("delay_minutes"),
    "gps_accuracy": body("gps_accuracy_m"),
    "grade": lambda truth: None if truth["body"]["gear"] == "P" else truth["body"]["grade_percent"],
    "inside_temp": body("inside_c"),
    "outside_temp": body("outside_c"),
    "driver_temp_setting": body("driver_temp_c"),
    "passenger_temp_setting": body("passenger_temp_c"),
    "fan_status": body("fan_level"),
    "hvac_power_state": climate_state,
    "defrost_state": word("defrost"),
    "climate_keeper_state": word("climate_keeper", On="keep", Party="camp"),
    "tpms_pressure_fl": tyre("tyre_bar", 0),
    "tpms_pressure_fr": tyre("tyre_bar", 1),
    "tpms_pressure_rl": tyre("tyre_bar", 2),
    "tpms_pressure_rr": tyre("tyre_bar", 3),
    "tpms_soft_warnings": lambda truth: sum(truth["body"]["tyre_soft"]),
    "tpms_hard_warnings": lambda truth: sum(truth["body"]["tyre_hard"]),
    "vehicle_state": lambda truth: truth["state"],
    "sentry_state": word("sentry"),
    "software_version": body("firmware"),
    "center_display": word("display"),
    "homelink_devices": body("homelink_devices"),
    "forward_collision_warning": word("collision_warning", Average="medium"),
    "lane_departure_avoidance": word("lane_departure", **{"None": "off"}),
    "speed_limit_warning": word("speed_warning", **{"None": "off"}),
    "turn_signal": word("turn_signal"),
    "setting_distance_unit": word("distance_unit"),
    "setting_temperature_unit": word("temperature_unit"),
}

BINARY_SENSORS: dict[str, Expected] = {
    "online": lambda truth: truth["state"] == "online",
    "telemetry_connected": lambda truth: bool(truth["telemetry"]["connected"]),
    "charge_cable": lambda truth: truth["body"]["charging_state"] != "Disconnected",
    "charging": lambda truth: truth["body"]["charging_state"] in ("Charging", "Starting"),
    "fast_charging": lambda truth: truth["body"]["fast_charger"] is not None,
    "battery_heater": body("battery_heater_on"),
    "climate_on": powered("on", "precondition"),
    "is_preconditioning": powered("precondition"),
    "cop_active": powered("overheat_protect"),
    "ac_enabled": body("compressor_on"),
    "door_driver_front": body("door_driver_front_open"),
    "door_driver_rear": body("door_driver_rear_open"),
    "door_passenger_front": body("door_passenger_front_open"),
    "door_passenger_rear": body("door_passenger_rear_open"),
    "window_driver_front": window("driver_front"),
    "window_driver_rear": window("driver_rear"),
    "window_passenger_front": window("passenger_front"),
    "window_passenger_rear": window("passenger_rear"),
    "trunk_front_open": body("trunk_front_open"),
    "trunk_rear_open": body("trunk_rear_open"),
    "any_open": any_open,
    "driver_seat_occupied": body("driver_seat_occupied"),
    "parked": lambda truth: truth["body"]["gear"] == "P",
    "tpms_soft_warning_fl": tyre("tyre_soft", 0),
    "tpms_soft_warning_rr": tyre("tyre_soft", 3),
    "tpms_hard_warning_fl": tyre("tyre_hard", 0),
    "located_at_home": lambda truth: near(truth, "home"),
    "located_at_work": lambda truth: near(truth, "work"),
    "service_mode": body("service_mode"),
    "remote_start_enabled": body("remote_start_allowed"),
    "remote_start_active": body("remote_start_on"),
    "pin_to_drive": body("pin_to_drive"),
    "speed_limit_mode": body("speed_limit_on"),
    "valet_mode_on": body("valet"),
    "guest_mode_on": body("guest"),
    "dcdc_enabled": body("dcdc_on"),
    "hvil_fault": lambda truth: truth["body"]["interlock"] == "Fault",
    "brake_pedal": body("brake_pressed"),
    "hazard_lights": body("hazards"),
    "high_beams": body("high_beams"),
    "aeb_off": body("emergency_braking_off"),
    "gps_state": body("gps_fix"),
    "rear_defroster": body("rear_defrost"),
    "wiper_heater": body("wiper_heater"),
}


def near(truth: Truth, place: str) -> bool:
    """Return whether the car stands at a saved place: within 120 m."""
    one = truth["body"]
    latitude, longitude = one[place]
    north = (one["latitude"] - latitude) * 111_320
    east = (one["longitude"] - longitude) * 111_320 * math.cos(math.radians(latitude))
    return math.hypot(north, east) < 120.0
