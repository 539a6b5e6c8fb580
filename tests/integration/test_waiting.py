"""Pages of progress turn in a browser that has missed that their work is done."""

import asyncio

from homeassistant.core import Event, HomeAssistant, callback
from homeassistant.data_entry_flow import EVENT_DATA_ENTRY_FLOW_PROGRESSED

from simulator.car.car import Car
from tests.home import until

from .account import Account
from .dialogue import Dialogue
from .public_name import PublicName


async def test_a_browser_that_was_not_listening_is_told_again_until_it_asks(
    hass: HomeAssistant, account: Account, car: Car, dialogue: Dialogue, public_name: PublicName
) -> None:
    told: list[str] = []
    await account.set_up(car, paired=False)
    await dialogue.reconfigure(account.entry, "hosting")
    await dialogue.answer(next_step_id="hosting_check")
    assert dialogue.step["type"] == "progress"

    @callback
    def note(event: Event) -> None:
        told.append(event.data["flow_id"])

    hass.bus.async_listen(EVENT_DATA_ENTRY_FLOW_PROGRESSED, note)
    await until(lambda: len(told) >= 3)  # Home Assistant itself tells once
    await dialogue.look()
    await asyncio.sleep(0)

    assert set(told) == {dialogue.step["flow_id"]}
    assert dialogue.step["reason"] == "hosting_ready"
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "tesla_direct turns a page"]
