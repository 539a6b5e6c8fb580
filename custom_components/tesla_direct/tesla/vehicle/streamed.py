"""Which facts a car tells by itself, and to which source. Pure; times by our clock."""

from collections.abc import Iterable, Mapping
from typing import Any

from .signal import AnySignal
from .sources import RECEIVER
from .stored import times

# Seconds for which a fact that was streamed counts as streamed. A car that wakes tells everything anew that
# it is configured to tell, so what it has not told for a week it was told to leave out.
STREAMED_FOR = 7 * 86_400.0


class Streamed:
    """The facts that one car tells by itself, each with when it did last, by source."""

    def __init__(self) -> None:
        """Start out with a car that has told nothing."""
        self._of: dict[str, dict[AnySignal, float]] = {}

    def take(self, source: str, signals: Iterable[AnySignal], now: float) -> None:
        """Learn what a source was told just now."""
        self._of.setdefault(source, {}).update(dict.fromkeys(signals, now))

    def to(
        self, sources: Iterable[str], signal: AnySignal, now: float, *, within: float = STREAMED_FOR
    ) -> bool:
        """Return whether one of some sources is told a fact, or another one that says the same.

        within: seconds
        """
        since = now - within
        told = (self._of[source] for source in sources if source in self._of)
        return any(one.get(each, 0.0) >= since for one in told for each in (signal, *signal.pushed_as))

    def to_json(self) -> dict[str, dict[str, int]]:
        """Return what has to outlive a restart."""
        return {
            source: {signal.name: round(at) for signal, at in told.items()}
            for source, told in self._of.items()
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any], now: float) -> Streamed:
        """Return what `to_json` kept; a time that lies ahead is taken for now.

        Raises: TypeError or ValueError where that makes no sense
        """
        if not all(isinstance(told, Mapping) for told in kept.values()):
            kept = {RECEIVER: kept}  # from when there was no other
        streamed = cls()
        streamed._of = {
            str(source): {signal: min(at, now) for signal, at in times(told).items()}
            for source, told in kept.items()
        }
        return streamed
