"""The FlatBuffers envelope around every message of a telemetry connection: read and write.

Source: telemetry protocol, sections 4 and 7; tests/vectors/telemetry/{envelope,malformed,acks}.json
"""

import struct
from struct import Struct
from typing import NamedTuple

from ..errors import WireError

STREAM = 4  # union tags
ACKNOWLEDGEMENT = 5
REFUSAL_TEXT = b"incorrect message format"  # the official server has no other

_U16 = Struct("<H").unpack_from
_U32 = Struct("<I").unpack_from
_I32 = Struct("<i").unpack_from
_U64 = Struct("<Q").unpack_from
_SLOTS = 6  # what the larger of the two tables has
_SLOTS_OF = tuple(Struct(f"<{known}H").unpack_from for known in range(_SLOTS + 1))
_ABSENT = tuple((0,) * (_SLOTS - known) for known in range(_SLOTS + 1))


class StreamMessage(NamedTuple):  # like Envelope made for every message, which a dataclass makes slower
    """What a car sends in an envelope of type 4.

    created_at:   seconds since 1970, by the car's clock; 0 if absent
    delivered_at: milliseconds since 1970; 0 if absent, as it always is in a car's message
    """

    created_at: int
    sender_id: bytes | None
    payload: bytes | None
    device_type: bytes | None
    device_id: bytes | None
    delivered_at: int


class Envelope(NamedTuple):
    """One message. A slot that is absent is None; `message` is there for type 4 only."""

    txid: bytes | None
    topic: bytes | None
    message_type: int
    message_id: bytes | None
    has_message: bool
    message: StreamMessage | None


def open_envelope(data: bytes) -> Envelope:
    """Read an envelope.

    Shape:  root table at u32 offset 0: txid, topic, message_type, message, message_id
    Limits: no offset, length or table may leave `data`
    Raises: WireError on anything else
    """
    try:
        (root,) = _U32(data, 0)
        slots = _slots(data, root)
        tag = data[root + slots[2]] if slots[2] else 0
        message = None
        if slots[3] and tag == STREAM:
            at = root + slots[3]
            message = _read_stream(data, at + _U32(data, at)[0])
        return Envelope(
            _vector(data, root, slots[0]),
            _vector(data, root, slots[1]),
            tag,
            _vector(data, root, slots[4]),
            slots[3] != 0,
            message,
        )
    except (struct.error, IndexError) as error:
        raise WireError(f"an offset leaves the frame of {len(data)} bytes") from error


def _read_stream(data: bytes, table: int) -> StreamMessage:
    slots = _slots(data, table)
    return StreamMessage(
        _U32(data, table + slots[0])[0] if slots[0] else 0,
        _vector(data, table, slots[1]),
        _vector(data, table, slots[2]),
        _vector(data, table, slots[3]),
        _vector(data, table, slots[4]),
        _U64(data, table + slots[5])[0] if slots[5] else 0,
    )


def _slots(data: bytes, table: int) -> tuple[int, ...]:
    """Return the field offsets of a table for the first six slots, 0 where absent."""
    vtable = table - _I32(data, table)[0]
    if vtable < 0:
        raise WireError("a vtable begins before the frame")
    size = _U16(data, vtable)[0]
    if vtable + size > len(data):
        raise WireError("a vtable ends behind the frame")
    # Its own size and the table's come first; one that is too short for them has no slots.
    known = min(max(size - 4, 0) // 2, _SLOTS)
    slots: tuple[int, ...] = _SLOTS_OF[known](data, vtable + 4)
    return slots + _ABSENT[known]


def _vector(data: bytes, table: int, slot: int) -> bytes | None:
    """Return the bytes a slot points to, None if it is absent."""
    if not slot:
        return None
    at = table + slot
    start = at + _U32(data, at)[0]
    end = start + 4 + _U32(data, start)[0]
    if end > len(data):
        raise WireError("a vector ends behind the frame")
    return data[start + 4 : end]


# What an answer begins with: root offset 20, padding, the vtable of five slots, and the root table's
# distance to it. The bytes are those of the official server (telemetry protocol, section 4.3).
_HEAD = bytes.fromhex("1400000000000e001800140010000f00080004000e000000")
_ROOT = Struct("<IIIII").pack  # message_id, message, union tag in the high byte, topic, txid
_ROOT_AT = 20
_EMPTY = bytes(8)  # a vector of no bytes, its terminator and padding


def _packed(content: bytes, behind: int = 0) -> bytes:
    """Return a vector as it lies in the frame: length, content, a zero, padding to four bytes.

    behind: how many bytes follow in the frame; frames are built from the end, so these decide the padding
    """
    return len(content).to_bytes(4, "little") + content + bytes(1 + -(behind + len(content) + 1) % 4)


def _answer(tag: int, txid: bytes, topic: bytes, union_at: int, tail: bytes) -> bytes:
    """Build an envelope around `tail`; `union_at` is where the union value lies in it."""
    packed_topic = _packed(topic)
    packed_txid = _packed(txid, len(tail))
    message_id_at = _ROOT_AT + 24
    topic_at = message_id_at + len(_EMPTY)
    txid_at = topic_at + len(packed_topic)
    tail_at = txid_at + len(packed_txid)
    root = _ROOT(
        message_id_at - (_ROOT_AT + 4),
        tail_at + union_at - (_ROOT_AT + 8),
        tag << 24,
        topic_at - (_ROOT_AT + 16),
        txid_at - (_ROOT_AT + 20),
    )
    return b"".join((_HEAD, root, _EMPTY, packed_topic, packed_txid, tail))


# The stream message of a refusal: a vtable with no created_at and no delivered_at, a table of four offsets,
# then device_id, device_type, payload and sender_id, of which only the payload says anything.
_REFUSAL_TABLE_AT = 14
_REFUSAL_TAIL = b"".join(
    (
        bytes.fromhex("0e001400000010000c00080004000e000000"),
        Struct("<IIII").pack(16, 20, 24, 52),
        _EMPTY,
        _EMPTY,
        _packed(REFUSAL_TEXT),
        _EMPTY,
    )
)


def acknowledgement(txid: bytes, topic: bytes) -> bytes:
    """Return the frame that acknowledges a record.

    The union value is an empty vector, not a table: so does the official server, and so do cars expect it.
    """
    return _answer(ACKNOWLEDGEMENT, txid, topic, 0, _EMPTY)


def refusal(txid: bytes) -> bytes:
    """Return the frame that says a record could not be read; without txid where not even that could be."""
    return _answer(STREAM, txid, b"", _REFUSAL_TABLE_AT, _REFUSAL_TAIL)
