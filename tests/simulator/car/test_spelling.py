"""How values are written, typed and as old firmware's text."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb
from simulator.car.fields.driving import GEAR
from simulator.car.fields.settings import SENTRY
from simulator.car.spelling import (
    DOORS,
    EXACT,
    FLAG,
    MOMENT,
    NUMBER,
    PLACE,
    TEXT,
    TYRES,
    WHOLE,
    Kind,
    LocalTime,
    always,
)

from ..vectors import cases, fixture

CLOSED = dict.fromkeys(
    ("DriverFront", "DriverRear", "PassengerFront", "PassengerRear", "TrunkFront", "TrunkRear"), False
)
LONDON = LocalTime(
    datetime(2024, 12, 4, 0, 15, tzinfo=ZoneInfo("Europe/London")).timestamp(), "Europe/London"
)


@pytest.mark.parametrize(
    ("kind", "raw", "text"),
    [
        (NUMBER, 38.525, "38.525"),
        (NUMBER, 61.07, "61.07"),
        (EXACT, 1.1920928955078125e-05, "1.1920928955078125e-05"),
        (WHOLE, 80, "80"),
        (FLAG, True, "true"),
        (FLAG, False, "false"),
        (TEXT, "Idle", "Idle"),
        (GEAR, "D", "D"),
        (SENTRY, "Armed", "SentryModeStateArmed"),
        (PLACE, (37.412374, -122.145867), "(37.412374 N, 122.145867 W)"),
        (PLACE, (-33.86882, 151.209296), "(33.868820 S, 151.209296 E)"),
        (MOMENT, LONDON, "Wed Dec 4 00:15:00 2024"),
        (DOORS, CLOSED | {"DriverFront": True, "TrunkRear": True}, "DriverFront|TrunkRear"),
        (DOORS, CLOSED, ""),
        (NUMBER, None, ""),
        (TEXT, None, "<invalid>"),
        (GEAR, None, "<invalid>"),
    ],
)
def test_old_firmware_writes_text(kind: Kind, raw: Any, text: str) -> None:
    assert kind.value(raw, typed=False) == pb.Value(string_value=text)


def test_the_text_of_old_firmware_is_that_of_the_vectors() -> None:
    legacy = {
        datum["key"]: datum["value"]
        for case in ("legacy-plain", "legacy-location-nw")
        for datum in (
            cases("legacy_strings")[case]["expect"].get("decoded_as_sent")
            or cases("legacy_strings")[case]["expect"]["decoded"]
        )["data"]
    }

    assert legacy["ScheduledChargingStartTime"] == MOMENT.text(LONDON)
    assert legacy["Location"] == PLACE.text((37.412374, -122.145867))
    assert legacy["Gear"] == GEAR.text("D")
    assert legacy["Locked"] == FLAG.text(True)  # noqa: FBT003  # the value itself


@pytest.mark.parametrize(
    ("kind", "raw", "member", "value"),
    [
        (NUMBER, 63.42004, "double_value", 63.42),
        (WHOLE, 80.7, "int_value", 80),
        (FLAG, 1, "boolean_value", True),
        (TEXT, "x", "string_value", "x"),
        (GEAR, "P", "shift_state_value", pb.ShiftState.ShiftStateP),
        (SENTRY, "Off", "sentry_mode_state_value", pb.SentryModeState.SentryModeStateOff),
        (PLACE, (51.4779, -0.0015), "location_value", pb.LocationValue(latitude=51.4779, longitude=-0.0015)),
        (DOORS, CLOSED | {"TrunkRear": True}, "door_value", pb.Doors(TrunkRear=True)),
        (TYRES, {"rear_left": True}, "tire_location_value", pb.TireLocation(rear_left=True)),
        (NUMBER, None, "invalid", True),
        (GEAR, None, "invalid", True),
    ],
)
def test_newer_firmware_writes_types(kind: Kind, raw: Any, member: str, value: Any) -> None:
    written = kind.value(raw, typed=True)

    assert written.WhichOneof("value") == member
    assert getattr(written, member) == value


def test_a_time_is_sent_as_the_car_s_wall_clock_taken_for_pacific() -> None:
    expected = fixture("index")["expect"]["telemetry_payload_typed.ScheduledChargingStartTime"]
    at = datetime.fromisoformat(expected["car_local"]).timestamp()

    assert MOMENT.value(LocalTime(at, "Europe/London"), typed=True).long_value == expected["raw"]


def test_what_is_not_seen_on_the_wire_is_no_change() -> None:
    assert NUMBER.sharp(1.00001) == NUMBER.sharp(1.00002)
    assert WHOLE.sharp(54.9) == 54
    assert TEXT.sharp("x") == "x"


def test_some_things_never_change() -> None:
    assert always(17)(None) == 17
