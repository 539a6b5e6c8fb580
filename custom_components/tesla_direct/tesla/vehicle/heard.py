"""How much one source says of a car: when it did last, and how often of late. Pure; times by our clock."""

from collections import deque
from typing import Any

MINUTE = 60.0
MINUTES = 5  # over which the rate is taken


class Heard:
    """What one source says of one car, counted.

    last_at: when it said something last, seconds since 1970; None if it never did
    """

    def __init__(self) -> None:
        """Start out with a source that has said nothing."""
        self.last_at: float | None = None
        self._since = 0.0
        self._counts: deque[list[float]] = deque(maxlen=MINUTES)  # begin of a minute, signals told in it

    def take(self, signals: int, now: float) -> None:
        """Count so many signals that were told just now."""
        begin = now - now % MINUTE
        if self._counts and self._counts[-1][0] > begin:  # the clock was set back
            self._counts.clear()
        if not self._counts:
            self._since = now
        if self._counts and self._counts[-1][0] == begin:
            self._counts[-1][1] += signals
        else:
            self._counts.append([begin, signals])
        self.last_at = now

    def per_minute(self, now: float) -> float:
        """Return how many signals came a minute in the last five, or since the first of them."""
        oldest = now - now % MINUTE - (MINUTES - 1) * MINUTE
        while self._counts and self._counts[0][0] < oldest:
            self._counts.popleft()
        if not self._counts:
            return 0.0
        minutes = max(1.0, (now - max(self._since, oldest)) / MINUTE)
        return round(sum(count for _, count in self._counts) / minutes, 1)

    def to_dict(self, now: float) -> dict[str, Any]:
        """Return what is shown of it."""
        return {"last_word": self.last_at, "signals_per_minute": self.per_minute(now)}
