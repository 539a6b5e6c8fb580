"""Home Assistant's own MQTT, as those see it who want messages as they are, and to know whether any can come.

MQTT need not be there: it may come later, be reloaded, or go. A subscription lasts over all of that. Home
Assistant would carry it over a reload, too, but then nobody could end it any more.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from homeassistant.config_entries import (
    SIGNAL_CONFIG_ENTRY_CHANGED,
    ConfigEntry,
    ConfigEntryChange,
    ConfigEntryState,
)
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.dispatcher import async_dispatcher_connect

from .tesla.source.broker import Message, Subscribe

if TYPE_CHECKING:
    from homeassistant.components.mqtt.models import ReceiveMessage

# Its domain. The package itself is imported only where it is loaded: what it needs comes with its set-up.
MQTT = "mqtt"
COMING = frozenset({ConfigEntryState.LOADED, ConfigEntryState.SETUP_IN_PROGRESS})


@callback
def async_subscriber(hass: HomeAssistant) -> Subscribe | None:
    """Return how to subscribe, None while MQTT is not set up."""
    return partial(_async_subscribe, hass) if _is_in(hass, ConfigEntryState.LOADED) else None


@callback
def async_watch_broker(hass: HomeAssistant, tell: Callable[[bool], None]) -> CALLBACK_TYPE:
    """Tell whether a broker is connected, now and whenever that changes; return what ends that."""
    told: bool | None = None
    ends: list[CALLBACK_TYPE] = []

    @callback
    def look(*_what: Any) -> None:
        nonlocal told
        loaded = _is_in(hass, ConfigEntryState.LOADED)
        if loaded and len(ends) == 1:
            from homeassistant.components import mqtt  # noqa: PLC0415  # see above

            ends.append(mqtt.async_subscribe_connection_status(hass, look))
        connected = loaded and _is_connected(hass)
        if connected is not told:
            told = connected
            tell(connected)

    @callback
    def end() -> None:
        while ends:
            ends.pop()()

    ends.append(_async_follow_mqtt(hass, look))
    look()
    return end


async def async_wait(hass: HomeAssistant) -> bool:
    """Wait until MQTT is set up, where it just is; tell whether its broker is connected."""
    if not _is_in(hass, *COMING):
        return False
    from homeassistant.components import mqtt  # noqa: PLC0415  # see above

    return await mqtt.async_wait_for_mqtt_client(hass) and _is_connected(hass)


async def _async_subscribe(
    hass: HomeAssistant, topic: str, take: Callable[[Message], None]
) -> Callable[[], None]:
    """Have the messages of a topic; return what ends that."""
    from homeassistant.components import mqtt  # noqa: PLC0415  # see above

    ends: list[CALLBACK_TYPE] = []

    @callback
    def receive(message: ReceiveMessage) -> None:
        # Without an encoding it is as it came, unless somebody else has subscribed to the very same topic
        # with one: Home Assistant gives both the same.
        payload = message.payload
        raw = payload.encode() if isinstance(payload, str) else bytes(payload)
        take(Message(message.topic, raw, message.retain))

    async def begin() -> None:
        ends.append(await mqtt.async_subscribe(hass, topic, receive, qos=0, encoding=None))

    @callback
    def follow() -> None:
        if not _is_in(hass, ConfigEntryState.LOADED):
            leave()
        elif not ends:
            hass.async_create_task(begin(), f"tesla_direct subscribes to {topic}")  # done at once, in fact

    @callback
    def leave() -> None:
        while ends:
            ends.pop()()

    await begin()
    unfollow = _async_follow_mqtt(hass, follow)

    @callback
    def end() -> None:
        unfollow()
        leave()

    return end


@callback
def _async_follow_mqtt(hass: HomeAssistant, look: Callable[[], None]) -> CALLBACK_TYPE:
    """Call back whenever MQTT is set up, or about to be unloaded; return what ends that."""

    @callback
    def changed(_change: ConfigEntryChange, entry: ConfigEntry[Any]) -> None:
        if entry.domain == MQTT:
            look()

    return async_dispatcher_connect(hass, SIGNAL_CONFIG_ENTRY_CHANGED, changed)


def _is_in(hass: HomeAssistant, *states: ConfigEntryState) -> bool:
    return any(entry.state in states for entry in hass.config_entries.async_entries(MQTT))


def _is_connected(hass: HomeAssistant) -> bool:
    from homeassistant.components import mqtt  # noqa: PLC0415  # see above

    return mqtt.is_connected(hass)
