from datetime import UTC, datetime

import pytest

from custom_components.tesla_direct.tesla.fleet_api.month_start import MonthStart


def at(*date: int) -> float:
    return datetime(*date, tzinfo=UTC).timestamp()  # type: ignore[arg-type,misc]  # year, month, day, …


@pytest.mark.parametrize(
    ("start", "now", "begins", "ends"),
    [
        (MonthStart(), at(2026, 11, 30, 23, 59), at(2026, 11, 1), at(2026, 12, 1)),
        (MonthStart(), at(2026, 12, 31, 23, 59), at(2026, 12, 1), at(2027, 1, 1)),
        (MonthStart(15), at(2026, 11, 14, 23, 59), at(2026, 10, 15), at(2026, 11, 15)),
        (MonthStart(15), at(2026, 11, 15), at(2026, 11, 15), at(2026, 12, 15)),
        (MonthStart(15), at(2027, 1, 3), at(2026, 12, 15), at(2027, 1, 15)),
        (MonthStart(1, 8), at(2026, 11, 1, 7, 59), at(2026, 10, 1, 8), at(2026, 11, 1, 8)),
        (MonthStart(1, -1), at(2026, 10, 31, 23), at(2026, 10, 31, 23), at(2026, 11, 30, 23)),
        (MonthStart(28), at(2027, 2, 28), at(2027, 2, 28), at(2027, 3, 28)),
    ],
)
def test_a_month_begins_when_the_setting_says(
    start: MonthStart, now: float, begins: float, ends: float
) -> None:
    assert tuple(bound.timestamp() for bound in start.bounds(now)) == (begins, ends)


def test_a_month_is_named_after_its_first_day_also_where_that_is_another_one_in_utc() -> None:
    assert MonthStart(1, -1).name(at(2026, 10, 31, 23)) == "2026-11-01"
    assert MonthStart(1, 8).name(at(2026, 11, 1, 7)) == "2026-10-01"
