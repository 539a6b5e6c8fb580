"""A world of cars and a cloud in which time stands still, and an account set up against it."""

from collections.abc import AsyncIterator, Generator

from homeassistant.core import HomeAssistant
from hypothesis import HealthCheck, settings
import pytest

from simulator.car.car import Car
from simulator.certificates import Authorities
from simulator.world import World
from tests.integration.account import Account
from tests.simulator.wall import Wall


def pytest_configure(config: pytest.Config) -> None:
    # The machine may be busy: how long something takes is no reason to fail.
    settings.register_profile(
        "busy", settings(), deadline=None, suppress_health_check=(HealthCheck.too_slow,)
    )
    settings.load_profile("busy")
    # Home Assistant's own way of keeping itself in its web server.
    config.addinivalue_line("filterwarnings", "ignore::aiohttp.web_exceptions.NotAppKeyWarning")
    # Home Assistant's test plugin freezes the garbage collector before each module, and what is frozen is not
    # found by gc.get_referrers(), by which Hypothesis looks whether its own generator is still held.
    config.addinivalue_line(
        "filterwarnings", "ignore:It looks like `register_random`:hypothesis.errors.HypothesisWarning"
    )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Forget what was logged in a test that has passed: of all of them together it is gigabytes."""
    report = yield
    if report.passed:
        report.sections.clear()
        if report.when == "teardown":
            item._report_sections.clear()
    return report


@pytest.fixture(scope="session")
def authorities() -> Authorities:
    return Authorities()


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
async def world(authorities: Authorities, wall: Wall, socket_enabled: None) -> AsyncIterator[World]:
    async with World(speed=0, wall=wall, authorities=authorities) as world:
        yield world


@pytest.fixture
async def car(world: World) -> Car:
    return world.add_car()


@pytest.fixture
async def account(hass: HomeAssistant, enable_custom_integrations: None, world: World, wall: Wall) -> Account:
    """An account that is not set up yet; `set_up` does it, without the dialogues."""
    return Account(hass, world, wall)
