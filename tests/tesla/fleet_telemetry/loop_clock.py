"""A loop's clock that is put forward, or stands still: what is timed is so on a busy machine, too."""

import asyncio


class LoopClock:
    """The clock that a loop's timers go by."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        """Take its place; until something is said it goes as before."""
        self._loop = loop
        self._real = loop.time
        self._ahead = 0.0
        self._stands_at: float | None = None
        loop.time = self.now  # type: ignore[method-assign]  # its only way to have another one

    def now(self) -> float:
        """Return the time by which timers ring."""
        return self._real() + self._ahead if self._stands_at is None else self._stands_at

    def forward(self, seconds: float) -> None:
        """Put it forward."""
        if self._stands_at is None:
            self._ahead += seconds
        else:
            self._stands_at += seconds

    def stand_still(self) -> None:
        """Let no time pass."""
        self._stands_at = self.now()

    def go_on(self) -> None:
        """Let time pass again, from where it stood."""
        if self._stands_at is not None:
            self._ahead, self._stands_at = self._stands_at - self._real(), None

    def give_back(self) -> None:
        """Let the loop have its own clock again."""
        self._loop.time = self._real  # type: ignore[method-assign]  # as above
