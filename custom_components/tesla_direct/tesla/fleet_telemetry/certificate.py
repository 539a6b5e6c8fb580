"""The certificate we show to cars: an authority and a leaf of our own, and what a PEM file holds.

Cars verify it with the `ca` of their configuration, so an authority of our own serves as well as any.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ..errors import CertificateError, FileUnreadable, KeyMismatch

AUTHORITY_NAME = "Tesla Direct"
AUTHORITY_LIFE = timedelta(days=20 * 365)  # changing it means a new configuration for every car
LEAF_LIFE = timedelta(days=398)  # what TLS libraries accept without complaint
RENEW_BEFORE = timedelta(days=120)
BACKDATE = timedelta(hours=24)  # a car's clock may be behind


@dataclass(frozen=True, slots=True)
class Pair:
    """A certificate, or a chain with the leaf first, and the private key of the first; both PEM."""

    certificate: str
    key: str = field(repr=False)


def make_authority(now: float) -> Pair:
    """Make an authority of our own. `now` is in seconds since 1970."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, AUTHORITY_NAME)])
    begin = datetime.fromtimestamp(now, UTC) - BACKDATE
    certificate = (
        _builder(name, name, key, begin, begin + AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _pair(certificate, key)


def issue(authority: Pair, host: str, now: float) -> Pair:
    """Issue a certificate for a host name, or an address; the chain is the leaf and the authority.

    Raises: CertificateError if that is no name of a host
    """
    name = _general_name(host)
    issuer = x509.load_pem_x509_certificate(authority.certificate.encode())
    issuer_key = load_pem_private_key(authority.key.encode(), None)
    assert isinstance(issuer_key, ec.EllipticCurvePrivateKey)  # noqa: S101  # it is `make_authority`'s
    key = ec.generate_private_key(ec.SECP256R1())
    begin = datetime.fromtimestamp(now, UTC) - BACKDATE
    # A common name has room for 64 characters; the name that counts is the alternative one.
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host[:64])])
    leaf = (
        _builder(subject, issuer.subject, key, begin, begin + LEAF_LIFE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([name]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(
                issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
            ),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )
    pair = _pair(leaf, key)
    return Pair(pair.certificate + authority.certificate, pair.key)


def make_nobody(now: float) -> Pair:
    """Make a client certificate that nobody has reason to trust, to see whether somebody asks for one."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "nobody")])
    begin = datetime.fromtimestamp(now, UTC) - BACKDATE
    certificate = (
        _builder(name, name, key, begin, begin + 2 * BACKDATE)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_key_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    return _pair(certificate, key)


def is_due(pair: Pair, host: str, now: float) -> bool:
    """Tell whether a leaf of our own has to be issued anew.

    It ends soon, is for another host, or begins in the future: our clock was wrong when it was issued.
    """
    leaf = read_chain(pair.certificate.encode())[0]
    names = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    good_until = leaf.not_valid_after_utc - RENEW_BEFORE
    good = leaf.not_valid_before_utc <= datetime.fromtimestamp(now, UTC) < good_until
    return not good or _general_name(host) not in names


def read_chain(pem: bytes) -> list[x509.Certificate]:
    """Read the certificates of a PEM file, leaf first.

    Raises: FileUnreadable if there is none
    """
    try:
        return x509.load_pem_x509_certificates(pem)
    except (ValueError, TypeError, x509.InvalidVersion) as error:
        raise FileUnreadable("no certificate in PEM form") from error


def encrypted_key(pair: Pair, password: bytes) -> bytes:
    """Return the private key as PEM under a password, for a file that lives for a moment.

    Raises: FileUnreadable if it cannot be read, or only with a password; KeyMismatch if it belongs to
            another certificate
    """
    leaf = read_chain(pair.certificate.encode())[0]
    try:
        key = load_pem_private_key(pair.key.encode(), None)
        belongs = key.public_key() == leaf.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise FileUnreadable("no private key in PEM form, or one under a password") from error
    if not belongs:
        raise KeyMismatch("the private key belongs to another certificate")
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(password))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey, begin: datetime, end: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(end)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        if host and host.isascii():
            return x509.DNSName(host)
    raise CertificateError("a host name that cannot stand in a certificate")


def _pair(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> Pair:
    return Pair(
        certificate.public_bytes(Encoding.PEM).decode(),
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode(),
    )
