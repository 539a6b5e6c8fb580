"""What a car's answer to a command means.

Source: teslamotors/vehicle-command; tests/vectors/commands/app_results.json and faults.json
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from google.protobuf.message import DecodeError

from ..errors import (
    ActionRefused,
    CarBusy,
    KeychainRefused,
    KeyNotPaired,
    NoAnswer,
    ReplyUnreadable,
    StatusUnknown,
)
from ..proto.car_server_pb2 import OperationStatus_E as InfotainmentStatus
from ..proto.car_server_pb2 import Response
from ..proto.errors_pb2 import GenericError_E
from ..proto.signatures_pb2 import Session_Info_Status
from ..proto.universal_message_pb2 import OperationStatus_E
from ..proto.vcsec_pb2 import (
    CommandStatus,
    FromVCSECMessage,
    UnsignedMessage,
    WhitelistOperation_information_E,
)
from ..proto.vcsec_pb2 import OperationStatus_E as SecurityStatus
from . import session
from .domain import Domain
from .faults import error_of
from .message import Reply

BUSY = "the car is busy, or finishing its wake-up"
UNKNOWN = "the car answers with a status that we do not know"
LONGEST_REASON = 200  # characters; Tesla's have 40


class Kind(Enum):
    """What vehicle security was asked for; which of its replies is the last depends on it."""

    ACTION = "action"  # locks, trunks, windows: what moves
    KEYS = "keys"  # a change of the keychain
    INFORMATION = "information"


@dataclass(frozen=True, slots=True)
class Result:
    """What a command brought that the car has carried out.

    message: a `Response` of infotainment, or a `FromVCSECMessage` of vehicle security
    reason:  what infotainment says to it; mostly nothing
    """

    message: Response | FromVCSECMessage
    reason: str = ""


def check(reply: Reply) -> None:
    """Raise the error that a reply is, if it is one on the level of the protocol.

    An operation status ERROR is none: what follows tells it better.
    Raises: CarError
    """
    if reply.fault:
        raise error_of(reply.fault)
    if reply.status == OperationStatus_E.OPERATIONSTATUS_WAIT:
        raise CarBusy(BUSY)
    if reply.status not in {OperationStatus_E.OPERATIONSTATUS_OK, OperationStatus_E.OPERATIONSTATUS_ERROR}:
        raise StatusUnknown(f"{UNKNOWN}: {reply.status}")


def check_handshake(reply: Reply) -> None:
    """Raise the error that an answer to a handshake is; it cannot be verified, so it proves nothing.

    Raises: CarError, and WireError for a session info that cannot be read
    """
    if reply.session_info is not None and not reply.fault:
        status = session.parse(reply.session_info).status
        if status == Session_Info_Status.SESSION_INFO_STATUS_KEY_NOT_ON_WHITELIST:
            raise KeyNotPaired("our key is not on the car's keychain")
        if status != Session_Info_Status.SESSION_INFO_STATUS_OK:
            raise StatusUnknown(f"{UNKNOWN}: session info {status}")
    check(reply)


def infotainment(payload: bytes) -> Result:
    """Read what infotainment answers.

    Raises: ActionRefused, ReplyUnreadable
    """
    try:
        response = Response.FromString(payload)
    except DecodeError as error:
        raise ReplyUnreadable(f"{len(payload)} bytes that are no Response") from error
    status = response.actionStatus
    reason = status.result_reason.plain_text[:LONGEST_REASON]
    if status.result == InfotainmentStatus.OPERATIONSTATUS_ERROR:
        raise ActionRefused(f"the car refuses: {reason or 'it gives no reason'}", reason=reason)
    return Result(response, reason)


def kind_of(payload: bytes) -> Kind:
    """Return what a request of ours to vehicle security asks for."""
    asked = UnsignedMessage.FromString(payload).WhichOneof("sub_message")
    return {"WhitelistOperation": Kind.KEYS, "InformationRequest": Kind.INFORMATION}.get(
        asked or "", Kind.ACTION
    )


def vehicle_security(payload: bytes, kind: Kind) -> tuple[FromVCSECMessage, bool]:
    """Read what vehicle security answers; return also whether that is its last word.

    Raises: CarError, ReplyUnreadable; an error always is the last word
    """
    try:
        message = FromVCSECMessage.FromString(payload)
    except DecodeError as error:
        raise ReplyUnreadable(f"{len(payload)} bytes that are no FromVCSECMessage") from error
    if message.HasField("nominalError"):
        number = message.nominalError.genericError
        reason = _word(GenericError_E.Name, number, "GENERICERROR_")
        raise ActionRefused(f"the car refuses: {reason}", reason=reason)
    has_status = message.HasField("commandStatus")
    if has_status:
        _check_command(message.commandStatus, kind)
    if kind is Kind.ACTION:
        return message, not has_status
    if kind is Kind.KEYS:
        return message, message.commandStatus.HasField("whitelistOperationStatus")
    return message, True


def _check_command(command: CommandStatus, kind: Kind) -> None:
    """Raise the error that a command status is, if it is one and no more specific one will follow."""
    status = command.operationStatus
    keys = command.whitelistOperationStatus.whitelistOperationInformation
    failed = status == SecurityStatus.OPERATIONSTATUS_ERROR
    if status == SecurityStatus.OPERATIONSTATUS_WAIT:
        raise CarBusy(BUSY)
    if keys and (failed or kind is Kind.KEYS):
        reason = _word(WhitelistOperation_information_E.Name, keys, "WHITELISTOPERATION_INFORMATION_")
        raise KeychainRefused(f"the car does not change its keys: {reason}", reason=reason)
    if failed and not command.HasField("signedMessageStatus"):
        raise StatusUnknown(f"{UNKNOWN}: an error without a reason")


def done(message: FromVCSECMessage) -> bool:
    """Return whether a reply that is not the last word means success where no further one will come.

    Over the Internet the server hands on one reply only.
    """
    command = message.commandStatus
    return (
        message.HasField("commandStatus")
        and command.operationStatus == SecurityStatus.OPERATIONSTATUS_OK
        and command.WhichOneof("sub_message") is None
    )


def read(reply: Reply, payload: bytes | None, request: bytes, domain: Domain) -> Result:
    """Return what the one reply to a command brought, over the Internet.

    payload: the reply's, decrypted
    request: the payload of the command
    Raises:  CarError, ReplyUnreadable; NoAnswer where the last word did not come
    """
    if reply.session_info is not None:
        raise ReplyUnreadable("a session info where a result was due")
    if domain is Domain.INFOTAINMENT:
        return infotainment(payload or b"")
    message, final = vehicle_security(payload or b"", kind_of(request))
    if not final and not done(message):
        raise NoAnswer("vehicle security has not said its last word")
    return Result(message)


def _word(name_of: Callable[[int], str], number: int, prefix: str) -> str:
    """Return a member as the word after the prefix, as in `closures_open`; an unknown one as its number."""
    try:
        return name_of(number).removeprefix(prefix).lower()
    except ValueError:
        return str(number)
