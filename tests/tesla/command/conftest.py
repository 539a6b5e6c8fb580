"""Time for those who send commands."""

from collections.abc import AsyncIterator

import pytest

from tests.tesla.fleet_api.conftest import clock, host, session

from .passing import Passing

__all__ = ["clock", "host", "session"]


@pytest.fixture
async def passing() -> AsyncIterator[Passing]:
    async with Passing() as passing:
        yield passing
