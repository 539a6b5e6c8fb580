"""What a broker delivers, through Home Assistant's own MQTT, for as long as that is there."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant, callback

from .broker import async_subscriber, async_watch_broker
from .const import CONF_FORM, CONF_TOPIC
from .tesla.source.broker import BrokerSource, Subscribe
from .tesla.source.mqtt import Form, MqttSource
from .tesla.source.source import Health, PushedCar

MQTT_MISSING = "mqtt_missing"


async def async_follow_broker(  # noqa: PLR0913  # what it stands on, each named at the only place that calls it
    hass: HomeAssistant,
    cars: Mapping[str, PushedCar],
    data: Mapping[str, Any],
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
    on_health: Callable[[Health], None],
    on_skipped: Callable[[Mapping[str, int]], None],
    on_stranger: Callable[[str], None],
) -> None:
    """Deliver what a broker is told of cars until cancelled.

    data:       of the subentry
    on_health:  is told how it fares
    on_skipped: is told where is counted what nobody can read
    on_stranger: is told of each car that is not ours
    """

    def made(subscribe: Subscribe, fares: Callable[[Health], None]) -> MqttSource:
        return MqttSource(
            cars,
            form=Form(data[CONF_FORM]),
            topic=data[CONF_TOPIC],
            subscribe=subscribe,
            clock=clock,
            sleep=sleep,
            on_health=fares,
            on_stranger=on_stranger,
        )

    await async_follow_source(hass, made, clock=clock, on_health=on_health, on_skipped=on_skipped)


async def async_follow_source(
    hass: HomeAssistant,
    make: Callable[[Subscribe, Callable[[Health], None]], BrokerSource[Any, Any]],
    *,
    clock: Callable[[], float],
    on_health: Callable[[Health], None],
    on_skipped: Callable[[Mapping[str, int]], None],
) -> None:
    """Run a source of a broker until cancelled; where there is no MQTT, from when there is.

    make: returns the source, given how it subscribes, and whom it tells how it fares
    """
    changed = asyncio.Event()
    source: BrokerSource[Any, Any] | None = None
    reached = False

    @callback
    def broker_changed(connected: bool) -> None:  # noqa: FBT001  # a fact, as any other
        nonlocal reached
        reached = connected
        changed.set()
        if source is not None:
            source.broker_changed(connected)

    @callback
    def fares(health: Health) -> None:
        # Without Home Assistant's MQTT there is no broker to be reached, and another thing to be done.
        if health.works is False and async_subscriber(hass) is None:
            health = replace(health, trouble=MQTT_MISSING)
        on_health(health)

    stop = async_watch_broker(hass, broker_changed)
    try:
        while (subscribe := async_subscriber(hass)) is None:
            on_health(Health(works=False, since=clock(), trouble=MQTT_MISSING))
            changed.clear()
            await changed.wait()
        source = make(subscribe, fares)
        on_skipped(source.skipped)
        source.broker_changed(reached)
        await source.run()
    finally:
        stop()
