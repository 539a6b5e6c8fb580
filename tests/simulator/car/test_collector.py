"""When a field is sent: on change, not too often, again after a while."""

from dataclasses import replace
from typing import Any

import pytest

from simulator.car.body import Body
from simulator.car.collector import Collector
from simulator.car.firmware import Firmware
from simulator.car.model import MODEL_3, MODEL_Y, Model
from simulator.car.stream import read_config
from simulator.car.truth import Truth


class Case:
    """A collector, the truth it watches, and a clock."""

    def __init__(self, fields: dict[str, Any], model: Model = MODEL_3, **truth: Any) -> None:
        rows = {
            name: pace if isinstance(pace, dict) else {"interval_seconds": pace}
            for name, pace in fields.items()
        }
        self.collector = Collector(read_config({"hostname": "h", "fields": rows}), Firmware(model))
        self.body = Body(**truth)
        self.model = model

    def at(self, passed: float, **truth: Any) -> dict[str, object]:
        for name, value in truth.items():
            setattr(self.body, name, value)
        return self.collector.due(Truth(self.body, self.model, 1_791_360_000.0), passed)


def test_after_the_start_every_field_is_sent_once() -> None:
    case = Case({"Locked": 1, "VehicleSpeed": 10})

    assert case.at(0) == {"Locked": True, "VehicleSpeed": None}
    assert case.at(100) == {}


def test_a_change_waits_for_the_interval() -> None:
    case = Case({"Locked": 10})
    case.at(0)

    assert case.at(5, locked=False) == {}
    assert case.at(10) == {"Locked": False}


def test_a_change_that_was_taken_back_is_none() -> None:
    case = Case({"Locked": 10})
    case.at(0)
    case.at(5, locked=False)

    assert case.at(10, locked=True) == {}


def test_the_interval_counts_from_the_last_emission() -> None:
    case = Case({"ChargeLimitSoc": 10})
    case.at(0)

    assert case.at(500, charge_limit_percent=70) == {"ChargeLimitSoc": 70}
    assert case.at(505, charge_limit_percent=75) == {}
    assert case.at(510) == {"ChargeLimitSoc": 75}


def test_a_small_change_adds_up_until_it_is_large_enough() -> None:
    case = Case({"InsideTemp": {"interval_seconds": 1, "minimum_delta": 0.5}}, inside_c=20.0)
    case.at(0)

    assert case.at(10, inside_c=20.4) == {}
    assert case.at(20, inside_c=20.5) == {"InsideTemp": 20.5}
    assert case.at(30, inside_c=20.1) == {}


def test_a_delta_is_met_although_computers_count_in_twos() -> None:
    case = Case({"InsideTemp": {"interval_seconds": 1, "minimum_delta": 0.1}}, inside_c=0.2)
    case.at(0)

    assert case.at(10, inside_c=0.3) == {"InsideTemp": 0.3}


def test_no_value_is_a_change_whatever_the_delta() -> None:
    case = Case({"VehicleSpeed": {"interval_seconds": 1, "minimum_delta": 5}}, gear="D", speed_mph=1.0)
    case.at(0)

    assert case.at(10, gear="P") == {"VehicleSpeed": None}


def test_a_place_moves_in_metres() -> None:
    case = Case({"Location": {"interval_seconds": 1, "minimum_delta": 50}}, latitude=51.0, longitude=0.0)
    case.at(0)

    assert case.at(10, latitude=51.0004) == {}
    assert case.at(20, latitude=51.0005) == {"Location": (51.0005, 0.0)}


def test_an_unchanged_value_is_sent_again_where_that_is_asked_for() -> None:
    case = Case({"Locked": {"interval_seconds": 1, "resend_interval_seconds": 60}})
    case.at(0)

    assert case.at(59) == {}
    assert case.at(60) == {"Locked": True}
    assert case.at(119) == {}
    assert case.at(120) == {"Locked": True}


def test_two_fields_have_a_delta_of_their_own() -> None:
    case = Case({"Odometer": 1, "ChargerVoltage": 1}, odometer_miles=100.0, charger_volts=1.0)
    case.at(0)

    assert case.at(10, odometer_miles=100.05, charger_volts=1.2) == {}
    assert case.at(20, odometer_miles=100.11, charger_volts=1.4) == {
        "Odometer": 100.11,
        "ChargerVoltage": 1.4,
    }


def test_a_whole_number_is_compared_as_a_whole_number() -> None:
    case = Case({"SeatHeaterLeft": {"interval_seconds": 1, "minimum_delta": 1}})
    case.at(0)

    assert case.at(10, seat_heaters=[2, 0, 0, 0, 0]) == {"SeatHeaterLeft": 2}


def test_a_state_with_a_delta_still_follows_every_change() -> None:
    case = Case(
        {
            "Gear": {"interval_seconds": 1, "minimum_delta": 1},
            "Locked": {"interval_seconds": 1, "minimum_delta": 1},
        }
    )
    case.at(0)

    assert case.at(10, gear="D", locked=False) == {"Gear": "D", "Locked": False}


def test_old_firmware_knows_neither_deltas_nor_resends() -> None:
    case = Case(
        {
            "InsideTemp": {"interval_seconds": 1, "minimum_delta": 5, "resend_interval_seconds": 10},
            "Odometer": 1,
        },
        MODEL_Y,
    )
    case.at(0)

    assert case.at(100) == {}
    assert case.at(200, inside_c=18.61, odometer_miles=8421.74) == {"InsideTemp": 18.61, "Odometer": 8421.74}


def test_metres_came_later_than_deltas() -> None:
    model = replace(MODEL_3, firmware="2024.44.32", client=None)
    case = Case({"Location": {"interval_seconds": 1, "minimum_delta": 500}}, model)
    case.at(0)

    assert case.at(10, latitude=51.4780) == {"Location": (51.4780, -0.0015)}


def test_fields_can_be_sent_along() -> None:
    fields = {
        "Gear": {"interval_seconds": 1, "include_fields": ["Odometer", "Soc"]},
        "Odometer": 1000,
        "InsideTemp": 1,
    }
    case = Case(fields)
    case.at(0)

    assert set(case.at(10, gear="D", odometer_miles=9000.0)) == {"Gear", "Odometer"}


def test_an_older_client_sends_nothing_along() -> None:
    model = replace(MODEL_3, client="1.2.0")
    case = Case({"Gear": {"interval_seconds": 1, "include_fields": ["Odometer"]}, "Odometer": 1000}, model)
    case.at(0)

    assert set(case.at(10, gear="D")) == {"Gear"}


def test_the_mileage_since_reset_takes_only_its_like_along() -> None:
    fields = {
        "MilesSinceReset": {"interval_seconds": 60, "include_fields": ["SelfDrivingMilesSinceReset", "Soc"]},
        "SelfDrivingMilesSinceReset": 1000,
        "Soc": 1000,
    }
    case = Case(fields)
    case.at(0)

    assert set(case.at(100, miles_since_reset=600.0)) == {"MilesSinceReset", "SelfDrivingMilesSinceReset"}


def test_what_a_car_does_not_know_is_complained_of() -> None:
    case = Case({"DetailedChargeState": 1, "Soc": 1}, MODEL_Y)

    assert set(case.at(0)) == {"Soc"}
    (complaint,) = case.collector.complaints
    assert complaint.name == "unsupported_field"
    assert dict(complaint.tags) == {"field_name": "DetailedChargeState"}


def test_a_field_that_never_sends_is_taken_without_a_word() -> None:
    case = Case({"RouteLastUpdated": 1})

    assert case.at(0) == {}
    assert case.collector.complaints == []


def test_a_pace_that_is_too_fast_is_complained_of_and_slowed() -> None:
    case = Case({"MilesSinceReset": 10})

    (complaint,) = case.collector.complaints
    assert complaint.name == "unsuported_interval"
    assert dict(complaint.tags) == {
        "field_name": "MilesSinceReset",
        "requested": "10.000000",
        "authorized": "60000",
    }
    case.at(0)
    assert case.at(30, miles_since_reset=600.0) == {}
    assert case.at(60) == {"MilesSinceReset": 600.0}


def test_after_a_sleep_all_is_told_anew() -> None:
    case = Case({"Locked": 1})
    case.at(0)

    case.collector.forget()

    assert case.at(1) == {"Locked": True}


@pytest.mark.parametrize(("at", "sent"), [(10, {}), (11, {"ScheduledDepartureTime"})])
def test_a_moment_that_did_not_move_is_no_change(at: int, sent: set[str]) -> None:
    case = Case({"ScheduledDepartureTime": 1})
    case.at(0)

    assert set(case.at(at, departure_minutes=420 + 60 * (at - 10))) == set(sent)
