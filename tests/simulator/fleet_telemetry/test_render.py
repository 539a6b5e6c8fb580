"""The official server's forms, held to all its vectors: a frame in, topics, texts and JSON out."""

import base64
from collections.abc import Iterator
import json
import math
from typing import Any

from google.protobuf.timestamp_pb2 import Timestamp
import pytest

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb
from simulator.fleet_telemetry.json_record import NoJson, flat_record, json_record
from simulator.fleet_telemetry.record import Peer, Record, Taken, connectivity, take
from simulator.fleet_telemetry.render import Ruinous, Unhandled, Unrenderable, messages, published, text

from ..vectors import cases

GROUPS = (
    "alerts",
    "connectivity",
    "enums",
    "envelope",
    "errors",
    "legacy_strings",
    "malformed",
    "metrics",
    "payloads",
    "values",
)
FAILURES = {
    "topic not handled by the MQTT dispatcher": Unhandled,
    "server crashes on this record": Ruinous,
    "NaN or infinity cannot be rendered": Unrenderable,
}
EVERY = {case_id: case for group in GROUPS for case_id, case in cases(group).items()}
VIN = "5YJ3E1EA7KF000001"


def record_of(case: dict[str, Any]) -> Record | None:
    """Take a case's frame, or its socket, as the server would."""
    if case["kind"] == "connectivity_event":
        given = case["input"]
        peer = Peer(
            vin=given["device_id"],
            connection=given["connection_id"],
            interface=given["network_interface"],
            client=given["client_version"],
        )
        record = connectivity(peer, 0.0, connected=given["event"].upper() == "CONNECTED")
        at = case["expect"]["decoded"]["created_at"]
        record.message.created_at.CopyFrom(Timestamp(seconds=at["seconds"], nanos=at["nanos"]))
        return record
    return _taken(case).record


def _taken(case: dict[str, Any]) -> Taken:
    where = case["connection"]
    peer = Peer(vin=where["device_id"], client=where["client_version"], kind=where["client_type"])
    return take(_frame(case), peer, 0.0, where["topics"])


def _frame(case: dict[str, Any]) -> bytes:
    if "frame_b64" in case:
        return base64.b64decode(case["frame_b64"])
    return b"".join(
        base64.b64decode(part["b64"]) if "b64" in part else bytes([part["byte"]]) * part["count"]
        for part in case["frame_parts"]
    )


def having(member: str) -> Iterator[Any]:
    for case_id, case in EVERY.items():
        if member in case["expect"]:
            yield pytest.param(case, id=case_id)


@pytest.mark.parametrize("case", having("mqtt"))
def test_mqtt_is_published_to_the_letter(case: dict[str, Any]) -> None:
    expect, record = case["expect"], record_of(case)
    if "mqtt_failure" in expect:
        with pytest.raises(FAILURES[expect["mqtt_failure"]]):
            messages(_handed_on(record))
        return
    told = [] if record is None else messages(record)
    expected = [(row["topic"], row["payload"]) for row in expect["mqtt"] or []]
    assert sorted(told, key=lambda one: one.topic) == expected


@pytest.mark.parametrize("case", having("json"))
def test_json_says_the_same(case: dict[str, Any]) -> None:
    expect, record = case["expect"], record_of(case)
    if "json_failure" in expect:
        with pytest.raises(NoJson):
            json_record(_handed_on(record))
        return
    assert json_record(_handed_on(record)) == expect["json"]


@pytest.mark.parametrize("case", having("responses"))
def test_each_frame_gets_its_answer(case: dict[str, Any]) -> None:
    if case["kind"] == "connectivity_event":
        assert case["expect"]["responses"] == []
        return
    taken = _taken(case)
    assert (taken.record is not None) is case["expect"]["dispatched"]
    # Where Tesla's server says the same twice, once is enough.
    assert base64.b64encode(taken.answer).decode() == case["expect"]["responses"][0]["frame_b64"]


def _handed_on(record: Record | None) -> Record:
    assert record is not None
    return record


def _record(*values: pb.Value) -> Record:
    data = [pb.Datum(key=key, value=value) for key, value in zip((pb.Soc, pb.Gear), values, strict=False)]
    return Record(topic="V", txid="1", vin=VIN, message=pb.Payload(vin=VIN, data=data))


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("member", ["double_value", "float_value"])
def test_what_is_no_number_ends_a_record_in_the_middle(number: float, member: str) -> None:
    odd = pb.Value()
    setattr(odd, member, number)
    record = _record(pb.Value(boolean_value=True), odd)
    told = published(record)

    assert next(told).payload == "true"
    with pytest.raises(Unrenderable):
        next(told)
    name = {math.inf: "Infinity", -math.inf: "-Infinity"}.get(number, "NaN")
    assert list(json_record(record)["data"][1]["value"].values()) == [name]


def test_texts_are_escaped_as_go_does() -> None:
    assert text('<a> & "b" \u2028\u2029 \\ \n \x01 é 🚗') == (
        r'"\u003ca\u003e \u0026 \"b\" \u2028\u2029 \\ \n \u0001 é 🚗"'
    )


def test_an_array_and_null_are_written_without_white_space() -> None:
    assert text({"b": [1, True, None], "a": {}}) == '{"a":{},"b":[1,true,null]}'


def test_the_flat_form_has_one_member_for_each_field() -> None:
    record = _record(pb.Value(double_value=66.1), pb.Value(invalid=True))
    record.message.created_at.CopyFrom(Timestamp(seconds=1_731_940_000, nanos=999_000_000))
    flat = flat_record(record)

    assert flat["Vin"] == VIN
    assert flat["CreatedAt"] == "2024-11-18T14:26:40Z"
    assert flat["IsResend"] is False
    assert flat["Soc"] == 66.1
    assert list(flat.values())[-1] == "<invalid>"
    assert json.loads(json.dumps(flat)) == flat


def test_only_data_has_a_flat_form() -> None:
    peer = Peer(vin=VIN, connection="c")
    with pytest.raises(NoJson):
        flat_record(connectivity(peer, 1.5, connected=True))


@pytest.mark.parametrize("stamp", [Timestamp(seconds=1 << 60), Timestamp(nanos=2_000_000_000)])
def test_a_time_in_no_calendar_has_no_json(stamp: Timestamp) -> None:
    record = _record(pb.Value(boolean_value=True))
    record.message.created_at.CopyFrom(stamp)

    with pytest.raises(NoJson):
        json_record(record)


def test_a_time_in_no_calendar_has_no_text() -> None:
    record = connectivity(Peer(vin=VIN), 0.0, connected=False)
    record.message.created_at.seconds = 1 << 60

    with pytest.raises(Unrenderable):
        messages(record)
