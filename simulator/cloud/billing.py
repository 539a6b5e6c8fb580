"""What the cloud charges for: every answer below 500, by category, and each streamed signal."""

from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime

# Dollars apiece, as of January 2026.
PRICES: Mapping[str, float] = {
    "signal": 1 / 150_000,
    "command": 1 / 1_000,
    "data": 1 / 500,
    "wake": 1 / 50,
}
DISCOUNT = 10.0  # dollars a month
FREE_FROM = 500  # status; what Tesla itself spoilt costs nothing


class Ledger:
    """One application's bill for the running month, which begins on the 1st at midnight UTC.

    limit: dollars a month beyond the discount; None means no limit
    """

    def __init__(self) -> None:
        """Start a month with nothing spent."""
        self.limit: float | None = None
        self._counts: Counter[str] = Counter()
        self._by_car: Counter[tuple[str, str]] = Counter()
        self._month: tuple[int, int] | None = None

    def count(self, category: str, status: int, now: float, vin: str = "") -> None:
        """Enter an answer, about a car where it is about one."""
        if category in PRICES and status < FREE_FROM:
            self._enter(category, 1, now, vin)

    def signals(self, count: int, now: float, vin: str = "") -> None:
        """Enter streamed values of a car."""
        if count:
            self._enter("signal", count, now, vin)

    def counts(self, now: float, vin: str | None = None) -> dict[str, int]:
        """Return what was billed this month, in all or for one car."""
        self._turn(now)
        if vin is not None:
            return {category: self._by_car[vin, category] for category in PRICES}
        return {category: self._counts[category] for category in PRICES}

    def gross(self, now: float) -> float:
        """Return the dollars of this month before the discount."""
        return sum(PRICES[category] * count for category, count in self.counts(now).items())

    def net(self, now: float) -> float:
        """Return the dollars to be paid."""
        return max(self.gross(now) - DISCOUNT, 0.0)

    def exceeded(self, now: float) -> bool:
        """Tell whether the limit is reached; what the discount covers never counts against it."""
        return self.limit is not None and self.gross(now) > DISCOUNT + self.limit

    def _enter(self, category: str, count: int, now: float, vin: str) -> None:
        self._turn(now)
        self._counts[category] += count
        self._by_car[vin, category] += count

    def _turn(self, now: float) -> None:
        moment = datetime.fromtimestamp(now, UTC)
        month = (moment.year, moment.month)
        if month != self._month:
            self._month = month
            self._counts.clear()
            self._by_car.clear()
