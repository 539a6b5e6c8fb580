"""Answers of Tesla's API, made of a state."""

from collections.abc import Mapping
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.served.document import (
    PARTS,
    Numbers,
    derived,
    is_called,
    numbers,
    reachable,
    row,
    vehicle_data,
)
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import (
    ALL,
    battery,
    charge,
    climate,
    config,
    connection,
    drive,
    place,
    seats,
    security,
    software,
)
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState

from .cars import DRIVING, HERE, NOW, VIN, polled, response, stated

CAPTURED = ("charging", "driving", "supercharging")
# Told in other words: what follows from several facts, or has a number in place of a name.
CONCLUDED = {
    climate.POWER,
    drive.GEAR,
    drive.SPEED,
    software.UPDATE_STATUS,
}
# Not served: a poll has them in parts of their own.
LEFT_OUT = {"charge_schedules", "precondition_schedules"}
# What TeslaMate keeps in columns of whole numbers, and refuses if they are not.
WHOLE = {
    "charge_state": (
        "battery_level",
        "usable_battery_level",
        "charger_actual_current",
        "charger_phases",
        "charger_pilot_current",
        "charger_power",
        "charger_voltage",
        "charge_limit_soc",
        "scheduled_charging_start_time",
        "timestamp",
    ),
    "climate_state": ("fan_status", "timestamp"),
    "drive_state": ("heading", "power", "speed", "timestamp"),
    "vehicle_state": ("df", "dr", "pf", "pr", "ft", "rt", "fd_window", "center_display_state", "timestamp"),
}


def data(values: Mapping[AnySignal, Any] | VehicleState) -> dict[str, Any]:
    state = values if isinstance(values, VehicleState) else stated(values)
    return vehicle_data(VIN, state, Power.ONLINE, NOW)


@pytest.mark.parametrize("name", CAPTURED)
def test_what_a_poll_said_is_read_again_from_what_is_served(name: str) -> None:
    known = polled(response(f"vehicle_data_{name}"))

    again = polled(data(known), NOW + 60)

    told = {signal for signal in known if known.get(signal) is not None}
    compared = {signal for signal in told - CONCLUDED if signal.name not in LEFT_OUT}
    assert len(compared) > 100
    assert {one.name: again.get(one) for one in compared} == {one.name: known.get(one) for one in compared}


@pytest.mark.parametrize("name", CAPTURED)
def test_whoever_logs_whole_numbers_gets_them(name: str) -> None:
    served = data(polled(response(f"vehicle_data_{name}")))

    for part, keys in WHOLE.items():
        for key in keys:
            assert type(served[part].get(key, 0)) is int, key


def test_fractions_of_telemetry_become_whole_numbers() -> None:
    served = data(
        {
            **DRIVING,
            battery.LEVEL: 65.6,
            charge.STATE: "charging",
            charge.AC_POWER: 10.6,
            charge.VOLTAGE: 230.4,
            charge.CURRENT: 15.7,
            charge.PHASES: 2,
        }
    )

    assert served["charge_state"]["battery_level"] == 66
    assert served["charge_state"]["charger_power"] == 11
    assert served["charge_state"]["charger_voltage"] == 230
    assert served["charge_state"]["charger_actual_current"] == 16
    assert served["charge_state"]["charger_phases"] == 2
    assert (served["drive_state"]["speed"], served["drive_state"]["power"]) == (31, -11)
    assert served["drive_state"]["shift_state"] == "D"


def test_every_part_is_there_and_has_the_time_even_of_a_car_of_which_only_the_place_is_known() -> None:
    served = data({place.LOCATION: HERE})

    assert {served[part]["timestamp"] for part in PARTS} == {round(NOW * 1000)}


def test_where_the_place_is_not_known_the_drive_is_left_out() -> None:
    assert "drive_state" not in data({drive.GEAR: "d"})
    assert "charge_state" in data({drive.GEAR: "d"})


def test_a_parked_car_has_no_speed() -> None:
    drive_state = data({drive.GEAR: "p", drive.SPEED: 0, place.LOCATION: HERE})["drive_state"]

    assert drive_state["shift_state"] == "P"
    assert "speed" not in drive_state


def test_which_model_it_is_the_vin_says_where_nobody_else_does() -> None:
    assert data({})["vehicle_config"]["car_type"] == "model3"
    assert data({config.CAR_TYPE: "lychee"})["vehicle_config"]["car_type"] == "lychee"
    nameless = vehicle_data("0" * 17, stated({}), Power.ONLINE, NOW)
    assert "car_type" not in nameless["vehicle_config"]


def test_no_phases_are_not_told_as_a_number() -> None:
    assert "charger_phases" not in data({charge.PHASES: 0})["charge_state"]


def test_the_rated_range_stands_in_for_the_ideal_one_and_the_usable_level_for_the_level() -> None:
    streamed = data({battery.RANGE: 221.3, battery.USABLE_LEVEL: 64.5})["charge_state"]
    assert (streamed["ideal_battery_range"], streamed["battery_level"]) == (221.3, 64)

    polled_ = data({battery.RANGE: 221.3, battery.RANGE_IDEAL: 196.42})["charge_state"]
    assert polled_["ideal_battery_range"] == 196.42


def test_what_streams_in_other_words_is_told_in_those_of_a_poll() -> None:
    served = data({seats.DRIVER_OCCUPIED: True, climate.POWER: "precondition", security.SENTRY: "armed"})

    assert served["vehicle_state"]["is_user_present"] is True
    assert served["vehicle_state"]["sentry_mode"] is True
    assert served["climate_state"]["is_climate_on"] is True
    assert served["climate_state"]["is_preconditioning"] is True


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({}, ""),
        ({software.UPDATE_STATUS: "none"}, ""),
        ({software.UPDATE_STATUS: "installing"}, "installing"),
        ({software.UPDATE_IN_PROGRESS: True}, "installing"),
        ({software.UPDATE_STATUS: "scheduled", software.UPDATE_VERSION: "2026.32.3"}, "scheduled"),
        ({software.UPDATE_STATUS: "downloading"}, "downloading"),
        ({software.UPDATE_STATUS: "available", software.UPDATE_VERSION: "2026.32.3"}, "available"),
        ({software.UPDATE_AVAILABLE: True, software.UPDATE_VERSION: "2026.32.3"}, "available"),
        (
            {
                software.UPDATE_STATUS: "available",
                software.UPDATE_VERSION: "2026.32.3",
                software.VERSION: "2026.32.3",
            },
            "",
        ),
    ],
)
def test_the_status_of_an_update_follows_from_whatever_tells_of_it(
    values: Mapping[AnySignal, Any], status: str
) -> None:
    assert data(values)["vehicle_state"]["software_update"]["status"] == status


def test_tesla_s_own_numbers_are_kept() -> None:
    captured = response("vehicle_data_driving")
    state = polled(captured)

    assert numbers(VIN, state) == Numbers(captured["id"], captured["vehicle_id"])
    served = row(VIN, state, Power.ASLEEP)
    assert (served["id"], served["id_s"]) == (captured["id"], str(captured["id"]))
    assert served["vehicle_id"] == captured["vehicle_id"]


def test_a_car_that_tesla_has_not_told_of_has_numbers_of_its_own_for_ever() -> None:
    own = derived(VIN)

    assert own == Numbers(4719996469462830, 4727422414520380) == numbers(VIN, VehicleState())
    assert derived("5YJ3E7EB0SF000002") not in (own, Numbers(own.vehicle_id, own.id))
    assert max(own.id, own.vehicle_id) < 2**53


def test_a_car_is_called_by_its_vin_and_by_each_of_its_numbers() -> None:
    state = stated({connection.API_NUMBER: 11, connection.STREAM_NUMBER: 22})
    own = derived(VIN)

    for name in (VIN, "11", "22", str(own.id), str(own.vehicle_id)):
        assert is_called(VIN, state, name)
    for name in ("", "1", "33", VIN.lower()):
        assert not is_called(VIN, state, name)


def test_a_row_says_what_teslamate_makes_a_car_of() -> None:
    served = row(VIN, stated({software.VEHICLE_NAME: "Marmalade", connection.IN_SERVICE: True}), Power.ONLINE)

    assert served["vin"] == VIN
    assert served["display_name"] == "Marmalade"
    assert served["state"] == "online"
    assert served["in_service"] is True


@pytest.mark.parametrize(
    ("power", "before", "told"),
    [
        (Power.ASLEEP, "online", Power.ASLEEP),
        (Power.UNKNOWN, "online", Power.ONLINE),
        (Power.UNKNOWN, "asleep", Power.ASLEEP),
        (Power.UNKNOWN, None, Power.OFFLINE),
    ],
)
def test_just_after_a_restart_a_car_is_as_it_was(power: Power, before: str | None, told: Power) -> None:
    state = VehicleState() if before is None else stated({connection.STATE: before})

    assert reachable(state, power) is told


def test_no_fact_of_a_poll_is_forgotten() -> None:
    parts = {signal.path.partition(".")[0] for signal in ALL if signal.path and ("." in signal.path)}

    assert parts - set(PARTS) == {"charge_schedule_data", "preconditioning_schedule_data"}
