"""Cars that a TeslaMate tells of: the simulated one, over a real broker and Home Assistant's own MQTT."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    async_fire_time_changed,
)

from custom_components.tesla_direct.silence import GRACE
from custom_components.tesla_direct.tesla.source.logged_car import SILENT_FOR, TROUBLE_AFTER
from custom_components.tesla_direct.tesla.vehicle import conclusions
from custom_components.tesla_direct.tesla.vehicle.signals import battery, charge, drive, seats, security
from simulator.car.car import Car
from simulator.teslamate.logger import TeslaMate
from simulator.world import World
from tests.broker import Broker, broker
from tests.home import until

from .account import Account
from .mqtt import add_mqtt, connected, end_mqtt, publish
from .sources import health, set_up_alone, set_up_with, shown_sources, teslamate_feed, works

__all__ = ["broker", "connected"]

BATTERY = "sensor.battery_level"
STATE = "sensor.vehicle_state"
NAME = "teslamate"


async def follow(account: Account, world: World, mqtt: Broker, *cars: Car, namespace: str = "") -> TeslaMate:
    """Set up cars without any account, of which a TeslaMate tells; return that one."""
    for car in cars:
        car.power.idle_s = 1e9
    await set_up_alone(account, *cars, feeds=[teslamate_feed(*cars, namespace=namespace)])
    await works(account, NAME)
    teslamate = await world.open_teslamate(mqtt.host, mqtt.port, namespace=namespace)
    await heard(account, teslamate, *cars)
    return teslamate


async def heard(account: Account, teslamate: TeslaMate, *cars: Car) -> None:
    """Have TeslaMate look at its cars until that is heard: Home Assistant takes its time until it listens."""
    while not all(account.runtime.vehicles[car.vin].links[NAME] for car in cars):
        await teslamate.look()
        await asyncio.sleep(0)
    for number, car in enumerate(cars, 1):
        await teslamate.say("outside_temp", "11.5", car=number)
        vehicle = account.runtime.vehicles[car.vin]
        await until(lambda vehicle=vehicle: NAME in vehicle.heard)  # type: ignore[misc]  # its default
    await account.hass.async_block_till_done()


@pytest.fixture
async def followed(account: Account, world: World, car: Car, mqtt: Broker) -> TeslaMate:
    return await follow(account, world, mqtt, car)


async def shown(account: Account, so: Callable[[], bool]) -> None:
    """Wait until something is shown."""
    await until(so)
    await account.hass.async_block_till_done()


async def seconds_pass(account: Account, seconds: float) -> None:
    """Let Home Assistant's time pass."""
    async_fire_time_changed(account.hass, dt_util.utcnow() + timedelta(seconds=seconds))
    await account.hass.async_block_till_done()


async def test_what_teslamate_tells_is_shown_and_nobody_is_asked(
    account: Account, world: World, car: Car, followed: TeslaMate
) -> None:
    await followed.say("battery_level", "61")
    await shown(account, lambda: account.shows(car, BATTERY) == "61.0")

    assert account.state(car, BATTERY).attributes["source"] == NAME
    assert account.shows(car, STATE) == "online"
    assert account.shows(car, "sensor.shift_state") == "p"
    assert account.shows(car, "binary_sensor.telemetry_connected") == "on"
    assert list(shown_sources(account, car)) == [NAME]
    assert shown_sources(account, car)[NAME]["links"] == 1
    assert world.cloud.requests() == []


async def test_a_drive_is_followed_in_the_units_of_cars(
    account: Account, car: Car, followed: TeslaMate
) -> None:
    known = account.runtime.vehicles[car.vin].coordinator.data
    assert conclusions.speed(known) == 0
    await followed.say("shift_state", "D")
    await followed.say("speed", "101")
    await shown(account, lambda: conclusions.speed(known) == 63)
    await followed.say("odometer", "1609.34")
    await shown(account, lambda: known.get(drive.ODOMETER) == 1000)

    assert account.shows(car, "sensor.shift_state") == "d"
    # The speed of a car that stands is not told.
    await followed.say("shift_state", "P")
    await shown(account, lambda: account.shows(car, "sensor.shift_state") == "p")
    assert conclusions.speed(known) == 0


async def test_a_car_that_sleeps_is_asleep_and_stays_so(
    account: Account, car: Car, followed: TeslaMate
) -> None:
    battery = account.shows(car, BATTERY)
    car.power.sleep()
    await followed.look()
    await shown(account, lambda: account.shows(car, STATE) == "asleep")
    await seconds_pass(account, GRACE + 1)

    assert account.shows(car, STATE) == "asleep"
    assert account.shows(car, BATTERY) == battery
    assert account.shows(car, "binary_sensor.telemetry_connected") == "off"
    car.power.wake_now()
    await followed.look()
    await shown(account, lambda: account.shows(car, STATE) == "online")


async def test_a_teslamate_that_gets_nothing_of_a_car_is_said_and_recovers(
    account: Account, world: World, car: Car, second: Car, mqtt: Broker
) -> None:
    followed = await follow(account, world, mqtt, car, second)
    links = account.runtime.vehicles[car.vin].links
    await followed.fail()
    await until(lambda: links[NAME] == 0)
    account.wall.move(TROUBLE_AFTER)
    await followed.say("battery_level", "50", car=2)
    await followed.say("healthy", "false", retained=False)
    (feed,) = account.runtime.feeds.all
    await shown(account, lambda: feed.troubles.get(car.vin) == "teslamate_unhealthy")

    # Nobody else tells of it.
    assert account.shows(car, BATTERY) == "unavailable"
    assert account.shows(second, BATTERY) == "50.0"
    assert shown_sources(account, second)[NAME]["trouble"] is None
    assert account.runtime.vehicles[second.vin].links[NAME] == 1
    await followed.recover()
    await shown(account, lambda: account.shows(car, BATTERY) != "unavailable")
    assert shown_sources(account, car)[NAME]["trouble"] is None
    assert links[NAME] == 1


async def test_a_teslamate_that_has_gone_is_not_believed_for_ever(
    account: Account, world: World, car: Car, second: Car, mqtt: Broker
) -> None:
    followed = await follow(account, world, mqtt, car, second)
    await followed.stop()
    account.wall.move(SILENT_FOR)
    await publish(account.hass, "teslamate/cars/2/healthy", "true")
    await shown(account, lambda: account.runtime.vehicles[car.vin].links[NAME] == 0)
    await seconds_pass(account, GRACE + 1)

    assert account.shows(car, STATE) == "offline"
    assert account.shows(second, STATE) == "online"
    await followed.restart()
    await shown(account, lambda: account.shows(car, STATE) == "online")


async def test_what_a_broker_has_kept_of_a_teslamate_long_gone_is_shown_as_such(
    account: Account, car: Car, mqtt: Broker
) -> None:
    for key, value in {"state": "driving", "battery_level": "33", "shift_state": "D", "speed": "90"}.items():
        await publish(account.hass, f"teslamate/cars/1/{key}", value, retain=True)
    await set_up_alone(account, car, feeds=[teslamate_feed(car)])
    await works(account, NAME)
    await shown(account, lambda: account.shows(car, BATTERY) == "33.0")

    assert account.state(car, BATTERY).attributes["measured_at"] is None
    assert account.runtime.vehicles[car.vin].links == {NAME: 0}
    assert account.shows(car, "binary_sensor.telemetry_connected") == "off"
    await seconds_pass(account, GRACE + 1)
    assert account.shows(car, STATE) == "offline"


async def test_after_a_restart_of_teslamate_while_the_car_sleeps_nothing_is_taken_for_new(
    account: Account, car: Car, followed: TeslaMate
) -> None:
    await followed.say("battery_level", "61")
    await shown(account, lambda: account.shows(car, BATTERY) == "61.0")
    car.power.sleep()
    await followed.look()
    await shown(account, lambda: account.shows(car, STATE) == "asleep")
    account.wall.move(3600)
    await followed.restart()
    await followed.say("battery_level", "12")
    await followed.say("no_such_key", "1")
    (feed,) = account.runtime.feeds.all
    await shown(account, lambda: feed.skipped.get("a topic", 0) > 0)

    assert account.shows(car, BATTERY) == "61.0"
    assert account.shows(car, STATE) == "asleep"


async def test_what_has_changed_while_nobody_listened_is_newer_than_what_was_known(
    account: Account, car: Car, followed: TeslaMate
) -> None:
    await followed.say("battery_level", "61")
    await shown(account, lambda: account.shows(car, BATTERY) == "61.0")
    assert await account.hass.config_entries.async_unload(account.entry.entry_id)
    # The car was driven, and parked.
    account.wall.move(600)
    await followed.say("since", dt_util.utc_from_timestamp(account.wall()).isoformat())
    await followed.say("battery_level", "40")
    account.wall.move(600)
    assert await account.hass.config_entries.async_setup(account.entry.entry_id)
    await works(account, NAME)
    assert account.shows(car, BATTERY) == "61.0"
    await heard(account, followed, car)

    await shown(account, lambda: account.shows(car, BATTERY) == "40.0")
    measured_at = account.state(car, BATTERY).attributes["measured_at"]
    assert measured_at.timestamp() == pytest.approx(account.wall() - 600, abs=1)


async def test_the_broker_goes_and_comes_back_with_what_was_missed(
    account: Account, car: Car, mqtt: Broker, followed: TeslaMate
) -> None:
    await followed.say("battery_level", "61")
    await shown(account, lambda: account.shows(car, BATTERY) == "61.0")
    account.wall.move(1)
    await mqtt.stop()
    await works(account, NAME, so=False)
    assert shown_sources(account, car)[NAME]["trouble"] == "broker_away"
    await shown(account, lambda: not account.runtime.vehicles[car.vin].connected)

    account.wall.move(600)
    await mqtt.start()
    await followed.say("battery_level", "58")
    await works(account, NAME)
    await heard(account, followed, car)
    await shown(account, lambda: account.shows(car, BATTERY) == "58.0")


async def test_where_home_assistant_has_no_mqtt_that_is_said_and_ends_when_it_has(
    account: Account, world: World, car: Car, broker: Broker
) -> None:
    await set_up_alone(account, car, feeds=[teslamate_feed(car)])
    await works(account, NAME, so=False)
    assert health(account, NAME).trouble == "mqtt_missing"

    entry = await add_mqtt(account.hass, broker)
    await works(account, NAME)
    await heard(account, await world.open_teslamate(broker.host, broker.port), car)
    await shown(account, lambda: account.shows(car, STATE) == "online")

    await account.hass.config_entries.async_unload(entry.entry_id)
    await works(account, NAME, so=False)
    assert health(account, NAME).trouble == "mqtt_missing"
    await shown(account, lambda: not account.runtime.vehicles[car.vin].connected)
    await end_mqtt(account.hass)


async def test_each_namespace_is_a_teslamate_of_its_own_and_a_foreign_number_is_nobodys(
    account: Account, world: World, car: Car, mqtt: Broker
) -> None:
    followed = await follow(account, world, mqtt, car, namespace="our home")
    await publish(account.hass, "teslamate/cars/1/battery_level", "1", retain=True)
    await publish(account.hass, "teslamate/other/cars/1/battery_level", "2", retain=True)
    await publish(account.hass, "teslamate/our home/cars/7/battery_level", "3", retain=True)
    await publish(account.hass, "teslamate/our home/cars/7/state", "online", retain=True)
    await followed.say("battery_level", "61")
    await shown(account, lambda: account.shows(car, BATTERY) == "61.0")

    (feed,) = account.runtime.feeds.all
    assert feed.skipped == {"another car": 1}


async def test_a_drive_that_ended_while_teslamate_was_away_is_over_when_it_is_back(
    account: Account, car: Car, followed: TeslaMate
) -> None:
    known = account.runtime.vehicles[car.vin].coordinator.data
    car.change(gear="D", speed_mph=31.0)
    await followed.look()
    await shown(account, lambda: conclusions.speed(known) == 31)
    await followed.stop()
    car.change(gear="P", speed_mph=0.0)
    await followed.restart()

    await shown(account, lambda: account.shows(car, "sensor.shift_state") == "p")
    assert conclusions.speed(known) == 0


async def test_a_car_that_nobody_tells_of_says_so(
    account: Account, car: Car, second: Car, mqtt: Broker
) -> None:
    await set_up_alone(account, car, second, feeds=[teslamate_feed(car)])
    await works(account, NAME)

    told, untold = (account.runtime.vehicles[one.vin].coordinator for one in (car, second))
    assert (told.available, untold.available) == (True, False)
    assert set(told.troubles.values()) == {""}
    assert set(untold.troubles.values()) == {"no_source"}


async def test_a_car_that_streams_to_us_too_is_told_of_once(
    account: Account, world: World, car: Car, mqtt: Broker
) -> None:
    car.power.idle_s = 1e9
    port = await account.make_port()
    await set_up_with(account, car, receiver=port, feeds=[teslamate_feed(car)])
    await works(account, NAME)
    await account.connect(car)
    followed = await world.open_teslamate(mqtt.host, mqtt.port)
    await heard(account, followed, car)
    await account.push(car, BatteryLevel=55.0)
    # TeslaMate asks less often than the car tells: what it tells of that is a late copy.
    await followed.say("battery_level", "57")
    await followed.say("geofence", "Home")
    await followed.say("charge_limit_soc", "83")
    await shown(account, lambda: account.runtime.vehicles[car.vin].coordinator.data.get(charge.LIMIT) == 83)

    assert account.shows(car, BATTERY) == "55.0"
    assert account.runtime.vehicles[car.vin].links == {"receiver": 1, NAME: 1}


async def test_what_a_teslamate_has_told_before_we_listened_is_not_asked_for(
    account: Account, world: World, car: Car, mqtt: Broker
) -> None:
    car.power.idle_s = 1e9
    teslamate = await world.open_teslamate(mqtt.host, mqtt.port)
    await set_up_with(account, car, feeds=[teslamate_feed(car)])
    await works(account, NAME)
    vehicle = account.runtime.vehicles[car.vin]
    assert not vehicle.streams([battery.LEVEL])
    await heard(account, teslamate, car)
    await shown(account, lambda: vehicle.streams([battery.LEVEL, security.LOCKED, charge.LIMIT]))

    assert not vehicle.streams([seats.HEATER_FRONT_LEFT])  # of which TeslaMate knows nothing
    car.power.sleep()
    await teslamate.look()
    await shown(account, lambda: not vehicle.connected)
    assert not vehicle.streams([battery.LEVEL])


async def test_a_car_that_falls_asleep_while_teslamate_leaves_it_alone_is_seen_to_sleep(
    account: Account, world: World, car: Car, mqtt: Broker
) -> None:
    car.power.idle_s = 1e9
    teslamate = await world.open_teslamate(mqtt.host, mqtt.port)
    await set_up_with(account, car, feeds=[teslamate_feed(car)])
    await works(account, NAME)
    await heard(account, teslamate, car)
    await teslamate.suspend()
    car.power.sleep()
    await account.later(5 * 60.0)
    await shown(account, lambda: account.shows(car, STATE) == "asleep")

    assert account.runtime.vehicles[car.vin].links[NAME] == 1
