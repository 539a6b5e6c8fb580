"""[I/O] The certificate that a server shows, so that one that is not believed can be named.

Nothing is said to it.
"""

import asyncio
from contextlib import suppress
import hashlib
import ssl
from urllib.parse import urlsplit

from cryptography import x509

from .proxy import Certificate

SHOW_LIMIT = 10.0  # seconds for a certificate to be shown
HTTPS = 443
LONGEST_SUBJECT = 120  # characters


async def shown_by(base: str) -> Certificate | None:
    """Return the certificate that a server shows to anybody, None if it shows none; nothing is said to it."""
    parts = urlsplit(base)
    host = parts.hostname or ""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    try:
        async with asyncio.timeout(SHOW_LIMIT):
            _, writer = await asyncio.open_connection(
                host, parts.port or HTTPS, ssl=context, server_hostname=host
            )
    except OSError:  # ssl.SSLError and TimeoutError among them
        return None
    shown: bytes | None = writer.get_extra_info("ssl_object").getpeercert(binary_form=True)
    await close(writer)
    return None if shown is None else certificate_of(shown)


async def close(writer: asyncio.StreamWriter) -> None:
    """End a connection; that it cannot be ended in order does not matter."""
    writer.close()
    with suppress(OSError, TimeoutError):  # what was to be learnt is known
        async with asyncio.timeout(SHOW_LIMIT):
            await writer.wait_closed()


def certificate_of(der: bytes) -> Certificate:
    """Return what there is to say of a certificate."""
    try:
        certificate = x509.load_der_x509_certificate(der)
        subject = certificate.subject.rfc4514_string()
        ends = certificate.not_valid_after_utc.timestamp()
    except ValueError:  # what cannot be read can still be named
        subject, ends = "", 0.0
    return Certificate(
        fingerprint=hashlib.sha256(der).hexdigest(), subject=subject[:LONGEST_SUBJECT], ends=ends
    )
