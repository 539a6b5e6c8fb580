from typing import Any

import pytest

from custom_components.tesla_direct.tesla.errors import AnswerUnreadable
from custom_components.tesla_direct.tesla.fleet_api.rows import (
    FleetStatus,
    Vehicle,
    fleet_status,
    products,
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
    )


def test_a_row_with_a_vin_alone_will_do() -> None:
    row = vehicle({"vin": VIN, "display_name": "", "granular_access": None})

    assert (row.name, row.power, row.access_type) == (None, Power.UNKNOWN, None)
    assert (row.in_service, row.hide_private) == (False, False)


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
