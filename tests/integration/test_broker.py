"""Home Assistant's own MQTT with a real broker: messages as they are, whatever becomes of it in between."""

import asyncio
from collections.abc import Callable
from typing import Any

from homeassistant.components import mqtt
from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from custom_components.tesla_direct.broker import async_subscriber, async_wait, async_watch_broker
from custom_components.tesla_direct.tesla.source.broker import Message
from tests.broker import Broker, broker
from tests.home import until

from .mqtt import add_mqtt, end_mqtt, publish

__all__ = ["broker"]

BINARY = b"\x00\xff telemetry"
KEPT = Message("base/kept", b"since long ago", True)  # noqa: FBT003  # retained


async def subscribed(hass: HomeAssistant, topic: str) -> tuple[list[Message], Callable[[], None]]:
    """Subscribe, and return what comes, once the broker has taken that in: it tells what it keeps."""
    await publish(hass, KEPT.topic, KEPT.payload, retain=True)
    subscribe = async_subscriber(hass)
    assert subscribe is not None
    taken: list[Message] = []
    end = await subscribe(topic, taken.append)
    await until(lambda: taken)
    return taken, end


async def test_messages_come_as_bytes_and_kept_ones_are_marked(hass: HomeAssistant, broker: Broker) -> None:
    await add_mqtt(hass, broker)
    taken, end = await subscribed(hass, "base/#")
    await publish(hass, "base/new", BINARY)
    await until(lambda: len(taken) > 1)
    end()

    assert taken == [KEPT, Message("base/new", BINARY, False)]  # noqa: FBT003  # not retained
    await end_mqtt(hass)


async def test_somebody_else_who_wants_texts_of_the_same_topic_does_no_harm(
    hass: HomeAssistant, broker: Broker
) -> None:
    await add_mqtt(hass, broker)
    end_other = await mqtt.async_subscribe(hass, "base/#", lambda _message: None)
    taken, end = await subscribed(hass, "base/#")
    await publish(hass, "base/new", "Größe")
    await until(lambda: len(taken) > 1)
    end()
    end_other()

    assert taken[-1].payload == "Größe".encode()
    await end_mqtt(hass)


async def test_a_subscription_lasts_over_a_reload_and_can_be_ended_after_it(
    hass: HomeAssistant, broker: Broker
) -> None:
    entry = await add_mqtt(hass, broker)
    taken, end = await subscribed(hass, "base/#")
    taken.clear()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: taken)
    assert taken == [KEPT]

    other, end_other = await subscribed(hass, "base/#")
    end()
    taken.clear()
    await publish(hass, "base/new", BINARY)
    await until(lambda: len(other) > 1)
    end_other()

    assert not taken
    await end_mqtt(hass)


async def test_it_is_told_whether_a_broker_is_connected(hass: HomeAssistant, broker: Broker) -> None:
    told: list[bool] = []
    end = async_watch_broker(hass, told.append)
    assert told == [False]
    assert async_subscriber(hass) is None
    assert not await async_wait(hass)

    entry = await add_mqtt(hass, broker)
    assert await async_wait(hass)
    assert told == [False, True]

    await broker.stop()
    await until(lambda: len(told) > 2)
    assert told == [False, True, False]
    assert not await async_wait(hass)

    await broker.start()
    assert await hass.config_entries.async_reload(entry.entry_id)
    await until(lambda: len(told) > 3)
    await hass.config_entries.async_unload(entry.entry_id)
    assert told == [False, True, False, True, False]
    assert async_subscriber(hass) is None

    end()
    assert await hass.config_entries.async_setup(entry.entry_id)
    await until(lambda: mqtt.is_connected(hass))
    assert len(told) == 5
    await end_mqtt(hass)


async def test_what_is_being_set_up_is_waited_for(hass: HomeAssistant, broker: Broker) -> None:
    waiting: list[asyncio.Task[bool]] = []

    @callback
    def changed(_change: ConfigEntryChange, entry: ConfigEntry[Any]) -> None:
        if entry.state is ConfigEntryState.SETUP_IN_PROGRESS:
            waiting.append(hass.async_create_task(async_wait(hass)))

    end = async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed)
    await add_mqtt(hass, broker)
    end()

    assert await asyncio.gather(*waiting) == [True]
    await end_mqtt(hass)
