"""What the texts of a TeslaMate say. Values that Tesla tells in miles are made as TeslaMate makes them."""

from collections import Counter
import json
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.decode import vehicle_data
from custom_components.tesla_direct.tesla.decode.teslamate import (
    KEYS,
    NOT_TAKEN,
    Values,
    values_of,
)
from custom_components.tesla_direct.tesla.decode.teslamate_texts import MILES
from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import (
    battery,
    charge,
    climate,
    closures,
    config,
    drive,
    place,
    route,
    schedules,
    seats,
    security,
    software,
    tires,
)
from simulator.teslamate.summary import published, summary

FIXTURES = Path(__file__).parents[2] / "fixtures"
NOW = 1_791_360_000.0
# All that TeslaMate publishes of a car.
PUBLISHED = [
    "display_name",
    "state",
    "since",
    "healthy",
    "version",
    "update_available",
    "update_version",
    "software_update",
    "download_perc",
    "install_perc",
    "model",
    "trim_badging",
    "exterior_color",
    "wheel_type",
    "spoiler_type",
    "geofence",
    "latitude",
    "longitude",
    "location",
    "shift_state",
    "power",
    "speed",
    "heading",
    "elevation",
    "locked",
    "sentry_mode",
    "windows_open",
    "driver_front_window_open",
    "driver_rear_window_open",
    "passenger_front_window_open",
    "passenger_rear_window_open",
    "doors_open",
    "driver_front_door_open",
    "driver_rear_door_open",
    "passenger_front_door_open",
    "passenger_rear_door_open",
    "sun_roof_state",
    "sun_roof_installed",
    "sun_roof_percent_open",
    "trunk_open",
    "frunk_open",
    "is_user_present",
    "is_climate_on",
    "inside_temp",
    "outside_temp",
    "is_preconditioning",
    "climate_keeper_mode",
    "odometer",
    "est_battery_range_km",
    "rated_battery_range_km",
    "ideal_battery_range_km",
    "battery_level",
    "usable_battery_level",
    "plugged_in",
    "charging_state",
    "charge_energy_added",
    "charge_limit_soc",
    "charge_port_door_open",
    "charger_actual_current",
    "charger_phases",
    "charger_power",
    "charger_voltage",
    "charge_current_request",
    "charge_current_request_max",
    "scheduled_charging_start_time",
    "time_to_full_charge",
    "tpms_pressure_fl",
    "tpms_pressure_fr",
    "tpms_pressure_rl",
    "tpms_pressure_rr",
    "tpms_soft_warning_fl",
    "tpms_soft_warning_fr",
    "tpms_soft_warning_rl",
    "tpms_soft_warning_rr",
    "active_route",
    "active_route_destination",
    "active_route_latitude",
    "active_route_longitude",
    "center_display_state",
    "service_mode",
]
ROUTE = {
    "destination": "Home",
    "energy_at_arrival": 73,
    "miles_to_arrival": 6.485299,
    "minutes_to_arrival": 23.466667,
    "traffic_minutes_delay": 0.0,
    "location": {"latitude": 51.5, "longitude": -0.12},
    "error": None,
}
NO_ROUTE = '{"error":"No active route available"}'
PLACE = Location(51.4779, -0.0015)


class Told:
    """A car's topics, as one after the other is told."""

    def __init__(self, **before: str) -> None:
        self.known: dict[str, str] = before
        self.skipped: Counter[str] = Counter()

    def tell(self, **texts: str) -> Values:
        """Return what these say together."""
        self.known |= texts
        return values_of(texts, self.known, self.skipped)


def kilometres(miles: float) -> str:
    """Return what TeslaMate makes of miles."""
    return str(round(miles / MILES, 2))


def test_every_key_that_is_published_is_known_and_no_other() -> None:
    assert set(PUBLISHED) == KEYS
    assert all(NOT_TAKEN.values())


@pytest.mark.parametrize(
    ("key", "text", "signal", "value"),
    [
        ("display_name", "Blue Thunder", software.VEHICLE_NAME, "Blue Thunder"),
        ("version", "2026.26.6", software.VERSION, "2026.26.6"),
        ("update_version", "2026.32.1", software.UPDATE_VERSION, "2026.32.1"),
        ("update_version", "", software.UPDATE_VERSION, None),
        ("download_perc", "100", software.UPDATE_DOWNLOAD, 100),
        ("install_perc", "10", software.UPDATE_INSTALL, 10),
        ("model", "3", config.CAR_TYPE, "model3"),
        ("model", "Y", config.CAR_TYPE, "modely"),
        ("model", "Cybertruck", config.CAR_TYPE, "cybertruck"),
        ("trim_badging", "P74D", config.TRIM, "p74d"),
        ("trim_badging", "", config.TRIM, None),
        ("exterior_color", "DeepBlue", config.EXTERIOR_COLOR, "DeepBlue"),
        ("wheel_type", "Pinwheel18", config.WHEEL_TYPE, "Pinwheel18"),
        ("location", '{"latitude":51.4779,"longitude":-0.0015}', place.LOCATION, PLACE),
        ("shift_state", "D", drive.GEAR, "d"),
        ("shift_state", "P", drive.GEAR, "p"),
        ("shift_state", "", drive.GEAR, None),
        ("power", "-9", drive.POWER, -9),
        ("speed", "101", drive.SPEED, 63),
        ("speed", "0", drive.SPEED, 0),
        ("heading", "340", place.HEADING, 340),
        ("elevation", "70", drive.ELEVATION, 70),
        ("locked", "true", security.LOCKED, True),
        ("sentry_mode", "true", security.SENTRY, "armed"),
        ("sentry_mode", "false", security.SENTRY, "off"),
        ("driver_front_window_open", "true", closures.WINDOW_DRIVER_FRONT, "opened"),
        ("driver_rear_window_open", "false", closures.WINDOW_DRIVER_REAR, "closed"),
        ("passenger_front_window_open", "false", closures.WINDOW_PASSENGER_FRONT, "closed"),
        ("passenger_rear_window_open", "true", closures.WINDOW_PASSENGER_REAR, "opened"),
        ("driver_front_door_open", "true", closures.DOOR_DRIVER_FRONT, True),
        ("driver_rear_door_open", "false", closures.DOOR_DRIVER_REAR, False),
        ("passenger_front_door_open", "true", closures.DOOR_PASSENGER_FRONT, True),
        ("passenger_rear_door_open", "false", closures.DOOR_PASSENGER_REAR, False),
        ("sun_roof_state", "vent", closures.SUNROOF_STATE, "vent"),
        ("sun_roof_installed", "0", config.SUNROOF, "not_installed"),
        ("sun_roof_installed", "2", config.SUNROOF, "gen2_installed"),
        ("sun_roof_installed", "false", config.SUNROOF, "not_installed"),
        ("sun_roof_installed", "true", config.SUNROOF, "installed"),
        ("sun_roof_percent_open", "40", closures.SUNROOF_PERCENT_OPEN, 40),
        ("trunk_open", "true", closures.TRUNK_REAR, True),
        ("frunk_open", "true", closures.TRUNK_FRONT, True),
        ("is_user_present", "false", seats.USER_PRESENT, False),
        ("is_climate_on", "true", climate.POWER, "on"),
        ("is_climate_on", "false", climate.POWER, "off"),
        ("is_preconditioning", "true", climate.POWER, "precondition"),
        ("inside_temp", "20.8", climate.INSIDE_TEMP, 20.8),
        ("outside_temp", "-18.4", climate.OUTSIDE_TEMP, -18.4),
        ("climate_keeper_mode", "dog", climate.KEEPER_MODE, "dog"),
        ("climate_keeper_mode", "on", climate.KEEPER_MODE, "keep"),
        ("odometer", kilometres(12_345.678_901), drive.ODOMETER, 12_345.68),
        ("est_battery_range_km", kilometres(182.31), battery.RANGE_ESTIMATED, 182.31),
        ("rated_battery_range_km", kilometres(231.47), battery.RANGE, 231.47),
        ("ideal_battery_range_km", kilometres(0.01), battery.RANGE_IDEAL, 0.01),
        ("battery_level", "88", battery.LEVEL, 88),
        ("usable_battery_level", "85", battery.USABLE_LEVEL, 85),
        ("plugged_in", "false", charge.STATE, "disconnected"),
        ("charging_state", "NoPower", charge.STATE, "no_power"),
        ("charging_state", "Charging", charge.STATE, "charging"),
        ("charge_energy_added", "5.06", charge.ENERGY_ADDED, 5.06),
        ("charge_limit_soc", "90", charge.LIMIT, 90),
        ("charge_port_door_open", "true", charge.PORT_DOOR_OPEN, True),
        ("charger_actual_current", "16", charge.CURRENT, 16),
        ("charger_phases", "3", charge.PHASES, 3),
        ("charger_phases", "", charge.PHASES, None),
        ("charger_power", "11", charge.POWER, 11),
        ("charger_voltage", "230", charge.VOLTAGE, 230),
        ("charge_current_request", "16", charge.CURRENT_REQUEST, 16),
        ("charge_current_request_max", "32", charge.CURRENT_REQUEST_MAX, 32),
        ("scheduled_charging_start_time", "2026-10-07T23:00:00Z", schedules.CHARGING_START, 1_791_414_000),
        ("scheduled_charging_start_time", "2026-10-07 23:00:00", schedules.CHARGING_START, 1_791_414_000),
        ("scheduled_charging_start_time", "", schedules.CHARGING_START, None),
        ("time_to_full_charge", "1.5", charge.MINUTES_TO_FULL, 90),
        ("tpms_pressure_fl", "2.9", tires.PRESSURE_FRONT_LEFT, 2.9),
        ("tpms_pressure_fr", "2.8", tires.PRESSURE_FRONT_RIGHT, 2.8),
        ("tpms_pressure_rl", "2.7", tires.PRESSURE_REAR_LEFT, 2.7),
        ("tpms_pressure_rr", "2.6", tires.PRESSURE_REAR_RIGHT, 2.6),
        ("tpms_soft_warning_fl", "true", tires.SOFT_WARNING_FRONT_LEFT, True),
        ("tpms_soft_warning_fr", "false", tires.SOFT_WARNING_FRONT_RIGHT, False),
        ("tpms_soft_warning_rl", "true", tires.SOFT_WARNING_REAR_LEFT, True),
        ("tpms_soft_warning_rr", "false", tires.SOFT_WARNING_REAR_RIGHT, False),
        ("center_display_state", "2", software.CENTER_DISPLAY, "on"),
        ("center_display_state", "6", software.CENTER_DISPLAY, "sentry"),
        ("service_mode", "true", security.SERVICE_MODE, True),
    ],
)
def test_what_a_key_says(key: str, text: str, signal: AnySignal, value: Any) -> None:
    told = Told()

    assert told.tell(**{key: text})[signal] == value
    assert not told.skipped


@pytest.mark.parametrize(
    ("key", "text"), [("model", "S"), ("model", "X"), *((key, "7") for key in NOT_TAKEN)]
)
def test_what_is_no_fact_of_ours_or_not_told_exactly_is_left_out(key: str, text: str) -> None:
    told = Told()

    assert (told.tell(**{key: text}), told.skipped) == ({}, {})


@pytest.mark.parametrize("text", ["9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59"])
def test_a_time_that_no_clock_shows_is_none(text: str) -> None:
    told = Told()

    assert told.tell(scheduled_charging_start_time=text) == {schedules.CHARGING_START: None}
    assert told.skipped == {"scheduled_charging_start_time": 1}


@pytest.mark.parametrize("key", sorted(KEYS - NOT_TAKEN.keys() - {"state"}))
def test_nil_is_not_known_and_nobodys_mistake(key: str) -> None:
    told = Told()

    assert not [value for value in told.tell(**{key: "nil"}).values() if value is not None]
    assert not told.skipped


@pytest.mark.parametrize(
    "key",
    [
        "battery_level",
        "charging_state",
        "driver_front_window_open",
        "is_climate_on",
        "location",
        "locked",
        "odometer",
        "plugged_in",
        "rated_battery_range_km",
        "scheduled_charging_start_time",
        "speed",
        "sun_roof_installed",
        "time_to_full_charge",
        "tpms_pressure_fl",
        "active_route",
    ],
)
@pytest.mark.parametrize("text", ["rubbish", "[1]", "1e999", "null", "9" * 5000], ids=str.__len__)
def test_what_makes_no_sense_is_unknown_and_counted(key: str, text: str) -> None:
    told = Told(state="driving")

    assert not [value for value in told.tell(**{key: text}).values() if value is not None]
    assert told.skipped == {key: 1}


@given(
    st.dictionaries(
        st.sampled_from(sorted(KEYS)), st.text(max_size=20) | st.sampled_from(["true", "1", "{}"])
    )
)
def test_whatever_is_told_nothing_raises(texts: dict[str, str]) -> None:
    told = Told()
    told.tell(**texts)

    assert set(told.skipped) <= KEYS


def test_a_car_that_stands_has_no_speed_though_its_last_one_is_kept() -> None:
    told = Told()
    assert told.tell(shift_state="D", speed="50", state="driving")[drive.SPEED] == 31

    for standing in ({"shift_state": "P"}, {"shift_state": ""}, {"speed": "50"}):
        assert told.tell(**standing)[drive.SPEED] is None
    assert drive.SPEED not in told.tell(shift_state="D")
    assert told.tell(speed="80")[drive.SPEED] == 50


def test_a_speed_of_zero_is_not_told_again_when_the_next_drive_begins() -> None:
    told = Told(shift_state="P", speed="0")

    assert told.tell(shift_state="R") == {drive.GEAR: "r", drive.SPEED: 0}


def test_of_a_parked_car_the_broker_has_kept_no_gear_and_an_old_speed() -> None:
    values = Told().tell(state="online", speed="50", battery_level="60")

    assert values == {drive.GEAR: None, drive.SPEED: None, battery.LEVEL: 60}
    assert Told().tell(state="driving", speed="50") == {drive.SPEED: 31}
    assert Told().tell(state="offline", speed="50") == {drive.SPEED: None}
    assert Told().tell(speed="50") == {drive.SPEED: 31}


def test_older_versions_tell_a_place_in_two_topics() -> None:
    told = Told()
    assert told.tell(latitude="51.4779") == {place.LOCATION: None}
    assert told.tell(longitude="-0.0015") == {place.LOCATION: PLACE}

    told.tell(location='{"latitude":50,"longitude":8}')
    assert told.tell(latitude="51.0") == {}
    assert not told.skipped


def test_a_route_tells_all_of_itself_in_one_text_and_miles_are_miles() -> None:
    told = Told()

    assert told.tell(active_route=json.dumps(ROUTE)) == {
        route.DESTINATION: "Home",
        route.DESTINATION_LOCATION: Location(51.5, -0.12),
        route.DISTANCE: 6.485299,
        route.MINUTES_TO_ARRIVAL: 23.466667,
        route.TRAFFIC_DELAY: 0,
        route.ENERGY_AT_ARRIVAL: 73,
    }
    assert told.tell(active_route_destination="nil", active_route_latitude="nil") == {}
    ended = told.tell(active_route=NO_ROUTE)
    assert len(ended) == 6
    assert set(ended.values()) == {None}
    assert not told.skipped


@pytest.mark.parametrize(
    "raw", [{}, {"location": 5}, {"location": {"latitude": "x", "longitude": 1}}, {"miles_to_arrival": []}]
)
def test_a_route_may_lack_anything(raw: Any) -> None:
    assert set(Told().tell(active_route=json.dumps(raw)).values()) == {None}


def test_older_versions_tell_a_route_in_three_topics() -> None:
    told = Told()
    values = told.tell(
        active_route_destination="Home", active_route_latitude="51.5", active_route_longitude="-0.12"
    )

    assert values == {route.DESTINATION: "Home", route.DESTINATION_LOCATION: Location(51.5, -0.12)}
    values = told.tell(
        active_route_destination="nil", active_route_latitude="nil", active_route_longitude="nil"
    )
    assert values == {route.DESTINATION: None, route.DESTINATION_LOCATION: None}


def test_older_versions_tell_of_charging_by_the_cable_and_by_what_the_car_does() -> None:
    told = Told()

    assert told.tell(plugged_in="true", state="online")[charge.STATE] is None
    assert told.tell(state="charging")[charge.STATE] == "charging"
    assert told.tell(plugged_in="false")[charge.STATE] == "disconnected"
    told.tell(charging_state="Complete")
    assert charge.STATE not in told.tell(plugged_in="true", state="charging")


def test_climate_is_told_in_two_topics() -> None:
    told = Told()
    told.tell(is_climate_on="true", is_preconditioning="true")

    assert told.tell(is_preconditioning="false") == {climate.POWER: "on"}
    assert told.tell(is_climate_on="false") == {climate.POWER: "off"}


@pytest.mark.parametrize(
    ("available", "downloaded", "ready"),
    [
        ("true", "100", True),
        ("true", "40", False),
        ("true", None, True),
        ("false", "100", False),
        ("false", None, False),
    ],
)
def test_an_update_that_is_still_downloaded_cannot_be_installed(
    available: str, downloaded: str | None, *, ready: bool
) -> None:
    told = Told() if downloaded is None else Told(download_perc=downloaded)

    assert told.tell(update_available=available) == {software.UPDATE_AVAILABLE: ready}


def test_that_nothing_is_told_of_an_update_says_nothing_of_it() -> None:
    assert software.UPDATE_AVAILABLE not in Told().tell(download_perc="50")


@pytest.mark.parametrize(
    ("key", "shut", "signals", "single"),
    [
        (
            "doors_open",
            False,
            [signal for signal in closures.DOORS_AND_TRUNKS if signal.name.startswith("door")],
            "driver_front_door_open",
        ),
        ("windows_open", "closed", closures.WINDOWS, "passenger_rear_window_open"),
    ],
)
def test_older_versions_tell_only_whether_any_is_open(
    key: str, shut: Any, signals: list[AnySignal], single: str
) -> None:
    told = Told()

    assert told.tell(**{key: "false"}) == dict.fromkeys(signals, shut)
    assert told.tell(**{key: "true"}) == dict.fromkeys(signals)
    assert len(told.tell(**{key: "false", single: "false"})) == 1


@pytest.mark.parametrize("situation", ["driving", "charging", "supercharging"])
def test_what_teslamate_tells_is_what_the_cloud_told_it(situation: str) -> None:
    """From what it has asked for to what it publishes, and back."""
    data = json.loads((FIXTURES / f"vehicle_data_{situation}.json").read_text(encoding="utf-8"))["response"]
    reports = vehicle_data.decode(data, NOW, Counter())
    asked = {signal: value for report in reports for signal, value in report.values.items()}
    texts = published(summary(data, "Blue Thunder"), {})
    told = Told()
    values = told.tell(state="driving" if situation == "driving" else "charging", **texts)

    assert not told.skipped
    assert len(values) > 50
    differs = {signal for signal, value in values.items() if asked.get(signal) != value}
    # What the cloud does not say, or TeslaMate in another way: two digits, hours, the owner's name, no route.
    assert differs <= {
        drive.ELEVATION,
        software.UPDATE_AVAILABLE,
        software.VEHICLE_NAME,
        drive.ODOMETER,
        charge.MINUTES_TO_FULL,
        route.TRAFFIC_DELAY,
    }
    for near in (drive.ODOMETER, charge.MINUTES_TO_FULL):
        assert values[near] == pytest.approx(asked[near], abs=0.5)
