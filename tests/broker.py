"""A real broker for tests that want one: `from tests.broker import Broker`, or the fixture `broker`.

The class is the simulator's (`simulator/broker.py`), because demo and bench start one, too.
"""

from collections.abc import AsyncIterator

import pytest

from simulator.broker import Broker

__all__ = ["Broker", "broker"]


@pytest.fixture
async def broker(socket_enabled: None) -> AsyncIterator[Broker]:
    """Import it into a conftest.py or a test file to have it."""
    async with Broker() as running:
        yield running
