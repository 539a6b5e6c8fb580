"""How often a car that does not stream is polled, and what that costs."""

from homeassistant.data_entry_flow import InvalidData
import pytest

from simulator.world import World

from .account import Account
from .dialogue import Dialogue
from .sources import set_up_streamed


@pytest.fixture
async def polled(account: Account, world: World) -> Account:
    await account.set_up(world.add_car())
    return account


async def test_the_page_names_the_interval_and_its_price(polled: Account, dialogue: Dialogue) -> None:
    await dialogue.begin_options(polled.entry, "polling")

    assert dialogue.step["step_id"] == "polling"
    assert dialogue.step["description_placeholders"] == {
        "current": "600",
        "daily": "2.88 EUR",
        "always": "8.64 EUR",
        "at_fallback": "2.88 EUR",
        "at_minimum": "14.40 EUR",
        "minimum": "120",
        "billed": "Tesla bills this to you, less a monthly discount.",
    }


async def test_of_a_service_that_takes_credits_no_discount_of_tesla_s_is_promised(
    account: Account, dialogue: Dialogue, world: World
) -> None:
    car = world.add_car()
    service = await world.open_teslemetry()
    service.pair(car.vin)
    await set_up_streamed(account, service, car)
    await dialogue.begin_options(account.entry, "polling")
    billed = "Teslemetry takes credits for it, which you have to buy; there is no discount."
    assert dialogue.step["description_placeholders"]["billed"] == billed

    await dialogue.answer_options(poll_interval=30)
    assert dialogue.step["step_id"] == "polling_confirm"
    assert dialogue.step["description_placeholders"]["billed"] == billed


@pytest.mark.parametrize("interval", [0, 120, 3600])
async def test_an_interval_is_taken_and_the_plan_follows_it(
    polled: Account, dialogue: Dialogue, interval: int
) -> None:
    await dialogue.begin_options(polled.entry, "polling")
    await dialogue.answer_options(poll_interval=interval)
    assert dialogue.step["type"] == "create_entry"
    await polled.quiet()

    assert polled.entry.options == {"poll_interval": interval}
    await dialogue.begin_options(polled.entry, "polling")
    assert dialogue.step["description_placeholders"]["current"] == str(interval or 6 * 3600)


@pytest.mark.parametrize("interval", [-1, 1, 9])
async def test_an_interval_that_makes_no_sense_is_refused(
    polled: Account, dialogue: Dialogue, interval: int
) -> None:
    await dialogue.begin_options(polled.entry, "polling")
    with pytest.raises(InvalidData):
        await dialogue.answer_options(poll_interval=interval)

    assert not polled.entry.options


async def test_an_expensive_interval_has_to_be_confirmed(polled: Account, dialogue: Dialogue) -> None:
    await dialogue.begin_options(polled.entry, "polling")
    await dialogue.answer_options(poll_interval=30)
    assert dialogue.step["step_id"] == "polling_confirm"
    assert dialogue.step["description_placeholders"] == {
        "interval": "30",
        "daily": "57.60 EUR",
        "always": "172.80 EUR",
        "billed": "Tesla bills this to you, less a monthly discount.",
    }
    await dialogue.answer_options(confirm=False)
    assert dialogue.errors == {"base": "not_confirmed"}
    assert not polled.entry.options

    await dialogue.answer_options(confirm=True)
    assert polled.entry.options == {"poll_interval": 30}
    await polled.quiet()


async def test_the_interval_decides_when_a_car_is_asked(
    polled: Account, dialogue: Dialogue, world: World
) -> None:
    (car,) = world.cars.values()
    car.climate(on=True)
    await dialogue.begin_options(polled.entry, "polling")
    await dialogue.answer_options(poll_interval=120)
    await polled.quiet()
    fetched = len(world.cloud.requests("vehicle_data"))
    await polled.pass_time(301)  # it has to stay online for a while first
    assert len(world.cloud.requests("vehicle_data")) == fetched + 1
    await polled.pass_time(121)
    await polled.pass_time(121)

    assert len(world.cloud.requests("vehicle_data")) == fetched + 3
