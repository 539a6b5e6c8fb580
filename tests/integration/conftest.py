"""Home Assistant with a folder of its own: what is stored is really written there."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import DANGEROUS
from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .actions import Caller
from .dialogue import Dialogue
from .former import Formers
from .public_name import PublicName

HUNG_UP = "Error on transport creation for incoming connection"  # asyncio's own words


@pytest.fixture
def hass_config_dir(tmp_path: Path) -> str:
    return str(tmp_path)


@pytest.fixture
def hass_storage() -> dict[str, Any]:
    """Take the place of the one that keeps stores in memory."""
    return {}


@pytest.fixture(autouse=True)
def nothing_to_report(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Fail a test in which Home Assistant finds fault with how we use it."""
    yield
    found = [record.getMessage() for record in caplog.get_records("call")]
    assert not [text for text in found if text.startswith(("Detected that custom", "Detected blocking"))]


@pytest.fixture
def may_hang_up(hass: HomeAssistant) -> None:
    """Whoever does not believe a simulated host's certificate hangs up on it, as it should."""
    before = hass.loop.get_exception_handler()
    assert before is not None

    def look_away(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if context["message"] != HUNG_UP or not isinstance(context["exception"], ConnectionResetError):
            before(loop, context)

    hass.loop.set_exception_handler(look_away)


@pytest.fixture
def dialogue(
    hass: HomeAssistant,
    world: World,
    hass_client_no_auth: ClientSessionGenerator,
    enable_custom_integrations: None,
    current_request_with_host: None,
) -> Dialogue:
    """A user whose sign-in page says yes by itself."""
    world.cloud.approve()
    return Dialogue(hass, world, hass_client_no_auth)


@pytest.fixture
async def public_name(
    hass: HomeAssistant, account: Account, world: World, hass_client_no_auth: ClientSessionGenerator
) -> AsyncIterator[PublicName]:
    """A domain of the internet that leads to Home Assistant."""
    name = PublicName(hass, world, (await account.shared()).key)
    await name.begin(hass_client_no_auth)
    yield name
    await name.end()


@pytest.fixture
async def streaming(account: Account, car: Car) -> Account:
    """An account whose car delivers straight to it."""
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await account.connect(car)
    return account


@pytest.fixture
async def second(world: World) -> Car:
    return world.add_car("untyped")


@pytest.fixture
async def caller(account: Account, car: Car, second: Car) -> Caller:
    """An owner of two cars, who has switched everything on, and calls actions."""
    for one in (car, second):
        one.power.idle_s = 1e9
    await account.set_up(car, second, options={"dangerous": list(DANGEROUS)})
    return Caller(account)


@pytest.fixture
def formers(hass: HomeAssistant) -> Iterator[Formers]:
    """Other integrations that have cars."""
    formers = Formers(hass)
    yield formers
    formers.forget()
