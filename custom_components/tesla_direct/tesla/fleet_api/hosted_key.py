"""[I/O] The application's public key, looked at where everybody can fetch it.

Tesla fetches it from outside when the application is registered, and phones when a car is paired. What is
seen from inside the same network says less: a router may not lead back in.
"""

from dataclasses import dataclass
from enum import StrEnum
from os import strerror
import re
from ssl import SSLCertVerificationError, SSLContext

from aiohttp import (
    ClientConnectorCertificateError,
    ClientConnectorDNSError,
    ClientConnectorError,
    ClientConnectorSSLError,
    ClientError,
    ClientResponse,
    ClientSession,
    ClientTimeout,
)
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

KEY_PATH = "/.well-known/appspecific/com.tesla.3p.public-key.pem"
LIMIT = 10.0  # seconds to fetch it
LONGEST = 65536  # bytes; a key has 178, and a page that stands in its place shows itself in its beginning

LABEL = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----")
PAGE = re.compile(rb"<!doctype html|<html", re.IGNORECASE)
# What a page contains that wants to know who is there, and where proxies send whoever has not said it yet.
PASSWORD = re.compile(rb"type=[\"']?password", re.IGNORECASE)
SIGN_IN = re.compile(
    r"log-?in|sign-?in|\bauth|\bsso\b|oauth|cdn-cgi/access|outpost\.goauthentik", re.IGNORECASE
)
HOST = re.compile(r"(?:https?:)?//([a-z0-9.-]{1,253})", re.IGNORECASE)
SERVER = re.compile(r"[A-Za-z][A-Za-z-]{0,31}")  # a web server's name, without its version
# What Home Assistant answers, to the letter, where it is not told to believe the proxy in front of it.
UNTRUSTED = b"400: Bad Request"


class Hosting(StrEnum):
    """What is found at the key's address."""

    RIGHT = "right"
    OTHER_KEY = "other_key"  # also one that is not of the curve P-256
    PRIVATE_KEY = "private_key"  # everybody can read it
    NO_KEY = "no_key"
    NO_DNS = "no_dns"
    REFUSED = "refused"  # no connection, or none that lasts
    TIMEOUT = "timeout"
    CERTIFICATE = "certificate"
    REDIRECT = "redirect"
    LOGIN_PAGE = "login_page"
    PROXY_UNTRUSTED = "proxy_untrusted"
    ANSWER = "answer"  # of another status


@dataclass(frozen=True, slots=True, kw_only=True)
class HostedKey:
    """What was seen.

    detail: what there is to say besides: the status and who gives it, the host that is led to, what is wrong
            with the certificate; may be empty
    """

    state: Hosting
    url: str
    detail: str = ""


def address_of(domain: str) -> str:
    """Return where a domain's key is fetched."""
    return f"https://{domain}{KEY_PATH}"


async def look(
    session: ClientSession,
    url: str,
    public_key: bytes,
    *,
    ssl: SSLContext | None = None,
    limit: float = LIMIT,
) -> HostedKey:
    """Fetch what stands at an address, and compare it with our public key (65 bytes).

    ssl:   who is to be believed, None for the public authorities
    limit: seconds
    """
    try:
        async with session.get(
            url, allow_redirects=False, timeout=ClientTimeout(total=limit), ssl=ssl or True
        ) as response:
            body = await _beginning(response)
            state, detail = _judged(response, body, public_key)
    except (ClientError, OSError) as error:
        state, detail = _unfetched(error)
    return HostedKey(state=state, url=url, detail=detail)


def _unfetched(error: ClientError | OSError) -> tuple[Hosting, str]:
    """Return why nothing was answered."""
    match error:
        case ClientConnectorCertificateError(certificate_error=SSLCertVerificationError() as wrong):
            return Hosting.CERTIFICATE, wrong.verify_message
        case ClientConnectorSSLError():
            reason = getattr(error.os_error, "reason", None) or type(error.os_error).__name__
            return Hosting.CERTIFICATE, str(reason).replace("_", " ").lower()
        case ClientConnectorDNSError():
            return Hosting.NO_DNS, ""
        case TimeoutError():
            return Hosting.TIMEOUT, ""
        case ClientConnectorError():
            number = error.os_error.errno  # its text names the address
            return Hosting.REFUSED, strerror(number).lower() if number else ""
    return Hosting.REFUSED, type(error).__name__


async def _beginning(response: ClientResponse) -> bytes:
    """Return the beginning of a body, of which no more is needed."""
    body = bytearray()
    async for chunk in response.content.iter_any():
        body += chunk
        if len(body) >= LONGEST:
            break
    return bytes(body[:LONGEST])


def _judged(response: ClientResponse, body: bytes, public_key: bytes) -> tuple[Hosting, str]:
    status = response.status
    server = SERVER.match(response.headers.get("Server", ""))
    told = f"{status}, {server[0]}" if server else str(status)
    if 300 <= status < 400:
        target = response.headers.get("Location", "")
        host = HOST.match(target)
        state = Hosting.LOGIN_PAGE if SIGN_IN.search(target) else Hosting.REDIRECT
        return state, host[1].lower() if host else ""
    if status == 400 and body.strip() == UNTRUSTED:
        return Hosting.PROXY_UNTRUSTED, str(status)
    if status == 401 or PASSWORD.search(body):
        return Hosting.LOGIN_PAGE, told
    if status in {404, 410}:
        return Hosting.NO_KEY, told
    if status != 200:
        return Hosting.ANSWER, told
    return _of_file(body, public_key)


def _of_file(body: bytes, public_key: bytes) -> tuple[Hosting, str]:
    labels = LABEL.findall(body)
    if not labels:
        return Hosting.NO_KEY, "a web page" if PAGE.search(body) else "no PEM file"
    if any(label.endswith(b"PRIVATE KEY") for label in labels):
        return Hosting.PRIVATE_KEY, ""
    try:
        key = load_pem_public_key(body)
    except ValueError, UnsupportedAlgorithm:
        return Hosting.NO_KEY, "damaged" if b"PUBLIC KEY" in labels else labels[0].decode().lower()
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        return Hosting.OTHER_KEY, "not of the curve P-256"
    public = key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return (Hosting.RIGHT if public == public_key else Hosting.OTHER_KEY), ""
