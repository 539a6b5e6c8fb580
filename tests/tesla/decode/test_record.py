"""Records that bridges publish as JSON, in both forms; the vectors stand in the conformance tests."""

from collections import Counter
import copy
import json
from pathlib import Path
from typing import Any

from google.protobuf import json_format
from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.decode.alerts import AUDIENCES_LIMIT
from custom_components.tesla_direct.tesla.decode.mqtt import read_json
from custom_components.tesla_direct.tesla.decode.record import SLICE, Record, read_record, read_records
from custom_components.tesla_direct.tesla.proto.vehicle_alert_pb2 import Audience, VehicleAlerts
from custom_components.tesla_direct.tesla.proto.vehicle_connectivity_pb2 import (
    ConnectivityEvent,
    VehicleConnectivity,
)
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Field, Payload, ShiftState
from custom_components.tesla_direct.tesla.proto.vehicle_error_pb2 import VehicleErrors

VIN = "5YJ3E1EA7KF000001"
CREATED = "2024-11-18T14:26:40.123Z"
SECONDS = 1_731_940_000
VECTORS = Path(__file__).parents[2] / "vectors" / "telemetry"
DATA: dict[str, Any] = {
    "data": [
        {"key": "Soc", "value": {"doubleValue": 55.5}},
        {"key": "Gear", "value": {"shiftStateValue": "ShiftStateD"}},
    ],
    "createdAt": CREATED,
    "vin": VIN,
    "isResend": False,
}
ALERTS: dict[str, Any] = {
    "alerts": [
        {"name": "UI_a006", "audiences": ["Customer"], "startedAt": CREATED, "endedAt": None},
        {"name": "GTW_w144", "audiences": ["Service", 7, "Everybody"], "startedAt": None, "endedAt": CREATED},
    ],
    "createdAt": CREATED,
    "vin": VIN,
}
ERRORS: dict[str, Any] = {
    "errors": [{"createdAt": CREATED, "name": "dial_error", "tags": {"host": "x"}, "body": "no route"}],
    "createdAt": CREATED,
    "vin": VIN,
}
CONNECTIVITY = {
    "vin": VIN,
    "connectionId": "0B1D",
    "status": "CONNECTED",
    "createdAt": CREATED,
    "networkInterface": "wifi",
}
FLAT = {"Vin": VIN, "CreatedAt": "2024-11-18T14:26:40Z", "IsResend": False, "Soc": 66.1, "Gear": "<invalid>"}
NONSENSE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.just(CREATED),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["key", "value", "name", "tags", "data", "startedAt", "doubleValue", "vin"]),
            inner,
        )
    ),
    max_leaves=8,
)


def read(raw: Any, skipped: Counter[str] | None = None) -> Record:
    record = read_record(raw, Counter() if skipped is None else skipped)
    assert record is not None
    return record


def payload(raw: Any, skipped: Counter[str] | None = None) -> Payload:
    message = read(raw, skipped).message
    assert isinstance(message, Payload)
    return message


def test_data_become_the_message_that_the_car_has_sent() -> None:
    skipped = Counter[str]()
    record = read(DATA, skipped)

    expected = Payload(vin=VIN)
    expected.created_at.FromJsonString(CREATED)
    expected.data.add(key=Field.Soc).value.double_value = 55.5
    expected.data.add(key=Field.Gear).value.shift_state_value = ShiftState.ShiftStateD
    assert record == Record(VIN, expected)
    assert not skipped


def test_it_is_what_protobufs_own_reader_makes_of_it() -> None:
    for file in ("values", "payloads", "legacy_strings", "alerts", "errors", "connectivity"):
        for case in json.loads((VECTORS / f"{file}.json").read_text())["cases"]:
            record = case["expect"]["json"]
            if any(datum["value"] is None for datum in record.get("data", ())):
                continue  # protobuf's takes null for a value without a member
            message = read(record).message
            assert message is not None
            assert message == json_format.ParseDict(record, type(message)(), ignore_unknown_fields=True)


def test_a_datum_without_value_is_one() -> None:
    record = copy.deepcopy(DATA)
    record["data"] = [{"key": "Soc", "value": None}, {"key": "Gear", "value": {}}, {"key": "Locked"}]

    assert [datum.HasField("value") for datum in payload(record).data] == [False, True, False]


@pytest.mark.parametrize(("key", "number"), [(300, 300), ("300", 300), ("Soc", 8), (0, 0), (260, 260)])
def test_a_field_may_be_told_by_number(key: Any, number: int) -> None:
    message = payload({"data": [{"key": key, "value": {"doubleValue": 1.5}}]})

    assert [datum.key for datum in message.data] == [number]


def test_what_the_official_server_corrects_is_corrected_here_too() -> None:
    message = payload(
        {
            "data": [
                {"key": "Location", "value": {"stringValue": "(37.412374 N, 122.145867 W)"}},
                {"key": "PackCurrent", "value": {"stringValue": "-2.5e+01"}},
            ]
        }
    )

    assert message.data[0].value.location_value.longitude == -122.145867
    assert message.data[1].value.string_value == "-25.00000"


def test_fields_that_only_a_newer_schema_has_are_told_by_name() -> None:
    record = read({"data": [{"key": "FieldOfTomorrow", "value": {"doubleValue": 1}}, DATA["data"][0]]})

    assert record.unnamed == ("FieldOfTomorrow",)
    assert isinstance(record.message, Payload)
    assert len(record.message.data) == 1


@pytest.mark.parametrize(
    "datum", [None, 7, [], {}, {"key": None}, {"key": -1}, {"key": 2**31}, {"key": True}]
)
def test_a_datum_that_makes_no_sense_is_left_out_and_no_other(datum: Any) -> None:
    skipped = Counter[str]()

    message = payload(DATA | {"data": [datum, DATA["data"][0]]}, skipped)

    assert [each.key for each in message.data] == [Field.Soc]
    assert skipped == {"a datum": 1}


@pytest.mark.parametrize("created", [7, "yesterday", "2024-13-01T00:00:00Z", "x" * 1000, {}, "2024-11-18"])
def test_a_time_that_is_none_is_left_out(created: Any) -> None:
    skipped = Counter[str]()

    assert not payload(DATA | {"createdAt": created}, skipped).HasField("created_at")
    assert skipped == {"a time": 1}


def test_alerts_are_read_with_what_is_known_of_them() -> None:
    message = read(ALERTS).message

    assert isinstance(message, VehicleAlerts)
    first, second = message.alerts
    assert (first.name, list(first.audiences)) == ("UI_a006", [Audience.Customer])
    assert first.started_at.seconds == SECONDS
    assert not first.HasField("ended_at")
    assert [int(number) for number in second.audiences[:2]] == [Audience.Service, 7]
    assert second.audiences[2] not in Audience.values()
    assert second.HasField("ended_at")


def test_an_alert_whose_times_cannot_be_read_is_left_out() -> None:
    # Without its end it would be taken for one that goes on.
    skipped = Counter[str]()
    bad = ALERTS["alerts"][0] | {"endedAt": "soon"}

    message = read(ALERTS | {"alerts": [bad, 7, {"name": None}, ALERTS["alerts"][0]]}, skipped).message

    assert isinstance(message, VehicleAlerts)
    assert [alert.name for alert in message.alerts] == ["UI_a006"]
    assert skipped == {"a time": 1, "an alert": 2}


def test_errors_are_read() -> None:
    skipped = Counter[str]()
    odd = {"name": "e", "tags": {"n": 1}, "body": 7, "createdAt": None}

    message = read(ERRORS | {"errors": [*ERRORS["errors"], odd, "e"]}, skipped).message

    assert isinstance(message, VehicleErrors)
    first, second = message.errors
    assert (first.name, first.body, dict(first.tags)) == ("dial_error", "no route", {"host": "x"})
    assert first.created_at.seconds == SECONDS
    assert (second.body, dict(second.tags), second.HasField("created_at")) == ("", {"n": "1"}, False)
    assert skipped == {"an error": 1}


@pytest.mark.parametrize("status", ["CONNECTED", "connected", 1])
def test_connections_are_read(status: Any) -> None:
    message = read(CONNECTIVITY | {"status": status}).message

    assert isinstance(message, VehicleConnectivity)
    assert (message.connection_id, message.network_interface) == ("0B1D", "wifi")
    assert message.status == ConnectivityEvent.CONNECTED


@pytest.mark.parametrize("status", ["SLEEPING", 9, None, "8"])
def test_a_connection_may_have_a_status_of_tomorrow(status: Any) -> None:
    message = read(CONNECTIVITY | {"status": status, "networkInterface": 5}).message

    assert isinstance(message, VehicleConnectivity)
    assert message.status not in ConnectivityEvent.values()
    assert message.network_interface == ""


def test_the_logs_form_has_bare_values() -> None:
    assert read(FLAT) == Record(VIN, None, {"Soc": 66.1, "Gear": "<invalid>"}, float(SECONDS))


def test_the_logs_whole_line_has_the_vin_beside_it() -> None:
    line = {"msg": "record_payload", "vin": VIN, "data": {key: FLAT[key] for key in FLAT if key != "Vin"}}

    assert read(line) == read(FLAT)


def test_the_log_may_have_been_told_to_name_types() -> None:
    values = {
        "Soc": {"doubleValue": 66.1},
        "Gear": {"invalid": True},
        "Location": {"locationValue": {"latitude": 1.5, "longitude": 2.5}},
        "TpmsHardWarnings": {"FrontLeft": True},
        "DoorState": {"DriverFront": True},
    }

    assert read({"Vin": VIN, "CreatedAt": CREATED, **values}).fields == {
        "Soc": 66.1,
        "Gear": None,
        "Location": {"latitude": 1.5, "longitude": 2.5},
        "TpmsHardWarnings": {"FrontLeft": True},
        "DoorState": {"DriverFront": True},
    }


@pytest.mark.parametrize(
    "record", [DATA, ALERTS, ERRORS, CONNECTIVITY], ids=["V", "alerts", "errors", "link"]
)
def test_half_a_character_spoils_no_record(record: dict[str, Any]) -> None:
    text = json.dumps(record).replace('"vin": "', '"vin": "\\ud83d').replace('"name": "', '"name": "\\ude00')
    cut = text.replace('{"doubleValue": 55.5}', '{"stringValue": "\\ud83d"}').replace(
        '"host": "', '"host": "\\ud83d'
    )

    found = read(read_json(cut.encode()))

    assert found.vin == f"?{VIN}"
    assert found.message is not None
    assert "?" in str(found.message)


def test_of_very_many_audiences_the_first_are_read() -> None:
    message = read(ALERTS | {"alerts": [{"name": "a", "audiences": ["Customer"] * 1000}]}).message

    assert isinstance(message, VehicleAlerts)
    assert len(message.alerts[0].audiences) == AUDIENCES_LIMIT


@pytest.mark.parametrize("raw", [None, 7, "x", [], [DATA], {}, {"data": 7}, {"vin": VIN}, {"alerts": {}}])
def test_what_is_no_record_is_none(raw: Any) -> None:
    skipped = Counter[str]()

    assert read_record(raw, skipped) is None
    assert list(read_records(raw, skipped)) == []
    assert skipped == {"a record": 2}


@pytest.mark.parametrize("vin", [None, 7, ["5YJ3E1EA7KF000001"]])
def test_a_vin_that_is_none_is_empty(vin: Any) -> None:
    assert read(DATA | {"vin": vin}).vin == ""


@pytest.mark.parametrize(
    ("record", "parts"),
    [(DATA, "data"), (ALERTS, "alerts"), (ERRORS, "errors")],
    ids=["V", "alerts", "errors"],
)
def test_a_long_record_is_read_in_slices_of_the_same_time(record: dict[str, Any], parts: str) -> None:
    long = record | {parts: record[parts] * SLICE + record[parts][:1]}

    pieces = list(read_records(long, Counter()))

    messages: list[Any] = [piece.message for piece in pieces]
    assert [len(getattr(message, parts)) for message in messages] == [
        min(SLICE, len(long[parts]) - start) for start in range(0, len(long[parts]), SLICE)
    ]
    assert {
        (piece.vin, message.created_at.seconds) for piece, message in zip(pieces, messages, strict=True)
    } == {(VIN, SECONDS)}


@given(record=st.sampled_from([DATA, ALERTS, ERRORS, CONNECTIVITY, FLAT]), data=st.data(), nonsense=NONSENSE)
def test_whatever_comes_nothing_is_raised(record: dict[str, Any], data: st.DataObject, nonsense: Any) -> None:
    member = data.draw(st.sampled_from(sorted(record)))
    skipped = Counter[str]()

    list(read_records(record | {member: nonsense}, skipped))
    list(read_records(record | {member: [nonsense, nonsense]}, skipped))
    list(read_records(nonsense, skipped))
