"""One thing that a message asks for."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from google.protobuf.message import DecodeError

from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um

HANDSHAKE = "handshake"


class Ask(NamedTuple):
    """A command by its name in Fleet API, with that API's parameters."""

    name: str
    arguments: Mapping[str, Any]


def ask(name: str, **arguments: Any) -> Ask:
    """Name a command and its parameters."""
    return Ask(name, arguments)


def parsed(data: bytes) -> um.RoutableMessage | None:
    """Read an envelope; None if it is none."""
    try:
        return um.RoutableMessage.FromString(data)
    except DecodeError:
        return None
