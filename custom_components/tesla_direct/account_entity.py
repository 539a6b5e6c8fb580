"""What every entity of an account shares: they show what its application spends, on a device of their own."""

from typing import override

from homeassistant.config_entries import ConfigEntry
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription

from .const import DEVELOPER_PORTAL, DOMAIN
from .hosts import provider_of
from .repairs import CONSOLE
from .runtime import TeslaDirectConfigEntry
from .spending import Meter
from .tesla.fleet_api.prices import CREDITS


def account_identifier(entry: ConfigEntry) -> tuple[str, str]:
    """Return what the registry knows an account's device by."""
    return DOMAIN, str(entry.unique_id)


class AccountEntity(Entity):
    """One thing about the spending of an account's application."""

    _attr_has_entity_name = True
    _attr_should_poll = False

    def __init__(self, entry: TeslaDirectConfigEntry, description: EntityDescription) -> None:
        """Show what the meter of the account's application says."""
        self.entity_description = description
        self.meter: Meter = entry.runtime_data.meter
        by_credits = provider_of(entry.data).unit == CREDITS
        self._attr_unique_id = f"{entry.unique_id}-{description.key}"
        self._attr_translation_key = description.key
        self._attr_device_info = DeviceInfo(
            entry_type=DeviceEntryType.SERVICE,
            identifiers={account_identifier(entry)},
            manufacturer="Teslemetry" if by_credits else "Tesla",
            model="Teslemetry" if by_credits else "Fleet API",
            translation_key="account_by_credits" if by_credits else "account",
            configuration_url=CONSOLE if by_credits else DEVELOPER_PORTAL,
        )

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self.meter.async_listen(self.async_write_ha_state))
