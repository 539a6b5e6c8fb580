"""Work that several wait for ends when the last of them gives up."""

import asyncio
import gc

import pytest

from custom_components.tesla_direct.tesla.command.flight import Flight
from custom_components.tesla_direct.tesla.errors import CarBusy, NotLoaded

from .passing import Passing


async def test_all_who_wait_get_what_it_returns(passing: Passing) -> None:
    async def work() -> int:
        await passing.sleep(1)
        return 7

    flight = Flight(work(), "work", passing.spawn)
    waiting = [asyncio.ensure_future(flight.wait()) for _ in range(3)]
    await passing.go(1)

    assert await asyncio.gather(*waiting) == [7, 7, 7]
    assert flight.over
    assert await flight.wait() == 7  # also who comes late


async def test_all_who_wait_get_what_it_raises(passing: Passing) -> None:
    async def work() -> None:
        raise CarBusy("later")

    flight = Flight(work(), "work", passing.spawn)

    for _ in range(2):
        with pytest.raises(CarBusy):
            await flight.wait()


async def test_it_goes_on_while_one_still_waits_and_ends_with_the_last(passing: Passing) -> None:
    cleaned = []

    async def work() -> None:
        try:
            await passing.sleep(10)
        finally:
            await asyncio.sleep(0)
            cleaned.append(True)

    flight = Flight(work(), "work", passing.spawn)
    first, second = (asyncio.ensure_future(flight.wait()) for _ in range(2))
    await passing.settle()

    first.cancel()
    await passing.settle()
    assert passing.running == ["work"]

    second.cancel()
    with pytest.raises(asyncio.CancelledError):
        await second
    assert cleaned == [True]  # before the caller is let go
    assert passing.running == []


async def test_who_waits_for_what_its_owner_ends_is_told(passing: Passing) -> None:
    flight = Flight(passing.sleep(10), "work", passing.spawn)
    waiting = asyncio.ensure_future(flight.wait())
    await passing.settle()

    await flight.end()

    with pytest.raises(NotLoaded):
        await waiting


async def test_nobody_can_join_what_is_about_to_end(passing: Passing) -> None:
    flight = Flight(passing.sleep(10), "work", passing.spawn)
    waiting = asyncio.ensure_future(flight.wait())
    await passing.settle()
    before = flight.over

    waiting.cancel()
    await asyncio.sleep(0)
    assert passing.running  # it has yet to clean up
    assert (before, flight.over) == (False, True)
    with pytest.raises(asyncio.CancelledError):
        await waiting


async def test_an_error_that_nobody_waits_for_any_more_is_nobodys_business(
    passing: Passing, caplog: pytest.LogCaptureFixture
) -> None:
    async def work() -> None:
        try:
            await passing.sleep(10)
        finally:
            raise CarBusy("while it cleaned up")

    flight = Flight(work(), "work", passing.spawn)
    waiting = asyncio.ensure_future(flight.wait())
    await passing.settle()
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    del flight, waiting
    passing.tasks.clear()
    gc.collect()

    assert not caplog.records
