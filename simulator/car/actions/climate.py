"""Climate: power, temperatures, modes, overheat protection."""

from ..machine import Machine
from .refused import INVALID_VALUE, refuse_if

COLDEST_C, WARMEST_C = 15.0, 28.0
KEEPERS = ("Off", "On", "Dog", "Party")
LIMITS = ("Low", "Medium", "High")


def auto_conditioning_start(car: Machine) -> None:
    """Switch climate on."""
    _power(car, on=True)


def auto_conditioning_stop(car: Machine) -> None:
    """Switch climate off, and all that needs it."""
    _power(car, on=False)


def set_temps(car: Machine, driver_temp: float, passenger_temp: float) -> None:
    """Set both sides; what lies beyond the car's range is its coldest or warmest."""
    car.body.driver_temp_c = _within(driver_temp)
    car.body.passenger_temp_c = _within(passenger_temp)


def set_preconditioning_max(car: Machine, *, on: bool, manual_override: bool = False) -> None:
    """Defrost with all there is, or stop that."""
    body = car.body
    body.defrost = "Max" if on else "Off"
    body.rear_defrost = body.mirror_heaters = body.wiper_heater = on
    if on:
        _power(car, on=True)


def set_bioweapon_mode(car: Machine, *, on: bool, manual_override: bool = False) -> None:
    """Keep everything out."""
    if on:
        _power(car, on=True)
    car.body.bioweapon = on


def set_climate_keeper_mode(car: Machine, climate_keeper_mode: int, *, manual_override: bool = False) -> None:
    """Keep climate on while nobody is in: 0 not, 1 simply, 2 for a dog, 3 for camping."""
    refuse_if(not 0 <= climate_keeper_mode < len(KEEPERS), INVALID_VALUE)
    refuse_if(not car.body.parked, "vehicle_not_in_park")
    _power(car, on=climate_keeper_mode > 0 or car.body.user_present)
    car.body.climate_keeper = KEEPERS[climate_keeper_mode]


def set_cabin_overheat_protection(car: Machine, *, on: bool, fan_only: bool = False) -> None:
    """Keep the parked car from getting hot, with or without cooling."""
    mode = "FanOnly" if fan_only else "On"
    car.body.overheat_protection = mode if on else "Off"


def set_cop_temp(car: Machine, cop_temp: int) -> None:
    """Set from where on the parked car is cooled: 0 low, 1 medium, 2 high."""
    refuse_if(not 0 <= cop_temp < len(LIMITS), INVALID_VALUE)
    car.body.overheat_limit = LIMITS[cop_temp]


def set_recirculation(car: Machine, *, on: bool) -> None:
    """Take air from inside or outside."""
    car.body.recirculation = on


def _power(car: Machine, *, on: bool) -> None:
    body = car.body
    body.climate_on = on
    body.preconditioning = on and not body.user_present
    if not on:
        body.climate_keeper = "Off"
        body.defrost = "Off"
        body.bioweapon = body.rear_defrost = body.mirror_heaters = body.wiper_heater = False
        body.seat_heaters, body.third_row_heaters = [0] * len(body.seat_heaters), [0, 0]
        body.seat_fans, body.wheel_heat = [0, 0], 0


def _within(celsius: float) -> float:
    return round(max(COLDEST_C, min(celsius, WARMEST_C)) * 2) / 2
