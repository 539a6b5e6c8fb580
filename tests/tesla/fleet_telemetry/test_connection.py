"""What a car may say on a connection, and what it gets for an answer."""

import base64
import json
from pathlib import Path

from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.connection import (
    MESSAGE_LIMIT,
    MESSAGES,
    SLICE,
    TOPICS,
    Connection,
    Record,
)
from custom_components.tesla_direct.tesla.fleet_telemetry.corrections import (
    correct_alerts,
    correct_payload,
)
from custom_components.tesla_direct.tesla.fleet_telemetry.envelope import (
    Envelope,
    acknowledgement,
    open_envelope,
    refusal,
)
from custom_components.tesla_direct.tesla.fleet_telemetry.identity import Identity
from custom_components.tesla_direct.tesla.proto.vehicle_alert_pb2 import VehicleAlerts
from custom_components.tesla_direct.tesla.proto.vehicle_connectivity_pb2 import VehicleConnectivity
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Field, Payload
from custom_components.tesla_direct.tesla.proto.vehicle_error_pb2 import VehicleErrors

from . import wire
from .frames import VIN, stream_frame
from .wire import field, number

VECTORS = Path(__file__).parents[2] / "vectors" / "telemetry"
ME = Identity("vehicle_device", VIN)


def connection(*, topics: frozenset[str] = TOPICS) -> Connection:
    return Connection(ME, "1.2.0", topics)


def payload(**values: float) -> bytes:
    message = Payload(vin="somebody else")
    for name, value in values.items():
        message.data.add(key=Field.Value(name)).value.double_value = value
    return message.SerializeToString()


def answer_to(frame: bytes, *, topics: frozenset[str] = TOPICS) -> bytes:
    """Return the one answer, and make sure that there is one."""
    car = connection(topics=topics)
    car.receive_message(frame)
    (answer,) = car.data_to_send()
    assert car.data_to_send() == []
    assert car.outcomes.total() == 1
    return answer


def records_of(frame: bytes) -> list[Record]:
    car = connection()
    car.receive_message(frame)
    records = car.records_received()
    assert car.records_received() == []
    return records


def test_a_record_is_handed_over_under_the_certificates_name() -> None:
    (record,) = records_of(stream_frame(payload(Soc=55.5), txid=b"t-1"))

    assert (record.topic, record.txid, record.vin, record.client_version) == ("V", b"t-1", VIN, "1.2.0")
    assert isinstance(record.message, Payload)
    assert record.message.vin == VIN
    assert record.message.data[0].value.double_value == 55.5
    assert not record.large


def test_a_record_is_acknowledged_with_its_txid_and_topic() -> None:
    assert answer_to(stream_frame(b"", txid=b"t-1", topic=b"alerts")) == acknowledgement(b"t-1", b"alerts")


def test_records_and_answers_come_in_the_order_of_the_messages() -> None:
    car = connection()
    for txid in (b"1", b"2", b"3"):
        car.receive_message(stream_frame(txid=txid))

    assert [record.txid for record in car.records_received()] == [b"1", b"2", b"3"]
    assert car.data_to_send() == [acknowledgement(txid, b"V") for txid in (b"1", b"2", b"3")]


def test_the_same_record_again_is_handled_again() -> None:
    car = connection()
    for _ in range(2):
        car.receive_message(stream_frame(txid=b"1"))

    assert len(car.records_received()) == len(car.data_to_send()) == 2


@pytest.mark.parametrize("sender", [b"vehicle_device.OTHER", b"OTHER", b"", None])
def test_who_a_record_of_a_known_topic_says_it_is_from_does_not_matter(sender: bytes | None) -> None:
    (record,) = records_of(stream_frame(sender_id=sender, device_id=b"OTHER"))

    assert record.vin == VIN


@pytest.mark.parametrize("sender", [b"vehicle_device." + VIN.encode(), VIN.encode()])
def test_an_unknown_topic_is_acknowledged_if_the_sender_is_right_and_dropped(sender: bytes) -> None:
    frame = stream_frame(b"what not", topic=b"new", sender_id=sender)

    assert answer_to(frame) == acknowledgement(b"t1", b"new")
    assert records_of(frame) == []


@pytest.mark.parametrize(
    "sender", [b"vehicle_device.OTHER", b"vehicle_device." + VIN[:-1].encode(), b"", None]
)
@pytest.mark.parametrize("topic", [b"new", b"v", b"V\0", b"\xff", b"", None])
def test_an_unknown_topic_of_another_sender_is_refused(sender: bytes | None, topic: bytes | None) -> None:
    assert answer_to(stream_frame(topic=topic, sender_id=sender)) == refusal(b"t1")


def test_a_topic_that_is_not_wanted_is_judged_like_an_unknown_one() -> None:
    frame = stream_frame(topic=b"alerts", sender_id=b"x")

    assert answer_to(frame, topics=frozenset({"V"})) == refusal(b"t1")
    assert answer_to(stream_frame(topic=b"alerts"), topics=frozenset({"V"})) == acknowledgement(
        b"t1", b"alerts"
    )


def test_metrics_are_handed_on_as_they_came() -> None:
    (record,) = records_of(stream_frame(b"\xff\xff", topic=b"metrics"))

    assert (record.message, record.payload) == (None, b"\xff\xff")


@pytest.mark.parametrize("topic", sorted(MESSAGES))
@pytest.mark.parametrize(
    "bad",
    [b"\x0a", b"\x0a\x05a", b"\xff" * 10, b"\x00\x00", b"\x07", b"\x0c", b"\x0b\x14"],
    ids=["cut", "short", "endless", "field 0", "wire type 7", "end of no group", "end of another group"],
)
def test_what_is_not_its_topics_message_is_refused(topic: str, bad: bytes) -> None:
    frame = stream_frame(bad, topic=topic.encode())

    assert answer_to(frame) == refusal(b"t1")
    assert records_of(frame) == []


@pytest.mark.parametrize("filling", [b"", b"\x7a\x00" * SLICE])
def test_a_string_that_is_no_text_is_refused(filling: bytes) -> None:
    bad = filling + field(1, field(2, field(1, b"\xff")))

    assert answer_to(stream_frame(bad)) == refusal(b"t1")


@pytest.mark.parametrize("empty", [b"", None])
def test_an_empty_payload_is_a_record(empty: bytes | None) -> None:
    (record,) = records_of(stream_frame(empty))

    assert record.message == Payload(vin=VIN)


def test_a_message_without_content_is_acknowledged_without_a_name() -> None:
    assert answer_to(b"") == acknowledgement(b"", b"")
    assert answer_to(bytes(8)) == acknowledgement(b"", b"")


def test_a_message_of_another_type_keeps_its_txid() -> None:
    assert answer_to(acknowledgement(b"t-1", b"V")) == acknowledgement(b"t-1", b"")


def frame_of(length: int) -> bytes:
    frame = stream_frame(b"", topic=b"metrics")
    return stream_frame(bytes(length - len(frame)), topic=b"metrics")[:length]


def test_a_million_bytes_are_a_record_and_one_more_is_refused() -> None:
    assert MESSAGE_LIMIT == 1_000_000
    assert len(frame_of(MESSAGE_LIMIT)) == MESSAGE_LIMIT
    assert answer_to(frame_of(MESSAGE_LIMIT)) == acknowledgement(b"t1", b"metrics")
    assert answer_to(frame_of(MESSAGE_LIMIT) + b"\0") == refusal(b"")


def test_outcomes_are_counted() -> None:
    car = connection(topics=frozenset({"V"}))
    frames = (stream_frame(), stream_frame(), stream_frame(topic=b"new"), b"\xff", b"")
    for frame in frames:
        car.receive_message(frame)

    assert car.outcomes == {
        "accepted": 2,
        "accepted_not_dispatched": 1,
        "rejected": 1,
        "unknown_message": 1,
    }


@given(st.binary(max_size=200))
def test_any_bytes_get_exactly_one_answer(data: bytes) -> None:
    assert isinstance(open_envelope(answer_to(data)), Envelope)


@settings(max_examples=500)
@given(
    topic=st.sampled_from([b"V", b"alerts", b"errors", b"connectivity", b"metrics", b"new"]),
    content=wire.damaged(),
    data=st.data(),
)
def test_a_damaged_frame_gets_exactly_one_answer(topic: bytes, content: bytes, data: st.DataObject) -> None:
    frame = bytearray(stream_frame(content, topic=topic))
    for _ in range(data.draw(st.integers(0, 3))):
        frame[data.draw(st.integers(0, len(frame) - 1))] = data.draw(st.integers(0, 255))

    assert isinstance(open_envelope(answer_to(bytes(frame))), Envelope)


def test_every_truncation_gets_one_answer_and_a_record_only_if_it_is_whole() -> None:
    frame = stream_frame(payload(Soc=55.5, Odometer=1.0), txid=b"t-1", device_id=VIN.encode())
    (whole,) = records_of(frame)

    for length in range(len(frame)):
        assert isinstance(open_envelope(answer_to(frame[:length])), Envelope)
        for record in records_of(frame[:length]):
            # Only the terminator of the last vector may be missing, with its padding.
            assert record == whole
            assert length >= len(frame) - 4


def test_every_vector_that_is_cut_short_gets_one_answer() -> None:
    for case in json.loads((VECTORS / "alerts.json").read_text())["cases"]:
        if "frame_b64" in case:
            frame = base64.b64decode(case["frame_b64"])
            for length in range(len(frame)):
                assert isinstance(open_envelope(answer_to(frame[:length])), Envelope)


@settings(max_examples=60)
@given(content=st.one_of(wire.messages, wire.damaged()), topic=st.sampled_from(["V", "alerts", "errors"]))
def test_a_large_payload_is_read_as_a_small_one_is(content: bytes, topic: str) -> None:
    # An unknown field at its beginning makes it large; it is kept and takes no part in anything else.
    large = field(99, bytes(SLICE)) + content
    frame = stream_frame(large, topic=topic.encode())
    expected = MESSAGES[topic]()
    try:
        expected.ParseFromString(large)
    except DecodeError:
        assert answer_to(frame) == refusal(b"t1")
        return
    expected.vin = VIN
    if isinstance(expected, Payload):
        list(correct_payload(expected))
    elif isinstance(expected, VehicleAlerts):
        list(correct_alerts(expected))

    (record,) = records_of(frame)

    assert record.large
    assert record.message
    assert record.message.SerializeToString(deterministic=True) == expected.SerializeToString(
        deterministic=True
    )


HOSTILE: dict[str, tuple[bytes, bytes]] = {
    "empty data": (b"V", field(1, b"") * 490_000),
    "unknown fields": (b"V", number(15, 0) * 490_000),
    "one datum with its value again and again": (b"V", field(1, field(2, b"") * 490_000)),
    "one datum with its key again and again": (b"V", field(1, number(1, 1) * 490_000)),
    "scientific numbers": (b"V", field(1, field(2, field(1, b"1.1e5"))) * 90_000),
    "a group": (b"V", wire.tag(15, 3) + number(1, 0) * 490_000 + wire.tag(15, 4)),
    "behind a group": (b"V", wire.tag(15, 3) + wire.tag(15, 4) + field(1, b"") * 490_000),
    "empty alerts": (b"alerts", field(1, b"") * 490_000),
    "alerts in milliseconds": (b"alerts", field(1, field(3, number(1, 1 << 42))) * 80_000),
    "an alert with many audiences": (b"alerts", field(1, number(2, 1) * 490_000)),
    "empty errors": (b"errors", field(1, b"") * 490_000),
    "an error with many tags": (b"errors", field(1, field(3, b"") * 490_000)),
    "refused at its very end": (b"V", field(1, b"") * 490_000 + b"\x07"),
}


@pytest.mark.parametrize(("topic", "content"), HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_megabyte_is_read_in_many_steps(topic: bytes, content: bytes) -> None:
    frame = stream_frame(content, topic=topic)
    assert 900_000 < len(frame) <= MESSAGE_LIMIT
    car = connection()

    steps = 0
    for _ in car.receive_in_slices(frame):
        steps += 1
        # Nothing is handed over or answered before it is whole.
        assert not car.records_received()
        assert not car.data_to_send()

    assert steps >= len(content) // (2 * SLICE)
    assert len(car.data_to_send()) == 1


def test_a_megabyte_of_topic_is_not_turned_into_text() -> None:
    frame = stream_frame(topic=b"\xff" * 990_000)

    assert answer_to(frame) == acknowledgement(b"t1", b"\xff" * 990_000)


@pytest.mark.parametrize("event", ["CONNECTED", "DISCONNECTED"])
def test_a_connection_that_comes_or_goes_is_a_record_too(event: str) -> None:
    record = connection().connectivity(
        connected=event == "CONNECTED",
        connection_id="c-1",
        network_interface="wifi",
        at_ns=1_500_000_001,
    )

    assert (record.topic, record.txid, record.vin) == ("connectivity", b"c-1", VIN)
    expected = VehicleConnectivity(vin=VIN, connection_id="c-1", status=event, network_interface="wifi")
    expected.created_at.FromNanoseconds(1_500_000_001)
    assert record.message == expected


def test_a_car_that_lies_about_its_size_costs_nothing() -> None:
    for length in (2**31 - 1, 2**31, 2**63, 2**64 - 1):
        lie = wire.tag(1, wire.BYTES) + wire.varint(length)
        assert answer_to(stream_frame(lie)) == refusal(b"t1")
        assert answer_to(stream_frame(field(15, bytes(SLICE)) + lie)) == refusal(b"t1")


def test_an_error_of_the_cars_client_is_a_record() -> None:
    errors = VehicleErrors(vin="x")
    errors.errors.add(name="unsupported_field").tags["field_name"] = "Nonsense"

    (record,) = records_of(stream_frame(errors.SerializeToString(), topic=b"errors"))

    assert isinstance(record.message, VehicleErrors)
    assert dict(record.message.errors[0].tags) == {"field_name": "Nonsense"}
