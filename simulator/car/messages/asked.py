"""What a message asks for, as anybody can read it on its way: commands travel in clear over the Internet."""

from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um

from ..actions.refused import Refused
from ..verifier import GCM, INFOTAINMENT, SECURITY, Fault
from . import infotainment, security
from .ask import HANDSHAKE


def names(message: um.RoutableMessage) -> list[str]:
    """Return the names of the commands in a message; none if it cannot be read."""
    if message.HasField("session_info_request"):
        return [HANDSHAKE]
    if encrypted(message):
        return []
    readers = {SECURITY: security.read, INFOTAINMENT: infotainment.read}
    reader = readers.get(message.to_destination.domain)
    if reader is None:
        return []
    try:
        _, asks = reader(message.protobuf_message_as_bytes)
    except Fault, Refused:
        return []
    return [ask.name for ask in asks]


def encrypted(message: um.RoutableMessage) -> bool:
    """Tell whether nobody but the car can read it."""
    return bool(message.signature_data.WhichOneof("sig_type") == GCM)
