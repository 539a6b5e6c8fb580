"""The car's own word is waited for, and read for money once at most."""

import asyncio
from collections.abc import Iterable
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command.command import Command, Origin
from custom_components.tesla_direct.tesla.command.confirm import FOUND_OUT_AFTER, SETTLED_AFTER, Confirmer
from custom_components.tesla_direct.tesla.command.confirmations import (
    DECIDED_AFTER,
    READ_AFTER_SILENCE,
    Confirmations,
    Verdict,
)
from custom_components.tesla_direct.tesla.command.record import CommandRecord, Outcome
from custom_components.tesla_direct.tesla.errors import OverBudget
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from custom_components.tesla_direct.tesla.vehicle.expectation import Expectation
from custom_components.tesla_direct.tesla.vehicle.shown import ShownState
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.signals import charge, security
from custom_components.tesla_direct.tesla.vehicle.state import RESTORED, VehicleState
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain

from .passing import Passing

ORIGIN = Origin(Cause.USER)


def command(*expects: Expectation) -> Command:
    return Command(name="command", domain=Domain.INFOTAINMENT, repeatable=False, expects=expects)


class Car:
    """A car whose word comes when it is told to speak, or when it is read."""

    def __init__(self, passing: Passing, *, streams: bool) -> None:
        self.state = VehicleState()
        self.shown = ShownState(self.state)
        self.knows: dict[AnySignal, Any] = {charge.LIMIT: 50.0, security.LOCKED: False}
        self.reads: list[set[AnySignal]] = []
        self.refuses = False
        self.redrawn: list[AnySignal] = []
        self.verdicts: list[Verdict] = []
        self._passing = passing
        self._streams = streams
        self.confirmer = Confirmer(
            self,
            Confirmations(self.shown.expected),
            clock=passing.clock,
            sleep=passing.sleep,
            spawn=passing.spawn,
        )
        self.says({**self.knows})

    def says(self, values: dict[AnySignal, Any], source: str = "receiver") -> None:
        now = self._passing.clock()
        report = Report(values, self._passing.now, source, now)
        self.state.apply(report)
        self.confirmer.heard(report)

    def streams(self, signals: Iterable[AnySignal]) -> bool:
        return self._streams

    async def read(self, signals: Iterable[AnySignal], origin: Origin) -> None:
        self.reads.append(set(signals))
        if self.refuses:
            raise OverBudget("used up")
        self.says({signal: self.knows[signal] for signal in signals})

    def laid(self, signals: Iterable[AnySignal]) -> None:
        self.redrawn.extend(signals)

    def decided(self, verdict: Verdict) -> None:
        self.verdicts.append(verdict)

    def done(self, one: Command) -> None:
        record = CommandRecord(name=one.name, cause=ORIGIN.cause, by=None, at=self._passing.clock())
        self.confirmer.done(one, record, ORIGIN)

    @property
    def outcomes(self) -> list[Outcome]:
        return [verdict.outcome for verdict in self.verdicts]


LIMIT_80 = Expectation(charge.LIMIT, 80.0)


@pytest.fixture
def streaming(passing: Passing) -> Car:
    return Car(passing, streams=True)


@pytest.fixture
def polled(passing: Passing) -> Car:
    return Car(passing, streams=False)


async def test_what_streams_costs_nothing_to_confirm(passing: Passing, streaming: Car) -> None:
    streaming.done(command(LIMIT_80))
    assert streaming.redrawn == [charge.LIMIT]

    await passing.go(2)
    streaming.says({charge.LIMIT: 80.0})
    await passing.go(60)

    assert streaming.outcomes == [Outcome.CONFIRMED]
    assert streaming.redrawn == [charge.LIMIT, charge.LIMIT]
    assert streaming.reads == []
    assert passing.running == []


async def test_what_is_polled_is_read_once(passing: Passing, polled: Car) -> None:
    polled.done(command(LIMIT_80))
    polled.knows[charge.LIMIT] = 80.0
    await passing.go(60)

    assert polled.outcomes == [Outcome.CONFIRMED]
    assert polled.reads == [{charge.LIMIT}]
    assert passing.running == []


async def test_what_was_so_before_and_streams_is_not_paid_for(passing: Passing, streaming: Car) -> None:
    streaming.done(command(Expectation(charge.LIMIT, 50.0)))
    await passing.go(READ_AFTER_SILENCE - 1)
    assert streaming.outcomes == []
    await passing.go(2)

    assert streaming.outcomes == [Outcome.CONFIRMED]
    assert streaming.shown.expected == {}
    assert streaming.reads == []
    await passing.go(10)
    assert passing.running == []


async def test_only_what_was_not_so_before_is_read(passing: Passing, streaming: Car) -> None:
    streaming.done(command(LIMIT_80, Expectation(security.LOCKED, False)))  # noqa: FBT003  # a value like any other
    streaming.knows[charge.LIMIT] = 80.0
    await passing.go(60)

    assert streaming.outcomes == [Outcome.CONFIRMED]
    assert streaming.reads == [{charge.LIMIT}]


async def test_what_is_only_remembered_is_read(passing: Passing, streaming: Car) -> None:
    streaming.says({charge.LIMIT: 50.0}, source=RESTORED)
    streaming.done(command(Expectation(charge.LIMIT, 50.0)))
    await passing.go(60)

    assert streaming.outcomes == [Outcome.CONFIRMED]
    assert streaming.reads == [{charge.LIMIT}]


async def test_what_the_car_says_otherwise_is_shown_again(passing: Passing, polled: Car) -> None:
    polled.done(command(LIMIT_80))
    assert polled.shown.get(charge.LIMIT) == 80.0
    await passing.go(60)

    (verdict,) = polled.verdicts
    assert (verdict.outcome, verdict.signal, verdict.says) == (Outcome.CONTRADICTED, charge.LIMIT, 50.0)
    assert polled.shown.get(charge.LIMIT) == 50.0
    assert polled.reads == [{charge.LIMIT}]


async def test_what_may_not_be_read_stays_unconfirmed(passing: Passing, polled: Car) -> None:
    polled.refuses = True
    polled.done(command(LIMIT_80))
    await passing.go(60)

    assert polled.outcomes == [Outcome.UNCONFIRMED]
    assert polled.shown.get(charge.LIMIT) == 80.0
    assert len(polled.reads) == 1

    polled.says({charge.LIMIT: 50.0})
    await passing.go(10)
    assert polled.shown.get(charge.LIMIT) == 50.0
    assert passing.running == []


async def test_a_second_command_is_followed_while_the_first_still_is(passing: Passing, polled: Car) -> None:
    polled.done(command(LIMIT_80))
    await passing.go(3)
    polled.done(command(Expectation(security.LOCKED, True)))  # noqa: FBT003  # a value like any other
    polled.knows |= {charge.LIMIT: 80.0, security.LOCKED: True}
    await passing.go(60)

    assert polled.outcomes == [Outcome.CONFIRMED, Outcome.CONFIRMED]
    assert polled.reads == [{charge.LIMIT, security.LOCKED}]


async def test_nothing_runs_once_it_is_ended(passing: Passing, polled: Car) -> None:
    await polled.confirmer.end()  # nothing ran yet
    polled.done(command(LIMIT_80))
    await passing.settle()
    assert passing.running

    await polled.confirmer.end()
    assert passing.running == []


async def test_whether_it_was_done_is_seen_as_soon_as_the_car_says_so(
    passing: Passing, streaming: Car
) -> None:
    since = passing.now
    found = asyncio.ensure_future(streaming.confirmer.find_out(command(LIMIT_80), since, ORIGIN))
    await passing.go(2)
    streaming.says({charge.LIMIT: 50.0})  # perhaps in flight
    await passing.go(2)
    assert not found.done()

    streaming.says({charge.LIMIT: 80.0})
    await passing.go(1)
    assert await found is True
    assert streaming.reads == []


@pytest.mark.parametrize(("truth", "found"), [(80.0, True), (50.0, False), (None, None)])
async def test_whether_it_was_done_is_read_once_it_cannot_happen_any_more(
    passing: Passing, polled: Car, truth: float | None, *, found: bool | None
) -> None:
    since = passing.now
    polled.knows[charge.LIMIT] = truth
    asked = asyncio.ensure_future(polled.confirmer.find_out(command(LIMIT_80), since, ORIGIN))
    await passing.go(SETTLED_AFTER - 1)
    assert polled.reads == []
    await passing.go(FOUND_OUT_AFTER)

    assert await asked is found
    assert polled.reads == [{charge.LIMIT}]


async def test_what_no_fact_tells_nobody_finds_out(polled: Car, passing: Passing) -> None:
    assert await polled.confirmer.find_out(command(), passing.now, ORIGIN) is None
    assert polled.reads == []


@pytest.mark.parametrize("by", [-7200.0, 7200.0])
async def test_a_clock_that_is_set_neither_hurries_a_decision_nor_holds_it_up(
    passing: Passing, polled: Car, by: float
) -> None:
    polled.done(command(LIMIT_80))
    await passing.go(2.5)
    passing.set_by = by
    await passing.go(DECIDED_AFTER - 4)
    assert (polled.reads, polled.outcomes) == ([{charge.LIMIT}], [])
    await passing.go(4)

    assert polled.outcomes == [Outcome.CONTRADICTED]
    assert polled.shown.expected == {}
    await passing.go(5)
    assert passing.running == []


async def test_the_cars_word_confirms_also_after_the_clock_was_set_back(
    passing: Passing, streaming: Car
) -> None:
    streaming.done(command(LIMIT_80))
    await passing.go(2.5)
    passing.set_by = -7200.0
    await passing.go(1)
    streaming.says({charge.LIMIT: 80.0})

    assert streaming.outcomes == [Outcome.CONFIRMED]


@pytest.mark.parametrize("by", [-7200.0, 7200.0])
async def test_finding_out_ends_whatever_the_clock_says(passing: Passing, polled: Car, by: float) -> None:
    asked = asyncio.ensure_future(polled.confirmer.find_out(command(LIMIT_80), passing.clock(), ORIGIN))
    await passing.go(2.5)
    passing.set_by = by
    polled.knows[charge.LIMIT] = 80.0
    await passing.go(FOUND_OUT_AFTER)

    assert await asked is True
    assert polled.reads == [{charge.LIMIT}]


@pytest.mark.parametrize(("truth", "found"), [(80.0, True), (50.0, False)])
async def test_what_was_waited_for_until_the_time_was_over_is_read_all_the_same(
    passing: Passing, polled: Car, truth: float, *, found: bool
) -> None:
    """An answer that does not come takes longer than it takes until nothing more can happen."""
    since = passing.clock()
    await passing.go(FOUND_OUT_AFTER + 5)
    polled.knows[charge.LIMIT] = truth

    assert await polled.confirmer.find_out(command(LIMIT_80), since, ORIGIN) is found
    assert polled.reads == [{charge.LIMIT}]
