from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
import pytest

from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.schedule import (
    EVERY_DAY,
    charge_schedules,
    daily,
    following,
    precondition_schedules,
)

from .test_kind import ANYTHING

LONDON = ZoneInfo("Europe/London")
SUNDAY, MONDAY, SATURDAY = 1, 2, 64
NIGHT: dict[str, Any] = {
    "id": 1_780_000_000,
    "name": "Night rate",
    "enabled": True,
    "days_of_week": EVERY_DAY,
    "start_enabled": True,
    "start_time": 30,
    "end_enabled": True,
    "end_time": 330,
    "one_time": False,
    "latitude": 51.4779,
    "longitude": -0.0015,
}


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> float:
    return datetime(year, month, day, hour, minute, tzinfo=LONDON).timestamp()


def due(*entries: dict[str, Any], now: float) -> datetime | None:
    found = following(charge_schedules(list(entries)) or (), now, LONDON)
    return None if found is None else found[0]


def test_an_entry_is_read_whole() -> None:
    (schedule,) = charge_schedules([NIGHT]) or ()

    assert schedule.number == 1_780_000_000
    assert schedule.name == "Night rate"
    assert schedule.enabled
    assert (schedule.start, schedule.end) == (30, 330)
    assert schedule.place == Location(51.4779, -0.0015)
    assert not schedule.once


def test_a_preconditioning_entry_has_one_time() -> None:
    entry = {"id": 7, "enabled": True, "days_of_week": 62, "precondition_time": 450, "name": "Work"}

    (schedule,) = precondition_schedules([entry]) or ()

    assert (schedule.start, schedule.end, schedule.due) == (450, None, 450)
    assert schedule.place is None


def test_a_time_counts_only_where_it_is_switched_on() -> None:
    (begins,) = charge_schedules([NIGHT | {"end_enabled": False}]) or ()
    (ends,) = charge_schedules([NIGHT | {"start_enabled": False}]) or ()

    assert (begins.start, begins.end, begins.due) == (30, None, 30)
    assert (ends.start, ends.end, ends.due) == (None, 330, 330)


def test_what_is_no_list_is_unknown_and_what_is_no_entry_is_left_out() -> None:
    assert charge_schedules(None) is None
    assert charge_schedules({"id": 1}) is None
    assert charge_schedules([]) == ()
    assert charge_schedules(["nonsense", None, {"name": "without a number"}]) == ()


@given(raw=ANYTHING)
def test_reading_schedules_never_raises(raw: Any) -> None:
    charge_schedules(raw)
    charge_schedules([raw])
    precondition_schedules([raw])


def test_it_is_due_today_if_its_time_is_still_to_come() -> None:
    assert due(NIGHT, now=at(2026, 10, 7, 0, 29)) == datetime(2026, 10, 6, 23, 30, tzinfo=UTC)


def test_it_is_due_tomorrow_once_its_time_has_come() -> None:
    assert due(NIGHT, now=at(2026, 10, 7, 0, 30)) == datetime(2026, 10, 7, 23, 30, tzinfo=UTC)


def test_days_are_those_of_the_cars_week_with_sunday_first() -> None:
    wednesday = at(2026, 10, 7, 12)

    assert due(NIGHT | {"days_of_week": SUNDAY}, now=wednesday) == datetime(2026, 10, 10, 23, 30, tzinfo=UTC)
    assert due(NIGHT | {"days_of_week": MONDAY}, now=wednesday) == datetime(2026, 10, 11, 23, 30, tzinfo=UTC)
    assert due(NIGHT | {"days_of_week": SATURDAY}, now=wednesday) == datetime(2026, 10, 9, 23, 30, tzinfo=UTC)


def test_a_weekly_entry_that_was_due_a_minute_ago_is_due_in_a_week() -> None:
    only_wednesday = NIGHT | {"days_of_week": 8}

    assert due(only_wednesday, now=at(2026, 10, 7, 0, 31)) == datetime(2026, 10, 13, 23, 30, tzinfo=UTC)


def test_the_wall_clock_decides_when_clocks_change() -> None:
    early = NIGHT | {"start_time": 6 * 60}

    # British clocks go back on 25 October 2026 at 02:00.
    assert due(early, now=at(2026, 10, 24, 12)) == datetime(2026, 10, 25, 6, 0, tzinfo=UTC)
    assert due(early, now=at(2026, 10, 23, 12)) == datetime(2026, 10, 24, 5, 0, tzinfo=UTC)


def test_an_entry_for_once_needs_no_day() -> None:
    once = NIGHT | {"one_time": True, "days_of_week": 0}

    assert due(once, now=at(2026, 10, 7, 12)) == datetime(2026, 10, 7, 23, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "change",
    [
        {"enabled": False},
        {"enabled": None},
        {"days_of_week": 0},
        {"start_enabled": False, "end_enabled": False},
        {"start_time": "early", "end_enabled": False},
        {"start_time": 1441, "end_enabled": False},
        {"start_time": -1, "end_enabled": False},
    ],
)
def test_an_entry_that_does_nothing_is_never_due(change: dict[str, Any]) -> None:
    assert due(NIGHT | change, now=at(2026, 10, 7, 12)) is None


def test_midnight_at_the_end_of_a_day_belongs_to_that_day() -> None:
    entry = NIGHT | {"start_time": 24 * 60, "days_of_week": MONDAY}

    assert due(entry, now=at(2026, 10, 7, 12)) == datetime(2026, 10, 12, 23, 0, tzinfo=UTC)


def test_the_first_of_several_is_next() -> None:
    later = NIGHT | {"id": 2, "start_time": 22 * 60}
    schedules = charge_schedules([NIGHT, later]) or ()

    found = following(schedules, at(2026, 10, 7, 12), LONDON)

    assert found is not None
    assert found[1].number == 2
    assert following((), 0.0, LONDON) is None


def test_a_daily_time_comes_again_tomorrow() -> None:
    assert daily(7 * 60, at(2026, 10, 7, 6), LONDON) == datetime(2026, 10, 7, 6, 0, tzinfo=UTC)
    assert daily(7 * 60, at(2026, 10, 7, 7), LONDON) == datetime(2026, 10, 8, 6, 0, tzinfo=UTC)
