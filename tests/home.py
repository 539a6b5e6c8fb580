"""Home Assistant as tests see it: what it shows, and how to wait for it."""

import asyncio
from collections.abc import Callable

from homeassistant.core import HomeAssistant, State
from homeassistant.helpers import entity_registry as er

from custom_components.tesla_direct.const import DOMAIN

LIMIT = 60.0  # real seconds after which something will not come true any more


async def until(reached: Callable[[], object], limit: float = LIMIT) -> None:
    """Return once something has come true; fail if it does not."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while not reached():
        assert loop.time() - begun < limit, "what the test waits for does not come true"
        await asyncio.sleep(0)


def entity_id(hass: HomeAssistant, vin: str, entity: str) -> str:
    """Return the id of an entity of a car, named as in "sensor.battery_level"."""
    platform, _, key = entity.partition(".")
    found = er.async_get(hass).async_get_entity_id(platform, DOMAIN, f"{vin}-{key}")
    assert found is not None, f"{entity} is not registered"
    return found


def state(hass: HomeAssistant, vin: str, entity: str) -> State:
    """Return what an entity of a car shows."""
    found = hass.states.get(entity_id(hass, vin, entity))
    assert found is not None, f"{entity} has no state"
    return found
