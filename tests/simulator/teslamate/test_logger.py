"""TeslaMate over a real broker: cars of a world on one side, a subscriber on the other."""

import json

from simulator.broker import Broker
from simulator.teslamate.logger import CHARGING_S, SUSPEND_AFTER_S, TeslaMate
from simulator.world import World
from tests.simulator.fleet_telemetry.listener import Listener


async def opened(world: World, broker: Broker, **how: object) -> TeslaMate:
    for car in world.cars.values():
        car.wake_now()
    return await world.open_teslamate(broker.host, broker.port, **how)  # type: ignore[arg-type]


def last(listener: Listener, key: str, car: int = 1) -> str:
    got = listener.at(f"teslamate/cars/{car}/{key}")
    return got[-1].payload if got else ""


async def test_cars_are_numbered_and_their_values_are_kept(world: World, broker: Broker) -> None:
    world.add_car()
    world.add_car("untyped")
    await opened(world, broker)

    async with Listener(broker) as late:
        await late.until(lambda: late.at("teslamate/cars/2/battery_level"))
        await late.until(lambda: late.at("teslamate/cars/1/state"))
        assert all(message.retained for message in late.got)
        assert not late.at("teslamate/cars/1/healthy")


async def test_a_namespace_stands_in_each_topic(world: World, broker: Broker, listener: Listener) -> None:
    world.add_car()
    await opened(world, broker, namespace="garage")

    await listener.until(lambda: listener.at("teslamate/garage/cars/1/odometer"))
    assert all(message.topic.startswith("teslamate/garage/") for message in listener.got)


async def test_it_begins_without_knowing_anything(world: World, broker: Broker, listener: Listener) -> None:
    world.add_car()
    await opened(world, broker)
    assert await _came(listener, "state", "online")
    assert await _came(listener, "healthy", "true")

    states = [message.payload for message in listener.at("teslamate/cars/1/state")]
    assert states == ["unavailable", "online"]
    assert listener.at("teslamate/cars/1/healthy")[0].payload == ""
    assert listener.at("teslamate/cars/1/charger_voltage")[0].payload == ""


async def test_a_speed_that_was_told_last_is_not_told_again_at_the_next_drive(
    world: World, broker: Broker, listener: Listener
) -> None:
    car = world.add_car()
    teslamate = await opened(world, broker)
    for gear, speed in (("D", 31.0), ("P", 0.0), ("D", 31.0), ("D", 62.0)):
        car.change(gear=gear, speed_mph=speed)
        await teslamate.look()
    assert await _came(listener, "speed", "100")

    assert [message.payload for message in listener.at("teslamate/cars/1/speed")] == ["50", "100"]
    assert last(listener, "shift_state") == "D"


async def test_a_drive_is_followed_every_few_seconds(
    world: World, broker: Broker, listener: Listener
) -> None:
    car = world.add_car()
    await opened(world, broker)
    car.drive(to="work")
    await world.advance(20.0)
    await listener.until(lambda: listener.at("teslamate/cars/1/speed"))

    assert await _came(listener, "state", "driving")
    assert await _came(listener, "shift_state", "D")
    await listener.until(lambda: "location" in json.loads(last(listener, "active_route")))
    assert json.loads(last(listener, "active_route"))["location"]["latitude"] == car.body.route.destination[0]  # type: ignore[union-attr]


async def test_a_charge_is_followed(world: World, broker: Broker, listener: Listener) -> None:
    car = world.add_car()
    await opened(world, broker)
    car.plug_in()
    await world.advance(40.0)
    before = len(listener.at("teslamate/cars/1/charge_energy_added"))
    await world.advance(60 * CHARGING_S)

    await listener.until(lambda: len(listener.at("teslamate/cars/1/charge_energy_added")) > before)
    assert await _came(listener, "state", "charging")


async def test_a_car_that_sleeps_keeps_what_was_told(
    world: World, broker: Broker, listener: Listener
) -> None:
    car = world.add_car()
    await opened(world, broker)
    await listener.until(lambda: last(listener, "odometer"))
    car.sleep()
    car.change(odometer_miles=2000.0)
    await world.advance(60.0)

    await listener.until(lambda: last(listener, "state") == "asleep")
    assert len(listener.at("teslamate/cars/1/odometer")) == 1


async def test_a_quiet_car_is_left_alone_so_that_it_sleeps(
    world: World, broker: Broker, listener: Listener
) -> None:
    car = world.add_car("old")  # one that questions keep awake
    car.change(sentry="Off")
    await opened(world, broker)
    await world.advance(SUSPEND_AFTER_S + 60.0)
    await listener.until(lambda: last(listener, "state") == "suspended")
    await world.advance(SUSPEND_AFTER_S)

    await listener.until(lambda: last(listener, "state") == "asleep")


async def test_its_verbs_do_what_they_say(world: World, broker: Broker, listener: Listener) -> None:
    world.add_car()
    teslamate = await opened(world, broker)
    await teslamate.fail()
    assert await _came(listener, "healthy", "false")
    await teslamate.recover()
    assert await _came(listener, "healthy", "true")
    await teslamate.say("geofence", "nil", retained=False)
    assert await _came(listener, "geofence", "nil")
    await teslamate.suspend()
    assert await _came(listener, "state", "suspended")
    await teslamate.stop()
    listener.got.clear()
    await world.advance(120.0)
    await teslamate.say("geofence", "home")
    assert await _came(listener, "geofence", "home")
    assert len(listener.got) == 1
    await teslamate.restart()
    await listener.until(lambda: last(listener, "odometer"))
    await teslamate.forget()
    assert await _came(listener, "odometer", "")


async def test_it_tells_home_assistant_of_its_devices(
    world: World, broker: Broker, listener: Listener
) -> None:
    world.add_car()
    await opened(world, broker, discovery=True)

    topic = "homeassistant/device/teslamate_1/config"
    await listener.until(lambda: listener.at(topic))
    assert listener.at(topic)[0].json["device"]["identifiers"] == ["teslamate_car_1"]


async def test_with_a_namespace_its_devices_have_it_too(
    world: World, broker: Broker, listener: Listener
) -> None:
    world.add_car()
    await opened(world, broker, namespace="garage", discovery=True)

    topic = "homeassistant/device/teslamate_garage_1/config"
    await listener.until(lambda: listener.at(topic))
    assert listener.at(topic)[0].json["device"]["identifiers"] == ["teslamate_garage_car_1"]


async def test_what_it_could_not_publish_waits_for_the_broker(world: World, broker: Broker) -> None:
    car = world.add_car()
    teslamate = await opened(world, broker)
    await broker.stop()
    car.change(odometer_miles=2000.0)
    await teslamate.look()
    await broker.start()

    async with Listener(broker) as late:
        await late.until(
            lambda: [one for one in late.at("teslamate/cars/1/odometer") if one.payload == "3218.69"]
        )


async def _came(listener: Listener, key: str, value: str) -> bool:
    topic = f"teslamate/cars/1/{key}"
    await listener.until(lambda: [one for one in listener.at(topic) if one.payload == value])
    return True
