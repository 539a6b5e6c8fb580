"""Who a stranger is, by certificates that make sense and by some that do not."""

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.stranger import LONGEST_NAME, named, shown
from simulator.certificates import Credential, begin, name_of, new_key, stranger

NAS = b"nas.example.org"
HOST = b"home.example.org"
AUTHORITY = stranger("R11")


def certificate(subject: x509.Name, *, hosts: bool = True, issuer: Credential | None = AUTHORITY) -> bytes:
    """Make a certificate that is no secret and of no use."""
    key, now = new_key("p256"), datetime.now(UTC)
    builder = begin(subject, key, issuer, now - timedelta(1), now + timedelta(1))
    builder = builder.add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
    if hosts:
        names = x509.SubjectAlternativeName([x509.DNSName(HOST.decode())])
        builder = builder.add_extension(names, critical=False)
    return builder.sign(issuer.key if issuer else key, hashes.SHA256()).public_bytes(Encoding.DER)


READABLE = certificate(name_of(f"CN={NAS.decode()}"))


@pytest.mark.parametrize(
    ("leaf", "hosts", "who"),
    [
        (READABLE, (HOST.decode(),), "nas.example.org (R11)"),
        (certificate(name_of("O=Router Company"), hosts=False), (), "Router Company (R11)"),
        (certificate(x509.Name([])), (HOST.decode(),), "home.example.org (R11)"),
        (certificate(name_of("CN=own"), hosts=False, issuer=None), (), "own"),
        (certificate(x509.Name([]), hosts=False, issuer=None), (), ""),
        (None, (), ""),
    ],
    ids=["common name", "organization", "host", "self-signed", "nobody", "none"],
)
def test_a_stranger_is_named_by_what_it_shows(leaf: bytes | None, hosts: tuple[str, ...], who: str) -> None:
    assert named(leaf) == (hosts, who)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (NAS, b"\xff" * len(NAS)),
        (HOST, b"\xff" * len(HOST)),
        (bytes.fromhex("a003020102"), bytes.fromhex("a003020105")),
        (bytes.fromhex("0603551d25"), bytes.fromhex("0603551d11")),
        (b"\x0c\x0f" + NAS, b"\x03\x0f\x00" + NAS[1:]),
    ],
    ids=["subject", "host", "version", "extension twice", "bits"],
)
def test_a_certificate_that_makes_no_sense_names_nobody(old: bytes, new: bytes) -> None:
    assert old in READABLE

    assert named(READABLE.replace(old, new)) == ((), "")


@given(st.binary(max_size=200) | st.integers(0, len(READABLE)).map(lambda end: READABLE[:end]))
def test_whatever_is_shown_is_read_or_names_nobody(leaf: bytes) -> None:
    assert named(leaf) in {((), ""), named(READABLE)}


@pytest.mark.filterwarnings("ignore:Parsed a serial number")
@given(st.integers(0, len(READABLE) - 1), st.integers(0, 255))
def test_a_damaged_certificate_is_read_or_names_nobody(at: int, byte: int) -> None:
    _, who = named(READABLE[:at] + bytes([byte]) + READABLE[at + 1 :])

    assert len(who) <= 2 * LONGEST_NAME + 3


def test_words_of_strangers_hold_no_markup_and_have_an_end() -> None:
    assert shown("<b>[nas](https://x)</b>\n`") == "bnashttps://x/b"
    assert shown("a" * 99) == "a" * LONGEST_NAME
