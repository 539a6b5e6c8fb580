"""Which rows of a table a car gets: the same for every platform.

A row appears when the car is known to have it, also long after the start, and leaves when the car denies it.
While nobody knows it stays what it was: absent, or, if the registry remembers it, present.
"""

from collections.abc import Callable, Iterable

from homeassistant.const import Platform
from homeassistant.core import CALLBACK_TYPE, callback
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback

from .const import CONF_DANGEROUS, DOMAIN
from .coordinator import VehicleCoordinator
from .entity import Row, unique_id
from .hosts import provider_of
from .runtime import TeslaDirectConfigEntry
from .tesla.vehicle.model import Capability

# For rows that the user has not granted or switched on, or not any more: no car has them.
NOT_GRANTED = Capability((), lambda _state, _vin: False)


@callback
def async_add_rows[R: Row](
    entry: TeslaDirectConfigEntry,
    platform: Platform,
    table: Iterable[R],
    make: Callable[[VehicleCoordinator, R], Entity],
    *,
    add: AddConfigEntryEntitiesCallback,
) -> None:
    """Add the rows of a platform that the cars of an account have, now and later."""
    scopes = entry.runtime_data.scopes
    asked = bool(provider_of(entry.data).bases)
    allowed: list[str] = entry.options.get(CONF_DANGEROUS, [])
    by_capability: dict[Capability, list[R]] = {}
    for row in table:
        granted = (
            (row.scope is None or row.scope in scopes)
            and (not row.scopes or not scopes.isdisjoint(row.scopes))
            and (row.dangerous is None or row.dangerous in allowed)
            and scopes.isdisjoint(row.twin_of)
            and (asked or not row.asks)
        )
        by_capability.setdefault(row.exists if granted else NOT_GRANTED, []).append(row)
    for vehicle in entry.runtime_data.vehicles.values():
        registry = er.async_get(vehicle.coordinator.hass)

        @callback
        def appear(rows: Iterable[R], coordinator: VehicleCoordinator = vehicle.coordinator) -> None:
            add(make(coordinator, row) for row in rows)

        for capability, rows in by_capability.items():
            watch = _Rows(registry, platform, vehicle.coordinator, rows, appear)
            entry.async_on_unload(watch.async_follow(capability))


class _Rows[R: Row]:
    """The rows of one car that stand and fall with one capability."""

    def __init__(
        self,
        registry: er.EntityRegistry,
        platform: Platform,
        coordinator: VehicleCoordinator,
        rows: list[R],
        appear: Callable[[Iterable[R]], None],
    ) -> None:
        self._registry = registry
        self._platform = platform
        self._coordinator = coordinator
        self._rows = rows
        self._appear = appear
        self._present = set[str]()
        self._stop: CALLBACK_TYPE | None = None

    @callback
    def async_follow(self, capability: Capability) -> CALLBACK_TYPE:
        """Add what is there, and go on watching; return what ends the watch.

        While nobody knows, the facts that decide are wanted, if they are worth asking for.
        """
        coordinator = self._coordinator
        signals = capability.decided_by
        unknown = capability(coordinator.data, coordinator.vin) is None

        @callback
        def look() -> None:
            nonlocal unknown
            has = capability(coordinator.data, coordinator.vin)
            if unknown and has is not None:
                unknown = False
                self._end()
                self._stop = coordinator.async_watch(look, signals)
            if has is False:
                self._leave()
            elif has:
                self._enter(self._rows)
                if capability.for_good:
                    self._end()
                    self._present.clear()  # nobody asks any more

        if unknown:
            follow = coordinator.async_add_listener if capability.asked else coordinator.async_watch
            self._stop = follow(look, signals)
            self._enter(row for row in self._rows if self._entity_id(row) is not None)
        else:
            self._stop = coordinator.async_watch(look, signals)
        look()
        return self._end

    @callback
    def _end(self) -> None:
        if self._stop is not None:
            self._stop()
            self._stop = None

    def _enter(self, rows: Iterable[R]) -> None:
        new = [row for row in rows if row.key not in self._present]
        if new:
            self._present.update(row.key for row in new)
            self._appear(new)

    def _leave(self) -> None:
        """Take the rows out of the registry, and with that their entities out of Home Assistant."""
        for row in self._rows:
            self._present.discard(row.key)
            if (entity_id := self._entity_id(row)) is not None:
                self._registry.async_remove(entity_id)

    def _entity_id(self, row: R) -> str | None:
        return self._registry.async_get_entity_id(
            self._platform, DOMAIN, unique_id(self._coordinator.vin, row)
        )
