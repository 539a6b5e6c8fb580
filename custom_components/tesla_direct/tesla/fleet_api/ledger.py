"""What was spent, by whom and for what.

An estimate: only Tesla's dashboard is authoritative, and there is no endpoint that tells.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Self

from ..errors import WireError
from .daily import DAY, SIGNAL, Daily
from .endpoints import Price
from .month_start import MonthStart
from .prices import DOLLARS, Prices

VERSION = 2  # 1 had no `by`, no `what`, no days, and months that began on the 1st
FINISHED_MONTHS = 12  # how many are kept beside the current one
FREE_FROM = 500  # a status from here on is not billed
LINES = 200  # of a month; further ones are counted without `by` and `what`
NAME_LENGTH = 100  # characters of what caused a call


class Cause(Enum):
    """Who wanted a request."""

    USER = "user"
    AUTOMATION = "automation"
    POLL = "poll"
    KEEPER = "keeper"
    SET_UP = "set_up"


@dataclass(frozen=True, slots=True)
class Line:
    """What calls are counted by.

    vin:  None where no car was meant
    by:   which automation, script or person, as far as anybody knows
    what: the endpoint or the command
    """

    price: Price
    cause: Cause
    vin: str | None = None
    by: str | None = None
    what: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spender:
    """What something has cost; calls of one kind for all cars together, or what one car has streamed.

    cause: None for what a car has streamed, and then `vin` says which one
    count: calls or signals
    """

    cause: Cause | None
    by: str | None = None
    what: str | None = None
    vin: str | None = None
    count: int
    cost: float


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

    def count(self, line: Line, *, answered: bool) -> None:
        """Count one call."""
        counts = self.answered if answered else self.unanswered
        if line not in counts and len(self.answered) + len(self.unanswered) >= LINES:
            line = replace(line, by=None, what=None)
        counts[line] = counts.get(line, 0) + 1

    def calls(self, price: Price, vin: str | None = None) -> int:
        """Return how many answered calls of a kind there were, of one car or of all."""
        return sum(
            count for line, count in self.answered.items() if line.price is price and vin in {None, line.vin}
        )

    def gross(self, prices: Prices = DOLLARS) -> float:
        """Return what all of it costs before any discount."""
        return sum(self.by_cause(prices).values()) + sum(self.signals.values()) * prices.signal

    def net(self, prices: Prices = DOLLARS) -> float:
        """Return what is to be paid after the discount."""
        return max(0.0, self.gross(prices) - prices.discount)

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

    def top_spenders(self, prices: Prices = DOLLARS, most: int = 10) -> list[Spender]:
        """Return what cost most, the dearest first."""
        sums: dict[Line, tuple[int, float]] = {}
        for line, count in self.answered.items():
            key = replace(line, vin=None)
            counted, cost = sums.get(key, (0, 0.0))
            sums[key] = counted + count, cost + count * prices.of(line.price)
        spenders = [
            Spender(cause=line.cause, by=line.by, what=line.what, count=count, cost=cost)
            for line, (count, cost) in sums.items()
            if cost > 0
        ]
        spenders += [
            Spender(cause=None, what="signals", vin=vin, count=count, cost=count * prices.signal)
            for vin, count in self.signals.items()
        ]
        return sorted(spenders, key=lambda spender: spender.cost, reverse=True)[:most]

    def add(self, other: Month) -> None:
        """Count what another month has counted, too."""
        for counts, more in ((self.answered, other.answered), (self.unanswered, other.unanswered)):
            for line, count in more.items():
                counts[line] = counts.get(line, 0) + count
        for vin, signals in other.signals.items():
            self.signals[vin] = self.signals.get(vin, 0) + signals

    def finish(self) -> None:
        """Forget by whom and for what: a month that is over is written with each later billed call."""
        for counts in (self.answered, self.unanswered):
            kept = dict(counts)
            counts.clear()
            for line, count in kept.items():
                key = replace(line, by=None, what=None)
                counts[key] = counts.get(key, 0) + count


class Ledger:
    """What one application has spent, month by month.

    start:          when months begin; changed by `begin_months` only, once anybody has asked
    billed_changes: grows with every call that costs, or may cost; these are to be on disk within a second
    changes:        grows with everything else too
    """

    def __init__(self, on_billed: Callable[[], None] | None = None) -> None:
        """Start with nothing spent; `on_billed` is called after each call that costs, or may cost."""
        self.billed_changes = 0
        self.changes = 0
        self.months: dict[str, Month] = {}
        self.start = MonthStart()
        self._on_billed = on_billed
        self._counted_since: float | None = None  # seconds since 1970; 0 if it is not known any more
        self._daily = Daily()
        self._underway: dict[Price, int] = {}
        self._current = Month()
        self._summed: tuple[Month, Prices, int, float] = (self._current, DOLLARS, -1, 0.0)
        self._begins = self._ends = 0.0  # of what is both the current month and today

    def month(self, now: float) -> Month:
        """Return the month of that time (seconds since 1970)."""
        if not self._begins <= now < self._ends:
            self._turn(now)
        return self._current

    def begins(self, now: float) -> float:
        """Return when the month of that time begins, seconds since 1970."""
        return self.start.bounds(now)[0].timestamp()

    def ends(self, now: float) -> float:
        """Return when the month of that time ends, seconds since 1970."""
        return self.start.bounds(now)[1].timestamp()

    def record(self, line: Line, status: int | None, now: float) -> None:
        """Count one request; `status` is None where no answer came."""
        if status is not None and status >= FREE_FROM:
            line = replace(line, price=Price.FREE)
        free = line.price is Price.FREE
        # Nobody asks who caused what costs nothing.
        by = None if free or line.by is None else line.by[:NAME_LENGTH]
        what = None if free or line.what is None else line.what[:NAME_LENGTH]
        self.month(now).count(replace(line, by=by, what=what), answered=status is not None)
        self.changes += 1
        if not free:
            if status is not None:
                today, kind = self._daily.today, line.price.value
                today[kind] = today.get(kind, 0) + 1
            self.billed_changes += 1
            if self._on_billed is not None:
                self._on_billed()

    def add_signals(self, vin: str, count: int, now: float) -> None:
        """Count the values of one record; called for each record of each car, so it does next to nothing."""
        if not self._begins <= now < self._ends:
            self._turn(now)
        signals, today = self._current.signals, self._daily.today
        signals[vin] = signals.get(vin, 0) + count
        today[SIGNAL] = today.get(SIGNAL, 0) + count
        self.changes += 1

    @contextmanager
    def underway(self, price: Price) -> Iterator[None]:
        """Reckon with a call until it is recorded: others must not spend the same money meanwhile."""
        self._underway[price] = self._underway.get(price, 0) + 1
        try:
            yield
        finally:
            self._underway[price] -= 1

    def committed(self, now: float, prices: Prices = DOLLARS) -> float:
        """Return the most that this month may cost so far, with what is underway."""
        underway = sum(count * prices.at_most(price) for price, count in self._underway.items() if count)
        # Asked several times for each call, and summed up anew only after something was counted.
        month = self.month(now)
        if self._summed[:2] != (month, prices) or self._summed[2] != self.changes:
            self._summed = month, prices, self.changes, month.upper(prices)
        return self._summed[3] + underway

    def forecast(self, now: float, prices: Prices = DOLLARS) -> float:
        """Return what the month of that time will cost, before any discount, if it goes on like this.

        The rate is that of the last seven days, also those of the month before; for as long as fewer than
        three are known, that of this month. What was spent within an hour says nothing of a month, so a rate
        is never reckoned over less than a day.
        """
        gross = self.month(now).gross(prices)
        begins, ends = (bound.timestamp() for bound in self.start.bounds(now))
        rate = self._daily.rate(now, prices)
        if rate is None:
            since = max(begins, self._counted_since or 0.0)
            rate = gross / max(now - since, DAY)
        return gross + rate * (ends - now)

    def begin_months(self, start: MonthStart, now: float) -> None:
        """Have months begin at another time; the running one keeps what was counted, and ends so, too."""
        running = self.month(now)
        del self.months[self.start.name(now)]
        self.start = start
        name = start.name(now)
        if (begun := self.months.get(name)) is not None:
            running.add(begun)  # what was taken for a month that is over goes on
        self.months[name] = running
        self._turn(now)
        self.changes += 1

    def to_dict(self) -> dict[str, Any]:
        """Return all of it, ready to be stored."""
        return {
            "version": VERSION,
            "counted_since": self._counted_since,
            "daily": self._daily.to_dict(),
            "months": {name: _month_to_dict(month) for name, month in self.months.items()},
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any], on_billed: Callable[[], None] | None = None) -> Self:
        """Return the ledger that `to_dict` described; WireError if it was not `to_dict`."""
        ledger = cls(on_billed)
        try:
            data = _migrated(data)
            since = data["counted_since"]
            ledger._counted_since = None if since is None else float(since)
            ledger._daily = Daily.from_dict(data["daily"])
            for name, month in data["months"].items():
                ledger.months[str(name)] = _month_from_dict(month)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WireError("a stored ledger that makes no sense") from error
        return ledger

    def _turn(self, now: float) -> None:
        """Open the month and the day of that time, also earlier ones: clocks are set back, too."""
        begins, ends = self.start.bounds(now)
        dawn, dusk = self._daily.open(now)
        self._begins = max(begins.timestamp(), dawn)
        self._ends = min(ends.timestamp(), dusk)
        self._counted_since = now if self._counted_since is None else min(self._counted_since, now)
        name = self.start.name(now)
        self._current = self.months.setdefault(name, Month())
        finished = sorted(month for month in self.months if month != name)
        for old_month in finished[:-FINISHED_MONTHS]:
            del self.months[old_month]
        for finished_month in finished[-FINISHED_MONTHS:]:
            self.months[finished_month].finish()


def _migrated(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return a stored ledger in today's shape; WireError if nobody knows its version."""
    if data["version"] == VERSION:
        return data
    if data["version"] != 1:
        raise WireError(f"a ledger of version {data['version']}")
    months = {
        f"{name}-01": month | {"calls": [[*line[:3], None, None, *line[3:]] for line in month["calls"]]}
        for name, month in data["months"].items()
    }
    # When counting began is not known any more; the day does not matter where a whole month was counted.
    return {"counted_since": 0.0, "daily": Daily().to_dict(), "months": months}


def _month_to_dict(month: Month) -> dict[str, Any]:
    lines = month.answered | month.unanswered
    return {
        "calls": [
            [
                line.price.value,
                line.cause.value,
                line.vin,
                line.by,
                line.what,
                month.answered.get(line, 0),
                month.unanswered.get(line, 0),
            ]
            for line in lines
        ],
        "signals": dict(month.signals),
    }


def _month_from_dict(data: Mapping[str, Any]) -> Month:
    month = Month()
    for price, cause, vin, by, what, answered, unanswered in data["calls"]:
        line = Line(Price(price), Cause(cause), _text(vin), _text(by), _text(what))
        if answered:
            month.answered[line] = int(answered)
        if unanswered:
            month.unanswered[line] = int(unanswered)
    month.signals = {str(vin): int(count) for vin, count in data["signals"].items()}
    return month


def _text(kept: Any) -> str | None:
    return None if kept is None else str(kept)
