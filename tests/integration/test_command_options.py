"""What the user allows commands to do."""

from typing import Any

from homeassistant.data_entry_flow import InvalidData
import pytest

from simulator.car.car import Car

from .account import Account
from .dialogue import Dialogue


@pytest.fixture
async def entry(account: Account, car: Car) -> Any:
    await account.set_up(car, options={"poll_interval": 1200})
    return account.entry


async def test_nothing_dangerous_is_allowed_until_it_is_switched_on(entry: Any, dialogue: Dialogue) -> None:
    await dialogue.begin_options(entry, "commands")
    await dialogue.answer_options()

    assert entry.options == {"poll_interval": 1200, "dangerous": [], "wake": "always", "amps_floor": 60}


async def test_what_is_switched_on_is_kept_beside_the_rest(
    account: Account, entry: Any, dialogue: Dialogue
) -> None:
    wanted = {"dangerous": ["unlock", "pins"], "wake": "user", "amps_floor": 0}
    await dialogue.begin_options(entry, "commands")
    await dialogue.answer_options(**wanted)
    assert entry.options == {"poll_interval": 1200, **wanted}
    assert isinstance(entry.options["amps_floor"], int)
    await account.quiet()

    await dialogue.begin_options(entry, "commands")
    await dialogue.answer_options()
    assert entry.options == {"poll_interval": 1200, **wanted}


@pytest.mark.parametrize(
    "wish",
    [
        {"dangerous": ["self_destruct"]},
        {"wake": "perhaps"},
        {"amps_floor": -1},
        {"amps_floor": 3601},
        {"amps_floor": "soon"},
    ],
    ids=str,
)
async def test_what_makes_no_sense_is_refused(entry: Any, dialogue: Dialogue, wish: dict[str, Any]) -> None:
    await dialogue.begin_options(entry, "commands")
    with pytest.raises(InvalidData):
        await dialogue.answer_options(**wish)

    assert entry.options == {"poll_interval": 1200}
