"""One host of the cloud: a loopback port, what was asked there, and the faults on the way."""

import asyncio
from collections.abc import Mapping
from ssl import SSLContext
from typing import Protocol

from aiohttp import hdrs, web
from multidict import CIMultiDict

from .answers import Answer
from .asked import Asked
from .books import Books
from .faults import Fault

SHUTDOWN_S = 0.05  # real seconds that a request in progress has when its host goes down


class Desk(Protocol):
    """Who answers at a host."""

    def find(self, method: str, path: str) -> tuple[str, Mapping[str, str]]:
        """Return an endpoint's name and what the path holds."""

    async def respond(self, asked: Asked) -> Answer:
        """Carry out a request."""


class Host:
    """Listens on one port, which stays its own while it is down."""

    def __init__(
        self, name: str, desk: Desk, books: Books, *, port: int = 0, tls: SSLContext | None = None
    ) -> None:
        """Prepare to listen; port 0 takes any free one."""
        self.name, self.port = name, port
        self._desk, self._books, self._tls = desk, books, tls
        self._runner: web.ServerRunner | None = None

    @property
    def base(self) -> str:
        """Return its address, without a slash at the end."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self.port}"

    @property
    def listening(self) -> bool:
        """Tell whether it is there."""
        return self._runner is not None

    async def open(self) -> None:
        """Begin to listen."""
        if self._runner is not None:
            return
        server = web.Server(self._handle, access_log=None)
        runner = web.ServerRunner(server, shutdown_timeout=SHUTDOWN_S)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", self.port, ssl_context=self._tls)
        await site.start()
        self.port = runner.addresses[0][1]
        self._runner = runner

    async def close(self) -> None:
        """Stop listening and drop every connection."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def present(self, tls: SSLContext | None) -> None:
        """Show another certificate from now on, or none, at the same port."""
        await self.close()
        self._tls = tls
        await self.open()

    async def take(self, asked: Asked) -> Answer | None:
        """Take a request, wherever it comes from; None if there will never be an answer."""
        self._books.asked.append(asked)
        answer = await self._answer(asked, self._books.faults.meet(asked.name))
        if answer is not None and answer.lost == "hang":
            await self._books.faults.hold(asked.name).wait()
        if answer is None or answer.lost:
            return None
        asked.status = answer.status
        return answer

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        name, values = self._desk.find(request.method, request.path)
        asked = Asked(
            name=name,
            host=self.name,
            method=request.method,
            path=request.path,
            query=dict(request.query),
            headers=CIMultiDict(request.headers),
            body=(await request.read()).decode(errors="replace"),
            at=self._books.clock.now(),
            scheme=request.scheme,
            values=values,
        )
        answer = await self.take(asked)
        if answer is None:
            return _hang_up(request, web.Response())
        if answer.cut:
            return await _send_half(request, answer)
        headers = {**answer.headers, hdrs.CONTENT_TYPE: answer.content_type}
        return web.Response(status=answer.status, body=answer.text.encode(), headers=headers)

    async def _answer(self, asked: Asked, fault: Fault | None) -> Answer | None:
        """Return the answer, spoilt where a fault says so; None if there will never be one."""
        if fault is None:
            return await self._desk.respond(asked)
        if fault.delay:
            await asyncio.sleep(fault.delay)
        honest = await self._desk.respond(asked) if fault.after else None
        if fault.spoil is not None and honest is not None:
            return fault.spoil(honest)
        if fault.answer is not None:
            return fault.answer
        if fault.drop:
            return None
        await fault.over.wait()
        return None


async def _send_half(request: web.BaseRequest, answer: Answer) -> web.StreamResponse:
    """Promise a whole body, send half of it, and hang up."""
    body = answer.text.encode()
    headers = {**answer.headers, hdrs.CONTENT_TYPE: answer.content_type}
    response = web.StreamResponse(status=answer.status, headers=headers)
    response.content_length = len(body)
    await response.prepare(request)
    await response.write(body[: len(body) // 2])
    return _hang_up(request, response)


def _hang_up(request: web.BaseRequest, response: web.StreamResponse) -> web.StreamResponse:
    if request.transport is not None:
        request.transport.close()
    return response
