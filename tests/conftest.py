"""A world of cars and a cloud in which time stands still, and an account set up against it."""

import asyncio
from collections.abc import AsyncIterator, Generator, Iterator
import datetime as dt
import inspect
import threading

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
from hypothesis import HealthCheck, settings
import pytest
from pytest_asyncio import is_async_test
from pytest_homeassistant_custom_component.plugins import HASocketBlockedError  # type: ignore[import-untyped]  # has no types

from simulator.car.car import Car
from simulator.certificates import Authorities
from simulator.world import World
from tests.integration.account import Account
from tests.simulator.wall import Wall

# What Home Assistant's test plugin does around each test for the sake of an event loop or of Home Assistant.
FOR_A_LOOP = frozenset(
    {
        "configure_event_loop",
        "disable_http_server",
        "enable_event_loop_debug",
        "skip_stop_scripts",
        "verify_cleanup",
    }
)


def pytest_configure(config: pytest.Config) -> None:
    # The machine may be busy: how long something takes is no reason to fail.
    settings.register_profile(
        "busy", settings(), deadline=None, suppress_health_check=(HealthCheck.too_slow,)
    )
    settings.load_profile("busy")
    # Home Assistant's own way of keeping itself in its web server.
    config.addinivalue_line("filterwarnings", "ignore::aiohttp.web_exceptions.NotAppKeyWarning")
    # What is frozen is not found by gc.get_referrers(), by which Hypothesis looks whether its own generator
    # is still held.
    config.addinivalue_line(
        "filterwarnings", "ignore:It looks like `register_random`:hypothesis.errors.HypothesisWarning"
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Give no event loop to tests that wait for nothing: making and ending one takes longer than they do."""
    for item in items:
        if isinstance(item, pytest.Function) and not _waits(item):
            item.fixturenames = ["nothing_left", *(one for one in item.fixturenames if one not in FOR_A_LOOP)]


def _waits(item: pytest.Function) -> bool:
    """Tell whether a test, or what is made anew for it, is a coroutine."""
    if is_async_test(item):
        return True
    known = item._fixtureinfo.name2fixturedefs
    made = [known[name][-1] for name in item.fixturenames if name in known and name not in FOR_A_LOOP]
    return any(
        inspect.iscoroutinefunction(one.func) or inspect.isasyncgenfunction(one.func)
        for one in made
        if one.scope == "function"
    )


@pytest.fixture(autouse=True)
async def enable_event_loop_debug() -> None:
    """Let asyncio check what its debug mode checks, without noting the stack of each future and callback.

    Noting takes longer than most tests.
    """
    loop = asyncio.get_running_loop()
    loop.set_debug(True)  # what the loop itself goes by
    loop.get_debug = lambda: False  # type: ignore[method-assign]  # what futures and callbacks ask


@pytest.fixture
def nothing_left() -> Iterator[None]:
    """Hold a test without an event loop to what the plugin holds the others to."""
    before = frozenset(threading.enumerate())
    yield
    left = frozenset(threading.enumerate()) - before
    assert not [one for one in left if "_run_safe_shutdown_loop" not in one.name]  # of the session's resolver
    tried, HASocketBlockedError.instances = HASocketBlockedError.instances, []
    assert not tried, "the test opens sockets"
    assert dt_util.DEFAULT_TIME_ZONE is dt.UTC


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
