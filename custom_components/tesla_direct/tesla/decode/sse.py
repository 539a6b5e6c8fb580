"""What an event of Teslemetry's stream says, and readings of it.

Events are told apart by their keys, not by the stream's names for them.
Source: Teslemetry's documentation of its stream; tests/fixtures/teslemetry_sse_events.json
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import batched
from typing import Any, TypedDict

from ..fleet_api.response import parse
from ..fleet_api.teslemetry_rows import CreditsEvent, credits_event
from ..vehicle.alert import Alert, Complaint
from ..vehicle.connectivity import Event
from ..vehicle.kind import flag
from ..vehicle.signal import UNKNOWN_AGE, AnySignal, Report
from ..vehicle.signals import connection
from ..vehicle.sources import POLL, SSE
from . import vehicle_data
from .alerts import TEXT_LIMIT, audiences_named, time_of
from .mqtt import tags_of
from .named import values_of
from .payload import EARLIEST, Car

# What is asked for; energy sites have topics of their own.
TOPICS = ("state", "data", "alerts", "errors", "connectivity", "vehicle_data", "config", "credits")
ENERGY = ("live_status", "site_info", "tariff_content_v2", "totals")
STATES = {"online": Event.SAID_ONLINE, "asleep": Event.SAID_ASLEEP, "offline": Event.SAID_OFFLINE}
# How much of one event is handled without a pause, about 1 ms.
FIELDS_AT_ONCE = 300  # a car has 270
ROWS_AT_ONCE = 50  # alerts or errors
LINKS = {"connected": True, "disconnected": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of one car.

    vin:      in capitals
    at:       seconds since 1970, never ahead of our clock; `UNKNOWN_AGE` for an undated snapshot
    snapshot: it was so before we began to listen
    """

    vin: str = field(repr=False)
    at: float
    snapshot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidState(Said):
    """How reachable it is, as the cloud believes."""

    event: Event


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidData(Said):
    """Fields that have changed, by their names, with bare values."""

    fields: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidLink(Said):
    """Whether it is connected to Teslemetry; the network in small letters, None where it is not said."""

    connected: bool
    network_interface: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidAlerts(Said):
    """Alerts that began or ended."""

    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidErrors(Said):
    """What its telemetry client is unhappy about."""

    complaints: tuple[Complaint, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidVehicleData(Said):
    """A whole `vehicle_data`, which Teslemetry has asked for."""

    document: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class SaidConfig(Said):
    """All that it is told to stream, by field."""

    fields: Mapping[str, Any]


def read(data: bytes, received: float, skipped: Counter[str]) -> Iterator[Said | CreditsEvent]:
    """Yield what an event says, very many things in several goes; what nobody understands is counted.

    Shape:    {"vin", "createdAt", "isCache"?} and one of TOPICS or ENERGY with its content; connectivity has
              "status" and "networkInterface" instead
    received: seconds since 1970, by our clock; a time ahead of it is clamped to it
    """
    event = parse(data)
    if event is None:
        skipped["no_json"] += 1
        return
    for topic in ENERGY:
        if topic in event:
            skipped[topic] += 1
            return
    vin = event.get("vin")
    snapshot = flag(event.get("isCache")) is True
    at = time_of(event.get("createdAt"))
    if at is None or at < EARLIEST:
        at = UNKNOWN_AGE if snapshot else received
    head = _Head(vin.upper() if isinstance(vin, str) else "", min(at, received), snapshot, received)
    topics = [topic for topic in READERS if topic in event]
    for topic in topics:
        for part in _parts(event, topic):
            said = READERS[topic](part, head) if head.vin or topic == "credits" else None
            if said is None:
                skipped[topic] += 1
            else:
                yield said
    if not topics:
        skipped["unknown"] += 1


def _parts(event: Mapping[str, Any], topic: str) -> Iterator[Mapping[str, Any]]:
    """Yield an event, one with very many fields, alerts or errors as several."""
    content = event[topic]
    if isinstance(content, dict) and topic == "data" and len(content) > FIELDS_AT_ONCE:
        for fields in batched(content.items(), FIELDS_AT_ONCE, strict=False):
            yield {topic: dict(fields)}
    elif isinstance(content, list) and len(content) > ROWS_AT_ONCE:
        for rows in batched(content, ROWS_AT_ONCE, strict=False):
            yield {topic: list(rows)}
    else:
        yield event


def data_report(said: SaidData, car: Car, received: float, skipped: Counter[str]) -> Report:
    """Return what changed fields say."""
    values: dict[AnySignal, Any] = {}
    for name, raw in said.fields.items():
        values |= values_of(name, raw, car, skipped)
    return Report(values, said.at, SSE, received, said.snapshot)


def vehicle_data_reports(said: SaidVehicleData, received: float, skipped: Counter[str]) -> list[Report]:
    """Return what a whole `vehicle_data` says: a report for each of its parts, dated by the car.

    Somebody has asked for it, perhaps we ourselves: nothing in it is thereby known to be streamed.
    """
    reports = []
    for report in vehicle_data.decode(said.document, said.at, skipped):
        # How reachable it is has other witnesses, and is no fact that the newest report decides.
        values = {signal: value for signal, value in report.values.items() if signal is not connection.STATE}
        if values:
            reports.append(Report(values, report.at, POLL, received, said.snapshot))
    return reports


@dataclass(frozen=True, slots=True)
class _Head:
    """What stands beside the content of an event; `vin` is empty where it is not said."""

    vin: str
    at: float
    snapshot: bool
    received: float

    def of(self) -> _Said:
        """Return what each statement on a car begins with."""
        return {"vin": self.vin, "at": self.at, "snapshot": self.snapshot}


class _Said(TypedDict):
    vin: str
    at: float
    snapshot: bool


def _state(event: Mapping[str, Any], head: _Head) -> SaidState | None:
    witnessed = STATES.get(_word(event["state"]))
    return None if witnessed is None else SaidState(**head.of(), event=witnessed)


def _data(event: Mapping[str, Any], head: _Head) -> SaidData | None:
    fields = event["data"]
    return SaidData(**head.of(), fields=fields) if isinstance(fields, Mapping) else None


def _link(event: Mapping[str, Any], head: _Head) -> SaidLink | None:
    connected = LINKS.get(_word(event["status"]))
    if connected is None:
        return None
    return SaidLink(
        **head.of(), connected=connected, network_interface=_word(event.get("networkInterface")) or None
    )


def _alerts(event: Mapping[str, Any], head: _Head) -> SaidAlerts | None:
    rows = event["alerts"]
    if not isinstance(rows, list):
        return None
    alerts = [alert for row in rows if isinstance(row, Mapping) and (alert := _alert(row)) is not None]
    return SaidAlerts(**head.of(), alerts=tuple(alerts))


def _alert(row: Mapping[str, Any]) -> Alert | None:
    """Return an alert; one whose end cannot be read is none, for it would never end."""
    name, started, ended = row.get("name"), row.get("startedAt"), row.get("endedAt")
    started_at, ended_at = time_of(started), time_of(ended)
    if not isinstance(name, str) or (started and started_at is None) or (ended and ended_at is None):
        return None
    return Alert(name[:TEXT_LIMIT], audiences_named(row.get("audiences")), started_at, ended_at)


def _errors(event: Mapping[str, Any], head: _Head) -> SaidErrors | None:
    rows = event["errors"]
    if not isinstance(rows, list):
        return None
    complaints = []
    for row in rows:
        if isinstance(row, Mapping) and isinstance(row.get("name"), str):
            body, at = row.get("body"), time_of(row.get("createdAt"))
            complaints.append(
                Complaint(
                    row["name"][:TEXT_LIMIT],
                    body[:TEXT_LIMIT] if isinstance(body, str) else "",
                    tags_of(row.get("tags")),
                    head.at if at is None else min(at, head.received),
                )
            )
    return SaidErrors(**head.of(), complaints=tuple(complaints))


def _vehicle_data(event: Mapping[str, Any], head: _Head) -> SaidVehicleData | None:
    document = event["vehicle_data"]
    if not isinstance(document, Mapping):
        return None
    vin = document.get("vin")
    if isinstance(vin, str) and vin.upper() != head.vin:
        return None  # of another car than the event says
    return SaidVehicleData(**head.of(), document=document)


def _config(event: Mapping[str, Any], head: _Head) -> SaidConfig | None:
    config = event["config"]
    fields = config.get("fields") if isinstance(config, Mapping) else None
    if config is not None and not isinstance(config, Mapping):
        return None
    return SaidConfig(**head.of(), fields=fields if isinstance(fields, Mapping) else {})


def _credits(event: Mapping[str, Any], head: _Head) -> CreditsEvent | None:
    return credits_event(event["credits"], vin=head.vin or None, at=head.at, snapshot=head.snapshot)


def _word(raw: Any) -> str:
    return raw.casefold() if isinstance(raw, str) else ""


# By the key that tells what an event is about.
READERS: Mapping[str, Callable[[Mapping[str, Any], _Head], Said | CreditsEvent | None]] = {
    "state": _state,
    "data": _data,
    "status": _link,
    "alerts": _alerts,
    "errors": _errors,
    "vehicle_data": _vehicle_data,
    "config": _config,
    "credits": _credits,
}
