"""Two sources of which one dies, then both: how long nothing is shown, and when the poll asks."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any

from custom_components.tesla_direct.tesla.source.poll_plan import FALLBACK
from simulator.broker import Broker
from simulator.certificates import Authorities
from simulator.world import World

from .child import Child
from .frames import vin
from .home import Wall
from .sources_hour import EVERYTHING, awake_anew
from .sources_lines import BASE, FORMS, RECEIVER, SSE, Line
from .sources_twice import together
from .table import Figure

AGO = 14_400.0  # seconds by which all this lies in the past, as our receiver goes by the real clock
SECONDS = ("mqtt records", SSE)  # sources that date what they tell
GAP_AIM = 1.0  # seconds
PAUSE = 0.05  # real seconds between two words
WORDS = 80
RECORDS = 200
LATE = 20  # by how many others a record may be overtaken
STEP = 10.0  # simulated seconds between two looks of the poll
LOOKS = 100
AFTER = 7200.0  # simulated seconds for which nothing is to be asked once pushes are back
BATTERY = "sensor battery_level"


class Both:
    """A car that tells our receiver and somebody else."""

    def __init__(self, lines: list[Line], home: Child, wall: Wall, broker: Broker) -> None:
        """Begin with both alive."""
        self.first, self.second = lines
        self.home = home
        self.car = self.first.car
        self.world = self.first.world
        self._wall = wall
        self._broker = broker
        self._level = 10.0

    async def close(self, line: Line) -> None:
        """Have one of them die."""
        if line is self.first:
            await self.home.ask(do="close_port")
        elif line.name == SSE:
            await line.service.down()
        else:
            await self._broker.stop()

    def give_up(self, line: Line) -> None:
        """Have the car tell one of them nothing more; a server without its broker would never answer it."""
        if line.name in FORMS:
            self.car.stop_streaming_to(f"{FORMS[line.name]} {BASE}")

    async def open(self, line: Line, *others: Line) -> None:
        """Have it live again, and the car find it; `others` live."""
        if line is self.first:
            self.first.lead((await self.home.ask(do="open_port"))["port"])
        elif line.name == SSE:
            await line.service.up()
        else:
            await self._broker.start()
            await line.publisher.until_connected()
        await line.connected()
        await self.car.push("Odometer")
        await line.found(self.home)
        await awake_anew([line, *others], self.car)
        for one in (line, *others):
            await self.home.ask(do="linked", feed=one.feed, links=1)

    async def gap(self, line: Line) -> float:
        """Let one of them die while the car talks; return for how many seconds nothing new was shown."""
        await self.home.ask(do="note")
        dying: asyncio.Task[None] | None = None
        for number in range(WORDS):
            if number == WORDS // 2:
                dying = asyncio.create_task(self.close(line))
            self._level += 0.1
            await self.car.push(BatteryLevel=round(self._level, 1))
            await asyncio.sleep(PAUSE)
        assert dying  # noqa: S101  # it was begun
        await dying
        times = [at for at, _ in await self._levels()]
        if len(times) < WORDS // 2:
            raise RuntimeError(f"only {len(times)} of {WORDS} words were shown")
        return max(later - earlier for earlier, later in pairwise(times)) - PAUSE

    async def out_of_order(self) -> tuple[int, int]:
        """Tell dated records in any order through both; return how often older ones were shown."""
        began = self._wall()
        await self._move(2.0 * RECORDS)
        await self.home.ask(do="note")
        chance = Random(1)  # noqa: S311  # an order, no secret
        orders = [sorted(range(RECORDS), key=lambda one: one + chance.uniform(0, LATE)) for _ in range(2)]
        for numbers in zip(*orders, strict=True):
            for line, number in zip((self.first, self.second), numbers, strict=True):
                line.client.send({"BatteryLevel": 20.0 + number / 5}, began + 1.0 + number)
                await line.client.connections.flushed()
            await self.second.arrived(self.home)
        levels = [level for _, level in await self._levels()]
        self._level = 20.0 + (RECORDS - 1) / 5
        if not levels or round(levels[-1], 1) != self._level:
            raise RuntimeError(f"the newest was to be shown, not {levels[-1:]}")
        older = sum(later < earlier for earlier, later in pairwise(levels))
        return older, len(levels)

    async def _levels(self) -> list[tuple[float, float]]:
        noted = (await self.home.ask(do="noted"))["noted"]
        key = f"{self.car.vin}-battery_level"
        return [(at, float(state)) for at, unique_id, state, *_ in noted if unique_id == key]

    async def pass_time(self, seconds: float) -> None:
        """Let time pass for all."""
        await self._move(seconds)
        await self.world.advance(1.0)
        await self.home.ask(do="settle")

    async def _move(self, seconds: float) -> None:
        self._wall.ahead += seconds
        await self.home.ask(do="move", seconds=seconds, poke=True)

    async def until_fetched(self) -> float:
        """Return after how many seconds the car is asked for its data."""
        before, began = self.first.fetches, self._wall()
        for _ in range(LOOKS):
            if self.first.fetches > before:
                return self._wall() - began
            await self.pass_time(STEP)
        raise RuntimeError("nobody has asked the car")

    async def fetched_within(self, seconds: float) -> int:
        """Return how often the car is asked for its data."""
        before = self.first.fetches
        for _ in range(round(seconds / 60.0)):
            await self.pass_time(60.0)
            await self.car.push("Odometer")
        return self.first.fetches - before


@asynccontextmanager
async def _both(folder: Path, second: str) -> AsyncIterator[Both]:
    wall = Wall()
    wall.ahead = -AGO
    authorities = Authorities(folder=folder / "authorities")
    async with Broker() as broker, World(speed=0, wall=wall, authorities=authorities) as world:
        car = world.add_car("typed", vin=vin(1))
        car.power.idle_s = 1e9
        world.cloud.lift_limits()
        await world.open_teslemetry()
        lines = [Line(name, world, broker, EVERYTHING, folder) for name in (RECEIVER, second)]
        options: dict[str, Any] = {"folder": str(folder), "cars": 1, "show": "default", "ahead": wall.ahead}
        if second in FORMS:
            options["broker"] = broker.port
        async with Child("sources_home", cloud=together(lines), **options) as home:
            for line in lines:
                await line.open(home)
                await line.found(home)
            await awake_anew(lines, car)
            for line in lines:
                await line.arrived(home)
                await home.ask(do="linked", feed=line.feed, links=1)
            yield Both(lines, home, wall, broker)
            await home.ask(do="stop")


async def measure(folder: Path) -> list[Figure]:
    """Have our receiver die beside a broker, and beside a stream; then these too."""
    figures: list[Figure] = []
    for second in SECONDS:
        async with _both(folder / second.replace(" ", "-"), second) as both:
            figures += await _measured(both)
    return figures


async def _measured(both: Both) -> list[Figure]:
    name = both.second.name
    older, writes = await both.out_of_order()
    died = await both.gap(both.first)
    await both.open(both.first, both.second)
    other_died = await both.gap(both.second)
    await both.close(both.first)
    both.give_up(both.second)
    await both.home.ask(do="linked", feed=both.second.feed, links=0)
    taken_over = await both.until_fetched()
    source = (await both.home.ask(do="states"))[BATTERY]["source"]
    await both.open(both.first)
    after = await both.fetched_within(AFTER)
    return [
        Figure(f"receiver and {name}: the receiver dies, seconds without data", died, GAP_AIM, "s"),
        Figure(f"  the {name} dies", other_died, GAP_AIM, "s"),
        Figure(
            "  both are gone: until the car is asked",
            taken_over,
            FALLBACK + STEP,
            "s",
            detail=f"looked at every {STEP:.0f} s; the battery then comes from the {source}",
        ),
        Figure("  questions in two hours after the receiver is back", after, 0),
        Figure(
            "  older values shown over newer ones",
            older,
            0,
            detail=f"{2 * RECORDS} records in any order, {writes} writes",
        ),
    ]
