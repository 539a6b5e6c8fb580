"""A served port at a free one of this machine, two cars, and a TeslaMate."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass, field
from typing import Any, cast

import aiohttp
import pytest

from custom_components.tesla_direct.tesla.served.bounds import Bounds
from custom_components.tesla_direct.tesla.served.car import ServedCar
from custom_components.tesla_direct.tesla.served.server import TeslaMateServer
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from simulator.teslamate.reader import Reader

from .cars import DRIVING, NOW, HandMade

TOKEN = "a-secret-of-ours"
OTHER = "7SAYGDEE4PA000003"


@dataclass
class Place:
    """Where TeslaMate is served.

    now: by the clock of the port
    """

    session: aiohttp.ClientSession
    known: list[HandMade]
    cars: dict[str, ServedCar]
    server: TeslaMateServer
    now: float = field(default=NOW)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.port}"

    def reader(self, token: str = TOKEN) -> Reader:
        return Reader(self.session, self.address, self.address.replace("http", "ws"), token)

    def follow(self, tag: str, token: str = TOKEN) -> AsyncGenerator[dict[str, Any]]:
        """Follow the stream as TeslaMate does."""
        stream = self.reader(token).follow(tag)
        return cast(AsyncGenerator[dict[str, Any]], stream)  # which it is, and so can be left

    def tell(self, values: dict[AnySignal, object], at: float = NOW, car: int = 0) -> None:
        known = self.known[car]
        self.server.take(known.vin, known.told(values, at))


@pytest.fixture
def bounds() -> Bounds:
    return Bounds()


@pytest.fixture
async def place(socket_enabled: None, bounds: Bounds) -> AsyncIterator[Place]:
    known = [HandMade(), HandMade(vin=OTHER)]
    for one in known:
        one.told(DRIVING, NOW - 10)
    cars = {one.vin: ServedCar(one, lambda: NOW) for one in known}
    async with aiohttp.ClientSession() as session:
        server = TeslaMateServer(cars, TOKEN, clock=lambda: here.now, bounds=bounds)
        here = Place(session, known, cars, server)
        await server.start("127.0.0.1", 0)
        yield here
        await server.stop()
