"""[I/O] One round trip over HTTP: a request out, an answer back, or the error that says how far it came."""

import asyncio
from ssl import CERT_NONE, PROTOCOL_TLS_CLIENT, SSLContext, create_default_context

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorError,
    ClientError,
    ClientHandlerType,
    ClientOSError,
    ClientRequest,
    ClientResponse,
    ClientSession,
    ClientTimeout,
    ConnectionTimeoutError,
    Fingerprint,
    InvalidURL,
    ServerDisconnectedError,
    ServerFingerprintMismatch,
)

from ..errors import CertificateUnexpected, NoAnswer, NotSent
from .addresses import Certificates
from .request import Request
from .response import Answer

CONNECT_LIMIT = 15.0  # seconds; the first SYN and its three repeats (1, 3, 7 s) are lost by then
BODY_LIMIT = 10_000_000  # bytes; what Tesla's own proxy lets through, and a thousand times a vehicle_data
CHUNK = 65536
UNCONNECTED = (ClientConnectorError, ConnectionTimeoutError, InvalidURL, ServerFingerprintMismatch)

type Trust = SSLContext | Fingerprint | None
"""Who is to be believed: whom a context verifies, one certificate, or None for the public authorities."""


async def trust_of(certificates: Certificates) -> Trust:
    """Return who is to be believed: one certificate; anybody; or whom an authority vouches for.

    Raises: ssl.SSLError where the authority is no PEM of certificates
    """
    if certificates.fingerprint is not None:
        return Fingerprint(bytes.fromhex(certificates.fingerprint))
    if not certificates.verified:
        anybody = SSLContext(PROTOCOL_TLS_CLIENT)
        anybody.check_hostname, anybody.verify_mode = False, CERT_NONE
        return anybody
    if certificates.authority is None:
        return None
    # Reading certificates takes a moment.
    return await asyncio.to_thread(create_default_context, cadata=certificates.authority)


class ConnectionCut(ClientError):
    """The connection ended before an answer began."""


async def fetch(session: ClientSession, request: Request, *, limit: float, ssl: Trust = None) -> Answer:
    """Send a request once and return its answer; redirects are not followed.

    limit:  seconds from here to the end of the answer
    ssl:    who is to be believed
    Raises: NotSent if nothing left this machine, of which CertificateUnexpected where nobody was to be
            believed; NoAnswer if something may have
    """
    # aiohttp's own words can contain the address, and with it the VIN; so they stay out of the trace.
    try:
        async with session.request(
            request.method,
            request.url,
            data=request.body,
            headers=request.headers,
            allow_redirects=False,
            middlewares=(_once,),
            timeout=ClientTimeout(total=limit, connect=CONNECT_LIMIT),
            ssl=ssl or True,
        ) as response:
            body, cut = await _body(response)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status, headers, body, cut)
    except ServerFingerprintMismatch as error:
        raise CertificateUnexpected(
            f"{request.name}: another certificate than the pinned one", fingerprint=error.got.hex()
        ) from None
    except ClientConnectorCertificateError:
        raise CertificateUnexpected(f"{request.name}: a certificate that nobody vouches for") from None
    except UNCONNECTED as error:
        raise NotSent(f"{request.name}: no connection ({type(error).__name__})") from None
    except (ClientError, TimeoutError, OSError) as error:
        raise NoAnswer(f"{request.name}: no answer ({type(error).__name__})") from None


async def _once(request: ClientRequest, handler: ClientHandlerType) -> ClientResponse:
    """Keep aiohttp from sending a GET again by itself where a kept connection breaks: each may be billed."""
    try:
        return await handler(request)
    except UNCONNECTED:
        raise
    except (ClientOSError, ServerDisconnectedError) as error:
        raise ConnectionCut(type(error).__name__) from None


async def _body(response: ClientResponse) -> tuple[bytes, str | None]:
    """Return the body and, where it broke off, why: the status is known by now, and often says enough."""
    body = bytearray()
    try:
        async for chunk in response.content.iter_chunked(CHUNK):
            body += chunk
            if len(body) > BODY_LIMIT:
                return b"", f"more than {BODY_LIMIT} bytes"
    except (ClientError, TimeoutError, OSError) as error:
        return bytes(body), type(error).__name__
    return bytes(body), None
