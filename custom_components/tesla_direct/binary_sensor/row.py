"""What a table says of a binary sensor."""

from collections.abc import Callable
from dataclasses import dataclass

from homeassistant.components.binary_sensor import BinarySensorEntityDescription
from homeassistant.components.binary_sensor.const import BinarySensorDeviceClass
from homeassistant.const import EntityCategory

from ..entity import Row
from ..tesla.vehicle.model import ANY_CAR, Capability
from ..tesla.vehicle.signal import AnySignal, Signal
from ..tesla.vehicle.state import VehicleState


@dataclass(frozen=True, kw_only=True)
class BinaryRow(Row, BinarySensorEntityDescription):
    """A question to a car, and how the answer is shown.

    on:         whether it is so, if not just the first fact
    """

    on: Callable[[VehicleState], bool | None] | None = None


def one_of(signal: Signal[str], *names: str) -> Callable[[VehicleState], bool | None]:
    """Ask whether a fact is one of some words."""

    def on(state: VehicleState) -> bool | None:
        value = state.get(signal)
        return None if value is None else value in names

    return on


def none_of(signal: Signal[str], *names: str) -> Callable[[VehicleState], bool | None]:
    """Ask whether a fact is another than some words."""

    def on(state: VehicleState) -> bool | None:
        value = state.get(signal)
        return None if value is None else value not in names

    return on


def flag_row(  # noqa: PLR0913  # a row has as many columns
    key: str,
    signal: AnySignal,
    device_class: BinarySensorDeviceClass | None = None,
    *,
    scope: str | None = None,
    asks: bool = False,
    exists: Capability = ANY_CAR,
) -> BinaryRow:
    """Return the row of a fact that is yes or no by itself, for those who look closely."""
    return BinaryRow(
        key=key,
        reads=(signal,),
        scope=scope,
        asks=asks,
        exists=exists,
        device_class=device_class,
        entity_category=EntityCategory.DIAGNOSTIC,
        entity_registry_enabled_default=False,
    )
