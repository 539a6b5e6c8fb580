"""Home Assistant's own MQTT with a real broker: messages as they are, whatever becomes of it in between."""

from collections.abc import Callable

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant

from custom_components.tesla_direct.broker import async_subscriber, async_wait, async_watch_broker
from custom_components.tesla_direct.tesla.source.mqtt import Message
from tests.broker import Broker, broker
from tests.home import until

from .mqtt import add_mqtt, end_mqtt, publish

__all__ = ["broker"]

SETUP_IN_PROGRESS = ConfigEntryState.SETUP_IN_PROGRESS
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
    await until(lambda: async_subscriber(hass) is not None)
    assert len(told) == 5
    await end_mqtt(hass)


async def test_what_is_being_set_up_is_waited_for(hass: HomeAssistant, broker: Broker) -> None:
    told: list[bool] = []
    end = async_watch_broker(hass, told.append)
    setting_up = hass.async_create_task(add_mqtt(hass, broker))
    entries = hass.config_entries
    await until(lambda: [one.state for one in entries.async_entries("mqtt")] == [SETUP_IN_PROGRESS])

    assert await async_wait(hass)
    assert told == [False, True]
    end()
    await setting_up
    await end_mqtt(hass)
