"""Records in protobuf: signals, alerts and the telemetry client's own errors."""

from collections.abc import Iterable, Mapping, Sequence
import math

from google.protobuf.timestamp_pb2 import Timestamp

from custom_components.tesla_direct.tesla.proto import (
    vehicle_alert_pb2 as alert_pb,
)
from custom_components.tesla_direct.tesla.proto import (
    vehicle_data_pb2 as data_pb,
)
from custom_components.tesla_direct.tesla.proto import (
    vehicle_error_pb2 as error_pb,
)

from .body import Alert
from .collector import Complaint
from .firmware import ROWS, Firmware
from .outbox import Record

MILLISECOND = 1_000_000


def signals(
    values: Mapping[str, object], at: float, vin: str, firmware: Firmware, *, preferred: bool
) -> Record:
    """Write signals into one record."""
    data = tuple(
        data_pb.Datum(
            key=name,
            value=ROWS[name].kind.value(raw, typed=firmware.typed(name, preferred=preferred)),
        )
        for name, raw in values.items()
    )
    return payload(data, at, vin)


def payload(data: Sequence[data_pb.Datum], at: float, vin: str, *, resent: bool = False) -> Record:
    """Write data into a record of topic V."""
    message = data_pb.Payload(data=data, created_at=stamp(at), vin=vin, is_resend=resent)
    return Record(topic="V", at=at, payload=message.SerializeToString(), data=tuple(data), resent=resent)


def alerts(raised: Iterable[Alert], at: float, vin: str) -> Record:
    """Write alerts into a record."""
    message = alert_pb.VehicleAlerts(created_at=stamp(at), vin=vin)
    for alert in raised:
        row = message.alerts.add(name=alert.name, audiences=alert.audiences, started_at=stamp(alert.started))
        if alert.ended is not None:
            row.ended_at.CopyFrom(stamp(alert.ended))
    return Record(topic="alerts", at=at, payload=message.SerializeToString())


def errors(complaints: Iterable[Complaint], at: float, vin: str) -> Record:
    """Write what the telemetry client complains of into a record."""
    message = error_pb.VehicleErrors(created_at=stamp(at), vin=vin)
    for complaint in complaints:
        message.errors.add(created_at=stamp(at), name=complaint.name, tags=dict(complaint.tags))
    return Record(topic="errors", at=at, payload=message.SerializeToString())


def stamp(at: float) -> Timestamp:
    """Write a time to the millisecond, rounded down, for no time may lie ahead."""
    milliseconds = math.floor(at * 1000)
    return Timestamp(seconds=milliseconds // 1000, nanos=milliseconds % 1000 * MILLISECOND)
