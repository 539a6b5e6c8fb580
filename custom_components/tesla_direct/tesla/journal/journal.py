"""All that is computed of one car, fed report by report."""

from collections.abc import Mapping
from typing import Any

from ..vehicle.signal import Report
from ..vehicle.state import VehicleState
from .derived import SOURCE, derived, freshness


class Journal:
    """Takes in each report, and says what follows from it."""

    def take(self, report: Report, state: VehicleState) -> list[Report]:
        """Return what follows from a report that the state has just taken in."""
        values = derived(report)
        reports = [Report(values, report.at, SOURCE, report.received)] if values else []
        if fresh := freshness(report, state):
            reports.append(Report(fresh, report.received, SOURCE, report.received))
        return reports

    def to_dict(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        return {}

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Journal:
        """Return what was kept."""
        return cls()
