"""[I/O] The telemetry listener: mutual TLS and WebSocket, ending here.

Source: telemetry protocol, sections 2, 3, 7 and 8
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
import logging
import ssl
import time
from typing import Any, Protocol
from weakref import WeakSet

from aiohttp import WSCloseCode, WSMsgType, web

from ..errors import WireError
from .bounds import Bounds
from .connection import Connection, Record
from .forwarded import NotForwarded
from .gate import Gate
from .identity import VEHICLE, Identity, Unauthorized, identify
from .listening import PortTaken, check_port, listen
from .pace import Pace
from .requests import Proxied, Quiet, certificate_of, connection_id, header, one_request

_LOGGER = logging.getLogger(__name__)

__all__ = ["Link", "PortTaken", "Proxied", "Subscriber", "TelemetryServer", "check_port"]


@dataclass(eq=False)
class Link:
    """One open socket of one car, for whoever wants to know.

    opened_at, last_record_at: seconds since 1970, by our clock
    """

    connection: Connection
    connection_id: str
    network_interface: str
    opened_at: float
    last_record_at: float = 0.0
    records: int = 0
    counters: Counter[str] = field(default_factory=Counter)


class Subscriber(Protocol):
    """Whoever takes the records of a car over."""

    def link_opened(self, link: Link) -> None:
        """Learn that a car has connected."""

    def link_closed(self, link: Link) -> None:
        """Learn that a connection has ended."""

    def take(self, record: Record, received: float) -> Iterable[None]:
        """Take a record over; each iteration is a pause in work that would take too long at one go."""


class TelemetryServer:
    """One port on which cars deliver their records."""

    def __init__(  # noqa: PLR0913  # what a port has
        self,
        context: ssl.SSLContext,
        *,
        server_names: Iterable[str],
        handshake_cost: float,
        bounds: Bounds = Bounds(),  # noqa: B008  # it cannot be changed
        clock: Callable[[], float] = time.perf_counter,
        proxied: Proxied | None = None,
    ) -> None:
        """Prepare to listen; `subscribe` says whose records are wanted.

        clock:   seconds, to measure how long work takes
        proxied: the proxy in front of us that ends TLS, if there is one
        """
        self.links: dict[str, list[Link]] = {}
        self.turned_away: Counter[str] = Counter()
        self.port = 0
        self._bounds = bounds
        self._clock = clock
        self._subscribers: dict[str, Subscriber | None] = {}
        self._subscribed = asyncio.Event()
        self._tasks: dict[Link, asyncio.Task[Any]] = {}  # cancelling one ends its connection
        self._transports = WeakSet[asyncio.Transport]()  # of everybody who got in
        self._upgrades: dict[asyncio.Transport, asyncio.TimerHandle] = {}  # oldest first
        app = web.Application(client_max_size=1024, middlewares=[one_request])
        app.router.add_route("*", "/status", self._status)
        app.router.add_route("*", "/{path:.*}", self._upgrade)
        self._runner = web.AppRunner(
            app,
            access_log=None,
            handle_signals=False,
            lingering_time=0.0,  # nobody is asked for more than headers, so no body is waited for
            shutdown_timeout=bounds.farewell,
            logger=Quiet(_LOGGER),
        )
        self.gate = Gate(
            context,
            self._make_protocol,
            server_names=server_names,
            handshake_cost=handshake_cost,
            on_admitted=self._expect_upgrade,
            bounds=bounds,
            is_peer=self._is_peer,
        )
        self.show(context, proxied)

    def show(self, context: ssl.SSLContext, proxied: Proxied | None) -> None:
        """Shake hands with these from now on; connections stay as they are."""
        self._proxied = proxied
        self.gate.context = context
        self.gate.peer_context = proxied.context if proxied else None

    def _is_peer(self, address: str) -> bool:
        return self._proxied is not None and self._proxied.forwarding.names(address)

    async def start(self, port: int, addresses: Iterable[str]) -> None:
        """Listen on a port at each of the addresses this machine has; port 0 takes a free one.

        Raises: PortTaken, OSError
        """
        sockets = listen(port, addresses)
        self.port = sockets[0].getsockname()[1]
        await self._runner.setup()
        self.gate.listen(sockets)

    async def stop(self) -> None:
        """Close the port and every connection; cars connect again when it is open again."""
        await self.gate.close()
        for timer in self._upgrades.values():
            timer.cancel()
        self._upgrades.clear()
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        for transport in tuple(self._transports):
            transport.abort()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._runner.cleanup()

    def subscribe(self, vin: str, subscriber: Subscriber) -> None:
        """Take a car's records from now on; what waited for a subscriber goes on."""
        self._subscribers[vin] = subscriber
        self._wake()
        for link in self.links.get(vin, ()):
            subscriber.link_opened(link)

    def pause(self, vin: str) -> None:
        """Keep a car's connections, and its records unacknowledged, until somebody subscribes again."""
        if vin in self._subscribers:
            self._subscribers[vin] = None

    def forget(self, vin: str) -> None:
        """Turn a car away from now on."""
        self._subscribers.pop(vin, None)
        for link in self.links.get(vin, ()):
            self._tasks[link].cancel()

    def _wake(self) -> None:
        """Let those look again who wait for a subscriber."""
        self._subscribed.set()
        self._subscribed = asyncio.Event()

    def _make_protocol(self) -> asyncio.Protocol:
        server = self._runner.server
        assert server is not None  # noqa: S101  # the runner was set up before anybody could connect
        protocol: asyncio.Protocol = server()
        return protocol

    def _expect_upgrade(self, transport: asyncio.Transport) -> None:
        """Give a client that got in some time to say what it wants; there is room for so many at once."""
        self._transports.add(transport)
        if len(self._upgrades) >= self._bounds.undecided:
            oldest = next(iter(self._upgrades))
            self._upgrades[oldest].cancel()
            self._give_up(oldest, "crowded_out")
        loop = asyncio.get_running_loop()
        give_up = loop.call_later(self._bounds.upgrade, self._give_up, transport, "no_upgrade")
        self._upgrades[transport] = give_up

    def _give_up(self, transport: asyncio.Transport, reason: str) -> None:
        """Send a client away that has asked for nothing."""
        del self._upgrades[transport]
        self.turned_away[reason] += 1
        transport.abort()

    def _request_came(self, request: web.Request) -> asyncio.Transport | None:
        transport = request.transport
        if transport is not None and (timer := self._upgrades.pop(transport, None)):
            timer.cancel()
        return transport

    async def _status(self, request: web.Request) -> web.StreamResponse:
        """Answer who wants to know whether mutual TLS works, as the official server does."""
        transport = self._request_came(request)
        if transport is None:
            raise web.HTTPGone
        if self._certificate(request, transport) is None:
            raise web.HTTPForbidden
        return web.Response(text="mtls ok")

    async def _upgrade(self, request: web.Request) -> web.StreamResponse:
        transport = self._request_came(request)
        if transport is None:
            raise web.HTTPGone
        if request.method != "GET":
            raise web.HTTPMethodNotAllowed(request.method, ["GET"])
        identity = self._identify(request, transport)
        if identity is None:
            raise web.HTTPForbidden
        # Compression is declined although cars offer it: a receiver that accepted it lost them. Pings are
        # answered by us, because answering them is work as well.
        ws = web.WebSocketResponse(
            autoclose=False,
            autoping=False,
            compress=False,
            decode_text=False,
            heartbeat=None,
            max_msg_size=self._bounds.message,
        )
        version = request.headers.get("Sec-WebSocket-Version")  # aiohttp would take older ones as well
        if version != "13" or not ws.can_prepare(request).ok:
            self.turned_away["no_websocket"] += 1
            raise web.HTTPBadRequest(headers={"Sec-WebSocket-Version": "13"})
        await ws.prepare(request)
        link = Link(
            Connection(identity, header(request, "Version")),
            connection_id(request.headers.get("X-TXID", "")),
            header(request, "X-Network-Interface"),
            time.time(),
        )
        try:
            self._open(link)
            await self._serve(link, ws, transport)
        finally:
            transport.abort()  # without a word, as the official server does
            self._close(link)
        return ws

    def _certificate(self, request: web.Request, transport: asyncio.Transport) -> bytes | None:
        """Return the verified certificate of whoever asks (DER), None if there is none to believe."""
        try:
            return certificate_of(request, transport, self._proxied)
        except NotForwarded as refusal:
            self.turned_away[f"forwarded_{refusal.reason}"] += 1
            _LOGGER.debug("Telemetry port: a certificate that was handed on is not taken: %s", refusal)
            return None

    def _identify(self, request: web.Request, transport: asyncio.Transport) -> Identity | None:
        """Return who the verified certificate belongs to, None if it is nobody whose records we take."""
        certificate = self._certificate(request, transport)
        if certificate is None:
            return None
        try:
            identity = identify(certificate)
        except WireError as error:
            reason = error.reason if isinstance(error, Unauthorized) else "unreadable"
            self.turned_away[f"identity_{reason}"] += 1
            return None
        if identity.client_type != VEHICLE:
            self.turned_away["no_vehicle"] += 1
            return None
        if identity.device_id not in self._subscribers:
            self.turned_away["unknown_vehicle"] += 1
            _LOGGER.debug("Telemetry port: a car that is not set up here was turned away")
            return None
        return identity

    def _open(self, link: Link) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101  # aiohttp has one for each request
        vin = link.connection.identity.device_id
        links = self.links.setdefault(vin, [])
        links.append(link)
        self._tasks[link] = task
        for oldest in links[: -self._bounds.sockets_per_car]:
            self._tasks[oldest].cancel()
        if subscriber := self._subscribers.get(vin):
            subscriber.link_opened(link)

    def _close(self, link: Link) -> None:
        vin = link.connection.identity.device_id
        self.links[vin].remove(link)
        if not self.links[vin]:
            del self.links[vin]
        del self._tasks[link]
        if subscriber := self._subscribers.get(vin):
            subscriber.link_closed(link)

    async def _serve(self, link: Link, ws: web.WebSocketResponse, transport: asyncio.Transport) -> None:
        """Take messages until the connection ends."""
        pace = Pace(self._bounds.busy, self._clock)
        while True:
            message = await ws.receive()
            pace.begin()
            try:
                if message.type is WSMsgType.BINARY:
                    await self._take(link, message.data, pace)
                    for answer in link.connection.data_to_send():
                        await self._send(transport, ws.send_bytes, answer)
                elif message.type is WSMsgType.PING:
                    await self._send(transport, ws.pong, message.data)
                elif message.type is WSMsgType.CLOSE:
                    code = message.data or WSCloseCode.OK
                    await self._send(transport, ws.close, code=code, drain=False)
                    return
                elif message.type is not WSMsgType.PONG:
                    # Text is no record, and everything else says that the connection has ended.
                    link.counters[message.type.name.lower()] += 1
                    return
            except ConnectionError, TimeoutError:
                link.counters["lost_while_answering"] += 1
                return
            # As long as there is something to receive, receiving lets nobody else in.
            if (wait := pace.end()) is not None:
                await asyncio.sleep(wait)

    async def _take(self, link: Link, message: bytes, pace: Pace) -> None:
        """Take one message over; it may be answered then."""
        received = time.time()
        for _ in link.connection.receive_in_slices(message):
            await _others_first(pace)
        for record in link.connection.records_received():
            await self._hand_over(link, record, received, pace)
            link.records += 1
            link.last_record_at = received

    async def _hand_over(self, link: Link, record: Record, received: float, pace: Pace) -> None:
        """Hand a record to whoever takes the car's; while there is nobody, wait.

        A record that its subscriber fails at counts as taken: it would come again for ever otherwise, and
        keep away what follows.

        Raises: ConnectionAbortedError if nobody comes; the car will connect and deliver again
        """
        while True:
            subscriber = self._subscribers.get(record.vin)
            if subscriber is None:
                pace.end()
                await self._somebody(record.vin)
                pace.begin()
                continue
            try:
                for _ in subscriber.take(record, received):
                    await _others_first(pace)
                    if self._subscribers.get(record.vin) is not subscriber:
                        break  # it is not there any more to finish this; the next one gets it whole
                else:
                    return
            except Exception:
                link.counters["failed"] += 1
                level = logging.ERROR if link.counters["failed"] == 1 else logging.DEBUG
                _LOGGER.log(level, "A record of topic %s was not taken over", record.topic, exc_info=True)
                return

    async def _somebody(self, vin: str) -> None:
        """Wait until the car has a subscriber.

        Raises: ConnectionAbortedError if that takes too long
        """
        try:
            async with asyncio.timeout(self._bounds.subscriber):
                while self._subscribers.get(vin) is None:
                    await self._subscribed.wait()
        except TimeoutError as error:
            raise ConnectionAbortedError from error

    async def _send[**P](
        self,
        transport: asyncio.Transport,
        send: Callable[P, Awaitable[Any]],
        *args: P.args,
        **named: P.kwargs,
    ) -> None:
        """Send; a car that takes nothing any more has a limited time to begin again.

        Raises: ConnectionError, TimeoutError
        """
        if transport.get_write_buffer_size():
            async with asyncio.timeout(self._bounds.write):
                await send(*args, **named)
        else:
            await send(*args, **named)


async def _others_first(pace: Pace) -> None:
    """Let others have their turn in the middle of the work."""
    await asyncio.sleep(pace.end() or 0.0)
    pace.begin()
