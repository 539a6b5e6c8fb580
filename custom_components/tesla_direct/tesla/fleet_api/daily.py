"""What was spent day by day, and at what rate that goes on."""

from collections.abc import Mapping
from typing import Any, Self

from .endpoints import Price
from .prices import Prices

DAY = 86_400.0  # seconds
RATE_DAYS = 7  # over how many days a rate is reckoned
RATE_AFTER = 3 * DAY  # seconds that have to be known before there is one
SIGNAL = "signal"  # what streamed values are counted as, beside the prices' names
BILLED = (Price.DATA, Price.COMMAND, Price.WAKE)


class Daily:
    """The counts of the last days, in UTC; times are seconds since 1970.

    today: the counts of the day that was opened last, by the price's name
    """

    def __init__(self) -> None:
        """Start without a day."""
        self.today: dict[str, int] = {}
        self._since: float | None = None  # None until a day is opened
        self._days: dict[int, dict[str, int]] = {}  # by days since 1970

    def open(self, now: float) -> tuple[float, float]:
        """Begin to count the day of that time, also an earlier one; return when it begins and ends."""
        day = int(now // DAY)
        self._since = now if self._since is None else min(self._since, now)
        self.today = self._days.setdefault(day, {})
        for far in sorted(self._days, key=lambda number: abs(number - day))[RATE_DAYS + 1 :]:
            del self._days[far]
        return day * DAY, (day + 1) * DAY

    def rate(self, now: float, prices: Prices) -> float | None:
        """Return what a second has cost over the last days; None while too few are known."""
        if self._since is None or now - self._since < RATE_AFTER:
            return None
        today = int(now // DAY)
        first = today - RATE_DAYS + 1
        spent = sum(_cost(day, prices) for number, day in self._days.items() if first <= number <= today)
        return spent / (now - max(self._since, first * DAY))

    def to_dict(self) -> dict[str, Any]:
        """Return all of it, ready to be stored."""
        return {"since": self._since, "days": {str(number): dict(day) for number, day in self._days.items()}}

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what `to_dict` described; raises as reading a dictionary wrongly does if it was not."""
        daily = cls()
        daily._since = None if data["since"] is None else float(data["since"])
        for number, day in data["days"].items():
            daily._days[int(number)] = {str(kind): int(count) for kind, count in day.items()}
        return daily


def _cost(day: Mapping[str, int], prices: Prices) -> float:
    calls = sum(day.get(price.value, 0) * prices.of(price) for price in BILLED)
    return calls + day.get(SIGNAL, 0) * prices.signal
