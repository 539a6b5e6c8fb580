"""Configurations that a simulated command proxy signs: the same plan, and the same cars that take them."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.errors import CertificateUnexpected
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.client import FleetApi
from custom_components.tesla_direct.tesla.fleet_api.limits import Limits
from custom_components.tesla_direct.tesla.fleet_api.provider import TESLA
from custom_components.tesla_direct.tesla.fleet_api.proxy import billed_as
from custom_components.tesla_direct.tesla.fleet_api.proxy_check import trust_of
from custom_components.tesla_direct.tesla.source.keeper_plan import Phase, Reason
from custom_components.tesla_direct.tesla.source.telemetry_home import ProxyHome
from simulator.car.authentication import public_bytes
from simulator.car.car import Car
from simulator.proxy.server import Proxy
from simulator.world import World
from tests.simulator.wall import Wall

from .keeper_world import SEND, Keeping


@pytest.fixture
async def proxy(world: World, car: Car) -> Proxy:
    return await world.open_proxy()


@pytest.fixture
async def keeping(session: ClientSession, world: World, wall: Wall, proxy: Proxy) -> AsyncIterator[Keeping]:
    keeping = Keeping(world, wall, session)
    world.cloud.register_key(public_bytes(proxy.key))  # which the application's domain publishes
    by_proxy = FleetApi(
        session,
        TESLA,
        proxy.base,
        tokens=keeping.tokens,
        budget=Budget(keeping.ledger),
        limits=Limits(),
        clock=wall,
        ssl=await trust_of(None, proxy.fingerprint),
        moves=False,
        billed_as=billed_as,
    )
    keeping.home = ProxyHome(by_proxy, keeping.api)
    await keeping.start({})
    yield keeping
    await keeping.close()


async def test_a_configuration_reaches_the_car_signed_by_the_proxy(keeping: Keeping, car: Car) -> None:
    await keeping.wish(car, keeping.config())
    await keeping.later(30)

    assert keeping.phase(car) is Phase.SYNCED
    assert car.told is not None
    assert set(car.told.fields) == {"BatteryLevel", "Odometer"}
    assert keeping.counts[SEND] == 1
    assert keeping.failed == []


async def test_a_car_without_the_proxys_key_is_left_out(keeping: Keeping, car: Car, proxy: Proxy) -> None:
    car.forget_key(proxy.public_key)
    await keeping.wish(car, keeping.config())

    assert (keeping.phase(car), keeping.state(car).reason) == (Phase.SKIPPED, Reason.MISSING_KEY)


async def test_another_certificate_is_given_nothing_and_tried_again_later(
    keeping: Keeping, car: Car, proxy: Proxy
) -> None:
    await proxy.change_certificate()
    await keeping.wish(car, keeping.config())

    assert keeping.counts.get(SEND, 0) == 0
    assert {type(error) for error in keeping.failed} == {CertificateUnexpected}
    assert len(keeping.failed) <= 3
