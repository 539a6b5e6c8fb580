"""What can be changed later: cars, region, sign-in; and signing in again when Tesla asks for it."""

from collections.abc import Awaitable, Callable

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import DOMAIN
from simulator.world import World
from tests.home import until

from .account import Account
from .dialogue import Dialogue
from .disk import spoil_disk

READ_ONLY = ("openid", "offline_access", "vehicle_device_data")


async def test_a_car_can_be_added(account: Account, world: World, dialogue: Dialogue) -> None:
    first, second = world.add_car("typed"), world.add_car("untyped")
    await account.set_up(first)
    await dialogue.reconfigure(account.entry, "cars")
    assert dialogue.options == [first.vin, second.vin]
    await dialogue.answer(vehicles=[first.vin, second.vin])

    assert dialogue.step["reason"] == "reconfigure_successful"
    await account.quiet()
    assert account.entry.data["vehicles"] == {first.vin: "Marmalade", second.vin: "Biscuit"}
    assert account.shows(second, "sensor.battery_level") == "70"


async def test_a_car_can_be_left_out_and_is_turned_away_from_then_on(
    account: Account, world: World, dialogue: Dialogue, device_registry: dr.DeviceRegistry
) -> None:
    stays, goes = world.add_car("typed"), world.add_car("untyped")
    port = await account.make_port()
    await account.set_up(stays, goes, receiver=port)
    await account.connect(stays)
    await account.connect(goes)
    await dialogue.reconfigure(account.entry, "cars")
    await dialogue.answer(vehicles=[stays.vin])

    devices = dr.async_entries_for_config_entry(device_registry, account.entry.entry_id)
    cars = [device for device in devices if device.entry_type is not dr.DeviceEntryType.SERVICE]
    assert [device.identifiers for device in cars] == [{(DOMAIN, stays.vin)}]
    await until(lambda: not goes.telemetry.connections.open)
    assert stays.telemetry.connections.open
    await world.advance(40)
    await until(lambda: account.server.turned_away["unknown_vehicle"])


async def test_the_cars_of_an_entry_that_is_not_loaded_cannot_be_listed(
    account: Account, world: World, dialogue: Dialogue, hass: HomeAssistant
) -> None:
    await account.set_up(world.add_car())
    await hass.config_entries.async_unload(account.entry.entry_id)
    await dialogue.reconfigure(account.entry, "cars")

    assert dialogue.step["reason"] == "not_loaded"


async def test_cars_that_cannot_be_listed_are_asked_for_again(
    account: Account, world: World, dialogue: Dialogue
) -> None:
    car = world.add_car()
    await account.set_up(car)
    world.cloud.refuse("vehicles", "service_unavailable")
    await dialogue.reconfigure(account.entry, "cars")
    assert dialogue.errors == {"base": "cannot_connect"}

    world.cloud.accept()
    await dialogue.answer()
    assert dialogue.options == [car.vin]


async def test_a_car_that_was_sold_stays_until_it_is_left_out(
    account: Account, world: World, dialogue: Dialogue
) -> None:
    sold, kept = world.add_car("typed"), world.add_car("untyped")
    await account.set_up(sold, kept)
    world.cloud.take_away(sold.vin)
    await dialogue.reconfigure(account.entry, "cars")
    assert dialogue.options == [sold.vin, kept.vin]  # an answer without it may be a mistake
    await dialogue.answer(vehicles=[kept.vin])

    assert account.entry.data["vehicles"] == {kept.vin: "Biscuit"}


async def test_the_region_can_be_changed(account: Account, world: World, dialogue: Dialogue) -> None:
    await account.set_up(world.add_car(), scopes=READ_ONLY)
    await dialogue.reconfigure(account.entry, "region")
    told = dialogue.step["description_placeholders"]
    assert told["region"] == "EU"
    assert "`vehicle_charging_cmds`" in told["missing"]
    assert "`vehicle_device_data`" not in told["missing"]

    world.cloud.move_account("na")
    await dialogue.answer(region="na")
    await account.quiet()
    assert account.entry.data["region"] == "na"
    assert world.cloud.requests("vehicles")[-1].host == "na"
    assert world.cloud.requests("vehicles")[-1].status == 200


async def test_where_the_cloud_has_sent_us_ends_with_another_region(
    account: Account, world: World, dialogue: Dialogue
) -> None:
    await account.set_up(world.add_car())
    await world.cloud.move_region("eu")
    await account.pass_time(121)
    assert account.runtime.api.base == world.cloud.bases["eu"]
    assert account.runtime.api.base not in account.entry.data["provider"]["bases"].values()

    await account.reload()
    assert account.runtime.api.base == world.cloud.bases["eu"]

    world.cloud.move_account("na")
    await dialogue.reconfigure(account.entry, "region")
    await dialogue.answer(region="na")
    await account.quiet()
    assert account.runtime.api.base == account.entry.data["provider"]["bases"]["na"]


async def test_signing_in_again_can_grant_more(account: Account, world: World, dialogue: Dialogue) -> None:
    car = world.add_car()
    await account.set_up(car, scopes=READ_ONLY)
    await dialogue.enter_credentials()
    await dialogue.reconfigure(account.entry, "sign_in")
    assert dialogue._fields()[0]["default"] is False
    await dialogue.answer(location=True)
    await dialogue.sign_in()

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert "vehicle_location" in account.entry.data["scopes"]
    await account.quiet()
    assert account.shows(car, "device_tracker.location") != "unavailable"


@pytest.mark.parametrize("left", [None, [], ["hosting", "registration"]])
async def test_another_application_is_to_be_registered_unless_it_is(
    account: Account, world: World, dialogue: Dialogue, left: list[str] | None
) -> None:
    """left: what another account with that application has still to do; None if there is none"""
    await account.set_up(world.add_car())
    entry, hass = account.entry, account.hass
    data = {**entry.data, "client_id": "of before", "unfinished": ["profile"]}
    hass.config_entries.async_update_entry(entry, data=data)
    if left is not None:
        of_now = world.cloud.books.application.client_id
        other = MockConfigEntry(
            domain=DOMAIN, data={**data, "client_id": of_now, "unfinished": [*left, "receiver"]}
        )
        other.add_to_hass(hass)
    await dialogue.enter_credentials()
    await dialogue.reconfigure(entry, "sign_in")
    await dialogue.answer(location=True)
    await dialogue.sign_in()

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert entry.data["client_id"] == world.cloud.books.application.client_id
    assert entry.data["unfinished"] == (["profile"] if left == [] else ["hosting", "profile", "registration"])
    if left is None:
        await dialogue.reconfigure(entry, "sign_in")
        await dialogue.answer(location=True)
        await dialogue.sign_in()
        assert entry.data["unfinished"] == ["hosting", "profile", "registration"]  # nothing is known better


async def test_signing_in_as_somebody_else_changes_nothing(
    account: Account, world: World, dialogue: Dialogue
) -> None:
    await account.set_up(world.add_car())
    before = dict(account.entry.data)
    world.cloud.add_account(email="partner@example.org")
    world.cloud.approve(email="partner@example.org")
    await dialogue.enter_credentials()
    await dialogue.reconfigure(account.entry, "sign_in")
    await dialogue.answer()
    await dialogue.sign_in()

    assert dialogue.step["reason"] == "wrong_account"
    assert dict(account.entry.data) == before


async def ask_for_the_login(account: Account, dialogue: Dialogue) -> None:
    """Have Tesla refuse the login, and open the dialogue that appears."""
    account.world.cloud.expire_login()
    await account.pass_time(121)
    flows = account.hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    (flow,) = [flow for flow in flows if flow["context"]["source"] == "reauth"]
    await dialogue.enter_credentials()
    await dialogue.look(flow["flow_id"])
    assert dialogue.step["step_id"] == "reauth_confirm"
    assert account.loaded


async def test_a_new_sign_in_is_used_at_once(account: Account, world: World, dialogue: Dialogue) -> None:
    await account.set_up(world.add_car())
    await ask_for_the_login(account, dialogue)
    await dialogue.answer()
    await dialogue.sign_in()

    assert dialogue.step["reason"] == "reauth_successful"
    await account.quiet()
    assert world.cloud.requests("vehicles")[-1].status == 200
    # The sign-in was the only exchange: nothing was renewed with an old token, or for lack of a new one.
    assert [asked.status for asked in world.cloud.requests("token")][-2:] == [401, 200]


async def test_an_entry_that_is_not_loaded_begins_with_the_new_sign_in(
    account: Account, world: World, dialogue: Dialogue, hass: HomeAssistant
) -> None:
    car = world.add_car()
    await account.set_up(car)
    await ask_for_the_login(account, dialogue)
    await hass.config_entries.async_unload(account.entry.entry_id)
    await dialogue.answer()
    await dialogue.sign_in()
    assert dialogue.step["reason"] == "reauth_successful"

    assert await hass.config_entries.async_setup(account.entry.entry_id)
    await account.quiet()
    assert world.cloud.requests("vehicles")[-1].status == 200


async def test_the_sign_in_of_somebody_else_does_not_replace_the_expired_one(
    account: Account, world: World, dialogue: Dialogue
) -> None:
    await account.set_up(world.add_car())
    world.cloud.add_account(email="partner@example.org")
    await ask_for_the_login(account, dialogue)
    world.cloud.approve(email="partner@example.org")
    await dialogue.answer()
    await dialogue.sign_in()

    assert dialogue.step["reason"] == "wrong_account"


async def unloaded(account: Account) -> None:
    await account.hass.config_entries.async_unload(account.entry.entry_id)


async def still_loaded(account: Account) -> None:
    assert account.entry.state is ConfigEntryState.LOADED


@pytest.mark.parametrize("state", [unloaded, still_loaded])
async def test_a_new_sign_in_that_cannot_be_saved_is_told(
    account: Account,
    world: World,
    dialogue: Dialogue,
    hass: HomeAssistant,
    state: Callable[[Account], Awaitable[None]],
) -> None:
    await account.set_up(world.add_car())
    await ask_for_the_login(account, dialogue)
    await state(account)
    await hass.async_add_executor_job(spoil_disk, hass, "tokens")
    await dialogue.answer()
    await dialogue.sign_in()

    assert dialogue.step["reason"] == "token_not_saved"
