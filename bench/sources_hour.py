"""The same hour of a car's life through each source: what is shown, how late, and what it costs."""

import asyncio
from collections.abc import Iterable, Mapping
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
from .sources_home import Steered
from .sources_lines import FORMS, LINES, RECEIVER, SSE, Line
from .table import Figure

STEP = 5  # simulated seconds; a field is told once in them
EVERYTHING = {name: {"interval_seconds": STEP} for name in Field.keys()[1:]}
# Seconds by which the hour lies in the past: our receiver dates by the real clock what lies ahead of that.
AGO = 7200
POKE = 60  # simulated seconds between two looks of the poll and the keeper
DELAY_AIM = 100.0  # ms, p99
WORDS = 300
PAUSE = 0.02  # real seconds between two words
ALERT = "VCFRONT_a192_washerFluidLow"

# Where it is from what no car tells: from a fetch, before or after the last set-up.
FETCHED = ("poll", "restored")
# What we sum up ourselves goes by when values come, and not everybody tells again what has not changed.
COMPUTED, SAMPLED = "journal", 0.005
EXACT = 1e-6
# What is said of sources, and not of the car.
ABOUT_SOURCES = frozenset({"data_source"})
# Without an account nobody says that a car is asleep: it is offline, a minute after its last connection.
POWER = frozenset({"sensor vehicle_state", "binary_sensor online"})
# What follows from two facts of one record: topics come one by one, and of a record the service passes on
# only what has changed.
PAIRS = frozenset({"sensor pack_power", "sensor brick_imbalance"})
# Topics do not tell over which network a car is connected.
NETWORK = frozenset({"binary_sensor wifi", "binary_sensor cellular"})
NOT_SAID = {"mqtt topics": POWER | PAIRS | NETWORK, "mqtt records": POWER, SSE: PAIRS}


type States = Mapping[str, Mapping[str, Any]]


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
            # The car, too, tells each field only so often: what it has not told yet, nobody can show.
            await self._line.car.push(*self._line.client.last_sent)
            await self._line.arrived(self._home)
        await self._home.ask(do="settle")
        self._hour.shown[name] = await self._home.ask(do="states")
        self._hour.truth[name] = asdict(self._line.car.body)


async def measure(folder: Path) -> list[Figure]:
    """Live the hour through each of the sources, and compare them with our receiver's."""
    now = float(int(time.time()) - AGO)
    hours = {name: await _hour(folder / name.replace(" ", "-"), name, now) for name in LINES}
    figures: list[Figure] = []
    ours = hours[RECEIVER]
    for name, hour in hours.items():
        figures += _compared(hour, ours) if name != RECEIVER else []
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


async def _hour(folder: Path, name: str, now: float) -> Hour:
    hour, wall = Hour(name), Steered(now)
    authorities = Authorities(folder=folder / "authorities")
    async with Broker() as broker, World(speed=0, wall=wall, authorities=authorities) as world:
        car = world.add_car("typed", vin=vin(1))
        world.cloud.lift_limits()
        await world.open_teslemetry()
        world.teslemetry.set_keep_alive(1.0)
        line = Line(name, world, broker, EVERYTHING, folder)
        options: dict[str, Any] = {"folder": str(folder), "cars": 1, "show": "all", "now": now}
        if name in FORMS:
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
            hour.delays = await _delays(line, home)
            await home.ask(do="stop")
    return hour


async def _begin(line: Line, home: Child, car: Car) -> None:
    """Have all be known that there is to know, and all entities be there."""
    car.power.idle_s = 1e9  # it does not fall asleep by itself
    await line.open(home)
    await line.found(home)
    await awake_anew([line], car)
    if line.name not in FORMS:
        async with asyncio.timeout(30):
            while not line.fetches:  # noqa: ASYNC110  # the cloud tells nobody that it was asked
                await asyncio.sleep(0.05)
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
    await line.car.push(BatteryLevel=1.0)
    await line.arrived(home)
    await home.ask(do="note")
    said: list[tuple[float, float]] = []
    for number in range(WORDS):
        value = 10.0 + number / 5
        said.append((time.time(), value))
        await line.car.push(BatteryLevel=value)
        await asyncio.sleep(PAUSE)
    await line.arrived(home)
    noted = (await home.ask(do="noted"))["noted"]
    key = f"{line.car.vin}-battery_level"
    shown = [(at, float(state)) for at, unique_id, state, *_ in noted if unique_id == key]
    if not shown or not math.isclose(shown[-1][1], said[-1][1]):
        raise RuntimeError(f"{line.name}: the last word was never shown")
    # One that another has overtaken, because the machine was busy, is shown with that.
    return [1000 * (next(late for late, level in shown if level >= value - 0.01) - at) for at, value in said]


def _compared(hour: Hour, ours: Hour) -> list[Figure]:
    """Compare what was shown with what our receiver's Home Assistant has shown of the same hour."""
    if hour.truth != ours.truth:
        raise RuntimeError(f"{hour.line}: that was another hour")
    differing: dict[str, str] = {}
    untold = set[str]()
    compared = 0
    for moment, states in ours.shown.items():
        for key, state in states.items():
            other = hour.shown[moment].get(key)
            if key.partition(" ")[2] in ABOUT_SOURCES or _nothing(state):
                continue
            if (
                other is None
                or (_nothing(other) and state["source"] in FETCHED)
                or key in NOT_SAID.get(hour.line, ())
            ):
                untold.add(key)
                continue
            compared += 1
            if difference := _differs(key, state, other):
                differing.setdefault(key, f"{key} ({moment}: {difference})")
    return [
        Figure(
            f"{hour.line}: entities that show something else than with our receiver",
            len(differing),
            0,
            detail=f"{compared:,} compared; {'; '.join(differing.values()) or 'none'}",
        ),
        Figure("  entities of which it cannot tell", len(untold), detail=", ".join(sorted(untold))),
    ]


def _nothing(state: Mapping[str, Any]) -> bool:
    return state["state"] in ("unknown", "unavailable")


def _differs(key: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> str:
    """Return how two states differ; empty where they do not."""
    # An event's state is when Home Assistant has heard of it, which is real time.
    tolerance = SAMPLED if one["source"] == COMPUTED else EXACT
    if not key.startswith("event ") and not _same(one["state"], other["state"], tolerance):
        return f"{other['state']} for {one['state']}"
    for name, value in one["attributes"].items():
        if not _same(value, other["attributes"].get(name)):
            return f"{name} {other['attributes'].get(name)} for {value}"
    return ""


def _same(one: Any, other: Any, tolerance: float = EXACT) -> bool:
    """Return whether two values are the same, where both are numbers as numbers."""
    try:
        return math.isclose(float(one), float(other), rel_tol=tolerance, abs_tol=EXACT)
    except TypeError, ValueError:
        return bool(one == other)
