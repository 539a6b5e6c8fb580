from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from freezegun.api import FrozenDateTimeFactory
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct import sensor
from custom_components.tesla_direct.sensor.row import options_of
from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.schedule import charge_schedules
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import (
    battery,
    charge,
    config,
    drive,
    journal,
    place,
    powertrain,
    route,
    schedules,
    security,
    software,
    tires,
)
from tests.tesla.vehicle.states import NOW

from .cars import Account

SENSOR = Platform.SENSOR
MORNING = datetime.fromtimestamp(NOW, UTC)  # a Wednesday, 08:00


async def shown(account: Account, key: str, *told: dict[AnySignal, Any]) -> str:
    """Return what a sensor shows once it was told these things, a minute apart."""
    account.enable(SENSOR, key)
    for minute, values in enumerate(told):
        await account.tell(values, at=NOW + 60 * minute)
    await account.add(SENSOR)
    return account.state(SENSOR, key).state


@pytest.mark.parametrize(
    ("key", "told", "expected"),
    [
        ("charging_state", {charge.STATE: "charging"}, "charging"),
        ("charging_state", {charge.STATE: None}, "unknown"),
        ("battery_level", {battery.LEVEL: 63.42}, "63.42"),
        ("energy_remaining", {battery.ENERGY_REMAINING: 48.6}, "48.6"),
        ("charger_power", {charge.AC_POWER: 11.0, charge.STATE: "charging"}, "11.0"),
        ("charger_power", {charge.POWER: 11, charge.STATE: "complete"}, "0.0"),
        ("charger_phases", {charge.PHASES: 3}, "3"),
        ("charge_energy_from_charger", {charge.ENERGY_FROM_CHARGER: 8.11}, "8.11"),
        (
            "charge_energy_from_charger",
            {charge.ENERGY_FROM_CHARGER: 8.11, charge.FAST_CHARGER_PRESENT: True},
            "unknown",
        ),
        ("off_peak_end", {schedules.OFF_PEAK_END_MINUTES: 365}, "06:05"),
        ("off_peak_end", {schedules.OFF_PEAK_END_MINUTES: 1440}, "unknown"),
        ("off_peak_end", {schedules.OFF_PEAK_END_MINUTES: None}, "unknown"),
        ("pack_power", {journal.PACK_POWER: -42.0}, "-42.0"),
        ("brick_imbalance", {journal.BRICK_IMBALANCE: 0.04}, "40.0"),
        ("brick_imbalance", {journal.BRICK_IMBALANCE: None}, "unknown"),
        ("shift_state", {drive.GEAR: None, drive.SPEED: None}, "p"),
        ("speed", {drive.GEAR: "p", drive.SPEED: None}, "0.0"),
        ("route_energy_at_arrival", {route.ENERGY_AT_ARRIVAL: 54}, "54"),
        ("route_energy_at_arrival", {route.ENERGY_AT_ARRIVAL: -1}, "unknown"),
        ("cruise_follow_distance", {drive.CRUISE_FOLLOW_DISTANCE: 3}, "3"),
        ("heading", {place.HEADING: 271}, "271"),
        ("tpms_soft_warnings", {tires.SOFT_WARNING_REAR_LEFT: True}, "1"),
        ("tpms_soft_warnings", dict.fromkeys(tires.SOFT_WARNINGS, False), "0"),
        ("tpms_soft_warnings", dict.fromkeys(tires.SOFT_WARNINGS), "unknown"),
        ("setting_24_hour_time", {config.SETTING_24_HOUR_TIME: True}, "24_hour"),
        ("setting_24_hour_time", {config.SETTING_24_HOUR_TIME: False}, "12_hour"),
        ("setting_24_hour_time", {config.SETTING_24_HOUR_TIME: None}, "unknown"),
        ("software_version", {software.VERSION: "2026.26.6"}, "2026.26.6"),
        ("software_update_install", {software.UPDATE_INSTALL: 5}, "unknown"),
        ("software_update_install", {software.UPDATE_INSTALL: 50}, "50"),
        ("paired_keys", {security.PAIRED_KEYS: 6}, "6"),
        ("tpms_last_seen_fl", {tires.LAST_SEEN_FRONT_LEFT: 1_791_355_000}, "2026-10-07T06:36:40+00:00"),
        ("tpms_last_seen_fl", {tires.LAST_SEEN_FRONT_LEFT: None}, "unknown"),
        ("data_age", {journal.DATA_AGE: NOW}, "2026-10-07T08:00:00+00:00"),
        ("data_source", {journal.DATA_SOURCE: "receiver"}, "receiver"),
        ("di_torque_r", {powertrain.STATE[1]: "standby", powertrain.TORQUE[1]: 120.5}, "120.5"),
    ],
)
async def test_a_sensor_shows_what_its_facts_mean(
    account: Account, key: str, told: dict[AnySignal, Any], expected: str
) -> None:
    assert await shown(account, key, told) == expected


async def test_numbers_follow_the_unit_system_of_the_house(hass: HomeAssistant, account: Account) -> None:
    hass.config.units = US_CUSTOMARY_SYSTEM
    await account.tell({tires.PRESSURE_FRONT_LEFT: 2.9, drive.ODOMETER: 8421.7})

    await account.add(SENSOR)

    pressure = account.state(SENSOR, "tpms_pressure_fl")
    assert pressure.attributes["unit_of_measurement"] == "psi"
    assert float(pressure.state) == pytest.approx(42.06, abs=0.01)
    assert account.state(SENSOR, "odometer").attributes["unit_of_measurement"] == "mi"


async def test_a_session_counter_tells_when_it_began(account: Account) -> None:
    await account.add(SENSOR)

    await account.tell({charge.ENERGY_ADDED: 7.4})
    assert "last_reset" not in account.state(SENSOR, "charge_energy_added").attributes

    await account.tell({journal.CHARGE_SESSION_START: NOW - 3600}, source="journal")
    attributes = account.state(SENSOR, "charge_energy_added").attributes
    assert attributes["last_reset"] == "2026-10-07T07:00:00+00:00"
    assert attributes["state_class"] == "total"


async def test_an_extreme_tells_which_part_it_belongs_to(account: Account) -> None:
    account.enable(SENSOR, "brick_voltage_max", "module_temp_min")
    await account.tell({battery.BRICK_VOLTAGE_MAX: 3.98, battery.BRICK_NUMBER_MAX: 17})
    await account.tell({battery.MODULE_TEMP_MIN: 23.0, battery.MODULE_NUMBER_MIN: 2})

    await account.add(SENSOR)

    assert account.state(SENSOR, "brick_voltage_max").attributes["brick"] == 17
    assert account.state(SENSOR, "module_temp_min").attributes["module"] == 2


@pytest.mark.parametrize(("distance", "share"), [(400.0, 25.0), (0.0, None), (None, None)])
async def test_the_share_of_self_driving_is_reckoned(
    account: Account, distance: float | None, share: float | None
) -> None:
    key = "self_driving_miles_since_reset"
    told = {drive.SELF_DRIVING_MILES_SINCE_RESET: 100.0, drive.MILES_SINCE_RESET: distance}

    await shown(account, key, told)

    assert account.state(SENSOR, key).attributes["share"] == share


@pytest.mark.parametrize(
    ("key", "told", "expected"),
    [
        ("time_to_full_charge", {charge.MINUTES_TO_FULL: 205, charge.STATE: "charging"}, "11:25:00"),
        ("time_to_full_charge", {charge.MINUTES_TO_FULL: 205}, "11:25:00"),
        ("time_to_full_charge", {charge.MINUTES_TO_FULL: 0, charge.STATE: "charging"}, None),
        ("time_to_full_charge", {charge.MINUTES_TO_FULL: 205, charge.STATE: "complete"}, None),
        ("time_to_full_charge", {charge.MINUTES_TO_FULL: 1e300, charge.STATE: "charging"}, None),
        ("charge_termination_estimate", {charge.HOURS_TO_TERMINATION: 1.5}, "09:30:00"),
        ("charge_termination_estimate", {charge.HOURS_TO_TERMINATION: 0}, None),
        (
            "charge_termination_estimate",
            {charge.HOURS_TO_TERMINATION: 1.5, charge.STATE: "disconnected"},
            None,
        ),
        ("route_arrival", {route.MINUTES_TO_ARRIVAL: 38.5}, "08:38:30"),
        ("route_arrival", {route.MINUTES_TO_ARRIVAL: None}, None),
        ("scheduled_charging_start", {schedules.CHARGING_START: NOW + 3600}, "09:00:00"),
        ("scheduled_departure", {schedules.DEPARTURE: NOW + 3600}, "09:00:00"),
        ("scheduled_departure", {schedules.DEPARTURE: NOW - 3600}, None),
        ("scheduled_departure", {schedules.DEPARTURE: None}, None),
        ("next_charge_schedule", {}, None),
    ],
)
async def test_a_moment_is_reckoned_from_when_it_was_measured(
    account: Account,
    freezer: FrozenDateTimeFactory,
    key: str,
    told: dict[AnySignal, Any],
    expected: str | None,
) -> None:
    freezer.move_to(MORNING)

    state = await shown(account, key, told)

    assert state == ("unknown" if expected is None else f"2026-10-07T{expected}+00:00")


async def test_a_moment_moves_only_by_more_than_it_wavers(account: Account) -> None:
    await account.add(SENSOR)

    async def told(after: float, minutes: float | None) -> str:
        await account.tell({charge.MINUTES_TO_FULL: minutes}, at=NOW + 60 * after)
        return account.state(SENSOR, "time_to_full_charge").state

    assert await told(0, 205) == "2026-10-07T11:25:00+00:00"
    assert await told(10, 196) == "2026-10-07T11:25:00+00:00"
    assert await told(20, 183.1) == "2026-10-07T11:25:00+00:00"
    assert await told(30, 173) == "2026-10-07T11:23:00+00:00"
    assert await told(40, None) == "unknown"
    assert await told(50, 152) == "2026-10-07T11:22:00+00:00"


NIGHT = {
    "id": 1,
    "name": "Night rate",
    "enabled": True,
    "days_of_week": 127,
    "start_enabled": True,
    "start_time": 30,
    "latitude": 51.4779,
    "longitude": -0.0015,
}


async def test_when_a_schedule_is_due_the_next_one_is_shown(
    hass: HomeAssistant, account: Account, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MORNING)
    told: dict[AnySignal, Any] = {
        schedules.CHARGE_SCHEDULES: charge_schedules([NIGHT]),
        config.UTC_OFFSET: 3600,
    }
    assert await shown(account, "next_charge_schedule", told) == "2026-10-07T23:30:00+00:00"

    freezer.move_to(MORNING + timedelta(hours=15, minutes=30))
    async_fire_time_changed(hass)
    await hass.async_block_till_done()

    assert account.state(SENSOR, "next_charge_schedule").state == "2026-10-08T23:30:00+00:00"


async def test_a_schedule_says_which_it_is_and_whether_the_car_is_there(account: Account) -> None:
    key = "next_charge_schedule"
    await shown(account, key, {schedules.CHARGE_SCHEDULES: charge_schedules([NIGHT])})

    attributes = account.state(SENSOR, key).attributes
    assert (attributes["name"], attributes["id"], attributes["at_location"]) == ("Night rate", 1, None)

    # Where the car is does not redraw it: else each car with schedules had to stream its place.
    await account.tell({place.LOCATION: Location(51.4780, -0.0015)})
    assert place.LOCATION not in account.coordinator.wanted
    await account.tell({schedules.CHARGE_SCHEDULES: charge_schedules([NIGHT | {"id": 2}])}, at=NOW + 1)
    assert account.state(SENSOR, key).attributes["at_location"] is True

    await account.tell({place.LOCATION: Location(51.5, -0.1)}, at=NOW + 2)
    await account.tell({schedules.CHARGE_SCHEDULES: charge_schedules([NIGHT])}, at=NOW + 2)
    assert account.state(SENSOR, key).attributes["at_location"] is False


async def test_without_a_schedule_there_is_nothing_to_say_of_one(account: Account) -> None:
    await shown(account, "next_precondition_schedule", {schedules.PRECONDITION_SCHEDULES: ()})

    assert "at_location" not in account.state(SENSOR, "next_precondition_schedule").attributes


async def test_a_departure_that_is_past_comes_again_tomorrow_if_it_is_on(
    account: Account, freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MORNING)
    told: dict[AnySignal, Any] = {
        schedules.DEPARTURE: NOW - 3600,
        schedules.CHARGING_MODE: "depart_by",
        config.UTC_OFFSET: 3600,
    }

    assert await shown(account, "scheduled_departure", told) == "2026-10-08T07:00:00+00:00"


@pytest.mark.parametrize(
    ("clock", "expected"), [("07:30:00", "2026-10-07T07:30:00"), ("09:30:00", "2026-10-06T09:30:00")]
)
async def test_an_update_of_the_route_is_the_last_time_the_clock_showed_it(
    account: Account, clock: str, expected: str
) -> None:
    told: dict[AnySignal, Any] = {route.UPDATED: route.UPDATED.kind(clock), config.UTC_OFFSET: 0}

    assert await shown(account, "route_updated", told) == f"{expected}+00:00"


async def test_a_route_that_was_updated_once_may_be_unknown_again(account: Account) -> None:
    told: dict[AnySignal, Any] = {route.UPDATED: route.UPDATED.kind("07:30:00")}

    assert await shown(account, "route_updated", told, {route.UPDATED: None}) == "unknown"


async def test_a_moment_without_facts_is_unknown(account: Account) -> None:
    assert await shown(account, "route_updated") == "unknown"
    assert account.state(SENSOR, "route_arrival").state == "unknown"


async def test_no_timer_outlives_a_sensor(
    open_account: Callable[..., Account], freezer: FrozenDateTimeFactory
) -> None:
    freezer.move_to(MORNING)
    account = open_account()
    await shown(account, "next_charge_schedule", {schedules.CHARGE_SCHEDULES: charge_schedules([NIGHT])})

    await account.tell({schedules.CHARGE_SCHEDULES: None}, at=NOW + 60)

    assert account.state(SENSOR, "next_charge_schedule").state == "unknown"


def test_only_a_choice_has_options() -> None:
    with pytest.raises(ValueError, match="battery_level is no choice"):
        options_of(battery.LEVEL)


def test_energy_is_asked_for_what_it_is_made_of() -> None:
    reads = {row.key: set(row.reads) for row in sensor.VEHICLE}

    assert reads["energy_into_battery"] >= {charge.ENERGY_ADDED, battery.LIFETIME_CHARGED}
    assert reads["energy_from_wall"] >= {charge.ENERGY_FROM_CHARGER, charge.FAST_CHARGER_PRESENT}
    assert reads["pack_power"] >= {battery.VOLTAGE, battery.CURRENT}
