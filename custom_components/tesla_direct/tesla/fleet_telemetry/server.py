"""[I/O] The telemetry listener: mutual TLS and WebSocket, ending here.

Source: telemetry protocol, sections 2, 3, 7 and 8
"""

import asyncio
from collections import Counter
from collections.abc import Iterable
import contextlib
from dataclasses import dataclass, field
import errno
import logging
import socket
import ssl
import time
from typing import Protocol
from uuid import UUID, uuid4

from aiohttp import WSCloseCode, WSMsgType, web

from ..errors import WireError
from .connection import SLICE, Connection, Record
from .gate import BACKLOG, Gate
from .identity import VEHICLE, Identity, identify

_LOGGER = logging.getLogger(__name__)

UPGRADE_LIMIT = 10.0  # seconds from the handshake to the WebSocket upgrade
WRITE_LIMIT = 10.0  # seconds until a car has to have taken an answer, as in the official server
# Messages up to a million bytes are records, above that they are refused and the socket stays; what exceeds
# this as well is no car, and not worth the memory.
WEBSOCKET_LIMIT = 4_000_000
SOCKETS_PER_CAR = 8  # cars overlap two or three (Wi-Fi, cellular, one that died unnoticed)
# Whoever keeps us busy waits as long as he kept us busy: a car with thousands of buffered records is read
# at half speed, and nobody else notices.
BUSY_LIMIT = 0.004  # seconds of work before a pause is due
SUBSCRIBER_LIMIT = 60.0  # seconds a record waits for its subscriber while an entry is reloaded


class PortTaken(OSError):
    """Somebody else listens on the port."""


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

    def __init__(
        self, context: ssl.SSLContext, *, server_names: frozenset[str], handshake_cost: float
    ) -> None:
        """Prepare to listen; `subscribe` says whose records are wanted."""
        self.links: dict[str, list[Link]] = {}
        self.turned_away: Counter[str] = Counter()
        self._subscribers: dict[str, Subscriber | None] = {}
        self._subscribed = asyncio.Event()
        self._sockets: dict[Link, asyncio.Transport] = {}
        self._upgrades: dict[asyncio.BaseTransport, asyncio.TimerHandle] = {}
        app = web.Application(logger=_LOGGER, client_max_size=1024)
        app.router.add_route("*", "/status", self._status)
        app.router.add_route("*", "/{path:.*}", self._upgrade)
        self._runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=1.0)
        self.gate = Gate(
            context,
            self._make_protocol,
            server_names=server_names,
            handshake_cost=handshake_cost,
            on_admitted=self._expect_upgrade,
        )
        self.port = 0

    async def start(self, port: int, addresses: Iterable[str]) -> None:
        """Listen on a port at each of the addresses; port 0 takes a free one.

        Raises: PortTaken, OSError
        """
        await self._runner.setup()
        sockets: list[socket.socket] = []
        try:
            for address in addresses:
                sockets += _listen(address, port or self.port)
                self.port = sockets[0].getsockname()[1]
        except OSError:
            for sock in sockets:
                sock.close()
            await self._runner.cleanup()
            raise
        self.gate.listen(sockets)

    async def stop(self) -> None:
        """Close the port and every connection; cars connect again when it is open again."""
        await self.gate.close()
        for timer in self._upgrades.values():
            timer.cancel()
        self._upgrades.clear()
        # As the official server does, and because a car must not wait for a farewell.
        for transport in tuple(self._sockets.values()):
            transport.abort()
        await self._runner.cleanup()

    def subscribe(self, vin: str, subscriber: Subscriber) -> None:
        """Take a car's records from now on; what waited for a subscriber goes on."""
        self._subscribers[vin] = subscriber
        for link in self.links.get(vin, ()):
            subscriber.link_opened(link)
        self._subscribed.set()
        self._subscribed = asyncio.Event()

    def pause(self, vin: str) -> None:
        """Keep a car's connections, and its records unacknowledged, until somebody subscribes again."""
        if vin in self._subscribers:
            self._subscribers[vin] = None

    def forget(self, vin: str) -> None:
        """Turn a car away from now on."""
        self._subscribers.pop(vin, None)
        for link in self.links.get(vin, ()):
            self._sockets[link].abort()
        self._subscribed.set()
        self._subscribed = asyncio.Event()

    def _make_protocol(self) -> asyncio.Protocol:
        server = self._runner.server
        assert server is not None  # noqa: S101  # the runner was set up before anybody could connect
        protocol: asyncio.Protocol = server()
        return protocol

    def _expect_upgrade(self, transport: asyncio.Transport) -> None:
        """Give a client that got in some time to say what it wants."""

        def give_up() -> None:
            self._upgrades.pop(transport, None)
            self.turned_away["no_upgrade"] += 1
            transport.abort()

        self._upgrades[transport] = asyncio.get_running_loop().call_later(UPGRADE_LIMIT, give_up)

    def _request_came(self, request: web.Request) -> asyncio.Transport | None:
        transport = request.transport
        if transport is not None and (timer := self._upgrades.pop(transport, None)):
            timer.cancel()
        return transport

    async def _status(self, request: web.Request) -> web.StreamResponse:
        """Answer who wants to know whether mutual TLS works, as the official server does."""
        self._request_came(request)
        return web.Response(text="mtls ok", headers={"Connection": "close"})

    async def _upgrade(self, request: web.Request) -> web.StreamResponse:
        transport = self._request_came(request)
        if transport is None:
            raise web.HTTPGone
        if request.method != "GET":
            raise web.HTTPMethodNotAllowed(request.method, ["GET"])
        identity = self._identify(transport)
        if identity is None:
            raise web.HTTPForbidden
        # Compression is declined although cars offer it: a receiver that accepted it lost them.
        ws = web.WebSocketResponse(
            autoclose=False, compress=False, heartbeat=None, max_msg_size=WEBSOCKET_LIMIT, decode_text=False
        )
        if not ws.can_prepare(request).ok:
            self.turned_away["no_websocket"] += 1
            raise web.HTTPBadRequest(headers={"Sec-WebSocket-Version": "13"})
        await ws.prepare(request)
        link = Link(
            Connection(identity, request.headers.get("Version", "")[:100]),
            _connection_id(request.headers.get("X-TXID", "")),
            request.headers.get("X-Network-Interface", "")[:100],
            time.time(),
        )
        self._open(link, transport)
        try:
            await self._serve(link, ws, transport)
        finally:
            self._close(link)
            transport.abort()
        return ws

    def _identify(self, transport: asyncio.Transport) -> Identity | None:
        """Return who the verified certificate belongs to, None if it is nobody whose records we take."""
        tls: ssl.SSLObject = transport.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True)
        try:
            identity = identify(certificate or b"")
        except WireError as error:
            self.turned_away[f"identity_{error}"] += 1
            return None
        if identity.client_type != VEHICLE:
            self.turned_away["no_vehicle"] += 1
            return None
        if identity.device_id not in self._subscribers:
            self.turned_away["unknown_vehicle"] += 1
            _LOGGER.debug("Telemetry port: a car that is not set up here was turned away")
            return None
        return identity

    def _open(self, link: Link, transport: asyncio.Transport) -> None:
        vin = link.connection.identity.device_id
        links = self.links.setdefault(vin, [])
        if len(links) >= SOCKETS_PER_CAR:
            self._sockets[links[0]].abort()
        links.append(link)
        self._sockets[link] = transport
        if subscriber := self._subscribers.get(vin):
            subscriber.link_opened(link)

    def _close(self, link: Link) -> None:
        vin = link.connection.identity.device_id
        self.links[vin].remove(link)
        if not self.links[vin]:
            del self.links[vin]
        del self._sockets[link]
        if subscriber := self._subscribers.get(vin):
            subscriber.link_closed(link)

    async def _serve(self, link: Link, ws: web.WebSocketResponse, transport: asyncio.Transport) -> None:
        """Take messages until the connection ends."""
        busy = 0.0
        finished = time.perf_counter()
        while True:
            message = await ws.receive()
            if message.type is WSMsgType.CLOSE:
                with contextlib.suppress(ConnectionError, asyncio.TimeoutError):
                    await ws.close(code=message.data or WSCloseCode.OK, drain=False)
                return
            if message.type is not WSMsgType.BINARY:
                # Text is no record, and everything else says that the connection has ended.
                link.counters[message.type.name.lower()] += 1
                return
            started = time.perf_counter()
            try:
                await self._take(link, ws, transport, message.data)
            except ConnectionError, TimeoutError:
                link.counters["lost_while_answering"] += 1
                return
            now = time.perf_counter()
            # The time between two messages works off what the earlier ones took.
            busy = max(0.0, busy - (started - finished)) + (now - started)
            finished = now
            if busy > BUSY_LIMIT:
                await asyncio.sleep(busy)

    async def _take(
        self, link: Link, ws: web.WebSocketResponse, transport: asyncio.Transport, message: bytes
    ) -> None:
        """Take one message over, then answer it."""
        connection = link.connection
        received = time.time()
        if len(message) > SLICE:
            for _ in connection.receive_in_slices(message):
                await asyncio.sleep(0)
        else:
            connection.receive_message(message)
        for record in connection.records_received():
            subscriber = await self._subscriber(record.vin)
            for _ in subscriber.take(record, received):
                await asyncio.sleep(0)
            link.records += 1
            link.last_record_at = received
        for answer in connection.data_to_send():
            if transport.get_write_buffer_size():
                async with asyncio.timeout(WRITE_LIMIT):
                    await ws.send_bytes(answer)
            else:
                await ws.send_bytes(answer)

    async def _subscriber(self, vin: str) -> Subscriber:
        """Return who takes the records of a car; while its entry is reloaded, wait.

        Raises: ConnectionAbortedError if nobody comes; the car will connect and deliver again
        """
        try:
            async with asyncio.timeout(SUBSCRIBER_LIMIT):
                while (subscriber := self._subscribers.get(vin)) is None:
                    if vin not in self._subscribers:
                        raise ConnectionAbortedError
                    await self._subscribed.wait()
        except TimeoutError as error:
            raise ConnectionAbortedError from error
        return subscriber


def check_port(port: int, addresses: Iterable[str]) -> None:
    """Find out whether a port could be opened, by opening it for a moment.

    Raises: PortTaken, OSError
    """
    for address in addresses:
        for sock in _listen(address, port):
            sock.close()


def _listen(address: str, port: int) -> list[socket.socket]:
    """Open a listening socket; a machine without IPv6 has none for `::`."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        sock = socket.socket(family, socket.SOCK_STREAM)
    except OSError:
        if family == socket.AF_INET6:
            return []
        raise
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        sock.bind((address, port))
        sock.listen(BACKLOG)
    except OSError as error:
        sock.close()
        if error.errno == errno.EADDRINUSE:
            raise PortTaken(error.errno, error.strerror) from error
        raise
    return [sock]


def _connection_id(txid: str) -> str:
    """Return the car's own id for the connection if it is one, else a new one."""
    try:
        return str(UUID(txid))
    except ValueError:
        return str(uuid4())
