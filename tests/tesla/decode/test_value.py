"""Values in the protobuf JSON mapping, as they should be and as they should not."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.decode.value import FILLERS, UNDECLARED, fill
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import (
    Doors,
    LocationValue,
    ShiftState,
    Time,
    TireLocation,
    Value,
)

MEMBERS = sorted(FILLERS)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=10)
    | st.sampled_from(["NaN", "Infinity", "<invalid>", "ShiftStateD", "9" * 400]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["latitude", "hour", "DriverFront", "frontLeft", "x"]), inner)
    ),
    max_leaves=6,
)


def read(raw: Any) -> Value:
    value = Value()
    fill(value, raw)
    return value


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ({"stringValue": "x"}, Value(string_value="x")),
        ({"intValue": -3}, Value(int_value=-3)),
        ({"longValue": "9007199254740993"}, Value(long_value=9_007_199_254_740_993)),
        ({"floatValue": 12.5}, Value(float_value=12.5)),
        ({"doubleValue": 55.5}, Value(double_value=55.5)),
        ({"doubleValue": 55}, Value(double_value=55.0)),
        ({"booleanValue": False}, Value(boolean_value=False)),
        ({"invalid": True}, Value(invalid=True)),
        ({"invalid": False}, Value(invalid=False)),
        ({"shiftStateValue": "ShiftStateD"}, Value(shift_state_value=ShiftState.ShiftStateD)),
        ({"shiftStateValue": 5}, Value(shift_state_value=ShiftState.ShiftStateD)),
        ({"shift_state_value": "ShiftStateD"}, Value(shift_state_value=ShiftState.ShiftStateD)),
        (
            {"locationValue": {"latitude": 1.5, "longitude": -2}},
            Value(location_value=LocationValue(latitude=1.5, longitude=-2.0)),
        ),
        (
            {"timeValue": {"hour": 7, "minute": 5, "second": 9}},
            Value(time_value=Time(hour=7, minute=5, second=9)),
        ),
        ({"doorValue": {"DriverFront": True}}, Value(door_value=Doors(DriverFront=True))),
        ({"doorValue": {}}, Value(door_value=Doors())),
        (
            {"tireLocationValue": {"frontLeft": True, "semiMiddleAxleLeft2": True}},
            Value(tire_location_value=TireLocation(front_left=True, semi_middle_axle_left_2=True)),
        ),
    ],
)
def test_each_kind_of_member_is_read(raw: Any, value: Value) -> None:
    got = read(raw)

    assert got == value
    assert got.WhichOneof("value") == value.WhichOneof("value")


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ({"doubleValue": "55.5"}, Value(double_value=55.5)),
        ({"floatValue": "12.5"}, Value(double_value=12.5)),
        ({"intValue": "80"}, Value(int_value=80)),
        ({"intValue": 80.5}, Value(double_value=80.5)),
        ({"intValue": 2**40}, Value(double_value=2.0**40)),
        ({"stringValue": 80}, Value(string_value="80")),
        ({"stringValue": True}, Value(string_value="true")),
        ({"booleanValue": "true"}, Value(boolean_value=True)),
        ({"booleanValue": 0}, Value(boolean_value=False)),
        (
            {"locationValue": {"latitude": "1.5", "longitude": "2"}},
            Value(location_value=LocationValue(latitude=1.5, longitude=2.0)),
        ),
        (55.5, Value(double_value=55.5)),
        (55, Value(long_value=55)),
        ("ShiftStateD", Value(string_value="ShiftStateD")),
        (True, Value(boolean_value=True)),
    ],
)
def test_numbers_as_text_and_text_as_numbers_are_read(raw: Any, value: Value) -> None:
    assert read(raw) == value


@pytest.mark.parametrize(
    "raw",
    [
        {"doubleValue": "NaN"},
        {"doubleValue": float("inf")},
        {"floatValue": "<invalid>"},
        {"intValue": "<invalid>"},
        {"longValue": None},
        {"booleanValue": "<invalid>"},
        {"booleanValue": None},
        {"locationValue": {"latitude": "north", "longitude": 2}},
        {"doorValue": {"DriverFront": "half"}},
        {"timeValue": {"hour": 1e300}},
    ],
)
def test_what_cannot_be_a_value_is_an_invalid_one(raw: Any) -> None:
    assert read(raw) == Value(invalid=True)


@pytest.mark.parametrize(
    ("raw", "number"),
    [("ShiftStateOfTomorrow", UNDECLARED), ("8", UNDECLARED), (77, 77), (2**40, UNDECLARED)],
)
def test_a_member_of_an_enum_that_is_not_declared_is_told_from_all_that_are(raw: Any, number: int) -> None:
    value = read({"shiftStateValue": raw})

    assert value.WhichOneof("value") == "shift_state_value"
    assert value.shift_state_value == number


@pytest.mark.parametrize(
    "raw",
    [
        {},
        {"valueOfTomorrow": 1},
        {"doubleValue": [1]},
        {"doubleValue": {"x": 1}},
        {"booleanValue": []},
        {"stringValue": None},
        {"shiftStateValue": None},
        {"shiftStateValue": True},
        {"locationValue": [1, 2]},
        [1],
    ],
)
def test_what_nobody_can_understand_is_no_member(raw: Any) -> None:
    assert read(raw).WhichOneof("value") is None


def test_of_two_members_the_later_one_counts() -> None:
    assert read({"intValue": 1, "doubleValue": 2.5}) == Value(double_value=2.5)


@given(member=st.sampled_from(MEMBERS), raw=JSON)
def test_whatever_comes_nothing_is_raised(member: str, raw: Any) -> None:
    read({member: raw}).SerializeToString()
