"""What each control has to show, told from the simulated car's truth alone.

A key with a colon is of an attribute of the entity.
"""

from collections.abc import Callable
from typing import Any

from .expected import BINARY_SENSORS, Expected, Truth, body, climate_state, word

LOUDEST = 10.333333  # what the car calls its highest volume


def closed(*names: str) -> Expected:
    """Expect a cover to be open unless all of these windows are closed."""
    return lambda truth: (
        "closed" if all(truth["body"][f"window_{name}"] == "Closed" for name in names) else "open"
    )


def opened(name: str) -> Expected:
    """Expect a cover to be open when a field of the body says so."""
    return lambda truth: "open" if truth["body"][name] else "closed"


def locked(name: str) -> Expected:
    """Expect a lock to be locked when a field of the body says so."""
    return lambda truth: "locked" if truth["body"][name] else "unlocked"


def level(name: str, place: int) -> Expected:
    """Expect how warm or cold one seat is made."""
    return lambda truth: ("off", "low", "medium", "high")[truth["body"][name][place]]


def front_seat(place: int) -> Expected:
    """Expect how warm a seat is made that the car may see to by itself."""
    warm = level("seat_heaters", place)
    return lambda truth: "auto" if truth["body"]["auto_seats"][place] else warm(truth)


def conditioned(truth: Truth) -> str:
    """Return what a thermostat says of the air in the car."""
    return "heat_cool" if climate_state(truth) in ("on", "precondition") else "off"


def preset(truth: Truth) -> str:
    """Return what the climate is kept on for."""
    one = truth["body"]
    kept = {"Off": None, "On": "keep", "Dog": "dog", "Party": "camp"}[one["climate_keeper"]]
    return kept or ("defrost" if one["defrost"] in ("Normal", "Max") else "none")


def overheat_mode(truth: Truth) -> str:
    """Return what keeps a parked car from overheating."""
    return {"Off": "off", "On": "cool", "FanOnly": "fan_only"}[truth["body"]["overheat_protection"]]


def playing(what: Callable[[dict[str, Any]], Any]) -> Expected:
    """Expect something of the player, and nothing while there is nothing to play."""
    return lambda truth: None if truth["body"]["media"] == "Stopped" else what(truth["body"])


LOCKS: dict[str, Expected] = {
    "doors": locked("locked"),
    "charge_cable": lambda truth: "locked" if truth["body"]["charge_port_latch"] == "Engaged" else "unlocked",
    "speed_limit": locked("speed_limit_on"),
}

COVERS: dict[str, Expected] = {
    "windows": closed("driver_front", "driver_rear", "passenger_front", "passenger_rear"),
    "charge_port": opened("charge_port_open"),
    "frunk": opened("trunk_front_open"),
    "trunk": opened("trunk_rear_open"),
}

CLIMATES: dict[str, Expected] = {
    "cabin": conditioned,
    "cabin:temperature": body("driver_temp_c"),
    "cabin:current_temperature": body("inside_c"),
    "cabin:preset_mode": preset,
    "passenger": conditioned,
    "passenger:temperature": body("passenger_temp_c"),
    "cabin_overheat_protection": overheat_mode,
}

NUMBERS: dict[str, Expected] = {
    "charge_limit": body("charge_limit_percent"),
    "charge_current": body("charge_amps_wanted"),
}

SWITCHES: dict[str, Expected] = {
    "charge": BINARY_SENSORS["charging"],
    "sentry_mode": lambda truth: truth["body"]["sentry"] != "Off",
    "defrost": lambda truth: truth["body"]["defrost"] != "Off",
    "auto_seat_climate_left": lambda truth: truth["body"]["auto_seats"][0],
    "auto_seat_climate_right": lambda truth: truth["body"]["auto_seats"][1],
    "auto_steering_wheel_heat": body("wheel_heat_auto"),
    "guest_mode": body("guest"),
    "valet_mode": body("valet"),
}

SELECTS: dict[str, Expected] = {
    "seat_heater_front_left": front_seat(0),
    "seat_heater_front_right": front_seat(1),
    "seat_heater_rear_left": level("seat_heaters", 2),
    "seat_heater_rear_center": level("seat_heaters", 3),
    "seat_heater_rear_right": level("seat_heaters", 4),
    "seat_cooling_front_left": level("seat_fans", 0),
    "seat_cooling_front_right": level("seat_fans", 1),
    "scheduled_charging_mode": word("scheduled_charging"),
}

MEDIA_PLAYERS: dict[str, Expected] = {
    "media": playing(lambda one: one["media"].lower()),
    "media:media_title": playing(lambda one: one["media_title"] or None),
    "media:volume_level": playing(lambda one: one["volume"] / LOUDEST),
}

TEXTS: dict[str, Expected] = {"vehicle_name": lambda truth: truth["name"]}

UPDATES: dict[str, Expected] = {
    "software": lambda truth: truth["body"]["update_version"] is not None,
    "software:installed_version": body("firmware"),
}
