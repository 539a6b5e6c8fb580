"""What is shown twice where two sources tell the same: the same minutes with one of them, and with both."""

from collections import Counter
from dataclasses import asdict
from pathlib import Path
import time
from typing import Any

from simulator.broker import Broker
from simulator.car.car import Car
from simulator.certificates import Authorities
from simulator.world import World

from .child import Child
from .frames import vin
from .sources_compare import ABOUT_SOURCES
from .sources_home import Steered
from .sources_hour import AGO, ALERT, EVERYTHING, STEP, awake_anew
from .sources_lines import FORMS, RECEIVER, SSE, Line
from .table import Figure

PART = 120  # simulated seconds
# No field is told twice in a step, in which time stands still: nobody could say which of two words is newer.
FIELDS = {name: {"interval_seconds": STEP + 1} for name in EVERYTHING}


class Shown:
    """What was written in some minutes.

    writes: how many
    again:  by unique id, how often something was shown that had been shown before: copies that come late do
            that, and what is opened and closed does, too
    hollow: how many had nothing new but their age
    alerts: how many were told
    """

    def __init__(self, noted: list[list[Any]], truth: Any) -> None:
        """Count."""
        cared = [one for one in noted if one[1].partition("-")[2] not in ABOUT_SOURCES]
        self.writes = len(cared)
        self.again: Counter[str] = Counter()
        seen = set[tuple[str, str]]()
        for _, unique_id, _, said, _ in cared:
            self.again[unique_id] += (unique_id, said) in seen
            seen.add((unique_id, said))
        self.hollow = sum(not new for *_, new in cared)
        self.alerts = sum(unique_id == f"{vin(1)}-alert" for _, unique_id, *_ in cared)
        self.truth = truth


async def measure(folder: Path) -> list[Figure]:
    """Live the same minutes with each second source, and with none."""
    now = float(int(time.time()) - AGO)
    alone = await _minutes(folder / "alone", SSE, now, heard=False)
    figures = []
    for second in (*FORMS, SSE):
        both = await _minutes(folder / second.replace(" ", "-"), second, now)
        if both.truth != alone.truth:
            raise RuntimeError(f"{second}: those were other minutes")
        more = both.again - alone.again
        names = (f"{key.partition('-')[2]} {count}" for key, count in more.most_common())
        if not alone.alerts:
            raise RuntimeError("no alert was told, so nothing is proven")
        figures += [
            Figure(
                f"receiver and {second}: copies shown as new",
                sum(more.values()) + both.hollow - alone.hollow,
                0,
                detail=f"of {both.writes:,} writes; {', '.join(names) or 'none'}",
            ),
            Figure(
                "  alerts told again",
                both.alerts - alone.alerts,
                0,
                detail=f"{alone.alerts} told",
            ),
        ]
    return figures


async def _minutes(folder: Path, second: str, now: float, *, heard: bool = True) -> Shown:
    """Live them.

    heard: Home Assistant has the second source, too; else the car only talks to it
    """
    wall = Steered(now)
    authorities = Authorities(folder=folder / "authorities")
    async with Broker() as broker, World(speed=0, wall=wall, authorities=authorities) as world:
        car = world.add_car("typed", vin=vin(1))
        car.power.idle_s = 1e9
        world.cloud.lift_limits()
        await world.open_teslemetry()
        both = [Line(name, world, broker, FIELDS, folder) for name in (RECEIVER, second)]
        lines = both if heard else both[:1]
        options: dict[str, Any] = {"folder": str(folder), "cars": 1, "show": "all", "now": now}
        if second in FORMS:
            options["broker"] = broker.port
        async with Child("sources_home", cloud=together(lines), **options) as home:
            for line in both:
                await line.open(home)
            for line in lines:
                await line.found(home)
            await awake_anew(both, car)
            for line in lines:
                await line.arrived(home)
            await home.ask(do="show", show="all")
            for line in lines:
                await line.found(home)
            await awake_anew(both, car)
            for line in lines:
                await line.arrived(home)
            await home.ask(do="settle")
            await home.ask(do="note")
            await _live(lines, home, wall, car)
            noted = (await home.ask(do="noted"))["noted"]
            await home.ask(do="stop")
        return Shown(noted, asdict(car.body))


def together(lines: list[Line]) -> dict[str, Any]:
    """Return the configuration of an account with the first of some sources, and the others beside it."""
    first, *others = lines
    tokens: dict[str, Any] = {}
    for line in others:
        tokens |= line.tokens
    return first.alone() | {"subentries": [line.subentry for line in others], "tokens": tokens}


async def _live(lines: list[Line], home: Child, wall: Steered, car: Car) -> None:
    """Drive, have the car complain, park and charge."""
    car.drive("work")
    await _pass(lines, home, wall)
    car.raise_alert(ALERT)
    await _pass(lines, home, wall)
    car.end_alert(ALERT)
    await _pass(lines, home, wall)
    car.park()
    car.open_door("trunk")
    await _pass(lines, home, wall)
    car.close_door("trunk")
    car.charge("ac", limit=90)
    await _pass(lines, home, wall)


async def _pass(lines: list[Line], home: Child, wall: Steered) -> None:
    for _ in range(PART // STEP):
        wall.ahead += STEP
        await home.ask(do="move", seconds=STEP, poke=False)
        await lines[0].world.advance(STEP)
        for line in lines:
            await line.arrived(home)
