"""A car with several sources: they tell one truth, and some go on where another falls silent."""

from datetime import timedelta

from homeassistant.const import EVENT_STATE_CHANGED
from homeassistant.core import Event, EventStateChangedData, HomeAssistant, callback
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    async_fire_time_changed,
)

from custom_components.tesla_direct.tesla.vehicle.signals import battery, climate
from simulator.car.car import Car
from simulator.world import World
from tests.broker import Broker, broker
from tests.home import until

from .account import Account
from .mqtt import add_mqtt, connected, end_mqtt
from .sources import (
    BASE,
    add_feed,
    broker_feed,
    health,
    listens,
    publish_to,
    set_up_with,
    shown_sources,
    works,
)

__all__ = ["broker", "connected"]

BATTERY = "sensor.battery_level"
CONNECTED = "binary_sensor.telemetry_connected"
AGE = "sensor.data_age"
ALERT = "event.alert"
MINUTE = 60.0
FIELDS = {"BatteryLevel": 1, "Gear": 1, "VehicleSpeed": 1, "Odometer": 1}


@pytest.fixture
async def both(account: Account, world: World, car: Car, mqtt: Broker) -> Account:
    """An account whose car delivers straight to it, and to a server that publishes what it says."""
    car.power.idle_s = 1e9
    port = await account.make_port()
    await set_up_with(account, car, receiver=port, feeds=[broker_feed()])
    await works(account, "mqtt")
    await account.connect(car)
    await publish(account, car, mqtt)
    return account


@pytest.fixture
def written(hass: HomeAssistant) -> list[tuple[str, str]]:
    """Each state that is written, with its entity."""
    found: list[tuple[str, str]] = []

    @callback
    def note(event: Event[EventStateChangedData]) -> None:
        if (new := event.data["new_state"]) is not None:
            found.append((event.data["entity_id"], new.state))

    hass.bus.async_listen(EVENT_STATE_CHANGED, note)
    return found


async def publish(account: Account, car: Car, mqtt: Broker, feed: str = "mqtt") -> None:
    """Open a server that publishes what the car says, and wait until a source hears that."""
    await publish_to(account, mqtt, FIELDS)
    await listens(account, car, feed)
    await heard(account, car, feed)


async def heard(account: Account, car: Car, source: str) -> None:
    """Have a car say something, and wait until a source has delivered it."""
    vehicle = account.runtime.vehicles[car.vin]
    await account.push(car, Odometer=9_000.0)
    await until(lambda: source in vehicle.heard and vehicle.heard[source].last_at == account.wall())
    await account.hass.async_block_till_done()


async def say(account: Account, car: Car, *sources: str, **values: float) -> None:
    """Have a car say something, and wait until each of these sources has delivered it."""
    vehicle = account.runtime.vehicles[car.vin]
    await account.push(car, **values)
    await until(
        lambda: all(
            source in vehicle.heard and vehicle.heard[source].last_at == account.wall() for source in sources
        )
    )
    await account.hass.async_block_till_done()


async def minute(account: Account) -> None:
    """Let the minute pass after which rates and last words are shown anew."""
    async_fire_time_changed(account.hass, dt_util.utcnow() + timedelta(minutes=1, seconds=1))
    await account.hass.async_block_till_done()


async def test_what_two_sources_tell_is_one_truth(both: Account, car: Car) -> None:
    await say(both, car, "receiver", "mqtt", BatteryLevel=55.0)

    assert both.shows(car, BATTERY) == "55.0"
    assert both.shows(car, CONNECTED) == "on"
    assert both.runtime.vehicles[car.vin].links == {"receiver": 1, "mqtt": 1}


async def test_what_comes_twice_is_written_and_told_once(
    both: Account, world: World, car: Car, written: list[tuple[str, str]]
) -> None:
    battery, alert = both.entity_id(car, BATTERY), both.entity_id(car, ALERT)
    for level in (51.0, 52.0, 53.0):
        await say(both, car, "receiver", "mqtt", BatteryLevel=level)
    assert [state for entity, state in written if entity == battery] == ["51.0", "52.0", "53.0"]

    written.clear()
    car.raise_alert("VCFRONT_a192_washerFluidLow")
    await world.settled()
    await say(both, car, "receiver", "mqtt", BatteryLevel=53.0)
    assert [entity for entity, _ in written].count(alert) == 1
    both.wall.move(60)
    car.end_alert("VCFRONT_a192_washerFluidLow")
    await world.settled()
    await say(both, car, "receiver", "mqtt", BatteryLevel=53.0)
    assert [entity for entity, _ in written].count(alert) == 2
    assert battery not in [entity for entity, _ in written]


async def test_the_one_place_that_shows_all_sources(both: Account, car: Car) -> None:
    await say(both, car, "receiver", "mqtt", BatteryLevel=55.0)
    await minute(both)

    shown = shown_sources(both, car)
    assert list(shown) == ["poll", "receiver", "mqtt"]
    assert all(one["works"] is True and one["trouble"] is None for one in shown.values())
    assert (shown["receiver"]["links"], shown["mqtt"]["links"], shown["poll"]["links"]) == (1, 1, None)
    assert shown["mqtt"]["last_word"] == dt_util.utc_from_timestamp(both.wall())
    assert shown["mqtt"]["signals_per_minute"] > 0


async def test_what_is_shown_of_sources_moves_once_a_minute_and_not_by_age(
    both: Account, car: Car, written: list[tuple[str, str]]
) -> None:
    entity = both.entity_id(car, "sensor.data_source")
    await minute(both)
    written.clear()
    for level in range(20):
        await say(both, car, "receiver", "mqtt", BatteryLevel=float(level))
    assert entity not in [one for one, _ in written]

    await minute(both)
    assert [one for one, _ in written].count(entity) == 1

    both.wall.move(6 * MINUTE)
    await minute(both)  # nobody has said anything for so long that the rate is none
    written.clear()
    both.wall.move(MINUTE)
    await minute(both)
    assert entity not in [one for one, _ in written]


async def test_the_second_source_dies_and_the_first_goes_on(
    both: Account, car: Car, mqtt: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    await mqtt.stop()
    await works(both, "mqtt", so=False)
    await say(both, car, "receiver", BatteryLevel=44.0)

    assert both.shows(car, BATTERY) == "44.0"
    assert both.shows(car, CONNECTED) == "on"
    assert shown_sources(both, car)["mqtt"]["works"] is False
    assert shown_sources(both, car)["mqtt"]["trouble"] == "broker_away"
    assert "no source works" not in caplog.text

    await mqtt.start()
    await works(both, "mqtt")
    await listens(both, car)
    await heard(both, car, "mqtt")
    assert shown_sources(both, car)["mqtt"]["trouble"] is None


async def test_the_first_source_dies_and_the_second_goes_on(both: Account, world: World, car: Car) -> None:
    car.stop_streaming()
    await until(lambda: both.runtime.vehicles[car.vin].links["receiver"] == 0)
    asked = len(world.cloud.requests())
    await say(both, car, "mqtt", BatteryLevel=43.0)
    await both.later(30 * MINUTE)

    assert both.shows(car, BATTERY) == "43"
    assert both.state(car, BATTERY).attributes["source"] == "mqtt"
    assert both.shows(car, CONNECTED) == "on"
    assert "vehicle_data" not in {request.name for request in world.cloud.requests()[asked:]}


async def test_what_only_the_dead_source_was_told_is_not_taken_for_told(both: Account, car: Car) -> None:
    await say(both, car, "receiver", "mqtt", BatteryLevel=43.0)
    vehicle = both.runtime.vehicles[car.vin]
    assert vehicle.streams([battery.LEVEL, climate.INSIDE_TEMP])

    car.stop_streaming()
    await until(lambda: vehicle.links["receiver"] == 0)
    assert vehicle.streams([battery.LEVEL])
    assert not vehicle.streams([climate.INSIDE_TEMP])


async def test_the_poll_takes_over_from_the_last_one_and_stops_when_pushes_return(
    both: Account, world: World, car: Car, mqtt: Broker
) -> None:
    car.stop_streaming()
    await mqtt.stop()
    await works(both, "mqtt", so=False)
    await until(lambda: not both.runtime.vehicles[car.vin].connected)
    fetched = len(world.cloud.requests("vehicle_data"))
    await both.later(MINUTE)
    assert len(world.cloud.requests("vehicle_data")) == fetched  # it may be back at once

    for _ in range(40):
        await both.later(MINUTE)
    taken_over = len(world.cloud.requests("vehicle_data"))
    assert taken_over > fetched
    assert both.state(car, BATTERY).attributes["source"] == "poll"

    await mqtt.start()
    await works(both, "mqtt")
    await listens(both, car)
    await heard(both, car, "mqtt")
    await say(both, car, "mqtt", BatteryLevel=42.0)
    after = len(world.cloud.requests("vehicle_data"))
    for _ in range(5):
        await both.later(MINUTE)
        await heard(both, car, "mqtt")
    assert len(world.cloud.requests("vehicle_data")) == after
    assert both.shows(car, BATTERY) == "42"


async def test_the_poll_hears_by_itself_that_nobody_tells_any_more(
    both: Account, world: World, car: Car, mqtt: Broker
) -> None:
    asked = len(world.cloud.requests("vehicles"))
    both.wall.move(30 * MINUTE)  # nobody has looked at the plan since
    car.stop_streaming()
    await mqtt.stop()

    await until(lambda: len(world.cloud.requests("vehicles")) > asked)
    await both.quiet()
    assert not both.runtime.vehicles[car.vin].connected


async def test_an_older_dated_value_is_never_shown_over_a_newer_one(
    both: Account, car: Car, written: list[tuple[str, str]]
) -> None:
    await say(both, car, "receiver", "mqtt", BatteryLevel=50.0)
    car.stop_streaming_to(f"topics {BASE}")
    await until(lambda: both.runtime.vehicles[car.vin].links["mqtt"] == 0)
    written.clear()
    car.skew_clock(-300)
    await say(both, car, "receiver", BatteryLevel=60.0)

    assert both.shows(car, BATTERY) == "50.0"
    assert both.entity_id(car, BATTERY) not in [entity for entity, _ in written]


async def test_what_one_source_gets_wrong_leaves_the_others_unharmed(
    both: Account, world: World, car: Car, caplog: pytest.LogCaptureFixture
) -> None:
    await say(both, car, "receiver", "mqtt", BatteryLevel=50.0)
    cast = world.broadcast
    assert cast is not None
    await cast.babble(car.vin)
    await cast.shout(car.vin)
    await cast.tell(car.vin, BatteryLevel="a lot", Gear=7, DoorState=[1])
    await cast.say(f"{car.vin}/v/BatteryLevel/more", "9")
    await cast.say(f"{car.vin.lower()}/v/BatteryLevel", "9")
    await say(both, car, "receiver", "mqtt", BatteryLevel=51.0)

    await until(lambda: both.shows(car, BATTERY) == "51.0")
    assert health(both, "mqtt").works is True
    assert "Traceback" not in caplog.text
    (feed,) = (one for one in both.runtime.feeds.all if one.name == "mqtt")
    assert sum(feed.skipped.values()) >= 2


async def test_an_entry_is_unloaded_and_comes_back_with_all_its_sources(both: Account, car: Car) -> None:
    tasks = list(both.runtime.feeds._tasks)
    assert await both.hass.config_entries.async_unload(both.entry.entry_id)
    assert all(task.done() for task in tasks)

    assert await both.hass.config_entries.async_setup(both.entry.entry_id)
    await both.quiet()
    await works(both, "mqtt")
    await until(lambda: car.telemetry.connections.open)
    await listens(both, car)
    await say(both, car, "receiver", "mqtt", BatteryLevel=41.0)
    assert both.shows(car, BATTERY) == "41.0"


async def test_a_source_is_added_and_removed_while_all_runs(
    account: Account, world: World, car: Car, mqtt: Broker
) -> None:
    await account.set_up(car)
    subentry = add_feed(account.hass, account.entry, broker_feed())
    await account.hass.async_block_till_done()
    await works(account, "mqtt")
    await publish(account, car, mqtt)
    await say(account, car, "mqtt", BatteryLevel=40.0)
    assert account.shows(car, BATTERY) == "40"

    account.hass.config_entries.async_remove_subentry(account.entry, subentry.subentry_id)
    await account.hass.async_block_till_done()
    await account.quiet()
    assert account.runtime.feeds.all == ()
    assert account.shows(car, BATTERY) == "40"  # its entities are the entry's


async def test_two_brokers_topics_are_two_sources(
    account: Account, world: World, car: Car, mqtt: Broker
) -> None:
    await set_up_with(account, car, feeds=[broker_feed("other"), broker_feed()])
    await works(account, "mqtt 2")
    await publish(account, car, mqtt, "mqtt 2")

    assert account.runtime.vehicles[car.vin].links == {"mqtt": 0, "mqtt 2": 1}
    assert "mqtt" not in account.runtime.vehicles[car.vin].heard
    assert account.state(car, BATTERY).attributes["source"] in {"mqtt", "poll"}


async def test_where_home_assistant_has_no_mqtt_that_is_said_and_ends_when_it_has(
    account: Account, world: World, car: Car, broker: Broker
) -> None:
    await set_up_with(account, car, feeds=[broker_feed()])
    await works(account, "mqtt", so=False)
    assert health(account, "mqtt").trouble == "mqtt_missing"
    assert account.shows(car, BATTERY) == "70"  # the poll is unharmed

    entry = await add_mqtt(account.hass, broker)
    await works(account, "mqtt")
    await publish(account, car, broker)

    await account.hass.config_entries.async_unload(entry.entry_id)
    await works(account, "mqtt", so=False)
    assert health(account, "mqtt").trouble == "mqtt_missing"
    assert not account.runtime.vehicles[car.vin].connected
    await end_mqtt(account.hass)


async def test_a_bug_in_one_source_costs_its_traceback_and_one_reload(
    account: Account, world: World, car: Car, mqtt: Broker, caplog: pytest.LogCaptureFixture
) -> None:
    port = await account.make_port()
    await account.sign_in()
    account.add_entry(car, receiver=port, subentries_data=[broker_feed(form="of another version")])
    await account.hass.config_entries.async_setup(account.entry.entry_id)
    await until(lambda: caplog.text.count("The source mqtt has ended unexpectedly") == 2)
    await until(lambda: account.loaded)
    await account.quiet()

    assert health(account, "mqtt").trouble == "bug"
    again = account.runtime
    await account.connect(car)
    await account.push(car, BatteryLevel=39.0)
    assert account.shows(car, BATTERY) == "39.0"
    assert account.runtime is again
    assert caplog.text.count("The source mqtt has ended unexpectedly") == 2
