"""Start the simulated world and a Home Assistant with the integration set up, and show or check them."""

import argparse
import asyncio
from contextlib import AbstractAsyncContextManager, suppress
import signal
import socket
import sys
import time

from simulator.ports import free_port

from . import stages
from .cars import Cars, CheckFailed
from .dashboard import dashboard
from .home import PROJECT, Home
from .stages import Stage
from .world import SimulatedWorld

FOLDER = PROJECT / ".demo"
PICTURES = FOLDER / "pictures"
SOURCES = ("receiver", "mqtt", "sse", "legacy_stream", "teslamate")
SHOW_LIMIT = 60.0  # seconds until the cars are live
SPEED = 20.0  # simulated seconds in a real one, so that there is something to see
HOME_PORT = 8123


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="script/demo", description=__doc__)
    parser.add_argument("--check", action="store_true", help="follow the cars and compare, without a browser")
    parser.add_argument(
        "--source", choices=SOURCES, default=SOURCES[0], help=f"who tells of the cars; default {SOURCES[0]}"
    )
    parser.add_argument("--browser", action="store_true", help="click through the set-up in Chromium")
    parser.add_argument(
        "--port", type=int, default=0, help=f"of Home Assistant; default {HOME_PORT} or a free one"
    )
    parser.add_argument("--speed", type=float, default=SPEED, help=f"of the cars' world; default {SPEED:g}")
    options = parser.parse_args()
    if options.browser and options.source != SOURCES[0]:
        parser.error("--browser clicks through the set-up of --source receiver only")
    return options


async def main(options: argparse.Namespace) -> int:
    """Run the demo until it is interrupted, or the check until it is done."""
    started = time.monotonic()
    # Of each source its own, so that several can be checked at a time.
    folder = FOLDER / options.source
    world = SimulatedWorld(folder / "world")
    home = Home(folder / "home", options.port or (free_port() if options.check else _preferred_port()))
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
    async with stage_of(options, home, world) as stage:
        say(started, "simulated cloud and cars")
        speed = "0" if options.check else str(options.speed)
        scenario = "none" if options.check else "demo"
        await world.start(*stage.world, "--scenario", scenario, "--speed", speed, show=not options.check)
        cars = {car["vin"]: car["name"] for car in world.addresses["cars"]}
        say(started, "Home Assistant")
        home.prepare(dashboard(list(cars.values())))
        await home.start()
        for vin in cars:
            await world.do(vin, "wake_now")  # what a car is built of is learnt when it is seen awake
        say(started, f"set-up: {stage.parts}")
        async with stage.set_up() as way:
            if options.check:
                shown = Cars(home, world, cars, options.source)
                await stage.check(shown).run(way)
                report(shown, started)
                return 0
            await way.run()
        await _live(home, options.source)
        say(started, "ready")
        print(f"\n  Open {home.url}\n\n  Ctrl-C ends it.\n")
        await _until_interrupted()
    return 0


def stage_of(
    options: argparse.Namespace, home: Home, world: SimulatedWorld
) -> AbstractAsyncContextManager[Stage]:
    """Return what the demo is set up with."""
    match options.source:
        case "mqtt":
            return stages.broker(home, world)
        case "sse":
            return stages.service(home, world)
        case "legacy_stream":
            return stages.teslamates_service(home, world)
        case "teslamate":
            return stages.teslamate(home, world)
        case _:
            clicked = PICTURES if options.browser else None
            return stages.receiver(home, world, check=options.check, clicked=clicked)


async def _live(home: Home, source: str) -> None:
    """Wait until a car has delivered."""
    end = time.monotonic() + SHOW_LIMIT
    while time.monotonic() < end:
        states = await home.states()
        batteries = [state for name, state in states.items() if name.endswith("_battery_level")]
        if any(state["attributes"].get("source") == source for state in batteries):
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
