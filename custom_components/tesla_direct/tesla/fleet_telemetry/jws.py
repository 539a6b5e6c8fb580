"""Tesla.SS256: a configuration signed with the owner's key, and such a signature verified.

A Schnorr signature over P-256 with SHA-256; no JWT library knows it.
Source: telemetry protocol, section 17; tests/vectors/jws/
"""

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..errors import WireError
from . import p256

ALGORITHM = "Tesla.SS256"
HEADER = '{"alg":"Tesla.SS256","typ":"JWT"}'
TELEMETRY = "TelemetryClient"  # the application that takes telemetry configurations
SIGNATURE_LENGTH = 96  # bytes: X and Y of the nonce's point, and the response


def audience(app: str, vin: str | None = None) -> str:
    """Return whom a token is for: all cars that trust the key, or one."""
    return f"com.tesla.fleet.{app}" if vin is None else f"com.tesla.vehicle.{vin}.{app}"


def issuer(public_key: bytes) -> str:
    """Return how a token names its signer (65 bytes, uncompressed)."""
    return base64.b64encode(public_key).decode()


def serialize(claims: dict[str, Any]) -> str:
    """Return claims as Tesla's own tool writes them: compact, sorted, HTML characters escaped."""
    text = json.dumps(claims, separators=(",", ":"), sort_keys=True, ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def sign_claims(key: ec.EllipticCurvePrivateKey, claims: dict[str, Any], audience_: str) -> str:
    """Return a token: the claims with issuer and audience, signed."""
    public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    return sign_token(key, HEADER, serialize({**claims, "iss": issuer(public), "aud": audience_}))


def sign_token(key: ec.EllipticCurvePrivateKey, header: str, claims: str) -> str:
    """Return a token over exactly these texts."""
    signed = f"{_encode(header.encode())}.{_encode(claims.encode())}"
    return f"{signed}.{_encode(sign(key, signed.encode()))}"


def verify_token(token: str) -> dict[str, Any]:
    """Return the claims of a token whose signature is that of the key it names in `iss`.

    Whose key that is, and whether the token has expired (`exp`), is for the caller to judge.

    Raises: WireError on anything else
    """
    parts = token.split(".")
    if len(parts) != 3:
        raise WireError(f"a token of {len(parts)} parts")
    try:
        header = json.loads(_decode(parts[0]))
        claims = json.loads(_decode(parts[1]))
        public_key = base64.b64decode(claims["iss"], validate=True)
        algorithm = header["alg"]
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise WireError("a token that cannot be read") from error
    if algorithm != ALGORITHM:
        raise WireError("a token of another algorithm")
    verify(public_key, f"{parts[0]}.{parts[1]}".encode(), _decode(parts[2]))
    assert isinstance(claims, dict)  # noqa: S101  # it had an "iss"
    return claims


def sign(key: ec.EllipticCurvePrivateKey, message: bytes) -> bytes:
    """Return the signature, the same each time for the same message."""
    secret = key.private_numbers().private_value
    nonce = derive_nonce(secret, hashlib.sha256(message).digest())
    point = _point(p256.multiply_base(nonce))
    public = _point(p256.multiply_base(secret))
    response = (nonce - secret * _challenge(point, public, message)) % p256.ORDER
    return p256.encode(point)[1:] + response.to_bytes(32)


def verify(public_key: bytes, message: bytes, signature: bytes) -> None:
    """Accept a signature by the key (65 bytes, uncompressed).

    Raises: WireError if it is none
    """
    public = p256.decode(public_key)
    if len(signature) != SIGNATURE_LENGTH:
        raise WireError(f"a signature of {len(signature)} bytes")
    point = (int.from_bytes(signature[:32]), int.from_bytes(signature[32:64]))
    response = int.from_bytes(signature[64:]) % p256.ORDER
    challenge = _challenge(point, public, message)
    expected = p256.add(p256.multiply_base(response), p256.multiply(challenge, public))
    if expected != point:
        raise WireError("a signature by somebody else, or of something else")


def derive_nonce(secret: int, digest: bytes) -> int:
    """Return the nonce of RFC 6979 for P-256 and SHA-256."""
    seed = secret.to_bytes(32) + (int.from_bytes(digest) % p256.ORDER).to_bytes(32)
    value, key = b"\x01" * 32, b"\x00" * 32
    for separator in (b"\x00", b"\x01"):
        key = _hmac(key, value + separator + seed)
        value = _hmac(key, value)
    while True:
        value = _hmac(key, value)
        candidate = int.from_bytes(value)
        if 1 <= candidate < p256.ORDER:
            return candidate
        key = _hmac(key, value + b"\x00")
        value = _hmac(key, value)


def _challenge(point: tuple[int, int], public: tuple[int, int], message: bytes) -> int:
    """Hash generator, nonce point, public key and message, each behind its length."""
    parts = (p256.encode(p256.GENERATOR), p256.encode(point), p256.encode(public), message)
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(4) + part)
    return int.from_bytes(digest.digest())


def _point(point: p256.Point) -> tuple[int, int]:
    assert point is not None  # noqa: S101  # a scalar between 1 and the order never gives infinity
    return point


def _hmac(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    """Read base64url without padding, strictly."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise WireError("a part of a token that is no base64url") from error
    if "=" in text:
        raise WireError("a part of a token with padding")
    return data
