from collections.abc import Callable
from typing import Any

from homeassistant.const import ATTR_ASSUMED_STATE, Platform
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
import pytest

from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import (
    charge,
    climate,
    journal,
    power,
    schedules,
    seats,
    security,
)
from tests.tesla.vehicle.states import NOW

from .cars import READ_SCOPES, Account

SWITCH = Platform.SWITCH
OLD_MODEL_S = "5YJSA7E29HF000003"
FOUND: dict[AnySignal, Any] = {security.SENTRY_AVAILABLE: True, climate.BIOWEAPON_MODE: False}
DEPARTURE: dict[AnySignal, Any] = {
    schedules.CHARGING_MODE: "depart_by",
    schedules.DEPARTURE_MINUTES: 420,
    schedules.PRECONDITIONING_ENABLED: True,
    schedules.PRECONDITIONING_DAYS: "all_week",
    schedules.OFF_PEAK_ENABLED: True,
    schedules.OFF_PEAK_DAYS: "all_week",
    schedules.OFF_PEAK_END_MINUTES: 360,
}


@pytest.fixture
def bold(open_account: Callable[..., Account]) -> Account:
    account = open_account(dangerous=["pins"])
    account.enable(
        SWITCH,
        "guest_mode",
        "off_peak_charging",
        "parental_controls",
        "pin_to_drive",
        "polling",
        "preconditioning_departure",
        "valet_mode",
    )
    return account


@pytest.mark.parametrize(
    ("key", "told", "expected"),
    [
        ("charge", {}, "unknown"),
        ("charge", {charge.STATE: "charging"}, "on"),
        ("charge", {charge.STATE: "starting"}, "on"),
        ("charge", {charge.STATE: "complete"}, "off"),
        ("sentry_mode", {security.SENTRY: "off"}, "off"),
        ("sentry_mode", {security.SENTRY: "idle"}, "on"),
        ("sentry_mode", {security.SENTRY: "aware"}, "on"),
        ("sentry_mode", {security.SENTRY: None}, "unknown"),
        ("defrost", {climate.DEFROST_MODE: "max"}, "on"),
        ("defrost", {climate.DEFROST_MODE: "normal"}, "on"),
        ("defrost", {climate.DEFROST_MODE: "off"}, "off"),
        ("defrost", {climate.DEFROST_MODE: None}, "unknown"),
        ("bioweapon_mode", {climate.BIOWEAPON_MODE: True}, "on"),
        ("auto_seat_climate_left", {seats.AUTO_LEFT: True}, "on"),
        ("auto_seat_climate_right", {seats.AUTO_RIGHT: False}, "off"),
        ("auto_steering_wheel_heat", {seats.STEERING_WHEEL_AUTO: True}, "on"),
        ("steering_wheel_heater", {seats.STEERING_WHEEL_HEATER: True}, "on"),
        ("preconditioning_departure", {schedules.PRECONDITIONING_ENABLED: True}, "on"),
        ("off_peak_charging", {schedules.OFF_PEAK_ENABLED: False}, "off"),
        ("keep_accessory_power", {}, "unknown"),
        ("low_power_mode", {power.LOW_POWER_MODE: True}, "on"),
        ("parental_controls", {security.PARENTAL_CONTROLS: True}, "on"),
        ("valet_mode", {security.VALET_MODE: True}, "on"),
        ("guest_mode", {security.GUEST_MODE: True}, "on"),
        ("pin_to_drive", {security.PIN_TO_DRIVE: False}, "off"),
        ("polling", {}, "on"),
        ("polling", {journal.POLLING: False}, "off"),
    ],
)
async def test_a_switch_shows_what_the_car_says(
    bold: Account, key: str, told: dict[AnySignal, Any], expected: str
) -> None:
    if key == "steering_wheel_heater":
        await bold.tell({seats.STEERING_WHEEL_HEATER: False})
    await bold.tell(FOUND)
    await bold.add(SWITCH)

    await bold.tell(told, NOW + 1)

    assert bold.state(SWITCH, key).state == expected


@pytest.mark.parametrize(
    ("key", "on", "off"),
    [
        ("charge", ("charge_start", {}), ("charge_stop", {})),
        ("sentry_mode", ("set_sentry_mode", {"on": True}), ("set_sentry_mode", {"on": False})),
        (
            "defrost",
            ("set_preconditioning_max", {"on": True, "manual_override": False}),
            ("set_preconditioning_max", {"on": False, "manual_override": False}),
        ),
        (
            "bioweapon_mode",
            ("set_bioweapon_mode", {"on": True, "manual_override": False}),
            ("set_bioweapon_mode", {"on": False, "manual_override": False}),
        ),
        (
            "auto_seat_climate_left",
            ("remote_auto_seat_climate_request", {"auto_seat_position": 1, "auto_climate_on": True}),
            ("remote_auto_seat_climate_request", {"auto_seat_position": 1, "auto_climate_on": False}),
        ),
        (
            "auto_seat_climate_right",
            ("remote_auto_seat_climate_request", {"auto_seat_position": 2, "auto_climate_on": True}),
            ("remote_auto_seat_climate_request", {"auto_seat_position": 2, "auto_climate_on": False}),
        ),
        (
            "auto_steering_wheel_heat",
            ("remote_auto_steering_wheel_heat_climate_request", {"on": True}),
            ("remote_auto_steering_wheel_heat_climate_request", {"on": False}),
        ),
        ("guest_mode", ("guest_mode", {"enable": True}), ("guest_mode", {"enable": False})),
        ("pin_to_drive", ("set_pin_to_drive", {"on": True}), ("set_pin_to_drive", {"on": False})),
        # These exist signed only.
        ("keep_accessory_power", ("keep_accessory_power_mode", {}), ("keep_accessory_power_mode", {})),
        ("low_power_mode", ("set_low_power_mode", {}), ("set_low_power_mode", {})),
    ],
)
async def test_a_switch_is_switched(
    bold: Account, key: str, on: tuple[str, dict[str, object]], off: tuple[str, dict[str, object]]
) -> None:
    await bold.tell(FOUND)
    await bold.add(SWITCH)

    await bold.entity(SWITCH, key).async_turn_on()
    await bold.entity(SWITCH, key).async_turn_off()

    assert bold.commands.said() == [on, off]


async def test_what_is_signed_only_says_which_way(bold: Account) -> None:
    await bold.add(SWITCH)

    await bold.entity(SWITCH, "low_power_mode").async_turn_on()
    await bold.entity(SWITCH, "low_power_mode").async_turn_off()

    on, off = bold.commands.commands
    assert on.payload != off.payload
    assert (on.expects[0].value, off.expects[0].value) == (True, False)


async def test_an_old_steering_wheel_is_heated_once_climate_is_on(account: Account) -> None:
    await account.tell({seats.STEERING_WHEEL_HEATER: False, climate.POWER: "off"})
    await account.add(SWITCH)

    await account.entity(SWITCH, "steering_wheel_heater").async_turn_on()

    assert [name for name, _ in account.commands.said()] == [
        "auto_conditioning_start",
        "remote_steering_wheel_heater_request",
    ]


@pytest.mark.parametrize(
    ("key", "changed"),
    [
        ("preconditioning_departure", "preconditioning_enabled"),
        ("off_peak_charging", "off_peak_charging_enabled"),
    ],
)
async def test_one_part_of_a_departure_is_changed_and_the_others_stay(
    bold: Account, key: str, changed: str
) -> None:
    await bold.tell(DEPARTURE)
    await bold.add(SWITCH)

    await bold.entity(SWITCH, key).async_turn_off()

    ((name, body),) = bold.commands.said()
    assert name == "set_scheduled_departure"
    assert body == {
        "enable": True,
        "departure_time": 420,
        "preconditioning_enabled": True,
        "preconditioning_weekdays_only": False,
        "off_peak_charging_enabled": True,
        "off_peak_charging_weekdays_only": False,
        "end_off_peak_time": 360,
    } | {changed: False}


async def test_a_departure_of_which_too_little_is_known_is_not_changed(bold: Account) -> None:
    await bold.add(SWITCH)

    with pytest.raises(HomeAssistantError) as refused:
        await bold.entity(SWITCH, "off_peak_charging").async_turn_on()

    assert refused.value.translation_key == "cannot_schedule_unknown"
    assert bold.commands.said() == []


async def test_a_valet_needs_a_pin_but_not_to_give_the_car_back(bold: Account) -> None:
    await bold.add(SWITCH)

    with pytest.raises(ServiceValidationError) as refused:
        await bold.entity(SWITCH, "valet_mode").async_turn_on()
    await bold.entity(SWITCH, "valet_mode").async_turn_off()

    assert refused.value.translation_key == "pin_needed"
    assert refused.value.translation_placeholders == {"action": "valet_mode"}
    assert bold.commands.said() == [("set_valet_mode", {"on": False})]


@pytest.mark.parametrize("wish", ["async_turn_on", "async_turn_off"])
async def test_parental_controls_need_a_pin_both_ways(bold: Account, wish: str) -> None:
    await bold.add(SWITCH)

    with pytest.raises(ServiceValidationError) as refused:
        await getattr(bold.entity(SWITCH, "parental_controls"), wish)()

    assert refused.value.translation_placeholders == {"action": "parental_controls"}
    assert bold.commands.said() == []


async def test_what_no_car_tells_is_assumed(bold: Account) -> None:
    await bold.tell(FOUND)
    await bold.add(SWITCH)

    assumed = {key for key in bold.keys(SWITCH) if bold.state(SWITCH, key).attributes.get(ATTR_ASSUMED_STATE)}

    assert assumed == {"keep_accessory_power", "low_power_mode", "parental_controls"}


async def test_polling_is_paused_and_goes_on(bold: Account) -> None:
    await bold.add(SWITCH)
    polling = bold.entity(SWITCH, "polling")

    await polling.async_turn_off()
    await bold.hass.async_block_till_done()
    assert bold.state(SWITCH, "polling").state == "off"

    await polling.async_turn_on()
    await bold.hass.async_block_till_done()
    assert bold.state(SWITCH, "polling").state == "on"
    assert bold.commands.said() == []


async def test_polling_can_be_switched_while_no_source_works(bold: Account) -> None:
    await bold.add(SWITCH)

    bold.coordinator.async_set_works("poll", works=False)

    assert bold.state(SWITCH, "charge").state == "unavailable"
    assert bold.state(SWITCH, "polling").state == "on"


async def test_pins_and_limits_are_there_only_for_those_who_have_switched_them_on(account: Account) -> None:
    await account.add(SWITCH)

    assert account.keys(SWITCH).isdisjoint({"valet_mode", "pin_to_drive", "parental_controls"})
    assert "guest_mode" in account.keys(SWITCH)


@pytest.mark.parametrize(
    ("told", "there", "missing"),
    [
        ({}, set(), {"sentry_mode", "bioweapon_mode", "steering_wheel_heater"}),
        ({security.SENTRY_AVAILABLE: True}, {"sentry_mode"}, {"bioweapon_mode"}),
        ({security.SENTRY_AVAILABLE: False}, set(), {"sentry_mode"}),
        ({climate.BIOWEAPON_MODE: False}, {"bioweapon_mode"}, set()),
        ({seats.STEERING_WHEEL_HEATER: False}, {"steering_wheel_heater"}, set()),
        (
            {seats.STEERING_WHEEL_HEATER: False, seats.STEERING_WHEEL_LEVEL: "off"},
            set(),
            {"steering_wheel_heater"},
        ),
        # Not known just now, but it has levels.
        (
            {seats.STEERING_WHEEL_HEATER: False, seats.STEERING_WHEEL_LEVEL: None},
            set(),
            {"steering_wheel_heater"},
        ),
    ],
)
async def test_a_car_has_switches_for_what_it_has(
    account: Account, told: dict[AnySignal, Any], there: set[str], missing: set[str]
) -> None:
    await account.tell(told)

    await account.add(SWITCH)

    assert there <= account.keys(SWITCH)
    assert account.keys(SWITCH).isdisjoint(missing)


async def test_a_wheel_that_turns_out_to_have_levels_is_no_switch_any_more(account: Account) -> None:
    await account.tell({seats.STEERING_WHEEL_HEATER: False})
    await account.add(SWITCH)

    await account.tell({seats.STEERING_WHEEL_LEVEL: "low"}, NOW + 1)

    assert "steering_wheel_heater" not in account.keys(SWITCH)


async def test_an_old_car_has_nothing_that_is_signed_only(open_account: Callable[..., Account]) -> None:
    account = open_account(vin=OLD_MODEL_S, dangerous=["pins"])

    await account.add(SWITCH)

    signed_only = {"keep_accessory_power", "low_power_mode", "parental_controls"}
    assert account.keys(SWITCH).isdisjoint(signed_only)
    assert "charge" in account.keys(SWITCH)


async def test_nobody_pays_to_see_what_is_only_polled(account: Account) -> None:
    await account.tell(FOUND)
    await account.add(SWITCH)

    assert account.entity_id(SWITCH, "bioweapon_mode") is not None
    assert account.coordinator.wanted.isdisjoint({climate.BIOWEAPON_MODE, seats.STEERING_WHEEL_HEATER})


async def test_who_may_only_look_sees_all_the_same(open_account: Callable[..., Account]) -> None:
    account = open_account(scopes=READ_SCOPES)
    await account.add(SWITCH)
    await account.add(Platform.BINARY_SENSOR)

    await account.tell({seats.AUTO_LEFT: True, seats.STEERING_WHEEL_AUTO: False})

    assert account.keys(SWITCH) == {"polling"}
    assert account.state(Platform.BINARY_SENSOR, "auto_seat_climate_left").state == "on"
    assert account.state(Platform.BINARY_SENSOR, "auto_steering_wheel_heat").state == "off"
