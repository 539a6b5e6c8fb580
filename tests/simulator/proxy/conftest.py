"""A proxy whose key is on a car, and somebody who uses it."""

from collections.abc import AsyncIterator
import json
from pathlib import Path
import ssl
from typing import Any, NamedTuple

import aiohttp
import pytest

from simulator.car.car import Car
from simulator.cloud.accounts import SCOPES
from simulator.proxy.server import Proxy
from simulator.world import World

from ..cloud.client import Client

SHORT = 1.5  # real seconds until a proxy gives up that is to do so, and in which a command arrives before


class Said(NamedTuple):
    """An answer of the proxy's."""

    status: int
    text: str
    headers: Any

    @property
    def body(self) -> Any:
        return json.loads(self.text)

    @property
    def error(self) -> str:
        return str(self.body["error"])


class User:
    """Asks a proxy, with the token of a user of Tesla's."""

    def __init__(self, proxy: Proxy, client: Client, web: aiohttp.ClientSession, car: Car) -> None:
        self.proxy, self.client, self.car = proxy, client, car
        self._web = web

    async def ask(self, method: str, path: str, *, token: str | None = None, **more: Any) -> Said:
        """Ask, trusting the certificate as it is now."""
        given = f"Bearer {self.client.tokens['access_token']}" if token is None else token
        headers = {"Content-Type": "application/json", **({"Authorization": given} if given else {})}
        tls = ssl.create_default_context(cadata=self.proxy.certificate)
        async with self._web.request(
            method, self.proxy.base + path, headers=headers, ssl=tls, **more
        ) as answer:
            return Said(answer.status, await answer.text(), answer.headers)

    async def command(self, name: str, vin: str | None = None, **body: Any) -> Said:
        path = f"/api/1/vehicles/{vin or self.car.vin}/command/{name}"
        return await self.ask("POST", path, json=body)


@pytest.fixture
async def client(world: World, web: aiohttp.ClientSession) -> Client:
    client = Client(world, web)
    world.cloud.approve()
    await client.sign_in(SCOPES)
    world.cloud.books.asked.clear()
    return client


@pytest.fixture
async def proxy(world: World, car: Car, tmp_path: Path) -> AsyncIterator[Proxy]:
    async with Proxy(world.cloud, tmp_path, timeout=60.0) as proxy:
        proxy.carrier.retry_s = 0.01
        car.pair_key(proxy.public_key)
        yield proxy


@pytest.fixture
async def user(proxy: Proxy, client: Client, web: aiohttp.ClientSession, car: Car) -> User:
    return User(proxy, client, web, car)
