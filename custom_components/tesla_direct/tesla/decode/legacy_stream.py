"""The legacy stream's frames: what we say, what is said to us, and 13 columns into a report.

A JSON object is one frame. What the services of today send is spelled as Tesla's own stream once was, and
does not mean all the same: `power` is what charges the car, and never what drives it.
Source: providers, sections 2 and 5
"""

from collections import Counter
from dataclasses import dataclass
import json
from typing import Any

from ..errors import WireError
from ..vehicle.kind import number
from ..vehicle.location import location
from ..vehicle.signal import AnySignal, Report, Signal
from ..vehicle.signals import battery, charge, drive, place
from ..vehicle.sources import LEGACY_STREAM
from .mqtt import read_json
from .payload import EARLIEST

# As TeslaMate asks for them; the time comes before them all.
COLUMNS = (
    "speed",
    "odometer",
    "soc",
    "elevation",
    "est_heading",
    "est_lat",
    "est_lng",
    "power",
    "shift_state",
    "range",
    "est_range",
    "heading",
)
ASKED = ",".join(COLUMNS)
# The columns that are a fact as they stand: miles, percent, metres, degrees.
FACTS: dict[str, Signal[float]] = {
    "speed": drive.SPEED,
    "odometer": drive.ODOMETER,
    "soc": battery.LEVEL,
    "elevation": drive.ELEVATION,
    "range": battery.RANGE,
    "est_range": battery.RANGE_ESTIMATED,
}
PARKED = "p"
LIMIT = 1_048_576  # bytes of a frame; a record with all that a car knows has 30,000
LONGEST = 1_000  # characters of thirteen columns, or of a reason
HELLO = "control:hello"
# What is counted where it cannot be read.
FRAME = "a frame"
COLUMN = "a column"
# What a service says of a token that it does not take.
OF_TOKEN = ("token", "unauthorized", "401")


@dataclass(frozen=True, slots=True)
class Hello:
    """The service is there; `tag`: which car's subscription it answers, empty where that is not said."""

    tag: str = ""


@dataclass(frozen=True, slots=True)
class Update:
    """What a car tells, as columns."""

    tag: str
    value: str


@dataclass(frozen=True, slots=True)
class Raw:
    """What a car tells, as a record of Fleet Telemetry; `record` is its JSON."""

    record: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Disconnected:
    """The car's own line to the service has dropped."""

    tag: str


@dataclass(frozen=True, slots=True)
class Offline:
    """The car is offline."""

    tag: str


@dataclass(frozen=True, slots=True)
class Refused:
    """The service refuses a subscription, and closes the connection.

    tag:      whose; empty where that is not said
    of_token: it is about the token
    """

    detail: str
    tag: str = ""
    of_token: bool = False


@dataclass(frozen=True, slots=True)
class Failed:
    """Something behind the service has failed; it goes on with another connection only."""

    detail: str


type Said = Hello | Update | Raw | Disconnected | Offline | Refused | Failed


def subscription(token: str, tag: str, *, raw: bool) -> str:
    """Return what asks for a car: all that it tells, or the columns only."""
    if raw:
        return json.dumps({"msg_type": "data:subscribe_all", "token": token, "tag": tag})
    return json.dumps({"msg_type": "data:subscribe_oauth", "token": token, "value": ASKED, "tag": tag})


def leaving(tag: str) -> str:
    """Return what ends a subscription."""
    return json.dumps({"msg_type": "data:unsubscribe", "tag": tag})


def read(frame: bytes, skipped: Counter[str]) -> Said | None:
    """Return what a frame says; None, and counted, for what nobody can use."""
    try:
        raw = read_json(frame, LIMIT)
    except WireError as error:
        skipped[str(error)] += 1
        return None
    said: Said | None = None
    match raw:
        case {"msg_type": "data:update", "tag": tag, "value": str(value)} if len(value) <= LONGEST:
            said = Update(_tag(tag), value)
        case {"msg_type": "data:error", "tag": tag, "error_type": str(kind)}:
            said = _error(_tag(tag), kind, raw.get("value"))
        case {"msg_type": "error"}:
            detail = _text(raw.get("error_detail"))
            said = Refused(detail, of_token=_is_of_token(detail))
        case {"msg_type": str(kind)} if kind == HELLO or kind.startswith(f"{HELLO}:"):
            said = Hello(kind[len(HELLO) + 1 :])
        case {"msg_type": _}:
            pass
        case {"data": _} | {"alerts": _} | {"errors": _} | {"CreatedAt": _} | {"connectionId": _}:
            said = Raw(raw)
    if said is None:
        skipped[FRAME] += 1
    return said


def _error(tag: str, kind: str, value: Any) -> Said | None:
    """Return what an error says; None for one that asks nothing of us."""
    detail = _text(value)
    match kind:
        case "vehicle_disconnected":
            return Disconnected(tag)
        case "vehicle_error" if "offline" in detail.casefold():
            return Offline(tag)
        case "client_error" if "token" in detail.casefold():
            return Refused(detail, tag, of_token=True)
        case "client_error":
            return Failed(detail)
    return None


def _is_of_token(detail: str) -> bool:
    words = detail.casefold()
    return any(word in words for word in OF_TOKEN)


def _tag(raw: Any) -> str:
    return raw[:LONGEST] if isinstance(raw, str) else str(raw) if type(raw) is int else ""


def _text(raw: Any) -> str:
    return raw[:LONGEST] if isinstance(raw, str) else ""


def decode(value: str, received: float, skipped: Counter[str]) -> Report:
    """Return what columns say; one that is empty, or no number, says nothing.

    received: seconds since 1970, by our clock; a time ahead of it is clamped to it
    """
    told_at, *told = value.split(",")
    at = (number(told_at) or 0.0) / 1000
    columns = dict(zip(COLUMNS, (text.strip() for text in told), strict=False))
    values = _facts(columns)
    if odd := sum(number(text) is None for name, text in columns.items() if text and name != "shift_state"):
        skipped[COLUMN] += odd
    return Report(values, min(at, received) if at > EARLIEST else received, LEGACY_STREAM, received)


def _facts(columns: dict[str, str]) -> dict[AnySignal, Any]:
    numbers = {name: number(text) for name, text in columns.items()}
    values: dict[AnySignal, Any] = {
        signal: value for name, signal in FACTS.items() if (value := numbers.get(name)) is not None
    }
    gear = drive.GEAR.kind(columns.get("shift_state"))
    if columns.get("shift_state"):
        values[drive.GEAR] = gear
    if gear == PARKED and not columns.get("speed"):
        values[drive.SPEED] = 0.0
    heading = numbers.get("heading")
    heading = numbers.get("est_heading") if heading is None else heading
    if heading is not None:
        values[place.HEADING] = heading
    if (where := location((numbers.get("est_lat"), numbers.get("est_lng")))) is not None:
        values[place.LOCATION] = where
    if (power := numbers.get("power")) is not None:
        # A car that drives is not charged, and nothing charges with less than nothing: whoever says so speaks
        # of what drives it, as Tesla's own stream did.
        drives = power < 0 or (power > 0 and gear not in {PARKED, None})
        values[drive.POWER if drives else charge.POWER] = power
    return values
