"""A broker, somebody who listens there, and a TeslaMate that publishes to it."""

from collections.abc import AsyncIterator

import pytest

from simulator.broker import Broker
from tests.broker import broker
from tests.simulator.fleet_telemetry.listener import Listener

__all__ = ["broker"]


@pytest.fixture
async def listener(broker: Broker) -> AsyncIterator[Listener]:  # pytest hands it in by its name
    async with Listener(broker) as listener:
        yield listener
