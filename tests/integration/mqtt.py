"""Home Assistant's own MQTT integration, connected to a real broker."""

from pathlib import Path
from typing import Any

from homeassistant.components import mqtt
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_DISCOVERY
from homeassistant.core import HomeAssistant
from pytest_homeassistant_custom_component.common import MockConfigEntry  # type: ignore[import-untyped]  # has no types

from tests.broker import Broker
from tests.home import until


async def add_mqtt(hass: HomeAssistant, broker: Broker) -> Any:
    """Set MQTT up, and wait until it is connected; return its entry."""
    await hass.async_add_executor_job(Path(hass.config.path("configuration.yaml")).touch)  # it reads that
    entry = MockConfigEntry(
        domain=mqtt.DOMAIN,
        data={mqtt.CONF_BROKER: broker.host, "port": broker.port, "protocol": "5"},
        options={CONF_DISCOVERY: False, mqtt.CONF_BIRTH_MESSAGE: {}},
        version=mqtt.CONFIG_ENTRY_VERSION,
        minor_version=mqtt.CONFIG_ENTRY_MINOR_VERSION,
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: mqtt.is_connected(hass))
    return entry


async def end_mqtt(hass: HomeAssistant) -> None:
    """Disconnect, if that has not happened yet."""
    for entry in hass.config_entries.async_entries(mqtt.DOMAIN):
        if entry.state is ConfigEntryState.LOADED:
            await hass.config_entries.async_unload(entry.entry_id)


async def publish(hass: HomeAssistant, topic: str, payload: bytes | str, *, retain: bool = False) -> None:
    """Publish something through the same broker."""
    await mqtt.async_publish(hass, topic, payload, 0, retain)
