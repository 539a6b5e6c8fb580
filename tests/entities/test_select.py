from collections.abc import Callable
from typing import Any

from homeassistant.const import Platform
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import climate, config, schedules, seats
from tests.tesla.vehicle.states import NOW

from .cars import READ_SCOPES, Account

SELECT = Platform.SELECT
START = "auto_conditioning_start"
EVERYTHING: dict[AnySignal, Any] = {
    config.REAR_SEAT_HEATERS: 3,
    config.THIRD_ROW_SEATS: "futuris_foldflat",
    config.SEAT_COOLING: True,
    seats.STEERING_WHEEL_LEVEL: "off",
}


@pytest.mark.parametrize(
    ("key", "told", "expected"),
    [
        ("seat_heater_front_left", {}, "unknown"),
        ("seat_heater_front_left", {seats.HEATER_FRONT_LEFT: "medium"}, "medium"),
        ("seat_heater_front_left", {seats.HEATER_FRONT_LEFT: "medium", seats.AUTO_LEFT: False}, "medium"),
        ("seat_heater_front_left", {seats.HEATER_FRONT_LEFT: "medium", seats.AUTO_LEFT: True}, "auto"),
        ("seat_heater_front_right", {seats.HEATER_FRONT_RIGHT: "high", seats.AUTO_LEFT: True}, "high"),
        ("seat_heater_rear_center", {seats.HEATER_REAR_CENTER: "low"}, "low"),
        ("seat_heater_third_row_right", {seats.HEATER_THIRD_ROW_RIGHT: "low"}, "low"),
        ("seat_cooling_front_right", {seats.COOLING_FRONT_RIGHT: "high"}, "high"),
        ("steering_wheel_heater", {seats.STEERING_WHEEL_LEVEL: "high"}, "high"),
        ("steering_wheel_heater", {seats.STEERING_WHEEL_AUTO: True}, "auto"),
        ("scheduled_charging_mode", {schedules.CHARGING_MODE: "depart_by"}, "depart_by"),
    ],
)
async def test_a_choice_shows_what_the_car_says(
    account: Account, key: str, told: dict[AnySignal, Any], expected: str
) -> None:
    account.enable(SELECT, key)
    await account.tell(EVERYTHING)
    await account.add(SELECT)

    await account.tell(told, NOW + 1)

    assert account.state(SELECT, key).state == expected


async def test_what_the_car_sees_to_is_told_beside_it(account: Account) -> None:
    await account.add(SELECT)

    await account.tell({seats.HEATER_FRONT_LEFT: "medium", seats.AUTO_LEFT: True})

    assert account.state(SELECT, "seat_heater_front_left").attributes["level"] == "medium"


@pytest.mark.parametrize(
    ("key", "option", "said"),
    [
        (
            "seat_heater_front_right",
            "high",
            ("remote_seat_heater_request", {"heater": 1, "seat_position": 1, "level": 3}),
        ),
        (
            "seat_heater_front_right",
            "auto",
            ("remote_auto_seat_climate_request", {"auto_seat_position": 2, "auto_climate_on": True}),
        ),
        (
            "seat_heater_rear_left",
            "low",
            ("remote_seat_heater_request", {"heater": 2, "seat_position": 2, "level": 1}),
        ),
        (
            "seat_heater_rear_center",
            "off",
            ("remote_seat_heater_request", {"heater": 4, "seat_position": 4, "level": 0}),
        ),
        (
            "seat_heater_rear_right",
            "low",
            ("remote_seat_heater_request", {"heater": 5, "seat_position": 5, "level": 1}),
        ),
        (
            "seat_heater_third_row_left",
            "low",
            ("remote_seat_heater_request", {"heater": 7, "seat_position": 7, "level": 1}),
        ),
        (
            "seat_heater_third_row_right",
            "low",
            ("remote_seat_heater_request", {"heater": 8, "seat_position": 8, "level": 1}),
        ),
        (
            "seat_cooling_front_left",
            "high",
            ("remote_seat_cooler_request", {"seat_position": 1, "seat_cooler_level": 3}),
        ),
        (
            "seat_cooling_front_right",
            "low",
            ("remote_seat_cooler_request", {"seat_position": 2, "seat_cooler_level": 1}),
        ),
        ("steering_wheel_heater", "high", ("remote_steering_wheel_heat_level_request", {"level": 3})),
        ("steering_wheel_heater", "auto", ("remote_auto_steering_wheel_heat_climate_request", {"on": True})),
    ],
)
async def test_a_seat_and_the_wheel_are_set(
    account: Account, key: str, option: str, said: tuple[str, dict[str, object]]
) -> None:
    await account.tell(EVERYTHING | {climate.POWER: "on"})
    await account.add(SELECT)

    await account.entity(SELECT, key).async_handle_select_option(option)

    assert account.commands.said() == [said]


async def test_climate_is_switched_on_first(account: Account) -> None:
    await account.tell({climate.POWER: "off"})
    await account.add(SELECT)
    seat = account.entity(SELECT, "seat_heater_front_left")

    await seat.async_handle_select_option("low")
    assert [name for name, _ in account.commands.said()] == [START, "remote_seat_heater_request"]

    await seat.async_handle_select_option("off")
    assert [name for name, _ in account.commands.said()] == ["remote_seat_heater_request"]


async def test_a_mode_is_chosen_with_all_that_goes_with_it(account: Account) -> None:
    account.enable(SELECT, "scheduled_charging_mode")
    await account.tell(
        {
            schedules.CHARGING_MODE: "off",
            schedules.DEPARTURE_MINUTES: 420,
            schedules.PRECONDITIONING_ENABLED: True,
            schedules.OFF_PEAK_ENABLED: False,
            schedules.OFF_PEAK_END_MINUTES: 360,
        }
    )
    await account.add(SELECT)

    await account.entity(SELECT, "scheduled_charging_mode").async_handle_select_option("depart_by")

    ((name, body),) = account.commands.said()
    assert (name, body["enable"], body["departure_time"]) == ("set_scheduled_departure", True, 420)


async def test_a_mode_of_which_too_little_is_known_is_refused(account: Account) -> None:
    account.enable(SELECT, "scheduled_charging_mode")
    await account.add(SELECT)

    with pytest.raises(HomeAssistantError) as refused:
        await account.entity(SELECT, "scheduled_charging_mode").async_handle_select_option("depart_by")

    assert refused.value.translation_key == "cannot_schedule_unknown"
    assert account.commands.said() == []


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ({}, set()),
        ({config.REAR_SEAT_HEATERS: 0}, set()),
        (
            {config.REAR_SEAT_HEATERS: 1},
            {"seat_heater_rear_left", "seat_heater_rear_center", "seat_heater_rear_right"},
        ),
        ({config.REAR_SEAT_HEATERS: 2}, {"seat_heater_rear_left", "seat_heater_rear_right"}),
        ({config.SEAT_COOLING: True}, {"seat_cooling_front_left", "seat_cooling_front_right"}),
        ({seats.STEERING_WHEEL_LEVEL: "off"}, {"steering_wheel_heater"}),
        ({seats.STEERING_WHEEL_HEATER: False}, set()),
    ],
)
async def test_a_car_has_choices_for_what_it_has(
    account: Account, told: dict[AnySignal, Any], expected: set[str]
) -> None:
    await account.tell(told)

    await account.add(SELECT)

    always = {"seat_heater_front_left", "seat_heater_front_right", "scheduled_charging_mode"}
    assert account.keys(SELECT) == always | expected


async def test_nobody_pays_to_see_the_third_row_nor_whether_the_wheel_has_levels(account: Account) -> None:
    await account.tell({config.REAR_SEAT_HEATERS: 3, config.THIRD_ROW_SEATS: "futuris_foldflat"})

    await account.add(SELECT)

    assert account.entity_id(SELECT, "seat_heater_third_row_left") is not None
    assert account.coordinator.wanted.isdisjoint(
        {seats.HEATER_THIRD_ROW_LEFT, seats.HEATER_THIRD_ROW_RIGHT, seats.STEERING_WHEEL_LEVEL}
    )


async def test_who_may_only_look_has_sensors_instead(open_account: Callable[..., Account]) -> None:
    account = open_account(scopes=READ_SCOPES)
    await account.tell(EVERYTHING | {seats.HEATER_REAR_LEFT: "low"})

    await account.add(SELECT)
    await account.add(Platform.SENSOR)

    assert account.keys(SELECT) == set()
    assert account.state(Platform.SENSOR, "seat_heater_rear_left").state == "low"
    assert account.state(Platform.SENSOR, "steering_wheel_heater").state == "off"
    assert "seat_cooling_front_left" in account.keys(Platform.SENSOR)
