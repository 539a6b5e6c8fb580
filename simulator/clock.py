"""The world's two clocks: the wall's, whose times are sent, and its own, which may run fast."""

import asyncio
from collections.abc import Callable
import heapq
from itertools import count


class Clock:
    """Tells real time, and counts simulated seconds.

    Physics, intervals and waits follow the simulated seconds. A time that leaves the world is
    always the wall's, so nothing is ever dated ahead however fast the world runs.
    """

    def __init__(self, wall: Callable[[], float]) -> None:
        """Start at zero simulated seconds; `wall` gives seconds since 1970."""
        self._wall = wall
        self._alarms: list[tuple[float, int, asyncio.Future[None]]] = []
        self._order = count()
        self.passed = 0.0

    def now(self) -> float:
        """Return real time, seconds since 1970."""
        return self._wall()

    def advance(self, seconds: float) -> None:
        """Let simulated seconds pass and ring the alarms that are due."""
        self.passed += seconds
        while self._alarms and self._alarms[0][0] <= self.passed:
            *_, alarm = heapq.heappop(self._alarms)
            if not alarm.done():
                alarm.set_result(None)

    def alarm(self, seconds: float) -> asyncio.Future[None]:
        """Return a future that is done once so many simulated seconds have passed, or when set."""
        alarm = asyncio.get_running_loop().create_future()
        heapq.heappush(self._alarms, (self.passed + seconds, next(self._order), alarm))
        return alarm

    async def wait(self, seconds: float) -> None:
        """Return once so many simulated seconds have passed."""
        await self.alarm(seconds)
