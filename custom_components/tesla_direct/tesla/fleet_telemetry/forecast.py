"""What a choice of fields will cost: the least, what is likely, the most."""

from collections.abc import Mapping
from dataclasses import dataclass

from .config import Pace
from .fields import FIELDS, Category

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Month:
    """How a car spends a month, in hours."""

    driving: float
    charging: float
    parked: float
    asleep: float

    @property
    def awake(self) -> float:
        """Return how long it can send anything."""
        return self.driving + self.charging + self.parked


REFERENCE = Month(40, 60, 80, 540)


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many signals a car sends in a month.

    floor:       what comes even if nothing ever changes: what is resent
    expected:    with the rates of change in `FIELDS`
    ceiling:     each field at its interval for as long as the car is awake
    per_second:  each field at its interval, in a second; Tesla allows ten
    by_category: `expected`, by Tesla's own grouping
    """

    floor: float
    expected: float
    ceiling: float
    per_second: float
    by_category: Mapping[Category, float]


def forecast(paces: Mapping[str, Pace], month: Month = REFERENCE) -> Forecast:
    """Return what a car will send."""
    floor = expected = ceiling = per_second = 0.0
    by_category = dict.fromkeys(Category, 0.0)
    for name, pace in paces.items():
        resent = HOUR / pace.resend if pace.resend else 0.0
        most = HOUR / max(pace.interval, 1)
        floor += resent * month.awake
        ceiling += (most + resent) * month.awake
        per_second += (most + resent) / HOUR
        row = FIELDS.get(name)
        if row is None:
            continue
        rates = row.rates
        signals = (
            min(most, rates.driving) * month.driving
            + min(most, rates.charging) * month.charging
            + min(most, rates.parked) * month.parked
            + resent * month.awake
        )
        expected += signals
        by_category[row.category] += signals
    return Forecast(floor, expected, ceiling, per_second, by_category)
