"""What the MQTT dispatcher publishes for a record: topics and exact texts.

Source: telemetry protocol, section 12; `mqtt` members of tests/vectors/telemetry/
"""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
import json
from typing import Any, NamedTuple

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from custom_components.tesla_direct.tesla.proto import (
    vehicle_alert_pb2 as alert_pb,
)
from custom_components.tesla_direct.tesla.proto import (
    vehicle_connectivity_pb2 as connectivity_pb,
)
from custom_components.tesla_direct.tesla.proto import (
    vehicle_data_pb2 as data_pb,
)

from . import numbers
from .record import ALERTS, CONNECTIVITY, DATA, ERRORS, Record

NEWEST_FIELD = 259  # in the schema that this server was built with; newer ones have no name here
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# Enums whose undeclared numbers are published as numbers; those of the others as text.
AS_NUMBERS = frozenset(
    {
        "charging_value",
        "hvac_auto_mode_value",
        "cabin_overheat_protection_mode_value",
        "cabin_overheat_protection_temperature_limit_value",
        "defrost_mode_value",
        "climate_keeper_mode_value",
        "hvac_power_value",
        "fast_charger_value",
        "cable_type_value",
        "tonneau_tent_mode_value",
        "tonneau_position_value",
        "powershare_type_value",
        "powershare_state_value",
        "powershare_stop_reason_value",
        "display_state_value",
        "distance_unit_value",
        "temperature_unit_value",
        "pressure_unit_value",
        "charge_unit_preference_value",
    }
)
# What Go's JSON escapes beyond what JSON demands, because pages might embed it.
ESCAPED = {ord(sign): f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"}


class Unrenderable(ValueError):
    """A value that has no text; what stands before it in the record has been published."""


class Unhandled(ValueError):
    """A record type that the dispatcher does not publish."""


class Ruinous(ValueError):
    """A record that Tesla's dispatcher crashes on: a datum without a value."""


class Message(NamedTuple):
    """One message to publish."""

    topic: str
    payload: str


def messages(record: Record, topic_base: str = "telemetry") -> list[Message]:
    """Return what a record becomes, in its own order.

    Raises: Unrenderable, Unhandled, Ruinous
    """
    return list(published(record, topic_base))


def published(record: Record, topic_base: str = "telemetry") -> Iterator[Message]:
    """Yield what a record becomes; it may fail in the middle.

    Raises: Unrenderable, Unhandled, Ruinous
    """
    if record.topic not in _RENDERED:
        raise Unhandled("topic not handled by the MQTT dispatcher")
    for level, value in _RENDERED[record.topic](record.message):
        yield Message(f"{topic_base}/{record.vin}/{level}", value)


def text(value: Any) -> str:
    """Write a value as Go's JSON: members sorted by name, no white space."""
    match value:
        case str():
            return json.dumps(value, ensure_ascii=False).translate(ESCAPED)
        case Mapping():
            members = (f"{text(name)}:{text(value[name])}" for name in sorted(value))
            return "{" + ",".join(members) + "}"
        case list():
            return "[" + ",".join(text(one) for one in value) + "]"
        case float():
            return numbers.double(value)
        case _:
            return json.dumps(value)


def field_name(key: int) -> str:
    """Return a field's name; its number where this server's schema does not have it."""
    name = _declared(data_pb.Field.DESCRIPTOR, key) if key <= NEWEST_FIELD else None
    return name or str(key)


def value_text(value: Any) -> str:
    """Write one telemetry value, a `Value` of Tesla's schema.

    Raises: Unrenderable
    """
    try:
        return _value_text(value)
    except numbers.NoNumber as error:
        raise Unrenderable(str(error)) from error


def _value_text(value: Any) -> str:
    member = value.WhichOneof("value")
    if member is None:
        return "{}"
    held = getattr(value, member)
    if member in _SHAPES:
        return text(_SHAPES[member](held))
    field = value.DESCRIPTOR.fields_by_name[member]
    if field.enum_type is not None:
        name = _declared(field.enum_type, held)
        return text(held if name is None and member in AS_NUMBERS else name or str(held))
    return numbers.single(held) if field.type == FieldDescriptor.TYPE_FLOAT else text(held)


# Members that are published as something else than they are.
_SHAPES: Mapping[str, Callable[[Any], Any]] = {
    "invalid": lambda _: None,
    "location_value": lambda place: {"latitude": place.latitude, "longitude": place.longitude},
    "door_value": lambda doors: {door.name: getattr(doors, door.name) for door in doors.DESCRIPTOR.fields},
    "tire_location_value": lambda tyres: {
        tyre.name: True for tyre in tyres.DESCRIPTOR.fields if getattr(tyres, tyre.name)
    },
    "time_value": lambda time: f"{time.hour:02d}:{time.minute:02d}:{time.second:02d}",
}


def _data(payload: Any) -> Iterator[tuple[str, str]]:
    """Give the fields; of one that occurs twice the last."""
    if not all(datum.HasField("value") for datum in payload.data):
        raise Ruinous("server crashes on this record")
    last = {datum.key: datum.value for datum in payload.data}
    for key, value in last.items():
        yield f"v/{field_name(key)}", value_text(value)


def _alerts(record: Any) -> Iterator[tuple[str, str]]:
    """Give the newest of each name, where one has a start, and all of that name in this record."""
    by_name: dict[str, list[Any]] = {}
    for alert in record.alerts:
        by_name.setdefault(alert.name, []).append(alert)
    for name, rows in by_name.items():
        current = None
        for row in rows:
            if row.HasField("started_at") and (current is None or _at(row) > _at(current)):
                current = row
        if current is not None:
            yield f"alerts/{name}/current", text(_alert(current))
        yield f"alerts/{name}/history", text([_alert(row) for row in rows])


def _at(alert: Any) -> tuple[int, int]:
    return alert.started_at.seconds, alert.started_at.nanos


def _alert(alert: Any) -> dict[str, Any]:
    names = [_declared(alert_pb.Audience.DESCRIPTOR, number) or str(number) for number in alert.audiences]
    row: dict[str, Any] = {"Audiences": names or None}
    for name, field in (("StartedAt", "started_at"), ("EndedAt", "ended_at")):
        if alert.HasField(field):
            row[name] = moment(getattr(alert, field))
    return row


def _errors(record: Any) -> Iterator[tuple[str, str]]:
    for error in record.errors:
        row: dict[str, Any] = {"Body": error.body, "Tags": dict(error.tags) or None}
        if error.HasField("created_at"):
            row["CreatedAt"] = moment(error.created_at)
        yield f"errors/{error.name}", text(row)


def _connectivity(record: Any) -> Iterator[tuple[str, str]]:
    row = {
        "ConnectionId": record.connection_id,
        "Status": _declared(connectivity_pb.ConnectivityEvent.DESCRIPTOR, record.status)
        or str(record.status),
        "CreatedAt": moment(record.created_at),
    }
    yield "connectivity", text(row)


_RENDERED = {DATA: _data, ALERTS: _alerts, ERRORS: _errors, CONNECTIVITY: _connectivity}


def moment(stamp: Timestamp) -> str:
    """Write a time with whole seconds; its fraction is cut.

    Raises: Unrenderable for what is in no calendar
    """
    try:
        return (EPOCH + timedelta(seconds=stamp.seconds)).strftime("%Y-%m-%dT%H:%M:%SZ").rjust(20, "0")
    except OverflowError as error:
        raise Unrenderable(f"{stamp.seconds} s lie in no year") from error


def _declared(enum: Any, number: int) -> str | None:
    """Return the name of an enum's number; None for one that the schema does not have."""
    found = enum.values_by_number.get(number)
    return None if found is None else str(found.name)
