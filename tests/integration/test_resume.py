"""After the sign-in nothing is lost: what was left is gone on with, without signing in once more."""

from datetime import UTC, datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import async_fire_time_changed  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct import async_setup
from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.sign_ins import STORE
from simulator.world import World

from .account import Account
from .dialogue import Dialogue
from .disk import path, spoil_disk, stored, write


async def until_signed_in(dialogue: Dialogue) -> None:
    """Sign in, and leave it at that."""
    await dialogue.enter_credentials()
    await dialogue.begin()
    await dialogue.choose_hosts()
    await dialogue.sign_in()
    assert dialogue.step["step_id"] == "region"


async def kept(hass: HomeAssistant) -> bool:
    return bool(await hass.async_add_executor_job(path(hass, STORE).exists))


async def test_a_browser_that_was_closed_costs_no_second_sign_in(
    dialogue: Dialogue, hass: HomeAssistant, world: World
) -> None:
    car = world.add_car()
    await until_signed_in(dialogue)
    await dialogue.begin()
    assert dialogue.step["step_id"] == "sign_in_left"
    await dialogue.answer(next_step_id="sign_in_resume")
    assert dialogue.step["step_id"] == "region"
    await dialogue.answer(region="eu")
    await dialogue.answer(vehicles=[car.vin])

    assert dialogue.step["type"] == "create_entry"
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.unique_id == world.cloud.account.sub
    assert entry.data["client_id"] == world.cloud.books.application.client_id
    assert entry.data["auth_implementation"] == DOMAIN
    assert entry.state is ConfigEntryState.LOADED
    assert len(world.cloud.requests("authorize")) == 1
    assert not await kept(hass)


async def test_home_assistant_that_is_restarted_costs_no_second_sign_in(
    dialogue: Dialogue, hass: HomeAssistant, world: World
) -> None:
    world.add_car()
    await until_signed_in(dialogue)
    for flow in hass.config_entries.flow.async_progress():  # what lives in memory only
        hass.config_entries.flow.async_abort(flow["flow_id"])
    await dialogue.begin()
    await dialogue.answer(next_step_id="sign_in_resume")
    await dialogue.answer(region="eu")

    assert dialogue.step["step_id"] == "cars"


async def test_what_is_kept_is_private(dialogue: Dialogue, hass: HomeAssistant) -> None:
    await until_signed_in(dialogue)
    _, mode = await hass.async_add_executor_job(stored, hass, STORE)

    assert mode == 0o600


async def test_who_wants_to_begin_anew_does(dialogue: Dialogue, hass: HomeAssistant) -> None:
    await until_signed_in(dialogue)
    await dialogue.begin()
    await dialogue.answer(next_step_id="sign_in_anew")

    assert dialogue.step["step_id"] == "user"
    assert not await kept(hass)


async def test_a_sign_in_that_is_too_old_is_forgotten(
    dialogue: Dialogue, hass: HomeAssistant, account: Account
) -> None:
    await account.shared()  # which goes by the world's clock
    await until_signed_in(dialogue)
    account.wall.move(9 * 3600)
    await dialogue.begin()

    assert dialogue.step["step_id"] == "user"
    assert not await kept(hass)


async def test_a_sign_in_that_nobody_comes_back_for_is_not_kept_for_long(
    dialogue: Dialogue, hass: HomeAssistant, account: Account
) -> None:
    await account.shared()
    await until_signed_in(dialogue)
    for hours, left in ((7, True), (2, False)):
        account.wall.move(hours * 3600)
        async_fire_time_changed(hass, datetime.now(UTC) + timedelta(hours=9))
        await hass.async_block_till_done(wait_background_tasks=True)
        assert await kept(hass) is left
        if left:
            await dialogue.begin()
            await dialogue.answer(next_step_id="sign_in_resume")  # which keeps it anew, but no longer


@pytest.mark.parametrize(("hours", "left"), [(1, True), (9, False)])
async def test_at_the_start_a_sign_in_that_is_too_old_is_forgotten(
    dialogue: Dialogue, hass: HomeAssistant, account: Account, hours: int, *, left: bool
) -> None:
    await account.shared()
    await until_signed_in(dialogue)
    account.wall.move(hours * 3600)
    assert await async_setup(hass, {})

    assert await kept(hass) is left


@pytest.mark.parametrize("trouble", ["missing_scopes", "token_invalid"])
async def test_a_sign_in_that_is_of_no_use_is_not_offered_again(
    dialogue: Dialogue, hass: HomeAssistant, world: World, trouble: str
) -> None:
    world.add_car()
    world.cloud.refuse("vehicles", error=trouble)
    await dialogue.until_cars()
    assert dialogue.errors
    assert not await kept(hass)

    dialogue.step = None
    await dialogue.begin()
    assert dialogue.step["step_id"] == "user"


async def test_trouble_of_an_account_that_is_set_up_takes_no_sign_in_along(
    dialogue: Dialogue, hass: HomeAssistant, account: Account, world: World
) -> None:
    await account.set_up(world.add_car())
    await hass.async_add_executor_job(write, hass, STORE, {"of": "another account"})
    world.cloud.refuse("vehicles", error="missing_scopes")
    await dialogue.reconfigure(account.entry, "cars")

    assert dialogue.errors == {"base": "scope_missing"}
    assert await kept(hass)


async def test_a_sign_in_of_an_account_without_cars_is_not_offered_again(
    dialogue: Dialogue, hass: HomeAssistant
) -> None:
    await dialogue.until_cars()

    assert dialogue.step["reason"] == "no_cars"
    assert not await kept(hass)


async def test_a_sign_in_of_an_account_that_is_set_up_by_now_is_forgotten(
    dialogue: Dialogue, hass: HomeAssistant, account: Account, world: World
) -> None:
    await until_signed_in(dialogue)
    await account.set_up(world.add_car())
    await dialogue.begin()

    assert dialogue.step["step_id"] == "user"
    assert not await kept(hass)


@pytest.mark.parametrize("data", [{}, {"token": 5}, {"token": {"access_token": "x"}}, {"token": []}])
async def test_what_makes_no_sense_is_no_sign_in(dialogue: Dialogue, hass: HomeAssistant, data: Any) -> None:
    await hass.async_add_executor_job(write, hass, STORE, data)
    await dialogue.enter_credentials()
    await dialogue.begin()

    assert dialogue.step["step_id"] == "user"


async def test_a_disk_that_takes_nothing_costs_only_the_second_sign_in(
    dialogue: Dialogue, hass: HomeAssistant, world: World
) -> None:
    car = world.add_car()
    await hass.async_add_executor_job(spoil_disk, hass, STORE)
    await dialogue.until_cars()
    await dialogue.answer(vehicles=[car.vin])

    assert dialogue.step["type"] == "create_entry"
