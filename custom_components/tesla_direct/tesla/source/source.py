"""What sources and those they deliver to share."""

from collections.abc import Iterable, Sequence
from typing import Protocol

from ..vehicle.alert import Alert, Complaint
from ..vehicle.connectivity import Event
from ..vehicle.signal import Report


class Sink(Protocol):
    """What takes in all that is delivered about one car."""

    def apply(self, report: Report) -> None:
        """Take in what a source says."""

    def witness(self, event: Event) -> None:
        """Learn what was seen of how reachable the car is."""

    def alert(self, alerts: Iterable[Alert]) -> None:
        """Take in alerts; some may have been told before."""

    def complain(self, complaints: Iterable[Complaint]) -> None:
        """Take in what the car's telemetry client is unhappy about."""

    def count(self, signals: int, fields: Sequence[int] = ()) -> None:
        """Count signals that Tesla bills; `fields` are the numbers of those that are telemetry fields."""
