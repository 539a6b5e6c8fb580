"""Several who want the same, or another value of it: one command, for whoever of them may have it sent."""

import asyncio

import pytest

from custom_components.tesla_direct.tesla.command.command import Origin
from custom_components.tesla_direct.tesla.command.record import Outcome
from custom_components.tesla_direct.tesla.command.sender import GATHER, RELOAD
from custom_components.tesla_direct.tesla.errors import NoAnswer, NotLoaded, WakeNotAllowed
from custom_components.tesla_direct.tesla.fleet_api.budget import Verdict
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power

from .passing import Passing
from .sending import LOCK, USER, Car, amps

SUN = Origin(Cause.AUTOMATION, "automation.sun")
PERSON = Origin(Cause.USER, "script.evening")


@pytest.fixture
def car(passing: Passing) -> Car:
    car = Car(passing)
    car.may_wake = lambda origin: origin.cause is Cause.USER
    return car


@pytest.mark.parametrize("order", [(SUN, PERSON), (PERSON, SUN)])
async def test_a_person_who_wants_what_an_automation_wants_wakes_the_car_for_both(
    passing: Passing, car: Car, order: tuple[Origin, Origin]
) -> None:
    car.fresh, car.looks_show, car.look_takes = False, Power.ASLEEP, 1.0
    sent = []
    for origin in order:
        sent.append(car.send(LOCK, origin))
        await passing.go(0.1)
    await passing.go(10)
    await asyncio.gather(*sent)

    assert (car.names, car.wakes) == (["door_lock"], 1)
    assert car.origins == [PERSON]


async def test_an_automation_alone_may_still_not(passing: Passing, car: Car) -> None:
    car.fresh, car.looks_show = False, Power.ASLEEP
    sent = [car.send(LOCK, SUN), car.send(LOCK, SUN)]
    await passing.go(1)

    for one in sent:
        with pytest.raises(WakeNotAllowed):
            await one
    assert car.wakes == 0


async def test_one_consent_is_enough_for_both(passing: Passing, car: Car) -> None:
    car.fresh, car.look_takes = False, 1.0
    sent = [car.send(LOCK, SUN)]
    await passing.go(0.1)
    car.budget = Verdict.OVER_BUDGET  # used up meanwhile
    sent.append(car.send(LOCK, Origin(Cause.USER, consent=True)))
    await passing.go(5)
    await asyncio.gather(*sent)

    assert car.origins == [Origin(Cause.USER, consent=True)]


@pytest.mark.parametrize("order", [(SUN, PERSON), (PERSON, SUN)])
async def test_the_last_value_goes_for_whoever_may_have_it_sent(
    passing: Passing, car: Car, order: tuple[Origin, Origin]
) -> None:
    car.fresh, car.looks_show = False, Power.ASLEEP
    sent = [car.send(amps(5 + number), origin) for number, origin in enumerate(order)]
    await passing.go(10)
    await asyncio.gather(*sent)

    assert (car.values, car.wakes) == ([6], 1)
    (record,) = car.done_records
    assert (record.cause, record.by) == (PERSON.cause, PERSON.by)


async def test_the_last_of_two_automations_is_the_one_that_is_named(passing: Passing, car: Car) -> None:
    wind = Origin(Cause.AUTOMATION, "automation.wind")
    sent = [car.send(amps(5), SUN), car.send(amps(6), wind)]
    await passing.go(10)
    await asyncio.gather(*sent)

    assert car.origins == [wind]
    assert car.done_records[0].by == "automation.wind"


async def test_what_is_underway_already_keeps_the_name_of_who_began_it(passing: Passing, car: Car) -> None:
    sent = [car.send(LOCK, SUN)]
    await passing.go(0.05)
    sent.append(car.send(LOCK, PERSON))
    await passing.go(1)
    await asyncio.gather(*sent)

    assert car.origins == [SUN]
    assert car.done_records[0].by == SUN.by


async def test_who_wants_it_just_as_another_gives_it_up_gets_it(passing: Passing, car: Car) -> None:
    for command in (LOCK, amps(5)):
        first = car.send(command)
        await passing.go(0.05)
        first.cancel()
        await asyncio.sleep(0)  # it has begun to clean up after itself
        loop = asyncio.get_running_loop()
        second = asyncio.Task(car.sender.send(command, USER), loop=loop, eager_start=True)
        await passing.go(5)
        await second

    assert [record.name for record in car.done_records] == ["door_lock", "set_charging_amps"]


async def test_who_asks_again_while_nobody_knows_is_not_kept_waiting_for_the_first(
    passing: Passing, car: Car
) -> None:
    car.answers.append(NoAnswer("lost"))
    car.finding_out_takes = 20.0
    first = car.send(LOCK)
    await passing.go(5)
    second = car.send(LOCK)
    await passing.go(1)
    await second
    await passing.go(20)

    with pytest.raises(NoAnswer):
        await first
    assert car.names == ["door_lock", "door_lock"]


async def test_a_value_that_waits_for_the_car_to_wake_up_begins_a_floor_too(
    passing: Passing, car: Car
) -> None:
    car.floor, car.power, car.wake_takes = 60.0, Power.ASLEEP, 30.0
    sent = car.send(amps(5))
    await passing.go(GATHER + 3)
    for value in (6, 7, 8):
        await car.sender.send(amps(value), USER)  # returns at once
        await passing.go(5)
    await passing.go(20)
    await sent
    assert car.values == [5]
    await passing.go(50)
    assert car.values == [5]
    await passing.go(20)

    assert car.values == [5, 8]
    assert passing.running == []


async def test_without_a_floor_the_next_value_follows_at_once(passing: Passing, car: Car) -> None:
    car.takes = 5.0
    sent = [car.send(amps(5))]
    await passing.go(GATHER + 1)
    sent.append(car.send(amps(6)))
    await passing.go(GATHER + 8)
    await asyncio.gather(*sent)

    assert car.values == [5, 6]


async def test_unloading_gives_up_a_value_that_was_put_off(passing: Passing, car: Car) -> None:
    car.floor = 60.0
    sent = car.send(amps(5))
    await passing.go(3)
    await sent
    await car.sender.send(amps(6), USER)

    await car.sender.end()
    await passing.go(100)

    assert car.values == [5]
    assert car.outcomes == [Outcome.CANCELLED]
    assert passing.running == []


async def test_a_reload_goes_on_with_a_value_that_was_put_off(passing: Passing, car: Car) -> None:
    car.floor = 60.0
    sent = car.send(amps(5))
    await passing.go(3)
    await sent
    await car.sender.send(amps(6), Origin(Cause.USER, consent=True))
    left = await car.sender.end()

    again = Car(passing)
    again.floor = 60.0
    await passing.go(20)
    again.sender.resume(left)
    await passing.go(30)
    assert again.values == []  # the floor goes on, too
    await passing.go(15)
    assert again.values == [6]
    assert again.origins == [Origin(Cause.USER, consent=True)]
    assert passing.running == []


async def test_a_reload_goes_on_with_a_value_whose_car_was_being_woken(passing: Passing, car: Car) -> None:
    car.floor, car.wake_takes = 10.0, 30.0
    sent = car.send(amps(5))
    await passing.go(3)
    await sent
    await car.sender.send(amps(6), USER)
    car.power = Power.ASLEEP
    await passing.go(15)
    assert (car.values, car.wakes) == ([5], 1)
    left = await car.sender.end()

    again = Car(passing)
    again.sender.resume(left)
    await passing.go(5)
    assert again.values == [6]


async def test_a_reload_does_not_send_once_more_what_was_on_its_way(passing: Passing, car: Car) -> None:
    car.floor = 10.0
    sent = car.send(amps(5))
    await passing.go(3)
    await sent
    await car.sender.send(amps(6), USER)
    car.takes = 30.0
    await passing.go(15)
    assert car.values == [5, 6]

    assert await car.sender.end() == ()


async def test_a_newer_value_takes_the_place_of_one_from_before_a_reload(passing: Passing, car: Car) -> None:
    car.floor = 60.0
    sent = car.send(amps(5))
    await passing.go(3)
    await sent
    await car.sender.send(amps(6), USER)
    again = Car(passing)
    again.floor = 60.0
    again.sender.resume(await car.sender.end())
    await again.sender.send(amps(7), USER)  # returns at once
    await passing.go(70)

    assert again.values == [7]


async def test_what_was_put_off_before_a_reload_and_may_not_go_is_told_by_its_record(
    passing: Passing, car: Car
) -> None:
    car.floor, car.power, car.wake_takes = 60.0, Power.ASLEEP, 30.0
    first = car.send(amps(5))
    await passing.go(GATHER + 3)
    await car.sender.send(amps(6), USER)
    left = await car.sender.end()
    with pytest.raises(NotLoaded):
        await first

    again = Car(passing)
    again.budget = Verdict.OVER_BUDGET
    again.sender.resume(left)
    await passing.go(5)

    assert again.values == []
    assert again.outcomes == [Outcome.REFUSED]
    assert passing.running == []


@pytest.mark.parametrize("passed", [RELOAD + 1, -7200.0])
async def test_what_was_left_long_ago_is_not_sent_any_more(passing: Passing, car: Car, passed: float) -> None:
    car.floor = 60.0
    sent = car.send(amps(5))
    await passing.go(3)
    await sent
    await car.sender.send(amps(6), USER)
    left = await car.sender.end()
    again = Car(passing)
    passing.set_by = passed
    again.sender.resume(left)
    await passing.go(100)

    assert again.values == []
    assert passing.running == []


async def test_a_value_that_was_put_off_goes_even_if_who_wanted_it_has_left(
    passing: Passing, car: Car
) -> None:
    car.floor = 60.0
    sent = car.send(amps(5))
    await passing.go(3)
    await sent
    second = car.send(amps(6))
    await passing.settle()
    second.cancel()
    await passing.go(100)

    assert car.values == [5, 6]
