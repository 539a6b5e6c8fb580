"""Record what entries of other kinds leave in `.storage`: run by script/record-storage, not by tests."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
import time
from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_direct.const import DOMAIN
from simulator.car.car import Car
from simulator.proxy.server import Proxy
from simulator.world import World
from tests.broker import Broker, broker
from tests.home import until

from .account import Account
from .dialogue import Dialogue
from .legacy import subscribed
from .mqtt import Ear, ear, mqtt
from .recorded import FOLDER_OF_OTHERS, describe
from .recording import BEFORE_NOW, RELEASE, record
from .sources import listens, publish_to, works
from .teslamate import hears, told
from .waited import progressed

__all__ = ["broker", "ear", "mqtt"]

TOPICS = {"form": "topics", "topic": "telemetry"}
TAKEN_UP = 10.0  # seconds in which a car takes up a configuration
FIELDS = {"BatteryLevel": 1, "Gear": 1, "Odometer": 1, "Locked": 1}


@dataclass(frozen=True, slots=True)
class Heard:
    """A broker, and somebody who listens to it beside the dialogue."""

    broker: Broker
    ear: Ear


@pytest.fixture
async def both(account: Account, world: World) -> tuple[Car, Car]:
    """Two cars, awake, an hour ago."""
    await account.shared()
    account.wall.now = round(time.time()) - BEFORE_NOW
    return world.add_car("typed"), world.add_car("untyped")


@pytest.fixture
async def proxy(world: World, tmp_path: Path) -> AsyncIterator[Proxy]:
    async with Proxy(world.cloud, tmp_path, cloud_ca=world.cloud_ca) as proxy:
        yield proxy


@pytest.fixture
async def heard(mqtt: Any, broker: Broker, ear: Ear) -> Heard:
    return Heard(broker, ear)


async def test_record_teslemetry(
    account: Account, world: World, dialogue: Dialogue, both: tuple[Car, Car]
) -> None:
    """Sign in with the service, pair both cars, choose a profile, and hear what they stream."""
    service = await world.open_teslemetry()
    await dialogue.begin()
    await dialogue.answer(next_step_id="teslemetry")
    await dialogue.answer(next_step_id="teslemetry_server")
    await dialogue.answer(address=service.base)
    await dialogue.answer(next_step_id="teslemetry_account")
    await dialogue.sign_in()
    await dialogue.answer(vehicles=list(world.cars))
    account.entry = entry_of(account.hass)
    await dialogue.follow()
    await dialogue.progress()
    while dialogue.step["step_id"] == "pairing_other":
        for vin in world.cars:
            service.pair(vin)
        await dialogue.answer()
        await progressed(account, dialogue)
    assert dialogue.step["step_id"] == "profile_service", dialogue.step
    await dialogue.answer(profile="standard")
    await progressed(account, dialogue)
    await dialogue.answer(next_step_id="profile_done")
    assert dialogue.step["reason"] == "tour_done", dialogue.step
    await say(account, "sse", *both)
    await to_sleep(account)
    await record(account, folder("teslemetry"), describe(world, moved=[service.base]))


async def test_record_broker(
    account: Account, dialogue: Dialogue, both: tuple[Car, Car], heard: Heard
) -> None:
    """Take the cars that a broker tells of, without any account."""
    await dialogue.begin()
    await dialogue.answer(next_step_id="broker")
    await dialogue.answer(**TOPICS)
    await heard.ear.hears_cars(*account.world.cars)
    await dialogue.progress()
    await dialogue.answer(vehicles=list(account.world.cars))
    account.entry = entry_of(account.hass)
    await hear(account, heard.broker, *both)
    await record(account, folder("broker"), describe(account.world))


async def test_record_proxied(
    account: Account, dialogue: Dialogue, both: tuple[Car, Car], heard: Heard, proxy: Proxy
) -> None:
    """Sign in with Tesla, have a proxy sign, and hear the cars through a broker."""
    world = account.world
    world.cloud.register_key(proxy.public_key)
    for car in both:
        car.pair_key(proxy.public_key)
    await dialogue.until_cars()
    await dialogue.answer(vehicles=list(world.cars))
    account.entry = entry_of(account.hass)
    await dialogue.reconfigure(account.entry, "proxy")
    await dialogue.answer(base=proxy.base, domain="keys.example.com", fingerprint=proxy.fingerprint)
    await progressed(account, dialogue)
    await dialogue.begin_subentry(account.entry, "mqtt")
    await dialogue.answer_subentry(**TOPICS)
    await heard.ear.hears_cars(*world.cars)
    await dialogue.progress_subentry()
    await dialogue.answer_subentry(next_step_id="broker_keep")
    await account.quiet()
    await hear(account, heard.broker, *both)
    await record(account, folder("proxied"), describe(world, moved=[proxy.base, proxy.fingerprint]))


async def test_record_teslamate(
    account: Account, dialogue: Dialogue, both: tuple[Car, Car], heard: Heard
) -> None:
    """Take the cars of an own TeslaMate, without any account."""
    await dialogue.begin()
    await dialogue.answer(next_step_id="teslamate")
    await hears(heard.ear, *(told(number) for number, _ in enumerate(both, 1)))
    await dialogue.progress()
    for car in both:
        await dialogue.answer(vin=car.vin)
    account.entry = entry_of(account.hass)
    await works(account, "teslamate")
    teslamate = await account.world.open_teslamate(heard.broker.host, heard.broker.port)
    while not has_told(account, *both):  # Home Assistant takes its time until it listens
        await teslamate.look()
        await asyncio.sleep(0)
    await teslamate.restart()
    await account.hass.async_block_till_done()
    for car in both:
        car.sleep()
    await teslamate.look()
    await to_sleep(account)
    await record(account, folder("teslamate"), describe(account.world))


async def test_record_myteslamate(
    account: Account, world: World, dialogue: Dialogue, both: tuple[Car, Car]
) -> None:
    """Sign in with a token of the service, and hear what it streams."""
    service = await world.open_myteslamate()
    for vin in world.cars:
        service.pair(vin)
    await dialogue.begin()
    await dialogue.answer(next_step_id="myteslamate")
    await dialogue.answer(next_step_id="myteslamate_server")
    await dialogue.answer(address=service.address, stream=service.stream_address)
    await dialogue.answer(token=service.token, refresh_token=service.refresh_token)
    await dialogue.progress()
    await dialogue.answer(vehicles=list(world.cars))
    await dialogue.answer(next_step_id="legacy_stream_cars")
    await dialogue.answer(vehicles=list(world.cars), raw=True)
    account.entry = entry_of(account.hass)
    await dialogue.follow()
    await progressed(account, dialogue)
    assert dialogue.step["reason"] == "tour_done_streamed", dialogue.step
    await subscribed(account, service, *both)
    await say(account, "legacy_stream", *both)
    await to_sleep(account)
    moved = [service.address, service.stream_address]
    await record(account, folder("myteslamate"), describe(world, moved=moved))


def has_told(account: Account, *cars: Car) -> bool:
    """Tell whether TeslaMate has told that cars are awake."""
    return all(account.runtime.vehicles[car.vin].connected for car in cars)


def folder(kind: str) -> Path:
    return FOLDER_OF_OTHERS / RELEASE / kind


def entry_of(hass: HomeAssistant) -> Any:
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    return entry


async def hear(account: Account, broker: Broker, *cars: Car) -> None:
    """Have the cars tell a broker what they say, and go to sleep."""
    await publish_to(account, broker, FIELDS)
    for car in cars:
        await listens(account, car)
    await say(account, "mqtt", *cars)
    await to_sleep(account)


async def say(account: Account, source: str, *cars: Car) -> None:
    """Have the cars say something, and wait until it has come."""
    for car in cars:
        await pass_time(account, TAKEN_UP)
        await account.push(car, BatteryLevel=61.0, Gear="P", Odometer=8_421.0, Locked=True)
        await until(partial(has_heard, account, car, source))
    await account.hass.async_block_till_done()


def has_heard(account: Account, car: Car, source: str) -> bool:
    heard = account.runtime.vehicles[car.vin].heard.get(source)
    return heard is not None and heard.last_at == account.wall()


async def pass_time(account: Account, seconds: float) -> None:
    account.wall.move(seconds)
    await account.world.advance(seconds)


async def to_sleep(account: Account) -> None:
    """Let the cars go to sleep, and a minute pass."""
    for car in account.world.cars.values():
        car.sleep()
    vehicles = account.runtime.vehicles.values()
    if account.runtime.cloud.asked:
        await account.pass_time(130.0)  # nobody else says that a car sleeps whose connection is only inferred
        account.wall.move(2.0)
    await until(lambda: not any(vehicle.connected for vehicle in vehicles))
    await pass_time(account, 121.0)
    await account.hass.async_block_till_done()
