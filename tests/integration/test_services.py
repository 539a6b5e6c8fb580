"""Actions in Home Assistant: that they are there, whom they are for, what they may cost, how they end."""

import asyncio
from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import Context, HomeAssistant, SupportsResponse
from homeassistant.exceptions import HomeAssistantError, ServiceValidationError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers.service import async_get_all_descriptions
from homeassistant.helpers.translation import async_get_translations
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry  # type: ignore[import-untyped]  # has no types
from pytest_homeassistant_custom_component.typing import WebSocketGenerator  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.services import ACTIONS
from custom_components.tesla_direct.tesla.fleet_api.budget import Settings
from simulator.car.car import Car
from simulator.world import World
from tests.home import until

from .account import Account
from .actions import Caller, executed

NAMES = {action.name for action in ACTIONS}


async def test_actions_are_there_without_any_entry_and_described(
    hass: HomeAssistant, enable_custom_integrations: None
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    assert set(hass.services.async_services()[DOMAIN]) == NAMES
    descriptions = (await async_get_all_descriptions(hass))[DOMAIN]
    texts = await async_get_translations(hass, "en", "services", [DOMAIN])

    for name in NAMES:
        assert texts[f"component.{DOMAIN}.services.{name}.name"]
        assert "device_id" in descriptions[name]["fields"]
        answers = hass.services.supports_response(DOMAIN, name)
        assert ("response" in descriptions[name]) is (answers is not SupportsResponse.NONE)


async def call_before_set_up(hass: HomeAssistant, device_id: Any) -> ServiceValidationError:
    with pytest.raises(ServiceValidationError) as caught:
        await hass.services.async_call(DOMAIN, "wake", {"device_id": device_id}, blocking=True)
    return caught.value


async def test_a_device_that_there_is_not_is_refused(
    hass: HomeAssistant, enable_custom_integrations: None
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    error = await call_before_set_up(hass, "there is none")

    assert error.translation_key == "service_device_not_found"


@pytest.mark.parametrize("device_id", [[], {}, 7, None, [""], ["a"] * 21])
async def test_what_cannot_be_a_device_is_refused(
    hass: HomeAssistant, enable_custom_integrations: None, device_id: Any
) -> None:
    assert await async_setup_component(hass, DOMAIN, {})
    error = await call_before_set_up(hass, device_id)

    assert error.translation_domain == DOMAIN
    assert (error.translation_placeholders or {})["parameter"] == "device_id"


async def test_a_device_of_somebody_else_is_refused(caller: Caller, car: Car) -> None:
    other = MockConfigEntry(domain="other")
    other.add_to_hass(caller.hass)
    device = dr.async_get(caller.hass).async_get_or_create(
        config_entry_id=other.entry_id, identifiers={("other", car.vin)}
    )
    with pytest.raises(ServiceValidationError) as caught:
        await caller.call_devices("wake", [device.id])

    assert caught.value.translation_key == "service_device_wrong_domain"


async def test_the_account_is_no_car(caller: Caller, car: Car) -> None:
    registry = dr.async_get(caller.hass)
    cars = {caller.device_id(one) for one in caller.account.world.cars.values()}
    devices = dr.async_entries_for_config_entry(registry, caller.account.entry.entry_id)
    (account,) = [device for device in devices if device.id not in cars]
    with pytest.raises(ServiceValidationError) as caught:
        await caller.call_devices("wake", [caller.device_id(car), account.id])

    assert caught.value.translation_key == "not_a_car"
    assert (caught.value.translation_placeholders or {})["device"] == account.name


async def test_a_car_that_was_left_out_meanwhile_is_refused(caller: Caller, car: Car) -> None:
    device_id = caller.device_id(car)
    data = dict(caller.account.entry.data)
    data["vehicles"] = {vin: name for vin, name in data["vehicles"].items() if vin != car.vin}
    data["left_out"] = [car.vin]
    caller.hass.config_entries.async_update_entry(caller.account.entry, data=data)
    await caller.hass.async_block_till_done()
    with pytest.raises(ServiceValidationError) as caught:
        await caller.call_devices("wake", [device_id])

    assert caught.value.translation_key == "service_device_not_found"


@pytest.mark.parametrize("disabled", [False, True])
async def test_an_account_that_is_not_loaded_is_said_to_be_so(
    caller: Caller, car: Car, *, disabled: bool
) -> None:
    device_id, entry = caller.device_id(car), caller.account.entry
    if disabled:
        await caller.hass.config_entries.async_set_disabled_by(entry.entry_id, ConfigEntryDisabler.USER)
    else:
        assert await caller.hass.config_entries.async_unload(entry.entry_id)
    for action in NAMES:
        answers = caller.hass.services.supports_response(DOMAIN, action) is SupportsResponse.ONLY
        with pytest.raises(ServiceValidationError) as caught:
            await caller.call_devices(action, [device_id], response=answers, **REQUIRED.get(action, {}))
        assert caught.value.translation_key == "service_config_entry_not_loaded"

    assert executed(car) == []


# What each action has to be told, beside the device.
REQUIRED: dict[str, dict[str, Any]] = {
    "share": {"url": "https://example.com"},
    "set_scheduled_charging": {"enable": False},
    "set_scheduled_departure": {"enable": False},
    "remove_charge_schedule": {"id": 1},
    "add_precondition_schedule": {"precondition_time": "07:30"},
    "remove_precondition_schedule": {"id": 1},
    "get_invoice": {"content_id": "a", "filename": "a"},
    "raw_command": {"command": "flash_lights"},
}


async def test_what_is_underway_while_the_account_is_unloaded_ends_with_a_word(
    caller: Caller, car: Car
) -> None:
    car.sleep()
    car.ignore_wakes()
    caller.account.wall.move(60)
    call = asyncio.ensure_future(
        caller.hass.services.async_call(
            DOMAIN, "boombox", {"device_id": caller.device_id(car)}, blocking=True, context=Context()
        )
    )
    await until(lambda: caller.account.world.cloud.requests("wake_up"))
    assert await caller.hass.config_entries.async_unload(caller.account.entry.entry_id)
    with pytest.raises(HomeAssistantError) as caught:
        await call

    assert caught.value.translation_key == "not_loaded"
    assert executed(car) == []


async def test_a_call_that_is_given_up_holds_up_nobody(caller: Caller, car: Car, world: World) -> None:
    world.cloud.hang("command", times=1)
    call = caller.hass.async_create_task(
        caller.hass.services.async_call(
            DOMAIN, "share", {"device_id": caller.device_id(car), "url": "https://a.example"}, blocking=True
        )
    )
    await until(lambda: world.cloud.requests("command"))
    call.cancel()
    await asyncio.wait((call,))
    assert call.cancelled()
    await caller.call("wake", car)

    assert world.cloud.billed()["wake"] == 0


def spend_all(account: Account) -> None:
    """Leave no money for anything more this month."""
    account.runtime.budget.configure(Settings(budget=0.0, discount=0.0), account.wall())


async def test_what_the_budget_does_not_allow_goes_with_the_user_s_consent_alone(
    caller: Caller, car: Car, world: World
) -> None:
    spend_all(caller.account)
    before = world.cloud.billed()
    for action in ("boombox", "recent_alerts", "refresh", "nearby_charging", "raw_command"):
        answers = caller.hass.services.supports_response(DOMAIN, action) is SupportsResponse.ONLY
        await caller.fails(action, car, key="over_budget", response=answers, **REQUIRED.get(action, {}))
    assert world.cloud.billed() == before
    await caller.call("boombox", car, over_budget=True)
    await caller.ask("recent_alerts", car, over_budget=True)
    await caller.ask("refresh", car, endpoints="climate_state", over_budget=True)

    assert car.body.boombox_sounds == [0]
    assert world.cloud.billed()["data"] == before["data"] + 2


async def test_what_is_free_needs_no_budget(caller: Caller, car: Car) -> None:
    spend_all(caller.account)

    assert (await caller.ask("fleet_status", car))["key_paired"] is True
    assert (await caller.ask("telemetry_config", car))["config"] is None
    await caller.call("wake", car)


async def test_consent_has_to_be_plain(caller: Caller, car: Car) -> None:
    for consent in ("true", 1, "yes"):
        await caller.refuses("boombox", car, key="not_a_flag", over_budget=consent)


async def test_a_parameter_that_is_nothing_is_one_that_was_left_out(caller: Caller, car: Car) -> None:
    await caller.call("boombox", car, sound=None, over_budget=None)

    assert car.body.boombox_sounds == [0]


async def test_who_called_is_known_to_the_ledger(caller: Caller, car: Car) -> None:
    await caller.call("boombox", car)
    month = caller.account.runtime.ledger.month(caller.account.wall())
    line = next(line for line in month.answered if (line.what or "").startswith("remote_boombox"))

    assert line.cause.value == "user"
    assert line.vin == car.vin


async def test_an_answer_arrives_where_a_script_asks_for_it(
    caller: Caller, car: Car, hass_ws_client: WebSocketGenerator
) -> None:
    assert await async_setup_component(caller.hass, "websocket_api", {})
    client = await hass_ws_client(caller.hass)
    await client.send_json_auto_id(
        {
            "type": "call_service",
            "domain": DOMAIN,
            "service": "fleet_status",
            "service_data": {"device_id": caller.device_id(car)},
            "return_response": True,
        }
    )
    answer = await client.receive_json()

    assert answer["result"]["response"][caller.device_id(car)]["key_paired"] is True


async def test_a_refusal_is_read_in_the_user_s_language(
    caller: Caller, car: Car, hass_ws_client: WebSocketGenerator
) -> None:
    client = await hass_ws_client(caller.hass)
    await client.send_json_auto_id(
        {
            "type": "call_service",
            "domain": DOMAIN,
            "service": "boombox",
            "service_data": {"device_id": caller.device_id(car), "sound": "horn"},
        }
    )
    error = (await client.receive_json())["error"]

    assert error["code"] == "service_validation_error"
    assert error["translation_key"] == "not_one_of"
    assert error["translation_placeholders"] == {"parameter": "sound", "options": "random, locate_ping"}


async def test_a_language_that_nobody_speaks_does_no_harm(caller: Caller, car: Car) -> None:
    caller.hass.config.language = "tlh"
    await caller.call("navigate_to", car, address="Graben 1")
    await caller.refuses("boombox", car, key="not_one_of", sound="horn")

    assert len(executed(car)) == 1
