"""Memory of a car with all it can tell, and what the reference month writes into the database."""

import asyncio
from itertools import cycle
from pathlib import Path
import sqlite3

from simulator.certificates import Authorities
from simulator.world import World

from .certificates import HOST, make
from .child import Child
from .frames import vin
from .profiles import standard
from .table import Figure

MEMORY_AIM = 2048.0  # kB a car
SET_UP_AIM = 1.0  # seconds
DISK_AIM = 10_000_000  # bytes a day
MANY = 11
TEN = 10

# The reference month, in hours; the rest of it the car sleeps.
MONTH = {"driving": 40, "charging": 60, "parked": 80}
STEPS = {"driving": 10.0, "charging": 30.0, "parked": 60.0}  # simulated seconds between looks
AWAKE_A_DAY = sum(MONTH.values()) / 30
WRITES_AN_HOUR = 12  # readings and signal counts, every five minutes


async def memory(folder: Path) -> list[Figure]:
    """Compare one car with eleven, every entity enabled and every field told."""
    (one, few), (many, all_of_them) = await _resident(folder, 1), await _resident(folder, MANY)
    entities = round((all_of_them - few) / (MANY - 1))
    plain = await _plain(folder, entities * (MANY - 1)) / (MANY - 1)
    car = (many - one) / (MANY - 1)
    return [
        Figure("memory of a car, all entities enabled", car, MEMORY_AIM, "kB", detail=f"{entities} entities"),
        Figure("  of as many plain sensors, without car or connection", plain, unit="kB"),
    ]


async def _plain(folder: Path, count: int) -> float:
    """Return what so many sensors take that anybody could have written, in kB."""
    async with Child("home", folder=str(folder / "plain"), cars=1) as home:
        before = (await home.ask(do="memory"))["kb"]
        await home.ask(do="crowd", count=count)
        return float((await home.ask(do="memory"))["kb"] - before)


async def _resident(folder: Path, cars: int) -> tuple[float, int]:
    """Return how much is held after a start as any other, in kB, and how many entities there are."""
    async with Child("home", folder=str(folder), cars=cars, show="all") as home:
        async with Child("world", folder=str(folder), cars=cars, port=home.ready["port"]) as world:
            await world.ask(steps=5)
            # What appeared only now is enabled too.
            await home.ask(do="show", show="all")
        await home.ask(do="stop")
    async with (
        Child("home", folder=str(folder), cars=cars, again=True) as home,
        Child("world", folder=str(folder), cars=cars, port=home.ready["port"]) as world,
    ):
        await world.ask(steps=10)
        return float((await home.ask(do="memory"))["kb"]), home.ready["entities"]


async def set_up(folder: Path) -> list[Figure]:
    """Set an entry of ten cars up, without network."""
    async with Child("home", folder=str(folder), cars=TEN, show="all") as home:
        answer = await home.ask(do="set_up")
    return [
        Figure("setting up an entry of 10 cars, all entities enabled", answer["seconds"], SET_UP_AIM, "s"),
        Figure("  blocking calls in it", answer["blocking"], 0),
    ]


async def month(folder: Path) -> list[Figure]:
    """Live an hour of each kind with the recorder on, and add up the reference month."""
    rows = sizes = signals = 0.0
    async with (
        Child("home", folder=str(folder), cars=1, recorder=True, show="default") as home,
        World(speed=0, authorities=Authorities(folder=folder / "authorities")) as world,
    ):
        car = world.add_car("typed", vin=vin(1))
        ca = make(folder, 1).authority.certificate
        car.stream(hostname=HOST, port=home.ready["port"], ca=ca, prefer_typed=True, fields=standard(car))
        database = folder / "home-1" / "home-assistant_v2.db"
        await world.advance(120.0)  # what is told once when a car connects is no part of any hour
        await asyncio.sleep(2.5)
        for mode, hours in MONTH.items():
            before, told = _database(database), car.telemetry.outbox.tally.signals
            lived = await _live(world, mode)
            await asyncio.sleep(2.5)  # until the recorder has committed
            after = _database(database)
            share = hours * 3600 / lived
            rows += share * (after[0] - before[0])
            sizes += share * (after[1] - before[1])
            signals += share * (car.telemetry.outbox.tally.signals - told)
        stored = [path.stat().st_size for path in (folder / "home-1" / ".storage").glob("tesla_direct.*")]
    ours = AWAKE_A_DAY * WRITES_AN_HOUR * sum(stored)
    return [
        Figure("recorder rows of a car in the reference month, default entities", rows, unit="rows"),
        Figure("  their size", sizes / 1e6, unit="MB"),
        Figure("  signals it streams for them", signals, unit="", detail=f"${signals / 150_000:.2f}"),
        Figure("disk writes of ours a day, one car", ours / 1e6, DISK_AIM / 1e6, "MB"),
    ]


async def _live(world: World, mode: str) -> float:
    """Live a piece of life; return how many simulated seconds it took."""
    car = next(iter(world.cars.values()))
    if mode == "driving":
        car.drive("work")
    elif mode == "charging":
        car.park()
        car.charge("ac", limit=95)
    else:
        car.unplug()
        await world.advance(5.0)
    lived = 0.0
    goals = cycle(("home", "work"))
    while lived < 1800.0:
        if mode == "driving" and car.journey is None:
            car.drive(next(goals))
        await world.advance(STEPS[mode])
        await asyncio.sleep(0.01)  # each step is seen by itself
        lived += STEPS[mode]
    return lived


def _database(path: Path) -> tuple[int, int]:
    """Return how many states are recorded, and how large the database is."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as database:
        (rows,) = database.execute("SELECT count(*) FROM states").fetchone()
        (pages,) = database.execute("PRAGMA page_count").fetchone()
        (size,) = database.execute("PRAGMA page_size").fetchone()
    return rows, pages * size
