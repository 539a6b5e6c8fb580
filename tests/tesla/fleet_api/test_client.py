import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
import json
import logging
from pathlib import Path
import socket
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.errors import (
    AnswerUnreadable,
    BillingLimitExceeded,
    CarUnreachable,
    CertificateUnexpected,
    LoginExpired,
    MobileAccessDisabled,
    NoAnswer,
    NotFound,
    NotRegistered,
    NotSent,
    OutcomeUnknown,
    OverBillingLimit,
    OverBudget,
    RateLimited,
    TokenRefused,
    TokenUnavailable,
    WrongRegion,
)
from custom_components.tesla_direct.tesla.fleet_api import endpoints
from custom_components.tesla_direct.tesla.fleet_api.addresses import Certificates
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget, Settings
from custom_components.tesla_direct.tesla.fleet_api.client import PAGES_LIMIT, FleetApi
from custom_components.tesla_direct.tesla.fleet_api.endpoints import Part, Price
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause, Ledger, Line, Month
from custom_components.tesla_direct.tesla.fleet_api.limits import Limits
from custom_components.tesla_direct.tesla.fleet_api.oauth import Token
from custom_components.tesla_direct.tesla.fleet_api.prices import DOLLARS
from custom_components.tesla_direct.tesla.fleet_api.provider import (
    TESLA,
    Provider,
    custom,
    myteslamate,
    teslemetry,
)
from custom_components.tesla_direct.tesla.fleet_api.tokens import TokenKeeper
from custom_components.tesla_direct.tesla.fleet_api.transport import trust_of
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power
from simulator.certificates import stranger

from .host import OTHER_VIN, START, VIN, Clock, Host, Reply, Seen, fixture, jwt, reply
from .sign_in import LIFE, Disk, SignIn, access, first
from .tls_host import Listening

TOKEN_EXPIRED = reply({"response": None, "error": "token expired (401)"}, 401)
OK = reply({"response": {"result": True, "reason": ""}})


@dataclass
class Account:
    """An API with all it stands on, and its hosts in two regions."""

    api: FleetApi
    na: Host
    eu: Host
    login: Host
    sign_in: SignIn
    disk: Disk
    keeper: TokenKeeper
    budget: Budget
    limits: Limits
    clock: Clock
    bases: list[str] = field(default_factory=list)
    committed: list[float] = field(default_factory=list)  # as it was when the ledger told of a call

    @property
    def month(self) -> Month:
        return self.budget.ledger.month(self.clock())

    def tokens_used(self) -> list[str]:
        return [seen.headers["Authorization"].removeprefix("Bearer ") for seen in self.na.requests]


@pytest.fixture
async def account(socket_enabled: None, session: ClientSession, clock: Clock) -> AsyncIterator[Account]:
    na, eu, login = Host(), Host(), Host()
    for host in (na, eu, login):
        await host.start()
    sign_in = SignIn(clock)
    login.otherwise = sign_in.answer
    provider = custom(
        bases={"na": na.url, "eu": eu.url},
        authorize_url=f"{login.url}/authorize",
        token_url=f"{login.url}/token",
        trusted_suffixes=[".example.com"],
    )
    disk = Disk(first(START))
    keeper = TokenKeeper(session, provider.token_url, "client", store=disk, clock=clock)
    limits, bases, committed = Limits(), list[str](), list[float]()
    budget = Budget(Ledger(lambda: committed.append(budget.ledger.committed(clock()))))
    api = FleetApi(
        session,
        provider,
        na.url,
        tokens=keeper,
        budget=budget,
        limits=limits,
        clock=clock,
        sleep=clock.sleep,
        on_base_changed=bases.append,
    )
    yield Account(api, na, eu, login, sign_in, disk, keeper, budget, limits, clock, bases, committed)
    await keeper.close()
    for host in (na, eu, login):
        await host.stop()


def wrong_region(base: str) -> Reply:
    return reply({"error": f"user out of region, use base URL: {base}, see https://x"}, 421)


def signed_in_to(region: str) -> Token:
    return Token(
        access_token=jwt(ou_code=region),
        refresh_token="EU_1",
        expires_at=START + LIFE,
        received_at=START,
    )


async def command(account: Account, vin: str = VIN) -> dict[str, Any]:
    return await account.api.request(endpoints.command("door_lock"), cause=Cause.USER, vin=vin)


async def wake(account: Account, vin: str = VIN, *, cause: Cause = Cause.USER) -> dict[str, Any]:
    return await account.api.request(endpoints.WAKE_UP, cause=cause, vin=vin)


# The list of cars and the other things that are asked.


async def test_cars_are_listed_from_all_pages(account: Account) -> None:
    page = fixture("vehicles")
    page["pagination"]["next"] = 2
    account.na.answers.append(reply(page))
    account.na.answers.append(
        reply({"response": [{"vin": "NEW", "state": "online"}, None], "pagination": {"next": None}})
    )

    cars = await account.api.vehicles(Cause.POLL)

    assert [(car.vin[-1], car.power) for car in cars] == [
        ("1", Power.ONLINE),
        ("2", Power.ASLEEP),
        ("3", Power.OFFLINE),
        ("W", Power.ONLINE),
    ]
    assert [seen.path for seen in account.na.requests] == [
        "/api/1/vehicles?page=1&per_page=100",
        "/api/1/vehicles?page=2&per_page=100",
    ]
    assert account.api.skipped == 1
    assert account.month.calls(Price.FREE) == 2
    assert account.month.upper() == 0


@pytest.mark.parametrize("pagination", [None, {}, [], {"next": 0}, {"next": 1}, {"next": "2"}])
async def test_a_list_without_a_further_page_ends(account: Account, pagination: Any) -> None:
    account.na.answers.append(reply({"response": [{"vin": VIN}], "pagination": pagination}))

    assert len(await account.api.vehicles(Cause.POLL)) == 1


async def test_a_list_that_never_ends_is_left(account: Account) -> None:
    def endless(seen: Seen) -> Reply:
        return reply({"response": [{"vin": VIN}], "pagination": {"next": len(account.na.requests) + 1}})

    account.na.otherwise = endless

    assert len(await account.api.vehicles(Cause.POLL)) == 1
    assert len(account.na.requests) == PAGES_LIMIT


async def test_cars_are_listed_among_all_products_where_a_provider_does_so(
    account: Account, session: ClientSession
) -> None:
    account.na.answers.append(reply({"response": [{"vin": VIN}, {"energy_site_id": 7}, {"vin": None}]}))
    api = FleetApi(
        session,
        myteslamate(account.na.url),
        account.na.url,
        tokens=account.keeper,
        budget=account.budget,
        limits=account.limits,
        clock=account.clock,
    )

    assert [vehicle.vin for vehicle in await api.vehicles(Cause.POLL)] == [VIN]
    assert [seen.path for seen in account.na.requests] == ["/api/1/products"]
    assert api.skipped == 1


async def test_looking_at_a_car_is_free(account: Account) -> None:
    account.na.answers.append(reply(fixture("vehicle_asleep")))

    car = await account.api.vehicle(VIN, Cause.POLL)

    assert car.power is Power.ASLEEP
    assert account.na.requests[0].path == f"/api/1/vehicles/{VIN}"
    assert account.month.by_cause()[Cause.POLL] == 0


async def test_a_snapshot_has_the_parts_that_were_wanted_and_is_paid_for(account: Account) -> None:
    account.na.answers.append(reply(fixture("vehicle_data_charging")))

    data = await account.api.vehicle_data(VIN, [Part.CHARGE_STATE, Part.LOCATION_DATA], Cause.POLL)

    assert data["charge_state"]["charging_state"] == "Charging"
    seen = account.na.requests[0]
    assert (seen.method, seen.path) == (
        "GET",
        f"/api/1/vehicles/{VIN}/vehicle_data?endpoints=charge_state%3Blocation_data",
    )
    assert seen.headers["Content-Type"] == "application/json"
    assert account.month.by_cause()[Cause.POLL] == pytest.approx(0.002)
    assert account.month.by_car() == pytest.approx({VIN: 0.002})


async def test_products_and_readiness_are_asked_for(account: Account) -> None:
    account.na.answers.extend([reply(fixture("products")), reply(fixture("fleet_status"))])

    products = await account.api.products(Cause.SET_UP)
    status = await account.api.fleet_status([VIN, OTHER_VIN], Cause.SET_UP)

    assert (len(products.vehicles), len(products.sites)) == (3, 3)
    assert status[VIN].paired
    assert account.na.requests[1].method == "POST"
    assert json.loads(account.na.requests[1].body) == {"vins": [VIN, OTHER_VIN]}


@pytest.mark.parametrize(
    ("region", "base", "home"),
    [
        ("eu", "https://eu.example.com", ("eu", "https://eu.example.com")),
        ("EU", "https://evil.org", ("eu", None)),
        (None, None, (None, None)),
        (7, 7, (None, None)),
    ],
)
async def test_the_region_is_told_and_its_base_if_it_is_trusted(
    region: Any, base: Any, home: tuple[str | None, str | None], account: Account
) -> None:
    account.na.answers.append(reply({"response": {"region": region, "fleet_api_base_url": base}}))

    told = await account.api.users_region(Cause.SET_UP)

    assert (told.region, told.base) == home


@pytest.mark.parametrize("response", [None, [], "text", 7])
async def test_an_answer_of_another_shape_is_unreadable(account: Account, response: Any) -> None:
    account.na.otherwise = lambda _: reply({"response": response})

    with pytest.raises(AnswerUnreadable):
        await account.api.vehicle_data(VIN, [], Cause.POLL)
    with pytest.raises(AnswerUnreadable):
        await account.api.vehicle(VIN, Cause.POLL)
    if not isinstance(response, list):
        with pytest.raises(AnswerUnreadable):
            await account.api.vehicles(Cause.POLL)


# What is counted.


@pytest.mark.parametrize(("status", "billed"), [(408, 1), (403, 1), (500, 0), (503, 0)])
async def test_refusals_are_counted_as_tesla_bills_them(account: Account, status: int, billed: int) -> None:
    account.na.answers.append(Reply(status=status))

    with pytest.raises(Exception, match="vehicle_data"):
        await account.api.vehicle_data(VIN, [], Cause.USER)

    assert account.month.calls(Price.DATA, VIN) == billed
    assert account.month.upper() == pytest.approx(billed * 0.002)


async def test_a_question_without_an_answer_may_have_been_billed(account: Account) -> None:
    account.na.answers.append(Reply(drop=True))

    with pytest.raises(NoAnswer):
        await wake(account)

    assert account.month.gross() == 0
    assert account.month.upper() == pytest.approx(0.02)
    with pytest.raises(RateLimited):
        await wake(account)


async def test_an_answer_that_broke_off_is_billed(account: Account) -> None:
    account.na.answers.append(Reply(body=b'{"response"', short=10))

    with pytest.raises(AnswerUnreadable):
        await account.api.vehicle_data(VIN, [], Cause.USER)

    assert account.month.gross() == pytest.approx(0.002)


async def test_a_cancelled_question_may_have_been_billed(account: Account) -> None:
    account.na.answers.append(Reply(hold=asyncio.Event()))
    asking = asyncio.create_task(account.api.vehicle_data(VIN, [], Cause.USER))
    await account.na.until_asked(1)

    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking

    assert account.month.gross() == 0
    assert account.month.upper() == pytest.approx(0.002)


async def test_what_was_not_sent_costs_nothing_and_takes_no_place(account: Account) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        account.api.base = f"http://127.0.0.1:{silent.getsockname()[1]}"
        with pytest.raises(NotSent):
            await wake(account)
    account.api.base = account.na.url
    account.na.answers.append(reply(fixture("vehicle_asleep")))

    assert account.month.upper() == 0
    assert account.budget.ledger.committed(account.clock()) == 0
    await wake(account)


async def test_an_outcome_that_is_unknown_is_not_asked_for_again(account: Account) -> None:
    account.na.answers.append(Reply(status=504))

    with pytest.raises(OutcomeUnknown):
        await command(account)

    assert len(account.na.requests) == 1


# Tokens.


async def test_a_refused_token_is_renewed_once_and_the_question_repeated_once(account: Account) -> None:
    account.na.answers.extend([TOKEN_EXPIRED, OK])

    assert await command(account) == {"response": {"result": True, "reason": ""}}

    assert account.tokens_used() == [access(1), access(2)]
    assert account.month.calls(Price.COMMAND) == 2


async def test_a_token_that_is_refused_right_after_its_renewal_ends_the_attempt(account: Account) -> None:
    account.na.otherwise = lambda _: TOKEN_EXPIRED

    with pytest.raises(TokenRefused):
        await command(account)

    assert account.tokens_used() == [access(1), access(2)]


async def test_many_refusals_of_one_token_cause_one_renewal(account: Account) -> None:
    def by_token(seen: Seen) -> Reply:
        return TOKEN_EXPIRED if access(1) in seen.headers["Authorization"] else OK

    account.na.otherwise = by_token

    await asyncio.gather(*(command(account, str(number)) for number in range(8)))

    assert len(account.login.requests) == 1


async def test_only_the_sign_in_service_can_end_a_login(account: Account) -> None:
    account.na.answers.extend([reply({"error": "login_required"}, 401), OK])
    await command(account)

    account.sign_in.revoke()
    account.na.answers.append(reply({"error": "login_required"}, 401))
    with pytest.raises(LoginExpired):
        await command(account)


async def test_mobile_access_that_is_off_renews_nothing(account: Account) -> None:
    account.na.answers.append(reply({"error": "mobile_access_disabled"}, 401))

    with pytest.raises(MobileAccessDisabled):
        await command(account)

    assert account.login.requests == []


async def test_without_a_token_nothing_is_sent_counted_or_taken(account: Account) -> None:
    account.clock.now += LIFE
    account.sign_in.faults.append(("500", "before"))

    with pytest.raises(TokenUnavailable):
        await wake(account)

    assert account.na.requests == []
    assert account.month.upper() == 0
    assert account.limits.free_in(Price.WAKE, VIN, account.clock()) == 0


async def test_a_wake_that_was_refused_for_its_token_may_be_repeated(account: Account) -> None:
    account.na.answers.extend([TOKEN_EXPIRED, reply(fixture("vehicle_asleep"))])

    await wake(account)

    assert len(account.na.requests) == 2
    with pytest.raises(RateLimited):
        await wake(account)


# Limits.


async def test_an_empty_bucket_is_waited_for_if_it_fills_soon(account: Account) -> None:
    account.na.otherwise = lambda _: OK
    for _ in range(25):
        await command(account)
    account.clock.now += 51

    await command(account)

    assert account.clock.slept == [9]
    assert len(account.na.requests) == 26


async def test_a_bucket_that_stays_empty_is_refused_at_once_and_says_until_when(account: Account) -> None:
    account.na.otherwise = lambda _: OK
    for _ in range(25):
        await command(account)
    account.clock.now += LIFE  # nobody's token is renewed for what will be refused
    for _ in range(25):
        account.limits.take(Price.COMMAND, VIN, account.clock())
    account.clock.now += 49

    with pytest.raises(RateLimited) as refused:
        await command(account)

    assert refused.value.retry_after == 11
    assert account.login.requests == []
    assert len(account.na.requests) == 25
    assert account.clock.slept == []


async def test_who_waits_in_vain_is_refused_after_ten_seconds(account: Account) -> None:
    await account.keeper.access_token()
    for ago in (54, 48, 48, 48, 48, 48):
        account.limits.take(Price.DATA, VIN, START - ago)
    waiting = asyncio.create_task(account.api.vehicle_data(VIN, [], Cause.USER))
    await asyncio.sleep(0)
    assert account.clock.slept == [6]
    account.limits.take(Price.DATA, VIN, account.clock())  # somebody else was quicker

    with pytest.raises(RateLimited) as refused:
        await waiting

    assert refused.value.retry_after == 6
    assert account.clock.slept == [6]
    assert account.na.requests == []


async def test_too_many_requests_stop_their_kind_for_as_long_as_tesla_says(account: Account) -> None:
    account.na.answers.append(Reply(status=429, body=b"Retry in 37829 seconds\n"))
    with pytest.raises(RateLimited) as told:
        await account.api.vehicle_data(VIN, [], Cause.POLL)
    assert told.value.retry_after == 37829

    with pytest.raises(RateLimited) as again:
        await account.api.vehicle_data(OTHER_VIN, [], Cause.POLL)
    assert again.value.retry_after == 37829
    account.na.answers.append(OK)
    await command(account)
    assert len(account.na.requests) == 2

    account.clock.now += 37829
    account.na.answers.append(reply(fixture("vehicle_data_charging")))
    account.disk.token = None
    await account.api.vehicle_data(VIN, [], Cause.POLL)


async def test_a_reached_spending_limit_stops_everything_and_is_probed_later(account: Account) -> None:
    account.na.answers.append(reply({"error": "account disabled: EXCEEDED_LIMIT"}, 403))
    with pytest.raises(BillingLimitExceeded):
        await command(account)

    with pytest.raises(BillingLimitExceeded):
        await account.api.vehicles(Cause.POLL)
    account.clock.now += 899
    with pytest.raises(BillingLimitExceeded):
        await command(account)
    assert len(account.na.requests) == 1

    account.clock.now += 1
    account.na.answers.append(OK)
    await command(account)


# Regions.


async def test_the_right_region_is_gone_to_kept_and_asked_once_more(account: Account) -> None:
    account.na.answers.append(wrong_region(account.eu.url))
    account.eu.otherwise = lambda _: OK

    await command(account)
    await command(account)

    assert account.bases == [account.eu.url]
    assert account.api.base == account.eu.url
    assert (len(account.na.requests), len(account.eu.requests)) == (1, 2)
    assert account.month.calls(Price.COMMAND) == 3


async def test_two_regions_that_point_at_each_other_are_left(account: Account) -> None:
    account.na.otherwise = lambda _: wrong_region(account.eu.url)
    account.eu.otherwise = lambda _: wrong_region(account.na.url)

    with pytest.raises(WrongRegion):
        await command(account)

    assert (len(account.na.requests), len(account.eu.requests)) == (1, 1)


async def test_a_region_that_points_at_itself_is_left(account: Account) -> None:
    account.na.answers.append(wrong_region(account.na.url))

    with pytest.raises(WrongRegion):
        await command(account)

    assert account.bases == []


async def test_a_base_that_is_not_trusted_is_asked_for_elsewhere(account: Account) -> None:
    account.na.answers.append(wrong_region("https://evil.org"))
    account.na.answers.append(reply({"response": {"region": "eu", "fleet_api_base_url": account.eu.url}}))
    account.eu.answers.append(OK)

    await command(account)

    assert account.na.requests[1].path == "/api/1/users/region"
    assert account.bases == [account.eu.url]
    assert account.month.calls(Price.FREE) == 1


@pytest.mark.parametrize(
    "told",
    [
        reply({"response": {"region": "eu", "fleet_api_base_url": "https://evil.org"}}),
        reply(fixture("region_null")),
        Reply(status=412),
        Reply(status=421),
        Reply(drop=True),
        Reply(body=b"<html>"),
    ],
)
async def test_a_token_goes_nowhere_if_nobody_names_a_base_that_is_trusted(
    told: Reply, account: Account
) -> None:
    account.na.answers.extend([wrong_region("https://evil.org"), told])

    with pytest.raises(WrongRegion):
        await command(account)

    assert len(account.na.requests) == 2
    assert account.api.base == account.na.url


async def test_requests_that_were_underway_during_a_move_follow_it(account: Account) -> None:
    hold = asyncio.Event()
    late = wrong_region(account.eu.url)
    account.na.answers.append(Reply(status=421, body=late.body, hold=hold))
    account.na.answers.append(late)
    account.eu.otherwise = lambda _: OK
    slow = asyncio.create_task(command(account))
    await account.na.until_asked(1)
    await command(account)
    hold.set()

    await slow

    assert account.bases == [account.eu.url]
    assert len(account.eu.requests) == 2


async def test_a_request_that_was_overtaken_by_a_move_asks_nobody_where_to_go(account: Account) -> None:
    hold = asyncio.Event()
    account.na.answers.append(Reply(status=412, hold=hold))
    account.na.answers.append(wrong_region(account.eu.url))
    account.eu.otherwise = lambda _: OK
    slow = asyncio.create_task(command(account))
    await account.na.until_asked(1)
    await command(account)
    hold.set()

    await slow

    assert account.bases == [account.eu.url]


async def test_two_requests_that_learn_of_the_move_at_once_tell_it_once(account: Account) -> None:
    def misdirected(seen: Seen) -> Reply:
        if "region" in seen.path:
            return reply({"response": {"region": "eu", "fleet_api_base_url": account.eu.url}})
        return wrong_region("https://evil.org")

    account.na.otherwise = misdirected
    account.eu.otherwise = lambda _: OK

    await asyncio.gather(command(account), command(account))

    assert account.bases == [account.eu.url]
    assert len(account.eu.requests) == 2


async def test_an_application_that_is_unknown_here_is_asked_for_where_the_account_lives(
    account: Account,
) -> None:
    account.disk.token = signed_in_to("EU")
    account.na.answers.append(Reply(status=412))
    account.eu.answers.append(OK)

    await command(account)

    assert account.bases == [account.eu.url]


@pytest.mark.parametrize("token", [signed_in_to("NA"), signed_in_to("mars"), None])
async def test_an_application_that_is_unknown_where_the_account_lives_is_told(
    token: Token | None, account: Account
) -> None:
    account.disk.token = token or Token(
        access_token="opaque", refresh_token="x", expires_at=START + LIFE, received_at=START
    )
    account.na.answers.append(Reply(status=412))

    with pytest.raises(NotRegistered):
        await command(account)

    assert account.bases == []


async def test_an_account_can_move_without_anybody_being_told(
    account: Account, session: ClientSession
) -> None:
    api = FleetApi(
        session,
        custom(
            bases={"na": account.na.url},
            authorize_url="https://login.example.com",
            token_url="https://login.example.com",
        ),
        account.na.url,
        tokens=account.keeper,
        budget=account.budget,
        limits=account.limits,
        clock=account.clock,
    )
    account.na.answers.append(wrong_region(account.eu.url))
    account.eu.answers.append(reply(fixture("vehicle_asleep")))

    await api.vehicle(VIN, Cause.POLL)

    assert api.base == account.eu.url


# The budget


async def test_a_call_is_filed_under_who_wanted_it_and_what_it_was(account: Account) -> None:
    account.na.answers += [OK, reply(fixture("vehicle_data_charging")), OK]
    await account.api.request(
        endpoints.SIGNED_COMMAND,
        cause=Cause.AUTOMATION,
        by="automation.solar",
        what="set_charging_amps",
        vin=VIN,
    )
    await account.api.vehicle_data(VIN, [], Cause.POLL)
    await command(account)

    assert account.month.answered == {
        Line(Price.COMMAND, Cause.AUTOMATION, VIN, "automation.solar", "set_charging_amps"): 1,
        Line(Price.DATA, Cause.POLL, VIN, None, "vehicle_data"): 1,
        Line(Price.COMMAND, Cause.USER, VIN, None, "command/door_lock"): 1,
    }


async def test_what_is_over_the_budget_is_not_sent_and_renews_no_token(account: Account) -> None:
    account.budget.configure(Settings(budget=0.0, discount=0.02), START)
    account.clock.now += LIFE  # the token is to be renewed
    account.na.answers.append(OK)
    await wake(account)
    account.login.requests.clear()
    account.na.requests.clear()
    account.clock.now += LIFE

    for cause in Cause:
        with pytest.raises(OverBudget, match=r"^wake_up: the user's budget"):
            await wake(account, cause=cause)
    with pytest.raises(OverBudget, match=r"^command/door_lock: the user's budget"):
        await command(account)
    with pytest.raises(OverBudget):
        await account.api.vehicle_data(VIN, [], Cause.USER)

    assert account.na.requests == account.login.requests == []
    assert account.month.upper() == DOLLARS.wake


async def test_consent_lets_a_call_through_but_not_over_teslas_limit(account: Account) -> None:
    account.na.otherwise = lambda _: OK
    account.budget.configure(Settings(budget=0.0, discount=0.0), START)
    await account.api.request(endpoints.WAKE_UP, cause=Cause.USER, vin=VIN, consent=True)
    account.budget.configure(Settings(budget=0.0, discount=0.0, billing_limit=0.0), START)
    with pytest.raises(OverBillingLimit):
        await account.api.request(endpoints.WAKE_UP, cause=Cause.USER, vin=VIN, consent=True)

    assert len(account.na.requests) == 1


async def test_what_is_free_goes_without_money(account: Account) -> None:
    account.budget.configure(Settings(budget=0.0, discount=0.0, billing_limit=0.0), START)
    account.na.answers.append(reply(fixture("vehicles")))

    assert await account.api.vehicles(Cause.POLL)


async def test_what_is_optional_stops_first(account: Account) -> None:
    account.na.otherwise = lambda _: reply({"response": True})
    account.budget.configure(Settings(budget=10 * DOLLARS.data, discount=0.0), START)
    for _ in range(8):
        await account.api.mobile_enabled(VIN, Cause.POLL)
        account.clock.now += 60

    with pytest.raises(OverBudget):
        await account.api.mobile_enabled(VIN, Cause.POLL)
    await account.api.request(endpoints.RECENT_ALERTS, cause=Cause.POLL, vin=VIN)


async def test_what_is_underway_is_not_spent_twice(account: Account) -> None:
    held = asyncio.Event()
    account.na.answers.append(Reply(status=200, body=OK.body, hold=held))
    account.budget.configure(Settings(budget=DOLLARS.command, discount=0.0), START)
    first_one = asyncio.create_task(command(account))
    await account.na.until_asked(1)
    with pytest.raises(OverBudget):
        await command(account)
    held.set()
    await first_one

    assert len(account.na.requests) == 1
    assert account.month.gross() == DOLLARS.command


async def test_who_is_told_of_a_call_sees_it_counted_once(account: Account) -> None:
    account.na.answers.append(OK)
    await wake(account)

    assert account.committed == [DOLLARS.wake]


async def test_what_the_others_have_spent_while_one_waited_counts(account: Account) -> None:
    account.na.otherwise = lambda _: OK
    account.budget.configure(Settings(budget=2 * DOLLARS.command, discount=0.0), START)
    await command(account)
    account.limits.block(Price.COMMAND, START, 5.0)
    waiting = asyncio.create_task(command(account))
    await asyncio.sleep(0)
    account.budget.ledger.record(Line(Price.COMMAND, Cause.USER, VIN), 200, account.clock())

    with pytest.raises(OverBudget):
        await waiting
    assert len(account.na.requests) == 1


async def test_a_file_is_handed_on_as_it_is_and_counted_as_what_it_may_cost(account: Account) -> None:
    account.na.answers.append(Reply(body=b"%PDF-1.4 \xff", headers={"Content-Type": "application/pdf"}))
    file = await account.api.file(endpoints.invoice("a-1"), vin=VIN, cause=Cause.USER, by="script.save")
    (seen,) = account.na.requests
    (line,) = account.month.answered

    assert file == b"%PDF-1.4 \xff"
    assert (seen.path, seen.headers["Accept"]) == ("/api/1/dx/charging/invoice/a-1", "application/pdf")
    assert (line.price, line.by, line.what) == (Price.UNKNOWN, "script.save", "charging/invoice")


async def test_a_file_that_is_refused_is_none(account: Account) -> None:
    account.na.answers.append(TOKEN_EXPIRED)
    account.na.answers.append(reply({"error": "not_found"}, 404))
    with pytest.raises(NotFound):
        await account.api.file(endpoints.invoice("a-1"), cause=Cause.USER)

    assert len(account.na.requests) == 2


async def test_a_file_that_there_is_no_money_for_is_not_asked_for(account: Account) -> None:
    account.budget.configure(Settings(budget=0.0, discount=0.0), START)
    with pytest.raises(OverBudget):
        await account.api.file(endpoints.invoice("a-1"), cause=Cause.USER)
    account.na.answers.append(Reply(body=b"%PDF"))
    await account.api.file(endpoints.invoice("a-1"), cause=Cause.USER, consent=True)

    assert len(account.na.requests) == 1


def served_by(account: Account, session: ClientSession, provider: Provider, **more: Any) -> FleetApi:
    return FleetApi(
        session,
        provider,
        account.na.url,
        tokens=account.keeper,
        budget=account.budget,
        limits=account.limits,
        clock=account.clock,
        sleep=account.clock.sleep,
        **more,
    )


async def test_a_providers_limit_counts_all_requests_free_ones_too(
    account: Account, session: ClientSession
) -> None:
    account.na.otherwise = lambda _: reply({"response": []})
    api = served_by(account, session, replace(teslemetry(account.na.url), requests_per_minute=2))
    await api.vehicles(Cause.POLL)
    await api.request(endpoints.command("door_lock"), cause=Cause.USER, vin=VIN)

    with pytest.raises(RateLimited) as refused:
        await api.vehicles(Cause.POLL)

    assert refused.value.retry_after == 60
    assert len(account.na.requests) == 2
    account.clock.now += 55
    await api.vehicles(Cause.POLL)  # five seconds are waited for
    assert account.clock.slept[-1] == 5


async def test_whoever_is_not_believed_is_named_and_told_nothing(
    account: Account, session: ClientSession, tmp_path: Path
) -> None:
    impostor = Listening()
    server = await impostor.start(tmp_path / "impostor.pem")
    told: list[NotSent | None] = []
    trust = await trust_of(Certificates(authority=stranger().certificate_pem()))
    api = served_by(account, session, TESLA, ssl=trust, on_reached=told.append)
    api.base = impostor.base
    with pytest.raises(CertificateUnexpected) as refused:
        await api.vehicle_data(VIN, (), Cause.POLL)

    assert told == [refused.value]
    assert refused.value.fingerprint == impostor.fingerprint
    assert impostor.heard == b""
    server.close()
    await server.wait_closed()


async def test_any_answer_says_that_somebody_was_reached(account: Account, session: ClientSession) -> None:
    account.na.answers.append(reply({"error": "trouble"}, 500))
    told: list[NotSent | None] = []
    with pytest.raises(OutcomeUnknown):
        await served_by(account, session, TESLA, on_reached=told.append).vehicle(VIN, Cause.POLL)

    assert told == [None]


async def test_a_provider_that_takes_its_time_for_commands_has_it(
    account: Account, session: ClientSession
) -> None:
    slow = served_by(account, session, teslemetry(account.na.url))

    assert slow.car_limit >= 100 > account.api.car_limit


@pytest.mark.parametrize(("billed", "answered", "lost"), [(200, 1, 0), (503, 0, 0), (None, 0, 1)])
async def test_what_stands_behind_an_answer_decides_what_it_costs(
    account: Account, session: ClientSession, billed: int | None, answered: int, lost: int
) -> None:
    account.na.answers.append(reply({"error": "trouble"}, 500))
    api = served_by(account, session, TESLA, billed_as=lambda _: billed)
    with pytest.raises(OutcomeUnknown):
        await api.request(endpoints.command("door_lock"), cause=Cause.USER, vin=VIN)

    assert account.month.calls(Price.COMMAND) == answered
    assert sum(account.month.unanswered.values()) == lost


async def test_no_log_line_names_a_car_or_a_token(account: Account, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "custom_components")
    account.na.answers.append(reply(fixture("vehicle_data_charging")))
    account.na.answers.append(reply({"error": f"vehicle {VIN} is offline"}, 408))
    await account.api.vehicle_data(VIN, [], Cause.POLL)

    with pytest.raises(CarUnreachable) as raised:
        await account.api.vehicle_data(VIN, [], Cause.POLL)

    lines = [line.getMessage() for line in caplog.records if line.name.startswith("custom_components")]
    assert lines == ["GET vehicle_data: 200", "GET vehicle_data: 408"]
    assert VIN not in str(raised.value)
