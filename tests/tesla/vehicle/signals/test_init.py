import csv
from pathlib import Path

import pytest

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import ALL, BY_FIELD, BY_NAME, NOT_TAKEN

FIELDS = Path(__file__).parents[3] / "vectors" / "telemetry-fields.csv"
ROWS = {row["name"]: row for row in csv.DictReader(FIELDS.read_text(encoding="utf-8").splitlines())}
SAY_NOTHING = ("Unknown", "SNA", "Invalid")

ENUM_MEMBERS = [
    (field, signal, member)
    for field, (signal,) in BY_FIELD.items()
    if ROWS[field.partition(".")[0]]["value_type"].startswith("enum ")
    for member in vehicle_data_pb2.DESCRIPTOR.enum_types_by_name[
        ROWS[field]["value_type"].removeprefix("enum ")
    ].values_by_name
]


def test_each_name_stands_for_one_fact() -> None:
    assert len(BY_NAME) == len(ALL)
    assert all(BY_NAME[signal.name] is signal for signal in ALL)


def test_each_field_belongs_to_one_fact() -> None:
    streamed = [signal for signal in ALL if signal.field is not None]

    assert len(BY_FIELD) == len(streamed)
    assert all(BY_FIELD[signal.field or ""] == (signal,) for signal in streamed)


def test_every_field_is_taken_or_left_out_for_a_reason() -> None:
    taken = {field.partition(".")[0] for field in BY_FIELD}

    assert taken | NOT_TAKEN.keys() == ROWS.keys()
    assert not taken & NOT_TAKEN.keys()
    assert all(NOT_TAKEN.values())


@pytest.mark.parametrize("signal", [signal for signal in ALL if signal.field], ids=lambda one: one.name)
def test_a_field_needs_the_firmware_and_the_scope_that_tesla_says(signal: AnySignal) -> None:
    row = ROWS[(signal.field or "").partition(".")[0]]

    # From 2024.26 on every car can stream.
    assert (signal.since or "") == row["min_firmware"].replace("2024.26", "")
    assert (signal.scope == "vehicle_location") is (row["needs_vehicle_location_scope"] == "yes")


@pytest.mark.parametrize(("field", "signal", "member"), ENUM_MEMBERS)
def test_every_declared_member_has_a_meaning(field: str, signal: AnySignal, member: str) -> None:
    kind = signal.field_kind or signal.kind

    assert (kind(member) is None) is member.endswith(SAY_NOTHING), field


@pytest.mark.parametrize("signal", ALL, ids=lambda one: one.name)
def test_a_flag_in_the_place_of_another_value_does_not_break_anything(signal: AnySignal) -> None:
    for kind in (signal.kind, signal.field_kind or signal.kind):
        kind(True)  # noqa: FBT003  # as cars were seen to send


def test_places_and_names_are_private() -> None:
    private = {signal.name for signal in ALL if signal.private}

    assert private >= {
        "location",
        "destination_location",
        "origin_location",
        "route_destination",
        "route_line",
        "charge_schedules",
        "precondition_schedules",
        "vehicle_name",
        "media_title",
    }


def test_what_is_pushed_in_another_way_is_polled_and_has_a_field_there() -> None:
    covered = [signal for signal in ALL if signal.pushed_as]

    assert covered
    assert all(signal.path and not signal.field for signal in covered)
    assert all(other.field for signal in covered for other in signal.pushed_as)
