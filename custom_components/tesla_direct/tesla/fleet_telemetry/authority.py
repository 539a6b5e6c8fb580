"""Whom we believe that a client is a Tesla car: Tesla's published authorities, pinned one by one.

Source: telemetry protocol, sections 2.2 to 2.5
"""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
import hashlib
import re

from cryptography import x509

from ..errors import AuthorityUnknown, FileUnreadable

# Where Tesla publishes the bundle; fetched once, through the user's own connection.
BUNDLE_URL = "https://raw.githubusercontent.com/teslamotors/fleet-telemetry/main/config/files/prod_ca.crt"
BUNDLE_LIMIT = 200_000  # bytes; Tesla's has 26 kB

# The certificates of Tesla's production bundle: SHA-256 of the DER, and common name.
PINNED = dict(
    line.split(" ", 1)
    for line in """\
9210df2afb71dcdcdb96abc7d3607f67b7a8ff1ab95fd975ee716618c98d31fa Tesla Issuing CA
bdf7cf2fd449a7803b7224a306245b4dd47eab3b11288b05001b07623d8ef980 Tesla Motors GF Austin Product Issuing CA
3468361b3dfe779ea4bdcfb3bd18de39e9371f453b93c6947e3167adf7c995be Tesla Motors GF Berlin Product Issuing CA
db8c6739f268c4e3e7c90598c1de28724a22e41be0cc3d20c52717d9b56645d5 Tesla Motors GF0 Product Issuing CA
ca3087352e1b77854556988865b880ddf206d70ca84b826dc45b04f9883a1fe9 Tesla Motors GF3 Product Issuing CA
6c221b7290db8ffcb8fc37174bc386886206b77fec83f11292b3f41f6f180b90 Tesla Motors GF3 Product RSA Issuing CA
2baa91cf98e3bf3d48b3791d9b608de3e9b879852e6828924e98b9a7f7b716f4 Tesla Motors Product Issuing CA
b18e1fe69a588703cccda70056bd5332952411b2b60e52bad63dcff8b5fa8b6d Tesla Motors Product RSA Issuing CA
a1ffaf486020d4643ac8832a0608a075bc509d6725eac205c0bfce61a21edeac Tesla Motors Products CA
4045a9064a7ff9ba0b793f515a18ffcf006f86e504cd80ebad4465f7418430e1 Tesla Motors Root CA
56f74af54bc918ce3dcd9ddef1c41ef7747822ce673ecf554693d67c5417cd31 Tesla Policy CA
9c1432cbd81d9f842d35b782768e555b62446a3e6e5b6e95287f1de3a91fcbf5 Tesla Product RSA Root CA
ebbaacc16eb93c2e961c58fd43d874df2760558da3ef681c7d617d89abba3f32 Tesla Product Root CA
681c9455f1051a9effa0ef0814901a5ea4c08241867e34fad2b431535cd9a4ae Tesla Root CA
""".splitlines()
)

PEM_BEGIN = b"-----BEGIN CERTIFICATE-----"
PEM_BLOCK = re.compile(PEM_BEGIN + rb"([A-Za-z0-9+/=\s]++)-----END CERTIFICATE-----")
# What OpenSSL appends to a certificate it trusts for one purpose: a trust list of clientAuth alone. Without
# it OpenSSL refuses cars of "Tesla Motors Products CA", whose only extended key usage is anyExtendedKeyUsage.
TRUST_FOR_CLIENTS = bytes.fromhex("300c300a06082b06010505070302")


@dataclass(frozen=True, slots=True)
class Authority:
    """One certificate of a bundle.

    der:         the certificate
    fingerprint: SHA-256 of it, lower-case hex
    subject:     its common name, for people
    expires:     end of its validity, UTC
    """

    der: bytes
    fingerprint: str
    subject: str
    expires: datetime


def read_bundle(pem: bytes) -> list[Authority]:
    """Read a bundle, each certificate once; text between the blocks is ignored.

    Raises: FileUnreadable if there is no certificate in it, or one that cannot be read
    """
    if len(pem) > BUNDLE_LIMIT:
        raise FileUnreadable(f"{len(pem)} bytes exceed {BUNDLE_LIMIT}")
    blocks = PEM_BLOCK.findall(pem)
    if not blocks:
        raise FileUnreadable("no certificate in the bundle")
    if len(blocks) != pem.count(PEM_BEGIN):
        raise FileUnreadable("a certificate in the bundle is cut off")
    try:
        found = [_read(base64.b64decode(block)) for block in blocks]
    except (ValueError, TypeError, x509.InvalidVersion) as error:
        raise FileUnreadable("a certificate in the bundle cannot be read") from error
    return list({one.fingerprint: one for one in found}.values())


def _read(der: bytes) -> Authority:
    certificate = x509.load_der_x509_certificate(der)
    names = certificate.subject.get_attributes_for_oid(x509.NameOID.COMMON_NAME)
    subject = str(names[0].value) if names else certificate.subject.rfc4514_string()
    return Authority(der, hashlib.sha256(der).hexdigest(), subject, certificate.not_valid_after_utc)


def check_pins(bundle: list[Authority]) -> None:
    """Refuse a bundle with a certificate that is not one of Tesla's as we know them.

    Raises: AuthorityUnknown, with the name of each
    """
    unknown = {one.fingerprint: one.subject for one in bundle if one.fingerprint not in PINNED}
    if unknown:
        raise AuthorityUnknown(unknown)


def trusted_pem(bundle: list[Authority], now: float) -> str:
    """Return the bundle in the form in which OpenSSL takes each of them as an anchor for clients.

    OpenSSL reads this form from a file only (`cafile`, not `cadata`), and does not look at the validity of an
    anchor that is trusted like this (seen with 3.0 and 3.6), so what has expired by `now`, in seconds since
    1970, is left out.
    """
    today = datetime.fromtimestamp(now, UTC)
    return "".join(_trusted_block(one.der) for one in bundle if one.expires > today)


def _trusted_block(der: bytes) -> str:
    body = base64.encodebytes(der + TRUST_FOR_CLIENTS).decode()
    return f"-----BEGIN TRUSTED CERTIFICATE-----\n{body}-----END TRUSTED CERTIFICATE-----\n"
