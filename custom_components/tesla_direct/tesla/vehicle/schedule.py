"""Schedules that the car keeps, and when the next of them is due.

Times are minutes after midnight of the car's wall clock, days a bit mask with Sunday as its lowest bit
(telemetry cannot tell them; they are polled).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import Any

from .kind import count, flag, text
from .location import Location, location

EVERY_DAY = 0b1111111
DAY_MINUTES = 24 * 60
AHEAD = 8  # days to look: a weekly one that was due a minute ago is due again in seven
MOST = 200  # entries that are read; cars say that they hold 101


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One entry.

    days:   bit mask, Sunday 1 to Saturday 64; 0 in an entry that is due once
    start:  minutes after midnight at which it begins, None if it has no beginning
    end:    minutes after midnight at which it ends or has to be done, None if it has no end
    place:  where the car has to be for it
    """

    number: int
    name: str | None
    enabled: bool
    days: int
    start: int | None
    end: int | None
    once: bool
    place: Location | None

    @property
    def due(self) -> int | None:
        """Minutes after midnight at which it is due: when it begins, or else when it has to be done."""
        return self.end if self.start is None else self.start


def charge_schedules(raw: Any) -> tuple[Schedule, ...] | None:
    """Accept the list of charge schedules."""
    return _entries(raw, _charging)


def precondition_schedules(raw: Any) -> tuple[Schedule, ...] | None:
    """Accept the list of preconditioning schedules."""
    return _entries(raw, _preconditioning)


def following(schedules: Iterable[Schedule], now: float, zone: tzinfo) -> tuple[datetime, Schedule] | None:
    """Return which schedule is due next and when, in UTC, or None if none is.

    now:  seconds since 1970
    zone: the car's
    """
    due = [
        (moment, schedule)
        for schedule in schedules
        if schedule.enabled and (moment := _next(schedule, now, zone)) is not None
    ]
    return min(due, key=lambda pair: pair[0], default=None)


def daily(minutes: int, now: float, zone: tzinfo) -> datetime:
    """Return when a wall clock in `zone` shows that time next, in UTC."""
    return next(moment for _, moment in _moments(minutes, now, zone) if moment.timestamp() > now)


def _next(schedule: Schedule, now: float, zone: tzinfo) -> datetime | None:
    if schedule.due is None:
        return None
    # An entry that is due once may name no day: it means the next time the clock shows it.
    days = schedule.days or (EVERY_DAY if schedule.once else 0)
    for weekday, moment in _moments(schedule.due, now, zone):
        if moment.timestamp() > now and days & 1 << weekday:
            return moment
    return None


def _moments(minutes: int, now: float, zone: tzinfo) -> Iterable[tuple[int, datetime]]:
    """Yield, for today and the days to come, the weekday and when its wall clock shows that time, in UTC."""
    today = datetime.fromtimestamp(now, zone).date()
    for day in (today + timedelta(days=ahead) for ahead in range(AHEAD)):
        # Counted on the wall clock: a day with a change of the hour has 23 or 25 of them.
        midnight = datetime.combine(day, time(), zone)
        yield day.isoweekday() % 7, (midnight + timedelta(minutes=minutes)).astimezone(UTC)


def _entries(raw: Any, entry: Callable[[Mapping[str, Any]], Schedule | None]) -> tuple[Schedule, ...] | None:
    if not isinstance(raw, list | tuple):
        return None
    read = (entry(each) for each in raw[:MOST] if isinstance(each, Mapping))
    return tuple(schedule for schedule in read if schedule is not None)


def _charging(raw: Mapping[str, Any]) -> Schedule | None:
    return _schedule(
        raw,
        start=_minutes(raw.get("start_time")) if flag(raw.get("start_enabled")) else None,
        end=_minutes(raw.get("end_time")) if flag(raw.get("end_enabled")) else None,
    )


def _preconditioning(raw: Mapping[str, Any]) -> Schedule | None:
    return _schedule(raw, start=_minutes(raw.get("precondition_time")), end=None)


def _schedule(raw: Mapping[str, Any], *, start: int | None, end: int | None) -> Schedule | None:
    number = count(raw.get("id"))
    if number is None:
        return None
    return Schedule(
        number=number,
        name=text(raw.get("name")),
        enabled=flag(raw.get("enabled")) is True,
        days=(count(raw.get("days_of_week")) or 0) & EVERY_DAY,
        start=start,
        end=end,
        once=flag(raw.get("one_time")) is True,
        place=location(raw),
    )


def _minutes(raw: Any) -> int | None:
    value = count(raw)
    return value if value is not None and 0 <= value <= DAY_MINUTES else None
