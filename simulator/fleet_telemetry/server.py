"""The server: cars of a world connect by mutual TLS, their records are handed on and acknowledged."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from pathlib import Path
import ssl
from typing import Any, Self
from uuid import UUID, uuid4

from aiohttp import WSMsgType, web

from ..certificates import Authorities, server_certificate, stranger
from ..clock import Clock
from .record import TOPICS, Peer, Record, connectivity, take

HOSTNAME = "fleet-telemetry.example.org"
SHUTDOWN_S = 0.05  # real seconds that a socket has when the server goes down
UNTIL_LIMIT = 30.0  # real seconds that a test or a demo waits for a car
RELIABLE = frozenset({"V", "alerts", "errors"})  # topics that are acknowledged once they are dispatched

type Dispatcher = Callable[[Record], Awaitable[None]]


class NotDispatched(Exception):
    """A dispatcher could not hand a record on."""


class Crashed(Exception):
    """A record that Tesla's server cannot stand: the connection that brought it ends."""


class FleetTelemetry:
    """Listens for cars and hands on what they say.

    dispatchers: each is awaited with every record, connectivity included; who cannot hand it on
                 raises NotDispatched or Crashed
    records:     how many came, by topic
    reliable:    topics whose records stay unanswered when a dispatcher fails
    """

    def __init__(  # noqa: PLR0913  # the knobs of a server
        self,
        authorities: Authorities,
        clock: Clock,
        folder: Path,
        *,
        hostname: str = HOSTNAME,
        topics: Collection[str] = TOPICS,
        reliable: Collection[str] = RELIABLE,
    ) -> None:
        """Prepare to listen; `folder` takes the server's certificate."""
        self.port = 0
        self.hostname = hostname
        self.dispatchers: list[Dispatcher] = []
        self.records: dict[str, int] = {}
        self.reliable = frozenset(reliable)
        self._topics = frozenset(topics)
        self._authority = stranger("Own Fleet Telemetry CA")
        self._tls = _tls(
            authorities, server_certificate(self._authority, hostname).write(folder / f"{uuid4().hex}.pem")
        )
        self._clock = clock
        self._moved = asyncio.Event()
        self._sockets: dict[web.WebSocketResponse, Peer] = {}
        self._runner: web.ServerRunner | None = None

    async def __aenter__(self) -> Self:
        """Begin to listen."""
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        """Stop listening."""
        await self.close()

    @property
    def ca(self) -> str:
        """Return the authority behind its certificate, which goes into a car's configuration."""
        return self._authority.certificate_pem()

    @property
    def connected(self) -> list[str]:
        """Return the VIN of each open socket."""
        return [peer.vin for peer in self._sockets.values()]

    def config(self, fields: Mapping[str, Any] | None = None, **more: Any) -> dict[str, Any]:
        """Make the telemetry configuration that leads a car here.

        fields: a number is an interval in seconds; without it, whatever the car sends (`Car.stream_to`)
        """
        rows = {} if fields is None else {"fields": {name: _pace(pace) for name, pace in fields.items()}}
        where = {"hostname": self.hostname, "port": self.port, "ca": self.ca}
        return {
            **where,
            "prefer_typed": True,
            "delivery_policy": "latest",
            "alert_types": ["service"],
            **rows,
            **more,
        }

    async def until(self, reached: Callable[[], bool], limit: float = UNTIL_LIMIT) -> None:
        """Return once something has come true that a socket or a record can change; in real seconds.

        Raises: TimeoutError
        """
        async with asyncio.timeout(limit):
            while not reached():
                self._moved.clear()
                await self._moved.wait()

    async def open(self) -> None:
        """Begin to listen, on the port it had."""
        if self._runner is None:
            runner = web.ServerRunner(web.Server(self._serve, access_log=None), shutdown_timeout=SHUTDOWN_S)
            await runner.setup()
            await web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=self._tls).start()
            self.port = runner.addresses[0][1]
            self._runner = runner

    async def close(self) -> None:
        """Stop listening and drop every car."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        socket = web.WebSocketResponse(compress=False, autoping=False, max_msg_size=0)
        await socket.prepare(request)
        peer = _peer(request)
        self._sockets[socket] = peer
        self._moved.set()
        try:
            await self._hand_on(connectivity(peer, self._clock.now(), connected=True))
            async for message in socket:
                if message.type is not WSMsgType.BINARY or not await self._take(socket, peer, message.data):
                    break
        finally:
            del self._sockets[socket]
            self._moved.set()
            await self._hand_on(connectivity(peer, self._clock.now(), connected=False))
            if request.transport is not None:
                request.transport.abort()
        return socket

    async def _take(self, socket: web.WebSocketResponse, peer: Peer, data: bytes) -> bool:
        """Take one message; tell whether the socket may stay."""
        taken = take(data, peer, self._clock.now(), self._topics)
        try:
            if taken.record is not None and not await self._hand_on(taken.record):
                return True
        except Crashed:
            return False
        if not socket.closed:
            await socket.send_bytes(taken.answer)
        return True

    async def _hand_on(self, record: Record) -> bool:
        """Give a record to every dispatcher; tell whether it may be acknowledged."""
        if record.topic not in self._topics:
            return True
        self.records[record.topic] = self.records.get(record.topic, 0) + 1
        failed = False
        for dispatcher in tuple(self.dispatchers):
            try:
                await dispatcher(record)
            except NotDispatched:
                failed = True
        self._moved.set()
        return not (failed and record.topic in self.reliable)


def _pace(pace: Any) -> dict[str, Any]:
    return dict(pace) if isinstance(pace, Mapping) else {"interval_seconds": pace}


def _peer(request: web.BaseRequest) -> Peer:
    """Read who connected; the certificate has been verified by the handshake."""
    tls = request.transport.get_extra_info("ssl_object") if request.transport else None
    certificate = tls.getpeercert() if tls else {}
    names = [value for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
    return Peer(
        vin=names[0].replace(".", "-") if names else "",
        connection=request.headers.get("X-TXID") or str(UUID(bytes=uuid4().bytes)),
        interface=request.headers.get("X-Network-Interface", ""),
        client=request.headers.get("Version", ""),
    )


def _tls(authorities: Authorities, certificate: Path) -> ssl.SSLContext:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate)
    tls.load_verify_locations(cadata=authorities.bundle())
    tls.verify_mode = ssl.CERT_REQUIRED
    return tls
