"""The application's registration: where it stands in each region, what is tried again, and what is to do."""

from typing import Any

from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.key import FROM_FILE
from custom_components.tesla_direct.tesla.fleet_api.partner import RegistrationState
from custom_components.tesla_direct.tesla.vehicle_command.keys import PrivateKey
from simulator.car.car import Car
from tests.home import until

from .account import Account, is_done_soon
from .dialogue import TEXTS, Dialogue
from .disk import full_disk
from .key_files import new_key, public_pem
from .public_name import NAME, ORIGIN, PublicName

STEP = 5.0  # seconds that pass at once while it is waited for Tesla


@pytest.fixture
async def unregistered(account: Account, car: Car, dialogue: Dialogue, public_name: PublicName) -> Account:
    """An account whose key is served under its domain, and whose application is registered nowhere."""
    cloud = account.world.cloud
    cloud.unregister()
    cloud.set_origins(ORIGIN, at_once=True)
    key = await public_name.keys.async_ensure()
    assert key is not None
    await public_name.keys.async_set_domain(cloud.books.application.client_id, NAME)
    await dialogue.enter_credentials()
    await account.set_up(car, paired=False)
    return account


async def register(account: Account, dialogue: Dialogue, step: str = "registration") -> None:
    """Begin, and see it through; time passes where it is needed."""
    if dialogue.step is None:
        await dialogue.reconfigure(account.entry, step)
    else:
        await dialogue.answer(next_step_id=step)
    task = account.hass.async_create_task(dialogue.progress())
    while not await is_done_soon(task):
        account.wall.move(STEP)
        await account.world.advance(STEP)
    await task


def told(dialogue: Dialogue) -> str:
    return str(dialogue.step["description_placeholders"]["problems"])


def text(state: RegistrationState) -> str:
    return str(TEXTS["selector"]["registration"]["options"][state])


async def test_the_application_is_registered_in_every_region_and_the_answer_is_compared(
    unregistered: Account, dialogue: Dialogue, public_name: PublicName
) -> None:
    cloud = unregistered.world.cloud
    await register(unregistered, dialogue)

    assert dialogue.step["reason"] == "registration_ready"
    key = public_name.keys.key
    assert key is not None
    assert {one["public_key"] for one in cloud.registered().values()} == {key.public.hex()}
    assert cloud.registered().keys() == cloud.bases.keys()
    assert not public_name.keys.is_new  # what the cloud says of the application's key is about ours now
    assert cloud.billed()["data"] == 0


async def test_what_is_registered_already_is_not_registered_again(
    unregistered: Account, dialogue: Dialogue
) -> None:
    await register(unregistered, dialogue)
    asked = len(unregistered.world.cloud.requests("partner_accounts"))
    dialogue.step = None
    await register(unregistered, dialogue)

    assert dialogue.step["reason"] == "registration_ready"
    assert len(unregistered.world.cloud.requests("partner_accounts")) == asked


async def test_the_notice_of_a_region_leads_here_and_ends(
    unregistered: Account, dialogue: Dialogue, issue_registry: ir.IssueRegistry
) -> None:
    issue = issue_registry.issues[DOMAIN, f"not_registered_{unregistered.entry.entry_id}"]
    await dialogue.begin_repair(issue)
    assert dialogue.step["step_id"] == "confirm"
    await dialogue.answer_repair()
    assert dialogue.step["reason"] == "leads_on"
    await dialogue.follow()
    await unregistered.wait_for(dialogue.progress())
    assert dialogue.step["reason"] == "registration_ready"
    await unregistered.pass_time(130)

    assert (DOMAIN, issue.issue_id) not in issue_registry.issues


async def test_a_domain_that_is_no_allowed_origin_is_told_soon_and_waited_for_on_request(
    unregistered: Account, dialogue: Dialogue
) -> None:
    cloud = unregistered.world.cloud
    cloud.set_origins("https://example.org", at_once=True)
    begun = unregistered.wall()
    await register(unregistered, dialogue)
    assert dialogue.step["step_id"] == "registration_failed"
    assert text(RegistrationState.ORIGIN_NOT_ALLOWED) in told(dialogue)
    assert "**EU**" in told(dialogue)
    assert unregistered.wall() - begun < 60
    assert dialogue.step["menu_options"] == [
        "registration",
        "registration_long",
        "hosting",
        "registration_later",
    ]

    cloud.set_origins(ORIGIN)  # which takes five minutes to count
    await register(unregistered, dialogue, "registration_long")
    assert dialogue.step["reason"] == "registration_ready"


async def test_a_key_that_tesla_cannot_fetch_is_told(
    unregistered: Account, dialogue: Dialogue, public_name: PublicName
) -> None:
    unregistered.world.cloud.host_domain(NAME, None)
    await register(unregistered, dialogue)
    assert text(RegistrationState.KEY_UNREACHABLE) in told(dialogue)
    assert "hosting" in dialogue.step["menu_options"]
    public_name.lead(NAME)
    await register(unregistered, dialogue)

    assert dialogue.step["reason"] == "registration_ready"


async def test_another_key_than_ours_is_told(unregistered: Account, dialogue: Dialogue) -> None:
    cloud = unregistered.world.cloud
    cloud.serve_at(NAME, public_pem(new_key()).decode())
    await register(unregistered, dialogue)
    assert text(RegistrationState.OTHER_KEY) in told(dialogue)
    cloud.serve_at(NAME, None)
    await register(unregistered, dialogue)

    assert dialogue.step["reason"] == "registration_ready"


@pytest.mark.parametrize(
    ("trouble", "state"),
    [
        (lambda cloud, _key: cloud.occupy_domain(NAME), RegistrationState.DOMAIN_TAKEN),
        (lambda cloud, key: cloud.occupy_key(key), RegistrationState.DOMAIN_TAKEN),
        (lambda cloud, _key: cloud.make_application_new(7200.0), RegistrationState.TOO_NEW),
        (lambda cloud, _key: cloud.busy_registering(None), RegistrationState.BUSY),
        (lambda cloud, _key: cloud.refuse("token", 401), RegistrationState.CREDENTIALS_REFUSED),
        (lambda cloud, _key: cloud.refuse("token", "bad_gateway_html"), RegistrationState.CLOUD_TROUBLE),
    ],
)
async def test_what_stands_in_the_way_is_named(
    unregistered: Account, dialogue: Dialogue, public_name: PublicName, trouble: Any, state: RegistrationState
) -> None:
    key = public_name.keys.key
    assert key is not None
    trouble(unregistered.world.cloud, key.public)
    await register(unregistered, dialogue)

    assert dialogue.step["step_id"] == "registration_failed"
    assert text(state) in told(dialogue)
    assert ("sign_in" in dialogue.step["menu_options"]) is (state is RegistrationState.CREDENTIALS_REFUSED)
    await dialogue.answer(next_step_id="registration_later")
    assert dialogue.step["reason"] == "registration_later"
    assert unregistered.entry.data["unfinished"] == ["registration"]


async def test_one_region_that_fails_is_told_beside_the_others(
    unregistered: Account, dialogue: Dialogue
) -> None:
    await unregistered.world.cloud.down("na")
    await register(unregistered, dialogue)

    lines = told(dialogue).splitlines()
    assert [line for line in lines if text(RegistrationState.UNREACHABLE) in line and "**NA**" in line]
    assert [line for line in lines if text(RegistrationState.REGISTERED) in line and "**EU**" in line]
    await unregistered.world.cloud.up("na")
    await register(unregistered, dialogue)
    assert dialogue.step["reason"] == "registration_ready"


async def test_while_it_is_tried_again_the_user_reads_why(unregistered: Account, dialogue: Dialogue) -> None:
    unregistered.world.cloud.busy_registering(1, retry_after=5.0)
    await dialogue.reconfigure(unregistered.entry, "registration")
    seen = set[str]()

    async def watch() -> None:
        while dialogue.step["type"] == "progress":
            seen.add(dialogue.step["description_placeholders"]["told"])
            await dialogue.look()

    await unregistered.wait_for(watch())
    assert any(text(RegistrationState.BUSY) in each for each in seen)
    assert dialogue.step["reason"] == "registration_ready"


@pytest.mark.parametrize("state", RegistrationState)
def test_everything_that_can_come_of_it_has_a_text(state: RegistrationState) -> None:
    assert text(state)


async def test_without_a_domain_there_is_nothing_to_register(
    account: Account, car: Car, dialogue: Dialogue, public_name: PublicName
) -> None:
    await account.set_up(car, paired=False)
    await dialogue.reconfigure(account.entry, "registration")
    assert dialogue.step["step_id"] == "registration_not_possible"
    assert dialogue.step["menu_options"] == ["hosting", "registration_later"]
    await dialogue.answer(next_step_id="hosting")

    assert dialogue.step["step_id"] == "hosting"


@pytest.mark.parametrize("client_id", [None, "another"])
async def test_without_its_credentials_it_cannot_be_registered(
    account: Account, car: Car, dialogue: Dialogue, public_name: PublicName, client_id: str | None
) -> None:
    await public_name.keys.async_ensure()
    await public_name.keys.async_set_domain(account.world.cloud.books.application.client_id, NAME)
    await account.set_up(car, paired=False)
    if client_id is not None:  # in the place of the one with which the user has signed in
        await dialogue.enter_credentials(client_id)
    await dialogue.reconfigure(account.entry, "registration")
    problem = dialogue.step["description_placeholders"]["problem"]
    assert problem == TEXTS["selector"]["registration"]["options"]["no_credentials"]
    await dialogue.answer(next_step_id="registration")

    assert dialogue.step["step_id"] == "registration_not_possible"


async def test_a_disk_that_takes_nothing_is_told(unregistered: Account, dialogue: Dialogue) -> None:
    await dialogue.reconfigure(unregistered.entry, "registration")
    with full_disk():
        await dialogue.progress()
    problem = dialogue.step["description_placeholders"]["problem"]
    assert problem == TEXTS["selector"]["registration"]["options"]["key_not_saved"]
    await register(unregistered, dialogue)

    assert dialogue.step["reason"] == "registration_ready"


async def test_an_account_that_does_not_run_can_be_registered(
    unregistered: Account, dialogue: Dialogue
) -> None:
    await unregistered.hass.config_entries.async_unload(unregistered.entry.entry_id)
    await register(unregistered, dialogue)

    assert dialogue.step["reason"] == "registration_ready"


async def test_another_domain_is_to_be_registered_until_it_is(
    unregistered: Account, dialogue: Dialogue, public_name: PublicName, issue_registry: ir.IssueRegistry
) -> None:
    cloud = unregistered.world.cloud
    stranger = MockConfigEntry(domain=DOMAIN, data={**unregistered.entry.data, "client_id": "another"})
    stranger.add_to_hass(unregistered.hass)
    await register(unregistered, dialogue)
    cloud.set_origins("https://tesla.example.org", at_once=True)
    public_name.lead("tesla.example.org")
    dialogue.step = None
    await dialogue.reconfigure(unregistered.entry, "key")
    await dialogue.answer(next_step_id="key_domain")
    await dialogue.answer(key_domain="tesla.example.org")
    assert unregistered.entry.data["unfinished"] == ["registration"]
    notice = (DOMAIN, f"tour_unfinished_{unregistered.entry.entry_id}")
    assert notice in issue_registry.issues

    await dialogue.reconfigure(unregistered.entry, "registration")
    await unregistered.wait_for(dialogue.progress())
    assert dialogue.step["reason"] == "registration_ready"
    assert unregistered.entry.data["unfinished"] == []
    assert notice not in issue_registry.issues
    assert {one["domain"] for one in cloud.registered().values()} == {"tesla.example.org"}
    assert "unfinished" not in stranger.data  # of another application


async def test_a_key_that_is_replaced_while_another_is_registered_is_registered_after_it(
    unregistered: Account, dialogue: Dialogue, public_name: PublicName
) -> None:
    cloud = unregistered.world.cloud
    await dialogue.reconfigure(unregistered.entry, "registration")
    await until(lambda: cloud.registered().keys() == cloud.bases.keys())
    key = PrivateKey.generate()
    await public_name.keys.async_replace(key, FROM_FILE)
    await unregistered.wait_for(dialogue.progress())

    assert dialogue.step["reason"] == "registration_ready"
    assert {one["public_key"] for one in cloud.registered().values()} == {key.public.hex()}
    assert not public_name.keys.is_new


async def test_another_key_is_to_be_registered_for_all_accounts(
    unregistered: Account, dialogue: Dialogue, public_name: PublicName
) -> None:
    world = unregistered.world
    partner = world.cloud.add_account(email="partner@example.org")
    other = Account(unregistered.hass, world, unregistered.wall, partner)
    await other.set_up(world.add_car("untyped", account=partner), paired=False)
    await register(unregistered, dialogue)
    await dialogue.reconfigure(unregistered.entry, "key")
    await dialogue.answer(next_step_id="key_make")
    await dialogue.answer(confirm=True)
    assert [one.entry.data["unfinished"] for one in (unregistered, other)] == [["registration"]] * 2
    await dialogue.reconfigure(other.entry, "registration")
    await unregistered.wait_for(dialogue.progress())

    key = public_name.keys.key
    assert key is not None
    assert {one["public_key"] for one in world.cloud.registered().values()} == {key.public.hex()}
    assert [one.entry.data["unfinished"] for one in (unregistered, other)] == [[]] * 2
    await unregistered.quiet()
    await other.quiet()
