"""What is computed with a shared key: tags, seals and hashes.

Source: teslamotors/vehicle-command, protocol.md;
        tests/vectors/commands/signing.json, responses.json and session_info.json
"""

import hashlib
import hmac

from cryptography.exceptions import InvalidTag

from ..errors import TagWrong
from . import metadata
from .domain import Domain
from .keys import SharedKey
from .message import Reply, Request
from .metadata import Signature

NONCE_LENGTH = 12  # bytes
TAG_LENGTH = 16  # bytes of AES-GCM's
SHORT_HASH = 17  # bytes that vehicle security keeps of a request's hash


def hmac_tag(shared: SharedKey, head: bytes, request: Request) -> bytes:
    """Return the HMAC of a command.

    head: its metadata's, see `metadata.request_head`
    """
    data = metadata.request(head, request.expires_at, request.counter, request.flags)
    return hmac.digest(shared.command, data + request.payload, "sha256")


def gcm_seal(shared: SharedKey, head: bytes, request: Request, nonce: bytes) -> tuple[bytes, bytes]:
    """Return a command's ciphertext, and its tag.

    nonce: 12 random bytes, never the same for one key
    """
    data = metadata.request(head, request.expires_at, request.counter, request.flags)
    sealed = shared.sealed.encrypt(nonce, request.payload, hashlib.sha256(data).digest())
    return sealed[:-TAG_LENGTH], sealed[-TAG_LENGTH:]


def request_hash(signature: Signature, domain: Domain, tag: bytes) -> bytes:
    """Return what an encrypted response names a request by: 33 bytes at most."""
    whole = bytes((signature,)) + tag
    return whole[:SHORT_HASH] if domain is Domain.VEHICLE_SECURITY else whole


def open_response(shared: SharedKey, vin: str, reply: Reply, hashed: bytes) -> bytes:
    """Return what an encrypted reply says.

    hashed: the hash of the request that it should answer
    Raises: TagWrong if it is not from this car, not an answer to this, or altered
    """
    seal = reply.seal
    # Ciphertext and tag are one for AES-GCM, so the length says where one ends.
    if seal is None or len(seal.nonce) != NONCE_LENGTH or len(seal.tag) != TAG_LENGTH:
        raise TagWrong("a reply without a usable seal")
    data = metadata.response(
        reply.sender or 0,
        vin,
        counter=seal.counter,
        flags=reply.flags,
        request_hash=hashed,
        fault=reply.fault,
    )
    sealed = (reply.payload or b"") + seal.tag
    try:
        return shared.sealed.decrypt(seal.nonce, sealed, hashlib.sha256(data).digest())
    except InvalidTag:
        raise TagWrong("a reply that cannot be decrypted") from None


def check_session_info(shared: SharedKey, vin: str, challenge: bytes, info: bytes, tag: bytes) -> None:
    """Accept a session info.

    challenge: the uuid of the request that it should answer
    info:      the bytes as they came
    Raises: TagWrong if it is not from this car, not an answer to this, or altered
    """
    expected = hmac.digest(shared.session_info, metadata.session_info(vin, challenge) + info, "sha256")
    if not hmac.compare_digest(expected, tag):
        raise TagWrong("a session info with a wrong tag")
