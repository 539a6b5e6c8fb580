"""A telemetry message in the form in which the vectors write it down."""

from collections.abc import Callable
import math
from typing import Any

from google.protobuf.message import Message
from google.protobuf.timestamp_pb2 import Timestamp
from google.protobuf.unknown_fields import UnknownFieldSet

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2
from custom_components.tesla_direct.tesla.proto.vehicle_alert_pb2 import Audience, VehicleAlerts
from custom_components.tesla_direct.tesla.proto.vehicle_connectivity_pb2 import (
    ConnectivityEvent,
    VehicleConnectivity,
)
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Datum, Payload
from custom_components.tesla_direct.tesla.proto.vehicle_error_pb2 import VehicleErrors
from custom_components.tesla_direct.tesla.proto.vehicle_metric_pb2 import VehicleMetrics

type Json = dict[str, Any]

# The vectors were made with a schema that ends here; what we know beyond is unknown to them.
LAST_FIELD = 259


def as_vector(message: Message) -> Json:
    """Return a message as the member `decoded` of a vector."""
    package = message.DESCRIPTOR.file.package.removeprefix("tesla_direct.")
    writers: dict[type[Message], Callable[[Any], Json]] = {
        Payload: _payload,
        VehicleAlerts: _alerts,
        VehicleErrors: _errors,
        VehicleConnectivity: _connectivity,
        VehicleMetrics: _metrics,
    }
    body: Json = {"message": f"{package}.{message.DESCRIPTOR.name}", "vin": getattr(message, "vin")}  # noqa: B009
    return body | writers[type(message)](message) | _unknown(message, "unknown_fields")


def _payload(payload: Payload) -> Json:
    return {
        "is_resend": payload.is_resend,
        "created_at": _time(payload, "created_at"),
        "data": [_datum(datum) for datum in payload.data],
    }


def _datum(datum: Datum) -> Json:
    names = vehicle_data_pb2.DESCRIPTOR.enum_types_by_name["Field"].values_by_number
    known = datum.key <= LAST_FIELD and datum.key in names
    has_value = datum.HasField("value")
    member = datum.value.WhichOneof("value")
    body: Json = {
        "key_number": datum.key,
        "key": names[datum.key].name if known else None,
        "has_value": has_value,
        "member": member,
    }
    if member is not None:
        body |= _value(datum.value, datum.value.DESCRIPTOR.fields_by_name[member])
    if has_value:
        body |= _unknown(datum.value, "unknown_value_fields")
    return body | _unknown(datum, "unknown_datum_fields")


def _value(value: Message, field: Any) -> Json:
    content = getattr(value, field.name)
    body: Json = {"member_number": field.number}
    if field.enum_type is not None:
        name = field.enum_type.values_by_number.get(content)
        return body | {
            "value": name.name if name else None,
            "enum": field.enum_type.name,
            "enum_number": content,
        }
    if field.message_type is not None:
        return body | {
            "value": {part.name: _plain(getattr(content, part.name)) for part in field.message_type.fields}
        }
    return body | {"value": _plain(content)}


def _plain(content: Any) -> Any:
    """Return a number as JSON can carry it."""
    if isinstance(content, float) and not math.isfinite(content):
        return "NaN" if math.isnan(content) else "Infinity" if content > 0 else "-Infinity"
    return content


def _alerts(alerts: VehicleAlerts) -> Json:
    names = Audience.DESCRIPTOR.values_by_number
    return {
        "created_at": _time(alerts, "created_at"),
        "alerts": [
            {
                "name": alert.name,
                "audiences": [names[number].name if number in names else None for number in alert.audiences],
                "audience_numbers": list(alert.audiences),
                "started_at": _time(alert, "started_at"),
                "ended_at": _time(alert, "ended_at"),
                "active": not alert.HasField("ended_at"),
            }
            for alert in alerts.alerts
        ],
    }


def _errors(errors: VehicleErrors) -> Json:
    return {
        "created_at": _time(errors, "created_at"),
        "errors": [
            {
                "name": error.name,
                "body": error.body,
                "tags": dict(error.tags),
                "created_at": _time(error, "created_at"),
            }
            for error in errors.errors
        ],
    }


def _connectivity(event: VehicleConnectivity) -> Json:
    names = ConnectivityEvent.DESCRIPTOR.values_by_number
    return {
        "connection_id": event.connection_id,
        "status": names[event.status].name if event.status in names else None,
        "status_number": event.status,
        "network_interface": event.network_interface,
        "created_at": _time(event, "created_at"),
    }


def _metrics(metrics: VehicleMetrics) -> Json:
    return {
        "created_at": _time(metrics, "created_at"),
        "metrics": [
            {"name": metric.name, "tags": dict(metric.tags), "value": _plain(metric.value)}
            for metric in metrics.metrics
        ],
    }


def _time(message: Message, name: str) -> Json | None:
    if not message.HasField(name):
        return None
    time: Timestamp = getattr(message, name)
    return {"seconds": time.seconds, "nanos": time.nanos}


def _unknown(message: Message, name: str) -> Json:
    """List the numbers of the fields that are not in the schema, where there are any."""
    fields = UnknownFieldSet(message)
    numbers = sorted({fields[index].field_number for index in range(len(fields))})
    return {name: numbers} if numbers else {}
