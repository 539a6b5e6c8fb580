"""What a poll does without money: it looks for free, asks nothing, and says nothing."""

import pytest

from custom_components.tesla_direct.tesla.errors import OverBudget
from custom_components.tesla_direct.tesla.fleet_api.budget import Settings
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause
from custom_components.tesla_direct.tesla.fleet_api.prices import DOLLARS
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power
from custom_components.tesla_direct.tesla.vehicle.signals import battery, connection
from simulator.car.car import Car
from simulator.world import World

from .poll_world import Polled

MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


def allow(polled: Polled, fetches: float) -> None:
    """Let so many fetches be paid for before the poll has to stop, which is at 95 %."""
    polled.budget.configure(Settings(budget=fetches * DOLLARS.data / 0.95, discount=0.0), polled.clock())


async def test_without_money_only_what_is_free_goes_on(polled: Polled, world: World) -> None:
    allow(polled, 0)
    await polled.start()
    await polled.later(HOUR, 30)

    assert polled.times("vehicles") == [120.0] * 30
    assert {asked.name for asked in world.cloud.requests()} == {"vehicles", "fleet_status"}
    assert world.cloud.billed() == dict.fromkeys(world.cloud.billed(), 0)
    assert polled.car.power is Power.ONLINE
    assert polled.heard.failed == []
    assert polled.heard.works == [True]


async def test_a_poll_stops_when_the_money_is_spent_and_what_is_known_stays(polled: Polled) -> None:
    allow(polled, 3)
    await polled.start(interval=600.0)
    await polled.later(2 * HOUR, 30)

    assert polled.paid == 3
    assert polled.car.state.get(battery.LEVEL) is not None
    assert polled.heard.failed == []


async def test_a_poll_without_money_is_tried_rarely_and_fails_no_more_for_it(polled: Polled) -> None:
    allow(polled, 1)
    await polled.start(interval=600.0)
    await polled.later(DAY, 10 * MINUTE)
    assert polled.paid == 1
    (kept,) = polled.source.to_json()["cars"].values()
    assert kept[2] == 0

    allow(polled, 100)
    await polled.later(11 * MINUTE, MINUTE)
    assert polled.paid == 2


async def test_money_that_is_there_again_is_used_after_a_restart_too(polled: Polled) -> None:
    allow(polled, 0)
    await polled.start()
    kept = polled.source.to_json()
    allow(polled, 10)
    await polled.start(kept=kept)
    await polled.later(11 * MINUTE, MINUTE)

    assert polled.paid == 1


async def test_a_user_who_asks_for_data_is_told_that_there_is_no_money(polled: Polled, car: Car) -> None:
    polled.budget.configure(Settings(budget=0.0, discount=0.0), polled.clock())
    await polled.start()
    with pytest.raises(OverBudget):
        await polled.source.refresh(car.vin)

    assert polled.paid == 0


async def test_a_user_may_still_ask_when_the_poll_may_not(polled: Polled, car: Car) -> None:
    polled.budget.configure(Settings(budget=1.01 * DOLLARS.data, discount=0.0), polled.clock())
    await polled.start()
    assert polled.paid == 0
    await polled.source.refresh(car.vin)

    assert polled.paid == 1


async def test_what_is_optional_is_left_out_first(polled: Polled, world: World) -> None:
    polled.car.facts = {connection.MOBILE_ACCESS}
    polled.budget.configure(Settings(budget=1.1 * DOLLARS.data, discount=0.0), polled.clock())
    await polled.start()

    assert world.cloud.requests("mobile_enabled") == []
    assert polled.paid == 1
    assert polled.heard.failed == []


async def test_what_nobody_would_miss_and_nobody_may_pay_does_not_put_off_the_poll(
    polled: Polled, car: Car
) -> None:
    """Between 80 and 95 % there is no money for confirmations, but for polls there is."""
    await polled.start(interval=600.0)
    await polled.later(9 * MINUTE, MINUTE)
    budget = 2.1 * DOLLARS.data / 0.95
    polled.budget.configure(Settings(budget=budget, discount=0.0), polled.clock())
    with pytest.raises(OverBudget):
        await polled.source.read(car.vin, frozenset({"charge_state"}), Cause.USER, optional=True)
    assert polled.paid == 1
    await polled.later(2 * MINUTE, MINUTE)

    assert polled.paid == 2
