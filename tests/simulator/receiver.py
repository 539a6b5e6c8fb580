"""A small receiver over real mutual TLS: as friendly or as odd as a test wants it."""

import asyncio
from collections.abc import Callable
import ssl
from typing import Any, Self

from aiohttp import WSCloseCode, WSMsgType, web
import flatbuffers  # type: ignore[import-untyped]  # it ships no types
from flatbuffers.table import Table  # type: ignore[import-untyped]  # likewise

from custom_components.tesla_direct.tesla.proto import (
    vehicle_alert_pb2 as alert_pb,
)
from custom_components.tesla_direct.tesla.proto import (
    vehicle_data_pb2 as data_pb,
)
from custom_components.tesla_direct.tesla.proto import (
    vehicle_error_pb2 as error_pb,
)

HOSTNAME = "telemetry.example.org"
MESSAGES: dict[str, Any] = {
    "V": data_pb.Payload,
    "alerts": alert_pb.VehicleAlerts,
    "errors": error_pb.VehicleErrors,
}


class Frame:
    """One record as it arrived."""

    def __init__(self, raw: bytes, connection: str) -> None:
        """Read the envelope with the flatbuffers package."""
        self.raw, self.connection = raw, connection
        root = Table(raw, int.from_bytes(raw[:4], "little"))
        self.txid, self.topic = _text(root, 4), _text(root, 6)
        stream = Table(raw, root.Indirect(root.Pos + root.Offset(10)))
        self.sender = _text(stream, 6)
        self.payload = bytes(stream.String(stream.Pos + stream.Offset(8)))
        self.message: Any = MESSAGES[self.topic].FromString(self.payload)

    @property
    def values(self) -> dict[str, Any]:
        """Return what a V record says, by field; for an invalid one the text "invalid"."""
        values = {}
        for datum in self.message.data:
            member = datum.value.WhichOneof("value")
            value = "invalid" if member == "invalid" else getattr(datum.value, member)
            values[data_pb.Field.Name(datum.key)] = value
        return values


class Receiver:
    """Listens, keeps what comes, and answers it.

    answer:   makes the answers to a frame; none leaves it unanswered
    compress: accepts permessage-deflate, which it should not
    upgrading: cleared, it lets cars wait for their upgrade
    """

    def __init__(self, tls: ssl.SSLContext, ca: str) -> None:
        self.frames: list[Frame] = []
        self.headers: list[dict[str, str]] = []
        self.answer: Callable[[Frame], list[bytes | str]] = acknowledge
        self.compress = False
        self.sockets: list[web.WebSocketResponse] = []
        self.closings: list[int | None] = []
        self.pongs = 0
        self.came = asyncio.Event()
        self.upgrading = asyncio.Event()
        self.upgrading.set()
        self._tls, self._ca = tls, ca
        self._runner: web.ServerRunner | None = None
        self.port = 0

    async def __aenter__(self) -> Self:
        await self.open()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def open(self) -> None:
        self._runner = web.ServerRunner(web.Server(self._serve, access_log=None), shutdown_timeout=0.05)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, ssl_context=self._tls).start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    def config(self, **fields: Any) -> dict[str, Any]:
        """Make the configuration that leads here; a number is an interval."""
        rows = {
            field: pace if isinstance(pace, dict) else {"interval_seconds": pace}
            for field, pace in fields.items()
        }
        return {
            "hostname": HOSTNAME,
            "port": self.port,
            "ca": self._ca,
            "prefer_typed": True,
            "fields": rows,
        }

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait for something to come true; five seconds are more than any of this takes."""
        async with asyncio.timeout(60):
            while not reached():
                self.came.clear()
                await self.came.wait()

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        self.headers.append(dict(request.headers))
        self.came.set()
        await self.upgrading.wait()
        ws = web.WebSocketResponse(compress=self.compress, autoping=False)
        await ws.prepare(request)
        self.sockets.append(ws)
        self.came.set()
        async for message in ws:
            if message.type is WSMsgType.BINARY:
                frame = Frame(message.data, request.headers["X-TXID"])
                self.frames.append(frame)
                for answer in self.answer(frame):
                    await (ws.send_str(answer) if isinstance(answer, str) else ws.send_bytes(answer))
            elif message.type is WSMsgType.PONG:
                self.pongs += 1
            self.came.set()
        self.closings.append(ws.close_code)
        self.sockets.remove(ws)
        self.came.set()
        return ws

    async def go_away(self) -> None:
        """Close every socket in good order."""
        for ws in tuple(self.sockets):
            await ws.close(code=WSCloseCode.GOING_AWAY)


def acknowledge(frame: Frame) -> list[bytes | str]:
    """Answer as Tesla's server does."""
    return [ack(frame.txid, frame.topic)]


def silence(_frame: Frame) -> list[bytes | str]:
    """Answer nothing."""
    return []


def ack(txid: str, topic: str, message_id: str = "") -> bytes:
    """Write an acknowledgement as in section 4.3: the union value is an empty vector."""
    builder = flatbuffers.Builder(128)
    empty = builder.CreateString(b"")
    return _envelope(builder, 5, empty, (txid, topic, message_id))


def error(txid: str, topic: str = "", text: bytes = b"incorrect message format") -> bytes:
    """Write an error frame: a stream message with the text for its payload."""
    builder = flatbuffers.Builder(256)
    sender, payload, kind, device = (builder.CreateString(part) for part in (b"", text, b"", b""))
    builder.StartObject(6)
    for slot, vector in ((1, sender), (2, payload), (3, kind), (4, device)):
        builder.PrependUOffsetTRelativeSlot(slot, vector, 0)
    return _envelope(builder, 4, builder.EndObject(), (txid, topic, ""))


def _envelope(builder: Any, kind: int, message: int, said: tuple[str, str, str]) -> bytes:
    texts = [builder.CreateString(text) for text in said]
    builder.StartObject(5)
    builder.PrependUOffsetTRelativeSlot(0, texts[0], 0)
    builder.PrependUOffsetTRelativeSlot(1, texts[1], 0)
    builder.PrependUint8Slot(2, kind, 0)
    builder.PrependUOffsetTRelativeSlot(3, message, 0)
    builder.PrependUOffsetTRelativeSlot(4, texts[2], 0)
    builder.Finish(builder.EndObject())
    return bytes(builder.Output())


def _text(table: Any, offset: int) -> str:
    return bytes(table.String(table.Pos + table.Offset(offset))).decode()
