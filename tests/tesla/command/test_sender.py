"""One command at a time, each wish once, and only what the guard lets go."""

import asyncio
from dataclasses import replace

import pytest

from custom_components.tesla_direct.tesla.command.command import COMMANDS, Command, Origin
from custom_components.tesla_direct.tesla.command.guard import Ask, Route
from custom_components.tesla_direct.tesla.command.record import Outcome
from custom_components.tesla_direct.tesla.command.sender import GATHER
from custom_components.tesla_direct.tesla.errors import (
    ActionRefused,
    CannotDo,
    CarUnreachable,
    NoAnswer,
    NotLoaded,
    OverBudget,
    RateLimited,
)
from custom_components.tesla_direct.tesla.fleet_api.budget import Verdict
from custom_components.tesla_direct.tesla.fleet_api.endpoints import Price
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power
from custom_components.tesla_direct.tesla.vehicle.expectation import Expectation
from custom_components.tesla_direct.tesla.vehicle.signals import charge

from .passing import Passing
from .sending import HONK, LOCK, USER, Car, amps


@pytest.fixture
def car(passing: Passing) -> Car:
    return Car(passing)


async def test_a_command_goes_and_its_effect_is_left_to_be_confirmed(passing: Passing, car: Car) -> None:
    sent = car.send(LOCK)
    await passing.go(1)
    await sent

    assert car.delivered == [(LOCK, Route.SIGNED)]
    (record,) = car.done_records
    assert record.outcome is Outcome.SENT
    assert record.answered == pytest.approx(0.1)
    assert car.ended_records == []
    assert passing.running == []


async def test_a_refusal_of_the_guard_sends_nothing(passing: Passing, car: Car) -> None:
    car.budget = Verdict.OVER_BUDGET

    with pytest.raises(OverBudget):
        await car.sender.send(LOCK, USER)
    with pytest.raises(OverBudget):
        await car.sender.send(amps(5), USER)  # at once, and not after two seconds

    assert (car.delivered, car.looks, car.wakes) == ([], 0, 0)
    assert car.outcomes == [Outcome.REFUSED, Outcome.REFUSED]
    assert car.ended_records[0][0].detail == "OverBudget"


async def test_consent_lets_it_go(passing: Passing, car: Car) -> None:
    car.budget = Verdict.OVER_BUDGET
    sent = car.send(LOCK, Origin(Cause.USER, consent=True))
    await passing.go(1)
    await sent

    assert car.names == ["door_lock"]


async def test_twenty_commands_to_a_sleeping_car_wake_it_once_and_go_in_order(
    passing: Passing, car: Car
) -> None:
    car.power = Power.ASLEEP
    commands = [replace(HONK, name=f"command_{number}") for number in range(20)]
    sent = [car.send(command) for command in commands]
    await passing.go(60)
    await asyncio.gather(*sent)

    assert car.wakes == 1
    assert [command for command, _ in car.delivered] == commands
    assert car.most_underway == 1


async def test_a_refusal_that_says_that_it_is_so_is_a_success(passing: Passing, car: Car) -> None:
    car.answers.append(ActionRefused("no", reason="already_set"))
    sent = car.send(LOCK)
    await passing.go(1)
    await sent

    assert car.done_records[0].detail == "already_set"


async def test_another_refusal_is_the_cars_word(passing: Passing, car: Car) -> None:
    car.answers.append(ActionRefused("no", reason="car_wash"))
    sent = car.send(LOCK)
    await passing.go(1)

    with pytest.raises(ActionRefused):
        await sent
    assert car.outcomes == [Outcome.REJECTED]
    assert len(car.delivered) == 1


@pytest.mark.parametrize(
    ("was_done", "outcome"), [(True, Outcome.CONFIRMED), (False, Outcome.UNKNOWN), (None, Outcome.UNKNOWN)]
)
async def test_a_lost_answer_is_looked_up_and_not_repeated(
    passing: Passing, car: Car, *, was_done: bool | None, outcome: Outcome
) -> None:
    car.answers.append(NoAnswer("lost"))
    car.was_done = was_done
    sent = car.send(HONK)
    await passing.go(5)

    if was_done:
        await sent
    else:
        with pytest.raises(NoAnswer):
            await sent
    assert car.names == ["honk_horn"]
    assert car.outcomes == [outcome]


async def test_equal_wishes_that_may_be_one_are_one(passing: Passing, car: Car) -> None:
    sent = [car.send(LOCK) for _ in range(5)]
    await passing.go(0.05)
    sent.append(car.send(LOCK))  # while it is underway
    await passing.go(5)
    await asyncio.gather(*sent)

    assert car.names == ["door_lock"]


async def test_wishes_that_act_each_time_are_each_carried_out(passing: Passing, car: Car) -> None:
    sent = [car.send(HONK) for _ in range(3)]
    await passing.go(5)
    await asyncio.gather(*sent)

    assert car.names == ["honk_horn"] * 3


async def test_a_wish_is_not_merged_over_its_opposite(passing: Passing, car: Car) -> None:
    unlock = replace(LOCK, name="door_unlock", payload=b"\x10\x00")
    sent = [car.send(command) for command in (LOCK, unlock, LOCK)]
    await passing.go(5)
    await asyncio.gather(*sent)

    assert car.names == ["door_lock", "door_unlock", "door_lock"]


async def test_fifty_moves_of_a_slider_in_five_seconds_are_three_commands(passing: Passing, car: Car) -> None:
    sent = []
    for value in range(50):
        sent.append(car.send(amps(value)))
        await passing.go(0.1)
    await passing.go(10)
    await asyncio.gather(*sent)

    assert len(car.delivered) <= 3
    assert car.values[-1] == 49


async def test_moves_within_two_seconds_are_one_command(passing: Passing, car: Car) -> None:
    sent = [car.send(amps(5))]
    await passing.go(GATHER - 0.1)
    sent.append(car.send(amps(9)))
    await passing.go(3)
    await asyncio.gather(*sent)

    assert car.values == [9]


async def test_an_equal_value_is_not_sent(passing: Passing, car: Car) -> None:
    car.has = lambda command: command == amps(5)

    await car.sender.send(amps(5), USER)

    assert car.delivered == []
    assert car.outcomes == [Outcome.ALREADY]


async def test_a_slider_that_comes_back_to_where_it_was_sends_nothing(passing: Passing, car: Car) -> None:
    car.has = lambda command: command == amps(5)
    sent = [car.send(amps(9))]
    await passing.go(1)
    sent.append(car.send(amps(5)))
    await passing.go(5)
    await asyncio.gather(*sent)

    assert car.delivered == []


async def test_an_old_value_is_no_reason_to_leave_out_a_new_one(passing: Passing, car: Car) -> None:
    """While nine is on its way, five is not what the car has any more."""
    car.has = lambda command: not car.delivered and command == amps(5)
    sent = [car.send(amps(9))]
    await passing.go(GATHER + 0.05)
    assert car.values == [9]
    sent.append(car.send(amps(5)))
    await passing.go(5)
    await asyncio.gather(*sent)

    assert car.values == [9, 5]


async def test_between_two_values_there_is_a_floor_and_nobody_waits_for_it(
    passing: Passing, car: Car
) -> None:
    car.floor = 60.0
    sent = car.send(amps(5))
    await passing.go(3)
    await sent

    for value in (6, 7, 8):
        await car.sender.send(amps(value), USER)  # returns at once
    assert car.values == [5]
    await passing.go(50)
    assert car.values == [5]
    await passing.go(10)

    assert car.values == [5, 8]


async def test_an_automation_that_sets_amps_every_five_seconds_stays_within_the_floor(
    passing: Passing, car: Car
) -> None:
    car.floor = 60.0
    for number in range(720):  # an hour
        task = car.send(amps(5 + number % 11), Origin(Cause.AUTOMATION))
        await passing.go(5)
        await task

    assert len(car.delivered) <= 3600 / 60 + 1


async def test_what_was_put_off_and_fails_is_told_by_its_record(passing: Passing, car: Car) -> None:
    car.floor = 60.0
    sent = car.send(amps(5))
    await passing.go(3)
    await sent
    car.answers.append(RateLimited("later", retry_after=10))
    await car.sender.send(amps(6), USER)
    await passing.go(60)

    assert car.outcomes == [Outcome.REJECTED]
    assert passing.running == []


async def test_a_clock_that_was_set_back_does_not_stretch_the_floor(passing: Passing, car: Car) -> None:
    car.floor = 60.0
    sent = car.send(amps(5))
    await passing.go(3)
    await sent
    passing.now -= 7200
    sent = car.send(amps(6))
    await passing.go(5)
    await sent

    assert car.values == [5, 6]


async def test_a_caller_that_gives_up_before_it_is_sent_leaves_nothing_behind(
    passing: Passing, car: Car
) -> None:
    car.power = Power.ASLEEP
    sent = car.send(LOCK)
    await passing.go(2)
    sent.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sent
    await passing.settle()

    assert passing.running == []
    assert car.outcomes == [Outcome.CANCELLED]

    again = car.send(LOCK)  # and no lock is held
    await passing.go(10)
    await again
    assert car.names == ["door_lock"]


async def test_a_caller_that_gives_up_while_it_is_underway_leaves_it_unknown(
    passing: Passing, car: Car
) -> None:
    car.takes = 10.0
    sent = car.send(HONK)
    await passing.go(1)
    sent.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sent

    assert car.outcomes == [Outcome.UNKNOWN]
    assert car.underway == 0


async def test_one_of_two_who_gives_up_takes_nothing_from_the_other(passing: Passing, car: Car) -> None:
    first, second = car.send(LOCK), car.send(LOCK)
    await passing.go(0.05)
    first.cancel()
    await passing.go(1)
    await second

    assert car.names == ["door_lock"]


async def test_unloading_ends_what_is_underway_and_what_waits(passing: Passing, car: Car) -> None:
    car.takes = 10.0
    sent = [car.send(command) for command in (LOCK, HONK, amps(5))]
    await passing.go(1)

    await car.sender.end()

    for task in sent:
        with pytest.raises(NotLoaded):
            await task
    assert passing.running == []


async def test_waking_a_car_that_is_awake_asks_for_nothing(passing: Passing, car: Car) -> None:
    await car.sender.wake(USER)
    assert car.wakes == 0

    car.power = Power.ASLEEP
    woken = asyncio.ensure_future(car.sender.wake(USER))
    await passing.go(6)
    await woken
    assert car.wakes == 1


async def test_a_read_passes_the_same_gate(passing: Passing, car: Car) -> None:
    ask = Ask(name="recent_alerts", scopes=(COMMANDS,), wakes=False, price=Price.DATA)
    await car.sender.admit(ask, USER)

    car.power = Power.ASLEEP
    with pytest.raises(CarUnreachable):
        await car.sender.admit(ask, USER)
    assert car.wakes == 0


@pytest.mark.parametrize(("known", "sent"), [(True, []), (False, ["actuate_trunk"])])
async def test_what_only_changes_over_is_sent_only_if_it_is_not_so_yet(
    passing: Passing, car: Car, *, known: bool, sent: list[str]
) -> None:
    trunk = replace(HONK, name="actuate_trunk", toggles=True)
    car.known = known
    task = car.send(trunk)
    await passing.go(1)
    await task

    assert (car.asked_about, car.names) == ([trunk], sent)


async def test_what_only_changes_over_is_not_sent_where_nobody_knows(passing: Passing, car: Car) -> None:
    with pytest.raises(CannotDo):
        await car.sender.send(replace(HONK, name="actuate_trunk", toggles=True), USER)

    assert car.delivered == []


async def test_a_value_that_is_so_by_the_time_its_turn_comes_is_not_sent(passing: Passing, car: Car) -> None:
    sent = car.send(amps(5))
    await passing.go(1)
    car.has = lambda _: True
    await passing.go(2)
    await sent

    assert car.delivered == []
    assert car.outcomes == [Outcome.ALREADY]


async def test_what_is_on_its_way_is_known_and_the_newest_of_it_counts(passing: Passing, car: Car) -> None:
    def wish(value: int) -> Command:
        return replace(amps(value), expects=(Expectation(charge.CURRENT_REQUEST, value),))

    assert car.sender.wished(charge.CURRENT_REQUEST) is None
    sent = [car.send(wish(5)), car.send(wish(16))]
    await passing.go(1)
    wished = car.sender.wished(charge.CURRENT_REQUEST)
    await passing.go(2)
    await asyncio.gather(*sent)

    assert wished is not None
    assert wished.value == 16
    assert car.sender.wished(charge.CURRENT_REQUEST) is None
    assert car.sender.wished(charge.LIMIT) is None
