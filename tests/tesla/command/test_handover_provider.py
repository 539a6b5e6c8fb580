"""Commands to a provider that signs, wakes and repeats by itself: nothing of that is done twice."""

from dataclasses import replace

import pytest

from custom_components.tesla_direct.tesla.command.guard import Route, Signer
from custom_components.tesla_direct.tesla.command.record import Outcome
from custom_components.tesla_direct.tesla.errors import (
    ActionRefused,
    CarSilent,
    CarUnreachable,
    LoginExpired,
    NoAnswer,
    NotSent,
    OutcomeUnknown,
    PaymentRequired,
    RateLimited,
    SignatureRequired,
    TeslaError,
    WakeFailed,
    WakeNotAllowed,
)
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power

from .passing import Passing
from .sending import HONK, LOCK, USER, Car


@pytest.fixture
def car(passing: Passing) -> Car:
    """A car that sleeps, of which somebody else takes care."""
    car = Car(passing, Signer.PROVIDER)
    car.by_provider = True
    car.power = Power.ASLEEP
    return car


async def test_a_sleeping_car_is_sent_the_command_itself_and_the_wake_is_reckoned_with(
    passing: Passing, car: Car
) -> None:
    sent = car.send(LOCK)
    await passing.go(5)
    await sent

    assert car.delivered == [(LOCK, Route.PLAIN)]
    assert (car.wakes, car.looks, car.reckoned) == (0, 0, ["door_lock"])
    assert car.power is Power.ONLINE
    assert not car.waking


async def test_the_next_command_finds_the_car_awake(passing: Passing, car: Car) -> None:
    sent = [car.send(LOCK), car.send(HONK)]
    await passing.go(5)
    for each in sent:
        await each

    assert car.names == ["door_lock", "honk_horn"]
    assert car.reckoned == ["door_lock"]


@pytest.mark.parametrize(
    ("power", "error"),
    [(Power.ASLEEP, CarUnreachable), (Power.ASLEEP, CarSilent), (Power.ONLINE, CarUnreachable)],
)
async def test_a_provider_that_gives_up_has_tried_all_there_is(
    passing: Passing, car: Car, power: Power, error: type[CarUnreachable]
) -> None:
    car.power = power
    car.answers.append(error("it does not come", status=408))
    sent = car.send(LOCK)
    await passing.go(5)

    with pytest.raises(WakeFailed) as failed:
        await sent
    assert failed.value.retry_after == 120.0
    assert not failed.value.may_have_succeeded
    assert (len(car.delivered), car.wakes, car.looks) == (1, 0, 0)
    assert car.power is Power.ASLEEP
    assert car.outcomes == [Outcome.REJECTED]


async def test_a_car_that_was_awake_may_have_acted_before_the_time_was_up(passing: Passing, car: Car) -> None:
    """The same status without a word of sleep: what nobody knows is not said to have failed."""
    car.power = Power.ONLINE
    car.answers.append(CarSilent("in time", status=408))
    sent = car.send(HONK)
    await passing.go(5)

    with pytest.raises(CarSilent) as failed:
        await sent
    assert failed.value.may_have_succeeded
    assert len(car.delivered) == 1
    assert car.outcomes == [Outcome.UNKNOWN]


@pytest.mark.parametrize(
    ("error", "waking"),
    [
        (RateLimited("our own bucket", retry_after=20.0), False),
        (RateLimited("the service's", status=429, retry_after=20.0), False),
        (PaymentRequired("no credits", status=402, key="credits"), False),
        (LoginExpired("no token"), False),
        (OutcomeUnknown("500", status=500), True),
        (NoAnswer("lost"), True),
    ],
)
async def test_only_what_was_not_answered_may_still_wake_the_car(
    passing: Passing, car: Car, error: TeslaError, *, waking: bool
) -> None:
    car.answers.append(error)
    sent = car.send(HONK)
    await passing.go(5)
    with pytest.raises(type(error)):
        await sent

    assert car.waking is waking
    assert car.power is Power.ASLEEP


async def test_a_car_that_says_no_is_awake(passing: Passing, car: Car) -> None:
    car.answers.append(ActionRefused("no", reason="car_wash"))
    refused = car.send(LOCK)
    await passing.go(5)
    with pytest.raises(ActionRefused):
        await refused
    assert car.power is Power.ONLINE

    again = car.send(LOCK)
    await passing.go(5)
    await again
    assert car.reckoned == ["door_lock"]


async def test_what_the_user_forbids_to_wake_for_is_not_sent(passing: Passing, car: Car) -> None:
    car.may_wake = lambda _: False

    with pytest.raises(WakeNotAllowed):
        await car.sender.send(LOCK, USER)
    assert (car.delivered, car.reckoned) == ([], [])


async def test_a_wake_without_an_answer_is_not_paid_for_again(passing: Passing, car: Car) -> None:
    car.answers.append(NoAnswer("lost"))
    lost = car.send(HONK)
    await passing.go(5)
    with pytest.raises(NoAnswer):
        await lost
    assert car.waking

    sent = car.send(LOCK)
    await passing.go(5)
    await sent

    assert car.reckoned == ["honk_horn"]


async def test_what_was_not_sent_wakes_nobody(passing: Passing, car: Car) -> None:
    car.answers.append(NotSent("no network"))
    lost = car.send(HONK)
    await passing.go(5)

    with pytest.raises(NotSent):
        await lost
    assert not car.waking
    assert car.power is Power.ASLEEP


async def test_the_form_that_a_provider_has_chosen_is_not_tried_otherwise(passing: Passing, car: Car) -> None:
    car.power = Power.ONLINE
    car.answers.append(SignatureRequired("403"))
    sent = car.send(LOCK)
    await passing.go(5)

    with pytest.raises(SignatureRequired):
        await sent
    assert len(car.delivered) == 1


async def test_a_proxy_gets_what_is_to_be_signed_and_what_exists_unsigned_only_goes_straight(
    passing: Passing,
) -> None:
    car = Car(passing, Signer.PROXY)
    plain = replace(HONK, prefers_plain=True)
    sent = [car.send(LOCK), car.send(plain)]
    await passing.go(5)
    for each in sent:
        await each

    assert car.delivered == [(LOCK, Route.SIGNED), (plain, Route.PLAIN)]
