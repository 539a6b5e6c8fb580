"""A car that keeps whatever a service's stream tells it."""

from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from custom_components.tesla_direct.tesla.decode.payload import Car
from custom_components.tesla_direct.tesla.vehicle.alert import Alert, Complaint
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event
from custom_components.tesla_direct.tesla.vehicle.signal import Report
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState


class Told:
    """A car as a source sees it; `heard` is what it was told, in that order."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.state = VehicleState()
        self.reports: list[Report] = []
        self.heard: list[object] = []

    @property
    def links(self) -> list[int]:
        return [one[1] for one in self.heard if isinstance(one, tuple) and one[0] == "links"]

    def apply(self, report: Report) -> None:
        self.state.apply(report)
        self.reports.append(report)
        self.heard.append("report")

    def witness(self, event: Event) -> None:
        self.heard.append(event)

    def alert(self, alerts: Iterable[Alert], *, snapshot: bool = False) -> None:
        self.heard.append(("alerts", tuple(alert.name for alert in alerts), snapshot))

    def complain(self, complaints: Iterable[Complaint]) -> None:
        self.heard.append(("errors", tuple(complaint.name for complaint in complaints)))

    def count(self, signals: int, fields: Sequence[int] = ()) -> None:
        raise AssertionError("what a service streams is billed by nobody")

    def set_links(self, source: str, links: int, network_interface: str | None = None) -> None:
        assert source == self.source
        self.heard.append(("links", links, network_interface))

    def car(self) -> Car:
        return Car(zone=ZoneInfo("Europe/London"), firmware=(2026, 26, 6))
