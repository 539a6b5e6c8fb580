"""Readings in, entities redrawn: one coordinator for each car, in which polls and pushes meet."""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .const import DOMAIN, LOGGER
from .tesla.errors import TeslaError
from .tesla.vehicle.signal import AnySignal, Report
from .tesla.vehicle.state import VehicleState
from .user_errors import translated


class VehicleCoordinator(DataUpdateCoordinator[VehicleState]):
    """What is known of one car, and who wants to hear of it.

    It has no timer: pushes and polls come in through `async_apply`. A listener's context is the set of
    signals that concern it.
    """

    def __init__(
        self,
        hass: HomeAssistant,
        entry: ConfigEntry[Any],
        vin: str,
        name: str,
        refresh: Callable[[str], Awaitable[None]],
    ) -> None:
        """Start out knowing nothing of the car.

        name:    what logs call it
        refresh: fetches the car's data for a user; raises TeslaError
        """
        super().__init__(hass, LOGGER, config_entry=entry, name=name)
        self.vin = vin
        self.data = VehicleState()
        self._refresh = refresh
        self._sources: dict[str, bool | None] = {}
        self._listeners_of: dict[AnySignal, dict[int, CALLBACK_TYPE]] = {}
        self._changed = set[AnySignal]()

    @callback
    def async_apply(self, report: Report) -> set[AnySignal]:
        """Take in a report; return what changed, which is redrawn once this turn of the loop is over."""
        changed = self.data.apply(report)
        if changed:
            if not self._changed:
                self.hass.loop.call_soon(self._async_redraw)
            self._changed |= changed
        return changed

    @callback
    @override
    def async_add_listener(self, update_callback: CALLBACK_TYPE, context: Any = None) -> Callable[[], None]:
        remove = super().async_add_listener(update_callback, context)
        key = self._last_listener_id
        signals: Iterable[AnySignal] = context or ()
        for signal in signals:
            self._listeners_of.setdefault(signal, {})[key] = update_callback

        @callback
        def remove_listener() -> None:
            remove()
            for signal in signals:
                self._listeners_of[signal].pop(key, None)

        return remove_listener

    @property
    def wanted(self) -> set[AnySignal]:
        """Return the signals that somebody listens to."""
        return {signal for signal, listeners in self._listeners_of.items() if listeners}

    @property
    def available(self) -> bool:
        """Whether any source could tell us if something changed; until all were tried we assume so."""
        return not self._sources or any(works is not False for works in self._sources.values())

    @property
    def sources(self) -> dict[str, bool | None]:
        """Return which sources work; None where one was not tried yet."""
        return dict(self._sources)

    @callback
    def async_set_works(self, source: str, *, works: bool | None) -> None:
        """Learn whether a source works for this car; None while it was not tried."""
        before = self.available
        self._sources[source] = works
        if self.available is before:
            return
        if before:
            LOGGER.info("%s: no source works any more", self.name)
        else:
            LOGGER.info("%s: a source works again", self.name)
        self.async_update_listeners()

    @callback
    def _async_redraw(self) -> None:
        """Redraw the entities whose facts changed, each once."""
        changed, self._changed = self._changed, set()
        redraws: dict[int, CALLBACK_TYPE] = {}
        for signal in changed:
            if listeners := self._listeners_of.get(signal):
                redraws.update(listeners)
        for redraw in redraws.values():
            try:
                redraw()
            except Exception:  # noqa: BLE001  # one entity's bug must not silence the others
                LOGGER.exception("%s: redraw failed", self.name)

    @override
    async def _async_update_data(self) -> VehicleState:
        """Fetch the car's data because a user wants them now."""
        try:
            await self._refresh(self.vin)
        except TeslaError as error:
            told = translated(error)
            raise UpdateFailed(
                translation_domain=DOMAIN,
                translation_key=told.translation_key,
                translation_placeholders=told.translation_placeholders,
            ) from error
        return self.data
