from datetime import UTC, datetime
import json
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.errors import WireError
from custom_components.tesla_direct.tesla.fleet_api.endpoints import Price
from custom_components.tesla_direct.tesla.fleet_api.ledger import DOLLARS, FINISHED_MONTHS, Cause, Ledger


def at(*date: int) -> float:
    return datetime(*date, tzinfo=UTC).timestamp()  # type: ignore[arg-type,misc]  # year, month, day, …


NOW = at(2026, 11, 5)


def test_prices_are_teslas_list() -> None:
    ledger = Ledger()
    ledger.add_signals("A", 150_000, NOW)
    for _ in range(1000):
        ledger.record(Price.COMMAND, Cause.USER, "A", 200, NOW)
    for _ in range(500):
        ledger.record(Price.DATA, Cause.POLL, "A", 200, NOW)
    for _ in range(50):
        ledger.record(Price.WAKE, Cause.AUTOMATION, "B", 200, NOW)

    month = ledger.month(NOW)

    assert month.gross() == pytest.approx(4.0)
    assert month.by_cause() == pytest.approx(
        {
            Cause.USER: 1.0,
            Cause.POLL: 1.0,
            Cause.AUTOMATION: 1.0,
            Cause.KEEPER: 0.0,
            Cause.SET_UP: 0.0,
        }
    )
    assert month.by_car() == pytest.approx({"A": 3.0, "B": 1.0})
    assert month.upper() == month.gross()


@pytest.mark.parametrize("status", [200, 401, 403, 408, 429, 499])
def test_every_answer_below_500_is_billed(status: int) -> None:
    ledger = Ledger()
    ledger.record(Price.DATA, Cause.POLL, "A", status, NOW)

    assert ledger.month(NOW).calls(Price.DATA) == 1
    assert ledger.month(NOW).gross() == DOLLARS.data


@pytest.mark.parametrize("status", [500, 503, 504, 540])
def test_an_answer_from_500_on_is_free(status: int) -> None:
    ledger = Ledger()
    ledger.record(Price.WAKE, Cause.USER, "A", status, NOW)

    assert ledger.month(NOW).upper() == 0
    assert ledger.month(NOW).calls(Price.FREE) == 1


def test_no_answer_may_have_been_billed() -> None:
    ledger = Ledger()
    ledger.record(Price.WAKE, Cause.USER, "A", None, NOW)
    ledger.record(Price.FREE, Cause.USER, "A", None, NOW)

    assert ledger.month(NOW).gross() == 0
    assert ledger.month(NOW).upper() == DOLLARS.wake
    assert ledger.month(NOW).by_car() == {}


def test_what_has_no_known_price_may_cost_as_much_as_data() -> None:
    ledger = Ledger()
    ledger.record(Price.UNKNOWN, Cause.USER, "A", 200, NOW)
    ledger.record(Price.UNKNOWN, Cause.USER, "A", None, NOW)

    assert ledger.month(NOW).gross() == 0
    assert ledger.month(NOW).upper() == 2 * DOLLARS.data


def test_calls_are_told_by_car_and_by_kind() -> None:
    ledger = Ledger()
    ledger.record(Price.FREE, Cause.POLL, None, 200, NOW)
    ledger.record(Price.DATA, Cause.POLL, "A", 200, NOW)
    ledger.record(Price.DATA, Cause.USER, "B", 200, NOW)

    month = ledger.month(NOW)

    assert month.calls(Price.DATA) == 2
    assert month.calls(Price.DATA, "A") == 1
    assert month.calls(Price.FREE) == 1
    assert month.by_car() == {"A": DOLLARS.data, "B": DOLLARS.data}


def test_storage_is_told_of_each_billed_call_and_of_no_other() -> None:
    told = list[int]()
    ledger = Ledger(lambda: told.append(ledger.billed_changes))

    ledger.record(Price.FREE, Cause.POLL, "A", 200, NOW)
    ledger.record(Price.DATA, Cause.POLL, "A", 503, NOW)
    ledger.add_signals("A", 20, NOW)
    assert (told, ledger.billed_changes, ledger.changes) == ([], 0, 3)

    ledger.record(Price.DATA, Cause.POLL, "A", 408, NOW)
    ledger.record(Price.DATA, Cause.POLL, "A", None, NOW)
    assert (told, ledger.billed_changes, ledger.changes) == ([1, 2], 2, 5)


def test_a_month_ends_at_midnight_utc() -> None:
    ledger = Ledger()
    ledger.add_signals("A", 1, at(2026, 11, 30, 23, 59, 59))
    ledger.add_signals("A", 10, at(2026, 12, 1))
    ledger.add_signals("A", 100, at(2026, 12, 31, 23, 59, 59))
    ledger.add_signals("A", 1000, at(2027, 1, 1))

    assert {name: month.signals["A"] for name, month in ledger.months.items()} == {
        "2026-11": 1,
        "2026-12": 110,
        "2027-01": 1000,
    }


def test_looking_at_a_new_month_begins_it() -> None:
    ledger = Ledger()
    ledger.add_signals("A", 150_000, NOW)

    assert ledger.month(at(2026, 12, 1)).gross() == 0


def test_a_clock_that_was_wrong_for_a_while_does_no_lasting_harm() -> None:
    ledger = Ledger()
    ledger.add_signals("A", 1, NOW)
    ledger.add_signals("A", 2, at(2099, 1, 1))
    ledger.add_signals("A", 4, at(1970, 1, 1))
    ledger.add_signals("A", 8, NOW)

    assert ledger.month(NOW).signals == {"A": 9}


def test_a_year_is_kept_and_older_months_are_not() -> None:
    ledger = Ledger()
    for month in range(24):
        ledger.add_signals("A", month, at(2026 + month // 12, month % 12 + 1, 1))

    assert len(ledger.months) == FINISHED_MONTHS + 1
    assert min(ledger.months) == "2026-12"
    assert max(ledger.months) == "2027-12"


def test_a_ledger_survives_a_restart() -> None:
    ledger = Ledger()
    ledger.add_signals("A", 7, NOW)
    ledger.record(Price.DATA, Cause.POLL, "A", 200, NOW)
    ledger.record(Price.DATA, Cause.POLL, "A", 200, NOW)
    ledger.record(Price.DATA, Cause.POLL, "A", None, NOW)
    ledger.record(Price.FREE, Cause.SET_UP, None, 200, NOW)
    ledger.record(Price.WAKE, Cause.USER, "B", None, at(2026, 10, 5))
    stored = json.loads(json.dumps(ledger.to_dict()))

    again = Ledger.from_dict(stored)

    assert again.to_dict() == stored
    assert again.month(NOW).gross() == ledger.month(NOW).gross()
    assert again.month(NOW).upper() == ledger.month(NOW).upper()
    assert again.months["2026-10"].upper() == DOLLARS.wake
    assert again.billed_changes == again.changes == 0
    again.record(Price.DATA, Cause.POLL, "A", 200, NOW)
    assert again.month(NOW).calls(Price.DATA) == 3


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"version": 2, "months": {}},
        {"version": 1, "months": []},
        {"version": 1, "months": {"2026-11": {"calls": [["data", "poll"]], "signals": {}}}},
        {"version": 1, "months": {"2026-11": {"calls": [["gold", "poll", None, 1, 0]], "signals": {}}}},
        {"version": 1, "months": {"2026-11": {"calls": [], "signals": {"A": "many"}}}},
    ],
)
def test_a_stored_ledger_that_makes_no_sense_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        Ledger.from_dict(data)


def test_the_price_list_says_of_when_it_is() -> None:
    assert (DOLLARS.currency, DOLLARS.as_of) == ("USD", "2026-01")
