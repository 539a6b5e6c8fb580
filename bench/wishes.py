"""What commands cost: to sign, to wake a car for, in money, and from a tap to the bytes on the socket."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from itertools import pairwise
import math
import os
from pathlib import Path
import time
from typing import Any, override

from custom_components.tesla_direct.tesla.command.catalogue import charge, closures, from_rest
from custom_components.tesla_direct.tesla.command.command import Command, Origin
from custom_components.tesla_direct.tesla.command.guard import Ask, Situation
from custom_components.tesla_direct.tesla.command.record import CommandRecord
from custom_components.tesla_direct.tesla.errors import TeslaError
from custom_components.tesla_direct.tesla.fleet_api.budget import Verdict
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain
from custom_components.tesla_direct.tesla.vehicle_command.keys import PrivateKey
from custom_components.tesla_direct.tesla.vehicle_command.message import Pending, read
from custom_components.tesla_direct.tesla.vehicle_command.session import Session
from simulator.certificates import Authorities
from simulator.cloud.accounts import SCOPES
from simulator.world import World

from .certificates import HOST, make
from .chaos import IDLE, USER, Chaos
from .child import Child
from .config import signed_in
from .frames import vin
from .home import Wall
from .table import Figure

ROUNDS = 3_000
BEST_OF = 7  # the least of so many rounds: the machine has other things to do, too
DAY = 86_400
EVERY = 5  # seconds between two wishes of the automation
FLOOR = 60.0
CARS = 10
RATE = 20.0  # commands a second
SECONDS = 20.0
MAX_AMPS = 16


class Wishes(Chaos):
    """The same car without misfortunes, as its owner's automations see it."""

    def __init__(self, world: World, wall: Callable[[], float], move: Callable[[float], None]) -> None:
        """Know nothing of it yet."""
        super().__init__(world, wall, move)
        self.known: dict[AnySignal, Any] = {}
        self.changes: dict[str, Any] = {}
        self.asleep = 0

    @override
    async def sleep(self, seconds: float) -> None:
        until = self._wall() + seconds
        self.asleep += 1
        try:
            while self._wall() < until:  # noqa: ASYNC110  # nobody tells when the clock is moved
                await asyncio.sleep(0)
        finally:
            self.asleep -= 1

    async def let_pass(self, seconds: float) -> None:
        """Let time pass, and whoever waited for it do what is due."""
        self._move(seconds)
        await self.world.advance(seconds)
        for _ in range(20):
            await asyncio.sleep(0)

    async def wait_for(self, work: Coroutine[Any, Any, Any]) -> None:
        """Let as much time pass as something takes."""
        task = asyncio.ensure_future(work)
        while not (await asyncio.wait((task,), timeout=0.02))[0]:
            await self.let_pass(0.5)
        await task

    @override
    def holds(self, command: Command) -> bool:
        return bool(command.expects) and all(
            one.signal in self.known and one.met_by(self.known[one.signal]) for one in command.expects
        )

    @override
    def done(self, command: Command, record: CommandRecord, origin: Origin) -> None:
        self.known |= {one.signal: one.value for one in command.expects}

    @override
    def situation(self, ask: Ask, command: Command | None, origin: Origin) -> Situation:
        return replace(super().situation(ask, command, origin), **self.changes)

    @property
    def billed(self) -> dict[str, int]:
        """Return what the cloud bills of the car."""
        counts = self.world.cloud.billed(self.vin)
        return {name: counts[name] for name in ("command", "data", "wake")}


async def _cpu(wishes: Wishes) -> list[Figure]:
    """Measure signing and opening, against a car of the simulator."""
    session = Session(wishes.key, wishes.vin, Domain.INFOTAINMENT)
    hello = session.hello(os.urandom)
    session.adopt(read(wishes.car.receive(hello.message)), hello, 1.0, fresh_start=True)
    posts: list[Pending] = []
    signing = opening = math.inf
    for _ in range(BEST_OF):
        posts.clear()
        started = time.process_time()
        for number in range(ROUNDS):
            command = from_rest("set_charge_limit", {"percent": 50 + number % 51}, now=0.0)
            posts.append(session.sign(command.payload, now=1.0, lifetime=15.0, random=os.urandom))
        signing = min(signing, time.process_time() - started)
        answers = [wishes.car.receive(post.message) for post in posts]
        started = time.process_time()
        for post, answer in zip(posts, answers, strict=True):
            reply = read(answer)
            if reply.seal is None:
                raise RuntimeError("the car was to encrypt its answer")
            session.open(reply, post)
        opening = min(opening, time.process_time() - started)
    return [
        Figure("REST name and parameters to signed bytes", 1e6 * signing / ROUNDS, 60, "us"),
        Figure("verify and decrypt an answer", 1e6 * opening / ROUNDS, 40, "us"),
    ]


async def _wishes(folder: Path, work: Callable[[Wishes], Coroutine[Any, Any, list[Figure]]]) -> list[Figure]:
    wall = Wall()

    def move(seconds: float) -> None:
        wall.ahead += seconds

    authorities = Authorities(folder=folder / "authorities")
    async with World(speed=0, wall=wall, authorities=authorities) as world, Wishes(world, wall, move) as car:
        return await work(car)


async def _sleeping(wishes: Wishes) -> list[Figure]:
    """Send twenty commands at once to a sleeping car."""
    wishes.car.sleep()
    wishes.power = Power.ASLEEP
    wishes.car.slow_wake(25.0)
    commands = [closures.honk_horn() if number % 2 else closures.flash_lights() for number in range(20)]
    await wishes.wait_for(
        asyncio.wait([asyncio.ensure_future(wishes.sender.send(c, USER)) for c in commands])
    )
    executed = [one.name for one in wishes.car.executed]
    return [
        Figure("20 commands at once to a sleeping car: wakes", wishes.billed["wake"], 1),
        Figure(
            "  carried out, in order",
            20 if executed == [command.name for command in commands] else len(executed) % 20,
            20,
            at_least=True,
        ),
    ]


async def _slider(wishes: Wishes) -> list[Figure]:
    """Move a slider fifty times in five seconds."""
    tasks = []
    for number in range(50):
        tasks.append(
            asyncio.ensure_future(wishes.sender.send(charge.set_charge_limit(51 + number % 49), USER))
        )
        await wishes.let_pass(0.1)
    await wishes.wait_for(asyncio.wait(tasks))
    values = [one.arguments["percent"] for one in wishes.car.executed]
    return [
        Figure("50 moves of a slider in 5 s: commands", len(values), 3),
        Figure("  the last value wins", float(values[-1] == 51 + 49 % 49), 1, at_least=True),
    ]


async def _refused(wishes: Wishes) -> list[Figure]:
    """Have the guard refuse for each of its reasons."""
    asleep = {"power": Power.ASLEEP}
    reasons: tuple[dict[str, Any], ...] = (
        {"loaded": False},
        {"scopes": frozenset()},
        {"obstacle": "not_parked"},
        {"paired": False},
        {"budget": Verdict.OVER_BUDGET},
        {"free_in": 60.0},
        asleep | {"may_wake": False},
        asleep | {"unreachable_for": 60.0},
        asleep | {"wake_budget": Verdict.OVER_BUDGET},
    )
    for reason in reasons:
        wishes.changes = reason
        try:
            await wishes.sender.send(closures.honk_horn(), USER)
        except TeslaError:
            continue
        raise RuntimeError(f"not refused: {reason}")
    billed = sum(wishes.billed.values())
    return [Figure("billed requests for what the guard refuses", billed, 0, detail=f"{len(reasons)} reasons")]


async def _known_session(wishes: Wishes) -> list[Figure]:
    """Count what a command costs while its session is known."""
    await wishes.sender.send(closures.honk_horn(), USER)
    before = wishes.billed["command"]
    for _ in range(20):
        await wishes.wait_for(wishes.sender.send(closures.honk_horn(), USER))
    each = (wishes.billed["command"] - before) / 20
    await wishes.restart()
    before = wishes.billed["command"]
    await wishes.wait_for(wishes.sender.send(closures.honk_horn(), USER))
    return [
        Figure("billed requests per command with a known session", each, 1),
        Figure("  right after a restart", wishes.billed["command"] - before, 1),
    ]


async def _solar_day(wishes: Wishes) -> list[Figure]:
    """Follow the sun for a day with a wish every five seconds."""
    wishes.floor = FLOOR
    wishes.car.charge(kind="ac")
    origin = Origin(Cause.AUTOMATION, "automation.solar")
    changes, last = 0, -1
    for moment in range(0, DAY, EVERY):
        sun = max(math.sin((moment / DAY - 0.25) * 2 * math.pi), 0.0)
        cloud = 0.7 + 0.3 * math.sin(moment / 97) * math.sin(moment / 31)
        amps = round(MAX_AMPS * sun * cloud)
        changes += amps != last
        last = amps
        task = asyncio.ensure_future(wishes.sender.send(charge.set_charging_amps(amps), origin))
        while not task.done():
            await wishes.let_pass(0.5)
        await task
        await wishes.let_pass(EVERY)
    times = [one.at for one in wishes.car.executed if one.name == "set_charging_amps"]
    least = min((later - earlier for earlier, later in pairwise(times)), default=0.0)
    billed = wishes.billed["command"]
    return [
        Figure(
            f"solar automation, amps every {EVERY} s for a day: commands",
            billed,
            changes,
            detail=f"{changes} changes; ${billed / 1000:.2f} a day",
        ),
        Figure("  seconds between two of them, at least", least, FLOOR - 1, "s", at_least=True),
    ]


async def _latency(folder: Path) -> list[Figure]:
    """Press buttons of ten connected cars in a real Home Assistant."""
    wall = Wall()
    made = make(folder, CARS)
    key = PrivateKey.generate()
    async with World(speed=0, wall=wall, authorities=Authorities(folder=folder / "authorities")) as world:
        cars = [world.add_car("typed", vin=vin(number), paired=key.public) for number in range(1, CARS + 1)]
        world.cloud.lift_limits()
        cloud = signed_in(world, SCOPES) | {"key": key.to_pem().decode()}
        options = {"folder": str(folder), "cars": CARS, "show": "default", "cloud": cloud}
        async with Child("home", **options) as home:
            for car in cars:
                car.power.idle_s = IDLE
                car.stream(hostname=HOST, port=home.ready["port"], ca=made.authority.certificate, fields={})
            for _ in range(20):
                await world.advance(2.0)
                await asyncio.sleep(0.1)
            told = await home.ask(do="commands", rate=RATE, seconds=SECONDS)
    return [
        Figure(
            f"service call to bytes on the socket, p99 at {RATE:.0f}/s over {CARS} cars",
            told["p99_ms"],
            5,
            "ms",
            detail=f"median {told['median_ms']:.2f} ms",
        )
    ]


async def measure(folder: Path) -> list[Figure]:
    """Measure all of it."""
    figures: list[Figure] = []
    for work in (_cpu, _known_session, _sleeping, _slider, _refused, _solar_day):
        figures += await _wishes(folder, work)
    return figures + await _latency(folder / "latency")
