from collections.abc import Callable
from typing import Any

from homeassistant.const import Platform, UnitOfSpeed
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import charge, journal, security
from tests.tesla.vehicle.states import NOW

from .cars import READ_SCOPES, Account

NUMBER = Platform.NUMBER
CHARGING_SCOPES = READ_SCOPES | {"vehicle_charging_cmds"}


@pytest.fixture
def bold(open_account: Callable[..., Account]) -> Account:
    account = open_account(dangerous=["pins"])
    account.enable(NUMBER, "speed_limit")
    return account


@pytest.mark.parametrize(
    ("key", "told", "expected"),
    [
        ("charge_limit", {}, ("unknown", 50, 100)),
        ("charge_limit", {charge.LIMIT: 80.0}, ("80.0", 50, 100)),
        (
            "charge_limit",
            {charge.LIMIT: 80.0, charge.LIMIT_MIN: 55.0, charge.LIMIT_MAX: 95.0},
            ("80.0", 55, 95),
        ),
        ("charge_current", {charge.CURRENT_REQUEST: 16.0}, ("16.0", 0, 48)),
        (
            "charge_current",
            {charge.CURRENT_REQUEST: 16.0, journal.CHARGE_CURRENT_MAX: 32.0},
            ("16.0", 0, 32),
        ),
        # What a car without a cable says is no limit.
        ("charge_current", {charge.CURRENT_REQUEST: 16.0, charge.CURRENT_REQUEST_MAX: 16.0}, ("16.0", 0, 48)),
        ("speed_limit", {security.SPEED_LIMIT: 85.0}, ("85.0", 50, 120)),
        (
            "speed_limit",
            {security.SPEED_LIMIT: 85.0, security.SPEED_LIMIT_MIN: 60.0, security.SPEED_LIMIT_MAX: 90.0},
            ("85.0", 60, 90),
        ),
    ],
)
async def test_a_number_goes_as_far_as_the_car_says(
    bold: Account, key: str, told: dict[AnySignal, Any], expected: tuple[str, float, float]
) -> None:
    await bold.tell(told)
    await bold.add(NUMBER)

    state = bold.state(NUMBER, key)

    assert (state.state, state.attributes["min"], state.attributes["max"]) == expected
    assert state.attributes["step"] == 1


async def test_limits_that_are_told_later_are_shown(account: Account) -> None:
    await account.add(NUMBER)
    await account.tell({charge.LIMIT: 80.0})

    await account.tell({charge.LIMIT_MIN: 60.0, charge.LIMIT_MAX: 90.0}, NOW + 1)

    attributes = account.state(NUMBER, "charge_limit").attributes
    assert (attributes["min"], attributes["max"]) == (60, 90)


async def test_nobody_pays_to_learn_how_far_a_number_goes(account: Account) -> None:
    await account.add(NUMBER)

    assert charge.LIMIT in account.coordinator.wanted
    assert account.coordinator.wanted.isdisjoint({charge.LIMIT_MIN, charge.LIMIT_MAX})


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("charge_limit", 80.0, ("set_charge_limit", {"percent": 80})),
        ("charge_current", 0.0, ("set_charging_amps", {"charging_amps": 0})),
        ("charge_current", 32.0, ("set_charging_amps", {"charging_amps": 32})),
        ("speed_limit", 55.5, ("speed_limit_set_limit", {"limit_mph": 55.5})),
    ],
)
async def test_a_number_is_set(
    bold: Account, key: str, value: float, said: tuple[str, dict[str, object]]
) -> None:
    await bold.add(NUMBER)

    await bold.entity(NUMBER, key).async_set_native_value(value)

    assert bold.commands.said() == [said]


@pytest.mark.parametrize(("end", "sent"), [("min", 50.0), ("max", 120.0)])
async def test_in_another_unit_a_number_goes_from_end_to_end(
    hass: HomeAssistant, bold: Account, end: str, sent: float
) -> None:
    await bold.add(NUMBER)
    entity_id = bold.entity_id(NUMBER, "speed_limit")
    assert entity_id is not None
    er.async_get(hass).async_update_entity_options(
        entity_id, "number", {"unit_of_measurement": UnitOfSpeed.KILOMETERS_PER_HOUR}
    )
    await hass.async_block_till_done()
    # They are whole, and so a little wider than the car's own.
    shown = bold.state(NUMBER, "speed_limit").attributes[end]
    assert shown == {"min": 80, "max": 194}[end]
    entity = bold.entity(NUMBER, "speed_limit")

    await entity.async_set_native_value(entity.convert_to_native_value(shown))

    assert bold.commands.said() == [("speed_limit_set_limit", {"limit_mph": sent})]


@pytest.mark.parametrize(
    ("key", "value"), [("charge_limit", 80.5), ("charge_limit", 20.0), ("charge_current", 15.9)]
)
async def test_what_no_car_takes_is_refused_before_it_is_sent(
    account: Account, key: str, value: float
) -> None:
    await account.add(NUMBER)

    with pytest.raises(ServiceValidationError) as refused:
        await account.entity(NUMBER, key).async_set_native_value(value)

    assert refused.value.translation_key == "command_invalid"
    assert account.commands.said() == []


async def test_the_speed_limit_is_there_only_for_those_who_have_switched_it_on(account: Account) -> None:
    account.enable(NUMBER, "speed_limit")

    await account.add(NUMBER)

    assert account.entity_id(NUMBER, "speed_limit") is None


async def test_who_may_charge_may_set_how_far_and_how_fast(open_account: Callable[..., Account]) -> None:
    account = open_account(scopes=CHARGING_SCOPES)

    await account.add(NUMBER)

    entries = er.async_entries_for_config_entry(er.async_get(account.hass), account.entry.entry_id)
    assert {one.unique_id.partition("-")[2] for one in entries} == {"charge_limit", "charge_current"}


async def test_who_may_only_look_has_a_sensor_instead(open_account: Callable[..., Account]) -> None:
    reader, driver = open_account(scopes=READ_SCOPES), open_account(vin="5YJ3E7EB0SF000009")
    for account in (reader, driver):
        await account.add(NUMBER)
        await account.add(Platform.SENSOR)
        await account.tell({charge.CURRENT_REQUEST: 16.0})

    assert reader.entity_id(NUMBER, "charge_current") is None
    assert reader.state(Platform.SENSOR, "charge_current_request").state == "16.0"
    assert driver.entity_id(Platform.SENSOR, "charge_current_request") is None
