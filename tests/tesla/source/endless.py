"""What runs until it is cancelled, as a test starts and stops it."""

import asyncio
from collections.abc import Coroutine
from typing import Any

from tests.home import until


class Endless:
    """One task at a time."""

    _task: asyncio.Task[Any] | None = None

    def run(self, work: Coroutine[Any, Any, Any]) -> None:
        self._task = asyncio.create_task(work)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def waits(self, woken: asyncio.Event) -> None:
        """Return once it waits for an event; a bug that has ended it comes up here."""
        task = self._task
        assert task is not None
        await until(lambda: task.done() or (woken._waiters and not woken.is_set()))
        if task.done():
            await task
