"""What a table says of a sensor."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any

from homeassistant.components.sensor import SensorDeviceClass, SensorEntityDescription
from homeassistant.const import EntityCategory
from homeassistant.helpers.typing import StateType

from ..entity import Row
from ..tesla.vehicle.model import ANY_CAR, Capability
from ..tesla.vehicle.signal import AnySignal, Signal
from ..tesla.vehicle.state import VehicleState


@dataclass(frozen=True, kw_only=True)
class SensorRow(Row, SensorEntityDescription):
    """A fact, and how it is shown.

    value:      what is shown, if not just the first fact
    since:      the fact that tells when the value last began at zero
    """

    value: Callable[[VehicleState], StateType] | None = None
    since: Signal[float] | None = None


@dataclass(frozen=True, slots=True)
class Clock:
    """What time it is: seconds since 1970, and the car's zone."""

    now: float
    zone: tzinfo


@dataclass(frozen=True, kw_only=True)
class MomentRow(Row, SensorEntityDescription):
    """A moment that follows from facts, and perhaps from what time it is.

    moment:  what is shown
    details: what is shown beside it
    steady:  by how much it may move without being shown anew
    passes:  once it is past there may be another one
    """

    moment: Callable[[VehicleState, Clock], datetime | None]
    details: Callable[[VehicleState, Clock], dict[str, Any]] | None = None
    steady: timedelta = timedelta()
    passes: bool = False
    device_class: SensorDeviceClass | None = SensorDeviceClass.TIMESTAMP


def options_of(signal: AnySignal) -> list[str]:
    """Return what a fact can be, as the kind that reads it lists them."""
    for kind in (signal.field_kind, signal.kind):
        if options := getattr(kind, "options", None):
            return list(options)
    raise ValueError(f"{signal.name} is no choice")


def choice_row(
    key: str,
    signal: AnySignal,
    *,
    enabled: bool = False,
    exists: Capability = ANY_CAR,
    twin_of: tuple[str, ...] = (),
) -> SensorRow:
    """Return the row of a fact that is one of several words, for those who look closely."""
    return SensorRow(
        key=key,
        reads=(signal,),
        exists=exists,
        twin_of=twin_of,
        device_class=SensorDeviceClass.ENUM,
        options=options_of(signal),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=enabled,
    )
