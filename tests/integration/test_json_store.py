"""One file, as whoever keeps something in it sees it."""

from homeassistant.const import EVENT_HOMEASSISTANT_FINAL_WRITE
from homeassistant.core import CoreState, HomeAssistant
import pytest

from custom_components.tesla_direct.storage import JsonStore


@pytest.mark.parametrize("state", [CoreState.running, CoreState.stopping, CoreState.final_write])
async def test_what_is_learnt_while_all_is_written_for_the_last_time_comes_too_late(
    hass: HomeAssistant, state: CoreState
) -> None:
    store = JsonStore(hass, "late")
    hass.set_state(state)
    store.async_save_within(60.0, lambda: {"late": True})
    hass.set_state(CoreState.final_write)
    hass.bus.async_fire(EVENT_HOMEASSISTANT_FINAL_WRITE)
    await hass.async_block_till_done()
    hass.set_state(CoreState.running)

    kept = await JsonStore(hass, "late").async_load()
    assert kept == (None if state is CoreState.final_write else {"late": True})
    await store.async_remove()
