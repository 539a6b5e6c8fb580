"""The flatbuffers envelope from the car's side: records are written, answers are read.

Written with the `flatbuffers` package, as an opinion independent of the integration's own writer.
"""

from dataclasses import dataclass
import struct

import flatbuffers  # type: ignore[import-untyped]  # it ships no types
from flatbuffers.table import Table  # type: ignore[import-untyped]  # likewise

STREAM = 4
ACKNOWLEDGEMENT = 5
REFUSAL = b"incorrect message format"

# Slots of the tables, by their number.
TXID, TOPIC, MESSAGE_TYPE, MESSAGE, MESSAGE_ID = range(5)
CREATED_AT, SENDER_ID, PAYLOAD, DEVICE_TYPE, DEVICE_ID, DELIVERED_AT = range(6)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """One record on its way to a receiver.

    created_at:           seconds since 1970, by the car's clock
    delivered_at_epoch_ms: set by servers only
    """

    txid: str
    topic: str
    payload: bytes
    device_id: str
    created_at: int
    sender_id: str
    device_type: str = "vehicle_device"
    message_id: str = ""
    delivered_at_epoch_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a receiver sent back.

    refused: it is an error frame
    strange: what is wrong with it, where it is not as Tesla's server would have it
    """

    txid: str
    topic: str
    refused: bool = False
    strange: str | None = None


def write(stream: Stream) -> bytes:
    """Write a record byte for byte as Tesla's own builder lays it out.

    Source: telemetry protocol, section 4.2; tests/vectors/telemetry/
    """
    builder = flatbuffers.Builder(1024)
    sender, payload, device_type, device_id = (
        builder.CreateString(text)
        for text in (stream.sender_id, stream.payload, stream.device_type, stream.device_id)
    )
    builder.StartObject(6)
    builder.PrependUOffsetTRelativeSlot(SENDER_ID, sender, 0)
    builder.PrependUint32Slot(CREATED_AT, stream.created_at, 0)
    builder.PrependUOffsetTRelativeSlot(PAYLOAD, payload, 0)
    builder.PrependUOffsetTRelativeSlot(DEVICE_TYPE, device_type, 0)
    builder.PrependUOffsetTRelativeSlot(DEVICE_ID, device_id, 0)
    builder.PrependUint64Slot(DELIVERED_AT, stream.delivered_at_epoch_ms, 0)
    message = builder.EndObject()
    txid, topic, message_id = (
        builder.CreateString(text) for text in (stream.txid, stream.topic, stream.message_id)
    )
    builder.StartObject(5)
    builder.PrependUOffsetTRelativeSlot(TXID, txid, 0)
    builder.PrependUOffsetTRelativeSlot(TOPIC, topic, 0)
    builder.PrependUint8Slot(MESSAGE_TYPE, STREAM, 0)
    builder.PrependUOffsetTRelativeSlot(MESSAGE, message, 0)
    builder.PrependUOffsetTRelativeSlot(MESSAGE_ID, message_id, 0)
    builder.Finish(builder.EndObject())
    return bytes(builder.Output())


def read_answer(frame: bytes) -> Answer:
    """Read an acknowledgement or an error frame; what makes no sense is told, not raised."""
    try:
        return _read(frame)
    except (struct.error, IndexError, ValueError, TypeError) as error:
        return Answer(txid="", topic="", strange=f"unreadable answer of {len(frame)} bytes: {error}")


def _read(frame: bytes) -> Answer:
    (root,) = struct.unpack_from("<I", frame, 0)
    table = Table(frame, root)
    txid, topic, message_id = (_text(table, slot) for slot in (TXID, TOPIC, MESSAGE_ID))
    kind = _byte(table, MESSAGE_TYPE)
    strange = "message_id is not empty" if message_id else None
    if kind == ACKNOWLEDGEMENT:
        # The union value of an acknowledgement is no table; nobody may follow it (section 4.3).
        return Answer(txid=txid, topic=topic, strange=strange)
    if kind != STREAM:
        return Answer(txid=txid, topic=topic, strange=f"message type {kind}")
    inner = Table(frame, table.Indirect(table.Pos + table.Offset(_place(MESSAGE))))
    said = _bytes(inner, PAYLOAD)
    if topic or said != REFUSAL:
        strange = "a stream message that is no error frame"
    return Answer(txid=txid, topic=topic, refused=True, strange=strange)


def _place(slot: int) -> int:
    """Return a slot's place in the vtable, which begins with two sizes."""
    return 4 + 2 * slot


def _bytes(table: Table, slot: int) -> bytes:
    offset = table.Offset(_place(slot))
    return bytes(table.String(table.Pos + offset)) if offset else b""


def _text(table: Table, slot: int) -> str:
    return _bytes(table, slot).decode()


def _byte(table: Table, slot: int) -> int:
    offset = table.Offset(_place(slot))
    return int(table.Bytes[table.Pos + offset]) if offset else 0
