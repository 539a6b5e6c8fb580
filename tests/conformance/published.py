"""What the official server publishes of a record, as MQTT topics and as JSON: it says what the record says.

What the wire itself loses is not held against whoever reads it. MQTT has no time of values, whole seconds of
alerts and errors, a field once that a record has twice, no network interface, and the same `{}` for tyres of
which none is flat as for a value whose member the server does not know. JSON has all but unknown members.
"""

import asyncio
import base64
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace
from math import floor
from typing import Any

from custom_components.tesla_direct.tesla.decode import alerts, payload
from custom_components.tesla_direct.tesla.decode.record import read_record
from custom_components.tesla_direct.tesla.fleet_telemetry.connection import Connection
from custom_components.tesla_direct.tesla.fleet_telemetry.identity import Identity
from custom_components.tesla_direct.tesla.proto.vehicle_alert_pb2 import VehicleAlerts
from custom_components.tesla_direct.tesla.proto.vehicle_connectivity_pb2 import (
    ConnectivityEvent,
    VehicleConnectivity,
)
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Payload
from custom_components.tesla_direct.tesla.proto.vehicle_error_pb2 import VehicleErrors
from custom_components.tesla_direct.tesla.source.mqtt import Form
from custom_components.tesla_direct.tesla.vehicle.alert import Alert, Complaint
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event
from custom_components.tesla_direct.tesla.vehicle.signal import UNKNOWN_AGE, AnySignal
from tests.conformance.decoded import as_vector
from tests.conformance.expect import equal
from tests.tesla.source.broker_world import NOW, Listened, Listener

type Case = dict[str, Any]
type Handled = Payload | VehicleAlerts | VehicleErrors | VehicleConnectivity


def check_mqtt(case: Case) -> None:
    """Publish what the official server does of a record, in two orders, since the real one is random."""
    message, published = _message(case), case["expect"]["mqtt"] or []
    if "mqtt_failure" in case["expect"]:
        equal("published", published, [])
        message = None
    for order in (published, published[::-1]):
        listened = asyncio.run(_hear_topics(_vin(case), order, retained=False))
        _check_live(listened.car, message, of_topics=True, heard=bool(published))
        _check_understood(listened)
    listened = asyncio.run(_hear_topics(_vin(case), published, retained=True))
    _check_retained(listened.car, message)
    _check_understood(listened)


def check_json(case: Case) -> None:
    """Publish a record as JSON; a topic without known message is `{}`."""
    message, record = _message(case), case["expect"]["json"]
    listened = asyncio.run(_hear_record(_vin(case), record))
    _check_live(listened.car, message, of_topics=False, heard=message is not None)
    if message is None:
        equal("skipped", listened.source.skipped, {"a record": 1})
        return
    read = read_record(record, Counter())
    assert read is not None
    assert read.message is not None
    equal("decoded", as_vector(read.message), _without_unknown(case["expect"]["decoded"]))
    _check_understood(listened)


FORMS: dict[str, Callable[[Case], None]] = {"mqtt": check_mqtt, "json": check_json}


def _vin(case: Case) -> str:
    return str(case["connection"]["device_id"] if "connection" in case else case["input"]["device_id"])


def _message(case: Case) -> Handled | None:
    """Return the record itself, as our own server takes it over; None if it says nothing of the car."""
    topics = case["connection"]["topics"] if "connection" in case else ()
    connection = Connection(Identity("vehicle_device", _vin(case)), topics=frozenset(topics))
    if case["kind"] == "connectivity_event":
        given = case["input"]
        record = connection.connectivity(
            connected=given["event"] == "CONNECTED",
            connection_id=given["connection_id"],
            network_interface=given["network_interface"],
            at_ns=given["at"]["seconds"] * 1_000_000_000 + given["at"]["nanos"],
        )
    else:
        connection.receive_message(base64.b64decode(case["frame_b64"]))
        (record,) = connection.records_received()
    message = record.message
    return message if isinstance(message, Handled.__value__) else None


async def _hear_topics(vin: str, published: Iterable[dict[str, str]], *, retained: bool) -> Listened:
    listened = Listened(vin)
    await listened.source.begin()
    for one in published:
        listened.broker.publish(one["topic"], one["payload"], retained=retained)
    listened.take_over()
    return listened


async def _hear_record(vin: str, record: Any) -> Listened:
    listened = Listened(vin, form=Form.RECORDS, topic="records/#")
    await listened.source.begin()
    listened.publish_record(record, f"records/{vin}")
    return listened


def _check_understood(listened: Listened) -> None:
    """Expect that nothing was left out but fields that nobody takes: their names begin with a capital."""
    skipped = [name for name, count in listened.source.skipped.items() if count]
    equal("not understood", [name for name in skipped if not (name[0].isupper() or name.isdecimal())], [])


def _check_live(car: Listener, message: Handled | None, *, of_topics: bool, heard: bool) -> None:
    fields: list[int] = []
    told: list[Alert] = []
    complaints: list[Complaint] = []
    values: dict[AnySignal, Any] = {}
    at = NOW
    match message:
        case Payload():
            report = payload.decode(message, NOW, car.car(), Counter())
            values, at = dict(report.values), NOW if of_topics else report.at
            keys = [int(datum.key) for datum in message.data]
            fields = list(dict.fromkeys(keys)) if of_topics else keys
        case VehicleAlerts():
            told = alerts.decode_alerts(message.alerts)
        case VehicleErrors():
            complaints = alerts.decode_errors(message.errors, NOW)
    equal("values", car.values, values)
    equal(
        "times",
        {(report.at, report.source, report.snapshot) for report in car.reports if report.values},
        {(at, "mqtt", False)} if values else set(),
    )
    equal("billed", (car.signals, car.fields), (len(fields) + len(told), Counter(fields)))
    equal("alerts", _alerts(car.alerts, cut=of_topics), _alerts(told, cut=of_topics))
    equal("complaints", _complaints(car.complaints), _complaints(complaints, cut=of_topics))
    equal("kept", car.kept_alerts, [])
    _check_links(car, message, of_topics=of_topics, heard=heard)


def _check_links(car: Listener, message: Handled | None, *, of_topics: bool, heard: bool) -> None:
    links: list[tuple[int, str | None]] = [(0, None)]
    if isinstance(message, VehicleConnectivity):
        interface = None if of_topics else message.network_interface or None
        if message.status == ConnectivityEvent.CONNECTED:
            links.append((1, interface))
    elif heard:
        links.append((1, None))  # nobody tells of connections, but the car talks
    equal("links", car.links, links)
    equal("events", car.events, [Event.CONNECTED] * (len(links) - 1))


def _check_retained(car: Listener, message: Handled | None) -> None:
    """Expect what a broker has kept to be taken for what was so at some time, and for no sign of life."""
    values = payload.decode(message, NOW, car.car(), Counter()).values if isinstance(message, Payload) else {}
    equal("kept values", car.values, dict(values))
    equal(
        "kept times", {(report.at, report.snapshot) for report in car.reports} - {(UNKNOWN_AGE, True)}, set()
    )
    told = alerts.decode_alerts(message.alerts) if isinstance(message, VehicleAlerts) else []
    equal("kept alerts", _alerts(car.kept_alerts, cut=True), _alerts(told, cut=True))
    equal("nothing new", (car.alerts, car.signals, car.events, car.links), ([], 0, [], [(0, None)]))


def _alerts(told: Iterable[Alert], *, cut: bool) -> set[Alert]:
    """Return alerts in no order, each once: of those that a record has, MQTT tells the current one twice."""
    if not cut:
        return set(told)
    return {replace(one, started_at=_whole(one.started_at), ended_at=_whole(one.ended_at)) for one in told}


def _complaints(told: Iterable[Complaint], *, cut: bool = False) -> set[Complaint]:
    return {replace(one, at=float(floor(one.at)) if cut else one.at) for one in told}


def _whole(seconds: float | None) -> float | None:
    return None if seconds is None else float(floor(seconds))


def _without_unknown(decoded: Any) -> Any:
    """Return what a vector has decoded, without the fields that only its bytes have."""
    if isinstance(decoded, list):
        return [_without_unknown(one) for one in decoded]
    if not isinstance(decoded, dict):
        return decoded
    return {key: _without_unknown(one) for key, one in decoded.items() if not key.startswith("unknown_")}
