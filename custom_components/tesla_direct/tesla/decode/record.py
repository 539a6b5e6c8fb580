"""JSON records of the official server, as bridges from Pub/Sub, Kafka or Redis publish them, into messages.

Two forms: the protobuf JSON mapping, and the flat one of the server's log, which has bare values by field.
What nobody can understand of one datum is left out of that datum, never of the record: protobuf's own reader
would refuse the whole record for it.
Source: telemetry protocol, sections 11 and 13; tests/vectors/telemetry/ (member `json`)
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import batched
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from ..fleet_telemetry.corrections import correct_payload
from ..proto.vehicle_alert_pb2 import Audience, VehicleAlerts
from ..proto.vehicle_connectivity_pb2 import ConnectivityEvent, VehicleConnectivity
from ..proto.vehicle_data_pb2 import Payload
from ..proto.vehicle_error_pb2 import VehicleErrors
from .alerts import AUDIENCES_LIMIT, TEXT_LIMIT, TIME_LIMIT, time_of
from .mqtt import NO_FIELDS, tags_of
from .named import DOORS, TIRES, field_number, skip_name
from .value import fill

type Message = Payload | VehicleAlerts | VehicleErrors | VehicleConnectivity
type Json = dict[str, Any]

PARTS = ("data", "alerts", "errors")
SLICE = 300  # parts that are read at once, about 2 ms
LARGEST = 2**31 - 1  # of a field's number, or an enum's
# What is counted where a part of a record cannot be read.
ALERT = "an alert"
ERROR = "an error"
DATUM = "a datum"
RECORD = "a record"
TIME = "a time"


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a car.

    vin:        which car, as the server says; empty where it does not
    message:    as the car's own records are read; None for one of the flat form
    fields:     bare values by field, for the flat form
    created_at: its time, seconds since 1970, by the car's clock, for the flat form
    unnamed:    names of fields in `message` that only a newer schema has; they are no part of it
    """

    vin: str
    message: Message | None = None
    fields: Mapping[str, Any] = field(default_factory=dict)
    created_at: float | None = None
    unnamed: tuple[str, ...] = ()


def read_records(raw: Any, skipped: Counter[str]) -> Iterator[Record]:
    """Yield a record, one with very many parts as several of the same time; none, and counted, if it is none.

    raw: as `mqtt.read_json` returns it
    """
    parts = next((name for name in PARTS if isinstance(raw, dict) and isinstance(raw.get(name), list)), None)
    pieces = [raw]
    if parts is not None and len(raw[parts]) > SLICE:
        pieces = [raw | {parts: list(some)} for some in batched(raw[parts], SLICE, strict=False)]
    for piece in pieces:
        if (record := read_record(piece, skipped)) is not None:
            yield record


def read_record(raw: Any, skipped: Counter[str]) -> Record | None:
    """Return a record from what its JSON says; None, and counted, if it is none of a car.

    raw: as `mqtt.read_json` returns it
    """
    match raw:
        case {"data": list(data)}:
            record = _payload(raw, data, skipped)
        case {"alerts": list(alerts)}:
            record = Record(_vin(raw), _alerts(raw, alerts, skipped))
        case {"errors": list(errors)}:
            record = Record(_vin(raw), _errors(raw, errors, skipped))
        case {"connectionId": str(connection), "status": status}:
            record = Record(_vin(raw), _connectivity(raw, connection, status, skipped))
        case {"data": {"CreatedAt": _} as flat}:  # the log's whole line, with the VIN beside the record
            record = _flat(flat, _vin(flat) or _vin(raw))
        case {"CreatedAt": _}:
            record = _flat(raw, _vin(raw))
        case _:
            skipped[RECORD] += 1
            return None
    return record


def _vin(raw: Any) -> str:
    vin = raw.get("vin", raw.get("Vin"))
    return vin[:TEXT_LIMIT] if isinstance(vin, str) else ""


def _payload(raw: Json, data: list[Any], skipped: Counter[str]) -> Record:
    payload = Payload(vin=_vin(raw), is_resend=raw.get("isResend") is True)
    _set_time(payload, "created_at", raw.get("createdAt"), skipped)
    unnamed = []
    for entry in data:
        match entry:
            case {"key": str(name)} if (number := field_number(name)) is None:
                unnamed.append(name)
                skip_name(name, None, skipped)
            case {"key": str() | int() as key, **rest} if (number := _number(key)) is not None:
                datum = payload.data.add(key=number)
                if (value := rest.get("value")) is not None:
                    datum.value.SetInParent()
                    fill(datum.value, value)
            case _:
                skipped[DATUM] += 1
    for _ in correct_payload(payload):
        pass  # as the official server does; a bridge that decodes for itself may not have
    return Record(payload.vin, payload, unnamed=tuple(unnamed))


def _number(key: str | int) -> int | None:
    number = field_number(key) if isinstance(key, str) else key
    return number if number is not None and 0 <= number <= LARGEST and key is not True else None


def _alerts(raw: Json, alerts: list[Any], skipped: Counter[str]) -> VehicleAlerts:
    message = VehicleAlerts(vin=_vin(raw))
    _set_time(message, "created_at", raw.get("createdAt"), skipped)
    for entry in alerts:
        match entry:
            case {"name": str(name)}:
                alert = message.alerts.add(name=name[:TEXT_LIMIT])
                audiences = entry.get("audiences")
                for audience in audiences[:AUDIENCES_LIMIT] if isinstance(audiences, list) else ():
                    alert.audiences.append(_enum(audience, Audience.DESCRIPTOR))
                told = [
                    _set_time(alert, ours, entry.get(theirs), skipped)
                    for ours, theirs in (("started_at", "startedAt"), ("ended_at", "endedAt"))
                ]
                if not all(told):
                    del message.alerts[-1]  # without its end it would be taken for active
            case _:
                skipped[ALERT] += 1
    return message


def _errors(raw: Json, errors: list[Any], skipped: Counter[str]) -> VehicleErrors:
    message = VehicleErrors(vin=_vin(raw))
    _set_time(message, "created_at", raw.get("createdAt"), skipped)
    for entry in errors:
        match entry:
            case {"name": str(name)}:
                body = entry.get("body")
                error = message.errors.add(
                    name=name[:TEXT_LIMIT], body=body[:TEXT_LIMIT] if isinstance(body, str) else ""
                )
                error.tags.update(tags_of(entry.get("tags")))
                _set_time(error, "created_at", entry.get("createdAt"), skipped)
            case _:
                skipped[ERROR] += 1
    return message


def _connectivity(raw: Json, connection: str, status: Any, skipped: Counter[str]) -> VehicleConnectivity:
    interface = raw.get("networkInterface")
    message = VehicleConnectivity(
        vin=_vin(raw),
        connection_id=connection[:TEXT_LIMIT],
        status=_enum(status.upper() if isinstance(status, str) else status, ConnectivityEvent.DESCRIPTOR),
        network_interface=interface[:TEXT_LIMIT] if isinstance(interface, str) else "",
    )
    _set_time(message, "created_at", raw.get("createdAt"), skipped)
    return message


def _flat(raw: Any, vin: str) -> Record:
    fields = {name: _unwrapped(value) for name, value in raw.items() if name not in NO_FIELDS}
    return Record(vin, fields=fields, created_at=time_of(raw.get("CreatedAt")))


def _unwrapped(value: Any) -> Any:
    """Return a bare value where the log has been told to name types: `{"doubleValue": 55.5}`."""
    if isinstance(value, dict) and len(value) == 1:
        ((name, content),) = value.items()
        if name == "invalid":
            return None
        if name not in DOORS and name not in TIRES:
            return content
    return value


def _enum(raw: Any, enum: Any) -> Any:
    """Return the number of an enum's member, that of its name too; what is not declared is LARGEST."""
    if isinstance(raw, str) and raw in enum.values_by_name:
        return int(enum.values_by_name[raw].number)
    return raw if isinstance(raw, int) and 0 <= raw < LARGEST else LARGEST


def _set_time(message: Any, name: str, raw: Any, skipped: Counter[str]) -> bool:
    """Set a time where there is one; return False, and count, for one that cannot be read."""
    if raw is None:
        return True
    if isinstance(raw, str) and len(raw) <= TIME_LIMIT:
        time = Timestamp()
        try:
            time.FromJsonString(raw)
        except ValueError:
            pass  # counted below
        else:
            getattr(message, name).CopyFrom(time)
            return True
    skipped[TIME] += 1
    return False
