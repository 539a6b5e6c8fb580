"""An application that is registered in the simulated cloud, whose key is fetched from where it is served."""

from collections.abc import AsyncIterator
import ssl

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from cryptography.hazmat.primitives.asymmetric import ec
import pytest

from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.hosted_key import KEY_PATH
from custom_components.tesla_direct.tesla.fleet_api.ledger import Ledger
from custom_components.tesla_direct.tesla.fleet_api.limits import Limits
from custom_components.tesla_direct.tesla.fleet_api.partner import (
    PartnerAccount,
    Registration,
    RegistrationState,
    register_everywhere,
)
from custom_components.tesla_direct.tesla.fleet_api.provider import custom
from simulator.certificates import Authorities
from simulator.world import World
from tests.simulator.wall import Wall

from .key_files import new_key, public_bytes, public_pem

DOMAIN = "tesla.example.com"


class Served:
    """A web server with a key; `requests` counts who came for it."""

    def __init__(self) -> None:
        self.pem = b""
        self.status = 200
        self.requests = 0

    async def answer(self, request: web.Request) -> web.Response:
        self.requests += 1
        return web.Response(status=self.status, body=self.pem)


@pytest.fixture
def key() -> ec.EllipticCurvePrivateKey:
    return new_key()


@pytest.fixture
async def served(world: World, key: ec.EllipticCurvePrivateKey) -> AsyncIterator[Served]:
    served = Served()
    served.pem = public_pem(key)
    app = web.Application()
    app.router.add_get(KEY_PATH, served.answer)
    async with TestServer(app) as server:
        world.cloud.unregister()
        world.cloud.host_domain(DOMAIN, str(server.make_url("")).rstrip("/"))
        yield served


class Application:
    """Registers itself, and waits in the world's time."""

    def __init__(
        self,
        world: World,
        wall: Wall,
        session: ClientSession,
        key: bytes,
        ssl_context: ssl.SSLContext | None = None,
    ) -> None:
        self.world = world
        self.key = key
        self.told: list[Registration] = []
        self.ledger = Ledger()
        cloud = world.cloud
        hosts = custom(bases=cloud.bases, authorize_url=cloud.authorize_url, token_url=cloud.token_url)
        self.account = PartnerAccount(
            session,
            hosts,
            cloud.books.application.client_id,
            cloud.books.application.client_secret,
            domain=DOMAIN,
            budget=Budget(self.ledger),
            limits=Limits(),
            clock=wall,
            ssl=ssl_context,
        )

    async def register(self) -> dict[str, RegistrationState]:
        results = await register_everywhere(
            self.account, self.world.cloud.bases, self.key, sleep=self.world.advance, tell=self.told.append
        )
        return {region: result.state for region, result in results.items()}


@pytest.fixture
async def application(
    world: World, wall: Wall, served: Served, key: ec.EllipticCurvePrivateKey
) -> AsyncIterator[Application]:
    async with ClientSession() as session:
        yield Application(world, wall, session, public_bytes(key))


def everywhere(world: World, state: RegistrationState) -> dict[str, RegistrationState]:
    return dict.fromkeys(world.cloud.bases, state)


async def test_tesla_fetches_the_key_once_for_each_region(
    world: World, application: Application, served: Served
) -> None:
    assert await application.register() == everywhere(world, RegistrationState.REGISTERED)

    assert served.requests == len(world.cloud.bases)
    registered = world.cloud.registered()
    assert {row["domain"] for row in registered.values()} == {DOMAIN}
    assert {row["public_key"] for row in registered.values()} == {application.key.hex()}


async def test_what_stands_is_left_alone(world: World, application: Application, served: Served) -> None:
    await application.register()
    posts = len(world.cloud.requests("partner_accounts"))

    assert await application.register() == everywhere(world, RegistrationState.REGISTERED)

    assert len(world.cloud.requests("partner_accounts")) == posts
    assert served.requests == len(world.cloud.bases)


async def test_another_key_at_the_domain_is_no_registration_of_ours(
    world: World, application: Application, served: Served
) -> None:
    served.pem = public_pem(new_key())

    assert await application.register() == everywhere(world, RegistrationState.OTHER_KEY)


async def test_an_origin_counts_some_minutes_after_it_was_entered(
    world: World, application: Application
) -> None:
    world.cloud.set_origins("https://other.example.org", at_once=True)
    world.cloud.set_origins(f"https://{DOMAIN}")

    assert await application.register() == everywhere(world, RegistrationState.REGISTERED)

    waits = [result for result in application.told if not result.registered]
    assert {result.state for result in waits} == {RegistrationState.ORIGIN_NOT_ALLOWED}


async def test_an_origin_that_is_not_entered_is_named(world: World, application: Application) -> None:
    world.cloud.set_origins("https://other.example.org", at_once=True)

    assert await application.register() == everywhere(world, RegistrationState.ORIGIN_NOT_ALLOWED)


async def test_a_key_that_comes_late_is_found_by_trying_again(
    world: World, application: Application, served: Served
) -> None:
    served.status = 503
    told = application.told.append

    def mend(result: Registration) -> None:
        told(result)
        served.status = 200

    results = await register_everywhere(
        application.account, world.cloud.bases, application.key, sleep=world.advance, tell=mend
    )

    assert all(result.registered for result in results.values())
    assert application.told[0].state is RegistrationState.KEY_UNREACHABLE
    assert application.told[0].retry_in == 10


async def test_a_domain_off_the_net_is_unreachable_in_every_region(
    world: World, application: Application
) -> None:
    world.cloud.host_domain(DOMAIN, None)

    assert await application.register() == everywhere(world, RegistrationState.KEY_UNREACHABLE)


async def test_what_another_application_holds_is_told(world: World, application: Application) -> None:
    world.cloud.occupy_domain(DOMAIN)
    assert await application.register() == everywhere(world, RegistrationState.DOMAIN_TAKEN)

    world.cloud.occupy_domain(DOMAIN, on=False)
    world.cloud.occupy_key(application.key)
    assert await application.register() == everywhere(world, RegistrationState.DOMAIN_TAKEN)


async def test_a_new_application_gets_its_time(world: World, application: Application) -> None:
    world.cloud.make_application_new(200)
    assert await application.register() == everywhere(world, RegistrationState.REGISTERED)

    world.cloud.unregister()
    world.cloud.make_application_new(7200)
    assert await application.register() == everywhere(world, RegistrationState.TOO_NEW)


async def test_another_update_under_way_is_waited_for(world: World, application: Application) -> None:
    world.cloud.busy_registering(2, retry_after=20)

    assert await application.register() == everywhere(world, RegistrationState.REGISTERED)

    busy = [result for result in application.told if result.state is RegistrationState.BUSY]
    assert [result.retry_in for result in busy] == [20, 20]


async def test_a_wrong_secret_is_told(world: World, application: Application) -> None:
    world.cloud.books.application.client_secret = "another one"

    assert await application.register() == everywhere(world, RegistrationState.CREDENTIALS_REFUSED)


@pytest.mark.parametrize("how", ["html", "truncated", "empty", "list", "not json"])
async def test_a_cloud_that_makes_no_sense_is_in_trouble(
    world: World, application: Application, how: str
) -> None:
    world.cloud.spoil("partner_accounts", how)
    world.cloud.spoil("partner_public_key", how)

    assert await application.register() == everywhere(world, RegistrationState.CLOUD_TROUBLE)


async def test_a_registration_whose_answer_made_no_sense_stands_all_the_same(
    world: World, application: Application
) -> None:
    world.cloud.spoil("partner_accounts", "html")

    assert await application.register() == everywhere(world, RegistrationState.REGISTERED)


async def test_an_answer_that_is_lost_is_made_up_for(world: World, application: Application) -> None:
    world.cloud.drop("partner_accounts", after=True, times=1)

    assert await application.register() == everywhere(world, RegistrationState.REGISTERED)

    assert application.told[0].state is RegistrationState.UNREACHABLE
    assert len(world.cloud.requests("partner_accounts")) == len(world.cloud.bases)


async def test_hosts_with_an_authority_of_their_own_are_believed_by_that_alone(
    wall: Wall, authorities: Authorities, key: ec.EllipticCurvePrivateKey, socket_enabled: None
) -> None:
    async with (
        World(speed=0, wall=wall, authorities=authorities, tls=True) as world,
        ClientSession() as session,
    ):
        world.cloud.unregister()
        world.cloud.serve_at(DOMAIN, public_pem(key).decode())
        trusting = ssl.create_default_context(cadata=world.cloud_ca)
        doubting = Application(world, wall, session, public_bytes(key))
        assert await doubting.register() == everywhere(world, RegistrationState.UNREACHABLE)

        believing = Application(world, wall, session, public_bytes(key), trusting)
        assert await believing.register() == everywhere(world, RegistrationState.REGISTERED)
