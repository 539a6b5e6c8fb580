"""Every field that a car can send: complete, of the right kind, and true."""

import csv
from pathlib import Path
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb
from simulator.car.body import Body, Route
from simulator.car.firmware import LOCATED, ROWS
from simulator.car.model import MODEL_3, MODEL_S_2017, MODEL_Y
from simulator.car.spelling import LocalTime, number_of
from simulator.car.truth import Truth

TABLE = Path(__file__).parents[2] / "vectors" / "telemetry-fields.csv"
NOW = 1_791_360_000.0


def documented() -> dict[str, dict[str, str]]:
    with TABLE.open() as file:
        return {row["name"]: row for row in csv.DictReader(file)}


def read(field: str, model: Any = MODEL_3, **truth: Any) -> Any:
    return ROWS[field].read(Truth(Body(**truth), model, NOW))


def test_every_field_that_a_car_may_send_is_there() -> None:
    missing = {
        name
        for name, row in documented().items()
        if name not in ROWS and row["flag"] not in {"zero", "semi_truck_only", "experimental", "deprecated"}
    }

    # Documented as sending nothing.
    assert missing == {"RouteLastUpdated"}
    assert set(ROWS) <= set(documented())


@pytest.mark.parametrize("field", sorted(ROWS))
def test_a_field_is_of_the_documented_kind_and_can_be_written(field: str) -> None:
    row = documented()[field]
    raw = read(field, gear="D", speed_mph=30.0, gps_at=NOW)

    assert ROWS[field].kind.member == row["value_member"]
    assert number_of(field) == int(row["number"])
    for typed in (True, False):
        value = ROWS[field].kind.value(raw, typed=typed)
        assert pb.Value.FromString(value.SerializeToString()) == value


def test_the_fields_that_tell_a_place_are_the_documented_ones() -> None:
    located = {name for name, row in documented().items() if row["needs_vehicle_location_scope"] == "yes"}

    assert located == LOCATED


@pytest.mark.parametrize(
    ("field", "truth", "value"),
    [
        ("VehicleSpeed", {"gear": "P"}, None),
        ("VehicleSpeed", {"gear": "D", "speed_mph": 41.0}, 41.0),
        ("GradeEstimatePercent", {"gear": "P"}, None),
        ("Location", {"gps_fix": False}, None),
        ("GpsHeading", {"gps_fix": False}, None),
        ("Location", {}, (51.4779, -0.0015)),
        ("MilesToArrival", {}, None),
        ("DestinationName", {}, None),
        ("RouteLine", {}, None),
        ("ChargingCableType", {}, None),
        ("ChargingCableType", {"cable": "IEC"}, "IEC"),
        ("FastChargerType", {}, None),
        ("FastChargerType", {"charging_state": "Charging"}, "ACSingleWireCAN"),
        ("FastChargerType", {"fast_charger": "Supercharger"}, "Supercharger"),
        ("ChargeState", {"charging_state": "Charging"}, "Enable"),
        ("ChargeState", {"charging_state": "Complete"}, "Idle"),
        ("BMSState", {"charging_state": "Charging"}, "Charge"),
        ("BMSState", {"gear": "D"}, "Drive"),
        ("BMSState", {}, "Support"),
        ("DriverSeatBelt", {"driver_buckled": True}, False),
        ("DiStateR", {}, "Standby"),
        ("DiStateF", {"gear": "D"}, "Enable"),
        ("DiStateREL", {"gear": "D"}, None),
        ("DiTorqueActualR", {"speed_mph": 0.0, "drive_power_kw": 10.0}, 0.0),
        ("HvacPower", {}, "Off"),
        ("HvacPower", {"climate_on": True}, "On"),
        ("HvacPower", {"climate_on": True, "preconditioning": True}, "Precondition"),
        ("HvacPower", {"overheat_cooling": True}, "OverheatProtect"),
        ("MediaNowPlayingDuration", {"media_source": "Radio", "media_ms": 5}, 18_000_000),
        ("MediaNowPlayingDuration", {"media_source": "Spotify", "media_ms": 5}, 5),
        ("LocatedAtHome", {}, True),
        ("LocatedAtWork", {}, False),
        ("LocatedAtFavorite", {"favourites": ((51.4779, -0.0015),)}, True),
        ("SoftwareUpdateVersion", {}, " "),
        ("SoftwareUpdateVersion", {"update_version": "2026.36"}, "2026.36"),
        ("Version", {}, "2026.32.3 0a1b2c3d4e5f"),
        ("SunroofInstalled", {}, "NotInstalled"),
        ("TonneauPosition", {}, None),
        ("TonneauTentMode", {"tonneau": "Closed"}, "Inactive"),
        ("ScheduledChargingStartTime", {}, None),
        ("TpmsLastSeenPressureTimeFl", {}, None),
    ],
)
def test_a_field_tells_the_truth(field: str, truth: dict[str, Any], value: Any) -> None:
    assert read(field, **truth) == value


def test_moments_come_with_the_car_s_zone() -> None:
    moment = LocalTime(NOW, "Europe/London")

    assert read("ScheduledChargingStartTime", scheduled_start=NOW) == moment
    assert read("SoftwareUpdateScheduledStartTime", update_at=NOW) == moment
    assert read("TpmsLastSeenPressureTimeRr", tyre_seen=[None, None, None, NOW]) == moment


def test_departure_is_the_next_one_by_the_car_s_clock() -> None:
    # 7 October 2026, 09:00 in London: the next seven o'clock is tomorrow's.
    assert read("ScheduledDepartureTime", departure_minutes=420).wall.isoformat() == "2026-10-08T07:00:00"
    assert read("ScheduledDepartureTime", departure_minutes=600).wall.isoformat() == "2026-10-07T10:00:00"


def test_a_route_is_told_while_there_is_one() -> None:
    route = Route(
        name="Observatory",
        destination=(51.476, 0.0005),
        origin=(51.4779, -0.0015),
        line=((51.4779, -0.0015), (51.476, 0.0005)),
        miles=17.84,
        minutes=38.7,
        delay_minutes=4.0,
        percent_at_arrival=54.0,
    )

    assert read("MilesToArrival", route=route) == 17.84
    assert read("DestinationLocation", route=route) == (51.476, 0.0005)
    assert len(read("RouteLine", route=route)) > 8


def test_the_sides_of_the_car_are_swapped_where_the_wheel_is_on_the_left() -> None:
    wish = {"driver_temp_c": 20.0, "passenger_temp_c": 24.0}

    assert read("HvacRightTemperatureRequest", MODEL_3, **wish) == 20.0
    assert read("HvacLeftTemperatureRequest", MODEL_3, **wish) == 24.0
    assert read("HvacLeftTemperatureRequest", MODEL_Y, **wish) == 20.0
    assert read("HvacRightTemperatureRequest", MODEL_Y, **wish) == 24.0


def test_old_firmware_mixes_up_two_doors_and_two_versions() -> None:
    assert read("DoorState", MODEL_3, door_driver_rear_open=True)["DriverRear"]
    assert read("DoorState", MODEL_Y, door_driver_rear_open=True)["PassengerFront"]
    assert read("Version", MODEL_Y) == " "
    assert read("Version", MODEL_Y, update_version="2024.32.1") == "2024.32.1"


def test_what_the_car_was_built_with_is_told() -> None:
    assert read("CarType", MODEL_S_2017) == "ModelS"
    assert read("ChargePort", MODEL_Y) == "US"
    assert read("RightHandDrive", MODEL_Y) is False
    assert read("SunroofInstalled", MODEL_S_2017) == "Gen1Installed"
