"""JSON records of the official server, as bridges from Pub/Sub, Kafka or Redis publish them, into messages.

Two forms: the protobuf JSON mapping, and the flat one of the server's log, which has bare values by field.
What one datum has that nobody can understand is left out of that datum, never of the record.
Source: telemetry protocol, sections 11 and 13; tests/vectors/telemetry/ (member `json`)
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..proto.vehicle_alert_pb2 import VehicleAlerts
from ..proto.vehicle_connectivity_pb2 import VehicleConnectivity
from ..proto.vehicle_data_pb2 import Payload
from ..proto.vehicle_error_pb2 import VehicleErrors

type Message = Payload | VehicleAlerts | VehicleErrors | VehicleConnectivity


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
    message: Message | None
    fields: Mapping[str, Any]
    created_at: float | None
    unnamed: tuple[str, ...] = ()


def read_record(raw: Any, skipped: Counter[str]) -> Record | None:
    """Return a record from what its JSON says; None if it is none of a car.

    raw: as `mqtt.read_json` returns it
    """
    raise NotImplementedError
