"""Who somebody is that we do not know, by its certificate and in words that can be shown."""

import re

from cryptography import x509
from cryptography.x509.oid import NameOID

LONGEST_NAME = 64  # characters
ODD = re.compile(r"[^A-Za-z0-9 .,:*'+&/-]")  # has no place in a name that somebody is shown
# What a certificate can be besides readable; OpenSSL shakes hands with it all the same.
MALFORMED = (
    TypeError,
    ValueError,
    x509.DuplicateExtension,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)


def named(leaf: bytes | None) -> tuple[tuple[str, ...], str]:
    """Return the host names that a certificate (DER) is for, and whose it is; nothing of one that is none."""
    if leaf is None:
        return (), ""
    try:
        certificate = x509.load_der_x509_certificate(leaf)
        subject, issuer = _common(certificate.subject), _common(certificate.issuer)
        hosts = _hosts(certificate)
    except MALFORMED:
        return (), ""
    subject, issuer = shown(subject or next(iter(hosts), "")), shown(issuer)
    return hosts, f"{subject} ({issuer})" if issuer and issuer != subject else subject


def shown(text: str) -> str:
    """Return a stranger's words such that they can be shown."""
    return ODD.sub("", text)[:LONGEST_NAME].strip()


def _hosts(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    return tuple(names.get_values_for_type(x509.DNSName))


def _common(name: x509.Name) -> str:
    for kind in (NameOID.COMMON_NAME, NameOID.ORGANIZATION_NAME):
        if found := name.get_attributes_for_oid(kind):
            return str(found[0].value)
    return ""
