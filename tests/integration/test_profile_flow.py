"""What cars stream, as a part of the tour: what becomes of it for each car, and what is said of that."""

from itertools import product
from typing import Any

import pytest

from custom_components.tesla_direct.profile_sending import REFUSALS, Outcome, async_told
from custom_components.tesla_direct.tesla.fleet_api.budget import Settings
from custom_components.tesla_direct.tesla.fleet_telemetry.profile import HEARTBEAT, Selection
from custom_components.tesla_direct.tesla.source.config_state import ConfigState, Phase, Reason
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power
from simulator.car.car import Car
from simulator.world import World
from tests.home import until

from .account import Account
from .dialogue import Dialogue
from .waited import progressed

PUSH = "fleet_telemetry_config_jws"


@pytest.fixture
async def reachable(account: Account, car: Car) -> Account:
    """An account with a port, whose car is awake, knows the key, and was told nothing yet."""
    car.power.idle_s = 1e9
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    return account


async def choose(account: Account, dialogue: Dialogue, profile: str = "standard") -> Any:
    """Go through the part until something has become of it; return what the dialogue shows then."""
    await dialogue.reconfigure(account.entry, "profile")
    await answer(account, dialogue, profile=profile)
    return dialogue.step


async def answer(account: Account, dialogue: Dialogue, **values: Any) -> None:
    await dialogue.answer(**values)
    if dialogue.step["type"] == "progress":
        await progressed(account, dialogue)


def said(dialogue: Dialogue, car: Car) -> str:
    """Return what the page says of a car."""
    lines: str = dialogue.step["description_placeholders"]["cars"]
    (line,) = [one for one in lines.split("\n") if one.startswith(f"- **{car.model.name}**: ")]
    return line.partition(": ")[2]


def unfinished(account: Account) -> list[str]:
    return list(account.entry.data.get("unfinished", ()))


def leave_unfinished(account: Account, part: str) -> None:
    account.hass.config_entries.async_update_entry(
        account.entry, data={**account.entry.data, "unfinished": [part]}
    )


async def test_one_click_and_the_car_has_it(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    assert (await choose(reachable, dialogue))["reason"] == "profile_synced"

    assert car.told is not None
    assert HEARTBEAT in car.told.fields
    assert len(world.cloud.requests(PUSH)) == 1
    assert "profile" not in unfinished(reachable)


async def test_in_the_tour_it_is_one_click(reachable: Account, dialogue: Dialogue, car: Car) -> None:
    leave_unfinished(reachable, "profile")
    await dialogue.reconfigure(reachable.entry, "tour")
    assert dialogue.step["step_id"] == "profile"
    await answer(reachable, dialogue, profile="standard")

    assert dialogue.step["reason"] == "tour_done"
    assert car.told is not None
    assert unfinished(reachable) == []


async def test_the_tour_names_what_is_missing_where_it_was_left(
    reachable: Account, dialogue: Dialogue
) -> None:
    leave_unfinished(reachable, "profile")
    await dialogue.reconfigure(reachable.entry, "tour")
    await answer(reachable, dialogue, profile="later")

    assert dialogue.step["step_id"] == "tour_done"
    assert dialogue.step["menu_options"] == ["profile", "tour_later"]


async def test_the_part_can_be_left_for_later(reachable: Account, dialogue: Dialogue, world: World) -> None:
    assert (await choose(reachable, dialogue, "later"))["reason"] == "profile_not_chosen"

    assert unfinished(reachable) == ["profile"]
    assert "telemetry" not in reachable.entry.options
    assert world.cloud.requests(PUSH) == []


async def test_a_car_that_sleeps_is_told_when_it_is_awake_and_is_not_woken(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    car.sleep()
    await reachable.pass_time(121)
    step = await choose(reachable, dialogue)
    assert step["step_id"] == "profile_sent"
    assert step["menu_options"] == ["profile_done", "profile_send", "profile_signal"]
    assert "asleep" in said(dialogue, car)
    assert world.cloud.requests("wake_up") == []

    await answer(reachable, dialogue, next_step_id="profile_send")
    assert len(world.cloud.requests(PUSH)) == 1  # it is there; only the car has not fetched it
    await answer(reachable, dialogue, next_step_id="profile_done")
    assert dialogue.step["reason"] == "profile_ready"
    assert unfinished(reachable) == []


async def test_a_car_that_takes_its_time_is_waited_for_a_minute(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    car.slow_sync(600)
    begun = reachable.wall()
    await choose(reachable, dialogue)
    assert 60 <= reachable.wall() - begun < 90
    assert "some minutes" in said(dialogue, car)

    await dialogue.look()
    assert "some minutes" in said(dialogue, car)  # the page is the same when it is loaded anew
    await reachable.pass_time(601)
    await answer(reachable, dialogue, next_step_id="profile_send")
    assert dialogue.step["reason"] == "profile_synced"
    assert len(world.cloud.requests(PUSH)) == 1


async def test_a_car_that_does_not_know_the_key_is_named_and_sent_it_once_it_does(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    key = (await reachable.shared()).key.key
    assert key is not None
    car.forget_key(key.public)
    step = await choose(reachable, dialogue)
    assert step["menu_options"] == ["profile_send", "profile", "profile_signal", "profile_later"]
    assert "Pair it" in said(dialogue, car)

    car.pair_key(key.public)
    await answer(reachable, dialogue, next_step_id="profile_send")
    assert dialogue.step["reason"] == "profile_synced"


@pytest.mark.parametrize(
    ("kind", "text"), [("old", "cannot stream"), ("ancient", "firmware is too old")], ids=str
)
async def test_a_car_that_cannot_stream_or_not_yet_is_told_apart(
    account: Account, dialogue: Dialogue, world: World, kind: str, text: str
) -> None:
    car = world.add_car("old") if kind == "old" else world.add_car("half", firmware="2023.12.1")
    car.power.idle_s = 1e9
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    step = await choose(account, dialogue)
    if kind == "old":  # that is final, and no trouble
        assert step["reason"] == "profile_synced"
        assert account.runtime.streaming.state(car.vin).phase.value == "impossible"
        await dialogue.reconfigure(account.entry, "profile")
        assert dialogue.step["reason"] == "profile_impossible"
    else:
        assert text in said(dialogue, car)
        assert "profile_later" in step["menu_options"]


async def test_a_car_without_room_is_named(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    car.fill_applications(5)
    await choose(reachable, dialogue)

    assert "already streams to" in said(dialogue, car)


async def test_a_reason_that_nobody_knows_is_shown_as_tesla_says_it(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    body = {"response": {"updated_vehicles": 0, "skipped_vehicles": {"wrong_moon": [car.vin]}}}
    world.cloud.refuse(PUSH, 200, body=body)
    await choose(reachable, dialogue)

    assert "wrong moon" in said(dialogue, car)


async def test_a_car_whose_owner_has_to_allow_it_first_is_named(
    account: Account, dialogue: Dialogue, world: World
) -> None:
    car = world.add_car("atom")
    car.power.idle_s = 1e9
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await choose(account, dialogue)
    assert "Third-Party" in said(dialogue, car)

    car.set_streaming_toggle(on=True)
    await answer(account, dialogue, next_step_id="profile_send")
    assert dialogue.step["reason"] == "profile_synced"


async def test_whatever_becomes_of_it_there_are_words_for_it(reachable: Account, car: Car) -> None:
    for phase, reason in product(Phase, [None, *Reason]):
        outcomes = {car.vin: Outcome(state=ConfigState(phase=phase, reason=reason), awake=True)}
        told = await async_told(reachable.hass, reachable.entry, outcomes)

        assert told.startswith(f"- **{car.model.name}**: ")
        assert "{" not in told
        assert "_" not in told


async def test_fields_that_tesla_refuses_are_left_out_one_after_the_other_and_named(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    world.cloud.refuse(PUSH, 400, body={"response": None, "error": "Unknown field InsideTemp"}, times=1)
    step = await choose(reachable, dialogue)
    assert step["menu_options"][0] == "profile_done"
    assert "InsideTemp" in said(dialogue, car)
    assert car.told is not None
    assert "InsideTemp" not in car.told.fields

    await answer(reachable, dialogue, next_step_id="profile_signal")
    assert "Refused by Tesla: InsideTemp" in dialogue.step["description_placeholders"]["lists"]
    await answer(reachable, dialogue, signal="InsideTemp")
    assert "Tesla refuses it" in dialogue.step["description_placeholders"]["now"]


async def test_when_tesla_refuses_one_field_after_the_other_it_is_not_asked_for_ever(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    fields = sorted(reachable.runtime.streaming.wished_with(car.vin, Selection()).paces)[: REFUSALS + 1]
    for name in fields:
        body = {"response": None, "error": f"Unknown field {name}"}
        world.cloud.refuse(PUSH, 400, body=body, times=1)
    step = await choose(reachable, dialogue)
    assert len(world.cloud.requests(PUSH)) == len(fields)
    assert "profile_later" in step["menu_options"]
    assert said(dialogue, car).startswith("Tesla refuses it.")


async def test_a_refusal_names_category_and_fields(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    error = "Fields of category Driving are not allowed: Odometer"
    world.cloud.refuse(PUSH, 400, body={"response": None, "error": error})
    await choose(reachable, dialogue)

    assert "Category: Driving" in said(dialogue, car)
    assert "Odometer" in said(dialogue, car)
    await answer(reachable, dialogue, next_step_id="profile_later")
    assert dialogue.step["reason"] == "profile_put_off"
    assert unfinished(reachable) == []  # what is in the way is told by a notice of its own
    assert reachable.entry.options["telemetry"]["profile"] == "standard"


async def test_what_tesla_finds_fault_with_as_a_whole_is_said(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    world.cloud.refuse(PUSH, 400, body={"response": None, "error": "total transfer rate too high"})
    await choose(reachable, dialogue)

    assert said(dialogue, car).startswith("Tesla refuses it.")
    assert len(world.cloud.requests(PUSH)) == 1


@pytest.mark.parametrize("endpoint", ["fleet_telemetry_config", PUSH])
async def test_a_cloud_that_fails_is_said_and_tried_again(
    reachable: Account, dialogue: Dialogue, world: World, car: Car, endpoint: str
) -> None:
    world.cloud.refuse(endpoint, "service_unavailable")
    step = await choose(reachable, dialogue)
    assert "profile_later" in step["menu_options"]
    assert said(dialogue, car)

    world.cloud.accept()
    await answer(reachable, dialogue, next_step_id="profile_send")
    assert dialogue.step["reason"] == "profile_synced"


async def test_a_look_that_fails_while_it_waits_is_no_trouble(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    car.slow_sync(20)
    await dialogue.reconfigure(reachable.entry, "profile")
    await dialogue.answer(profile="standard")
    await until_pushed(reachable, world)
    world.cloud.refuse("fleet_telemetry_config", "service_unavailable", times=2)
    await progressed(reachable, dialogue)

    assert dialogue.step["reason"] == "profile_synced"


async def sending(account: Account, dialogue: Dialogue, world: World, car: Car) -> None:
    """Begin to send to a car that takes its time."""
    car.slow_sync(20)
    await dialogue.reconfigure(account.entry, "profile")
    await dialogue.answer(profile="standard")
    await until_pushed(account, world)


async def test_an_account_that_is_loaded_anew_meanwhile_is_followed_on(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    await sending(reachable, dialogue, world, car)
    await reachable.hass.config_entries.async_reload(reachable.entry.entry_id)
    await progressed(reachable, dialogue)

    assert dialogue.step["reason"] == "profile_synced"
    assert len(world.cloud.requests(PUSH)) == 1


async def test_an_account_that_stops_while_a_car_is_waited_for_is_said_to(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    await sending(reachable, dialogue, world, car)
    await reachable.hass.config_entries.async_unload(reachable.entry.entry_id)
    await progressed(reachable, dialogue)

    assert dialogue.step["reason"] == "not_loaded"


async def test_of_a_car_that_is_removed_while_it_is_waited_for_nothing_is_said(
    account: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    sold = world.add_car("untyped")
    port = await account.make_port()
    for one in (car, sold):
        one.power.idle_s = 1e9
    await account.set_up(car, sold, receiver=port)
    sold.slow_sync(600)
    await sending(account, dialogue, world, car)
    await until(lambda: len(world.cloud.requests(PUSH)) == 2)
    data = {**account.entry.data, "vehicles": {car.vin: ""}, "left_out": [sold.vin]}
    account.hass.config_entries.async_update_entry(account.entry, data=data)
    await progressed(account, dialogue)

    assert dialogue.step["reason"] == "profile_synced"


async def test_what_was_chosen_stands_though_the_browser_was_closed(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    leave_unfinished(reachable, "profile")
    await sending(reachable, dialogue, world, car)
    reachable.hass.config_entries.flow.async_abort(dialogue.step["flow_id"])
    await reachable.quiet()

    assert unfinished(reachable) == []
    assert reachable.entry.options["telemetry"]["profile"] == "standard"


async def test_a_car_of_which_nothing_is_known_yet_is_waited_for(
    account: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    car.power.idle_s = 1e9
    world.cloud.refuse("vehicles", "service_unavailable")
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    assert account.runtime.vehicles[car.vin].power is Power.UNKNOWN
    car.slow_sync(20)

    assert (await choose(account, dialogue))["reason"] == "profile_synced"


async def test_an_account_without_cars_has_nobody_to_tell(
    account: Account, dialogue: Dialogue, world: World
) -> None:
    await account.set_up(receiver=await account.make_port())
    await dialogue.reconfigure(account.entry, "profile")

    assert dialogue.step["reason"] == "profile_no_cars"


async def until_pushed(account: Account, world: World) -> None:
    await until(lambda: world.cloud.requests(PUSH))


async def test_a_budget_that_is_used_up_is_said(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    reachable.runtime.meter.async_configure(Settings(currency="EUR", budget=0.0, discount=0.0))
    step = await choose(reachable, dialogue)

    assert "budget" in said(dialogue, car)
    assert "profile_later" in step["menu_options"]
    assert world.cloud.requests(PUSH) == []


async def test_another_profile_can_be_chosen_after_a_refusal(
    reachable: Account, dialogue: Dialogue, world: World
) -> None:
    world.cloud.refuse(PUSH, "service_unavailable")
    await choose(reachable, dialogue, "detailed")
    world.cloud.accept()
    await answer(reachable, dialogue, next_step_id="profile")
    assert dialogue.step["step_id"] == "profile"
    await answer(reachable, dialogue, profile="economical")

    assert dialogue.step["reason"] == "profile_synced"
    assert reachable.entry.options["telemetry"]["profile"] == "economical"


async def test_of_several_cars_each_is_told_what_became_of_it(
    account: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    sleeper = world.add_car("untyped")
    car.power.idle_s = 1e9
    port = await account.make_port()
    await account.set_up(car, sleeper, receiver=port)
    sleeper.sleep()
    await account.pass_time(121)
    await choose(account, dialogue)

    assert said(dialogue, car) == "has it, and streams."
    assert "asleep" in said(dialogue, sleeper)


async def test_a_car_whose_entities_are_all_off_is_sent_nothing(
    reachable: Account, dialogue: Dialogue, world: World, car: Car
) -> None:
    coordinator = reachable.runtime.vehicles[car.vin].coordinator
    for key in tuple(coordinator._listeners):
        coordinator._async_remove_listener(key)
    await choose(reachable, dialogue)

    assert said(dialogue, car) == "nothing is to be sent: no entity that shows a signal is switched on."


async def test_an_account_that_stops_in_between_is_said_to(
    reachable: Account, dialogue: Dialogue, world: World
) -> None:
    world.cloud.refuse(PUSH, "service_unavailable")
    await choose(reachable, dialogue)
    await reachable.hass.config_entries.async_unload(reachable.entry.entry_id)
    await answer(reachable, dialogue, next_step_id="profile_send")

    assert dialogue.step["reason"] == "not_loaded"


async def test_without_a_port_the_part_says_so(account: Account, dialogue: Dialogue, car: Car) -> None:
    await account.set_up(car)
    await dialogue.reconfigure(account.entry, "profile")

    assert dialogue.step["reason"] == "profile_no_port"
