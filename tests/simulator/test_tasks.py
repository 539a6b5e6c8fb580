"""Tasks end with their owner, and their bugs are told."""

import asyncio

import pytest

from simulator.tasks import Tasks


async def test_closing_ends_what_runs() -> None:
    tasks = Tasks()
    running = tasks.start(_for_ever(), "for ever")
    await asyncio.sleep(0)

    await tasks.close()

    assert running.cancelled()


async def test_a_bug_comes_up_at_the_end() -> None:
    tasks = Tasks()
    tasks.start(_fail(), "bug")
    await asyncio.sleep(0)

    with pytest.raises(ExceptionGroup) as raised:
        await tasks.close()

    assert isinstance(raised.value.exceptions[0], RuntimeError)
    await tasks.close()


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def _fail() -> None:
    raise RuntimeError("a bug")
