"""A man in the middle, who hears every signed message and changes what he likes."""

from collections.abc import Callable
import secrets

from cryptography.hazmat.primitives.asymmetric import ec

from custom_components.tesla_direct.tesla.proto import signatures_pb2 as sig
from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um
from custom_components.tesla_direct.tesla.proto.car_server_pb2 import OPERATIONSTATUS_ERROR, Response

from ..car.authentication import CURVE, public_bytes, session_info_tag, shared_key
from ..car.verifier import INFOTAINMENT

NOISE = 48  # bytes

type Trick = Callable[[um.RoutableMessage, um.RoutableMessage], um.RoutableMessage | bytes | None]


class Middle:
    """Knows what he has heard, and a key of his own; of cars and clients he has none."""

    def __init__(self) -> None:
        """Have heard nothing."""
        self._key = ec.generate_private_key(CURVE)
        self._vin = ""
        self._last: dict[tuple[str, int], bytes] = {}
        self._before: dict[tuple[str, int], bytes] = {}
        self._infos: dict[tuple[str, int], tuple[bytes, bytes]] = {}
        self.tricks: dict[str, Trick] = {
            "flip": self._flip,
            "truncate": lambda _, answer: answer.SerializeToString()[: answer.ByteSize() // 2],
            "garbage": lambda _request, _answer: secrets.token_bytes(NOISE),
            "empty": lambda _request, _answer: b"",
            "replay": self._replay,
            "replay_verbatim": lambda request, _: self._before.get(self._where(request)),
            "forge_success": self._forge_success,
            "forge_refusal": self._forge_refusal,
            "forge_fault": self._forge_fault,
            "wrong_uuid": self._wrong_uuid,
            "wrong_address": self._wrong_address,
            "wrong_domain": self._wrong_domain,
            "bad_session_tag": self._bad_session_tag,
            "stale_session_info": self._stale_session_info,
            "swap_key": self._swap_key,
            "drop_session_info": self._drop_session_info,
        }

    def listen(self, vin: str, request: um.RoutableMessage, answer: bytes) -> None:
        """Remember an answer, the one before it, and the oldest session info."""
        self._vin = vin
        where = self._where(request)
        if where in self._last:
            self._before[where] = self._last[where]
        self._last[where] = answer
        message = um.RoutableMessage.FromString(answer)
        if message.session_info and message.signature_data.session_info_tag.tag:
            tag = message.signature_data.session_info_tag.tag
            self._infos.setdefault(where, (message.session_info, tag))

    def change(self, how: str, vin: str, request: um.RoutableMessage, answer: bytes) -> bytes | None:
        """Return another answer; None where this trick does not apply to this one."""
        self._vin = vin
        changed = self.tricks[how](request, um.RoutableMessage.FromString(answer))
        return changed if changed is None or isinstance(changed, bytes) else changed.SerializeToString()

    def _where(self, request: um.RoutableMessage) -> tuple[str, int]:
        return self._vin, request.to_destination.domain

    @staticmethod
    def _flip(_: um.RoutableMessage, answer: um.RoutableMessage) -> um.RoutableMessage | None:
        """Turn a bit of what was said, or of its tag where nothing was said."""
        if answer.session_info:
            answer.session_info = _flipped(answer.session_info)
        elif answer.protobuf_message_as_bytes:
            answer.protobuf_message_as_bytes = _flipped(answer.protobuf_message_as_bytes)
        elif answer.signature_data.AES_GCM_Response_data.tag:
            data = answer.signature_data.AES_GCM_Response_data
            data.tag = _flipped(data.tag)
        else:
            return None
        return answer

    def _replay(self, request: um.RoutableMessage, _: um.RoutableMessage) -> um.RoutableMessage | None:
        """Give the answer before this one, addressed as this one."""
        before = self._before.get(self._where(request))
        if before is None:
            return None
        answer = um.RoutableMessage.FromString(before)
        answer.to_destination.CopyFrom(request.from_destination)
        if answer.request_uuid:
            answer.request_uuid = request.uuid
        return answer

    @staticmethod
    def _forged(request: um.RoutableMessage) -> um.RoutableMessage:
        """Begin an answer that nobody signed."""
        forged = um.RoutableMessage(
            to_destination=request.from_destination, from_destination=request.to_destination
        )
        if request.to_destination.domain == INFOTAINMENT:
            forged.request_uuid = request.uuid
        return forged

    def _forge_success(self, request: um.RoutableMessage, _: um.RoutableMessage) -> um.RoutableMessage:
        forged = self._forged(request)
        forged.protobuf_message_as_bytes = b""
        return forged

    def _forge_refusal(self, request: um.RoutableMessage, _: um.RoutableMessage) -> um.RoutableMessage:
        forged, response = self._forged(request), Response()
        response.actionStatus.result = OPERATIONSTATUS_ERROR
        response.actionStatus.result_reason.plain_text = "already_set"
        forged.protobuf_message_as_bytes = response.SerializeToString()
        return forged

    def _forge_fault(self, request: um.RoutableMessage, _: um.RoutableMessage) -> um.RoutableMessage:
        forged = self._forged(request)
        forged.signedMessageStatus.operation_status = um.OPERATIONSTATUS_ERROR
        forged.signedMessageStatus.signed_message_fault = um.MESSAGEFAULT_ERROR_INVALID_SIGNATURE
        return forged

    @staticmethod
    def _wrong_uuid(_: um.RoutableMessage, answer: um.RoutableMessage) -> um.RoutableMessage:
        answer.request_uuid = secrets.token_bytes(16)
        return answer

    @staticmethod
    def _wrong_address(_: um.RoutableMessage, answer: um.RoutableMessage) -> um.RoutableMessage:
        answer.to_destination.routing_address = secrets.token_bytes(16)
        return answer

    @staticmethod
    def _wrong_domain(_: um.RoutableMessage, answer: um.RoutableMessage) -> um.RoutableMessage:
        asked = answer.from_destination.domain
        other = um.DOMAIN_VEHICLE_SECURITY if asked == INFOTAINMENT else um.DOMAIN_INFOTAINMENT
        answer.from_destination.domain = other
        return answer

    @staticmethod
    def _bad_session_tag(_: um.RoutableMessage, answer: um.RoutableMessage) -> um.RoutableMessage | None:
        tag = answer.signature_data.session_info_tag.tag
        if not tag:
            return None
        answer.signature_data.session_info_tag.tag = _flipped(tag)
        return answer

    def _stale_session_info(
        self, request: um.RoutableMessage, answer: um.RoutableMessage
    ) -> um.RoutableMessage | None:
        """Give the oldest session info he has heard, which was signed for another question."""
        if not answer.session_info or self._where(request) not in self._infos:
            return None
        answer.session_info, tag = self._infos[self._where(request)]
        answer.signature_data.session_info_tag.tag = tag
        return answer

    def _swap_key(self, request: um.RoutableMessage, answer: um.RoutableMessage) -> um.RoutableMessage | None:
        """Put his own key in the place of the car's, and sign that properly."""
        client = request.session_info_request.public_key
        if not answer.session_info or not client:
            return None
        info = sig.SessionInfo.FromString(answer.session_info)
        info.publicKey = public_bytes(self._key)
        answer.session_info = info.SerializeToString()
        tag = session_info_tag(shared_key(self._key, client), self._vin, request.uuid, answer.session_info)
        answer.signature_data.session_info_tag.tag = tag
        return answer

    @staticmethod
    def _drop_session_info(_: um.RoutableMessage, answer: um.RoutableMessage) -> um.RoutableMessage | None:
        """Leave the fault and take away what would help to recover from it."""
        if not answer.session_info:
            return None
        answer.ClearField("session_info")
        answer.ClearField("signature_data")
        return answer


TRICKS = frozenset(Middle().tricks)


def _flipped(data: bytes) -> bytes:
    """Turn the last bit, which leaves a message readable."""
    return data[:-1] + bytes([data[-1] ^ 1])
