"""What the plan remembers of one car that is polled: what must not be asked and paid for again."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..vehicle.connectivity import Power
from .poll_plan import CarView
from .polled_car import PolledCar

LONGEST = 86_400.0  # seconds that anything may hold the poll back, also if the clock is set back


class Past:
    """A time that somebody else tells, and that lies in the past also after the clock was set back."""

    def __init__(self) -> None:
        """Begin with a time that was never told."""
        self._told = self._taken = 0.0

    def __call__(self, told: float, now: float) -> float:
        """Return the time, or when it was first found to lie ahead."""
        if told != self._told:
            self._told = self._taken = told
        self._taken = min(self._taken, now)
        return self._taken


@dataclass(slots=True)
class Memory:
    """What is remembered; times in seconds since 1970, by our clock.

    fetched_at: the last fetch of all that was missing, None if there never was one
    not_before: until when nothing is fetched
    failures:   fetches in a row that failed
    parts:      when each part was fetched last, by its name
    quiet_since: since when it has been left alone, as far as it was told; None while it is not
    """

    fetched_at: float | None = None
    not_before: float = 0.0
    failures: int = 0
    parts: dict[str, float] = field(default_factory=dict)
    quiet_since: float | None = None
    online_since: Past = field(default_factory=Past)
    silent_since: Past = field(default_factory=Past)

    def view(self, vin: str, car: PolledCar, now: float) -> CarView:
        """Return what the plan has to know of the car."""
        # Which endpoints are missing takes a look at every entity, so only where it matters.
        matters = car.power is Power.ONLINE and not car.paused
        return CarView(
            vin=vin,
            power=car.power,
            connected=car.connected,
            proven_until=car.proven_until,
            online_since=None if car.online_since is None else self.online_since(car.online_since, now),
            silent_since=self.silent_since(car.silent_since, now),
            fetched_at=self.fetched_at,
            not_before=self.not_before,
            missing=car.missing() if matters else frozenset(),
            quiet_since=self.quiet_since,
        )

    def forget_the_future(self, now: float) -> None:
        """Take times that lie ahead, because the clock was set back, for now; else we wait for them."""
        self.fetched_at = None if self.fetched_at is None else min(self.fetched_at, now)
        self.not_before = min(self.not_before, now + LONGEST)


def remembered(kept: Any, parts: Mapping[str, Any]) -> Memory:
    """Return what was kept of one car; raises TypeError or ValueError if that makes no sense."""
    fetched = {str(part): float(at) for part, at in parts.items()}
    if kept is None:
        return Memory(parts=fetched)
    fetched_at, not_before, failures = kept
    return Memory(
        None if fetched_at is None else float(fetched_at), float(not_before), int(failures), fetched
    )
