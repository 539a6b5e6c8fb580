import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
import itertools
import json
import random

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.errors import (
    ApplicationRefused,
    LoginExpired,
    TeslaError,
    TokenUnavailable,
)
from custom_components.tesla_direct.tesla.fleet_api.oauth import lasting
from custom_components.tesla_direct.tesla.fleet_api.tokens import PAUSE_FIRST, PAUSE_LIMIT, TokenKeeper

from .host import START, Clock, Host, Reply, reply
from .sign_in import AFTER, BEFORE, DAY, FAULTS, LIFE, Disk, SignIn, access, expired, first

type MakeKeeper = Callable[[Disk], TokenKeeper]


@pytest.fixture
def sign_in(host: Host, clock: Clock) -> SignIn:
    sign_in = SignIn(clock)
    host.otherwise = sign_in.answer
    return sign_in


@pytest.fixture
async def keeper_of(
    host: Host, session: ClientSession, clock: Clock, sign_in: SignIn
) -> AsyncIterator[MakeKeeper]:
    keepers = list[TokenKeeper]()

    def make(disk: Disk) -> TokenKeeper:
        keeper = TokenKeeper(session, f"{host.url}/token", "client", store=disk, clock=clock)
        keepers.append(keeper)
        return keeper

    yield make
    for keeper in keepers:
        await keeper.close()


async def until_waiting(*tasks: asyncio.Task[str]) -> None:
    """Let tasks run until they all wait for something."""
    for _ in range(10):
        await asyncio.sleep(0)
    assert not any(task.done() for task in tasks)


async def test_a_token_that_is_good_is_handed_out_without_asking(host: Host, keeper_of: MakeKeeper) -> None:
    keeper = keeper_of(Disk(first(START)))

    assert await keeper.access_token() == access(1)
    assert await keeper.access_token() == access(1)
    assert keeper.token == first(START)
    assert host.requests == []


async def test_a_token_is_renewed_by_a_json_document_where_that_is_wanted(
    host: Host, session: ClientSession, clock: Clock
) -> None:
    host.answers.append(reply({"access_token": access(2), "refresh_token": "EU_2", "expires_in": LIFE}))
    keeper = TokenKeeper(
        session, f"{host.url}/token", "client", store=Disk(expired(START)), clock=clock, json=True
    )

    assert await keeper.access_token() == access(2)
    assert host.requests[0].headers["Content-Type"] == "application/json"
    assert json.loads(host.requests[0].body) == {
        "grant_type": "refresh_token",
        "client_id": "client",
        "refresh_token": "EU_1",
        "scope": "openid email offline_access",
    }
    await keeper.close()


@pytest.mark.parametrize(("left", "asked"), [(60.5, 0), (59.5, 1)])
async def test_a_token_is_renewed_within_its_last_minute(
    left: float, asked: int, clock: Clock, host: Host, keeper_of: MakeKeeper
) -> None:
    keeper = keeper_of(Disk(first(START)))
    clock.now += LIFE - left

    await keeper.access_token()

    assert len(host.requests) == asked


async def test_a_renewed_token_is_on_disk_before_anybody_sees_it(keeper_of: MakeKeeper) -> None:
    disk = Disk(expired(START))
    keeper = keeper_of(disk)
    disk.faults.append("lost")
    with pytest.raises(TokenUnavailable):
        await keeper.access_token()
    disk.hold = asyncio.Event()

    waiter = asyncio.create_task(keeper.access_token())
    await until_waiting(waiter)
    assert keeper.token is None
    disk.hold.set()

    assert await waiter == access(2)
    assert disk.token is not None
    assert (disk.token.access_token, disk.token.refresh_token) == (access(2), "EU_2")
    assert disk.token.previous_refresh_token == "EU_1"


async def test_many_who_wait_cause_one_renewal(host: Host, keeper_of: MakeKeeper) -> None:
    keeper = keeper_of(Disk(expired(START)))

    tokens = await asyncio.gather(*(keeper.access_token() for _ in range(50)))

    assert set(tokens) == {access(2)}
    assert len(host.requests) == 1


async def test_a_waiter_that_is_cancelled_takes_nobody_along(host: Host, keeper_of: MakeKeeper) -> None:
    hold = asyncio.Event()
    disk = Disk(expired(START))
    keeper = keeper_of(disk)
    host.answers.append(
        Reply(body=b'{"access_token":"new","refresh_token":"EU_2","expires_in":28800}', hold=hold)
    )
    starter, other = (asyncio.create_task(keeper.access_token()) for _ in range(2))
    await host.until_asked(1)

    starter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starter
    hold.set()

    assert await other == "new"


async def test_a_renewal_that_nobody_waits_for_any_more_is_finished_and_saved(
    host: Host, keeper_of: MakeKeeper
) -> None:
    hold = asyncio.Event()
    disk = Disk(expired(START))
    keeper = keeper_of(disk)
    host.answers.append(
        Reply(body=b'{"access_token":"new","refresh_token":"EU_2","expires_in":28800}', hold=hold)
    )
    waiter = asyncio.create_task(keeper.access_token())
    await host.until_asked(1)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter

    closing = asyncio.create_task(keeper.close())
    await asyncio.sleep(0)
    assert not closing.done()
    hold.set()
    await closing

    assert disk.token is not None
    assert disk.token.refresh_token == "EU_2"
    assert await keeper.access_token() == "new"


async def test_a_renewal_that_is_killed_leaves_no_waiter_cancelled(host: Host, keeper_of: MakeKeeper) -> None:
    keeper = keeper_of(Disk(expired(START)))
    host.answers.append(Reply(hold=asyncio.Event()))
    waiter = asyncio.create_task(keeper.access_token())
    await host.until_asked(1)

    renewal = next(task for task in asyncio.all_tasks() if task.get_name() == "tesla_direct token renewal")
    renewal.cancel()

    with pytest.raises(TokenUnavailable):
        await waiter
    assert await keeper.access_token() == access(2)


@pytest.mark.parametrize("fault", ["lost", "late"])
async def test_a_token_that_could_not_be_saved_is_saved_later_and_not_renewed_again(
    fault: str, host: Host, keeper_of: MakeKeeper
) -> None:
    disk = Disk(expired(START))
    disk.faults.extend([fault, fault])
    keeper = keeper_of(disk)

    for _ in range(2):
        with pytest.raises(TokenUnavailable, match="saved") as raised:
            await keeper.access_token()
        assert raised.value.temporary
    assert await keeper.access_token() == access(2)

    assert disk.saves == 3
    assert len(host.requests) == 1


async def test_a_token_that_was_saved_too_late_is_renewed_in_the_same_call(
    clock: Clock, keeper_of: MakeKeeper
) -> None:
    disk = Disk(expired(START))
    disk.faults.append("lost")
    keeper = keeper_of(disk)
    with pytest.raises(TokenUnavailable):
        await keeper.access_token()
    clock.now += LIFE

    assert await keeper.access_token() == access(3)
    assert disk.token is not None
    assert disk.token.previous_refresh_token == "EU_2"


async def test_a_refused_token_is_replaced_once_for_all_who_were_refused(
    host: Host, keeper_of: MakeKeeper
) -> None:
    keeper = keeper_of(Disk(first(START)))
    refused = await keeper.access_token()

    tokens = await asyncio.gather(*(keeper.replace(refused) for _ in range(10)))

    assert set(tokens) == {access(2)}
    assert await keeper.replace(refused) == access(2)
    assert len(host.requests) == 1


async def test_a_refused_token_is_replaced_even_if_it_is_just_being_loaded(
    host: Host, keeper_of: MakeKeeper
) -> None:
    disk = Disk(first(START))
    disk.hold = asyncio.Event()
    keeper = keeper_of(disk)
    loading = asyncio.create_task(keeper.access_token())
    await until_waiting(loading)
    replacing = asyncio.create_task(keeper.replace(access(1)))
    await until_waiting(loading, replacing)
    disk.hold.set()

    assert await loading == access(1)
    assert await replacing == access(2)
    assert len(host.requests) == 1


async def test_a_dead_host_is_asked_ever_more_rarely_and_revives_everything(
    host: Host, clock: Clock, sign_in: SignIn, keeper_of: MakeKeeper
) -> None:
    keeper = keeper_of(Disk(expired(START)))
    sign_in.faults.extend([("cut", AFTER)] * 10)
    pauses = list[float]()

    for tries in range(1, 11):
        with pytest.raises(TokenUnavailable) as first_time:
            await keeper.access_token()
        clock.now += 1
        with pytest.raises(TokenUnavailable) as at_once:
            await keeper.access_token()
        assert str(at_once.value) == str(first_time.value)
        assert at_once.value.retry_after == first_time.value.retry_after - 1
        assert len(host.requests) == tries
        pauses.append(first_time.value.retry_after)
        clock.now += pauses[-1] - 1

    assert pauses[0] == PAUSE_FIRST
    assert all(later in {earlier * 2, PAUSE_LIMIT} for earlier, later in itertools.pairwise(pauses))
    assert pauses[-1] == PAUSE_LIMIT
    assert await keeper.access_token() == access(12)

    clock.now += LIFE
    sign_in.faults.append(("500", BEFORE))
    with pytest.raises(TokenUnavailable) as again:
        await keeper.access_token()
    assert again.value.retry_after == PAUSE_FIRST


async def test_the_service_may_say_how_long_to_wait(host: Host, clock: Clock, keeper_of: MakeKeeper) -> None:
    keeper = keeper_of(Disk(expired(START)))
    host.answers.append(Reply(status=429, headers={"Retry-After": "3600"}))

    with pytest.raises(TokenUnavailable) as raised:
        await keeper.access_token()
    assert (raised.value.retry_after, raised.value.status) == (3600, 429)
    clock.now += 3599
    with pytest.raises(TokenUnavailable):
        await keeper.replace("whatever")
    assert len(host.requests) == 1

    clock.now += 1
    assert await keeper.access_token() == access(2)


async def test_a_clock_that_is_set_back_makes_no_pause_longer(
    host: Host, clock: Clock, keeper_of: MakeKeeper
) -> None:
    keeper = keeper_of(Disk(expired(START)))
    host.answers.append(Reply(status=500))
    with pytest.raises(TokenUnavailable):
        await keeper.replace(access(1))

    clock.now -= 3600

    assert await keeper.replace(access(1)) == access(2)


async def test_silence_is_trouble_of_the_service(
    host: Host, session: ClientSession, clock: Clock, sign_in: SignIn
) -> None:
    host.answers.append(Reply(hold=asyncio.Event()))
    keeper = TokenKeeper(
        session, host.url, "client", store=Disk(expired(START)), clock=clock, answer_limit=0.05
    )

    with pytest.raises(TokenUnavailable) as raised:
        await keeper.access_token()
    clock.now += PAUSE_FIRST

    assert not raised.value.may_have_succeeded
    assert await keeper.access_token() == access(2)


async def test_an_expired_login_is_asked_about_once_until_somebody_signs_in(
    host: Host, clock: Clock, sign_in: SignIn, keeper_of: MakeKeeper
) -> None:
    disk = Disk(expired(START))
    keeper = keeper_of(disk)
    sign_in.revoke()

    for _ in range(3):
        with pytest.raises(LoginExpired) as raised:
            await keeper.access_token()
        assert raised.value.status == 401
        clock.now += DAY
    assert len(host.requests) == 1

    sign_in.current = "EU_9"
    new = replace(first(clock.now), refresh_token="EU_9", access_token="signed in")
    await keeper.adopt(new)
    assert await keeper.access_token() == "signed in"
    assert disk.token == new


async def test_a_sign_in_waits_for_a_renewal_that_is_underway_and_wins(
    host: Host, keeper_of: MakeKeeper
) -> None:
    hold = asyncio.Event()
    disk = Disk(expired(START))
    keeper = keeper_of(disk)
    host.answers.append(
        Reply(body=b'{"access_token":"old","refresh_token":"EU_2","expires_in":28800}', hold=hold)
    )
    waiter = asyncio.create_task(keeper.access_token())
    await host.until_asked(1)
    new = replace(first(START), refresh_token="EU_9", access_token="signed in")
    adopting = asyncio.create_task(keeper.adopt(new))
    await asyncio.sleep(0)
    hold.set()

    await adopting
    assert await waiter == "old"
    assert disk.token == new
    assert keeper.token == new


async def test_where_nobody_has_signed_in_a_later_sign_in_is_found(host: Host, keeper_of: MakeKeeper) -> None:
    disk = Disk(None)
    keeper = keeper_of(disk)
    with pytest.raises(LoginExpired):
        await keeper.access_token()

    disk.token = first(START)

    assert await keeper.access_token() == access(1)
    assert host.requests == []


async def test_a_disk_that_cannot_be_read_is_no_expired_login(keeper_of: MakeKeeper) -> None:
    disk = Disk(first(START))
    disk.unreadable = True
    keeper = keeper_of(disk)
    with pytest.raises(TokenUnavailable, match="DiskFull"):
        await keeper.access_token()

    disk.unreadable = False

    assert await keeper.access_token() == access(1)


async def test_a_refused_application_pauses_too(host: Host, clock: Clock, keeper_of: MakeKeeper) -> None:
    keeper = keeper_of(Disk(expired(START)))
    host.answers.append(reply({"error": "unauthorized_client"}, 401))
    for _ in range(2):
        with pytest.raises(ApplicationRefused):
            await keeper.access_token()
    assert len(host.requests) == 1

    clock.now += PAUSE_FIRST

    assert await keeper.access_token() == access(2)


async def test_nothing_is_renewed_while_we_stop(host: Host, clock: Clock, keeper_of: MakeKeeper) -> None:
    keeper = keeper_of(Disk(first(START)))
    keeper.stopping = True

    assert await keeper.access_token() == access(1)
    with pytest.raises(TokenUnavailable):
        await keeper.replace(access(1))
    clock.now += LIFE
    with pytest.raises(TokenUnavailable):
        await keeper.access_token()
    assert host.requests == []


@pytest.mark.parametrize(("faults", "kept"), [(["lost"], "EU_2"), (["lost", "lost"], "EU_1")])
async def test_closing_tries_once_more_to_save(faults: list[str], kept: str, keeper_of: MakeKeeper) -> None:
    disk = Disk(expired(START))
    disk.faults.extend(faults)
    keeper = keeper_of(disk)
    with pytest.raises(TokenUnavailable):
        await keeper.access_token()

    await keeper.close()

    assert disk.token is not None
    assert disk.token.refresh_token == kept


@pytest.mark.parametrize("when", [BEFORE, AFTER])
@pytest.mark.parametrize("fault", FAULTS)
async def test_no_single_fault_ends_a_login(
    fault: str, when: str, clock: Clock, sign_in: SignIn, keeper_of: MakeKeeper
) -> None:
    disk = Disk(expired(START))
    for keeper in (keeper_of(disk), keeper_of(disk)):  # the second one knows what is on disk, and no more
        sign_in.faults.append((fault, when))
        with pytest.raises(TokenUnavailable):
            await keeper.access_token()
        clock.now += 60

    assert await keeper.access_token() == access(sign_in.issued)
    assert disk.token is not None
    assert disk.token.refresh_token == sign_in.current


async def test_a_rotation_that_the_service_forgets_is_healed_by_the_token_before(
    clock: Clock, sign_in: SignIn, keeper_of: MakeKeeper
) -> None:
    keeper = keeper_of(Disk(expired(START)))
    await keeper.access_token()
    sign_in.current, sign_in.used = "EU_1", None  # restored from a copy that had not seen the renewal
    clock.now += LIFE

    assert await keeper.access_token() == access(3)
    assert sign_in.refusals == 1


async def test_a_login_ends_only_when_both_tokens_are_refused(
    clock: Clock, host: Host, sign_in: SignIn, keeper_of: MakeKeeper
) -> None:
    disk = Disk(expired(START))
    keeper = keeper_of(disk)
    await keeper.access_token()
    clock.now += LIFE
    sign_in.revoke()

    with pytest.raises(LoginExpired):
        await keeper.access_token()

    assert [seen.form["refresh_token"] for seen in host.requests] == ["EU_1", "EU_2", "EU_1"]


@pytest.mark.parametrize("seed", range(50))
async def test_no_crash_at_any_point_ends_a_login(
    seed: int, clock: Clock, sign_in: SignIn, keeper_of: MakeKeeper
) -> None:
    """Faults of the service and the disk, deaths and cancelled waiters, in an order that the seed decides."""
    chance = random.Random(seed)  # noqa: S311  # repeatable, and nothing is kept secret by it
    disk = Disk(expired(START))
    keeper = keeper_of(disk)
    for _ in range(12):
        if chance.random() < 0.6:
            sign_in.faults.append((chance.choice(list(FAULTS)), chance.choice([BEFORE, AFTER])))
        disk.faults = deque([chance.choice([None, None, "lost", "late"])])
        waiters = [asyncio.create_task(keeper.access_token()) for _ in range(3)]
        if chance.random() < 0.3:
            for _ in range(chance.randrange(20)):
                await asyncio.sleep(0)
            waiters[0].cancel()
        for outcome in await asyncio.gather(*waiters, return_exceptions=True):
            assert not isinstance(outcome, TeslaError) or isinstance(outcome, TokenUnavailable)
            assert disk.token is not None
            assert not isinstance(outcome, str) or outcome == disk.token.access_token
        if chance.random() < 0.3:
            keeper = keeper_of(disk)  # all that was in memory is gone
        # What the service does not remember for more than a day nobody can heal, so time flies only
        # while disk and service agree.
        agreed = disk.token is not None and disk.token.refresh_token == sign_in.current
        clock.now += chance.choice([1000, LIFE]) if agreed else 1000
    sign_in.faults.clear()
    disk.faults.clear()
    clock.now += 1000

    assert await keeper.access_token() == access(sign_in.issued)
    assert sign_in.refusals == 0


async def test_a_pasted_token_that_is_refused_ends_the_login_and_asks_nobody(
    host: Host, keeper_of: MakeKeeper, clock: Clock
) -> None:
    keeper = keeper_of(Disk(lasting("pasted", (), START)))

    assert await keeper.access_token() == "pasted"
    clock.now += 10 * 365 * DAY
    assert await keeper.access_token() == "pasted"
    with pytest.raises(LoginExpired):
        await keeper.replace("pasted")
    with pytest.raises(LoginExpired):
        await keeper.replace("pasted")
    assert host.requests == []

    await keeper.adopt(lasting("another", (), clock.now))
    assert await keeper.access_token() == "another"
