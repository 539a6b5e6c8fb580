"""What became of the last commands: for automations, for bug reports, and for whoever wonders."""

from collections import deque
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ..fleet_api.ledger import Cause

KEPT = 50  # commands of a car that are remembered


class Outcome(StrEnum):
    """What became of a command.

    SENT:         the car has said that it is done; whether its own word agrees is not known yet
    CONFIRMED:    the car's own readings say so, too, or there is no reading that could
    UNCONFIRMED:  done, as the car said, but no reading has spoken of it
    CONTRADICTED: done, as the car said, but its readings say otherwise
    ALREADY:      it was so already; nothing was sent, or the car said so
    MERGED:       a newer wish for the same has taken its place
    REFUSED:      we said no; nothing was sent
    REJECTED:     the car or the cloud said no
    UNKNOWN:      no answer: nobody knows whether it was done
    CANCELLED:    whoever wanted it has given up before it was sent
    """

    SENT = "sent"
    CONFIRMED = "confirmed"
    UNCONFIRMED = "unconfirmed"
    CONTRADICTED = "contradicted"
    ALREADY = "already"
    MERGED = "merged"
    REFUSED = "refused"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


@dataclass(slots=True, kw_only=True)
class CommandRecord:
    """One command and what became of it.

    at:        when it was wanted, seconds since 1970
    detail:    the error's class, or the fact that the car contradicts; never a value, a PIN or a place
    answered:  seconds until the car's answer
    confirmed: seconds from the answer until the car's own readings agreed
    """

    name: str
    cause: Cause
    by: str | None
    at: float
    outcome: Outcome | None = None
    detail: str | None = None
    answered: float | None = None
    confirmed: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it for a bug report."""
        return {
            "name": self.name,
            "cause": self.cause.value,
            "by": self.by,
            "at": round(self.at, 1),
            "outcome": None if self.outcome is None else self.outcome.value,
            "detail": self.detail,
            "answered": _rounded(self.answered),
            "confirmed": _rounded(self.confirmed),
        }


class CommandLog(deque[CommandRecord]):
    """The last commands of a car, newest last."""

    def __init__(self) -> None:
        """Start with none."""
        super().__init__(maxlen=KEPT)


def _rounded(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)
