"""A car that keeps what a legacy stream tells it, and frames as services write them."""

from collections.abc import Iterable, Sequence
import json
from typing import Any
from zoneinfo import ZoneInfo

from custom_components.tesla_direct.tesla.decode.payload import Car
from custom_components.tesla_direct.tesla.vehicle.alert import Alert, Complaint
from custom_components.tesla_direct.tesla.vehicle.connectivity import Event
from custom_components.tesla_direct.tesla.vehicle.signal import Report
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState

VIN = "5YJ3E7EB0SF000001"
OTHER_VIN = "7SAYGDEF1SA000002"
STRANGER = "5YJ3E7EB0SF999999"
NOW = 1_791_368_401.5
COLUMNS = (
    "speed",
    "odometer",
    "soc",
    "elevation",
    "est_heading",
    "est_lat",
    "est_lng",
    "power",
    "shift_state",
    "range",
    "est_range",
    "heading",
)
HELLO = {"msg_type": "control:hello", "connection_timeout": 30000}


class Told:
    """A car as the source sees it; `heard` is what it was told, in that order."""

    def __init__(self) -> None:
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
        assert source == "legacy_stream"
        self.heard.append(("links", links))

    def car(self) -> Car:
        return Car(zone=ZoneInfo("Europe/London"), firmware=(2026, 26, 6))


def value(at: float = NOW - 1, **columns: object) -> str:
    """Write columns; those that are not given are empty."""
    assert set(columns) <= set(COLUMNS)
    return ",".join([str(round(at * 1000)), *(str(columns.get(name, "")) for name in COLUMNS)])


def update(tag: str = VIN, at: float = NOW - 1, **columns: object) -> dict[str, Any]:
    return {"msg_type": "data:update", "tag": tag, "value": value(at, **columns)}


def error(kind: str, said: str | None = None, tag: str = VIN) -> dict[str, Any]:
    frame = {"msg_type": "data:error", "tag": tag, "error_type": kind}
    return frame if said is None else frame | {"value": said}


def refusal(detail: str) -> dict[str, Any]:
    return {"msg_type": "error", "error_detail": detail, "connection_timeout": 30000}


def hello(tag: str) -> dict[str, Any]:
    return HELLO | {"msg_type": f"control:hello:{tag}"}


def record(vin: str = VIN, created: str = "2026-10-07T10:20:00.500Z", **fields: Any) -> dict[str, Any]:
    data = [{"key": name, "value": told} for name, told in fields.items()]
    return {"vin": vin, "createdAt": created, "data": data}


def frame(said: Any) -> bytes:
    return said if isinstance(said, bytes) else json.dumps(said).encode()
