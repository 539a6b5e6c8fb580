"""The official server's MQTT topics, and what their texts say of alerts, errors and connections.

Values of fields (`v/<field>`) are read by `named.values_of`.
Shape:  <base>/<VIN>/v/<field>  alerts/<name>/current|history  errors/<name>  connectivity
Source: telemetry protocol, section 12; tests/vectors/telemetry/
"""

from dataclasses import dataclass
from enum import Enum
from itertools import islice
import re
from typing import Any

from ..errors import WireError
from ..fleet_api import json_text
from ..vehicle.alert import Alert, Complaint
from .alerts import TAGS_LIMIT, TEXT_LIMIT, audiences_named, time_of

# Bytes of one text. A car's whole state is 20 kB, a long route 50; more than this would hold up the loop.
LIMIT = 262_144
TOPIC_LIMIT = 65_535  # bytes, MQTT's own
VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
# What other dispatchers of the same server have beside the fields, published by bridges as if it were one.
NO_FIELDS = frozenset({"CreatedAt", "IsResend", "Vin"})


class About(Enum):
    """What a topic of a car is about."""

    FIELD = "v"
    ALERT = "current"
    ALERTS = "history"
    ERROR = "errors"
    CONNECTIVITY = "connectivity"


@dataclass(frozen=True, slots=True)
class Connectivity:
    """One connection of a car, as the server tells it.

    connected:  None for a status that is not declared yet
    connection: which one it is; the same for its begin and its end
    """

    connected: bool | None
    connection: str
    network_interface: str | None = None


def car_filter(base: str, vin: str) -> str:
    """Return the filter of all topics of one car."""
    return f"{base}/{vin}/#"


def strangers_filter(base: str) -> str:
    """Return the filter that every car's coming and going is seen by, and nothing else of theirs."""
    return f"{base}/+/connectivity"


def all_cars_filter(base: str) -> str:
    """Return the filter of all topics of all cars."""
    return f"{base}/+/#"


def is_base(topic: str) -> bool:
    """Return whether a text can stand before the VIN: a topic without wildcards, empty for none."""
    return _fits(topic) and not {"+", "#"} & set(topic)


def is_filter(topic: str) -> bool:
    """Return whether a text is a topic, or a filter for several, as MQTT has them."""
    *before, last = topic.split("/")
    wild = [level for level in before if "#" in level or ("+" in level and level != "+")]
    return bool(topic) and _fits(topic) and not wild and (last in ("#", "+") or not {"+", "#"} & set(last))


def is_vin(text: str) -> bool:
    """Return whether a level of a topic is a VIN, in capitals as cars have it."""
    return VIN.fullmatch(text) is not None


def read_topic(rest: str) -> tuple[About, str] | None:
    """Return what the part of a topic behind the VIN is about, and the name in it; None if nobody knows.

    Names stand in it as they are: those of alerts and errors may have levels of their own, or be empty.
    """
    section, _, name = rest.partition("/")
    match section:
        case "v":
            return About.FIELD, name
        case "alerts":
            name, level, which = name.rpartition("/")
            if level and which in (About.ALERT.value, About.ALERTS.value):
                return About(which), name
        case "errors" if rest != section:
            return About.ERROR, name
        case "connectivity" if rest == section:
            return About.CONNECTIVITY, ""
    return None


def read_json(payload: bytes, limit: int = LIMIT) -> Any:
    """Return what a text says.

    Raises: WireError, whose text is a word for why it cannot be read
    """
    if len(payload) > limit:
        raise WireError("too large")
    try:
        return json_text.read(payload.decode())
    except UnicodeDecodeError:
        raise WireError("not UTF-8") from None
    except RecursionError:
        raise WireError("too deep") from None
    except ValueError:  # also a number with thousands of digits
        raise WireError("no JSON") from None


def alert_of(name: str, raw: Any) -> Alert | None:
    """Return one alert as MQTT tells it, its times in whole seconds; None if it cannot be read."""
    if not isinstance(raw, dict):
        return None
    started, ended = raw.get("StartedAt"), raw.get("EndedAt")
    started_at, ended_at = time_of(started), time_of(ended)
    if (started is not None and started_at is None) or (ended is not None and ended_at is None):
        return None
    return Alert(name[:TEXT_LIMIT], audiences_named(raw.get("Audiences")), started_at, ended_at)


def complaint_of(name: str, raw: Any, otherwise: float, received: float) -> Complaint | None:
    """Return what the car's telemetry client is unhappy about; None if it cannot be read.

    otherwise: its time where the server does not tell, seconds since 1970, by our clock
    received:  a time ahead of this is clamped to it
    """
    if not isinstance(raw, dict):
        return None
    body, tags, at = raw.get("Body"), raw.get("Tags"), time_of(raw.get("CreatedAt"))
    return Complaint(
        name[:TEXT_LIMIT],
        body[:TEXT_LIMIT] if isinstance(body, str) else "",
        tags_of(tags),
        otherwise if at is None else min(at, received),
    )


def tags_of(raw: Any) -> tuple[tuple[str, str], ...]:
    """Return the tags of an error in an order of their own; null is none."""
    tags = islice(raw.items(), TAGS_LIMIT) if isinstance(raw, dict) else ()
    return tuple(sorted((key[:TEXT_LIMIT], _plain(value)[:TEXT_LIMIT]) for key, value in tags))


def connectivity_of(raw: Any) -> Connectivity | None:
    """Return which connection was opened or ended; None if it cannot be read."""
    if not isinstance(raw, dict):
        return None
    connection, status = raw.get("ConnectionId"), raw.get("Status")
    if not isinstance(connection, str) or not isinstance(status, str):
        return None
    return Connectivity(
        {"connected": True, "disconnected": False}.get(status.casefold()), connection.casefold()[:TEXT_LIMIT]
    )


def _plain(value: Any) -> str:
    """Return a value as text; a list or an object, which no car sends and which may be deep, as none."""
    return "" if isinstance(value, list | dict) else str(value)


def _fits(topic: str) -> bool:
    return topic.isprintable() and len(topic.encode(errors="replace")) <= TOPIC_LIMIT
