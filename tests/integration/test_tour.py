"""The guided tour: part after part, left and taken up again."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from custom_components.tesla_direct.const import DOMAIN
from simulator.world import World

from .account import Account
from .dialogue import Dialogue
from .public_name import NAME, ORIGIN, PublicName


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
