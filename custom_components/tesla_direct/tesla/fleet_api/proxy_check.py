"""[I/O] A look at a command proxy: does it answer, and is its certificate the one that is to be believed.

Nothing is asked but whether it is well, and not even that before its certificate is accepted.
"""

import asyncio
from urllib.parse import urlsplit

from aiohttp import ClientSession

from ..errors import CertificateUnexpected, NoAnswer, NotSent
from .addresses import Certificates
from .proxy import ProxyFound, ProxyState
from .request import Request
from .shown import HTTPS, SHOW_LIMIT, close, shown_by
from .transport import fetch, trust_of

ANSWER_LIMIT = 15.0  # seconds
WELL = b"OK"


async def look_at_proxy(
    session: ClientSession, base: str, *, authority: str | None = None, fingerprint: str | None = None
) -> ProxyFound:
    """Return what is found at the address of a proxy.

    authority:   PEM of who vouches for it, None for the public authorities
    fingerprint: the SHA-256 of its certificate (DER), 64 hex digits; None for any that is vouched for
    Raises: ssl.SSLError where the authority is no PEM of certificates
    """
    trust = await trust_of(Certificates(authority=authority, fingerprint=fingerprint))
    request = Request(name="health", method="GET", url=f"{base}/health", headers={})
    try:
        answer = await fetch(session, request, limit=ANSWER_LIMIT, ssl=trust)
    except CertificateUnexpected:
        shown = await shown_by(base)
        state = ProxyState.UNREACHABLE if shown is None else ProxyState.CERTIFICATE_UNEXPECTED
        return ProxyFound(state=state, certificate=shown)
    except NotSent:
        # Whoever hangs up on a handshake is there, but speaks no TLS.
        state = ProxyState.NO_PROXY if await _listens(base) else ProxyState.UNREACHABLE
        return ProxyFound(state=state)
    except NoAnswer:
        return ProxyFound(state=ProxyState.NO_PROXY)
    if answer.status == 200 and answer.body.strip() == WELL:
        return ProxyFound(state=ProxyState.OK)
    return ProxyFound(state=ProxyState.NO_PROXY, detail=str(answer.status))


async def _listens(base: str) -> bool:
    parts = urlsplit(base)
    try:
        async with asyncio.timeout(SHOW_LIMIT):
            _, writer = await asyncio.open_connection(parts.hostname, parts.port or HTTPS)
    except OSError:
        return False
    await close(writer)
    return True
