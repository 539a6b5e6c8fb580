"""A host, a session to ask it with, and a clock."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession, TCPConnector, ThreadedResolver
import pytest

from .host import Clock, Host


@pytest.fixture
async def host(socket_enabled: None) -> AsyncIterator[Host]:
    host = Host()
    await host.start()
    yield host
    await host.stop()


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[ClientSession]:
    async with ClientSession(connector=TCPConnector(resolver=ThreadedResolver())) as session:
        yield session


@pytest.fixture
def clock() -> Clock:
    return Clock()
