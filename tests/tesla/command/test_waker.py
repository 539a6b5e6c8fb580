"""One wake, then free looks until the car is online, and a moment to settle."""

import asyncio
from collections.abc import AsyncIterator

from aiohttp import ClientSession, TCPConnector, ThreadedResolver
import pytest

from custom_components.tesla_direct.tesla.command.command import Origin
from custom_components.tesla_direct.tesla.command.waker import GIVEN_UP_FOR, SETTLE, Waker
from custom_components.tesla_direct.tesla.errors import (
    CarUnreachable,
    InService,
    NotLoaded,
    ScopeMissing,
    TeslaError,
    WakeFailed,
)
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power
from simulator.world import World
from tests.home import until
from tests.simulator.wall import Wall

from .commanded import ORIGIN, Commanded
from .passing import Passing


@pytest.fixture
async def commanded(world: World, wall: Wall, socket_enabled: None) -> AsyncIterator[Commanded]:
    async with ClientSession(connector=TCPConnector(resolver=ThreadedResolver())) as session:
        commanded = Commanded(world, wall, session, world.add_car())
        commanded.car.sleep()
        commanded.power = Power.ASLEEP
        yield commanded
        await commanded.keeper.close()


@pytest.fixture
def waker(commanded: Commanded, passing: Passing) -> Waker:
    return Waker(commanded.api, commanded, clock=commanded.wall, sleep=commanded.sleep, spawn=passing.spawn)


@pytest.mark.parametrize("seconds", [10.0, 25.0, 50.0])
async def test_a_wake_is_one_request_and_free_looks(
    commanded: Commanded, waker: Waker, seconds: float
) -> None:
    commanded.car.slow_wake(seconds)
    await waker.wake(ORIGIN)

    assert commanded.power is Power.ONLINE
    assert commanded.billed == {"wake": 1}
    assert seconds <= sum(commanded.slept) - SETTLE <= seconds + 6
    assert not waker.waking
    assert waker.unreachable_for() == 0


async def test_all_who_want_it_wait_for_the_same_wake(commanded: Commanded, waker: Waker) -> None:
    await asyncio.gather(*(waker.wake(ORIGIN) for _ in range(5)))

    assert commanded.billed == {"wake": 1}


async def test_a_car_that_does_not_wake_is_given_up_for_a_stated_time(
    commanded: Commanded, waker: Waker
) -> None:
    commanded.car.ignore_wakes()
    with pytest.raises(WakeFailed) as failed:
        await waker.wake(ORIGIN)

    assert failed.value.retry_after == GIVEN_UP_FOR
    assert commanded.billed == {"wake": 1}
    assert waker.unreachable_for() == GIVEN_UP_FOR
    commanded.wall.move(GIVEN_UP_FOR)
    assert waker.unreachable_for() == 0
    commanded.wall.move(-7200)  # a clock that was set back holds nobody up
    assert waker.unreachable_for() == 0


async def test_a_wake_without_an_answer_is_followed_and_not_repeated(
    commanded: Commanded, waker: Waker
) -> None:
    commanded.world.cloud.drop("wake_up", after=True)
    await waker.wake(ORIGIN)

    assert commanded.power is Power.ONLINE
    assert len(commanded.world.cloud.requests("wake_up")) == 1


@pytest.mark.parametrize(("refusal", "error"), [("in_service", InService), ("missing_scopes", ScopeMissing)])
async def test_a_wake_that_is_refused_is_over(
    commanded: Commanded, waker: Waker, refusal: str, error: type[TeslaError]
) -> None:
    commanded.world.cloud.refuse("wake_up", refusal)
    with pytest.raises(error):
        await waker.wake(ORIGIN)

    assert commanded.slept == []
    assert waker.unreachable_for() == 0


async def test_looks_that_fail_for_a_while_are_repeated(commanded: Commanded, waker: Waker) -> None:
    commanded.world.cloud.refuse("vehicle", 500, times=2)
    await waker.wake(ORIGIN)

    assert commanded.power is Power.ONLINE


async def test_a_wake_that_the_car_seems_too_deep_asleep_for_is_told(
    commanded: Commanded, waker: Waker
) -> None:
    commanded.world.cloud.refuse("wake_up", "vehicle_offline")
    with pytest.raises(CarUnreachable):
        await waker.wake(ORIGIN)


async def test_looks_that_fail_for_good_end_it(commanded: Commanded, waker: Waker) -> None:
    commanded.world.cloud.refuse("vehicle", "missing_scopes")
    with pytest.raises(ScopeMissing):
        await waker.wake(ORIGIN)


async def test_a_connection_that_the_car_opens_by_itself_ends_the_looks(
    commanded: Commanded, passing: Passing
) -> None:
    looked = []

    async def sleep(seconds: float) -> None:
        looked.append(seconds)
        commanded.power = Power.ONLINE

    waker = Waker(commanded.api, commanded, clock=commanded.wall, sleep=sleep, spawn=passing.spawn)
    await waker.wake(Origin(Cause.AUTOMATION))

    assert commanded.world.cloud.requests("vehicle") == []


async def test_a_car_that_was_awake_all_along_costs_what_it_costs_and_no_wait(
    commanded: Commanded, waker: Waker
) -> None:
    commanded.car.wake_now()
    await waker.wake(ORIGIN)

    assert commanded.slept == [SETTLE]


async def test_nothing_runs_once_it_is_ended(commanded: Commanded, passing: Passing, waker: Waker) -> None:
    await waker.end()  # nothing ran yet
    waker = Waker(commanded.api, commanded, clock=commanded.wall, sleep=passing.sleep, spawn=passing.spawn)
    waking = asyncio.ensure_future(waker.wake(ORIGIN))
    await until(lambda: commanded.world.cloud.requests("wake_up"))
    assert waker.waking

    await waker.end()
    with pytest.raises(NotLoaded):
        await waking
    assert passing.running == []
