"""A service's stream as a source: of the account's own service, and beside another provider."""

from functools import partial
from pathlib import Path

from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.feed_stream import async_forget_streams
from simulator.car.car import Car
from simulator.teslemetry.service import UID, Teslemetry
from simulator.world import World
from tests.broker import Broker, broker
from tests.home import until

from .account import Account
from .mqtt import connected
from .sources import (
    add_feed,
    broker_feed,
    health,
    listens,
    publish_to,
    set_up_streamed,
    set_up_with,
    shown_sources,
    stream_feed,
    works,
)

__all__ = ["broker", "connected"]

BATTERY = "sensor.battery_level"
CONNECTED = "binary_sensor.telemetry_connected"
KEY = "binary_sensor.key_paired"
ALERT = "event.alert"
AGE = "sensor.data_age"


@pytest.fixture
async def service(world: World, car: Car) -> Teslemetry:
    """The service, to which the car streams."""
    car.power.idle_s = 1e9
    service = await world.open_teslemetry()
    service.pair(car.vin)
    service.stream(car.vin, BatteryLevel=1, Gear=1, Odometer=1)
    return service


async def say(account: Account, car: Car, *sources: str, **values: object) -> None:
    """Have a car say something, and wait until each of these sources has delivered it."""
    vehicle = account.runtime.vehicles[car.vin]
    await account.push(car, **values)
    await until(
        lambda: all(
            source in vehicle.heard and vehicle.heard[source].last_at == account.wall() for source in sources
        )
    )
    await account.hass.async_block_till_done()


async def expire(account: Account, service: Teslemetry) -> None:
    """Have the service not know its token any more, and wait until that is clear."""
    service.revoke_tokens()
    await works(account, "sse", so=False)
    account.wall.move(60)  # after which it is tried again
    await until(lambda: health(account, "sse").trouble == "login_expired")
    await account.hass.async_block_till_done()


async def test_an_account_with_the_service_has_its_stream(
    account: Account, service: Teslemetry, car: Car
) -> None:
    await set_up_streamed(account, service, car)
    await works(account, "sse")
    await say(account, car, "sse", BatteryLevel=54.0)

    assert float(account.shows(car, BATTERY)) == 54.0
    assert account.state(car, BATTERY).attributes["source"] == "sse"
    assert account.shows(car, CONNECTED) == "on"
    assert shown_sources(account, car)["sse"]["links"] == 1


async def test_a_car_that_streams_to_the_account_s_own_service_has_its_key(
    account: Account, service: Teslemetry, car: Car
) -> None:
    await set_up_streamed(account, service, car)
    await works(account, "sse")
    await say(account, car, "sse", BatteryLevel=54.0)

    assert account.runtime.vehicles[car.vin].key_paired(told=False) is True


async def test_a_stream_beside_tesla_proves_nothing_of_our_key_and_asks_for_nothing(
    account: Account, service: Teslemetry, car: Car
) -> None:
    await set_up_with(account, car, feeds=[await stream_feed(account, service)])
    await works(account, "sse")
    await say(account, car, "sse", BatteryLevel=54.0)

    vehicle = account.runtime.vehicles[car.vin]
    assert vehicle.connected
    assert vehicle.key_paired(told=False) is False
    assert not vehicle.connected_before
    assert {request.name for request in service.requests()} == {"sse"}


async def test_what_streams_beside_tesla_is_on_nobody_s_bill_here(
    account: Account, service: Teslemetry, car: Car
) -> None:
    await set_up_with(account, car, feeds=[await stream_feed(account, service)])
    await works(account, "sse")
    await say(account, car, "sse", BatteryLevel=54.0)

    assert account.runtime.ledger.month(account.wall()).signals == {}


async def test_what_a_stream_delivers_is_not_fetched_for_money(
    account: Account, service: Teslemetry, world: World, car: Car
) -> None:
    await set_up_with(account, car, feeds=[await stream_feed(account, service)])
    await works(account, "sse")
    await say(account, car, "sse", BatteryLevel=54.0)
    fetched = len(world.cloud.requests("vehicle_data"))
    for _ in range(6):
        await account.later(600)

    assert len(world.cloud.requests("vehicle_data")) == fetched


async def test_a_snapshot_is_shown_and_is_no_sign_of_life(
    account: Account, service: Teslemetry, car: Car
) -> None:
    await account.push(car, BatteryLevel=37.0)
    car.raise_alert()
    await account.world.settled()
    car.sleep()
    await account.world.advance(5)
    account.wall.move(3600)
    await set_up_streamed(account, service, car)
    await works(account, "sse")
    await account.hass.async_block_till_done()

    vehicle = account.runtime.vehicles[car.vin]
    assert float(account.shows(car, BATTERY)) == 37.0
    assert not vehicle.connected
    assert "sse" not in vehicle.heard
    assert account.shows(car, ALERT) == "unknown"
    assert vehicle.power.value != "online"


async def test_an_expired_sign_in_of_a_further_stream_is_shown_and_harms_nobody(
    account: Account, service: Teslemetry, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    await set_up_with(account, car, feeds=[await stream_feed(account, service)])
    await works(account, "sse")
    await say(account, car, "sse", BatteryLevel=54.0)
    await expire(account, service)

    (issue,) = (one for one in issue_registry.issues.values() if one.domain == DOMAIN)
    assert issue.translation_key == "stream_login_expired"
    assert account.hass.config_entries.flow.async_progress() == []  # nobody has to sign in with Tesla
    assert account.shows(car, BATTERY) != "unavailable"
    assert shown_sources(account, car)["sse"]["trouble"] == "login_expired"

    service.token = service.paste_token()
    await stream_feed(account, service)  # as its dialogue does
    await account.reload()
    await works(account, "sse")
    assert issue_registry.async_get_issue(DOMAIN, issue.issue_id) is None


def notices(issue_registry: ir.IssueRegistry) -> set[str | None]:
    return {one.translation_key for one in issue_registry.issues.values() if one.domain == DOMAIN}


async def until_unpaid(account: Account, trouble: str) -> None:
    """Have the stream tried again, and wait until it is clear what it lacks."""
    await works(account, "sse", so=False)
    account.wall.move(60)
    await until(lambda: health(account, "sse").trouble == trouble)
    await account.hass.async_block_till_done()


async def test_a_further_stream_that_nobody_pays_for_is_shown_until_somebody_does(
    account: Account, service: Teslemetry, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    await set_up_with(account, car, feeds=[await stream_feed(account, service)])
    await works(account, "sse")
    service.drop_subscription()
    await until_unpaid(account, "subscription_required")

    (issue,) = (one for one in issue_registry.issues.values() if one.domain == DOMAIN)
    assert issue.translation_key == "stream_without_subscription"
    assert issue.translation_placeholders == {
        "name": account.entry.title,
        "stream": "Teslemetry",
        "console": "https://teslemetry.com/console",
    }

    service.subscribe()
    service.refuse("sse", 503, times=1)
    account.wall.move(3600)
    await until(lambda: health(account, "sse").trouble == "cloud_trouble")
    assert notices(issue_registry) == {"stream_without_subscription"}  # who knows

    account.wall.move(600)
    await works(account, "sse")
    assert notices(issue_registry) == set()


async def test_what_a_further_stream_lacks_is_told_for_what_it_is_and_goes_with_it(
    account: Account, service: Teslemetry, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    await account.set_up(car)
    service.refuse("sse", "insufficient_credits")
    subentry = add_feed(account.hass, account.entry, await stream_feed(account, service))
    await until(lambda: account.loaded and len(account.runtime.feeds.all) == 1)
    await until_unpaid(account, "credits")
    assert notices(issue_registry) == {"stream_without_credits"}

    account.hass.config_entries.async_remove_subentry(account.entry, subentry.subentry_id)
    await until(lambda: account.loaded and account.runtime.feeds.all == ())
    await account.quiet()
    assert notices(issue_registry) == set()


async def test_a_stream_of_the_account_itself_that_nobody_pays_for_has_the_account_looked_at(
    account: Account, service: Teslemetry, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    await set_up_streamed(account, service, car)
    await works(account, "sse")
    account.wall.move(61)
    service.drop_subscription()
    await until_unpaid(account, "subscription_required")

    await until(lambda: "teslemetry_subscription_ended" in notices(issue_registry))
    service.subscribe()
    account.wall.move(3600)
    await works(account, "sse")
    await until(lambda: notices(issue_registry) == set())


async def test_an_expired_sign_in_of_the_account_itself_asks_for_another(
    account: Account, service: Teslemetry, car: Car
) -> None:
    await set_up_streamed(account, service, car)
    await works(account, "sse")
    await expire(account, service)

    (flow,) = account.hass.config_entries.flow.async_progress()
    assert flow["context"]["source"] == "reauth"


async def test_the_token_of_a_further_stream_goes_with_it(
    account: Account, service: Teslemetry, car: Car
) -> None:
    await account.set_up(car)
    subentry = add_feed(account.hass, account.entry, await stream_feed(account, service))
    await account.hass.async_block_till_done()
    await works(account, "sse")
    tokens = (await account.shared()).tokens
    assert await tokens.async_load(f"teslemetry:{UID}") is not None

    account.hass.config_entries.async_remove_subentry(account.entry, subentry.subentry_id)
    await until(lambda: account.loaded and account.runtime.feeds.all == ())
    await account.quiet()
    assert await tokens.async_load(f"teslemetry:{UID}") is None
    assert await tokens.async_load(account.owner.sub) is not None


async def test_it_goes_with_the_entry_too(account: Account, service: Teslemetry, car: Car) -> None:
    await set_up_with(account, car, feeds=[await stream_feed(account, service)])
    await account.hass.config_entries.async_remove(account.entry.entry_id)

    assert await (await account.shared()).tokens.async_load(f"teslemetry:{UID}") is None


async def test_one_that_was_removed_while_its_entry_was_disabled_is_forgotten_at_the_next_start(
    account: Account, service: Teslemetry, car: Car
) -> None:
    tokens = (await account.shared()).tokens
    feed = await stream_feed(account, service)
    kept = await tokens.async_load(f"teslemetry:{UID}")
    assert kept is not None
    await tokens.async_save("teslemetry:gone", kept)
    await set_up_with(account, car, feeds=[feed])

    assert await tokens.async_names() == {f"teslemetry:{UID}", account.owner.sub}


async def test_a_disk_that_cannot_be_read_keeps_nobody_from_starting(
    hass: HomeAssistant, account: Account, caplog: pytest.LogCaptureFixture
) -> None:
    shared = await account.shared()
    path = Path(hass.config.path(".storage", f"{DOMAIN}.tokens"))
    await hass.async_add_executor_job(partial(path.mkdir, parents=True))
    await async_forget_streams(hass, shared)

    assert "stays for now: the tokens cannot be read" in caplog.text


async def test_three_sources_at_once_and_a_reload(
    account: Account, service: Teslemetry, world: World, car: Car, mqtt: Broker
) -> None:
    port = await account.make_port()
    feeds = [broker_feed(), await stream_feed(account, service)]
    await set_up_with(account, car, receiver=port, feeds=feeds)
    await works(account, "sse")
    await works(account, "mqtt")
    await account.connect(car)
    await publish_to(account, mqtt)
    await listens(account, car)
    await say(account, car, "receiver", "mqtt", "sse", BatteryLevel=52.0)
    assert account.runtime.vehicles[car.vin].links == {"receiver": 1, "mqtt": 1, "sse": 1}

    tasks = list(account.runtime.feeds._tasks)
    await account.reload()
    assert all(task.done() for task in tasks)
    await works(account, "sse")
    await works(account, "mqtt")
    await until(lambda: car.telemetry.connections.open)
    await listens(account, car)
    await say(account, car, "receiver", "mqtt", "sse", BatteryLevel=51.0)
    assert float(account.shows(car, BATTERY)) == 51.0


async def test_while_one_stream_lives_another_may_end_again_and_again(
    account: Account, service: Teslemetry, car: Car, caplog: pytest.LogCaptureFixture
) -> None:
    port = await account.make_port()
    await set_up_with(account, car, receiver=port, feeds=[await stream_feed(account, service)])
    await works(account, "sse")
    await account.connect(car)
    service.reset_streams()
    await works(account, "sse", so=False)
    await say(account, car, "receiver", BatteryLevel=50.0)

    assert float(account.shows(car, BATTERY)) == 50.0
    assert account.shows(car, CONNECTED) == "on"
    assert "no source works" not in caplog.text
    account.wall.move(60)
    await works(account, "sse")
