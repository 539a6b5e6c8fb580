"""Alerts of a car, each told once, and what its telemetry client complains of."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import floor
from typing import Any

ACTIVE_LIMIT = 200  # alerts remembered as active; a car has a handful
ENDED_LIMIT = 200  # ended alerts remembered, so that a resent record tells nothing twice


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert, as the car tells it.

    audiences:            for whom it is: customer, service, service_fix
    started_at, ended_at: seconds since 1970, by the car's clock; None where the car does not say
    """

    name: str
    audiences: tuple[str, ...]
    started_at: float | None
    ended_at: float | None


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """An alert that began or ended."""

    kind: str  # started, ended
    alert: Alert


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the telemetry client in a car is unhappy about, such as a field it does not have.

    at: seconds since 1970, by the car's clock, or ours where the car does not say
    """

    name: str
    body: str
    tags: tuple[tuple[str, str], ...]
    at: float


type Key = tuple[str, int | None]  # an alert's name and when it began, in whole seconds


class AlertLog:
    """Knows which alerts are active, and which were told already, whoever told them.

    Begins are compared in whole seconds, because MQTT cuts them to that. So of two alerts of one name that
    begin in the same second only the first is told.
    """

    def __init__(self) -> None:
        """Know of none."""
        self._active: dict[Key, Alert] = {}
        self._ended: dict[Key, None] = {}

    @property
    def active(self) -> tuple[Alert, ...]:
        """Return the alerts that have begun and not ended."""
        return tuple(self._active.values())

    def take(self, alerts: Iterable[Alert]) -> list[AlertEvent]:
        """Take in what a record says; return what is new in it. A record may come twice.

        Of a snapshot nobody is to be told what is returned; it only is not new any more.
        """
        events = []
        for alert in alerts:
            key = _key(alert.name, alert.started_at)
            # One whose begin the car does not date is the next of its kind as soon as it is active again.
            if key in self._ended and (alert.started_at is not None or alert.ended_at is not None):
                continue
            if key not in self._active:
                events.append(AlertEvent("started", alert))
            if alert.ended_at is None:
                self._ended.pop(key, None)
                _remember(self._active, key, alert, ACTIVE_LIMIT)
            else:
                self._active.pop(key, None)
                _remember(self._ended, key, None, ENDED_LIMIT)
                events.append(AlertEvent("ended", alert))
        return events

    def to_json(self) -> dict[str, Any]:
        """Return what has to outlive a restart."""
        return {
            "active": [[one.name, list(one.audiences), one.started_at] for one in self._active.values()],
            "ended": [list(key) for key in self._ended],
        }

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> AlertLog:
        """Return the log of before the restart; what cannot be read is forgotten."""
        log = cls()
        try:
            for name, audiences, started_at in data.get("active", ()):
                log._active[_key(str(name), started_at)] = Alert(
                    str(name), tuple(audiences), started_at, None
                )
            for name, started_at in data.get("ended", ()):
                log._ended[_key(str(name), started_at)] = None
        except TypeError, ValueError, OverflowError:
            return cls()
        return log


def _key(name: str, started_at: float | None) -> Key:
    return name, None if started_at is None else floor(started_at)


def _remember[K, V](memory: dict[K, V], key: K, value: V, limit: int) -> None:
    memory[key] = value
    if len(memory) > limit:
        del memory[next(iter(memory))]
