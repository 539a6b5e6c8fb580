"""What a user gets who asks for a car's data, and what it costs."""

import asyncio

import pytest

from custom_components.tesla_direct.tesla.errors import CarTrouble, CarUnreachable
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from custom_components.tesla_direct.tesla.source.poll_plan import RARELY
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


async def test_how_old_each_part_is_is_known(polled: Polled, car: Car) -> None:
    await polled.start()
    source, begun = polled.source, polled.clock()
    assert source.fetched_at(car.vin, ["climate_state", "charge_state"]) == begun
    assert source.fetched_at(car.vin, ["climate_state", "gui_settings"]) is None
    await polled.later(MINUTE)
    await source.read(car.vin, frozenset({"gui_settings"}), Cause.USER)

    assert source.fetched_at(car.vin, ["gui_settings"]) == begun + MINUTE
    assert source.fetched_at(car.vin, ["climate_state", "gui_settings"]) == begun
    again = polled.make(kept=source.to_json())
    assert again.fetched_at(car.vin, ["climate_state", "gui_settings"]) == begun
    assert again.fetched_at(car.vin, ["vehicle_config"]) is None


async def test_a_part_that_a_user_asks_for_does_not_put_off_the_others(polled: Polled, car: Car) -> None:
    await polled.start(interval=600.0)
    for _ in range(20):
        await polled.later(MINUTE)
        await polled.source.read(car.vin, frozenset({"climate_state"}), Cause.USER)
    fetched = [asked.query["endpoints"] for asked in polled.asked("vehicle_data")]

    assert fetched.count("climate_state") == 20
    assert fetched.count("charge_state;climate_state;drive_state") == 3


async def test_what_a_user_asks_for_and_all_that_is_wanted_is_a_fetch_like_any_other(
    polled: Polled, car: Car
) -> None:
    await polled.start(interval=600.0)
    await polled.later(5 * MINUTE)
    everything = frozenset({"charge_state", "climate_state", "drive_state", "gui_settings"})
    await polled.source.read(car.vin, everything, Cause.USER)
    await polled.later(9 * MINUTE)

    assert polled.paid == 2


async def test_two_who_ask_for_the_same_part_at_once_pay_once(polled: Polled, car: Car) -> None:
    await polled.start()
    await polled.later(MINUTE)
    part, before = frozenset({"gui_settings"}), polled.paid
    async with asyncio.TaskGroup() as group:
        for _ in range(3):
            group.create_task(polled.source.read(car.vin, part, Cause.USER, shared=True))
    assert polled.paid == before + 1

    await polled.source.read(car.vin, part, Cause.USER, shared=True)  # who asks later gets what is so then
    assert polled.paid == before + 2


async def test_who_needs_what_is_so_from_now_on_is_not_given_what_was_asked_for_before(
    polled: Polled, car: Car
) -> None:
    await polled.start()
    await polled.later(MINUTE)
    part, before = frozenset({"gui_settings"}), polled.paid
    async with asyncio.TaskGroup() as group:
        for _ in range(2):
            group.create_task(polled.source.read(car.vin, part, Cause.USER))

    assert polled.paid == before + 2


async def test_another_part_than_the_one_that_is_just_asked_for_is_asked_for(
    polled: Polled, car: Car
) -> None:
    await polled.start()
    await polled.later(MINUTE)
    before = polled.paid
    async with asyncio.TaskGroup() as group:
        for part in ("gui_settings", "vehicle_config"):
            group.create_task(polled.source.read(car.vin, frozenset({part}), Cause.USER, shared=True))

    assert polled.paid == before + 2


async def test_what_somebody_else_has_fetched_is_not_paid_for(polled: Polled, car: Car) -> None:
    everything = frozenset({"charge_state", "climate_state", "drive_state", "vehicle_state"})
    await polled.start()
    for _ in range(4):
        await polled.later(5 * MINUTE)
        polled.source.told(car.vin, everything, polled.clock())
    assert polled.paid == 1

    await polled.later(11 * MINUTE)  # and when nobody does any more it is asked as before
    assert polled.paid == 2


async def test_parts_of_what_is_wanted_put_nothing_off(polled: Polled, car: Car) -> None:
    await polled.start()
    await polled.later(5 * MINUTE)
    for parts in (frozenset({"charge_state"}), frozenset[str]()):
        polled.source.told(car.vin, parts, polled.clock())
    await polled.later(5 * MINUTE)

    assert polled.times("vehicle_data") == [600.0]
    assert polled.source.fetched_at(car.vin, ["charge_state"]) == polled.clock()


async def test_what_hardly_changes_is_fetched_rarely_if_others_tell_the_rest(
    polled: Polled, car: Car
) -> None:
    told = polled.car.wanted
    polled.car.wanted |= {"gui_settings"}
    await polled.start()
    for _ in range(80):
        await polled.later(5 * MINUTE)
        polled.source.told(car.vin, told, polled.clock())

    assert polled.paid == 2
    (pause,) = polled.times("vehicle_data")
    assert RARELY <= pause <= RARELY + 10 * MINUTE


async def test_our_own_fetch_told_again_changes_nothing(polled: Polled, car: Car) -> None:
    await polled.start()
    before = polled.source.to_json()
    polled.source.told(car.vin, polled.car.missing(), polled.clock() - 1)  # it was measured before
    assert polled.source.to_json() == before

    polled.source.told(car.vin, polled.car.missing(), polled.clock() + 1)  # no clock is ahead of ours
    polled.source.told("5YJ3E7EB0SF999999", polled.car.missing(), polled.clock())
    assert polled.source.to_json() == before


async def test_what_was_told_of_a_time_long_ago_is_old(polled: Polled, car: Car) -> None:
    await polled.start()
    await polled.later(9 * MINUTE)
    polled.source.told(car.vin, polled.car.missing(), polled.clock() - 3600)
    await polled.later(MINUTE)

    assert polled.times("vehicle_data") == [600.0]


async def test_before_anything_was_fetched_what_was_told_will_do(polled: Polled, car: Car) -> None:
    polled.source.told(car.vin, polled.car.missing(), polled.clock())
    kept = polled.source.to_json()
    await polled.start(kept=kept)
    await polled.later(5 * MINUTE)
    assert polled.paid == 0

    await polled.later(5 * MINUTE)
    assert polled.paid == 1
