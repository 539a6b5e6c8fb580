"""Which commands the car's own word has yet to confirm. Pure; times are seconds since 1970, by our clock.

What we expect is laid over the state at once. A matching reading that was received after the answer confirms
it; a contradicting one decides only at the time-out, as a record in flight or a slow clock proves nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..vehicle.expectation import Expectation
from ..vehicle.signal import AnySignal, Report
from ..vehicle.state import RESTORED, VehicleState
from .record import CommandRecord, Outcome

DECIDED_AFTER = 30.0  # seconds after the answer; what streams comes within seconds, and so does a read
READ_AFTER = 5.0  # seconds after the answer that a fact is read for money that is not streamed
READ_AFTER_SILENCE = 20.0  # the same for one that is streamed, but did not come
# Seconds for which what a car has said it has done is shown while none of its readings speaks of it.
SHOWN_FOR = 3600.0
IN_FLIGHT = 5.0  # seconds after the answer in which a record may come that was on its way before
SET = 10.0  # seconds by which a sleep may be too long or too short before it was the clock that was set


@dataclass(slots=True)
class Pending:
    """A command whose effect is not confirmed yet.

    read_at: when what is open is read for money; never once it was
    open:    what is still expected
    decided: the user was told; it is only shown for a while yet
    """

    record: CommandRecord
    answered_at: float
    read_at: float
    open: dict[AnySignal, Expectation]
    decided: bool = False

    @property
    def decided_at(self) -> float:
        """Return when the car's word decides, whatever it is."""
        return self.answered_at + (SHOWN_FOR if self.decided else DECIDED_AFTER)

    def says(self, signal: AnySignal, state: VehicleState, *, after: float = 0.0) -> Any:
        """Return what the car has said of a fact since some seconds after its answer, None if nothing."""
        report = state.report(signal)
        since = self.answered_at + after
        if report is None or report.received <= since or report.source == RESTORED or report.snapshot:
            return None
        return report.values[signal]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of a command; of one that is contradicted the fact, and what the car says of it."""

    record: CommandRecord
    outcome: Outcome
    signal: AnySignal | None = None
    says: Any = None


@dataclass(slots=True)
class Confirmations:
    """The commands of one car that wait for its word.

    shown: what is laid over the state, by fact; ours to fill and to empty
    """

    shown: dict[AnySignal, Expectation]
    pending: list[Pending] = field(default_factory=list)

    def lay(
        self, record: CommandRecord, expects: Iterable[Expectation], now: float, *, streamed: bool
    ) -> list[Verdict]:
        """Lay over the state what a command should have brought about; return what that has decided.

        streamed: the car tells these facts by itself
        """
        new = {expectation.signal: expectation for expectation in expects}
        if not new:
            return [_told(record, Outcome.CONFIRMED)]  # there is nothing that could say otherwise
        verdicts = self._give_way(new)
        self.shown.update(new)
        wait = READ_AFTER_SILENCE if streamed else READ_AFTER
        self.pending.append(Pending(record, now, now + wait, new))
        return verdicts

    def heard(self, report: Report, state: VehicleState) -> list[Verdict]:
        """Take in a report that the state has just taken in; return what that has decided."""
        if report.source == RESTORED:
            return []
        verdicts: list[Verdict] = []
        for pending in tuple(self.pending):
            if report.received <= pending.answered_at:
                continue
            for signal in pending.open.keys() & report.values.keys():
                # An older record that arrives late is no news.
                if report.values[signal] is None or state.report(signal) is not report:
                    continue
                if pending.decided or pending.open[signal].met_by(report.values[signal]):
                    self._close(pending, signal)
            if not pending.open:
                self.pending.remove(pending)
                if not pending.decided:
                    pending.record.confirmed = report.received - pending.answered_at
                    verdicts.append(_told(pending.record, Outcome.CONFIRMED))
        return verdicts

    def agree(self, signals: Iterable[AnySignal], now: float) -> list[Verdict]:
        """Learn that facts are as expected without a new reading; return what that has decided."""
        agreed = set(signals)
        verdicts: list[Verdict] = []
        for pending in tuple(self.pending):
            for signal in pending.open.keys() & agreed:
                self._close(pending, signal)
            if not pending.open:
                self.pending.remove(pending)
                if not pending.decided:
                    pending.record.confirmed = now - pending.answered_at
                    verdicts.append(_told(pending.record, Outcome.CONFIRMED))
        return verdicts

    def expire(self, now: float, state: VehicleState) -> list[Verdict]:
        """Decide what is due; return what that was."""
        verdicts: list[Verdict] = []
        for pending in tuple(self.pending):
            if now < pending.decided_at:
                continue
            said = {signal: pending.says(signal, state) for signal in pending.open}
            otherwise = [
                (signal, value)
                for signal, value in said.items()
                if value is not None and not pending.open[signal].met_by(value)
            ]
            if pending.decided:
                self._end(pending)
            elif otherwise:
                self._end(pending)
                verdicts.append(_told(pending.record, Outcome.CONTRADICTED, *otherwise[0]))
            elif None not in said.values():  # it was heard while our clock was being set
                self._end(pending)
                verdicts.append(_told(pending.record, Outcome.CONFIRMED))
            else:
                # The car has said that it is done, and nothing speaks against it but what was known before.
                pending.decided = True
                verdicts.append(_told(pending.record, Outcome.UNCONFIRMED))
        return verdicts

    def unread(self, now: float) -> set[AnySignal]:
        """Return the facts that are to be read for money now; each command is read for once at most."""
        waiting = [one for one in self.pending if not one.decided and one.read_at < float("inf")]
        # Several commands that come one after the other share one read, after the last of them.
        if any(now < one.read_at for one in waiting):
            return set()
        for one in waiting:
            one.read_at = float("inf")
        return {signal for one in waiting for signal in one.open}

    def believed(self, signal: AnySignal, state: VehicleState) -> Pending | None:
        """Return the command whose effect on a fact is to be reckoned with; the car has not denied it."""
        for pending in self.pending:
            if signal in pending.open:
                denied = pending.says(signal, state, after=IN_FLIGHT) is not None
                return None if denied else pending
        return None

    def clock_set(self, by: float) -> None:
        """Go on as if nothing was, though our clock was set: that is no time that has passed."""
        for pending in self.pending:
            pending.answered_at += by
            pending.read_at += by

    def _give_way(self, new: Mapping[AnySignal, Expectation]) -> list[Verdict]:
        """Have older commands no longer expect what a newer one has changed."""
        verdicts: list[Verdict] = []
        for pending in tuple(self.pending):
            for signal in pending.open.keys() & new.keys():
                del pending.open[signal]
            if not pending.open:
                self.pending.remove(pending)
                if not pending.decided:
                    verdicts.append(_told(pending.record, Outcome.MERGED))
        return verdicts

    def _close(self, pending: Pending, signal: AnySignal) -> None:
        del pending.open[signal]
        del self.shown[signal]

    def _end(self, pending: Pending) -> None:
        self.pending.remove(pending)
        for signal in pending.open:
            del self.shown[signal]


def set_by(passed: float, slept: float) -> float:
    """Return by how many seconds a clock was set while somebody slept; 0 if it was not."""
    by = passed - slept
    return by if abs(by) > SET else 0.0


def _told(
    record: CommandRecord, outcome: Outcome, signal: AnySignal | None = None, says: Any = None
) -> Verdict:
    record.outcome = outcome
    if signal is not None:
        record.detail = signal.name
    return Verdict(record, outcome, signal, says)
