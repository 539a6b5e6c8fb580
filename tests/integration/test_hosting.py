"""Where the public key is found: which domain, what is seen there, and what is offered if it is another."""

from pathlib import Path
import sys
from types import ModuleType
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.key import FROM_FILE, KeyStore
from custom_components.tesla_direct.repairs_tour import async_tell_hosting
from custom_components.tesla_direct.tesla.fleet_api.hosted_key import HostedKey, Hosting
from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .dialogue import TEXTS, Dialogue
from .disk import full_disk, write
from .key_files import new_key, public_pem, write_key
from .public_name import NAME, PublicName

CLOUD = "abcdefgh.ui.nabu.casa"


@pytest.fixture
async def keys(account: Account) -> KeyStore:
    return (await account.shared()).key


@pytest.fixture
async def at_hosting(account: Account, car: Car, dialogue: Dialogue, public_name: PublicName) -> Dialogue:
    """A user on the tour, at its first part."""
    await account.set_up(car, paired=False)
    await dialogue.reconfigure(account.entry, "tour")
    assert dialogue.step["step_id"] == "hosting"
    return dialogue


@pytest.fixture
def cloud(hass: HomeAssistant, monkeypatch: pytest.MonkeyPatch) -> None:
    """Home Assistant Cloud, with an account that has a remote address."""
    stands_in: Any = ModuleType("homeassistant.components.cloud")
    stands_in.CloudNotAvailable = type("CloudNotAvailable", (Exception,), {})
    stands_in.async_remote_ui_url = lambda _hass: f"https://{CLOUD}"
    monkeypatch.setitem(sys.modules, "homeassistant.components.cloud", stands_in)
    hass.config.components.add("cloud")


def application(world: World) -> str:
    return world.cloud.books.application.client_id


async def check(dialogue: Dialogue) -> None:
    await dialogue.answer(next_step_id="hosting_check")
    await dialogue.progress()


async def test_the_name_that_home_assistant_knows_is_offered_and_looked_at(
    account: Account, car: Car, dialogue: Dialogue, public_name: PublicName
) -> None:
    keys, world = public_name.keys, account.world
    await account.set_up(car, paired=False)
    await dialogue.reconfigure(account.entry, "hosting")
    assert dialogue.step["menu_options"][0] == "hosting_check"
    assert dialogue.step["description_placeholders"]["domain"] == NAME
    await check(dialogue)

    assert dialogue.step["reason"] == "hosting_ready"
    assert public_name.asked == [NAME]
    assert keys.domain_of(application(world)) == NAME


async def test_the_key_is_made_when_this_part_begins(
    account: Account, world: World, dialogue: Dialogue, public_name: PublicName, keys: KeyStore
) -> None:
    await account.set_up(world.add_car("old"), paired=False)
    before = keys.fingerprint
    await dialogue.reconfigure(account.entry, "hosting")

    assert before is None
    assert keys.fingerprint is not None
    assert keys.is_new


async def test_without_a_name_one_is_asked_for(
    account: Account, car: Car, dialogue: Dialogue, public_name: PublicName
) -> None:
    keys, world = public_name.keys, account.world
    await account.hass.config.async_update(external_url=None)
    await account.set_up(car, paired=False)
    await dialogue.reconfigure(account.entry, "hosting")
    options = ["hosting_domain", "hosting_file", "key_file", "proxy_set", "hosting_later"]
    assert dialogue.step["menu_options"] == options
    await dialogue.answer(next_step_id="hosting_domain")
    await dialogue.answer(key_domain="http://Tesla.Example.COM:8123/")
    assert dialogue.errors == {"key_domain": "domain_with_port"}
    await dialogue.answer(key_domain="https://Tesla.Example.COM/lovelace")
    await dialogue.progress()

    assert dialogue.step["reason"] == "hosting_ready"
    assert keys.domain_of(application(world)) == "tesla.example.com"


async def test_the_file_for_another_web_server_is_shown_and_the_same_check_follows(
    at_hosting: Dialogue, public_name: PublicName, keys: KeyStore, account: Account
) -> None:
    assert keys.key is not None
    await at_hosting.answer(next_step_id="hosting_file")
    told = at_hosting.step["description_placeholders"]["public_key"]
    assert told == keys.key.public_pem.decode()
    assert "PRIVATE" not in str(at_hosting.step)
    public_name.answer(status=404)
    await at_hosting.answer(key_domain="files.example.com")
    await at_hosting.progress()
    assert at_hosting.step["step_id"] == "hosting_failed"

    public_name.answer(told)
    await check(at_hosting)
    assert public_name.asked == ["files.example.com"] * 2
    assert at_hosting.step["step_id"] == "registration_not_possible"  # nobody has entered credentials


SEEN: dict[str, tuple[dict[str, Any], Hosting]] = {
    "another key": ({"text": public_pem(new_key())}, Hosting.OTHER_KEY),
    "nothing": ({"status": 404}, Hosting.NO_KEY),
    "a page": ({"text": "<!DOCTYPE html><html>Home</html>"}, Hosting.NO_KEY),
    "a redirect": ({"status": 302, "headers": {"Location": "https://www.example.com/"}}, Hosting.REDIRECT),
    "a login": (
        {"status": 302, "headers": {"Location": "https://sso.example.com/login"}},
        Hosting.LOGIN_PAGE,
    ),
    "a password": ({"status": 401}, Hosting.LOGIN_PAGE),
    "a proxy": ({"text": "400: Bad Request", "status": 400}, Hosting.PROXY_UNTRUSTED),
    "an error": ({"text": "<html>Bad gateway</html>", "status": 502}, Hosting.ANSWER),
}


@pytest.mark.parametrize("seen", SEEN)
async def test_what_stands_in_its_place_is_named_and_the_way_goes_on_from_there(
    at_hosting: Dialogue, public_name: PublicName, account: Account, seen: str
) -> None:
    answer, state = SEEN[seen]
    public_name.answer(**answer)
    await check(at_hosting)

    assert at_hosting.step["step_id"] == "hosting_failed"
    told = at_hosting.step["description_placeholders"]
    assert told["problem"] == TEXTS["selector"]["hosting"]["options"][state]
    assert NAME in told["address"]
    assert ("key_file" in at_hosting.step["menu_options"]) is (state is Hosting.OTHER_KEY)
    assert ("hosting_anyway" in at_hosting.step["menu_options"]) is (state is not Hosting.OTHER_KEY)
    public_name.mend()
    await check(at_hosting)
    assert at_hosting.step["step_id"] == "registration_not_possible"


@pytest.mark.parametrize("state", [state for state in Hosting if state is not Hosting.RIGHT])
async def test_everything_that_can_be_seen_has_a_text(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry, state: Hosting
) -> None:
    account.add_entry(car)
    await async_tell_hosting(hass, account.entry, HostedKey(state=state, url="https://home.example.com/"))

    (issue,) = issue_registry.issues.values()
    problem = (issue.translation_placeholders or {})["problem"]
    assert problem == TEXTS["selector"]["hosting"]["options"][state]


async def test_who_cannot_look_from_inside_lets_tesla_decide(
    at_hosting: Dialogue, public_name: PublicName, account: Account
) -> None:
    public_name.vanish()
    await check(at_hosting)
    assert at_hosting.step["description_placeholders"]["problem"].startswith("Nobody answers")
    await at_hosting.answer(next_step_id="hosting_anyway")

    assert at_hosting.step["step_id"] == "registration_not_possible"
    assert account.entry.data["unfinished"] == ["hosting"]


async def test_what_is_put_off_takes_with_it_what_needs_it(at_hosting: Dialogue, account: Account) -> None:
    await at_hosting.answer(next_step_id="hosting_later")

    assert at_hosting.step["step_id"] == "receiver"
    assert account.entry.data["unfinished"] == ["hosting", "pairing", "registration"]


async def test_outside_the_tour_putting_off_is_the_end(
    account: Account, car: Car, dialogue: Dialogue, public_name: PublicName
) -> None:
    await account.set_up(car, paired=False)
    await dialogue.reconfigure(account.entry, "hosting")
    public_name.answer(status=404)
    await check(dialogue)
    assert "hosting_anyway" not in dialogue.step["menu_options"]
    await dialogue.answer(next_step_id="hosting_later")

    assert dialogue.step["reason"] == "hosting_later"
    assert account.entry.data["unfinished"] == ["hosting"]


async def test_the_domain_of_another_account_with_the_same_application_is_taken_without_a_question(
    account: Account, car: Car, dialogue: Dialogue, public_name: PublicName
) -> None:
    keys, world = public_name.keys, account.world
    await keys.async_set_domain(application(world), "tesla.example.com")
    await account.set_up(car, paired=False)
    await dialogue.reconfigure(account.entry, "tour")
    await dialogue.progress()

    assert public_name.asked == ["tesla.example.com"]
    assert dialogue.step["step_id"] == "registration_not_possible"


@pytest.mark.usefixtures("cloud")
async def test_the_address_of_home_assistant_cloud_is_offered_and_looked_at_like_any_other(
    at_hosting: Dialogue, public_name: PublicName, keys: KeyStore, world: World
) -> None:
    assert at_hosting.step["description_placeholders"]["cloud"] == CLOUD
    public_name.answer(status=404)
    await check(at_hosting)
    assert "hosting_cloud" in at_hosting.step["menu_options"]
    public_name.mend()
    await at_hosting.answer(next_step_id="hosting_cloud")
    await at_hosting.progress()

    assert public_name.asked == [NAME, CLOUD]
    assert keys.domain_of(application(world)) == CLOUD
    assert at_hosting.step["step_id"] == "registration_not_possible"


async def test_a_name_that_is_gone_a_page_later_is_told(at_hosting: Dialogue, account: Account) -> None:
    await account.hass.config.async_update(external_url=None)
    await at_hosting.answer(next_step_id="hosting_check")
    assert at_hosting.step["step_id"] == "hosting_no_key"
    await at_hosting.answer(next_step_id="hosting")

    assert "hosting_check" not in at_hosting.step["menu_options"]


async def test_a_domain_that_cannot_be_saved_is_told(at_hosting: Dialogue) -> None:
    with full_disk():
        await at_hosting.answer(next_step_id="hosting_check")
    problem = at_hosting.step["description_placeholders"]["problem"]
    assert problem == TEXTS["selector"]["hosting"]["options"]["key_not_saved"]
    await at_hosting.answer(next_step_id="hosting")
    await check(at_hosting)

    assert at_hosting.step["step_id"] == "registration_not_possible"


async def test_a_key_that_cannot_be_saved_is_told_and_made_later(
    account: Account, world: World, dialogue: Dialogue, keys: KeyStore, public_name: PublicName
) -> None:
    await account.set_up(world.add_car("old"), paired=False)
    with full_disk():
        await dialogue.reconfigure(account.entry, "hosting")
    assert dialogue.step["step_id"] == "hosting_no_key"
    assert keys.key is None
    await dialogue.answer(next_step_id="hosting")

    assert dialogue.step["step_id"] == "hosting"
    assert keys.key is not None


async def test_a_key_that_cannot_be_read_is_not_written_over(
    account: Account, car: Car, dialogue: Dialogue, hass: HomeAssistant, tmp_path: Path
) -> None:
    await hass.async_add_executor_job(write, hass, "key", {"domains": {}, "private_key": "nonsense"})
    keys = (await account.shared()).key
    assert keys.unreadable
    await account.sign_in()
    account.add_entry(car)
    assert await hass.config_entries.async_setup(account.entry.entry_id)
    await dialogue.reconfigure(account.entry, "tour")
    assert dialogue.step["step_id"] == "hosting_no_key"
    await dialogue.answer(next_step_id="key")
    await dialogue.answer(next_step_id="key_file")
    path = await hass.async_add_executor_job(write_key, tmp_path / "key.pem", new_key())
    await dialogue.answer(key_file=path)
    await dialogue.answer(confirm=True)
    assert dialogue.step["step_id"] == "key_show"
    await dialogue.answer()

    assert dialogue.step["step_id"] == "hosting"
    assert keys.origin == FROM_FILE
    await account.quiet()


async def test_a_key_that_is_served_already_can_be_imported(
    at_hosting: Dialogue, public_name: PublicName, keys: KeyStore, hass: HomeAssistant, tmp_path: Path
) -> None:
    theirs = new_key()
    public_name.answer(public_pem(theirs))
    await check(at_hosting)
    await at_hosting.answer(next_step_id="key_file")
    path = await hass.async_add_executor_job(write_key, tmp_path / "key.pem", theirs)
    await at_hosting.answer(key_file=path)
    assert at_hosting.step["step_id"] == "key_show"
    await at_hosting.answer()
    await at_hosting.progress()  # the domain is known, so it is looked at without a question

    assert at_hosting.step["step_id"] == "registration_not_possible"
    assert not keys.is_new


async def test_a_key_that_is_gone_meanwhile_is_nothing_to_compare_with(
    at_hosting: Dialogue, keys: KeyStore
) -> None:
    keys._key = None
    await check(at_hosting)

    assert at_hosting.step["step_id"] == "hosting_no_key"


async def test_what_is_seen_to_be_there_again_ends_its_notice(
    account: Account, car: Car, dialogue: Dialogue, public_name: PublicName, issue_registry: ir.IssueRegistry
) -> None:
    await account.set_up(car)
    found = HostedKey(state=Hosting.NO_KEY, url="https://home.example.com/")
    await async_tell_hosting(account.hass, account.entry, found)
    assert (DOMAIN, f"key_not_served_{account.entry.entry_id}") in issue_registry.issues
    await dialogue.reconfigure(account.entry, "hosting")
    await check(dialogue)

    assert not [issue for issue in issue_registry.issues.values() if issue.domain == DOMAIN]
