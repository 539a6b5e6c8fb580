from datetime import time
from typing import Any

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import config, schedules
from tests.tesla.vehicle.states import NOW

from .cars import Account

TIME = Platform.TIME
DEPARTURE: dict[AnySignal, Any] = {
    schedules.CHARGING_MODE: "depart_by",
    schedules.DEPARTURE_MINUTES: 420,
    schedules.PRECONDITIONING_ENABLED: True,
    schedules.PRECONDITIONING_DAYS: "weekdays",
    schedules.OFF_PEAK_ENABLED: False,
    schedules.OFF_PEAK_END_MINUTES: 360,
}


@pytest.fixture
async def times(hass: HomeAssistant, account: Account) -> Account:
    await hass.config.async_set_time_zone("Europe/Berlin")
    account.enable(TIME, "scheduled_departure", "scheduled_charging", "off_peak_end")
    await account.add(TIME)
    return account


@pytest.mark.parametrize(
    ("key", "told", "expected"),
    [
        ("scheduled_departure", {}, "unknown"),
        ("scheduled_departure", {schedules.DEPARTURE_MINUTES: 450}, "07:30:00"),
        ("scheduled_departure", {schedules.DEPARTURE_MINUTES: 0}, "00:00:00"),
        ("scheduled_departure", {schedules.DEPARTURE: NOW}, "10:00:00"),
        ("scheduled_departure", {schedules.DEPARTURE: NOW, config.UTC_OFFSET: -25_200}, "01:00:00"),
        ("scheduled_charging", {schedules.CHARGING_START_MINUTES: 1439}, "23:59:00"),
        ("scheduled_charging", {schedules.CHARGING_START: NOW + 1800}, "10:30:00"),
        ("off_peak_end", {schedules.OFF_PEAK_END_MINUTES: 360}, "06:00:00"),
        ("off_peak_end", {schedules.OFF_PEAK_END_MINUTES: 1440}, "unknown"),
        ("off_peak_end", {schedules.OFF_PEAK_END_MINUTES: -1}, "unknown"),
    ],
)
async def test_a_time_is_shown_by_the_cars_clock(
    times: Account, key: str, told: dict[AnySignal, Any], expected: str
) -> None:
    await times.tell(told)

    assert times.state(TIME, key).state == expected


async def test_a_departure_is_moved_and_all_else_stays(times: Account) -> None:
    await times.tell(DEPARTURE)

    await times.entity(TIME, "scheduled_departure").async_set_value(time(8, 15))

    ((name, body),) = times.commands.said()
    assert name == "set_scheduled_departure"
    assert body == {
        "enable": True,
        "departure_time": 495,
        "preconditioning_enabled": True,
        "preconditioning_weekdays_only": True,
        "off_peak_charging_enabled": False,
        "off_peak_charging_weekdays_only": False,
        "end_off_peak_time": 360,
    }


async def test_a_departure_that_is_set_is_switched_on(times: Account) -> None:
    await times.tell(DEPARTURE | {schedules.CHARGING_MODE: "off"})

    await times.entity(TIME, "scheduled_departure").async_set_value(time(8, 15))

    ((_, body),) = times.commands.said()
    assert body["enable"] is True


async def test_charging_begins_at_a_time(times: Account) -> None:
    await times.entity(TIME, "scheduled_charging").async_set_value(time(1, 30))

    assert times.commands.said() == [("set_scheduled_charging", {"enable": True, "time": 90})]


async def test_cheap_power_ends_at_another_time(times: Account) -> None:
    await times.tell(DEPARTURE)

    await times.entity(TIME, "off_peak_end").async_set_value(time(5))

    ((_, body),) = times.commands.said()
    assert (body["end_off_peak_time"], body["departure_time"]) == (300, 420)


async def test_a_car_keeps_nothing_of_a_departure_that_is_off(times: Account) -> None:
    await times.tell(DEPARTURE | {schedules.CHARGING_MODE: "start_at"})

    with pytest.raises(HomeAssistantError) as refused:
        await times.entity(TIME, "off_peak_end").async_set_value(time(5))

    assert refused.value.translation_key == "cannot_departure_off"
    assert times.commands.said() == []


@pytest.mark.parametrize("key", ["scheduled_departure", "scheduled_charging", "off_peak_end"])
@pytest.mark.parametrize("value", [time(8, 15, 1), time(8, 15, 0, 1)])
async def test_a_car_knows_whole_minutes_only(times: Account, key: str, value: time) -> None:
    await times.tell(DEPARTURE)

    with pytest.raises(ServiceValidationError) as refused:
        await times.entity(TIME, key).async_set_value(value)

    assert refused.value.translation_key == "whole_minutes"
    assert times.commands.said() == []
