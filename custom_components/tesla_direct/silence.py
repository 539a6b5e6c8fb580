"""When a car is offline that no cloud is asked about: a while after its last connection has ended."""

from datetime import datetime
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HassJob, HomeAssistant, callback
from homeassistant.helpers.event import async_call_later

from .tesla.vehicle.connectivity import Event
from .vehicle import Vehicle

GRACE = 60.0  # seconds; a car that changes networks is back by then, and so is a broker that was restarted


class Silence:
    """Waits for cars to come back, and says so if they do not."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
        """Wait for nobody."""
        self._hass = hass
        self._entry = entry
        self._waits: dict[str, CALLBACK_TYPE] = {}

    @callback
    def look(self, vehicle: Vehicle, *, hears: bool) -> None:
        """Begin to wait, or cease to.

        hears: some source would hear of it if the car were connected
        """
        vin = vehicle.vin
        if vehicle.connected or not hears:
            if (end := self._waits.pop(vin, None)) is not None:
                end()
        elif vin not in self._waits:
            job = HassJob(
                partial(self._over, vehicle),
                f"tesla_direct {vehicle.coordinator.name}",
                cancel_on_shutdown=True,
            )
            self._waits[vin] = async_call_later(self._hass, GRACE, job)

    @callback
    def end(self) -> None:
        """Wait no more."""
        while self._waits:
            self._waits.popitem()[1]()

    @callback
    def _over(self, vehicle: Vehicle, _now: datetime) -> None:
        self._waits[vehicle.vin] = _nothing  # it is known; what changes begins anew
        vehicle.witness(Event.SILENT)


@callback
def _nothing() -> None:
    """There is nothing to end."""
