"""What a source shows of the past, beside another one that a car is connected to."""

import pytest

from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.signals import battery, charge, drive
from custom_components.tesla_direct.tesla.vehicle.sources import RECEIVER, SSE
from custom_components.tesla_direct.vehicle import Vehicle
from simulator.car.car import Car
from simulator.world import World
from tests.home import until

from .account import Account
from .sources import health, set_up_with, stream_feed, works

BATTERY = "sensor.battery_level"


@pytest.fixture
async def vehicle(account: Account, car: Car) -> Vehicle:
    """A car that has just told our own port its charge, and has hung up since."""
    await account.set_up(car)
    vehicle = account.runtime.vehicles[car.vin]
    vehicle.set_links(RECEIVER, 1)
    vehicle.apply(Report({battery.LEVEL: 50.0}, account.wall(), RECEIVER, account.wall()))
    vehicle.set_links(RECEIVER, 0)
    account.wall.move(10)
    return vehicle


def show(account: Account, vehicle: Vehicle, values: dict[AnySignal, float], source: str = SSE) -> None:
    """Have a source show what was so before it began to listen."""
    now = account.wall()
    vehicle.apply(Report(values, now - 1, source, now, snapshot=True))


async def test_a_snapshot_does_not_touch_what_the_car_tells_another_source(
    account: Account, vehicle: Vehicle
) -> None:
    vehicle.set_links(RECEIVER, 1)
    show(account, vehicle, {battery.LEVEL: 40.0, charge.LIMIT: 80.0})

    state = vehicle.coordinator.truth
    assert state.get(battery.LEVEL) == 50.0
    assert state.get(charge.LIMIT) == 80.0  # nobody else tells


async def test_without_a_connection_to_the_other_the_newer_time_counts(
    account: Account, vehicle: Vehicle
) -> None:
    show(account, vehicle, {battery.LEVEL: 40.0})

    assert vehicle.coordinator.truth.get(battery.LEVEL) == 40.0


async def test_a_source_may_correct_what_it_has_told_itself(account: Account, vehicle: Vehicle) -> None:
    vehicle.set_links(RECEIVER, 1)
    show(account, vehicle, {battery.LEVEL: 40.0}, RECEIVER)

    assert vehicle.coordinator.truth.get(battery.LEVEL) == 40.0


async def test_what_it_has_told_long_ago_the_other_does_not_tell_any_more(
    account: Account, vehicle: Vehicle
) -> None:
    account.wall.move(8 * 86_400)
    vehicle.set_links(RECEIVER, 1)
    show(account, vehicle, {battery.LEVEL: 40.0})

    assert vehicle.coordinator.truth.get(battery.LEVEL) == 40.0


async def test_it_is_so_after_a_reload_too(account: Account, vehicle: Vehicle) -> None:
    await account.reload()
    again = account.runtime.vehicles[vehicle.vin]
    again.set_links(RECEIVER, 1)
    show(account, again, {battery.LEVEL: 40.0})

    assert again is not vehicle
    assert again.coordinator.truth.get(battery.LEVEL) == 50.0


async def test_what_a_service_remembers_does_not_undo_what_the_car_has_told_us(
    account: Account, world: World, car: Car
) -> None:
    car.power.idle_s = 1e9
    service = await world.open_teslemetry()
    feed = await stream_feed(account, service)
    await set_up_with(account, car, feeds=[feed], receiver=await account.make_port())
    await account.connect(car, "Gear")
    await works(account, "sse")
    service.say(car.vin, BatteryLevel=60.0)
    await until(lambda: account.shows(car, BATTERY) == "60.0")
    await account.pass_time(10)
    await account.push(car, BatteryLevel=59.0)
    await until(lambda: account.shows(car, BATTERY) == "59.0")
    await account.pass_time(10)
    service.say(car.vin, Odometer=9_000.0)  # the charge that the service remembers now looks newer than ours

    await account.reload()
    await until(lambda: health(account, "sse").works)
    service.say(car.vin, Odometer=9_001.0)  # which comes after what was remembered
    truth = account.runtime.vehicles[car.vin].coordinator.truth
    await until(lambda: truth.get(drive.ODOMETER) == 9_001.0)
    assert account.shows(car, BATTERY) == "59.0"
