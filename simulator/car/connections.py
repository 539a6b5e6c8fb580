"""A car's telemetry connections: opened while they are wanted, worked on, lost and opened again."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
import ssl
from uuid import UUID

import aiohttp

from ..clock import Clock
from ..tasks import Tasks
from .envelope import Stream, read_answer, write
from .link import TROUBLES, CompressionAccepted, Link, Loopback, connect
from .model import Model
from .outbox import Outbox, Record
from .stream import StreamConfig

RETRY_FIRST_S = 1.0
RETRY_MOST_S = 30.0
KEPT = 50
NOT_SENT = ("Accept", "Accept-Encoding", "User-Agent")  # what aiohttp would add of its own


@dataclass(frozen=True, slots=True)
class Identity:
    """Who connects: the car, and a file with its certificate and key."""

    model: Model
    credential: Path
    random: Random


class Connections:
    """Delivers what is in the outbox over one connection, or over several at a time.

    answers_pings: real cars were not seen to, so these do not unless told
    pings, compressed: how often a receiver pinged, or accepted compression
    closings:      the code of each close frame, None where the connection just ended
    """

    def __init__(
        self, who: Identity, outbox: Outbox, clock: Clock, lost: Callable[[list[Record]], None]
    ) -> None:
        """Connect nowhere yet; `lost` is given what went out and will not be answered any more."""
        self.open: list[Link] = []
        self.troubles: deque[Exception] = deque(maxlen=KEPT)
        self.closings: deque[int | None] = deque(maxlen=KEPT)
        self.interface = "wifi"
        self.answers_pings = False
        self.pings = self.compressed = self.connects = 0
        self._who, self._outbox, self._clock, self._lost = who, outbox, clock, lost
        self._config: StreamConfig | None = None
        self._signal = True
        self._wanted = asyncio.Event()
        self._work = asyncio.Event()
        self._moved = asyncio.Event()
        self._nap: asyncio.Future[None] | None = None
        self._hurried = False
        self._ghosts: list[Link] = []
        self._session: aiohttp.ClientSession | None = None

    def update(self, model: Model) -> None:
        """Start again with other software."""
        self._who = replace(self._who, model=model)
        self.close()

    def aim(self, config: StreamConfig | None) -> None:
        """Connect to where a configuration says, instead of where it was; None connects nowhere."""
        if config != self._config:
            self.close()
        # With a port in quotes everybody is content, and the car never connects.
        self._config = config if config and isinstance(config.port, int) else None
        self._reconsider()

    def close(self) -> None:
        """Close every connection in good order; one that is wanted is opened again."""
        for link in self.open:
            link.ended.set()

    def lose_signal(self, *, silently: bool) -> None:
        """Lose the network: with a reset, or silently, so that the receiver notices nothing."""
        self._signal = False
        for link in self.open:
            if silently:
                link.ghost = True
                link.ended.set()
            else:
                link.cut()
        self._reconsider()

    def regain_signal(self) -> None:
        """Find the network again."""
        self._signal = True
        self._reconsider()

    def overlap(self, interface: str, tasks: Tasks) -> None:
        """Open one more connection beside those that are, over another network."""

        async def once() -> None:
            await self._serve(interface)

        tasks.start(once(), f"{self._who.model.vin} over {interface}")

    def wake(self) -> None:
        """Look into the outbox: something was put there."""
        self._work.set()

    async def until(self, reached: Callable[[], bool]) -> None:
        """Return once something has come true that a connection, a record or an answer can change."""
        while not reached():
            self._moved.clear()
            await self._moved.wait()

    async def flushed(self) -> None:
        """Return once everything has been sent, or nothing can be."""
        await self.until(lambda: not (self._outbox.waiting and self.open))

    async def settled(self) -> None:
        """Return once every record is sent and answered, or there is no connection for it."""
        await self.until(lambda: not (self.open and (self._outbox.waiting or self._outbox.unanswered)))

    async def run(self) -> None:
        """Keep connected for as long as that is wanted."""
        wait = RETRY_FIRST_S
        try:
            while True:
                await self._wanted.wait()
                self._hurried = False
                # Only an answer proves life; a connection alone may be refused a moment later.
                answers = await self._serve(self.interface)
                wait = RETRY_FIRST_S if answers else min(wait * 2, RETRY_MOST_S)
                if not self._hurried:
                    self._nap = self._clock.alarm(wait)
                    await self._nap
        finally:
            for ghost in self._ghosts:
                ghost.cut()
                await ghost.close()
            if self._session is not None:
                await self._session.close()

    def trouble_names(self) -> list[tuple[str, str]]:
        """Name what went wrong while connecting, with its text, as Fleet API lists it."""
        certificate = (ssl.SSLError, aiohttp.ClientSSLError)
        return [
            (
                "cloud_manager_certificate_error"
                if isinstance(error, certificate)
                else "cloud_manager_connection_error",
                str(error),
            )
            for error in self.troubles
        ]

    async def _serve(self, interface: str) -> int:
        """Connect and work until it ends; return how many answers came."""
        config = self._config
        if config is None:
            return 0
        try:
            link = await self._open(config, interface)
        except TROUBLES as error:
            self.compressed += isinstance(error, CompressionAccepted)
            self.troubles.append(error)
            self._moved.set()
            return 0
        self.connects += 1
        self.open.append(link)
        self._moved.set()
        if config is not self._config or not self._signal:
            link.ended.set()  # it fell asleep, or the network went, while it was connecting
        try:
            await self._work_on(link)
        finally:
            self.open.remove(link)
            if link.ghost:
                self._ghosts.append(link)
            else:
                link.cut()
                await link.close()
            self._lost(self._outbox.give_up(link.connection))
            self._moved.set()
        return link.answers

    async def _open(self, config: StreamConfig, interface: str) -> Link:
        if self._session is None:
            connector = aiohttp.TCPConnector(resolver=Loopback(), limit=0, force_close=True)
            self._session = aiohttp.ClientSession(connector=connector, skip_auto_headers=NOT_SENT)
        headers = {
            "X-Network-Interface": interface,
            "X-TXID": str(UUID(int=self._who.random.getrandbits(128), version=4)),
        }
        if self._who.model.client:
            headers["Version"] = self._who.model.client
        return await connect(self._session, config, self._who.credential, headers=headers)

    async def _work_on(self, link: Link) -> None:
        jobs = [
            asyncio.create_task(job(link), name=f"{self._who.model.vin} {job.__name__}")
            for job in (self._deliver, self._listen, self._end)
        ]
        try:
            done, _ = await asyncio.wait(jobs, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for job in jobs:
                job.cancel()
            await asyncio.wait(jobs)
        for job in done:
            if not isinstance(job.exception(), TROUBLES):
                job.result()

    async def _deliver(self, link: Link) -> None:
        while True:
            await self._work.wait()
            taken = self._outbox.take(link.connection, self._clock.now())
            if taken is None:
                self._work.clear()
                continue
            txid, record = taken
            try:
                await link.send(write(self._stream(txid, record)))
            except TROUBLES:
                self._outbox.untake(txid)
                raise
            self._moved.set()
            await asyncio.sleep(0)  # so that two connections share the work

    async def _listen(self, link: Link) -> None:
        while True:
            message = await link.receive()
            self._moved.set()
            match message.type:
                case aiohttp.WSMsgType.BINARY:
                    link.answers += 1
                    self._outbox.answered(read_answer(message.data), link.connection)
                case aiohttp.WSMsgType.PING:
                    self.pings += 1
                    if self.answers_pings:
                        await link.pong(message.data)
                case aiohttp.WSMsgType.TEXT | aiohttp.WSMsgType.PONG:
                    self._outbox.strange.append(f"a message of type {message.type.name}")
                case _:
                    self.closings.append(message.data if isinstance(message.data, int) else None)
                    return

    @staticmethod
    async def _end(link: Link) -> None:
        await link.ended.wait()
        if not link.ghost:
            await link.close()

    def _stream(self, txid: str, record: Record) -> Stream:
        vin = self._who.model.vin
        return Stream(
            txid=txid,
            topic=record.topic,
            payload=record.payload,
            device_id=vin,
            created_at=max(int(record.at), 0),
            sender_id=f"vehicle_device.{vin}",
        )

    def _reconsider(self) -> None:
        if self._signal and self._config is not None:
            self._wanted.set()
            self._hurried = True
            if self._nap is not None and not self._nap.done():
                self._nap.set_result(None)
        else:
            self._wanted.clear()
