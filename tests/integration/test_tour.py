"""The guided tour: part after part, left and taken up again."""

from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntryState, ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.repairs_tour import LeadFlow
from simulator.world import World
from tests.home import until

from .account import Account
from .dialogue import Dialogue
from .public_name import NAME, ORIGIN, PublicName
from .restart import restarted


async def until_entry(dialogue: Dialogue, world: World) -> None:
    """Go the way of a new application: it is registered nowhere yet."""
    world.cloud.unregister()
    world.cloud.set_origins(ORIGIN, at_once=True)
    await dialogue.until_cars()
    assert dialogue.step["type"] == "create_entry"


async def test_the_whole_way_of_a_new_application_needs_nothing_but_yes(
    dialogue: Dialogue, hass: HomeAssistant, world: World, public_name: PublicName, account: Account
) -> None:
    car = world.add_car()
    await until_entry(dialogue, world)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    account.entry = entry
    await dialogue.follow()
    assert dialogue.step["step_id"] == "hosting"
    assert dialogue.step["description_placeholders"]["domain"] == NAME
    await dialogue.answer(next_step_id="hosting_check")
    await dialogue.progress()

    assert dialogue.step["step_id"] == "cars"
    assert dialogue.options == [car.vin]
    assert world.cloud.registered().keys() == world.cloud.bases.keys()
    await dialogue.answer(vehicles=[car.vin])
    await dialogue.progress()
    assert dialogue.step["step_id"] == "pairing_car"
    link = dialogue.step["description_placeholders"]["link"]
    assert await world.cloud.follow_pairing_link(link, car.vin) == "paired"
    await dialogue.answer()
    await dialogue.progress()

    assert dialogue.step["step_id"] == "receiver"
    assert entry.data["unfinished"] == ["profile", "receiver"]
    assert entry.state is ConfigEntryState.LOADED
    assert world.cloud.billed()["data"] <= 1
    await account.quiet()


async def test_cars_that_can_be_listed_are_picked_before_the_tour(
    dialogue: Dialogue, hass: HomeAssistant, world: World, public_name: PublicName
) -> None:
    car = world.add_car()
    world.cloud.set_origins(ORIGIN, at_once=True)
    await dialogue.until_cars()
    await dialogue.answer(vehicles=[car.vin])
    await dialogue.follow()
    await dialogue.answer(next_step_id="hosting_check")
    await dialogue.progress()

    assert dialogue.step["step_id"] == "pairing_car"


async def test_what_is_left_is_named_at_the_end_with_what_is_missing_and_called_to_mind(
    dialogue: Dialogue, hass: HomeAssistant, world: World, account: Account, issue_registry: ir.IssueRegistry
) -> None:
    await until_entry(dialogue, world)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await dialogue.follow()
    await dialogue.answer(next_step_id="hosting_later")
    assert dialogue.step["step_id"] == "receiver"  # neither registration nor cars, nor pairing without cars
    await leave_the_receiver(dialogue)
    assert dialogue.step["step_id"] == "tour_done"
    assert dialogue.step["menu_options"] == ["hosting", "registration", "receiver", "tour_later"]
    await dialogue.answer(next_step_id="tour_later")
    assert dialogue.step["reason"] == "tour_later"

    issue = issue_registry.issues[DOMAIN, f"tour_unfinished_{entry.entry_id}"]
    told = (issue.translation_placeholders or {})["parts"].splitlines()
    assert [line.split(":")[0] for line in told] == [
        "- Cars",
        "- Where Tesla finds your public key",
        "- Registration of the application",
    ]
    await dialogue.begin_repair(issue)
    await dialogue.answer_repair()
    await dialogue.follow()
    assert dialogue.step["step_id"] == "hosting"


async def test_cars_that_cannot_be_listed_do_not_stop_the_tour(
    dialogue: Dialogue, hass: HomeAssistant, world: World, public_name: PublicName
) -> None:
    car = world.add_car()
    await until_entry(dialogue, world)
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    await dialogue.follow()
    world.cloud.refuse("vehicles", error="payment_required")
    await dialogue.answer(next_step_id="hosting_check")
    await dialogue.progress()
    assert dialogue.step["step_id"] == "cars"
    assert dialogue.errors == {"base": "payment_required"}
    await dialogue.answer(later=False)
    assert dialogue.errors == {"base": "payment_required"}
    await dialogue.answer(later=True)
    assert dialogue.step["step_id"] == "receiver"
    await leave_the_receiver(dialogue)
    assert dialogue.step["menu_options"] == ["cars", "receiver", "tour_later"]

    world.cloud.accept()
    await dialogue.answer(next_step_id="cars")
    await dialogue.answer(vehicles=[car.vin])
    assert entry.data["vehicles"].keys() == {car.vin}


async def leave_the_receiver(dialogue: Dialogue) -> None:
    """Say of the direct connection that it is for later."""
    await dialogue.answer(way="later", host="cars.example.com")


@pytest.mark.parametrize("told", [False, True])
async def test_a_part_that_was_left_is_done_from_the_end_of_the_tour(
    dialogue: Dialogue, world: World, account: Account, public_name: PublicName, *, told: bool
) -> None:
    await account.pair()
    await account.set_up(world.add_car(), receiver="never")
    await dialogue.enter_credentials()
    hass = account.hass
    hass.config_entries.async_update_entry(
        account.entry, data={**account.entry.data, "unfinished": ["hosting", "registration"]}
    )
    if told:
        topics = MappingProxyType({"form": "topics", "topic": "telemetry"})
        hass.config_entries.async_add_subentry(
            account.entry,
            ConfigSubentry(data=topics, subentry_type="mqtt", title="MQTT", unique_id="mqtt:telemetry"),
        )
        await hass.async_block_till_done()
    await dialogue.reconfigure(account.entry, "tour")
    await dialogue.answer(next_step_id="hosting_later")
    assert dialogue.step["menu_options"] == ["hosting", "registration", "tour_later"]
    done = dialogue.step["description_placeholders"]["done"].splitlines()
    assert [line.split()[1] for line in done] == ["Your", "Your", "How", "What"]
    await dialogue.answer(next_step_id="hosting")
    await dialogue.answer(next_step_id="hosting_check")
    await dialogue.progress()

    # Whom a broker tells of is not polled alone.
    assert dialogue.step["reason"] == ("tour_done_elsewhere" if told else "tour_done_polled")
    assert account.entry.data["unfinished"] == []


async def test_what_was_left_outlives_a_restart_and_ends_when_it_is_done(
    dialogue: Dialogue, world: World, account: Account, public_name: PublicName
) -> None:
    await account.pair()
    await account.set_up(world.add_car(), receiver="never")
    hass = account.hass
    hass.config_entries.async_update_entry(
        account.entry, data={**account.entry.data, "unfinished": ["hosting"]}
    )
    await hass.async_block_till_done()
    key = f"tour_unfinished_{account.entry.entry_id}"
    assert ir.async_get(hass).async_get_issue(DOMAIN, key)
    started = account.runtime
    await dialogue.reconfigure(account.entry, "hosting")
    await dialogue.answer(next_step_id="hosting_check")
    await dialogue.progress()

    assert dialogue.step["reason"] == "hosting_ready"
    assert not ir.async_get(hass).async_get_issue(DOMAIN, key)
    assert account.runtime is started  # nobody had to reload anything for that


async def test_home_assistant_that_is_restarted_in_the_middle_goes_on(
    account: Account, world: World, issue_registry: ir.IssueRegistry
) -> None:
    await account.set_up(world.add_car())
    account.hass.config_entries.async_update_entry(
        account.entry, data={**account.entry.data, "unfinished": ["hosting", "registration", "profile"]}
    )
    async with restarted(account) as again:
        issue = ir.async_get(again.hass).async_get_issue(DOMAIN, f"tour_unfinished_{again.entry.entry_id}")
        assert issue is not None
        assert len((issue.translation_placeholders or {})["parts"].splitlines()) == 2


async def test_a_notice_that_is_behind_the_times_says_so(
    dialogue: Dialogue, world: World, account: Account
) -> None:
    await account.set_up(world.add_car(), receiver="later")
    issue_registry = ir.async_get(account.hass)
    issue = issue_registry.issues[DOMAIN, f"receiver_later_{account.entry.entry_id}"]
    await dialogue.begin_repair(issue)
    ir.async_delete_issue(account.hass, DOMAIN, issue.issue_id)
    await dialogue.answer_repair()

    assert dialogue.step["reason"] == "mended"


async def test_a_notice_whose_page_has_nothing_to_show_says_so(world: World, account: Account) -> None:
    await account.set_up(world.add_car(), receiver="later")
    await account.hass.config_entries.async_unload(account.entry.entry_id)
    flow = LeadFlow(account.entry.entry_id, "pairing")
    flow.hass, flow.context = account.hass, {"issue_id": f"receiver_later_{account.entry.entry_id}"}

    assert (await flow.async_step_confirm({}))["reason"] == "mended"


async def test_two_may_go_the_same_way_at_once(
    dialogue: Dialogue, world: World, account: Account, public_name: PublicName
) -> None:
    await account.pair()
    await account.set_up(world.add_car(), receiver="never")
    await dialogue.enter_credentials()
    other = Dialogue(account.hass, world, dialogue._web)
    for one in (dialogue, other):
        await one.reconfigure(account.entry, "tour")
        await one.answer(next_step_id="hosting_check")
    for one in (dialogue, other):
        await one.progress()
        assert one.step["step_id"] == "receiver"


async def test_a_dialogue_that_is_closed_ends_what_it_was_waiting_for(
    dialogue: Dialogue, world: World, account: Account, public_name: PublicName
) -> None:
    await account.set_up(world.add_car(), paired=False)
    await dialogue.reconfigure(account.entry, "hosting")
    await dialogue.answer(next_step_id="hosting_check")
    flows = account.hass.config_entries.flow
    flow: Any = flows._progress[dialogue.step["flow_id"]]
    flows.async_abort(dialogue.step["flow_id"])
    assert flow._work is not None
    await until(flow._work[1].done)

    assert flow._work[1].cancelled()
