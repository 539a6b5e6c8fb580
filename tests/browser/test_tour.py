"""The whole tour in a real browser: a real Home Assistant, the simulated cloud and cars, and a mouse."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
import os
from pathlib import Path
import time
from typing import Any

import pytest

from demo.browser.chromium import Chromium
from demo.browser.person import Person
from demo.clicked import STEPS, ClickedSetUp
from demo.dashboard import dashboard
from demo.home import Home, free_port
from demo.setup_flow import prepare_world
from demo.world import SimulatedWorld

# Where the guide has its pictures; they are made anew if this is set: PICTURES=docs/setup/pictures.
PICTURES = os.environ.get("PICTURES", "")
LARGEST = 150_000  # bytes of a picture
STREAM_LIMIT = 60.0  # seconds after the tour in which a car has to stream
PAGES = {
    "application",
    "auth",
    "cars",
    "credentials",
    "custom",
    "hosting",
    "integrations",
    "pairing_car",
    "profile",
    "receiver",
    "receiver_bundle_file",
    "receiver_done",
    "region",
    "tour_done",
    "user",
}
# "Add integration", its row; the way; credentials; where the application is; consent at Tesla; region; key;
# cars; pairing of two; port, and what was found there; profile; the end.
MOST_CLICKS = 15
FIRST = {"user", "credentials", "application", "custom", "auth", "region"}
PARTS = {"hosting", "cars", "pairing_car"}
REST = ["receiver", "receiver_bundle_file", "receiver_done", "profile", "tour_done"]
TYPED = ["Search for a brand name", "Name", "OAuth client ID", "OAuth client secret"]


@dataclass
class Place:
    """A Home Assistant in which nothing is set up, cars, and somebody in front of a browser."""

    home: Home
    world: SimulatedWorld
    person: Person
    chromium: Chromium


@asynccontextmanager
async def at_home(folder: Path) -> AsyncIterator[Place]:
    """Start all of it, and end it."""
    world, home = SimulatedWorld(folder / "world"), Home(folder / "home", free_port())
    chromium = Chromium()
    try:
        await world.start("--cars", "typed,untyped", "--scenario", "none", "--speed", "0", show=False)
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


async def streamed(home: Home) -> list[str]:
    """Wait until something is shown that a car has streamed; return all of it."""
    end = time.monotonic() + STREAM_LIMIT
    while time.monotonic() < end:
        states = await home.states()
        if found := [name for name, one in states.items() if one["attributes"].get("source") == "receiver"]:
            return found
        await asyncio.sleep(0.2)
    raise AssertionError("no car streams after the tour")


@pytest.mark.usefixtures("socket_enabled")
def test_from_nothing_to_a_streaming_car_with_one_secret_one_sign_in_and_a_few_clicks(
    tmp_path: Path,
) -> None:
    async def tour() -> tuple[ClickedSetUp, list[str], dict[str, Any], list[dict[str, Any]]]:
        async with at_home(tmp_path) as place:
            way = ClickedSetUp(place.person, place.home, place.world, free_port(), tmp_path)
            await way.run()
            shown = await streamed(place.home)
            truths = [await place.world.truth(car["vin"]) for car in place.world.addresses["cars"]]
            return way, shown, await place.world.get("/cloud/billed"), truths

    way, shown, billed, truths = asyncio.run(tour())

    assert way.passed[-1] == "tour_done"
    assert way.own == TYPED
    assert way.clicks <= MOST_CLICKS, way.told()
    assert len(shown) > 40
    assert (billed["data"] <= len(truths), billed["command"], billed["wake"]) == (True, 0, 0)
    for truth in truths:
        assert truth["telemetry"]["synced"]
        assert truth["telemetry"]["connected"]
    pictures = {file.stem: file for file in tmp_path.glob("*.png")}
    assert set(pictures) == PAGES
    assert all(file.stat().st_size < LARGEST for file in pictures.values())
    print(f"\n{way.told()}, {billed['data']} paid requests for {len(truths)} cars")  # noqa: T201  # what is measured
    for file in Path(PICTURES).glob("*.png") if PICTURES else ():
        file.write_bytes(pictures[file.stem].read_bytes())


@pytest.mark.usefixtures("socket_enabled")
def test_who_is_interrupted_is_led_back_by_a_notice_to_where_he_was(tmp_path: Path) -> None:
    async def tour() -> list[str]:
        async with at_home(tmp_path) as place:
            person, home = place.person, place.home
            way = ClickedSetUp(person, home, place.world, free_port(), tmp_path)
            way.stop_at = "receiver"
            await way.run()
            assert set(way.passed) == {*FIRST, *PARTS, "receiver"}
            way.stop_at, way.passed = "", []
            await home.stop()
            await home.start()
            for notice in ("is not set up", "is not finished"):
                if "tour_done" not in way.passed:
                    await person.tab.go(f"{home.url}/config/repairs")
                    await person.click(notice, part=True)
                    await way.go_on()
            await streamed(home)
            return way.passed

    passed = asyncio.run(tour())

    # What was done before is not asked again.
    assert [page for page in passed if page in STEPS] == REST
