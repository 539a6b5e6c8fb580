"""Records as JSON, as a server with `transmit_decoded_records` hands them to other dispatchers.

Source: telemetry protocol, sections 11 and 13; `json` members of tests/vectors/telemetry/
"""

from datetime import UTC, datetime, timedelta
import json
import math
from typing import Any

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.timestamp_pb2 import Timestamp

from . import numbers
from .record import DATA, Record
from .render import field_name, value_text
from .render import moment as whole_seconds

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NANOSECONDS = 1_000_000_000
FIRST_S, LAST_S = -62_135_596_800, 253_402_300_799  # of the years 1 to 9999
LONG = frozenset({FieldDescriptor.TYPE_INT64, FieldDescriptor.TYPE_UINT64})


class NoJson(ValueError):
    """A record that has no JSON form: a time that is in no calendar."""


def json_record(record: Record) -> dict[str, Any]:
    """Return a record in protobuf's JSON mapping, members without a value included.

    Raises: NoJson
    """
    return {} if record.message is None else _message(record.message)


def flat_record(record: Record) -> dict[str, Any]:
    """Return data in the logger's form: one member for each field, "<invalid>" for what is none.

    Raises: NoJson, render.Unrenderable
    """
    if record.topic != DATA:
        raise NoJson("only data has this form")
    payload = record.message
    told: dict[str, Any] = {
        "Vin": payload.vin,
        "CreatedAt": whole_seconds(payload.created_at),
        "IsResend": payload.is_resend,
    }
    for datum in payload.data:
        is_invalid = datum.value.WhichOneof("value") == "invalid"
        told[field_name(datum.key)] = "<invalid>" if is_invalid else json.loads(value_text(datum.value))
    return told


def _message(message: Any) -> dict[str, Any]:
    told: dict[str, Any] = {}
    for field in message.DESCRIPTOR.fields:
        value = getattr(message, field.name)
        if field.containing_oneof is not None:
            if message.WhichOneof(field.containing_oneof.name) == field.name:
                told[field.json_name] = _single(field, value)
        elif field.message_type is not None and field.message_type.GetOptions().map_entry:
            told[field.json_name] = dict(value)
        elif field.is_repeated:
            told[field.json_name] = [_single(field, one) for one in value]
        elif field.has_presence and not message.HasField(field.name):
            told[field.json_name] = None
        else:
            told[field.json_name] = _single(field, value)
    return told


def _single(field: Any, value: Any) -> Any:
    if field.message_type is not None:
        return moment(value) if isinstance(value, Timestamp) else _message(value)
    if field.enum_type is not None:
        if field.name == "key":
            name = field_name(value)
            return value if name == str(value) else name
        known = field.enum_type.values_by_number.get(value)
        return value if known is None else known.name
    if field.type in LONG:
        return str(value)
    if isinstance(value, float):
        return _number(value, single=field.type == FieldDescriptor.TYPE_FLOAT)
    return value


def _number(value: float, *, single: bool) -> float | str:
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    return float(numbers.shortest_single(value)) if single else value


def moment(stamp: Timestamp) -> str:
    """Write a time with 0, 3, 6 or 9 decimals.

    Raises: NoJson
    """
    if not FIRST_S <= stamp.seconds <= LAST_S or not 0 <= stamp.nanos < NANOSECONDS:
        raise NoJson("a time that is in no calendar")
    day = (EPOCH + timedelta(seconds=stamp.seconds)).strftime("%Y-%m-%dT%H:%M:%S").rjust(19, "0")
    fraction = f"{stamp.nanos:09d}"
    while fraction.endswith("000"):
        fraction = fraction[:-3]
    return f"{day}.{fraction}Z" if fraction else f"{day}Z"
