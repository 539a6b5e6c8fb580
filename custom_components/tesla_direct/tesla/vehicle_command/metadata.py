"""The bytes that are authenticated beside a payload.

Shape:  for each item its tag, its length (one byte each) and its value, in ascending order of the tags;
        integers in 4 bytes, big-endian; then FF
Source: teslamotors/vehicle-command, protocol.md; tests/vectors/commands/signing.json and responses.json
"""

from collections.abc import Mapping
from enum import IntEnum

from ..errors import WireError
from .domain import Domain

LONGEST = 255  # bytes of a value: what the byte of its length can say
END = b"\xff"


class Tag(IntEnum):
    """What an item is about."""

    SIGNATURE_TYPE = 0
    DOMAIN = 1
    PERSONALIZATION = 2
    EPOCH = 3
    EXPIRES_AT = 4
    COUNTER = 5
    CHALLENGE = 6
    FLAGS = 7
    REQUEST_HASH = 8
    FAULT = 9


class Signature(IntEnum):
    """How something is authenticated; the number is part of what is authenticated."""

    AES_GCM = 5
    HMAC_OF_SESSION_INFO = 6
    HMAC = 8
    AES_GCM_RESPONSE = 9


def serialize(items: Mapping[Tag, bytes]) -> bytes:
    """Return items that stand in ascending order, without the end."""
    parts = []
    for tag, value in items.items():
        if len(value) > LONGEST:
            raise WireError(f"{len(value)} bytes of {tag.name} exceed {LONGEST}")
        parts.append(bytes((tag, len(value))) + value)
    return b"".join(parts)


def session_info(vin: str, challenge: bytes) -> bytes:
    """Return what is authenticated before the bytes of a session info.

    challenge: the uuid of the request that it answers
    """
    items = {
        Tag.SIGNATURE_TYPE: bytes((Signature.HMAC_OF_SESSION_INFO,)),
        Tag.PERSONALIZATION: vin.encode(),
        Tag.CHALLENGE: challenge,
    }
    return serialize(items) + END


def request_head(signature: Signature, domain: Domain, vin: str, epoch: bytes) -> bytes:
    """Return the part of a request's metadata that stays the same as long as the epoch does."""
    items = {
        Tag.SIGNATURE_TYPE: bytes((signature,)),
        Tag.DOMAIN: bytes((domain,)),
        Tag.PERSONALIZATION: vin.encode(),
        Tag.EPOCH: epoch,
    }
    return serialize(items)


def request(head: bytes, expires_at: int, counter: int, flags: int) -> bytes:
    """Return a request's metadata.

    head:       see `request_head`
    expires_at: seconds by the car's clock
    """
    # Present even where it is 0; flags are not.
    body = b"\x04\x04%b\x05\x04%b" % (expires_at.to_bytes(4), counter.to_bytes(4))
    if flags:
        body += b"\x07\x04" + flags.to_bytes(4)
    return head + body + END


def response(  # noqa: PLR0913  # as many as the protocol has
    domain: int, vin: str, *, counter: int, flags: int, request_hash: bytes, fault: int
) -> bytes:
    """Return the metadata of an encrypted response.

    domain: who it says it is from
    """
    items = {
        Tag.SIGNATURE_TYPE: bytes((Signature.AES_GCM_RESPONSE,)),
        Tag.DOMAIN: bytes((domain & 0xFF,)),
        Tag.PERSONALIZATION: vin.encode(),
        Tag.COUNTER: counter.to_bytes(4),
        Tag.FLAGS: flags.to_bytes(4),
        Tag.REQUEST_HASH: request_hash,
        Tag.FAULT: (fault & 0xFFFFFFFF).to_bytes(4),  # a number that we do not know may be negative
    }
    return serialize(items) + END
