"""What the stream can say: topics, events, and the snapshot of what was said last."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

CAR_TOPICS = ("state", "data", "alerts", "errors", "connectivity", "vehicle_data", "config")
SITE_TOPICS = ("live_status", "site_info", "tariff_content_v2", "energy_totals", "wall_connector_totals")
TOPICS = (*CAR_TOPICS, *SITE_TOPICS, "credits")
REMEMBERED = (
    "state",
    "connectivity",
    "data",
    "vehicle_data",
    "live_status",
    "site_info",
)  # what a snapshot consists of, in this order


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event.

    whom:   the members that say whom it is about: `vin`, `site_id` or `id`; empty for the account
    said:   the members that say what
    at:     `createdAt`, real time; None where an event has none
    cached: it is a snapshot of what was so before
    """

    topic: str
    whom: Mapping[str, Any]
    said: Mapping[str, Any]
    at: float | None
    cached: bool = False

    @property
    def vin(self) -> str:
        """Return the car that it is about; empty for anything else."""
        return str(self.whom.get("vin", ""))

    @property
    def whose(self) -> str:
        """Return the car or the site that it is about."""
        return self.vin or str(self.whom.get("site_id", ""))

    def only(self, field: str) -> Event | None:
        """Return what it says of one field; None if it says nothing."""
        data = self.said.get("data")
        if not isinstance(data, Mapping) or field not in data:
            return None
        return replace(self, said={"data": {field: data[field]}})


def of_car(topic: str, vin: str, at: float, said: Mapping[str, Any]) -> Event:
    """Make an event about a car."""
    return Event(topic=topic, whom={"vin": vin}, said=said, at=at)


class Memory:
    """The newest word on each car."""

    def __init__(self) -> None:
        """Remember nothing."""
        self._last: dict[tuple[str, str], Event] = {}

    def changes(self, vin: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Return which of a car's values are new."""
        known = self.values(vin)
        return {name: value for name, value in values.items() if name not in known or known[name] != value}

    def values(self, vin: str) -> Mapping[str, Any]:
        """Return a car's newest values."""
        last = self._last.get((vin, "data"))
        values: Mapping[str, Any] = last.said["data"] if last else {}
        return values

    def note(self, event: Event) -> None:
        """Remember an event, values beside those of before."""
        if event.topic not in REMEMBERED:
            return
        if event.topic == "data":
            event = replace(event, said={"data": {**self.values(event.vin), **event.said["data"]}})
        self._last[event.whose, event.topic] = event

    def forget(self, vin: str) -> None:
        """Forget what a car streamed, as when its configuration goes."""
        self._last.pop((vin, "data"), None)

    def last(self, vin: str, topic: str) -> Event | None:
        """Return the newest event on a topic."""
        return self._last.get((vin, topic))

    def snapshot(self, whose: str) -> list[Event]:
        """Return what is told of a car, or of a site, to whoever connects."""
        events = (self._last.get((whose, topic)) for topic in REMEMBERED)
        return [replace(event, cached=True) for event in events if event is not None]
