"""The telemetry ports of this installation, and the store that they are kept in."""

import asyncio
from collections.abc import Iterator
from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import Event, HomeAssistant, callback

from .const import LOGGER
from .port import TelemetryPort
from .port_settings import PortSettings
from .storage import JsonStore
from .tesla.fleet_telemetry.authority import BUNDLE_URL
from .tesla.fleet_telemetry.probe import Resolve, addresses_of


class Ports:
    """All telemetry ports, and the store they are kept in.

    bundle_url: where Tesla publishes the authorities that vouch for cars
    resolve:    finds the addresses of the public host name, for a look from outside
    """

    def __init__(self, hass: HomeAssistant) -> None:
        """Name the store."""
        self.bundle_url = BUNDLE_URL
        self.resolve: Resolve = addresses_of
        self._hass = hass
        self._store = JsonStore(hass, "ports")
        self._ports: dict[int, TelemetryPort] = {}

    async def async_load(self) -> None:
        """Read the settings; nothing is opened yet."""
        stored = await self._store.async_load() or {}
        for data in stored.get("ports", ()):
            try:
                settings = PortSettings.from_dict(data)
            except (AttributeError, KeyError, TypeError, ValueError) as error:
                LOGGER.warning("A telemetry port cannot be read, and has to be set up again: %r", error)
                continue
            self._ports[settings.port] = self._make(settings)
        self._hass.bus.async_listen_once(EVENT_HOMEASSISTANT_STOP, self._async_stop)

    def get(self, port: int) -> TelemetryPort | None:
        """Return a port that was set up."""
        return self._ports.get(port)

    def __iter__(self) -> Iterator[TelemetryPort]:
        """Iterate over the ports that were set up."""
        return iter(self._ports.values())

    async def async_set(self, settings: PortSettings) -> None:
        """Set a port up, or change it for all who use it."""
        if existing := self._ports.get(settings.port):
            await existing.async_change(settings)
        else:
            self._ports[settings.port] = self._make(settings)
        await self._async_save()

    async def async_remove(self, port: int) -> None:
        """Forget a port that nobody uses any more."""
        if removed := self._ports.pop(port, None):
            await removed.async_close()
            await self._async_save()

    def _make(self, settings: PortSettings) -> TelemetryPort:
        return TelemetryPort(self._hass, settings, self._changed)

    @callback
    def _changed(self) -> None:
        self._store.async_save_within(0.0, self._data)

    async def _async_save(self) -> None:
        await self._store.async_save(self._data())

    def _data(self) -> dict[str, Any]:
        return {"ports": [port.settings.to_dict() for port in self._ports.values()]}

    async def _async_stop(self, _event: Event) -> None:
        """Close everything when Home Assistant stops: entries are not unloaded then."""
        await asyncio.gather(*(port.async_close() for port in self._ports.values()))
