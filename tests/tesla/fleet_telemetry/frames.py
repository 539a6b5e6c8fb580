"""Frames as a car writes them, made by FlatBuffers' own library."""

from flatbuffers import Builder  # type: ignore[import-untyped]  # it has no types

STREAM = 4
VIN = "5YJ3E1EA7KF000001"


def stream_frame(  # noqa: PLR0913  # the fields of the two tables
    payload: bytes | None = b"",
    *,
    topic: bytes | None = b"V",
    txid: bytes | None = b"t1",
    sender_id: bytes | None = b"vehicle_device." + VIN.encode(),
    device_type: bytes | None = None,
    device_id: bytes | None = None,
    message_id: bytes | None = None,
    created_at: int = 0,
    delivered_at: int = 0,
) -> bytes:
    """Write an envelope of type 4; None leaves a slot out."""
    builder = Builder(1024)
    vectors = {1: sender_id, 2: payload, 3: device_type, 4: device_id}
    offsets = _vectors(builder, vectors)
    builder.StartObject(6)
    builder.PrependUint32Slot(0, created_at, 0)
    builder.PrependUint64Slot(5, delivered_at, 0)
    for slot, offset in offsets.items():
        builder.PrependUOffsetTRelativeSlot(slot, offset, 0)
    return envelope(builder, STREAM, builder.EndObject(), {0: txid, 1: topic, 4: message_id})


def acknowledgement_frame(txid: bytes, topic: bytes) -> bytes:
    """Write an acknowledgement in the order in which the official server does."""
    builder = Builder(1024)
    union = builder.CreateString(b"")
    return envelope(builder, 5, union, {0: txid, 1: topic, 4: b""})


def refusal_frame(txid: bytes) -> bytes:
    """Write a refusal in the order in which the official server does."""
    builder = Builder(1024)
    sender = builder.CreateString(b"")
    payload = builder.CreateString(b"incorrect message format")
    device_type = builder.CreateString(b"")
    device_id = builder.CreateString(b"")
    builder.StartObject(6)
    builder.PrependUOffsetTRelativeSlot(1, sender, 0)
    builder.PrependUOffsetTRelativeSlot(2, payload, 0)
    builder.PrependUOffsetTRelativeSlot(3, device_type, 0)
    builder.PrependUOffsetTRelativeSlot(4, device_id, 0)
    return envelope(builder, STREAM, builder.EndObject(), {0: txid, 1: b"", 4: b""})


def envelope(builder: Builder, tag: int, union: int, vectors: dict[int, bytes | None]) -> bytes:
    """Finish an envelope around a union value that is written already."""
    offsets = _vectors(builder, vectors)
    builder.StartObject(5)
    # In the order in which the official server adds them, because that decides how they lie.
    for slot in (0, 1, 2, 3, 4):
        if slot == 2:
            builder.PrependUint8Slot(2, tag, 0)
        else:
            builder.PrependUOffsetTRelativeSlot(slot, union if slot == 3 else offsets.get(slot, 0), 0)
    builder.Finish(builder.EndObject())
    return bytes(builder.Output())


def _vectors(builder: Builder, vectors: dict[int, bytes | None]) -> dict[int, int]:
    return {slot: builder.CreateString(data) for slot, data in vectors.items() if data is not None}
