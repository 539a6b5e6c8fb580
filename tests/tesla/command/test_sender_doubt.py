"""What may have been carried out is not sent again, nor denied; what was never sent leaves no doubt."""

from dataclasses import replace

import pytest

from custom_components.tesla_direct.tesla.command.record import Outcome
from custom_components.tesla_direct.tesla.errors import (
    ActionRefused,
    CannotDo,
    CarSilent,
    CarUnreachable,
    KeyNotPaired,
    NoAnswer,
    RateLimited,
    SignatureRequired,
    TeslaError,
    WakeFailed,
)
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power

from .passing import Passing
from .sending import HONK, LOCK, USER, Car

GATEWAY = 503


@pytest.fixture
def car(passing: Passing) -> Car:
    return Car(passing)


def perhaps(error: TeslaError) -> TeslaError:
    """Return an error of an exchange, of which an earlier attempt may have run."""
    error.may_have_succeeded = True
    return error


@pytest.mark.parametrize("error", [CarUnreachable("408"), SignatureRequired("403")])
async def test_what_acts_each_time_and_may_have_run_is_not_sent_again(
    passing: Passing, car: Car, error: TeslaError
) -> None:
    car.answers.append(perhaps(error))
    sent = car.send(HONK)
    await passing.go(60)

    with pytest.raises(CarSilent) as told:
        await sent
    assert told.value.may_have_succeeded
    assert (car.names, car.wakes, car.outcomes) == (["honk_horn"], 0, [Outcome.UNKNOWN])
    assert car.asked_about == [HONK]


@pytest.mark.parametrize("second", [CarUnreachable("408"), ActionRefused("no", reason="car_wash")])
async def test_a_second_attempt_that_fails_does_not_deny_the_first(
    passing: Passing, car: Car, second: TeslaError
) -> None:
    began = passing.now
    car.answers.extend([perhaps(CarUnreachable("408")), second])
    sent = car.send(LOCK)
    await passing.go(60)

    with pytest.raises(type(second)) as told:
        await sent
    assert told.value.may_have_succeeded
    assert car.outcomes == [Outcome.UNKNOWN]
    assert car.found_out_since == [pytest.approx(began)]  # from the first attempt on


async def test_a_guard_that_refuses_the_second_attempt_does_not_deny_the_first(
    passing: Passing, car: Car
) -> None:
    car.answers.append(perhaps(CarUnreachable("408")))
    car.wake_fails = True
    sent = car.send(LOCK)
    await passing.go(60)

    with pytest.raises(WakeFailed) as told:
        await sent
    assert told.value.may_have_succeeded
    assert car.outcomes == [Outcome.UNKNOWN]


@pytest.mark.parametrize("command", [HONK, LOCK])
async def test_a_gateway_that_fails_while_nobody_knows_how_the_car_is_leaves_it_open(
    passing: Passing, car: Car, command: object
) -> None:
    asked = HONK if command is HONK else LOCK
    car.answers.extend([CarUnreachable("503", status=GATEWAY), CarUnreachable("503", status=GATEWAY)])
    car.look_fails = RateLimited("later", retry_after=5.0)
    sent = car.send(asked)
    await passing.go(60)

    with pytest.raises(CarUnreachable) as told:
        await sent
    assert told.value.may_have_succeeded
    assert car.outcomes == [Outcome.UNKNOWN]
    assert len(car.delivered) == (1 if asked is HONK else 2)


async def test_a_gateway_that_speaks_of_a_sleeping_car_leaves_nothing_open(
    passing: Passing, car: Car
) -> None:
    car.answers.append(CarUnreachable("503", status=GATEWAY))
    car.looks_show = Power.ASLEEP
    sent = car.send(HONK)
    await passing.go(60)
    await sent

    assert (car.names, car.wakes) == (["honk_horn", "honk_horn"], 1)


async def test_a_look_that_is_not_answered_is_no_command_that_may_have_run(
    passing: Passing, car: Car
) -> None:
    car.fresh, car.look_fails = False, NoAnswer("lost")
    with pytest.raises(NoAnswer) as told:
        await car.sender.send(HONK, USER)

    assert not told.value.may_have_succeeded
    assert (car.delivered, car.asked_about, car.outcomes) == ([], [], [Outcome.REFUSED])


async def test_a_read_that_is_not_answered_is_no_command_that_may_have_run(
    passing: Passing, car: Car
) -> None:
    car.know_fails = NoAnswer("lost")
    with pytest.raises(NoAnswer) as told:
        await car.sender.send(replace(HONK, name="actuate_trunk", toggles=True), USER)

    assert not told.value.may_have_succeeded
    assert car.outcomes == [Outcome.REFUSED]


async def test_a_key_that_is_gone_costs_no_look_for_what_was_done(passing: Passing, car: Car) -> None:
    """The car has said it twice by then."""
    car.answers.append(perhaps(KeyNotPaired("gone")))
    sent = car.send(LOCK)
    await passing.go(1)

    with pytest.raises(KeyNotPaired):
        await sent
    assert car.asked_about == []


async def test_a_state_that_nobody_knows_is_no_doubt(passing: Passing, car: Car) -> None:
    with pytest.raises(CannotDo) as told:
        await car.sender.send(replace(HONK, toggles=True), USER)

    assert not told.value.may_have_succeeded
