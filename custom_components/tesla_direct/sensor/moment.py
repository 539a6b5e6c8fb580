"""Moments: what turns the facts of a car into points in time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from ..tesla.vehicle import conclusions
from ..tesla.vehicle.schedule import Schedule, daily, following
from ..tesla.vehicle.signal import UNKNOWN_AGE, Signal
from ..tesla.vehicle.signals import charge, place, route, schedules
from ..tesla.vehicle.state import VehicleState
from .row import Clock

HERE = 250.0  # metres; our own idea of how near counts as the place of a schedule


def epoch(signal: Signal[float]) -> Callable[[VehicleState, Clock], datetime | None]:
    """Show a fact that is seconds since 1970."""

    def moment(state: VehicleState, clock: Clock) -> datetime | None:
        seconds = state.get(signal)
        return None if seconds is None else datetime.fromtimestamp(seconds, UTC)

    return moment


def _after(state: VehicleState, signal: Signal[float], unit: timedelta) -> datetime | None:
    """Return what a duration ends with, from when it was measured."""
    told = state.reading(signal)
    if told is None or told.value is None or told.at == UNKNOWN_AGE:
        return None
    try:
        return datetime.fromtimestamp(told.at, UTC) + told.value * unit
    except OverflowError:
        return None


def charge_complete(state: VehicleState, clock: Clock) -> datetime | None:
    """Show when the charge will be complete, while there is one."""
    if not state.get(charge.MINUTES_TO_FULL) or conclusions.charging(state) is False:
        return None
    return _after(state, charge.MINUTES_TO_FULL, timedelta(minutes=1))


def charge_termination(state: VehicleState, clock: Clock) -> datetime | None:
    """Show when the car expects the charge to end, while there is one."""
    if not state.get(charge.HOURS_TO_TERMINATION) or conclusions.charging(state) is False:
        return None
    return _after(state, charge.HOURS_TO_TERMINATION, timedelta(hours=1))


def route_arrival(state: VehicleState, clock: Clock) -> datetime | None:
    """Show when the car arrives."""
    return _after(state, route.MINUTES_TO_ARRIVAL, timedelta(minutes=1))


def route_updated(state: VehicleState, clock: Clock) -> datetime | None:
    """Show when the route was updated: a time of day, the last one before we heard of it."""
    told = state.reading(route.UPDATED)
    if told is None or told.value is None or told.at == UNKNOWN_AGE:
        return None
    heard = datetime.fromtimestamp(told.at, clock.zone)
    then = datetime.combine(heard.date(), told.value, clock.zone)
    return (then if then <= heard else then - timedelta(days=1)).astimezone(UTC)


def scheduled_departure(state: VehicleState, clock: Clock) -> datetime | None:
    """Show the next departure; one that is past comes again at the same time of day, if it is switched on."""
    seconds = state.get(schedules.DEPARTURE)
    if seconds is None:
        return None
    then = datetime.fromtimestamp(seconds, clock.zone)
    if seconds > clock.now:
        return then.astimezone(UTC)
    if state.get(schedules.CHARGING_MODE) != "depart_by":
        return None
    return daily(then.hour * 60 + then.minute, clock.now, clock.zone)


def next_of(
    signal: Signal[tuple[Schedule, ...]],
) -> tuple[Callable[[VehicleState, Clock], datetime | None], Callable[[VehicleState, Clock], dict[str, Any]]]:
    """Show which of several schedules is due next: when, and which one it is."""

    def moment(state: VehicleState, clock: Clock) -> datetime | None:
        due = following(state.get(signal) or (), clock.now, clock.zone)
        return None if due is None else due[0]

    def details(state: VehicleState, clock: Clock) -> dict[str, Any]:
        due = following(state.get(signal) or (), clock.now, clock.zone)
        if due is None:
            return {}
        schedule = due[1]
        return {"name": schedule.name, "id": schedule.number, "at_location": _is_here(state, schedule)}

    return moment, details


def _is_here(state: VehicleState, schedule: Schedule) -> bool | None:
    """Return whether the car is where a schedule applies, None if one of the places is not known."""
    car = state.get(place.LOCATION)
    if car is None or schedule.place is None:
        return None
    return car.metres_to(schedule.place) <= HERE
