from dataclasses import dataclass, field, replace
import json
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.journal.counter import REVISION
from custom_components.tesla_direct.tesla.journal.energy import EnergyJournal
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.signals import charge, journal
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState

from .truth import EFFICIENCY, POLL, STREAM, Car


class Listener:
    """An energy journal, and the state that it is fed with."""

    def __init__(self) -> None:
        self.state = VehicleState()
        self.journal = EnergyJournal()
        self.news: list[dict[AnySignal, Any]] = []

    def hear(self, report: Report) -> None:
        self.state.apply(report)
        values = self.journal.feed(report, self.state)
        if values:
            self.news.append(dict(values))

    def restart(self) -> None:
        self.journal = EnergyJournal.from_json(json.loads(json.dumps(self.journal.to_json())))

    @property
    def battery(self) -> float | None:
        total: float | None = self.journal.facts().get(journal.ENERGY_INTO_BATTERY)
        return total

    @property
    def wall(self) -> float | None:
        total: float | None = self.journal.facts().get(journal.ENERGY_FROM_WALL)
        return total

    @property
    def started(self) -> float | None:
        start: float | None = self.journal.facts().get(journal.CHARGE_SESSION_START)
        return start


@pytest.fixture
def car() -> Car:
    return Car()


@pytest.fixture
def listener(car: Car) -> Listener:
    listener = Listener()
    listener.hear(car.report())
    return listener


def test_a_charge_with_ac_is_counted_on_both_sides(car: Car, listener: Listener) -> None:
    car.plug()
    for _ in range(6):
        car.charge(7.2, 10)
        listener.hear(car.report())

    assert listener.battery == pytest.approx(7.2)
    assert listener.wall == pytest.approx(7.2 / EFFICIENCY, abs=1e-4)


def test_a_charge_with_dc_is_counted_at_the_battery_only(car: Car, listener: Listener) -> None:
    car.plug(fast=True)
    listener.hear(car.report())
    car.wall = 3.3  # whatever the field says meanwhile
    car.charge(120, 10)
    listener.hear(car.report())
    car.unplug()
    listener.hear(car.report())

    assert listener.battery == pytest.approx(20)
    assert listener.wall == 0


def test_each_plug_in_counts_from_its_own_zero(car: Car, listener: Listener) -> None:
    for _ in range(3):
        car.plug()
        plugged = car.now
        listener.hear(car.report())
        car.charge(11, 60)
        listener.hear(car.report())
        car.unplug()
        listener.hear(car.report())
        car.drive(20)
        listener.hear(car.report())

    assert listener.battery == pytest.approx(33)
    assert listener.started == plugged


def test_a_plug_in_that_nobody_heard_of_is_told_by_the_odometer(car: Car, listener: Listener) -> None:
    car.plug()
    car.charge(11, 60)
    listener.hear(car.report())
    car.unplug()
    car.drive(20)
    car.plug()
    car.charge(11, 90)
    listener.hear(car.report())

    assert listener.battery == pytest.approx(11 + 16.5)


def test_a_polled_car_has_no_wall(car: Car) -> None:
    listener = Listener()

    listener.hear(car.report(POLL))
    car.plug()
    car.charge(11, 60)
    listener.hear(car.report(POLL))

    assert listener.battery == 11
    assert listener.wall is None


def test_a_poll_amid_a_stream_adds_nothing(car: Car, listener: Listener) -> None:
    car.plug()
    for _ in range(12):
        car.charge(11.111, 5)
        listener.hear(car.report())
        listener.hear(Report(car.values(POLL), car.now + 1, POLL, car.now + 1))

    assert listener.battery == pytest.approx(11.111, abs=0.01)


def test_a_restart_in_mid_charge_loses_nothing(car: Car, listener: Listener) -> None:
    car.plug()
    car.charge(11, 60)
    listener.hear(car.report())
    listener.restart()
    car.charge(11, 60)
    listener.hear(car.report())

    assert listener.battery == pytest.approx(22)
    assert listener.wall == pytest.approx(22 / EFFICIENCY, abs=1e-4)


def test_only_what_has_changed_is_told(car: Car, listener: Listener) -> None:
    listener.news.clear()
    listener.hear(Report({charge.ENERGY_ADDED: 0.0}, car.now + 1, STREAM, car.now + 1))
    assert listener.news == []

    car.plug()
    car.charge(11, 60)
    listener.hear(car.report())

    assert [set(values) for values in listener.news] == [
        {journal.ENERGY_INTO_BATTERY, journal.ENERGY_FROM_WALL, journal.CHARGE_SESSION_START}
    ]


def test_after_a_restart_all_is_told_again(car: Car, listener: Listener) -> None:
    listener.restart()
    listener.news.clear()

    listener.hear(Report({}, car.now + 1, STREAM, car.now + 1))

    assert [set(values) for values in listener.news] == [
        {journal.ENERGY_INTO_BATTERY, journal.ENERGY_FROM_WALL}
    ]


@pytest.mark.parametrize("source", ["restored", "journal"])
def test_what_we_tell_ourselves_is_not_counted(car: Car, source: str) -> None:
    listener = Listener()
    car.charge(11, 60)

    listener.hear(car.report(source))

    assert listener.battery is None


def test_whether_the_charger_is_fast_is_taken_from_the_newer_word(car: Car, listener: Listener) -> None:
    car.plug()
    newer = car.now + 600
    listener.hear(Report({charge.FAST_CHARGER_PRESENT: True}, newer, STREAM, newer))
    car.charge(11, 5)
    listener.hear(replace(car.report(), received=newer))

    assert listener.wall == 0


def test_a_state_that_lags_behind_the_report_makes_no_difference(car: Car) -> None:
    energy, empty = EnergyJournal(), VehicleState()
    energy.feed(car.report(), empty)
    car.plug(fast=True)
    car.charge(120, 10)

    energy.feed(car.report(), empty)

    assert energy.facts()[journal.ENERGY_FROM_WALL] == 0
    assert energy.facts()[journal.ENERGY_INTO_BATTERY] == 20


@pytest.mark.parametrize("kept", [{}, {"version": 2}, {"version": 1}, {"version": 1, "battery": 7}])
def test_what_another_version_kept_is_refused(kept: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="energy journal"):
        EnergyJournal.from_json(kept)


@dataclass
class Audible:
    """What could be heard of each session, so what a perfect listener would count.

    doubt: kWh of sessions that may as well have been one: a later one was first heard of with a value that
           the earlier one could have reached, or was revised to
    """

    highest: dict[int, float] = field(default_factory=dict)
    first: tuple[int, float] | None = None
    doubt: float = 0.0

    def hear(self, car: Car, value: float) -> None:
        if self.first is None:
            self.first = car.session, value
        before = max(self.highest, default=car.session)
        if before < car.session:
            earlier = self.highest[before]
            unseen = car.state == "disconnected" and value > earlier
            if unseen or abs(value - earlier) < REVISION + 0.01:
                self.doubt += max(earlier, value) if not unseen else earlier
        self.highest[car.session] = max(value, self.highest.get(car.session, 0.0))

    @property
    def total(self) -> float:
        before = 0.0 if self.first is None else self.first[1]
        return sum(self.highest.values()) - before


class Life:
    """Random days of a car, and of those who listen to it."""

    def __init__(self, seed: int, *, polls: bool = False, lifetime: bool = False) -> None:
        self.random = Random(seed)  # noqa: S311  # has to repeat itself, and guards nothing
        self.car = Car(lifetime=lifetime)
        self.listener = Listener()
        self.battery = Audible()
        self.wall = Audible()
        self.heard: list[Report] = []
        self.deaf = False
        self.polls = polls
        self.sessions = 0

    def tell(self) -> None:
        """Send a record, which may be lost, come twice, or follow a restart."""
        if self.deaf:
            return
        if self.random.random() < 0.05:
            self.listener.restart()
        report = self.car.report()
        self.listener.hear(report)
        self.battery.hear(self.car, report.values[charge.ENERGY_ADDED])
        if not self.car.fast:
            self.wall.hear(self.car, report.values[charge.ENERGY_FROM_CHARGER])
        self.heard.append(report)
        if self.random.random() < 0.2:
            self.listener.hear(self.random.choice(self.heard))
        if self.polls and self.random.random() < 0.3:
            self.car.wait(0.1)
            self.listener.hear(self.car.report(POLL))

    def charge(self) -> None:
        fast = self.random.random() < 0.3
        power = self.random.uniform(50, 250) if fast else self.random.uniform(1.5, 20)
        self.car.plug(fast=fast)
        self.tell()
        for _ in range(self.random.randint(1, 20)):
            self.car.charge(power, self.random.choice([1, 5, 15]))
            if self.random.random() < 0.1:
                self.car.revise(self.random.uniform(0, 0.02))
            if self.random.random() < 0.1:
                self.deaf = not self.deaf
            self.tell()
        self.car.stop()
        self.car.wait(30)
        self.tell()
        self.car.unplug()
        self.tell()

    def live(self, days: int) -> Life:
        self.tell()
        for _ in range(days):
            self.charge()
            self.car.drive(self.random.uniform(1, 100))
            self.deaf = self.deaf and self.random.random() < 0.7
            self.tell()
        return self


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32))
def test_over_a_life_of_drops_restarts_and_revisions_the_total_is_what_could_be_heard(seed: int) -> None:
    life = Life(seed).live(8)

    for counted, heard in ((life.listener.battery, life.battery), (life.listener.wall, life.wall)):
        assert counted is not None
        assert counted <= heard.total + 0.01
        assert counted >= heard.total - heard.doubt - 8 * REVISION


@settings(max_examples=150)
@given(seed=st.integers(0, 2**32))
def test_with_polls_in_between_nothing_is_counted_twice_nor_lost(seed: int) -> None:
    life = Life(seed, polls=True).live(8)

    truth = life.car.charged - 12_345.0
    assert life.listener.battery is not None
    assert life.listener.battery <= truth + 8 * REVISION
    assert life.listener.battery >= life.battery.total - life.battery.doubt - 8 * REVISION


@settings(max_examples=100)
@given(seed=st.integers(0, 2**32))
def test_a_lifetime_counter_makes_it_exact_however_much_was_missed(seed: int) -> None:
    life = Life(seed, polls=True, lifetime=True)
    life.live(8)
    life.deaf = False
    life.car.wait(5)
    life.tell()

    assert life.listener.battery == pytest.approx(life.car.charged - 12_345.0, abs=0.02)


@settings(max_examples=100)
@given(seed=st.integers(0, 2**32))
def test_totals_never_fall(seed: int) -> None:
    life = Life(seed, polls=True, lifetime=seed % 2 == 0).live(5)

    for total in (journal.ENERGY_INTO_BATTERY, journal.ENERGY_FROM_WALL):
        told = [values[total] for values in life.listener.news if total in values]
        assert told == sorted(told)
