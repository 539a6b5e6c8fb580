"""What the user's own TeslaMate tells, through Home Assistant's own MQTT, for as long as that is there."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from homeassistant.core import HomeAssistant

from .const import CONF_CARS, CONF_NAMESPACE
from .feed_broker import async_follow_source
from .tesla.source.broker import Subscribe
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
    """Deliver what a TeslaMate publishes until cancelled.

    cars:       of the entry, by VIN; those that TeslaMate does not have hear nothing
    data:       of the subentry
    on_health:  is told how it fares
    on_skipped: is told where is counted what nobody can read
    on_car:     is told by VIN why a car hears nothing, as a key of the user's texts; empty once it does
    on_stranger: is told TeslaMate's number of each car that is not among these
    """
    vins = {int(number): vin for number, vin in data[CONF_CARS].items() if vin in cars}

    def made(subscribe: Subscribe, fares: Callable[[Health], None]) -> TeslaMateSource:
        return TeslaMateSource(
            {number: cars[vin] for number, vin in vins.items()},
            subscribe=subscribe,
            namespace=data[CONF_NAMESPACE],
            clock=clock,
            sleep=sleep,
            on_health=fares,
            on_car=lambda number, trouble: on_car(vins[number], trouble),
            on_stranger=on_stranger,
        )

    forget_twins = async_watch_twins(hass, data[CONF_NAMESPACE], vins)
    try:
        await async_follow_source(hass, made, clock=clock, on_health=on_health, on_skipped=on_skipped)
    finally:
        forget_twins()
