"""Coming from another integration: what the dialogues offer, and what they have done."""

from pathlib import Path
import re
from typing import Any

from homeassistant.components.application_credentials import ClientCredential, async_import_client_credential
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState, ConfigFlowContext
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.key import TAKEN_OVER
from simulator.car.car import Car
from simulator.world import World
from tests.home import entity_id, until

from .account import Account
from .dialogue import Dialogue
from .former import Former, Formers
from .key_files import new_key, write_key
from .public_name import PublicName
from .test_convert_flow import add_entry


async def has(formers: Formers, car: Car, domain: str = "tesla_fleet", title: str = "Owner") -> Former:
    """Have another integration that has a car."""
    former = formers.add(domain, title)
    former.has(car.vin, "odometer", f"{car.vin}-vehicle_state_odometer")
    former.has(car.vin, "sensor", f"{car.vin}-nobody_else_has")
    await former.set_up()
    return former


async def test_nothing_is_offered_where_nobody_else_has_the_cars(
    account: Account, car: Car, dialogue: Dialogue
) -> None:
    await account.set_up(car)
    context = ConfigFlowContext(source="reconfigure", entry_id=account.entry.entry_id)
    menu: Any = await account.hass.config_entries.flow.async_init(DOMAIN, context=context)

    assert "moving" not in menu["menu_options"]


async def test_the_entities_of_another_integration_are_taken_over_and_given_back(
    account: Account, car: Car, dialogue: Dialogue, formers: Formers
) -> None:
    await account.set_up(car)
    former = await has(formers, car)
    theirs = former.odometer(car.vin)
    await dialogue.reconfigure(account.entry, "moving")
    assert dialogue.step["menu_options"] == ["moving_choose", "moving_leave"]
    assert dialogue.step["description_placeholders"] == {"found": "- Tesla Fleet (Owner): 1 of 2 entities"}
    await dialogue.answer(next_step_id="moving_choose")
    assert dialogue.step["step_id"] == "moving_confirm"
    told = dialogue.step["description_placeholders"]
    assert (told["name"], told["count"], told["others"]) == ("Tesla Fleet (Owner)", "1", "1")
    assert "disabled" in told["off"]
    await dialogue.answer(next_step_id="moving_take")
    await dialogue.progress()
    assert dialogue.step["reason"] == "moving_ready"
    assert account.entity_id(car, "sensor.odometer") == theirs
    assert former.entry.disabled_by is ConfigEntryDisabler.USER

    await dialogue.reconfigure(account.entry, "moving")
    assert dialogue.step["menu_options"] == ["moving_back", "moving_leave"]
    assert dialogue.step["description_placeholders"]["found"] == "Nobody."
    await dialogue.answer(next_step_id="moving_back")
    assert dialogue.step["description_placeholders"] == {"count": "1"}
    await dialogue.answer(next_step_id="moving_return")
    await dialogue.progress()
    assert dialogue.step["reason"] == "moving_ready"
    assert former.odometer(car.vin) == theirs
    assert former.entry.state is ConfigEntryState.LOADED
    await account.quiet()


async def test_of_several_integrations_one_is_chosen(
    account: Account, car: Car, dialogue: Dialogue, formers: Formers
) -> None:
    await account.set_up(car)
    await has(formers, car)
    second = await has(formers, car, "tessie", "[A](http://link.example)")
    second.has("1234567890", "sensor", "1234567890-solar_power")
    await account.hass.config_entries.async_reload(second.entry.entry_id)
    theirs = second.odometer(car.vin)
    await dialogue.reconfigure(account.entry, "moving")
    await dialogue.answer(next_step_id="moving_choose")
    assert dialogue.step["step_id"] == "moving_choose"
    (field,) = dialogue._fields()
    labels = [option["label"] for option in field["selector"]["select"]["options"]]
    assert labels == ["Tesla Fleet (Owner)", "Tessie ((A)(http link.example))"]  # no link in it
    await dialogue.answer(former=second.entry.entry_id)
    assert "energy site" in dialogue.step["description_placeholders"]["off"]
    await dialogue.look()
    assert dialogue.step["step_id"] == "moving_confirm"
    await dialogue.answer(next_step_id="moving_take")
    await dialogue.progress()

    assert dialogue.step["reason"] == "moving_ready"
    assert account.entity_id(car, "sensor.odometer") == theirs
    assert second.entry.state is ConfigEntryState.LOADED
    await account.quiet()


async def test_who_is_removed_meanwhile_is_not_chosen(
    account: Account, car: Car, dialogue: Dialogue, formers: Formers
) -> None:
    await account.set_up(car)
    first, second = await has(formers, car), await has(formers, car, "tessie")
    await dialogue.reconfigure(account.entry, "moving")
    await dialogue.answer(next_step_id="moving_choose")
    await account.hass.config_entries.async_remove(second.entry.entry_id)
    await dialogue.answer(former=second.entry.entry_id)
    assert dialogue.step["step_id"] == "moving"
    (line,) = dialogue.step["description_placeholders"]["found"].splitlines()
    assert re.fullmatch(r"- Tesla Fleet \(Owner\): \d+ of \d+ entities", line)
    await account.hass.config_entries.async_remove(first.entry.entry_id)
    await dialogue.answer(next_step_id="moving_choose")

    assert dialogue.step["reason"] == "moving_nothing"


async def test_what_is_left_as_it_is_stays_on_offer(
    account: Account, car: Car, dialogue: Dialogue, formers: Formers
) -> None:
    await account.set_up(car)
    former = await has(formers, car)
    for _ in range(2):
        await dialogue.reconfigure(account.entry, "moving")
        await dialogue.answer(next_step_id="moving_leave")
        assert dialogue.step["reason"] == "moving_left"
    assert former.entry.state is ConfigEntryState.LOADED


async def test_who_cannot_be_unloaded_is_named_and_can_be_tried_again(
    account: Account, car: Car, dialogue: Dialogue, formers: Formers
) -> None:
    await account.set_up(car)
    former = await has(formers, car)
    former.unloads = False
    await dialogue.reconfigure(account.entry, "moving")
    await dialogue.answer(next_step_id="moving_choose")
    await dialogue.answer(next_step_id="moving_take")
    await dialogue.progress()
    assert dialogue.step["step_id"] == "moving_done"
    assert account.loaded
    await dialogue.answer(next_step_id="moving")
    assert dialogue.step["step_id"] == "moving"
    await account.quiet()


async def test_whoever_closes_the_dialogue_leaves_nothing_half_done(
    account: Account, car: Car, dialogue: Dialogue, formers: Formers
) -> None:
    hass = account.hass
    await account.set_up(car)
    former = await has(formers, car)
    theirs = former.odometer(car.vin)
    await dialogue.reconfigure(account.entry, "moving")
    await dialogue.answer(next_step_id="moving_choose")
    former.hold()
    flows = hass.config_entries.flow
    flow_id = dialogue.step["flow_id"]
    await flows.async_configure(flow_id, {"next_step_id": "moving_take"})
    await until(lambda: former.held)
    flows.async_abort(flow_id)
    former.let_go()
    await until(lambda: account.loaded and former.entry.disabled_by is ConfigEntryDisabler.USER)
    await hass.async_block_till_done()

    assert account.entity_id(car, "sensor.odometer") == theirs
    assert account.loaded
    await account.quiet()


async def test_the_tour_ends_with_the_offer_and_calls_nobody_to_mind_of_it(
    account: Account, car: Car, dialogue: Dialogue, formers: Formers
) -> None:
    await account.set_up(car)
    hass = account.hass
    hass.config_entries.async_update_entry(
        account.entry, data={**account.entry.data, "unfinished": ["pairing"]}
    )
    await has(formers, car)
    await dialogue.reconfigure(account.entry, "tour")
    await dialogue.progress()
    assert dialogue.step["step_id"] == "moving"
    await dialogue.answer(next_step_id="moving_leave")

    assert dialogue.step["menu_options"] == ["pairing", "tour_later"]  # it is nothing that is left to do
    await dialogue.answer(next_step_id="pairing")
    await dialogue.progress()
    assert dialogue.step["step_id"] == "tour_done"  # and is not asked once more
    assert account.entry.data["unfinished"] == ["pairing"]


async def test_the_tour_goes_on_behind_what_was_taken_over(
    account: Account, car: Car, dialogue: Dialogue, formers: Formers
) -> None:
    await account.set_up(car)
    account.hass.config_entries.async_update_entry(
        account.entry, data={**account.entry.data, "unfinished": ["pairing"]}
    )
    await has(formers, car)
    await dialogue.reconfigure(account.entry, "tour")
    await dialogue.progress()
    await dialogue.answer(next_step_id="moving_choose")
    await dialogue.answer(next_step_id="moving_take")
    await dialogue.progress()

    assert dialogue.step["step_id"] == "tour_done"
    await account.quiet()


async def test_the_key_of_the_other_integration_is_offered_with_the_question_where_it_is(
    account: Account, car: Car, dialogue: Dialogue, public_name: PublicName, hass: HomeAssistant
) -> None:
    await account.set_up(car, paired=False)
    theirs = new_key()
    file = Path(hass.config.path("tesla_fleet.key"))
    await hass.async_add_executor_job(write_key, file, theirs)
    await dialogue.reconfigure(account.entry, "hosting")
    assert "key_take_over" in dialogue.step["menu_options"]
    await dialogue.answer(next_step_id="key_take_over")
    await dialogue.answer()
    assert dialogue.step["step_id"] == "key_show"
    await dialogue.answer()

    assert dialogue.step["reason"] == "key_ready"
    assert (await account.shared()).key.origin == TAKEN_OVER


async def enter_for_fleet(hass: HomeAssistant, world: World, **more: Any) -> None:
    """Enter credentials as Tesla Fleet has them."""
    application = world.cloud.books.application
    assert await async_setup_component(hass, "application_credentials", {})
    credential = ClientCredential(application.client_id, application.client_secret, **more)
    await async_import_client_credential(hass, "tesla_fleet", credential)


@pytest.mark.parametrize("name", [None, "Mine"])
async def test_credentials_of_the_other_integration_need_not_be_entered_again(
    dialogue: Dialogue, world: World, account: Account, formers: Formers, name: str | None
) -> None:
    hass = account.hass
    world.add_car()
    formers.add("tesla_fleet").has_credentials()
    await enter_for_fleet(hass, world, name=name)
    await dialogue.begin()
    await dialogue.choose_application()
    assert dialogue.step["step_id"] == "credentials_found"
    await dialogue.answer(next_step_id="credentials_take")
    assert dialogue.step["step_id"] == "application"
    cloud = world.cloud
    await dialogue.answer(provider="custom", location=True)
    await dialogue.answer(
        bases=[f"{region}={base}" for region, base in cloud.bases.items()],
        authorize_url=cloud.authorize_url,
        token_url=cloud.token_url,
    )
    await dialogue.sign_in()
    assert dialogue.step["step_id"] == "region"


async def test_another_application_can_be_entered_nevertheless(
    dialogue: Dialogue, world: World, account: Account, formers: Formers
) -> None:
    formers.add("tesla_fleet").has_credentials()
    await enter_for_fleet(account.hass, world)
    await dialogue.begin()
    await dialogue.choose_application()
    await dialogue.answer(next_step_id="credentials_enter")

    assert dialogue.step["reason"] == "missing_credentials"


async def test_cars_of_a_broker_go_on_too_where_another_integration_has_stopped(
    account: Account, car: Car, dialogue: Dialogue, formers: Formers
) -> None:
    hass = account.hass
    await account.shared()
    entry = add_entry(hass, car.vin)
    assert await hass.config_entries.async_setup(entry.entry_id)
    former = await has(formers, car)
    theirs = former.odometer(car.vin)
    await dialogue.reconfigure(entry, "moving")
    await dialogue.answer(next_step_id="moving_choose")
    await dialogue.answer(next_step_id="moving_take")
    await dialogue.progress()

    assert dialogue.step["reason"] == "moving_ready"
    assert entity_id(hass, car.vin, "sensor.odometer") == theirs
    assert entry.state is ConfigEntryState.LOADED
