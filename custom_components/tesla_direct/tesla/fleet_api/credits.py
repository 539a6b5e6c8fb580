"""What a provider itself tells of its credits: how many are left, and what they went for.

Beside our own ledger it is the fuller truth: it knows of wakes that nobody asked for by name, and of what
other programs of the same account have spent.
"""

from collections import deque
from collections.abc import Mapping
from math import isfinite
from typing import Any, Self

from ..errors import WireError
from .teslemetry_rows import CreditsEvent

VERSION = 1
REMEMBERED = 200  # events by which repeats are known; a stream that was taken up again repeats fewer
OTHER = "other"  # what went for nobody knows what: no event told of it, or one without a kind
KINDS = 20  # that are told apart


class Credits:
    """What the stream has told of one account's credits.

    balance: how many are left, None before anybody has told
    spent:   of the running month, by kind
    """

    def __init__(self) -> None:
        """Start with nothing known."""
        self.balance: float | None = None
        self.spent: dict[str, float] = {}
        self._balance_at = 0.0  # seconds since 1970, as all times here
        self._counted_at = 0.0
        self._seen: deque[tuple[float, str, float | None]] = deque(maxlen=REMEMBERED)

    @property
    def total(self) -> float:
        """Return how many credits were spent in the running month."""
        return sum(self.spent.values())

    def begin(self, begins: float) -> None:
        """Learn when the running month began; what was counted before belongs to one that is over."""
        if self._counted_at < begins:
            self.spent = {}

    def take(self, event: CreditsEvent, now: float) -> bool:
        """Count an event; return whether it told anything new."""
        key = event.at, event.kind, event.balance
        if key in self._seen:
            return False
        self._seen.append(key)
        at = min(event.at, now)
        # What a snapshot tells was spent before we began to listen: its balance says so, if nothing else did.
        cost = 0.0 if event.snapshot else event.cost
        if event.balance is not None:
            if at < self._balance_at:
                return False  # a later balance has told of it
            missed = 0.0 if self.balance is None else self.balance - event.balance - cost
            if missed > 0:
                self._count(OTHER, missed, now)
            self.balance, self._balance_at = event.balance, at
        if cost > 0:
            self._count(event.kind, cost, at)
        return True

    def _count(self, kind: str, cost: float, at: float) -> None:
        kind = kind if kind in self.spent or (kind and len(self.spent) < KINDS) else OTHER
        self.spent[kind] = self.spent.get(kind, 0.0) + cost
        self._counted_at = max(self._counted_at, at)

    def to_dict(self) -> dict[str, Any]:
        """Return all of it, ready to be stored."""
        return {
            "version": VERSION,
            "balance": self.balance,
            "balance_at": self._balance_at,
            "counted_at": self._counted_at,
            "spent": dict(self.spent),
            "seen": [list(key) for key in self._seen],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return what `to_dict` described, nothing for an empty `data`; WireError if it was not `to_dict`."""
        told = cls()
        if not data:
            return told
        try:
            if data["version"] != VERSION:
                raise WireError(f"credits of version {data['version']}")
            told.balance = None if data["balance"] is None else _amount(data["balance"])
            told._balance_at = _amount(data["balance_at"])
            told._counted_at = _amount(data["counted_at"])
            told.spent = {str(kind): _amount(cost) for kind, cost in data["spent"].items()}
            for at, kind, balance in data["seen"]:
                told._seen.append((_amount(at), str(kind), None if balance is None else _amount(balance)))
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise WireError("stored credits that make no sense") from error
        return told


def _amount(kept: Any) -> float:
    amount = float(kept)
    if not isfinite(amount):
        raise ValueError("no number of credits")
    return amount
