"""Charging: start and stop, limit and current, the port."""

from functools import partial

from .. import charger
from ..body import Body
from ..configuration import configuration
from ..machine import Machine
from .refused import ALREADY_SET, CAR_WASH, NOT_SUPPORTED, refuse_if

LIMITS = range(50, 101)
STANDARD_PERCENT = 80
LATCH_S = 1.0
RELATCH_S = 45.0  # how long a released connector may stay before it is locked again
PORT_S = 2.0
LOW_AMPS = 5  # below, some cars want to be asked twice


def charge_start(car: Machine) -> None:
    """Ask for power."""
    body = car.body
    refuse_if(not body.plugged_in, "disconnected")
    refuse_if(body.charging_state == "Charging", "is_charging")
    refuse_if(body.charging_state == "Starting", "requested")
    refuse_if(not body.wall_has_power, "no_power")
    refuse_if(body.battery_percent >= body.charge_limit_percent, "complete")
    charger.resume(body)


def charge_stop(car: Machine) -> None:
    """Stop, and keep the cable in."""
    refuse_if(car.body.charging_state not in {"Charging", "Starting"}, "not_charging")
    car.body.charge_wanted = False
    charger.stop(car.body, "Stopped")


def charge_standard(car: Machine) -> None:
    """Charge to what is good for every day."""
    refuse_if(car.body.charge_limit_percent == STANDARD_PERCENT, "already_standard")
    _limit(car.body, STANDARD_PERCENT)


def charge_max_range(car: Machine) -> None:
    """Charge to the brim."""
    refuse_if(car.body.charge_limit_percent == max(LIMITS), "already_max_range")
    _limit(car.body, max(LIMITS))


def set_charge_limit(car: Machine, percent: int) -> None:
    """Set the limit; what is out of range is ignored, and reported as done."""
    if percent not in LIMITS:
        return
    refuse_if(percent == car.body.charge_limit_percent, ALREADY_SET)
    _limit(car.body, percent)


def set_charging_amps(car: Machine, charging_amps: int) -> None:
    """Set the current; more than the cable gives is taken for that."""
    amps = max(0, min(charging_amps, car.body.charge_amps_most))
    if amps < LOW_AMPS and car.wants_low_amps_twice and car.low_amps_asked != amps:
        car.low_amps_asked = amps
        return
    car.low_amps_asked = None
    car.body.charge_amps_wanted = amps


def charge_port_door_open(car: Machine) -> None:
    """Open the door, or release the connector that is in."""
    body = car.body
    refuse_if(body.car_wash, CAR_WASH)
    refuse_if(body.charging_state in {"Charging", "Starting"}, "is_charging")
    body.charge_port_open = True
    car.later("latch", LATCH_S, partial(_release, car))


def charge_port_door_close(car: Machine) -> None:
    """Close the door, where it has a motor and nothing is in the way."""
    refuse_if(not configuration(car.model)["motorized_charge_port"], NOT_SUPPORTED)
    refuse_if(car.body.plugged_in, "cable_connected")
    car.later("latch", PORT_S, partial(_shut, car.body))


def _limit(body: Body, percent: int) -> None:
    """Set the limit; a session that was complete goes on if there is room again."""
    body.charge_limit_percent = percent
    if body.charging_state == "Complete" and body.charge_wanted and body.battery_percent < percent:
        charger.resume(body)


def _release(car: Machine) -> None:
    car.body.charge_port_latch = "Disengaged"
    if car.body.plugged_in:
        car.later("latch", RELATCH_S, partial(setattr, car.body, "charge_port_latch", "Engaged"))


def _shut(body: Body) -> None:
    body.charge_port_open = False
    body.charge_port_latch = "Engaged"
