"""Cases of the group telemetry: frames, answers, identities."""

import base64
from collections.abc import Callable
import hashlib
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from google.protobuf.message import Message

from custom_components.tesla_direct.tesla.fleet_telemetry import envelope as envelopes
from custom_components.tesla_direct.tesla.fleet_telemetry.connection import Connection, Record
from custom_components.tesla_direct.tesla.fleet_telemetry.identity import Identity, Unauthorized, identify
from custom_components.tesla_direct.tesla.proto.vehicle_metric_pb2 import VehicleMetrics
from tests.conformance.decoded import as_vector
from tests.conformance.expect import equal

type Case = dict[str, Any]


def _connection(case: Case) -> Connection:
    given = case["connection"]
    identity = Identity(given["client_type"], given["device_id"])
    equal("sender", identity.sender_id, given["sender_id"])
    return Connection(identity, given["client_version"], frozenset(given["topics"]))


def _frame(case: Case) -> bytes:
    if "frame_b64" in case:
        return base64.b64decode(case["frame_b64"])
    frame = b"".join(
        base64.b64decode(part["b64"]) if "b64" in part else bytes([part["byte"]]) * part["count"]
        for part in case["frame_parts"]
    )
    equal("length of the parts", len(frame), case["frame_length"])
    equal("hash of the parts", hashlib.sha256(frame).hexdigest(), case["frame_sha256"])
    return frame


def check_frame(case: Case) -> None:
    """Receive a frame: what became of it, what went on, what was answered."""
    connection, frame, expect = _connection(case), _frame(case), case["expect"]
    connection.receive_message(frame)
    equal("outcome", dict(connection.outcomes), {expect["outcome"]: 1})
    records = connection.records_received()
    equal("dispatched", bool(records), expect["dispatched"])
    if expect["envelope"]:
        _check_envelope(frame, expect["envelope"])
    for record in records:
        _check_record(record, expect)
    _check_answers(connection.data_to_send(), expect)


def _check_envelope(frame: bytes, expect: dict[str, Any]) -> None:
    envelope = envelopes.open_envelope(frame)
    stream = envelope.message
    assert stream
    got = {
        "message_type": envelope.message_type,
        "txid": _text(envelope.txid),
        "topic": _text(envelope.topic),
        "message_id": _text(envelope.message_id),
        "created_at": stream.created_at,
        "sender_id": _text(stream.sender_id),
        "device_type": _text(stream.device_type),
        "device_id": _text(stream.device_id),
        "delivered_at_epoch_ms": stream.delivered_at,
        "payload_length": None if stream.payload is None else len(stream.payload),
        "payload_sha256": None if stream.payload is None else hashlib.sha256(stream.payload).hexdigest(),
    }
    for name, value in expect.items():
        # An absent number is its default.
        equal(name, got[name], 0 if value is None and isinstance(got[name], int) else value)


def _text(content: bytes | None) -> str | None:
    return None if content is None else content.decode()


def _check_record(record: Record, expect: dict[str, Any]) -> None:
    got = {
        "topic": record.topic,
        "txid": record.txid.decode(),
        "vin": record.vin,
        "client_version": record.client_version,
    }
    equal("record", got, expect["record"])
    message: Message | None = record.message
    if record.topic == "metrics":
        message = VehicleMetrics.FromString(record.payload)
    if expect.get("decoded") is not None:
        assert message is not None
        equal("decoded", as_vector(message), expect["decoded"])
    if "payload_b64" in expect and message is None:
        equal("payload", record.payload, base64.b64decode(expect["payload_b64"]))


def _check_answers(frames: list[bytes], expect: dict[str, Any]) -> None:
    expected = expect["responses"]
    if expect["outcome"] == "unknown_message":
        expected = expected[:1]  # the official server sends the same acknowledgement twice; once is fine
    equal("number of answers", len(frames), len(expected))
    for frame, answer in zip(frames, expected, strict=True):
        _check_answer(frame, answer)


def _check_answer(frame: bytes, expect: dict[str, Any]) -> None:
    envelope = envelopes.open_envelope(frame)
    types = {envelopes.ACKNOWLEDGEMENT: "ack", envelopes.STREAM: "error"}
    equal("type", types[envelope.message_type], expect["type"])
    equal("txid", _text(envelope.txid), expect["txid"])
    equal("topic", _text(envelope.topic), expect["topic"])
    if "payload_text" in expect:
        assert envelope.message
        equal("text", _text(envelope.message.payload), expect["payload_text"])
    equal("bytes", frame, base64.b64decode(expect["frame_b64"]))


def check_connectivity_event(case: Case) -> None:
    """Make the record of a socket that was opened or ended."""
    given, expect = case["input"], case["expect"]
    connection = Connection(Identity("vehicle_device", given["device_id"]), given["client_version"])
    record = connection.connectivity(
        connected=given["event"] == "CONNECTED",
        connection_id=given["connection_id"],
        network_interface=given["network_interface"],
        at_ns=given["at"]["seconds"] * 1_000_000_000 + given["at"]["nanos"],
    )
    _check_record(record, expect)
    assert record.message
    raw = base64.b64decode(expect["payload_b64"])
    equal("payload", record.message.SerializeToString(), raw)
    equal("answers", connection.data_to_send(), expect["responses"])


def check_ack(case: Case) -> None:
    """Write an acknowledgement."""
    given = case["input"]
    frame = envelopes.acknowledgement(given["txid"].encode(), given["topic"].encode())
    equal("frame", frame, base64.b64decode(case["expect"]["frame_b64"]))


def check_error_frame(case: Case) -> None:
    """Write a refusal."""
    frame = envelopes.refusal(case["input"]["txid"].encode())
    equal("frame", frame, base64.b64decode(case["expect"]["frame_b64"]))


def check_identity(case: Case) -> None:
    """Tell who a certificate belongs to."""
    expect = case["expect"]
    leaf = x509.load_pem_x509_certificate(case["certificate_pem"].encode())
    try:
        identity = identify(leaf.public_bytes(Encoding.DER))
    except Unauthorized as error:
        equal("refusal", (False, error.reason), (expect["accepted"], expect["error"]))
        return
    got = (True, identity.client_type, identity.device_id, identity.sender_id)
    equal(
        "identity", got, tuple(expect[name] for name in ("accepted", "client_type", "device_id", "sender_id"))
    )


KINDS: dict[str, Callable[[Case], None]] = {
    "frame": check_frame,
    "connectivity_event": check_connectivity_event,
    "ack": check_ack,
    "error_frame": check_error_frame,
    "identity": check_identity,
}
