"""The envelope, against FlatBuffers' own library and against bytes that mean no good."""

from struct import pack

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import WireError
from custom_components.tesla_direct.tesla.fleet_telemetry.envelope import (
    ACKNOWLEDGEMENT,
    Envelope,
    StreamMessage,
    acknowledgement,
    open_envelope,
    refusal,
)

from .frames import STREAM, VIN, acknowledgement_frame, refusal_frame, stream_frame

# Telemetry protocol, section 4.4, as printed there.
SMALL = bytes.fromhex(
    "14000000 00000e00 18001400 10000f00 08000400 0e000000 14000000 38000000"
    "00000004 10000000 14000000 00000000 00000000 01000000 56000000 02000000"
    "74310000 00000e00 18001000 14000c00 08000400 0e000000 14000000 1c000000"
    "2c000000 a04e3b67 34000000 04000000 56494e31 00000000 0e000000 76656869"
    "636c655f 64657669 63650000 08000000 0a060808 12021007 00000000 13000000"
    "76656869 636c655f 64657669 63652e56 494e3100"
)
content = st.none() | st.binary(max_size=40)


def test_the_example_of_the_protocol_is_read() -> None:
    envelope = open_envelope(SMALL)

    assert envelope == Envelope(
        b"t1",
        b"V",
        STREAM,
        b"",
        True,  # noqa: FBT003  # has_message, in the order of the table
        StreamMessage(
            1731940000,
            b"vehicle_device.VIN1",
            bytes.fromhex("0a06080812021007"),
            b"vehicle_device",
            b"VIN1",
            0,
        ),
    )


@given(
    txid=content,
    topic=content,
    message_id=content,
    payload=content,
    sender_id=content,
    device_type=content,
    device_id=content,
    created_at=st.integers(0, 2**32 - 1),
    delivered_at=st.integers(0, 2**64 - 1),
)
def test_whatever_the_library_writes_is_read(created_at: int, delivered_at: int, **vectors: bytes) -> None:
    envelope = open_envelope(stream_frame(created_at=created_at, delivered_at=delivered_at, **vectors))

    assert envelope.message_type == STREAM
    assert envelope.has_message
    stream = envelope.message
    assert stream
    assert (stream.created_at, stream.delivered_at) == (created_at, delivered_at)
    read = {name: getattr(envelope, name) for name in ("txid", "topic", "message_id")}
    read |= {name: getattr(stream, name) for name in ("payload", "sender_id", "device_type", "device_id")}
    assert read == vectors


@given(txid=st.binary(max_size=100), topic=st.binary(max_size=100))
def test_an_acknowledgement_has_the_bytes_that_the_library_writes(txid: bytes, topic: bytes) -> None:
    frame = acknowledgement(txid, topic)

    assert frame == acknowledgement_frame(txid, topic)
    envelope = open_envelope(frame)
    assert (envelope.txid, envelope.topic, envelope.message_type) == (txid, topic, ACKNOWLEDGEMENT)
    assert envelope.message_id == b""
    assert envelope.has_message
    assert envelope.message is None  # there is no table to be followed


@given(txid=st.binary(max_size=100))
def test_a_refusal_has_the_bytes_that_the_library_writes(txid: bytes) -> None:
    frame = refusal(txid)

    assert frame == refusal_frame(txid)
    stream = open_envelope(frame).message
    assert stream
    assert stream.payload == b"incorrect message format"


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    _read_or_refuse(data)


@settings(max_examples=500)
@given(st.data())
def test_a_good_frame_with_any_bytes_changed_is_read_or_refused(data: st.DataObject) -> None:
    frame = bytearray(SMALL)
    for _ in range(data.draw(st.integers(1, 4))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))

    _read_or_refuse(bytes(frame))


def _read_or_refuse(data: bytes) -> None:
    try:
        envelope = open_envelope(data)
    except WireError:
        return
    # Each vector lies within the frame, so reading costs no more than a few times its length.
    stream = envelope.message
    vectors = [envelope.txid, envelope.topic, envelope.message_id]
    if stream:
        vectors += [stream.payload, stream.sender_id, stream.device_type, stream.device_id]
    assert all(vector is None or vector in data for vector in vectors)


def test_every_truncation_of_a_good_frame_is_read_or_refused() -> None:
    whole = open_envelope(SMALL)
    for length in range(len(SMALL)):
        try:
            part = open_envelope(SMALL[:length])
        except WireError:
            continue
        # Only the terminator of the last vector may be missing.
        assert part == whole
        assert length == len(SMALL) - 1


@pytest.mark.parametrize("value", [0, 1, 0x7FFFFFFF, 0x80000000, 0xFFFFFFF0, 0xFFFFFFFF])
def test_no_offset_or_length_leaves_the_frame(value: int) -> None:
    for at in range(0, len(SMALL) - 3, 2):
        _read_or_refuse(SMALL[:at] + pack("<I", value) + SMALL[at + 4 :])


def test_a_vtable_may_lie_behind_its_table() -> None:
    frame = pack("<Ii4x", 4, -8) + pack("<HHH", 6, 8, 0)

    assert open_envelope(frame) == Envelope(None, None, 0, None, False, None)  # noqa: FBT003  # as above


@pytest.mark.parametrize("length", [8, 64])
def test_zeros_are_an_envelope_without_anything(length: int) -> None:
    envelope = open_envelope(bytes(length))

    assert (envelope.txid, envelope.message_type, envelope.has_message) == (None, 0, False)


def test_a_vtable_before_the_frame_is_refused() -> None:
    with pytest.raises(WireError, match="before the frame"):
        open_envelope(pack("<Ii", 4, 5))


def test_a_vtable_that_ends_behind_the_frame_is_refused() -> None:
    with pytest.raises(WireError, match="behind the frame"):
        open_envelope(pack("<Ii", 4, -4) + pack("<HHHH", 200, 8, 0, 0))


def test_a_vtable_of_odd_or_small_size_has_the_slots_that_fit() -> None:
    for size, slots in ((0, 0), (3, 0), (4, 0), (5, 0), (6, 1), (7, 1)):
        # The one slot points at a vector of two bytes.
        frame = pack("<Ii", 4, -8) + pack("<IHHHxx", 12, size, 8, 4) + pack("<I", 2) + b"ab"
        assert open_envelope(frame).txid == (b"ab" if slots else None), size


def test_a_negative_distance_does_not_count_from_the_end() -> None:
    frame = stream_frame(b"payload")

    with pytest.raises(WireError):
        open_envelope(pack("<I", 2**32 - 20) + frame[4:])


def test_what_cannot_be_read_is_not_in_the_error() -> None:
    secret = VIN.encode() * 4

    with pytest.raises(WireError) as caught:
        open_envelope(b"\xff\xff" + secret)

    assert VIN not in str(caught.value)
