import json
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.fleet_api.daily import DAY, RATE_DAYS, SIGNAL, Daily
from custom_components.tesla_direct.tesla.fleet_api.prices import DOLLARS

START = 20_000 * DAY


def counted(days: int, **counts: int) -> Daily:
    """Return so many days with the same counts."""
    daily = Daily()
    for day in range(days):
        daily.open(START + day * DAY)
        daily.today.update(counts)
    return daily


def test_a_day_begins_and_ends_at_midnight_utc() -> None:
    assert Daily().open(START + 3600) == (START, START + DAY)


def test_a_day_goes_on_where_it_was_left() -> None:
    daily = counted(2, data=5)
    daily.open(START + 100)

    assert daily.today == {"data": 5}


def test_nothing_has_no_rate() -> None:
    assert Daily().rate(START, DOLLARS) is None


def test_too_few_days_have_no_rate() -> None:
    daily = counted(3, data=50)

    assert daily.rate(START + 3 * DAY - 1, DOLLARS) is None
    assert daily.rate(START + 3 * DAY, DOLLARS) == pytest.approx(0.1 / DAY)


def test_all_that_is_billed_counts() -> None:
    daily = counted(4, data=500, command=1_000, wake=50, **{SIGNAL: 150_000}, free=99)

    assert daily.rate(START + 4 * DAY, DOLLARS) == pytest.approx(4.0 / DAY)


def test_only_the_last_days_count_and_no_more_are_kept() -> None:
    daily = counted(30, data=5_000)
    for day in range(30, 37):
        daily.open(START + day * DAY)
        daily.today["data"] = 50

    assert daily.rate(START + 37 * DAY - 1, DOLLARS) == pytest.approx(0.1 / DAY, rel=0.01)
    assert len(daily.to_dict()["days"]) == RATE_DAYS + 1


def test_days_on_which_nothing_was_spent_count_too() -> None:
    daily = Daily()
    daily.open(START)
    daily.today["data"] = 350

    assert daily.rate(START + 7 * DAY - 1, DOLLARS) == pytest.approx(0.1 / DAY, rel=0.01)


def test_a_clock_that_ran_ahead_leaves_nothing_behind() -> None:
    daily = Daily()
    daily.open(START + 900 * DAY)
    daily.today["data"] = 1_000_000
    for day in range(10):
        daily.open(START + day * DAY)
        daily.today["data"] = 50

    assert daily.rate(START + 10 * DAY - 1, DOLLARS) == pytest.approx(0.1 / DAY, rel=0.01)


def test_days_survive_a_restart() -> None:
    daily = counted(5, data=50)
    stored = json.loads(json.dumps(daily.to_dict()))
    again = Daily.from_dict(stored)

    assert again.to_dict() == stored
    assert again.rate(START + 5 * DAY, DOLLARS) == daily.rate(START + 5 * DAY, DOLLARS)
    assert Daily.from_dict(Daily().to_dict()).rate(START, DOLLARS) is None


@pytest.mark.parametrize(
    ("kept", "error"),
    [
        (None, TypeError),
        ({}, KeyError),
        ({"since": "long ago", "days": {}}, ValueError),
        ({"since": None, "days": [1]}, AttributeError),
        ({"since": None, "days": {"today": {}}}, ValueError),
        ({"since": None, "days": {"1": {"data": "many"}}}, ValueError),
    ],
)
def test_what_makes_no_sense_is_not_read(kept: Any, error: type[Exception]) -> None:
    with pytest.raises(error):
        Daily.from_dict(kept)
