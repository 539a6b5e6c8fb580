"""One command that is wanted, from when somebody says so until it is settled."""

from dataclasses import dataclass, field

from .command import Command, Origin
from .flight import Flight
from .record import CommandRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class PutOff:
    """A value that was put off and has not gone yet, when all had to end: for whoever goes on after a reload.

    left_at: when it was left, seconds since 1970
    set_at:  when the value before it was sent; None if it was not yet
    """

    command: Command
    origin: Origin
    left_at: float
    set_at: float | None


@dataclass(slots=True, eq=False)
class Wish:
    """What somebody wants, until it is settled.

    begun:     it is being sent
    postponed: nobody waits for it: it goes when its floor is over
    failed:    it was sent, or not; only what has come of it is still being found out
    sent_at:   when it may have been carried out at the earliest; None if it certainly was not
    in_doubt:  an attempt of which nobody knows was followed by another one
    """

    command: Command
    origin: Origin
    record: CommandRecord
    begun: bool = False
    postponed: bool = False
    failed: bool = False
    sent_at: float | None = None
    in_doubt: bool = False
    flight: Flight[None] = field(init=False)

    @property
    def over(self) -> bool:
        """Return whether nobody can join it any more."""
        return self.failed or self.flight.over

    def join(self, origin: Origin) -> None:
        """Have somebody else want the same."""
        self.origin = self.origin.together(origin)
        if not self.begun:
            self.record.cause, self.record.by = self.origin.cause, self.origin.by
