"""[I/O] A look at a proxy of the user's that ends TLS: what it shows, and whether it hands certificates on.

It is called with a certificate that nobody trusts. A proxy that asks for one and hands it on has our own
receiver refuse just that, which our receiver counts.
"""

import asyncio
from dataclasses import dataclass, replace
import hashlib
import ssl
import time

from .certificate import make_nobody
from .probe import LONGEST_ANSWER, Limits, Resolve, found_by, question, status_of
from .tls import verification_error, verifying

PATIENT = Limits()


@dataclass(frozen=True, slots=True)
class Shown:
    """What a proxy shows.

    leaf:   SHA-256 of its certificate's DER
    ca:     what verifies it (PEM): the chain above it
    status: what it answers to a request, None if nothing
    """

    leaf: bytes
    ca: str
    status: int | None


async def look_at_proxy(
    host: str, port: int, *, ca: str | None, resolve: Resolve, limits: Limits = PATIENT
) -> Shown | None:
    """Call what answers under the public name as a car would; None if nobody does at any address.

    ca: PEM of the authority that cars will be given; None takes this machine's own, for a public certificate

    Raises: CertificateError if cars could not verify it
    """
    loop = asyncio.get_running_loop()
    context = await loop.run_in_executor(None, _context, ca)
    for address in await found_by(resolve, host, port, limits):
        try:
            shown = await _call(address, port, host, context, limits)
        except ssl.SSLCertVerificationError as error:
            raise verification_error(error) from error
        except OSError:
            continue
        return shown if shown.ca else replace(shown, ca=ca or "")  # it vouches for itself
    return None


async def _call(address: str, port: int, host: str, context: ssl.SSLContext, limits: Limits) -> Shown:
    """Shake hands and ask for something.

    Raises: SSLCertVerificationError, OSError
    """
    async with asyncio.timeout(limits.connect + limits.handshake):
        reader, writer = await asyncio.open_connection(address, port, ssl=context, server_hostname=host)
    try:
        tls: ssl.SSLObject = writer.get_extra_info("ssl_object")
        leaf, *above = [bytes(der) for der in tls.get_verified_chain()]
        writer.write(question(host))
        said = b""
        try:
            async with asyncio.timeout(limits.farewell):
                said = await reader.read(LONGEST_ANSWER)
        except OSError:  # it has shaken hands, and that is something already
            said = b""
    finally:
        writer.transport.abort()
    ca = "".join(ssl.DER_cert_to_PEM_cert(der) for der in above)
    return Shown(hashlib.sha256(leaf).digest(), ca, status_of(said))


def _context(ca: str | None) -> ssl.SSLContext:
    """Return what verifies as cars do, and shows a certificate made for this one call; blocks."""
    return verifying(ca, make_nobody(time.time()))
