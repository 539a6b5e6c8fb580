"""What was expected is shown until the car has spoken; only its own word confirms or contradicts."""

from typing import Any

import pytest

from custom_components.tesla_direct.tesla.command.confirmations import (
    DECIDED_AFTER,
    IN_FLIGHT,
    READ_AFTER,
    READ_AFTER_SILENCE,
    SHOWN_FOR,
    Confirmations,
    set_by,
)
from custom_components.tesla_direct.tesla.command.record import CommandRecord, Outcome
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from custom_components.tesla_direct.tesla.vehicle.expectation import Expectation
from custom_components.tesla_direct.tesla.vehicle.shown import ShownState
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.signals import charge, security
from custom_components.tesla_direct.tesla.vehicle.state import RESTORED, VehicleState

AT = 1_900_000_000.0
LIMIT_80 = Expectation(charge.LIMIT, 80.0)
LOCKED = Expectation(security.LOCKED, True)  # noqa: FBT003  # a value like any other


class Told:
    """A state, what is laid over it, and a car that speaks."""

    def __init__(self) -> None:
        self.truth = VehicleState()
        self.shown = ShownState(self.truth)
        self.confirmations = Confirmations(self.shown.expected)
        self.says(AT - 100, {charge.LIMIT: 50.0, security.LOCKED: False})

    def lay(self, *expects: Expectation, at: float = AT, streamed: bool = True) -> CommandRecord:
        record = CommandRecord(name="command", cause=Cause.USER, by=None, at=at)
        self.confirmations.lay(record, expects, at, streamed=streamed)
        return record

    def says(
        self,
        received: float,
        values: dict[AnySignal, Any],
        *,
        at: float | None = None,
        source: str = "receiver",
    ) -> list[Outcome]:
        report = Report(values, received if at is None else at, source, received)
        self.truth.apply(report)
        return [verdict.outcome for verdict in self.confirmations.heard(report, self.truth)]

    def expire(self, now: float) -> list[tuple[Outcome, Any]]:
        verdicts = self.confirmations.expire(now, self.truth)
        return [(verdict.outcome, verdict.says) for verdict in verdicts]


@pytest.fixture
def told() -> Told:
    return Told()


def test_what_is_expected_is_shown_at_once_and_merged_into_nothing(told: Told) -> None:
    told.lay(LIMIT_80)

    assert told.shown.get(charge.LIMIT) == 80.0
    assert told.truth.get(charge.LIMIT) == 50.0
    assert told.shown.get(security.LOCKED) is False
    reading = told.shown.reading(charge.LIMIT)
    assert reading is not None
    assert reading.at == AT - 100  # how old the car's word is does not change


def test_a_matching_reading_confirms(told: Told) -> None:
    record = told.lay(LIMIT_80)

    assert told.says(AT + 2, {charge.LIMIT: 80.0}) == [Outcome.CONFIRMED]

    assert (record.outcome, record.confirmed) == (Outcome.CONFIRMED, 2.0)
    assert told.shown.expected == {}
    assert told.confirmations.pending == []


def test_all_that_is_expected_has_to_come(told: Told) -> None:
    told.lay(LIMIT_80, LOCKED)

    assert told.says(AT + 1, {charge.LIMIT: 80.0}) == []
    assert told.shown.expected.keys() == {security.LOCKED}
    assert told.says(AT + 2, {security.LOCKED: True}) == [Outcome.CONFIRMED]


@pytest.mark.parametrize(
    ("received", "at", "source"),
    [
        (AT - 1, AT - 1, "receiver"),
        (AT, AT, "receiver"),
        (AT + 1, AT - 200, "receiver"),
        (AT + 1, AT, RESTORED),
    ],
)
def test_a_reading_that_proves_nothing_confirms_nothing(
    told: Told, received: float, at: float, source: str
) -> None:
    """Received before the answer, older than what is known, or only remembered."""
    told.lay(LIMIT_80)

    assert told.says(received, {charge.LIMIT: 80.0}, at=at, source=source) == []
    assert told.shown.expected


def test_what_is_agreed_to_without_a_reading_is_confirmed(told: Told) -> None:
    record = told.lay(LIMIT_80, LOCKED)

    assert told.confirmations.agree([charge.LIMIT], AT + 20) == []
    assert told.shown.expected.keys() == {security.LOCKED}
    (verdict,) = told.confirmations.agree([security.LOCKED], AT + 21)

    assert (verdict.outcome, record.outcome, record.confirmed) == (
        Outcome.CONFIRMED,
        Outcome.CONFIRMED,
        21.0,
    )
    assert told.shown.expected == {}
    assert told.confirmations.pending == []


def test_what_was_told_to_be_unconfirmed_is_not_told_again(told: Told) -> None:
    told.lay(LIMIT_80)
    assert told.expire(AT + DECIDED_AFTER) == [(Outcome.UNCONFIRMED, None)]

    assert told.confirmations.agree([charge.LIMIT], AT + 60) == []
    assert told.shown.expected == {}


def test_a_contradiction_decides_only_at_the_time_out(told: Told) -> None:
    record = told.lay(LIMIT_80)

    assert told.says(AT + 1, {charge.LIMIT: 50.0}) == []  # it may have been in flight
    assert told.expire(AT + DECIDED_AFTER - 0.1) == []
    assert told.shown.get(charge.LIMIT) == 80.0

    assert told.expire(AT + DECIDED_AFTER) == [(Outcome.CONTRADICTED, 50.0)]
    assert record.detail == "charge_limit"
    assert told.shown.get(charge.LIMIT) == 50.0


def test_a_contradiction_that_is_taken_back_in_time_confirms(told: Told) -> None:
    told.lay(LIMIT_80)

    told.says(AT + 1, {charge.LIMIT: 50.0})
    assert told.says(AT + 3, {charge.LIMIT: 80.0}) == [Outcome.CONFIRMED]
    assert told.expire(AT + DECIDED_AFTER) == []


def test_silence_leaves_what_the_car_has_said_it_did_until_it_speaks(told: Told) -> None:
    told.lay(LIMIT_80)

    assert told.expire(AT + DECIDED_AFTER) == [(Outcome.UNCONFIRMED, None)]
    assert told.shown.get(charge.LIMIT) == 80.0
    assert told.says(AT + 600, {charge.LIMIT: 50.0}) == []  # told already; now it is the car's again
    assert told.shown.get(charge.LIMIT) == 50.0


def test_nothing_is_shown_for_ever(told: Told) -> None:
    told.lay(LIMIT_80)
    told.expire(AT + DECIDED_AFTER)

    assert told.expire(AT + SHOWN_FOR) == []
    assert told.shown.get(charge.LIMIT) == 50.0
    assert told.confirmations.pending == []


def test_a_car_that_does_not_know_says_nothing(told: Told) -> None:
    told.lay(LIMIT_80)

    told.says(AT + 1, {charge.LIMIT: None})
    assert told.expire(AT + DECIDED_AFTER) == [(Outcome.UNCONFIRMED, None)]


def test_a_newer_command_takes_the_place_of_an_older_one(told: Told) -> None:
    older = told.lay(LIMIT_80)
    record = CommandRecord(name="command", cause=Cause.USER, by=None, at=AT + 1)

    verdicts = told.confirmations.lay(record, (Expectation(charge.LIMIT, 90.0),), AT + 1, streamed=True)

    assert [(verdict.record, verdict.outcome) for verdict in verdicts] == [(older, Outcome.MERGED)]
    assert told.shown.get(charge.LIMIT) == 90.0
    assert told.says(AT + 2, {charge.LIMIT: 90.0}) == [Outcome.CONFIRMED]


def test_an_older_command_goes_on_with_what_the_newer_one_leaves_it(told: Told) -> None:
    told.lay(LIMIT_80, LOCKED)
    told.lay(Expectation(charge.LIMIT, 90.0), at=AT + 1)

    assert told.says(AT + 2, {security.LOCKED: True}) == [Outcome.CONFIRMED]
    assert told.shown.get(charge.LIMIT) == 90.0


def test_one_that_was_decided_gives_way_in_silence(told: Told) -> None:
    told.lay(LIMIT_80)
    told.expire(AT + DECIDED_AFTER)
    record = CommandRecord(name="command", cause=Cause.USER, by=None, at=AT + 60)

    assert told.confirmations.lay(record, (LIMIT_80,), AT + 60, streamed=True) == []


def test_what_nothing_could_contradict_is_done(told: Told) -> None:
    record = told.lay()

    assert record.outcome is Outcome.CONFIRMED
    assert told.confirmations.pending == []


def test_what_is_not_streamed_is_read_once(told: Told) -> None:
    told.lay(LIMIT_80, streamed=False)

    assert told.confirmations.unread(AT + READ_AFTER - 0.1) == set()
    assert told.confirmations.unread(AT + READ_AFTER) == {charge.LIMIT}
    assert told.confirmations.unread(AT + READ_AFTER + 1) == set()


def test_what_streams_is_read_only_if_it_does_not_come(told: Told) -> None:
    told.lay(LIMIT_80, LOCKED)
    told.says(AT + 1, {security.LOCKED: True})

    assert told.confirmations.unread(AT + READ_AFTER_SILENCE - 0.1) == set()
    assert told.confirmations.unread(AT + READ_AFTER_SILENCE) == {charge.LIMIT}


def test_commands_that_follow_each_other_share_one_read(told: Told) -> None:
    told.lay(LIMIT_80, streamed=False)
    told.lay(LOCKED, at=AT + 4, streamed=False)

    assert told.confirmations.unread(AT + READ_AFTER) == set()
    assert told.confirmations.unread(AT + 4 + READ_AFTER) == {charge.LIMIT, security.LOCKED}


def test_a_steady_stream_of_commands_does_not_put_the_decision_off(told: Told) -> None:
    told.lay(LIMIT_80, streamed=False)
    told.says(AT + 1, {charge.LIMIT: 50.0})
    told.lay(LOCKED, at=AT + DECIDED_AFTER - 1, streamed=False)

    assert told.expire(AT + DECIDED_AFTER) == [(Outcome.CONTRADICTED, 50.0)]


def test_a_command_that_was_read_for_holds_up_no_later_one(told: Told) -> None:
    told.lay(LIMIT_80, streamed=False)
    assert told.confirmations.unread(AT + READ_AFTER) == {charge.LIMIT}
    told.says(AT + 6, {charge.LIMIT: 50.0})  # perhaps of before, so it is not decided yet

    told.lay(LOCKED, at=AT + 7, streamed=False)
    assert told.confirmations.unread(AT + 7 + READ_AFTER) == {security.LOCKED}


def test_what_is_laid_is_reckoned_with_until_the_car_denies_it(told: Told) -> None:
    assert told.confirmations.believed(charge.LIMIT, told.truth) is None
    told.lay(LIMIT_80, LOCKED)
    believed = told.confirmations.believed(charge.LIMIT, told.truth)
    assert believed is told.confirmations.pending[0]

    told.says(AT + IN_FLIGHT, {charge.LIMIT: 50.0})  # it may have been in flight
    assert told.confirmations.believed(charge.LIMIT, told.truth) is believed
    told.says(AT + IN_FLIGHT + 0.1, {charge.LIMIT: 50.0})  # still shown, until the time is over
    assert told.shown.get(charge.LIMIT) == 80.0
    assert told.confirmations.believed(charge.LIMIT, told.truth) is None
    assert told.confirmations.believed(security.LOCKED, told.truth) is believed


def test_a_reading_that_was_only_remembered_denies_nothing(told: Told) -> None:
    told.lay(LIMIT_80)
    told.says(AT + 1, {charge.LIMIT: 50.0}, source=RESTORED)

    assert told.confirmations.believed(charge.LIMIT, told.truth) is not None
    assert told.expire(AT + DECIDED_AFTER) == [(Outcome.UNCONFIRMED, None)]


@pytest.mark.parametrize("by", [-7200.0, 7200.0])
def test_a_clock_that_was_set_is_no_time_that_has_passed(told: Told, by: float) -> None:
    told.lay(LIMIT_80, streamed=False)
    told.confirmations.clock_set(by)

    assert told.confirmations.unread(AT + by + READ_AFTER - 0.1) == set()
    assert told.confirmations.unread(AT + by + READ_AFTER) == {charge.LIMIT}
    told.confirmations.clock_set(-by)
    assert told.confirmations.unread(AT + READ_AFTER) == set()  # once is once
    assert told.expire(AT + DECIDED_AFTER - 0.1) == []
    assert told.expire(AT + DECIDED_AFTER) == [(Outcome.UNCONFIRMED, None)]


def test_what_was_heard_while_the_clock_was_being_set_counts_in_the_end(told: Told) -> None:
    record = told.lay(LIMIT_80)
    assert told.says(AT - 7199, {charge.LIMIT: 80.0}, at=AT + 1) == []
    told.confirmations.clock_set(-7200.0)

    assert told.expire(AT - 7200 + DECIDED_AFTER) == [(Outcome.CONFIRMED, None)]
    assert record.outcome is Outcome.CONFIRMED
    assert told.shown.expected == {}


@pytest.mark.parametrize(("passed", "by"), [(1.0, 0.0), (9.0, 0.0), (-3599.0, -3600.0), (3601.0, 3600.0)])
def test_only_what_no_sleep_can_be_wrong_by_is_a_clock_that_was_set(passed: float, by: float) -> None:
    assert set_by(passed, 1.0) == by
