"""The key of the installation: made once, kept where nobody else reads, and never told."""

import asyncio
from collections.abc import Mapping
import json
import stat
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.application_credentials import SCOPES
from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.key import FROM_FILE, MADE, KeyStore
from custom_components.tesla_direct.storage import NotDurable
from custom_components.tesla_direct.tesla.vehicle_command.keys import PrivateKey
from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .disk import data, full_disk, mend_disk, path, spoil_disk, stored, write
from .reports import report
from .restart import restarted

READ_ONLY = ("openid", "offline_access", "vehicle_device_data", "vehicle_location")


@pytest.fixture
async def keys(account: Account) -> KeyStore:
    return (await account.shared()).key


async def read(hass: HomeAssistant) -> KeyStore:
    """Return what is on the disk, as it is read when Home Assistant starts."""
    again = KeyStore(hass)
    await again.async_load()
    return again


async def test_a_key_is_made_at_the_first_set_up_and_lies_where_only_its_owner_reads(
    account: Account, car: Car, keys: KeyStore, hass: HomeAssistant
) -> None:
    assert keys.fingerprint is None
    await account.set_up(car, paired=False)

    assert keys.key is not None
    assert keys.is_new
    assert keys.origin == MADE
    text, mode = await hass.async_add_executor_job(stored, hass, "key")
    assert stat.filemode(mode) == "?rw-------"
    assert json.loads(text)["version"] == 1
    assert PrivateKey.from_pem(json.loads(text)["data"]["private_key"].encode()).public == keys.key.public


async def test_no_key_is_made_for_a_car_that_knows_none(
    account: Account, world: World, keys: KeyStore
) -> None:
    await account.set_up(world.add_car("old"), paired=False)

    assert keys.key is None


async def test_no_key_is_made_for_who_only_looks(account: Account, car: Car, keys: KeyStore) -> None:
    await account.set_up(car, paired=False, scopes=READ_ONLY)

    assert keys.key is None


@pytest.mark.parametrize("scope", ["vehicle_cmds", "vehicle_charging_cmds"])
async def test_one_scope_to_change_something_is_enough_for_a_key(
    account: Account, car: Car, keys: KeyStore, scope: str
) -> None:
    await account.set_up(car, paired=False, scopes=(*READ_ONLY, scope))

    assert keys.key is not None


async def test_two_who_need_a_key_at_once_get_the_same(keys: KeyStore) -> None:
    first, second = await asyncio.gather(keys.async_ensure(), keys.async_ensure())

    assert first is not None
    assert first is second is await keys.async_private_key()


async def test_the_key_outlives_a_restart(account: Account, car: Car, keys: KeyStore) -> None:
    await account.set_up(car)
    await keys.async_set_domain("an application", "tesla.example.com")
    assert keys.key is not None
    async with restarted(account) as again:
        kept = (await again.shared()).key
        assert kept.key is not None
        assert kept.key.public == keys.key.public
        assert not kept.is_new
        assert kept.domain_of("an application") == "tesla.example.com"
        assert kept.domain_of("another one") is None


async def test_a_domain_can_be_known_before_there_is_a_key(keys: KeyStore, hass: HomeAssistant) -> None:
    await keys.async_set_domain("an application", "tesla.example.com")
    again = await read(hass)
    assert again.fingerprint is None
    assert not again.unreadable
    assert not again.is_new
    await again.async_ensure()

    assert (await read(hass)).domain_of("an application") == "tesla.example.com"


async def test_the_key_stays_when_the_last_entry_goes(
    account: Account, car: Car, keys: KeyStore, hass: HomeAssistant
) -> None:
    await account.set_up(car)
    before = await hass.async_add_executor_job(data, hass, "key")
    await hass.config_entries.async_remove(account.entry.entry_id)

    assert await hass.async_add_executor_job(data, hass, "key") == before


async def test_a_key_counts_only_once_it_is_on_the_disk(hass: HomeAssistant, keys: KeyStore) -> None:
    with full_disk(), pytest.raises(NotDurable):
        await keys.async_ensure()
    assert keys.key is None
    key = await keys.async_ensure()

    again = await read(hass)
    assert key is not None
    assert again.fingerprint == key.fingerprint


async def test_another_key_counts_only_once_it_is_on_the_disk(hass: HomeAssistant, keys: KeyStore) -> None:
    before = await keys.async_ensure()
    with full_disk(), pytest.raises(NotDurable):
        await keys.async_replace(PrivateKey.generate(), FROM_FILE)

    assert keys.key is before
    assert keys.is_new
    assert (await read(hass)).fingerprint == keys.fingerprint


async def test_a_full_disk_costs_the_commands_and_nothing_else(
    account: Account, car: Car, keys: KeyStore, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    await account.sign_in()
    account.add_entry(car)
    await hass.async_add_executor_job(spoil_disk, hass, "key")
    assert await hass.config_entries.async_setup(account.entry.entry_id)
    await account.quiet()
    assert account.shows(car, "sensor.battery_level") == "70"
    assert (DOMAIN, "key_not_saved") in issue_registry.issues

    await hass.async_add_executor_job(mend_disk, hass, "key")
    await account.reload()
    assert keys.key is not None
    assert (DOMAIN, "key_not_saved") not in issue_registry.issues


async def test_a_trouble_with_the_key_goes_with_the_last_entry(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    await hass.async_add_executor_job(write, hass, "key", {})
    await account.set_up(car, paired=False)
    assert (DOMAIN, "key_unreadable") in issue_registry.issues
    await hass.config_entries.async_remove(account.entry.entry_id)

    assert not issue_registry.issues


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"private_key": 7, "origin": "made", "is_new": True, "domains": {}},
        {"private_key": "no key", "origin": "made", "is_new": True, "domains": {}},
        {"private_key": None, "origin": "made", "is_new": True, "domains": []},
    ],
    ids=json.dumps,
)
async def test_what_cannot_be_read_is_told_and_never_written_over(
    account: Account, car: Car, hass: HomeAssistant, content: Mapping[str, Any]
) -> None:
    issue_registry = ir.async_get(account.hass)
    await hass.async_add_executor_job(write, hass, "key", content)
    await account.set_up(car, paired=False)
    keys = (await account.shared()).key

    assert account.loaded
    assert keys.key is None
    assert await keys.async_same_hosted("tesla.example.com") is None
    assert (DOMAIN, "key_unreadable") in issue_registry.issues
    with pytest.raises(NotDurable):
        await keys.async_set_domain("an application", "tesla.example.com")
    assert await hass.async_add_executor_job(data, hass, "key") == content

    await keys.async_replace(PrivateKey.generate(), FROM_FILE)
    await account.reload()
    assert not keys.unreadable
    assert (DOMAIN, "key_unreadable") not in issue_registry.issues


async def test_a_key_of_a_newer_version_is_left_alone(hass: HomeAssistant, account: Account) -> None:
    file = path(hass, "key")
    text = json.dumps({"version": 9, "minor_version": 1, "key": f"{DOMAIN}.key", "data": {"surprise": 1}})

    def write_newer() -> None:
        file.parent.mkdir(exist_ok=True)
        file.write_text(text)

    await hass.async_add_executor_job(write_newer)
    keys = (await account.shared()).key

    assert keys.unreadable
    assert await keys.async_ensure() is None
    assert await hass.async_add_executor_job(file.read_text) == text


async def test_a_key_that_is_not_new_is_confirmed_without_a_write(
    keys: KeyStore, hass: HomeAssistant
) -> None:
    await keys.async_confirm()  # of none
    assert not path(hass, "key").exists()  # a look, in a test
    await keys.async_ensure()
    await keys.async_confirm()
    with full_disk():
        await keys.async_confirm()

    assert not keys.is_new


async def test_nobody_is_shown_the_private_half(
    account: Account,
    car: Car,
    hass: HomeAssistant,
    hass_client: ClientSessionGenerator,
    caplog: pytest.LogCaptureFixture,
) -> None:
    keys = (await account.shared()).key
    await account.set_up(car)
    await keys.async_set_domain(account.entry.data["client_id"], "tesla.example.com")
    await account.reload()
    assert keys.key is not None
    pem = keys.key.to_pem().decode()
    number = keys.key.key.private_numbers().private_value
    secrets = [pem.splitlines()[1], pem.splitlines()[2], str(number), f"{number:x}"]
    told = json.dumps(await report(account, hass_client))
    shown = [told, caplog.text, repr(keys.key), repr(keys), str(vars(account.runtime)), str(vars(keys))]

    for secret in secrets:
        assert not [text for text in shown if secret in text]
    assert "tesla.example.com" not in told


async def test_diagnostics_tell_which_key_it_is_and_which_cars_know_it(
    account: Account, world: World, keys: KeyStore, hass_client: ClientSessionGenerator
) -> None:
    knows, does_not = world.add_car("typed"), world.add_car("half")
    await account.pair(knows)
    await account.set_up(knows, does_not, paired=False)
    told = await report(account, hass_client)

    assert told["key"] == {"fingerprint": keys.fingerprint, "origin": MADE, "is_new": False, "domain": False}
    assert [car["key_paired"] for car in told["cars"].values()] == [True, False]
    assert [car["needs_signature"] for car in told["cars"].values()] == [True, True]


async def test_diagnostics_of_who_has_no_key(
    account: Account, car: Car, hass_client: ClientSessionGenerator
) -> None:
    await account.set_up(car, paired=False, scopes=READ_ONLY)

    assert (await report(account, hass_client))["key"]["fingerprint"] is None


def test_who_may_change_something_is_asked_at_the_sign_in() -> None:
    assert {"vehicle_cmds", "vehicle_charging_cmds"} <= set(SCOPES)
