"""The public key is looked at every day, for as long as Home Assistant runs."""

from datetime import UTC, datetime

from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.key_watch import RARELY, KeyWatch
from custom_components.tesla_direct.tesla.fleet_api.hosted_key import Hosting
from simulator.car.car import Car

from .account import Account
from .dialogue import TEXTS, Dialogue
from .key_files import new_key, public_pem
from .public_name import NAME, PublicName

NOW = datetime(2026, 11, 21, tzinfo=UTC)


@pytest.fixture
async def watch(account: Account, car: Car, public_name: PublicName) -> KeyWatch:
    """Whoever watches the key of an account whose car is paired."""
    await public_name.keys.async_set_domain(account.world.cloud.books.application.client_id, NAME)
    await account.set_up(car)
    return KeyWatch(account.hass, account.entry, public_name.keys)


async def hours(watch: KeyWatch, number: int = 1) -> None:
    for _ in range(number):
        await watch.async_step(NOW)


def issue_of(account: Account) -> ir.IssueEntry | None:
    key = f"key_not_served_{account.entry.entry_id}"
    return ir.async_get(account.hass).async_get_issue(DOMAIN, key)


async def test_a_key_that_is_there_is_looked_at_once_a_day(
    watch: KeyWatch, account: Account, public_name: PublicName
) -> None:
    await hours(watch, RARELY)
    assert public_name.asked == [NAME]
    await hours(watch)

    assert public_name.asked == [NAME] * 2
    assert issue_of(account) is None


async def test_another_key_is_told_when_it_is_seen_twice_until_ours_is_back(
    watch: KeyWatch, account: Account, public_name: PublicName
) -> None:
    public_name.answer(public_pem(new_key()))
    await hours(watch)
    assert issue_of(account) is None
    await hours(watch)
    issue = issue_of(account)
    assert issue is not None
    told = issue.translation_placeholders or {}
    assert told["problem"] == TEXTS["selector"]["hosting"]["options"][Hosting.OTHER_KEY]
    assert NAME in told["address"]

    public_name.mend()
    await hours(watch)
    assert issue_of(account) is None


async def test_where_the_way_was_never_open_from_here_nothing_is_concluded(
    watch: KeyWatch, account: Account, public_name: PublicName
) -> None:
    public_name.vanish()
    await hours(watch, 5)

    assert issue_of(account) is None


async def test_where_the_way_was_open_a_closed_one_is_told(
    watch: KeyWatch, account: Account, public_name: PublicName
) -> None:
    await hours(watch, RARELY)
    public_name.vanish()
    await hours(watch, 2)

    issue = issue_of(account)
    assert issue is not None
    told = issue.translation_placeholders or {}
    assert told["problem"] == TEXTS["selector"]["hosting"]["options"][Hosting.REFUSED]


async def test_without_a_domain_nothing_is_looked_at(
    account: Account, car: Car, public_name: PublicName
) -> None:
    await account.set_up(car)
    await hours(KeyWatch(account.hass, account.entry, public_name.keys), RARELY + 1)

    assert public_name.asked == []
    assert issue_of(account) is None


async def test_the_notice_leads_to_the_page_about_it(
    watch: KeyWatch, account: Account, public_name: PublicName, dialogue: Dialogue
) -> None:
    public_name.answer(status=404)
    await hours(watch, 2)
    issue = issue_of(account)
    assert issue is not None
    await dialogue.begin_repair(issue)
    await dialogue.answer_repair()
    await dialogue.follow()
    assert dialogue.step["step_id"] == "hosting"
    public_name.mend()
    await dialogue.answer(next_step_id="hosting_check")
    await dialogue.progress()

    assert dialogue.step["reason"] == "hosting_ready"
    assert issue_of(account) is None
