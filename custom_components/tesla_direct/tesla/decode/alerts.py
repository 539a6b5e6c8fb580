"""What a car sends on the topics alerts and errors, into ours.

Source: telemetry protocol, sections 6 and 15; tests/vectors/telemetry/{alerts,errors}.json
"""

from collections.abc import Iterable
from datetime import UTC, datetime
from itertools import islice
import re
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp

from ..proto.vehicle_alert_pb2 import Audience, VehicleAlert
from ..proto.vehicle_error_pb2 import VehicleError
from ..vehicle.alert import Alert, Complaint

TEXT_LIMIT = 500  # characters of a text that we keep
TAGS_LIMIT = 20  # tags of one error that we keep; those that we know have one or two
AUDIENCES_LIMIT = 20  # entries of one alert's list that are looked at; there are three audiences
TIME_LIMIT = 40  # characters of a time; nanoseconds and a zone are 35
HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")


def decode_alerts(alerts: Iterable[VehicleAlert]) -> list[Alert]:
    """Return what a record says of alerts."""
    return [
        Alert(
            alert.name[:TEXT_LIMIT],
            _audiences(alert),
            _seconds(alert.started_at) if alert.HasField("started_at") else None,
            _seconds(alert.ended_at) if alert.HasField("ended_at") else None,
        )
        for alert in alerts
    ]


def decode_errors(
    errors: Iterable[VehicleError], received: float, otherwise: float | None = None
) -> list[Complaint]:
    """Return what the telemetry client in the car is unhappy about.

    received:  seconds since 1970, by our clock; a time ahead of it is clamped to it
    otherwise: the time of what is not dated, if not that of its arrival
    """
    undated = received if otherwise is None else otherwise
    return [
        Complaint(
            error.name[:TEXT_LIMIT],
            error.body[:TEXT_LIMIT],
            _tags(error),
            min(_seconds(error.created_at), received) if error.HasField("created_at") else undated,
        )
        for error in errors
    ]


def audiences_named(names: Any) -> tuple[str, ...]:
    """Return for whom an alert is where that is told by name; names we do not know are left out."""
    known = Audience.DESCRIPTOR.values_by_name
    if not isinstance(names, list):
        return ()
    some = names[:AUDIENCES_LIMIT]
    named = (name for name in some if isinstance(name, str) and name in known and known[name].number)
    return tuple(HUMP.sub("_", name).lower() for name in named)


def time_of(text: Any) -> float | None:
    """Return a time as JSON has it, "2026-10-04T10:45:17.537Z", as seconds since 1970; None if it is none."""
    if not isinstance(text, str) or not 19 <= len(text) <= TIME_LIMIT:
        return None
    try:
        time = datetime.fromisoformat(text)
        return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    except ValueError, OverflowError:
        return None


def _audiences(alert: VehicleAlert) -> tuple[str, ...]:
    """Return for whom an alert is: customer, service, service_fix; numbers we do not know are left out."""
    names = Audience.DESCRIPTOR.values_by_number
    known = (names[number].name for number in alert.audiences[:AUDIENCES_LIMIT] if number in names and number)
    return tuple(HUMP.sub("_", name).lower() for name in known)


def _tags(error: VehicleError) -> tuple[tuple[str, str], ...]:
    some = islice(error.tags.items(), TAGS_LIMIT)
    return tuple(sorted((key[:TEXT_LIMIT], value[:TEXT_LIMIT]) for key, value in some))


def _seconds(time: Timestamp) -> float:
    return float(time.seconds) + time.nanos * 1e-9
