"""How often cars are sent a telemetry configuration in a month in which their entities change each day."""

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

from aiohttp import ClientSession
from cryptography.hazmat.primitives.asymmetric import ec

from custom_components.tesla_direct.tesla.errors import TeslaError
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.client import FleetApi
from custom_components.tesla_direct.tesla.fleet_api.ledger import Ledger
from custom_components.tesla_direct.tesla.fleet_telemetry.config import TelemetryConfig
from custom_components.tesla_direct.tesla.fleet_telemetry.profile import Selection, fields_for, paces
from custom_components.tesla_direct.tesla.source.keeper import TelemetryKeeper
from custom_components.tesla_direct.tesla.source.keeper_plan import CarView, Phase
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import ALL
from simulator.car.authentication import public_bytes
from simulator.car.car import Car
from simulator.certificates import Authorities
from simulator.world import World

from . import frames
from .account import sign_in
from .home import Wall
from .table import Figure

DAYS = 30
STEP = 300.0  # seconds that pass at one go
STEPS_A_DAY = 288
WORLD_STEP = 5.0  # of them for the cars: whatever they do with a configuration, they do in these
AWAKE = range(84, 252)  # steps of a day in which cars are online, from seven to nine
CHANGED_AT = range(96, 240)
RESTARTS = (7, 19)  # days on which Home Assistant starts anew
SHOWN = 60  # facts that are shown at the beginning
FLICKS = 3  # entities that are switched in a row, a minute of clicks
SEND = "fleet_telemetry_config_jws"


class Household:
    """Two cars of an account, what is shown of them, and who keeps what they are told."""

    def __init__(self, world: World, wall: Wall, api: FleetApi, cars: Mapping[str, Car]) -> None:
        """Begin with the same entities for each car."""
        self.world = world
        self.wall = wall
        self.cars = cars
        self.random = Random(5)  # noqa: S311  # the same in every run
        self.signals = [signal for signal in ALL if signal.field is not None and signal.scope is None]
        self.shown: dict[str, set[AnySignal]] = {vin: set(self.signals[:SHOWN]) for vin in cars}
        self.online_since: dict[str, float | None] = dict.fromkeys(cars)
        self.failed: list[TeslaError] = []
        self._api = api
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._task: asyncio.Task[None] | None = None
        self.keeper = self._make({})
        world.cloud.register_key(public_bytes(self._key))
        for car in cars.values():
            car.pair_key(public_bytes(self._key))

    def keeper_view(self, vin: str) -> CarView:
        """Return how a car is: it connects whenever it is online and has been told where to."""
        car, online_since = self.cars[vin], self.online_since[vin]
        connected = online_since is not None and car.synced and car.told is not None
        return CarView(online_since=online_since, connected=connected)

    def keeper_changed(self, vin: str) -> None:
        """Keep nothing: what outlives a restart is asked for then."""

    def keeper_failed(self, error: TeslaError) -> None:
        """Learn that something went wrong, which it must not here."""
        self.failed.append(error)

    async def restart(self) -> None:
        """Start anew with what was kept."""
        await self.stop()
        self.keeper = self._make(self.keeper.to_json())
        self._wish()
        self._task = asyncio.create_task(self.keeper.run())
        await self._quiet()

    async def stop(self) -> None:
        """Keep nothing any more."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def day(self, *, changing: str | None) -> bool:
        """Let a day pass; return whether the car's entities are others at its end than at its beginning."""
        before = set(self.shown[changing]) if changing else set()
        at = self.random.choice(CHANGED_AT)
        for step in range(STEPS_A_DAY):
            if changing and step == at:
                await self._switch(changing)
            self._live(awake=step in AWAKE)
            self.wall.ahead += STEP
            await self.world.advance(WORLD_STEP)
            self._wish()
            self.keeper.poke()
            await self._quiet()
        return changing is not None and self.shown[changing] != before

    async def _switch(self, vin: str) -> None:
        """Switch some entities on or off, one after the other."""
        for signal in self.random.sample(self.signals, FLICKS):
            self.shown[vin] ^= {signal}
            self._wish()
            self.wall.ahead += 20.0
            self.keeper.poke()
            await self._quiet()

    def _live(self, *, awake: bool) -> None:
        for vin, car in self.cars.items():
            if awake and not car.power.awake:
                car.wake_now()
            elif not awake and car.power.awake:
                car.sleep()
            known = self.online_since[vin]
            self.online_since[vin] = (known or self.wall()) if awake else None

    def _wish(self) -> None:
        for vin, shown in self.shown.items():
            config = TelemetryConfig(
                hostname="telemetry.example.org",
                port=443,
                ca=self.world.authorities.bundle(),
                fields=paces(Selection(), fields_for(shown)),
                expires=0,
            )
            self.keeper.wish(vin, config)

    def _make(self, kept: Mapping[str, Any]) -> TelemetryKeeper:
        return TelemetryKeeper(self._api, self, clock=self.wall, sign=self._sign, kept=kept)

    async def _sign(self, config: TelemetryConfig) -> str:
        return config.token(self._key)

    async def _quiet(self) -> None:
        """Return once the keeper waits; a bug that has ended it comes up here."""
        woken, task = self.keeper._something_happened, self._task  # noqa: SLF001  # nobody tells when it waits
        while task and not task.done() and (woken.is_set() or not woken._waiters):  # noqa: SLF001, ASYNC110
            await asyncio.sleep(0)
        if task and task.done():
            await task


async def measure(folder: Path) -> list[Figure]:
    """Count what is sent in a month, to a car whose entities change each day and to one whose do not."""
    wall = Wall()
    authorities = Authorities(folder=folder / "authorities")
    async with World(speed=0, wall=wall, authorities=authorities) as world, ClientSession() as session:
        cars = {car.vin: car for car in (world.add_car("typed", vin=frames.vin(number)) for number in (1, 2))}
        for car in cars.values():
            car.power.idle_s = 1e9  # they sleep when the month says so
        restless, quiet = cars
        api, tokens = sign_in(world, session, budget=Budget(Ledger()), clock=wall)
        household = Household(world, wall, api, cars)
        await household.restart()
        await household.day(changing=None)
        first = {each: _sent(world, each) for each in cars}
        asked = len(world.cloud.requests())
        changes = 0
        for day in range(DAYS):
            if day in RESTARTS:
                await household.restart()
            changes += await household.day(changing=restless)
        await household.stop()
        await tokens.close()
        if household.failed or any(household.keeper.state(each).phase is not Phase.SYNCED for each in cars):
            raise RuntimeError("the cars were to have what was wished in the end")
        sent = {each: _sent(world, each) - first[each] for each in cars}
        free = (len(world.cloud.requests()) - asked) / DAYS / len(cars)
        billed = sum(world.cloud.billed().values())
    return [
        Figure(
            "configuration pushes per change, entities changing daily",
            sent[restless] / changes,
            1,
            detail=f"{sent[restless]} for {changes} changes, {len(RESTARTS)} restarts",
        ),
        Figure("  in a month without change", sent[quiet], 0, detail=f"{first[quiet]} at the beginning"),
        Figure("  billed requests and wakes of the month", billed, 0),
        Figure("  free requests a car and day", free),
    ]


def _sent(world: World, car: str) -> int:
    return sum(car in (asked.json or {}).get("vins", ()) for asked in world.cloud.requests(SEND))
