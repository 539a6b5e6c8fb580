"""One source that pushes into an account, and a car as it sees it."""

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from .tesla.decode.payload import Car
from .tesla.source.source import Health
from .tesla.vehicle.alert import Alert, Complaint
from .tesla.vehicle.connectivity import Event
from .tesla.vehicle.signal import Report
from .vehicle import Vehicle


@dataclass(slots=True, kw_only=True)
class Feed:
    """One source that pushes.

    name:   what tells it from the others of the account: its kind, and a number from the second on
    ours:   our own configuration leads cars there, so that whoever comes has our key
    billed: Tesla bills what it brings to the application of this account
    run:    delivers until it is cancelled; None where somebody else does that
    skipped: what nobody could read, by field or by what is wrong with it
    vins:   of the cars that it may tell of; None: of all
    stream: the subentry that it belongs to, where it is a service's stream; empty: the account's own
    troubles: why it does not work for single cars, by VIN, as keys of the user's texts
    take_back: has a car asked for whose stream somebody else has taken over; None where nobody can
    """

    name: str
    ours: bool
    billed: bool
    run: Callable[[Feed], Awaitable[None]] | None
    health: Health = field(default_factory=Health)
    skipped: Mapping[str, int] = field(default_factory=dict)
    vins: frozenset[str] | None = None
    stream: str = ""
    troubles: dict[str, str] = field(default_factory=dict)
    take_back: Callable[[str], None] | None = None

    def tells_of(self, vin: str) -> bool:
        """Return whether it may tell of a car."""
        return self.vins is None or vin in self.vins

    def of(self, vehicles: Mapping[str, Vehicle]) -> dict[str, Vehicle]:
        """Return those cars that it may tell of, by VIN."""
        return {vin: vehicle for vin, vehicle in vehicles.items() if self.tells_of(vin)}

    def works_for(self, vin: str) -> bool | None:
        """Return whether it works for a car; None while it was not tried."""
        return False if self.troubles.get(vin) else self.health.works


class FedCar:
    """A car as one feed sees it: what it delivers is filed under its name."""

    def __init__(self, vehicle: Vehicle, feed: Feed) -> None:
        """Hand on to `vehicle`."""
        self._vehicle = vehicle
        self._feed = feed

    def car(self) -> Car:
        """Return what has to be known to read what the car streams."""
        return self._vehicle.car()

    def apply(self, report: Report) -> None:
        """Take in what the source says."""
        self._vehicle.apply(report, self._feed.name)

    def witness(self, event: Event) -> None:
        """Learn what was seen of how reachable the car is."""
        self._vehicle.witness(event)

    def alert(self, alerts: Iterable[Alert], *, snapshot: bool = False) -> None:
        """Take in alerts."""
        self._vehicle.alert(alerts, snapshot=snapshot)

    def complain(self, complaints: Iterable[Complaint]) -> None:
        """Take in what the car's telemetry client is unhappy about."""
        self._vehicle.complain(complaints)

    def count(self, signals: int, fields: Sequence[int] = ()) -> None:
        """Count signals, if Tesla bills them to us."""
        if self._feed.billed:
            self._vehicle.count(signals, fields)

    def set_links(self, _source: str, links: int, network_interface: str | None = None) -> None:
        """Learn how many telemetry connections the feed knows to be open."""
        self._vehicle.set_links(self._feed.name, links, network_interface, ours=self._feed.ours)
