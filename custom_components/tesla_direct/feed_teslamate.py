"""What the user's own TeslaMate tells, through Home Assistant's own MQTT, for as long as that is there."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant, callback

from .broker import async_subscriber, async_watch_broker
from .const import CONF_CARS, CONF_NAMESPACE
from .feed_broker import MQTT_MISSING
from .tesla.source.source import Health, PushedCar
from .tesla.source.teslamate import TeslaMateSource
from .teslamate_twins import async_watch_twins


async def async_follow_teslamate(  # noqa: PLR0913  # what it stands on, each named at the only place that calls it
    hass: HomeAssistant,
    cars: Mapping[str, PushedCar],
    data: Mapping[str, Any],
    *,
    clock: Callable[[], float],
    sleep: Callable[[float], Awaitable[None]],
    on_health: Callable[[Health], None],
    on_skipped: Callable[[Mapping[str, int]], None],
    on_car: Callable[[str, str], None] = lambda _vin, _trouble: None,
    on_stranger: Callable[[int], None] = lambda _number: None,
) -> None:
    """Deliver until cancelled; where there is no MQTT, from when there is.

    cars:       of the entry, by VIN; those that TeslaMate does not have hear nothing
    data:       of the subentry
    on_health:  is told how it fares
    on_skipped: is told where is counted what nobody can read
    on_car:     is told by VIN why a car hears nothing, as a key of the user's texts; empty once it does
    on_stranger: is told TeslaMate's number of each car that is not among these
    """
    changed = asyncio.Event()
    source: TeslaMateSource | None = None
    reached = False
    vins = {int(number): vin for number, vin in data[CONF_CARS].items() if vin in cars}

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
    forget_twins = async_watch_twins(hass, data[CONF_NAMESPACE], vins)
    try:
        while (subscribe := async_subscriber(hass)) is None:
            on_health(Health(works=False, since=clock(), trouble=MQTT_MISSING))
            changed.clear()
            await changed.wait()
        source = TeslaMateSource(
            {number: cars[vin] for number, vin in vins.items()},
            subscribe=subscribe,
            namespace=data[CONF_NAMESPACE],
            clock=clock,
            sleep=sleep,
            on_health=fares,
            on_car=lambda number, trouble: on_car(vins[number], trouble),
            on_stranger=on_stranger,
        )
        on_skipped(source.skipped)
        source.broker_changed(reached)
        await source.run()
    finally:
        forget_twins()
        stop()
