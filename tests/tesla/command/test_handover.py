"""One command, in the form that the car takes, which is looked at, woken, and left alone in the end."""

import pytest

from custom_components.tesla_direct.tesla.command.command import Origin
from custom_components.tesla_direct.tesla.command.guard import Route
from custom_components.tesla_direct.tesla.command.record import Outcome
from custom_components.tesla_direct.tesla.errors import (
    CarSilent,
    CarUnreachable,
    SignatureRequired,
    SignatureUnsupported,
    TeslaError,
    WakeFailed,
)
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power

from .passing import Passing
from .sending import HONK, LOCK, USER, Car


@pytest.fixture
def car(passing: Passing) -> Car:
    return Car(passing)


async def test_a_wake_that_fails_is_told(passing: Passing, car: Car) -> None:
    car.power, car.wake_fails = Power.OFFLINE, True
    sent = car.send(LOCK)
    await passing.go(10)

    with pytest.raises(WakeFailed):
        await sent
    assert car.delivered == []
    assert car.outcomes == [Outcome.REFUSED]


async def test_a_car_that_falls_asleep_again_at_once_is_not_woken_for_ever(
    passing: Passing, car: Car
) -> None:
    car.power, car.looks_show = Power.ASLEEP, Power.ASLEEP
    sent = car.send(LOCK)
    car.wake_takes = 0.0

    async def sleeps_again(origin: Origin) -> None:
        car.wakes += 1

    car.wake = sleeps_again  # type: ignore[method-assign]  # the car's own doing
    await passing.go(10)

    with pytest.raises(WakeFailed):
        await sent
    assert car.wakes == 1


async def test_what_was_not_seen_just_now_is_looked_at_for_free(passing: Passing, car: Car) -> None:
    car.fresh = False
    sent = car.send(LOCK)
    await passing.go(1)
    await sent

    assert (car.looks, car.wakes, car.names) == (1, 0, ["door_lock"])


async def test_a_look_that_shows_nothing_is_not_repeated(passing: Passing, car: Car) -> None:
    car.fresh = False

    async def look(origin: Origin) -> None:
        car.looks += 1

    car.look = look  # type: ignore[method-assign]  # the cloud's own doing
    with pytest.raises(CarUnreachable):
        await car.sender.send(LOCK, USER)
    assert car.looks == 1


async def test_a_car_that_sleeps_though_it_seemed_awake_is_woken_and_asked_again(
    passing: Passing, car: Car
) -> None:
    car.answers.append(CarUnreachable("408"))
    sent = car.send(HONK)  # also what must not be repeated: it was certainly not done
    await passing.go(20)
    await sent

    assert (car.wakes, car.names) == (1, ["honk_horn", "honk_horn"])


async def test_a_car_that_is_unreachable_twice_is_left_alone(passing: Passing, car: Car) -> None:
    car.answers.extend([CarUnreachable("408"), CarUnreachable("408")])
    sent = car.send(LOCK)
    await passing.go(20)

    with pytest.raises(CarUnreachable):
        await sent
    assert (car.wakes, len(car.delivered)) == (1, 2)
    assert car.outcomes == [Outcome.REJECTED]


async def test_a_silent_car_is_not_taken_for_a_sleeping_one(passing: Passing, car: Car) -> None:
    car.answers.append(CarSilent("408"))
    sent = car.send(HONK)
    await passing.go(5)

    with pytest.raises(CarSilent):
        await sent
    assert (car.wakes, len(car.delivered), car.asked_about) == (0, 1, [HONK])
    assert car.outcomes == [Outcome.UNKNOWN]


@pytest.mark.parametrize(
    ("error", "wants_signature", "then"),
    [
        (SignatureUnsupported("422"), True, Route.PLAIN),
        (SignatureRequired("403"), False, Route.SIGNED),
    ],
)
async def test_a_car_that_wants_the_other_form_gets_it(
    passing: Passing, car: Car, error: TeslaError, *, wants_signature: bool, then: Route
) -> None:
    car.wants_signature = wants_signature
    car.answers.append(error)
    sent = car.send(LOCK)
    await passing.go(5)
    await sent

    assert [route for _, route in car.delivered][-1] is then
    assert car.wants_signature is not wants_signature


async def test_a_car_that_wants_neither_form_is_left_alone(passing: Passing, car: Car) -> None:
    car.answers.extend([SignatureUnsupported("422"), SignatureRequired("403")])
    sent = car.send(LOCK)
    await passing.go(5)

    with pytest.raises(SignatureRequired):
        await sent
    assert len(car.delivered) == 2
