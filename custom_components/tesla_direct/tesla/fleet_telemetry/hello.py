"""The first bytes of a stranger: is it TLS, is it all there, and whom does it ask for.

Judged before a TLS object is made, because refusing a handshake costs a millisecond and this a microsecond.
"""

from dataclasses import dataclass
from enum import Enum

HEADER = 5  # bytes of a TLS record's header
RECORD_LIMIT = 16_384 + 256  # bytes of a TLS record (RFC 8446, section 5.1, and TLS 1.2's margin)
BEGINNING = b"\x16\x03"  # a handshake, in any version of TLS
CLIENT_HELLO = b"\x01"
SERVER_NAME = 0  # the extension, and the one kind of name in it
HTTP_METHODS = (b"GET ", b"HEAD", b"POST", b"PUT ", b"OPTI", b"DELE", b"CONN", b"PRI ", b"PATC", b"TRAC")


class Verdict(Enum):
    """What the first bytes are."""

    INCOMPLETE = "incomplete"
    HELLO = "hello"
    PLAIN_HTTP = "plain_http"
    GARBAGE = "not_tls"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the first bytes are, and what is in them.

    needed:      bytes that have to be there before it is worth looking again
    server_name: the name the client asks for (SNI), lower case; empty if it asks for none
    """

    verdict: Verdict
    needed: int = 0
    server_name: str = ""


GARBAGE = Judgement(Verdict.GARBAGE)


def judge(data: bytes) -> Judgement:
    """Judge the bytes that a stranger has sent so far."""
    if data[:4] in HTTP_METHODS:
        return Judgement(Verdict.PLAIN_HTTP)
    if data[:2] != BEGINNING[: len(data)]:
        may_be_http = any(method.startswith(data) for method in HTTP_METHODS)
        return Judgement(Verdict.INCOMPLETE, HEADER) if may_be_http else GARBAGE
    if len(data) < HEADER:
        return Judgement(Verdict.INCOMPLETE, HEADER)
    length = int.from_bytes(data[3:5])
    if not 4 <= length <= RECORD_LIMIT or data[HEADER : HEADER + 1] not in (b"", CLIENT_HELLO):
        return GARBAGE
    if len(data) < HEADER + length:
        return Judgement(Verdict.INCOMPLETE, HEADER + length)
    return Judgement(Verdict.HELLO, server_name=_server_name(data[HEADER : HEADER + length]))


def _server_name(hello: bytes) -> str:
    """Return the name in a ClientHello, empty if there is none or it cannot be found."""
    try:
        at = 4 + 2 + 32  # handshake header, version, random
        at += 1 + hello[at]  # session id
        at += 2 + int.from_bytes(hello[at : at + 2])  # cipher suites
        at += 1 + hello[at]  # compression methods
        end = at + 2 + int.from_bytes(hello[at : at + 2])
        at += 2
        while at + 4 <= min(end, len(hello)):
            kind, length = int.from_bytes(hello[at : at + 2]), int.from_bytes(hello[at + 2 : at + 4])
            if kind == SERVER_NAME:
                # a list of names: its length, then kind, length and text of the first
                name_length = int.from_bytes(hello[at + 7 : at + 9])
                name = hello[at + 9 : at + 9 + min(name_length, length)]
                return name.decode("ascii", "replace").lower()
            at += 4 + length
    except IndexError:
        return ""
    return ""
