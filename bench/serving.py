"""A TeslaMate that is served here: what it loses of a drive, how late it is, and what its questions cost."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
import json
from pathlib import Path
import time

import aiohttp

from custom_components.tesla_direct.const import DOMAIN
from simulator.broker import Broker
from simulator.certificates import Authorities
from simulator.ports import free_port
from simulator.teslamate.reader import Reader
from simulator.world import World

from .child import Child
from .config import ENTRY
from .frames import vin
from .serving_drive import DIGITS, Drive, Told, changes, delays_of, heard_as, lost_of, rounded
from .sources_home import Steered
from .sources_hour import awake_anew
from .sources_lines import RECEIVER, Line
from .table import Figure

AGO = 7200  # seconds by which all this lies in the past, as our receiver goes by the real clock
HERTZ = {"interval_seconds": 1}
# What the stream's columns are made of, of what cars tell.
FIELDS = (
    "BatteryLevel",
    "EstBatteryRange",
    "Gear",
    "GpsHeading",
    "Location",
    "Odometer",
    "PackCurrent",
    "PackVoltage",
    "RatedRange",
    "VehicleSpeed",
)
DRIVE = 600  # simulated seconds, and as many words of the car
SHORT = 120  # of a drive of which only the cost is measured
ROUNDS = 2
MANY = 20  # clients at once
DELAY_AIM = 100.0  # ms, p99
WAIT_LIMIT = 20.0  # real seconds
POLL_S = (
    2.5  # simulated seconds between two questions about a car that drives, unless TeslaMate is told otherwise
)
HOUR = 3600.0
PRICE = 1 / 500  # dollars that Tesla takes for a request of data


@dataclass(frozen=True, slots=True)
class Served:
    """A Home Assistant that serves whoever has its token.

    token: as its page shows it
    """

    world: World
    home: Child
    drive: Drive
    session: aiohttp.ClientSession
    port: int
    token: str

    def reader(self) -> Reader:
        """Return a client, which knows the protocol and nothing of ours."""
        at = f"127.0.0.1:{self.port}"
        return Reader(self.session, f"http://{at}", f"ws://{at}", self.token)

    @property
    def billed(self) -> int:
        """Return how many requests Tesla bills; what a car streams is paid for whoever is served."""
        return sum(count for name, count in self.world.cloud.billed().items() if name != "signal")

    async def cpu(self) -> float:
        """Return the processor time that Home Assistant has taken, in seconds."""
        return float((await self.home.ask(do="cpu"))["cpu"])

    @asynccontextmanager
    async def followed(self, clients: int) -> AsyncIterator[list[Told]]:
        """Have clients follow the car meanwhile, by its VIN; they have been told something when it begins."""
        told = [Told() for _ in range(clients)]
        tasks = [asyncio.create_task(one.follow(self.reader(), vin(1))) for one in told]
        try:
            await until(lambda: all(one.frames for one in told))
            yield told
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def until(reached: Callable[[], bool]) -> None:
    """Wait for something that comes over a socket."""
    async with asyncio.timeout(WAIT_LIMIT):
        while not reached():  # noqa: ASYNC110  # nobody tells, and it is only for a moment
            await asyncio.sleep(0.005)


@asynccontextmanager
async def _served(folder: Path) -> AsyncIterator[Served]:
    wall = Steered(float(int(time.time()) - AGO))
    port = free_port()
    authorities = Authorities(folder=folder / "authorities")
    async with Broker() as broker, World(speed=0, wall=wall, authorities=authorities) as world:
        car = world.add_car("typed", vin=vin(1))
        car.power.idle_s = 1e9
        world.cloud.lift_limits()
        line = Line(RECEIVER, world, broker, dict.fromkeys(FIELDS, HERTZ), folder)
        cloud = line.alone() | {"options": {"serve": {"host": "127.0.0.1", "port": port}}}
        options = {"folder": str(folder), "cars": 1, "show": "default", "now": wall()}
        async with (
            Child("sources_home", cloud=cloud, **options) as home,
            aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session,
        ):
            await line.open(home)
            await awake_anew([line], car)
            await line.arrived(home)
            kept = folder / "home-1" / ".storage" / f"{DOMAIN}.serving.{ENTRY}"
            token = json.loads(kept.read_text())["data"]["token"]
            yield Served(world, home, Drive(line, home, wall), session, port, token)
            await home.ask(do="stop")


async def measure(folder: Path) -> list[Figure]:
    """Serve a drive, then many at once, then an hour of questions."""
    async with _served(folder) as served:
        return [*await _driven(served), await _cost(served), *await _asked(served)]


async def _driven(served: Served) -> list[Figure]:
    """Follow a drive at one hertz."""
    drive, billed = served.drive, served.billed
    async with served.followed(1) as (told,):
        await drive.run(DRIVE)
        last = drive.said[-1][1]["odometer"]
        await until(lambda: round(told.frames[-1][1]["odometer"], DIGITS) == last)
    said = [values for _, values in drive.said]
    heard = [{name: heard_as(name, frame[name]) for name in said[0]} for _, frame in told.frames]
    values = {name: changes(one[name] for one in said) for name in said[0]}
    lost = {name: lost_of(some, changes(one[name] for one in heard)) for name, some in values.items()}
    times = [frame["time"] for _, frame in told.frames]
    delays = sorted(delays_of(drive.said, told))
    return [
        Figure(
            "served: values of a drive of ten minutes at 1 Hz that a client has not been told",
            sum(lost.values()),
            0,
            detail=f"of {sum(map(len, values.values())):,} in {len(told.frames)} frames; "
            + (", ".join(f"{name} {count}" for name, count in lost.items() if count) or "none"),
        ),
        Figure("  frames that are dated before the one before", sum(a > b for a, b in pairwise(times)), 0),
        Figure(
            "  from the car's word to the client, p99",
            delays[len(delays) * 99 // 100],
            DELAY_AIM,
            "ms",
            detail=f"median {delays[len(delays) // 2]:.1f} ms, {len(delays)} places",
        ),
        Figure("  billed requests", served.billed - billed, 0),
    ]


async def _cost(served: Served) -> Figure:
    """Compare what a drive costs with nobody who follows it, and with many."""
    alone, together, frames = list[float](), list[float](), 0
    for _ in range(ROUNDS):
        for clients, cost in ((0, alone), (MANY, together)):
            async with served.followed(clients) as told:
                before = await served.cpu()
                await served.drive.run(SHORT)
                cost.append(await served.cpu() - before)
                frames = len(told[0].frames) if told else 0
    # What disturbs only ever adds, so the least of each is compared.
    each = (min(together) - min(alone)) / MANY
    without = 100 * min(alone) / SHORT
    return Figure(
        "  share of a core for each client",
        100 * each / SHORT,
        unit="%",
        detail=f"{1e6 * each / frames:.0f} us a frame, with {MANY} at once; {without:.2f} % with none",
    )


async def _asked(served: Served) -> list[Figure]:
    """Ask as TeslaMate does of a car that drives, for an hour."""
    drive, reader, billed = served.drive, served.reader(), served.billed
    (row,) = await reader.products()
    await reader.vehicle(row["id"])
    wrong, times = 0, list[float]()
    for _ in range(round(HOUR / POLL_S)):
        await drive.step(POLL_S)
        began = time.perf_counter()
        told = (await reader.vehicle_data(row["id"]))["drive_state"]
        times.append(1000 * (time.perf_counter() - began))
        said = drive.said[-1][1]
        wrong += [rounded(told[name]) for name in ("latitude", "longitude")] != [
            said[name] for name in ("est_lat", "est_lng")
        ]
    times.sort()
    return [
        Figure(
            "served: billed requests for TeslaMate's questions in an hour of driving",
            served.billed - billed,
            0,
            detail=f"{len(times):,} questions, which Tesla takes ${PRICE * len(times):.2f} for",
        ),
        Figure("  answers that do not say where the car has last said it is", wrong, 0),
        Figure("  from question to answer, p99", times[len(times) * 99 // 100], DELAY_AIM, "ms"),
    ]
