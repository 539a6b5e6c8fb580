"""A serialized protobuf message cut into pieces that can be merged one after the other.

A message of a megabyte may hold half a million fields; parsing them at one go would keep everybody waiting.
"""

from collections.abc import Iterator

from ..errors import WireError

FIELDS_AT_ONCE = 2_000  # fields that are skipped without a pause, about 1 ms
VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5  # wire types
VARINT_LIMIT = 10  # bytes


def fields_in_slices(data: bytes, size: int) -> Iterator[bytes]:
    """Yield pieces of whole top-level fields, each as soon as it is longer than `size` bytes.

    An empty piece is a pause and nothing else. What is no protobuf is handed on as it is: the parser's
    judgement counts, and it refuses it.
    """
    start = at = count = 0
    while at < len(data):
        try:
            at = _skip(data, at)
        except WireError:
            break
        count += 1
        if at - start > size:
            yield data[start:at]
            start = at
        elif count % FIELDS_AT_ONCE == 0:
            yield b""
    yield data[start:]


def _skip(data: bytes, at: int) -> int:
    """Return where the field at `at` ends; groups are left to the parser."""
    tag, at = _varint(data, at)
    wire_type = tag & 7
    if wire_type == VARINT:
        _, at = _varint(data, at)
    elif wire_type == BYTES:
        length, at = _varint(data, at)
        at += length
    elif wire_type in (FIXED64, FIXED32):
        at += 8 if wire_type == FIXED64 else 4
    else:
        raise WireError(f"wire type {wire_type}")
    if at > len(data):
        raise WireError("a field ends behind the message")
    return at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(VARINT_LIMIT):
        if at + shift >= len(data):
            break
        byte = data[at + shift]
        value |= (byte & 0x7F) << (7 * shift)
        if byte < 0x80:
            return value, at + shift + 1
    raise WireError("a number without an end")
