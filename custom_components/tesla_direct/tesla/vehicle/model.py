"""What a car is, and what it has: from its VIN, its options, and what it was seen to send.

Source: Fleet API, section 9; positions of a VIN as in Tesla's decoder
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo

from .signal import AnySignal, Signal
from .signals import (
    climate,
    config,
    connection,
    drive,
    place,
    powershare,
    powertrain,
    route,
    seats,
    security,
)
from .state import VehicleState

MODELS = {
    "S": "Model S",
    "X": "Model X",
    "3": "Model 3",
    "Y": "Model Y",
    "C": "Cybertruck",
    "T": "Semi",
    "R": "Roadster",
    "A": "Cybercab",
}
# For cars whose VIN is of no help, as the cloud and as telemetry call them.
MODELS_BY_TYPE = {
    "models": "Model S",
    "models2": "Model S",
    "lychee": "Model S",
    "modelx": "Model X",
    "tamarind": "Model X",
    "model3": "Model 3",
    "modely": "Model Y",
    "cybertruck": "Cybertruck",
    "semitruck": "Semi",
}
PLANTS = {
    "F": "Fremont",
    "C": "Shanghai",
    "B": "Berlin",
    "A": "Austin",
    "N": "Nevada",
    "P": "Palo Alto",
}
YEARS = {letter: 2010 + place for place, letter in enumerate("ABCDEFGHJKLMNPRSTVWXY")}
VIN_LENGTH = 17


@dataclass(frozen=True, slots=True)
class Vin:
    """What a VIN tells; None where it does not."""

    model: str | None
    year: int | None
    plant: str | None
    pre_2021: bool


def read_vin(vin: str) -> Vin:
    """Return what a VIN tells.

    `pre_2021`: a Model S or X that knows no signed commands, and mostly no telemetry
    """
    if len(vin) != VIN_LENGTH:
        return Vin(None, None, None, pre_2021=False)
    # Of model year 2021 (M) those with one of the old motors are still of the old kind.
    old = vin[9] <= "L" or (vin[9] == "M" and vin[7] in "1234")
    return Vin(MODELS.get(vin[3]), YEARS.get(vin[9]), PLANTS.get(vin[10]), pre_2021=vin[3] in "SX" and old)


def model_name(state: VehicleState, vin: str) -> str | None:
    """Return what the car is called, with its trim where that is known: "Model 3 Performance"."""
    model = read_vin(vin).model or MODELS_BY_TYPE.get(state.get(config.CAR_TYPE) or "")
    badge = (state.get(config.TRIM) or "").lower()
    if model is None or not badge:
        return model
    if model in ("Model 3", "Model Y"):
        words = (
            "Performance" if badge.startswith("p") else "Long Range" if badge.startswith("74") else "",
            "AWD" if badge.endswith("d") and not badge.startswith("p") else "",
        )
        return " ".join(word for word in (model, *words) if word)
    if model in ("Model S", "Model X") and badge.strip("pd").isdecimal():
        return f"{model} {badge.upper()}"  # the badge was the car's name: 75D, P100D
    return model


def firmware(version: str | None) -> tuple[int, ...] | None:
    """Return a version as numbers that can be compared, or None if it is not one."""
    try:
        return tuple(int(part) for part in (version or "").split()[0].split("."))
    except IndexError, ValueError:
        return None


def wants_signature(state: VehicleState, vin: str) -> bool | None:
    """Return whether a car refuses plain commands; None while nobody has told, and then most do."""
    told = state.get(connection.NEEDS_SIGNATURE)
    return False if told is None and read_vin(vin).pre_2021 else told


def zone(state: VehicleState, home: tzinfo, now: float) -> tzinfo:
    """Return the car's time zone: the one at home if its clocks agree with the car's just now.

    A poll tells only by how much the car's clock differs from Greenwich, so a zone that knows of daylight
    saving is better wherever it fits.
    now: seconds since 1970
    """
    told = state.reading(config.UTC_OFFSET)
    if told is None or told.value is None or abs(told.value) >= 86_400:
        return home
    # What was told half a year ago is to be compared with home as it was then.
    offset = timedelta(seconds=told.value)
    return home if datetime.fromtimestamp(min(told.at, now), home).utcoffset() == offset else timezone(offset)


@dataclass(frozen=True, slots=True)
class Capability:
    """Whether a car has something: yes, no, or None while nobody knows.

    decided_by: the facts to watch for an answer
    for_good:   it can only be seen, not denied: a yes is final
    asked:      while nobody knows, sources have to deliver the facts; else they are only watched, for there
                are cars that never tell them
    """

    decided_by: tuple[AnySignal, ...]
    verdict: Callable[[VehicleState, str], bool | None]
    for_good: bool = False
    asked: bool = True

    def __call__(self, state: VehicleState, vin: str) -> bool | None:
        """Return the answer."""
        return self.verdict(state, vin)


def _of_any(*signals: AnySignal, asked: bool = True) -> Capability:
    """Return a capability that is proven by a known value."""

    def verdict(state: VehicleState, vin: str) -> bool | None:
        return any(state.get(signal) is not None for signal in signals) or None

    return Capability(signals, verdict, for_good=True, asked=asked)


def _as_told(signal: Signal[bool]) -> Capability:
    """Return a capability that the car states itself."""

    def verdict(state: VehicleState, vin: str) -> bool | None:
        return state.get(signal)

    return Capability((signal,), verdict)


def _motor(number: int) -> Capability:
    """Return a motor's, by its place in `powertrain.MOTORS`; one that is missing may be "unavailable"."""
    signal = powertrain.STATE[number]

    def verdict(state: VehicleState, vin: str) -> bool | None:
        return state.get(signal) not in (None, "unavailable") or None

    return Capability((signal,), verdict, for_good=True)


def _is_cybertruck(state: VehicleState, vin: str) -> bool | None:
    model = read_vin(vin).model or MODELS_BY_TYPE.get(state.get(config.CAR_TYPE) or "")
    return None if model is None else model == "Cybertruck"


def _has_hardware_4(state: VehicleState, vin: str) -> bool | None:
    computer = state.get(config.DRIVER_ASSIST) or ""
    # Of a computer that is newer than this table nobody knows.
    return {"TeslaAP4": True, "TeslaAP3": False, "TeslaAP2": False, "MonoCam": False}.get(computer)


def _has_sunroof(state: VehicleState, vin: str) -> bool | None:
    roof = state.get(config.SUNROOF)
    return None if roof is None else roof != "not_installed"


def _has_rear_seat_heaters(state: VehicleState, vin: str) -> bool | None:
    package = state.get(config.REAR_SEAT_HEATERS)
    return None if package is None else package > 0


def _has_rear_center_seat_heater(state: VehicleState, vin: str) -> bool | None:
    package = state.get(config.REAR_SEAT_HEATERS)
    return None if package is None else package in (1, 3)


def _has_third_row(state: VehicleState, vin: str) -> bool | None:
    package, row = state.get(config.REAR_SEAT_HEATERS), state.get(config.THIRD_ROW_SEATS)
    if package is None or row is None:
        return None
    return package == 3 and row != "none"


def _has_powershare(state: VehicleState, vin: str) -> bool | None:
    """Every Cybertruck has it; of the others those that speak of it."""
    return _is_cybertruck(state, vin) or state.get(powershare.STATUS) is not None or None


def _has_homelink(state: VehicleState, vin: str) -> bool | None:
    devices = state.get(place.HOMELINK_DEVICES)
    return None if devices is None else devices > 0


def _heats_wheel_without_levels(state: VehicleState, vin: str) -> bool | None:
    if state.get(seats.STEERING_WHEEL_LEVEL) is not None:
        return False
    # A car that speaks of a level, and does not know it just now, is one with levels.
    speaks = state.report(seats.STEERING_WHEEL_LEVEL) is not None
    return None if speaks or state.get(seats.STEERING_WHEEL_HEATER) is None else True


def _is_a_car(state: VehicleState, vin: str) -> bool | None:
    return True


def _needs_key(state: VehicleState, vin: str) -> bool | None:
    return not read_vin(vin).pre_2021


ANY_CAR = Capability((), _is_a_car, for_good=True)
VIRTUAL_KEY = Capability((), _needs_key)
CYBERTRUCK = Capability((config.CAR_TYPE,), _is_cybertruck)
HARDWARE_4 = Capability((config.DRIVER_ASSIST,), _has_hardware_4)
SUNROOF = Capability((config.SUNROOF,), _has_sunroof)
REAR_SEAT_HEATERS = Capability((config.REAR_SEAT_HEATERS,), _has_rear_seat_heaters)
REAR_CENTER_SEAT_HEATER = Capability((config.REAR_SEAT_HEATERS,), _has_rear_center_seat_heater)
THIRD_ROW = Capability((config.REAR_SEAT_HEATERS, config.THIRD_ROW_SEATS), _has_third_row)
SEAT_COOLING = _as_told(config.SEAT_COOLING)
STEERING_WHEEL_HEATER = _of_any(seats.STEERING_WHEEL_HEATER, seats.STEERING_WHEEL_LEVEL)
STEERING_WHEEL_LEVELS = _of_any(seats.STEERING_WHEEL_LEVEL, asked=False)
STEERING_WHEEL_WITHOUT_LEVELS = Capability(
    (seats.STEERING_WHEEL_LEVEL, seats.STEERING_WHEEL_HEATER), _heats_wheel_without_levels, asked=False
)
BIOWEAPON_MODE = _of_any(climate.BIOWEAPON_MODE, asked=False)  # only cars with the filter speak of it
OVERHEAT_FAN_ONLY = _as_told(climate.OVERHEAT_FAN_ONLY_SUPPORTED)
OVERHEAT_LIMIT = _as_told(config.OVERHEAT_LIMIT_SUPPORTED)
TRUNKS = _as_told(config.CAN_ACTUATE_TRUNKS)
POWERED_LIFTGATE = _as_told(config.POWERED_LIFTGATE)
MOTORIZED_CHARGE_PORT = _as_told(config.MOTORIZED_CHARGE_PORT)
PEDESTRIAN_WARNING_SPEAKER = _as_told(config.PEDESTRIAN_WARNING_SPEAKER)
NAVIGATION = _as_told(config.CAN_ACCEPT_NAVIGATION)
DASHCAM_SAVE = _as_told(config.DASHCAM_SAVE_SUPPORTED)
HOMELINK = Capability((place.HOMELINK_DEVICES,), _has_homelink)
REMOTE_START = _as_told(security.REMOTE_START_SUPPORTED)
SENTRY = _as_told(security.SENTRY_AVAILABLE)
POWERSHARE = Capability((powershare.STATUS, config.CAR_TYPE), _has_powershare, for_good=True)
MOTORS = tuple(_motor(number) for number in range(len(powertrain.MOTORS)))
ROUTE_CLOCK = _of_any(route.UPDATED)
ELEVATION = _of_any(drive.ELEVATION, asked=False)  # only some sources speak of it
