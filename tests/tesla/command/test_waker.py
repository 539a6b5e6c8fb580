"""One wake, then free looks until the car is online, and a moment to settle."""

import asyncio
from collections.abc import AsyncIterator, Callable

from aiohttp import ClientSession, TCPConnector, ThreadedResolver
import pytest

from custom_components.tesla_direct.tesla.command.command import Origin
from custom_components.tesla_direct.tesla.command.waker import (
    GIVEN_UP_FOR,
    LOOK_EVERY,
    LOOK_LIMIT,
    SETTLE,
    Waker,
)
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


@pytest.mark.parametrize("spoilt", ["html", "a 500"])
async def test_a_wake_whose_answer_makes_no_sense_is_followed_too(
    commanded: Commanded, waker: Waker, spoilt: str
) -> None:
    if spoilt == "html":
        commanded.world.cloud.spoil("wake_up", spoilt)
    else:
        commanded.world.cloud.refuse("wake_up", 500, after=True)
    await waker.wake(ORIGIN)

    assert commanded.power is Power.ONLINE
    assert len(commanded.world.cloud.requests("wake_up")) == 1


async def test_a_look_that_fails_after_a_wake_that_was_paid_for_is_repeated(
    commanded: Commanded, waker: Waker
) -> None:
    commanded.car.wake_now()
    commanded.world.cloud.refuse("vehicle", 500, times=1)
    await waker.wake(ORIGIN)

    assert commanded.power is Power.ONLINE


@pytest.mark.parametrize("jump", [-7200.0, 7200.0])
async def test_a_clock_that_is_set_meanwhile_makes_the_wait_neither_longer_nor_shorter(
    commanded: Commanded, passing: Passing, jump: float
) -> None:
    commanded.car.ignore_wakes()

    async def sleep(seconds: float) -> None:
        if not commanded.slept:
            commanded.wall.move(jump)
        await commanded.sleep(seconds)

    waker = Waker(commanded.api, commanded, clock=commanded.wall, sleep=sleep, spawn=passing.spawn)
    with pytest.raises(WakeFailed):
        await waker.wake(ORIGIN)

    assert sum(commanded.slept) == pytest.approx(LOOK_LIMIT, abs=LOOK_EVERY)


async def test_a_wake_that_all_have_given_up_is_followed_by_the_next_and_not_paid_again(
    commanded: Commanded, passing: Passing
) -> None:
    commanded.car.slow_wake(30.0)
    waker = Waker(
        commanded.api, commanded, clock=commanded.wall, sleep=commanded.sleep_a_while, spawn=passing.spawn
    )
    first = asyncio.ensure_future(waker.wake(ORIGIN))
    await until(lambda: commanded.slept)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    coming = waker.waking
    assert coming  # so nobody's budget or limits are asked

    await waker.wake(ORIGIN)
    assert commanded.power is Power.ONLINE
    assert commanded.billed == {"wake": 1}
    assert not waker.waking

    commanded.car.sleep()
    commanded.power = Power.ASLEEP
    commanded.wall.move(GIVEN_UP_FOR)
    await waker.wake(ORIGIN)
    assert commanded.billed == {"wake": 2}


async def test_a_wake_that_was_given_up_long_ago_is_asked_for_anew(
    commanded: Commanded, passing: Passing
) -> None:
    waker = Waker(
        commanded.api, commanded, clock=commanded.wall, sleep=commanded.sleep_a_while, spawn=passing.spawn
    )
    commanded.car.ignore_wakes()
    first = asyncio.ensure_future(waker.wake(ORIGIN))
    await until(lambda: commanded.slept)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    commanded.wall.move(GIVEN_UP_FOR)
    commanded.car.ignore_wakes(on=False)

    assert not waker.waking
    await waker.wake(ORIGIN)
    assert commanded.billed == {"wake": 2}


# A provider that wakes cars by itself


@pytest.fixture
def handed_on(commanded: Commanded, passing: Passing) -> Waker:
    return Waker(
        commanded.api,
        commanded,
        clock=commanded.wall,
        sleep=commanded.sleep,
        spawn=passing.spawn,
        by_provider=True,
    )


async def test_a_provider_that_has_woken_the_car_is_not_waited_for_again(
    commanded: Commanded, handed_on: Waker
) -> None:
    commanded.car.wake_now()
    await handed_on.wake(ORIGIN)

    assert commanded.power is Power.ONLINE
    assert commanded.slept == []
    assert len(commanded.world.cloud.requests("wake_up")) == 1


async def test_a_provider_that_gives_up_is_not_asked_again_for_a_stated_time(
    commanded: Commanded, handed_on: Waker
) -> None:
    commanded.world.cloud.refuse("wake_up", "vehicle_offline")
    with pytest.raises(WakeFailed) as failed:
        await handed_on.wake(ORIGIN)

    assert failed.value.retry_after == handed_on.unreachable_for() == GIVEN_UP_FOR
    assert (commanded.slept, handed_on.waking) == ([], False)


async def test_a_command_that_wakes_the_car_on_its_way_is_a_wake_that_others_share(
    commanded: Commanded, handed_on: Waker
) -> None:
    def told(happens: Callable[[], object]) -> bool:
        happens()
        return handed_on.waking

    assert told(handed_on.on_the_way)
    assert not told(handed_on.arrived)
    handed_on.on_the_way()
    assert handed_on.gave_up(" for the provider").retry_after == GIVEN_UP_FOR
    assert not handed_on.waking
    assert handed_on.unreachable_for() == GIVEN_UP_FOR
    assert commanded.world.cloud.requests("wake_up") == []
