"""RoutableMessage: build and read, and tell whose answer one is.

Source: teslamotors/vehicle-command, protocol.md; tests/vectors/commands/routing.json
"""

from dataclasses import dataclass, field

from google.protobuf.message import DecodeError

from ..errors import WireError
from ..proto.signatures_pb2 import (
    AES_GCM_Personalized_Signature_Data,
    HMAC_Personalized_Signature_Data,
    KeyIdentity,
    SignatureData,
)
from ..proto.universal_message_pb2 import Destination, Flags, RoutableMessage, SessionInfoRequest
from .domain import Domain
from .window import Window

LONGEST = 100_000  # bytes of an answer; Tesla's own client reads no more
ID_LENGTH = 16  # bytes of a routing address and of a uuid
ENCRYPT_RESPONSE = 1 << Flags.FLAG_ENCRYPT_RESPONSE
TO_DOMAIN = {
    Domain.VEHICLE_SECURITY: Destination(domain="DOMAIN_VEHICLE_SECURITY"),
    Domain.INFOTAINMENT: Destination(domain="DOMAIN_INFOTAINMENT"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A command before it is signed.

    address:    of ours; where the answer has to go
    epoch:      the car's
    expires_at: seconds by the car's clock
    """

    domain: Domain
    address: bytes
    uuid: bytes
    epoch: bytes
    counter: int
    expires_at: int
    flags: int
    payload: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pending:
    """A message that was made to be sent, and what its answer will be known by.

    message:    its bytes
    counter:    None for a handshake
    expires_at: seconds by the car's clock, 0 for a handshake
    hash:       what an encrypted answer names the request by
    window:     which answers to it were seen
    """

    domain: Domain
    address: bytes
    uuid: bytes
    message: bytes = field(repr=False)
    counter: int | None = None
    expires_at: int = 0
    hash: bytes = b""
    window: Window = field(default_factory=Window, compare=False)


@dataclass(frozen=True, slots=True)
class Seal:
    """What an encrypted payload is opened with."""

    nonce: bytes
    counter: int
    tag: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """A message that came, read; nothing of it is to be believed yet.

    sender:       the domain it says it is from, 0 for another address, None if it does not say
    address:      where it goes to, None where that is no address
    fault:        the protocol's, 0 for none
    status:       its operation status, 0 for OK
    payload:      of a result; None if there is none
    session_info: as it came, because the tag is over these bytes; None if there is none
    tag:          of the session info
    seal:         None where the payload is not encrypted
    """

    sender: int | None
    address: bytes | None
    request_uuid: bytes
    flags: int
    fault: int
    status: int
    payload: bytes | None = field(repr=False)
    session_info: bytes | None = field(repr=False)
    tag: bytes = field(repr=False)
    seal: Seal | None = field(repr=False)


def hello(domain: Domain, address: bytes, uuid: bytes, public: bytes) -> bytes:
    """Return the question for a session info, asked by the holder of a public key."""
    return RoutableMessage(
        to_destination=TO_DOMAIN[domain],
        from_destination=Destination(routing_address=address),
        session_info_request=SessionInfoRequest(public_key=public),
        uuid=uuid,
    ).SerializeToString()


def with_hmac(request: Request, public: bytes, tag: bytes) -> bytes:
    """Return a command in clear with its HMAC."""
    data = HMAC_Personalized_Signature_Data(
        epoch=request.epoch, counter=request.counter, expires_at=request.expires_at, tag=tag
    )
    signature = SignatureData(signer_identity=KeyIdentity(public_key=public), HMAC_Personalized_data=data)
    return _command(request, request.payload, signature)


def with_gcm(request: Request, public: bytes, nonce: bytes, ciphertext: bytes, tag: bytes) -> bytes:
    """Return an encrypted command; over the Internet nobody takes one."""
    data = AES_GCM_Personalized_Signature_Data(
        epoch=request.epoch, nonce=nonce, counter=request.counter, expires_at=request.expires_at, tag=tag
    )
    signature = SignatureData(signer_identity=KeyIdentity(public_key=public), AES_GCM_Personalized_data=data)
    return _command(request, ciphertext, signature)


def _command(request: Request, payload: bytes, signature: SignatureData) -> bytes:
    return RoutableMessage(
        to_destination=TO_DOMAIN[request.domain],
        from_destination=Destination(routing_address=request.address),
        protobuf_message_as_bytes=payload,
        signature_data=signature,
        uuid=request.uuid,
        flags=request.flags,
    ).SerializeToString()


def read(data: bytes) -> Reply:
    """Read a message of a car.

    Raises: WireError if it is none
    """
    if len(data) > LONGEST:
        raise WireError(f"{len(data)} bytes exceed {LONGEST}")
    try:
        message = RoutableMessage.FromString(data)
    except DecodeError as error:
        raise WireError(f"{len(data)} bytes that are no RoutableMessage") from error
    status = message.signedMessageStatus
    kind = message.WhichOneof("payload")
    signature = message.signature_data
    seal = None
    if signature.HasField("AES_GCM_Response_data"):
        sealed = signature.AES_GCM_Response_data
        seal = Seal(sealed.nonce, sealed.counter, sealed.tag)
    to = message.to_destination
    return Reply(
        sender=message.from_destination.domain if message.HasField("from_destination") else None,
        address=to.routing_address if to.HasField("routing_address") else None,
        request_uuid=message.request_uuid,
        flags=message.flags,
        fault=status.signed_message_fault,
        status=status.operation_status,
        payload=message.protobuf_message_as_bytes if kind == "protobuf_message_as_bytes" else None,
        session_info=message.session_info if kind == "session_info" else None,
        tag=signature.session_info_tag.tag,
        seal=seal,
    )


def why_not(reply: Reply, pending: Pending) -> str | None:
    """Return why a message is not the answer to a request, None if it may be."""
    if reply.sender != pending.domain:
        return "it is from somebody else"
    if reply.address is None or len(reply.address) != ID_LENGTH or reply.address != pending.address:
        return "it is for somebody else"
    if len(reply.request_uuid) not in {0, ID_LENGTH}:
        return f"it names a request by {len(reply.request_uuid)} bytes"
    # Vehicle security mostly leaves it out; there, each request has an address of its own.
    if pending.domain is Domain.INFOTAINMENT and reply.request_uuid != pending.uuid:
        return "it answers another request"
    return None
