"""Where the car is, where it is going, and where it came from."""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.components.device_tracker.entity import TrackerEntity, TrackerEntityDescription
from homeassistant.const import Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .entity import Row, VehicleEntity
from .platform import async_add_rows
from .runtime import TeslaDirectConfigEntry
from .tesla.vehicle.location import Location
from .tesla.vehicle.signal import LOCATION_SCOPE, Signal
from .tesla.vehicle.signals import place, route

PARALLEL_UPDATES = 0


@dataclass(frozen=True, kw_only=True)
class TrackerRow(Row, TrackerEntityDescription):
    """A place.

    place:    the fact
    lasting:  it is shown as unknown where there is none, instead of being unavailable
    heading:  which way it looks, degrees from north
    accuracy: how far it may be off, metres
    """

    place: Signal[Location]
    lasting: bool = True
    heading: Signal[float] | None = None
    accuracy: Signal[float] | None = None


VEHICLE: tuple[TrackerRow, ...] = (
    TrackerRow(
        key="location",
        reads=(place.LOCATION, place.HEADING, place.GPS_ACCURACY),
        scope=LOCATION_SCOPE,
        place=place.LOCATION,
        heading=place.HEADING,
        accuracy=place.GPS_ACCURACY,
    ),
    TrackerRow(
        key="route",
        reads=(route.DESTINATION_LOCATION,),
        scope=LOCATION_SCOPE,
        place=route.DESTINATION_LOCATION,
        lasting=False,
    ),
    TrackerRow(
        key="origin",
        reads=(route.ORIGIN_LOCATION,),
        scope=LOCATION_SCOPE,
        place=route.ORIGIN_LOCATION,
        entity_registry_enabled_default=False,
    ),
)


async def async_setup_entry(
    hass: HomeAssistant, entry: TeslaDirectConfigEntry, async_add_entities: AddConfigEntryEntitiesCallback
) -> None:
    """Add the places of each car."""
    async_add_rows(entry, Platform.DEVICE_TRACKER, VEHICLE, VehicleTracker, add=async_add_entities)


class VehicleTracker(VehicleEntity, TrackerEntity):
    """One place of one car."""

    entity_description: TrackerRow
    # A place is what people look at first; the base class counts it among the diagnostics.
    _attr_entity_category = None  # type: ignore[assignment]  # narrower there than in Entity

    @property
    def _place(self) -> Location | None:
        return self.coordinator.data.get(self.entity_description.place)

    @property
    @override
    def available(self) -> bool:
        return super().available and (self.entity_description.lasting or self._place is not None)

    @property
    @override
    def latitude(self) -> float | None:
        return None if (place := self._place) is None else place.latitude

    @property
    @override
    def longitude(self) -> float | None:
        return None if (place := self._place) is None else place.longitude

    @property
    @override
    def location_accuracy(self) -> float:
        signal = self.entity_description.accuracy
        return 0.0 if signal is None else self.coordinator.data.get(signal) or 0.0

    @property
    @override
    def extra_state_attributes(self) -> dict[str, Any] | None:
        attributes = super().extra_state_attributes
        signal = self.entity_description.heading
        if signal is None:
            return attributes
        return (attributes or {}) | {"heading": self.coordinator.data.get(signal)}
