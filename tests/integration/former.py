"""Another integration that has cars, as far as Home Assistant sees of it: its entry, devices and entities."""

import asyncio
from typing import Any

from homeassistant.components.device_tracker.entity import TrackerEntity
from homeassistant.components.sensor import SensorDeviceClass, SensorEntity, SensorStateClass
from homeassistant.components.switch import SwitchEntity
from homeassistant.config_entries import HANDLERS, ConfigEntry, ConfigFlow
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import ConfigEntryNotReady
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers.device_registry import DeviceInfo
from homeassistant.helpers.entity import Entity
from homeassistant.helpers.entity_platform import AddConfigEntryEntitiesCallback
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    MockConfigEntry,
    MockModule,
    MockPlatform,
    mock_integration,
    mock_platform,
)

ACCOUNT = "account"  # the one of its devices that is none
PLATFORMS = ["sensor", "switch", "device_tracker"]


class _Flow(ConfigFlow):
    """The dialogue that an entry needs to have one."""


class _Switch(SwitchEntity):
    _attr_is_on = False


class _Tracker(TrackerEntity):
    _attr_latitude, _attr_longitude = 52.0, 13.0


class _Odometer(SensorEntity):
    """A sensor that is summed up."""

    _attr_device_class = SensorDeviceClass.DISTANCE
    _attr_state_class = SensorStateClass.TOTAL_INCREASING
    _attr_native_unit_of_measurement = "mi"
    _attr_native_value = 1000


class _Battery(SensorEntity):
    """A sensor that is averaged."""

    _attr_device_class = SensorDeviceClass.BATTERY
    _attr_state_class = SensorStateClass.MEASUREMENT
    _attr_native_unit_of_measurement = "%"
    _attr_native_value = 70


class _Pressure(SensorEntity):
    """A sensor that is shown in another unit than it has."""

    _attr_device_class = SensorDeviceClass.PRESSURE
    _attr_state_class = SensorStateClass.MEASUREMENT
    _attr_native_unit_of_measurement = "bar"
    _attr_suggested_unit_of_measurement = "psi"
    _attr_native_value = 2.9


SENSORS = {"odometer": _Odometer, "pressure": _Pressure, "sensor": _Battery}
KINDS = {"switch": _Switch, "device_tracker": _Tracker, **SENSORS}


class Former:
    """One entry of another integration.

    unloads: whether it lets itself be unloaded
    ready:   whether it can be set up, or has to try again later
    part:    the subentry that its cars belong to
    held:    whether it is being unloaded, and takes its time
    """

    def __init__(self, hass: HomeAssistant, domain: str = "tesla_fleet", title: str = "Owner") -> None:
        self.hass = hass
        self.domain = domain
        self.unloads = True
        self.ready = True
        self.part: str | None = None
        self.held = False
        self._free = asyncio.Event()
        self._free.set()
        self.begin(title=title)
        self._added: list[tuple[str, str, str, bool]] = []
        mock_integration(
            hass, MockModule(domain, async_setup_entry=self._set_up, async_unload_entry=self._unload)
        )
        mock_platform(hass, f"{domain}.config_flow")
        HANDLERS[domain] = _Flow
        for platform in PLATFORMS:
            mock_platform(hass, f"{domain}.{platform}", MockPlatform(async_setup_entry=self._adder(platform)))

    def has(self, device: str, kind: str, unique_id: str, *, enabled: bool = True) -> None:
        """Have an entity of a device."""
        self._added.append((device, kind, unique_id, enabled))

    def begin(self, **more: Any) -> None:
        """Have an entry with more than usual."""
        self.entry: Any = MockConfigEntry(domain=self.domain, **more)

    def hold(self) -> None:
        """Take one's time with the next unloading, until `let_go`."""
        self._free.clear()

    def let_go(self) -> None:
        self._free.set()

    def has_credentials(self) -> None:
        """Have an application of the user's at Tesla, as Home Assistant's own integration has."""
        platform = MockPlatform()
        platform.async_get_auth_implementation = None
        mock_platform(self.hass, f"{self.domain}.application_credentials", platform)

    async def set_up(self) -> None:
        self.entry.add_to_hass(self.hass)
        assert await self.hass.config_entries.async_setup(self.entry.entry_id)
        await self.hass.async_block_till_done()

    def id_of(self, platform: str, unique_id: str) -> str | None:
        """Return what an entity of it is called."""
        return er.async_get(self.hass).async_get_entity_id(platform, self.domain, unique_id)

    def odometer(self, vin: str) -> str | None:
        """Return what the mileage of a car is called there."""
        return self.id_of("sensor", f"{vin}-vehicle_state_odometer")

    def device(self, device: str) -> dr.DeviceEntry:
        found = dr.async_get(self.hass).async_get_device_by_identifier(
            (self.domain, device), self.entry.entry_id
        )
        assert found is not None
        return found

    async def _set_up(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
        if not self.ready:
            raise ConfigEntryNotReady
        await hass.config_entries.async_forward_entry_setups(entry, PLATFORMS)
        return True

    async def _unload(self, hass: HomeAssistant, entry: ConfigEntry[Any]) -> bool:
        self.held = not self._free.is_set()
        await self._free.wait()
        return self.unloads and await hass.config_entries.async_unload_platforms(entry, PLATFORMS)

    def _adder(self, platform: str) -> Any:
        async def add(
            hass: HomeAssistant, entry: ConfigEntry[Any], async_add: AddConfigEntryEntitiesCallback
        ) -> None:
            made = [
                self._make(*one)
                for one in self._added
                if platform == ("sensor" if one[1] in SENSORS else one[1])
            ]
            async_add(made, config_subentry_id=self.part)

        return add

    def _make(self, device: str, kind: str, unique_id: str, enabled: bool) -> Entity:  # noqa: FBT001  # a row
        entity: Entity = KINDS[kind]()
        entity._attr_should_poll = False
        entity._attr_unique_id = unique_id
        entity._attr_name = unique_id.replace("-", "_").partition("_")[2]
        entity._attr_device_info = DeviceInfo(
            identifiers={(self.domain, device)},
            name=f"Old {device[-4:]}",
            entry_type=dr.DeviceEntryType.SERVICE if device == ACCOUNT else None,
        )
        entity._attr_entity_registry_enabled_default = enabled
        return entity


class Formers:
    """All other integrations of a test."""

    def __init__(self, hass: HomeAssistant) -> None:
        self._hass = hass
        self._all: list[Former] = []

    def add(self, domain: str, title: str = "Owner") -> Former:
        """Have an entry of an integration, which is not set up yet."""
        self._all.append(Former(self._hass, domain, title))
        return self._all[-1]

    def forget(self) -> None:
        """Leave nothing to the next test."""
        for former in self._all:
            HANDLERS.pop(former.domain, None)
