"""Falling asleep, waking, and what polling does to it."""

from random import Random

import pytest

from simulator.car.sleep import IDLE_S, POLLED_S, SELF_CHECK_S, Power


def power(*, old: bool = False) -> Power:
    return Power(Random(1), old=old)  # noqa: S311  # chance, not secrets


def passed(power: Power, seconds: float, *, busy: bool = False, poll_every: float | None = None) -> Power:
    for second in range(1, int(seconds) + 1):
        power.step(1.0, busy=busy)
        if poll_every and second % poll_every == 0 and power.awake:
            power.polled()
    return power


def test_an_idle_car_falls_asleep() -> None:
    assert passed(power(), IDLE_S - 1).state == "online"
    assert passed(power(), IDLE_S).state == "asleep"


def test_a_busy_car_does_not() -> None:
    assert passed(power(), 3 * IDLE_S, busy=True).state == "online"


def test_many_cars_call_it_offline() -> None:
    sleeper = power()
    sleeper.sleeps_as = "offline"
    sleeper.sleep()

    assert sleeper.state == "offline"


def test_waking_takes_its_time() -> None:
    sleeper = power()
    sleeper.sleep()

    sleeper.wake()

    assert sleeper.waking
    assert passed(sleeper, 9).state == "asleep"
    assert passed(sleeper, 52).state == "online"


def test_calling_again_does_not_hurry_it() -> None:
    sleeper = power()
    sleeper.sleep()
    sleeper.wake_s = (20.0, 20.0)
    sleeper.wake()
    passed(sleeper, 15)
    sleeper.wake()

    assert passed(sleeper, 6).state == "online"


def test_calling_a_car_that_is_up_does_nothing() -> None:
    awake = power()
    awake.wake()

    assert not awake.waking


def test_a_car_without_signal_hears_nothing() -> None:
    sleeper = power()
    sleeper.sleep()
    sleeper.signal = False

    sleeper.wake()

    assert not sleeper.waking
    assert sleeper.state == "offline"


def test_polling_keeps_an_old_car_awake() -> None:
    assert passed(power(old=True), 3 * IDLE_S, poll_every=300).state == "online"


def test_polling_does_not_keep_a_newer_one_awake() -> None:
    assert passed(power(), IDLE_S, poll_every=300).state == "asleep"


def test_a_poll_turns_a_short_check_into_a_quarter_of_an_hour() -> None:
    checking = power()
    checking.wake_now(to_check_itself=True)
    assert passed(checking, SELF_CHECK_S).state == "asleep"

    polled = power()
    polled.wake_now(to_check_itself=True)
    passed(polled, 60)
    polled.polled()
    assert passed(polled, POLLED_S - 1).state == "online"
    assert passed(polled, 1).state == "asleep"


@pytest.mark.parametrize(("share", "low", "high"), [(0.0, 100, 100), (0.5, 30, 70), (1.0, 0, 0)])
def test_a_flaky_car_is_reached_now_and_then(share: float, low: int, high: int) -> None:
    flaky = power()
    flaky.flakiness = share

    assert low <= sum(flaky.reachable() for _ in range(100)) <= high


def test_a_sleeping_car_is_never_reached() -> None:
    sleeper = power()
    sleeper.sleep()

    assert not sleeper.reachable()
