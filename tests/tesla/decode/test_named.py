"""What a field's bare value says, in every spelling that topics and streams have for it."""

from collections import Counter
import csv
from dataclasses import replace
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.decode.named import ANY_NAME, NUMBERS, field_number, values_of
from custom_components.tesla_direct.tesla.decode.payload import OTHERS, SKIPPED_LIMIT, Car
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Value
from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.signals import (
    BY_FIELD,
    battery,
    charge,
    closures,
    config,
    drive,
    place,
    schedules,
    security,
    software,
    tires,
)

LONDON = Car(zone=ZoneInfo("Europe/London"))
FIELDS = Path(__file__).parents[2] / "vectors" / "telemetry-fields.csv"
DOORS = {
    "DriverFront": True,
    "DriverRear": False,
    "PassengerFront": False,
    "PassengerRear": False,
    "TrunkFront": False,
    "TrunkRear": True,
}
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(max_size=5) | st.sampled_from([*DOORS, "latitude", "longitude", "front_left"]), inner
        )
    ),
    max_leaves=8,
)


def read(name: str, raw: Any, car: Car = LONDON, skipped: Counter[str] | None = None) -> dict[Any, Any]:
    return values_of(name, raw, car, Counter() if skipped is None else skipped)


def enum_fields() -> list[str]:
    """Return the fields whose values are an enum's, as far as they are documented."""
    members = Value.DESCRIPTOR.fields_by_name
    rows = csv.DictReader(FIELDS.read_text().splitlines())
    return [
        row["name"]
        for row in rows
        if row["value_member"] in members and members[row["value_member"]].enum_type is not None
    ]


@pytest.mark.parametrize("raw", [63.42, "63.42"])
def test_a_number_may_come_as_text(raw: Any) -> None:
    assert read("BatteryLevel", raw) == {battery.LEVEL: 63.42}


def test_whole_numbers_are_numbers_too() -> None:
    assert read("ChargeLimitSoc", 80) == {charge.LIMIT: 80}


@pytest.mark.parametrize("raw", ["ShiftStateP", "P"])
def test_a_name_may_have_its_prefix(raw: str) -> None:
    assert read("Gear", raw) == {drive.GEAR: "p"}


@pytest.mark.parametrize("raw", [True, "true", 1])
def test_yes_and_no_have_many_spellings(raw: Any) -> None:
    assert read("Locked", raw) == {security.LOCKED: True}


@pytest.mark.parametrize("raw", [None, "<invalid>"])
@pytest.mark.parametrize("field", ["VehicleSpeed", "Gear", "Location", "VehicleName", "DoorState"])
def test_what_the_car_does_not_know_is_unknown(field: str, raw: Any) -> None:
    skipped = Counter[str]()

    values = read(field, raw, skipped=skipped)

    assert values
    assert set(values.values()) == {None}
    assert not skipped


@pytest.mark.parametrize("undeclared", ["8", "77", 77, "12345"])
@pytest.mark.parametrize("field", enum_fields())
def test_a_member_that_is_not_declared_is_unknown_as_text_and_as_number(field: str, undeclared: Any) -> None:
    assert set(read(field, undeclared).values()) <= {None}


def test_facts_that_take_any_name_take_no_number_for_one() -> None:
    assert {"CarType", "ChargePort"} == ANY_NAME
    assert read("CarType", "CarTypeModelS") == {config.CAR_TYPE: "models"}
    assert read("CarType", "8") == {config.CAR_TYPE: None}
    assert read("VehicleName", "8") == {software.VEHICLE_NAME: "8"}


@pytest.mark.parametrize(
    "raw",
    [
        {"latitude": 51.4779, "longitude": -0.0015},
        {"latitude": "51.4779", "longitude": "-0.0015"},
    ],
)
def test_a_place_is_an_object(raw: Any) -> None:
    assert read("Location", raw) == {place.LOCATION: Location(51.4779, -0.0015)}


@pytest.mark.parametrize("latitude", [None, "north", 91, [1], True])
def test_a_place_that_is_none_is_unknown(latitude: Any) -> None:
    assert read("Location", {"latitude": latitude, "longitude": 0}) == {place.LOCATION: None}


@pytest.mark.parametrize(("raw", "text"), [(5, "5"), (20.26, "20.26"), (10**400, None), (True, None)])
def test_a_text_may_look_like_a_number_to_whoever_publishes_it(raw: Any, text: str | None) -> None:
    assert read("VehicleName", raw) == {software.VEHICLE_NAME: text}


def test_doors_are_told_by_name() -> None:
    values = read("DoorState", DOORS)

    assert values[closures.DOOR_DRIVER_FRONT] is True
    assert values[closures.DOOR_PASSENGER_FRONT] is False
    assert len(values) == 6


def test_a_door_that_is_left_out_or_nonsense_is_unknown() -> None:
    values = read("DoorState", {"DriverFront": True, "DriverRear": [], "Sunroof": True})

    assert values[closures.DOOR_DRIVER_FRONT] is True
    assert values[closures.DOOR_DRIVER_REAR] is None
    assert values[closures.DOOR_PASSENGER_FRONT] is None


def test_old_firmware_swaps_doors_here_too() -> None:
    old = replace(LONDON, firmware=(2024, 38))
    only = dict.fromkeys(DOORS, False) | {"PassengerFront": True}

    assert read("DoorState", only, old)[closures.DOOR_DRIVER_REAR] is True
    assert read("DoorState", only)[closures.DOOR_PASSENGER_FRONT] is True


@pytest.mark.parametrize("name", ["front_left", "frontLeft", "FrontLeft"])
def test_only_the_tyres_are_listed_that_it_is_true_of(name: str) -> None:
    values = read("TpmsHardWarnings", {name: True})

    assert values[tires.HARD_WARNINGS[0]] is True
    assert [values[signal] for signal in tires.HARD_WARNINGS[1:]] == [False] * 3


def test_no_tyre_at_all_means_that_all_are_well() -> None:
    skipped = Counter[str]()

    values = read("TpmsHardWarnings", {}, skipped=skipped)

    assert set(values.values()) == {False}
    assert not skipped


@pytest.mark.parametrize("raw", [{}, [], [1], {"torque": 1}, {"hour": 7}])
@pytest.mark.parametrize("field", ["Soc", "Gear", "DoorState", "Location"])
def test_a_value_of_a_member_nobody_knows_says_nothing(field: str, raw: Any) -> None:
    skipped = Counter[str]()

    assert read(field, raw, skipped=skipped) == {}
    assert skipped == {field: 1}


def test_doors_where_tyres_belong_say_nothing_of_tyres() -> None:
    assert set(read("TpmsHardWarnings", DOORS).values()) == {None}


def test_a_field_may_have_its_number_for_a_name() -> None:
    assert read(str(NUMBERS["BatteryLevel"]), 63.0) == {battery.LEVEL: 63.0}
    assert field_number("260") == NUMBERS["GpsAccuracyMeters"]


@pytest.mark.parametrize("name", ["", "²", "-1", "1e3", "12345678", "None", "battery_level"])
def test_other_names_have_no_number(name: str) -> None:
    assert field_number(name) is None


@pytest.mark.parametrize(
    ("name", "counted"),
    [
        ("300", "300"),
        ("Soc2", "Soc2"),
        ("FieldOfTomorrow", "FieldOfTomorrow"),
        ("5YJ3E1EA7KF000001", OTHERS),
        ("a place called home", OTHERS),
        ("lower", OTHERS),
        ("", OTHERS),
        ("x" * 100, OTHERS),
    ],
)
def test_unknown_fields_are_counted_by_what_can_be_a_field(name: str, counted: str) -> None:
    skipped = Counter[str]()

    assert read(name, 1, skipped=skipped) == {}
    assert skipped == {counted: 1}


def test_only_so_many_unknown_fields_are_counted_by_name() -> None:
    skipped = Counter[str]()

    for number in range(2 * SKIPPED_LIMIT):
        read(f"New{number}", 1, skipped=skipped)

    assert len(skipped) == SKIPPED_LIMIT + 1
    assert skipped[OTHERS] == SKIPPED_LIMIT


@pytest.mark.parametrize("raw", [1_736_756_100, "1736756100", 1_736_756_100.0])
def test_a_wall_clock_is_the_cars_in_each_spelling(raw: Any) -> None:
    # 00:15 by the car's clock, told as if that were Pacific time.
    assert read("ScheduledChargingStartTime", raw) == {schedules.CHARGING_START: 1_736_727_300.0}


@given(field=st.sampled_from(sorted(BY_FIELD)), raw=JSON)
def test_whatever_comes_nothing_is_raised(field: str, raw: Any) -> None:
    read(field.partition(".")[0], raw)


@pytest.mark.parametrize("raw", [float("nan"), float("inf"), 10**400, -(2**63)])
@pytest.mark.parametrize("field", ["BatteryLevel", "VehicleSpeed", "Odometer"])
def test_a_number_beyond_all_reason_is_unknown(field: str, raw: Any) -> None:
    assert set(read(field, raw).values()) == {None}
