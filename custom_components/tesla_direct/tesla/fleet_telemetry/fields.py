"""All telemetry fields: Tesla's category, how often each changes, and what is noise."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from ..vehicle.signals import ALL


class Category(StrEnum):
    """Tesla's own grouping of fields."""

    DRIVING = "Driving"
    CHARGING = "Charging"
    DEFAULT = "Default"


@dataclass(frozen=True, slots=True)
class Rates:
    """How many changes an hour pass the delta."""

    driving: float
    charging: float
    parked: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field that a car can be asked for."""

    name: str
    category: Category = Category.DEFAULT
    numeric: bool = False
    rates: Rates = Rates(1, 1, 1)
    delta: float | None = None
    note: str = ""
    since: str | None = None
    scope: str | None = None
    hardware4: bool = False
    silent: bool = False


_OF_SIGNALS = {signal.field.partition(".")[0]: signal for signal in ALL if signal.field is not None}

FIELDS: Mapping[str, Field] = {
    name: Field(name=name, since=signal.since, scope=signal.scope) for name, signal in _OF_SIGNALS.items()
}
