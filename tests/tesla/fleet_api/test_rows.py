from typing import Any

import pytest

from custom_components.tesla_direct.tesla.errors import AnswerUnreadable
from custom_components.tesla_direct.tesla.fleet_api.rows import (
    FleetStatus,
    Pushed,
    TelemetryConfigStatus,
    TelemetryError,
    Vehicle,
    fleet_status,
    products,
    pushed,
    telemetry_config,
    telemetry_errors,
    vehicle,
)
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power

from .host import OTHER_VIN, VIN, fixture


def test_a_cars_row_is_read() -> None:
    assert vehicle(fixture("vehicle_asleep")["response"]) == Vehicle(
        vin=VIN,
        name="Marmalade",
        power=Power.ASLEEP,
        access_type="OWNER",
        in_service=False,
        hide_private=False,
        command_signing=None,
        id=fixture("vehicle_asleep")["response"]["id"],
        vehicle_id=fixture("vehicle_asleep")["response"]["vehicle_id"],
    )


def test_a_row_with_a_vin_alone_will_do() -> None:
    row = vehicle({"vin": VIN, "display_name": "", "granular_access": None})

    assert (row.name, row.power, row.access_type) == (None, Power.UNKNOWN, None)
    assert (row.in_service, row.hide_private) == (False, False)
    assert (row.id, row.vehicle_id) == (None, None)


def test_a_state_that_we_do_not_know_is_unknown_and_no_error() -> None:
    assert vehicle({"vin": VIN, "state": "dreaming"}).power is Power.UNKNOWN


def test_a_withheld_place_is_seen() -> None:
    assert vehicle({"vin": VIN, "granular_access": {"hide_private": True}}).hide_private


@pytest.mark.parametrize(
    "row",
    [
        None,
        "row",
        {},
        {"vin": None},
        {"vin": 7},
        {"vin": VIN, "state": 7},
        {"vin": VIN, "display_name": ["x"]},
        {"vin": VIN, "in_service": "yes"},
        {"vin": VIN, "granular_access": []},
        {"vin": VIN, "granular_access": {"hide_private": 1}},
    ],
)
def test_a_row_with_another_type_is_refused_without_its_vin(row: Any) -> None:
    with pytest.raises(AnswerUnreadable) as refused:
        vehicle(row)

    assert VIN not in str(refused.value)


def test_cars_and_sites_are_told_apart() -> None:
    found, skipped = products(fixture("products")["response"])

    assert [car.vin[-1] for car in found.vehicles] == ["1", "2", "3"]
    assert {car.command_signing for car in found.vehicles} == {"required", "off"}
    assert all("energy_site_id" in site for site in found.sites)
    assert len(found.sites) == 3
    assert skipped == 0


def test_rows_that_cannot_be_read_are_counted_and_harm_no_others() -> None:
    found, skipped = products([None, {"vin": 7}, {"vin": VIN}, {"what": "is this"}])

    assert [car.vin for car in found.vehicles] == [VIN]
    assert skipped == 3


def test_readiness_is_read_for_each_car() -> None:
    cars = fleet_status(fixture("fleet_status")["response"])

    assert cars[VIN] == FleetStatus(
        paired=True,
        firmware="2026.26.6",
        wants_signature=True,
        discounted=False,
        telemetry_version="1.2.0",
        keys=6,
        streaming_toggle=None,
    )
    assert cars[OTHER_VIN].paired is False
    assert cars["5YJSA7E21HF000003"].streaming_toggle is False
    assert cars["5YJSA7E21HF000003"].wants_signature is False


@pytest.mark.parametrize(
    "response",
    [
        {},
        {"key_paired_vins": None, "unpaired_vins": 7, "vehicle_info": []},
        {"key_paired_vins": [7]},
    ],
)
def test_readiness_that_is_not_told_is_not_known(response: dict[str, Any]) -> None:
    assert fleet_status(response) == {}


def test_a_car_of_which_nothing_but_its_info_is_told_is_there() -> None:
    cars = fleet_status({"vehicle_info": {VIN: {"firmware_version": 7}, OTHER_VIN: None}})

    assert cars.keys() == {VIN, OTHER_VIN}
    assert cars[VIN].paired is None
    assert cars[VIN].firmware is None


def test_what_the_cloud_holds_for_a_car_is_read() -> None:
    config = {"hostname": "telemetry.example.org", "fields": {"Soc": {"interval_seconds": 60}}}

    assert telemetry_config(
        {"synced": True, "config": config, "limit_reached": False, "key_paired": True, "update_available": 1}
    ) == TelemetryConfigStatus(synced=True, config=config, limit_reached=False, key_paired=True)


@pytest.mark.parametrize(
    "response", [{}, {"synced": None, "config": None, "limit_reached": "no", "key_paired": 1}, {"config": {}}]
)
def test_what_is_not_told_of_a_configuration_is_not_there(response: dict[str, Any]) -> None:
    assert telemetry_config(response) == TelemetryConfigStatus(
        synced=False, config=None, limit_reached=False, key_paired=None
    )


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ({"updated_vehicles": 2}, Pushed(updated=2, skipped={})),
        (
            {
                "updated_vehicles": 0,
                "skipped_vehicles": {
                    "missing_key": [VIN],
                    "unsupported_hardware": [],
                    "unsupported_firmware": None,
                    "another_reason": [OTHER_VIN, 7],
                },
            },
            Pushed(updated=0, skipped={VIN: "missing_key", OTHER_VIN: "another_reason"}),
        ),
        ({"updated_vehicles": True, "skipped_vehicles": []}, Pushed(updated=0, skipped={})),
        ({}, Pushed(updated=0, skipped={})),
    ],
)
def test_what_became_of_a_configuration_is_read(response: dict[str, Any], expected: Pushed) -> None:
    assert pushed(response) == expected


@pytest.mark.parametrize(
    ("told", "at"),
    [
        ("2026-10-07T08:00:00Z", 1_791_360_000.0),
        ("2026-10-07T10:00:00+02:00", 1_791_360_000.0),
        ("2026-10-07T08:00:00", 1_791_360_000.0),
        (1_791_360_000, 1_791_360_000.0),
        (1_791_360_000_500, 1_791_360_000.5),
        ("yesterday", None),
        (True, None),
        (-1, None),
        (float("inf"), None),
        (10**400, None),
        (None, None),
    ],
)
def test_when_a_car_complained_is_read_as_it_is_written(told: object, at: float | None) -> None:
    (error,) = telemetry_errors([{"error": "x", "created_at": told}])

    assert error.at == at


def test_complaints_are_read_old_and_new() -> None:
    unknown = "error loading config file: InvalidSignature: unknown issuer"
    rows: list[Any] = [
        {"name": "client", "error": unknown, "vin": VIN},
        {"name": "client", "error": unknown, "error_name": "config_manager_error", "txID": "7"},
        {"name": "client", "error": None},
        "nonsense",
    ]

    assert telemetry_errors(rows) == [
        TelemetryError(name="client", text=unknown, error_name=None, at=None),
        TelemetryError(name="client", text=unknown, error_name="config_manager_error", at=None),
    ]
