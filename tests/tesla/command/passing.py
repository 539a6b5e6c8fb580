"""Time that passes when a test says so, and tasks that somebody owns."""

import asyncio
from collections.abc import Coroutine
import heapq
from itertools import count
from typing import Any, Self

BEGAN = 1_900_000_000.0  # seconds since 1970


class Passing:
    """A clock, a sleep, and the tasks that were started beside them.

    set_by: how far ahead somebody has set the clock, which no sleep takes notice of
    """

    def __init__(self) -> None:
        self.now = BEGAN
        self.set_by = 0.0
        self.tasks: list[asyncio.Task[Any]] = []
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._numbers = count()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)

    def clock(self) -> float:
        return self.now + self.set_by

    async def sleep(self, seconds: float) -> None:
        woken: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), woken))
        await woken

    def spawn(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        # As Home Assistant does: it begins at once.
        task = asyncio.Task(work, loop=asyncio.get_running_loop(), name=name, eager_start=True)
        self.tasks.append(task)
        return task

    @property
    def running(self) -> list[str]:
        return [task.get_name() for task in self.tasks if not task.done()]

    async def settle(self) -> None:
        """Let everything go on that can without time."""
        for _ in range(30):
            await asyncio.sleep(0)

    async def go(self, seconds: float) -> None:
        """Let time pass, moment by moment."""
        until = self.now + seconds
        await self.settle()
        while self._sleepers and self._sleepers[0][0] <= until:
            at, _, woken = heapq.heappop(self._sleepers)
            self.now = max(self.now, at)
            if not woken.done():
                woken.set_result(None)
            await self.settle()
        self.now = until
        await self.settle()
