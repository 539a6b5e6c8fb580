from collections.abc import Callable
import re
from typing import Any

from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ServiceValidationError
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import charge, security

from .cars import READ_SCOPES, Account

LOCK = Platform.LOCK


@pytest.mark.parametrize(
    ("key", "told", "expected"),
    [
        ("doors", {}, "unknown"),
        ("doors", {security.LOCKED: True}, "locked"),
        ("doors", {security.LOCKED: False}, "unlocked"),
        ("charge_cable", {}, "unknown"),
        ("charge_cable", {charge.PORT_LATCH: "engaged"}, "locked"),
        ("charge_cable", {charge.PORT_LATCH: "disengaged"}, "unlocked"),
        ("charge_cable", {charge.PORT_LATCH: "blocking"}, "unlocked"),
        ("speed_limit", {security.SPEED_LIMIT_MODE: True}, "locked"),
        ("speed_limit", {security.SPEED_LIMIT_MODE: False}, "unlocked"),
    ],
)
async def test_a_lock_shows_what_the_car_says(
    open_account: Callable[..., Account], key: str, told: dict[AnySignal, Any], expected: str
) -> None:
    account = open_account(dangerous=["pins"])
    account.enable(LOCK, key)
    await account.tell(told)

    await account.add(LOCK)

    assert account.state(LOCK, key).state == expected


async def test_the_doors_can_be_locked(account: Account) -> None:
    await account.add(LOCK)

    await account.entity(LOCK, "doors").async_lock()

    assert account.commands.said() == [("door_lock", {})]


async def test_the_doors_are_unlocked_only_for_those_who_have_switched_it_on(
    open_account: Callable[..., Account],
) -> None:
    careful, bold = open_account(), open_account(vin="5YJ3E7EB0SF000009", dangerous=["unlock"])
    await careful.add(LOCK)
    await bold.add(LOCK)

    with pytest.raises(ServiceValidationError) as refused:
        await careful.entity(LOCK, "doors").async_unlock()
    await bold.entity(LOCK, "doors").async_unlock()

    assert refused.value.translation_key == "unlock_not_allowed"
    assert careful.commands.said() == []
    assert bold.commands.said() == [("door_unlock", {})]


async def test_the_charge_cable_cannot_be_locked(account: Account) -> None:
    await account.add(LOCK)

    with pytest.raises(ServiceValidationError) as refused:
        await account.entity(LOCK, "charge_cable").async_lock()

    assert refused.value.translation_key == "charge_cable_locks_itself"
    assert account.commands.said() == []


@pytest.mark.parametrize(
    ("charging", "expected"),
    [
        ("charging", ["charge_stop", "charge_port_door_open"]),
        ("starting", ["charge_stop", "charge_port_door_open"]),
        ("complete", ["charge_port_door_open"]),
        (None, ["charge_port_door_open"]),
    ],
)
async def test_a_car_that_charges_stops_before_it_lets_go_of_the_cable(
    account: Account, charging: str | None, expected: list[str]
) -> None:
    await account.tell({charge.STATE: charging})
    await account.add(LOCK)

    await account.entity(LOCK, "charge_cable").async_unlock()

    assert [name for name, _ in account.commands.said()] == expected


async def test_the_speed_limit_takes_its_pin(open_account: Callable[..., Account]) -> None:
    account = open_account(dangerous=["pins"])
    account.enable(LOCK, "speed_limit")
    await account.add(LOCK)
    lock = account.entity(LOCK, "speed_limit")

    await lock.async_lock(code="1234")
    await lock.async_unlock(code="1234")

    assert account.commands.said() == [
        ("speed_limit_activate", {"pin": "1234"}),
        ("speed_limit_deactivate", {"pin": "1234"}),
    ]


@pytest.mark.parametrize("code", ["", "123", "12345", "12a4", "1234\n", "١٢٣٤"])
async def test_a_pin_has_four_digits(open_account: Callable[..., Account], code: str) -> None:
    account = open_account(dangerous=["pins"])
    account.enable(LOCK, "speed_limit")
    await account.add(LOCK)

    with pytest.raises(ServiceValidationError):
        await account.entity(LOCK, "speed_limit").async_handle_lock_service(code=code)

    assert account.commands.said() == []
    assert re.match(account.state(LOCK, "speed_limit").attributes["code_format"], "1234")


async def test_the_speed_limit_is_there_only_for_those_who_have_switched_pins_on(
    open_account: Callable[..., Account],
) -> None:
    careful, bold = open_account(), open_account(vin="5YJ3E7EB0SF000009", dangerous=["pins"])
    await careful.add(LOCK)
    await bold.add(LOCK)

    assert careful.entity_id(LOCK, "speed_limit") is None
    assert bold.entity_id(LOCK, "speed_limit") is not None


async def test_the_speed_limit_is_off_by_default(
    hass: HomeAssistant, open_account: Callable[..., Account]
) -> None:
    account = open_account(dangerous=["pins"])
    await account.add(LOCK)

    entity_id = account.entity_id(LOCK, "speed_limit")
    assert entity_id is not None
    entry = er.async_get(hass).async_get(entity_id)
    assert entry is not None
    assert entry.disabled


@pytest.mark.parametrize(
    ("scopes", "expected"),
    [
        (set(), set()),
        ({"vehicle_charging_cmds"}, {"charge_cable"}),
        ({"vehicle_cmds"}, {"doors", "charge_cable"}),
    ],
)
async def test_who_may_not_send_commands_has_no_locks(
    open_account: Callable[..., Account], scopes: set[str], expected: set[str]
) -> None:
    account = open_account(scopes=READ_SCOPES | scopes)

    await account.add(LOCK)

    keys = ("doors", "charge_cable", "speed_limit")
    assert {key for key in keys if account.entity_id(LOCK, key) is not None} == expected


async def test_who_may_not_send_commands_still_sees_whether_it_is_locked(
    open_account: Callable[..., Account],
) -> None:
    reader, commander = open_account(scopes=READ_SCOPES), open_account(vin="5YJ3E7EB0SF000009")
    await reader.tell({security.LOCKED: False})
    await reader.add(Platform.BINARY_SENSOR)
    await commander.add(Platform.BINARY_SENSOR)

    assert reader.state(Platform.BINARY_SENSOR, "locked").state == "on"
    assert commander.entity_id(Platform.BINARY_SENSOR, "locked") is None
