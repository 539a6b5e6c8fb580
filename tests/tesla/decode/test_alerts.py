import base64
import json
from pathlib import Path
from typing import Any

from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.decode.alerts import (
    AUDIENCES_LIMIT,
    TAGS_LIMIT,
    TEXT_LIMIT,
    audiences_named,
    decode_alerts,
    decode_errors,
    time_of,
)
from custom_components.tesla_direct.tesla.fleet_telemetry.connection import Connection, Message
from custom_components.tesla_direct.tesla.fleet_telemetry.identity import Identity
from custom_components.tesla_direct.tesla.proto.vehicle_alert_pb2 import VehicleAlert, VehicleAlerts
from custom_components.tesla_direct.tesla.proto.vehicle_error_pb2 import VehicleError, VehicleErrors
from custom_components.tesla_direct.tesla.vehicle.alert import Alert, Complaint
from tests.tesla.fleet_telemetry.wire import damaged, number

VECTORS = Path(__file__).parents[2] / "vectors" / "telemetry"
RECEIVED = 1_791_360_000.0


def cases(name: str) -> dict[str, dict[str, Any]]:
    read = json.loads((VECTORS / f"{name}.json").read_text())["cases"]
    return {case["id"]: case for case in read}


ALERTS, ERRORS = cases("alerts"), cases("errors")


def message_of(case: dict[str, Any]) -> Message:
    """Return what a car said in a vector's frame."""
    connection = Connection(Identity("vehicle_device", case["connection"]["device_id"]))
    connection.receive_message(base64.b64decode(case["frame_b64"]))
    (record,) = connection.records_received()
    assert record.message is not None
    return record.message


def alerts_of(case: str) -> list[Alert]:
    message = message_of(ALERTS[case])
    assert isinstance(message, VehicleAlerts)
    return decode_alerts(message.alerts)


def complaints_of(case: str) -> list[Complaint]:
    message = message_of(ERRORS[case])
    assert isinstance(message, VehicleErrors)
    return decode_errors(message.errors, RECEIVED)


def seconds(time: dict[str, int] | None) -> float | None:
    return None if time is None else time["seconds"] + time["nanos"] / 1e9


@pytest.mark.parametrize("case", ALERTS)
def test_alerts_are_what_the_car_told_in_its_order(case: str) -> None:
    expected = ALERTS[case]["expect"]["decoded"]["alerts"]

    alerts = alerts_of(case)

    assert [alert.name for alert in alerts] == [one["name"] for one in expected]
    for alert, one in zip(alerts, expected, strict=True):
        assert alert.started_at == pytest.approx(seconds(one["started_at"]), abs=1e-6)
        assert alert.ended_at == pytest.approx(seconds(one["ended_at"]), abs=1e-6)
        assert (alert.ended_at is None) is one["active"]


def test_an_alert_says_whom_it_is_for() -> None:
    (alert,) = alerts_of("alert-ended")

    assert alert.audiences == ("customer", "service", "service_fix")


@pytest.mark.parametrize(
    ("numbers", "expected"), [([], ()), ([0], ()), ([77, 1], ("customer",)), ([2**64 - 1], ())]
)
def test_an_audience_that_nobody_knows_is_left_out(numbers: list[int], expected: tuple[str, ...]) -> None:
    sent = b"".join(number(2, audience) for audience in numbers)

    (alert,) = decode_alerts([VehicleAlert.FromString(sent)])

    assert alert.audiences == expected


def test_a_begin_at_the_beginning_of_time_is_a_begin() -> None:
    alert = VehicleAlert(name="x")
    alert.started_at.SetInParent()

    assert decode_alerts([alert]) == [Alert("x", (), 0.0, None)]


@pytest.mark.parametrize("case", ERRORS)
def test_errors_are_what_the_car_told_in_its_order(case: str) -> None:
    expected = ERRORS[case]["expect"]["decoded"]["errors"]

    complaints = complaints_of(case)

    assert [(one.name, one.body, dict(one.tags)) for one in complaints] == [
        (one["name"], one["body"], one["tags"]) for one in expected
    ]
    times = [seconds(one["created_at"]) for one in expected]
    assert [one.at for one in complaints] == [
        pytest.approx(RECEIVED if time is None else time, abs=1e-6) for time in times
    ]


def test_an_error_of_the_future_is_one_of_now() -> None:
    error = VehicleError(name="dial_error")
    error.created_at.FromSeconds(int(RECEIVED) + 3600)

    assert decode_errors([error], RECEIVED) == [Complaint("dial_error", "", (), RECEIVED)]


def test_tags_of_equal_errors_stand_in_the_same_order() -> None:
    one = VehicleError(tags={"requested": "10.000000", "field_name": "Soc"})
    other = VehicleError(tags={"field_name": "Soc", "requested": "10.000000"})

    (first,), (second,) = decode_errors([one], RECEIVED), decode_errors([other], RECEIVED)

    assert first == second
    assert first.tags == (("field_name", "Soc"), ("requested", "10.000000"))


def test_of_long_texts_the_beginning_is_kept() -> None:
    long = "x" * 100_000
    (alert,) = decode_alerts([VehicleAlert(name=long)])
    (complaint,) = decode_errors([VehicleError(name=long, body=long, tags={long: long})], RECEIVED)

    short = "x" * TEXT_LIMIT
    assert alert.name == complaint.name == complaint.body == short
    assert complaint.tags == ((short, short),)


def test_of_very_many_tags_and_audiences_the_first_are_kept() -> None:
    (alert,) = decode_alerts([VehicleAlert(audiences=["Customer"] * 1000)])
    (complaint,) = decode_errors([VehicleError(tags={str(number): "" for number in range(1000)})], RECEIVED)

    assert len(alert.audiences) == len(audiences_named(["Customer"] * 1000)) == AUDIENCES_LIMIT
    assert len(complaint.tags) == TAGS_LIMIT


@settings(max_examples=300)
@given(content=damaged())
def test_no_bytes_that_can_be_parsed_raise(content: bytes) -> None:
    try:
        decode_alerts(VehicleAlerts.FromString(content).alerts)
        decode_errors(VehicleErrors.FromString(content).errors, RECEIVED)
    except DecodeError:
        return


TIMES = st.fixed_dictionaries(
    {},
    optional={"seconds": st.integers(-(2**63), 2**63 - 1), "nanos": st.integers(-(2**31), 2**31 - 1)},
)


@given(begun=st.none() | TIMES, ended=st.none() | TIMES)
def test_any_time_is_a_number_that_can_be_kept(begun: Any, ended: Any) -> None:
    message = VehicleAlert(name="x", started_at=begun, ended_at=ended)

    (alert,) = decode_alerts([message])

    assert (alert.started_at is None, alert.ended_at is None) == (begun is None, ended is None)
    assert json.dumps([alert.started_at, alert.ended_at], allow_nan=False)


@pytest.mark.parametrize(
    ("names", "audiences"),
    [
        (["Customer", "Service", "ServiceFix"], ("customer", "service", "service_fix")),
        (["Unknown", "8", "Everybody", 1, None, []], ()),
        (None, ()),
        ("Customer", ()),
    ],
)
def test_audiences_may_be_told_by_name(names: Any, audiences: tuple[str, ...]) -> None:
    assert audiences_named(names) == audiences


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2024-11-18T14:28:20Z", 1_731_940_100.0),
        ("2024-11-18T14:28:20.5Z", 1_731_940_100.5),
        ("2024-11-18T14:28:20.226551134Z", 1_731_940_100.226551),
        ("2024-11-18T15:28:20+01:00", 1_731_940_100.0),
        ("2024-11-18T14:28:20", 1_731_940_100.0),
        ("1970-01-01T00:00:00Z", 0.0),
    ],
)
def test_a_time_is_seconds(text: str, seconds: float) -> None:
    assert time_of(text) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    "text", [None, 7, "", "soon", "2024-11-18", "2024-02-30T00:00:00Z", "2024" * 100, []]
)
def test_what_is_no_time_is_none(text: Any) -> None:
    assert time_of(text) is None


@given(text=st.text() | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([+-]\d\d:\d\d|Z)?", fullmatch=True))
def test_whatever_is_told_as_a_time_nothing_is_raised(text: str) -> None:
    time_of(text)
