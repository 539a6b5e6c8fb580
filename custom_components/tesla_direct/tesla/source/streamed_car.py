"""One car as a service's stream tells of it, on its way to the car.

A snapshot shows what was so before we began to listen, and hardly proves anything: a car that was online
hours ago would be asked for data, which costs money. Only if the service takes it both for online and for
connected it counts as that, until either is contradicted; or a stream that was interrupted for a moment would
leave a parked car without a connection, and have it asked for what it would tell by itself.
"""

from collections import Counter
from collections.abc import Callable
from math import inf
from typing import Any

from ..decode import vehicle_data
from ..decode.sse import (
    Said,
    SaidAlerts,
    SaidData,
    SaidErrors,
    SaidLink,
    SaidState,
    SaidVehicleData,
    data_report,
    vehicle_data_reports,
)
from ..vehicle.connectivity import Event
from ..vehicle.signal import AnySignal
from ..vehicle.sources import SSE
from .source import PushedCar

# Hears of a VIN, parts of `vehicle_data`, and the time that they are of.
type OnVehicleData = Callable[[str, frozenset[str], float], None]
# Seconds by which data have to be newer than the end of a connection to speak of another one: some are still
# on their way then, and cars' clocks are not the service's.
LATE = 10.0


class StreamedCar:
    """Hands on what is said, and knows whether the car is connected to the service.

    The service tells of no connections by name: the last word on them counts. What it has told before we
    listened is not told again, so live data open a connection, too, as long as nobody has said that there is
    none.
    """

    def __init__(
        self, car: PushedCar, on_vehicle_data: OnVehicleData = lambda _vin, _parts, _at: None
    ) -> None:
        """Deliver to `car`, and tell which parts of its whole data the service has passed on, and of when."""
        self._car = car
        self._on_vehicle_data = on_vehicle_data
        self._open = False
        self._inferred = False
        self._told: dict[AnySignal, Any] = {}
        self._said_before: dict[type[Said], Said] = {}  # the snapshots of its connection and of its state
        # When it was last heard, and the time of the last word on its connection and on its state.
        self._heard_at = self._link_at = self._state_at = -inf

    def announce(self) -> None:
        """Say that no connection is known, before anything has happened."""
        self._car.set_links(SSE, 0)

    def lost(self) -> None:
        """Forget what is no longer known to be so: the stream has ended."""
        self._heard_at = self._link_at = self._state_at = -inf
        self._said_before.clear()
        self._close()

    def take(self, said: Said, received: float, skipped: Counter[str]) -> None:
        """Take in what is said.

        received: seconds since 1970, by our clock
        """
        # What was told before our clock was set back counts as of now.
        self._heard_at = min(self._heard_at, received)
        self._link_at = min(self._link_at, received)
        self._state_at = min(self._state_at, received)
        match said:
            case SaidData():
                self._take_data(said, received, skipped)
            case SaidVehicleData():
                reports = vehicle_data_reports(said, received, skipped)
                for report in reports:
                    self._car.apply(report)
                if reports:
                    # It may have been kept for a while: the car's own word counts on how old it is.
                    at = min(said.at, max(report.at for report in reports))
                    self._on_vehicle_data(said.vin, vehicle_data.parts_of(said.document), at)
            case SaidAlerts():
                self._car.alert(said.alerts, snapshot=said.snapshot)
            case SaidErrors() if not said.snapshot:
                self._car.complain(said.complaints)
            case SaidLink() | SaidState() if said.snapshot:
                self._said_before[type(said)] = said
                self._take_snapshots()
            case SaidLink():
                self._take_link(said)
            case SaidState():
                self._take_state(said)

    def _take_data(self, said: SaidData, received: float, skipped: Counter[str]) -> None:
        report = data_report(said, self._car.car(), received, skipped)
        if said.snapshot:
            # All of it has the time of the newest of its values. What this stream has told already is older
            # than that, and than what another source may have told since.
            report.values = {
                signal: value
                for signal, value in report.values.items()
                if signal not in self._told or self._told[signal] != value
            }
        else:
            self._hear(said.at)
        if report.values:
            self._told.update(report.values)
            self._car.apply(report)

    def _take_snapshots(self) -> None:
        """Take a car for connected of which both is kept, unless something was told since."""
        link, state = self._said_before.get(SaidLink), self._said_before.get(SaidState)
        if (
            isinstance(link, SaidLink)
            and link.connected
            and isinstance(state, SaidState)
            and state.event is Event.SAID_ONLINE
            and not self._open
            and max(self._link_at, self._state_at) == -inf
        ):
            self._inferred = True
            self._connect(link.network_interface)

    def _take_link(self, said: SaidLink) -> None:
        if said.at < self._link_at:
            return
        self._link_at = said.at
        if said.connected:
            self._inferred = False
            self._connect(said.network_interface)
        else:
            self._close()

    def _take_state(self, said: SaidState) -> None:
        """Learn how reachable it is; that counts less than an open connection, but may be its end."""
        if said.at < self._state_at:
            return
        self._state_at = said.at
        newest = said.at >= max(self._heard_at, self._link_at)
        asleep = said.event is Event.SAID_ASLEEP
        # The end of a connection can get lost. Only a car that is not connected falls asleep; offline is also
        # said of one that is, when the cloud's own line to it breaks.
        if self._open and newest and (asleep or (self._inferred and said.event is Event.SAID_OFFLINE)):
            self._link_at = said.at
            self._close()
        self._car.witness(said.event)

    def _hear(self, at: float) -> None:
        """Learn that it has just sent data that it has measured at that time."""
        self._heard_at = max(self._heard_at, at)
        if not self._open and at > self._link_at + LATE:
            self._inferred = True
            self._connect(None)

    def _connect(self, network_interface: str | None) -> None:
        self._open = True
        self._car.set_links(SSE, 1, network_interface)
        self._car.witness(Event.CONNECTED)

    def _close(self) -> None:
        if self._open:
            self._open = False
            self._car.set_links(SSE, 0)
