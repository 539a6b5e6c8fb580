"""Billed requests where there must be none, counted by the simulated cloud."""

import asyncio
from pathlib import Path
from typing import Any

from simulator.car.car import Car
from simulator.certificates import Authorities
from simulator.cloud.accounts import SCOPES
from simulator.world import World

from .certificates import HOST, make
from .child import Child
from .config import signed_in
from .frames import vin
from .home import Wall
from .table import Figure

STEP = 60.0  # seconds of an hour that pass at one go
HOUR = 3600.0
FIRST = 86_400.0  # seconds in which all that is asked for at the beginning has been asked


async def measure(folder: Path) -> list[Figure]:
    """Restart, reload, and let a car sleep, and stand awake and connected, for an hour each."""
    wall = Wall()
    made = make(folder, 1)
    async with World(speed=0, wall=wall, authorities=Authorities(folder=folder / "authorities")) as world:
        car = world.add_car("typed", vin=vin(1))
        car.power.idle_s = 2 * FIRST  # it does not fall asleep by itself
        options = {"folder": str(folder), "cars": 1, "show": "default", "cloud": signed_in(world, SCOPES)}
        async with Child("home", **options) as home:
            # No field is configured, so it connects and has nothing to tell.
            car.stream(hostname=HOST, port=home.ready["port"], ca=made.authority.certificate, fields={})
            await _pass(world, wall, home, FIRST, 600.0)
            first = _billed(world)
            if not first:
                raise RuntimeError("nothing was ever billed, so nothing is proven")
            parked = await _pass(world, wall, home, HOUR, STEP)
            if parked != {"power": "online", "connected": True}:
                raise RuntimeError(f"the car was to be awake and connected: {parked}")
            connected = _billed(world) - first
            await home.ask(do="reload")
            await _settle(world)
            reloaded = _billed(world) - first - connected
            await home.ask(do="stop")
        before = _billed(world)
        async with Child("home", **options | {"again": True, "ahead": wall.ahead}) as home:
            await _settle(world)
            restarted = _billed(world) - before
            _lead(car, home, made.authority.certificate)
            car.sleep()
            await _pass(world, wall, home, STEP, STEP)
            before = _billed(world)
            slept = await _pass(world, wall, home, HOUR, STEP)
            if slept["power"] != "asleep":
                raise RuntimeError(f"the car was to be asleep: {slept}")
            asleep = _billed(world) - before
    return [
        Figure("billed requests: restart", restarted, 0, detail=f"{first} on the first day"),
        Figure("  reload", reloaded, 0),
        Figure("  an hour asleep", asleep, 0),
        Figure("  an hour parked, awake, connected, without a record", connected, 0),
    ]


def _lead(car: Car, home: Child, ca: str) -> None:
    """Tell a car where Home Assistant listens now."""
    car.stream(hostname=HOST, port=home.ready["port"], ca=ca, fields={})


def _billed(world: World) -> int:
    return sum(world.cloud.billed().values())


async def _settle(world: World) -> None:
    await world.advance(1.0)
    await asyncio.sleep(1.0)


async def _pass(world: World, wall: Wall, home: Child, seconds: float, step: float) -> dict[str, Any]:
    """Let time pass for the world and for Home Assistant; return how the car is then."""
    told: dict[str, Any] = {}
    for _ in range(round(seconds / step)):
        wall.ahead += step
        await world.advance(step)
        told = dict(await home.ask(do="pass", seconds=step))
    return told
