"""What is paid in credits, and the account of it."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

COSTS = {"command": 1, "data": 2, "wake": 20}
FIRST = 2000  # credits that 2.50 dollars buy


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One thing that was paid; `at` is real time, `balance` what was left."""

    kind: str
    name: str
    vin: str
    cost: int
    balance: int
    at: float

    def said(self) -> dict[str, Any]:
        """Give it as the stream tells it."""
        return {
            "type": self.kind,
            "cost": self.cost,
            "name": self.name,
            "balance": self.balance,
            "quota": {},
        }


@dataclass(slots=True)
class Credits:
    """A customer's balance, and every entry since the world began."""

    balance: int = FIRST
    entries: list[Entry] = field(default_factory=list)

    def suffice(self, kind: str) -> bool:
        """Tell whether something can be paid."""
        return self.balance >= COSTS[kind]

    def spend(self, kind: str, name: str, vin: str, at: float) -> Entry:
        """Pay for something."""
        self.balance -= COSTS[kind]
        entry = Entry(kind=kind, name=name, vin=vin, cost=COSTS[kind], balance=self.balance, at=at)
        self.entries.append(entry)
        return entry

    def spent(self) -> dict[str, int]:
        """Return the credits spent, by kind."""
        spent = Counter(dict.fromkeys(COSTS, 0))
        for entry in self.entries:
            spent[entry.kind] += entry.cost
        return dict(spent)
