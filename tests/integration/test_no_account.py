"""Cars that tell by themselves, through a broker, and an entry that asks nobody."""

from datetime import timedelta
import json
from pathlib import Path
from types import ModuleType

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    async_fire_time_changed,
    get_system_health_info,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct import feed_broker, feeds, poll_told
from custom_components.tesla_direct.cloud import NoTokens
from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.silence import GRACE
from custom_components.tesla_direct.tesla.errors import NoAccount
from custom_components.tesla_direct.tesla.source import broker as broker_source
from custom_components.tesla_direct.tesla.source import end, legacy_car, legacy_stream, logged_car, sse
from simulator.car.car import Car
from simulator.world import World
from tests.broker import Broker, broker
from tests.home import until

from .account import Account
from .mqtt import add_mqtt, connected, end_mqtt
from .reports import report
from .restart import restarted
from .sources import BASE, broker_feed, listens, set_up_alone, shown_sources, works

__all__ = ["broker", "connected"]

BATTERY = "sensor.battery_level"
STATE = "sensor.vehicle_state"
AGE = "sensor.data_age"
ALERT = "event.alert"
INTEGRATION = Path(__file__).parents[2] / "custom_components" / "tesla_direct"
# The names that these rooms have for what a source can lack.
TROUBLES = {
    "feeds": ("BUG", "NO_SOURCE", "NOT_LISTENING", "NEVER_CONNECTED"),
    "feed_broker": ("MQTT_MISSING",),
    "poll_told": ("UNREACHABLE", "NOT_LISTED"),
    "broker": ("BROKER_AWAY", "NOT_SUBSCRIBED"),
    "logged_car": ("UNHEALTHY", "UNAVAILABLE", "SILENT"),
    "end": ("LOGIN_EXPIRED", "REFUSED", "CLOUD_TROUBLE", "UNREACHABLE", "SILENT", "ENDED", "UNREADABLE"),
    "sse": ("SUBSCRIPTION_REQUIRED", "CREDITS", "RATE_LIMITED"),
    "legacy_car": ("NOT_SYNCED", "NO_CONFIGURATION", "REFUSED_HERE", "TAKEN_OVER", "DISCONNECTS"),
    "legacy_stream": ("CERTIFICATE",),
}
FIELDS = {"BatteryLevel": 1, "Gear": 1, "Odometer": 1, "Locked": 1}


@pytest.fixture
async def alone(account: Account, world: World, car: Car, mqtt: Broker) -> Account:
    """A car that its owner's server publishes, and nobody has signed in."""
    car.power.idle_s = 1e9
    await world.publish(mqtt.host, mqtt.port, fields=FIELDS, topic_base=BASE)
    await set_up_alone(account, car, feeds=[broker_feed()])
    await works(account, "mqtt")
    await listens(account, car)
    return account


async def say(account: Account, car: Car, **values: object) -> None:
    """Have a car say something, and wait until it has arrived."""
    vehicle = account.runtime.vehicles[car.vin]
    await account.push(car, **values)
    await until(lambda: "mqtt" in vehicle.heard and vehicle.heard["mqtt"].last_at == account.wall())
    await account.hass.async_block_till_done()


async def pass_grace(account: Account) -> None:
    async_fire_time_changed(account.hass, dt_util.utcnow() + timedelta(seconds=GRACE + 1))
    await account.hass.async_block_till_done()


async def test_what_the_car_tells_is_shown_and_nobody_is_asked(
    alone: Account, world: World, car: Car
) -> None:
    await say(alone, car, BatteryLevel=61.0, Gear="D")

    assert alone.shows(car, BATTERY) == "61"
    assert alone.shows(car, "sensor.shift_state") == "d"
    assert alone.shows(car, STATE) == "online"
    assert list(shown_sources(alone, car)) == ["mqtt"]
    async_fire_time_changed(alone.hass, dt_util.utcnow() + timedelta(days=2))
    await alone.hass.async_block_till_done()
    assert world.cloud.requests() == []


async def test_it_has_nothing_that_asks_or_costs(
    alone: Account, car: Car, entity_registry: er.EntityRegistry, device_registry: dr.DeviceRegistry
) -> None:
    await say(alone, car, BatteryLevel=61.0)

    entries = er.async_entries_for_config_entry(entity_registry, alone.entry.entry_id)
    assert {entry.domain for entry in entries} <= {
        "binary_sensor",
        "device_tracker",
        "event",
        "media_player",
        "sensor",
        "update",
    }
    keys = {entry.unique_id.removeprefix(f"{car.vin}-") for entry in entries}
    assert not keys & {"wake", "refresh", "polling", "command", "key_paired", "mobile_access", "in_service"}
    assert not [key for key in keys if key.startswith("none-")]
    (device,) = dr.async_entries_for_config_entry(device_registry, alone.entry.entry_id)
    assert device.identifiers == {(DOMAIN, car.vin)}


async def test_whoever_asks_for_something_is_told_that_nobody_has_signed_in(alone: Account, car: Car) -> None:
    await say(alone, car, BatteryLevel=61.0)
    with pytest.raises(HomeAssistantError) as refused:
        await alone.runtime.vehicles[car.vin].coordinator.commands.async_refresh(None)
    assert refused.value.translation_key == "no_account"


async def test_there_is_no_token_and_no_other_one() -> None:
    with pytest.raises(NoAccount):
        await NoTokens().access_token()
    with pytest.raises(NoAccount):
        await NoTokens().replace("refused")


async def test_no_notice_asks_for_what_it_does_not_need(
    alone: Account, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    await say(alone, car, BatteryLevel=61.0)

    assert [issue for domain, issue in issue_registry.issues if domain == DOMAIN] == []
    assert (await alone.shared()).key.key is None


async def test_a_car_whose_last_connection_has_ended_is_offline_after_a_while(
    alone: Account, car: Car
) -> None:
    await say(alone, car, BatteryLevel=61.0)
    vehicle = alone.runtime.vehicles[car.vin]
    car.sleep()
    await until(lambda: not vehicle.connected)
    await alone.hass.async_block_till_done()
    assert alone.shows(car, STATE) == "online"  # it may only change networks

    await pass_grace(alone)
    assert alone.shows(car, STATE) == "offline"
    assert alone.shows(car, BATTERY) == "61"

    car.wake_now()
    await say(alone, car, BatteryLevel=60.0)
    assert alone.shows(car, STATE) == "online"


async def test_nobody_waits_for_a_car_whose_entry_is_unloaded(alone: Account, car: Car) -> None:
    await say(alone, car, BatteryLevel=61.0)
    vehicle = alone.runtime.vehicles[car.vin]
    car.sleep()
    await until(lambda: not vehicle.connected)
    assert await alone.hass.config_entries.async_unload(alone.entry.entry_id)
    await pass_grace(alone)

    assert vehicle.power.value == "online"


async def test_nobody_waits_for_a_broker_whose_entry_is_unloaded(
    alone: Account, car: Car, mqtt: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    await say(alone, car, BatteryLevel=61.0)
    await mqtt.stop()
    await works(alone, "mqtt", so=False)
    coordinator = alone.runtime.vehicles[car.vin].coordinator
    assert await alone.hass.config_entries.async_unload(alone.entry.entry_id)
    await pass_grace(alone)

    assert coordinator.available
    assert "no source works" not in caplog.text


async def test_a_car_that_changes_networks_stays_online(alone: Account, car: Car) -> None:
    await say(alone, car, BatteryLevel=61.0)
    vehicle = alone.runtime.vehicles[car.vin]
    car.reconnect()
    await until(lambda: not vehicle.connected)
    await alone.world.advance(5)
    await say(alone, car, BatteryLevel=60.0)
    await until(lambda: vehicle.connected)
    await pass_grace(alone)

    assert alone.shows(car, STATE) == "online"


async def test_without_its_broker_nothing_is_known_of_a_car_and_nothing_is_concluded(
    alone: Account, car: Car, mqtt: Broker
) -> None:
    await say(alone, car, BatteryLevel=61.0)
    await mqtt.stop()
    await works(alone, "mqtt", so=False)
    assert alone.shows(car, BATTERY) == "61"  # it may only be restarted
    await pass_grace(alone)
    assert alone.shows(car, BATTERY) == "unavailable"
    await pass_grace(alone)
    assert alone.runtime.vehicles[car.vin].power.value == "online"

    await mqtt.start()
    await works(alone, "mqtt")
    assert alone.shows(car, BATTERY) == "61"
    await listens(alone, car)
    await say(alone, car, BatteryLevel=60.0)
    assert alone.shows(car, BATTERY) == "60"


async def test_a_broker_that_is_back_in_a_moment_is_not_noticed(
    alone: Account, car: Car, mqtt: Broker
) -> None:
    await say(alone, car, BatteryLevel=61.0)
    seen: list[str] = []

    def note(event: Event[EventStateChangedData]) -> None:
        if (new := event.data["new_state"]) is not None:
            seen.append(new.state)

    alone.hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    await mqtt.stop()
    await works(alone, "mqtt", so=False)
    await mqtt.start()
    await works(alone, "mqtt")
    await pass_grace(alone)

    assert "unavailable" not in seen
    assert alone.shows(car, BATTERY) == "61"


async def test_what_a_broker_has_kept_for_months_is_shown_and_is_no_news(
    account: Account, world: World, car: Car, mqtt: Broker
) -> None:
    car.sleep()
    await world.publish(mqtt.host, mqtt.port, fields=FIELDS, topic_base=BASE)
    cast = world.broadcast
    assert cast is not None
    await cast.leave(car.vin, BatteryLevel=33.0, Gear="D")
    await cast.say(
        f"{car.vin}/alerts/VCFRONT_a192_washerFluidLow/current",
        json.dumps({"Name": "VCFRONT_a192_washerFluidLow", "StartedAt": 1.0, "Audiences": ["Customer"]}),
        retained=True,
    )
    events: list[str] = []

    def note(event: Event[EventStateChangedData]) -> None:
        events.append(event.data["entity_id"])

    await set_up_alone(account, car, feeds=[broker_feed()])
    account.hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    await works(account, "mqtt")
    await listens(account, car)
    # A broker hands on what it keeps in any order, and what comes together is taken together.
    await until(lambda: account.shows(car, BATTERY) == "33")
    await account.hass.async_block_till_done()

    shown = account.state(car, BATTERY)
    assert shown.state == "33"
    assert shown.attributes["measured_at"] is None
    assert shown.attributes["source"] == "mqtt"
    assert account.shows(car, AGE) == "unknown"
    assert account.shows(car, ALERT) == "unknown"
    assert account.shows(car, STATE) != "online"
    vehicle = account.runtime.vehicles[car.vin]
    assert vehicle.heard == {}
    assert not vehicle.connected

    car.wake_now()
    await say(account, car, BatteryLevel=34.0)
    assert account.shows(car, BATTERY) == "34"
    assert account.state(car, BATTERY).attributes["measured_at"] is not None


async def test_what_was_known_before_a_restart_counts_more_than_what_a_broker_has_kept(
    alone: Account, world: World, car: Car, mqtt: Broker
) -> None:
    await say(alone, car, BatteryLevel=61.0)
    car.sleep()
    cast = world.broadcast
    assert cast is not None
    await cast.leave(car.vin, BatteryLevel=33.0)
    await alone.hass.async_block_till_done()
    async with restarted(alone) as again:
        await add_mqtt(again.hass, mqtt)
        await works(again, "mqtt")
        await listens(again, car)
        assert again.shows(car, BATTERY) == "61"
        await end_mqtt(again.hass)


async def test_a_broker_that_never_was_there_is_not_waited_for(account: Account, car: Car) -> None:
    await set_up_alone(account, car, feeds=[broker_feed()])
    await works(account, "mqtt", so=False)

    assert account.shows(car, STATE) == "unavailable"


async def test_without_any_source_its_cars_are_unavailable(account: Account, car: Car) -> None:
    await set_up_alone(account, car)

    assert account.shows(car, STATE) == "unavailable"
    assert not account.runtime.vehicles[car.vin].coordinator.available


async def test_the_health_page_names_the_broker_and_no_cloud(
    alone: Account, car: Car, hass: HomeAssistant
) -> None:
    await say(alone, car, BatteryLevel=61.0)
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)

    assert "cloud" not in info
    assert info["source_mqtt"].startswith("works for 1 of 1, last word 2026-10-07T")
    assert "source_poll" not in info


async def test_the_health_page_says_why_a_source_is_silent(
    account: Account, car: Car, hass: HomeAssistant
) -> None:
    await set_up_alone(account, car, feeds=[broker_feed()])
    await works(account, "mqtt", so=False)
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)

    why = "Home Assistant's MQTT integration is not set up"
    assert info["source_mqtt"] == f"works for 0 of 1 ({why}), last word never"


async def test_diagnostics_name_no_car(alone: Account, car: Car, hass_client: ClientSessionGenerator) -> None:
    await say(alone, car, BatteryLevel=61.0)
    told = await report(alone, hass_client)

    assert car.vin not in json.dumps(told)
    assert told["feeds"]["mqtt"]["works"] is True
    assert told["cars"]["car 1"]["sources"]["mqtt"]["links"] == 1
    assert told["cars"]["car 1"]["readings"]["battery_level"]["value"] == 61


async def test_the_entry_is_removed_without_a_word_to_anybody(
    alone: Account, world: World, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    await say(alone, car, BatteryLevel=61.0)
    await alone.hass.config_entries.async_remove(alone.entry.entry_id)
    await alone.hass.async_block_till_done()

    assert world.cloud.requests() == []
    assert [issue for domain, issue in issue_registry.issues if domain == DOMAIN] == []
    assert alone.hass.config_entries.async_entries(DOMAIN) == []


@pytest.mark.parametrize(
    "room",
    [feeds, feed_broker, poll_told, broker_source, logged_car, end, sse, legacy_car, legacy_stream],
)
def test_whatever_a_source_can_lack_is_said_in_words(room: ModuleType) -> None:
    """Each constant of these rooms that names a trouble, by what is in the texts."""
    texts = json.loads((INTEGRATION / "translations" / "en.json").read_text(encoding="utf-8"))["common"]
    said = {key.removeprefix("source_trouble_") for key in texts if key.startswith("source_trouble_")}

    assert {getattr(room, name) for name in TROUBLES[room.__name__.rpartition(".")[2]]} <= said
