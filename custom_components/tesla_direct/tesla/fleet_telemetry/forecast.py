"""What a choice of fields will cost: the least, what is likely, the most.

signals in an hour = the smaller of 3600 / interval and the changes that pass the delta, + 3600 / resend
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import inf

from .config import Pace
from .fields import FIELDS, Category
from .profile import per_second

HOUR = 3600.0


@dataclass(frozen=True, slots=True)
class Month:
    """How a car spends a month: hours of each kind, and how often it wakes: at home, and at work."""

    driving: float
    charging: float
    parked: float
    asleep: float
    wakes: float = 60.0

    @property
    def awake(self) -> float:
        """Return for how many hours it can send anything."""
        return self.driving + self.charging + self.parked


REFERENCE = Month(40, 60, 80, 540)


@dataclass(frozen=True, slots=True)
class Forecast:
    """How many signals a car sends in a month.

    floor:       what comes even if nothing ever changes: every field once whenever the car wakes, and what
                 is resent
    expected:    with the rates of change in `FIELDS`
    ceiling:     each field at its interval for as long as the car is awake
    per_second:  each field at its interval, in a second; Tesla allows ten
    by_category: what makes up `expected`, in Tesla's own grouping
    """

    floor: float
    expected: float
    ceiling: float
    per_second: float
    by_category: Mapping[Category, float]


def forecast(paces: Mapping[str, Pace], month: Month = REFERENCE) -> Forecast:
    """Return what a car will send."""
    resent = {name: HOUR / pace.resend if pace.resend else 0.0 for name, pace in paces.items()}
    floor = len(paces) * month.wakes + sum(resent.values()) * month.awake
    ceiling = len(paces) * month.wakes + per_second(paces) * HOUR * month.awake
    changes = {name: _changes(name, pace, month) for name, pace in paces.items()}
    sent = dict(changes)
    for name, pace in paces.items():
        for other in pace.include:
            if other in sent:  # what goes along has no change of its own left to tell
                sent[other] = max(sent[other], changes[name])
    by_category = dict.fromkeys(Category, 0.0)
    for name, signals in sent.items():
        category = FIELDS[name].category if name in FIELDS else Category.DEFAULT
        by_category[category] += signals + resent[name] * month.awake + month.wakes
    expected = sum(by_category.values())
    return Forecast(floor, expected, max(ceiling, expected), per_second(paces), by_category)


def _changes(name: str, pace: Pace, month: Month) -> float:
    """Return how many changes of a field a car sends in a month."""
    row = FIELDS.get(name)
    if row is None:
        return 0.0
    most, share = HOUR / pace.interval, _share(row.delta, pace.minimum_delta)
    return sum(
        min(most, share * rate) * hours
        for rate, hours in (
            (row.rates.driving, month.driving),
            (row.rates.charging, month.charging),
            (row.rates.parked, month.parked),
        )
        if rate
    )


def _share(usual: float | None, delta: float | None) -> float:
    """Return how many times the usual changes pass a delta: half as many one that is twice as large.

    Without any, noise is sent too, as often as the interval lets it.
    """
    if usual is None:
        return 1.0
    return usual / delta if delta else inf
