"""Whether a car knows our key: who says so, what the owner is shown, and how it ends."""

from collections.abc import AsyncIterator
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.application_credentials import SCOPES
from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.key import FROM_FILE, KeyStore
from custom_components.tesla_direct.repairs import async_end_refusals, async_tell_refusal
from custom_components.tesla_direct.tesla import errors
from custom_components.tesla_direct.tesla.command.catalogue import charge
from custom_components.tesla_direct.tesla.vehicle.signals import connection
from custom_components.tesla_direct.tesla.vehicle.sources import RECEIVER
from custom_components.tesla_direct.tesla.vehicle_command.keys import PrivateKey
from custom_components.tesla_direct.vehicle import Vehicle
from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .dialogue import Dialogue
from .disk import full_disk
from .key_files import new_key, public_bytes, public_pem
from .restart import restarted

KEY = "binary_sensor.key_paired"
DOMAIN_NAME = "tesla.example.com"
HOUR, DAY = 3600.0, 86_400.0


class Host:
    """Stands in for the page under which the application's public key is hosted."""

    def __init__(self) -> None:
        self.pem = b""
        self.status = 200
        self.asked: list[str] = []

    async def serve(self, request: web.Request) -> web.Response:
        self.asked.append(request.match_info["domain"])
        return web.Response(status=self.status, body=self.pem)


@pytest.fixture
async def keys(account: Account) -> KeyStore:
    return (await account.shared()).key


@pytest.fixture
async def host(keys: KeyStore) -> AsyncIterator[Host]:
    host = Host()
    app = web.Application()
    app.router.add_get("/{domain}.pem", host.serve)
    async with TestServer(app) as server:
        keys.hosted = f"{server.make_url('/')}{{domain}}.pem"
        yield host


@pytest.fixture
async def unpaired(account: Account, car: Car, host: Host, keys: KeyStore) -> Account:
    """An account whose key is registered and hosted, and a car that does not know it."""
    await account.pair()
    assert keys.key is not None
    host.pem = keys.key.public_pem
    await keys.async_set_domain(account.world.cloud.books.application.client_id, DOMAIN_NAME)
    await account.set_up(car, paired=False)
    return account


def vehicle_of(account: Account, car: Car) -> Vehicle:
    return account.runtime.vehicles[car.vin]


def notice(registry: ir.IssueRegistry) -> ir.IssueEntry:
    (issue,) = [issue for issue in registry.issues.values() if issue.active]
    return issue


async def test_a_car_that_does_not_know_the_key_has_a_notice_that_names_no_number(
    unpaired: Account, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    issue = notice(issue_registry)

    assert issue.translation_key == "key_not_paired"
    assert issue.translation_placeholders == {"name": "Marmalade", "car": "Marmalade"}
    assert issue.is_fixable
    assert car.vin not in str(issue)
    assert unpaired.shows(car, KEY) == "on"  # a problem


async def test_a_car_that_knows_it_has_none(
    account: Account, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    await account.set_up(car)

    assert account.shows(car, KEY) == "off"
    assert not issue_registry.issues


async def test_a_key_that_was_just_made_is_on_no_car_whatever_the_cloud_says(
    account: Account, world: World, issue_registry: ir.IssueRegistry
) -> None:
    car = world.add_car("typed", paired=True)  # with the key that the application had before
    port = await account.make_port()
    await account.set_up(car, receiver=port, paired=False)
    await account.connect(car)
    await account.later(25 * HOUR)

    assert account.shows(car, KEY) == "on"
    assert notice(issue_registry).translation_key == "key_not_paired"


async def test_an_old_car_has_none(account: Account, world: World, issue_registry: ir.IssueRegistry) -> None:
    await account.pair()
    await account.set_up(world.add_car("old"), paired=False)

    assert not issue_registry.issues


async def test_a_car_that_takes_plain_commands_has_none(
    account: Account, world: World, issue_registry: ir.IssueRegistry
) -> None:
    car = world.add_car("typed", signs=False)
    await account.pair()
    await account.set_up(car, paired=False)
    assert not issue_registry.issues

    # The cloud was wrong, or the owner has changed it.
    vehicle_of(account, car).learn_signing(wanted=True)
    await account.hass.async_block_till_done()
    assert notice(issue_registry).translation_key == "key_not_paired"


async def test_who_only_looks_has_none(account: Account, car: Car, issue_registry: ir.IssueRegistry) -> None:
    await account.set_up(car, paired=False, scopes=[scope for scope in SCOPES if "cmds" not in scope])

    assert not issue_registry.issues


async def test_each_car_has_a_notice_of_its_own(
    account: Account, world: World, issue_registry: ir.IssueRegistry
) -> None:
    first, second, third = (world.add_car(kind) for kind in ("typed", "half", "untyped"))
    await account.pair(second)
    await account.set_up(first, second, third, paired=False)

    assert {issue.issue_id for issue in issue_registry.issues.values()} == {
        f"key_not_paired_{account.entry.entry_id}_0",
        f"key_not_paired_{account.entry.entry_id}_2",
    }


async def test_the_notices_go_with_the_entry(
    unpaired: Account, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    await hass.config_entries.async_remove(unpaired.entry.entry_id)

    assert not issue_registry.issues


async def test_a_car_that_is_paired_is_seen_within_a_day(
    unpaired: Account, car: Car, keys: KeyStore, issue_registry: ir.IssueRegistry
) -> None:
    assert keys.key is not None
    car.pair_key(keys.key.public)
    await unpaired.later(25 * HOUR)

    assert not issue_registry.issues
    assert unpaired.shows(car, KEY) == "off"


async def test_a_car_that_is_paired_meanwhile_is_seen_at_the_next_start(
    unpaired: Account, car: Car, keys: KeyStore, world: World
) -> None:
    assert keys.key is not None
    car.pair_key(keys.key.public)
    async with restarted(unpaired) as again:
        await again.quiet()
        assert again.shows(car, KEY) == "off"
        assert not [one for one in ir.async_get(again.hass).issues.values() if one.active]


async def test_a_car_that_begins_to_stream_is_paired(
    account: Account, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    port = await account.make_port()
    await account.pair()
    await account.set_up(car, receiver=port, paired=False)
    assert notice(issue_registry).translation_key == "key_not_paired"
    await account.connect(car)
    assert not issue_registry.issues

    # For a day after its last word that is worth more than what the cloud says.
    await account.later(25 * HOUR)
    assert account.shows(car, KEY) == "off"
    car.lose_signal()
    vehicle_of(account, car).set_links(RECEIVER, 0, ours=True)
    await account.later(25 * HOUR)
    assert account.shows(car, KEY) == "on"


async def test_the_word_of_the_car_counts_more_than_the_clouds_for_a_day(
    account: Account, car: Car, issue_registry: ir.IssueRegistry, world: World
) -> None:
    await account.set_up(car)
    vehicle_of(account, car).learn_key(accepted=False)
    account.runtime.poll.check_soon()
    await account.quiet()
    assert len(world.cloud.requests("fleet_status")) == 2
    assert account.shows(car, KEY) == "on"
    assert notice(issue_registry).translation_key == "key_not_paired"
    async with restarted(account) as again:
        await again.quiet()
        assert again.shows(car, KEY) == "on"
        # It may have been paired again since, which nobody but the car could tell.
        await again.later(25 * HOUR)
        assert again.shows(car, KEY) == "off"


async def test_a_car_that_takes_what_is_signed_is_paired_whatever_the_cloud_says(
    unpaired: Account, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    vehicle_of(unpaired, car).learn_key(accepted=True)
    await unpaired.hass.async_block_till_done()
    assert not issue_registry.issues
    await unpaired.later(DAY - HOUR)

    assert unpaired.shows(car, KEY) == "off"


async def test_what_a_car_has_shown_and_makes_no_sense_is_forgotten(account: Account, car: Car) -> None:
    await account.set_up(car)
    vehicle = vehicle_of(account, car)
    vehicle.restore({"key_shown": "gibberish"})

    assert vehicle.snapshot()["key_shown"] is None


async def test_whether_a_car_demands_signatures_is_kept(account: Account, car: Car) -> None:
    await account.set_up(car)
    async with restarted(account) as again:
        state = vehicle_of(again, car).coordinator.truth
        assert state.get(connection.NEEDS_SIGNATURE) is True


async def test_link_and_code_lead_to_the_application_and_the_car(
    unpaired: Account, car: Car, dialogue: Dialogue, issue_registry: ir.IssueRegistry, keys: KeyStore
) -> None:
    await dialogue.begin_repair(notice(issue_registry))

    assert dialogue.step["step_id"] == "pair"
    told = dialogue.step["description_placeholders"]
    assert told["link"] == f"https://tesla.com/_ak/{DOMAIN_NAME}?vin={car.vin}"
    assert told["fingerprint"] == keys.fingerprint
    assert told["keys"] == str(len(car.keychain))
    assert told["car"] == "Marmalade"
    (field,) = dialogue.step["data_schema"].schema.values()
    assert field.config["data"] == told["link"]


async def test_the_owner_says_that_it_is_done_and_is_told_whether_it_is(
    unpaired: Account, car: Car, dialogue: Dialogue, keys: KeyStore, world: World
) -> None:
    issue_registry = ir.async_get(unpaired.hass)
    billed = world.cloud.billed()
    await dialogue.begin_repair(notice(issue_registry))
    await dialogue.answer_repair()
    assert dialogue.errors == {"base": "not_paired_yet"}
    assert issue_registry.issues

    assert keys.key is not None
    car.pair_key(keys.key.public)
    await dialogue.answer_repair()
    assert dialogue.step["type"] == "create_entry"
    assert not issue_registry.issues
    assert unpaired.shows(car, KEY) == "off"
    assert world.cloud.billed() == billed


async def test_a_domain_that_nobody_knows_is_asked_for_first(
    account: Account, car: Car, dialogue: Dialogue, host: Host, keys: KeyStore
) -> None:
    issue_registry = ir.async_get(account.hass)
    world = account.world
    await account.set_up(car, paired=False)
    await dialogue.begin_repair(notice(issue_registry))
    assert dialogue.step["step_id"] == "domain"
    await dialogue.answer_repair(key_domain="localhost")
    assert dialogue.errors == {"key_domain": "domain_private"}
    with full_disk():
        await dialogue.answer_repair(key_domain=DOMAIN_NAME)
    assert dialogue.errors == {"base": "key_not_saved"}
    await dialogue.answer_repair(key_domain=DOMAIN_NAME)
    assert dialogue.step["step_id"] == "pair"

    # A key that we have just made, hosted, registered and put on the car.
    assert keys.key is not None
    host.pem = keys.key.public_pem
    world.cloud.register_key(keys.key.public)
    car.pair_key(keys.key.public)
    await dialogue.answer_repair()
    assert dialogue.step["type"] == "create_entry"
    assert not keys.is_new
    assert account.shows(car, KEY) == "off"


async def test_the_wrong_key_under_the_domain_is_told_before_anybody_pairs_it(
    account: Account, car: Car, dialogue: Dialogue, host: Host, keys: KeyStore
) -> None:
    issue_registry = ir.async_get(account.hass)
    world = account.world
    theirs = new_key()
    host.pem = public_pem(theirs)
    world.cloud.register_key(public_bytes(theirs))
    car.pair_key(public_bytes(theirs))
    await account.set_up(car, paired=False)
    await dialogue.begin_repair(notice(issue_registry))
    await dialogue.answer_repair(key_domain=DOMAIN_NAME)
    await dialogue.answer_repair()

    assert host.asked == [DOMAIN_NAME]
    assert dialogue.errors == {"base": "other_key"}
    assert keys.is_new
    assert account.shows(car, KEY) == "on"


@pytest.mark.parametrize(
    ("pem", "status"),
    [(b"", 404), (b"<html>", 200), (b"-----BEGIN PUBLIC KEY-----\nAA==\n-----END PUBLIC KEY-----\n", 200)],
)
async def test_what_cannot_be_seen_from_here_is_no_hindrance(
    unpaired: Account, dialogue: Dialogue, host: Host, pem: bytes, status: int
) -> None:
    (car,) = unpaired.world.cars.values()
    issue_registry = ir.async_get(unpaired.hass)
    keys = (await unpaired.shared()).key
    host.pem, host.status = pem, status
    await dialogue.begin_repair(notice(issue_registry))
    assert keys.key is not None
    car.pair_key(keys.key.public)
    await dialogue.answer_repair()

    assert dialogue.step["type"] == "create_entry"


async def test_whatever_public_key_is_not_ours_is_another_one(host: Host, keys: KeyStore) -> None:
    await keys.async_ensure()
    assert keys.key is not None
    host.pem = keys.key.public_pem
    assert await keys.async_same_hosted(DOMAIN_NAME) is True
    host.pem = public_pem(new_key())
    assert await keys.async_same_hosted(DOMAIN_NAME) is False
    host.pem = (
        Ed25519PrivateKey.generate()
        .public_key()
        .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    )
    assert await keys.async_same_hosted(DOMAIN_NAME) is False
    host.pem = b"-" * 1_000_000
    assert await keys.async_same_hosted(DOMAIN_NAME) is None
    keys.hosted = "http://127.0.0.1:1/{domain}"
    assert await keys.async_same_hosted(DOMAIN_NAME) is None


async def test_a_cloud_that_does_not_answer_is_asked_again(
    unpaired: Account, dialogue: Dialogue, issue_registry: ir.IssueRegistry, world: World
) -> None:
    await dialogue.begin_repair(notice(issue_registry))
    world.cloud.refuse("fleet_status", "internal_error", times=1)
    await dialogue.answer_repair()
    assert dialogue.errors == {"base": "cannot_connect"}
    assert dialogue.step["description_placeholders"]["detail"]
    assert notice(issue_registry).translation_key == "key_not_paired"  # nobody has said otherwise
    await dialogue.answer_repair()

    assert dialogue.errors == {"base": "not_paired_yet"}


async def test_a_disk_that_takes_nothing_is_told(
    account: Account, car: Car, dialogue: Dialogue, issue_registry: ir.IssueRegistry, host: Host
) -> None:
    await account.set_up(car, paired=False)
    await dialogue.begin_repair(notice(issue_registry))
    await dialogue.answer_repair(key_domain=DOMAIN_NAME)
    with full_disk():
        await dialogue.answer_repair()

    assert dialogue.errors == {"base": "key_not_saved"}


async def test_an_account_that_does_not_run_cannot_be_asked(
    unpaired: Account, dialogue: Dialogue, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    issue = notice(issue_registry)
    await dialogue.begin_repair(issue)
    await hass.config_entries.async_unload(unpaired.entry.entry_id)
    await dialogue.answer_repair()

    assert dialogue.step["reason"] == "not_loaded"


async def test_an_account_that_goes_while_the_domain_is_entered_is_gone(
    account: Account, car: Car, dialogue: Dialogue, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    await account.set_up(car, paired=False)
    await dialogue.begin_repair(notice(issue_registry))
    await hass.config_entries.async_remove(account.entry.entry_id)
    await dialogue.answer_repair(key_domain=DOMAIN_NAME)

    assert dialogue.step["reason"] == "not_loaded"


async def test_a_car_that_is_left_out_meanwhile_is_gone(
    account: Account, world: World, dialogue: Dialogue, hass: HomeAssistant, keys: KeyStore
) -> None:
    first, second = world.add_car("typed"), world.add_car("half")
    await account.pair(first)
    await keys.async_set_domain(world.cloud.books.application.client_id, DOMAIN_NAME)
    await account.set_up(first, second, paired=False)
    await dialogue.begin_repair(notice(ir.async_get(hass)))
    data = {**account.entry.data, "vehicles": {first.vin: "Marmalade"}, "left_out": [second.vin]}
    hass.config_entries.async_update_entry(account.entry, data=data)
    await hass.async_block_till_done()
    await dialogue.answer_repair()

    assert dialogue.step["reason"] == "not_loaded"
    await account.quiet()


async def test_without_a_key_there_is_nothing_to_pair(
    unpaired: Account, car: Car, dialogue: Dialogue, issue_registry: ir.IssueRegistry, keys: KeyStore
) -> None:
    issue = notice(issue_registry)
    keys._key = None
    await dialogue.begin_repair(issue)

    assert dialogue.step["reason"] == "no_key"


async def test_a_refusal_of_the_key_is_told_at_once(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    await account.set_up(car)
    async_tell_refusal(hass, account.entry, car.vin, errors.KeyNotPaired("fault 3"))

    assert notice(issue_registry).translation_key == "key_not_paired"


@pytest.mark.parametrize(
    ("error", "key"),
    [
        (errors.KeyInactive("fault 4"), "key_inactive"),
        (errors.RemoteAccessOff("fault 21"), "mobile_access_disabled"),
        (errors.MobileAccessDisabled("off"), "mobile_access_disabled"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value,
)
async def test_what_the_owner_has_to_do_in_the_car_is_shown_until_a_command_is_taken(
    account: Account, car: Car, hass: HomeAssistant, error: errors.TeslaError, key: str
) -> None:
    issue_registry = ir.async_get(account.hass)
    await account.set_up(car)
    async_tell_refusal(hass, account.entry, car.vin, error)
    issue = notice(issue_registry)
    assert issue.translation_key == key
    assert not issue.is_fixable
    async_end_refusals(hass, account.entry, car.vin)

    assert not issue_registry.issues


async def test_mobile_access_that_is_seen_to_be_on_ends_its_notice(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    car.change(mobile_access=False)
    await account.set_up(car)
    async_tell_refusal(hass, account.entry, car.vin, errors.MobileAccessDisabled("off"))
    assert issue_registry.issues
    car.change(mobile_access=True)
    await account.later(25 * HOUR)

    assert not issue_registry.issues


async def test_a_scope_that_is_missing_is_told_until_the_next_sign_in(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    await account.set_up(car)
    async_tell_refusal(hass, account.entry, car.vin, errors.ScopeMissing("vehicle_cmds"))
    assert notice(issue_registry).translation_key == "commands_not_granted"
    await account.reload()

    assert not issue_registry.issues


@pytest.mark.parametrize(
    "error", [errors.CarBusy("busy"), errors.CannotDo("no", obstacle="x"), errors.OverBudget("all spent")]
)
async def test_what_nobody_can_mend_is_no_repair(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry, error: Any
) -> None:
    await account.set_up(car)
    async_tell_refusal(hass, account.entry, car.vin, error)

    assert not issue_registry.issues


async def test_what_concerns_the_account_is_told_as_ever(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    await account.set_up(car)
    async_tell_refusal(hass, account.entry, car.vin, errors.AccountLocked("423"))

    assert notice(issue_registry).translation_key == "account_locked"


async def test_a_car_that_was_just_left_out_is_no_trouble(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    await account.set_up(car)
    async_tell_refusal(hass, account.entry, "5YJ3E7EB0SF999999", errors.KeyInactive("fault 4"))

    assert notice(issue_registry).domain == DOMAIN
    await hass.config_entries.async_unload(account.entry.entry_id)
    assert not issue_registry.issues


async def send(account: Account, car: Car, limit: int) -> None:
    commands = vehicle_of(account, car).coordinator.commands
    await account.wait_for(commands.async_send(charge.set_charge_limit(limit), None))
    await account.hass.async_block_till_done()


async def test_a_car_that_has_forgotten_the_key_is_asked_once_and_then_never_until_it_is_paired(
    account: Account, car: Car, dialogue: Dialogue, host: Host, issue_registry: ir.IssueRegistry
) -> None:
    world = account.world
    await account.set_up(car)
    car.forget_key(quietly=True)
    with pytest.raises(HomeAssistantError):
        await send(account, car, 70)
    await account.quiet()
    assert notice(issue_registry).translation_key == "key_not_paired"
    assert len(world.cloud.requests("fleet_status")) == 2
    billed = world.cloud.billed()
    for limit in (60, 70, 80):
        with pytest.raises(HomeAssistantError):
            await send(account, car, limit)
    assert world.cloud.billed() == billed

    await account.pair(car)
    await dialogue.begin_repair(notice(issue_registry))
    await dialogue.answer_repair(key_domain=DOMAIN_NAME)
    await dialogue.answer_repair()
    assert dialogue.step["type"] == "create_entry"
    await send(account, car, 70)
    assert car.times_executed("set_charge_limit") == 1
    assert not issue_registry.issues


async def test_a_key_that_was_just_made_costs_nothing_before_it_is_on_the_car(
    account: Account, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    await account.set_up(car, paired=False)
    billed = account.world.cloud.billed()
    with pytest.raises(HomeAssistantError):
        await send(account, car, 70)

    assert account.world.cloud.billed() == billed
    assert notice(issue_registry).translation_key == "key_not_paired"


async def test_a_key_that_is_switched_off_is_told_until_the_car_takes_a_command(
    account: Account, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    await account.set_up(car)
    key = (await account.shared()).key.key
    assert key is not None
    car.disable_key(key.public)
    with pytest.raises(HomeAssistantError):
        await send(account, car, 70)
    assert notice(issue_registry).translation_key == "key_inactive"

    car.disable_key(key.public, on=False)
    await send(account, car, 75)
    assert not issue_registry.issues


async def test_the_new_key_is_what_signs_from_then_on(account: Account, car: Car, keys: KeyStore) -> None:
    await account.set_up(car)
    await send(account, car, 70)
    await keys.async_replace(PrivateKey.generate(), FROM_FILE)
    car.forget_key()
    await account.pair(car)
    await account.reload()
    await send(account, car, 75)

    assert [done.arguments for done in car.executed if done.name == "set_charge_limit"] == [
        {"percent": 70},
        {"percent": 75},
    ]
