"""A computer of a car that answers as a test wants, written from the protocol's text and not from our code.

The keys are those of the published example (protocol.md); never pair one of them.
"""

from collections.abc import Callable
import hashlib
import hmac
from random import Random
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custom_components.tesla_direct.tesla.proto.car_server_pb2 import Action, Response
from custom_components.tesla_direct.tesla.proto.signatures_pb2 import SessionInfo
from custom_components.tesla_direct.tesla.proto.universal_message_pb2 import RoutableMessage
from custom_components.tesla_direct.tesla.vehicle_command.domain import Domain
from custom_components.tesla_direct.tesla.vehicle_command.keys import PrivateKey

CLIENT = 0x2538CDC29A97C19C1E99A637D6CF4F8C970C118B56EDE1E6323E6D162C4B30DB
VEHICLE = 0x344EE5B466A7CF1EEB12B6F50331DB2E5EC5834EF5F4BEFCFD8CBE55C2528D70
OTHER = 0x51D6407558B728C5247BEA8E3078999082D3325A963ACB65C45F341F7FB9D64A
VIN = "5YJ30123456789ABC"
EPOCH = bytes.fromhex("4c463f9cc0d3d26906e982ed224adde6")
CLIMATE_ON = bytes.fromhex("120452020801")
UNLOCK = bytes.fromhex("1000")

WAIT, ERROR = 1, 2


def our_key() -> PrivateKey:
    return PrivateKey(ec.derive_private_key(CLIENT, ec.SECP256R1()))


class Car:
    """Domain, epoch, counter and clock of one computer."""

    def __init__(self, domain: Domain = Domain.INFOTAINMENT, scalar: int = VEHICLE) -> None:
        self.domain = domain
        self.epoch = EPOCH
        self.counter = 6
        self.clock = 2650
        self._random = Random(scalar)  # noqa: S311  # the same in each run of a test
        self._key = ec.derive_private_key(scalar, ec.SECP256R1())
        self.public = self._key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        client = ec.derive_private_key(CLIENT, ec.SECP256R1()).public_key()
        self.secret = hashlib.sha1(self._key.exchange(ec.ECDH(), client)).digest()[:16]  # noqa: S324

    def answer(  # noqa: PLR0913
        self,
        request: bytes,
        payload: bytes | None = b"",
        *,
        fault: int = 0,
        operation: int | None = None,
        encrypted: bool = False,
        informed: bool = False,
        nth: int = 1,
        change: Callable[[RoutableMessage], object] | None = None,
        **info: Any,
    ) -> bytes:
        """Return the answer to a message.

        operation: its operation status
        nth:      its counter among the answers to this request
        informed: with session info; `info` changes what it says
        change:   what happens to the answer on its way
        """
        asked = RoutableMessage.FromString(request)
        message = RoutableMessage()
        message.to_destination.routing_address = asked.from_destination.routing_address
        message.from_destination.domain = asked.to_destination.domain
        message.uuid = self._random.randbytes(16)
        if self.domain is Domain.INFOTAINMENT:
            message.request_uuid = asked.uuid
        if fault or operation is not None:
            message.signedMessageStatus.signed_message_fault = fault  # type: ignore[assignment]  # any number
            message.signedMessageStatus.operation_status = ERROR if operation is None else operation  # type: ignore[assignment]
        if informed:
            self._inform(message, asked.uuid, info)
        elif encrypted:
            self._encrypt(message, asked, payload or b"", nth)
        elif payload is not None:
            message.protobuf_message_as_bytes = payload
        if change:
            change(message)
        return message.SerializeToString()

    def greet(self, request: bytes, **changes: Any) -> bytes:
        """Return the answer to a handshake."""
        return self.answer(request, informed=True, **changes)

    def _inform(self, message: RoutableMessage, challenge: bytes, changes: dict[str, Any]) -> None:
        info = SessionInfo(
            counter=self.counter, publicKey=self.public, epoch=self.epoch, clock_time=self.clock
        )
        for name, value in changes.items():
            setattr(info, name, value)
        message.session_info = info.SerializeToString()
        key = hmac.digest(self.secret, b"session info", "sha256")
        metadata = b"\x00\x01\x06\x02\x11" + VIN.encode() + b"\x06\x10" + challenge + b"\xff"
        tag = hmac.digest(key, metadata + message.session_info, "sha256")
        message.signature_data.session_info_tag.tag = tag

    def _encrypt(
        self, message: RoutableMessage, asked: RoutableMessage, payload: bytes, counter: int
    ) -> None:
        hashed = b"\x08" + asked.signature_data.HMAC_Personalized_data.tag
        if self.domain is Domain.VEHICLE_SECURITY:
            hashed = hashed[:17]
        metadata = (
            b"\x00\x01\x09\x01\x01"
            + bytes((self.domain,))
            + b"\x02\x11"
            + VIN.encode()
            + b"\x05\x04"
            + counter.to_bytes(4)
            + b"\x07\x04"
            + message.flags.to_bytes(4)
            + b"\x08"
            + bytes((len(hashed),))
            + hashed
            + b"\x09\x04"
            + message.signedMessageStatus.signed_message_fault.to_bytes(4)
            + b"\xff"
        )
        nonce = self._random.randbytes(12)
        sealed = AESGCM(self.secret).encrypt(nonce, payload, hashlib.sha256(metadata).digest())
        message.protobuf_message_as_bytes = sealed[:-16]
        seal = message.signature_data.AES_GCM_Response_data
        seal.nonce, seal.counter, seal.tag = nonce, counter, sealed[-16:]


def understood(request: bytes) -> Action:
    """Return what infotainment was told to do."""
    return Action.FromString(RoutableMessage.FromString(request).protobuf_message_as_bytes)


def refusal(reason: str) -> bytes:
    """Return a payload in which infotainment refuses."""
    response = Response()
    response.actionStatus.result = 1  # type: ignore[assignment]  # OPERATIONSTATUS_ERROR
    response.actionStatus.result_reason.plain_text = reason
    return response.SerializeToString()
