"""A car that is awake and in use, and a poll of the account that it belongs to."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession
import pytest

from simulator.car.car import Car
from simulator.world import World
from tests.simulator.wall import Wall

from .poll_world import Polled


@pytest.fixture
async def car(world: World) -> Car:
    car = world.add_car()
    car.climate(on=True)
    return car


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


@pytest.fixture
async def polled(session: ClientSession, world: World, wall: Wall, car: Car) -> AsyncIterator[Polled]:
    polled = Polled(world, wall, session)
    yield polled
    await polled.close()
