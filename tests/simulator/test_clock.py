"""Two clocks: one that is sent, one that may run fast."""

import asyncio

from simulator.clock import Clock

from .wall import Wall


async def test_waiting_ends_when_simulated_time_has_passed() -> None:
    clock = Clock(Wall())
    waiting = asyncio.create_task(clock.wait(10.0))
    await asyncio.sleep(0)

    clock.advance(9.9)
    await asyncio.sleep(0)
    assert not waiting.done()
    clock.advance(0.2)
    await waiting


async def test_alarms_ring_in_order_and_each_once() -> None:
    clock = Clock(Wall())
    late, early = clock.alarm(2.0), clock.alarm(1.0)
    early.set_result(None)

    clock.advance(5.0)

    assert late.done()


def test_fast_time_does_not_date_anything_ahead(wall: Wall) -> None:
    clock = Clock(wall)

    clock.advance(86_400.0)

    assert clock.now() == wall.now
    assert clock.passed == 86_400.0
