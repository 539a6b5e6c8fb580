"""A server in Teslemetry's place whose certificate only the user's own authority vouches for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from custom_components.tesla_direct.const import DOMAIN
from simulator.car.car import Car
from simulator.certificates import Authorities
from simulator.teslemetry.service import Teslemetry
from simulator.world import World
from tests.home import until
from tests.simulator.wall import Wall

from .account import Account
from .dialogue import Dialogue


@pytest.fixture
async def world(authorities: Authorities, wall: Wall, socket_enabled: None) -> AsyncIterator[World]:
    """Take the place of the one that speaks plain HTTP."""
    async with World(speed=0, wall=wall, authorities=authorities, tls=True) as world:
        yield world


@pytest.fixture
async def service(world: World, account: Account, car: Car) -> Teslemetry:
    await account.shared()
    service = await world.open_teslemetry()
    service.pair(car.vin)
    return service


async def choose(dialogue: Dialogue, **server: str) -> None:
    await dialogue.begin()
    await dialogue.answer(next_step_id="teslemetry")
    await dialogue.answer(next_step_id="teslemetry_server")
    await dialogue.answer(**server)


async def test_it_is_believed_by_the_authority_that_was_named(
    dialogue: Dialogue, service: Teslemetry, world: World, car: Car, tmp_path: Path
) -> None:
    assert service.base.startswith("https://")
    assert world.cloud_ca is not None
    authority = tmp_path / "authority.pem"
    authority.write_text(world.cloud_ca)
    await choose(dialogue, address=service.base, authority_file=str(authority))
    await dialogue.answer(next_step_id="teslemetry_account")
    await dialogue.sign_in()
    await dialogue.answer(vehicles=[car.vin])
    assert dialogue.step["type"] == "create_entry"
    await until(lambda: service.office.streams)
    (entry,) = dialogue.hass.config_entries.async_entries(DOMAIN)
    assert await dialogue.hass.config_entries.async_unload(entry.entry_id)
