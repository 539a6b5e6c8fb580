"""A serialized protobuf message, merged piece by piece.

A message of a megabyte may hold half a million fields; parsing them at one go would keep everybody waiting.
"""

from collections.abc import Iterator

from google.protobuf.message import Message

from ..errors import WireError

FIELDS_AT_ONCE = 2_000  # fields that are skipped without a pause, about 1 ms
VARINT, FIXED64, BYTES, GROUP, END_GROUP, FIXED32 = range(6)  # wire types
VARINT_LIMIT = 10  # bytes

type Field = tuple[int, int, int]  # where it begins, where its content begins (0 if inside a group), its end


def merge_in_slices(message: Message, data: bytes, size: int) -> Iterator[None]:
    """Merge `data` into `message`, and pause whenever about `size` bytes of it are done.

    By protobuf's rules the result is the same as merging it whole. A field above `size` is taken apart in
    turn if it is a message of its own; the rest of what is that large costs the parser little.
    What is no protobuf is handed on as it is: the parser's judgement counts.

    Raises: DecodeError
    """
    done = 0
    for count, (start, content, end) in enumerate(_fields(data), 1):
        if content and end - start > size and (name := _message_field(message, data[start:content])):
            message.MergeFromString(data[done:start])
            yield
            yield from merge_in_slices(_part(message, name), data[content:end], size)
            done = end
        elif content and end - done > size:
            message.MergeFromString(data[done:end])
            done = end
            yield
        elif count % FIELDS_AT_ONCE == 0:
            yield
    message.MergeFromString(data[done:])


def _message_field(message: Message, head: bytes) -> str | None:
    """Return the name of a field whose content is a message that can be merged in pieces, else None.

    head: its tag and length. The parser does not see them then, so they have to be as everybody writes
          them: one byte of tag (fields that can be large have numbers below 16), five of length at most
    """
    tag = head[0]
    plain = tag < 0x80 and tag & 7 == BYTES and len(head) <= 6
    field = message.DESCRIPTOR.fields_by_number.get(tag >> 3) if plain else None
    if field is None or field.message_type is None or field.message_type.GetOptions().map_entry:
        return None
    return field.name


def _part(message: Message, name: str) -> Message:
    """Return the message into which the content of a field goes: a new one if there may be several."""
    existing = getattr(message, name)
    part: Message = existing if isinstance(existing, Message) else existing.add()
    part.SetInParent()
    return part


def _fields(data: bytes) -> Iterator[Field]:
    """Yield the top-level fields, and those in groups, up to the first that is none."""
    at = depth = 0
    while at < len(data):
        start = at
        try:
            tag, at = _varint(data, at)
            wire_type = tag & 7
            content = at
            if wire_type == VARINT:
                _, at = _varint(data, at)
            elif wire_type == BYTES:
                length, content = _varint(data, at)
                at = content + length
        except WireError:
            return
        if wire_type in (FIXED64, FIXED32):
            at += 8 if wire_type == FIXED64 else 4
        elif wire_type == GROUP:
            depth += 1
        elif wire_type == END_GROUP:
            depth -= 1
        if at > len(data) or depth < 0 or wire_type > FIXED32:
            return
        yield start, 0 if depth else content, at


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
