"""Token buckets: for the car and for the account, refilled steadily."""

import pytest

from simulator.cloud.limits import Bucket, Limits

from ..wall import Wall


def test_a_bucket_gives_what_it_holds_and_then_waits() -> None:
    bucket = Bucket(3, 60.0)
    for _ in range(3):
        assert bucket.free_in(100.0) == 0.0
        bucket.take()

    assert bucket.free_in(100.0) == pytest.approx(20.0)
    assert bucket.free_in(110.0) == pytest.approx(10.0)
    assert bucket.free_in(120.0) == 0.0


def test_a_bucket_does_not_fill_beyond_its_size() -> None:
    bucket = Bucket(2, 60.0)
    bucket.free_in(0.0)
    bucket.free_in(10_000.0)
    bucket.take()
    bucket.take()

    assert bucket.free_in(10_000.0) > 0


@pytest.mark.parametrize(("category", "size"), [("data", 60), ("command", 30), ("wake", 3)])
def test_a_minute_holds_what_tesla_allows(category: str, size: int) -> None:
    limits = Limits(Wall())

    assert all(limits.ask(category, "account", "car")[1] == 0.0 for _ in range(size))
    limit, wait = limits.ask(category, "account", "car")
    assert limit == size
    assert wait == pytest.approx(60 / size)


def test_cars_share_the_account_s_bucket() -> None:
    limits = Limits(Wall())
    for car in ("one", "other", "third"):
        assert limits.ask("wake", "account", car)[1] == 0.0

    assert limits.ask("wake", "account", "one")[1] > 0
    assert limits.ask("wake", "another account", "one")[1] == 0.0


def test_a_refused_request_is_not_counted() -> None:
    wall = Wall()
    limits = Limits(wall)
    for _ in range(10):
        limits.ask("wake", "account")
    wall.move(20.0)

    assert limits.ask("wake", "account")[1] == 0.0


def test_free_requests_are_not_limited() -> None:
    limits = Limits(Wall())

    assert all(limits.ask("free", "account") == (0, 0.0) for _ in range(500))


def test_signing_in_is_limited_by_the_second() -> None:
    wall = Wall()
    limits = Limits(wall)

    assert [limits.ask("auth", "client")[1] == 0.0 for _ in range(21)] == [True] * 20 + [False]
    wall.move(1.0)
    assert limits.ask("auth", "client")[1] == 0.0
