"""Keys agreed on, and the bytes that are authenticated beside a message."""

from collections.abc import Mapping
import hashlib
import hmac

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custom_components.tesla_direct.tesla.proto import signatures_pb2 as sig

CURVE = ec.SECP256R1()
POINT = 65  # bytes of an uncompressed point
NONCE = 12
GCM_TAG = 16


def public_bytes(key: ec.EllipticCurvePrivateKey) -> bytes:
    """Return the public half as it travels: 04, x, y."""
    return key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def is_public_key(data: bytes) -> bool:
    """Tell whether these bytes are an uncompressed point of the curve."""
    if len(data) != POINT or data[0] != 4:
        return False
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(CURVE, data)
    except ValueError:
        return False
    return True


def shared_key(own: ec.EllipticCurvePrivateKey, other: bytes) -> bytes:
    """Agree on the 16 bytes that both sides know."""
    point = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, other)
    x = own.exchange(ec.ECDH(), point)
    return hashlib.sha1(x, usedforsecurity=False).digest()[:16]


def metadata(items: Mapping[int, bytes]) -> bytes:
    """Write items as tag, length, value in the order of their tags."""
    parts = [bytes([tag, len(value)]) + value for tag, value in sorted(items.items())]
    return b"".join(parts) + bytes([sig.TAG_END])


def number(value: int) -> bytes:
    """Write a number as metadata has it; on the wire the same ones are the other way round."""
    return value.to_bytes(4, "big")


def session_info_tag(shared: bytes, vin: str, challenge: bytes, info: bytes) -> bytes:
    """Sign session info that answers a request with the uuid `challenge`."""
    items: dict[int, bytes] = {
        sig.TAG_SIGNATURE_TYPE: bytes([sig.SIGNATURE_TYPE_HMAC]),
        sig.TAG_PERSONALIZATION: vin.encode(),
        sig.TAG_CHALLENGE: challenge,
    }
    return _keyed(shared, b"session info", metadata(items) + info)


def command_tag(shared: bytes, authenticated: bytes, payload: bytes) -> bytes:
    """Sign a command that travels in clear; `authenticated` is its metadata."""
    return _keyed(shared, b"authenticated command", authenticated + payload)


def decrypt(shared: bytes, nonce: bytes, authenticated: bytes, ciphertext: bytes, tag: bytes) -> bytes:
    """Open an encrypted command.

    Raises: cryptography.exceptions.InvalidTag
    """
    return AESGCM(shared).decrypt(nonce, ciphertext + tag, hashlib.sha256(authenticated).digest())


def encrypt(shared: bytes, nonce: bytes, authenticated: bytes, plaintext: bytes) -> tuple[bytes, bytes]:
    """Seal an answer; return ciphertext and tag."""
    sealed = AESGCM(shared).encrypt(nonce, plaintext, hashlib.sha256(authenticated).digest())
    return sealed[:-GCM_TAG], sealed[-GCM_TAG:]


def _keyed(shared: bytes, label: bytes, data: bytes) -> bytes:
    derived = hmac.digest(shared, label, hashlib.sha256)
    return hmac.digest(derived, data, hashlib.sha256)
