"""Start the simulated world and a Home Assistant with the integration set up, and show or check them."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
import signal
import socket
import sys
import time

from .browser.chromium import Chromium
from .browser.person import Person
from .cars import Cars, CheckFailed
from .check import Checker
from .clicked import ClickedSetUp
from .dashboard import dashboard
from .home import PROJECT, Home, free_port
from .setup_flow import SetUp, Way, prepare_world
from .world import SimulatedWorld

FOLDER = PROJECT / ".demo"
PICTURES = FOLDER / "pictures"
SHOW_LIMIT = 60.0  # seconds until the cars are live
SPEED = 20.0  # simulated seconds in a real one, so that there is something to see
HOME_PORT = 8123


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="follow the cars and compare, without a browser")
    parser.add_argument("--browser", action="store_true", help="click through the set-up in Chromium")
    parser.add_argument(
        "--port", type=int, default=0, help=f"of Home Assistant; default {HOME_PORT} or a free one"
    )
    parser.add_argument("--speed", type=float, default=SPEED, help=f"of the cars' world; default {SPEED:g}")
    return parser.parse_args()


async def main(options: argparse.Namespace) -> int:
    """Run the demo until it is interrupted, or the check until it is done."""
    started = time.monotonic()
    world = SimulatedWorld(FOLDER / "world")
    home = Home(FOLDER / "home", options.port or _preferred_port())
    try:
        return await _run(options, world, home, started)
    except CheckFailed as failure:
        print(f"FAILED {failure}\nHome Assistant's log: {home.log}")
        return 1
    finally:
        print("Stopping …")
        await home.stop()
        await world.stop()


async def _run(options: argparse.Namespace, world: SimulatedWorld, home: Home, started: float) -> int:
    say(started, "simulated cloud and cars")
    speed = "0" if options.check else str(options.speed)
    scenario = "none" if options.check else "demo"
    kinds = "typed,untyped,old" if options.check else "typed,untyped"
    asked = () if options.browser else ("--approve",)
    await world.start(
        *asked, "--cars", kinds, "--scenario", scenario, "--speed", speed, show=not options.check
    )
    cars = {car["vin"]: car["name"] for car in world.addresses["cars"]}
    say(started, "Home Assistant")
    home.prepare(dashboard(list(cars.values())))
    await home.start()
    await prepare_world(home, world)
    for vin in cars:
        await world.do(vin, "wake_now")  # what a car is built of is learnt when it is seen awake
    say(started, "set-up: credentials, sign-in, region, key, registration, cars, pairing, receiver, profile")
    async with way(options, home, world) as chosen:
        if options.check:
            shown = Cars(home, world, cars)
            await Checker(home, world, shown).run(chosen)
            report(shown, started)
            return 0
        await chosen.run()
    await _live(home)
    say(started, "ready")
    print(f"\n  Open {home.url}\n\n  Ctrl-C ends it.\n")
    await _until_interrupted()
    return 0


@asynccontextmanager
async def way(options: argparse.Namespace, home: Home, world: SimulatedWorld) -> AsyncIterator[Way]:
    """Give a way through the set-up: over the interface of its pages, or by clicking through these."""
    if not options.browser:
        yield SetUp(home, world, free_port())
        return
    chromium = Chromium()
    try:
        await chromium.start()
        PICTURES.mkdir(parents=True, exist_ok=True)
        clicked = ClickedSetUp(Person(chromium), home, world, free_port(), PICTURES)
        yield clicked
        print(f"  set up with {clicked.told()}; the pages: {PICTURES}")
    finally:
        await chromium.stop()


async def _live(home: Home) -> None:
    """Wait until a car has delivered."""
    end = time.monotonic() + SHOW_LIMIT
    while time.monotonic() < end:
        states = await home.states()
        batteries = [state for name, state in states.items() if name.endswith("_battery_level")]
        if any(state["attributes"].get("source") == "receiver" for state in batteries):
            return
        await asyncio.sleep(0.2)
    raise RuntimeError(f"no car delivers; see {home.log}")


async def _until_interrupted() -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()


def report(cars: Cars, started: float) -> None:
    """Print what was measured."""
    print(f"\n{sum(cars.compared.values())} comparisons with the cars' truth:")
    for what, count in cars.compared.items():
        print(f"  {count:5}  {what}")
    print(f"  shown {max(cars.delays):.2f} s after the acknowledgement at the latest")
    print(f"All holds, after {time.monotonic() - started:.0f} s.")


def say(started: float, what: str) -> None:
    """Tell the progress."""
    print(f"[{time.monotonic() - started:5.1f} s] {what}", flush=True)


def _preferred_port() -> int:
    """Return Home Assistant's usual port if it is free."""
    with suppress(OSError), socket.create_server(("127.0.0.1", HOME_PORT)):
        return HOME_PORT
    return free_port()


if __name__ == "__main__":
    sys.exit(asyncio.run(main(arguments())))
