"""Messages to the vehicle security computer."""

from google.protobuf.message import DecodeError

from custom_components.tesla_direct.tesla.proto import errors_pb2, vcsec_pb2
from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um

from ..actions.refused import UNKNOWN, Refused
from ..verifier import Fault
from .ask import Ask, ask

KEYS = {
    vcsec_pb2.RKE_ACTION_UNLOCK: "door_unlock",
    vcsec_pb2.RKE_ACTION_LOCK: "door_lock",
    vcsec_pb2.RKE_ACTION_REMOTE_DRIVE: "remote_start_drive",
    vcsec_pb2.RKE_ACTION_AUTO_SECURE_VEHICLE: "auto_secure_vehicle",
    vcsec_pb2.RKE_ACTION_WAKE_VEHICLE: "wake_vehicle",
}
MOVE, STOP, OPEN, CLOSE = (
    vcsec_pb2.CLOSURE_MOVE_TYPE_MOVE,
    vcsec_pb2.CLOSURE_MOVE_TYPE_STOP,
    vcsec_pb2.CLOSURE_MOVE_TYPE_OPEN,
    vcsec_pb2.CLOSURE_MOVE_TYPE_CLOSE,
)
CLOSURES = {
    ("rearTrunk", MOVE): ask("actuate_trunk", which_trunk="rear"),
    ("rearTrunk", OPEN): ask("actuate_trunk", which_trunk="rear"),
    ("rearTrunk", CLOSE): ask("close_trunk"),
    ("frontTrunk", MOVE): ask("actuate_trunk", which_trunk="front"),
    ("frontTrunk", OPEN): ask("actuate_trunk", which_trunk="front"),
    ("tonneau", OPEN): ask("open_tonneau"),
    ("tonneau", CLOSE): ask("close_tonneau"),
    ("tonneau", STOP): ask("stop_tonneau"),
    ("chargePort", OPEN): ask("charge_port_door_open"),
    ("chargePort", CLOSE): ask("charge_port_door_close"),
}
INFORMATION = {
    vcsec_pb2.INFORMATION_REQUEST_TYPE_GET_STATUS: "get_status",
    vcsec_pb2.INFORMATION_REQUEST_TYPE_GET_WHITELIST_INFO: "get_whitelist_info",
    vcsec_pb2.INFORMATION_REQUEST_TYPE_GET_WHITELIST_ENTRY_INFO: "get_whitelist_entry_info",
}


def read(payload: bytes) -> tuple[vcsec_pb2.UnsignedMessage, list[Ask]]:
    """Return the message, and what it asks for.

    Raises: Fault where it cannot be read or is not known, Refused where it makes no sense
    """
    try:
        message = vcsec_pb2.UnsignedMessage.FromString(payload)
    except DecodeError:
        raise Fault(um.MESSAGEFAULT_ERROR_DECODING) from None
    match message.WhichOneof("sub_message"):
        case "RKEAction" if message.RKEAction in KEYS:
            return message, [ask(KEYS[message.RKEAction])]
        case "closureMoveRequest":
            return message, _closures(message.closureMoveRequest)
        case "InformationRequest" if message.InformationRequest.informationRequestType in INFORMATION:
            return message, [ask(INFORMATION[message.InformationRequest.informationRequestType])]
        case "WhitelistOperation":
            operation = message.WhitelistOperation.WhichOneof("sub_message")
            return message, [ask("whitelist_operation", operation=operation)]
    raise Fault(um.MESSAGEFAULT_ERROR_INVALID_COMMAND)


def refusal(reason: str) -> bytes:
    """Write the answer no; of reasons it has seven."""
    name = f"GENERICERROR_{reason.upper()}"
    known = name in errors_pb2.GenericError_E.keys()  # noqa: SIM118  # an enum, not a mapping
    error = errors_pb2.NominalError(genericError=name if known else "GENERICERROR_UNKNOWN")
    return vcsec_pb2.FromVCSECMessage(nominalError=error).SerializeToString()


def _closures(request: vcsec_pb2.ClosureMoveRequest) -> list[Ask]:
    moves = [(field.name, value) for field, value in request.ListFields()]
    if not moves or any(move not in CLOSURES for move in moves):
        raise Refused(UNKNOWN)
    return [CLOSURES[move] for move in moves]
