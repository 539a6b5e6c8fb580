"""What a user gets who asks for a car's data, and what it costs."""

import asyncio

import pytest

from custom_components.tesla_direct.tesla.errors import CarTrouble, CarUnreachable
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from simulator.car.car import Car
from simulator.world import World

from .poll_world import Polled

MINUTE = 60.0


async def test_a_user_gets_what_is_missing_at_once(polled: Polled) -> None:
    await polled.start()
    await polled.later(MINUTE)
    await polled.source.refresh(next(iter(polled.cars)))

    assert polled.times("vehicle_data") == [60.0]


async def test_a_user_gets_data_of_a_car_whose_polling_is_paused(polled: Polled) -> None:
    polled.car.paused = True
    await polled.start()
    await polled.source.refresh(next(iter(polled.cars)))

    assert polled.paid == 1


async def test_a_user_who_asks_twice_pays_once(polled: Polled) -> None:
    await polled.start()
    await polled.later(MINUTE)
    (vin,) = polled.cars
    await asyncio.gather(polled.source.refresh(vin), polled.source.refresh(vin))
    await polled.source.refresh(vin)

    assert polled.paid == 2


async def test_what_the_poll_has_just_paid_the_user_does_not_pay_again(polled: Polled) -> None:
    await polled.start()
    await polled.source.refresh(next(iter(polled.cars)))

    assert polled.paid == 1


async def test_a_user_cannot_wake_a_car(polled: Polled, car: Car, world: World) -> None:
    await polled.start()
    car.sleep()
    with pytest.raises(CarUnreachable):
        await polled.source.refresh(car.vin)

    assert polled.paid == 1
    assert polled.asked("wake_up") == []


async def test_a_user_is_told_what_the_car_has_answered(polled: Polled, world: World) -> None:
    await polled.start()
    await polled.later(MINUTE)
    world.cloud.refuse("vehicle_data", 540, body={"error": "vehicle error"})
    with pytest.raises(CarTrouble):
        await polled.source.refresh(next(iter(polled.cars)))


async def test_a_user_is_told_that_a_car_was_not_reached(polled: Polled, world: World) -> None:
    await polled.start()
    await polled.later(MINUTE)
    world.cloud.refuse("vehicle_data", "vehicle_offline")
    with pytest.raises(CarUnreachable):
        await polled.source.refresh(next(iter(polled.cars)))


async def test_what_was_paid_is_in_the_books_with_its_cause(polled: Polled) -> None:
    await polled.start()
    await polled.later(MINUTE)
    await polled.source.refresh(next(iter(polled.cars)))

    spent = polled.ledger.month(polled.clock()).by_cause()
    assert {cause: dollars for cause, dollars in spent.items() if dollars} == {
        Cause.POLL: 1 / 500,
        Cause.USER: 1 / 500,
    }
