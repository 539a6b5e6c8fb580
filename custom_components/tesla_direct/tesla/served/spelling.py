"""Our values as a poll spells them: kinds, the other way round.

What a poll has no word for is left out. Whole numbers are whole: those who log cars keep them in columns of
whole numbers, and take nothing else.
Source: Fleet API, section 5.3; tests/fixtures/
"""

from collections.abc import Callable, Mapping
from typing import Any

from ..vehicle.kind import Choice, Level, epoch, epoch_ms, nonzero
from ..vehicle.location import Location
from ..vehicle.signal import AnySignal
from ..vehicle.signals import (
    battery,
    charge,
    climate,
    closures,
    config,
    drive,
    media,
    place,
    route,
    schedules,
    security,
    software,
)

MISSING = object()  # a poll has no word for it

type Spelling = Callable[[Any], Any]

# Whole in polls, with fractions in telemetry.
WHOLE: frozenset[AnySignal] = frozenset(
    {
        battery.LEVEL,
        battery.USABLE_LEVEL,
        charge.CURRENT,
        charge.CURRENT_REQUEST,
        charge.CURRENT_REQUEST_MAX,
        charge.LIMIT,
        charge.LIMIT_MAX,
        charge.LIMIT_MIN,
        charge.LIMIT_STANDARD,
        charge.PILOT_CURRENT,
        charge.POWER,
        charge.VOLTAGE,
        climate.FAN_STATUS,
        drive.POWER,
        drive.SPEED,
        place.HEADING,
        software.UPDATE_DOWNLOAD,
        software.UPDATE_INSTALL,
    }
)


def spelled(signal: AnySignal, value: Any) -> Any:
    """Return a value that is known as a poll spells it, or `MISSING`; of several members, an object."""
    if (own := _OWN.get(signal)) is not None:
        return own(value)
    if isinstance(signal.kind, Choice):
        return _capitals(value)
    if isinstance(signal.kind, Level):
        return signal.kind.options.index(value)
    if signal in WHOLE:
        return round(value)
    return _BY_KIND.get(signal.kind, _as_it_is)(value)


def _as_it_is(value: Any) -> Any:
    return value


def _capitals(name: str) -> str:
    """Return start_at as StartAt."""
    return "".join(part.capitalize() for part in name.split("_"))


def _words(spellings: Mapping[str, Any], rest: Spelling = _capitals) -> Spelling:
    """Return a spelling by a table; `rest` is how all else is spelled."""
    return lambda name: spellings[name] if name in spellings else rest(name)


def _only(spellings: Mapping[str, Any]) -> Spelling:
    """Return a spelling by a table, beside which a poll has no words."""
    return lambda name: spellings.get(name, MISSING)


def _members(latitude: str, longitude: str) -> Callable[[Location], dict[str, float]]:
    return lambda where: {latitude: where.latitude, longitude: where.longitude}


def _minutes(value: float) -> dict[str, float]:
    return {"minutes_to_full_charge": round(value), "time_to_full_charge": round(value / 60, 2)}


def _three_flags(power: str) -> dict[str, bool]:
    return {
        "is_climate_on": power in ("on", "precondition"),
        "is_preconditioning": power == "precondition",
        "cabin_overheat_protection_actively_cooling": power == "overheat_protect",
    }


def _seconds(minutes: float) -> int:
    return round(minutes * 60)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)


def _nothing(_value: Any) -> Any:
    return MISSING


_BY_KIND: Mapping[Any, Spelling] = {epoch: round, epoch_ms: _milliseconds, nonzero: int}

_window = _only({"closed": 0, "partially_open": 1, "opened": 2})

_OWN: Mapping[AnySignal, Spelling] = {
    charge.CABLE_TYPE: str.upper,
    charge.FAST_CHARGER_TYPE: _words(
        {
            "supercharger": "Tesla",
            "chademo": "CHAdeMO",
            "gb": "GB",
            "ac_single_wire_can": "ACSingleWireCAN",
            "mc_single_wire_can": "MCSingleWireCAN",
        }
    ),
    charge.MINUTES_TO_FULL: _minutes,
    climate.DEFROST_MODE: _only({"off": 0, "normal": 1, "max": 2}),
    climate.KEEPER_MODE: _words({"keep": "on"}, _as_it_is),
    climate.POWER: _three_flags,
    closures.SUNROOF_STATE: _as_it_is,
    **dict.fromkeys(closures.WINDOWS, _window),
    config.CHARGE_PORT_TYPE: str.upper,
    config.SETTING_CHARGE_UNIT: _only({"distance": True, "percent": False}),
    config.SETTING_DISTANCE_UNIT: _only({"miles": "mi/hr", "kilometers": "km/hr"}),
    config.SETTING_TEMPERATURE_UNIT: _only({"celsius": "C", "fahrenheit": "F"}),
    config.SUNROOF: _only({"not_installed": 0, "gen1_installed": 1, "gen2_installed": 2}),
    media.STATUS: _words({"idle": "Stopped"}),
    place.LOCATION: _members("latitude", "longitude"),
    route.DESTINATION_LOCATION: _members("active_route_latitude", "active_route_longitude"),
    schedules.CHARGE_SCHEDULES: _nothing,
    schedules.OFF_PEAK_DAYS: _as_it_is,
    schedules.PRECONDITION_SCHEDULES: _nothing,
    schedules.PRECONDITIONING_DAYS: _as_it_is,
    security.SENTRY: lambda state: state != "off",
    # A poll has numbers for these, and one of them for nobody knows what.
    software.CENTER_DISPLAY: _only(
        {"off": 0, "on": 2, "driving": 3, "charging": 4, "lock": 5, "sentry": 6, "entertainment": 8}
    ),
    software.UPDATE_MINUTES: _seconds,
    software.UPDATE_STATUS: _words({"none": ""}, _as_it_is),
}
