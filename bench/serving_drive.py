"""A drive at one hertz, as the car tells it and as a client of the stream hears it."""

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import cycle, groupby
import time
from typing import Any

from simulator.car.car import Car
from simulator.teslamate.reader import Reader

from .child import Child
from .sources_home import Steered
from .sources_lines import Line

DIGITS = 6  # of a degree and of a mile, to which numbers are compared
PACE = 0.02  # real seconds of a simulated one
POKE = 60  # simulated seconds between two looks of the poll


@dataclass(slots=True)
class Told:
    """What one client was told.

    frames: when each came, real time, and what it says by column
    """

    frames: list[tuple[float, dict[str, Any]]] = field(default_factory=list)

    async def follow(self, reader: Reader, tag: str) -> None:
        """Follow a car."""
        async for frame in reader.follow(tag):
            self.frames.append((time.time(), frame))


class Drive:
    """A car that tells each second where it is, and what it has told."""

    def __init__(self, line: Line, home: Child, wall: Steered) -> None:
        """Stand still."""
        self._line, self._home, self._wall = line, home, wall
        self._goals = cycle(("work", "home"))
        self._passed = 0.0
        self.said: list[tuple[float, dict[str, Any]]] = []

    @property
    def car(self) -> Car:
        """Return the car."""
        return self._line.car

    async def step(self, seconds: float) -> None:
        """Drive on; where it has arrived it turns back."""
        self._passed += seconds
        if self.car.journey is None:
            self.car.drive(next(self._goals))
        self._wall.ahead += seconds
        await self._home.ask(do="move", seconds=seconds, poke=self._passed % POKE < seconds)
        began = time.time()
        await self._line.world.advance(seconds)
        self.said.append((began, columns(self._line.client.last_sent)))

    async def run(self, seconds: int) -> None:
        """Drive for a while at one hertz."""
        for _ in range(seconds):
            began = time.monotonic()
            await self.step(1.0)
            await asyncio.sleep(max(0.0, PACE - (time.monotonic() - began)))


def columns(sent: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a car has told last, as the protocol writes it: some columns are whole."""
    latitude, longitude = sent["Location"]
    return {
        "speed": round(sent["VehicleSpeed"] or 0),  # a car that stands may tell none
        "odometer": round(sent["Odometer"], DIGITS),
        "soc": round(sent["BatteryLevel"]),
        "est_heading": round(sent["GpsHeading"]),
        "est_lat": round(latitude, DIGITS),
        "est_lng": round(longitude, DIGITS),
        "shift_state": sent["Gear"],
        "range": round(sent["RatedRange"]),
        "est_range": round(sent["EstBatteryRange"]),
    }


def rounded(value: Any) -> Any:
    """Return a value as it is compared."""
    return round(value, DIGITS) if isinstance(value, float) else value


def heard_as(name: str, value: Any) -> Any:
    """Return a column as it is compared: no speed is the same as none at all."""
    return 0 if name == "speed" and value is None else rounded(value)


def changes(values: Iterable[Any]) -> list[Any]:
    """Return values without those that are as the one before."""
    return [value for value, _ in groupby(values)]


def lost_of(said: list[Any], heard: list[Any]) -> int:
    """Return how many of what was said was not heard, in that order."""
    count = at = 0
    for value in said:
        try:
            at = heard.index(value, at)
        except ValueError:
            count += 1
    return count


def delays_of(said: list[tuple[float, dict[str, Any]]], told: Told) -> list[float]:
    """Return how long it took until each new place was told, in ms."""
    came: dict[tuple[Any, ...], list[float]] = {}
    for at, frame in told.frames:
        came.setdefault((rounded(frame["est_lat"]), rounded(frame["est_lng"])), []).append(at)
    delays, before = [], None
    for began, values in said:
        place = (values["est_lat"], values["est_lng"])
        if place != before and (later := [at for at in came.get(place, ()) if at >= began]):
            delays.append(1000 * (later[0] - began))
        before = place
    return delays
