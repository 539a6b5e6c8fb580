"""The table of telemetry fields against Tesla's own list, and against itself."""

import csv
from pathlib import Path

import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.fields import (
    FIELDS,
    Category,
    Field,
    Note,
    base,
)
from custom_components.tesla_direct.tesla.vehicle.signals import BY_FIELD, NOT_TAKEN

LIST = Path(__file__).parents[2] / "vectors" / "telemetry-fields.csv"
with LIST.open(encoding="utf-8", newline="") as opened:
    TESLAS = {row["name"]: row for row in csv.DictReader(opened)}
EACH = pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
# The oldest firmware that streams at all, which nothing has to be held back for.
FIRST = "2024.26"


def test_every_field_of_teslas_stands_in_the_table_or_is_not_taken_for_a_reason() -> None:
    assert not FIELDS.keys() & NOT_TAKEN.keys()
    assert FIELDS.keys() | NOT_TAKEN.keys() == TESLAS.keys()


@EACH
def test_the_category_is_teslas(field: Field) -> None:
    assert field.category == TESLAS[field.name]["category"]


@EACH
def test_firmware_and_scope_are_those_of_the_list(field: Field) -> None:
    told = TESLAS[field.name]

    assert (field.since or FIRST) == (told["min_firmware"] or FIRST)
    assert (field.scope == "vehicle_location") == (told["needs_vehicle_location_scope"] == "yes")
    assert field.scope in (None, "vehicle_location")


@EACH
def test_every_number_that_is_not_whole_has_a_delta(field: Field) -> None:
    kind = TESLAS[field.name]["value_type"]

    if kind == "double" or kind.endswith("LocationValue"):
        assert field.numeric
        assert field.delta
    if field.delta is not None:
        assert field.numeric
    if field.numeric:
        assert kind.startswith(("double", "int")) or kind.endswith("LocationValue")


@EACH
def test_rates_are_possible(field: Field) -> None:
    # The collector of a car sends twice a second.
    for rate in (field.rates.driving, field.rates.charging, field.rates.parked):
        assert 0 <= rate <= 7200
    assert field.note in Note


def test_the_noise_that_owners_report_stays_below_the_deltas() -> None:
    reported = {
        "EnergyRemaining": 0.02,
        "PackVoltage": 0.05,
        "ChargerVoltage": 2.0,
        "InsideTemp": 0.1,
        "GpsHeading": 1.0,
        "Location": 3.0,
    }

    for name, noise in reported.items():
        delta = FIELDS[name].delta
        assert delta is not None
        assert delta > noise
        assert FIELDS[name].rates.parked < 60


def test_only_hardware_4_counts_self_driven_miles_and_one_field_is_silent() -> None:
    assert {name for name, field in FIELDS.items() if field.hardware4} == {
        "MilesSinceReset",
        "SelfDrivingMilesSinceReset",
    }
    assert {name for name, field in FIELDS.items() if field.silent} == {"RouteLastUpdated"}


def test_a_part_of_a_field_belongs_to_it() -> None:
    assert base("DoorState.DriverFront") == "DoorState"
    assert base("Soc") == "Soc"
    assert {base(name) for name in BY_FIELD} == FIELDS.keys()


def test_the_categories_are_teslas_three() -> None:
    assert {row["category"] for row in TESLAS.values()} == set(Category)
