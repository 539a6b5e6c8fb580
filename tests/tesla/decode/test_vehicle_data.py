from collections import Counter
import json
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.decode.vehicle_data import SOURCE, decode, endpoints_for, parts_of
from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.signals import (
    ALL,
    battery,
    charge,
    climate,
    closures,
    config,
    connection,
    drive,
    media,
    place,
    route,
    schedules,
    seats,
    security,
    software,
    tires,
)
from tests.tesla.vehicle.test_kind import ANYTHING

FIXTURES = Path(__file__).parents[2] / "fixtures"
MEASURED = 1_791_360_000.0  # what the fixtures say
RECEIVED = MEASURED + 1.5


def fixture(name: str) -> dict[str, Any]:
    response: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text(encoding="utf-8"))["response"]
    return response


def read(response: dict[str, Any], skipped: Counter[str] | None = None) -> dict[AnySignal, Any]:
    reports = decode(response, RECEIVED, Counter() if skipped is None else skipped)
    return {signal: value for report in reports for signal, value in report.values.items()}


# What each of the four cars says, by hand.
EXPECTED: dict[str, dict[AnySignal, Any]] = {
    "vehicle_data_charging": {
        connection.STATE: "online",
        connection.IN_SERVICE: False,
        charge.STATE: "charging",
        charge.ENERGY_ADDED: 7.4,
        charge.MINUTES_TO_FULL: 205,
        charge.POWER: 4,
        charge.PHASES: 1,
        charge.CABLE_TYPE: "iec",
        charge.FAST_CHARGER_PRESENT: False,
        charge.FAST_CHARGER_TYPE: "ac_single_wire_can",
        charge.FAST_CHARGER_BRAND: None,
        charge.PORT_LATCH: "engaged",
        charge.PORT_LIGHT: "flashing_green",
        charge.LIMIT: 80,
        charge.CURRENT_REQUEST_MAX: 32,
        battery.LEVEL: 63,
        battery.USABLE_LEVEL: 62,
        battery.RANGE: 196.42,
        battery.NOT_ENOUGH_POWER_TO_HEAT: None,
        schedules.CHARGING_START: None,
        schedules.DEPARTURE: 1_791_356_400,
        schedules.OFF_PEAK_END_MINUTES: 360,
        climate.POWER: "off",
        climate.INSIDE_TEMP: 18.6,
        climate.OVERHEAT_MODE: "fan_only",
        climate.KEEPER_MODE: "off",
        climate.DEFROST_MODE: "off",
        climate.AUTO_MODE: "on",
        climate.BIOWEAPON_MODE: False,
        seats.HEATER_FRONT_LEFT: "off",
        seats.STEERING_WHEEL_LEVEL: "off",
        seats.USER_PRESENT: False,
        drive.GEAR: None,
        drive.SPEED: None,
        drive.POWER: -4,
        drive.ODOMETER: 8421.730112,
        place.LOCATION: Location(51.4779, -0.0015),
        place.HEADING: 92,
        place.HOMELINK_NEARBY: True,
        route.DESTINATION: None,
        route.DESTINATION_LOCATION: None,
        route.DISTANCE: None,
        route.TRAFFIC_DELAY: 0,
        closures.DOOR_DRIVER_FRONT: False,
        closures.WINDOW_DRIVER_FRONT: "closed",
        tires.PRESSURE_FRONT_RIGHT: 2.925,
        tires.LAST_SEEN_FRONT_LEFT: 1_791_355_000,
        tires.SOFT_WARNING_REAR_LEFT: False,
        security.LOCKED: True,
        security.SENTRY: "off",
        security.DASHCAM: "unavailable",
        security.SPEED_LIMIT: 85,
        software.VERSION: "2026.26.6",
        software.UPDATE_VERSION: None,
        software.UPDATE_STATUS: "none",
        software.UPDATE_MINUTES: 45,
        software.CENTER_DISPLAY: "off",
        software.VEHICLE_NAME: "Marmalade",
        media.STATUS: "idle",
        media.TITLE: None,
        config.CAR_TYPE: "model3",
        config.DRIVER_ASSIST: "TeslaAP4",
        config.RIGHT_HAND_DRIVE: True,
        config.UTC_OFFSET: 3600,
        config.SETTING_DISTANCE_UNIT: "miles",
        config.SETTING_24_HOUR_TIME: True,
        config.SETTING_CHARGE_UNIT: "percent",
    },
    "vehicle_data_driving": {
        charge.STATE: "disconnected",
        charge.CABLE_TYPE: None,
        charge.PORT_LIGHT: None,
        charge.ENERGY_ADDED: 0,
        climate.POWER: "on",
        seats.HEATER_FRONT_LEFT: "medium",
        seats.STEERING_WHEEL_LEVEL: "low",
        seats.USER_PRESENT: True,
        drive.GEAR: "d",
        drive.SPEED: 58,
        route.DESTINATION: "Observatory car park",
        route.DESTINATION_LOCATION: Location(51.476, 0.0005),
        route.DISTANCE: 17.84,
        route.MINUTES_TO_ARRIVAL: 38.7,
        route.ENERGY_AT_ARRIVAL: 54,
        route.TRAFFIC_DELAY: 4.0,
        media.STATUS: "playing",
        media.TITLE: "Sample in B minor",
        media.DURATION: 214_000,
        software.UPDATE_STATUS: "available",
        software.UPDATE_VERSION: "2026.32.3",
        software.UPDATE_DOWNLOAD: 100,
        software.CENTER_DISPLAY: "on",
        security.DASHCAM: "recording",
    },
    "vehicle_data_supercharging": {
        charge.STATE: "charging",
        charge.POWER: 137,
        charge.PHASES: None,
        charge.FAST_CHARGER_PRESENT: True,
        charge.FAST_CHARGER_TYPE: "supercharger",
        charge.FAST_CHARGER_BRAND: "Tesla",
        charge.SUPERCHARGER_TRIP_PLANNER: True,
        charge.PORT_LIGHT: "slow_flashing_green",
        battery.HEATER: True,
        climate.BATTERY_HEATER: True,
        drive.GEAR: "p",
        security.LOCKED: False,
        software.CENTER_DISPLAY: "charging",
    },
    "vehicle_data_nulls_no_location_scope": {
        charge.POWER: None,
        charge.PORT_LATCH: None,
        climate.POWER: None,
        climate.INSIDE_TEMP: None,
        climate.AUTO_MODE: "override",
        seats.COOLING_FRONT_LEFT: None,
        seats.USER_PRESENT: None,
        tires.PRESSURE_FRONT_LEFT: None,
        closures.SUNROOF_STATE: None,
        closures.SUNROOF_PERCENT_OPEN: None,
        config.SEAT_COOLING: False,
        config.DRIVER_ASSIST: "TeslaAP3",
        route.DISTANCE: None,
    },
    "vehicle_data_rare_keys": {
        battery.ENERGY_REMAINING: 48.6,
        battery.LIFETIME_USED: 12_345.6,
        battery.MODULE_TEMP_MAX: 24.5,
        battery.MODULE_TEMP_MIN: 23.0,
        seats.HEATER_THIRD_ROW_LEFT: "low",
        seats.HEATER_THIRD_ROW_RIGHT: "off",
        software.UPDATE_SCHEDULED: 1_791_410_400,
    },
}


@pytest.mark.parametrize("name", EXPECTED)
def test_a_snapshot_says_what_stands_in_it(name: str) -> None:
    skipped = Counter[str]()

    values = read(fixture(name), skipped)

    assert {signal.name: values[signal] for signal in EXPECTED[name]} == {
        signal.name: value for signal, value in EXPECTED[name].items()
    }
    assert not skipped


def test_schedules_are_read_whole() -> None:
    values = read(fixture("vehicle_data_charging"))

    (night,), (work,) = values[schedules.CHARGE_SCHEDULES], values[schedules.PRECONDITION_SCHEDULES]

    assert (night.name, night.start, night.end, night.days) == ("Night rate", 30, 330, 127)
    assert (work.name, work.start, work.days) == ("Work", 450, 62)


def test_without_the_place_nothing_is_said_of_it_nor_of_the_destination() -> None:
    values = read(fixture("vehicle_data_nulls_no_location_scope"))

    withheld = (place.LOCATION, place.HEADING, route.DESTINATION, route.DESTINATION_LOCATION)
    assert not any(signal in values for signal in withheld)
    # Where the destination is stays secret; that there is none any more does not.
    assert values[route.DISTANCE] is None


def test_each_part_is_dated_by_itself() -> None:
    response = {
        "state": "online",
        "charge_state": {"battery_level": 63, "timestamp": 1_791_359_000_000},
        "drive_state": {"speed": 58, "timestamp": 1_791_358_000_000},
    }

    reports = decode(response, RECEIVED, Counter())

    dates = {signal: report.at for report in reports for signal in report.values}
    assert dates[connection.STATE] == RECEIVED
    assert dates[battery.LEVEL] == 1_791_359_000.0
    assert dates[drive.SPEED] == 1_791_358_000.0
    assert {report.source for report in reports} == {SOURCE}
    assert {report.received for report in reports} == {RECEIVED}


@pytest.mark.parametrize(
    "timestamp",
    [None, "yesterday", 0, 1_300_000_000_000, 1_791_360_000, 9e300, 1_791_370_000_000, True, [1]],
)
def test_an_absurd_time_is_that_of_arrival(timestamp: object) -> None:
    (report,) = decode({"charge_state": {"battery_level": 63, "timestamp": timestamp}}, RECEIVED, Counter())

    assert report.at == RECEIVED


def test_the_odometer_is_told_before_the_charge() -> None:
    reports = decode(fixture("vehicle_data_charging"), RECEIVED, Counter())

    order = [signal for report in reports for signal in report.values]
    assert order.index(drive.ODOMETER) < order.index(charge.ENERGY_ADDED)


def test_a_missing_key_says_nothing_and_null_says_unknown() -> None:
    values = read({"charge_state": {"battery_level": None}})

    assert values == {battery.LEVEL: None}


def test_null_says_nothing_of_what_a_car_is_built_of() -> None:
    charging = fixture("vehicle_data_charging")
    assert charging["vehicle_config"]["sun_roof_installed"] is None

    assert config.SUNROOF not in read(charging)


def test_null_above_a_key_is_null_below() -> None:
    values = read({"vehicle_state": {"software_update": None, "speed_limit_mode": {}}})

    assert values[software.UPDATE_STATUS] is None
    assert security.SPEED_LIMIT not in values


@pytest.mark.parametrize(
    ("response", "counted"),
    [
        ({"charge_state": {"battery_level": "many"}}, "charge_state.battery_level"),
        ({"charge_state": {"charging_state": "Levitating"}}, "charge_state.charging_state"),
        ({"charge_state": {"battery_level": [63]}}, "charge_state.battery_level"),
        ({"charge_state": {"battery_level": 10**400}}, "charge_state.battery_level"),
        ({"vehicle_state": {"software_update": "soon"}}, "vehicle_state.software_update.version"),
        ({"charge_state": ["battery_level"]}, "charge_state"),
        ({"state": 7}, "state"),
    ],
)
def test_what_nobody_understands_is_unknown_and_counted(response: dict[str, Any], counted: str) -> None:
    skipped = Counter[str]()

    values = read(response, skipped)

    assert skipped[counted] == 1
    assert all(value is None for value in values.values())


@pytest.mark.parametrize("raw", ["<invalid>", "", "SNA", None])
def test_what_the_car_itself_does_not_know_is_not_counted(raw: object) -> None:
    skipped = Counter[str]()

    assert read({"charge_state": {"charging_state": raw, "scheduled_charging_start_time": 0}}, skipped) == {
        charge.STATE: None,
        schedules.CHARGING_START: None,
    }
    assert not skipped


def test_a_route_that_is_over_is_cleared() -> None:
    driving = fixture("vehicle_data_driving")
    over = {key: value for key, value in driving["drive_state"].items() if "active_route" not in key}

    values = read({"drive_state": over})

    cleared = {signal for signal in ALL if signal.clears}
    assert {signal: values[signal] for signal in cleared} == dict.fromkeys(cleared)


def test_a_poll_that_did_not_ask_for_the_drive_says_nothing_of_the_route() -> None:
    assert route.DISTANCE not in read({"charge_state": {"battery_level": 63}})


def test_nothing_is_reported_of_nothing() -> None:
    assert decode({}, RECEIVED, Counter()) == []
    assert decode({"charge_state": {}, "climate_state": None}, RECEIVED, Counter()) == []


def _keys(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {key for inner in value.values() for key in _keys(inner)}
    return set()


KEYS = st.sampled_from(sorted(_keys(fixture("vehicle_data_driving"))))
HOSTILE = st.dictionaries(KEYS, ANYTHING | st.dictionaries(KEYS, ANYTHING | st.dictionaries(KEYS, ANYTHING)))


@settings(max_examples=300)
@given(response=HOSTILE)
def test_no_answer_makes_it_raise(response: dict[str, Any]) -> None:
    for report in decode(response, RECEIVED, Counter()):
        assert isinstance(report, Report)
        assert report.at <= RECEIVED


def test_only_what_is_wanted_is_asked_for() -> None:
    assert endpoints_for([]) == set()
    assert endpoints_for([battery.LEVEL, charge.STATE]) == {"charge_state"}
    assert endpoints_for([drive.SPEED, software.VERSION]) == {"drive_state", "vehicle_state"}
    assert endpoints_for([place.LOCATION]) == {"drive_state", "location_data"}
    assert endpoints_for([route.DESTINATION]) == {"drive_state", "location_data"}
    assert endpoints_for([schedules.CHARGE_SCHEDULES]) == {"charge_schedule_data"}
    # Told for free, streamed only, or computed.
    assert endpoints_for([connection.STATE, place.GPS_FIX, charge.AC_POWER]) == set()


def test_the_parts_that_a_snapshot_brings_are_named_as_they_are_asked_for() -> None:
    assert parts_of({"charge_state": {}, "climate_state": None, "vin": "V"}) == {"charge_state"}
    assert parts_of({"drive_state": {"speed": 1}}) == {"drive_state"}
    located = parts_of({"drive_state": {"latitude": None}})
    assert located == {"drive_state", "location_data"}
    assert parts_of({"drive_state": None}) == set()
