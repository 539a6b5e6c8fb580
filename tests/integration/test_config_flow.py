"""The first set-up, from the choice of hosts to the entry."""

from pathlib import Path
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    ImplementationUnavailableError,
    async_add_implementation_provider,
)
import pytest

from custom_components.tesla_direct.application_credentials import LOCATION, SCOPES
from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.shared import async_get_shared
from custom_components.tesla_direct.tour import PARTS
from simulator.certificates import Authorities
from simulator.world import World
from tests.home import until
from tests.simulator.wall import Wall

from .account import Account
from .dialogue import Dialogue
from .disk import spoil_disk, stored


async def test_an_account_is_set_up_step_by_step(
    dialogue: Dialogue, hass: HomeAssistant, world: World
) -> None:
    first, second = world.add_car("typed"), world.add_car("untyped")
    await dialogue.until_cars()
    assert dialogue.options == [first.vin, second.vin]

    await dialogue.answer(vehicles=[first.vin])
    await hass.async_block_till_done()

    assert dialogue.step["type"] == "create_entry"
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.title == "Marmalade"
    assert entry.unique_id == world.cloud.account.sub
    assert entry.state is ConfigEntryState.LOADED
    assert entry.data["vehicles"] == {first.vin: "Marmalade"}
    assert entry.data["receiver"] == "later"
    assert entry.data["region"] == "eu"
    assert entry.data["auth_implementation"] == DOMAIN
    assert entry.data["unfinished"] == sorted(set(PARTS) - {"cars"})


async def test_no_token_gets_into_the_entry_and_its_file_is_private(
    dialogue: Dialogue, hass: HomeAssistant, world: World
) -> None:
    car = world.add_car()
    await dialogue.until_cars()
    await dialogue.answer(vehicles=[car.vin])
    await hass.async_block_till_done()

    (entry,) = hass.config_entries.async_entries(DOMAIN)
    shared = await async_get_shared(hass)
    token = await shared.tokens.async_load(str(entry.unique_id))
    assert token is not None
    secrets = (token.access_token, token.refresh_token, world.cloud.books.application.client_secret)
    assert not any(secret in str(entry.as_dict()) for secret in secrets)
    written, mode = await hass.async_add_executor_job(stored, hass, "tokens")
    assert token.refresh_token in written
    assert mode == 0o600


async def test_nothing_is_billed_before_a_car_was_picked(dialogue: Dialogue, world: World) -> None:
    world.add_car()
    await dialogue.until_cars()

    assert {asked.name for asked in world.cloud.requests()} == {"authorize", "token", "vehicles"}
    assert world.cloud.billed()["data"] == 0


async def test_the_tour_follows_as_a_dialogue_of_its_own(
    dialogue: Dialogue, hass: HomeAssistant, world: World
) -> None:
    car = world.add_car()
    await dialogue.until_cars()
    await dialogue.answer(vehicles=[car.vin])
    await hass.async_block_till_done()

    kind, flow_id = dialogue.step["next_flow"]
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert kind == "config_flow"
    await dialogue.look(flow_id)
    assert dialogue.step["step_id"] == PARTS[0]
    assert hass.config_entries.flow.async_get(flow_id)["context"]["entry_id"] == entry.entry_id


@pytest.mark.parametrize(("provider", "host"), [("tesla", "auth.tesla.com"), ("china", "auth.tesla.cn")])
async def test_the_sign_in_page_is_the_chosen_one(dialogue: Dialogue, provider: str, host: str) -> None:
    await dialogue.enter_credentials()
    await dialogue.begin()
    await dialogue.choose_application()
    await dialogue.answer(provider=provider)

    assert dialogue.step["type"] == "external"
    assert dialogue.step["url"].startswith(f"https://{host}/oauth2/v3/authorize?")
    assert "prompt_missing_scopes=true" in dialogue.step["url"]


async def test_without_credentials_the_user_is_told_and_comes_back_to_where_he_was(
    dialogue: Dialogue, hass: HomeAssistant
) -> None:
    await dialogue.begin()
    await dialogue.choose_application()
    assert dialogue.step["reason"] == "missing_credentials"

    await dialogue.enter_credentials()
    await dialogue.begin()
    assert dialogue.step["step_id"] == "application"

    await dialogue.begin()
    assert dialogue.step["step_id"] == "user"


async def test_who_enters_no_credentials_chooses_anew(dialogue: Dialogue, hass: HomeAssistant) -> None:
    await dialogue.begin()
    await dialogue.choose_application()
    await dialogue.begin()
    assert dialogue.step["step_id"] == "user"

    await dialogue.enter_credentials()
    await dialogue.begin()
    assert dialogue.step["step_id"] == "user"


async def test_credentials_that_cannot_be_looked_up_are_told(dialogue: Dialogue, hass: HomeAssistant) -> None:
    async def not_now(hass: HomeAssistant, domain: str) -> list[AbstractOAuth2Implementation]:
        raise ImplementationUnavailableError(f"{domain} cannot be linked")

    async_add_implementation_provider(hass, "cloud", not_now)
    await dialogue.begin()
    await dialogue.choose_application()

    assert dialogue.step["reason"] == "oauth_implementation_unavailable"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("bases", ["eu=http://example.com"]),
        ("bases", ["https://example.com"]),
        ("bases", ["eu=https://user:password@example.com"]),
        ("bases", []),
        ("authorize_url", "ftp://127.0.0.1/authorize"),
        ("token_url", "http://192.0.2.1/token"),
        ("token_url", "token"),
        ("trusted_suffixes", [".com"]),
    ],
)
async def test_an_address_that_no_token_may_go_to_is_refused(
    dialogue: Dialogue, field: str, value: Any
) -> None:
    await dialogue.enter_credentials()
    await dialogue.begin()
    await dialogue.choose_hosts(**{field: value})

    assert dialogue.step["step_id"] == "custom"
    assert dialogue.errors == {field: "provider_invalid"}

    await dialogue.answer(
        bases=["eu=https://api.example.com"],
        authorize_url="https://example.com/authorize",
        token_url="https://example.com/token",
    )
    assert dialogue.step["type"] == "external"


@pytest.mark.parametrize("content", [None, b"no certificate", b"-----BEGIN CERTIFICATE-----\n\xff\xfe"])
async def test_an_authority_that_is_none_is_refused(
    dialogue: Dialogue, tmp_path: Path, content: bytes | None
) -> None:
    file = tmp_path / "authority.pem"
    if content is not None:
        file.write_bytes(content)
    await dialogue.enter_credentials()
    await dialogue.begin()
    await dialogue.choose_hosts(authority_file=str(file))

    assert dialogue.errors == {"authority_file": "file_unreadable"}


async def test_hosts_can_have_an_authority_of_their_own(
    dialogue: Dialogue, hass: HomeAssistant, authorities: Authorities, wall: Wall, tmp_path: Path
) -> None:
    async with World(speed=0, wall=wall, authorities=authorities, tls=True) as world:
        assert world.cloud_ca is not None
        world.cloud.approve()
        car = world.add_car()
        file = tmp_path / "authority.pem"
        file.write_text(world.cloud_ca)
        dialogue.world = world
        await dialogue.until_cars(authority_file=str(file))
        await dialogue.answer(vehicles=[car.vin])
        await hass.async_block_till_done()

        assert dialogue.step["result"].state is ConfigEntryState.LOADED
        await until(lambda: world.cloud.requests("vehicle_data"))
        await hass.config_entries.async_unload(dialogue.step["result"].entry_id)


async def test_a_sign_in_that_is_refused_over_tls_is_told(
    dialogue: Dialogue, authorities: Authorities, wall: Wall, tmp_path: Path
) -> None:
    async with World(speed=0, wall=wall, authorities=authorities, tls=True) as world:
        world.cloud.approve()
        world.cloud.refuse("token", 500)
        file = tmp_path / "authority.pem"
        file.write_text(world.cloud_ca or "")
        dialogue.world = world
        await dialogue.enter_credentials()
        await dialogue.begin()
        await dialogue.choose_hosts(authority_file=str(file))
        await dialogue.sign_in()

        assert dialogue.step["reason"] == "oauth_failed"


async def test_who_does_not_allow_the_access_is_told(dialogue: Dialogue, world: World) -> None:
    world.cloud.decline()
    await dialogue.enter_credentials()
    await dialogue.begin()
    await dialogue.choose_hosts()
    await dialogue.sign_in()

    assert dialogue.step["reason"] == "user_rejected_authorize"


async def test_a_wrong_secret_is_told(dialogue: Dialogue) -> None:
    await dialogue.enter_credentials(secret="another")
    await dialogue.begin()
    await dialogue.choose_hosts()
    await dialogue.sign_in()

    assert dialogue.step["reason"] == "oauth_unauthorized"


@pytest.mark.parametrize("how", ["truncated", "empty", "list", "html", "not json"])
async def test_a_spoilt_answer_to_the_sign_in_is_told(dialogue: Dialogue, world: World, how: str) -> None:
    world.cloud.spoil("token", how)
    await dialogue.enter_credentials()
    await dialogue.begin()
    await dialogue.choose_hosts()
    await dialogue.sign_in()

    assert dialogue.step["reason"] == "oauth_failed"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"access_token": "SECRET", "refresh_token": "SECRET"}, "oauth_failed"),
        ({"access_token": "SECRET", "refresh_token": "SECRET", "expires_in": "soon"}, "oauth_error"),
        ({"access_token": "SECRET", "refresh_token": "SECRET", "expires_in": 28800}, "token_unreadable"),
        ({"access_token": "SECRET", "expires_in": 28800}, "token_unreadable"),
        ({"access_token": {}, "refresh_token": "SECRET", "expires_in": 28800}, "token_unreadable"),
    ],
)
async def test_a_token_that_is_none_is_told_and_not_logged(
    dialogue: Dialogue, world: World, caplog: pytest.LogCaptureFixture, body: Any, reason: str
) -> None:
    world.cloud.refuse("token", 200, body=body)
    await dialogue.enter_credentials()
    await dialogue.begin()
    await dialogue.choose_hosts()
    await dialogue.sign_in()

    assert dialogue.step["reason"] == reason
    assert "SECRET" not in caplog.text


async def test_a_token_host_that_is_down_is_told(dialogue: Dialogue, world: World) -> None:
    await dialogue.enter_credentials()
    await dialogue.begin()
    await dialogue.choose_hosts()
    world.cloud.refuse("token", "bad_gateway_html")
    await dialogue.sign_in()

    assert dialogue.step["reason"] == "oauth_failed"


async def test_what_was_not_granted_is_named_and_left_out(
    dialogue: Dialogue, hass: HomeAssistant, world: World
) -> None:
    car = world.add_car()
    world.cloud.approve(["openid", "offline_access", "vehicle_device_data"])
    await dialogue.enter_credentials()
    await dialogue.begin()
    await dialogue.choose_hosts()
    await dialogue.sign_in()

    assert dialogue.step["step_id"] == "region"
    told = dialogue.step["description_placeholders"]["missing"]
    assert told.startswith("You have not granted the following.")
    named = [scope for scope in SCOPES if f"`{scope}`" in told]
    assert named == ["vehicle_location", "vehicle_cmds", "vehicle_charging_cmds"]

    await dialogue.answer(region="eu")
    await dialogue.answer(vehicles=[car.vin])
    await until(lambda: world.cloud.requests("vehicle_data"))
    assert "location_data" not in world.cloud.requests("vehicle_data")[0].query["endpoints"]
    assert not [one for one in hass.states.async_all("device_tracker") if "location" in one.entity_id]


async def test_a_code_of_a_region_that_the_hosts_do_not_have_is_exchanged_without_an_audience(
    dialogue: Dialogue, world: World
) -> None:
    await dialogue.enter_credentials()
    await dialogue.begin()
    await dialogue.choose_hosts(bases=[f"na={world.cloud.bases['na']}"])
    await dialogue.sign_in()

    assert dialogue.step["step_id"] == "region"
    (asked,) = world.cloud.requests("token")
    assert "code=EU_" in asked.body
    assert "audience" not in asked.body


async def test_the_region_that_the_token_names_is_shown(dialogue: Dialogue, world: World) -> None:
    world.cloud.move_account("na")
    await dialogue.enter_credentials()
    await dialogue.begin()
    await dialogue.choose_hosts()
    await dialogue.sign_in()

    assert dialogue.step["description_placeholders"]["region"] == "NA"
    (field,) = dialogue._fields()
    assert field["default"] == "na"


@pytest.mark.parametrize("told", [("body",), ()])
async def test_a_region_that_is_not_the_accounts_is_put_right_by_the_cloud(
    dialogue: Dialogue, hass: HomeAssistant, world: World, told: tuple[str, ...]
) -> None:
    car = world.add_car()
    world.cloud.tell_region(*told)
    await dialogue.enter_credentials()
    await dialogue.begin()
    await dialogue.choose_hosts()
    await dialogue.sign_in()
    await dialogue.answer(region="na")
    assert bool(world.cloud.requests("users_region")) is not bool(told)
    await dialogue.answer(vehicles=[car.vin])
    await hass.async_block_till_done()

    assert dialogue.step["result"].data["region"] == "eu"


async def test_an_application_that_is_not_registered_lists_its_cars_once_it_is(
    dialogue: Dialogue, hass: HomeAssistant, world: World
) -> None:
    car = world.add_car()
    world.cloud.unregister("eu")
    await dialogue.until_cars()

    # What was done until here is kept, though nobody can be asked yet which cars there are.
    assert dialogue.step["type"] == "create_entry"
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.title == "Tesla"
    assert entry.data["vehicles"] == {}
    assert "cars" in entry.data["unfinished"]
    assert entry.state is ConfigEntryState.LOADED
    await dialogue.reconfigure(entry, "cars")
    assert dialogue.errors == {"base": "not_registered"}

    world.cloud.register("eu")
    await dialogue.answer()
    assert not dialogue.errors
    assert dialogue.options == [car.vin]
    await dialogue.answer(vehicles=[car.vin])
    assert dialogue.step["reason"] == "reconfigure_successful"
    assert entry.title == "Marmalade"
    assert entry.data["vehicles"] == {car.vin: "Marmalade"}
    assert "cars" not in entry.data["unfinished"]


@pytest.mark.parametrize("wanted", [True, False])
async def test_where_the_cars_are_is_asked_for_only_if_the_user_wants_it(
    dialogue: Dialogue,
    world: World,
    *,
    wanted: bool,
) -> None:
    world.add_car()
    await dialogue.enter_credentials()
    await dialogue.begin()
    await dialogue.choose_hosts(location=wanted)
    await dialogue.sign_in()

    asked = world.cloud.requests("authorize")[0].query["scope"].split()
    assert (LOCATION in asked) is wanted
    assert set(asked) | {LOCATION} == set(SCOPES)


async def test_another_region_can_be_asked_for_the_cars(dialogue: Dialogue, world: World) -> None:
    car = world.add_car()
    world.cloud.refuse("vehicles", "service_unavailable", times=1)
    await dialogue.until_cars()
    assert dialogue.errors == {"base": "cannot_connect"}
    world.cloud.move_account("na")
    await dialogue.answer(region="na")

    assert dialogue.options == [car.vin]
    assert world.cloud.requests("vehicles")[-1].host == "na"


async def test_a_dialogue_that_was_left_does_not_stand_in_the_way(
    dialogue: Dialogue, hass: HomeAssistant, world: World
) -> None:
    car = world.add_car()
    await dialogue.until_cars()
    left = dialogue.step["flow_id"]
    await dialogue.begin()
    await dialogue.answer(next_step_id="sign_in_anew")
    await dialogue.choose_hosts()
    await dialogue.sign_in()
    await dialogue.answer(region="eu")
    await dialogue.answer(vehicles=[car.vin])

    assert dialogue.step["type"] == "create_entry"
    assert left not in {flow["flow_id"] for flow in hass.config_entries.flow.async_progress()}


TROUBLES: dict[str, tuple[dict[str, Any], str]] = {
    "unavailable": ({"error": "service_unavailable"}, "cannot_connect"),
    "html": ({"error": "bad_gateway_html"}, "cannot_connect"),
    "no object": ({"error": 200, "body": []}, "cannot_connect"),
    "no list": ({"error": 200, "body": {"response": {}}}, "cannot_connect"),
    "null": ({"error": 200, "body": {"response": None}}, "cannot_connect"),
    "empty": ({"error": 200, "body": ""}, "cannot_connect"),
    "rate limited": ({"error": "rate_limited_account"}, "rate_limited"),
    "spending limit": ({"error": "billing_limit_exceeded"}, "billing_limit_exceeded"),
    "scopes": ({"error": "missing_scopes"}, "scope_missing"),
    "refused": ({"error": "token_invalid"}, "login_expired"),
    "locked": ({"error": "account_locked"}, "account_locked"),
    "unpaid": ({"error": "payment_required"}, "payment_required"),
}


@pytest.mark.parametrize("trouble", TROUBLES)
async def test_a_cloud_in_trouble_can_be_asked_again(dialogue: Dialogue, world: World, trouble: str) -> None:
    car = world.add_car()
    refusal, told = TROUBLES[trouble]
    world.cloud.refuse("vehicles", **refusal)
    await dialogue.until_cars()

    assert dialogue.errors == {"base": told}
    # What has no words of its own is shown as the cloud has put it.
    assert bool(dialogue.step["description_placeholders"]["detail"]) is (told == "cannot_connect")

    world.cloud.accept()
    await dialogue.answer()
    assert not dialogue.errors
    await dialogue.answer(vehicles=[car.vin])
    assert dialogue.step["type"] == "create_entry"


async def test_a_cloud_that_is_down_can_be_asked_again(dialogue: Dialogue, world: World) -> None:
    car = world.add_car()
    await dialogue.enter_credentials()
    await dialogue.begin()
    await dialogue.choose_hosts()
    await dialogue.sign_in()
    await world.cloud.down("eu")
    await dialogue.answer(region="eu")
    assert dialogue.errors == {"base": "cannot_connect"}

    await world.cloud.up("eu")
    await dialogue.answer()
    assert dialogue.options == [car.vin]


async def test_rows_that_cannot_be_read_do_not_keep_the_others_away(dialogue: Dialogue, world: World) -> None:
    car = world.add_car()
    rows = [{"vin": 5}, {}, None, "car", {**car.row(), "display_name": None, "surprise": [1]}]
    world.cloud.refuse("vehicles", 200, body={"response": rows, "count": 5})
    await dialogue.until_cars()

    assert dialogue.options == [car.vin]


async def test_an_account_without_cars_is_told(dialogue: Dialogue) -> None:
    await dialogue.until_cars()

    assert dialogue.step["reason"] == "no_cars"


async def test_an_account_is_set_up_once_only(dialogue: Dialogue, account: Account, world: World) -> None:
    await account.set_up(world.add_car())
    await dialogue.enter_credentials()
    await dialogue.begin()
    await dialogue.choose_hosts()
    await dialogue.sign_in()

    assert dialogue.step["reason"] == "already_configured"


async def test_a_car_of_another_entry_is_not_offered(
    dialogue: Dialogue, hass: HomeAssistant, account: Account, world: World, wall: Wall
) -> None:
    shared_car, own = world.add_car("typed"), world.add_car("untyped")
    partner = world.cloud.add_account(email="partner@example.org")
    world.cloud.give(shared_car, partner)
    await Account(hass, world, wall, partner).set_up(shared_car)
    await dialogue.until_cars()

    assert dialogue.options == [own.vin]


async def test_whoever_picks_no_car_is_asked_again(dialogue: Dialogue, world: World) -> None:
    car = world.add_car()
    await dialogue.until_cars()
    await dialogue.answer(vehicles=[])
    assert dialogue.errors == {"base": "no_car"}

    await dialogue.answer(vehicles=[car.vin])
    assert dialogue.step["type"] == "create_entry"


async def test_two_dialogues_do_not_take_the_same_car(
    dialogue: Dialogue, hass: HomeAssistant, account: Account, world: World, wall: Wall
) -> None:
    shared_car, own = world.add_car("typed"), world.add_car("untyped")
    partner = world.cloud.add_account(email="partner@example.org")
    world.cloud.give(shared_car, partner)
    await dialogue.until_cars()
    await Account(hass, world, wall, partner).set_up(shared_car)
    await dialogue.answer(vehicles=[shared_car.vin, own.vin])

    assert dialogue.step["step_id"] == "cars"
    assert dialogue.options == [own.vin]


async def test_a_token_that_cannot_be_saved_makes_no_entry(
    dialogue: Dialogue, hass: HomeAssistant, world: World
) -> None:
    car = world.add_car()
    await dialogue.until_cars()
    await hass.async_add_executor_job(spoil_disk, hass, "tokens")
    await dialogue.answer(vehicles=[car.vin])

    assert dialogue.step["reason"] == "token_not_saved"
    assert not hass.config_entries.async_entries(DOMAIN)


async def test_a_car_without_a_name_gets_one(dialogue: Dialogue, hass: HomeAssistant, world: World) -> None:
    car = world.add_car(name="")
    await dialogue.until_cars()
    await dialogue.answer(vehicles=[car.vin])
    await hass.async_block_till_done()

    assert dialogue.step["result"].title == "Tesla"
    assert dialogue.step["result"].data["vehicles"] == {car.vin: ""}
