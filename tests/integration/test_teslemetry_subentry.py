"""Teslemetry's stream beside another provider: signing in for it, its token, and signing in again."""

from typing import Any

from homeassistant.config_entries import ConfigSubentry
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import SUBENTRY_TESLEMETRY
from custom_components.tesla_direct.repairs import async_create_fix_flow
from custom_components.tesla_direct.repairs_tour import StreamLoginFlow
from simulator.car.car import Car
from simulator.teslemetry.service import UID, Teslemetry
from simulator.world import World
from tests.home import until

from .account import Account
from .dialogue import Dialogue
from .disk import full_disk
from .subscriber import Subscriber

TOKEN_NAME = f"teslemetry:{UID}"


@pytest.fixture
async def service(world: World, car: Car) -> Teslemetry:
    car.power.idle_s = 1e9
    service = await world.open_teslemetry()
    service.pair(car.vin)
    return service


@pytest.fixture
async def direct(account: Account, car: Car, service: Teslemetry) -> Account:
    """An account with Tesla itself, whose car is with the service, too."""
    await account.set_up(car)
    return account


async def choose(account: Account, dialogue: Dialogue, service: Teslemetry, way: str) -> None:
    await dialogue.begin_subentry(account.entry, SUBENTRY_TESLEMETRY)
    assert dialogue.step["step_id"] == "user"
    await dialogue.answer_subentry(next_step_id="teslemetry_server")
    await dialogue.answer_subentry(address=service.base)
    assert dialogue.step["step_id"] == "teslemetry_own"
    await dialogue.answer_subentry(next_step_id=way)


async def come_back(dialogue: Dialogue) -> None:
    """Follow the browser to the sign-in page and back, to where the subentry's dialogue goes on."""
    await dialogue.visit()
    await dialogue.hass.async_block_till_done()
    await dialogue.look_subentry()


def subentry_of(account: Account) -> ConfigSubentry:
    (subentry,) = account.entry.subentries.values()
    assert isinstance(subentry, ConfigSubentry)
    return subentry


async def token(account: Account) -> Any:
    return await (await account.shared()).tokens.async_load(TOKEN_NAME)


def flows(hass: HomeAssistant) -> list[Any]:
    return list(hass.config_entries.flow.async_progress())


async def test_a_token_brings_the_stream(
    direct: Account, dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    await choose(direct, dialogue, service, "teslemetry_token")
    await dialogue.answer_subentry(token=service.token)

    subentry = subentry_of(direct)
    assert dict(subentry.data) == {
        "provider": {"name": "teslemetry", "address": service.base, "authority": None},
        "account": UID,
        "signed_in_at": subentry.data["signed_in_at"],
    }
    assert (subentry.title, subentry.unique_id) == ("Teslemetry", TOKEN_NAME)
    assert (await token(direct)).access_token == service.token
    await until(lambda: service.office.streams)
    service.say(car.vin, Soc=41.5)
    await until(lambda: direct.shows(car, "sensor.battery_level") != "unknown")


async def test_signing_in_brings_it_too(
    hass: HomeAssistant, direct: Account, dialogue: Dialogue, service: Teslemetry
) -> None:
    await choose(direct, dialogue, service, "teslemetry_account")
    await come_back(dialogue)

    (client,) = service.office.tokens.clients
    assert subentry_of(direct).data["oauth_client"] == client
    assert (await token(direct)).refresh_token
    await hass.async_block_till_done()
    assert flows(hass) == []


async def test_whoever_does_not_consent_is_told(
    direct: Account, dialogue: Dialogue, service: Teslemetry
) -> None:
    service.decline()
    await choose(direct, dialogue, service, "teslemetry_account")
    await come_back(dialogue)

    assert dialogue.step["reason"] == "user_rejected_authorize"


async def test_a_sign_in_that_comes_to_nothing_is_tried_again(
    direct: Account, dialogue: Dialogue, service: Teslemetry
) -> None:
    service.refuse("register", 503, times=1)
    await choose(direct, dialogue, service, "teslemetry_account")
    assert dialogue.errors == {"base": "teslemetry_unreachable"}
    await dialogue.answer_subentry()

    service.refuse("metadata", 503, times=1)
    await come_back(dialogue)
    assert dialogue.errors == {"base": "teslemetry_unreachable"}
    await dialogue.answer_subentry()
    await dialogue.look_subentry()  # the page was closed
    await come_back(dialogue)
    assert dialogue.step["type"] == "create_entry"


async def test_a_dialogue_that_is_closed_takes_what_waits_for_the_browser_along(
    hass: HomeAssistant, direct: Account, dialogue: Dialogue, service: Teslemetry
) -> None:
    await choose(direct, dialogue, service, "teslemetry_account")
    assert [flow["step_id"] for flow in flows(hass)] == ["stream_sign_in"]
    hass.config_entries.subentries.async_abort(dialogue.step["flow_id"])
    assert flows(hass) == []


async def test_what_waits_for_the_browser_may_be_closed_first(
    hass: HomeAssistant, direct: Account, dialogue: Dialogue, service: Teslemetry
) -> None:
    await choose(direct, dialogue, service, "teslemetry_account")
    (carrier,) = flows(hass)
    hass.config_entries.flow.async_abort(carrier["flow_id"])
    hass.config_entries.subentries.async_abort(dialogue.step["flow_id"])
    assert flows(hass) == []


async def test_a_browser_that_comes_back_to_a_closed_dialogue_changes_nothing(
    hass: HomeAssistant, direct: Account, dialogue: Dialogue, service: Teslemetry
) -> None:
    await choose(direct, dialogue, service, "teslemetry_account")
    (carrier,) = flows(hass)
    step = await hass.config_entries.flow.async_init(
        "tesla_direct",
        context={"source": "reconfigure", "entry_id": direct.entry.entry_id},
        data={"next_step_id": "stream_sign_in", "flow_id": "gone"},
    )
    await hass.config_entries.flow.async_configure(step["flow_id"], {"state": {}, "code": "x"})
    await hass.async_block_till_done()
    assert [flow["flow_id"] for flow in flows(hass)] == [carrier["flow_id"]]


async def test_an_account_that_asks_for_another_sign_in_gets_it_after_a_stream_has_come(
    hass: HomeAssistant, direct: Account, dialogue: Dialogue, service: Teslemetry
) -> None:
    await choose(direct, dialogue, service, "teslemetry_account")
    await come_back(dialogue)
    direct.entry.async_start_reauth(hass)
    await hass.async_block_till_done()

    (flow,) = flows(hass)
    assert flow["context"]["source"] == "reauth"


async def test_a_token_that_is_none_is_refused(
    direct: Account, dialogue: Dialogue, service: Teslemetry
) -> None:
    await choose(direct, dialogue, service, "teslemetry_token")
    await dialogue.answer_subentry(token="nonsense")

    assert dialogue.errors == {"base": "teslemetry_refused"}


async def test_an_address_or_an_authority_that_cannot_be_is_told(
    direct: Account, dialogue: Dialogue, tmp_path: Any
) -> None:
    await dialogue.begin_subentry(direct.entry, SUBENTRY_TESLEMETRY)
    await dialogue.answer_subentry(next_step_id="teslemetry_server")
    await dialogue.answer_subentry(address="http://teslemetry.example.com")
    assert dialogue.errors == {"address": "address_invalid"}

    none = str(tmp_path / "none.pem")
    await dialogue.answer_subentry(address="https://teslemetry.example.com", authority_file=none)
    assert dialogue.errors == {"authority_file": "file_unreadable"}


async def test_an_account_without_any_of_the_cars_is_of_no_use(
    direct: Account, dialogue: Dialogue, service: Teslemetry, world: World
) -> None:
    service.customer.owner.cars.clear()
    await choose(direct, dialogue, service, "teslemetry_token")
    await dialogue.answer_subentry(token=service.token)

    assert dialogue.step["reason"] == "stream_no_cars"
    assert await token(direct) is None


async def test_a_stream_is_there_once(direct: Account, dialogue: Dialogue, service: Teslemetry) -> None:
    await choose(direct, dialogue, service, "teslemetry_token")
    await dialogue.answer_subentry(token=service.token)
    await choose(direct, dialogue, service, "teslemetry_token")
    await dialogue.answer_subentry(token=service.paste_token())

    assert dialogue.step["reason"] == "stream_in_use"


async def test_a_disk_that_is_full_is_told(direct: Account, dialogue: Dialogue, service: Teslemetry) -> None:
    await choose(direct, dialogue, service, "teslemetry_token")
    with full_disk():
        await dialogue.answer_subentry(token=service.token)

    assert dialogue.step["reason"] == "token_not_saved"
    assert not direct.entry.subentries


async def test_an_account_with_the_service_has_its_stream_already(
    account: Account, service: Teslemetry, car: Car
) -> None:
    subscriber = Subscriber(account, service)
    await subscriber.set_up(car)

    assert SUBENTRY_TESLEMETRY not in account.entry.supported_subentry_types


async def test_a_sign_in_that_has_expired_leads_to_another_one(
    hass: HomeAssistant,
    direct: Account,
    dialogue: Dialogue,
    service: Teslemetry,
    issue_registry: ir.IssueRegistry,
) -> None:
    await choose(direct, dialogue, service, "teslemetry_token")
    await dialogue.answer_subentry(token=service.token)
    await until(lambda: service.office.streams)
    service.revoke_tokens()

    def expired() -> list[ir.IssueEntry]:
        issues = issue_registry.issues.values()
        return [one for one in issues if one.translation_key == "stream_login_expired"]

    await direct.wait_for(until(expired))
    assert flows(hass) == []  # the account's own sign-in is as good as before
    (issue,) = expired()
    await dialogue.begin_repair(issue)
    await dialogue.answer_repair()
    assert dialogue.step["reason"] == "leads_on"
    kind, flow_id = dialogue.step["next_flow"]
    assert kind == "config_subentries_flow"
    await dialogue.look_subentry(flow_id)
    assert dialogue.step["step_id"] == "reconfigure"
    await dialogue.answer_subentry(next_step_id="teslemetry_token")
    new = service.paste_token()
    await dialogue.answer_subentry(token=new)

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert (await token(direct)).access_token == new
    await until(lambda: service.office.streams)
    assert expired() == []


async def test_a_notice_of_a_stream_that_is_gone_has_nothing_to_mend(
    hass: HomeAssistant, direct: Account
) -> None:
    flow = await async_create_fix_flow(
        hass, "gone", {"entry_id": direct.entry.entry_id, "subentry": "gone", "key": "stream_login_expired"}
    )
    assert isinstance(flow, StreamLoginFlow)
    flow.hass, flow.issue_id = hass, "gone"
    step = await flow.async_step_init()

    assert step["reason"] == "mended"


async def test_another_account_is_not_taken_for_the_same(
    direct: Account, dialogue: Dialogue, service: Teslemetry, world: World
) -> None:
    await choose(direct, dialogue, service, "teslemetry_token")
    await dialogue.answer_subentry(token=service.token)
    service.add_customer("somebody-else", world.cloud.account)
    await dialogue.begin_subentry(direct.entry, SUBENTRY_TESLEMETRY, subentry_of(direct).subentry_id)
    await dialogue.answer_subentry(next_step_id="teslemetry_token")
    await dialogue.answer_subentry(token=service.paste_token("somebody-else"))

    assert dialogue.step["reason"] == "wrong_account"


async def test_the_token_goes_with_the_stream(
    hass: HomeAssistant, direct: Account, dialogue: Dialogue, service: Teslemetry
) -> None:
    await choose(direct, dialogue, service, "teslemetry_token")
    await dialogue.answer_subentry(token=service.token)
    hass.config_entries.async_remove_subentry(direct.entry, subentry_of(direct).subentry_id)
    await hass.async_block_till_done()
    await direct.quiet()

    assert await token(direct) is None


async def test_the_token_goes_with_the_entry(
    hass: HomeAssistant, direct: Account, dialogue: Dialogue, service: Teslemetry
) -> None:
    await choose(direct, dialogue, service, "teslemetry_token")
    await dialogue.answer_subentry(token=service.token)
    await hass.config_entries.async_remove(direct.entry.entry_id)

    assert await token(direct) is None
