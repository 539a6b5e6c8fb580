"""What was spent, by whom and for what.

An estimate: only Tesla's dashboard is authoritative, and there is no endpoint that tells.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Self

from ..errors import WireError
from .endpoints import Price

VERSION = 1
FINISHED_MONTHS = 12  # how many are kept beside the current one
FREE_FROM = 500  # a status from here on is not billed


class Cause(Enum):
    """Who wanted a request."""

    USER = "user"
    AUTOMATION = "automation"
    POLL = "poll"
    KEEPER = "keeper"
    SET_UP = "set_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prices:
    """What one of each costs, in `currency`."""

    signal: float
    command: float
    data: float
    wake: float
    currency: str
    as_of: str

    def of(self, price: Price) -> float:
        """Return what one answer costs; nothing where no document says."""
        return {Price.DATA: self.data, Price.COMMAND: self.command, Price.WAKE: self.wake}.get(price, 0.0)

    def at_most(self, price: Price) -> float:
        """Return what one answer may cost."""
        return self.data if price is Price.UNKNOWN else self.of(price)


# Tesla's list; prices as of 2026-01. Some currencies have a list of their own.
DOLLARS = Prices(
    signal=1 / 150_000, command=1 / 1_000, data=1 / 500, wake=1 / 50, currency="USD", as_of="2026-01"
)


@dataclass(frozen=True, slots=True)
class Line:
    """What calls are counted by; `vin` is None where no car was meant."""

    price: Price
    cause: Cause
    vin: str | None


class Month:
    """What was spent in one month.

    answered:   calls that Tesla answered, and bills unless they are free
    unanswered: calls without an answer, which may have been billed
    signals:    values that cars have streamed, by VIN
    """

    def __init__(self) -> None:
        """Start with nothing spent."""
        self.answered: dict[Line, int] = {}
        self.unanswered: dict[Line, int] = {}
        self.signals: dict[str, int] = {}

    def calls(self, price: Price, vin: str | None = None) -> int:
        """Return how many answered calls of a kind there were, of one car or of all."""
        return sum(
            count for line, count in self.answered.items() if line.price is price and vin in {None, line.vin}
        )

    def gross(self, prices: Prices = DOLLARS) -> float:
        """Return what all of it costs before any discount."""
        return sum(self.by_cause(prices).values()) + sum(self.signals.values()) * prices.signal

    def upper(self, prices: Prices = DOLLARS) -> float:
        """Return the most it may cost: unanswered calls and those without a known price count too."""
        unknown = sum(
            count * prices.at_most(line.price)
            for line, count in self.answered.items()
            if line.price is Price.UNKNOWN
        )
        lost = sum(count * prices.at_most(line.price) for line, count in self.unanswered.items())
        return self.gross(prices) + unknown + lost

    def by_cause(self, prices: Prices = DOLLARS) -> dict[Cause, float]:
        """Return what the calls of each cause cost; signals have none."""
        sums = dict.fromkeys(Cause, 0.0)
        for line, count in self.answered.items():
            sums[line.cause] += count * prices.of(line.price)
        return sums

    def by_car(self, prices: Prices = DOLLARS) -> dict[str, float]:
        """Return what each car costs, its signals included."""
        sums = {vin: count * prices.signal for vin, count in self.signals.items()}
        for line, count in self.answered.items():
            if line.vin is not None:
                sums[line.vin] = sums.get(line.vin, 0.0) + count * prices.of(line.price)
        return sums


class Ledger:
    """What one application has spent, month by month (UTC).

    billed_changes: grows with every call that costs, or may cost; these are to be on disk within a second
    changes:        grows with everything else too
    """

    def __init__(self, on_billed: Callable[[], None] | None = None) -> None:
        """Start with nothing spent; `on_billed` is called after each call that costs, or may cost."""
        self.billed_changes = 0
        self.changes = 0
        self.months: dict[str, Month] = {}
        self._on_billed = on_billed
        self._current = Month()
        self._begins = self._ends = 0.0

    def month(self, now: float) -> Month:
        """Return the month of that time (seconds since 1970)."""
        if not self._begins <= now < self._ends:
            self._turn(now)
        return self._current

    def record(self, price: Price, cause: Cause, vin: str | None, status: int | None, now: float) -> None:
        """Count one request; `status` is None where no answer came."""
        if status is not None and status >= FREE_FROM:
            price = Price.FREE
        month = self.month(now)
        counts = month.unanswered if status is None else month.answered
        line = Line(price, cause, vin)
        counts[line] = counts.get(line, 0) + 1
        self.changes += 1
        if price is not Price.FREE:
            self.billed_changes += 1
            if self._on_billed is not None:
                self._on_billed()

    def add_signals(self, vin: str, count: int, now: float) -> None:
        """Count the values of one record; called for each record of each car, so it does next to nothing."""
        if not self._begins <= now < self._ends:
            self._turn(now)
        signals = self._current.signals
        signals[vin] = signals.get(vin, 0) + count
        self.changes += 1

    def to_dict(self) -> dict[str, Any]:
        """Return all of it, ready to be stored."""
        return {
            "version": VERSION,
            "months": {name: _month_to_dict(month) for name, month in self.months.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], on_billed: Callable[[], None] | None = None) -> Self:
        """Return the ledger that `to_dict` described; WireError if it was not `to_dict`."""
        ledger = cls(on_billed)
        try:
            if data["version"] != VERSION:
                raise WireError(f"a ledger of version {data['version']}")
            for name, month in data["months"].items():
                ledger.months[str(name)] = _month_from_dict(month)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WireError("a stored ledger that makes no sense") from error
        return ledger

    def _turn(self, now: float) -> None:
        """Open the month of that time, also an earlier one: clocks are set back, too."""
        begins, ends = _bounds(now)
        self._begins, self._ends = begins.timestamp(), ends.timestamp()
        name = begins.strftime("%Y-%m")
        self._current = self.months.setdefault(name, Month())
        finished = sorted(month for month in self.months if month != name)
        for old in finished[:-FINISHED_MONTHS]:
            del self.months[old]


def _bounds(now: float) -> tuple[datetime, datetime]:
    """Return when Tesla's billing month of that time begins and ends: at midnight UTC, it seems."""
    begins = datetime.fromtimestamp(now, UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    year, month = divmod(begins.year * 12 + begins.month, 12)
    return begins, begins.replace(year=year, month=month + 1)


def _month_to_dict(month: Month) -> dict[str, Any]:
    lines = month.answered | month.unanswered
    return {
        "calls": [
            [
                line.price.value,
                line.cause.value,
                line.vin,
                month.answered.get(line, 0),
                month.unanswered.get(line, 0),
            ]
            for line in lines
        ],
        "signals": dict(month.signals),
    }


def _month_from_dict(data: Mapping[str, Any]) -> Month:
    month = Month()
    for price, cause, vin, answered, unanswered in data["calls"]:
        line = Line(Price(price), Cause(cause), None if vin is None else str(vin))
        if answered:
            month.answered[line] = int(answered)
        if unanswered:
            month.unanswered[line] = int(unanswered)
    month.signals = {str(vin): int(count) for vin, count in data["signals"].items()}
    return month
