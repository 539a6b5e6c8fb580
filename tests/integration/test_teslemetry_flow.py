"""Signing in with Teslemetry: both ways, whose account it is, which cars, and signing in again."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_direct import async_setup
from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.sign_ins import OF_SERVICE
from simulator.car.car import Car
from simulator.teslemetry.service import Teslemetry
from simulator.world import World

from .account import Account
from .dialogue import Dialogue
from .disk import data, full_disk, write
from .disk import stored as on_disk
from .signing_in import choose_teslemetry as choose
from .signing_in import entry_of, kept, leave, stored
from .sources import set_up_streamed

UID = "teslemetry-customer-1"


@pytest.fixture
async def service(world: World, car: Car) -> Teslemetry:
    """The service; its customer's car knows its key."""
    service = await world.open_teslemetry()
    service.pair(car.vin)
    return service


async def enter(dialogue: Dialogue, service: Teslemetry) -> None:
    """Go on to the cars with a token."""
    await choose(dialogue, service, "teslemetry_token")
    await dialogue.answer(token=service.token)


async def test_a_token_leads_to_an_entry_with_the_account_s_cars(
    hass: HomeAssistant, dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    await enter(dialogue, service)
    assert dialogue.step["step_id"] == "teslemetry_cars"
    assert dialogue.options == [car.vin]
    await dialogue.answer(vehicles=[car.vin])

    assert dialogue.step["type"] == "create_entry"
    entry = entry_of(hass)
    assert entry.unique_id == UID
    assert entry.data == {
        "provider": {"name": "teslemetry", "address": service.base, "authority": None},
        "region": "",
        "client_id": f"teslemetry-{UID}",
        "vehicles": {car.vin: car.truth.name},
        "left_out": [],
        "receiver": "never",
        "unfinished": entry.data["unfinished"],
        "scopes": sorted(service.customer.scopes),
        "signed_in_at": entry.data["signed_in_at"],
    }
    assert set(entry.data["unfinished"]) <= {"pairing", "profile"}
    token = await stored(hass, UID)
    assert (token.access_token, token.refresh_token) == (service.token, "")


async def test_signing_in_registers_this_installation_and_proves_who_asked(
    hass: HomeAssistant, dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    await choose(dialogue, service, "teslemetry_account")
    await dialogue.sign_in()
    await dialogue.answer(vehicles=[car.vin])

    (client,) = service.office.tokens.clients.values()
    assert (client.name, client.software_id) == ("Tesla Direct", DOMAIN)
    entry = entry_of(hass)
    assert entry.data["oauth_client"] == client.client_id
    assert (await stored(hass, UID)).refresh_token
    (page,) = service.requests("connect")
    assert page.query["code_challenge_method"] == "S256"
    assert page.query["name"] == hass.config.location_name


async def test_whoever_does_not_consent_is_told(dialogue: Dialogue, service: Teslemetry) -> None:
    service.decline()
    await choose(dialogue, service, "teslemetry_account")
    await dialogue.sign_in()

    assert dialogue.step["reason"] == "user_rejected_authorize"


async def test_a_sign_in_that_comes_to_nothing_is_tried_again(
    dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    await choose(dialogue, service, "teslemetry_account")
    service.refuse("metadata", 500)
    await dialogue.sign_in()
    assert dialogue.step["step_id"] == "teslemetry_account"
    assert dialogue.errors == {"base": "teslemetry_unreachable"}

    service.accept()
    await dialogue.answer()
    await dialogue.sign_in()
    assert dialogue.options == [car.vin]


async def test_a_page_that_was_closed_opens_again(dialogue: Dialogue, service: Teslemetry, car: Car) -> None:
    await choose(dialogue, service, "teslemetry_account")
    await dialogue.look()

    assert dialogue.step["type"] == "external"
    assert len(service.requests("register")) == 1
    await dialogue.sign_in()
    assert dialogue.options == [car.vin]


async def test_a_service_that_is_down_is_told(dialogue: Dialogue, service: Teslemetry) -> None:
    await service.down()
    await choose(dialogue, service, "teslemetry_account")

    assert dialogue.errors == {"base": "teslemetry_unreachable"}


@pytest.mark.parametrize(
    ("status", "error"),
    [(402, "teslemetry_subscription"), (429, "rate_limited"), (503, "teslemetry_unreachable")],
)
async def test_what_the_service_answers_instead_is_told(
    dialogue: Dialogue, service: Teslemetry, status: int, error: str
) -> None:
    service.refuse("metadata", status)
    await choose(dialogue, service, "teslemetry_token")
    await dialogue.answer(token=service.token)

    assert dialogue.errors == {"base": error}


@pytest.mark.parametrize(
    ("status", "error"),
    [(400, "teslemetry_refused"), (429, "rate_limited"), (502, "teslemetry_unreachable")],
)
async def test_what_its_token_endpoint_answers_instead_is_told(
    dialogue: Dialogue, service: Teslemetry, status: int, error: str
) -> None:
    await choose(dialogue, service, "teslemetry_account")
    service.refuse("token", status)
    await dialogue.sign_in()

    assert dialogue.errors == {"base": error}


async def test_an_answer_to_the_sign_in_that_makes_no_sense_is_told(
    dialogue: Dialogue, service: Teslemetry
) -> None:
    await choose(dialogue, service, "teslemetry_account")
    service.spoil("token", "html")
    await dialogue.sign_in()

    assert dialogue.errors == {"base": "teslemetry_unreachable"}


async def test_a_car_without_a_subscription_is_named_as_such_and_not_picked_by_itself(
    dialogue: Dialogue, service: Teslemetry, car: Car, second: Car
) -> None:
    service.customer.dropped.add(second.vin)
    await enter(dialogue, service)

    field = next(each for each in dialogue._fields() if each["name"] == "vehicles")
    labels = {option["value"]: option["label"] for option in field["selector"]["select"]["options"]}
    assert labels[second.vin].endswith(": no subscription")
    assert not labels[car.vin].endswith(": no subscription")
    assert field["default"] == [car.vin]


@pytest.mark.parametrize(
    "address", ["http://teslemetry.example.com", "nonsense", "https://user:pw@example.com"]
)
async def test_an_address_that_no_token_may_go_to_is_refused(dialogue: Dialogue, address: str) -> None:
    await dialogue.begin()
    await dialogue.answer(next_step_id="teslemetry")
    await dialogue.answer(next_step_id="teslemetry_server")
    await dialogue.answer(address=address)

    assert dialogue.errors == {"address": "address_invalid"}


async def test_an_authority_that_cannot_be_read_is_told(dialogue: Dialogue, tmp_path: Any) -> None:
    nonsense = tmp_path / "authority.pem"
    nonsense.write_text("-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n")
    await dialogue.begin()
    await dialogue.answer(next_step_id="teslemetry")
    await dialogue.answer(next_step_id="teslemetry_server")
    for path in (tmp_path / "none.pem", nonsense):
        await dialogue.answer(address="https://teslemetry.example.com", authority_file=str(path))
        assert dialogue.errors == {"authority_file": "file_unreadable"}


async def signed_in_before(hass: HomeAssistant, dialogue: Dialogue, service: Teslemetry, car: Car) -> Any:
    await choose(dialogue, service, "teslemetry_account")
    await dialogue.sign_in()
    await dialogue.answer(vehicles=[car.vin])
    leave(hass)
    await hass.async_block_till_done()
    return entry_of(hass)


async def test_whoever_is_asked_to_sign_in_again_may_enter_a_token(
    hass: HomeAssistant, dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    entry = await signed_in_before(hass, dialogue, service, car)
    before = entry.data["signed_in_at"]
    entry.async_start_reauth(hass)
    await hass.async_block_till_done()
    (flow,) = hass.config_entries.flow.async_progress()
    await dialogue.look(flow["flow_id"])
    assert dialogue.step["step_id"] == "teslemetry_again"
    await dialogue.answer(next_step_id="teslemetry_token")
    await dialogue.answer(token=service.token)

    assert dialogue.step["reason"] in {"reauth_successful", "reconfigure_successful"}
    assert entry.data["signed_in_at"] >= before
    assert "oauth_client" not in entry.data
    assert (await stored(hass, UID)).access_token == service.token


async def test_another_account_is_not_taken_for_the_same(
    hass: HomeAssistant, dialogue: Dialogue, service: Teslemetry, world: World, car: Car
) -> None:
    entry = await signed_in_before(hass, dialogue, service, car)
    service.add_customer("somebody-else", world.cloud.account)
    await dialogue.reconfigure(entry, "teslemetry_again")
    await dialogue.answer(next_step_id="teslemetry_token")
    await dialogue.answer(token=service.paste_token("somebody-else"))

    assert dialogue.step["reason"] == "wrong_account"
    assert (await stored(hass, UID)).access_token != service.token


async def test_a_disk_that_is_full_leaves_an_entry_as_it_is(
    hass: HomeAssistant, dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    entry = await signed_in_before(hass, dialogue, service, car)
    before = dict(entry.data)
    await dialogue.reconfigure(entry, "teslemetry_again")
    await dialogue.answer(next_step_id="teslemetry_token")
    with full_disk():
        await dialogue.answer(token=service.token)

    assert dialogue.step["reason"] == "token_not_saved"
    assert dict(entry.data) == before


async def test_an_entry_that_is_not_loaded_can_be_signed_in_again(
    hass: HomeAssistant, dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    entry = await signed_in_before(hass, dialogue, service, car)
    await hass.config_entries.async_unload(entry.entry_id)
    assert entry.state is ConfigEntryState.NOT_LOADED
    await dialogue.reconfigure(entry, "teslemetry_again")
    await dialogue.answer(next_step_id="teslemetry_account")
    await dialogue.sign_in()

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert entry.data["oauth_client"] in service.office.tokens.clients


@pytest.mark.parametrize("way", ["teslemetry_account", "teslemetry_token"])
async def test_a_browser_that_was_closed_costs_no_second_sign_in(
    hass: HomeAssistant, dialogue: Dialogue, service: Teslemetry, car: Car, way: str
) -> None:
    await choose(dialogue, service, way)
    await (dialogue.sign_in() if way == "teslemetry_account" else dialogue.answer(token=service.token))
    assert dialogue.step["step_id"] == "teslemetry_cars"
    hass.config_entries.flow.async_abort(dialogue.step["flow_id"])  # as a restart does, too
    _, mode = await hass.async_add_executor_job(on_disk, hass, OF_SERVICE)
    assert mode == 0o600

    await dialogue.begin()
    assert dialogue.step["step_id"] == "sign_in_left"
    await dialogue.answer(next_step_id="sign_in_resume")
    await dialogue.answer(vehicles=[car.vin])
    entry = entry_of(hass)
    assert entry.unique_id == UID
    assert entry.data["provider"]["address"] == service.base
    assert ("oauth_client" in entry.data) is (way == "teslemetry_account")
    assert (await stored(hass, UID)).refresh_token == "" or way == "teslemetry_account"
    assert len(service.requests("connect")) == (way == "teslemetry_account")
    assert not await kept(hass)


async def test_who_wants_to_begin_anew_does(
    hass: HomeAssistant, dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    await enter(dialogue, service)
    await dialogue.begin()
    await dialogue.answer(next_step_id="sign_in_anew")

    assert dialogue.step["step_id"] == "user"
    assert not await kept(hass)


async def test_a_token_that_was_entered_is_not_kept_for_long(
    hass: HomeAssistant, account: Account, dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    await account.shared()  # which goes by the world's clock
    await enter(dialogue, service)
    account.wall.move(7 * 3600)
    assert await async_setup(hass, {})
    assert await kept(hass)
    account.wall.move(2 * 3600)
    assert await async_setup(hass, {})
    assert not await kept(hass)


async def test_of_an_account_that_is_set_up_by_now_no_sign_in_is_offered(
    hass: HomeAssistant, account: Account, dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    await enter(dialogue, service)
    await set_up_streamed(account, service, car)
    await dialogue.begin()

    assert dialogue.step["step_id"] == "user"
    assert not await kept(hass)


@pytest.mark.parametrize("odd", [{}, {"until": "soon"}, {"provider": {"name": "?"}}, {"token": []}])
async def test_a_sign_in_that_was_left_and_makes_no_sense_is_forgotten(
    hass: HomeAssistant, dialogue: Dialogue, service: Teslemetry, car: Car, odd: dict[str, Any]
) -> None:
    await enter(dialogue, service)
    kept_of_it = await hass.async_add_executor_job(data, hass, OF_SERVICE)
    await hass.async_add_executor_job(write, hass, OF_SERVICE, kept_of_it | odd if odd else {})
    await dialogue.begin()

    assert dialogue.step["step_id"] == "user"
    assert not await kept(hass)
