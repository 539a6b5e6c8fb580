"""A car whose state is made by hand, and which somebody is served."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
import json
from pathlib import Path
from typing import Any

from custom_components.tesla_direct.tesla.decode import vehicle_data
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power
from custom_components.tesla_direct.tesla.vehicle.location import Location
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.signals import drive, place
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState

VIN = "5YJ3E7EB0SF000001"
NOW = 1_791_360_100.0
FIXTURES = Path(__file__).parents[2] / "fixtures"
HERE = Location(51.5, -0.125)
DRIVING: Mapping[AnySignal, Any] = {
    drive.GEAR: "d",
    drive.SPEED: 31.4,
    drive.ODOMETER: 8455.118,
    place.LOCATION: HERE,
    place.HEADING: 271.0,
}


@dataclass
class HandMade:
    vin: str = VIN
    power: Power = Power.ONLINE
    online_since: float | None = None
    connected: bool = True
    state: VehicleState = field(default_factory=VehicleState)

    def told(
        self,
        values: Mapping[AnySignal, Any],
        at: float = NOW,
        *,
        received: float = NOW,
        snapshot: bool = False,
    ) -> Report:
        """Have the car tell something; return the report, as whoever follows it gets it."""
        report = Report(values, at, "receiver", received, snapshot=snapshot)
        self.state.apply(report)
        return report


def stated(values: Mapping[AnySignal, Any]) -> VehicleState:
    car = HandMade()
    car.told(values)
    return car.state


def response(name: str) -> dict[str, Any]:
    """Return what is in an answer that was captured."""
    found: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text("utf-8"))["response"]
    return found


def polled(response: Mapping[str, Any], received: float = NOW) -> VehicleState:
    """Return what is known of a car after a poll."""
    state = VehicleState()
    for report in vehicle_data.decode(response, received, Counter()):
        state.apply(report)
    return state
