"""Readings in, entities redrawn: one coordinator for each car, in which polls and pushes meet."""

from collections.abc import Callable, Iterable
from typing import Any, override

from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator

from .const import LOGGER
from .tesla.vehicle.signal import AnySignal, Report
from .tesla.vehicle.state import VehicleState


class VehicleCoordinator(DataUpdateCoordinator[VehicleState]):
    """What is known of one car, and who wants to hear of it.

    It has no timer: pushes and polls come in through `async_apply`. A listener's context is the set of
    signals that concern it.
    """

    def __init__(self, hass: HomeAssistant, entry: Any, vin: str) -> None:
        """Start out knowing nothing of the car."""
        super().__init__(hass, LOGGER, config_entry=entry, name=f"{entry.title} car")
        self.vin = vin
        self.data = VehicleState()
        self._listeners_of: dict[AnySignal, dict[int, CALLBACK_TYPE]] = {}
        self._changed = set[AnySignal]()

    @callback
    @override
    def async_add_listener(self, update_callback: CALLBACK_TYPE, context: Any = None) -> Callable[[], None]:
        remove = super().async_add_listener(update_callback, context)
        key = self._last_listener_id
        signals: Iterable[AnySignal] = context or ()
        for signal in signals:
            self._listeners_of.setdefault(signal, {})[key] = update_callback

        def remove_listener() -> None:
            remove()
            for signal in signals:
                self._listeners_of[signal].pop(key, None)

        return remove_listener

    @callback
    def async_apply(self, report: Report) -> None:
        """Take in a report, and redraw the entities it concerns once this turn of the loop is over."""
        changed = self.data.apply(report)
        if not changed:
            return
        if not self._changed:
            self.hass.loop.call_soon(self._async_redraw)
        self._changed |= changed

    @callback
    def _async_redraw(self) -> None:
        """Redraw the entities whose facts changed, each once."""
        changed, self._changed = self._changed, set()
        redraws: dict[int, CALLBACK_TYPE] = {}
        for signal in changed:
            redraws.update(self._listeners_of.get(signal, {}))
        for redraw in redraws.values():
            try:
                redraw()
            except Exception:  # noqa: BLE001  # one entity's bug must not silence the others
                LOGGER.exception("%s: redraw failed", self.name)
