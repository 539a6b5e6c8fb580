"""A receiver without Home Assistant: ours, or a bare one that parses the same and keeps nothing."""

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable
import json
from pathlib import Path
import time
from typing import Any
from zoneinfo import ZoneInfo

from aiohttp import WSMsgType, web

from custom_components.tesla_direct.tesla.decode.payload import Car, decode
from custom_components.tesla_direct.tesla.fleet_telemetry import tls
from custom_components.tesla_direct.tesla.fleet_telemetry.authority import read_bundle
from custom_components.tesla_direct.tesla.fleet_telemetry.connection import Record
from custom_components.tesla_direct.tesla.fleet_telemetry.envelope import acknowledgement, open_envelope
from custom_components.tesla_direct.tesla.fleet_telemetry.server import Link, TelemetryServer
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Payload
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState

from .certificates import HOST, Certificates, make
from .child import options, questions, tell
from .frames import vin

CAR = Car(zone=ZoneInfo("Europe/London"))


class Into:
    """Takes records into a state, as the receiver source does, and nothing else."""

    def __init__(self) -> None:
        """Start out knowing nothing."""
        self.state = VehicleState()
        self.skipped: Counter[str] = Counter()
        self.changed = 0

    def link_opened(self, link: Link) -> None:
        """Take no notice."""

    def link_closed(self, link: Link) -> None:
        """Take no notice."""

    def take(self, record: Record, received: float) -> Iterable[None]:
        """Take it into the state."""
        if isinstance(record.message, Payload):
            report = decode(record.message, received, CAR, self.skipped)
            self.changed += len(self.state.apply(report))
        return ()


async def ours(made: Certificates, cars: int) -> tuple[int, Any]:
    """Start our receiver; return its port and what tells how many values were changed."""
    bundle = read_bundle(made.bundle.encode())
    context = tls.server_context(made.server, bundle, time.time())
    server = TelemetryServer(
        context, server_names=frozenset({HOST}), handshake_cost=tls.handshake_cost(made.server)
    )
    await server.start(0, ("127.0.0.1",))
    takers = [Into() for _ in range(cars)]
    for number, taker in enumerate(takers, 1):
        server.subscribe(vin(number), taker)
    return server.port, lambda: sum(taker.changed for taker in takers)


async def bare(
    made: Certificates, *, read: bool, show: Callable[[dict[int, Any]], None] | None = None
) -> tuple[int, Any]:
    """Start what a few lines of aiohttp do: mutual TLS, envelope, protobuf, acknowledgement.

    read: the values are read out of the message, by field, and dropped; else the message is only parsed
    show: is given the values instead
    """
    context = tls.server_context(made.server, read_bundle(made.bundle.encode()), time.time())
    parsed = 0

    async def receive(request: web.Request) -> web.WebSocketResponse:
        nonlocal parsed
        ws = web.WebSocketResponse(compress=False, max_msg_size=4_000_000)
        await ws.prepare(request)
        async for message in ws:
            if message.type is WSMsgType.BINARY:
                envelope = open_envelope(message.data)
                assert envelope.message  # noqa: S101  # our own frames
                payload = Payload.FromString(envelope.message.payload or b"")
                if read:
                    values: dict[int, Any] = {
                        datum.key: getattr(datum.value, datum.value.WhichOneof("value"))
                        for datum in payload.data
                    }
                    if show is not None:
                        show(values)
                parsed += len(payload.data)
                await ws.send_bytes(acknowledgement(envelope.txid or b"", envelope.topic or b""))
        return ws

    app = web.Application()
    app.router.add_get("/", receive)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    return runner.addresses[0][1], lambda: parsed


async def main(asked: dict[str, Any]) -> None:
    """Serve, and tell the processor time between questions."""
    made = make(Path(asked["folder"]), asked["cars"])
    if asked["kind"] == "ours":
        port, values = await ours(made, asked["cars"])
    else:
        port, values = await bare(made, read=asked["kind"] == "reading")
    tell(port=port)
    lines = await questions()
    while line := await lines.readline():
        json.loads(line)
        tell(cpu=time.process_time(), values=values())


if __name__ == "__main__":
    asyncio.run(main(options()))
