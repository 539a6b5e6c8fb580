"""What a car tells two sources at once: which word on it counts, and which is only a copy."""

import pytest

from custom_components.tesla_direct.tesla.vehicle.signal import Report
from custom_components.tesla_direct.tesla.vehicle.signals import battery
from custom_components.tesla_direct.tesla.vehicle.sources import MQTT, RECEIVER, SSE
from custom_components.tesla_direct.vehicle import LATE_COPY, Vehicle
from simulator.car.car import Car

from .account import Account


@pytest.fixture
async def vehicle(account: Account, car: Car) -> Vehicle:
    """A car that is connected to three servers, and has just told ours its charge."""
    await account.set_up(car)
    vehicle = account.runtime.vehicles[car.vin]
    for source in (RECEIVER, MQTT, SSE):
        vehicle.set_links(source, 1)
    tell(account, vehicle, 50.0)
    return vehicle


def tell(account: Account, vehicle: Vehicle, level: float, source: str = RECEIVER, ago: float = 0.0) -> None:
    """Have a source tell a charge that was measured so many seconds ago."""
    now = account.wall()
    vehicle.apply(Report({battery.LEVEL: level}, now - ago, source, now))


def level(vehicle: Vehicle) -> float | None:
    return vehicle.coordinator.truth.get(battery.LEVEL)


async def test_of_the_same_moment_the_first_source_is_believed(account: Account, vehicle: Vehicle) -> None:
    tell(account, vehicle, 49.0, SSE)
    assert level(vehicle) == 50.0

    tell(account, vehicle, 49.0)  # the same one may correct itself
    assert level(vehicle) == 49.0


async def test_a_value_without_a_time_may_be_a_late_copy(account: Account, vehicle: Vehicle) -> None:
    account.wall.move(LATE_COPY)
    tell(account, vehicle, 51.0, MQTT)
    assert level(vehicle) == 50.0

    account.wall.move(1)
    tell(account, vehicle, 49.0, MQTT)
    assert level(vehicle) == 49.0


async def test_it_is_none_if_the_other_source_has_gone(account: Account, vehicle: Vehicle) -> None:
    vehicle.set_links(RECEIVER, 0)
    account.wall.move(1)
    tell(account, vehicle, 49.0, MQTT)

    assert level(vehicle) == 49.0


async def test_a_value_with_a_newer_time_is_no_copy(account: Account, vehicle: Vehicle) -> None:
    account.wall.move(1)
    tell(account, vehicle, 49.0, SSE, ago=0.5)

    assert level(vehicle) == 49.0


async def test_copies_still_show_what_a_source_is_told(account: Account, vehicle: Vehicle) -> None:
    tell(account, vehicle, 50.0, MQTT)
    vehicle.set_links(RECEIVER, 0)

    assert vehicle.streams((battery.LEVEL,))
    assert vehicle.heard[MQTT].last_at == account.wall()
