"""What a car is told first: once, and a second time only if it has more than anybody could know before."""

from dataclasses import replace

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
import pytest

from custom_components.tesla_direct.const import CONF_TELEMETRY
from custom_components.tesla_direct.telemetry_wishes import DECIDING
from custom_components.tesla_direct.tesla.fleet_telemetry.profile import Profile, Selection
from custom_components.tesla_direct.tesla.source.config_state import Phase
from simulator.car.car import Car

from .account import Account
from .kept import Kept

DAY, HOUR = 86_400.0, 3600.0


@pytest.fixture
def kept(account: Account) -> Kept:
    return Kept(account)


def entities(kept: Kept) -> int:
    """Return how many entities the account has."""
    registry = er.async_get(kept.hass)
    return len(er.async_entries_for_config_entry(registry, kept.account.entry.entry_id))


@pytest.mark.parametrize("profile", [Profile.ECONOMICAL, Profile.STANDARD, Profile.DETAILED])
async def test_a_car_that_is_awake_is_told_once(kept: Kept, car: Car, profile: Profile) -> None:
    car.power.idle_s = 1e9
    await kept.set_up(car, options={CONF_TELEMETRY: Selection(profile).to_json()})
    await kept.gathered()
    assert kept.phase(car) is Phase.SYNCED
    await kept.later(HOUR, 60)
    await kept.later(2 * DAY, HOUR)

    assert kept.sent() == 1


async def test_a_car_that_sleeps_is_told_what_it_has_more_with_one_further_push(
    kept: Kept, car: Car, hass: HomeAssistant
) -> None:
    car.power.idle_s = 1e9
    car.sleep()
    await kept.set_up(car)
    await kept.gathered()
    known = entities(kept)
    assert kept.phase(car) is Phase.SENT
    assert kept.sent() == 1
    asked = set(kept.state(car).fields)

    car.wake_now()
    kept.account.runtime.poll.check_soon()
    await kept.later(HOUR, 60)
    await kept.later(2 * DAY, HOUR)

    assert kept.phase(car) is Phase.SYNCED
    assert entities(kept) > known
    told = set(kept.state(car).fields)
    assert told > asked - DECIDING  # all that was shown before, and what came to be shown
    assert kept.sent() == 2


async def test_while_nobody_knows_what_cars_have_to_believe_nothing_is_sent(kept: Kept, car: Car) -> None:
    car.power.idle_s = 1e9
    await kept.set_up(car)
    await kept.gathered()
    await believe_nothing(kept)

    await kept.streaming.async_send_now(car.vin)

    assert kept.sent() == 1
    assert car.told is not None


async def test_the_end_of_the_budget_needs_nothing_that_cars_believe(kept: Kept, car: Car) -> None:
    car.power.idle_s = 1e9
    await kept.set_up(car)
    await kept.gathered()
    await believe_nothing(kept)
    runtime = kept.account.runtime
    budget = runtime.budget
    runtime.meter.async_configure(replace(budget.settings, budget=1.0))
    spent = round((budget.prices.discount + 1.0) / budget.prices.signal) + 10
    runtime.ledger.add_signals(car.vin, spent, runtime.clock())
    runtime.meter.async_check_stage()
    await kept.gathered()

    assert car.told is None
    assert kept.phase(car) is Phase.STOPPED


async def test_a_choice_that_is_taken_back_is_no_end_of_the_budget(kept: Kept, car: Car) -> None:
    car.power.idle_s = 1e9
    await kept.set_up(car)
    await kept.gathered()
    runtime = kept.account.runtime
    runtime.meter.async_configure(replace(runtime.budget.settings, budget=1.0))
    kept.hass.config_entries.async_update_entry(kept.account.entry, options={})
    prices = runtime.budget.prices
    runtime.ledger.add_signals(car.vin, round((prices.discount + 1.0) / prices.signal) + 10, runtime.clock())
    runtime.meter.async_check_stage()
    await kept.gathered()

    assert car.told is None
    assert kept.phase(car) is Phase.ABSENT
    assert kept.issues() == set()


async def believe_nothing(kept: Kept) -> None:
    """Start anew with a port of which nobody knows yet how cars verify it, as behind a new proxy."""
    port = kept.account.runtime.port
    assert port is not None
    port.settings = replace(port.settings, ca="", next_ca="")
    await kept.account.reload()
    assert not port.ca_for_cars
