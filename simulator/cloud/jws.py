"""Tokens signed with Tesla.SS256, looked at as a car or Tesla would: Schnorr over P-256 with SHA-256.

Source: the protocol's description in RFC 8235's terms; tests/vectors/jws/
"""

import base64
import binascii
from dataclasses import dataclass
import hashlib
import json
import re
from typing import Any

from . import curve

ALGORITHM = "Tesla.SS256"
AUDIENCE = "com.tesla.fleet.TelemetryClient"
PARTS = 3
BASE64URL = re.compile(r"[A-Za-z0-9_-]*")
SIGNATURE = 96  # bytes: a point without its first byte, and a number


class BadToken(Exception):
    """No token, or one that nobody signed."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What a token says, and the key that signed it (65 bytes, uncompressed)."""

    claims: dict[str, Any]
    issuer: bytes


def signed_by(key: bytes, message: bytes, signature: bytes) -> bool:
    """Tell whether a signature is a key's own.

    Raises: curve.NoPoint where the key is none
    """
    public = curve.read(key)
    if len(signature) != SIGNATURE:
        return False
    nonce, response = signature[:-32], int.from_bytes(signature[-32:])
    commitment = bytes([curve.UNCOMPRESSED]) + nonce
    challenge = hashlib.sha256()
    for part in (curve.write(curve.base()), commitment, key, message):
        challenge.update(len(part).to_bytes(4) + part)
    total = curve.combine(
        response % curve.ORDER, curve.base(), int.from_bytes(challenge.digest()) % curve.ORDER, public
    )
    return total.z != 0 and curve.write(total) == commitment


def read(token: object) -> Signed:
    """Read a token and look at its signature; whom it is for and until when is not judged.

    Raises: BadToken
    """
    if not isinstance(token, str) or token.count(".") != PARTS - 1:
        raise BadToken("a token has three parts")
    head, body, tail = token.split(".")
    header, claims = _json(head), _json(body)
    if header.get("alg") != ALGORITHM:
        raise BadToken(f"the algorithm is not {ALGORITHM}")
    signature = _unpack(tail)
    try:
        issuer = base64.b64decode(claims.get("iss", ""), validate=True)
        genuine = signed_by(issuer, f"{head}.{body}".encode(), signature)
    except TypeError, ValueError:
        raise BadToken("the issuer is no key") from None
    if not genuine:
        raise BadToken("the signature is not the issuer's")
    return Signed(claims, issuer)


def _json(part: str) -> dict[str, Any]:
    try:
        read = json.loads(_unpack(part))
    except ValueError:
        raise BadToken("a part is not JSON") from None
    if not isinstance(read, dict):
        raise BadToken("a part is not a JSON object")
    return read


def _unpack(text: str) -> bytes:
    """Decode base64url without padding.

    Raises: BadToken
    """
    if not BASE64URL.fullmatch(text):
        raise BadToken("a part is not base64url")
    try:
        return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except binascii.Error:
        raise BadToken("a part is not base64url") from None
