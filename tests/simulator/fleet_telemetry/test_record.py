"""Records as the official server corrects them, where no vector says so."""

import base64

from google.protobuf.message import DecodeError
from google.protobuf.timestamp_pb2 import Timestamp
import pytest

from custom_components.tesla_direct.tesla.proto import vehicle_alert_pb2 as alert_pb
from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb
from simulator.car.envelope import Stream, read_answer, write
from simulator.fleet_telemetry.record import Peer, read_message, take

VIN = "5YJ3E1EA7KF000001"
PEER = Peer(vin=VIN, connection="c", interface="wifi", client="1.3.0")


def payload(*texts: str, key: pb.Field = pb.Location) -> bytes:
    data = [pb.Datum(key=key, value=pb.Value(string_value=text)) for text in texts]
    return pb.Payload(vin="somebody", data=data).SerializeToString()


def frame(topic: str, sent: bytes, sender: str = VIN) -> bytes:
    return write(Stream(txid="t1", topic=topic, payload=sent, device_id=VIN, created_at=1, sender_id=sender))


def test_only_the_first_place_of_a_record_is_read() -> None:
    message = read_message("V", payload("(37.5 N, 122.25 W)", "(1.5 S, 2.5 E)"), VIN)

    first, second = (datum.value for datum in message.data)
    assert (first.location_value.latitude, first.location_value.longitude) == (37.5, -122.25)
    assert second.string_value == "(1.5 S, 2.5 E)"
    assert message.vin == VIN


@pytest.mark.parametrize("text", ["(north N, 2.5 E)", "(1.5N, 2.5 E)", "37.5 N, 1 E", ""])
def test_what_is_no_place_stays_as_it_is(text: str) -> None:
    message = read_message("V", payload(text), VIN)
    assert message.data[0].value.string_value == text


@pytest.mark.parametrize(
    ("text", "corrected"),
    [
        ("1.1920928955078125e-05", "0.00001"),
        ("1.5e+10", "15000000512.00000"),
        ("1e-3", "1e-3"),
        ("1.0e99", "1.0e99"),
    ],
)
def test_an_exponent_is_written_out_where_it_fits(text: str, corrected: str) -> None:
    message = read_message("V", payload(text, key=pb.Soc), VIN)
    assert message.data[0].value.string_value == corrected


def test_milliseconds_of_an_alert_are_read_as_such() -> None:
    sent = alert_pb.VehicleAlerts(
        alerts=[alert_pb.VehicleAlert(started_at=Timestamp(seconds=1_692_044_886_337))]
    )
    message = read_message("alerts", sent.SerializeToString(), VIN)
    assert message.alerts[0].started_at == Timestamp(seconds=1_692_044_886, nanos=337_000_000)


def test_what_is_no_message_is_an_error_frame() -> None:
    with pytest.raises(DecodeError):
        read_message("V", b"\xff", VIN)
    taken = take(frame("V", b"\xff"), PEER, 0.0)
    assert taken.record is None
    assert (read_answer(taken.answer).refused, read_answer(taken.answer).txid) == (True, "t1")


def test_a_strange_sender_matters_only_on_a_topic_that_is_not_configured() -> None:
    assert read_answer(take(frame("V", payload(), "x"), PEER, 0.0).answer).refused is False
    assert read_answer(take(frame("V", payload(), "x"), PEER, 0.0, topics=()).answer).refused is True
    assert read_answer(take(frame("V", payload()), PEER, 0.0, topics=()).answer).refused is False


def test_another_topic_keeps_its_bytes() -> None:
    taken = take(frame("T42", b"\x01\x02"), PEER, 12.5, topics=["T42"])
    assert taken.record is not None
    assert (taken.record.message, taken.record.payload, taken.record.received_at) == (None, b"\x01\x02", 12.5)


def test_what_is_too_long_is_an_error_frame_without_a_name() -> None:
    answer = read_answer(take(b"\x00" * 1_000_001, PEER, 0.0).answer)
    assert (answer.refused, answer.txid) == (True, "")


def test_garbage_is_an_error_frame() -> None:
    whole = frame("V", payload())
    for place in range(0, len(whole), 4):
        odd = whole[:place] + b"\x7f\x7f\x7f\x7f" + whole[place + 4 :]
        assert read_answer(take(odd, PEER, 0.0).answer).strange is None, base64.b64encode(odd)
