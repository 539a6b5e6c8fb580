"""Configurations that a simulated command proxy signs: the same plan, and the same cars that take them."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.errors import (
    BillingLimitExceeded,
    CertificateUnexpected,
    PaymentRequired,
)
from custom_components.tesla_direct.tesla.fleet_api.addresses import Certificates
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.client import FleetApi
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from custom_components.tesla_direct.tesla.fleet_api.limits import Limits
from custom_components.tesla_direct.tesla.fleet_api.provider import TESLA
from custom_components.tesla_direct.tesla.fleet_api.proxy import billed_as
from custom_components.tesla_direct.tesla.fleet_api.transport import trust_of
from custom_components.tesla_direct.tesla.source.config_state import Phase, Reason
from custom_components.tesla_direct.tesla.source.keeper_plan import DAY, HOUR
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
        ssl=await trust_of(Certificates(fingerprint=proxy.fingerprint)),
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


async def test_what_a_proxy_keeps_to_itself_is_tried_again_within_a_day(keeping: Keeping, car: Car) -> None:
    keeping.world.cloud.refuse(
        "fleet_telemetry_config_jws", 400, body={"response": None, "error": "Unknown field Odometer"}
    )
    await keeping.wish(car, keeping.config())
    assert (keeping.phase(car), keeping.state(car).reason) == (Phase.REFUSED, Reason.NOT_PASSED_ON)
    tried = keeping.counts[SEND]

    await keeping.later(2 * DAY, HOUR)
    assert tried + 2 <= keeping.counts[SEND] <= tried + 5
    assert keeping.phase(car) is Phase.REFUSED

    keeping.world.cloud.accept("fleet_telemetry_config_jws")
    await keeping.later(DAY, HOUR)
    assert keeping.phase(car) is Phase.SYNCED


async def test_what_is_not_paid_is_asked_for_once_an_hour(keeping: Keeping, car: Car) -> None:
    keeping.world.cloud.refuse(
        "fleet_telemetry_config_jws", 402, body={"response": None, "error": "Payment Required"}
    )
    await keeping.wish(car, keeping.config())
    assert {type(error) for error in keeping.failed} == {PaymentRequired}
    tried = len(keeping.failed)

    await keeping.later(3000, 100)
    assert len(keeping.failed) == tried
    await keeping.later(1000, 100)
    assert len(keeping.failed) == tried + 1


async def test_what_a_proxy_passes_on_is_read(keeping: Keeping, car: Car, proxy: Proxy) -> None:
    proxy.be_older()
    keeping.world.cloud.refuse(
        "fleet_telemetry_config_jws", 400, body={"response": None, "error": "Unknown field Odometer"}
    )
    await keeping.wish(car, keeping.config())

    assert (keeping.state(car).reason, keeping.state(car).named) == (None, ("Odometer",))


async def test_what_is_not_about_the_configuration_is_asked_of_tesla_itself(
    keeping: Keeping, car: Car
) -> None:
    limit = {"response": None, "error": "account disabled: EXCEEDED_LIMIT"}
    keeping.world.cloud.refuse("fleet_telemetry_config_jws", 403, body=limit)
    await keeping.home.read(car.vin, Cause.KEEPER)  # and only what is sent is refused up to now
    keeping.world.cloud.refuse("fleet_telemetry_config", 403, body=limit)
    config = keeping.config(expires=int(keeping.wall()) + 86_400)
    with pytest.raises(BillingLimitExceeded):
        await keeping.home.send(car.vin, await keeping.home.seal(config), Cause.KEEPER)


async def test_another_certificate_is_given_nothing_and_tried_again_later(
    keeping: Keeping, car: Car, proxy: Proxy
) -> None:
    await proxy.change_certificate()
    await keeping.wish(car, keeping.config())

    assert keeping.counts.get(SEND, 0) == 0
    assert {type(error) for error in keeping.failed} == {CertificateUnexpected}
    assert len(keeping.failed) <= 3
