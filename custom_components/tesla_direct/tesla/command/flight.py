"""[I/O] Work that several wait for, and that ends when the last of them gives up."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from ..errors import NotLoaded

type Spawn = Callable[[Coroutine[Any, Any, Any], str], asyncio.Task[Any]]
"""Begins a task at once that its giver owns, and cancels when it is unloaded; the text names it."""


class Flight[T]:
    """One piece of work, and who waits for it.

    A caller that is cancelled takes the work along if nobody else waits; the work itself is cancelled only
    then, or by its owner.
    """

    def __init__(self, work: Coroutine[Any, Any, T], name: str, spawn: Spawn) -> None:
        """Begin."""
        self._ending = False
        self._waiting = 0
        self._task: asyncio.Task[T] = spawn(work, name)

    @property
    def over(self) -> bool:
        """Return whether nothing is left to wait for: it has ended, or is about to."""
        return self._ending or self._task.done()

    async def wait(self) -> T:
        """Return what the work returns, or raise what it raises.

        Raises: NotLoaded if its owner has ended it
        """
        self._waiting += 1
        try:
            await asyncio.wait((self._task,))
        finally:
            self._waiting -= 1
            if not self._waiting:
                await self.end()
        if self._task.cancelled():
            raise NotLoaded("ended before it was done")
        return self._task.result()

    async def end(self) -> None:
        """Cancel the work, and return once it has cleaned up after itself."""
        self._ending = True
        if not self._task.done():
            self._task.cancel()
            await asyncio.wait((self._task,))
        if not self._task.cancelled():
            self._task.exception()  # whoever still waits is told; if nobody does, nobody misses it
