"""Two counters for the Energy dashboard, in kWh, that only ever grow: into the battery, and from the wall.

The battery's side counts AC and DC alike. Its best basis is the car's own lifetime counter where there is
one; otherwise the energy of the session, as streamed and as polled. The wall's side is what an AC charger
gave; polled cars do not tell it, and with DC the car's counter means nothing.

How far they may be off is told in `counter.py`.
"""

from collections.abc import Mapping
from typing import Any

from ..vehicle.signal import AnySignal, Report
from ..vehicle.signals import battery, charge, journal
from ..vehicle.state import VehicleState
from .counter import FAST, SLOW, Counter, Told
from .derived import OWN_SOURCES
from .plug import Plug

VERSION = 1

type Values = dict[AnySignal, Any]


class EnergyJournal:
    """What has been charged. Feed it each report of a car in the order of arrival."""

    def __init__(self) -> None:
        """Start out at nothing."""
        self._battery = Counter()
        self._wall = Counter()
        self._plug = Plug()
        self._told: Values = {}

    def feed(self, report: Report, state: VehicleState) -> Values:
        """Return the facts that a report has changed; late and repeated ones change none.

        state: what is known of the car, whether with the report or still without it
        """
        if report.source in OWN_SOURCES:
            return {}
        self._plug.feed(report)
        fast = _newest(charge.FAST_CHARGER_PRESENT, report, state)
        lifetime = report.values.get(battery.LIFETIME_CHARGED)
        if lifetime is not None:
            self._battery.feed_lifetime(lifetime, report.at)
        added = report.values.get(charge.ENERGY_ADDED)
        if added is not None:
            told = Told(report.source, added, report.at)
            self._battery.feed(told, self._plug, limit=SLOW if fast is False else FAST)
        given = report.values.get(charge.ENERGY_FROM_CHARGER)
        if given is not None:
            told = Told(report.source, given, report.at)
            if fast:
                self._wall.skip(told, self._plug)
            else:
                self._wall.feed(told, self._plug, limit=SLOW)
        return self._news()

    def facts(self) -> Values:
        """Return all that is known, as after a restart."""
        known = {
            journal.ENERGY_INTO_BATTERY: self._battery.total,
            journal.ENERGY_FROM_WALL: self._wall.total,
            journal.CHARGE_SESSION_START: self._battery.started,
        }
        return {signal: value for signal, value in known.items() if value is not None}

    def _news(self) -> Values:
        facts = self.facts()
        news = {signal: value for signal, value in facts.items() if self._told.get(signal) != value}
        self._told = facts
        return news

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        return {
            "version": VERSION,
            "battery": self._battery.to_json(),
            "wall": self._wall.to_json(),
            "plug": self._plug.to_json(),
        }

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> EnergyJournal:
        """Return what `to_json` kept.

        Raises: ValueError if it is of another version, or not what was kept.
        """
        one = cls()
        try:
            if kept["version"] != VERSION:
                raise ValueError(f"energy journal of version {kept['version']}, not {VERSION}")  # one way out
            one._battery = Counter.from_json(kept["battery"])
            one._wall = Counter.from_json(kept["wall"])
            one._plug = Plug.from_json(kept["plug"])
        except (AttributeError, KeyError, OverflowError, TypeError) as error:
            raise ValueError("energy journal cannot be read") from error
        return one


def _newest(signal: AnySignal, report: Report, state: VehicleState) -> Any:
    """Return a fact as of a report, which may not have been applied yet."""
    known = state.reading(signal)
    if signal in report.values and (known is None or report.at >= known.at):
        return report.values[signal]
    return None if known is None else known.value
