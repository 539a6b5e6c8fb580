"""An account with one car, as far as its entities can see."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
import logging
from types import SimpleNamespace
from typing import Any, cast

from homeassistant.const import Platform
from homeassistant.core import Context, HomeAssistant, State
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.entity_platform import EntityPlatform
from pytest_homeassistant_custom_component.common import MockConfigEntry  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct import (
    binary_sensor,
    button,
    climate,
    cover,
    device_tracker,
    lock,
    media_player,
    number,
    select,
    sensor,
    switch,
    text,
    time,
    update,
)
from custom_components.tesla_direct.commands import VehicleCommands
from custom_components.tesla_direct.const import CONF_DANGEROUS, CONF_PROVIDER, CONF_VEHICLES, DOMAIN
from custom_components.tesla_direct.coordinator import VehicleCoordinator
from custom_components.tesla_direct.spending import Meter
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.fleet_api.endpoints import Endpoint
from custom_components.tesla_direct.tesla.fleet_api.ledger import Ledger
from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal, Report
from custom_components.tesla_direct.tesla.vehicle.signals import journal
from custom_components.tesla_direct.tesla.vehicle.state import VehicleState
from tests.tesla.vehicle.states import NOW

VIN = "5YJ3E7EB0SF000001"
READ_SCOPES = frozenset({"vehicle_device_data", "vehicle_location"})
ALL_SCOPES = READ_SCOPES | {"vehicle_cmds", "vehicle_charging_cmds"}
MODULES: Mapping[Platform, Any] = {
    Platform.SENSOR: sensor,
    Platform.BINARY_SENSOR: binary_sensor,
    Platform.BUTTON: button,
    Platform.CLIMATE: climate,
    Platform.COVER: cover,
    Platform.DEVICE_TRACKER: device_tracker,
    Platform.LOCK: lock,
    Platform.MEDIA_PLAYER: media_player,
    Platform.NUMBER: number,
    Platform.SELECT: select,
    Platform.SWITCH: switch,
    Platform.TEXT: text,
    Platform.TIME: time,
    Platform.UPDATE: update,
}


class Commands:
    """Where the shell takes commands: it carries nothing out, and remembers what came.

    answers: what endpoints answer, by their names
    """

    def __init__(self, state: VehicleState) -> None:
        self.state = state
        self.commands: list[Command] = []
        self.reads: list[tuple[str, Mapping[str, Any] | None, Context | None]] = []
        self.wakes = self.refreshes = 0
        self.answers: dict[str, dict[str, Any]] = {}

    async def async_send(self, command: Command, context: Context | None) -> None:
        self.commands.append(command)

    async def async_wake(self, context: Context | None) -> None:
        self.wakes += 1

    async def async_refresh(self, context: Context | None) -> None:
        self.refreshes += 1

    async def async_read(
        self,
        endpoint: Endpoint,
        context: Context | None,
        *,
        params: Mapping[str, Any] | None = None,
        optional: bool = False,
    ) -> dict[str, Any]:
        assert optional, "entities read nothing that anybody would miss"
        self.reads.append((endpoint.name, params, context))
        return self.answers[endpoint.name]

    def will_be(self, signal: AnySignal) -> Any:
        return self.state.get(signal)

    def said(self) -> list[tuple[str, dict[str, object]]]:
        """Return what was sent since the last time, as a plain request would say it."""
        sent = [(command.name, dict(command.body or {})) for command in self.commands]
        self.commands.clear()
        return sent


class Account:
    """An entry whose one car is told things by a test."""

    def __init__(
        self,
        hass: HomeAssistant,
        *,
        vin: str = VIN,
        scopes: frozenset[str] = ALL_SCOPES,
        dangerous: Iterable[str] = (),
    ) -> None:
        self.hass = hass
        self.vin = vin
        self.entry = MockConfigEntry(
            domain=DOMAIN,
            title="Account",
            data={CONF_VEHICLES: {vin: "Car"}, CONF_PROVIDER: {"name": "tesla"}},
            options={CONF_DANGEROUS: list(dangerous)},
        )
        self.entry.add_to_hass(hass)
        self.coordinator = VehicleCoordinator(hass, self.entry, vin, "car 1", self._refresh)
        self.commands = Commands(self.coordinator.data)
        self.coordinator.commands = cast(VehicleCommands, self.commands)
        vehicle = SimpleNamespace(coordinator=self.coordinator)
        self.entry.runtime_data = SimpleNamespace(
            vehicles={vin: vehicle},
            scopes=scopes,
            meter=Meter(hass, "app", Ledger().to_dict(), clock=lambda: NOW, save=lambda: None),
            async_set_polling=self._set_polling,
        )
        self.platforms: list[EntityPlatform] = []

    def _set_polling(self, vin: str, *, on: bool) -> None:
        assert vin == self.vin
        self.coordinator.async_apply(Report({journal.POLLING: on}, NOW, "journal", NOW))

    async def _refresh(self, vin: str) -> None:
        raise AssertionError("nothing here asks the cloud")

    async def add(self, platform: Platform) -> None:
        """Set up a platform, as Home Assistant does when it forwards the entry."""
        there = EntityPlatform(
            hass=self.hass,
            logger=logging.getLogger(__name__),
            domain=platform,
            platform_name=DOMAIN,
            platform=MODULES[platform],
            scan_interval=timedelta(seconds=30),
            entity_namespace=None,
        )
        self.platforms.append(there)
        assert await there.async_setup_entry(self.entry)
        await self.hass.async_block_till_done()

    async def tell(
        self,
        values: dict[AnySignal, Any],
        at: float = NOW,
        source: str = "receiver",
        received: float | None = None,
    ) -> None:
        """Let a source say something."""
        self.coordinator.async_apply(Report(values, at, source, at if received is None else received))
        await self.hass.async_block_till_done()

    def entity_id(self, platform: Platform, key: str) -> str | None:
        registry = er.async_get(self.hass)
        return registry.async_get_entity_id(platform, DOMAIN, f"{self.vin}-{key}")

    def keys(self, platform: Platform) -> set[str]:
        """Return what of the car is registered."""
        entries = er.async_entries_for_config_entry(er.async_get(self.hass), self.entry.entry_id)
        own = (one.unique_id for one in entries if one.domain == platform)
        return {name.removeprefix(f"{self.vin}-") for name in own if name.startswith(f"{self.vin}-")}

    def enable(self, platform: Platform, *keys: str) -> None:
        """Have these enabled by the user before the platform is set up."""
        registry = er.async_get(self.hass)
        for key in keys:
            registry.async_get_or_create(
                platform, DOMAIN, f"{self.vin}-{key}", config_entry=self.entry, disabled_by=None
            )

    def state(self, platform: Platform, key: str) -> State:
        entity_id = self.entity_id(platform, key)
        assert entity_id is not None, f"{platform}.{key} is not registered"
        state = self.hass.states.get(entity_id)
        assert state is not None, f"{entity_id} has no state"
        return state

    def entity(self, platform: Platform, key: str) -> Any:
        """Return what Home Assistant's actions call."""
        (there,) = (one for one in self.platforms if one.domain == platform)
        return there.entities[self.state(platform, key).entity_id]

    async def close(self) -> None:
        """Take everything down, as unloading does."""
        for platform in self.platforms:
            await platform.async_reset()
        await self.entry._async_process_on_unload(self.hass)
        await self.hass.async_block_till_done()
