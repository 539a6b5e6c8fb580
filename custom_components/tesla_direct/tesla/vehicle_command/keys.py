"""P-256 keys: make, load, agree.

Source: teslamotors/vehicle-command, protocol.md; tests/vectors/commands/keys.json
"""

import hashlib
import hmac
import re
from typing import Self

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from ..errors import CurveUnsupported, KeyEncrypted, KeyNotPrivate, KeyUnreadable, PublicKeyInvalid

PUBLIC_LENGTH = 65  # bytes: 04, X, Y
LONGEST_PEM = 65536  # bytes; a key has 250, and whoever gives us a disk image has picked the wrong file
LABEL = re.compile(rb"-----BEGIN ([A-Z0-9 ]+)-----")
ENCRYPTED = re.compile(rb"^Proc-Type: *4, *ENCRYPTED", re.MULTILINE)


class PrivateKey:
    """Our half of every agreement; it shows itself to nobody.

    key:    for who signs something else with it
    public: 65 bytes, uncompressed
    """

    __slots__ = ("key", "public")

    def __init__(self, key: ec.EllipticCurvePrivateKey) -> None:
        """Take over a key of the curve P-256."""
        if not isinstance(key.curve, ec.SECP256R1):
            raise CurveUnsupported(f"a key of the curve {key.curve.name}; only P-256 will do")
        self.key = key
        self.public = key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @classmethod
    def generate(cls) -> Self:
        """Make a new one."""
        return cls(ec.generate_private_key(ec.SECP256R1()))

    @classmethod
    def from_pem(cls, data: bytes) -> Self:
        """Load one that is not encrypted.

        Shape:  PEM, as SEC1 (EC PRIVATE KEY, also behind EC PARAMETERS) or PKCS #8 (PRIVATE KEY)
        Raises: KeyUnreadable, KeyEncrypted, KeyNotPrivate, CurveUnsupported
        """
        if len(data) > LONGEST_PEM:
            raise KeyUnreadable(f"{len(data)} bytes are no key; {LONGEST_PEM} are enough for any")
        labels = LABEL.findall(data)
        if b"ENCRYPTED PRIVATE KEY" in labels or ENCRYPTED.search(data):
            raise KeyEncrypted("a key protected with a passphrase")
        if not any(label.endswith(b"PRIVATE KEY") for label in labels):
            if labels:
                raise KeyNotPrivate(f"a {labels[0].decode().lower()}, not a private key")
            raise KeyUnreadable("not PEM")
        try:
            key = load_pem_private_key(data, None)
        except ValueError, TypeError, UnsupportedAlgorithm:
            # What was being read is a secret, so the cause stays out of the trace.
            raise KeyUnreadable("a damaged private key, or one of an unknown kind") from None
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            raise CurveUnsupported("a key of another kind; only one of the curve P-256 will do")
        return cls(key)

    def to_pem(self) -> bytes:
        """Return it as PKCS #8, not encrypted."""
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    @property
    def public_pem(self) -> bytes:
        """Return the public half as Tesla wants it hosted."""
        return self.key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @property
    def fingerprint(self) -> str:
        """Return what tells keys apart in a file, and gives nothing away: 16 hex digits."""
        return hashlib.sha256(self.public).hexdigest()[:16]

    def agree(self, peer: bytes) -> SharedKey:
        """Return what a car's computer and we have in common.

        peer:   its public key, 65 bytes
        Raises: PublicKeyInvalid if it is none
        """
        # `cryptography` takes compressed points too; the protocol does not.
        if len(peer) != PUBLIC_LENGTH or peer[0] != 4:
            raise PublicKeyInvalid(f"{len(peer)} bytes that are no uncompressed point")
        try:
            public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), peer)
        except ValueError:
            raise PublicKeyInvalid("a point that is not on the curve") from None
        # The x coordinate with its leading zeros.
        return SharedKey(hashlib.sha1(self.key.exchange(ec.ECDH(), public)).digest()[:16])  # noqa: S324  # Tesla's choice

    def __repr__(self) -> str:
        return f"PrivateKey({self.fingerprint})"


class SharedKey:
    """What one computer of a car and we share: K, and what is derived from it. It shows nothing of it.

    secret:       K, 16 bytes
    command:      K_m, the key of HMACs over commands, 32 bytes
    session_info: K_s, the key of HMACs over session info, 32 bytes
    sealed:       AES-GCM with K
    """

    __slots__ = ("command", "sealed", "secret", "session_info")

    def __init__(self, secret: bytes) -> None:
        """Derive the rest from K."""
        self.secret = secret
        self.command = hmac.digest(secret, b"authenticated command", "sha256")
        self.session_info = hmac.digest(secret, b"session info", "sha256")
        self.sealed = AESGCM(secret)

    def __repr__(self) -> str:
        return "SharedKey(…)"
