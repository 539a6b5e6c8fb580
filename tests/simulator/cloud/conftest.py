"""A cloud, and an application that is signed in there."""

from typing import Any

import aiohttp
import pytest

from simulator.car.car import Car
from simulator.cloud.accounts import SCOPES
from simulator.cloud.billing import Ledger
from simulator.world import World

from .client import Client
from .remote import Remote


@pytest.fixture
async def client(world: World, web: aiohttp.ClientSession) -> Client:
    client = Client(world, web)
    world.cloud.approve()
    await client.sign_in(SCOPES)
    world.cloud.books.asked.clear()
    return client


@pytest.fixture
async def remote(world: World, client: Client, car: Car) -> Remote:
    remote = Remote(client, car)
    car.pair_key(remote.signer.public)
    await remote.meet()
    car.heard.clear()
    world.cloud.books.asked.clear()
    world.cloud.books.ledger = Ledger()
    return remote


@pytest.fixture
def errors() -> dict[str, Any]:
    from ..vectors import fixture  # noqa: PLC0415  # one table for one fixture

    return {row["name"]: row for row in fixture("errors")["errors"]}
