"""What a TLS server says in the clear, for whoever is turned away too early to know more.

Up to TLS 1.2 its certificate is among that. Source: RFC 5246, sections 6.2.1, 7.4 and 7.4.2
"""

RECORD_HEADER = 5  # bytes: type, version, length
ALERT, HANDSHAKE = 21, 22  # types of records
MESSAGE_HEADER = 4  # bytes: type, length
CERTIFICATE = 11  # type of a handshake message
LENGTH = 3  # bytes of the length of a list, and of a certificate in it


def speaks_tls(heard: bytes) -> bool:
    """Tell whether an answer to a client's hello begins as one of TLS does."""
    return len(heard) >= 2 and heard[0] in {ALERT, HANDSHAKE} and heard[1] == 3


def leaf_shown(heard: bytes) -> bytes | None:
    """Return the server's own certificate (DER), None if it was not shown in the clear."""
    messages = _handshake(heard)
    while len(messages) >= MESSAGE_HEADER:
        kind, length = messages[0], int.from_bytes(messages[1:MESSAGE_HEADER])
        body = messages[MESSAGE_HEADER : MESSAGE_HEADER + length]
        if kind == CERTIFICATE and len(body) == length:
            first = body[LENGTH:]
            end = LENGTH + int.from_bytes(first[:LENGTH])
            return first[LENGTH:end] if LENGTH < end <= len(first) else None
        messages = messages[MESSAGE_HEADER + length :]
    return None


def _handshake(heard: bytes) -> bytes:
    """Return the handshake messages of the records that stand at the beginning."""
    messages, rest = bytearray(), heard
    while len(rest) >= RECORD_HEADER and rest[0] == HANDSHAKE:
        end = RECORD_HEADER + int.from_bytes(rest[3:RECORD_HEADER])
        messages += rest[RECORD_HEADER:end]
        rest = rest[end:]
    return bytes(messages)
