"""A small client of the signed protocol, with code of its own, so that the car is not asked by itself."""

from collections.abc import Callable
from dataclasses import dataclass
import hashlib
import hmac
import secrets
import struct
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from custom_components.tesla_direct.tesla.proto.car_server_pb2 import Action, Response
from custom_components.tesla_direct.tesla.proto.signatures_pb2 import SessionInfo
from custom_components.tesla_direct.tesla.proto.universal_message_pb2 import RoutableMessage
from custom_components.tesla_direct.tesla.proto.vcsec_pb2 import FromVCSECMessage, UnsignedMessage
from simulator.car.car import Car

SECURITY, INFOTAINMENT = 2, 3
ENCRYPT = 2  # bit 1
LIFETIME = 10

type Carry = Callable[[bytes], bytes]


@dataclass
class Session:
    shared: bytes
    epoch: bytes
    counter: int
    clock: int


@dataclass(frozen=True)
class Reply:
    """An answer, opened; `payload` is None where it could not be decrypted."""

    fault: int
    waits: bool
    payload: bytes | None
    encrypted: bool
    info: SessionInfo | None
    message: RoutableMessage

    @property
    def reason(self) -> str:
        response = Response.FromString(self.payload or b"")
        return response.actionStatus.result_reason.plain_text if response.actionStatus.result else ""

    @property
    def response(self) -> Response:
        return Response.FromString(self.payload or b"")

    @property
    def security(self) -> FromVCSECMessage:
        return FromVCSECMessage.FromString(self.payload or b"")


class Signer:
    """One application with one key, talking to one car."""

    def __init__(self, vin: str, carry: Carry) -> None:
        self.vin, self.carry = vin, carry
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.public = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        self.sessions: dict[int, Session] = {}
        self.address = secrets.token_bytes(16)

    def hello(self, domain: int) -> RoutableMessage:
        message = self._envelope(domain)
        message.session_info_request.public_key = self.public
        return message

    def shake_hands(self, domain: int) -> Reply:
        hello = self.hello(domain)
        answer = self.send(hello)
        if answer.info is not None and answer.info.publicKey:
            self.learn(domain, hello, answer.message)
        return answer

    def learn(self, domain: int, request: RoutableMessage, answer: RoutableMessage) -> None:
        """Take session info in, once its tag is proved."""
        info = SessionInfo.FromString(answer.session_info)
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), info.publicKey)
        shared = hashlib.sha1(self.key.exchange(ec.ECDH(), point), usedforsecurity=False).digest()[:16]
        data = bytes([0, 1, 6, 2, 17]) + self.vin.encode() + bytes([6, 16]) + request.uuid + b"\xff"
        label = hmac.new(shared, b"session info", hashlib.sha256).digest()
        tag = hmac.new(label, data + answer.session_info, hashlib.sha256).digest()
        assert tag == answer.signature_data.session_info_tag.tag, "the session info is not authentic"
        self.sessions[domain] = Session(shared, info.epoch, info.counter, info.clock_time)

    def sign(self, domain: int, payload: bytes, **changes: Any) -> RoutableMessage:
        """Sign a command; `changes` are of what is authenticated, and of the method."""
        session = self.sessions[domain]
        session.counter += 1
        counter = changes.get("counter", session.counter)
        expires = changes.get("expires", session.clock + LIFETIME)
        epoch = changes.get("epoch", session.epoch)
        flags = changes.get("flags", ENCRYPT)
        encrypted = changes.get("encrypted", False)
        message = self._envelope(domain)
        message.flags = flags
        data = bytes([0, 1, 5 if encrypted else 8, 1, 1, domain, 2, 17]) + self.vin.encode()
        data += bytes([3, 16]) + epoch + struct.pack(">BBIBBI", 4, 4, expires, 5, 4, counter)
        data += (struct.pack(">BBI", 7, 4, flags) if flags else b"") + b"\xff"
        message.signature_data.signer_identity.public_key = self.public
        if encrypted:
            nonce = changes.get("nonce", secrets.token_bytes(12))
            sealed = AESGCM(session.shared).encrypt(nonce, payload, hashlib.sha256(data).digest())
            message.protobuf_message_as_bytes = sealed[:-16]
            gcm = message.signature_data.AES_GCM_Personalized_data
            gcm.epoch, gcm.nonce, gcm.counter = epoch, nonce, counter
            gcm.expires_at, gcm.tag = expires, sealed[-16:]
            return message
        message.protobuf_message_as_bytes = payload
        label = hmac.new(session.shared, b"authenticated command", hashlib.sha256).digest()
        plain = message.signature_data.HMAC_Personalized_data
        plain.epoch, plain.counter, plain.expires_at = epoch, counter, expires
        plain.tag = hmac.new(label, data + payload, hashlib.sha256).digest()
        return message

    def send(self, message: RoutableMessage) -> Reply:
        return self.open(message, self.carry(message.SerializeToString()))

    def command(self, domain: int, payload: bytes, **changes: Any) -> Reply:
        """Sign and send, after a handshake where there was none."""
        if domain not in self.sessions:
            self.shake_hands(domain)
        return self.send(self.sign(domain, payload, **changes))

    def act(self, member: str, **fields: Any) -> Reply:
        """Send a command to infotainment, by its member and plain fields."""
        return self.command(INFOTAINMENT, action(member, **fields))

    def lock(self, **changes: Any) -> Reply:
        return self.command(SECURITY, LOCK, **changes)

    def unlock(self, **changes: Any) -> Reply:
        return self.command(SECURITY, UNLOCK, **changes)

    def open(self, request: RoutableMessage, answer: bytes) -> Reply:
        message = RoutableMessage.FromString(answer)
        status = message.signedMessageStatus
        encrypted = message.signature_data.HasField("AES_GCM_Response_data")
        payload: bytes | None = message.protobuf_message_as_bytes
        if encrypted:
            payload = self._decrypted(request, message)
        info = SessionInfo.FromString(message.session_info) if message.HasField("session_info") else None
        return Reply(
            fault=status.signed_message_fault,
            waits=status.operation_status == 1,
            payload=payload,
            encrypted=encrypted,
            info=info,
            message=message,
        )

    def _decrypted(self, request: RoutableMessage, answer: RoutableMessage) -> bytes | None:
        domain = answer.from_destination.domain
        signature, sealed = request.signature_data, answer.signature_data.AES_GCM_Response_data
        if signature.HasField("HMAC_Personalized_data"):
            named = b"\x08" + signature.HMAC_Personalized_data.tag
        else:
            named = b"\x05" + signature.AES_GCM_Personalized_data.tag
        named = named[:17] if domain == SECURITY else named
        data = bytes([0, 1, 9, 1, 1, domain, 2, 17]) + self.vin.encode()
        data += struct.pack(">BBIBBI", 5, 4, sealed.counter, 7, 4, answer.flags)
        data += bytes([8, len(named)]) + named
        data += struct.pack(">BBI", 9, 4, answer.signedMessageStatus.signed_message_fault) + b"\xff"
        cipher = AESGCM(self.sessions[domain].shared)
        text = answer.protobuf_message_as_bytes + sealed.tag
        try:
            return cipher.decrypt(sealed.nonce, text, hashlib.sha256(data).digest())
        except Exception:  # noqa: BLE001  # whatever it is, it could not be opened
            return None

    def _envelope(self, domain: int) -> RoutableMessage:
        message = RoutableMessage()
        message.to_destination.domain = domain  # type: ignore[assignment]  # domains that are none, too
        message.from_destination.routing_address = self.address
        message.uuid = secrets.token_bytes(16)
        return message


def action(member: str, **fields: Any) -> bytes:
    """Write a command to infotainment."""
    message = Action()
    chosen = getattr(message.vehicleAction, member)
    chosen.SetInParent()
    for name, value in fields.items():
        if value == {}:
            getattr(chosen, name).SetInParent()
        else:
            setattr(chosen, name, value)
    return message.SerializeToString()


def rke(number: int) -> bytes:
    message = UnsignedMessage()
    message.RKEAction = number  # type: ignore[assignment]  # actions that are none, too
    return message.SerializeToString()


def closure(**moves: int) -> bytes:
    message = UnsignedMessage()
    message.closureMoveRequest.SetInParent()
    for name, move in moves.items():
        setattr(message.closureMoveRequest, name, move)
    return message.SerializeToString()


LOCK, UNLOCK = rke(1), rke(0)


def paired(car: Car, role: str = "OWNER") -> Signer:
    """Return a signer whose key is on the car, and who talks to it without a cloud."""
    signer = Signer(car.vin, car.receive)
    car.pair_key(signer.public, role)
    return signer
