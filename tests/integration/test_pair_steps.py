"""Pairing on the tour: which cars need it, link and code of each, and a look until the key is there."""

import pytest

from custom_components.tesla_direct.pairing import KEY_LIST_FULL, NOT_PAIRED_YET, OTHER_KEY
from custom_components.tesla_direct.pairing_flow import CONF_QR_CODE
from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .dialogue import TEXTS, Dialogue
from .key_files import new_key, public_bytes, public_pem
from .public_name import NAME, PublicName


@pytest.fixture
async def unpaired(account: Account, car: Car, public_name: PublicName) -> Account:
    """An account whose key is served and registered, and a car that does not know it."""
    await account.pair()
    await public_name.keys.async_set_domain(account.world.cloud.books.application.client_id, NAME)
    await account.set_up(car, paired=False)
    return account


async def begin(account: Account, dialogue: Dialogue) -> None:
    await dialogue.reconfigure(account.entry, "pairing")
    await dialogue.progress()


async def wait(account: Account, dialogue: Dialogue, step: str | None = None) -> None:
    """Say that the phone was used, or have it looked for again; time passes where it is needed."""
    if step is None:
        await dialogue.answer()
    else:
        await dialogue.answer(next_step_id=step)
    await account.wait_for(dialogue.progress())


def problem(dialogue: Dialogue) -> str:
    told = dialogue.step["description_placeholders"]["problem"]
    (name,) = [name for name, text in TEXTS["selector"]["pairing"]["options"].items() if text == told]
    return str(name)


async def test_a_car_that_does_not_know_the_key_is_led_through_pairing(
    unpaired: Account, car: Car, dialogue: Dialogue, world: World
) -> None:
    billed = world.cloud.billed()
    await begin(unpaired, dialogue)
    assert dialogue.step["step_id"] == "pairing_car"
    told = dialogue.step["description_placeholders"]
    assert told["link"] == f"https://tesla.com/_ak/{NAME}?vin={car.vin}"
    assert told["car"] == "Marmalade"
    assert dialogue.step["data_schema"].schema[CONF_QR_CODE].config["data"] == told["link"]
    assert await world.cloud.follow_pairing_link(told["link"], car.vin) == "paired"
    await wait(unpaired, dialogue)

    assert dialogue.step["reason"] == "pairing_ready"
    assert unpaired.shows(car, "binary_sensor.key_paired") == "off"
    assert world.cloud.billed() == billed


async def test_the_key_is_looked_for_until_the_owner_has_allowed_it(
    unpaired: Account, car: Car, dialogue: Dialogue, world: World
) -> None:
    await begin(unpaired, dialogue)
    link = dialogue.step["description_placeholders"]["link"]
    await dialogue.answer()
    assert dialogue.step["step_id"] == "pairing_wait"
    looks = len(world.cloud.requests("fleet_status"))
    await unpaired.wait_for(world.cloud.follow_pairing_link(link, car.vin))
    await unpaired.wait_for(dialogue.progress())

    assert dialogue.step["reason"] == "pairing_ready"
    assert len(world.cloud.requests("fleet_status")) > looks


async def test_after_a_minute_the_user_is_asked(unpaired: Account, dialogue: Dialogue, car: Car) -> None:
    await begin(unpaired, dialogue)
    begun = unpaired.wall()
    await wait(unpaired, dialogue)
    assert dialogue.step["step_id"] == "pairing_failed"
    assert problem(dialogue) == NOT_PAIRED_YET
    assert 60 <= unpaired.wall() - begun < 120
    options = ["pairing_wait", "pairing_car", "registration", "pairing_skip"]
    assert dialogue.step["menu_options"] == options
    await dialogue.answer(next_step_id="pairing_car")
    assert dialogue.step["step_id"] == "pairing_car"
    await wait(unpaired, dialogue)
    await dialogue.answer(next_step_id="pairing_skip")

    assert dialogue.step["reason"] == "pairing_later"
    assert unpaired.entry.data["unfinished"] == ["pairing"]


async def test_cars_that_know_the_key_and_cars_that_need_none_are_not_asked_about(
    account: Account, world: World, dialogue: Dialogue, public_name: PublicName
) -> None:
    await public_name.keys.async_set_domain(world.cloud.books.application.client_id, NAME)
    await account.set_up(world.add_car("typed"), world.add_car("old"))
    await begin(account, dialogue)

    assert dialogue.step["reason"] == "pairing_ready"


async def test_each_car_has_its_turn_and_one_can_be_put_off(
    account: Account, world: World, dialogue: Dialogue, public_name: PublicName
) -> None:
    await account.pair()
    await public_name.keys.async_set_domain(world.cloud.books.application.client_id, NAME)
    first, second = world.add_car("typed"), world.add_car("untyped")
    await account.set_up(first, second, paired=False)
    await begin(account, dialogue)
    assert dialogue.step["description_placeholders"]["car"] == "Marmalade"
    await wait(account, dialogue)
    await dialogue.answer(next_step_id="pairing_skip")
    assert dialogue.step["description_placeholders"]["car"] == "Biscuit"
    await world.cloud.follow_pairing_link(dialogue.step["description_placeholders"]["link"], second.vin)
    await wait(account, dialogue)

    assert dialogue.step["reason"] == "pairing_later"


async def test_a_car_that_holds_as_many_keys_as_it_can_is_named(
    unpaired: Account, car: Car, dialogue: Dialogue
) -> None:
    while len(car.keychain) < 20:
        car.pair_key(public_bytes(new_key()))
    await begin(unpaired, dialogue)
    await wait(unpaired, dialogue)

    assert problem(dialogue) == KEY_LIST_FULL


async def test_the_wrong_key_under_the_domain_is_told_before_anybody_pairs_it(
    unpaired: Account, dialogue: Dialogue, public_name: PublicName
) -> None:
    public_name.answer(public_pem(new_key()))
    await begin(unpaired, dialogue)
    assert dialogue.step["step_id"] == "pairing_failed"
    assert problem(dialogue) == OTHER_KEY
    await wait(unpaired, dialogue, "pairing_wait")
    assert problem(dialogue) == OTHER_KEY
    public_name.mend()
    await wait(unpaired, dialogue, "pairing_wait")
    assert problem(dialogue) == NOT_PAIRED_YET
    public_name.answer(public_pem(new_key()))
    await wait(unpaired, dialogue, "pairing_wait")
    await dialogue.answer(next_step_id="hosting")

    assert dialogue.step["step_id"] == "hosting"


async def test_no_other_car_is_to_learn_the_wrong_key(
    account: Account, world: World, dialogue: Dialogue, public_name: PublicName
) -> None:
    await account.pair()
    await public_name.keys.async_set_domain(world.cloud.books.application.client_id, NAME)
    await account.set_up(world.add_car("typed"), world.add_car("untyped"), paired=False)
    public_name.answer(public_pem(new_key()))
    await begin(account, dialogue)
    for car in ("Marmalade", "Biscuit"):
        assert dialogue.step["step_id"] == "pairing_failed"
        assert dialogue.step["description_placeholders"]["car"] == car
        assert problem(dialogue) == OTHER_KEY
        await dialogue.answer(next_step_id="pairing_skip")

    assert dialogue.step["reason"] == "pairing_later"


async def test_a_cloud_that_does_not_answer_is_asked_again(
    unpaired: Account, car: Car, dialogue: Dialogue, world: World
) -> None:
    world.cloud.refuse("fleet_status", "internal_error")
    await begin(unpaired, dialogue)
    assert dialogue.step["step_id"] == "pairing_car"  # nobody knows, so the owner is asked
    link = dialogue.step["description_placeholders"]["link"]
    await wait(unpaired, dialogue)
    assert problem(dialogue) == "cannot_connect"
    assert dialogue.step["description_placeholders"]["detail"]

    world.cloud.accept()
    await world.cloud.follow_pairing_link(link, car.vin)
    await wait(unpaired, dialogue, "pairing_wait")
    assert dialogue.step["reason"] == "pairing_ready"


async def test_without_a_domain_there_is_no_link(account: Account, car: Car, dialogue: Dialogue) -> None:
    await account.set_up(car, paired=False)
    await dialogue.reconfigure(account.entry, "pairing")

    assert dialogue.step["reason"] == "pairing_needs_domain"
    assert account.entry.data["unfinished"] == ["pairing"]


async def test_an_account_that_does_not_run_cannot_be_asked(unpaired: Account, dialogue: Dialogue) -> None:
    await unpaired.hass.config_entries.async_unload(unpaired.entry.entry_id)
    await dialogue.reconfigure(unpaired.entry, "pairing")

    assert dialogue.step["reason"] == "not_loaded"


async def test_an_account_that_ends_meanwhile_is_told(unpaired: Account, dialogue: Dialogue) -> None:
    await begin(unpaired, dialogue)
    await unpaired.hass.config_entries.async_unload(unpaired.entry.entry_id)
    await wait(unpaired, dialogue)
    assert problem(dialogue) == "not_loaded"
    await dialogue.answer(next_step_id="pairing_car")

    assert dialogue.step["reason"] == "not_loaded"


async def test_an_account_that_ends_before_the_next_car(unpaired: Account, dialogue: Dialogue) -> None:
    await begin(unpaired, dialogue)
    await wait(unpaired, dialogue)
    await unpaired.hass.config_entries.async_unload(unpaired.entry.entry_id)
    await dialogue.answer(next_step_id="pairing_skip")

    assert dialogue.step["reason"] == "not_loaded"
