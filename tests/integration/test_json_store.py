"""One file, as whoever keeps something in it sees it."""

from typing import Any

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CoreState, HomeAssistant
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.storage import JsonStore


@pytest.mark.parametrize("state", [CoreState.running, CoreState.stopping, CoreState.final_write])
async def test_what_is_learnt_while_all_is_written_for_the_last_time_comes_too_late(
    hass: HomeAssistant, hass_storage: dict[str, Any], state: CoreState
) -> None:
    store = JsonStore(hass, "late")
    hass.set_state(state)
    store.async_save_within(60.0, lambda: {"late": True})
    hass.set_state(CoreState.final_write)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    hass.set_state(CoreState.running)

    assert (f"{DOMAIN}.late" in hass_storage) is (state is not CoreState.final_write)
