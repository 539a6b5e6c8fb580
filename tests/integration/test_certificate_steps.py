"""Hosts whose certificates nobody vouches for: they are told nothing until the user says whom to believe."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import DOMAIN, SUBENTRY_LEGACY_STREAM
from custom_components.tesla_direct.feed_stream import async_stream_tokens
from custom_components.tesla_direct.hosts import provider_of
from custom_components.tesla_direct.proxy_repairs import in_pairs
from custom_components.tesla_direct.stream_repairs import STREAM_CERTIFICATE
from custom_components.tesla_direct.tesla.errors import TokenUnavailable
from custom_components.tesla_direct.tesla.vehicle.sources import LEGACY_STREAM
from simulator.car.car import Car
from simulator.certificates import Authorities
from simulator.myteslamate.service import MyTeslaMate
from simulator.world import World
from tests.home import until
from tests.simulator.wall import Wall
from tests.tesla.fleet_api.tls_host import Listening

from .account import Account
from .dialogue import Dialogue
from .sources import health

PUBLIC = {"authority": None, "fingerprint": None, "verified": True}


@pytest.fixture
async def world(authorities: Authorities, wall: Wall, socket_enabled: None) -> AsyncIterator[World]:
    """Take the place of the one that speaks plain HTTP."""
    async with World(speed=0, wall=wall, authorities=authorities, tls=True) as world:
        yield world


@pytest.fixture
async def service(may_hang_up: None, world: World, account: Account, car: Car) -> MyTeslaMate:
    await account.shared()
    service = await world.open_myteslamate()
    service.pair(car.vin)
    return service


@pytest.fixture
def authority(world: World, tmp_path: Path) -> str:
    """The file of who vouches for the service's good certificates."""
    assert world.cloud_ca is not None
    file = tmp_path / "authority.pem"
    file.write_text(world.cloud_ca)
    return str(file)


async def choose(dialogue: Dialogue, service: MyTeslaMate, **more: str) -> None:
    """Enter the service's addresses and a token, and wait until it was looked who is there."""
    await dialogue.begin()
    await dialogue.answer(next_step_id="myteslamate")
    await dialogue.answer(next_step_id="myteslamate_server")
    await dialogue.answer(address=service.address, stream=service.stream_address, **more)
    await dialogue.answer(token=service.token)
    assert dialogue.step["type"] == "progress"
    await dialogue.progress()


async def go_on(dialogue: Dialogue, **answer: Any) -> None:
    await dialogue.answer(**answer)
    await dialogue.progress()


async def make(dialogue: Dialogue, car: Car) -> Any:
    await dialogue.answer(vehicles=[car.vin])
    await dialogue.answer(next_step_id="legacy_stream_none")
    assert dialogue.step["type"] == "create_entry", dialogue.step
    leave(dialogue.hass)
    await dialogue.hass.async_block_till_done()
    (entry,) = dialogue.hass.config_entries.async_entries(DOMAIN)
    return entry


def leave(hass: HomeAssistant) -> None:
    for flow in hass.config_entries.flow.async_progress():  # the tour
        hass.config_entries.flow.async_abort(flow["flow_id"])


def believed(entry: Any) -> tuple[Any, Any]:
    """Return who is believed at the API, and who at the stream."""
    provider = entry.data["provider"]
    return provider["certificates"], provider["stream"]["certificates"]


def told(dialogue: Dialogue) -> Any:
    return dialogue.step["description_placeholders"]


async def test_whoever_an_authority_of_the_user_s_vouches_for_needs_no_question(
    dialogue: Dialogue, service: MyTeslaMate, world: World, car: Car, authority: str
) -> None:
    await choose(dialogue, service, authority_file=authority)
    assert dialogue.options == [car.vin]
    entry = await make(dialogue, car)

    assert believed(entry) == (PUBLIC | {"authority": world.cloud_ca},) * 2


async def test_one_certificate_can_be_accepted_and_no_other(
    dialogue: Dialogue, service: MyTeslaMate, world: World, car: Car, authority: str
) -> None:
    fingerprint = await service.show_certificate("self_signed")
    await choose(dialogue, service, authority_file=authority)
    assert dialogue.step["step_id"] == "certificate"
    assert (told(dialogue)["host"], told(dialogue)["address"]) == ("The stream", service.stream_address)
    assert told(dialogue)["fingerprint"] == in_pairs(fingerprint)
    assert service.requests("products") == []  # nobody was told the token yet
    await go_on(dialogue, next_step_id="certificate_pin")
    entry = await make(dialogue, car)

    assert believed(entry) == (PUBLIC | {"authority": world.cloud_ca}, PUBLIC | {"fingerprint": fingerprint})


async def test_both_hosts_are_asked_about_one_after_the_other(
    dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    api = await service.show_certificate("expired", "api")
    stream = await service.show_certificate("other_name", "stream")
    await choose(dialogue, service)
    assert told(dialogue)["host"] == "The API"
    await go_on(dialogue, next_step_id="certificate_pin")
    assert told(dialogue)["host"] == "The stream"
    assert service.requests("products") == []
    await go_on(dialogue, next_step_id="certificate_pin")
    entry = await make(dialogue, car)

    assert believed(entry) == (PUBLIC | {"fingerprint": api}, PUBLIC | {"fingerprint": stream})


async def test_an_authority_of_the_user_s_can_be_named_for_one_host(
    dialogue: Dialogue, service: MyTeslaMate, car: Car, authority: str, tmp_path: Path
) -> None:
    await service.show_certificate("unknown_authority")
    await choose(dialogue, service, authority_file=authority)
    await dialogue.answer(next_step_id="certificate_authority")
    nonsense, vouches = tmp_path / "nonsense.pem", tmp_path / "vouches.pem"
    nonsense.write_text("-----BEGIN CERTIFICATE-----\nbm9uc2Vuc2U=\n-----END CERTIFICATE-----\n")
    vouches.write_text(service.authority() or "")
    for wrong in (tmp_path / "none.pem", nonsense):
        await dialogue.answer(authority_file=str(wrong))
        assert dialogue.errors == {"authority_file": "file_unreadable"}
    await go_on(dialogue, authority_file=str(vouches))
    entry = await make(dialogue, car)

    assert believed(entry)[1] == PUBLIC | {"authority": vouches.read_text()}


async def test_any_certificate_is_accepted_by_an_explicit_yes_only(
    dialogue: Dialogue, service: MyTeslaMate, car: Car, authority: str
) -> None:
    await service.show_certificate("self_signed")
    await choose(dialogue, service, authority_file=authority)
    await dialogue.answer(next_step_id="certificate_unverified")
    assert told(dialogue)["address"] == service.stream_address
    await dialogue.answer(unverified=False)
    assert dialogue.step["step_id"] == "certificate"
    await dialogue.answer(next_step_id="certificate_unverified")
    assert service.requests("products") == []
    await go_on(dialogue, unverified=True)
    entry = await make(dialogue, car)

    assert believed(entry)[1] == PUBLIC | {"verified": False}


async def test_a_certificate_that_was_put_right_is_looked_at_again(
    dialogue: Dialogue, service: MyTeslaMate, car: Car, authority: str
) -> None:
    await service.show_certificate("expired")
    await choose(dialogue, service, authority_file=authority)
    assert dialogue.step["step_id"] == "certificate"
    await service.show_certificate("good")
    await go_on(dialogue, next_step_id="hosts_look")

    assert dialogue.options == [car.vin]


async def test_a_stream_that_is_away_just_now_keeps_nobody_from_signing_in(
    dialogue: Dialogue, service: MyTeslaMate, car: Car, authority: str
) -> None:
    await service.stream_down()
    await choose(dialogue, service, authority_file=authority)

    assert dialogue.options == [car.vin]


async def test_a_new_certificate_of_an_account_is_accepted_without_signing_in(
    hass: HomeAssistant, dialogue: Dialogue, service: MyTeslaMate, car: Car, authority: str
) -> None:
    await choose(dialogue, service, authority_file=authority)
    entry = await make(dialogue, car)
    token_of_the_user_s = await service.show_certificate("self_signed")
    await dialogue.reconfigure(entry, "hosts_again")
    await dialogue.progress()
    assert told(dialogue)["host"] == "The stream"
    await go_on(dialogue, next_step_id="certificate_pin")

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert believed(entry)[1] == PUBLIC | {"fingerprint": token_of_the_user_s}


async def test_whoever_believes_anybody_is_told_so_and_finds_the_way_back(
    dialogue: Dialogue, service: MyTeslaMate, car: Car, authority: str
) -> None:
    fingerprint = await service.show_certificate("self_signed")
    await choose(dialogue, service, authority_file=authority)
    await dialogue.answer(next_step_id="certificate_unverified")
    await go_on(dialogue, unverified=True)
    entry = await make(dialogue, car)
    await dialogue.look_at_reconfigure(entry)
    assert service.stream_address in told(dialogue)["unverified"]
    assert service.address not in told(dialogue)["unverified"]
    await dialogue.answer(next_step_id="hosts_again")
    await dialogue.progress()
    assert (told(dialogue)["host"], told(dialogue)["fingerprint"]) == ("The stream", in_pairs(fingerprint))
    await go_on(dialogue, next_step_id="certificate_pin")

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert believed(entry)[1] == PUBLIC | {"fingerprint": fingerprint}
    await dialogue.look_at_reconfigure(entry)
    assert told(dialogue)["unverified"] == ""


async def test_what_was_chosen_stays_while_nobody_is_there_to_be_looked_at(
    dialogue: Dialogue, service: MyTeslaMate, car: Car, authority: str
) -> None:
    await service.show_certificate("self_signed")
    await choose(dialogue, service, authority_file=authority)
    await dialogue.answer(next_step_id="certificate_unverified")
    await go_on(dialogue, unverified=True)
    entry = await make(dialogue, car)
    before = believed(entry)
    await service.stream_down()
    await dialogue.reconfigure(entry, "hosts_again")
    await dialogue.progress()

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert believed(entry) == before


async def test_addresses_that_were_entered_can_be_changed_and_who_was_believed_there_stays_so(
    dialogue: Dialogue, service: MyTeslaMate, world: World, car: Car, authority: str
) -> None:
    fingerprint = await service.show_certificate("self_signed", "api")
    await service.show_certificate("self_signed")
    entered = {"api": service.address, "token": service.token, "tag": "vin"}
    await dialogue.begin()
    await dialogue.answer(next_step_id="teslamate_style")
    await dialogue.answer(next_step_id="teslamate_fields")
    await go_on(dialogue, **entered, stream=service.stream_address)
    await go_on(dialogue, next_step_id="certificate_pin")
    assert told(dialogue)["host"] == "The stream"
    await dialogue.answer(next_step_id="teslamate_fields")
    await go_on(dialogue, **entered)
    assert dialogue.options == [car.vin]  # nobody was asked about the API again
    assert service.requests("products")

    await service.show_certificate("good", "api")
    await dialogue.begin()
    await dialogue.answer(next_step_id="sign_in_anew")
    await dialogue.answer(next_step_id="teslamate_style")
    await dialogue.answer(next_step_id="teslamate_fields")
    await go_on(dialogue, **entered, authority_file=authority)
    await dialogue.answer(vehicles=[car.vin])
    (entry,) = dialogue.hass.config_entries.async_entries(DOMAIN)
    assert entry.data["provider"]["certificates"] == PUBLIC | {"authority": world.cloud_ca}
    assert fingerprint not in str(entry.data)


async def test_what_was_accepted_for_the_api_is_not_for_where_tokens_are_renewed(
    dialogue: Dialogue, service: MyTeslaMate, tmp_path: Path
) -> None:
    await service.show_certificate("self_signed", "api")
    service.expire_tokens()
    elsewhere = Listening()
    server = await elsewhere.start(tmp_path / "elsewhere.pem")
    await dialogue.begin()
    await dialogue.answer(next_step_id="teslamate_style")
    await dialogue.answer(next_step_id="teslamate_fields")
    entered = {"api": service.address, "token": service.token, "refresh_token": service.refresh_token}
    await go_on(dialogue, **entered, renewal=f"{elsewhere.base}/oauth2/v3", tag="vin")
    await dialogue.answer(next_step_id="certificate_unverified")
    await go_on(dialogue, unverified=True)

    assert dialogue.errors == {"base": "service_unreachable"}
    assert service.requests("products")
    assert elsewhere.heard == b""
    server.close()
    await server.wait_closed()


async def test_nor_is_it_once_an_account_is_set_up(
    account: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car, tmp_path: Path
) -> None:
    await service.show_certificate("self_signed", "api")
    elsewhere = Listening()
    server = await elsewhere.start(tmp_path / "elsewhere.pem")
    await dialogue.begin()
    await dialogue.answer(next_step_id="teslamate_style")
    await dialogue.answer(next_step_id="teslamate_fields")
    entered = {"api": service.address, "token": service.token, "refresh_token": service.refresh_token}
    await go_on(dialogue, **entered, renewal=f"{elsewhere.base}/oauth2/v3", tag="vin")
    await dialogue.answer(next_step_id="certificate_unverified")
    await go_on(dialogue, unverified=True)
    await dialogue.answer(vehicles=[car.vin])
    leave(dialogue.hass)
    (account.entry,) = dialogue.hass.config_entries.async_entries(DOMAIN)
    await account.quiet()
    with pytest.raises(TokenUnavailable):
        await account.runtime.tokens.replace(service.token)
    shared, data = await account.shared(), account.entry.data
    name = account.entry.unique_id
    async with async_stream_tokens(dialogue.hass, shared, provider_of(data), name, "mine") as tokens:
        with pytest.raises(TokenUnavailable):
            await tokens.replace(service.token)

    assert elsewhere.heard == b""
    server.close()
    await server.wait_closed()


def notices(hass: HomeAssistant) -> list[ir.IssueEntry]:
    issues = ir.async_get(hass).issues.values()
    return [one for one in issues if one.translation_key == STREAM_CERTIFICATE]


async def test_a_stream_that_is_not_believed_any_more_is_said_and_leads_to_where_it_is(
    hass: HomeAssistant, account: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car
) -> None:
    await service.show_certificate("self_signed", "api")
    await service.show_certificate("self_signed")
    await choose(dialogue, service)
    await go_on(dialogue, next_step_id="certificate_pin")
    await go_on(dialogue, next_step_id="certificate_pin")
    await dialogue.answer(vehicles=[car.vin])
    await dialogue.answer(next_step_id="legacy_stream_cars")
    await dialogue.answer(vehicles=[car.vin], raw=True)
    leave(hass)
    (account.entry,) = hass.config_entries.async_entries(DOMAIN)
    await account.wait_for(until(lambda: health(account, LEGACY_STREAM).works))
    assert notices(hass) == []
    other = await service.show_certificate("self_signed")
    await account.wait_for(until(lambda: notices(hass)))
    (issue,) = notices(hass)
    await dialogue.begin_repair(issue)
    await dialogue.answer_repair()
    kind, flow_id = dialogue.step["next_flow"]
    assert kind == "config_flow"
    await dialogue.look(flow_id)
    await dialogue.progress()
    assert told(dialogue)["fingerprint"] == in_pairs(other)
    await go_on(dialogue, next_step_id="certificate_pin")

    assert dialogue.step["reason"] == "reconfigure_successful"
    await account.wait_for(until(lambda: health(account, LEGACY_STREAM).works))
    assert notices(hass) == []


async def test_whoever_shows_another_certificate_meanwhile_is_told_nothing(
    dialogue: Dialogue, service: MyTeslaMate, car: Car, authority: str
) -> None:
    await choose(dialogue, service, authority_file=authority)
    dialogue.hass.config_entries.flow.async_abort(dialogue.step["flow_id"])
    await service.show_certificate("unknown_authority", "api")
    asked = len(service.requests())
    await dialogue.begin()
    await dialogue.answer(next_step_id="sign_in_resume")
    assert dialogue.errors == {"base": "service_certificate"}
    assert len(service.requests()) == asked
    await go_on(dialogue, token=service.token)

    assert dialogue.step["step_id"] == "certificate"


async def test_of_a_stream_beside_another_account_a_new_certificate_is_accepted_alike(
    account: Account, dialogue: Dialogue, service: MyTeslaMate, car: Car, authority: str
) -> None:
    await account.set_up(car)
    entry = account.entry
    await dialogue.begin_subentry(entry, SUBENTRY_LEGACY_STREAM)
    await dialogue.answer_subentry(next_step_id="myteslamate_server")
    await dialogue.answer_subentry(
        address=service.address, stream=service.stream_address, authority_file=authority
    )
    await dialogue.answer_subentry(token=service.token)
    await dialogue.progress_subentry()
    await dialogue.answer_subentry(vehicles=[car.vin], raw=True)
    assert dialogue.step["type"] == "create_entry"
    fingerprint = await service.show_certificate("self_signed")
    await account.wait_for(until(lambda: notices(account.hass)))
    (issue,) = notices(account.hass)
    await dialogue.begin_repair(issue)
    await dialogue.answer_repair()
    await dialogue.look_subentry(dialogue.step["next_flow"][1])
    assert told(dialogue)["unverified"] == ""
    await dialogue.answer_subentry(next_step_id="hosts_again")
    await dialogue.progress_subentry()
    await dialogue.answer_subentry(next_step_id="certificate_pin")
    await dialogue.progress_subentry()

    assert dialogue.step["reason"] == "reconfigure_successful"
    (subentry,) = entry.subentries.values()
    assert subentry.data["provider"]["stream"]["certificates"] == PUBLIC | {"fingerprint": fingerprint}
    assert subentry.data["tags"] == {car.vin: car.vin}
    await account.quiet()
