"""The catalogue of facts, one file for each part of a car.

Which fields are left out, and why, stands here too.
"""

from ..signal import AnySignal, Signal
from . import (
    assistance,
    battery,
    charge,
    climate,
    closures,
    config,
    connection,
    drive,
    journal,
    media,
    place,
    power,
    powershare,
    powertrain,
    route,
    schedules,
    seats,
    security,
    software,
    tires,
)

_PARTS = (
    assistance,
    battery,
    charge,
    climate,
    closures,
    config,
    connection,
    drive,
    journal,
    media,
    place,
    power,
    powershare,
    powertrain,
    route,
    schedules,
    seats,
    security,
    software,
    tires,
)


def _signals_of(part: object) -> tuple[AnySignal, ...]:
    """Return the facts that a file names, also those of its tuples, each once."""
    named = dict[AnySignal, None]()
    for value in vars(part).values():
        for each in value if isinstance(value, tuple) else (value,):
            if isinstance(each, Signal):
                named[each] = None
    return tuple(named)


ALL: tuple[AnySignal, ...] = tuple(signal for part in _PARTS for signal in _signals_of(part))
BY_NAME: dict[str, AnySignal] = {signal.name: signal for signal in ALL}
# `DoorState.DriverFront` stands under its whole name.
BY_FIELD: dict[str, tuple[AnySignal, ...]] = {
    signal.field: (signal,) for signal in ALL if signal.field is not None
}

_NO_DATA = "not data"
_UNDEFINED = "undefined; nobody knows what it means"
_SEMI = "the Semi truck only"

NOT_TAKEN: dict[str, str] = {
    "Unknown": _NO_DATA,
    "Deprecated_1": _NO_DATA,
    "Deprecated_2": _NO_DATA,
    "Deprecated_3": _NO_DATA,
    **{f"Experimental_{number}": _UNDEFINED for number in range(1, 16)},
    "SemitruckTpmsPressureRe1L0": _SEMI,
    "SemitruckTpmsPressureRe1L1": _SEMI,
    "SemitruckTpmsPressureRe1R0": _SEMI,
    "SemitruckTpmsPressureRe1R1": _SEMI,
    "SemitruckTpmsPressureRe2L0": _SEMI,
    "SemitruckTpmsPressureRe2L1": _SEMI,
    "SemitruckTpmsPressureRe2R0": _SEMI,
    "SemitruckTpmsPressureRe2R1": _SEMI,
    "SemitruckPassengerSeatFoldPosition": _SEMI,
    "SemitruckTractorParkBrakeStatus": _SEMI,
    "SemitruckTrailerParkBrakeStatus": _SEMI,
    "LifetimeEnergyUsedDrive": _SEMI,
    "SemiCruiseSpeedLimitMph": _SEMI,
    "ChargeState": "replaced by DetailedChargeState",
}
