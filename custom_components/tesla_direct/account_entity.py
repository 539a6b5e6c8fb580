"""What every entity of an account shares: they show what its application spends, on a device of their own."""

from typing import override
from urllib.parse import urlsplit

from homeassistant.config_entries import ConfigEntry
from homeassistant.helpers.device_registry import DeviceEntryType, DeviceInfo
from homeassistant.helpers.entity import Entity, EntityDescription

from .const import DEVELOPER_PORTAL, DOMAIN, TESLEMETRY_CONSOLE
from .hosts import provider_of
from .runtime import TeslaDirectConfigEntry
from .spending import Meter
from .tesla.fleet_api.provider import ANYWHERE, LIKE_TESLAMATE, MYTESLAMATE, TESLEMETRY, Provider


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
        self._attr_unique_id = f"{entry.unique_id}-{description.key}"
        self._attr_translation_key = description.key
        self._attr_device_info = DeviceInfo(
            entry_type=DeviceEntryType.SERVICE,
            identifiers={account_identifier(entry)},
            **_about(provider_of(entry.data)),
        )

    @override
    async def async_added_to_hass(self) -> None:
        self.async_on_remove(self.meter.async_listen(self.async_write_ha_state))


def _about(provider: Provider) -> DeviceInfo:
    """Return what an account's device is called, and where more is to be seen of it."""
    name = provider.name
    if name == TESLEMETRY.name:
        return DeviceInfo(
            manufacturer="Teslemetry",
            model="Teslemetry",
            translation_key="account_by_credits",
            configuration_url=TESLEMETRY_CONSOLE,
        )
    if name == MYTESLAMATE.name:
        return DeviceInfo(
            manufacturer="MyTeslaMate",
            model="MyTeslaMate",
            translation_key="account_at_myteslamate",
            configuration_url=MYTESLAMATE.pairing,
        )
    if name in LIKE_TESLAMATE:
        host = urlsplit(provider.bases.get(ANYWHERE, "")).hostname or ""
        return DeviceInfo(
            model="Fleet API", translation_key="account_at_host", translation_placeholders={"host": host}
        )
    return DeviceInfo(
        manufacturer="Tesla",
        model="Fleet API",
        translation_key="account",
        configuration_url=DEVELOPER_PORTAL,
    )
