"""One car as TeslaMate is served it: what follows from a report, and what is answered when it asks."""

from collections.abc import Callable
from typing import Any, Protocol

from ..vehicle import conclusions
from ..vehicle.connectivity import Power
from ..vehicle.signal import Report
from ..vehicle.signals import charge, connection
from ..vehicle.sources import TESLAMATE
from ..vehicle.state import RESTORED, VehicleState
from . import columns, document
from .timeline import LAG, Timeline


class Known(Protocol):
    """A car, as whoever serves it has it.

    online_since: seconds since 1970, by our clock; None while it is not online
    connected:    a telemetry connection of it is open
    """

    @property
    def vin(self) -> str: ...
    @property
    def state(self) -> VehicleState: ...
    @property
    def power(self) -> Power: ...
    @property
    def online_since(self) -> float | None: ...
    @property
    def connected(self) -> bool: ...


class ServedCar:
    """A car, and the time that those who log it are told."""

    def __init__(self, known: Known, clock: Callable[[], float]) -> None:
        """Serve a car.

        clock: seconds since 1970
        """
        self.known = known
        self._clock = clock
        self._timeline = _begun(known.state, clock())
        self._asked = 0.0  # when what was asked for last was measured
        self._plugged_in = conclusions.plugged_in(known.state)
        self._plugged_in_at = 0.0  # when the cable was put in, by the car's clock; 0 if nobody saw that

    def is_called(self, name: str) -> bool:
        """Return whether the car is meant by a name."""
        return document.is_called(self.known.vin, self.known.state, name)

    @property
    def power(self) -> Power:
        """How reachable it is, in Tesla's words."""
        return document.reachable(self.known.state, self.known.power)

    @property
    def settled(self) -> bool:
        """Whether what is known of it is of now.

        Not just after a restart, while nobody has seen it; and not just after it has connected: it may
        deliver what it has kept, which must not come too late for those who were told a later time.
        """
        known = self.known
        if not known.connected:
            return known.power is not Power.UNKNOWN
        linked = known.state.reading(connection.TELEMETRY_CONNECTED)
        since = 0.0 if linked is None else linked.at
        return self._timeline.heard_since(since) or self._clock() >= since + LAG

    def take(self, report: Report) -> bool:
        """Learn of a report; return whether the stream has something new to say.

        report: which is known already, with what follows from it
        """
        self._notice_cable(report)
        if columns.MADE_OF.isdisjoint(report.values):
            return False
        if report.snapshot:
            self._asked = max(self._asked, report.at)
            return False
        if report.source == TESLAMATE:  # it would hear as news what it has said itself
            return False
        state = self.known.state
        if not any(state.report(signal) is report for signal in columns.MADE_OF & report.values.keys()):
            return False  # it came too late
        self._timeline.told(report)
        return True

    def value(self) -> str | None:
        """Return what the stream says: of the newest time that anybody was told, as more may be under way."""
        return columns.value(self.known.state, self._timeline.last)

    def row(self) -> dict[str, Any]:
        """Return the car as a list of cars has it."""
        return document.row(self.known.vin, self.known.state, self.known.power)

    def data(self) -> dict[str, Any]:
        """Return all that is known of it."""
        known = self.known
        told = document.vehicle_data(known.vin, known.state, known.power, self._now())
        added = known.state.reading(charge.ENERGY_ADDED)
        if added is not None and added.value is not None and added.at < self._plugged_in_at:
            # The car tells its counter anew once something has flown; until then it is of the last charge.
            told["charge_state"]["charge_energy_added"] = 0.0
        return told

    def _notice_cable(self, report: Report) -> None:
        """Learn when the cable was put in."""
        told = report.values.get(charge.STATE)
        if told is None or self.known.state.report(charge.STATE) is not report:
            return
        plugged_in = told != "disconnected"
        if plugged_in and self._plugged_in is False:
            self._plugged_in_at = report.at
        self._plugged_in = plugged_in

    def _now(self) -> float:
        known = self.known
        return self._timeline.now(
            self._clock(), connected=known.connected, online_since=known.online_since, asked=self._asked
        )


def _begun(state: VehicleState, now: float) -> Timeline:
    """Return the time of a car from what is known of it before anybody told anything."""
    reports = [report for signal in columns.MADE_OF if (report := state.report(signal)) is not None]
    newest = max(reports, key=lambda report: report.at, default=None)
    if newest is None or newest.at <= 0:
        return Timeline(now, now)
    return Timeline(min(newest.at, now), newest.received, restored=newest.source == RESTORED)
