"""What may be spent: the user's budget, Tesla's billing limit, and what stops before either is reached.

Each kind of call has a line that the month's sum may not cross: 80 % for what nobody misses, 95 % for what
nobody asked for, 100 % for all. A call goes if the sum with it stays within its line.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, IntEnum
from typing import Any, Self

from ..errors import OverBillingLimit, OverBudget, WireError
from .credits import Credits
from .endpoints import Price
from .ledger import Cause, Ledger
from .month_start import MonthStart
from .prices import CREDIT, CREDITS, DOLLARS, LISTS, MONEY, TESLEMETRY, PerUnit, Prices, priced
from .teslemetry_rows import CreditsEvent

VERSION = 1
NOTICED = 0.50  # shares of what may be spent: from here on the user is told,
OPTIONAL = 0.80  # up to here goes what is optional,
UNASKED = 0.95  # what nobody asked for,
ALL = 1.00  # and everything else
ROUNDING = 1e-9  # of sums of prices

UNASKED_CAUSES = frozenset({Cause.POLL, Cause.KEEPER})


class Stage(IntEnum):
    """How near the end is.

    NOTICE:   half is spent
    OPTIONAL: no optional reads any more
    POLLS:    no polls and no automatic wakes any more
    STOPPED:  nothing that costs any more, unless the user consents
    """

    NORMAL = 0
    NOTICE = 1
    OPTIONAL = 2
    POLLS = 3
    STOPPED = 4


class Sum(Enum):
    """Which sum is the tighter one."""

    BUDGET = "budget"
    BILLING_LIMIT = "billing_limit"


class Verdict(Enum):
    """Whether a call may go; the value says why not."""

    GO = ""
    OVER_BUDGET = "the user's budget for the month does not allow it"
    OVER_BILLING_LIMIT = "Tesla's billing limit does not allow it"

    def error(self, name: str) -> OverBudget:
        """Return the refusal of a call of that name."""
        cls = OverBillingLimit if self is Verdict.OVER_BILLING_LIMIT else OverBudget
        return cls(f"{name}: {self.value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What the user has told of an application's money.

    currency:      of all sums; one that has a list
    budget:        what the user is ready to pay a month, beyond the discount; None stops nothing
    billing_limit: the same as Tesla was told; None if nobody has told us
    discount:      what Tesla grants each month; None: as the list says
    start:         when a month begins
    own:           prices that differ from the list
    unit:          what the provider bills: money by a list of Tesla's, or credits, which are bought
    """

    currency: str = DOLLARS.currency
    budget: float | None = None
    billing_limit: float | None = None
    discount: float | None = None
    start: MonthStart = field(default_factory=MonthStart)
    own: PerUnit = field(default_factory=PerUnit)
    unit: str = MONEY

    @property
    def prices(self) -> Prices:
        """Return what each call costs."""
        return priced(self.currency, self.discount, self.own, unit=self.unit)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it, ready to be stored."""
        return {
            "currency": self.currency,
            "budget": self.budget,
            "billing_limit": self.billing_limit,
            "discount": self.discount,
            "start": [self.start.day, self.start.hour],
            "own": self.own.to_list(),
            "unit": self.unit,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the settings that `to_dict` described; WireError if it was not `to_dict`."""
        try:
            day, hour = data["start"]
            signals, commands, calls, wakes = map(_positive, data["own"])
            unit = data.get("unit", MONEY)
            if unit not in {MONEY, CREDITS}:
                raise WireError("settings of a budget in an unknown unit")
            if data["currency"] not in LISTS or not (1 <= day <= 28 and -12 <= hour <= 14):
                raise WireError("settings of a budget out of range")
            return cls(
                currency=data["currency"],
                budget=_sum(data["budget"]),
                billing_limit=_sum(data["billing_limit"]),
                discount=_sum(data["discount"]),
                start=MonthStart(int(day), int(hour)),
                own=PerUnit(signals=signals, commands=commands, data=calls, wakes=wakes),
                unit=unit,
            )
        except (KeyError, TypeError, ValueError) as error:
            raise WireError("settings of a budget that make no sense") from error


class Budget:
    """What one application may spend, beside what it has spent.

    told:    the stage the user was told of last
    credits: what the provider itself has told of what was spent, where it does
    """

    def __init__(self, ledger: Ledger, settings: Settings | None = None) -> None:
        """Watch over a ledger that nobody has asked yet; without settings nothing is ever stopped."""
        self.ledger = ledger
        self.told = Stage.NORMAL
        self.credits = Credits()
        self._own_then = 0.0  # what the ledger had when the provider told last
        self._over_until = 0.0  # seconds since 1970
        self._settings = settings or Settings()
        self._prices = self._settings.prices
        ledger.start = self._settings.start

    @property
    def settings(self) -> Settings:
        """Return what the user has told."""
        return self._settings

    @property
    def prices(self) -> Prices:
        """Return what each call costs."""
        return self._prices

    def configure(self, settings: Settings, now: float) -> None:
        """Take what the user tells from now on; consent ends with the month, whenever that is to be.

        What is billed is the provider's business, and stays.
        """
        allowed = self.may_spend_over(now)
        self._settings = settings = _billed_in(settings, self._settings.unit)
        self._prices = settings.prices
        self.ledger.begin_months(settings.start, now)
        self.spend_over(allowed=allowed, now=now)

    def bill(self, unit: str) -> None:
        """Learn what the provider bills: money or credits."""
        self._settings = _billed_in(self._settings, unit)
        self._prices = self._settings.prices

    def spend_over(self, *, allowed: bool, now: float) -> None:
        """Set the budget aside until the month ends, or take that back; Tesla's limit stays."""
        self._over_until = self.ledger.ends(now) if allowed else 0.0

    def may_spend_over(self, now: float) -> bool:
        """Return whether the user has set the budget aside."""
        # What a clock that ran ahead calls the end of a month would never come.
        return now < self._over_until <= self.ledger.ends(now)

    def take(self, event: CreditsEvent, now: float) -> bool:
        """Count what the provider tells of its credits; return whether that was anything new."""
        self.credits.begin(self.ledger.begins(now))
        new = self.credits.take(event, now)
        if new:
            self._own_then = self.ledger.committed(now, self._prices)
        return new

    def committed(self, now: float) -> float:
        """Return the most that this month may cost so far, with what is underway.

        Where the provider tells of what was spent, others' use counts too, and wakes that nobody asked for
        by name; what was asked for since it told last is on top of that.
        """
        own = self.ledger.committed(now, self._prices)
        self.credits.begin(self.ledger.begins(now))
        if not self.credits.spent:
            return own
        return max(own, self.credits.total * CREDIT + max(0.0, own - self._own_then))

    def verdict(
        self,
        price: Price | tuple[Price, ...],
        cause: Cause,
        *,
        optional: bool = False,
        consent: bool = False,
        now: float,
    ) -> Verdict:
        """Return whether a call may go now, or whether all of several may.

        optional: nobody would miss it
        consent:  the user lets this call go over the budget; Tesla's limit nobody can
        """
        prices = (price,) if isinstance(price, Price) else price
        cost = sum(self._prices.at_most(each) for each in prices)
        settings = self._settings
        if cost <= 0 or (settings.budget is None and settings.billing_limit is None):
            return Verdict.GO
        line = ALL
        if optional:
            line = OPTIONAL
        elif cause in UNASKED_CAUSES or (Price.WAKE in prices and cause is not Cause.USER):
            line = UNASKED
        spent = self.committed(now) + cost

        def fits(allowed: float | None) -> bool:
            return allowed is None or spent <= line * (self._prices.discount + allowed) + ROUNDING

        if not fits(self._settings.billing_limit):
            return Verdict.OVER_BILLING_LIMIT
        if consent or self.may_spend_over(now) or fits(self._settings.budget):
            return Verdict.GO
        return Verdict.OVER_BUDGET

    def stage(self, now: float) -> Stage:
        """Return what is stopped now; a budget that was set aside stops nothing."""
        if (tightest := self.tightest(now)) is None:
            return Stage.NORMAL
        _, whole = tightest
        prices, spent = self._prices, self.committed(now)

        def over(cost: float, line: float) -> bool:
            return spent + cost > line * whole + ROUNDING

        # A stage begins where the cheapest of its calls does not fit any more, so that what it says is so.
        if over(min(prices.command, prices.data, prices.wake), ALL):
            return Stage.STOPPED
        if over(prices.data, UNASKED):
            return Stage.POLLS
        if over(prices.data, OPTIONAL):
            return Stage.OPTIONAL
        return Stage.NOTICE if over(0.0, NOTICED) else Stage.NORMAL

    def tightest(self, now: float) -> tuple[Sum, float] | None:
        """Return which sum counts, and what it allows with the discount; None if there is none."""
        settings = self._settings
        sums = [(settings.billing_limit, Sum.BILLING_LIMIT)]
        if not self.may_spend_over(now):
            sums.append((settings.budget, Sum.BUDGET))
        told = [(allowed, which) for allowed, which in sums if allowed is not None]
        if not told:
            return None
        allowed, which = min(told, key=lambda each: each[0])
        return which, self._prices.discount + allowed

    def used(self, now: float) -> float | None:
        """Return the share of what may be spent that may have been spent; None if nobody has set a sum."""
        if (tightest := self.tightest(now)) is None:
            return None
        _, whole = tightest
        return self.committed(now) / whole if whole > 0 else 1.0

    def to_dict(self) -> dict[str, Any]:
        """Return all of it but the ledger, ready to be stored."""
        return {
            "version": VERSION,
            "settings": self._settings.to_dict(),
            "over_until": self._over_until,
            "told": self.told.name.lower(),
            "credits": self.credits.to_dict(),
            "own_then": self._own_then,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], ledger: Ledger) -> Self:
        """Return the budget that `to_dict` described, over a ledger; WireError if it was not `to_dict`."""
        try:
            if data["version"] != VERSION:
                raise WireError(f"a budget of version {data['version']}")
            budget = cls(ledger, Settings.from_dict(data["settings"]))
            budget._over_until = float(data["over_until"])
            budget.told = Stage[data["told"].upper()]
            budget.credits = Credits.from_dict(data.get("credits") or {})
            budget._own_then = float(data.get("own_then", 0.0))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WireError("a stored budget that makes no sense") from error
        return budget


def _billed_in(settings: Settings, unit: str) -> Settings:
    """Return settings for what a provider bills; credits are bought in one currency, whatever was chosen."""
    return replace(
        settings, unit=unit, currency=TESLEMETRY.currency if unit == CREDITS else settings.currency
    )


def _sum(kept: Any) -> float | None:
    """Return a sum of money; ValueError if it is none."""
    if kept is None:
        return None
    if not 0 <= float(kept) < float("inf"):
        raise ValueError("no sum of money")
    return float(kept)


def _positive(kept: Any) -> float | None:
    if kept is None:
        return None
    if not 0 < float(kept) < float("inf"):
        raise ValueError("not above nothing")
    return float(kept)
