"""A source that follows a stream, and all that it tells."""

import asyncio
from collections.abc import Callable
import ssl
from typing import Any

from aiohttp import ClientSession

from custom_components.tesla_direct.tesla.errors import TeslaError
from custom_components.tesla_direct.tesla.fleet_api.teslemetry_rows import CreditsEvent
from custom_components.tesla_direct.tesla.source.source import Health
from custom_components.tesla_direct.tesla.source.sse import SseSource
from tests.home import until

from .endless import Endless
from .streamed import NOW, VIN, Service
from .told import Told


class Asker:
    """Hands out tokens; each replacement is another one. What `failures` holds is raised instead."""

    def __init__(self, token: str = "") -> None:
        self.number = 1
        self.fixed = token
        self.failures: list[TeslaError] = []
        self.replacing: TeslaError | None = None

    async def access_token(self) -> str:
        if self.failures:
            raise self.failures.pop(0)
        if self.fixed:
            return self.fixed
        return f"secret{self.number}"

    async def replace(self, refused: str) -> str:
        if self.replacing is not None:
            raise self.replacing
        assert refused == f"secret{self.number}"
        self.number += 1
        return f"secret{self.number}"


class Followed(Endless):
    """A source, all that it tells, and a clock that moves on whenever it pauses."""

    def __init__(  # noqa: PLR0913  # what may be another one
        self,
        session: ClientSession,
        url: str,
        *,
        vin: str = VIN,
        token: str = "",
        clock: Callable[[], float] | None = None,
        silence: float = 30.0,
        trusting: ssl.SSLContext | None = None,
    ) -> None:
        self.now = NOW
        self.pauses: list[float] = []
        self.tokens = Asker(token)
        self.car = Told("sse")
        self.health: list[Health] = []
        self.credits: list[CreditsEvent] = []
        self.configs: list[tuple[str, Any]] = []
        self.whole: list[tuple[str, frozenset[str], float]] = []
        self.strangers: list[str] = []
        self.expired = 0
        self.source = SseSource(
            {vin: self.car},
            session=session,
            url=url,
            tokens=self.tokens,
            clock=clock or (lambda: self.now),
            sleep=self._sleep,
            random=lambda: 0.5,
            silence=silence,
            ssl=trusting,
            on_health=self.health.append,
            on_credits=self.credits.append,
            on_config=lambda vin, fields: self.configs.append((vin, fields)),
            on_vehicle_data=lambda *told: self.whole.append(told),
            on_login_expired=self._expire,
            on_stranger=self.strangers.append,
        )

    @property
    def troubles(self) -> list[str]:
        return [health.trouble for health in self.health]

    async def begin(self, service: Service) -> None:
        """Run until the stream is open, and something has come."""
        streams = len(service.streams)
        if self._task is None:
            self.run(self.source.run())
        await until(lambda: len(service.streams) > streams)
        service.send(b": welcome\n")
        await until(lambda: self.source.health.works and self.source.health.begun == streams)

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)

    def _expire(self) -> None:
        self.expired += 1
