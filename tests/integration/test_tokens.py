"""The login outlives restarts and whatever goes wrong while a token is renewed."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from random import Random

from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.tesla.fleet_api.tokens import TokenKeeper
from simulator.car.car import Car
from simulator.world import World
from tests.home import until

from .account import Account
from .disk import data, full_disk, mend_disk, spoil_disk
from .restart import as_on_disk, restarted

RESTARTS = 50
LIFETIME = 600.0  # seconds of an access token: short enough for each restart to need a new one

IMPATIENCE = 0.1  # real seconds that are waited for an answer which does not come

type Fault = Callable[[Account], Awaitable[None]]


async def nothing(account: Account) -> None:
    await account.quiet()


async def server_error(account: Account) -> None:
    account.world.cloud.refuse("token", 500, times=1)
    await account.quiet()


async def server_error_after_the_effect(account: Account) -> None:
    account.world.cloud.refuse("token", 500, times=1, after=True)
    await account.quiet()


async def html(account: Account) -> None:
    account.world.cloud.spoil("token", "html", times=1)
    await account.quiet()


async def half_an_answer(account: Account) -> None:
    account.world.cloud.spoil("token", "truncated", times=1)
    await account.quiet()


async def too_many_requests(account: Account) -> None:
    account.world.cloud.refuse("token", "rate_limited_account", times=1)
    await account.quiet()


async def asked(account: Account) -> None:
    """Return once the token host was asked."""
    before = len(account.world.cloud.requests("token"))
    account.runtime.poll.poke()
    await until(lambda: len(account.world.cloud.requests("token")) > before)


async def cut_before_the_effect(account: Account) -> None:
    account.world.cloud.hang("token")
    await asked(account)
    await account.world.cloud.down("auth")
    await account.quiet()


async def cut_after_the_effect(account: Account) -> None:
    account.world.cloud.hang("token", after=True)
    await asked(account)
    await account.world.cloud.down("auth")
    await account.quiet()


async def no_answer_before_the_effect(account: Account) -> None:
    await no_answer(account, after=False)


async def no_answer_after_the_effect(account: Account) -> None:
    await no_answer(account, after=True)


async def no_answer(account: Account, *, after: bool) -> None:
    """Have the token host keep silent until we give up; not for the half minute that it really takes."""
    await account.quiet()
    tokens = account.runtime.tokens
    assert isinstance(tokens, TokenKeeper)
    tokens._answer_limit = IMPATIENCE
    account.world.cloud.hang("token", after=after)
    account.wall.move(LIFETIME)
    await asked(account)
    await account.quiet()


async def power_cut(account: Account) -> None:
    """Have a token renewed that never gets to the disk: the next start finds what was there before."""
    await account.quiet()
    assert account.world.cloud.requests("token")[-1].at == account.wall()
    assert account.world.cloud.requests("token")[-1].status == 200


async def host_down(account: Account) -> None:
    await account.world.cloud.down("auth")
    await account.quiet()


async def stopped_in_the_middle(account: Account) -> None:
    """Stop Home Assistant while the answer is underway; the token it brings is saved, or never used."""
    account.world.cloud.delay("token", 0.02, times=1)
    await asked(account)


async def unloaded_in_the_middle(account: Account) -> None:
    account.world.cloud.delay("token", 0.02, times=1)
    await asked(account)
    await account.hass.config_entries.async_unload(account.entry.entry_id)


async def disk_failing(account: Account) -> None:
    hass = account.hass
    await hass.async_add_executor_job(spoil_disk, hass, "tokens")
    await account.quiet()
    await hass.async_add_executor_job(mend_disk, hass, "tokens")


FAULTS: tuple[Fault, ...] = (
    nothing,
    server_error,
    server_error_after_the_effect,
    html,
    half_an_answer,
    too_many_requests,
    cut_before_the_effect,
    cut_after_the_effect,
    no_answer_before_the_effect,
    no_answer_after_the_effect,
    power_cut,
    host_down,
    stopped_in_the_middle,
    unloaded_in_the_middle,
    disk_failing,
)


def asks_for_a_sign_in(hass: HomeAssistant) -> bool:
    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    return any(flow["context"]["source"] == "reauth" for flow in flows)


async def test_fifty_restarts_with_faults_never_ask_for_a_sign_in(
    account: Account, world: World, car: Car, tmp_path: Path
) -> None:
    random = Random(1)  # noqa: S311  # chance, not secrets
    faults = [FAULTS[number % len(FAULTS)] for number in range(RESTARTS)]
    random.shuffle(faults)
    world.cloud.set_token_lifetime(LIFETIME)
    car.sleep()
    await account.set_up(car)
    before = account
    folder: str | None = None
    for number, fault in enumerate(faults):
        account.wall.move(LIFETIME)
        kept = await as_on_disk(before, tmp_path / str(number)) if fault is power_cut else None
        async with restarted(before, folder=folder) as again:
            await fault(again)
            assert not asks_for_a_sign_in(again.hass), fault.__name__
            if again.loaded:
                await again.hass.async_stop(force=True)
        world.cloud.accept()
        await world.cloud.up("auth")
        before, folder = again, kept

    async with restarted(before, folder=folder) as last:
        account.wall.move(LIFETIME)
        last.runtime.poll.poke()
        await last.quiet()
        await last.later(901)  # the longest that the keeper waits after a failure
        await last.later(121)
        assert world.cloud.requests("vehicles")[-1].status == 200
        assert not asks_for_a_sign_in(last.hass)
    answers = [asked.status for asked in world.cloud.requests("token")]
    assert len(answers) >= RESTARTS - faults.count(host_down)
    assert {200, 429, 500, None} <= set(answers)  # None: cut before an answer


async def test_a_login_that_was_revoked_asks_for_a_sign_in_after_a_restart(
    account: Account, world: World, car: Car
) -> None:
    await account.set_up(car)
    world.cloud.expire_login()
    async with restarted(account) as again:
        await until(lambda: asks_for_a_sign_in(again.hass))
        assert again.loaded


async def test_a_token_is_on_disk_before_it_is_used(account: Account, world: World, car: Car) -> None:
    await account.set_up(car)
    account.wall.move(28_800)
    account.runtime.poll.poke()
    await account.quiet()

    kept = await account.hass.async_add_executor_job(data, account.hass, "tokens")
    used = world.cloud.requests("vehicles")[-1].bearer
    assert kept[account.owner.sub]["access_token"] == used


async def test_a_power_cut_while_the_new_token_is_saved_loses_nothing(
    account: Account, world: World, car: Car, tmp_path: Path
) -> None:
    await account.set_up(car)
    folder = await as_on_disk(account, tmp_path / "after")
    account.wall.move(28_800)
    account.runtime.poll.poke()
    await account.quiet()
    assert world.cloud.requests("token")
    async with restarted(account, folder=folder) as again:  # which knows the token before it only
        await again.quiet()
        assert world.cloud.requests("vehicles")[-1].status == 200
        assert not asks_for_a_sign_in(again.hass)


async def test_a_token_that_a_full_disk_does_not_take_is_not_used_until_there_is_room(
    account: Account, world: World, car: Car, caplog: pytest.LogCaptureFixture
) -> None:
    await account.set_up(car)
    before = await account.hass.async_add_executor_job(data, account.hass, "tokens")
    looked = len(world.cloud.requests("vehicles"))
    with full_disk():
        await account.later(28_800)
    assert "Error writing config for tesla_direct.tokens" in caplog.text
    assert await account.hass.async_add_executor_job(data, account.hass, "tokens") == before
    assert len(world.cloud.requests("vehicles")) == looked

    await account.later(121)
    assert world.cloud.requests("vehicles")[-1].status == 200
    assert len(world.cloud.requests("token")) == 1
    assert await account.hass.async_add_executor_job(data, account.hass, "tokens") != before
    assert not asks_for_a_sign_in(account.hass)


async def test_nothing_is_renewed_while_home_assistant_stops(
    account: Account, world: World, car: Car, hass: HomeAssistant
) -> None:
    await account.set_up(car)
    account.wall.move(28_800)
    runtime = account.runtime
    await hass.async_stop(force=True)
    with pytest.raises(Exception, match="while we stop"):
        await runtime.tokens.access_token()

    assert not world.cloud.requests("token")


async def test_what_stands_in_the_file_and_makes_no_sense_asks_for_a_sign_in(
    account: Account, car: Car
) -> None:
    shared = await account.shared()
    await account.sign_in()
    assert shared.tokens._accounts is not None
    shared.tokens._accounts[account.owner.sub] = {"access_token": 5}
    account.add_entry(car)
    assert await account.hass.config_entries.async_setup(account.entry.entry_id)
    await account.quiet()

    assert asks_for_a_sign_in(account.hass)


async def test_accounts_do_not_touch_each_others_tokens(account: Account, world: World, car: Car) -> None:
    await account.set_up(car)
    partner = world.cloud.add_account(email="partner@example.org")
    other = Account(account.hass, world, account.wall, partner)
    await other.set_up(world.add_car("untyped", account=partner))
    await account.hass.config_entries.async_remove(other.entry.entry_id)

    kept = await account.hass.async_add_executor_job(data, account.hass, "tokens")
    assert list(kept) == [account.owner.sub]
    shared = await account.shared()
    await shared.tokens.async_remove("nobody")
    assert await shared.tokens.async_load(account.owner.sub) is not None
