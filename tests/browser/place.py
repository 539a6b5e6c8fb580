"""A Home Assistant in which nothing is set up, simulated cars, and somebody in front of a browser."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import time

from demo.browser.chromium import Chromium
from demo.browser.person import Person
from demo.dashboard import dashboard
from demo.home import Home
from demo.setup_flow import prepare_world
from demo.world import SimulatedWorld
from simulator.ports import free_port

# Where the guides have their pictures; they are made anew if this is set: PICTURES=docs/setup/pictures.
PICTURES = os.environ.get("PICTURES", "")
LARGEST = 150_000  # bytes of a picture
STREAM_LIMIT = 300.0  # seconds after a set-up in which a car has to stream


@dataclass
class Place:
    """All that a set-up by clicking needs."""

    home: Home
    world: SimulatedWorld
    person: Person
    chromium: Chromium


@asynccontextmanager
async def at_home(folder: Path, *options: str) -> AsyncIterator[Place]:
    """Start all of it, and end it.

    options: of the simulated world
    """
    world, home = SimulatedWorld(folder / "world"), Home(folder / "home", free_port())
    chromium = Chromium()
    try:
        await world.start(
            "--cars", "typed,untyped", "--scenario", "none", "--speed", "0", *options, show=False
        )
        cars = world.addresses["cars"]
        home.prepare(dashboard([car["name"] for car in cars]))
        await home.start()
        await prepare_world(home, world)
        for car in cars:
            await world.do(car["vin"], "wake_now")
        await chromium.start()
        async with world.time_passes():
            yield Place(home, world, Person(chromium), chromium)
    finally:
        await chromium.stop()
        await home.stop()
        await world.stop()


async def streamed(home: Home, source: str) -> list[str]:
    """Wait until something is shown that a source has told; return all of it."""
    end = time.monotonic() + STREAM_LIMIT
    while time.monotonic() < end:
        states = await home.states()
        if found := [name for name, one in states.items() if one["attributes"].get("source") == source]:
            return found
        await asyncio.sleep(0.2)
    raise AssertionError(f"nothing of {source} is shown after the set-up")


def keep_pictures(folder: Path, pages: Iterable[str]) -> None:
    """See that each page has a picture of a fair size; put those that a guide shows where they belong."""
    pictures = {file.stem: file for file in folder.glob("*.png")}
    assert set(pictures) == set(pages)
    assert all(file.stat().st_size < LARGEST for file in pictures.values())
    for file in Path(PICTURES).glob("*.png") if PICTURES else ():
        if file.stem in pictures:
            file.write_bytes(pictures[file.stem].read_bytes())
