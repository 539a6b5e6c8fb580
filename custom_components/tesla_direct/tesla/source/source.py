"""What sources and those they deliver to share."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

from ..decode.payload import Car
from ..vehicle.alert import Alert, Complaint
from ..vehicle.connectivity import Event
from ..vehicle.signal import Report


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a source fares, for all of its cars together.

    works:   it is connected to whoever it listens to; None until it was tried
    since:   when that began, seconds since 1970, by our clock
    trouble: why it does not work, as a key of the user's texts; empty while it does
    detail:  what else there is to say of that, without anything private
    begun:   how often it has begun anew
    """

    works: bool | None = None
    since: float = 0.0
    trouble: str = ""
    detail: str = ""
    begun: int = 0


class Sink(Protocol):
    """What takes in all that is delivered about one car."""

    def apply(self, report: Report) -> None:
        """Take in what a source says."""

    def witness(self, event: Event) -> None:
        """Learn what was seen of how reachable the car is."""

    def alert(self, alerts: Iterable[Alert], *, snapshot: bool = False) -> None:
        """Take in alerts; some may have been told before. Of a snapshot's nobody else is told."""

    def complain(self, complaints: Iterable[Complaint]) -> None:
        """Take in what the car's telemetry client is unhappy about."""

    def count(self, signals: int, fields: Sequence[int] = ()) -> None:
        """Count signals that Tesla bills; `fields` are the numbers of those that are telemetry fields."""

    def set_links(self, source: str, links: int, network_interface: str | None = None) -> None:
        """Learn how many telemetry connections of the car a source knows to be open.

        network_interface: of the newest, in the car's own word; None where nobody tells
        """


class PushedCar(Sink, Protocol):
    """A car as those sources see it that have several."""

    def car(self) -> Car:
        """Return what has to be known to read what the car streams."""
