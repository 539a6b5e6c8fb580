"""How often each telemetry field of one car came, month by month: what its streaming really costs."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Self

from ..fleet_api.month_start import MonthStart
from ..proto.vehicle_data_pb2 import Field

FIELDS_LIMIT = 400  # that are counted by themselves; there are 270, and a car may send numbers of its own
GATHERED = 1_000  # values that are counted in one go, which takes a twentieth of a millisecond
OTHERS = -1  # the number that stands for all further ones
OTHERS_NAME = "others"
_FIRST = MonthStart()
_NAMES: Mapping[int, str] = {
    number: value.name for number, value in Field.DESCRIPTOR.values_by_number.items()
}
_NUMBERS: Mapping[str, int] = {name: number for number, name in _NAMES.items()} | {OTHERS_NAME: OTHERS}


def _on_the_first() -> MonthStart:
    return _FIRST


class SignalCounts:
    """The values that one car has sent, counted by field, invalid and resent ones too: each is billed."""

    def __init__(self, start: Callable[[], MonthStart] = _on_the_first) -> None:
        """Begin with nothing; `start` tells when a billing month begins, which the user may change."""
        self._start = start
        self._known: MonthStart | None = None  # of which the bounds are
        self._begins = self._ends = 0.0
        self._month = ""
        self._gathered: list[int] = []  # what was taken, and is not counted yet
        self._current = Counter[int]()
        self._before: tuple[str, Counter[int]] = ("", Counter())
        self._seen = set[int]()  # in months that are over

    def take(self, numbers: Iterable[int], now: float) -> None:
        """Count the fields of one record; called for each of them, so it does next to nothing.

        numbers: of the fields, each as often as it came
        now:     seconds since 1970
        """
        if not self._begins <= now < self._ends or self._start() is not self._known:
            self._turn(now)
        self._gathered += numbers
        if len(self._gathered) > GATHERED:
            self._count()

    def month(self, now: float) -> dict[str, int]:
        """Return how often each field came in the month of that time, by Tesla's name for it."""
        self._turn(now)
        return _named(self._current)

    @property
    def month_before(self) -> dict[str, int]:
        """Return the same for the last month in which anything was counted before."""
        return _named(self._before[1])

    @property
    def seen(self) -> frozenset[str]:
        """Return the fields that have come at any time since we count."""
        self._count()
        return frozenset(_name(number) for number in self._seen.union(self._current))

    def to_json(self) -> dict[str, Any]:
        """Return all of it, ready to be stored."""
        self._count()
        months = {self._month: _named(self._current), self._before[0]: _named(self._before[1])}
        return {
            "months": {month: counts for month, counts in months.items() if month},
            "seen": sorted(self.seen),
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any], start: Callable[[], MonthStart] = _on_the_first) -> Self:
        """Return what `to_json` described; raises AttributeError, TypeError or ValueError if it did not."""
        counts = cls(start)
        months = {str(month): _numbered(kept) for month, kept in data.get("months", {}).items()}
        *_, before, current = ("", Counter[int]()), ("", Counter[int]()), *sorted(months.items())
        counts._before = before
        counts._month, counts._current = current
        counts._seen = set(_numbered(dict.fromkeys(data.get("seen", ()), 1)))
        return counts

    def _turn(self, now: float) -> None:
        """Open the month of that time, also an earlier one: clocks are set back, too."""
        self._count()
        self._known = start = self._start()
        self._begins, self._ends = (bound.timestamp() for bound in start.bounds(now))
        name = start.name(now)
        if name == self._month:
            return
        self._seen.update(self._current)
        current, before = (self._month, self._current), self._before
        self._month, self._current = before if before[0] == name else (name, Counter())
        self._before = current if current[1] else before

    def _count(self) -> None:
        """Count what was taken; what is no field of Tesla's together once there is too much of it."""
        self._current.update(self._gathered)
        self._gathered.clear()
        if len(self._current) > FIELDS_LIMIT:
            for number in self._current.keys() - _NAMES.keys() - {OTHERS}:
                self._current[OTHERS] += self._current.pop(number)


def _name(number: int) -> str:
    return OTHERS_NAME if number == OTHERS else _NAMES.get(number, str(number))


def _named(counts: Mapping[int, int]) -> dict[str, int]:
    return {_name(number): count for number, count in counts.items()}


def _numbered(counts: Mapping[str, Any]) -> Counter[int]:
    return Counter(
        {_NUMBERS[name] if name in _NUMBERS else int(name): int(count) for name, count in counts.items()}
    )
