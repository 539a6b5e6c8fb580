"""A stream of TeslaMate's kind beside another provider: signing in for it, its cars, and its token."""

from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_direct.const import SUBENTRY_LEGACY_STREAM
from custom_components.tesla_direct.feed_stream import async_forget_streams
from simulator.car.car import Car
from simulator.myteslamate.service import MyTeslaMate
from simulator.world import World

from .account import Account
from .dialogue import Dialogue
from .disk import full_disk
from .legacy import legacy_feed
from .sources import set_up_alone


@pytest.fixture
async def service(account: Account, world: World, car: Car) -> MyTeslaMate:
    car.power.idle_s = 1e9
    await account.shared()
    service = await world.open_myteslamate()
    service.pair(car.vin)
    return service


@pytest.fixture
async def direct(account: Account, car: Car, service: MyTeslaMate) -> Account:
    """An account with Tesla itself, whose car is with the service, too."""
    await account.set_up(car)
    return account


async def enter(
    account: Account, dialogue: Dialogue, service: MyTeslaMate, token: str | None = None, **more: str
) -> None:
    await dialogue.begin_subentry(account.entry, SUBENTRY_LEGACY_STREAM)
    assert dialogue.step["step_id"] == "user"
    await dialogue.answer_subentry(next_step_id="myteslamate_server")
    await dialogue.answer_subentry(address=service.address, **({"stream": service.stream_address} | more))
    await dialogue.answer_subentry(token=service.token if token is None else token)


async def add(account: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car) -> ConfigSubentry:
    await enter(account, dialogue, service)
    await dialogue.answer_subentry(vehicles=[car.vin], raw=True)
    assert dialogue.step["type"] == "create_entry", dialogue.step
    await account.quiet()
    return subentry_of(account)


def subentry_of(account: Account) -> ConfigSubentry:
    (subentry,) = account.entry.subentries.values()
    assert isinstance(subentry, ConfigSubentry)
    return subentry


def default_of(dialogue: Dialogue, name: str) -> Any:
    return next(each for each in dialogue._fields() if each["name"] == name)["default"]


async def token_of(account: Account, subentry: ConfigSubentry) -> Any:
    return await (await account.shared()).tokens.async_load(str(subentry.unique_id))


async def test_a_token_brings_the_stream(
    direct: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await enter(direct, dialogue, service)
    assert dialogue.step["step_id"] == "legacy_stream_cars"
    assert dialogue.options == [car.vin]
    await dialogue.answer_subentry(vehicles=[car.vin], raw=False)
    await direct.quiet()

    subentry = subentry_of(direct)
    account = subentry.data["account"]
    assert dict(subentry.data) == {
        "provider": subentry.data["provider"],
        "account": account,
        "tags": {car.vin: car.vin},
        "raw": False,
        "signed_in_at": subentry.data["signed_in_at"],
    }
    assert subentry.data["provider"]["stream"]["url"] == service.stream_address
    assert subentry.unique_id == f"legacy_stream:{account}"
    assert subentry.title == service.stream_address.removeprefix("ws://")
    assert (await token_of(direct, subentry)).access_token == service.token


async def test_cars_that_the_entry_does_not_have_are_left_alone(
    direct: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car, second: Car
) -> None:
    await enter(direct, dialogue, service)

    assert dialogue.options == [car.vin]


async def test_a_token_that_is_none_is_refused(
    direct: Account, dialogue: Dialogue, service: MyTeslaMate
) -> None:
    await enter(direct, dialogue, service, "nonsense")

    assert dialogue.errors == {"base": "service_refused"}


async def test_an_account_without_any_of_the_cars_is_of_no_use(
    direct: Account, dialogue: Dialogue, service: MyTeslaMate
) -> None:
    await enter(direct, dialogue, service, service.strangers_token())

    assert dialogue.step["reason"] == "stream_no_cars"


async def test_a_service_without_a_stream_is_of_no_use_either(
    direct: Account, dialogue: Dialogue, service: MyTeslaMate
) -> None:
    await enter(direct, dialogue, service, stream="")

    assert dialogue.step["reason"] == "service_without_stream"


async def test_a_stream_is_there_once(
    direct: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await add(direct, dialogue, service, car)
    await enter(direct, dialogue, service, service.paste_token())

    assert dialogue.step["reason"] == "stream_in_use"


@pytest.mark.parametrize("way", ["myteslamate_server", "teslamate_style"])
async def test_of_two_dialogues_the_faster_one_has_the_stream(
    direct: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car, way: str
) -> None:
    await enter(direct, dialogue, service, service.paste_token())
    slower = dialogue.step
    if way == "teslamate_style":  # known by where it is, and by nobody's account
        await dialogue.begin_subentry(direct.entry, SUBENTRY_LEGACY_STREAM)
        await dialogue.answer_subentry(next_step_id="teslamate_style")
        await dialogue.answer_subentry(next_step_id="teslamate_fields")
        await dialogue.answer_subentry(stream=service.stream_address, tag="vin", token=service.token)
    else:
        await enter(direct, dialogue, service)
    await dialogue.answer_subentry(vehicles=[car.vin], raw=True)
    subentry = subentry_of(direct)
    dialogue.step = slower
    await dialogue.answer_subentry(vehicles=[car.vin], raw=True)

    assert dialogue.step["reason"] == "stream_in_use"
    assert subentry_of(direct) == subentry
    assert (await token_of(direct, subentry)).access_token == service.token
    await direct.quiet()


async def test_a_disk_that_is_full_is_told(
    direct: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await enter(direct, dialogue, service)
    with full_disk():
        await dialogue.answer_subentry(vehicles=[car.vin], raw=True)

    assert dialogue.step["reason"] == "token_not_saved"
    assert not direct.entry.subentries


async def test_signing_in_again_shows_what_was_chosen(
    direct: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    subentry = await add(direct, dialogue, service, car)
    service.stop_streaming(car.vin)
    await dialogue.begin_subentry(direct.entry, SUBENTRY_LEGACY_STREAM, subentry.subentry_id)
    assert dialogue.step["step_id"] == "reconfigure"
    await dialogue.answer_subentry(next_step_id="myteslamate_token")
    await dialogue.answer_subentry(token=service.token, refresh_token=service.refresh_token)
    assert (default_of(dialogue, "vehicles"), default_of(dialogue, "raw")) == ([car.vin], True)
    await dialogue.answer_subentry(vehicles=[car.vin], raw=False)
    await direct.quiet()

    assert dialogue.step["reason"] == "reconfigure_successful"
    subentry = subentry_of(direct)
    assert (subentry.data["raw"], subentry.data["oauth_client"]) == (False, "ownerapi")
    assert (await token_of(direct, subentry)).refresh_token == service.refresh_token


async def test_another_account_is_not_taken_for_the_same(
    direct: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    subentry = await add(direct, dialogue, service, car)
    await dialogue.begin_subentry(direct.entry, SUBENTRY_LEGACY_STREAM, subentry.subentry_id)
    await dialogue.answer_subentry(next_step_id="myteslamate_token")
    await dialogue.answer_subentry(token=service.strangers_token())

    assert dialogue.step["reason"] == "wrong_account"


async def test_a_stream_without_an_api_is_taken_at_its_word(
    account: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car, second: Car
) -> None:
    await set_up_alone(account, car, second)
    await dialogue.begin_subentry(account.entry, SUBENTRY_LEGACY_STREAM)
    await dialogue.answer_subentry(next_step_id="teslamate_style")
    await dialogue.answer_subentry(next_step_id="teslamate_paste")
    await dialogue.answer_subentry(settings=f"TESLA_WSS_HOST={service.stream_address}\nTOKEN=any")
    assert dialogue.step["step_id"] == "teslamate_fields"
    await dialogue.answer_subentry(stream=service.stream_address, tag="id")
    assert dialogue.errors == {"tag": "setting_no_numbers"}
    await dialogue.answer_subentry(tag="vin")
    assert dialogue.errors == {"stream": "setting_no_stream"}
    await dialogue.answer_subentry(stream=service.stream_address, tag="vin")
    assert set(dialogue.options) == {car.vin, second.vin}
    await dialogue.answer_subentry(vehicles=[car.vin], raw=True)

    assert dialogue.step["type"] == "create_entry"
    subentry = subentry_of(account)
    assert subentry.data["account"] == subentry.title == service.stream_address.removeprefix("ws://")
    assert subentry.data["tags"] == {car.vin: car.vin}
    assert subentry.data["provider"]["address"] == ""
    assert service.requests("products") == []
    assert (await token_of(account, subentry)).access_token == "any"
    await account.hass.async_block_till_done()


async def test_a_car_of_which_another_source_hears_at_the_same_place_is_not_offered(
    direct: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await add(direct, dialogue, service, car)
    await dialogue.begin_subentry(direct.entry, SUBENTRY_LEGACY_STREAM)
    await dialogue.answer_subentry(next_step_id="teslamate_style")
    await dialogue.answer_subentry(next_step_id="teslamate_fields")
    await dialogue.answer_subentry(stream=service.stream_address, tag="vin", token="any")

    assert dialogue.step["reason"] == "stream_in_use"


async def test_the_token_goes_with_the_stream(
    hass: HomeAssistant, direct: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    subentry = await add(direct, dialogue, service, car)
    hass.config_entries.async_remove_subentry(direct.entry, subentry.subentry_id)
    await hass.async_block_till_done()
    await direct.quiet()

    assert await token_of(direct, subentry) is None


async def test_the_token_of_one_that_went_while_nobody_was_there_is_forgotten_at_the_next_start(
    hass: HomeAssistant, direct: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    subentry = await add(direct, dialogue, service, car)
    shared = await direct.shared()
    await shared.tokens.async_save("legacy_stream:gone", await token_of(direct, subentry))
    await async_forget_streams(hass, shared)

    assert await shared.tokens.async_names() == {subentry.unique_id, direct.owner.sub}


async def test_the_token_goes_with_the_entry(
    hass: HomeAssistant, direct: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    subentry = await add(direct, dialogue, service, car)
    await hass.config_entries.async_remove(direct.entry.entry_id)

    assert await token_of(direct, subentry) is None


async def test_an_account_with_the_service_has_its_stream_already(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await dialogue.begin()
    await dialogue.answer(next_step_id="myteslamate")
    await dialogue.answer(next_step_id="myteslamate_server")
    await dialogue.answer(address=service.address, stream=service.stream_address)
    await dialogue.answer(token=service.token)
    await dialogue.answer(vehicles=[car.vin])
    await dialogue.answer(next_step_id="legacy_stream_none")
    (entry,) = hass.config_entries.async_entries("tesla_direct")

    assert SUBENTRY_LEGACY_STREAM not in entry.supported_subentry_types


async def test_an_account_that_takes_over_cars_leaves_their_stream_to_the_source_that_has_it(
    account: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    feed = await legacy_feed(account, service, car)
    await set_up_alone(account, car, feeds=[feed])
    await dialogue.reconfigure(account.entry, "convert")
    await dialogue.answer(next_step_id="myteslamate")
    await dialogue.answer(next_step_id="myteslamate_server")
    await dialogue.answer(address=service.address, stream=service.stream_address)
    await dialogue.answer(token=service.paste_token())
    await dialogue.answer(vehicles=[car.vin])
    assert (account.entry.data["provider"]["name"], account.entry.data["tags"]) == ("myteslamate", {})
    await account.hass.async_block_till_done()

    await dialogue.reconfigure(account.entry, "legacy_stream_again")
    assert dialogue.step["reason"] == "stream_in_use"
    await account.quiet()
