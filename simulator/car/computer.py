"""One of the two computers of a car that take signed messages: handshakes, verdicts, answers."""

from collections.abc import Callable
from dataclasses import dataclass
import secrets
from typing import cast

from custom_components.tesla_direct.tesla.proto import signatures_pb2 as sig
from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um

from .authentication import NONCE, encrypt, metadata, number
from .keychain import Key, Keychain
from .verifier import SECURITY, Fault, Verified, Verifier

ENCRYPT = 1 << um.FLAG_ENCRYPT_RESPONSE
UUID = 16  # bytes
FIRST_ANSWER = 1  # counter of the only answer there is over the Internet

# Faults that come with session info, so that the client can catch up.
EXPLAINED = frozenset(
    {
        um.MESSAGEFAULT_ERROR_INVALID_SIGNATURE,
        um.MESSAGEFAULT_ERROR_INVALID_TOKEN_OR_COUNTER,
        um.MESSAGEFAULT_ERROR_INCORRECT_EPOCH,
        um.MESSAGEFAULT_ERROR_TIME_EXPIRED,
        um.MESSAGEFAULT_ERROR_TIME_TO_LIVE_TOO_LONG,
    }
)

# Carries out a payload for a key and returns the answer to it; raises Fault.
type Application = Callable[[bytes, Key], bytes]


class Busy(Exception):
    """The computer has no time just now."""


@dataclass(slots=True, kw_only=True)
class Trouble:
    """An answer that a computer gives instead of the honest one, so many times.

    fault: Tesla's number; None says only that it is busy
    after: the command is carried out first
    """

    fault: int | None
    times: int
    after: bool = False


class Computer:
    """Takes messages for its domain.

    encrypts:           heeds the flag that asks for encrypted answers
    demands_encryption: takes no command without that flag
    booting:            answers that it is not ready yet
    settling:           awake, but too busy to carry anything out
    """

    def __init__(self, verifier: Verifier, keychain: Keychain, application: Application) -> None:
        """Put what verifies in front of what carries out."""
        self.verifier = verifier
        self.encrypts = True
        self.demands_encryption = False
        self.booting = False
        self.settling = False
        self.troubles: list[Trouble] = []
        self._keychain, self._application = keychain, application

    def receive(self, message: um.RoutableMessage) -> um.RoutableMessage:
        """Answer a message."""
        answer = um.RoutableMessage(
            to_destination=message.from_destination,
            from_destination=message.to_destination,
            uuid=secrets.token_bytes(UUID),
        )
        if self.verifier.domain != SECURITY:
            answer.request_uuid = message.uuid
        if self.booting:
            _complain(answer, um.MESSAGEFAULT_ERROR_INTERNAL)
        elif message.HasField("session_info_request"):
            self._greet(message, answer)
        else:
            self._obey(message, answer)
        return answer

    def admit(self, public: bytes) -> Key:
        """Return the key of somebody who signs, for the simulator's own proxy; nothing travels.

        Raises: Fault, Busy
        """
        if self.booting:
            raise Fault(um.MESSAGEFAULT_ERROR_INTERNAL)
        key = self._keychain.get(public)
        if key is None:
            raise Fault(um.MESSAGEFAULT_ERROR_UNKNOWN_KEY_ID)
        if not key.active:
            raise Fault(um.MESSAGEFAULT_ERROR_INACTIVE_KEY)
        return key

    def obey(self, public: bytes, carry_out: Callable[[Key], None]) -> None:
        """Have a command carried out for a key as if it had been signed.

        Raises: Fault, Busy, and what `carry_out` raises
        """
        key = self.admit(public)
        trouble = self._next_trouble()
        if self.settling:
            raise Busy
        if trouble is None or trouble.after:
            carry_out(key)
        if trouble is not None:
            trouble.times -= 1
            if trouble.fault is None:
                raise Busy
            raise Fault(trouble.fault)

    def _greet(self, message: um.RoutableMessage, answer: um.RoutableMessage) -> None:
        """Answer a handshake, which needs no signature and changes nothing."""
        client = message.session_info_request.public_key
        if self._keychain.get(client) is not None:
            self._explain(answer, client, message.uuid)
        elif self.verifier.domain == SECURITY:
            _complain(answer, um.MESSAGEFAULT_ERROR_UNKNOWN_KEY_ID)
        else:
            unknown = sig.SessionInfo(status=sig.SESSION_INFO_STATUS_KEY_NOT_ON_WHITELIST)
            answer.session_info = unknown.SerializeToString()

    def _obey(self, message: um.RoutableMessage, answer: um.RoutableMessage) -> None:
        """Verify a command, carry it out, and answer in clear or encrypted."""
        trouble = self._next_trouble()
        verified: Verified | None = None
        try:
            if trouble and not trouble.after:
                self._give(trouble, answer)
                return
            verified = self.verifier.verify(message)
            if self.settling:
                _wait(answer)
            else:
                payload = self._carried_out(verified)
                if trouble:
                    self._give(trouble, answer)
                else:
                    answer.protobuf_message_as_bytes = payload
        except Fault as fault:
            _complain(answer, fault.code)
            if fault.explained:
                self._explain(answer, message.signature_data.signer_identity.public_key, message.uuid)
                return
        if verified is not None and self.encrypts and verified.flags & ENCRYPT:
            self._seal(answer, verified)

    def _carried_out(self, verified: Verified) -> bytes:
        if self.demands_encryption and not verified.flags & ENCRYPT:
            raise Fault(um.MESSAGEFAULT_ERROR_REQUIRES_RESPONSE_ENCRYPTION)
        return self._application(verified.payload, verified.key)

    def _next_trouble(self) -> Trouble | None:
        """Return the trouble that this command runs into."""
        # A trouble may be shared with the other computer, which may have used it up.
        self.troubles = [trouble for trouble in self.troubles if trouble.times > 0]
        return self.troubles[0] if self.troubles else None

    @staticmethod
    def _give(trouble: Trouble, answer: um.RoutableMessage) -> None:
        """Answer with a trouble, and count it."""
        trouble.times -= 1
        if trouble.fault is not None:
            raise Fault(trouble.fault, explained=trouble.fault in EXPLAINED and not trouble.after)
        _wait(answer)

    def _explain(self, answer: um.RoutableMessage, client: bytes, challenge: bytes) -> None:
        """Attach signed session info."""
        if self._keychain.get(client) is None:
            return
        answer.session_info, tag = self.verifier.session_info(client, challenge)
        answer.signature_data.session_info_tag.tag = tag

    def _seal(self, answer: um.RoutableMessage, verified: Verified) -> None:
        """Encrypt an answer; an empty one has a tag all the same."""
        items: dict[int, bytes] = {
            sig.TAG_SIGNATURE_TYPE: bytes([sig.SIGNATURE_TYPE_AES_GCM_RESPONSE]),
            sig.TAG_DOMAIN: bytes([self.verifier.domain]),
            sig.TAG_PERSONALIZATION: self.verifier.vin.encode(),
            sig.TAG_COUNTER: number(FIRST_ANSWER),
            sig.TAG_FLAGS: number(answer.flags),
            sig.TAG_REQUEST_HASH: verified.hash,
            sig.TAG_FAULT: number(answer.signedMessageStatus.signed_message_fault),
        }
        nonce = secrets.token_bytes(NONCE)
        sealed, tag = encrypt(verified.shared, nonce, metadata(items), answer.protobuf_message_as_bytes)
        answer.protobuf_message_as_bytes = sealed
        data = answer.signature_data.AES_GCM_Response_data
        data.nonce, data.counter, data.tag = nonce, FIRST_ANSWER, tag


def _complain(answer: um.RoutableMessage, code: int) -> None:
    status = answer.signedMessageStatus
    status.operation_status = um.OPERATIONSTATUS_ERROR
    status.signed_message_fault = cast("um.MessageFault_E", code)  # numbers without a name are legal


def _wait(answer: um.RoutableMessage) -> None:
    answer.signedMessageStatus.operation_status = um.OPERATIONSTATUS_WAIT
