"""Signing in with MyTeslaMate: tokens, whose account it is, its cars, its stream, and signing in again."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.repairs_tour import _page
from simulator.car.car import Car
from simulator.myteslamate.service import MyTeslaMate
from simulator.world import World

from .account import Account
from .dialogue import Dialogue
from .legacy import subscribed
from .signing_in import choose_myteslamate as choose
from .signing_in import entry_of, kept, leave, stored


@pytest.fixture
async def service(account: Account, world: World, car: Car) -> MyTeslaMate:
    """The service; its member's car is paired on its page."""
    await account.shared()
    service = await world.open_myteslamate()
    service.pair(car.vin)
    return service


async def enter(dialogue: Dialogue, service: MyTeslaMate, **more: str) -> None:
    """Go on to the cars with a token."""
    await choose(dialogue, service)
    await dialogue.answer(**({"token": service.token} | more))


async def make(hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car, **more: str) -> Any:
    """Make the entry, whose car streams here, and leave the tour."""
    await enter(dialogue, service, **more)
    await dialogue.answer(vehicles=[car.vin])
    await dialogue.answer(next_step_id="legacy_stream_cars")
    await dialogue.answer(vehicles=[car.vin], raw=True)
    assert dialogue.step["type"] == "create_entry", dialogue.step
    leave(hass)
    await hass.async_block_till_done()
    return entry_of(hass)


def field_of(dialogue: Dialogue, name: str) -> dict[str, Any]:
    return next(each for each in dialogue._fields() if each["name"] == name)


def labels_of(dialogue: Dialogue) -> dict[str, str]:
    options = field_of(dialogue, "vehicles")["selector"]["select"]["options"]
    return {option["value"]: option["label"] for option in options}


async def test_a_token_leads_to_an_entry_whose_cars_stream_here(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await enter(dialogue, service)
    assert dialogue.step["step_id"] == "myteslamate_cars"
    assert dialogue.options == [car.vin]
    await dialogue.answer(vehicles=[car.vin])
    assert dialogue.step["step_id"] == "legacy_stream"
    await dialogue.answer(next_step_id="legacy_stream_cars")
    await dialogue.answer(vehicles=[], raw=True)
    assert dialogue.errors == {"base": "no_car"}
    assert (field_of(dialogue, "vehicles")["default"], field_of(dialogue, "raw")["default"]) == (
        [car.vin],
        True,
    )
    await dialogue.answer(vehicles=[car.vin], raw=False)

    assert dialogue.step["type"] == "create_entry"
    entry = entry_of(hass)
    assert entry.title == car.truth.name
    assert str(entry.unique_id).startswith("myteslamate-")
    stream = {
        "url": service.stream_address,
        "tag": "vin",
        "certificates": {"authority": None, "fingerprint": None, "verified": True},
    }
    assert entry.data == {
        "provider": {
            "name": "myteslamate",
            "address": service.address,
            "renewal": f"{service.address}/api/oauth2/v3/token",
            "stream": stream,
            "certificates": stream["certificates"],
        },
        "region": "",
        "client_id": entry.unique_id,
        "vehicles": {car.vin: car.truth.name},
        "left_out": [],
        "receiver": "never",
        "unfinished": entry.data["unfinished"],
        "scopes": entry.data["scopes"],
        "signed_in_at": entry.data["signed_in_at"],
        "tags": {car.vin: car.vin},
        "raw": False,
    }
    assert "vehicle_cmds" in entry.data["scopes"]
    token = await stored(hass, entry.unique_id)
    assert (token.access_token, token.refresh_token) == (service.token, "")
    assert not await kept(hass)


async def test_what_was_chosen_is_asked_for_at_once(
    hass: HomeAssistant, account: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await make(hass, dialogue, service, car)
    (account.entry,) = hass.config_entries.async_entries(DOMAIN)

    await subscribed(account, service, car)


async def test_its_own_page_is_asked_for_its_own_address(dialogue: Dialogue) -> None:
    await dialogue.begin()
    await dialogue.answer(next_step_id="myteslamate")
    await dialogue.answer(next_step_id="myteslamate_token")

    told = dialogue.step["description_placeholders"]
    assert told["addresses"] == "`https://api.myteslamate.com`, `wss://streaming.myteslamate.com`"
    assert told["where"].startswith("MyTeslaMate shows your token on")
    assert "](https://app.myteslamate.com/fleet)" in told["where"]


@pytest.mark.parametrize("form", ["?token={}", "token={}", " {}\n", '"{}"', "Bearer {}"])
async def test_a_token_is_taken_in_every_form_that_teslamate_takes(
    dialogue: Dialogue, service: MyTeslaMate, car: Car, form: str
) -> None:
    await enter(dialogue, service, token=form.format(service.token))

    assert dialogue.options == [car.vin]


async def test_what_goes_before_a_token_is_none(dialogue: Dialogue, service: MyTeslaMate) -> None:
    await enter(dialogue, service, token="?token=")

    assert dialogue.errors == {"base": "service_refused"}


async def test_a_refresh_token_renews_what_is_over(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    service.expire_tokens()
    entry = await make(hass, dialogue, service, car, refresh_token=f" {service.refresh_token} ")

    token = await stored(hass, entry.unique_id)
    assert token.access_token != service.token
    assert token.refresh_token not in {"", service.refresh_token}  # each is good for one use
    assert entry.data["oauth_client"] == "ownerapi"


async def test_a_refresh_token_that_is_none_is_refused(dialogue: Dialogue, service: MyTeslaMate) -> None:
    await enter(dialogue, service, refresh_token="with a gap")

    assert dialogue.errors == {"base": "service_refused"}


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (401, "service_refused"),
        (402, "service_unpaid"),
        (429, "rate_limited"),
        (503, "service_unreachable"),
    ],
)
async def test_what_the_service_answers_instead_is_told(
    dialogue: Dialogue, service: MyTeslaMate, status: int, error: str
) -> None:
    service.refuse("products", status)
    await enter(dialogue, service)

    assert dialogue.errors == {"base": error}


async def test_a_region_in_which_the_account_does_not_live_is_told(
    dialogue: Dialogue, service: MyTeslaMate
) -> None:
    service.live_elsewhere("https://fleet-api.prd.eu.vn.cloud.tesla.com")
    await enter(dialogue, service)
    assert dialogue.errors == {"base": "service_region"}
    assert dialogue.step["description_placeholders"]["detail"] == (
        "(https://fleet-api.prd.eu.vn.cloud.tesla.com)"
    )

    service.live_elsewhere("https://fleet-api.example.com")
    await dialogue.answer(token=service.token)
    assert dialogue.errors == {"base": "service_region"}
    assert "example" not in dialogue.step["description_placeholders"]["detail"]


async def test_a_service_that_is_down_is_told(dialogue: Dialogue, service: MyTeslaMate, car: Car) -> None:
    await choose(dialogue, service)
    await service.down()
    await dialogue.answer(token=service.token)
    assert dialogue.errors == {"base": "service_unreachable"}

    await service.up()
    await dialogue.answer(token=service.token)
    assert dialogue.options == [car.vin]


async def test_the_stream_may_be_left_to_others(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await enter(dialogue, service)
    await dialogue.answer(vehicles=[car.vin])
    await dialogue.answer(next_step_id="legacy_stream_none")

    assert dialogue.step["type"] == "create_entry"
    assert entry_of(hass).data["tags"] == {}
    assert service.counted()["subscribes"] == 0


async def test_without_a_stream_nobody_is_asked_about_one(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await choose(dialogue, service, stream="")
    await dialogue.answer(token=service.token)
    await dialogue.answer(vehicles=[car.vin])

    assert dialogue.step["type"] == "create_entry"
    entry = entry_of(hass)
    assert (entry.data["provider"]["stream"], entry.data["tags"]) == (None, {})
    leave(hass)
    await dialogue.look_at_reconfigure(entry)
    assert "legacy_stream_again" not in dialogue.step["menu_options"]
    assert {"myteslamate_again", "hosts_again"} <= set(dialogue.step["menu_options"])


async def test_a_car_that_is_not_set_up_there_is_named_as_such_and_not_picked_by_itself(
    dialogue: Dialogue, service: MyTeslaMate, car: Car, second: Car
) -> None:
    await enter(dialogue, service)
    assert set(dialogue.options) == {car.vin, second.vin}
    await dialogue.answer(vehicles=[car.vin, second.vin])
    await dialogue.answer(next_step_id="legacy_stream_cars")

    labels = labels_of(dialogue)
    assert labels[second.vin].endswith(": is not set up to stream there")
    assert not labels[car.vin].endswith(": is not set up to stream there")
    assert field_of(dialogue, "vehicles")["default"] == [car.vin]


async def test_where_nobody_says_what_is_set_up_there_every_car_may_stream(
    dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    service.refuse("fleet_telemetry_config", 500)
    await enter(dialogue, service)
    await dialogue.answer(vehicles=[car.vin])
    await dialogue.answer(next_step_id="legacy_stream_cars")

    assert field_of(dialogue, "vehicles")["default"] == [car.vin]


async def test_a_name_leads_nobody_astray_in_a_list(
    dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    car.body.name = "[Sign in again](https://evil.example) <img src=x>"
    await enter(dialogue, service)

    assert labels_of(dialogue)[car.vin].startswith("(Sign in again)(https evil.example)")


async def test_a_car_without_a_name_gives_the_entry_the_service_s(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    car.body.name = " "
    entry = await make(hass, dialogue, service, car)

    assert entry.title == "MyTeslaMate"


async def test_a_car_that_another_dialogue_was_faster_with_is_not_taken_behind_the_stream(
    account: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car, second: Car
) -> None:
    await enter(dialogue, service)
    await dialogue.answer(vehicles=[car.vin])
    assert dialogue.step["step_id"] == "legacy_stream"
    account.add_entry(car)
    await dialogue.answer(next_step_id="legacy_stream_none")

    assert dialogue.step["step_id"] == "myteslamate_cars"
    assert dialogue.options == [second.vin]


@pytest.mark.parametrize(
    ("entered", "errors"),
    [
        ({"address": "http://api.example.com"}, {"address": "address_invalid"}),
        ({"address": "https://user:pw@example.com"}, {"address": "address_invalid"}),
        ({"address": "https://x.example", "stream": "ws://x.example"}, {"stream": "stream_address_invalid"}),
        (
            {"address": "https://x.example", "authority_file": "/none.pem"},
            {"authority_file": "file_unreadable"},
        ),
    ],
)
async def test_an_address_that_no_token_may_go_to_is_refused(
    dialogue: Dialogue, entered: dict[str, str], errors: dict[str, str]
) -> None:
    await dialogue.begin()
    await dialogue.answer(next_step_id="myteslamate")
    await dialogue.answer(next_step_id="myteslamate_server")
    await dialogue.answer(**entered)

    assert dialogue.errors == errors


async def test_whoever_is_asked_to_sign_in_again_enters_another_token(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    entry = await make(hass, dialogue, service, car, refresh_token=service.refresh_token)
    before = entry.data
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    await dialogue.look(flow["flow_id"])
    assert dialogue.step["step_id"] == "myteslamate_token"
    new = service.paste_token()
    await dialogue.answer(token=new)

    assert dialogue.step["reason"] in {"reauth_successful", "reconfigure_successful"}
    changed = {"signed_in_at": entry.data["signed_in_at"]}
    assert entry.data == {name: value for name, value in before.items() if name != "oauth_client"} | changed
    assert (await stored(hass, entry.unique_id)).access_token == new


@pytest.mark.parametrize("jwt", [False, True])
async def test_another_account_is_not_taken_for_the_same(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car, *, jwt: bool
) -> None:
    entry = await make(hass, dialogue, service, car, token=service.paste_token(jwt=jwt))
    kept_token = (await stored(hass, entry.unique_id)).access_token
    await dialogue.reconfigure(entry, "myteslamate_again")
    await dialogue.answer(token=service.strangers_token(jwt=jwt))

    assert dialogue.step["reason"] == "wrong_account"
    assert (await stored(hass, entry.unique_id)).access_token == kept_token


async def test_an_account_that_nobody_names_is_known_by_its_cars(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car, second: Car
) -> None:
    service.refuse("users_me", 404)
    entry = await make(hass, dialogue, service, car)
    assert "cars-" in entry.unique_id
    unique_id = entry.unique_id
    service.member.owner.cars.remove(second)  # so that it is made of other cars than before
    new = service.paste_token()
    await dialogue.reconfigure(entry, "myteslamate_again")
    await dialogue.answer(token=new)

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert entry.unique_id == unique_id
    assert (await stored(hass, entry.unique_id)).access_token == new


async def test_a_car_that_the_account_has_no_more_keeps_its_name_on_the_stream(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car, second: Car
) -> None:
    entry = await make(hass, dialogue, service, car)
    service.member.owner.cars.remove(car)
    await dialogue.reconfigure(entry, "myteslamate_again")
    await dialogue.answer(token=service.paste_token())

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert entry.data["tags"] == {car.vin: car.vin}


async def test_the_stream_can_be_left_and_taken_later(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    entry = await make(hass, dialogue, service, car)
    await dialogue.reconfigure(entry, "legacy_stream_again")
    assert dialogue.step["step_id"] == "legacy_stream"
    await dialogue.answer(next_step_id="legacy_stream_none")
    assert dialogue.step["reason"] == "reconfigure_successful"
    assert entry.data["tags"] == {}

    await dialogue.reconfigure(entry, "legacy_stream_again")
    await dialogue.answer(next_step_id="legacy_stream_cars")
    assert field_of(dialogue, "vehicles").get("default") == []
    await dialogue.answer(vehicles=[car.vin], raw=False)
    assert (entry.data["tags"], entry.data["raw"]) == ({car.vin: car.vin}, False)


async def test_whose_stream_it_is_can_only_be_changed_while_the_entry_runs_and_the_service_answers(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    entry = await make(hass, dialogue, service, car)
    service.refuse("products", 503)
    await dialogue.reconfigure(entry, "legacy_stream_again")
    assert dialogue.step["reason"] == "service_unreachable"

    await hass.config_entries.async_unload(entry.entry_id)
    await dialogue.reconfigure(entry, "legacy_stream_again")
    assert dialogue.step["reason"] == "not_loaded"


async def test_a_notice_about_rights_leads_to_the_service_s_own_sign_in(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    entry = await make(hass, dialogue, service, car)

    assert _page(entry, "sign_in") == "myteslamate_again"


async def test_a_browser_that_was_closed_costs_no_second_sign_in(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await enter(dialogue, service)
    hass.config_entries.flow.async_abort(dialogue.step["flow_id"])  # as a restart does, too
    await dialogue.begin()
    await dialogue.answer(next_step_id="sign_in_resume")
    await dialogue.answer(vehicles=[car.vin])
    await dialogue.answer(next_step_id="legacy_stream_none")

    assert dialogue.step["type"] == "create_entry"
    assert entry_of(hass).data["provider"]["address"] == service.address
    assert not await kept(hass)
