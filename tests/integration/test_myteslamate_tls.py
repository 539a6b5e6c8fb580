"""A service in MyTeslaMate's place whose certificate not everybody believes."""

from collections.abc import AsyncIterator
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    get_system_health_info,
)

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.hosts import async_ssl_context, async_stream_trust
from custom_components.tesla_direct.proxy_repairs import in_pairs
from custom_components.tesla_direct.repairs import async_create_fix_flow
from custom_components.tesla_direct.tesla.command.catalogue import closures
from custom_components.tesla_direct.tesla.fleet_api.addresses import Certificates
from custom_components.tesla_direct.tesla.fleet_api.provider import Provider, myteslamate
from simulator.car.car import Car
from simulator.certificates import Authorities
from simulator.myteslamate.service import MyTeslaMate
from simulator.world import World
from tests.simulator.wall import Wall

from .account import Account
from .commanded import Commanded
from .member import Member

pytestmark = pytest.mark.usefixtures("may_hang_up")


@pytest.fixture
async def world(authorities: Authorities, wall: Wall, socket_enabled: None) -> AsyncIterator[World]:
    """Take the place of the one that speaks plain HTTP."""
    async with World(speed=0, wall=wall, authorities=authorities, tls=True) as world:
        yield world


@pytest.fixture
async def service(world: World, car: Car) -> MyTeslaMate:
    car.power.idle_s = 1e9
    service = await world.open_myteslamate()
    service.pair(car.vin, streams=False)
    return service


@pytest.fixture
def member(account: Account, service: MyTeslaMate) -> Member:
    """An account that is not set up yet."""
    return Member(account, service)


def believing(service: MyTeslaMate, certificates: Certificates) -> Provider:
    return myteslamate(service.address, certificates=certificates)


async def test_an_authority_of_the_users_own_is_believed(
    member: Member, service: MyTeslaMate, world: World, account: Account, car: Car
) -> None:
    await member.set_up(car, provider=myteslamate(service.address, authority=world.cloud_ca))

    assert account.runtime.poll.works
    assert member.notices() == set()


@pytest.mark.parametrize("kind", ["self_signed", "expired", "other_name", "unknown_authority"])
async def test_one_certificate_that_was_pinned_is_believed_whatever_it_says(
    member: Member, service: MyTeslaMate, account: Account, car: Car, kind: str
) -> None:
    fingerprint = await service.show_certificate(kind, "api")
    await member.set_up(car, provider=believing(service, Certificates(fingerprint=fingerprint)))

    assert account.runtime.poll.works


async def test_anybody_is_believed_where_the_user_has_said_so(
    member: Member, service: MyTeslaMate, account: Account, car: Car
) -> None:
    await service.show_certificate("expired", "api")
    await member.set_up(car, provider=believing(service, Certificates(verified=False)))
    commanded = Commanded(account, car)
    await commanded.send(closures.door_unlock())

    assert account.runtime.poll.works
    assert [one.name for one in car.executed] == ["door_unlock"]


async def test_another_certificate_than_the_pinned_one_is_named_and_told_no_token(
    hass: HomeAssistant, member: Member, service: MyTeslaMate, account: Account, car: Car
) -> None:
    pinned = await service.show_certificate("self_signed", "api")
    await member.set_up(car, provider=believing(service, Certificates(fingerprint=pinned)))
    fingerprint = await service.show_certificate("self_signed", "api")
    asked = len(service.requests())
    with pytest.raises(HomeAssistantError) as refused:
        await Commanded(account, car).send(closures.door_unlock())

    assert refused.value.translation_key == "certificate_unexpected"
    assert len(service.requests()) == asked
    assert car.executed == []
    issue_id = f"service_certificate_{account.entry.entry_id}"
    issue = ir.async_get(hass).async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert (issue.translation_placeholders or {})["fingerprint"] == in_pairs(fingerprint)

    flow: Any = await async_create_fix_flow(hass, issue_id, issue.data)
    flow.hass, flow.issue_id, flow.handler = hass, issue_id, DOMAIN
    assert (await flow.async_step_init())["step_id"] == "confirm"
    assert (await flow.async_step_confirm({}))["reason"] == "leads_on"
    (led,) = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert led["context"]["source"] == "reconfigure"


async def test_the_health_page_does_not_ask_whom_home_assistant_itself_does_not_believe(
    hass: HomeAssistant, member: Member, world: World, car: Car
) -> None:
    provider = myteslamate(member.service.address, authority=world.cloud_ca)
    await member.set_up(car, provider=provider)
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()

    assert "cloud" not in await get_system_health_info(hass, DOMAIN)
    assert member.account.runtime.poll.works


async def test_whoever_nobody_vouches_for_is_told_nothing(
    member: Member, service: MyTeslaMate, account: Account, car: Car
) -> None:
    await member.set_up(car, provider=myteslamate(service.address))

    assert account.loaded
    assert service.requests() == []
    assert member.notices() == {"service_certificate"}


async def test_a_token_is_not_renewed_at_whoever_is_not_believed(
    member: Member, service: MyTeslaMate, account: Account, car: Car
) -> None:
    pinned = await service.show_certificate("self_signed", "api")
    provider = believing(service, Certificates(fingerprint=pinned))
    await member.set_up(car, provider=provider, refresh_token=service.refresh_token)
    service.expire_tokens()
    await account.pass_time(130)
    assert len(service.requests("token")) == 1

    service.expire_tokens()
    await service.show_certificate("self_signed", "api")
    await account.pass_time(130)
    assert len(service.requests("token")) == 1


async def test_whom_to_believe_at_the_stream_is_a_choice_of_its_own(
    hass: HomeAssistant, world: World, service: MyTeslaMate
) -> None:
    pinned = Certificates(fingerprint=await service.show_certificate())
    provider = myteslamate(
        service.address, service.stream_address, world.cloud_ca, stream_certificates=pinned
    )

    api, stream = await async_ssl_context(hass, provider), await async_stream_trust(hass, provider)
    assert api is not None
    assert stream is not None
    assert type(api) is not type(stream)
    assert await async_stream_trust(hass, myteslamate(service.address)) is None
