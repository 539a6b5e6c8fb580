"""The service beside a cloud, with a car that streams to it, and a client with a good token."""

import aiohttp
import pytest

from simulator.car.car import Car
from simulator.myteslamate.service import MyTeslaMate
from simulator.world import World

from .client import Client

EVERY_SECOND = (
    "Location",
    "VehicleSpeed",
    "Gear",
    "Soc",
    "Odometer",
    "GpsHeading",
    "RatedRange",
    "EstBatteryRange",
    "ACChargingPower",
    "DCChargingPower",
)


@pytest.fixture
async def service(world: World, car: Car) -> MyTeslaMate:
    service = await world.open_myteslamate()
    service.pair(car.vin)
    service.stream(car.vin, **dict.fromkeys(EVERY_SECOND, 1))
    return service


@pytest.fixture
async def client(service: MyTeslaMate, web: aiohttp.ClientSession) -> Client:
    return Client(service, web)
