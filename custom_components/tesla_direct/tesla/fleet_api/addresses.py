"""Where somebody is to be asked, and who is to be believed there: looked at before a token may go there."""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_address
import re
from typing import Any, Self
from urllib.parse import SplitResult, urlsplit

from ..errors import ProviderInvalid

BY_VIN, BY_ID = "vin", "id"  # what a stream may call a car
FINGERPRINT = re.compile(r"[0-9a-f]{64}")
HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates:
    """Who is to be believed at an address: one of these, or, without any, the public authorities.

    authority:   PEM of who vouches for it
    fingerprint: the SHA-256 of its certificate (DER), 64 hex digits
    verified:    False: whoever answers; only by the user's explicit choice
    """

    authority: str | None = None
    fingerprint: str | None = None
    verified: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return what has to be stored."""
        return {"authority": self.authority, "fingerprint": self.fingerprint, "verified": self.verified}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what `to_dict` described; ProviderInvalid if it cannot be."""
        authority, fingerprint = data.get("authority"), data.get("fingerprint")
        return cls(
            authority=None if authority is None else str(authority),
            fingerprint=None if fingerprint is None else fingerprint_of(str(fingerprint)),
            verified=data.get("verified") is not False,
        )


PUBLIC = Certificates()  # whom the public authorities vouch for


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamHost:
    """Who streams in the way that TeslaMate understands.

    url:          of the WebSockets, wss:// or, on the loopback, ws://; `/streaming/` is appended
    tag:          what it calls a car: "vin", or "id" for Tesla's `vehicle_id`
    certificates: who is to be believed there
    """

    url: str
    tag: str = BY_VIN
    certificates: Certificates = PUBLIC

    @property
    def address(self) -> str:
        """Return what a WebSocket is opened to."""
        return f"{self.url}/streaming/"

    def to_dict(self) -> dict[str, Any]:
        """Return what has to be stored."""
        return {"url": self.url, "tag": self.tag, "certificates": self.certificates.to_dict()}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what `to_dict` described; ProviderInvalid if it cannot be."""
        return cls(
            url=stream_address_of("stream", str(data["url"])),
            tag=BY_ID if data.get("tag") == BY_ID else BY_VIN,
            certificates=Certificates.from_dict(data.get("certificates") or {}),
        )


def fingerprint_of(text: str) -> str:
    """Return a fingerprint that was entered, as 64 hex digits; colons and spaces do not matter.

    Raises: ProviderInvalid (`fingerprint`)
    """
    digits = re.sub(r"[\s:]", "", text).lower()
    if not FINGERPRINT.fullmatch(digits):
        raise ProviderInvalid("fingerprint", "a SHA-256 has 64 hex digits")
    return digits


def stream_address_of(field: str, address: str) -> str:
    """Return the checked address of WebSockets, without a slash at the end.

    Raises: ProviderInvalid; without TLS is for this machine's loopback address only
    """
    text = address.strip()
    scheme, found, rest = text.partition("://")
    spoken = {"wss": "https", "ws": "http"}.get(scheme.lower()) if found else None
    if spoken is None:
        raise ProviderInvalid(field, "has to begin with wss://")
    try:
        url = _plain(checked(f"{spoken}://{rest}"))
    except ValueError as error:
        raise ProviderInvalid(field, str(error)) from None
    return f"{scheme.lower()}{url.removeprefix(spoken)}".removesuffix("/streaming")


def address_of(field: str, address: str) -> str:
    """Return a checked address without a slash at the end.

    Raises: ProviderInvalid
    """
    try:
        return _plain(checked(address))
    except ValueError as error:
        raise ProviderInvalid(field, str(error)) from None


def _plain(parts: SplitResult) -> str:
    """Return an address as short as it can be written, so that two of the same host are the same text."""
    host = parts.netloc.lower()
    if parts.scheme == "https":
        host = host.removesuffix(":443")
    return parts._replace(netloc=host).geturl().rstrip("/")


def checked(address: str) -> SplitResult:
    """Split an address that a token may be sent to; ValueError says what is wrong with it."""
    try:
        parts = urlsplit(address.strip())
        host, _ = (parts.hostname or "").lower(), parts.port
    except ValueError:
        raise ValueError("not an address") from None
    if not HOST.fullmatch(f"[{host}]" if ":" in host else host):
        raise ValueError("no host name that could be one")
    if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
        raise ValueError("only scheme, host, port and path, please")
    if parts.scheme != "https" and not (parts.scheme == "http" and is_loopback(host)):
        raise ValueError("has to begin with https:// (http:// is for this machine's loopback address only)")
    return parts


def is_loopback(host: str) -> bool:
    """Tell whether a host is this machine, and nobody listens on the way there."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
