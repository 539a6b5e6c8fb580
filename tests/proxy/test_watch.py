"""A proxy is looked at every day, for as long as Home Assistant runs."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
import ssl
import time

from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    async_fire_time_changed,
)

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.port_settings import prepare
from custom_components.tesla_direct.port_watch import RARELY, PortWatch
from custom_components.tesla_direct.tesla.fleet_telemetry.requests import Proxied
from simulator.car.car import Car
from tests.home import until
from tests.integration.account import Account
from tests.integration.conftest import streaming
from tests.integration.dialogue import Dialogue
from tests.integration.test_receiver_flow import to_this_machine

from .test_forwarding import House, house

__all__ = ["house", "streaming"]

NOW = datetime(2026, 11, 21, tzinfo=UTC)


async def hours(watch: PortWatch, number: int = RARELY) -> None:
    for _ in range(number):
        await watch.async_step(NOW)


@pytest.fixture
async def watch(house: House, car: Car) -> PortWatch:
    """Whoever watches the proxy of an account, which is not started yet."""
    await house.set_up(car, public_port=house.nginx.port)
    ports = (await house.account.shared()).ports
    ports.resolve = to_this_machine
    return PortWatch(house.account.hass, house.account.entry, ports)


def issue_of(house: House) -> ir.IssueEntry | None:
    key = f"proxy_wrong_{house.account.entry.entry_id}"
    return ir.async_get(house.account.hass).async_get_issue(DOMAIN, key)


async def test_a_proxy_that_lets_cars_through_is_looked_at_once_a_day(house: House, watch: PortWatch) -> None:
    await house.start()
    await hours(watch, 2 * RARELY)

    assert house.turned_away == {"forwarded_certificate_not_verified": 2}
    assert issue_of(house) is None


async def show(house: House, secret: str) -> None:
    """Have the port and the proxy share this secret, or not."""

    def made() -> tuple[ssl.SSLContext, Proxied | None]:
        prepared = prepare(replace(house.port.settings, secret=secret), time.time())
        return prepared.context, prepared.proxied

    house.account.server.show(*await house.account.hass.async_add_executor_job(made))


async def test_what_is_wrong_with_a_proxy_is_told_when_it_is_seen_twice_until_it_is_mended(
    house: House, watch: PortWatch, dialogue: Dialogue
) -> None:
    await house.start()
    await show(house, "another-secret-of-16")
    await hours(watch)
    assert issue_of(house) is None
    await hours(watch, 1)
    issue = issue_of(house)
    assert issue is not None
    assert "another secret" in (issue.translation_placeholders or {})["problem"]
    await dialogue.begin_repair(issue)
    await dialogue.answer_repair()
    assert dialogue.step["reason"] == "leads_on"

    await show(house, house.port.settings.secret)
    await hours(watch, 1)
    assert issue_of(house) is None


async def test_a_proxy_that_cannot_be_called_from_here_says_nothing_of_cars(
    house: House, watch: PortWatch
) -> None:
    await hours(watch, 2 * RARELY)  # it is not running

    assert issue_of(house) is None


async def test_a_port_without_a_proxy_is_left_alone(streaming: Account) -> None:
    asked: list[str] = []

    async def resolve(host: str, _port: int) -> list[str]:
        asked.append(host)
        return []

    ports = (await streaming.shared()).ports
    ports.resolve = resolve
    await hours(PortWatch(streaming.hass, streaming.entry, ports), 2 * RARELY)

    assert asked == []


async def test_the_watch_goes_on_as_long_as_the_entry_is_loaded(house: House, watch: PortWatch) -> None:
    await house.start()
    for hour in range(1, RARELY + 1):
        async_fire_time_changed(house.account.hass, dt_util.utcnow() + timedelta(hours=hour, seconds=1))
        await house.account.hass.async_block_till_done(wait_background_tasks=False)
    await until(lambda: house.turned_away)

    assert house.turned_away == {"forwarded_certificate_not_verified": 1}
