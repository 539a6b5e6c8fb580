"""All that is computed of one car, fed report by report."""

from collections.abc import Mapping
from typing import Any

from ..vehicle.signal import Report
from ..vehicle.state import VehicleState
from .amps import Amps
from .derived import SOURCE, derived, freshness
from .energy import EnergyJournal


class Journal:
    """Takes in each report in the order of arrival, and says what follows from it."""

    def __init__(self, energy: EnergyJournal | None = None, amps: Amps | None = None) -> None:
        """Go on with what was counted and remembered, or start out at nothing."""
        self._energy = energy or EnergyJournal()
        self._amps = amps or Amps()

    def take(self, report: Report, state: VehicleState) -> list[Report]:
        """Return what follows from a report that the state has just taken in."""
        values = derived(report, state) | self._energy.feed(report, state) | self._amps.feed(report, state)
        reports = [Report(values, report.at, SOURCE, report.received)] if values else []
        # When the newest was measured is known since it came; an older report must not undo it.
        if fresh := freshness(report, state):
            reports.append(Report(fresh, report.received, SOURCE, report.received))
        return reports

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        return {"energy": self._energy.to_json(), "amps": self._amps.to_json()}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Journal:
        """Return what `to_json` kept.

        Raises: ValueError if it did not
        """
        energy = EnergyJournal.from_json(kept["energy"]) if "energy" in kept else None
        return cls(energy, Amps.from_json(kept.get("amps")))
