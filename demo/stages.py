"""What the demo is set up with: our own receiver, a broker, or Teslemetry [I/O]."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from simulator.broker import Broker
from simulator.ports import free_port

from .browser.chromium import Chromium
from .browser.person import Person
from .cars import Cars
from .check import Checker
from .check_source import BrokerChecker, ServiceChecker, SourceChecker
from .check_teslamate import LegacyStreamChecker, TeslaMateChecker
from .clicked import ClickedSetUp
from .home import Home
from .other_ways import BrokerSetUp, ServiceSetUp
from .setup_flow import SetUp, Way, prepare_world
from .teslamate_ways import MyTeslaMateSetUp, TeslaMateSetUp
from .world import SimulatedWorld


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One source, and what belongs to it.

    world:  options of the simulated world
    parts:  of the set-up, for those who watch
    set_up: prepares what a set-up needs, and gives the way through it
    check:  leads the cars through a day
    """

    world: tuple[str, ...]
    parts: str
    set_up: Callable[[], AbstractAsyncContextManager[Way]]
    check: Callable[[Cars], Checker | SourceChecker]


@asynccontextmanager
async def receiver(
    home: Home, world: SimulatedWorld, *, check: bool, clicked: Path | None
) -> AsyncIterator[Stage]:
    """Have cars connect to Home Assistant itself, with an application of one's own.

    clicked: set up by clicking in a browser; where to put a picture of each page
    """

    @asynccontextmanager
    async def set_up() -> AsyncIterator[Way]:
        await prepare_world(home, world)
        if clicked is None:
            yield SetUp(home, world, free_port())
            return
        chromium = Chromium()
        try:
            await chromium.start()
            await asyncio.to_thread(clicked.mkdir, parents=True, exist_ok=True)
            way = ClickedSetUp(Person(chromium), home, world, free_port(), clicked)
            yield way
            print(f"  set up with {way.told()}; the pages: {clicked}")
        finally:
            await chromium.stop()

    yield Stage(
        world=(
            *(() if clicked else ("--approve",)),
            "--cars",
            "typed,untyped,old" if check else "typed,untyped",
        ),
        parts="credentials, sign-in, region, key, registration, cars, pairing, receiver, profile",
        set_up=set_up,
        check=lambda cars: Checker(home, world, cars),
    )


@asynccontextmanager
async def broker(home: Home, world: SimulatedWorld) -> AsyncIterator[Stage]:
    """Have cars connect to a telemetry server that publishes to a broker; there is no account."""
    async with Broker() as place:

        @asynccontextmanager
        async def set_up() -> AsyncIterator[Way]:
            yield BrokerSetUp(home, world, place)

        yield Stage(
            world=("--cars", "typed,untyped", "--mqtt", place.address),
            parts="Home Assistant's MQTT, topics, cars",
            set_up=set_up,
            check=lambda cars: BrokerChecker(home, world, cars, place),
        )


@asynccontextmanager
async def service(home: Home, world: SimulatedWorld) -> AsyncIterator[Stage]:
    """Have cars connect to Teslemetry, with an account there."""

    @asynccontextmanager
    async def set_up() -> AsyncIterator[Way]:
        await world.do("teslemetry", "approve")
        yield ServiceSetUp(home, world)

    yield Stage(
        world=("--cars", "typed,untyped", "--teslemetry"),
        parts="sign-in, cars, pairing, profile",
        set_up=set_up,
        check=lambda cars: ServiceChecker(home, world, cars),
    )


@asynccontextmanager
async def teslamates_service(home: Home, world: SimulatedWorld) -> AsyncIterator[Stage]:
    """Have cars connect to a service that streams as TeslaMate understands it, with an account there."""

    @asynccontextmanager
    async def set_up() -> AsyncIterator[Way]:
        yield MyTeslaMateSetUp(home, world)

    yield Stage(
        world=("--cars", "typed,untyped", "--myteslamate"),
        parts="addresses, token, cars",
        set_up=set_up,
        check=lambda cars: LegacyStreamChecker(home, world, cars),
    )


@asynccontextmanager
async def teslamate(home: Home, world: SimulatedWorld) -> AsyncIterator[Stage]:
    """Have the user's own TeslaMate publish to a broker; there is no account."""
    async with Broker() as place:

        @asynccontextmanager
        async def set_up() -> AsyncIterator[Way]:
            yield TeslaMateSetUp(home, world, place)

        yield Stage(
            world=("--cars", "typed,untyped", "--teslamate", place.address),
            parts="Home Assistant's MQTT, TeslaMate's topics, cars",
            set_up=set_up,
            check=lambda cars: TeslaMateChecker(home, world, cars, place),
        )
