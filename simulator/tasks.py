"""Tasks with an owner and an end."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Tasks:
    """Runs tasks until closed; a bug in one of them is raised then, never swallowed.

    Not a `TaskGroup`, because the owner may be opened and closed in different tasks (as pytest
    does with an asynchronous fixture), and a group belongs to the task that opened it.
    """

    def __init__(self) -> None:
        """Own nothing yet."""
        self._running: set[asyncio.Task[None]] = set()
        self._bugs: list[Exception] = []

    def start(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None]:
        """Run `work` until it ends or the owner closes."""
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._running.add(task)
        task.add_done_callback(self._ended)
        return task

    async def close(self) -> None:
        """Cancel what still runs, wait for its end, raise the bugs that came up."""
        for task in tuple(self._running):
            task.cancel()
        while self._running:
            await asyncio.wait(self._running)
        if self._bugs:
            bugs, self._bugs = self._bugs, []
            raise ExceptionGroup("tasks of the simulator failed", bugs)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        if not task.cancelled() and isinstance(bug := task.exception(), Exception):
            self._bugs.append(bug)
