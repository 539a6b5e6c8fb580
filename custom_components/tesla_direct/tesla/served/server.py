"""[I/O] The port on which TeslaMate is served: a few questions, and the stream. It only tells what is known.

Nobody is asked for anything here: neither Tesla nor a car, so that it costs nothing.
Source: providers, sections 4 and 5
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
import logging

from aiohttp import web

from ..fleet_api.json_text import read as read_json
from ..fleet_telemetry.listening import PortTaken, listen
from ..fleet_telemetry.requests import Quiet
from ..vehicle.connectivity import Power
from ..vehicle.signal import Report
from . import questions
from .bounds import Bounds
from .car import ServedCar
from .doors import Doors
from .questions import Answer
from .refusals import (
    BLOCKED,
    NO_REQUEST,
    NOT_A_READ,
    TOO_MANY_CONNECTIONS,
    UNREADABLE,
    WRONG_TOKEN,
)
from .strangers import Strangers
from .stream import Client

_LOGGER = logging.getLogger(__name__)

__all__ = ["PortTaken", "TeslaMateServer"]

STREAM = "/streaming"
RENEWAL = "/token"  # whatever stands before it is TeslaMate's own TESLA_AUTH_PATH
API = "/api/1/"
READS = ("GET", "HEAD")


class TeslaMateServer:
    """One port, and whoever reads there.

    answered: how often each question was answered
    refused:  how often something was not, by why
    """

    def __init__(
        self,
        cars: Mapping[str, ServedCar],
        token: str,
        *,
        clock: Callable[[], float],
        bounds: Bounds = Bounds(),  # noqa: B008  # it cannot be changed
    ) -> None:
        """Prepare to listen.

        cars:  by VIN
        clock: seconds, by which failed attempts are forgotten
        """
        self.answered = Counter[str]()
        self.refused = Counter[str]()
        self.port = 0
        self._cars = cars
        self._doors = Doors(token)
        self._clock = clock
        self._bounds = bounds
        self._clients: set[Client] = set()
        self._strangers = Strangers(bounds)
        self._listeners: list[asyncio.Server] = []
        self._sweeping: asyncio.Task[None] | None = None
        app = web.Application(client_max_size=bounds.body, middlewares=[self._first])
        self._runner = web.AppRunner(
            app,
            access_log=None,
            handle_signals=False,
            keepalive_timeout=bounds.idle,
            lingering_time=0.0,
            shutdown_timeout=bounds.farewell,
            logger=Quiet(_LOGGER),
        )

    async def start(self, address: str, port: int) -> None:
        """Listen at an address of this machine; port 0 takes a free one.

        Raises: PortTaken, OSError
        """
        both = ("0.0.0.0", address) if address == "::" else (address,)  # noqa: S104  # as others mean it
        sockets = listen(port, both)
        self.port = sockets[0].getsockname()[1]
        await self._runner.setup()
        loop = asyncio.get_running_loop()
        for sock in sockets:
            self._listeners.append(await loop.create_server(self._make_protocol, sock=sock))
        self._sweeping = asyncio.create_task(self._sweep(), name="tesla_direct served port")

    async def stop(self) -> None:
        """Close the port and every connection."""
        for listener in self._listeners:
            listener.close()
        self._listeners.clear()
        if self._sweeping is not None:
            self._sweeping.cancel()
            await asyncio.wait((self._sweeping,))
        for client in tuple(self._clients):
            client.end()
        await self._runner.cleanup()

    @property
    def clients(self) -> int:
        """How many follow the stream."""
        return len(self._clients)

    def change_token(self, token: str) -> None:
        """Let in whoever has this token from now on, and nobody else."""
        self._doors = Doors(token)
        for client in tuple(self._clients):
            client.end()

    def take(self, vin: str, report: Report) -> None:
        """Tell whoever follows a car what a report says, which is known already."""
        car = self._cars[vin]
        if car.take(report) and self._clients and (value := car.value()) is not None:
            for client in self._clients:
                client.tell(car, value)

    def power_changed(self, vin: str) -> None:
        """Tell whoever follows a car that it went to sleep, or woke."""
        car = self._cars[vin]
        value = car.value() if car.power is Power.ONLINE else None
        for client in self._clients:
            if car.power is not Power.ONLINE:
                client.tell_offline(car)
            elif value is not None:
                client.tell(car, value)

    def _make_protocol(self) -> asyncio.Protocol:
        server = self._runner.server
        assert server is not None  # noqa: S101  # the runner was set up before anybody could connect
        if len(server.connections) >= self._bounds.places:
            self.refused[TOO_MANY_CONNECTIONS] += 1
            if not self._strangers.make_room():
                return _TurnedAway()
        handler = server()
        self._strangers.greet(handler, asyncio.get_running_loop().time())
        return handler

    async def _sweep(self) -> None:
        """Send away who has connected, and shows no token."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(self._bounds.first_request / 2)
            if ended := self._strangers.end_overdue(loop.time()):
                self.refused[NO_REQUEST] += ended

    @web.middleware
    async def _first(
        self,
        request: web.Request,
        handler: Callable[[web.Request], Awaitable[web.StreamResponse]],  # aiohttp's, by name
    ) -> web.StreamResponse:
        """Answer whatever is asked, whether there is a route or not; tell of errors of ours."""
        try:
            response = await self._answer(request)
        except ConnectionError:
            raise  # the other side has left, which aiohttp can deal with
        except web.HTTPException as refusal:
            self.refused[UNREADABLE] += 1
            response = _error(refusal.status, refusal.reason.lower())
            response.force_close()  # what was not read would be taken for the next request
        except Exception:
            _LOGGER.exception("A request of a TeslaMate has failed")
            response = _error(500, "internal server error")
        if request.protocol in self._strangers and not response.prepared:
            response.force_close()  # no place is kept for who has not shown the token
        return response

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        path = request.path.rstrip("/")
        if path == STREAM and request.method == "GET":
            return await self._stream(request)
        if path.endswith(RENEWAL) and request.method == "POST" and not path.startswith(API):
            return await self._renew(request)
        if not self._doors.admits(request.headers, request.query):
            return self._wrong_token(request)
        self._strangers.forget(request.protocol)
        if request.method not in READS:
            self.refused[NOT_A_READ] += 1
            return _error(405, "this server is read-only", {"Allow": ", ".join(READS)})
        return self._give(questions.answer(path, self._cars.values()))

    def _give(self, answer: Answer) -> web.Response:
        """Count an answer, and give it."""
        if answer.refused:
            self.refused[answer.refused] += 1
        else:
            self.answered[answer.asked] += 1
        return web.json_response(answer.body, status=answer.status)

    async def _renew(self, request: web.Request) -> web.Response:
        """Renew a token: it is the same as before."""
        try:
            async with asyncio.timeout(self._bounds.body_time):
                body = read_json((await request.read()).decode())
        except TimeoutError:
            self.refused[NO_REQUEST] += 1
            return _error(408, "the request did not come")
        except web.RequestPayloadError:
            self.refused[UNREADABLE] += 1
            return _error(400, "the request cannot be read")
        except ValueError, RecursionError:
            body = None
        token = body.get("refresh_token") if isinstance(body, dict) else None
        admitted = self._doors.admits(request.headers, request.query)
        if not admitted and not (isinstance(token, str) and self._doors.opens(token)):
            return self._wrong_token(request)
        self._strangers.forget(request.protocol)
        return self._give(questions.renewed(self._doors.token))

    async def _stream(self, request: web.Request) -> web.StreamResponse:
        """Serve one client of the stream, until it leaves or is sent away."""
        ws = web.WebSocketResponse(
            timeout=self._bounds.farewell, compress=False, max_msg_size=self._bounds.message
        )
        if not ws.can_prepare(request).ok or request.transport is None:
            self.refused[UNREADABLE] += 1
            return _error(400, "this is a WebSocket")
        self._strangers.leave_alone(request.protocol)  # from now on the client sees to it
        await ws.prepare(request)
        client = Client(
            ws,
            request.transport,
            bounds=self._bounds,
            refused=self.refused,
            opens=lambda token: self._opens(request, token),
            find=lambda tag: questions.find(tag, self._cars.values()),
        )
        self._clients.add(client)
        self.answered["stream"] += 1
        try:
            await client.serve()
        finally:
            self._clients.discard(client)
            self._strangers.forget(request.protocol)
            client.end()
        return ws

    def _opens(self, request: web.Request, token: str) -> bool:
        """Return whether a token of the stream is the right one."""
        if self._doors.opens(token):
            self._strangers.forget(request.protocol)
            return True
        self._fail(request)
        return False

    def _wrong_token(self, request: web.Request) -> web.Response:
        if wait := self._fail(request):
            return _error(429, "too many failed attempts", {"Retry-After": str(round(wait) + 1)})
        return _error(401, "invalid bearer token")

    def _fail(self, request: web.Request) -> float:
        """Count a wrong token; return for how many seconds its address is told to wait, 0 if it is not.

        Whoever has the right one is served all the same: behind a proxy all come from one address.
        """
        address, now = request.remote or "", self._clock()
        if wait := self._doors.shut_for(address, now):
            self.refused[BLOCKED] += 1
            return wait
        self.refused[WRONG_TOKEN] += 1
        if self.refused[WRONG_TOKEN] == 1:
            _LOGGER.info("Somebody asks what serves TeslaMate, without the right token")
        self._doors.failed(address, now)
        return 0.0


class _TurnedAway(asyncio.Protocol):
    """A connection for which there is no room."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """End it."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # a socket's
        transport.abort()


def _error(status: int, error: str, headers: Mapping[str, str] | None = None) -> web.Response:
    """Return a no, as Tesla words it."""
    return web.json_response(questions.error(error), status=status, headers=headers)
