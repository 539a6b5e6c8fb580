"""The domains of the world: where each is to be found, and what is fetched from there over HTTP."""

import asyncio
from dataclasses import asdict, dataclass
import ssl
from typing import Any

import aiohttp
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_public_key

KEY_PATH = "/.well-known/appspecific/com.tesla.3p.public-key.pem"
LIMIT_S = 10.0
LARGEST = 512  # bytes; a public key has 178


class NotFetched(Exception):
    """The key could not be downloaded; the text says why, as Tesla would."""


@dataclass(frozen=True, slots=True)
class Page:
    """What a host answers."""

    text: str
    status: int = 200


@dataclass(frozen=True, slots=True)
class Place:
    """Where a domain is to be found; `ca` is the authority that its certificate has to be from."""

    base: str
    ca: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """One download of a key, and what was wrong with it; empty for nothing."""

    url: str
    error: str = ""

    def public(self) -> dict[str, Any]:
        """Give it for others to read."""
        return asdict(self)


class Domains:
    """Knows where domains are, as name servers do for everybody else.

    limit_s: real seconds that a host has to answer
    """

    def __init__(self, limit_s: float = LIMIT_S) -> None:
        """Know no domain."""
        self.limit_s = limit_s
        self.fetched: list[Fetched] = []
        self._places: dict[str, Place] = {}
        self._pages: dict[str, Page] = {}

    def host(self, domain: str, base: str | None, ca: str | None = None) -> None:
        """Put a domain somewhere, or take it off the net."""
        if base is None:
            self._places.pop(domain, None)
        else:
            self._places[domain] = Place(base.rstrip("/"), ca)

    def serve(self, domain: str, page: Page | None) -> None:
        """Have a domain answer without a server, or no longer."""
        if page is None:
            self._pages.pop(domain, None)
        else:
            self._pages[domain] = page

    def knows(self, domain: str) -> bool:
        """Tell whether a domain is on the net."""
        return domain in self._places or domain in self._pages

    async def key(self, domain: str) -> bytes:
        """Download the key of a domain (65 bytes, uncompressed).

        Raises: NotFetched
        """
        url = f"https://{domain}{KEY_PATH}"
        try:
            key = _read(self._pages.get(domain) or await self._get(domain))
        except NotFetched as error:
            self.fetched.append(Fetched(url=url, error=str(error)))
            raise NotFetched(f"Public key download failed for {url}, error: {error}") from None
        self.fetched.append(Fetched(url=url))
        return key

    async def _get(self, domain: str) -> Page:
        """Ask whoever serves a domain; redirects are not followed."""
        place = self._places.get(domain)
        if place is None:
            raise NotFetched("no such host")
        try:
            async with (
                asyncio.timeout(self.limit_s),
                aiohttp.ClientSession() as session,
                session.get(
                    place.base + KEY_PATH,
                    headers={"Host": domain},
                    allow_redirects=False,
                    ssl=_trust(place),
                ) as response,
            ):
                read = await response.content.read(LARGEST + 1)
                return Page(read.decode(errors="replace"), response.status)
        except TimeoutError:
            raise NotFetched("timeout") from None
        except (aiohttp.ClientError, OSError) as error:
            raise NotFetched(str(error) or type(error).__name__) from error


def _trust(place: Place) -> ssl.SSLContext | bool:
    """Return how a host's certificate is looked at; the name it is for is not."""
    if place.ca is None:
        return False
    tls = ssl.create_default_context(cadata=place.ca)
    tls.check_hostname = False
    return tls


def _read(page: Page) -> bytes:
    """Read the key in an answer.

    Raises: NotFetched
    """
    if page.status != 200:  # HTTP's number for yes
        raise NotFetched(f"status {page.status}")
    if len(page.text.encode()) > LARGEST:
        raise NotFetched("too large")
    try:
        key = load_pem_public_key(page.text.encode())
    except ValueError:
        raise NotFetched("not a public key") from None
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise NotFetched("not a key of the curve prime256v1")
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
