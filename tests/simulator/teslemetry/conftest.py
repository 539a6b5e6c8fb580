"""The service beside a cloud, with a car that has its key, and a client with a good token."""

import aiohttp
import pytest

from simulator.car.car import Car
from simulator.teslemetry.service import Teslemetry
from simulator.world import World

from .client import Client


@pytest.fixture
async def service(world: World, car: Car) -> Teslemetry:
    service = await world.open_teslemetry()
    service.pair(car.vin)
    return service


@pytest.fixture
async def client(service: Teslemetry, web: aiohttp.ClientSession) -> Client:
    return Client(service, web)
