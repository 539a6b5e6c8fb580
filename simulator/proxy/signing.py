"""Signs telemetry configurations with a key, as Tesla's program does: Schnorr over P-256 with SHA-256.

Source: as for `simulator/cloud/jws.py`, which looks at these signatures
"""

import base64
from collections.abc import Mapping
import hashlib
import json
import secrets
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec

from ..car.authentication import public_bytes
from ..cloud import curve
from ..cloud.jws import ALGORITHM, AUDIENCE


def token(key: ec.EllipticCurvePrivateKey, config: Mapping[str, Any]) -> str:
    """Sign a configuration; audience and issuer in it are overwritten."""
    public = public_bytes(key)
    claims = {**config, "aud": AUDIENCE, "iss": base64.b64encode(public).decode()}
    body = ".".join(_packed(json.dumps(part).encode()) for part in ({"alg": ALGORITHM, "typ": "JWT"}, claims))
    return f"{body}.{_packed(_signature(key, public, body.encode()))}"


def _signature(key: ec.EllipticCurvePrivateKey, public: bytes, message: bytes) -> bytes:
    nonce = 1 + secrets.randbelow(curve.ORDER - 1)
    commitment = curve.write(curve.combine(nonce, curve.base(), 0, curve.base()))
    challenge = hashlib.sha256()
    for part in (curve.write(curve.base()), commitment, public, message):
        challenge.update(len(part).to_bytes(4) + part)
    secret = key.private_numbers().private_value
    response = (nonce - int.from_bytes(challenge.digest()) * secret) % curve.ORDER
    return commitment[1:] + response.to_bytes(32)


def _packed(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
