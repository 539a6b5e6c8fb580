"""A further source of an entry is removed while a dialogue about it is open."""

from typing import Any

from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_direct.tesla.fleet_api import provider as providers
from simulator.car.car import Car

from .account import Account
from .dialogue import Dialogue

# Plain, and at this machine: nobody looks who is there.
SERVICE = providers.myteslamate("http://127.0.0.1:1", "ws://127.0.0.1:1")


@pytest.fixture
async def entry(account: Account, car: Car) -> Any:
    """An entry that does not run, with a stream that is set up."""
    await account.shared()
    stream = {
        "subentry_type": "legacy_stream",
        "title": "MyTeslaMate",
        "unique_id": "legacy_stream:myteslamate-someone",
        "data": {
            "provider": SERVICE.to_dict(),
            "account": "myteslamate-someone",
            "tags": {car.vin: car.vin},
            "raw": True,
            "signed_in_at": 0.0,
        },
    }
    account.add_entry(car, subentries_data=[stream])
    return account.entry


async def test_a_source_that_was_removed_is_said_to_be_gone(
    hass: HomeAssistant, dialogue: Dialogue, entry: Any
) -> None:
    (subentry_id,) = entry.subentries
    await dialogue.begin_subentry(entry, "legacy_stream", subentry_id)
    hass.config_entries.async_remove_subentry(entry, subentry_id)
    await dialogue.answer_subentry(next_step_id="hosts_again")

    assert dialogue.step["reason"] == "source_gone"
    assert not entry.subentries
