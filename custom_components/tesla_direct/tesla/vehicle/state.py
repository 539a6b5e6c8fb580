"""The newest reading of every signal."""

from collections.abc import Iterator

from .signal import AnySignal, Reading, Report, Signal, Values

RESTORED = "restored"  # the source of what was known before a restart


class VehicleState:
    """The newest reading of every signal.

    Polls and pushes arrive late, twice and out of order. One rule settles it:
    the reading with the newer car time wins, whoever brought it. A snapshot says nothing new, so what was
    told of the same time stays; one of unknown age gives way to all that has a time.
    What is known of a time that has not come yet was told before our clock was set back: it counts as of now.
    """

    def __init__(self) -> None:
        """Start out knowing nothing."""
        self._newest: dict[AnySignal, Report] = {}

    def apply(self, report: Report) -> set[AnySignal]:
        """Take in a report; return the signals whose value changed or was confirmed after a restart."""
        newest = self._newest
        at, now = report.at, report.received
        changed = set[AnySignal]()
        # Facts that come together came together before, so what is looked up of an older report is kept.
        last: Report | None = None
        known: Values = {}
        late = confirms = False
        for signal, value in report.values.items():
            old = newest.get(signal)
            if old is None:
                changed.add(signal)
                newest[signal] = report
                continue
            if old is not last:
                last = old
                known = old.values
                since = min(now, old.at)
                late = at < since or (report.snapshot and at == since and not old.snapshot)
                confirms = old.source == RESTORED
            if late:
                continue
            if confirms or known[signal] != value:
                changed.add(signal)
            newest[signal] = report
        return changed

    def get[T](self, signal: Signal[T]) -> T | None:
        """Return the value, or None if no source has told us."""
        report = self._newest.get(signal)
        return None if report is None else report.values[signal]

    def report(self, signal: AnySignal) -> Report | None:
        """Return the report that brought the newest reading of a signal."""
        return self._newest.get(signal)

    def reading[T](self, signal: Signal[T]) -> Reading[T] | None:
        """Return the newest reading, or None if no source has told us."""
        report = self._newest.get(signal)
        return None if report is None else Reading(report.values[signal], report.at, report.source)

    def __iter__(self) -> Iterator[AnySignal]:
        """Iterate over the signals that any source has told us."""
        return iter(self._newest)
