from typing import Any

import pytest

from custom_components.tesla_direct.tesla.errors import WireError
from custom_components.tesla_direct.tesla.fleet_api.credits import KINDS, OTHER, REMEMBERED, Credits
from custom_components.tesla_direct.tesla.fleet_api.teslemetry_rows import CreditsEvent

from .host import START


def event(kind: str = "command", cost: float = 1.0, **changes: Any) -> CreditsEvent:
    row: dict[str, Any] = {
        "kind": kind,
        "name": "lock",
        "cost": cost,
        "balance": None,
        "quota": {},
        "vin": None,
        "at": START,
        "snapshot": False,
    }
    return CreditsEvent(**row | changes)


def told(*events: CreditsEvent) -> Credits:
    counted = Credits()
    for each in events:
        counted.take(each, START + 100)
    return counted


def test_what_was_spent_is_summed_up_by_kind() -> None:
    counted = told(event(), event("wake", 20.0), event(at=START + 1))

    assert counted.spent == {"command": 2.0, "wake": 20.0}
    assert counted.total == 22.0


def test_an_event_that_is_told_twice_counts_once() -> None:
    counted = Credits()

    assert counted.take(event(balance=99.0), START)
    assert not counted.take(event(balance=99.0), START)
    assert counted.spent == {"command": 1.0}


def test_the_newest_balance_counts() -> None:
    counted = told(event(balance=98.0, at=START + 2), event(balance=99.0, at=START + 1))

    assert counted.balance == 98.0


def test_what_no_event_told_of_shows_in_the_balance() -> None:
    counted = told(event(balance=100.0), event(balance=59.0, at=START + 1))

    assert counted.spent == {"command": 2.0, OTHER: 40.0}


def test_an_event_that_comes_after_a_later_one_was_counted_by_that_ones_balance() -> None:
    late = event("wake", 20.0, balance=79.0, at=START + 1)
    counted = told(event(balance=99.0), event(balance=78.0, at=START + 2), late)

    assert counted.total == 22.0
    assert counted.balance == 78.0


def test_credits_that_were_bought_are_none_that_were_spent() -> None:
    counted = told(event(balance=10.0), event("wake", 20.0, balance=1990.0, at=START + 1))

    assert counted.spent == {"command": 1.0, "wake": 20.0}
    assert counted.balance == 1990.0


def test_a_snapshot_tells_the_balance_and_counts_only_what_is_missing_of_it() -> None:
    counted = told(event("wake", 20.0, balance=80.0, snapshot=True))

    assert (counted.balance, counted.spent) == (80.0, {})

    counted.take(event(balance=77.0, at=START + 5, snapshot=True), START + 100)

    assert counted.spent == {OTHER: 3.0}


def test_what_has_no_kind_and_what_there_are_too_many_of_is_counted_together() -> None:
    counted = told(event(""), *(event(f"kind {number}", at=START + number) for number in range(KINDS + 5)))

    assert len(counted.spent) <= KINDS + 1
    assert counted.total == KINDS + 6
    assert counted.spent[OTHER] > 1


def test_a_month_begins_with_nothing_spent() -> None:
    counted = told(event(balance=5.0))

    counted.begin(START - 1)
    assert counted.total == 1.0

    counted.begin(START + 1)
    assert (counted.total, counted.balance) == (0.0, 5.0)


def test_a_time_ahead_of_ours_does_not_keep_the_balance_from_moving() -> None:
    counted = Credits()
    counted.take(event(balance=50.0, at=START + 1e6), START)
    counted.take(event(balance=49.0, at=START + 1), START + 1)

    assert counted.balance == 49.0


def test_all_of_it_outlives_a_restart() -> None:
    counted = told(event(balance=99.0), event("wake", 20.0, balance=79.0, at=START + 1))

    again = Credits.from_dict(counted.to_dict())

    assert again.to_dict() == counted.to_dict()
    assert not again.take(event(balance=99.0), START + 100)
    assert (again.balance, again.spent) == (79.0, {"command": 1.0, "wake": 20.0})


def test_what_is_remembered_does_not_grow() -> None:
    counted = told(*(event(at=START + number / 10) for number in range(2 * REMEMBERED)))

    assert len(counted.to_dict()["seen"]) == REMEMBERED


def test_nothing_kept_is_nothing_known() -> None:
    assert Credits.from_dict({}).balance is None


@pytest.mark.parametrize(
    "changes",
    [
        {"version": 7},
        {"balance": "much"},
        {"balance": float("nan")},
        {"spent": [1]},
        {"seen": [[1.0]]},
        {"counted_at": None},
    ],
)
def test_what_makes_no_sense_is_said_so(changes: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        Credits.from_dict(told(event(balance=1.0)).to_dict() | changes)
