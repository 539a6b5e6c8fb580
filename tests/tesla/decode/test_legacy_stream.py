"""The legacy stream's frames: ours, theirs, and what thirteen columns say."""

from collections import Counter
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.decode.legacy_stream import (
    COLUMN,
    FRAME,
    LIMIT,
    LONGEST,
    Disconnected,
    Failed,
    Hello,
    Offline,
    Raw,
    Refused,
    Said,
    Update,
    decode,
    leaving,
    read,
    subscription,
)
from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.signals import battery, charge, drive, place

VIN = "5YJ3E7EB0SF000001"
AT = 1_791_368_400.5
RECEIVED = AT + 1
DRIVING = "1791368400500,63,10234.5,66,35,271,52.50001,13.40002,0,D,210,190,270"
ERROR: dict[str, Any] = {"msg_type": "data:error", "tag": VIN}


def said(frame: Any) -> tuple[Said | None, Counter[str]]:
    skipped = Counter[str]()
    return read(json.dumps(frame).encode(), skipped), skipped


def facts(value: str) -> dict[str, Any]:
    return {signal.name: told for signal, told in decode(value, RECEIVED, Counter()).values.items()}


def test_a_subscription_names_token_columns_and_tag_as_the_protocol_has_it() -> None:
    assert json.loads(subscription("secret", VIN, raw=False)) == {
        "msg_type": "data:subscribe_oauth",
        "token": "secret",
        "value": "speed,odometer,soc,elevation,est_heading,est_lat,est_lng,power,shift_state,range,est_range,"
        "heading",
        "tag": VIN,
    }


def test_all_that_a_car_tells_is_asked_for_without_columns() -> None:
    assert json.loads(subscription("secret", "1234567890", raw=True)) == {
        "msg_type": "data:subscribe_all",
        "token": "secret",
        "tag": "1234567890",
    }


def test_leaving_names_the_tag_and_no_token() -> None:
    assert json.loads(leaving(VIN)) == {"msg_type": "data:unsubscribe", "tag": VIN}


@pytest.mark.parametrize(
    ("frame", "meaning"),
    [
        ({"msg_type": "control:hello", "connection_timeout": 30000}, Hello()),
        ({"msg_type": "control:hello"}, Hello()),
        ({"msg_type": f"control:hello:{VIN}", "connection_timeout": 30000}, Hello(VIN)),
        ({"msg_type": "data:update", "tag": VIN, "value": DRIVING}, Update(VIN, DRIVING)),
        ({"msg_type": "data:update", "tag": 1234567890, "value": DRIVING}, Update("1234567890", DRIVING)),
        (ERROR | {"error_type": "vehicle_disconnected"}, Disconnected(VIN)),
        (ERROR | {"error_type": "vehicle_error", "value": "Vehicle is offline"}, Offline(VIN)),
        (
            ERROR | {"error_type": "client_error", "value": "Can't validate token. "},
            Refused("Can't validate token. ", VIN, of_token=True),
        ),
        (
            ERROR | {"error_type": "client_error", "value": "owner_api error:timeout"},
            Failed("owner_api error:timeout"),
        ),
        (
            {
                "msg_type": "error",
                "error_detail": "Fleet telemetry is not synced",
                "connection_timeout": 30000,
            },
            Refused("Fleet telemetry is not synced"),
        ),
        (
            {"msg_type": "error", "error_detail": "Token invalid (already tried)"},
            Refused("Token invalid (already tried)", of_token=True),
        ),
        (
            {"msg_type": "error", "error_detail": '{"error":"Unauthorized"}'},
            Refused('{"error":"Unauthorized"}', of_token=True),
        ),
        ({"msg_type": "error"}, Refused("")),
        ({"vin": VIN, "data": []}, Raw({"vin": VIN, "data": []})),
        ({"Vin": VIN, "CreatedAt": "x"}, Raw({"Vin": VIN, "CreatedAt": "x"})),
    ],
)
def test_a_frame_means(frame: Any, meaning: Said) -> None:
    assert said(frame) == (meaning, Counter())


@pytest.mark.parametrize(
    "frame",
    [
        {"msg_type": "data:update", "tag": VIN},
        {"msg_type": "data:update", "tag": VIN, "value": 5},
        {"msg_type": "data:update", "tag": VIN, "value": "," * (LONGEST + 1)},
        {"msg_type": "control:helloes"},
        {"msg_type": "something:new", "data": []},
        {"msg_type": 7},
        ERROR,
        ERROR | {"error_type": "vehicle_error", "value": "Vehicle is in service"},
        ERROR | {"error_type": "something_new"},
        [],
        "text",
        {},
    ],
)
def test_what_nobody_knows_is_counted_and_no_error(frame: Any) -> None:
    assert said(frame) == (None, Counter({FRAME: 1}))


@pytest.mark.parametrize(
    ("frame", "why"),
    [
        (b"\xff", "not UTF-8"),
        (b"{", "no JSON"),
        (b"[" * 100_000, "too deep"),
        (b" " * (LIMIT + 1), "too large"),
    ],
)
def test_what_cannot_be_read_is_counted_by_why(frame: bytes, why: str) -> None:
    skipped = Counter[str]()

    assert read(frame, skipped) is None
    assert skipped == {why: 1}


def test_a_tag_that_is_none_is_no_cars() -> None:
    assert said({"msg_type": "data:update", "tag": True, "value": ""})[0] == Update("", "")


@given(st.binary(max_size=200) | st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(
        st.sampled_from(["msg_type", "tag", "value", "error_type", "data"]), inner
    ),
).map(lambda raw: json.dumps(raw).encode()))  # fmt: skip
def test_whatever_comes_is_read_or_counted(frame: bytes) -> None:
    skipped = Counter[str]()

    assert (read(frame, skipped) is None) == (skipped.total() == 1)


def test_a_drive_is_told_in_our_units() -> None:
    report = decode(DRIVING, RECEIVED, Counter())

    assert (report.at, report.received, report.source, report.snapshot) == (
        AT,
        RECEIVED,
        "legacy_stream",
        False,
    )
    assert report.values == {
        drive.SPEED: 63.0,
        drive.ODOMETER: 10234.5,
        battery.LEVEL: 66.0,
        drive.ELEVATION: 35.0,
        place.HEADING: 270.0,
        place.LOCATION: Location(52.50001, 13.40002),
        charge.POWER: 0.0,
        drive.GEAR: "d",
        battery.RANGE: 210.0,
        battery.RANGE_ESTIMATED: 190.0,
    }


def test_what_is_empty_says_nothing_but_the_speed_of_a_parked_car() -> None:
    assert facts("1791368400500,,,,,,,,,P,,,") == {"shift_state": "p", "speed": 0.0}
    assert facts("1791368400500,,,,,,,,,D,,,") == {"shift_state": "d"}
    assert facts("1791368400500,,,,,,,,,,,,") == {}
    assert facts("") == {}


@pytest.mark.parametrize("spelling", ["SNA", "Unknown", "Invalid", "0"])
def test_a_gear_that_is_none_is_not_known(spelling: str) -> None:
    assert facts(f"1791368400500,,,,,,,,,{spelling},,,") == {"shift_state": None}


def test_a_gear_may_have_its_prefix() -> None:
    assert facts("1791368400500,5,,,,,,,,ShiftStateR,,,") == {"shift_state": "r", "speed": 5.0}


@pytest.mark.parametrize(
    ("columns", "power"),
    [
        ("7,P", {"charger_power": 7.0}),
        ("7,", {"charger_power": 7.0}),
        ("0,D", {"charger_power": 0.0}),
        ("-7,P", {"power": -7.0}),
        ("12,D", {"power": 12.0}),
        ("-30,D", {"power": -30.0}),
    ],
)
def test_power_is_what_charges_unless_it_cannot_be(columns: str, power: dict[str, float]) -> None:
    told = facts(f"1791368400500,1,,,,,,,{columns},,,")

    assert {name: told[name] for name in ("charger_power", "power") if name in told} == power


def test_the_heading_that_was_reckoned_stands_in_for_the_one_that_is_missing() -> None:
    assert facts("1791368400500,,,,,271,,,,,,,") == {"heading": 271.0}


@pytest.mark.parametrize("where", ["52.5,", ",13.4", "95,13.4", "52.5,200", "NaN,13.4"])
def test_half_a_place_is_none(where: str) -> None:
    assert facts(f"1791368400500,,,,,,{where},,,,,") == {}


def test_what_is_no_number_says_nothing_and_is_counted() -> None:
    skipped = Counter[str]()

    assert decode("1791368400500,fast,null,66,NaN,,,,,P,,,", RECEIVED, skipped).values == {
        battery.LEVEL: 66.0,
        drive.GEAR: "p",
    }
    assert skipped == {COLUMN: 3}


def test_more_columns_than_there_are_say_nothing() -> None:
    assert facts(f"{DRIVING},1,2,3") == facts(DRIVING)


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("1791368400500", AT),
        ("1791368999999", RECEIVED),  # ahead of us
        ("0", RECEIVED),
        ("-5", RECEIVED),
        ("NaN", RECEIVED),
        ("", RECEIVED),
        ("1e999", RECEIVED),
    ],
)
def test_it_is_dated_by_the_first_column_unless_that_makes_no_sense(told: str, at: float) -> None:
    assert decode(f"{told},1", RECEIVED, Counter()).at == at


@given(st.text(alphabet="0123456789.,-+eNaDPR ", max_size=120))
def test_any_columns_say_something_or_nothing(value: str) -> None:
    report = decode(value, RECEIVED, Counter())

    assert report.at <= RECEIVED
    assert all(told is None or told == told for told in report.values.values())  # noqa: PLR0124  # no NaN
