"""The simulated cloud's account, and what it takes to send its cars commands without Home Assistant."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import ClientSession

from bench.account import sign_in
from custom_components.tesla_direct.tesla.command.command import Origin
from custom_components.tesla_direct.tesla.command.delivery import FleetApiDelivery
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause, Ledger
from custom_components.tesla_direct.tesla.fleet_api.provider import TESLA, Provider
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power
from custom_components.tesla_direct.tesla.vehicle_command.keys import PrivateKey
from simulator.car.car import Car
from simulator.world import World
from tests.simulator.wall import Wall

ORIGIN = Origin(Cause.USER, "script.example")
KEY = PrivateKey.generate()


class Commanded:
    """An account's API, one of its cars as a waker sees it, and a clock that the world follows."""

    def __init__(self, world: World, wall: Wall, session: ClientSession, car: Car) -> None:
        self.world = world
        self.car = car
        self.vin = car.vin
        self.power = Power.UNKNOWN
        self.wall = wall
        self.slept: list[float] = []
        self.changed = 0
        self.ledger = Ledger()
        self.api, self.keeper = sign_in(
            world, session, budget=Budget(self.ledger), clock=wall, sleep=self.sleep
        )

    async def sleep(self, seconds: float) -> None:
        """Let time pass for everybody."""
        self.slept.append(seconds)
        self.wall.move(seconds)
        await self.world.advance(seconds)

    async def sleep_a_while(self, seconds: float) -> None:
        """Let time pass for everybody, and a moment in which somebody can give up."""
        await self.sleep(seconds)
        await asyncio.sleep(0.01)

    async def look(self, origin: Origin) -> None:
        self.power = (await self.api.vehicle(self.vin, origin.cause)).power

    def delivery(
        self,
        key: PrivateKey | None = KEY,
        kept: Mapping[str, Any] | None = None,
        *,
        sleep: Callable[[float], Awaitable[None]] | None = None,
        time_limit: float | None = None,
        provider: Provider = TESLA,
    ) -> FleetApiDelivery:
        return FleetApiDelivery(
            self.api,
            self.vin,
            provider=provider,
            key=key,
            kept=kept or {},
            on_session_changed=self._changed,
            clock=self.wall,
            monotonic=self.wall,
            sleep=sleep or self.sleep,
            time_limit=time_limit,
        )

    def _changed(self) -> None:
        self.changed += 1

    @property
    def heard(self) -> list[str]:
        """Return what reached the car, handshakes among it."""
        return [one.name for one in self.car.heard]

    @property
    def billed(self) -> dict[str, int]:
        """Return what the cloud bills of the car, by category."""
        return {name: count for name, count in self.world.cloud.billed(self.vin).items() if count}
