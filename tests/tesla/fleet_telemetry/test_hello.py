"""The first bytes of a stranger, whole, in part, and of other kinds."""

import ssl

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.hello import Judgement, Verdict, judge

GARBAGE = Judgement(Verdict.GARBAGE)
HTTP = Judgement(Verdict.PLAIN_HTTP)


def hello(
    server_name: str | None,
    *,
    newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    protocols: list[str] | None = None,
) -> bytes:
    """Return what a real client sends first."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.maximum_version = newest
    if protocols:
        context.set_alpn_protocols(protocols)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context.wrap_bio(incoming, outgoing, server_hostname=server_name)
    with pytest.raises(ssl.SSLWantReadError):
        client.do_handshake()
    return outgoing.read()


@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize(
    ("server_name", "found"),
    [
        ("telemetry.example.org", "telemetry.example.org"),
        ("Telemetry.Example.ORG", "telemetry.example.org"),
        ("x" * 63 + ".example.org", "x" * 63 + ".example.org"),
        ("127.0.0.1", ""),  # no client asks for an address
        (None, ""),
    ],
)
def test_a_real_hello_is_one_and_its_name_is_found(
    server_name: str | None, found: str, newest: ssl.TLSVersion
) -> None:
    assert judge(hello(server_name, newest=newest)) == Judgement(Verdict.HELLO, server_name=found)


def test_a_name_behind_other_extensions_is_found() -> None:
    data = hello("a.example", protocols=["h2", "http/1.1"])
    # The same extensions, the one with the name last.
    name = bytes.fromhex("0000 000e 000c 00 0009".replace(" ", "")) + b"a.example"
    assert name in data
    extensions = data.index(name)
    moved = data[:extensions] + data[extensions + len(name) :] + name

    assert judge(moved).server_name == "a.example"


def test_what_follows_the_hello_does_not_matter() -> None:
    assert judge(hello("a.example") + b"\x17\x03\x03\0\1x").server_name == "a.example"


@pytest.mark.parametrize("server_name", ["telemetry.example.org", None])
def test_a_hello_that_is_cut_anywhere_is_waited_for(server_name: str | None) -> None:
    whole = hello(server_name)

    for length in range(len(whole)):
        judgement = judge(whole[:length])
        assert judgement.verdict is Verdict.INCOMPLETE, length
        assert judgement.needed == (5 if length < 5 else len(whole))


@pytest.mark.parametrize(
    "method", ["GET", "HEAD", "POST", "PUT", "OPTIONS", "DELETE", "CONNECT", "PATCH", "TRACE"]
)
def test_http_without_tls_is_told_apart(method: str) -> None:
    request = f"{method} / HTTP/1.1\r\n\r\n".encode()

    assert judge(request) == HTTP
    for length in range(1, 4):
        assert judge(request[:length]) == Judgement(Verdict.INCOMPLETE, 5)
    assert judge(request[:4]) == HTTP


def test_http_2_without_tls_is_told_apart() -> None:
    assert judge(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n") == HTTP


@pytest.mark.parametrize(
    "data",
    [
        b"\0",
        b"x",
        b"SSH-2.0-OpenSSH_9.9\r\n",
        b"\x16\x04",
        b"\x17\x03\x03\x00\x10",  # TLS, but no handshake
        b"\x15\x03\x01\x00\x02\x02\x28",  # an alert
        b"\x80\x2e\x01\x03\x01",  # SSL 2
        b"\x16\x03\x01\x00\x00",  # a record of nothing
        b"\x16\x03\x01\x00\x03",
        b"\x16\x03\x01\xff\xff",  # larger than a record can be
        b"\x16\x03\x01\x00\x04\x02",  # a ServerHello
        b"\x16\x03\x01\x00\x04\x02\x00\x00\x00",
        b"get / HTTP/1.1",
        b"GETX",
        b"PROXY TCP4 192.0.2.1 192.0.2.2 1 2\r\n",
    ],
)
def test_everything_else_is_garbage_at_once(data: bytes) -> None:
    assert judge(data) == GARBAGE


def test_nothing_yet_is_waited_for() -> None:
    assert judge(b"") == Judgement(Verdict.INCOMPLETE, 5)


def test_a_hello_whose_inside_is_nonsense_has_no_name() -> None:
    for inside in (b"\x01\0\0\0", b"\x01" + b"\xff" * 60, b"\x01" + bytes(60), b"\x01" + bytes(45)):
        data = b"\x16\x03\x01" + len(inside).to_bytes(2) + inside
        assert judge(data) == Judgement(Verdict.HELLO)


@given(st.binary(max_size=300))
def test_any_bytes_are_judged(data: bytes) -> None:
    assert judge(data).needed <= 5 + 16_384 + 256


@given(inside=st.binary(min_size=3, max_size=300))
def test_any_hello_is_judged(inside: bytes) -> None:
    judgement = judge(b"\x16\x03\x01" + (1 + len(inside)).to_bytes(2) + b"\x01" + inside)

    assert judgement.verdict is Verdict.HELLO
    assert len(judgement.server_name) <= len(inside)


@given(data=st.data())
def test_a_damaged_hello_is_judged(data: st.DataObject) -> None:
    damaged = bytearray(hello("telemetry.example.org"))
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(5, len(damaged) - 1))] = data.draw(st.integers(0, 255))

    assert judge(bytes(damaged)).verdict in (Verdict.HELLO, Verdict.GARBAGE)
