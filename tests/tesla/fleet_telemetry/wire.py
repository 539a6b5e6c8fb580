"""Protobuf's wire format by hand: what a library would not write is what a hostile peer sends."""

from hypothesis import strategies as st

VARINT, FIXED64, BYTES, GROUP, END_GROUP, FIXED32 = range(6)


def varint(value: int, length: int = 0) -> bytes:
    """Write a number, in at least `length` bytes: more than it needs is legal."""
    parts = list[int]()
    while True:
        value, part = value >> 7, value & 0x7F
        more = value or len(parts) + 1 < length
        parts.append(part | (0x80 if more else 0))
        if not more:
            return bytes(parts)


def tag(number: int, wire_type: int) -> bytes:
    """Write what a field begins with."""
    return varint(number << 3 | wire_type)


def field(number: int, content: bytes) -> bytes:
    """Write a field with a length."""
    return tag(number, BYTES) + varint(len(content)) + content


def number(field_number: int, value: int) -> bytes:
    """Write a field with a number."""
    return tag(field_number, VARINT) + varint(value)


def _leaf() -> st.SearchStrategy[bytes]:
    numbers = st.integers(1, 17)
    return st.one_of(
        st.builds(number, numbers, st.integers(0, 2**64 - 1)),
        st.builds(lambda n, data: tag(n, FIXED64) + data, numbers, st.binary(min_size=8, max_size=8)),
        st.builds(lambda n, data: tag(n, FIXED32) + data, numbers, st.binary(min_size=4, max_size=4)),
        st.builds(lambda n, text: field(n, text.encode()), numbers, st.text(max_size=8)),
        st.builds(
            lambda n, v, w: tag(n, VARINT) + varint(v, w), numbers, st.integers(0, 99), st.integers(1, 10)
        ),
    )


def _larger(inner: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    contents = st.lists(inner, max_size=5).map(b"".join)
    return st.one_of(
        st.builds(field, st.integers(1, 8), contents),
        st.builds(
            lambda content, w: tag(1, BYTES) + varint(len(content), w) + content, contents, st.integers(1, 9)
        ),
        st.builds(
            lambda n, content: tag(n, GROUP) + content + tag(n, END_GROUP), st.integers(5, 17), contents
        ),
    )


# Messages of known and unknown fields, nested, in any order, also twice.
messages = st.lists(st.recursive(_leaf(), _larger, max_leaves=12), max_size=8).map(b"".join)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Draw a message in which something was changed, cut off or added."""
    data = bytearray(draw(messages))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(data)))
        data[at : at + draw(st.integers(0, 2))] = draw(st.binary(max_size=2))
    return bytes(data[: draw(st.integers(0, len(data)))]) if draw(st.booleans()) else bytes(data)
