"""When to charge and when to be warm."""

from datetime import datetime, timedelta
from typing import Any

from ..body import NEAR, Body
from ..geometry import metres_between
from ..machine import Machine
from .refused import INVALID_VALUE, refuse_if

DAY_MINUTES = 1440
MOST = 101


def set_scheduled_charging(car: Machine, *, enable: bool, time: int = 0) -> None:
    """Begin charging at a time of day, or whenever a cable goes in."""
    refuse_if(not 0 <= time < DAY_MINUTES, INVALID_VALUE)
    body = car.body
    body.scheduled_charging = "StartAt" if enable else "Off"
    body.scheduled_start = _next(car, time) if enable else None
    body.scheduled_pending = enable and body.plugged_in


def set_scheduled_departure(  # noqa: PLR0913  # Tesla's parameters
    car: Machine,
    *,
    enable: bool,
    departure_time: int = 0,
    preconditioning: str | None = None,
    off_peak_charging: str | None = None,
    end_off_peak_time: int = 0,
) -> None:
    """Be charged, and warm, by a time of day; the two options are "all_week", "weekdays" or off."""
    refuse_if(not 0 <= departure_time <= DAY_MINUTES, INVALID_VALUE)
    body = car.body
    body.scheduled_charging = "DepartBy" if enable else "Off"
    body.scheduled_start = None
    body.scheduled_pending = enable and body.plugged_in
    body.departure_preconditioning = preconditioning is not None
    body.off_peak_charging = off_peak_charging is not None
    if enable:
        body.departure_minutes = departure_time % DAY_MINUTES
        body.off_peak_end_minutes = end_off_peak_time
        body.departure_days = preconditioning or body.departure_days
        body.off_peak_days = off_peak_charging or body.off_peak_days


def add_charge_schedule(car: Machine, **row: Any) -> None:
    """Add a schedule, or change the one with this id."""
    _put(car, car.body.charge_schedules, row)


def remove_charge_schedule(car: Machine, id: int) -> None:  # noqa: A002  # Tesla's parameter
    """Remove the schedule with this id."""
    car.body.charge_schedules = _without(car.body.charge_schedules, id)


def add_precondition_schedule(car: Machine, **row: Any) -> None:
    """Add a schedule, or change the one with this id."""
    _put(car, car.body.precondition_schedules, row)


def remove_precondition_schedule(car: Machine, id: int) -> None:  # noqa: A002  # Tesla's parameter
    """Remove the schedule with this id."""
    car.body.precondition_schedules = _without(car.body.precondition_schedules, id)


def batch_remove_charge_schedules(car: Machine, **where: bool) -> None:
    """Remove the schedules of home, of work, of all other places."""
    car.body.charge_schedules = _elsewhere(car.body, car.body.charge_schedules, where)


def batch_remove_precondition_schedules(car: Machine, **where: bool) -> None:
    """Remove the schedules of home, of work, of all other places."""
    car.body.precondition_schedules = _elsewhere(car.body, car.body.precondition_schedules, where)


def _put(car: Machine, rows: list[dict[str, Any]], row: dict[str, Any]) -> None:
    refuse_if(not 0 < row["days_of_week"] < 128, INVALID_VALUE)
    number = row.get("id") or int(car.now)
    row = {"name": "", **row, "id": number}
    for place, old in enumerate(rows):
        if old["id"] == number:
            rows[place] = old | {name: value for name, value in row.items() if name != "name" or value}
            return
    refuse_if(len(rows) >= MOST, "max_schedules")
    rows.append(row)


def _without(rows: list[dict[str, Any]], number: int) -> list[dict[str, Any]]:
    return [row for row in rows if row["id"] != number]


def _elsewhere(body: Body, rows: list[dict[str, Any]], where: dict[str, bool]) -> list[dict[str, Any]]:
    return [row for row in rows if not where.get(_place(body, row))]


def _place(body: Body, row: dict[str, Any]) -> str:
    """Tell which of the owner's places a schedule is for."""
    at = (row["latitude"], row["longitude"])
    for name, place in (("home", body.home), ("work", body.work)):
        if metres_between(at, place) < NEAR:
            return name
    return "other"


def _next(car: Machine, minutes: int) -> float:
    """Return the next moment of a time of day where the car is."""
    here = datetime.fromtimestamp(car.now, car.truth.zone)
    hour, minute = divmod(minutes, 60)
    at = here.replace(hour=hour, minute=minute, second=0, microsecond=0)
    if at <= here:
        at = (at + timedelta(days=1)).replace(hour=hour, minute=minute)
    return at.timestamp()
