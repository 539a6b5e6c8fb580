"""How often the legacy stream is asked for in a day in which it is refused."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import override

from aiohttp import ClientSession

from custom_components.tesla_direct.tesla.source.legacy_stream import TICK, LegacyStreamSource
from custom_components.tesla_direct.tesla.source.source import Health
from simulator.certificates import Authorities
from simulator.cloud.region import TABLE
from simulator.myteslamate.service import MyTeslaMate
from simulator.world import World

from .frames import vin
from .home import Wall
from .sources_refusals import Day, Deaf, told, until_over
from .table import Figure

HELLO_S = 0.05  # real seconds
SILENCE_S = 0.1  # real seconds without a frame, after which a connection is given up
ANSWERED_S = 0.005  # real seconds in which the service has answered whatever was asked
TURNS = 4  # of the loop, in which it has at least heard that something was asked
EVERY_SOCKET = 1_000_000
CARS = 2  # of which one alone may be refused


def _nothing() -> None:
    """Leave the service as it is."""


@dataclass(frozen=True, slots=True)
class Way:
    """How a service refuses.

    begin, end:    have it do so, and no longer
    once_it_works: what it does as soon as the stream works
    stays:         the socket stays open, or one for other cars does: then time passes while it is
    """

    begin: Callable[[], object] = _nothing
    end: Callable[[], object] = _nothing
    once_it_works: Callable[[], object] = _nothing
    stays: bool = False


class StreamDay(Day):
    """A day with a socket, on which something is done each second.

    Where each socket ends at once no time passes on it, so that there are rather too many attempts than too
    few; where one stays, none passes before the service has answered what it was asked.
    """

    def __init__(self, service: MyTeslaMate, wall: Wall, *, stays: bool) -> None:
        """Begin."""
        super().__init__(service, wall)
        self._stays = stays
        self._stream = service.streaming
        self._asked = self._counted()

    @override
    async def sleep(self, seconds: float) -> None:
        if seconds == TICK:
            await self._answered()
        await super().sleep(seconds)

    async def _answered(self) -> None:
        if not self._stays:
            await asyncio.Event().wait()
        for _ in range(TURNS):
            await asyncio.sleep(0)
        while (counted := self._counted()) != self._asked:
            self._asked = counted
            await asyncio.sleep(ANSWERED_S)

    def _counted(self) -> int:
        return self._stream.counts.total()


class Refusing:
    """A service that refuses, and what came of it."""

    def __init__(self, world: World, service: MyTeslaMate, wall: Wall) -> None:
        """Begin."""
        self._world, self._service, self._wall = world, service, wall
        self.figures: list[Figure] = []

    async def day(self, name: str, way: Way) -> None:
        """Live a day: refused from its beginning, or as soon as the stream works."""
        before, seen = self._paid, self._seen
        way.begin()
        day = StreamDay(self._service, self._wall, stays=way.stays)

        def fares(health: Health) -> None:
            if health.works:
                way.once_it_works()

        async with ClientSession() as session:
            source = LegacyStreamSource(
                {vin(number): Deaf() for number in range(1, CARS + 1)},
                session=session,
                url=self._service.stream_address,
                tokens=day,
                tags={},
                raw=False,
                clock=self._wall,
                on_health=fares,
                on_login_expired=day.over.set,
                sleep=day.sleep,
                silence=SILENCE_S,
            )
            await until_over(day, source.run())
        way.end()
        sockets, asked, checks = (now - then for now, then in zip(self._seen, seen, strict=True))
        # A socket that stays may be asked on again and again, which costs the service as much as another one.
        day.attempts += max(0, asked - CARS * max(sockets, 1))
        self.figures += told(
            f"legacy stream, {name}",
            day,
            self._paid - before,
            f"{sockets} sockets, {asked} subscriptions, {checks} free checks, {day.renewals} renewals",
        )

    @property
    def _seen(self) -> tuple[int, int, int]:
        counted = self._service.counted()
        return counted["connects"], counted["subscribes"], counted["validations"]

    @property
    def _paid(self) -> int:
        asked = sum(TABLE[one.name].category != "free" for one in self._service.requests())
        return asked + sum(self._world.cloud.billed().values())


async def measure(folder: Path) -> list[Figure]:
    """Be refused for a day, in each way."""
    wall = Wall()
    authorities = Authorities(folder=folder / "authorities")
    async with World(speed=0, wall=wall, authorities=authorities) as world:
        for number in range(1, CARS + 1):
            world.add_car("typed", vin=vin(number))
        service = await world.open_myteslamate()
        service.lift_limits()
        service.set_hello(HELLO_S)
        for one in world.cars:
            service.pair(one)
        refusing = Refusing(world, service, wall)
        for name, way in _ways(service, *world.cars).items():
            await refusing.day(name, way)
        await service.stream_down()
        await refusing.day("nobody listens", Way())
    return refusing.figures


def _ways(service: MyTeslaMate, one: str, other: str) -> dict[str, Way]:
    """Return the ways in which a service refuses two cars."""

    def refuse(why: str) -> None:
        service.refuse_car(one, why)
        service.refuse_car(other, why)

    def take() -> None:
        service.take_car(one)
        service.take_car(other)
        service.speak_as_of_old(on=False)

    def of_old() -> None:
        service.speak_as_of_old()
        refuse("invalid_token")

    def storm(*, on: bool) -> None:
        service.storm(one, on=on)
        service.storm(other, on=on)

    def upgrade() -> None:
        service.answer_upgrades(None)

    return {
        "one car is not synced: error, and the end": Way(lambda: service.refuse_car(one), take, stays=True),
        "any error for both, and the end": Way(lambda: refuse("Internal error"), take),
        "401 instead of a socket": Way(lambda: service.answer_upgrades(401), upgrade),
        "401 for the token, and the end": Way(lambda: refuse("invalid_token"), take),
        "an error of the token, and an open socket": Way(of_old, take),
        "an error of what is behind it": Way(once_it_works=lambda: service.say_api_error(one)),
        "hello, and nothing else": Way(stays=True),
        "a socket, and no word": Way(
            lambda: service.stall_streams(EVERY_SOCKET), lambda: service.stall_streams(0)
        ),
        "vehicle_disconnected at each word": Way(lambda: storm(on=True), lambda: storm(on=False), stays=True),
        "ended as soon as it works": Way(once_it_works=service.end_streams),
        "503 instead of a socket": Way(lambda: service.answer_upgrades(503), upgrade),
    }
