"""Tyres."""

from collections.abc import Callable

from homeassistant.components.sensor import SensorDeviceClass, SensorStateClass
from homeassistant.const import EntityCategory, UnitOfPressure

from ..tesla.vehicle.signal import AnySignal, Signal
from ..tesla.vehicle.signals import tires
from ..tesla.vehicle.state import VehicleState
from . import moment
from .row import MomentRow, SensorRow


def _pressure(key: str, signal: AnySignal, *, enabled: bool) -> SensorRow:
    return SensorRow(
        key=key,
        reads=(signal,),
        device_class=SensorDeviceClass.PRESSURE,
        state_class=SensorStateClass.MEASUREMENT,
        native_unit_of_measurement=UnitOfPressure.BAR,
        suggested_display_precision=1,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=enabled,
    )


def _last_seen(key: str, signal: Signal[float]) -> MomentRow:
    return MomentRow(
        key=key,
        reads=(signal,),
        moment=moment.epoch(signal),
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )


def _how_many(signals: tuple[Signal[bool], ...]) -> Callable[[VehicleState], int | None]:
    """Show how many of several facts are so; nothing if none is known."""

    def count(state: VehicleState) -> int | None:
        known = [value for signal in signals if (value := state.get(signal)) is not None]
        return sum(known) if known else None

    return count


def _warnings(key: str, signals: tuple[Signal[bool], ...]) -> SensorRow:
    return SensorRow(
        key=key,
        reads=signals,
        value=_how_many(signals),
        state_class=SensorStateClass.MEASUREMENT,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )


TIRES: tuple[SensorRow | MomentRow, ...] = (
    *(
        _pressure(f"tpms_pressure_{wheel}", signal, enabled=True)
        for wheel, signal in zip(tires.WHEELS, tires.PRESSURES, strict=True)
    ),
    *(
        _last_seen(f"tpms_last_seen_{wheel}", signal)
        for wheel, signal in zip(tires.WHEELS, tires.LAST_SEEN, strict=True)
    ),
    _pressure("tpms_recommended_front", tires.RECOMMENDED_FRONT, enabled=False),
    _pressure("tpms_recommended_rear", tires.RECOMMENDED_REAR, enabled=False),
    _warnings("tpms_soft_warnings", tires.SOFT_WARNINGS),
    _warnings("tpms_hard_warnings", tires.HARD_WARNINGS),
)
