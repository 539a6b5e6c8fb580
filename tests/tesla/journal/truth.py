"""A car that charges and drives, and knows what was really charged."""

from typing import Any

from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.signals import battery, charge, drive

EFFICIENCY = 0.9
STREAM, POLL = "receiver", "poll"


class Car:
    """Counts as a car does: the session's counters begin anew with the plug-in, and stay after it.

    session: number of the plug-in, for those who want to know what could be heard of it
    """

    def __init__(self, *, lifetime: bool = False, now: float = 1_791_360_000.0) -> None:
        self.now = now
        self.session = 0
        self.battery = 0.0
        self.wall = 0.0
        self.charged = 12_345.0
        self.odometer = 8_421.0
        self.state = "disconnected"
        self.fast = False
        self._lifetime = lifetime

    def plug(self, *, fast: bool = False) -> None:
        self.wait(0.1)
        self.session += 1
        self.battery = self.wall = 0.0
        self.state = "starting"
        self.fast = fast

    def charge(self, power: float, minutes: float) -> None:
        """Charge with some kW into the battery."""
        energy = power * minutes / 60
        self.state = "charging"
        self.battery += energy
        self.charged += energy
        if not self.fast:
            self.wall += energy / EFFICIENCY
        self.wait(minutes)

    def stop(self) -> None:
        self.state = "complete"

    def unplug(self) -> None:
        self.wait(0.1)
        self.state = "disconnected"
        self.fast = False

    def drive(self, miles: float) -> None:
        self.odometer += miles
        self.wait(miles * 2)

    def wait(self, minutes: float) -> None:
        self.now += minutes * 60

    def revise(self, energy: float) -> None:
        """Find out that it was a little less."""
        self.battery = max(0.0, self.battery - energy)

    def values(self, source: str = STREAM) -> dict[AnySignal, Any]:
        """Return what a record or a poll says of it all."""
        values: dict[AnySignal, Any] = {
            charge.STATE: self.state,
            charge.ENERGY_ADDED: round(self.battery, 2 if source == POLL else 4),
            charge.FAST_CHARGER_PRESENT: self.fast,
            drive.ODOMETER: self.odometer,
        }
        if source == STREAM:
            values[charge.ENERGY_FROM_CHARGER] = round(self.wall, 4)
            if self._lifetime:
                values[battery.LIFETIME_CHARGED] = round(self.charged, 2)
        return values

    def report(self, source: str = STREAM) -> Report:
        return Report(self.values(source), self.now, source, self.now)
