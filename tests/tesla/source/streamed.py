"""A car that keeps whatever a stream delivers, and a service that streams what a test says."""

import asyncio
from collections.abc import Iterable, Sequence
import json
import ssl
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import web

from custom_components.tesla_direct.tesla.decode.payload import Car
from custom_components.tesla_direct.tesla.vehicle.alert import Alert, Complaint
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event
from custom_components.tesla_direct.tesla.vehicle.signal import Report
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState

VIN = "5YJ3E7EB0SF000001"
OTHER_VIN = "7SAYGDEF1SA000002"
CREATED = "2026-10-07T10:20:00.500Z"
AT = 1_791_368_400.5  # the same
NOW = AT + 1


class StreamedInto:
    """A car as a source sees it; `heard` is what it was told, in that order."""

    def __init__(self) -> None:
        self.state = VehicleState()
        self.reports: list[Report] = []
        self.heard: list[object] = []

    @property
    def links(self) -> list[int]:
        return [one[1] for one in self.heard if isinstance(one, tuple) and one[0] == "links"]

    def apply(self, report: Report) -> None:
        self.state.apply(report)
        self.reports.append(report)
        self.heard.append("report")

    def witness(self, event: Event) -> None:
        self.heard.append(event)

    def alert(self, alerts: Iterable[Alert], *, snapshot: bool = False) -> None:
        self.heard.append(("alerts", tuple(alert.name for alert in alerts), snapshot))

    def complain(self, complaints: Iterable[Complaint]) -> None:
        self.heard.append(("errors", tuple(complaint.name for complaint in complaints)))

    def count(self, signals: int, fields: Sequence[int] = ()) -> None:
        raise AssertionError("what a service streams is billed by nobody")

    def set_links(self, source: str, links: int, network_interface: str | None = None) -> None:
        assert source == "sse"
        self.heard.append(("links", links, network_interface))

    def car(self) -> Car:
        return Car(zone=ZoneInfo("Europe/London"), firmware=(2026, 26, 6))


class Service:
    """Answers one attempt after the other: a status with a body, or a stream that goes on until told.

    asked:   what came in
    streams: the connections that are open, each fed by `send`
    """

    def __init__(self) -> None:
        self.asked: list[web.Request] = []
        self.streams: list[asyncio.Queue[bytes | None]] = []
        self.refusals: list[web.Response] = []
        self.breaks_off = False  # refusals end in the middle
        self.url = ""
        self.content_type = "text/event-stream"
        self._runner: web.AppRunner | None = None

    async def start(self, tls: ssl.SSLContext | None = None) -> None:
        app = web.Application()
        app.router.add_get("/sse", self._answer)
        self._runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=tls).start()
        begin = "https://localhost" if tls else "http://127.0.0.1"
        self.url = f"{begin}:{self._runner.addresses[0][1]}/sse"

    async def stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

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

    async def _answer(self, request: web.Request) -> web.StreamResponse:
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
