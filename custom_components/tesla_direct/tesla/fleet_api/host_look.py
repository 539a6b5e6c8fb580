"""[I/O] A look at a host before it is told anything: is it there, and is it who it claims to be.

What is asked for is its first page, and not even that before its certificate is accepted.
"""

from dataclasses import dataclass
from enum import StrEnum

from aiohttp import ClientSession

from ..errors import CertificateUnexpected, NoAnswer, NotSent
from .proxy import Certificate
from .request import Request
from .shown import shown_by
from .transport import Trust, fetch

ANSWER_LIMIT = 15.0  # seconds
# A stream is found where its web server is.
SPOKEN = {"wss": "https", "ws": "http"}


class HostState(StrEnum):
    """What a look at a host has shown."""

    BELIEVED = "believed"
    UNBELIEVED = "unbelieved"
    AWAY = "away"  # nobody answers, so nobody knows


@dataclass(frozen=True, slots=True, kw_only=True)
class HostFound:
    """What is found at an address.

    certificate: the one that is not believed
    """

    state: HostState
    certificate: Certificate | None = None


async def look_at_host(session: ClientSession, address: str, trust: Trust) -> HostFound:
    """Return whether whoever answers at an address (https:// or wss://) is believed.

    Without TLS, which is for the loopback address only, there is nothing to doubt.
    """
    scheme, _, rest = address.partition("://")
    base = f"{SPOKEN.get(scheme, scheme)}://{rest}"
    if base.startswith("http://"):
        return HostFound(state=HostState.BELIEVED)
    request = Request(name="look", method="GET", url=f"{base}/", headers={})
    try:
        await fetch(session, request, limit=ANSWER_LIMIT, ssl=trust)
    except CertificateUnexpected:
        shown = await shown_by(base)
        state = HostState.AWAY if shown is None else HostState.UNBELIEVED
        return HostFound(state=state, certificate=shown)
    except NotSent:
        return HostFound(state=HostState.AWAY)
    except NoAnswer:  # it was believed, for it was asked
        return HostFound(state=HostState.BELIEVED)
    return HostFound(state=HostState.BELIEVED)
