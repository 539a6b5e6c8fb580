"""A service that speaks the legacy stream and says what a test says, and a source that follows it."""

import asyncio
from collections.abc import Callable, Iterable
import json
from typing import Any, override

from aiohttp import ClientSession, WSMsgType, web

from custom_components.tesla_direct.tesla.fleet_api.transport import Trust
from custom_components.tesla_direct.tesla.source.legacy_silence import Elsewhere
from custom_components.tesla_direct.tesla.source.legacy_stream import LegacyStreamSource
from custom_components.tesla_direct.tesla.source.reconnect import Reconnect
from custom_components.tesla_direct.tesla.source.source import Health
from tests.home import until

from .endless import Endless
from .following import Asker
from .legacy_told import HELLO, NOW, VIN, frame
from .local_service import LocalService
from .told import Told


class Socket:
    """One connection: what a client has said, and how it ended."""

    def __init__(self, request: web.Request, socket: web.WebSocketResponse) -> None:
        self.said: list[dict[str, Any]] = []
        self.request = request
        self.socket = socket
        self.gone = asyncio.Event()

    @property
    def asked(self) -> list[str]:
        """Return which cars were asked for."""
        return [one["tag"] for one in self.said if one["msg_type"].startswith("data:subscribe")]

    async def say(self, *said: Any, binary: bool = False) -> None:
        for one in said:
            if binary:
                await self.socket.send_bytes(frame(one))
            else:
                await self.socket.send_str(frame(one).decode())


class Service(LocalService):
    """Listens on the loopback; `answers` says what each subscription is answered with.

    sockets:  all that were opened, oldest first
    statuses: what the next handshakes are refused with
    """

    def __init__(self) -> None:
        super().__init__("ws", "/streaming/")
        self.sockets: list[Socket] = []
        self.statuses: list[web.Response] = []
        self.answers: Callable[[dict[str, Any]], Iterable[Any]] = lambda _said: (HELLO,)
        self.cuts = False  # connections, once a subscription is answered
        self.closes: Callable[[dict[str, Any]], bool] = lambda _said: False

    @property
    def url(self) -> str:
        return self.base

    @override
    async def serve(self, request: web.Request) -> web.StreamResponse:
        if self.statuses:
            return self.statuses.pop(0)
        response = web.WebSocketResponse()
        await response.prepare(request)
        socket = Socket(request, response)
        self.sockets.append(socket)
        try:
            async for message in response:
                assert message.type is WSMsgType.TEXT
                said = json.loads(message.data)
                socket.said.append(said)
                if said["msg_type"].startswith("data:subscribe"):
                    await socket.say(*self.answers(said))
                    if self.closes(said):
                        await response.close()
                    if self.cuts and request.transport is not None:
                        request.transport.close()
        finally:
            socket.gone.set()
        return response


class Clock:
    """Stands still until it is moved; who sleeps by it wakes when it has come so far."""

    def __init__(self) -> None:
        self.now = NOW
        self.sleeps: list[float] = []
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    def __call__(self) -> float:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += seconds
        for at, woken in self._sleepers:
            if at <= self.now:
                woken.set()

    async def sleep(self, seconds: float) -> None:
        if seconds > 1:  # what is looked at every second is no news
            self.sleeps.append(seconds)
        sleeper = (self.now + seconds, asyncio.Event())
        self._sleepers.append(sleeper)
        try:
            await sleeper[1].wait()
        finally:
            self._sleepers.remove(sleeper)

    async def pass_by(self, seconds: float) -> None:
        """Sleep in no time."""
        self.sleeps.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


class Followed(Endless):
    """A source of some cars, and all that it tells."""

    def __init__(  # noqa: PLR0913  # what may be another one
        self,
        session: ClientSession,
        url: str,
        *vins: str,
        tags: dict[str, str] | None = None,
        raw: bool = False,
        silence: float = 30.0,
        trusting: Trust = None,
        in_no_time: bool = False,
        reconnect: Reconnect | None = None,
    ) -> None:
        self.clock = Clock()
        self.tokens = Asker()
        self.cars = {vin: Told("legacy_stream") for vin in vins or (VIN,)}
        self.health: list[Health] = []
        self.troubles: list[tuple[str, str]] = []
        self.strangers: list[str] = []
        self.elsewhere = Elsewhere()
        self.expired = 0
        self.source = LegacyStreamSource(
            self.cars,
            session=session,
            url=url,
            tokens=self.tokens,
            tags=tags or {},
            raw=raw,
            clock=self.clock,
            sleep=self.clock.pass_by if in_no_time else self.clock.sleep,
            random=lambda: 0.5,
            silence=silence,
            ssl=trusting,
            reconnect=reconnect,
            elsewhere=lambda _vin: self.elsewhere,
            on_health=self.health.append,
            on_car=lambda vin, trouble: self.troubles.append((vin, trouble)),
            on_login_expired=self._expire,
            on_stranger=self.strangers.append,
        )

    @property
    def car(self) -> Told:
        return next(iter(self.cars.values()))

    async def begin(self, service: Service, *, sockets: int = 1) -> Socket:
        """Run until so many connections were opened, and the newest one was accepted; return that."""
        if self._task is None:
            self.run(self.source.run())
        await until(lambda: len(service.sockets) >= sockets and service.sockets[-1].asked)
        await until(lambda: self.source.health.works)
        return service.sockets[-1]

    def _expire(self) -> None:
        self.expired += 1
