"""The service's port: plain answers as from any host, and the stream."""

import asyncio
from typing import override

from aiohttp import hdrs, web
from multidict import CIMultiDict

from ..cloud.answers import Answer
from ..cloud.asked import Asked
from ..cloud.books import Books
from ..cloud.host import SHUTDOWN_S, Host
from .desk import Desk
from .events import TOPICS
from .office import Call, Office
from .routes import STREAMS, find
from .stream import KEEP_ALIVE_S, Stream

BAD_TOPICS = Answer(status=400, body={"error": "invalid_topics"})


class Front(Host):
    """Listens; what a client asked for goes on after the client has gone, except for the stream.

    keep_alive: real seconds between two signs of life
    stalling:   so many streams from now on never say anything
    """

    def __init__(self, desk: Desk, office: Office, books: Books, **where: object) -> None:
        """Prepare to listen."""
        super().__init__("teslemetry", desk, books, **where)  # type: ignore[arg-type]  # port and tls
        self.keep_alive = KEEP_ALIVE_S
        self.stalling = 0
        self.streamed = asyncio.Event()
        self._asking, self._office = desk, office
        self._answering: set[asyncio.Task[web.StreamResponse]] = set()

    @override
    async def open(self) -> None:
        if self._runner is not None:
            return
        server = web.Server(self._handle, handler_cancellation=True, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=self._tls).start()
        self.port = runner.addresses[0][1]
        self._runner = runner

    @override
    async def close(self) -> None:
        await super().close()
        for task in tuple(self._answering):
            task.cancel()
        await asyncio.gather(*self._answering, return_exceptions=True)

    @override
    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        name, _ = find(request.method, request.path)
        if name in STREAMS:
            return await self._stream(request)
        answering = asyncio.create_task(super()._handle(request), name=f"Teslemetry answers {name}")
        self._answering.add(answering)
        answering.add_done_callback(self._answering.discard)
        return await asyncio.shield(answering)

    async def _stream(self, request: web.BaseRequest) -> web.StreamResponse:
        asked = self._noted(request)
        call = await self._admitted(asked)
        if isinstance(call, Answer):
            if call.lost and request.transport is not None:
                request.transport.abort()
            asked.status = call.status
            headers = {**call.headers, hdrs.CONTENT_TYPE: call.content_type}
            return web.Response(status=call.status, body=call.text.encode(), headers=headers)
        asked.status = 200
        topics = _topics(asked) or frozenset(TOPICS)
        stream = Stream(
            call.customer,
            self._office.dialect,
            topics=topics,
            whose=call.vin or asked.values.get("vin", ""),
            field=asked.values.get("field", ""),
            keep_alive=self.keep_alive,
        )
        self._greet(stream, call, cached=asked.query.get("cache", "true") != "false")
        self._office.streams.append(stream)
        self.streamed.set()
        try:
            return await stream.serve(request, {"x-region": call.customer.region})
        finally:
            self._office.streams.remove(stream)
            self.streamed.set()

    def _greet(self, stream: Stream, call: Call, *, cached: bool) -> None:
        """Say what is known, to whom wants it; to some say nothing, for ever."""
        if self.stalling > 0:
            self.stalling -= 1
            stream.stall()
        stream.say(self._office.dialect.greeting())
        if cached:
            for event in self._office.snapshot(call.customer):
                stream.tell(event)

    async def _admitted(self, asked: Asked) -> Answer | Call:
        """Return who may listen, or why nobody may."""
        fault = self._books.faults.meet(asked.name)
        if fault is not None:
            await asyncio.sleep(fault.delay)
            if fault.answer is not None:
                return fault.answer
            if fault.spoil is None and not fault.drop:
                await fault.over.wait()
            if fault.spoil is None:
                return Answer(status=503, lost="drop")
        if refused := self._asking.too_many(asked):
            return refused
        call = self._asking.admit(asked)
        if not isinstance(call, Answer) and "topics" in asked.query and not _topics(asked):
            return BAD_TOPICS
        return call

    def _noted(self, request: web.BaseRequest) -> Asked:
        name, values = find(request.method, request.path)
        asked = Asked(
            name=name,
            host=self.name,
            method=request.method,
            path=request.path,
            query=dict(request.query),
            headers=CIMultiDict(request.headers),
            body="",
            at=self._books.clock.now(),
            scheme=request.scheme,
            values=values,
        )
        self._books.asked.append(asked)
        return asked


def _topics(asked: Asked) -> frozenset[str]:
    """Read the topics; none where one of them is none."""
    names = [name.strip() for name in asked.query.get("topics", "").split(",")]
    return frozenset(names) if all(name in TOPICS for name in names) else frozenset()
