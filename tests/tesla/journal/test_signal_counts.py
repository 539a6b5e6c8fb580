"""How often each telemetry field of a car came, month by month."""

from datetime import UTC, datetime
import json

import pytest

from custom_components.tesla_direct.tesla.fleet_api.month_start import MonthStart
from custom_components.tesla_direct.tesla.journal.signal_counts import FIELDS_LIMIT, SignalCounts
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Field

SOC, GEAR = Field.Value("Soc"), Field.Value("Gear")


def at(month: int, day: int, hour: int = 0) -> float:
    return datetime(2026, month, day, hour, tzinfo=UTC).timestamp()


def test_each_field_is_counted_by_itself_and_as_often_as_it_comes() -> None:
    counts = SignalCounts()
    counts.take([SOC, GEAR, SOC], at(10, 7))
    counts.take([SOC], at(10, 31, 23))

    assert counts.month(at(10, 31, 23)) == {"Soc": 3, "Gear": 1}
    assert counts.month_before == {}
    assert counts.seen == {"Soc", "Gear"}


def test_another_month_begins_with_nothing_and_the_last_one_is_kept() -> None:
    counts = SignalCounts()
    counts.take([SOC], at(10, 31, 23))
    counts.take([GEAR, GEAR], at(11, 1))

    assert counts.month(at(11, 1)) == {"Gear": 2}
    assert counts.month_before == {"Soc": 1}
    assert counts.seen == {"Soc", "Gear"}


def test_a_month_without_any_signal_leaves_the_last_one_with_some() -> None:
    counts = SignalCounts()
    counts.take([SOC], at(9, 1))

    assert counts.month(at(10, 5)) == {}
    assert counts.month(at(11, 5)) == {}
    assert counts.month_before == {"Soc": 1}
    assert counts.seen == {"Soc"}


def test_a_clock_that_is_set_back_finds_its_month_again() -> None:
    counts = SignalCounts()
    counts.take([SOC], at(10, 31, 23))
    counts.take([GEAR], at(11, 1))
    counts.take([SOC], at(10, 31, 23))

    assert counts.month(at(10, 31, 23)) == {"Soc": 2}
    assert counts.month_before == {"Gear": 1}


def test_months_begin_when_the_user_says() -> None:
    start = MonthStart()
    counts = SignalCounts(lambda: start)
    counts.take([SOC], at(10, 20))
    start = MonthStart(day=15)
    counts.take([GEAR], at(10, 20))

    assert counts.month(at(10, 20)) == {"Gear": 1}
    assert counts.month(at(11, 14)) == {"Gear": 1}
    assert counts.month(at(11, 15)) == {}


def test_fields_that_are_newer_than_we_are_counted_by_their_number() -> None:
    counts = SignalCounts()
    counts.take([100_001, SOC], at(10, 7))

    assert counts.month(at(10, 7)) == {"100001": 1, "Soc": 1}


def test_a_car_cannot_make_us_keep_any_number_of_fields() -> None:
    counts = SignalCounts()
    for number in range(3 * FIELDS_LIMIT):
        counts.take([100_000 + number, SOC], at(10, 7))
    counted = counts.month(at(10, 7))

    assert len(counted) <= FIELDS_LIMIT
    assert counted["Soc"] == 3 * FIELDS_LIMIT
    assert sum(counted.values()) == 6 * FIELDS_LIMIT
    assert counted["others"] > FIELDS_LIMIT


def test_a_restart_loses_nothing() -> None:
    counts = SignalCounts()
    counts.take([GEAR], at(9, 7))
    counts.take([SOC, 100_001], at(10, 7))
    counts.take([SOC, GEAR], at(11, 7))
    for number in range(FIELDS_LIMIT + 1):
        counts.take([100_000 + number], at(11, 7))
    again = SignalCounts.from_json(json.loads(json.dumps(counts.to_json())))
    again.take([SOC], at(11, 8))

    assert again.month(at(11, 8)) == counts.month(at(11, 8)) | {"Soc": 2}
    assert again.month_before == {"Soc": 1, "100001": 1}
    assert again.seen == counts.seen


def test_of_a_restart_in_another_month_the_last_one_is_kept() -> None:
    counts = SignalCounts()
    counts.take([SOC], at(10, 7))
    again = SignalCounts.from_json(counts.to_json())

    assert again.month(at(11, 7)) == {}
    assert again.month_before == {"Soc": 1}


def test_nothing_kept_is_nothing_counted() -> None:
    assert SignalCounts().to_json() == {"months": {}, "seen": []}
    assert SignalCounts.from_json({}).seen == frozenset()


@pytest.mark.parametrize(
    "kept", [[], {"months": 7}, {"months": {"2026-10-01": {"Soc": None}}}, {"seen": 1}, {"seen": ["?"]}]
)
def test_what_makes_no_sense_is_no_count(kept: object) -> None:
    with pytest.raises((AttributeError, TypeError, ValueError)):
        SignalCounts.from_json(kept)  # type: ignore[arg-type]  # which is the point
