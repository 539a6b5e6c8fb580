"""What the service shows of who it is: a good certificate, or one that a client had better not believe."""

import hashlib
from pathlib import Path
import ssl
from uuid import uuid4

from cryptography.hazmat.primitives import serialization

from ..certificates import Credential, server_certificate, stranger
from ..proxy.server import self_signed

HERE = ("127.0.0.1", "localhost")
ELSEWHERE = ("streaming.elsewhere.example",)
EXPIRED_DAYS = -2.0
KINDS = ("good", "self_signed", "expired", "other_name", "unknown_authority")


class Shown:
    """A certificate of one of KINDS, and what a client needs to believe it.

    authority: PEM of who vouches for it; its own where nobody does
    """

    def __init__(self, kind: str, folder: Path, ca: Credential | None = None) -> None:
        """Make one; `ca` is who vouches for good ones, an authority of its own without it.

        Raises: KeyError for what is no such kind
        """
        if kind not in KINDS:
            raise KeyError(kind)
        by = (ca if kind == "good" else None) or stranger("Somebody's CA")
        self._credential = _credential(kind, by)
        own = kind in {"self_signed", "expired"}
        self.authority = (self._credential if own else by).certificate_pem()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(self._credential.write(folder / f"shown-{uuid4().hex}.pem"))

    @property
    def fingerprint(self) -> str:
        """Return the SHA-256 of its DER, hexadecimal."""
        der = self._credential.certificate.public_bytes(serialization.Encoding.DER)
        return hashlib.sha256(der).hexdigest()


def _credential(kind: str, by: Credential) -> Credential:
    match kind:
        case "self_signed":
            return self_signed(*HERE)
        case "expired":
            return self_signed(*HERE, days=EXPIRED_DAYS)
        case "other_name":
            return server_certificate(by, *ELSEWHERE)
        case _:
            return server_certificate(by, *HERE)
