"""Time for those who send commands."""

from collections.abc import AsyncIterator

import pytest

from .passing import Passing


@pytest.fixture
async def passing() -> AsyncIterator[Passing]:
    async with Passing() as passing:
        yield passing
