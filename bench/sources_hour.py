"""The same hour of a car's life through each source: what is shown, how late, and what it costs."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from itertools import cycle
import math
from pathlib import Path
import time
from typing import Any

from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Field
from simulator.broker import Broker
from simulator.car.car import Car
from simulator.certificates import Authorities
from simulator.world import World

from .child import Child
from .frames import vin
from .sources_compare import States, compared
from .sources_home import Steered
from .sources_lines import LINES, RECEIVER, Line
from .sources_teslamate import STREAMS, TESLAMATE, LoggedLine, StreamLine
from .table import Figure

STEP = 5  # simulated seconds; a field is told once in them
EVERYTHING = {name: {"interval_seconds": STEP} for name in Field.keys()[1:]}
# Seconds by which the hour lies in the past: our receiver dates by the real clock what lies ahead of that.
AGO = 7200
POKE = 60  # simulated seconds between two looks of the poll and the keeper
DELAY_AIM = 100.0  # ms, p99
WORDS = 300
PAUSE = 0.02  # real seconds between two words
ROUNDED = 0.05  # of a word that is shown in another unit; words are further apart
ALERT = "VCFRONT_a192_washerFluidLow"
KINDS: Mapping[str, type[Line]] = {
    **dict.fromkeys(LINES, Line),
    **dict.fromkeys(STREAMS, StreamLine),
    TESLAMATE: LoggedLine,
}
# In each step these wait for what comes together, so that their hours pass at the same time.
WAITING = ("mqtt topics", TESLAMATE)


@dataclass(slots=True)
class Hour:
    """What came of one source's hour.

    shown: at each checkpoint, by unique id
    truth: of the car at each checkpoint
    """

    line: str
    shown: dict[str, States] = field(default_factory=dict)
    truth: dict[str, Any] = field(default_factory=dict)
    delays: list[float] = field(default_factory=list)
    ms: float = 0.0
    signals: int = 0
    paid: int = 0
    fetches: int = 0


class Turns:
    """Lets hours that pass together be followed, one by one, by what nothing else must disturb."""

    def __init__(self, hours: int) -> None:
        """Have so many hours pass together."""
        self._over = asyncio.Barrier(hours)
        self._one = asyncio.Lock()

    @asynccontextmanager
    async def own(self) -> AsyncIterator[None]:
        """Wait until all the hours are over, and then for one's turn."""
        await self._over.wait()
        async with self._one:
            yield


class Live:
    """A car that lives an hour, while a Home Assistant hears of it through one source."""

    def __init__(self, line: Line, home: Child, wall: Steered, hour: Hour) -> None:
        """Begin."""
        self._line, self._home, self._wall, self._hour = line, home, wall, hour
        self._passed = 0

    async def run(self) -> None:
        """Drive, charge, stand, sleep."""
        car = self._line.car
        goals = cycle(("work", "home"))
        car.climate(on=True)
        for part in range(20):
            if car.journey is None:
                car.drive(next(goals))
            if part == 6:
                car.raise_alert(ALERT)
            await self._pass(60)
            if part in (4, 12):
                await self._look(f"driving {part}")
        car.end_alert(ALERT)
        car.park()
        car.open_door("trunk")
        await self._pass(60)
        await self._look("parked, trunk open")
        car.close_door("trunk")
        car.charge("ac", limit=90)
        await self._pass(900)
        await self._look("charging")
        car.stop_charging()
        await self._pass(120)
        car.unplug()
        car.lock()
        await self._pass(420)
        await self._look("locked")
        car.sleep()
        await self._pass(900)
        await self._look("asleep")

    async def _pass(self, seconds: int) -> None:
        for _ in range(seconds // STEP):
            self._passed += STEP
            self._wall.ahead += STEP
            await self._home.ask(do="move", seconds=STEP, poke=self._passed % POKE == 0)
            await self._line.world.advance(STEP)
            await self._line.arrived(self._home)

    async def _look(self, name: str) -> None:
        if self._line.car.power.awake:
            # What was not told yet, nobody can show.
            await self._line.tell_all()
            await self._line.arrived(self._home)
        await self._home.ask(do="settle")
        self._hour.shown[name] = await self._home.ask(do="states")
        self._hour.truth[name] = asdict(self._line.car.body)


async def measure(folder: Path) -> list[Figure]:
    """Live the hour through each of the sources, and compare them with our receiver's."""
    now = float(int(time.time()) - AGO)
    turns = Turns(len(WAITING))
    async with asyncio.TaskGroup() as group:
        lived = [group.create_task(_hour(folder, name, now, turns)) for name in WAITING]
    waited = {hour.line: hour for hour in (task.result() for task in lived)}
    hours = {name: waited.get(name) or await _hour(folder, name, now, Turns(1)) for name in KINDS}
    figures: list[Figure] = []
    ours = hours[RECEIVER]
    for name, hour in hours.items():
        if hour.truth != ours.truth:
            raise RuntimeError(f"{name}: that was another hour")
        figures += compared(name, hour.shown, ours.shown) if name != RECEIVER else []
        delays = sorted(hour.delays)
        figures += [
            Figure(
                f"{name}: from the car's word to the state, p99",
                delays[len(delays) * 99 // 100],
                DELAY_AIM,
                "ms",
                detail=f"median {delays[len(delays) // 2]:.1f} ms, {len(delays)} words",
            ),
            Figure(
                "  processor time for 1,000 signals, all entities enabled",
                hour.ms,
                unit="ms",
                detail=f"{hour.signals:,} signals in the hour",
            ),
            Figure(
                "  paid requests beyond the first fetch of the car",
                hour.paid,
                0,
                detail=f"{hour.fetches} first",
            ),
        ]
    return figures


async def _hour(parent: Path, name: str, now: float, turns: Turns) -> Hour:
    folder = parent / name.replace(" ", "-")
    hour, wall = Hour(name), Steered(now)
    authorities = Authorities(folder=folder / "authorities")
    async with Broker() as broker, World(speed=0, wall=wall, authorities=authorities) as world:
        car = world.add_car("typed", vin=vin(1))
        world.cloud.lift_limits()
        await world.open_teslemetry()
        world.teslemetry.set_keep_alive(1.0)
        await world.open_myteslamate()
        line = KINDS[name](name, world, broker, EVERYTHING, folder)
        options: dict[str, Any] = {"folder": str(folder), "cars": 1, "show": "all", "now": now}
        if line.needs_broker:
            options["broker"] = broker.port
        async with Child("sources_home", cloud=line.alone(), **options) as home:
            await _begin(line, home, car)
            hour.fetches, paid = line.fetches, line.paid
            before, told = (await home.ask(do="cpu"))["cpu"], line.signals
            await Live(line, home, wall, hour).run()
            used = (await home.ask(do="cpu"))["cpu"] - before
            hour.signals = line.signals - told
            hour.ms = 1000 * used / hour.signals * 1000
            hour.paid = line.paid - paid
            async with turns.own():
                hour.delays = await _delays(line, home)
            await home.ask(do="stop")
    return hour


async def _begin(line: Line, home: Child, car: Car) -> None:
    """Have all be known that there is to know, and all entities be there."""
    car.power.idle_s = 1e9  # it does not fall asleep by itself
    await line.open(home)
    await line.found(home)
    await awake_anew([line], car)
    if line.has_cloud:
        await home.ask(do="fetched")
    await home.ask(do="settle")
    # What appeared only now is enabled too.
    await home.ask(do="show", show="all")
    await line.found(home)
    await awake_anew([line], car)
    await line.arrived(home)
    await home.ask(do="settle")


async def awake_anew(lines: Iterable[Line], car: Car) -> None:
    """Have the car sleep and wake, after which it tells everything."""
    car.sleep()
    for line in lines:
        await line.world.advance(STEP)
    car.wake_now()
    for line in lines:
        await line.connected()


async def _delays(line: Line, home: Child) -> list[float]:
    """Return how long it takes from a word of the car to the state, in ms, for many words."""
    line.car.wake_now()
    await line.connected()
    word = line.word
    await line.tell_word(word.first - 1)
    await line.arrived(home)
    await home.ask(do="note")
    said: list[tuple[float, float]] = []
    for number in range(WORDS):
        value = word.first + number / 5
        said.append((time.time(), value))
        await line.tell_word(value)
        await asyncio.sleep(PAUSE)
    await line.arrived(home)
    noted = (await home.ask(do="noted"))["noted"]
    key = f"{line.car.vin}-{word.key}"
    shown = [(at, float(state) / word.shown) for at, unique_id, state, *_ in noted if unique_id == key]
    if not shown or not math.isclose(shown[-1][1], said[-1][1], abs_tol=ROUNDED):
        raise RuntimeError(f"{line.name}: the last word was never shown")
    # One that another has overtaken, because the machine was busy, is shown with that.
    return [
        1000 * (next(late for late, level in shown if level >= value - ROUNDED) - at) for at, value in said
    ]
