"""Home Assistant's own MQTT integration, connected to a real broker."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

from homeassistant.components import mqtt as ha_mqtt
from homeassistant.config_entries import ConfigEntryState
from homeassistant.const import CONF_DISCOVERY
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.broker_steps import LISTEN
from tests.broker import Broker
from tests.home import until

from .account import Account


async def add_mqtt(hass: HomeAssistant, broker: Broker) -> Any:
    """Set MQTT up, and wait until it is connected; return its entry."""
    await hass.async_add_executor_job(Path(hass.config.path("configuration.yaml")).touch)  # it reads that
    entry = MockConfigEntry(
        domain=ha_mqtt.DOMAIN,
        data={ha_mqtt.CONF_BROKER: broker.host, "port": broker.port, "protocol": "5"},
        options={CONF_DISCOVERY: False, ha_mqtt.CONF_BIRTH_MESSAGE: {}},
        version=ha_mqtt.CONFIG_ENTRY_VERSION,
        minor_version=ha_mqtt.CONFIG_ENTRY_MINOR_VERSION,
    )
    entry.add_to_hass(hass)
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: ha_mqtt.is_connected(hass))
    return entry


async def end_mqtt(hass: HomeAssistant) -> None:
    """Disconnect, if that has not happened yet."""
    for entry in hass.config_entries.async_entries(ha_mqtt.DOMAIN):
        if entry.state is ConfigEntryState.LOADED:
            await hass.config_entries.async_unload(entry.entry_id)


async def publish(hass: HomeAssistant, topic: str, payload: bytes | str, *, retain: bool = False) -> None:
    """Publish something through the same broker."""
    await ha_mqtt.async_publish(hass, topic, payload, 0, retain)


@pytest.fixture
async def mqtt(hass: HomeAssistant, broker: Broker) -> AsyncIterator[Any]:
    entry = await add_mqtt(hass, broker)
    yield entry
    await end_mqtt(hass)


@pytest.fixture(name="mqtt")
async def connected(hass: HomeAssistant, broker: Broker) -> AsyncIterator[Broker]:
    """Home Assistant's own MQTT, connected."""
    await add_mqtt(hass, broker)
    yield broker
    await end_mqtt(hass)


class Ear:
    """Somebody who listens beside the dialogue, so that it is known when that has heard."""

    def __init__(self, hass: HomeAssistant, account: Account) -> None:
        self.hass = hass
        self._account = account
        self._times = 0
        self._kept: dict[str, None] = {}  # topics that the broker has kept

    async def hears(self, topics: str, *published: tuple[str, str]) -> None:
        """Have these heard by whoever listens to these topics, and the time for listening pass."""
        heard: set[str] = set()
        end = await ha_mqtt.async_subscribe(self.hass, topics, lambda message: heard.add(message.topic))
        self._times += 1
        root = f"{topics.partition('/')[0]}/"
        marker = f"{root}marker/{self._times}"
        # The broker keeps all of them, so that it does not matter who comes first.
        for topic, payload in (*published, (marker, "")):
            await publish(self.hass, topic, payload or "1", retain=True)
        self._kept |= dict.fromkeys([marker, *(topic for topic, _ in published)])
        # What it has kept may come behind what is new.
        await until(lambda: heard >= {topic for topic in self._kept if topic.startswith(root)})
        end()
        self._account.wall.move(LISTEN)

    async def hears_cars(self, *vins: str, base: str = "telemetry") -> None:
        """Have a topic of each car heard."""
        await self.hears(f"{base}/+/#", *((f"{base}/{vin}/v/Soc", "55") for vin in vins))


@pytest.fixture
async def ear(hass: HomeAssistant, account: Account) -> Ear:
    await account.shared()  # which goes by the world's clock
    return Ear(hass, account)
