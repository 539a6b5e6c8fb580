"""What the cars of the demo do all day: timed steps, over and over."""

from collections.abc import Callable, Coroutine
from typing import Any

from .car.car import Car
from .clock import Clock
from .world import World

LOOK_S = 2.0
SHORT_S = 60.0
AFTERNOON_S = 420.0
CHARGE_S = 2400.0
NAP_S = 600.0
CHECK_S = 240.0
CHARGED_ENOUGH = 70


async def until(clock: Clock, reached: Callable[[], bool], limit: float) -> None:
    """Wait for something to come true, or for so many simulated seconds."""
    end = clock.passed + limit
    while not reached() and clock.passed < end:
        await clock.wait(LOOK_S)


async def commute(car: Car, clock: Clock) -> None:
    """Drive to work, drive home, plug in and charge; every third time charge fast on the way."""
    car.change(charge_limit_percent=80)
    day = 0
    while True:
        await clock.wait(SHORT_S)
        far = "charger" if day % 3 == 1 else "work"
        await _go(car, clock, far)
        if far == "charger":
            car.charge("dc", limit=90)
            await until(clock, lambda: car.body.charging_state == "Complete", CHARGE_S / 4)
            car.unplug()
            car.change(charge_limit_percent=80)
        else:
            await clock.wait(AFTERNOON_S)
        await _go(car, clock, "home from charger" if far == "charger" else "home")
        await clock.wait(SHORT_S)
        car.charge("ac")
        await until(clock, lambda: car.body.charging_state == "Complete", CHARGE_S)
        car.unplug()
        day += 1


async def doze(car: Car, clock: Clock) -> None:
    """Sleep, wake for a look at itself, sleep again; now and then somebody opens the boot."""
    while True:
        if not car.body.busy:  # somebody may have asked it for something
            car.sleep()
        await clock.wait(NAP_S)
        car.check_itself()
        await clock.wait(CHECK_S / 2)
        car.open_door("trunk")
        await clock.wait(CHECK_S / 4)
        car.close_door("trunk")
        car.lock()
        await clock.wait(CHECK_S / 4)


async def stand_about(car: Car, clock: Clock) -> None:
    """Stand outside, warm up, drive round the corner; whether it sleeps is up to those who poll it."""
    while True:
        await clock.wait(NAP_S * 3)
        await _go(car, clock, "work")
        await clock.wait(SHORT_S)
        await _go(car, clock, "home")
        if car.body.battery_percent < CHARGED_ENOUGH:
            car.charge("ac")
            await until(clock, lambda: car.body.charging_state == "Complete", CHARGE_S * 3)
            car.unplug()


async def _go(car: Car, clock: Clock, to: str) -> None:
    car.drive(to, delay=2.0)
    car.change(
        media="Playing",
        media_source="Spotify",
        media_title="Sample in B minor",
        media_artist="The Placeholder Quartet",
        media_album="Field Recordings",
        media_ms=214_000,
    )
    await until(clock, lambda: car.journey is None, CHARGE_S)
    car.park()


type Script = Callable[[Car, Clock], Coroutine[Any, Any, None]]

# What each kind of car does.
DEMO: dict[str, Script] = {
    "typed": commute,
    "half": commute,
    "untyped": doze,
    "old": stand_about,
}
SCENARIOS: dict[str, dict[str, Script]] = {"demo": DEMO, "none": {}}


def play(world: World, name: str, cars: dict[str, Car]) -> None:
    """Start a scenario for the cars of a world, by kind; it ends with the world."""
    for kind, script in SCENARIOS[name].items():
        if kind in cars:
            world.start(script, cars[kind])
