"""`climate_state`."""

from typing import Any

from ..configuration import configuration
from ..truth import Truth
from .charge import ms

DEFROST = {"Off": 0, "Normal": 1, "Max": 2, "AutoDefog": 1}
KEEPER = {"Off": "off", "On": "on", "Dog": "dog", "Party": "camp"}


def climate_state(truth: Truth) -> dict[str, Any]:
    """Give `climate_state`; null where the sensors of a car sleep or are missing."""
    body = truth.body
    heaters = body.seat_heaters
    built = configuration(truth.model)
    cooled = built["has_seat_cooling"]
    state = {
        "allow_cabin_overheat_protection": True,
        "auto_seat_climate_left": body.auto_seats[0],
        "auto_seat_climate_right": body.auto_seats[1],
        "auto_steering_wheel_heat": body.wheel_heat_auto,
        "battery_heater": body.battery_heater_on,
        "battery_heater_no_power": body.not_enough_power_to_heat,
        "bioweapon_mode": body.bioweapon,
        "cabin_overheat_protection": body.overheat_protection,
        "cabin_overheat_protection_actively_cooling": body.overheat_cooling,
        "climate_keeper_mode": KEEPER[body.climate_keeper],
        "cop_activation_temperature": body.overheat_limit,
        "defrost_mode": DEFROST[body.defrost],
        "driver_temp_setting": body.driver_temp_c,
        "fan_status": body.fan_level,
        "hvac_auto_request": "On" if body.climate_auto else "Override",
        "inside_temp": tenth(body.inside_c),
        "is_auto_conditioning_on": body.climate_on,
        "is_climate_on": body.climate_on,
        "is_front_defroster_on": body.defrost != "Off",
        "is_preconditioning": body.preconditioning,
        "is_rear_defroster_on": body.rear_defrost,
        "left_temp_direction": 0,
        "max_avail_temp": 28.0,
        "min_avail_temp": 15.0,
        "outside_temp": tenth(body.outside_c),
        "passenger_temp_setting": body.passenger_temp_c,
        "remote_heater_control_enabled": False,
        "right_temp_direction": 0,
        "seat_fan_front_left": body.seat_fans[0] if cooled else None,
        "seat_fan_front_right": body.seat_fans[1] if cooled else None,
        "seat_heater_left": heaters[0],
        "seat_heater_rear_center": heaters[3],
        "seat_heater_rear_left": heaters[2],
        "seat_heater_rear_right": heaters[4],
        "seat_heater_right": heaters[1],
        "side_mirror_heaters": body.mirror_heaters,
        "steering_wheel_heat_level": body.wheel_heat,
        "steering_wheel_heater": body.wheel_heat > 0,
        "supports_fan_only_cabin_overheat_protection": True,
        "timestamp": ms(truth),
        "wiper_blade_heater": body.wiper_heater,
    }
    if built["third_row_seats"] not in {None, "None"}:
        left, right = body.third_row_heaters
        state |= {"seat_heater_third_row_left": left, "seat_heater_third_row_right": right}
    return state


def tenth(celsius: float | None) -> float | None:
    """Round as the car does."""
    return None if celsius is None else round(celsius, 1)
