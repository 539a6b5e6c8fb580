"""A car's records in the words of the stream."""

from collections.abc import Mapping
from datetime import UTC, datetime
import struct
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from custom_components.tesla_direct.tesla.proto import (
    vehicle_alert_pb2 as alert_pb,
)
from custom_components.tesla_direct.tesla.proto import (
    vehicle_data_pb2 as data_pb,
)

FLOAT_DIGITS = range(6, 10)  # of a 32-bit number, the fewest that tell it from its neighbours


def values(message: data_pb.Payload) -> dict[str, Any]:
    """Return what a record of topic V says, by field; None is what the car does not know."""
    return {_name(data_pb.Field, datum.key): value(datum.value) for datum in message.data}


def value(written: data_pb.Value) -> Any:
    """Return one value as JSON has it."""
    member = written.WhichOneof("value")
    if member is None or member == "invalid":
        return None
    found = getattr(written, member)
    described = data_pb.Value.DESCRIPTOR.fields_by_name[member]
    if described.enum_type is not None:
        known = described.enum_type.values_by_number.get(found)
        return known.name if known else found
    if described.type == FieldDescriptor.TYPE_FLOAT:
        return shortest(found)
    if described.message_type is None:
        return None if found == "<invalid>" else found
    if member == "time_value":
        return f"{found.hour:02}:{found.minute:02}:{found.second:02}"
    return {inner.name: getattr(found, inner.name) for inner in described.message_type.fields}


def alerts(message: alert_pb.VehicleAlerts) -> list[dict[str, Any]]:
    """Return the alerts of a record."""
    rows: list[dict[str, Any]] = []
    for alert in message.alerts:
        row: dict[str, Any] = {
            "name": alert.name,
            "audiences": [_name(alert_pb.Audience, audience) for audience in alert.audiences],
        }
        for key, moment in (("startedAt", "started_at"), ("endedAt", "ended_at")):
            if alert.HasField(moment):
                row[key] = stamp(getattr(alert, moment))
        rows.append(row)
    return rows


def errors(message: Any) -> list[dict[str, Any]]:
    """Return the errors of a record."""
    return [
        {
            "name": error.name,
            "body": error.body,
            "createdAt": stamp(error.created_at),
            "tags": dict(error.tags),
        }
        for error in message.errors
    ]


def said(topic: str, message: Any) -> Mapping[str, Any]:
    """Return what a record of alerts or errors says."""
    return {"alerts": alerts(message)} if topic == "alerts" else {"errors": errors(message)}


def seconds(moment: Timestamp) -> float:
    """Return a time in seconds since 1970."""
    return moment.seconds + moment.nanos / 1e9


def stamp(moment: Timestamp) -> str:
    """Write a time, with a fraction only where there is one."""
    whole = datetime.fromtimestamp(moment.seconds, UTC)
    fraction = f".{moment.nanos // 1_000_000:03}" if moment.nanos else ""
    return f"{whole:%Y-%m-%dT%H:%M:%S}{fraction}Z"


def shortest(number: float) -> float:
    """Return the shortest number that is the same 32-bit one."""
    for digits in FLOAT_DIGITS:
        text = f"{number:.{digits}g}"
        if struct.pack("<f", float(text)) == struct.pack("<f", number):
            return float(text)
    return number


def _name(names: Any, number: int) -> str:
    try:
        return str(names.Name(number))
    except ValueError:
        return str(number)
