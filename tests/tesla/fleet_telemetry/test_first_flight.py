from pathlib import Path
import ssl

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.first_flight import leaf_shown, speaks_tls
from simulator.certificates import Credential, server_certificate, stranger

AUTHORITY = stranger("An authority")
SHOWN = server_certificate(AUTHORITY, "telemetry.example.org")


def der(shown: Credential) -> bytes:
    return ssl.PEM_cert_to_DER_cert(shown.certificate_pem())


def first_flight(folder: Path, version: ssl.TLSVersion) -> bytes:
    """Return what a server says to a client's hello."""
    file = SHOWN.write(folder / "server.pem")
    with file.open("a") as chain:
        chain.write(AUTHORITY.certificate_pem())
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(file)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.minimum_version = client.maximum_version = version
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    for side in (
        client.wrap_bio(back, there, server_hostname="telemetry.example.org"),
        serving.wrap_bio(there, back, server_side=True),
    ):
        with pytest.raises(ssl.SSLWantReadError):
            side.do_handshake()
    return back.read()


def test_the_leaf_stands_in_the_clear_up_to_tls_1_2(tmp_path: Path) -> None:
    said = first_flight(tmp_path, ssl.TLSVersion.TLSv1_2)

    assert speaks_tls(said)
    assert leaf_shown(said) == der(SHOWN)


def test_in_tls_1_3_it_does_not(tmp_path: Path) -> None:
    said = first_flight(tmp_path, ssl.TLSVersion.TLSv1_3)

    assert speaks_tls(said)
    assert leaf_shown(said) is None


def test_a_message_may_be_spread_over_records(tmp_path: Path) -> None:
    said, messages = first_flight(tmp_path, ssl.TLSVersion.TLSv1_2), b""
    rest = said
    while rest:
        length = int.from_bytes(rest[3:5])
        messages, rest = messages + rest[5 : 5 + length], rest[5 + length :]
    pieces = [messages[at : at + 100] for at in range(0, len(messages), 100)]
    spread = b"".join(b"\x16\x03\x03" + len(piece).to_bytes(2) + piece for piece in pieces)

    assert leaf_shown(spread) == der(SHOWN)


def test_what_is_cut_shows_nothing(tmp_path: Path) -> None:
    said = first_flight(tmp_path, ssl.TLSVersion.TLSv1_2)
    end = said.index(der(SHOWN)) + len(der(SHOWN))

    assert leaf_shown(said[: end - 1]) is None


def test_a_list_without_a_certificate_shows_nothing() -> None:
    assert leaf_shown(b"\x16\x03\x03\x00\x07\x0b\x00\x00\x03\x00\x00\x00") is None
    assert leaf_shown(b"\x16\x03\x03\x00\x0a\x0b\x00\x00\x06\x00\x00\x03\x00\x00\x00") is None


@pytest.mark.parametrize("said", [b"", b"\x16", b"HTTP/1.1 400", b"SSH-2.0", b"\x17\x03\x03\x00\x01\x00"])
def test_not_everything_is_tls(said: bytes) -> None:
    assert not speaks_tls(said)
    assert leaf_shown(said) is None


def test_an_alert_is() -> None:
    assert speaks_tls(bytes([21, 3, 3, 0, 2, 2, 40]))


@given(st.binary(max_size=200))
def test_no_bytes_are_too_odd(said: bytes) -> None:
    shown = leaf_shown(b"\x16\x03\x03" + said)

    assert shown is None or 0 < len(shown) < len(said)
