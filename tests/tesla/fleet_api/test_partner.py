import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
import json
import logging

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.errors import ApplicationRefused, NotSent, RequestRefused
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.endpoints import Price
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause, Ledger, Line
from custom_components.tesla_direct.tesla.fleet_api.limits import Limits
from custom_components.tesla_direct.tesla.fleet_api.partner import (
    LIMIT,
    PartnerAccount,
    Registration,
    RegistrationState,
    register_everywhere,
)
from custom_components.tesla_direct.tesla.fleet_api.provider import Provider, custom

from .host import Clock, Host, Reply, Seen, reply

DOMAIN = "tesla.example.com"
KEY = b"\x04" + bytes(range(64))
OTHER_KEY = b"\x04" + bytes(64)
SECRET = "ta-secret.kept"
LIFE = 28800
REGIONS = ("na", "eu")
NOT_FOUND = reply({"response": None, "error": "not_found"}, 404)
NOT_REGISTERED = reply({"response": None, "error": "Account must be registered in the current region"}, 412)
ORIGIN = reply({"response": None, "error": "Root domain must match registered allowed origin"}, 412)
UNFETCHED = reply({"response": None, "error": "Public key download failed"}, 424)
NEW = reply({"response": None, "error": "Expected partner account"}, 401)
TAKEN = reply({"response": None, "error": "Validation failed: Domain has already been taken"}, 422)
INVALID = reply({"response": None, "error": "Invalid domain: tesla"}, 400)


def account_with(key: bytes) -> Reply:
    return reply({"response": {"client_id": "client", "domain": DOMAIN, "public_key": key.hex().upper()}})


def key_is(key: bytes) -> Reply:
    return reply({"response": {"public_key": key.hex()}})


class SignIn:
    """Gives partner tokens, each good for one audience; refuses as told."""

    def __init__(self) -> None:
        self.given = 0
        self.refusal: Reply | None = None

    def answer(self, seen: Seen) -> Reply:
        if self.refusal is not None:
            return self.refusal
        self.given += 1
        token = f"partner-{self.given}"
        return reply({"access_token": token, "expires_in": LIFE, "token_type": "Bearer"})


class Region:
    """One region of the API, where an application is registered or not."""

    def __init__(self, host: Host) -> None:
        self.host = host
        self.key: bytes | None = None
        self.served = KEY  # what is found at the domain
        self.refusals: list[Reply] = []
        host.otherwise = self.answer

    def answer(self, seen: Seen) -> Reply:
        if seen.method == "GET":
            return NOT_FOUND if self.key is None else key_is(self.key)
        if self.refusals:
            return self.refusals.pop(0)
        self.key = self.served
        return account_with(self.key)

    @property
    def asked(self) -> list[str]:
        return [seen.method for seen in self.host.requests]


@dataclass
class Application:
    """A partner account, the hosts it speaks to, and what it has told."""

    partner: PartnerAccount
    provider: Provider
    regions: dict[str, Region]
    login: Host
    sign_in: SignIn
    clock: Clock
    ledger: Ledger
    limits: Limits
    told: list[Registration] = field(default_factory=list)

    async def everywhere(self, *regions: str, limit: float = LIMIT) -> dict[str, RegistrationState]:
        results = await register_everywhere(
            self.partner,
            regions or REGIONS,
            KEY,
            sleep=self.clock.sleep,
            tell=self.told.append,
            limit=limit,
        )
        assert all(region == result.region for region, result in results.items())
        return {region: result.state for region, result in results.items()}


@pytest.fixture
async def application(
    socket_enabled: None, session: ClientSession, clock: Clock
) -> AsyncIterator[Application]:
    na, eu, login = hosts = Host(), Host(), Host()
    for host in hosts:
        await host.start()
    sign_in, ledger, limits = SignIn(), Ledger(), Limits()
    login.otherwise = sign_in.answer
    provider = custom(
        bases={"na": na.url, "eu": eu.url},
        authorize_url=f"{login.url}/authorize",
        token_url=f"{login.url}/token",
    )
    partner = PartnerAccount(
        session,
        provider,
        "client",
        SECRET,
        domain=DOMAIN,
        budget=Budget(ledger),
        limits=limits,
        clock=clock,
    )
    regions = {"na": Region(na), "eu": Region(eu)}
    yield Application(partner, provider, regions, login, sign_in, clock, ledger, limits)
    for host in hosts:
        await host.stop()


async def test_an_application_is_registered_in_every_region(application: Application) -> None:
    assert await application.everywhere() == dict.fromkeys(REGIONS, RegistrationState.REGISTERED)

    for region in application.regions.values():
        looked, registered = region.host.requests
        assert (looked.method, looked.path) == (
            "GET",
            f"/api/1/partner_accounts/public_key?domain={DOMAIN}",
        )
        assert (registered.method, registered.path) == ("POST", "/api/1/partner_accounts")
        assert json.loads(registered.body) == {"domain": DOMAIN}
    assert application.told == [
        Registration(region=name, state=RegistrationState.REGISTERED) for name in REGIONS
    ]
    assert all(result.registered for result in application.told)
    assert application.clock.slept == []


async def test_what_is_registered_already_is_not_registered_again(application: Application) -> None:
    application.regions["na"].key = KEY

    assert await application.everywhere() == dict.fromkeys(REGIONS, RegistrationState.REGISTERED)

    assert application.regions["na"].asked == ["GET"]
    assert application.regions["eu"].asked == ["GET", "POST"]


async def test_an_older_key_is_replaced(application: Application) -> None:
    application.regions["eu"].key = OTHER_KEY

    assert await application.everywhere("eu") == {"eu": RegistrationState.REGISTERED}

    assert application.regions["eu"].key == KEY


async def test_a_key_that_tesla_has_found_and_is_not_ours_is_told(application: Application) -> None:
    application.regions["eu"].served = OTHER_KEY

    assert await application.everywhere("eu") == {"eu": RegistrationState.OTHER_KEY}

    assert application.clock.slept == []  # it is served like this until somebody changes it


async def test_each_region_has_a_token_of_its_own(application: Application) -> None:
    await application.everywhere()

    forms = [seen.form for seen in application.login.requests]
    assert [form["audience"] for form in forms] == list(application.provider.bases.values())
    assert forms[0] == {
        "grant_type": "client_credentials",
        "client_id": "client",
        "client_secret": SECRET,
        "audience": application.provider.bases["na"],
        "scope": "openid",
    }
    tokens = [
        {seen.headers["Authorization"] for seen in region.host.requests}
        for region in application.regions.values()
    ]
    assert tokens == [{"Bearer partner-1"}, {"Bearer partner-2"}]


async def test_a_token_is_used_until_it_ends(application: Application) -> None:
    await application.partner.registered_key("eu")
    application.clock.now += LIFE - 61
    await application.partner.registered_key("eu")
    assert application.sign_in.given == 1

    application.clock.now += 1
    await application.partner.registered_key("eu")

    assert application.sign_in.given == 2


async def test_a_token_that_is_refused_is_replaced_once(application: Application) -> None:
    expired = reply({"response": None, "error": "token expired (401)"}, 401)
    region = application.regions["eu"]
    region.host.answers.append(expired)

    assert await application.everywhere("eu") == {"eu": RegistrationState.REGISTERED}
    assert application.sign_in.given == 2

    region.host.answers.extend([expired, expired])
    assert await application.everywhere("eu") == {"eu": RegistrationState.CREDENTIALS_REFUSED}


async def test_a_refused_token_that_was_replaced_meanwhile_is_not_replaced_again(
    application: Application,
) -> None:
    region = application.regions["eu"]
    refused = asyncio.Event()
    expired = Reply(status=401, body=b"token expired (401)", hold=refused)
    region.host.answers.extend([expired, expired])
    asked = asyncio.gather(*(application.partner.registered_key("eu") for _ in range(2)))
    await region.host.until_asked(2)
    refused.set()

    assert await asked == [None, None]

    tokens = [seen.headers["Authorization"] for seen in region.host.requests]
    assert set(tokens[:2]) == {"Bearer partner-1", "Bearer partner-2"}  # nobody had one at first
    assert set(tokens[2:]) == {"Bearer partner-2", "Bearer partner-3"}


async def test_the_secret_goes_to_the_sign_in_service_and_nowhere_else(
    application: Application, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    application.regions["eu"].refusals = [ORIGIN, INVALID]

    await application.everywhere()

    for region in application.regions.values():
        assert not any(SECRET in f"{seen.path}{seen.headers}{seen.body!r}" for seen in region.host.requests)
    assert SECRET not in caplog.text
    assert "partner-" not in caplog.text
    assert SECRET not in f"{application.told}{application.partner!r}"


async def test_all_of_it_is_counted_as_set_up_and_costs_nothing(application: Application) -> None:
    await application.everywhere("eu")

    now = application.clock()
    assert application.ledger.month(now).answered == {Line(Price.FREE, Cause.SET_UP): 2}
    assert application.ledger.committed(now) == 0


async def test_an_edit_in_the_portal_is_waited_for(application: Application) -> None:
    application.regions["eu"].refusals = [ORIGIN] * 9

    assert await application.everywhere("eu") == {"eu": RegistrationState.REGISTERED}

    assert application.clock.slept == [30.0] * 9
    assert [result.state for result in application.told[:2]] == [RegistrationState.ORIGIN_NOT_ALLOWED] * 2
    assert application.told[0].retry_in == 30.0
    assert "allowed origin" in application.told[0].detail


async def test_a_portal_that_was_never_edited_is_not_waited_for_for_ever(application: Application) -> None:
    application.regions["eu"].refusals = [ORIGIN] * 99

    assert await application.everywhere("eu") == {"eu": RegistrationState.ORIGIN_NOT_ALLOWED}

    assert sum(application.clock.slept) == LIMIT
    assert application.told[-1].retry_in == 30.0


async def test_nobody_has_to_wait_at_all(application: Application) -> None:
    application.regions["eu"].refusals = [ORIGIN]

    assert await application.everywhere(limit=0) == {
        "na": RegistrationState.REGISTERED,
        "eu": RegistrationState.ORIGIN_NOT_ALLOWED,
    }
    assert application.clock.slept == []


async def test_a_key_that_tesla_cannot_fetch_is_tried_a_few_times_with_growing_pauses(
    application: Application,
) -> None:
    application.regions["eu"].refusals = [UNFETCHED] * 99

    assert await application.everywhere() == {
        "na": RegistrationState.REGISTERED,
        "eu": RegistrationState.KEY_UNREACHABLE,
    }

    assert application.clock.slept == [10.0, 30.0, 90.0]
    assert application.regions["eu"].asked.count("POST") == 4


async def test_regions_are_waited_for_together(application: Application) -> None:
    for region in application.regions.values():
        region.refusals = [UNFETCHED] * 2

    assert await application.everywhere() == dict.fromkeys(REGIONS, RegistrationState.REGISTERED)

    assert application.clock.slept == [10.0, 30.0]


@pytest.mark.parametrize(
    ("headers", "pause"), [({"Retry-After": "17"}, 17.0), ({}, 30.0), ({"Retry-After": "2"}, 10)]
)
async def test_another_update_under_way_is_waited_for_as_told(
    application: Application, headers: dict[str, str], pause: float
) -> None:
    busy = Reply(status=429, body=b"another update is in progress", headers=headers)
    application.regions["eu"].refusals = [busy]

    assert await application.everywhere("eu") == {"eu": RegistrationState.REGISTERED}

    assert application.clock.slept == [pause]
    assert application.told[0].state is RegistrationState.BUSY
    assert application.limits.free_in(Price.FREE, None, application.clock()) == 0  # others may go on asking


async def test_what_takes_too_long_is_left_to_the_user(application: Application) -> None:
    application.regions["eu"].refusals = [Reply(status=429, headers={"Retry-After": "3600"})]

    assert await application.everywhere("eu") == {"eu": RegistrationState.BUSY}

    assert application.clock.slept == []
    assert application.told[0].retry_in == 3600


async def test_a_new_application_is_waited_for(application: Application) -> None:
    application.regions["eu"].host.answers.extend([NEW] * 4)

    assert await application.everywhere("eu") == {"eu": RegistrationState.REGISTERED}

    assert [result.state for result in application.told[:-1]] == [RegistrationState.TOO_NEW] * 4
    assert application.clock.slept == [60.0] * 4


@pytest.mark.parametrize(
    ("refusal", "state"), [(TAKEN, RegistrationState.DOMAIN_TAKEN), (INVALID, RegistrationState.REFUSED)]
)
async def test_what_somebody_has_to_change_first_is_not_tried_again(
    application: Application, refusal: Reply, state: RegistrationState
) -> None:
    application.regions["eu"].refusals = [refusal] * 9

    assert await application.everywhere("eu") == {"eu": state}

    assert application.clock.slept == []
    assert application.told[0].retry_in is None


async def test_a_key_that_is_taken_by_ourselves_is_registered(application: Application) -> None:
    region = application.regions["eu"]
    region.refusals = [TAKEN]
    region.key = KEY

    assert (await application.partner.register("eu", KEY)).registered

    assert region.asked == ["POST", "GET"]


async def test_a_key_that_is_taken_stays_so_if_nobody_says_by_whom(application: Application) -> None:
    region = application.regions["eu"]
    region.refusals = [TAKEN]
    region.host.answers.extend([Reply(status=503), TAKEN, Reply(status=503)])

    assert await application.everywhere("eu") == {"eu": RegistrationState.DOMAIN_TAKEN}

    assert region.asked == ["GET", "POST", "GET"]


async def test_refused_credentials_are_not_tried_again(application: Application) -> None:
    application.sign_in.refusal = reply({"error": "invalid_client"}, 401)

    assert await application.everywhere() == dict.fromkeys(REGIONS, RegistrationState.CREDENTIALS_REFUSED)

    assert application.clock.slept == []
    assert all(region.host.requests == [] for region in application.regions.values())


@pytest.mark.parametrize(
    "trouble",
    [
        Reply(status=503),
        Reply(status=200, body=b"<html>"),
        reply({"response": {}}),
        reply({"response": None}),
    ],
)
async def test_a_cloud_in_trouble_is_asked_a_few_times(application: Application, trouble: Reply) -> None:
    region = application.regions["eu"]
    region.refusals = [trouble] * 9

    assert await application.everywhere("eu") == {"eu": RegistrationState.CLOUD_TROUBLE}

    assert application.clock.slept == [5.0, 15.0]


async def test_a_sign_in_service_in_trouble_is_waited_for_as_told(application: Application) -> None:
    application.sign_in.refusal = Reply(status=503, headers={"Retry-After": "25"})

    assert await application.everywhere("eu") == {"eu": RegistrationState.CLOUD_TROUBLE}

    assert application.clock.slept == [25.0, 25.0]


@pytest.mark.parametrize("shown", [None, "no hex", "04"])
async def test_a_key_that_an_answer_does_not_show_is_asked_for(
    application: Application, shown: str | None
) -> None:
    region = application.regions["eu"]
    region.refusals = [reply({"response": {"domain": DOMAIN, "public_key": shown}})]
    region.key = KEY

    assert (await application.partner.register("eu", KEY)).registered

    assert region.asked == ["POST", "GET"]


async def test_a_host_that_cannot_be_reached_is_tried_again(application: Application) -> None:
    await application.regions["eu"].host.stop()

    assert await application.everywhere("eu") == {"eu": RegistrationState.UNREACHABLE}

    assert application.clock.slept == [5.0, 15.0]
    with pytest.raises(NotSent):
        await application.partner.registered_key("eu")
    await application.regions["eu"].host.start()


@pytest.mark.parametrize(
    ("told", "key"),
    [
        (key_is(KEY), KEY),
        (reply({"response": {"public_key": KEY.hex().upper()}}), KEY),
        (NOT_FOUND, None),
        (NOT_REGISTERED, None),
        (reply({"response": {"public_key": None}}), None),
        (reply({"response": {"public_key": "0401"}}), None),
        (reply({"response": {"public_key": "no hex"}}), None),
        (reply({"response": None}), None),
    ],
)
async def test_what_tesla_holds_is_read(application: Application, told: Reply, key: bytes | None) -> None:
    application.regions["eu"].host.answers.append(told)

    assert await application.partner.registered_key("eu") == key


async def test_who_asks_in_one_region_is_not_led_to_another(application: Application) -> None:
    na = application.provider.bases["na"]
    away = reply({"error": f"user out of region, use base URL: {na}, see https://x"}, 421)
    application.regions["eu"].host.answers.extend([away, away])

    assert await application.everywhere("eu") == {"eu": RegistrationState.REFUSED}

    assert application.regions["eu"].asked == ["GET", "POST"]

    assert application.regions["na"].host.requests == []


async def test_why_a_key_cannot_be_asked_for_is_raised(application: Application) -> None:
    application.regions["eu"].host.answers.append(INVALID)
    with pytest.raises(RequestRefused):
        await application.partner.registered_key("eu")
    application.clock.now += LIFE
    application.sign_in.refusal = reply({"error": "unauthorized_client"}, 400)
    with pytest.raises(ApplicationRefused):
        await application.partner.registered_key("eu")


@pytest.mark.parametrize(
    "answer",
    [
        reply({"response": None, "error": "upstream internal error"}, 500),
        reply({"response": None, "error": "user out of region"}, 421),
        reply({"response": None, "error": "Invalid domain"}, 400),
        Reply(body=b"<html></html>"),
    ],
    ids=lambda answer: str(answer.status),
)
async def test_a_key_that_cannot_be_looked_up_is_registered(application: Application, answer: Reply) -> None:
    application.regions["eu"].host.answers.append(answer)

    assert await application.everywhere("eu") == {"eu": RegistrationState.REGISTERED}
    assert application.regions["eu"].key == KEY
