"""What the stream of the account's own service tells beside what cars say: of new cars, and of whole data."""

import pytest

from custom_components.tesla_direct.const import CONF_LEFT_OUT, CONF_VEHICLES
from simulator.car.car import Car
from simulator.teslemetry.service import Teslemetry
from simulator.world import World
from tests.home import until

from .account import Account
from .subscriber import Subscriber

BATTERY = "sensor.battery_level"
NEW = "7SAYGDEF1SA000002"
PARTS = ("charge_state", "climate_state", "drive_state")


@pytest.fixture
async def service(world: World, car: Car) -> Teslemetry:
    car.power.idle_s = 1e9
    service = await world.open_teslemetry()
    service.pair(car.vin)
    return service


@pytest.fixture
async def subscriber(account: Account, service: Teslemetry, car: Car) -> Subscriber:
    """An account whose car does not stream, so that it is asked for data."""
    subscriber = Subscriber(account, service)
    await subscriber.set_up(car)
    return subscriber


def fetches(service: Teslemetry) -> int:
    return len(service.requests("vehicle_data"))


async def test_what_the_service_has_asked_for_itself_is_not_paid_for_again(
    subscriber: Subscriber, service: Teslemetry, car: Car
) -> None:
    account = subscriber.account
    await until(lambda: account.runtime.poll.fetched_at(car.vin, PARTS))
    before, balance = fetches(service), service.customer.credits.balance
    for _ in range(4):
        await account.pass_time(300)
        service.office.poll(car, may_locate=True)
        await until(lambda: account.runtime.poll.fetched_at(car.vin, PARTS) == account.wall())
        await account.quiet()

    assert fetches(service) == before
    assert service.customer.credits.balance == balance


async def test_a_car_that_is_new_to_the_account_is_found_by_what_it_streams(
    subscriber: Subscriber, service: Teslemetry, world: World
) -> None:
    new = world.add_car(vin=NEW)
    asked = len(service.requests("metadata"))
    subscriber.account.wall.move(61)  # a minute passes between two looks
    service.say(new.vin, BatteryLevel=41.0)
    await until(lambda: new.vin in subscriber.account.entry.data[CONF_VEHICLES])

    assert len(service.requests("metadata")) > asked
    await subscriber.account.quiet()


async def test_a_car_that_was_left_out_is_no_news(
    subscriber: Subscriber, service: Teslemetry, world: World, car: Car
) -> None:
    left = world.add_car(vin=NEW)
    entry = subscriber.account.entry
    subscriber.hass.config_entries.async_update_entry(entry, data=entry.data | {CONF_LEFT_OUT: [left.vin]})
    await subscriber.hass.async_block_till_done()
    asked = len(service.requests("metadata"))
    subscriber.account.wall.move(61)
    service.say(left.vin, BatteryLevel=41.0)
    service.say(car.vin, BatteryLevel=43.0)
    await until(lambda: float(subscriber.account.shows(car, BATTERY)) == 43.0)

    assert not subscriber.watch._asking
    assert len(service.requests("metadata")) == asked
