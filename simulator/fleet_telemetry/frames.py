"""The flatbuffers envelope from a server's side: records are read, answers are written.

Source: telemetry protocol, section 4; tests/vectors/telemetry/
"""

from dataclasses import dataclass
import struct
from typing import Any

import flatbuffers  # type: ignore[import-untyped]  # it ships no types
from flatbuffers.table import Table  # type: ignore[import-untyped]  # likewise

STREAM = 4
ACKNOWLEDGEMENT = 5
LARGEST = 1_000_000  # bytes
REFUSAL = b"incorrect message format"

# Slots of the tables, as places in the vtable, which begins with two sizes.
TXID, TOPIC, MESSAGE_TYPE, MESSAGE = 4, 6, 8, 10
SENDER_ID, PAYLOAD = 6, 8


class Unreadable(Exception):
    """No envelope."""


class Unknown(Exception):
    """An envelope that holds no record; `txid` is what it says of itself."""

    def __init__(self, txid: str) -> None:
        """Keep what the answer needs."""
        super().__init__("an envelope without a record")
        self.txid = txid


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """What a car sent."""

    txid: str
    topic: str
    sender: str
    payload: bytes


def read(data: bytes) -> Frame:
    """Read an envelope.

    Raises: Unreadable, Unknown
    """
    if len(data) > LARGEST:
        raise Unreadable("too large")
    if not data:
        raise Unknown("")
    try:
        return _read(data)
    except (struct.error, IndexError, ValueError, TypeError) as error:
        raise Unreadable(str(error)) from error


def acknowledgement(txid: str, topic: str) -> bytes:
    """Write an acknowledgement; the union's value is an empty vector and no table (section 4.3)."""
    builder = flatbuffers.Builder(128)
    return _envelope(builder, ACKNOWLEDGEMENT, builder.CreateString(b""), txid, topic)


def refusal(txid: str = "") -> bytes:
    """Write an error frame: a record whose payload is always the same text."""
    builder = flatbuffers.Builder(256)
    sender, payload, kind, device = (builder.CreateString(part) for part in (b"", REFUSAL, b"", b""))
    builder.StartObject(6)
    for slot, vector in ((1, sender), (2, payload), (3, kind), (4, device)):
        builder.PrependUOffsetTRelativeSlot(slot, vector, 0)
    return _envelope(builder, STREAM, builder.EndObject(), txid, "")


def _read(data: bytes) -> Frame:
    root = _table(data, _number(data, 0))
    kind = int(data[root.Pos + offset]) if (offset := root.Offset(MESSAGE_TYPE)) else 0
    txid = _text(root, TXID)
    at = root.Offset(MESSAGE)
    if not at:
        raise Unknown("")
    if kind != STREAM:
        raise Unknown(txid)
    stream = _table(data, root.Pos + at + _number(data, root.Pos + at))
    return Frame(
        txid=txid, topic=_text(root, TOPIC), sender=_text(stream, SENDER_ID), payload=_bytes(stream, PAYLOAD)
    )


def _table(data: bytes, place: int) -> Any:
    """Return a table whose vtable lies inside the data, which the package takes for granted."""
    vtable = place - struct.unpack_from("<i", data, place)[0]
    if vtable < 0 or vtable + struct.unpack_from("<H", data, vtable)[0] > len(data):
        raise IndexError("a table outside the frame")
    return Table(data, place)


def _number(data: bytes, place: int) -> int:
    (number,) = struct.unpack_from("<I", data, place)
    return int(number)


def _bytes(table: Any, slot: int) -> bytes:
    offset = table.Offset(slot)
    if not offset:
        return b""
    at = table.Pos + offset
    start = at + _number(table.Bytes, at)
    length = _number(table.Bytes, start)
    if start + 4 + length > len(table.Bytes):
        raise IndexError("a vector outside the frame")
    return bytes(table.Bytes[start + 4 : start + 4 + length])


def _text(table: Any, slot: int) -> str:
    return _bytes(table, slot).decode("utf-8", "surrogateescape")


def _envelope(builder: Any, kind: int, message: int, txid: str, topic: str) -> bytes:
    texts = [builder.CreateString(text.encode("utf-8", "surrogateescape")) for text in (txid, topic, "")]
    builder.StartObject(5)
    builder.PrependUOffsetTRelativeSlot(0, texts[0], 0)
    builder.PrependUOffsetTRelativeSlot(1, texts[1], 0)
    builder.PrependUint8Slot(2, kind, 0)
    builder.PrependUOffsetTRelativeSlot(3, message, 0)
    builder.PrependUOffsetTRelativeSlot(4, texts[2], 0)
    builder.Finish(builder.EndObject())
    return bytes(builder.Output())
