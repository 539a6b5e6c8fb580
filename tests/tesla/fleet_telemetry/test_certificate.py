"""An authority and leaves of our own, and what a PEM file holds."""

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
import ssl

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store
import pytest

from custom_components.tesla_direct.tesla.errors import CertificateError, FileUnreadable, KeyMismatch
from custom_components.tesla_direct.tesla.fleet_telemetry.certificate import (
    BACKDATE,
    LEAF_LIFE,
    RENEW_BEFORE,
    Pair,
    encrypted_key,
    is_due,
    issue,
    make_authority,
    make_nobody,
    read_chain,
)
from simulator.certificates import Authorities

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HOST = "telemetry.example.org"
DAY = timedelta(1)


@pytest.fixture(scope="module")
def authority() -> Pair:
    return make_authority(NOW.timestamp())


@pytest.fixture(scope="module")
def leaf(authority: Pair) -> Pair:
    return issue(authority, HOST, NOW.timestamp())


def first(pair: Pair) -> x509.Certificate:
    return read_chain(pair.certificate.encode())[0]


def test_nobody_is_a_client_and_vouches_for_nobody() -> None:
    certificate = first(make_nobody(NOW.timestamp()))

    assert certificate.issuer == certificate.subject
    assert certificate.not_valid_before_utc < NOW < certificate.not_valid_after_utc
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    usages = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(usages) == [ExtendedKeyUsageOID.CLIENT_AUTH]


def test_an_authority_can_do_nothing_but_issue(authority: Pair) -> None:
    certificate = first(authority)

    assert certificate.issuer == certificate.subject
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, 0)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert usage.critical
    assert usage.value.key_cert_sign
    assert not usage.value.digital_signature
    assert certificate.not_valid_before_utc == NOW - BACKDATE
    assert certificate.not_valid_after_utc > NOW + 19 * 365 * DAY


def test_no_two_authorities_are_alike(authority: Pair) -> None:
    assert first(make_authority(NOW.timestamp())).public_key() != first(authority).public_key()


def test_a_leaf_serves_and_cannot_issue(leaf: Pair) -> None:
    certificate = first(leaf)

    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca) == (True, False)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    assert (usage.digital_signature, usage.key_cert_sign) == (True, False)
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.SERVER_AUTH]
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert list(names) == [x509.DNSName(HOST)]
    lifetime = certificate.not_valid_after_utc - certificate.not_valid_before_utc
    assert (certificate.not_valid_before_utc, lifetime) == (NOW - BACKDATE, LEAF_LIFE)


def test_a_strict_verifier_accepts_the_chain(authority: Pair, leaf: Pair) -> None:
    shown, *between = read_chain(leaf.certificate.encode())
    verifier = (
        PolicyBuilder()
        .store(Store(read_chain(authority.certificate.encode())))
        .time(NOW)
        .build_server_verifier(x509.DNSName(HOST))
    )

    assert verifier.verify(shown, between)[0] == shown


def test_the_key_belongs_to_the_leaf_and_the_chain_ends_in_the_authority(authority: Pair, leaf: Pair) -> None:
    key = load_pem_private_key(leaf.key.encode(), None)
    assert isinstance(key, ec.EllipticCurvePrivateKey)

    assert key.public_key() == first(leaf).public_key()
    assert leaf.certificate.endswith(authority.certificate)
    assert authority.key not in leaf.certificate + leaf.key


@pytest.mark.parametrize("host", ["192.0.2.7", "2001:db8::7"])
def test_an_address_stands_in_it_as_an_address(authority: Pair, host: str) -> None:
    names = first(issue(authority, host, NOW.timestamp())).extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )

    assert list(names.value) == [x509.IPAddress(ip_address(host))]


def test_a_long_name_is_whole_where_it_counts(authority: Pair) -> None:
    host = ".".join(["a" * 60] * 3)
    certificate = first(issue(authority, host, NOW.timestamp()))

    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == [host]
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == host[:64]


@pytest.mark.parametrize("host", ["", "münchen.example"])
def test_what_is_no_name_of_a_host_is_refused(authority: Pair, leaf: Pair, host: str) -> None:
    with pytest.raises(CertificateError):
        issue(authority, host, NOW.timestamp())
    with pytest.raises(CertificateError):
        is_due(leaf, host, NOW.timestamp())


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (NOW, False),
        (NOW - BACKDATE, False),
        (NOW - BACKDATE - timedelta(seconds=1), True),  # our clock was wrong when it was issued
        (NOW - BACKDATE + LEAF_LIFE - RENEW_BEFORE - timedelta(seconds=1), False),
        (NOW - BACKDATE + LEAF_LIFE - RENEW_BEFORE, True),
        (NOW + 2 * LEAF_LIFE, True),
    ],
)
def test_a_leaf_is_due_before_it_ends(leaf: Pair, moment: datetime, due: bool) -> None:  # noqa: FBT001  # a column of the table
    assert is_due(leaf, HOST, moment.timestamp()) is due


def test_a_leaf_is_due_when_the_host_is_another(authority: Pair, leaf: Pair) -> None:
    by_address = issue(authority, "192.0.2.7", NOW.timestamp())

    assert is_due(leaf, "other.example.org", NOW.timestamp())
    assert is_due(leaf, "192.0.2.7", NOW.timestamp())
    assert not is_due(by_address, "192.0.2.7", NOW.timestamp())
    assert is_due(by_address, "192.0.2.8", NOW.timestamp())


def test_a_chain_is_read_leaf_first(authority: Pair, leaf: Pair) -> None:
    assert read_chain(f"# text\n{leaf.certificate}\n# more".encode()) == [first(leaf), first(authority)]


@pytest.mark.parametrize(
    "pem", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----"]
)
def test_a_file_without_a_certificate_is_refused(pem: str) -> None:
    with pytest.raises(FileUnreadable):
        read_chain(pem.encode())


def test_a_certificate_that_breaks_the_rules_is_refused(leaf: Pair) -> None:
    der = bytearray(first(leaf).public_bytes(Encoding.DER))
    version = der.index(b"\xa0\x03\x02\x01\x02") + 4
    der[version] = 9

    with pytest.raises(FileUnreadable):
        read_chain(ssl.DER_cert_to_PEM_cert(bytes(der)).encode())


def test_a_key_is_kept_from_whoever_has_not_the_password(leaf: Pair) -> None:
    pem = encrypted_key(leaf, b"secret")

    assert b"ENCRYPTED PRIVATE KEY" in pem
    with pytest.raises(ValueError, match=r".+"):
        load_pem_private_key(pem, b"guess")
    key, own = load_pem_private_key(pem, b"secret"), load_pem_private_key(leaf.key.encode(), None)
    assert key.public_key() == own.public_key()


def test_a_key_that_cannot_be_read_is_refused(leaf: Pair) -> None:
    under_password = encrypted_key(leaf, b"secret").decode()
    for key in ("", "no key", leaf.certificate, leaf.key[:-60], under_password):
        with pytest.raises(FileUnreadable):
            encrypted_key(Pair(leaf.certificate, key), b"secret")


def test_a_key_of_another_certificate_is_refused(
    leaf: Pair, authority: Pair, authorities: Authorities
) -> None:
    for key in (authority.key, authorities["Tesla Root CA"].key_pem()):
        with pytest.raises(KeyMismatch):
            encrypted_key(Pair(leaf.certificate, key), b"secret")


def test_a_key_of_any_kind_is_taken(authorities: Authorities) -> None:
    for name in ("Tesla Root CA", "Tesla Product Root CA"):
        credential = authorities[name]

        pair = Pair(credential.certificate_pem(), "# text\n" + credential.key_pem())
        pem = encrypted_key(pair, b"secret")

        assert load_pem_private_key(pem, b"secret").public_key() == credential.key.public_key()
