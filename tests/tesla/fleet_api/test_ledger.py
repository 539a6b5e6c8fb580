from datetime import UTC, datetime
import json
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.errors import WireError
from custom_components.tesla_direct.tesla.fleet_api.daily import DAY, Daily
from custom_components.tesla_direct.tesla.fleet_api.endpoints import Price
from custom_components.tesla_direct.tesla.fleet_api.ledger import (
    FINISHED_MONTHS,
    LINES,
    NAME_LENGTH,
    Cause,
    Ledger,
    Line,
    Spender,
)
from custom_components.tesla_direct.tesla.fleet_api.month_start import MonthStart
from custom_components.tesla_direct.tesla.fleet_api.prices import DOLLARS, LISTS


def at(*date: int) -> float:
    return datetime(*date, tzinfo=UTC).timestamp()  # type: ignore[arg-type,misc]  # year, month, day, …


NOW = at(2026, 11, 5)


def test_prices_are_teslas_list() -> None:
    ledger = Ledger()
    ledger.add_signals("A", 150_000, NOW)
    for _ in range(1000):
        ledger.record(Line(Price.COMMAND, Cause.USER, "A"), 200, NOW)
    for _ in range(500):
        ledger.record(Line(Price.DATA, Cause.POLL, "A"), 200, NOW)
    for _ in range(50):
        ledger.record(Line(Price.WAKE, Cause.AUTOMATION, "B"), 200, NOW)

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
    ledger.record(Line(Price.DATA, Cause.POLL, "A"), status, NOW)

    assert ledger.month(NOW).calls(Price.DATA) == 1
    assert ledger.month(NOW).gross() == DOLLARS.data


@pytest.mark.parametrize("status", [500, 503, 504, 540])
def test_an_answer_from_500_on_is_free(status: int) -> None:
    ledger = Ledger()
    ledger.record(Line(Price.WAKE, Cause.USER, "A"), status, NOW)

    assert ledger.month(NOW).upper() == 0
    assert ledger.month(NOW).calls(Price.FREE) == 1


def test_no_answer_may_have_been_billed() -> None:
    ledger = Ledger()
    ledger.record(Line(Price.WAKE, Cause.USER, "A"), None, NOW)
    ledger.record(Line(Price.FREE, Cause.USER, "A"), None, NOW)

    assert ledger.month(NOW).gross() == 0
    assert ledger.month(NOW).upper() == DOLLARS.wake
    assert ledger.month(NOW).by_car() == {}


def test_what_has_no_known_price_may_cost_as_much_as_data() -> None:
    ledger = Ledger()
    ledger.record(Line(Price.UNKNOWN, Cause.USER, "A"), 200, NOW)
    ledger.record(Line(Price.UNKNOWN, Cause.USER, "A"), None, NOW)

    assert ledger.month(NOW).gross() == 0
    assert ledger.month(NOW).upper() == 2 * DOLLARS.data


def test_calls_are_told_by_car_and_by_kind() -> None:
    ledger = Ledger()
    ledger.record(Line(Price.FREE, Cause.POLL, None), 200, NOW)
    ledger.record(Line(Price.DATA, Cause.POLL, "A"), 200, NOW)
    ledger.record(Line(Price.DATA, Cause.USER, "B"), 200, NOW)

    month = ledger.month(NOW)

    assert month.calls(Price.DATA) == 2
    assert month.calls(Price.DATA, "A") == 1
    assert month.calls(Price.FREE) == 1
    assert month.by_car() == {"A": DOLLARS.data, "B": DOLLARS.data}


def test_storage_is_told_of_each_billed_call_and_of_no_other() -> None:
    told = list[int]()
    ledger = Ledger(lambda: told.append(ledger.billed_changes))

    ledger.record(Line(Price.FREE, Cause.POLL, "A"), 200, NOW)
    ledger.record(Line(Price.DATA, Cause.POLL, "A"), 503, NOW)
    ledger.add_signals("A", 20, NOW)
    assert (told, ledger.billed_changes, ledger.changes) == ([], 0, 3)

    ledger.record(Line(Price.DATA, Cause.POLL, "A"), 408, NOW)
    ledger.record(Line(Price.DATA, Cause.POLL, "A"), None, NOW)
    assert (told, ledger.billed_changes, ledger.changes) == ([1, 2], 2, 5)


def test_a_month_ends_at_midnight_utc() -> None:
    ledger = Ledger()
    ledger.add_signals("A", 1, at(2026, 11, 30, 23, 59, 59))
    ledger.add_signals("A", 10, at(2026, 12, 1))
    ledger.add_signals("A", 100, at(2026, 12, 31, 23, 59, 59))
    ledger.add_signals("A", 1000, at(2027, 1, 1))

    assert {name: month.signals["A"] for name, month in ledger.months.items()} == {
        "2026-11-01": 1,
        "2026-12-01": 110,
        "2027-01-01": 1000,
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
    assert min(ledger.months) == "2026-12-01"
    assert max(ledger.months) == "2027-12-01"


def test_a_ledger_survives_a_restart() -> None:
    ledger = Ledger()
    ledger.add_signals("A", 7, NOW)
    ledger.record(Line(Price.DATA, Cause.POLL, "A"), 200, NOW)
    ledger.record(Line(Price.DATA, Cause.POLL, "A"), 200, NOW)
    ledger.record(Line(Price.DATA, Cause.POLL, "A"), None, NOW)
    ledger.record(Line(Price.FREE, Cause.SET_UP, None), 200, NOW)
    ledger.record(Line(Price.WAKE, Cause.USER, "B"), None, at(2026, 10, 5))
    stored = json.loads(json.dumps(ledger.to_dict()))

    again = Ledger.from_dict(stored)

    assert again.to_dict() == stored
    assert again.month(NOW).gross() == ledger.month(NOW).gross()
    assert again.month(NOW).upper() == ledger.month(NOW).upper()
    assert again.months["2026-10-01"].upper() == DOLLARS.wake
    assert again.billed_changes == again.changes == 0
    again.record(Line(Price.DATA, Cause.POLL, "A"), 200, NOW)
    assert again.month(NOW).calls(Price.DATA) == 3


NONE: dict[str, Any] = {
    "version": 2,
    "counted_since": None,
    "daily": Daily().to_dict(),
    "months": {},
}


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"version": 3, "months": {}},
        {"version": 1, "months": []},
        {"version": 1, "months": {"2026-11": {"calls": [["data", "poll"]], "signals": {}}}},
        {"version": 1, "months": {"2026-11": {"calls": [["gold", "poll", None, 1, 0]], "signals": {}}}},
        {"version": 1, "months": {"2026-11": {"calls": [], "signals": {"A": "many"}}}},
        NONE | {"counted_since": "long ago"},
        NONE | {"daily": None},
        NONE | {"months": {"2026-11-01": {"calls": [["data", "poll", None, 1, 0]], "signals": {}}}},
    ],
)
def test_a_stored_ledger_that_makes_no_sense_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        Ledger.from_dict(data)


def test_a_ledger_of_the_first_version_is_taken_over() -> None:
    kept = {
        "version": 1,
        "months": {
            "2026-10": {"calls": [["wake", "user", "A", 1, 0]], "signals": {}},
            "2026-11": {
                "calls": [["data", "poll", "A", 500, 2], ["free", "poll", None, 9, 0]],
                "signals": {"A": 150_000},
            },
        },
    }
    ledger = Ledger.from_dict(json.loads(json.dumps(kept)))
    month = ledger.month(NOW)

    assert month.gross() == pytest.approx(2.0)
    assert month.upper() == pytest.approx(2.0 + 2 * DOLLARS.data)
    assert month.answered == {Line(Price.DATA, Cause.POLL, "A"): 500, Line(Price.FREE, Cause.POLL): 9}
    assert ledger.months["2026-10-01"].gross() == DOLLARS.wake
    assert Ledger.from_dict(ledger.to_dict()).month(NOW).gross() == month.gross()


def test_a_call_names_what_caused_it_and_what_it_was() -> None:
    ledger = Ledger()
    line = Line(Price.COMMAND, Cause.AUTOMATION, "A", "automation.solar", "set_charging_amps")
    for _ in range(3):
        ledger.record(line, 200, NOW)
    ledger.record(line, None, NOW)
    stored = json.loads(json.dumps(ledger.to_dict()))

    assert ledger.month(NOW).answered == {line: 3}
    assert ledger.month(NOW).unanswered == {line: 1}
    assert Ledger.from_dict(stored).month(NOW).answered == {line: 3}


def test_a_name_has_a_longest_length() -> None:
    ledger = Ledger()
    ledger.record(Line(Price.DATA, Cause.USER, "A", "b" * 500, "w" * 500), 200, NOW)
    (line,) = ledger.month(NOW).answered

    assert (line.by, line.what) == ("b" * NAME_LENGTH, "w" * NAME_LENGTH)


def test_what_is_free_is_counted_without_names() -> None:
    ledger = Ledger()
    ledger.record(Line(Price.FREE, Cause.POLL, None, "somebody", "vehicles"), 200, NOW)
    ledger.record(Line(Price.DATA, Cause.POLL, None, "somebody", "vehicle_data"), 503, NOW)

    assert ledger.month(NOW).answered == {Line(Price.FREE, Cause.POLL): 2}


def test_lines_are_bounded_and_nothing_is_lost() -> None:
    ledger = Ledger()
    for number in range(3 * LINES):
        line = Line(Price.COMMAND, Cause.AUTOMATION, "A", f"automation.{number}", "honk_horn")
        ledger.record(line, 200 if number % 2 else None, NOW)
    month = ledger.month(NOW)

    assert len(month.answered) + len(month.unanswered) <= LINES + 2
    assert month.calls(Price.COMMAND) == sum(month.unanswered.values()) == 3 * LINES / 2
    assert month.answered[Line(Price.COMMAND, Cause.AUTOMATION, "A")] == LINES


def test_a_line_that_is_known_goes_on_when_there_is_room_for_no_other() -> None:
    ledger = Ledger()
    known = Line(Price.COMMAND, Cause.AUTOMATION, "A", "automation.0", "honk_horn")
    for number in range(2 * LINES):
        ledger.record(
            Line(Price.COMMAND, Cause.AUTOMATION, "A", f"automation.{number}", "honk_horn"), 200, NOW
        )
    ledger.record(known, 200, NOW)

    assert ledger.month(NOW).answered[known] == 2


def test_the_top_spenders_are_named() -> None:
    ledger = Ledger()
    amps = Line(Price.COMMAND, Cause.AUTOMATION, "A", "automation.solar", "set_charging_amps")
    for vin in ("A", "A", "B"):
        ledger.record(Line(amps.price, amps.cause, vin, amps.by, amps.what), 200, NOW)
    ledger.record(Line(Price.WAKE, Cause.USER, "A", None, "wake_up"), 200, NOW)
    ledger.record(Line(Price.FREE, Cause.POLL, None, None, "vehicles"), 200, NOW)
    ledger.add_signals("A", 300, NOW)
    month = ledger.month(NOW)

    assert month.top_spenders() == [
        Spender(cause=Cause.USER, what="wake_up", count=1, cost=DOLLARS.wake),
        Spender(
            cause=Cause.AUTOMATION,
            by="automation.solar",
            what="set_charging_amps",
            count=3,
            cost=3 * DOLLARS.command,
        ),
        Spender(cause=None, what="signals", vin="A", count=300, cost=300 * DOLLARS.signal),
    ]
    assert [spender.cause for spender in month.top_spenders(most=1)] == [Cause.USER]


def test_the_discount_is_taken_off_and_never_paid_out() -> None:
    ledger = Ledger()
    assert ledger.month(NOW).net() == 0
    for _ in range(600):
        ledger.record(Line(Price.WAKE, Cause.USER, "A"), 200, NOW)

    assert ledger.month(NOW).net() == pytest.approx(2.0)


def test_a_month_costs_what_the_currencys_list_says() -> None:
    ledger = Ledger()
    ledger.record(Line(Price.WAKE, Cause.USER, "A"), 200, NOW)

    assert ledger.month(NOW).gross(LISTS["JPY"]) == pytest.approx(1 / 0.35)


def test_a_month_that_is_over_forgets_by_whom_and_for_what() -> None:
    ledger = Ledger()
    for what in ("honk_horn", "flash_lights"):
        ledger.record(Line(Price.COMMAND, Cause.USER, "A", "script.x", what), 200, NOW)
        ledger.record(Line(Price.COMMAND, Cause.USER, "A", "script.x", what), None, NOW)
    old = ledger.month(NOW)
    ledger.month(at(2026, 12, 1))

    assert old.answered == old.unanswered == {Line(Price.COMMAND, Cause.USER, "A"): 2}


# When months begin


def test_the_running_month_keeps_its_sum_when_months_are_to_begin_at_another_day() -> None:
    ledger = Ledger()
    ledger.add_signals("A", 1, at(2026, 10, 5))
    ledger.add_signals("A", 2, at(2026, 11, 5))
    ledger.begin_months(MonthStart(15), at(2026, 11, 5))

    assert {name: month.signals["A"] for name, month in ledger.months.items()} == {
        "2026-10-01": 1,
        "2026-10-15": 2,
    }
    ledger.add_signals("A", 4, at(2026, 11, 14))
    assert ledger.month(at(2026, 11, 14)).signals == {"A": 6}
    assert ledger.month(at(2026, 11, 15)).signals == {}
    assert ledger.begins(at(2026, 11, 15)) == at(2026, 11, 15)
    assert ledger.ends(at(2026, 11, 15)) == at(2026, 12, 15)


def test_a_month_that_turns_out_to_go_on_is_one_with_what_it_has_begun_with() -> None:
    ledger, just_over = Ledger(), at(2026, 12, 1, 3)
    ledger.add_signals("A", 1, at(2026, 11, 5))
    ledger.record(Line(Price.WAKE, Cause.USER, "A"), 200, at(2026, 11, 5))
    ledger.record(Line(Price.DATA, Cause.USER, "A"), None, at(2026, 11, 5))
    ledger.add_signals("A", 2, just_over)
    ledger.record(Line(Price.WAKE, Cause.USER, "A"), 200, just_over)
    ledger.begin_months(MonthStart(1, 8), just_over)

    assert list(ledger.months) == ["2026-11-01"]
    assert ledger.month(just_over).signals == {"A": 3}
    assert ledger.month(just_over).calls(Price.WAKE) == 2
    assert ledger.month(just_over).unanswered == {Line(Price.DATA, Cause.USER, "A"): 1}


def test_the_same_day_again_changes_nothing() -> None:
    ledger = Ledger()
    ledger.add_signals("A", 2, NOW)
    ledger.begin_months(MonthStart(), NOW)

    assert ledger.month(NOW).signals == {"A": 2}


# What is underway


def test_what_is_underway_is_reckoned_with_until_it_is_recorded() -> None:
    ledger = Ledger()
    ledger.record(Line(Price.DATA, Cause.POLL, "A"), 200, NOW)
    with ledger.underway(Price.WAKE), ledger.underway(Price.UNKNOWN), ledger.underway(Price.FREE):
        assert ledger.committed(NOW) == pytest.approx(2 * DOLLARS.data + DOLLARS.wake)

    assert ledger.committed(NOW) == DOLLARS.data


def test_what_may_have_been_billed_counts_as_spent() -> None:
    ledger = Ledger()
    ledger.record(Line(Price.WAKE, Cause.USER, "A"), None, NOW)

    assert ledger.committed(NOW) == DOLLARS.wake


# Where it leads

JUNE = at(2027, 6, 1)  # a month of thirty days


def spend(ledger: Ledger, days: float, calls: int = 50, since: float = JUNE) -> None:
    """Spend a tenth of a dollar each day, unless told otherwise."""
    for day in range(int(days)):
        for _ in range(calls):
            ledger.record(Line(Price.DATA, Cause.POLL, "A"), 200, since + day * DAY)


def test_in_the_first_days_the_month_goes_on_like_this() -> None:
    ledger = Ledger()
    spend(ledger, 2)

    assert ledger.forecast(JUNE + 2 * DAY) == pytest.approx(3.0)


def test_what_was_spent_within_an_hour_says_nothing_of_a_month() -> None:
    ledger = Ledger()
    spend(ledger, 1)

    assert ledger.forecast(JUNE + 3600) == pytest.approx(0.1 + 0.1 * (30 - 1 / 24))


def test_who_begins_in_the_middle_of_a_month_is_not_taken_for_thrifty() -> None:
    ledger = Ledger()
    spend(ledger, 2, since=JUNE + 20 * DAY)

    assert ledger.forecast(JUNE + 22 * DAY) == pytest.approx(0.2 + 8 * 0.1)


def test_after_three_days_the_last_seven_count() -> None:
    ledger = Ledger()
    spend(ledger, 10, calls=500)
    spend(ledger, 10, calls=50, since=JUNE + 10 * DAY)

    assert ledger.forecast(JUNE + 20 * DAY) == pytest.approx(11.0 + 10 * 0.1, rel=0.02)


def test_the_last_seven_days_may_be_those_of_another_month() -> None:
    ledger = Ledger()
    spend(ledger, 30)
    july = at(2027, 7, 1)

    assert ledger.forecast(july) == pytest.approx(3.1, rel=0.01)
    assert ledger.month(july).gross() == 0


def test_signals_count_in_a_forecast() -> None:
    ledger = Ledger()
    for day in range(4):
        ledger.add_signals("A", 15_000, JUNE + day * DAY)

    assert ledger.forecast(JUNE + 4 * DAY) == pytest.approx(3.0, rel=0.01)


def test_a_forecast_of_nothing_is_nothing() -> None:
    assert Ledger().forecast(NOW) == 0


def test_a_forecast_survives_a_restart() -> None:
    ledger = Ledger()
    spend(ledger, 10, calls=500)
    spend(ledger, 5, calls=50, since=JUNE + 10 * DAY)
    now = JUNE + 15 * DAY
    stored = json.loads(json.dumps(ledger.to_dict()))

    assert Ledger.from_dict(stored).forecast(now) == ledger.forecast(now)


def test_a_ledger_of_the_first_version_goes_by_its_month_until_days_are_known() -> None:
    kept = {
        "version": 1,
        "months": {"2027-06": {"calls": [["data", "poll", "A", 500, 0]], "signals": {}}},
    }
    ledger = Ledger.from_dict(kept)

    assert ledger.forecast(JUNE + 10 * DAY) == pytest.approx(3.0)


def test_a_clock_that_ran_ahead_spoils_no_forecast() -> None:
    ledger = Ledger()
    ledger.month(at(2099, 1, 1))
    spend(ledger, 8)

    assert ledger.forecast(JUNE + 8 * DAY) == pytest.approx(3.0, rel=0.02)


def test_the_price_list_says_of_when_it_is() -> None:
    assert (DOLLARS.currency, DOLLARS.as_of) == ("USD", "2026-01")
