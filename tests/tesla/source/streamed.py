"""A service that streams what a test says."""

import asyncio
import json
from typing import Any, override

from aiohttp import web

from .local_service import LocalService

VIN = "5YJ3E7EB0SF000001"
OTHER_VIN = "7SAYGDEF1SA000002"
CREATED = "2026-10-07T10:20:00.500Z"
AT = 1_791_368_400.5  # the same
NOW = AT + 1


class Service(LocalService):
    """Answers one attempt after the other: a status with a body, or a stream that goes on until told.

    asked:   what came in
    streams: the connections that are open, each fed by `send`
    """

    def __init__(self) -> None:
        super().__init__("http", "/sse")
        self.asked: list[web.Request] = []
        self.streams: list[asyncio.Queue[bytes | None]] = []
        self.refusals: list[web.Response] = []
        self.breaks_off = False  # refusals end in the middle
        self.content_type = "text/event-stream"

    @property
    def url(self) -> str:
        return f"{self.base}/sse"

    def refuse(self, status: int, error: str = "", *, times: int = 1, headers: Any = None) -> None:
        """Refuse the next attempts."""
        self.refusals += [
            web.json_response({"error": error}, status=status, headers=headers) for _ in range(times)
        ]

    def send(self, *events: Any) -> None:
        """Send events on the newest stream, or bytes as they are."""
        for event in events:
            raw = event if isinstance(event, bytes) else b"data: " + json.dumps(event).encode() + b"\n\n"
            self.streams[-1].put_nowait(raw)

    def end(self) -> None:
        """End the newest stream as it should be."""
        self.streams[-1].put_nowait(None)

    def cut(self) -> None:
        """Cut the newest connection."""
        transport = self.asked[-1].transport
        assert transport is not None
        transport.abort()

    @override
    async def serve(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(request)
        if self.refusals:
            refusal = self.refusals.pop(0)
            if self.breaks_off:
                cut = web.StreamResponse(status=refusal.status)
                cut.content_length = 100
                await cut.prepare(request)
                self.cut()
                return cut
            return refusal
        queue = asyncio.Queue[bytes | None]()
        self.streams.append(queue)
        response = web.StreamResponse(headers={"Content-Type": self.content_type})
        response.enable_chunked_encoding()
        await response.prepare(request)
        while (chunk := await queue.get()) is not None:
            await response.write(chunk)
        await response.write_eof()
        return response
