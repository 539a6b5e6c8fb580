"""What stands in for Tesla's hosts: a scripted server on 127.0.0.1, made-up tokens, and a clock."""

import asyncio
from base64 import urlsafe_b64encode
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from aiohttp import web

FIXTURES = Path(__file__).parents[2] / "fixtures"
VIN = "5YJ3E7EB0SF000001"
OTHER_VIN = "7SAYGDEF1SA000002"
START = 1_791_360_000.0  # 2026-10-07, 08:00 UTC


def fixture(name: str) -> Any:
    """Return a captured answer."""
    return json.loads((FIXTURES / f"{name}.json").read_text())


def jwt(**claims: Any) -> str:
    """Return an access token that says this."""
    payload = urlsafe_b64encode(json.dumps({"sub": "account"} | claims).encode()).rstrip(b"=").decode()
    return f"eyJhbGciOiJub25lIn0.{payload}.c2lnbmF0dXJl"


class Clock:
    """Seconds since 1970, which pass only when a test says so, or somebody sleeps."""

    def __init__(self, now: float = START) -> None:
        self.now = now
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


@dataclass(frozen=True, kw_only=True)
class Seen:
    """A request as it arrived."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode()))


@dataclass(frozen=True, kw_only=True)
class Reply:
    """An answer as it is to leave.

    hold:  is waited for before anything leaves
    drop:  the connection is cut instead of an answer
    short: so many bytes of the body are announced, and never sent
    """

    status: int = 200
    body: bytes = b""
    headers: Mapping[str, str] = field(default_factory=dict)
    hold: asyncio.Event | None = None
    drop: bool = False
    short: int = 0


def reply(document: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Reply:
    """Return an answer in JSON."""
    return Reply(status=status, body=json.dumps(document).encode(), headers=headers or {})


class Host:
    """Answers in the order of `answers`, then by `otherwise`; keeps what it was asked in `requests`."""

    def __init__(self) -> None:
        self.answers: deque[Reply] = deque()
        self.otherwise: Callable[[Seen], Reply] = lambda _: reply({"error": "unscripted"}, 500)
        self.requests: list[Seen] = []
        self.asked = asyncio.Condition()
        self.url = ""
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._answer)
        # A client that leaves ends its answer too, so that nothing lingers after a test.
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{port}"

    async def stop(self) -> None:
        assert self._runner is not None
        await self._runner.cleanup()

    async def until_asked(self, times: int) -> None:
        """Wait until so many requests have arrived."""
        async with asyncio.timeout(60), self.asked:
            await self.asked.wait_for(lambda: len(self.requests) >= times)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        seen = Seen(
            method=request.method,
            path=request.raw_path,
            headers=dict(request.headers),
            body=await request.read(),
        )
        self.requests.append(seen)
        answer = self.answers.popleft() if self.answers else self.otherwise(seen)
        async with self.asked:
            self.asked.notify_all()
        if answer.hold is not None:
            await answer.hold.wait()
        if answer.drop:
            assert request.transport is not None
            request.transport.abort()
            return web.Response()
        if not answer.short:
            return web.Response(status=answer.status, body=answer.body, headers=answer.headers)
        response = web.StreamResponse(status=answer.status, headers=answer.headers)
        response.content_length = len(answer.body) + answer.short
        await response.prepare(request)
        await response.write(answer.body)
        assert request.transport is not None
        request.transport.close()
        return response
