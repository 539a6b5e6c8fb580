"""How much current the charger allows where the car is.

A car tells it only while the cable is in; without one it says 16 A whatever the charger can. So what was
told at a place is remembered for the next time.
"""

from collections.abc import Sequence
from typing import Any

from ..vehicle import conclusions
from ..vehicle.conclusions import TOGETHER
from ..vehicle.kind import number
from ..vehicle.location import Location, location
from ..vehicle.signal import AnySignal, Report
from ..vehicle.signals import charge, journal, place
from ..vehicle.state import VehicleState
from .derived import OWN_SOURCES

RADIUS = 150.0  # metres within which two places are one: a garage and the drive before it, and a bad fix
NORTH = RADIUS / 110_000  # degrees; what is farther to the north or south need not be measured
MOST = 20  # places that are remembered, those of the last charges

# For cars whose coordinates nobody may know: the places that are set in the car.
NAMED: tuple[tuple[AnySignal, str], ...] = (
    (place.AT_HOME, "home"),
    (place.AT_WORK, "work"),
    (place.AT_FAVORITE, "favorite"),
)
ELSEWHERE = "elsewhere"
TELLING = frozenset(
    {
        charge.STATE,
        charge.CABLE_TYPE,
        charge.CURRENT_REQUEST_MAX,
        place.LOCATION,
        *(signal for signal, _ in NAMED),
    }
)

type Place = Location | str


class Amps:
    """What chargers allow, place by place. Feed it each report of a car in the order of arrival."""

    def __init__(self) -> None:
        """Start out knowing no charger."""
        self._allowed: list[tuple[Place, float]] = []  # the last one first
        self._plugged: bool | None = None
        self._in_since = 0.0

    def feed(self, report: Report, state: VehicleState) -> dict[AnySignal, Any]:
        """Return how much the charger allows here, if that has changed; the state has taken the report in."""
        if report.source in OWN_SOURCES or TELLING.isdisjoint(report.values):
            return {}
        self._watch_cable(conclusions.plugged_in(state), report.at)
        here = _here(state)
        told = state.report(charge.CURRENT_REQUEST_MAX)
        amps = None if told is None else told.values[charge.CURRENT_REQUEST_MAX]
        # What was told before the cable came in, and has not been told anew, is the 16 A of no cable.
        if self._plugged and told is not None and amps and told.at >= self._in_since - TOGETHER:
            if _belong_together(state, told) and not state.get(charge.FAST_CHARGER_PRESENT):
                self._remember(here, amps)
        else:
            amps = self._remembered(here)
        return {} if amps == state.get(journal.CHARGE_CURRENT_MAX) else {journal.CHARGE_CURRENT_MAX: amps}

    def _watch_cable(self, plugged: bool | None, at: float) -> None:  # noqa: FBT001  # private, and a fact
        if plugged and self._plugged is False:
            self._in_since = at
        if plugged is not None:
            self._plugged = plugged

    def _remembered(self, here: Place) -> float | None:
        return next((amps for known, amps in self._allowed if _same(known, here)), None)

    def _remember(self, here: Place, amps: float) -> None:
        others = [(known, old) for known, old in self._allowed if not _same(known, here)]
        self._allowed = [(here, amps), *others][:MOST]

    def to_json(self) -> list[Any]:
        """Return what has to outlive a restart."""
        return [
            [known if isinstance(known, str) else [known.latitude, known.longitude], amps]
            for known, amps in self._allowed
        ]

    @classmethod
    def from_json(cls, kept: Any) -> Amps:
        """Return what `to_json` kept; what makes no sense is learnt anew."""
        one = cls()
        for entry in kept if isinstance(kept, Sequence) else ():
            match entry:
                case [str() | [_, _] as raw, amps]:
                    known = raw if isinstance(raw, str) else location(tuple(raw))
                    allowed = number(amps)
                    if known is not None and allowed is not None:
                        one._allowed.append((known, allowed))
                case _:
                    pass
        return one


def _here(state: VehicleState) -> Place:
    """Return where the car is: by its coordinates, or else by the places that it knows."""
    told = state.get(place.LOCATION)
    if told is not None:
        return told
    return next((name for signal, name in NAMED if state.get(signal)), ELSEWHERE)


def _same(one: Place, other: Place) -> bool:
    if isinstance(one, str) or isinstance(other, str):
        return one == other
    return abs(one.latitude - other.latitude) <= NORTH and one.metres_to(other) <= RADIUS


def _belong_together(state: VehicleState, told: Report) -> bool:
    """Return whether the car is still where it was found: an earlier poll may have found it elsewhere."""
    found = state.report(place.LOCATION)
    return found is None or found.source != "poll" or found.received == told.received
