"""What may go at which sum, and what the stages say of it."""

from datetime import UTC, datetime
import json
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.errors import OverBillingLimit, OverBudget, WireError
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget, Settings, Stage, Sum, Verdict
from custom_components.tesla_direct.tesla.fleet_api.endpoints import Price
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause, Ledger, Line
from custom_components.tesla_direct.tesla.fleet_api.month_start import MonthStart
from custom_components.tesla_direct.tesla.fleet_api.prices import CREDIT, CREDITS, DOLLARS, LISTS, PerUnit
from custom_components.tesla_direct.tesla.fleet_api.teslemetry_rows import CreditsEvent

NOW = datetime(2026, 11, 5, tzinfo=UTC).timestamp()
DECEMBER = datetime(2026, 12, 1, tzinfo=UTC).timestamp()
PAID = (Price.DATA, Price.COMMAND, Price.WAKE, Price.UNKNOWN)


def budget_of(spent: float, **settings: Any) -> Budget:
    """Return a budget of 10 and no discount, unless told otherwise, with so much spent: in milli-units."""
    ledger = Ledger()
    budget = Budget(ledger, Settings(**{"budget": 10.0, "discount": 0.0} | settings))
    month = ledger.month(NOW)
    month.answered[Line(Price.COMMAND, Cause.USER, "A")] = round(spent * 1_000)
    return budget


def verdict(budget: Budget, price: Price | tuple[Price, ...], cause: Cause, **more: Any) -> Verdict:
    return budget.verdict(price, cause, now=NOW, **more)


@pytest.mark.parametrize("cause", Cause)
@pytest.mark.parametrize("price", PAID)
def test_without_a_sum_nothing_is_stopped(price: Price, cause: Cause) -> None:
    budget = budget_of(1e6, budget=None)

    assert verdict(budget, price, cause, optional=True) is Verdict.GO
    assert budget.stage(NOW) is Stage.NORMAL
    assert budget.used(NOW) is None
    assert budget.tightest(NOW) is None


@pytest.mark.parametrize(
    ("spent", "stage"),
    [
        (0.0, Stage.NORMAL),
        (4.9, Stage.NORMAL),
        (5.1, Stage.NOTICE),
        (7.9, Stage.NOTICE),
        (8.1, Stage.OPTIONAL),
        (9.4, Stage.OPTIONAL),
        (9.6, Stage.POLLS),
        (9.99, Stage.POLLS),
        (10.0, Stage.STOPPED),
        (12.0, Stage.STOPPED),
    ],
)
def test_each_stage_begins_at_its_share(spent: float, stage: Stage) -> None:
    assert budget_of(spent).stage(NOW) is stage


@pytest.mark.parametrize(
    ("spent", "optional", "poll", "automatic_wake", "user_wake", "command"),
    [
        (7.0, True, True, True, True, True),
        (8.1, False, True, True, True, True),
        (9.6, False, False, False, True, True),
        (10.0, False, False, False, False, False),
    ],
)
def test_what_goes_at_which_share(  # noqa: PLR0913, PLR0917  # a column each
    spent: float,
    optional: bool,  # noqa: FBT001
    poll: bool,  # noqa: FBT001
    automatic_wake: bool,  # noqa: FBT001
    user_wake: bool,  # noqa: FBT001
    command: bool,  # noqa: FBT001
) -> None:
    budget = budget_of(spent)

    def goes(price: Price, cause: Cause, **more: Any) -> bool:
        return verdict(budget, price, cause, **more) is Verdict.GO

    for cause in Cause:
        assert goes(Price.DATA, cause, optional=True) is (optional and goes(Price.DATA, cause))
    assert goes(Price.DATA, Cause.POLL) is goes(Price.UNKNOWN, Cause.KEEPER) is poll
    assert goes(Price.WAKE, Cause.AUTOMATION) is goes(Price.WAKE, Cause.SET_UP) is automatic_wake
    assert goes(Price.WAKE, Cause.USER) is user_wake
    for cause in (Cause.USER, Cause.AUTOMATION):
        assert goes(Price.COMMAND, cause) is goes(Price.DATA, cause) is command


@pytest.mark.parametrize("cause", Cause)
def test_what_is_free_always_goes(cause: Cause) -> None:
    budget = budget_of(99.0, billing_limit=1.0)

    assert verdict(budget, Price.FREE, cause, optional=True) is Verdict.GO


def test_a_call_that_would_cross_the_line_does_not_go() -> None:
    budget = budget_of(9.985)

    assert verdict(budget, Price.WAKE, Cause.USER) is Verdict.OVER_BUDGET
    assert verdict(budget, Price.COMMAND, Cause.USER) is Verdict.GO
    assert budget_of(9.98).verdict(Price.WAKE, Cause.USER, now=NOW) is Verdict.GO


def test_the_last_unit_can_be_spent_and_not_one_more() -> None:
    ledger = Ledger()
    budget = Budget(ledger, Settings(budget=0.1, discount=0.0))
    went = 0
    while verdict(budget, Price.COMMAND, Cause.AUTOMATION) is Verdict.GO:
        ledger.record(Line(Price.COMMAND, Cause.AUTOMATION, "A"), 200, NOW)
        went += 1

    assert went == 100
    assert ledger.month(NOW).gross() == pytest.approx(0.1)
    assert budget.stage(NOW) is Stage.STOPPED


def test_a_stage_says_what_does_not_fit_any_more() -> None:
    # A whole wake is left below the line, half a data request is not.
    budget = budget_of(0.0, budget=0.05)
    ledger = budget.ledger
    for _ in range(23):
        ledger.record(Line(Price.DATA, Cause.POLL, "A"), 200, NOW)

    assert verdict(budget, Price.DATA, Cause.POLL) is Verdict.OVER_BUDGET
    assert budget.stage(NOW) is Stage.POLLS


def test_a_wake_and_what_follows_it_have_to_fit_both() -> None:
    budget = budget_of(9.98)

    assert verdict(budget, Price.WAKE, Cause.USER) is Verdict.GO
    assert verdict(budget, (Price.WAKE, Price.COMMAND), Cause.USER) is Verdict.OVER_BUDGET
    assert verdict(budget_of(9.6), (Price.WAKE, Price.COMMAND), Cause.AUTOMATION) is Verdict.OVER_BUDGET
    assert verdict(budget_of(9.6), (Price.WAKE, Price.COMMAND), Cause.USER) is Verdict.GO


def test_what_is_underway_and_what_was_not_answered_is_spent() -> None:
    budget = budget_of(9.999)
    ledger = budget.ledger
    with ledger.underway(Price.COMMAND):
        assert verdict(budget, Price.COMMAND, Cause.USER) is Verdict.OVER_BUDGET
    assert verdict(budget, Price.COMMAND, Cause.USER) is Verdict.GO

    ledger.record(Line(Price.COMMAND, Cause.USER, "A"), None, NOW)
    assert verdict(budget, Price.COMMAND, Cause.USER) is Verdict.OVER_BUDGET


def test_streaming_is_spending_too() -> None:
    budget = budget_of(0.0)
    budget.ledger.add_signals("A", 1_500_000, NOW)

    assert budget.stage(NOW) is Stage.STOPPED
    assert budget.used(NOW) == pytest.approx(1.0)


def test_the_discount_is_spent_first() -> None:
    budget = budget_of(12.0, discount=10.0, budget=5.0)

    assert budget.stage(NOW) is Stage.OPTIONAL  # 12 of 15
    assert budget.used(NOW) == pytest.approx(0.8)
    assert budget.tightest(NOW) == (Sum.BUDGET, 15.0)


def test_who_wants_to_pay_nothing_may_spend_the_discount() -> None:
    assert verdict(budget_of(9.9, budget=0.0, discount=None), Price.WAKE, Cause.USER) is Verdict.GO
    assert verdict(budget_of(10.0, budget=0.0, discount=None), Price.WAKE, Cause.USER) is Verdict.OVER_BUDGET


def test_nothing_at_all_is_nothing_at_all() -> None:
    budget = budget_of(0.0, budget=0.0)

    assert budget.stage(NOW) is Stage.STOPPED
    assert budget.used(NOW) == 1.0
    assert verdict(budget, Price.COMMAND, Cause.USER) is Verdict.OVER_BUDGET


# Consent


@pytest.mark.parametrize("spent", [8.1, 9.6, 11.0])
@pytest.mark.parametrize("cause", Cause)
def test_consent_lets_one_call_go_over_the_budget(spent: float, cause: Cause) -> None:
    budget = budget_of(spent)

    assert verdict(budget, Price.WAKE, cause, consent=True, optional=True) is Verdict.GO
    assert verdict(budget, Price.WAKE, cause, optional=True) is Verdict.OVER_BUDGET


def test_the_budget_is_set_aside_until_the_month_ends() -> None:
    budget = budget_of(11.0)
    budget.spend_over(allowed=True, now=NOW)

    assert budget.may_spend_over(DECEMBER - 1)
    assert not budget.may_spend_over(DECEMBER)
    assert verdict(budget, Price.DATA, Cause.POLL) is Verdict.GO
    assert budget.stage(NOW) is Stage.NORMAL
    budget.ledger.month(DECEMBER).answered[Line(Price.WAKE, Cause.USER, "A")] = 600
    assert budget.verdict(Price.DATA, Cause.USER, now=DECEMBER) is Verdict.OVER_BUDGET


def test_consent_follows_the_month_when_that_is_to_begin_at_another_day() -> None:
    budget = budget_of(11.0)
    budget.spend_over(allowed=True, now=NOW)
    budget.configure(Settings(budget=10.0, discount=0.0, start=MonthStart(15)), NOW)
    ends = datetime(2026, 11, 15, tzinfo=UTC).timestamp()

    assert budget.may_spend_over(ends - 1)
    assert not budget.may_spend_over(ends)


def test_new_settings_give_no_consent() -> None:
    budget = budget_of(11.0)
    budget.configure(Settings(budget=10.0, discount=0.0, start=MonthStart(15)), NOW)

    assert not budget.may_spend_over(NOW)


def test_consent_that_was_given_while_the_clock_ran_ahead_does_not_last() -> None:
    budget = budget_of(11.0)
    budget.spend_over(allowed=True, now=datetime(2030, 1, 1, tzinfo=UTC).timestamp())

    assert not budget.may_spend_over(NOW)


def test_what_was_allowed_can_be_taken_back() -> None:
    budget = budget_of(11.0)
    budget.spend_over(allowed=True, now=NOW)
    budget.spend_over(allowed=False, now=NOW)

    assert verdict(budget, Price.COMMAND, Cause.USER) is Verdict.OVER_BUDGET


def test_a_new_month_begins_with_nothing_spent() -> None:
    budget = budget_of(11.0)

    assert budget.stage(NOW) is Stage.STOPPED
    assert budget.stage(DECEMBER) is Stage.NORMAL


# Tesla's billing limit


def test_the_tighter_sum_counts() -> None:
    tighter = budget_of(4.9, billing_limit=5.0)
    wider = budget_of(9.9, billing_limit=50.0)

    assert tighter.tightest(NOW) == (Sum.BILLING_LIMIT, 5.0)
    assert wider.tightest(NOW) == (Sum.BUDGET, 10.0)
    assert tighter.stage(NOW) is wider.stage(NOW) is Stage.POLLS
    assert verdict(tighter, Price.DATA, Cause.POLL) is Verdict.OVER_BILLING_LIMIT
    assert verdict(wider, Price.DATA, Cause.POLL) is Verdict.OVER_BUDGET


def test_nobody_can_consent_to_what_tesla_would_refuse() -> None:
    budget = budget_of(5.0, billing_limit=5.0)
    budget.spend_over(allowed=True, now=NOW)

    assert verdict(budget, Price.COMMAND, Cause.USER, consent=True) is Verdict.OVER_BILLING_LIMIT
    assert budget.stage(NOW) is Stage.STOPPED


def test_a_billing_limit_is_enough() -> None:
    budget = budget_of(9.6, budget=None, billing_limit=10.0)

    assert budget.stage(NOW) is Stage.POLLS
    assert verdict(budget, Price.COMMAND, Cause.USER) is Verdict.GO


# What callers are told


def test_a_verdict_says_why_not() -> None:
    assert type(Verdict.OVER_BUDGET.error("honk_horn")) is OverBudget
    error = Verdict.OVER_BILLING_LIMIT.error("honk_horn")
    assert isinstance(error, OverBillingLimit)
    assert str(error).startswith("honk_horn: Tesla's billing limit")


# Prices and settings


def test_a_budget_is_in_its_currency() -> None:
    budget = budget_of(0.0, currency="JPY", budget=100.0)
    ledger = budget.ledger
    for _ in range(35):
        ledger.record(Line(Price.WAKE, Cause.USER, "A"), 200, NOW)

    assert budget.prices.currency == "JPY"
    assert budget.used(NOW) == pytest.approx(1.0)


def test_own_prices_count() -> None:
    budget = budget_of(0.0, own=PerUnit(commands=10.0))
    for _ in range(99):
        budget.ledger.record(Line(Price.COMMAND, Cause.USER, "A"), 200, NOW)

    assert verdict(budget, Price.COMMAND, Cause.USER) is Verdict.GO
    assert verdict(budget, Price.WAKE, Cause.USER) is Verdict.GO
    assert verdict(budget, (Price.COMMAND, Price.WAKE), Cause.USER) is Verdict.OVER_BUDGET


def test_without_settings_all_is_teslas_own() -> None:
    budget = Budget(Ledger())

    assert budget.prices == DOLLARS
    assert budget.settings == Settings()


def test_new_settings_count_at_once_and_keep_what_was_spent() -> None:
    budget = budget_of(9.0)
    budget.configure(Settings(currency="EUR", budget=20.0, start=MonthStart(3)), NOW)

    assert budget.prices == LISTS["EUR"]
    assert budget.used(NOW) == pytest.approx(9.0 / 30.0)
    assert budget.ledger.ends(NOW) == datetime(2026, 12, 3, tzinfo=UTC).timestamp()


# Credits, which a provider counts itself


def in_credits(many: float) -> Budget:
    """Return a budget of so many credits with a provider that bills these."""
    budget = Budget(Ledger(), Settings(currency="EUR", budget=many * CREDIT))
    budget.bill(CREDITS)
    return budget


def told(budget: Budget, cost: float, *, kind: str = "command", at: float = NOW) -> bool:
    event = CreditsEvent(
        kind=kind, name="", cost=cost, balance=None, quota={}, vin=None, at=at, snapshot=False
    )
    return budget.take(event, at)


def spent(budget: Budget) -> float:
    """Return what was spent, in credits."""
    return round(budget.committed(NOW) / CREDIT, 6)


def command(budget: Budget, status: int | None = 200) -> None:
    budget.ledger.record(Line(Price.COMMAND, Cause.USER, "A"), status, NOW)


def test_credits_have_one_list_in_dollars_and_no_discount() -> None:
    prices = in_credits(100).prices

    assert (prices.currency, prices.discount, prices.signal) == ("USD", 0.0, 0.0)
    assert [prices.of(each) / CREDIT for each in (Price.COMMAND, Price.DATA, Price.WAKE)] == [1, 2, 20]
    assert prices.of(Price.COMMAND) * 2000 == pytest.approx(2.50)


def test_a_budget_in_dollars_stops_what_is_billed_in_credits() -> None:
    budget = in_credits(10)

    assert verdict(budget, Price.WAKE, Cause.USER) is Verdict.OVER_BUDGET
    for _ in range(10):
        assert verdict(budget, Price.COMMAND, Cause.USER) is Verdict.GO
        command(budget)
    assert verdict(budget, Price.COMMAND, Cause.USER) is Verdict.OVER_BUDGET
    assert budget.stage(NOW) is Stage.STOPPED


def test_streaming_costs_no_credits() -> None:
    budget = in_credits(10)
    budget.ledger.add_signals("A", 1_000_000, NOW)

    assert budget.committed(NOW) == 0.0


def test_what_the_provider_tells_of_counts_also_if_others_have_spent_it() -> None:
    budget = in_credits(100)
    command(budget)
    assert told(budget, 1.0)
    assert spent(budget) == 1.0

    told(budget, 20.0, kind="wake", at=NOW + 1)
    told(budget, 40.0, kind="wake", at=NOW + 2)

    assert spent(budget) == 61.0
    assert budget.used(NOW) == pytest.approx(0.61)
    told(budget, 39.0, at=NOW + 3)
    assert verdict(budget, Price.COMMAND, Cause.USER) is Verdict.OVER_BUDGET


def test_what_the_provider_has_not_told_of_yet_counts_beside_what_it_has() -> None:
    budget = in_credits(100)
    told(budget, 50.0)
    command(budget)
    with budget.ledger.underway(Price.WAKE):
        assert spent(budget) == 71.0
    command(budget, None)

    assert spent(budget) == 52.0


def test_what_the_provider_does_not_tell_of_at_all_still_counts() -> None:
    budget = in_credits(100)
    for _ in range(8):
        command(budget)
    told(budget, 2.0)

    assert spent(budget) == 8.0


def test_the_same_event_changes_nothing() -> None:
    budget = in_credits(100)

    assert told(budget, 5.0)
    assert not told(budget, 5.0)
    assert spent(budget) == 5.0


def test_a_new_month_begins_with_no_credits_spent() -> None:
    budget = in_credits(100)
    told(budget, 50.0)

    assert budget.committed(DECEMBER) == 0.0


def test_what_is_billed_is_no_choice_of_the_users() -> None:
    budget = in_credits(100)
    budget.configure(Settings(currency="GBP", budget=1.0), NOW)

    assert (budget.settings.unit, budget.settings.currency) == (CREDITS, "USD")
    assert budget.prices.command == CREDIT


def test_credits_survive_a_restart() -> None:
    budget = in_credits(100)
    command(budget)
    told(budget, 30.0)
    stored = json.loads(json.dumps(budget.to_dict()))

    again = Budget.from_dict(stored, Ledger.from_dict(budget.ledger.to_dict()))

    assert again.settings == budget.settings
    assert spent(again) == spent(budget) == 30.0
    del (
        stored["credits"],
        stored["own_then"],
        stored["settings"]["unit"],
    )  # as they were before there were any
    assert Budget.from_dict(stored, Ledger()).settings.unit == "money"


# What is stored


def test_a_budget_survives_a_restart() -> None:
    settings = Settings(
        currency="GBP",
        budget=4.0,
        billing_limit=20.0,
        discount=0.0,
        start=MonthStart(15, 8),
        own=PerUnit(data=400.0),
    )
    budget = Budget(Ledger(), settings)
    budget.spend_over(allowed=True, now=NOW)
    budget.told = Stage.POLLS
    stored = json.loads(json.dumps(budget.to_dict()))

    again = Budget.from_dict(stored, Ledger())

    assert again.settings == settings
    assert again.told is Stage.POLLS
    assert again.may_spend_over(NOW)
    assert again.ledger.start == MonthStart(15, 8)
    assert again.to_dict() == stored


KEPT = Budget(Ledger()).to_dict()


def changed(**settings: Any) -> dict[str, Any]:
    return KEPT | {"settings": KEPT["settings"] | settings}


@pytest.mark.parametrize(
    "kept",
    [
        {},
        [],
        KEPT | {"version": 2},
        KEPT | {"settings": None},
        changed(unit="shells"),
        KEPT | {"over_until": "never"},
        KEPT | {"told": "panic"},
        KEPT | {"told": 3},
        changed(currency="XXX"),
        changed(currency=["USD"]),
        changed(budget=-1),
        changed(budget="much"),
        changed(billing_limit=float("inf")),
        changed(discount=float("nan")),
        changed(start=[0, 0]),
        changed(start=[29, 0]),
        changed(start=[1, 15]),
        changed(start=[1]),
        changed(own=[1, 2, 3]),
        changed(own=[0, None, None, None]),
        changed(own=[None, float("inf"), None, None]),
    ],
)
def test_a_stored_budget_that_makes_no_sense_is_refused(kept: Any) -> None:
    with pytest.raises(WireError):
        Budget.from_dict(kept, Ledger())
