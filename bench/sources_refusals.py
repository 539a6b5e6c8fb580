"""How often a source tries again in a day in which it is refused: the real source, the simulated service."""

import asyncio
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any, Protocol

from aiohttp import ClientSession

from custom_components.tesla_direct.tesla.decode.payload import Car
from custom_components.tesla_direct.tesla.source.mqtt import Form, MqttSource
from custom_components.tesla_direct.tesla.source.source import Health
from custom_components.tesla_direct.tesla.source.sse import SseSource
from simulator.certificates import Authorities
from simulator.teslemetry.service import Teslemetry
from simulator.world import World

from .frames import vin
from .home import Wall
from .sources_lines import BASE
from .table import Figure

DAY = 86_400.0
AIM = 200
KEEP_ALIVE_S = 0.01  # real seconds until a stream has said something
LIMIT = 60.0  # real seconds that a day may take


class Service(Protocol):
    """Who gives tokens to paste."""

    token: str

    def paste_token(self) -> str:
        """Give one."""


class Deaf:
    """A car of which nothing is to be learned."""

    def car(self) -> Car:
        """Return what has to be known to read what it streams."""
        return Car(zone=UTC)

    def apply(self, *_: Any) -> None:
        """Take nothing in."""

    witness = complain = count = set_links = apply

    def alert(self, *_: Any, snapshot: bool = False) -> None:
        """Take nothing in."""


class Day:
    """A day that passes as whoever waits in it waits, and the tokens of it."""

    def __init__(self, service: Service, wall: Wall) -> None:
        """Begin; a refused token is replaced by another one that is good."""
        self._service, self._wall = service, wall
        self._from = wall.ahead
        self._token = service.token
        self.over = asyncio.Event()
        self.attempts = 0
        self.renewals = 0

    async def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self._wall.ahead += seconds
        if self._wall.ahead - self._from >= DAY:
            self.over.set()
            await asyncio.Event().wait()
        await asyncio.sleep(0)

    async def access_token(self) -> str:
        """Return a token."""
        self.attempts += 1
        return self._token

    async def replace(self, _refused: str) -> str:
        """Return another one."""
        self.renewals += 1
        self._token = self._service.paste_token()
        return self._token


async def _followed(service: Teslemetry, wall: Wall, on_health: Callable[[Health], None]) -> Day:
    """Follow the stream for a day, or until it is given up for good."""
    day = Day(service, wall)
    async with ClientSession() as session:
        source = SseSource(
            {vin(1): Deaf()},
            session=session,
            url=f"{service.base}/sse",
            tokens=day,
            clock=wall,
            sleep=day.sleep,
            on_health=on_health,
            on_login_expired=day.over.set,
        )
        await until_over(day, source.run())
    return day


async def until_over(day: Day, work: Any) -> None:
    """Do some work until the day is over, or the work is."""
    task = asyncio.ensure_future(work)
    try:
        async with asyncio.timeout(LIMIT):
            over = asyncio.ensure_future(day.over.wait())
            await asyncio.wait((task, over), return_when=asyncio.FIRST_COMPLETED)
    finally:
        over.cancel()
        task.cancel()
        await asyncio.wait((task,))
    if not task.cancelled():
        task.result()


async def _refused_broker(service: Teslemetry, wall: Wall) -> Day:
    """Have nobody take a subscription for a day."""
    day = Day(service, wall)

    async def subscribe(*_: Any) -> Any:
        day.attempts += 1
        raise ConnectionError

    source = MqttSource(
        {vin(1): Deaf()},
        form=Form.TOPICS,
        topic=BASE,
        subscribe=subscribe,
        clock=wall,
        sleep=day.sleep,
        on_health=lambda _health: None,
    )
    await until_over(day, source.run())
    return day


async def measure(folder: Path) -> list[Figure]:
    """Be refused for a day, in each way."""
    wall = Wall()
    figures = []
    async with World(speed=0, wall=wall, authorities=Authorities(folder=folder / "authorities")) as world:
        world.add_car("typed", vin=vin(1))
        service = await world.open_teslemetry()
        service.lift_limits()
        service.set_keep_alive(KEEP_ALIVE_S)

        def paid() -> int:
            counted = service.counted()["credits"]
            return int(sum(counted.values()) + sum(world.cloud.billed().values()))

        def ends(how: Callable[[], None]) -> Callable[[Health], None]:
            return lambda health: how() if health.works else None

        def quiet(_health: Health) -> None:
            """Leave the service as it is."""

        async def day(name: str, on_health: Callable[[Health], None] = quiet) -> None:
            before, asked = paid(), len(service.requests("sse"))
            lived = await _followed(service, wall, on_health)
            seen = len(service.requests("sse")) - asked
            figures.extend(
                told(name, lived, paid() - before, f"the service has seen {seen}; {lived.renewals} renewals")
            )

        service.refuse("sse", "service_unavailable")
        await day("503")
        service.accept("sse")
        service.refuse("sse", 401)
        await day("401, also after a renewal")
        service.accept("sse")
        await day("ended in good order as soon as it has begun", ends(service.end_streams))
        await day("broken off in the middle of a message", ends(service.break_streams))
        await service.down()
        await day("nobody listens")
        before = paid()
        figures += told("no broker", await _refused_broker(service, wall), paid() - before, "")
    return figures


def told(name: str, day: Day, paid: int, detail: str) -> list[Figure]:
    """Return what came of a day."""
    if not day.attempts:
        raise RuntimeError(f"{name}: nothing was tried")
    return [
        Figure(f"attempts in a day: {name}", day.attempts, AIM, detail=detail),
        Figure("  paid calls", paid, 0),
    ]
