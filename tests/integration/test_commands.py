"""From a wish in Home Assistant to the simulated car, and back to the car's own word."""

import asyncio

from homeassistant.core import Context, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
import pytest

from custom_components.tesla_direct.const import (
    CONF_AMPS_FLOOR,
    CONF_VEHICLES,
    CONF_WAKE,
    WAKE_NEVER,
    WAKE_USER,
)
from custom_components.tesla_direct.tesla.command.catalogue import charge, climate, closures
from custom_components.tesla_direct.tesla.fleet_api import endpoints
from custom_components.tesla_direct.tesla.vehicle.signals import charge as facts
from simulator.car.car import Car
from tests.home import until

from .account import Account
from .commanded import NOBODY, PERSON, Commanded


@pytest.fixture
async def commanded(account: Account, car: Car) -> Commanded:
    await account.set_up(car, receiver=await account.make_port())
    await account.connect(car, "ChargeLimitSoc", "Locked", "HvacPower", "ChargeCurrentRequest")
    return Commanded(account, car)


async def test_the_cars_own_word_confirms_and_costs_nothing(commanded: Commanded) -> None:
    before = commanded.billed
    await commanded.send(charge.set_charge_limit(85))

    assert commanded.car.body.charge_limit_percent == 85
    state = commanded.account.runtime.vehicles[commanded.car.vin].coordinator.data
    assert state.get(facts.LIMIT) == 85
    await commanded.account.pass_time(2)
    await until(lambda: commanded.last["outcome"] == "confirmed")
    assert state.expected == {}
    assert commanded.billed["data"] == before["data"]
    assert commanded.last["confirmed"] is not None


async def test_one_request_once_the_session_is_known_and_after_a_restart(commanded: Commanded) -> None:
    await commanded.send(charge.set_charge_limit(85))
    before = commanded.billed["command"]
    await commanded.send(charge.set_charge_limit(70))
    assert commanded.billed["command"] - before == 1

    await commanded.account.reload()
    before = commanded.billed["command"]
    await commanded.send(charge.set_charge_limit(60))
    assert commanded.billed["command"] - before == 1


async def test_a_sleeping_car_is_woken_once_for_all(commanded: Commanded, account: Account) -> None:
    commanded.car.sleep()
    await account.pass_time(130)
    wishes = (closures.door_unlock(), climate.auto_conditioning_start(), closures.flash_lights())
    async with asyncio.TaskGroup() as group:
        for wish in wishes:
            group.create_task(commanded.send(wish))

    assert [one.name for one in commanded.car.executed] == [wish.name for wish in wishes]
    assert commanded.billed["wake"] == 1


async def test_a_person_may_wake_where_an_automation_may_not(
    hass: HomeAssistant, account: Account, car: Car
) -> None:
    await account.set_up(car, options={CONF_WAKE: WAKE_USER})
    commanded = Commanded(account, car)
    car.sleep()
    await account.pass_time(130)

    assert await commanded.refused(closures.door_lock(), NOBODY) == "wake_not_allowed"
    await commanded.send(closures.door_lock(), PERSON)
    assert commanded.billed["wake"] == 1


async def test_nobody_wakes_a_car_whose_owner_never_wants_it(account: Account, car: Car) -> None:
    await account.set_up(car, options={CONF_WAKE: WAKE_NEVER})
    commanded = Commanded(account, car)
    car.sleep()
    await account.pass_time(130)

    assert await commanded.refused(closures.door_lock()) == "wake_not_allowed"
    await account.wait_for(commanded.commands.async_wake(PERSON))  # which is asked for by itself
    await commanded.send(closures.door_lock())
    assert commanded.billed["wake"] == 1


async def test_waking_a_car_that_is_awake_sends_nothing(commanded: Commanded) -> None:
    before = commanded.billed
    await commanded.account.wait_for(commanded.commands.async_wake(PERSON))

    assert commanded.billed == before


async def test_what_is_not_granted_is_refused(account: Account, car: Car) -> None:
    await account.set_up(car, scopes=("openid", "offline_access", "vehicle_device_data"))

    assert await Commanded(account, car).refused(closures.door_lock()) == "scope_missing"


async def test_a_car_that_does_not_know_our_key_is_not_asked(account: Account, car: Car) -> None:
    await account.set_up(car)
    commanded = Commanded(account, car)
    car.forget_key(quietly=True)
    with pytest.raises(HomeAssistantError) as told:
        await commanded.send(closures.door_lock())
    assert told.value.translation_key == "key_not_paired"

    assert await commanded.refused(closures.door_lock()) == "not_paired"  # from now on we know


async def test_a_car_that_contradicts_is_believed_and_its_owner_told(
    hass: HomeAssistant, account: Account, car: Car
) -> None:
    await account.set_up(car, receiver=await account.make_port())
    # It tells nothing by itself meanwhile, however long the command takes.
    await account.connect(car, fields={"ChargeLimitSoc": {"interval_seconds": 3600}})
    commanded = Commanded(account, car)
    await commanded.send(charge.set_charge_limit(85))
    car.change(charge_limit_percent=60)  # somebody in the car was quicker
    await account.push(car, ChargeLimitSoc=60.0)
    for _ in range(60):  # twice as long as is waited for the car's word, which begins when it begins
        await account.pass_time(1)
    await until(lambda: commanded.last["outcome"] == "contradicted")

    state = account.runtime.vehicles[commanded.car.vin].coordinator.data
    assert state.get(facts.LIMIT) == 60
    notices = hass.data["persistent_notification"]
    assert any("60" in notice["message"] for notice in notices.values())


async def put_off(account: Account, car: Car) -> None:
    """Set up with a long floor, and ask for a current within it: 10 A has gone, and 12 A waits."""
    await account.set_up(car, options={CONF_AMPS_FLOOR: 600})
    commanded = Commanded(account, car)
    await commanded.send(charge.set_charging_amps(10))
    await commanded.send(charge.set_charging_amps(12))


async def test_what_was_put_off_goes_on_after_a_reload(account: Account, car: Car) -> None:
    car.power.idle_s = 1e9
    await put_off(account, car)
    await account.reload()
    assert car.body.charge_amps_wanted == 10

    await account.pass_time(601)
    await account.wait_for(until(lambda: car.body.charge_amps_wanted == 12))
    assert car.times_executed("set_charging_amps") == 2


async def test_what_was_put_off_goes_with_its_account(
    hass: HomeAssistant, account: Account, car: Car
) -> None:
    await put_off(account, car)
    shared = await account.shared()
    await hass.config_entries.async_unload(account.entry.entry_id)
    (left,) = shared.put_off[account.entry.entry_id].values()
    assert [one.command.name for one in left] == ["set_charging_amps"]

    await account.wait_for(hass.config_entries.async_remove(account.entry.entry_id))
    assert shared.put_off == {}


async def test_what_was_put_off_of_a_car_that_leaves_waits_for_no_other_account(
    hass: HomeAssistant, account: Account, car: Car
) -> None:
    await put_off(account, car)
    hass.config_entries.async_update_entry(account.entry, data={**account.entry.data, CONF_VEHICLES: {}})
    await hass.async_block_till_done()

    assert account.runtime.vehicles == {}
    assert (await account.shared()).put_off == {}


async def test_a_polled_car_is_read_once_to_confirm(account: Account, car: Car) -> None:
    await account.set_up(car)
    commanded = Commanded(account, car)
    before = commanded.billed
    await commanded.send(charge.set_charge_limit(85))
    for _ in range(35):
        await account.pass_time(1)

    assert commanded.last["outcome"] == "confirmed"
    assert commanded.billed["data"] - before["data"] == 1


async def test_a_lost_answer_to_what_acts_each_time_is_found_out(
    commanded: Commanded, account: Account
) -> None:
    commanded.world.cloud.lose_answer("504", command="honk_horn")
    with pytest.raises(HomeAssistantError) as told:
        await commanded.send(closures.honk_horn())
    assert told.value.translation_key == "outcome_open"
    assert commanded.last["outcome"] == "unknown"
    assert commanded.car.times_executed("honk_horn") == 1

    commanded.world.cloud.lose_answer("504", command="actuate_trunk")
    await commanded.send(closures.actuate_trunk("front"))  # the car itself says that it is open
    assert commanded.last["outcome"] == "confirmed"
    assert commanded.car.times_executed("actuate_trunk") == 1


async def test_unloading_leaves_nothing_running(commanded: Commanded, account: Account) -> None:
    commanded.car.sleep()
    await account.pass_time(130)
    commanded.car.ignore_wakes()
    wish = account.hass.async_create_task(commanded.commands.async_send(closures.door_lock(), PERSON))
    await until(lambda: commanded.world.cloud.requests("wake_up"))
    commands = commanded.commands

    assert await account.hass.config_entries.async_unload(account.entry.entry_id)

    with pytest.raises(HomeAssistantError) as told:
        await wish
    assert told.value.translation_key == "not_loaded"
    with pytest.raises(HomeAssistantError):
        await commands.async_send(closures.door_lock(), PERSON)


async def test_reads_pass_the_same_gate(commanded: Commanded, account: Account) -> None:
    wait, commands = account.wait_for, commanded.commands
    answer = await wait(commands.async_read(endpoints.RELEASE_NOTES, PERSON))
    assert answer["response"]
    before = commanded.billed["data"]
    await wait(commands.async_refresh(PERSON, endpoints=["charge_state"]))
    assert commanded.billed["data"] - before == 1

    commanded.car.sleep()
    await account.pass_time(130)
    before = commanded.billed["data"]
    for read in (commands.async_refresh(PERSON), commands.async_read(endpoints.RECENT_ALERTS, PERSON)):
        with pytest.raises(HomeAssistantError) as told:
            await wait(read)
        assert told.value.translation_key == "car_unreachable"
    assert commanded.billed["data"] == before
    assert commanded.billed["wake"] == 0


async def test_who_wanted_it_stands_in_the_ledger(hass: HomeAssistant, commanded: Commanded) -> None:
    context = Context()
    hass.bus.async_fire("automation_triggered", {"entity_id": "automation.sun"}, context=context)
    await commanded.send(closures.door_lock(), Context(parent_id=context.id))

    runtime = commanded.account.runtime
    lines = runtime.ledger.month(runtime.clock()).answered
    assert any((line.by, line.what) == ("automation.sun", "door_lock") for line in lines)
    assert commanded.commands.log[-1].by == "automation.sun"
