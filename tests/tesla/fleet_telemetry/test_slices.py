"""Merging piece by piece, held against protobuf's own way of merging the whole."""

from collections.abc import Callable
from itertools import pairwise

from google.protobuf.message import DecodeError, Message
from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.slices import FIELDS_AT_ONCE, merge_in_slices
from custom_components.tesla_direct.tesla.proto.vehicle_alert_pb2 import VehicleAlerts
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Payload
from custom_components.tesla_direct.tesla.proto.vehicle_error_pb2 import VehicleErrors

from . import wire
from .wire import field, number

GROUP, END_GROUP = wire.tag(15, wire.GROUP), wire.tag(15, wire.END_GROUP)
KINDS: list[Callable[[], Message]] = [Payload, VehicleAlerts, VehicleErrors]


def merged(message: Message, data: bytes, size: int) -> bytes | None:
    """Return what became of it, None if it was refused."""
    try:
        for _ in merge_in_slices(message, data, size):
            pass
    except DecodeError:
        return None
    return message.SerializeToString(deterministic=True)


def whole(message: Message, data: bytes) -> bytes | None:
    try:
        message.MergeFromString(data)
    except DecodeError:
        return None
    return message.SerializeToString(deterministic=True)


@settings(max_examples=400)
@given(kind=st.sampled_from(KINDS), data=wire.messages, size=st.integers(0, 40))
def test_pieces_give_what_the_whole_gives(kind: Callable[[], Message], data: bytes, size: int) -> None:
    assert merged(kind(), data, size) == whole(kind(), data)


@settings(max_examples=800)
@given(kind=st.sampled_from(KINDS), data=wire.damaged(), size=st.integers(0, 40))
def test_pieces_are_refused_where_the_whole_is(kind: Callable[[], Message], data: bytes, size: int) -> None:
    assert merged(kind(), data, size) == whole(kind(), data)


@given(kind=st.sampled_from(KINDS), data=st.binary(max_size=60), size=st.integers(0, 20))
def test_any_bytes_are_taken_or_refused_alike(kind: Callable[[], Message], data: bytes, size: int) -> None:
    assert merged(kind(), data, size) == whole(kind(), data)


@pytest.mark.parametrize("wire_type", [4, 6, 7])
def test_a_field_of_no_kind_is_refused(wire_type: int) -> None:
    assert merged(Payload(), field(1, b"") * 3 + wire.tag(1, wire_type), 1) is None


def test_what_was_there_before_stays() -> None:
    payload = Payload(vin="before")
    payload.data.add(key=3)

    list(merge_in_slices(payload, field(1, number(1, 4)) * 3, 2))

    assert [datum.key for datum in payload.data] == [3, 4, 4, 4]
    assert payload.vin == "before"


# (the message, its bytes): each holds 100,000 bytes or more that are all kept, as unknown fields or as data.
LARGE = {
    "small fields": (Payload, field(15, b"") * 50_000),
    "small messages": (Payload, field(1, b"") * 50_000),
    "one message of small fields": (Payload, field(1, number(15, 1) * 50_000)),
    "a message in a message": (Payload, field(1, field(2, field(7, number(15, 1) * 50_000)))),
    "an alert with many audiences": (VehicleAlerts, field(1, number(2, 1) * 50_000)),
    "an error with many tags": (
        VehicleErrors,
        field(1, b"".join(field(3, field(1, b"%06d" % n)) for n in range(10_000))),
    ),
    "behind a group": (Payload, GROUP + END_GROUP + field(1, b"") * 50_000),
}


@pytest.mark.parametrize(("kind", "data"), LARGE.values(), ids=LARGE)
def test_no_step_takes_in_much_more_than_it_may(kind: Callable[[], Message], data: bytes) -> None:
    message, size = kind(), 2_000

    grown = [0, *(message.ByteSize() for _ in merge_in_slices(message, data, size)), message.ByteSize()]

    steps = [after - before for before, after in pairwise(grown)]
    assert sum(steps) >= 50_000  # repeated numbers are packed, to half of their size
    assert max(steps) < 2 * size


def test_a_group_is_walked_through_in_several_steps() -> None:
    inside = number(1, 1) * (3 * FIELDS_AT_ONCE)
    payload = Payload()

    steps = list(merge_in_slices(payload, GROUP + inside + END_GROUP, 10))

    assert len(steps) >= 3
    assert payload.ByteSize() == len(inside) + 2


def test_a_leaf_however_large_is_one_piece() -> None:
    text = "x" * 100_000
    payload = Payload()

    steps = list(merge_in_slices(payload, field(1, field(2, field(1, text.encode()))), 1_000))

    assert len(steps) < 10
    assert payload.data[0].value.string_value == text
