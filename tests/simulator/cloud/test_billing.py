"""What is charged, and when it is too much."""

from datetime import UTC, datetime

import pytest

from simulator.cloud.billing import Ledger

NOW = datetime(2026, 10, 7, tzinfo=UTC).timestamp()
NEXT_MONTH = datetime(2026, 11, 1, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("status", "billed"), [(200, 1), (401, 1), (403, 1), (408, 1), (429, 1), (499, 1), (500, 0), (540, 0)]
)
def test_every_answer_below_500_is_billed(status: int, billed: int) -> None:
    ledger = Ledger()

    ledger.count("data", status, NOW)

    assert ledger.counts(NOW)["data"] == billed


def test_prices_are_tesla_s() -> None:
    ledger = Ledger()
    for _ in range(50):
        ledger.count("wake", 200, NOW)
    for _ in range(500):
        ledger.count("data", 200, NOW)
    for _ in range(1000):
        ledger.count("command", 200, NOW)
    ledger.signals(150_000, NOW)

    assert ledger.gross(NOW) == pytest.approx(4.0)
    assert ledger.net(NOW) == 0.0


def test_what_is_free_is_not_entered() -> None:
    ledger = Ledger()
    ledger.count("free", 200, NOW)
    ledger.signals(0, NOW)

    assert set(ledger.counts(NOW).values()) == {0}


def test_a_month_begins_on_the_first_by_utc() -> None:
    ledger = Ledger()
    ledger.count("data", 200, NEXT_MONTH - 1)
    assert ledger.counts(NEXT_MONTH - 1)["data"] == 1

    assert ledger.counts(NEXT_MONTH)["data"] == 0


def test_the_discount_does_not_count_against_the_limit() -> None:
    ledger = Ledger()
    assert not ledger.exceeded(NOW)
    ledger.limit = 0.0
    for _ in range(500):
        ledger.count("wake", 200, NOW)
    assert not ledger.exceeded(NOW)

    ledger.count("wake", 200, NOW)

    assert ledger.exceeded(NOW)
    assert ledger.net(NOW) == pytest.approx(0.02)
    ledger.limit = 1.0
    assert not ledger.exceeded(NOW)
