"""Messages of the old stream, as its server reads and writes them.

Source: providers, section 5
"""

from dataclasses import dataclass
import json
from typing import Any

from ..fleet_api.json_text import read as read_json

SUBSCRIBE = "data:subscribe_oauth"
UNSUBSCRIBE = "data:unsubscribe"
CONNECTION_TIMEOUT = 30_000  # ms without a word of ours after which a client gives the connection up

# What TeslaMate takes for a token that has to be renewed, and for a car that is not there any more.
CLIENT_ERROR = "client_error"
WRONG_TOKEN = "Can't validate token. It is not the one of this server."  # noqa: S105  # says what is wrong
VEHICLE_ERROR = "vehicle_error"
VEHICLE_OFFLINE = "Vehicle is offline"
NO_SUCH_VEHICLE = "Vehicle is not known here"
READ_ONLY = "This server is read-only."


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """What a client wants.

    kind: `SUBSCRIBE`, `UNSUBSCRIBE`, or whatever else it calls it; empty where nobody can read it
    tag:  of which car
    """

    kind: str
    tag: str
    token: str


def read(text: str | bytes) -> Message:
    """Read a message; what makes no sense is of no kind."""
    try:
        said = read_json(text.decode() if isinstance(text, bytes) else text)
    except ValueError, RecursionError:
        said = None
    if not isinstance(said, dict):
        return Message(kind="", tag="", token="")
    return Message(kind=_text(said, "msg_type"), tag=_text(said, "tag"), token=_text(said, "token"))


def hello() -> str:
    """Return what says that we are there."""
    return json.dumps({"msg_type": "control:hello", "connection_timeout": CONNECTION_TIMEOUT})


def update(tag: str, value: str) -> str:
    """Return what says how a car is."""
    return json.dumps({"msg_type": "data:update", "tag": tag, "value": value})


def error(tag: str, kind: str, value: str) -> str:
    """Return what says why there is nothing to tell of a car."""
    return json.dumps({"msg_type": "data:error", "tag": tag, "error_type": kind, "value": value})


def _text(said: dict[str, Any], name: str) -> str:
    """Return a member as text; older clients write the number of a car as one."""
    value = said.get(name)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
