"""What signing in with a service by a token is, whichever it is: refusals, cars, and going on later."""

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .dialogue import Dialogue
from .disk import full_disk
from .signing_in import SigningIn, WithMyTeslaMate, WithTeslemetry, entry_of, kept, leave, stored


@pytest.fixture(params=[WithTeslemetry, WithMyTeslaMate])
async def way(
    request: pytest.FixtureRequest, account: Account, world: World, dialogue: Dialogue, car: Car
) -> SigningIn:
    await account.shared()
    if request.param is WithTeslemetry:
        teslemetry = await world.open_teslemetry()
        teslemetry.pair(car.vin)
        return WithTeslemetry(dialogue, teslemetry)
    myteslamate = await world.open_myteslamate()
    myteslamate.pair(car.vin)
    return WithMyTeslaMate(dialogue, myteslamate)


async def enter(way: SigningIn) -> None:
    """Go on to the cars."""
    await way.choose()
    await way.dialogue.answer(token=way.service.token)


@pytest.mark.parametrize("token", ["no-such-token", "with a gap", "umläute", "x" * 9000, "  "])
async def test_a_token_that_is_none_is_refused(
    way: SigningIn, dialogue: Dialogue, car: Car, token: str
) -> None:
    await way.choose()
    await dialogue.answer(token=token)
    assert dialogue.errors == {"base": way.refused}
    assert token not in str(dialogue.step["description_placeholders"]) or token.isspace()

    await dialogue.answer(token=f" {way.service.token}\n")
    assert dialogue.options == [car.vin]


async def test_what_is_not_picked_is_left_out(
    hass: HomeAssistant, way: SigningIn, dialogue: Dialogue, car: Car, second: Car
) -> None:
    await enter(way)
    await way.pick()
    assert dialogue.errors == {"base": "no_car"}
    await way.pick(car)

    assert entry_of(hass).data["left_out"] == [second.vin]


async def test_a_name_leads_nobody_astray(hass: HomeAssistant, way: SigningIn, car: Car) -> None:
    car.body.name = "[Sign in again](https://evil.example) <img src=x>"
    await enter(way)
    await way.pick(car)

    shown = "(Sign in again)(https evil.example) (img src=x)"
    assert entry_of(hass).data["vehicles"] == {car.vin: shown}
    assert entry_of(hass).title == shown


async def test_an_account_is_set_up_once(way: SigningIn, dialogue: Dialogue, car: Car) -> None:
    await enter(way)
    await way.pick(car)
    await enter(way)

    assert dialogue.step["reason"] == "already_configured"


async def test_cars_of_another_entry_are_not_offered_and_nobody_is_to_go_on_from_there(
    hass: HomeAssistant, account: Account, way: SigningIn, dialogue: Dialogue, car: Car
) -> None:
    account.add_entry(car)
    await enter(way)

    assert dialogue.step["reason"] == way.no_cars
    assert not await kept(hass)


async def test_a_car_that_another_dialogue_was_faster_with_is_not_taken(
    account: Account, way: SigningIn, dialogue: Dialogue, car: Car, second: Car
) -> None:
    await enter(way)
    account.add_entry(car)
    await dialogue.answer(vehicles=[car.vin])

    assert dialogue.step["step_id"] == f"{way.name}_cars"
    assert dialogue.options == [second.vin]


async def test_a_disk_that_is_full_is_told(way: SigningIn, dialogue: Dialogue, car: Car) -> None:
    await enter(way)
    with full_disk():
        await way.pick(car)

    assert dialogue.step["reason"] == "token_not_saved"


async def test_an_entry_that_is_not_loaded_can_be_signed_in_again(
    hass: HomeAssistant, way: SigningIn, dialogue: Dialogue, car: Car
) -> None:
    await enter(way)
    await way.pick(car)
    leave(hass)
    await hass.async_block_till_done()
    entry = entry_of(hass)
    await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    await way.again(entry)
    new = way.service.paste_token()
    await dialogue.answer(token=new)

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert (await stored(hass, entry.unique_id)).access_token == new


async def test_a_sign_in_that_was_left_is_tried_again_while_the_service_is_down_and_forgotten_once_refused(
    hass: HomeAssistant, way: SigningIn, dialogue: Dialogue
) -> None:
    await enter(way)
    way.service.refuse(way.called, 503, times=1)
    await dialogue.begin()
    await dialogue.answer(next_step_id="sign_in_resume")
    assert dialogue.errors == {"base": way.unreachable}
    assert await kept(hass)

    way.service.revoke_tokens()
    await dialogue.begin()
    await dialogue.answer(next_step_id="sign_in_resume")
    assert dialogue.errors == {"base": way.refused}
    assert not await kept(hass)
    await way.anew()
