"""Readings in, entities redrawn: one coordinator for each car, in which polls and pushes meet."""

from collections.abc import Awaitable, Callable, Iterable
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any, cast, override

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.update_coordinator import DataUpdateCoordinator, UpdateFailed

from .const import DOMAIN, LOGGER
from .tesla.errors import TeslaError
from .tesla.vehicle.shown import ShownState
from .tesla.vehicle.signal import UNKNOWN_AGE, AnySignal, Report
from .tesla.vehicle.state import VehicleState
from .user_errors import translated

if TYPE_CHECKING:
    from .commands import VehicleCommands  # which knows its coordinator

ATTR_MEASURED_AT = "measured_at"
ATTR_SOURCE = "source"
ATTR_SOURCES = "sources"


class VehicleCoordinator(DataUpdateCoordinator[ShownState]):
    """What is known of one car, and who wants to hear of it.

    It has no timer: pushes and polls come in through `async_apply`. A listener's context are the signals
    that concern it; sources deliver what listeners want. Who only watches wants nothing asked for his sake.
    """

    config_entry: ConfigEntry[Any]

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
        # What the car has said; and that with what commands should have brought about laid over it.
        self.truth = VehicleState()
        self.data: ShownState = ShownState(self.truth)
        self.commands: VehicleCommands
        self._refresh = refresh
        self.device_info = DeviceInfo(identifiers={(DOMAIN, vin)})
        # Whether any source could tell us if something changed; until all were tried we assume so.
        self.available = True
        self._sources: dict[str, bool | None] = {}
        self._lately: frozenset[str] = frozenset()
        # Why a source does not work, where it says so.
        self.troubles: dict[str, str] = {}
        self._watchers = set[int]()
        self._listeners_of: dict[AnySignal, tuple[int, ...]] = {}
        self._changed = set[AnySignal]()
        self._dated: tuple[Report | None, dict[str, Any]] = (None, {})

    @callback
    def async_apply(self, report: Report) -> set[AnySignal]:
        """Take in a report; return what changed, which is redrawn once this turn of the loop is over."""
        changed = self.truth.apply(report)
        self.async_changed(changed)
        return changed

    @callback
    def async_changed(self, signals: AbstractSet[AnySignal]) -> None:
        """Have what shows these redrawn, once this turn of the loop is over."""
        if signals:
            if not self._changed:
                self.hass.loop.call_soon(self._async_redraw)
            self._changed |= signals

    @callback
    @override
    def async_add_listener(self, update_callback: CALLBACK_TYPE, context: Any = None) -> Callable[[], None]:
        # There are hundreds, and no timer that the first would have to start: the base class has a closure
        # for each.
        self._last_listener_id += 1
        key = self._last_listener_id
        self._listeners[key] = (update_callback, context)
        for signal in context or ():
            self._listeners_of[signal] = (*self._listeners_of.get(signal, ()), key)
        return partial(self._async_remove_listener, key)

    @callback
    def async_watch(self, update: CALLBACK_TYPE, signals: Iterable[AnySignal]) -> CALLBACK_TYPE:
        """Tell when one of some signals changes, whoever wanted it; return what ends that."""
        remove = self.async_add_listener(update, signals)
        self._watchers.add(self._last_listener_id)
        return remove

    @callback
    def _async_remove_listener(self, key: int) -> None:
        """Forget a listener; one that is forgotten already is no harm."""
        _, context = self._listeners.pop(key, (None, None))
        self._watchers.discard(key)
        for signal in cast(Iterable[AnySignal], context or ()):
            keys = tuple(other for other in self._listeners_of[signal] if other != key)
            if keys:
                self._listeners_of[signal] = keys
            else:
                del self._listeners_of[signal]

    @property
    def wanted(self) -> set[AnySignal]:
        """Return the signals that somebody listens to, and does not only watch."""
        return {signal for signal, keys in self._listeners_of.items() if not self._watchers.issuperset(keys)}

    @property
    def sources(self) -> dict[str, bool | None]:
        """Return which sources work; None where one was not tried yet."""
        return dict(self._sources)

    @callback
    def async_set_works(
        self, source: str, *, works: bool | None, trouble: str = "", lately: bool = False
    ) -> None:
        """Learn whether a source works for this car, None while it was not tried; and if not, why.

        lately: it did until just now, and may be back before anybody has to know
        """
        self.troubles[source] = trouble
        self._lately = (self._lately | {source}) if lately else self._lately - {source}
        before = self.available
        self._sources[source] = works
        self.available = bool(self._lately) or any(works is not False for works in self._sources.values())
        if self.available is before:
            return
        if before:
            LOGGER.info("%s: no source works any more", self.name)
        else:
            LOGGER.info("%s: a source works again", self.name)
        self.async_update_listeners()

    def dated(self, signal: AnySignal) -> dict[str, Any] | None:
        """Return the attributes of a reading, the same for all of one report; None if there is no reading."""
        report = self.data.report(signal)
        if report is None:
            return None
        if self._dated[0] is not report:
            measured_at = None if report.at == UNKNOWN_AGE else datetime.fromtimestamp(report.at, UTC)
            self._dated = report, {ATTR_MEASURED_AT: measured_at, ATTR_SOURCE: report.source}
        return self._dated[1]

    @callback
    def _async_redraw(self) -> None:
        """Redraw the entities whose facts changed, each once."""
        changed, self._changed = self._changed, set()
        keys: dict[int, None] = {}
        for signal in changed:
            for key in self._listeners_of.get(signal, ()):
                keys[key] = None
        for key in keys:
            if (listener := self._listeners.get(key)) is None:
                continue  # another one's redraw has removed it
            try:
                listener[0]()
            except Exception:  # noqa: BLE001  # one entity's bug must not silence the others
                LOGGER.exception("%s: redraw failed", self.name)

    @override
    async def _async_update_data(self) -> ShownState:
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
