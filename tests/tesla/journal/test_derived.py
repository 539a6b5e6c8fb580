from typing import Any

import pytest

from custom_components.tesla_direct.tesla.journal.derived import derived, freshness
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.signals import battery, journal
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState
from tests.tesla.vehicle.states import NOW, told


def follows(*reports: Report) -> dict[AnySignal, Any]:
    """Return what follows from the last of some reports."""
    state = VehicleState()
    for report in reports:
        state.apply(report)
    return derived(reports[-1], state)


def test_power_is_the_product_of_one_record() -> None:
    assert follows(told({battery.VOLTAGE: 350.0, battery.CURRENT: -120.0})) == {journal.PACK_POWER: -42.0}


def test_alone_neither_volts_nor_amperes_are_power() -> None:
    assert follows(told({battery.VOLTAGE: 350.0})) == {}
    assert follows(told({battery.CURRENT: -120.0})) == {}
    assert follows(told({battery.LEVEL: 63})) == {}


def test_what_has_not_changed_is_not_told_again() -> None:
    both = told({battery.VOLTAGE: 350.0, battery.CURRENT: -120.0})

    assert follows(both, told({battery.CURRENT: -10.0}, NOW + 60)) == {journal.PACK_POWER: -3.5}
    assert follows(both, told({battery.VOLTAGE: 360.0}, NOW + 60)) == {journal.PACK_POWER: -43.2}
    assert follows(both, told({battery.LEVEL: 63}, NOW + 60)) == {}
    assert follows(both, told({battery.CURRENT: None}, NOW + 60)) == {journal.PACK_POWER: None}


@pytest.mark.parametrize(
    ("at", "source"), [(301, "receiver"), (-1, "receiver"), (60, "mqtt")], ids=["old", "late", "other"]
)
def test_what_was_measured_at_another_time_or_told_by_somebody_else_does_not_count(
    at: float, source: str
) -> None:
    assert follows(told({battery.VOLTAGE: 350.0}), told({battery.CURRENT: -10.0}, NOW + at, source)) == {}


def test_of_an_unknown_part_the_whole_is_unknown() -> None:
    assert follows(told({battery.VOLTAGE: 350.0, battery.CURRENT: None})) == {journal.PACK_POWER: None}
    assert follows(told({battery.VOLTAGE: None, battery.CURRENT: 1.0})) == {journal.PACK_POWER: None}


def test_bricks_are_compared_within_one_record() -> None:
    values = follows(told({battery.BRICK_VOLTAGE_MAX: 3.98, battery.BRICK_VOLTAGE_MIN: 3.94}))
    assert values == {journal.BRICK_IMBALANCE: pytest.approx(0.04)}

    before = told({battery.BRICK_VOLTAGE_MAX: 3.98, battery.BRICK_VOLTAGE_MIN: 3.94})
    assert follows(before, told({battery.BRICK_VOLTAGE_MAX: 3.9}, NOW + 1)) == {}


class Told:
    """A state that hears reports, and what it shows of its freshness."""

    def __init__(self) -> None:
        self.state = VehicleState()

    def __call__(self, at: float, source: str = "receiver") -> dict[AnySignal, Any]:
        report = told({battery.LEVEL: 63}, NOW + at, source)
        self.state.apply(report)
        values = freshness(report, self.state)
        self.state.apply(Report(values, report.at, "journal", report.received))
        return {journal.DATA_AGE: values[journal.DATA_AGE] - NOW} if values else {}


def test_the_newest_datum_is_shown_once_a_minute() -> None:
    hear = Told()

    assert hear(0) == {journal.DATA_AGE: 0}
    assert hear(1) == {}
    assert hear(59.9) == {}
    assert hear(60) == {journal.DATA_AGE: 60}


def test_of_two_sources_that_tell_in_turn_one_is_shown_for_a_minute() -> None:
    hear = Told()
    hear(0)

    for at in range(1, 60, 2):
        assert hear(at, "mqtt") == {}
        assert hear(at + 1 if at < 59 else at) == {}
    assert hear.state.get(journal.DATA_SOURCE) == "receiver"

    assert hear(60, "mqtt") == {journal.DATA_AGE: 60}
    assert hear.state.get(journal.DATA_SOURCE) == "mqtt"


def test_old_data_are_not_the_newest() -> None:
    hear = Told()

    hear(0)

    assert hear(-600, "poll") == {}
    assert hear.state.get(journal.DATA_SOURCE) == "receiver"


@pytest.mark.parametrize("source", ["journal", "restored"])
def test_what_we_tell_ourselves_is_no_news(source: str) -> None:
    assert Told()(0, source) == {}
