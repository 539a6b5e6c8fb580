"""When the cloud is asked, and what for; numbers from the costs of a month and the sleep of cars."""

from dataclasses import replace
from itertools import pairwise
from math import inf

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.source.poll_plan import (
    CarView,
    Check,
    Fetch,
    Read,
    Wait,
    fetch_due,
    month_cost,
    next_step,
    retry_pause,
)
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power

NOW = 1_791_360_000.0
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
USUAL = 10 * MINUTE
MISSING = frozenset({"charge_state", "drive_state"})
# Awake for a day, fetched an hour ago, parked in a garage without any telemetry.
ONLINE = CarView(vin="A", power=Power.ONLINE, online_since=NOW - DAY, fetched_at=NOW - HOUR, missing=MISSING)
ASLEEP = CarView(vin="A", power=Power.ASLEEP, missing=MISSING)

TIMES = st.floats(NOW - 2 * DAY, NOW)
CARS = st.builds(
    CarView,
    vin=st.sampled_from("ABC"),
    power=st.sampled_from(Power),
    connected=st.booleans(),
    online_since=st.none() | TIMES,
    silent_since=st.just(0.0) | TIMES,
    fetched_at=st.none() | TIMES,
    not_before=st.just(0.0) | st.floats(NOW - DAY, NOW + DAY),
    missing=st.sampled_from([frozenset(), MISSING]),
    quiet_since=st.none() | TIMES,
)
INTERVALS = st.none() | st.floats(2 * MINUTE, DAY)


def due(car: CarView, interval: float | None = USUAL) -> float | None:
    """Return in how many seconds a car is fetched."""
    at = fetch_due(car, interval)
    return None if at is None else at - NOW


def step(*cars: CarView, interval: float | None = USUAL, read: float = 1.0, checked: float = HOUR) -> object:
    """Return what is to be done so many seconds after the last free questions."""
    return next_step(NOW, NOW - read, NOW - checked, cars, interval)


def test_the_first_thing_is_a_look_that_costs_nothing() -> None:
    assert next_step(NOW, None, None, [ONLINE], USUAL) == Read()
    assert next_step(NOW, NOW, None, [ONLINE], USUAL) == Check()
    assert next_step(NOW, NOW, NOW, [ONLINE], USUAL) == Fetch("A", MISSING)


def test_cars_without_connection_are_looked_at_every_two_minutes() -> None:
    assert step(ASLEEP, read=119) == Wait(NOW + 1)
    assert step(ASLEEP, read=120) == Read()


def test_one_car_without_connection_is_enough_to_look() -> None:
    streaming = replace(ONLINE, vin="B", connected=True, proven_until=inf, missing=frozenset())

    assert step(streaming, ASLEEP, read=120) == Read()
    assert step(streaming, read=120) == Wait(NOW + HOUR - 120)


def test_a_connection_that_may_be_none_any_more_is_looked_after_for_free() -> None:
    streaming = replace(ONLINE, connected=True, proven_until=NOW + 300, missing=frozenset())

    assert step(streaming, read=119.0) == Wait(NOW + 300)
    assert step(replace(streaming, proven_until=NOW), read=120.0) == Read()
    assert step(replace(streaming, proven_until=NOW), read=119.0) == Wait(NOW + 1)
    assert step(streaming, read=HOUR) == Read()


def test_cars_that_all_stream_are_looked_at_once_an_hour() -> None:
    streaming = replace(ONLINE, connected=True, proven_until=inf, missing=frozenset())

    assert step(streaming, read=HOUR - 1) == Wait(NOW + 1)
    assert step(streaming, read=HOUR) == Read()


def test_keys_are_looked_at_once_a_day() -> None:
    assert step(ASLEEP, checked=DAY - 1) == Wait(NOW + 1)
    assert step(ASLEEP, checked=DAY) == Check()


@pytest.mark.parametrize("power", [Power.ASLEEP, Power.OFFLINE, Power.UNKNOWN])
def test_nothing_is_paid_for_a_car_that_is_not_said_to_be_online(power: Power) -> None:
    assert due(replace(ONLINE, power=power)) is None
    assert due(replace(ONLINE, power=power, fetched_at=None)) is None


def test_nothing_is_paid_for_what_nobody_wants() -> None:
    assert due(replace(ONLINE, missing=frozenset())) is None


def test_a_car_nothing_is_known_of_is_fetched_at_once() -> None:
    assert step(replace(ONLINE, fetched_at=None, online_since=NOW)) == Fetch("A", MISSING)
    assert due(replace(ONLINE, fetched_at=None, online_since=NOW), interval=None) == 0


def test_a_car_that_does_not_stream_is_fetched_in_the_interval_the_user_chose() -> None:
    fetched = replace(ONLINE, fetched_at=NOW)

    assert due(fetched) == 600
    assert due(fetched, interval=2 * MINUTE) == 120
    assert step(replace(ONLINE, fetched_at=NOW - 600)) == Fetch("A", MISSING)


def test_a_car_that_streams_is_fetched_seldom_and_only_for_what_it_does_not_tell() -> None:
    streaming = replace(
        ONLINE, fetched_at=NOW, connected=True, proven_until=inf, missing=frozenset({"vehicle_config"})
    )

    assert due(streaming) == 6 * HOUR
    assert step(replace(streaming, fetched_at=NOW - 6 * HOUR)) == Fetch("A", frozenset({"vehicle_config"}))


def test_a_user_who_polls_nothing_gets_what_is_missing_seldom() -> None:
    assert due(replace(ONLINE, fetched_at=NOW), interval=None) == 6 * HOUR


def test_a_car_that_has_just_woken_is_left_to_fall_asleep_again() -> None:
    # A self-check takes two or three minutes; a question makes a quarter of an hour of it.
    woken = replace(ONLINE, online_since=NOW)

    wait = due(woken)

    assert wait is not None
    assert 3 * MINUTE < wait <= 10 * MINUTE


def test_a_car_that_was_left_alone_gets_time_to_fall_asleep() -> None:
    # That takes a quarter of an hour without questions, and starts over after 20 minutes.
    quiet = replace(ONLINE, quiet_since=NOW - 15 * MINUTE, fetched_at=NOW)

    wait = due(quiet)

    assert wait is not None
    assert 15 * MINUTE < wait < 25 * MINUTE


def test_a_car_that_was_just_left_alone_is_asked_as_before() -> None:
    assert due(replace(ONLINE, quiet_since=NOW - 15 * MINUTE + 1, fetched_at=NOW)) == 600


def test_a_pause_is_never_shorter_than_what_the_user_chose() -> None:
    quiet = replace(ONLINE, quiet_since=NOW - HOUR, fetched_at=NOW)

    assert due(quiet, interval=HOUR) == HOUR


def test_a_connection_that_just_ended_is_no_reason_to_ask() -> None:
    assert due(replace(ONLINE, silent_since=NOW)) == 600
    assert due(replace(ONLINE, silent_since=NOW - DAY)) == due(ONLINE)


def test_a_fetch_that_failed_is_not_repeated_before_its_time() -> None:
    assert due(replace(ONLINE, not_before=NOW + 900)) == 900
    assert due(replace(ONLINE, not_before=NOW + 900, fetched_at=None)) == 900
    assert due(replace(ONLINE, not_before=NOW + DAY, connected=True)) == DAY


def test_each_failure_doubles_the_pause_up_to_a_quarter_of_a_day() -> None:
    pauses = [retry_pause(failures) for failures in (1, 2, 3, 4, 5, 6, 7, 1000)]

    assert pauses == [900, 1800, 3600, 7200, 14_400, 21_600, 21_600, 21_600]


def test_cars_take_turns() -> None:
    other = replace(ONLINE, vin="B")

    assert step(ONLINE, other) == Fetch("A", MISSING)
    assert step(replace(ONLINE, fetched_at=NOW), other) == Fetch("B", MISSING)


def test_a_car_that_is_not_due_holds_up_nobody() -> None:
    assert step(ASLEEP, replace(ONLINE, vin="B")) == Fetch("B", MISSING)


def test_without_cars_there_is_hardly_anything_to_do() -> None:
    assert step(read=HOUR - 1) == Wait(NOW + 1)


@pytest.mark.parametrize(
    ("interval", "online", "cost"),
    [
        (10, 1, 518.40),
        (60, 1 / 3, 28.80),
        (120, 1, 43.20),
        (600, 1, 8.64),
        (600, 1 / 8, 1.08),
        (900, 1, 5.76),
    ],
)
def test_a_month_costs_what_the_price_list_says(interval: float, online: float, cost: float) -> None:
    assert month_cost(interval, online, price=1 / 500) == pytest.approx(cost)


@given(
    cars=st.lists(CARS, unique_by=lambda car: car.vin),
    interval=INTERVALS,
    read_at=st.none() | TIMES,
    checked_at=st.none() | TIMES,
)
def test_a_wait_leads_to_something(
    cars: list[CarView], interval: float | None, read_at: float | None, checked_at: float | None
) -> None:
    match next_step(NOW, read_at, checked_at, cars, interval):
        case Wait(until):
            assert NOW < until <= NOW + HOUR
            assert not isinstance(next_step(until, read_at, checked_at, cars, interval), Wait)
        case Fetch(vin, endpoints):
            (fetched,) = (car for car in cars if car.vin == vin)
            assert fetched.power is Power.ONLINE
            assert endpoints == fetched.missing != frozenset()
        case Read() | Check():
            pass


@given(car=CARS, interval=st.floats(2 * MINUTE, 6 * HOUR))
def test_a_connection_never_makes_a_fetch_come_earlier(car: CarView, interval: float) -> None:
    car = replace(car, silent_since=0.0)
    alone = fetch_due(replace(car, connected=False), interval)
    connected = fetch_due(replace(car, connected=True), interval)

    assert (alone is None) is (connected is None)
    assert alone is None or connected is None or connected >= alone


def days(car: CarView, interval: float | None, count: float) -> tuple[list[float], list[float]]:
    """Follow the plan for some days; return when it read for free and when it paid."""
    now, end = NOW, NOW + count * DAY
    read_at: float | None = None
    checked_at: float | None = None
    reads, fetches = list[float](), list[float]()
    while now < end:
        match next_step(now, read_at, checked_at, [car], interval):
            case Read():
                read_at = now
                reads.append(now)
            case Check():
                checked_at = now
            case Fetch():
                fetches.append(now)
                car = replace(car, fetched_at=now)
            case Wait(until):
                now = until
    return reads, fetches


@pytest.mark.parametrize("interval", [2 * MINUTE, 10 * MINUTE, HOUR])
def test_a_car_that_never_sleeps_costs_what_was_promised(interval: float) -> None:
    _, fetches = days(replace(ONLINE, fetched_at=None), interval, 1)

    assert len(fetches) <= DAY / interval
    assert len(fetches) / 500 * 30 == pytest.approx(month_cost(interval, 1, 1 / 500), rel=0.01)
    assert min(later - earlier for earlier, later in pairwise(fetches)) >= interval


def test_a_car_that_streams_costs_next_to_nothing() -> None:
    streaming = replace(ONLINE, connected=True, proven_until=inf, missing=frozenset({"vehicle_config"}))

    reads, fetches = days(streaming, USUAL, 30)

    assert len(fetches) == 4 * 30
    assert len(reads) == 24 * 30


def test_a_car_that_sleeps_costs_nothing() -> None:
    reads, fetches = days(ASLEEP, USUAL, 1)

    assert fetches == []
    assert len(reads) == 24 * 30
