"""States of a car for tests: what was told, and when."""

from typing import Any

from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState

NOW = 1_791_360_000.0
ARRIVED = NOW + 3600  # when all was told, unless a test says otherwise


def told(
    values: dict[AnySignal, Any], at: float = NOW, source: str = "receiver", received: float = ARRIVED
) -> Report:
    return Report(values, at, source, received)


def knowing(*reports: dict[AnySignal, Any] | Report) -> VehicleState:
    """Return a state that was told these, all at once unless they say when."""
    state = VehicleState()
    for report in reports:
        state.apply(told(report) if isinstance(report, dict) else report)
    return state
