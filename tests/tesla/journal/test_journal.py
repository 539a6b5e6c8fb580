import json
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.journal.journal import Journal
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.signals import battery, charge, journal
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState
from tests.tesla.vehicle.states import NOW

HOUR = 3600.0


class Listener:
    """A journal, and a state that takes in what is told and what follows from it."""

    def __init__(self) -> None:
        self.state = VehicleState()
        self.journal = Journal()

    def hear(
        self, values: dict[AnySignal, Any], at: float, source: str = "receiver", delay: float = 0.0
    ) -> dict[AnySignal, Any]:
        """Tell something that was measured `at` seconds from now; return what follows from it."""
        report = Report(values, NOW + at, source, NOW + at + delay)
        self.state.apply(report)
        followed: dict[AnySignal, Any] = {}
        for more in self.journal.take(report, self.state):
            self.state.apply(more)
            followed |= more.values
        return followed

    def restart(self) -> None:
        self.journal = Journal.from_json(json.loads(json.dumps(self.journal.to_json())))


@pytest.fixture
def listener() -> Listener:
    return Listener()


def test_of_each_report_it_is_told_when_it_was_measured_and_by_whom(listener: Listener) -> None:
    assert listener.hear({charge.LIMIT: 80.0}, 0) == {
        journal.DATA_AGE: NOW,
        journal.DATA_SOURCE: "receiver",
    }


def test_what_follows_is_as_old_as_what_it_follows_from(listener: Listener) -> None:
    listener.hear({battery.VOLTAGE: 350.0, battery.CURRENT: -120.0}, 0, delay=90.0)

    power = listener.state.reading(journal.PACK_POWER)
    assert power is not None
    assert (power.value, power.at, power.source) == (-42.0, NOW, "journal")


def test_what_follows_from_an_old_record_does_not_undo_what_followed_from_a_new_one(
    listener: Listener,
) -> None:
    listener.hear({battery.VOLTAGE: 350.0, battery.CURRENT: -120.0}, 60)
    listener.hear({battery.VOLTAGE: 350.0, battery.CURRENT: 10.0}, 0, delay=120.0)

    assert listener.state.get(journal.PACK_POWER) == -42.0
    assert listener.state.get(journal.DATA_AGE) == NOW + 60


def test_energy_is_counted_beside_the_rest(listener: Listener) -> None:
    listener.hear({charge.STATE: "charging", charge.ENERGY_ADDED: 1.0}, 0)
    followed = listener.hear({charge.ENERGY_ADDED: 3.5, battery.VOLTAGE: 350.0, battery.CURRENT: 20.0}, HOUR)

    assert followed[journal.ENERGY_INTO_BATTERY] == pytest.approx(2.5)
    assert followed[journal.PACK_POWER] == 7.0
    assert followed[journal.DATA_AGE] == NOW + HOUR


def test_the_same_report_once_more_tells_nothing_new(listener: Listener) -> None:
    listener.hear({charge.ENERGY_ADDED: 1.0}, 0)

    assert listener.hear({charge.ENERGY_ADDED: 1.0}, 0) == {}


@pytest.mark.parametrize("source", ["journal", "restored"])
def test_what_we_know_from_ourselves_is_neither_news_nor_counted(listener: Listener, source: str) -> None:
    listener.hear({charge.ENERGY_ADDED: 1.0}, 0)

    assert listener.hear({charge.ENERGY_ADDED: 5.0}, HOUR, source) == {}


def test_a_report_of_nothing_costs_no_reading() -> None:
    state = VehicleState()
    state.apply(Report({journal.DATA_AGE: NOW, journal.DATA_SOURCE: "receiver"}, NOW, "journal", NOW))

    assert Journal().take(Report({}, NOW, "receiver", NOW), state) == []


def test_a_restart_counts_on(listener: Listener) -> None:
    listener.hear({charge.STATE: "charging", charge.ENERGY_ADDED: 1.0}, 0)
    listener.hear({charge.ENERGY_ADDED: 3.5}, HOUR)
    listener.restart()

    followed = listener.hear({charge.ENERGY_ADDED: 4.5}, 2 * HOUR)

    assert followed[journal.ENERGY_INTO_BATTERY] == pytest.approx(3.5)


def test_nothing_kept_is_a_beginning() -> None:
    assert Journal.from_json({}).to_json() == Journal().to_json()


@pytest.mark.parametrize(
    "energy",
    [
        None,
        {},
        {"version": 2},
        {"version": 1},
        {"version": 1, "battery": None, "wall": None, "plug": None},
        {"version": 1, "battery": {"total": "much"}, "wall": {}, "plug": {}},
    ],
)
def test_what_was_kept_and_cannot_be_read_is_refused(energy: object) -> None:
    with pytest.raises(ValueError, match=r"energy journal|could not convert"):
        Journal.from_json({"energy": energy})
