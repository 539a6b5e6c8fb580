"""Each field in each spelling: as Tesla's documents say, as nobody expects, and as somebody makes it up."""

from collections import Counter
import csv
from datetime import UTC
import json
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from google.protobuf.message import DecodeError
from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.decode.payload import Car, decode
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Datum, Field, Payload, Value
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import BY_FIELD
from tests.tesla.fleet_telemetry.wire import damaged

TABLE = Path(__file__).parents[2] / "vectors" / "telemetry-fields.csv"
RECEIVED = 1_791_360_000.0
LONDON = Car(zone=ZoneInfo("Europe/London"))
MEMBERS = Value.DESCRIPTOR.fields_by_name
# What Tesla's names of states end in where the car does not know its state.
NOTHING = ("Unknown", "Invalid", "SNA")


def _documented() -> dict[str, str]:
    """Return the fields that we take, each with the member that it is documented to come in."""
    taken = {field.partition(".")[0] for field in BY_FIELD}
    with TABLE.open(encoding="utf-8", newline="") as file:
        rows = {row["name"]: row["value_member"] for row in csv.DictReader(file)}
    return {field: member for field, member in rows.items() if field in taken and member}


DOCUMENTED = _documented()
STATES = {field: MEMBERS[member].enum_type for field, member in DOCUMENTED.items()}


def value(**member: Any) -> Value:
    make: Any = Value  # its types know enums by name only
    made: Value = make(**member)
    return made


def datum(key: str | int, content: Value) -> Datum:
    make: Any = Datum
    made: Datum = make(key=key, value=content)
    return made


def read(field: str, content: Value) -> dict[AnySignal, Any]:
    """Return what a field says; nothing of it may have been skipped."""
    skipped = Counter[str]()
    report = decode(Payload(data=[datum(field, content)]), RECEIVED, LONDON, skipped)
    assert not skipped
    return dict(report.values)


def usual(member: str) -> Value:
    """Return a value as the documents say that a field of this member carries it."""
    enum, message = MEMBERS[member].enum_type, MEMBERS[member].message_type
    if enum is not None:
        return value(**{member: [state.number for state in enum.values if not _says_nothing(state)][-1]})
    if message is not None:
        return value(**{member: {}})
    plain = {"string_value": "1", "boolean_value": True, "long_value": 1_733_300_100}
    return value(**{member: plain.get(member, 1)})


def _says_nothing(state: Any) -> bool:
    name: str = state.name
    return name.endswith(NOTHING)


@pytest.mark.parametrize(("field", "member"), DOCUMENTED.items())
def test_each_field_is_understood_as_it_is_documented_to_come(field: str, member: str) -> None:
    values = read(field, usual(member))

    assert values
    assert None not in values.values()


@pytest.mark.parametrize(("field", "member"), DOCUMENTED.items())
def test_each_field_may_be_unknown_to_the_car(field: str, member: str) -> None:
    unknown = dict.fromkeys(read(field, usual(member)))

    assert read(field, value(invalid=True)) == unknown
    assert read(field, value(invalid=False)) == unknown


@pytest.mark.parametrize("field", [field for field, enum in STATES.items() if enum is not None])
def test_each_state_that_is_declared_has_a_word_of_ours(field: str) -> None:
    enum = STATES[field]
    assert enum is not None
    words: dict[str, Any] = {}
    for state in enum.values:
        (words[state.name],) = read(field, value(**{DOCUMENTED[field]: state.number})).values()

    meant = {state.name: words[state.name] for state in enum.values if not _says_nothing(state)}
    assert {name for name, word in words.items() if word is not None} == set(meant)
    assert len(set(meant.values())) == len(meant)


PLACE, TIME = ("latitude", "longitude"), ("hour", "minute", "second")
NAMES = [state.name for enum in Value.DESCRIPTOR.file.enum_types_by_name.values() for state in enum.values]
ANY_TEXT = st.one_of(
    st.text(),
    st.text("0123456789.eE+-"),
    st.datetimes().map(lambda when: when.strftime("%a %b %d %H:%M:%S %Y")),
    st.lists(st.sampled_from(["DriverFront", "TrunkRear", "rear_left", ""])).map("|".join),
    st.sampled_from(NAMES),
)


def _member(name: str) -> st.SearchStrategy[dict[str, Any]]:
    """Return values that one member of Value can hold, declared or not."""
    small = st.integers(-(2**31), 2**31 - 1)
    message = MEMBERS[name].message_type
    contents: dict[str, st.SearchStrategy[Any]] = {
        "string_value": ANY_TEXT,
        "long_value": st.integers(-(2**63), 2**63 - 1),
        "float_value": st.floats(width=32),
        "double_value": st.floats(),
        "boolean_value": st.booleans(),
        "invalid": st.booleans(),
        "location_value": st.fixed_dictionaries({}, optional=dict.fromkeys(PLACE, st.floats())),
        "time_value": st.fixed_dictionaries({}, optional=dict.fromkeys(TIME, small)),
    }
    if message is not None and name not in contents:
        flags = dict.fromkeys(message.fields_by_name, st.booleans())
        contents[name] = st.fixed_dictionaries({}, optional=flags)
    return contents.get(name, small).map(lambda content: {name: content})


ANY_VALUE = st.one_of(st.just({}), *map(_member, MEMBERS)).map(lambda member: value(**member))
ANY_KEY = st.sampled_from(Field.values()) | st.integers(-(2**31), 2**31 - 1)
ANY_PAYLOAD = st.builds(
    lambda data, seconds, nanos: Payload(data=data, created_at={"seconds": seconds, "nanos": nanos}),
    st.lists(st.builds(datum, ANY_KEY, ANY_VALUE), max_size=20),
    st.integers(-(2**63), 2**63 - 1) | st.integers(1_700_000_000, 1_800_000_000),
    st.integers(-(2**31), 2**31 - 1),
)
ANY_CAR = st.builds(
    Car,
    zone=st.sampled_from([UTC, LONDON.zone, ZoneInfo("Pacific/Apia")]),
    right_hand_drive=st.booleans(),
    firmware=st.none() | st.lists(st.integers(0, 3000)).map(tuple),
)


@pytest.mark.parametrize("member", MEMBERS)
def test_any_field_may_come_in_any_member(member: str) -> None:
    for number in Field.values():
        decode(Payload(data=[datum(number, usual(member))]), RECEIVED, LONDON, Counter())


@settings(max_examples=500)
@given(payload=ANY_PAYLOAD, car=ANY_CAR)
def test_nothing_that_a_car_can_say_raises(payload: Payload, car: Car) -> None:
    skipped = Counter[str]()

    report = decode(payload, RECEIVED, car, skipped)

    assert 0 < report.at <= RECEIVED
    assert len(report.values) + skipped.total() >= len({one.key for one in payload.data})
    assert json.dumps(
        [value for value in report.values.values() if isinstance(value, float)], allow_nan=False
    )


@settings(max_examples=300)
@given(content=damaged())
def test_no_bytes_that_can_be_parsed_raise(content: bytes) -> None:
    try:
        payload = Payload.FromString(content)
    except DecodeError:
        return
    decode(payload, RECEIVED, LONDON, Counter())
