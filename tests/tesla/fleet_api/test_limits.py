import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import WireError
from custom_components.tesla_direct.tesla.fleet_api.endpoints import Price
from custom_components.tesla_direct.tesla.fleet_api.limits import (
    LONGEST,
    PER_ACCOUNT,
    PER_CAR,
    SHORTEST,
    SUSPENSION,
    Limits,
    Rate,
    Together,
    wait_told,
)

NOW = 1_791_360_000.0


def taken(limits: Limits, price: Price, vin: str | None, times: int, now: float = NOW) -> None:
    for _ in range(times):
        assert limits.free_in(price, vin, now) == 0
        limits.take(price, vin, now)


@pytest.mark.parametrize(
    ("price", "size", "seconds"),
    [(Price.COMMAND, 25, 60.0), (Price.DATA, 6, 60.0), (Price.WAKE, 1, 120.0), (Price.UNKNOWN, 6, 60.0)],
)
def test_each_car_has_its_share_and_then_waits(price: Price, size: int, seconds: float) -> None:
    limits = Limits()
    taken(limits, price, "A", size)

    assert limits.free_in(price, "A", NOW) == seconds
    assert limits.free_in(price, "A", NOW + seconds - 1) == 1
    assert limits.free_in(price, "A", NOW + seconds) == 0
    assert limits.free_in(price, "B", NOW) == 0


@pytest.mark.parametrize(("price", "ceiling"), [(Price.COMMAND, 30), (Price.DATA, 60), (Price.WAKE, 3)])
def test_all_cars_together_stay_below_teslas_ceiling(price: Price, ceiling: int) -> None:
    limits = Limits()
    for car in range(ceiling):
        taken(limits, price, str(car), 1)

    assert limits.free_in(price, "another", NOW) == 60
    assert limits.free_in(price, None, NOW) == 60


def test_free_reads_do_not_count() -> None:
    limits = Limits()

    taken(limits, Price.FREE, "A", 1000)


def test_kinds_do_not_empty_each_others_buckets() -> None:
    limits = Limits()
    taken(limits, Price.DATA, "A", 6)

    assert limits.free_in(Price.COMMAND, "A", NOW) == 0


@given(st.lists(st.floats(0, 30), max_size=200))
def test_no_minute_has_more_than_its_share_wherever_it_begins(pauses: list[float]) -> None:
    limits, now, sent = Limits(), NOW, list[float]()
    for pause in pauses:
        now += pause
        if limits.free_in(Price.DATA, "A", now) == 0:
            limits.take(Price.DATA, "A", now)
            sent.append(now)

    assert all(later - first >= 60 for first, later in zip(sent, sent[6:], strict=False))


def test_a_place_is_given_back_when_nothing_was_sent() -> None:
    limits = Limits()
    limits.take(Price.WAKE, "A", NOW)
    limits.give_back(Price.WAKE, "A", NOW)

    assert limits.free_in(Price.WAKE, "A", NOW) == 0
    limits.give_back(Price.WAKE, "A", NOW)
    limits.give_back(Price.FREE, "A", NOW)


def test_a_clock_that_is_set_back_empties_no_bucket_for_long() -> None:
    limits = Limits()
    taken(limits, Price.WAKE, "A", 1, NOW + 3600)

    assert limits.free_in(Price.WAKE, "A", NOW) == 0


def test_a_clock_that_is_put_right_by_a_moment_fills_no_bucket() -> None:
    limits = Limits()
    taken(limits, Price.WAKE, "A", 1, NOW + 0.5)

    assert limits.free_in(Price.WAKE, "A", NOW) == 120.5


def test_what_tesla_tells_us_to_wait_holds_for_its_kind() -> None:
    limits = Limits()
    limits.block(Price.DATA, NOW, 37829)

    assert limits.free_in(Price.DATA, "A", NOW) == 37829
    assert limits.free_in(Price.DATA, None, NOW + 37829) == 0
    assert limits.free_in(Price.COMMAND, "A", NOW) == 0


def test_a_wait_for_nothing_in_particular_holds_for_all() -> None:
    limits = Limits()
    limits.block(None, NOW, 10)

    assert limits.free_in(Price.FREE, None, NOW) == 10
    assert limits.free_in(Price.WAKE, "A", NOW) == 10


def test_what_has_no_known_price_waits_with_data() -> None:
    limits = Limits()
    limits.block(Price.DATA, NOW, 10)

    assert limits.free_in(Price.UNKNOWN, None, NOW) == 10


def test_a_wait_for_what_has_no_known_price_holds_for_all() -> None:
    limits = Limits()
    limits.block(Price.UNKNOWN, NOW, 10)

    assert limits.free_in(Price.FREE, None, NOW) == 10


def test_a_shorter_wait_does_not_end_a_longer_one() -> None:
    limits = Limits()
    limits.block(Price.DATA, NOW, 100)
    limits.block(Price.DATA, NOW, 10)

    assert limits.free_in(Price.DATA, None, NOW) == 100


@pytest.mark.parametrize(("told", "waited"), [(0.0, SHORTEST), (1e9, LONGEST)])
def test_nobody_spins_and_nobody_waits_for_ever(told: float, waited: float) -> None:
    limits = Limits()
    limits.block(Price.DATA, NOW, told)

    assert limits.free_in(Price.DATA, None, NOW) == waited


def test_a_reached_spending_limit_stops_everything_for_a_quarter_of_an_hour() -> None:
    limits = Limits()
    limits.suspend(NOW)

    assert limits.free_in(Price.FREE, None, NOW) == limits.suspended_for(NOW) == SUSPENSION == 900
    assert limits.free_in(Price.FREE, None, NOW + 900) == limits.suspended_for(NOW + 900) == 0


def test_waits_and_wakes_survive_a_restart() -> None:
    limits = Limits()
    limits.block(Price.DATA, NOW, 300)
    limits.block(None, NOW, 20)
    limits.block(Price.COMMAND, NOW - 50, 20)
    limits.suspend(NOW)
    limits.take(Price.WAKE, "A", NOW)
    limits.take(Price.COMMAND, "A", NOW)

    again = Limits.from_dict(json.loads(json.dumps(limits.to_dict(NOW))), NOW + 1)

    assert again.suspended_for(NOW + 1) == SUSPENSION - 1
    later = NOW + SUSPENSION
    assert again.free_in(Price.DATA, None, NOW + 1) == SUSPENSION - 1
    assert again.free_in(Price.DATA, None, later) == 0
    assert again.to_dict(NOW + 1) == limits.to_dict(NOW + 1)


def test_a_wake_just_before_a_restart_is_not_repeated_after_it() -> None:
    limits = Limits()
    limits.take(Price.WAKE, "A", NOW)

    again = Limits.from_dict(limits.to_dict(NOW), NOW + 1)

    assert again.free_in(Price.WAKE, "A", NOW + 1) == 119
    assert again.free_in(Price.WAKE, "B", NOW + 1) == 0


def test_where_nothing_was_stored_every_bucket_is_full() -> None:
    assert Limits.from_dict({}, NOW).to_dict(NOW) == Limits().to_dict(NOW)


def test_a_stored_wait_that_is_over_is_over() -> None:
    data = {"version": 1, "blocked": {"all": NOW - 1}, "suspended": NOW - 1, "wakes": {}}

    assert Limits.from_dict(data, NOW).free_in(Price.FREE, None, NOW) == 0


def test_a_stored_wait_cannot_be_longer_than_one_that_was_told() -> None:
    data = {"version": 1, "blocked": {"all": NOW * 2}, "suspended": NOW * 2, "wakes": {}}

    assert Limits.from_dict(data, NOW).free_in(Price.FREE, None, NOW) == LONGEST
    assert Limits.from_dict(data, NOW).suspended_for(NOW) == SUSPENSION


@pytest.mark.parametrize(
    "data",
    [
        {"blocked": {}},
        {"version": 2},
        {"version": 1, "blocked": {"nonsense": 1}, "suspended": 0, "wakes": {}},
        {"version": 1, "blocked": {}, "suspended": "soon", "wakes": {}},
        {"version": 1, "blocked": {}, "suspended": 0, "wakes": []},
    ],
)
def test_stored_limits_that_make_no_sense_are_refused(data: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        Limits.from_dict(data, NOW)


@pytest.mark.parametrize(
    ("headers", "text", "wait"),
    [
        ({"retry-after": "37", "ratelimit-reset": "40"}, "Retry in 50 seconds", 37.0),
        ({"retry-after": " 2.5 "}, "", 2.0),
        ({"retry-after": "0"}, "", 0.0),
        ({"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, "Retry in 51499 seconds\n", 51499.0),
        ({"retry-after": "-5"}, "", None),
        ({"retry-after": "٣"}, "", None),
        ({}, '{"error_description":"retry in 1 second"}', 1.0),
        ({"ratelimit-reset": "40"}, "", 40.0),
        ({"ratelimit-reset": "40", "ratelimit-remaining": "3"}, "", None),
        ({"ratelimit-device-reset": "9", "ratelimit-device-remaining": "5"}, "", None),
        (
            {
                "ratelimit-device-reset": "9",
                "ratelimit-device-remaining": "5",
                "ratelimit-account-reset": "50",
                "ratelimit-account-remaining": "0",
                "ratelimit-hour-reset": "30",
            },
            "",
            50.0,
        ),
        ({"ratelimit-reset": "99999999999"}, "", None),
        ({"x-ratelimit-reset": "4"}, "", None),
        ({}, "later, please", None),
    ],
)
def test_the_wait_that_an_answer_asks_for_is_read(
    headers: dict[str, str], text: str, wait: float | None
) -> None:
    assert wait_told(headers, text) == wait


def test_each_car_stays_below_the_account() -> None:
    for price, rate in PER_CAR.items():
        assert rate.size <= PER_ACCOUNT[price].size


def test_a_limit_of_all_requests_together_counts_the_free_ones() -> None:
    limits = Limits(in_all=Together(Rate(3, 60.0)))
    limits.take(Price.FREE, None, NOW)
    limits.take(Price.COMMAND, "A", NOW + 1)
    limits.take(Price.FREE, "B", NOW + 2)

    assert limits.free_in(Price.FREE, None, NOW + 2) == 58
    assert limits.free_in(Price.DATA, "C", NOW + 2) == 58
    assert limits.free_in(Price.DATA, "C", NOW + 60) == 0

    limits.take(Price.DATA, "C", NOW + 60)
    assert limits.free_in(Price.FREE, None, NOW + 60) == 1


def test_a_place_among_all_is_given_back_too() -> None:
    limits = Limits(in_all=Together(Rate(1, 60.0)))
    limits.take(Price.FREE, None, NOW)
    limits.give_back(Price.FREE, None, NOW)

    assert limits.free_in(Price.FREE, None, NOW) == 0


def test_a_clock_that_is_set_back_does_not_close_the_limit_of_all() -> None:
    limits = Limits(in_all=Together(Rate(1, 60.0)))
    limits.take(Price.FREE, None, NOW)

    assert limits.free_in(Price.FREE, None, NOW - 7200) == 0


def test_two_accounts_at_one_address_share_what_it_allows() -> None:
    together = Together(Rate(2, 60.0))
    one, other = Limits(in_all=together), Limits(in_all=together)
    one.take(Price.FREE, None, NOW)
    other.take(Price.COMMAND, "A", NOW + 1)

    assert one.free_in(Price.FREE, None, NOW + 1) == other.free_in(Price.FREE, None, NOW + 1) == 59
    one.give_back(Price.FREE, None, NOW)
    assert other.free_in(Price.FREE, None, NOW + 1) == 0
