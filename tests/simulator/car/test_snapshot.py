"""vehicle_data, held to the shape of Tesla's own answers."""

from typing import Any

import pytest

from simulator.car import charger
from simulator.car.body import Body
from simulator.car.journey import Journey
from simulator.car.model import MODEL_3, MODEL_S_2017, MODEL_Y, Model
from simulator.car.roads import TO_WORK
from simulator.car.snapshot.vehicle_data import vehicle_data, vehicle_row
from simulator.car.truth import Truth

from ..vectors import fixture, shape

NOW = 1_791_360_000.25
ALL = (
    "charge_state",
    "climate_state",
    "closures_state",
    "drive_state",
    "gui_settings",
    "location_data",
    "charge_schedule_data",
    "preconditioning_schedule_data",
    "vehicle_config",
    "vehicle_state",
)
CHARGE_SCHEDULE = {
    "days_of_week": 127,
    "enabled": True,
    "end_enabled": True,
    "end_time": 330,
    "id": 1_780_000_000,
    "latitude": 51.4779,
    "longitude": -0.0015,
    "name": "Night rate",
    "one_time": False,
    "start_enabled": True,
    "start_time": 30,
}
PRECONDITION_SCHEDULE = {
    "days_of_week": 62,
    "enabled": True,
    "id": 1_780_000_100,
    "latitude": 51.4779,
    "longitude": -0.0015,
    "name": "Work",
    "one_time": False,
    "precondition_time": 450,
}


def scheduled() -> Body:
    body = Body(tyre_seen=[NOW - 5000] * 4)
    body.charge_schedules.append(CHARGE_SCHEDULE)
    body.precondition_schedules.append(PRECONDITION_SCHEDULE)
    return body


def asked(body: Body, *endpoints: str, model: Model = MODEL_3, located: bool = True) -> dict[str, Any]:
    return vehicle_data(Truth(body, model, NOW), endpoints, may_locate=located)


def test_a_parked_car_answers_in_the_shape_of_tesla_s() -> None:
    answer = asked(scheduled(), *ALL)

    assert shape({"response": answer}) == shape(fixture("vehicle_data_charging"))


def test_a_driving_car_does_too() -> None:
    body = scheduled()
    Journey(body, TO_WORK, "Work").step(30.0)
    body.gear = "D"

    answer = asked(body, *ALL)

    assert shape({"response": answer}) == shape(fixture("vehicle_data_driving"))
    assert answer["drive_state"]["shift_state"] == "D"
    assert answer["drive_state"]["active_route_destination"] == "Work"


@pytest.mark.parametrize(
    ("name", "fast"), [("vehicle_data_charging", False), ("vehicle_data_supercharging", True)]
)
def test_a_charging_car_says_what_tesla_s_says(name: str, *, fast: bool) -> None:
    body = scheduled()
    charger.plug_in(body, fast=fast, three_phase=False)
    for _ in range(60):
        charger.step(body, 1.0)
    said, tesla = asked(body, *ALL)["charge_state"], fixture(name)["response"]["charge_state"]

    for key in (
        "charging_state",
        "conn_charge_cable",
        "fast_charger_brand",
        "fast_charger_present",
        "fast_charger_type",
        "charger_phases",
        "charger_pilot_current",
        "charge_port_latch",
    ):
        assert said[key] == tesla[key], key
    assert isinstance(said["charger_power"], int)
    assert said["charger_power"] > 0


def test_the_row_has_the_shape_of_tesla_s() -> None:
    row = vehicle_row(Truth(Body(), MODEL_3, NOW), "asleep")

    assert {"response": row} == fixture("vehicle_asleep")


def test_every_sub_document_is_dated_in_milliseconds() -> None:
    answer = asked(scheduled(), *ALL)

    dates = {
        name: part["timestamp"]
        for name, part in answer.items()
        if isinstance(part, dict) and "timestamp" in part
    }
    assert len(dates) == 8
    assert set(dates.values()) == {1_791_360_000_250}


def test_only_what_was_asked_for_is_answered() -> None:
    answer = asked(Body(), "climate_state")

    assert "climate_state" in answer
    assert {"charge_state", "drive_state", "vehicle_state", "vehicle_config"}.isdisjoint(answer)


def test_without_a_list_the_usual_parts_come_and_no_place() -> None:
    answer = asked(Body())

    assert {"charge_state", "drive_state", "vehicle_state"} <= set(answer)
    assert "charge_schedule_data" not in answer
    assert "latitude" not in answer["drive_state"]


def test_a_combination_stands_for_the_usual_parts() -> None:
    assert "climate_state" in asked(Body(), "vehicle_data_combo")


def test_closures_are_part_of_the_vehicle_s_state() -> None:
    assert asked(Body(trunk_rear_open=True), "closures_state")["vehicle_state"]["rt"] > 0


@pytest.mark.parametrize(
    ("endpoints", "located", "hidden", "there"),
    [
        (("drive_state", "location_data"), True, False, True),
        (("location_data",), True, False, True),
        (("drive_state",), True, False, False),
        (("drive_state", "location_data"), False, False, False),
        (("drive_state", "location_data"), True, True, False),
    ],
)
def test_a_place_needs_endpoint_scope_and_the_owner_s_consent(
    endpoints: tuple[str, ...], *, located: bool, hidden: bool, there: bool
) -> None:
    model = Model(vin=MODEL_3.vin, name="x", hide_private=hidden)
    answer = asked(Body(), *endpoints, model=model, located=located)

    assert ("latitude" in answer["drive_state"]) is there
    assert answer["granular_access"]["hide_private"] is hidden


def test_a_destination_is_a_place_as_well() -> None:
    body = Body()
    Journey(body, TO_WORK, "Work")

    state = asked(body, "drive_state")["drive_state"]

    assert "active_route_destination" not in state
    assert state["active_route_miles_to_arrival"] > 0


@pytest.mark.parametrize(("truth", "gear"), [({}, None), ({"user_present": True}, "P"), ({"gear": "R"}, "R")])
def test_a_car_that_was_parked_has_no_gear_to_tell(truth: dict[str, Any], gear: str | None) -> None:
    assert asked(Body(**truth), "drive_state")["drive_state"]["shift_state"] == gear


def test_what_sensors_do_not_know_is_null() -> None:
    nulls = fixture("vehicle_data_nulls_no_location_scope")["response"]
    body = Body(inside_c=None, outside_c=None, tyre_bar=[None] * 4)
    answer = asked(body, "climate_state", "vehicle_state", model=MODEL_Y)

    for key in ("inside_temp", "outside_temp", "seat_fan_front_left"):
        assert answer["climate_state"][key] is nulls["climate_state"][key] is None
    assert answer["vehicle_state"]["tpms_pressure_fl"] is None


def test_a_sunroof_is_told_of_only_by_cars_that_have_one() -> None:
    def roof(percent: int | None) -> str:
        body = Body(sunroof_percent_open=percent)
        return str(asked(body, "vehicle_state", model=MODEL_S_2017)["vehicle_state"]["sun_roof_state"])

    assert [roof(None), roof(0), roof(40)] == ["unknown", "closed", "open"]
    assert "sun_roof_state" not in asked(Body(), "vehicle_state")["vehicle_state"]


def test_an_update_and_a_start_are_told_when_they_are_planned() -> None:
    body = Body(update_version="2026.36", update_status="scheduled", update_at=NOW + 60, scheduled_start=NOW)
    answer = asked(body, "vehicle_state", "charge_state")

    assert answer["vehicle_state"]["software_update"]["scheduled_time_ms"] == 1_791_360_060_250
    assert answer["charge_state"]["scheduled_charging_start_time"] == 1_791_360_000
    assert answer["charge_state"]["scheduled_charging_start_time_app"] == 540


def test_display_settings_are_shown_and_change_nothing() -> None:
    body = Body(distance_unit="Kilometers", temperature_unit="Fahrenheit", charge_unit="Distance")
    answer = asked(body, "gui_settings", "vehicle_state")

    assert answer["gui_settings"]["gui_distance_units"] == "km/hr"
    assert answer["gui_settings"]["gui_temperature_units"] == "F"
    assert answer["gui_settings"]["show_range_units"] is True
    assert answer["vehicle_state"]["odometer"] == 8421.73


def test_a_car_without_schedules_says_so() -> None:
    answer = asked(Body(), "charge_schedule_data", "preconditioning_schedule_data")

    assert answer["charge_schedule_data"]["charge_schedule_window"] is None
    assert answer["preconditioning_schedule_data"]["next_schedule"] is False


def test_the_same_truth_stands_behind_every_view() -> None:
    body = Body(media_source="Spotify", overheat_protection="On", climate_keeper="Party", defrost="Max")
    answer = asked(body, "climate_state", "vehicle_state")

    assert answer["vehicle_state"]["media_info"]["a2dp_source_name"] == "Phone"
    assert answer["climate_state"]["climate_keeper_mode"] == "camp"
    assert answer["climate_state"]["defrost_mode"] == 2
