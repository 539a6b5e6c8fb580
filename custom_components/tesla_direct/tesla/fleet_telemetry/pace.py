"""How fast one connection is read, so that nobody else notices it.

Whoever keeps us busy waits as long as he kept us busy: a car with thousands of buffered records is read at
half speed.
"""

from collections.abc import Callable

AT_ONCE = 32  # messages without a pause, however quick; what a car sends before it leaves is fewer


class Pace:
    """The work that one connection has caused, and not yet made up for by waiting."""

    def __init__(self, limit: float, clock: Callable[[], float]) -> None:
        """Allow `limit` seconds of work at one go, by `clock`."""
        self._limit = limit
        self._clock = clock
        self._busy = 0.0
        self._since = clock()
        self._in_a_row = 0

    def begin(self) -> None:
        """Go to work: the time since it was last put down makes up for what was done before."""
        now = self._clock()
        self._busy = max(0.0, self._busy - (now - self._since))
        self._since = now

    def end(self) -> float | None:
        """Put the work down; return the seconds to wait before the next, None if it may follow at once.

        A wait of no time lets others have their turn.
        """
        now = self._clock()
        self._busy += now - self._since
        self._since = now
        self._in_a_row += 1
        if self._busy <= self._limit and self._in_a_row < AT_ONCE:
            return None
        self._in_a_row = 0
        return self._busy if self._busy > self._limit else 0.0
