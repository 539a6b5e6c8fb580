"""The corrections of the official server (telemetry protocol, section 6), case by case."""

from collections.abc import Iterator

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.corrections import (
    AT_ONCE,
    MILLISECONDS_FROM,
    TEXT_LIMIT,
    correct_alerts,
    correct_payload,
    may_need_correction,
)
from custom_components.tesla_direct.tesla.proto.vehicle_alert_pb2 import VehicleAlerts
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Field, LocationValue, Payload, Value

OTHER = Field.VehicleName


def correct(payload: Payload) -> None:
    """Make the corrections as a connection does: if the bytes look as if there was one to make."""
    if may_need_correction(payload.SerializeToString()):
        for _ in correct_payload(payload):
            pass


def corrected(*texts: str, key: Field = Field.Location) -> list[Value]:
    payload = Payload()
    for text in texts:
        payload.data.add(key=key).value.string_value = text
    correct(payload)
    return [datum.value for datum in payload.data]


def place(latitude: float, longitude: float) -> Value:
    return Value(location_value=LocationValue(latitude=latitude, longitude=longitude))


@pytest.mark.parametrize(
    ("text", "latitude", "longitude"),
    [
        ("(37.412374 N, 122.145867 W)", 37.412374, -122.145867),
        ("(37.412374 S, 122.145867 E)", -37.412374, 122.145867),
        ("(0 N, 0 E)", 0.0, 0.0),
        ("(1 N, 2 E)", 1.0, 2.0),
        ("(1. N, .5 E)", 1.0, 0.5),
        ("(-1.5 S, +2.5 W)", 1.5, -2.5),
        ("(1e1 N, 1.5E-1 E)", 10.0, 0.15),
        ("( \t1 N, 2 E)", 1.0, 2.0),
        ("(1 \t N,\t\t2 \tE)", 1.0, 2.0),
        ("(1 N, 2 E) and what not", 1.0, 2.0),
        ("(1 N, 2 E)" + "x" * TEXT_LIMIT, 1.0, 2.0),
        ("(1000 N, 2000 E)", 1000.0, 2000.0),  # no range is checked
    ],
)
def test_a_place_as_text_becomes_a_place(text: str, latitude: float, longitude: float) -> None:
    assert corrected(text) == [place(latitude, longitude)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "37.4 N, 122.1 W",
        " (37.4 N, 122.1 W)",
        "x(37.4 N, 122.1 W)",
        "(37.4N, 122.1 W)",
        "(37.4 N, 122.1W)",
        "(37.4 n, 122.1 w)",
        "(37.4 E, 122.1 N)",
        "(37.4 NN, 122.1 W)",
        "(37.4 N , 122.1 W)",
        "(37.4 N,122.1 W)",
        "(37.4 N, 122.1 W )",
        "(37.4 N, 122.1 W",
        "(37.4 N 122.1 W)",
        "(. N, 1 W)",
        "(e1 N, 1 W)",
        "(1 2 N, 1 W)",
        "(--1 N, 1 W)",
        "(1e N, 1 W)",
        "(1\u00a0N, 1 W)",
        "(\u0661 N, 1 W)",  # an Arabic digit
        "(1 N, 2\nW)",
        "(1e999 N, 2 W)",
        "(1 N, 2e999 W)",
        "(" + " " * TEXT_LIMIT + "1 N, 2 E)",
    ],
)
def test_what_is_no_place_stays(text: str) -> None:
    assert corrected(text) == [Value(string_value=text)]


def test_only_the_first_location_is_looked_at() -> None:
    text = "(1 N, 2 E)"

    assert corrected(text, text) == [place(1.0, 2.0), Value(string_value=text)]
    assert corrected("", text) == [Value(string_value=""), Value(string_value=text)]


@pytest.mark.parametrize("key", [Field.OriginLocation, Field.DestinationLocation, OTHER])
def test_another_location_is_not_converted(key: Field) -> None:
    assert corrected("(1 N, 2 E)", key=key) == [Value(string_value="(1 N, 2 E)")]


def test_a_location_after_other_data_is_found() -> None:
    payload = Payload()
    payload.data.add(key=OTHER).value.string_value = "(1 N, 2 E)"
    payload.data.add(key=OTHER)
    payload.data.add(key=Field.Location).value.string_value = "(3 N, 4 E)"

    correct(payload)

    assert payload.data[0].value.string_value == "(1 N, 2 E)"
    assert not payload.data[1].HasField("value")
    assert payload.data[2].value == place(3.0, 4.0)


@pytest.mark.parametrize("key", [OTHER, Field.Location])
@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("1.1920928955078125e-05", "0.00001"),
        ("1.5e+10", "15000000512.00000"),
        ("-1.23e-9", "-0.00000"),
        ("+1.5e3", "1500.00000"),
        ("1.5E3", "1500.00000"),
        (".5e1", "5.00000"),
        ("5.e1", "50.00000"),
        ("0.0e0", "0.00000"),
        ("1.0e-999", "0.00000"),
        ("3.4028234e38", "340282346638528859811704183484516925440.00000"),
        ("1." + "0" * 200 + "e0", "1.00000"),
    ],
)
def test_scientific_notation_becomes_plain(text: str, plain: str, key: Field) -> None:
    assert corrected(text, key=key) == [Value(string_value=plain)]


@pytest.mark.parametrize(
    "text",
    [
        "1e-3",  # a decimal point is required
        "1.5",
        "1.5e",
        "1.5e+",
        ".e5",
        "e5",
        " 1.5e3",
        "1.5e3 ",
        "1.5e3\n",
        "1.5e3.0",
        "--1.5e3",
        "1.5e3e3",
        "1.5e39",
        "-1.5e39",
        "3.5e38",
        "1.0e999",
        "-1.0e999",
        "0x1.8p3",
        "1_0.5e3",
        "\u0661.5e3",
        "Model 1.5e3",
        "1." + "0" * TEXT_LIMIT + "e0",
    ],
)
def test_what_is_no_scientific_notation_or_fits_no_float_stays(text: str) -> None:
    assert corrected(text, key=OTHER) == [Value(string_value=text)]


def test_every_string_is_looked_at_not_only_the_first() -> None:
    assert corrected("1.0e1", "x", "1.0e2", key=OTHER) == [
        Value(string_value=text) for text in ("10.00000", "x", "100.00000")
    ]


def test_other_members_stay_as_they_are() -> None:
    payload = Payload()
    payload.data.add(key=OTHER).value.double_value = 1.5e10
    payload.data.add(key=Field.Location).value.location_value.latitude = 1.0
    payload.data.add(key=OTHER).value.string_value = "1.0e1"
    before = Payload.FromString(payload.SerializeToString())

    correct(payload)

    assert list(payload.data[:2]) == list(before.data[:2])


numbers = st.from_regex(r"\A[+-]?([0-9]{1,9}|[0-9]{0,9}\.[0-9]{1,9}|[0-9]{1,9}\.)([eE][+-]?[0-9]{1,2})?\Z")


@given(latitude=numbers, longitude=numbers, north=st.sampled_from("NS"), east=st.sampled_from("EW"))
def test_the_search_beforehand_overlooks_nothing(
    latitude: str, longitude: str, north: str, east: str
) -> None:
    sign_north, sign_east = (-1 if letter in "SW" else 1 for letter in (north, east))

    read = corrected(f"({latitude} {north}, {longitude} {east})")

    assert read == [place(float(latitude) * sign_north, float(longitude) * sign_east)]


def pauses(steps: Iterator[None]) -> int:
    return sum(1 for _ in steps)


def test_many_data_are_looked_at_in_several_goes() -> None:
    payload = Payload()
    for _ in range(3 * AT_ONCE):
        payload.data.add(key=OTHER).value.string_value = "1.0e1"

    assert pauses(correct_payload(payload)) == 3
    assert {datum.value.string_value for datum in payload.data} == {"10.00000"}


def test_many_alerts_are_looked_at_in_several_goes() -> None:
    alerts = VehicleAlerts()
    for _ in range(3 * AT_ONCE):
        alerts.alerts.add().started_at.seconds = MILLISECONDS_FROM

    assert pauses(correct_alerts(alerts)) == 3
    assert {alert.started_at.seconds for alert in alerts.alerts} == {MILLISECONDS_FROM // 1000}


def test_a_large_payload_is_corrected_too() -> None:
    assert corrected("x" * 1_000_000, "1.0e1", key=OTHER)[1] == Value(string_value="10.00000")


@settings(max_examples=20)
@given(
    beginning=st.sampled_from(["(", "(1", "(1.", "1.", "(1 N, ", "1.1e", "(1e"]),
    filling=st.sampled_from(["1", " ", "(", ".", "e", "1.", "\t", "(1", "1e", "N,"]),
    end=st.sampled_from(["", "N", ")", "e", " N, 1 E)"]),
)
def test_no_text_keeps_us_busy(beginning: str, filling: str, end: str) -> None:
    # A pattern that tries each way to divide a million digits would never come back.
    text = beginning + filling * (900_000 // len(filling)) + end

    assert corrected(text) == [Value(string_value=text)]


def test_times_that_can_only_be_milliseconds_are_read_as_such() -> None:
    alerts = VehicleAlerts()
    alert = alerts.alerts.add()
    alert.started_at.FromNanoseconds(1)
    alert.started_at.seconds = MILLISECONDS_FROM + 1_234
    alert.ended_at.seconds = MILLISECONDS_FROM - 1
    alert.ended_at.nanos = 5

    list(correct_alerts(alerts))

    assert alert.started_at.seconds == MILLISECONDS_FROM // 1000 + 1
    assert alert.started_at.nanos == 234_000_000  # what stood there before is dropped
    assert (alert.ended_at.seconds, alert.ended_at.nanos) == (MILLISECONDS_FROM - 1, 5)


def test_an_alert_that_goes_on_does_not_get_an_end() -> None:
    alerts = VehicleAlerts()
    alerts.alerts.add().started_at.seconds = 1
    alerts.alerts.add().ended_at.seconds = MILLISECONDS_FROM
    alerts.created_at.seconds = MILLISECONDS_FROM

    list(correct_alerts(alerts))

    assert not alerts.alerts[0].HasField("ended_at")
    assert not alerts.alerts[1].HasField("started_at")
    assert alerts.created_at.seconds == MILLISECONDS_FROM
