"""The older way of scheduling, of which a car keeps one: a time to begin charging, or a time to be ready by.

A command sets all of a departure at once, so what is to stay has to be known. Times are minutes after
midnight of the car's wall clock.
"""

from dataclasses import replace
from datetime import datetime, tzinfo
from typing import Any

from ..errors import CannotDo
from ..vehicle.expectation import Expectation
from ..vehicle.signal import AnySignal, Signal
from ..vehicle.signals import schedules
from ..vehicle.state import VehicleState
from .catalogue.schedules import set_scheduled_charging, set_scheduled_departure
from .command import Command

OFF, START_AT, DEPART_BY = "off", "start_at", "depart_by"

_DEPARTURE: tuple[AnySignal, ...] = (
    schedules.CHARGING_MODE,
    schedules.DEPARTURE_MINUTES,
    schedules.DEPARTURE,
    schedules.PRECONDITIONING_ENABLED,
    schedules.PRECONDITIONING_DAYS,
    schedules.OFF_PEAK_ENABLED,
    schedules.OFF_PEAK_DAYS,
    schedules.OFF_PEAK_END_MINUTES,
)


def departure_with(*first: AnySignal) -> tuple[AnySignal, ...]:
    """Return all facts that a departure is made of, behind these."""
    return tuple(dict.fromkeys((*first, *_DEPARTURE)))


def charging_at(state: VehicleState, zone: tzinfo) -> int | None:
    """Return when charging begins, while or once that is switched on."""
    return _minutes(state, schedules.CHARGING_START_MINUTES, schedules.CHARGING_START, zone)


def departure_at(state: VehicleState, zone: tzinfo) -> int | None:
    """Return when the car has to be ready, while or once that is switched on."""
    return _minutes(state, schedules.DEPARTURE_MINUTES, schedules.DEPARTURE, zone)


def choose(state: VehicleState, mode: str, zone: tzinfo) -> Command:
    """Return what switches to charging from a time on, to departing by a time, or neither.

    Raises: CannotDo if the times are not known
    """
    if mode == DEPART_BY:
        return depart(state, zone)
    if mode == START_AT:
        return charge_from(_known(charging_at(state, zone), schedules.CHARGING_START_MINUTES))
    if state.get(schedules.CHARGING_MODE) == DEPART_BY:
        return set_scheduled_departure(enable=False)
    return set_scheduled_charging(enable=False, time=charging_at(state, zone) or 0)


def charge_from(minutes: int) -> Command:
    """Return what has the car charge from a time on."""
    return set_scheduled_charging(enable=True, time=minutes)


def depart(  # noqa: PLR0913  # the parts of a departure
    state: VehicleState,
    zone: tzinfo,
    *,
    at: int | None = None,
    preconditioning: bool | None = None,
    off_peak: bool | None = None,
    off_peak_end: int | None = None,
) -> Command:
    """Return what has the car ready by a time; what is None stays as it is.

    Raises: CannotDo if something that is to stay is not known
    """
    warm = _stays(preconditioning, state, schedules.PRECONDITIONING_ENABLED)
    cheap = _stays(off_peak, state, schedules.OFF_PEAK_ENABLED)
    return set_scheduled_departure(
        enable=True,
        departure_time=_known(departure_at(state, zone) if at is None else at, schedules.DEPARTURE_MINUTES),
        preconditioning_enabled=warm,
        preconditioning_weekdays_only=warm and state.get(schedules.PRECONDITIONING_DAYS) == "weekdays",
        off_peak_charging_enabled=cheap,
        off_peak_charging_weekdays_only=cheap and state.get(schedules.OFF_PEAK_DAYS) == "weekdays",
        end_off_peak_time=_stays(off_peak_end, state, schedules.OFF_PEAK_END_MINUTES),
    )


def end_off_peak(state: VehicleState, minutes: int, zone: tzinfo) -> Command:
    """Return what sets when power ceases to be cheap.

    Raises: CannotDo if no departure is switched on: a car keeps nothing of one that is off
    """
    if state.get(schedules.CHARGING_MODE) != DEPART_BY:
        raise CannotDo("departure is off", obstacle="departure_off")
    return depart(state, zone, off_peak_end=minutes)


def precondition(state: VehicleState, on: bool, zone: tzinfo) -> Command:  # noqa: FBT001  # a switch
    """Return what has the car warm by its departure, or not; a departure that is for nothing ends.

    Raises: CannotDo if something that is to stay is not known
    """
    if on or state.get(schedules.OFF_PEAK_ENABLED) is not False:
        return depart(state, zone, preconditioning=on)
    return _end(schedules.PRECONDITIONING_ENABLED)


def charge_off_peak(state: VehicleState, on: bool, zone: tzinfo) -> Command:  # noqa: FBT001  # a switch
    """Return what has the car charged by its departure while power is cheap, or not; likewise.

    Raises: CannotDo if something that is to stay is not known
    """
    if on or state.get(schedules.PRECONDITIONING_ENABLED) is not False:
        return depart(state, zone, off_peak=on)
    return _end(schedules.OFF_PEAK_ENABLED)


def _end(last: Signal[bool]) -> Command:
    """Return what ends a departure, of which one thing was left."""
    command = set_scheduled_departure(enable=False)
    return replace(command, expects=(*command.expects, Expectation(last, value=False)))


def _minutes(state: VehicleState, minutes: Signal[int], moment: Signal[float], zone: tzinfo) -> int | None:
    """Return a time of day, from whichever of two facts was told last; what was just set is newer still."""
    set_to, told, seen = state.get(minutes), state.reading(minutes), state.reading(moment)
    just_set = set_to is not None and (told is None or told.value != set_to)
    if just_set or seen is None or seen.value is None:
        return set_to
    if told is not None and told.value is not None and told.at >= seen.at:
        return set_to
    clock = datetime.fromtimestamp(seen.value, zone)
    return clock.hour * 60 + clock.minute


def _stays[T](wished: T | None, state: VehicleState, signal: Signal[T]) -> T:
    return _known(state.get(signal) if wished is None else wished, signal)


def _known[T](value: T | None, signal: Signal[Any]) -> T:
    if value is None:
        raise CannotDo(f"{signal.name} is not known", obstacle="schedule_unknown")
    return value
