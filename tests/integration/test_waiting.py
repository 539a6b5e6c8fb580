"""Pages that show progress: a browser that has missed their end is told again, for a while."""

import asyncio
from typing import Any

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESSED
import pytest

from tests.home import until

from .account import Account
from .dialogue import Dialogue
from .public_name import PublicName

TIMES = 3


@pytest.fixture
async def waiting(account: Account, dialogue: Dialogue, public_name: PublicName) -> Any:
    """A dialogue that shows progress, and tells quickly that it is over."""
    await account.set_up(account.world.add_car(), paired=False)
    await dialogue.reconfigure(account.entry, "hosting")
    flow: Any = account.hass.config_entries.flow._progress[dialogue.step["flow_id"]]
    flow._pause, flow._times = 0.0, TIMES
    await dialogue.answer(next_step_id="hosting_check")
    return flow


async def test_who_has_missed_the_end_is_told_again_for_a_while(
    waiting: Any, hass: HomeAssistant, dialogue: Dialogue
) -> None:
    told: list[Event[Any]] = []

    @callback
    def listen(event: Event[Any]) -> None:
        told.append(event)

    hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESSED, listen)
    await until(waiting._telling.done)
    assert len(told) >= TIMES
    assert {event.data["flow_id"] for event in told} == {waiting.flow_id}
    assert not waiting._telling.cancelled()
    await dialogue.progress()

    assert dialogue.step["reason"] == "hosting_ready"


async def test_who_has_turned_the_page_is_told_no_more(waiting: Any, dialogue: Dialogue) -> None:
    waiting._times = 1_000_000
    await dialogue.progress()
    assert dialogue.step["reason"] == "hosting_ready"
    await asyncio.wait((waiting._telling,))

    assert waiting._telling.cancelled()
