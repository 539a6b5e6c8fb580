"""What the car, or Tesla, is asked: what is answered, and what that costs."""

from typing import Any

from homeassistant.helpers import entity_registry as er

from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .actions import Caller, executed
from .restart import restarted


def data_requests(world: World) -> list[set[str]]:
    """Return the parts that were fetched, of each fetch."""
    return [set(asked.query["endpoints"].split(";")) for asked in world.cloud.requests("vehicle_data")]


async def test_what_is_shown_is_fetched_anew(caller: Caller, car: Car, world: World) -> None:
    before = len(data_requests(world))
    car.body.charge_limit_percent = 63
    answer = await caller.ask("refresh", car)

    assert answer == {"fetched": True}
    assert len(data_requests(world)) == before + 1
    assert caller.account.shows(car, "number.charge_limit") == "63"
    assert executed(car) == []


async def test_only_the_parts_that_are_named_are_fetched(caller: Caller, car: Car, world: World) -> None:
    await caller.call("refresh", car, endpoints=["climate_state", "charge_state"])
    await caller.call("refresh", car, endpoints="vehicle_config")

    assert data_requests(world)[-2:] == [{"charge_state", "climate_state"}, {"vehicle_config"}]


async def test_data_that_are_young_enough_are_not_paid_for_again(
    caller: Caller, car: Car, world: World
) -> None:
    await caller.call("refresh", car, endpoints=["climate_state", "charge_state"])
    paid = len(data_requests(world))

    assert await caller.ask("refresh", car, endpoints="climate_state", max_age=60) == {"fetched": False}
    caller.account.wall.move(60)
    assert await caller.ask("refresh", car, endpoints="climate_state", max_age=60) == {"fetched": False}
    assert len(data_requests(world)) == paid
    # One of the two was never fetched, or not lately enough.
    gui = ["climate_state", "gui_settings"]
    assert await caller.ask("refresh", car, endpoints=gui, max_age=3600) == {"fetched": True}
    caller.account.wall.move(61)
    assert await caller.ask("refresh", car, endpoints="climate_state", max_age=60) == {"fetched": True}
    assert len(data_requests(world)) == paid + 2


async def test_how_old_data_are_is_known_after_a_restart(caller: Caller, car: Car, world: World) -> None:
    await caller.call("refresh", car, endpoints="climate_state")
    paid = len(data_requests(world))
    async with restarted(caller.account) as again:
        answer = await Caller(again).ask("refresh", car, endpoints="climate_state", max_age=3600)

    assert answer == {"fetched": False}
    assert len(data_requests(world)) == paid


async def test_where_nothing_is_shown_nothing_is_asked_for(
    streaming: Account, car: Car, world: World
) -> None:
    registry = er.async_get(streaming.hass)
    for entry in er.async_entries_for_config_entry(registry, streaming.entry.entry_id):
        registry.async_update_entity(entry.entity_id, disabled_by=er.RegistryEntryDisabler.USER)
    await streaming.reload()
    await streaming.connect(car)
    paid = len(data_requests(world))

    assert await Caller(streaming).ask("refresh", car) == {"fetched": False}
    assert len(data_requests(world)) == paid


async def test_a_sleeping_car_is_neither_woken_nor_paid_for(caller: Caller, car: Car, world: World) -> None:
    car.sleep()
    caller.account.wall.move(600)
    before = world.cloud.billed()
    for action in ("refresh", "get_schedules", "nearby_charging", "recent_alerts", "release_notes"):
        said = await caller.fails(action, car, key="car_unreachable", response=True)
        assert "asleep" in said

    assert world.cloud.billed() == before
    assert not car.power.awake


async def test_chargers_nearby_are_listed(caller: Caller, car: Car, world: World) -> None:
    answer = await caller.ask("nearby_charging", car, count=5, radius=30, detail=True)
    (asked,) = world.cloud.requests("nearby_charging_sites")

    assert answer["superchargers"][0]["name"] == "Gallions Reach, GB"
    assert answer["destination_charging"][0]["distance_miles"] == 0.6
    assert asked.query == {"count": "5", "radius": "30", "detail": "true"}
    assert world.cloud.billed(car.vin)["data"] == len(data_requests(world)) / 2 + 1


async def test_what_is_not_said_is_not_asked(caller: Caller, car: Car, world: World) -> None:
    await caller.ask("nearby_charging", car)
    (asked,) = world.cloud.requests("nearby_charging_sites")

    assert asked.query == {}


async def test_alerts_are_listed(caller: Caller, car: Car) -> None:
    car.raise_alert("VCFRONT_a192_washerFluidLow")
    answer = await caller.ask("recent_alerts", car)

    assert [alert["name"] for alert in answer["recent_alerts"]] == ["VCFRONT_a192_washerFluidLow"]


async def test_release_notes_are_taken_out_of_their_envelopes(caller: Caller, car: Car, world: World) -> None:
    answer = await caller.ask("release_notes", car, staged=True, language="de")
    (asked,) = world.cloud.requests("release_notes")

    assert answer["release_notes"][0]["title"] == "Minor fixes"
    assert answer["deployed_version"] == car.body.firmware
    assert asked.query == {"staged": "true", "language": "de"}


async def test_options_and_readiness_are_asked_of_a_sleeping_car_too(
    caller: Caller, car: Car, world: World
) -> None:
    car.sleep()
    options = await caller.ask("vehicle_options", car)
    status = await caller.ask("fleet_status", car)

    assert options["codes"][0]["code"] == "$MDL3"
    assert status == {
        "key_paired": True,
        "firmware_version": car.body.firmware,
        "vehicle_command_protocol_required": True,
        "discounted_device_data": False,
        "fleet_telemetry_version": car.model.client,
        "total_number_of_keys": len(car.keychain),
        "safety_screen_streaming_toggle_enabled": None,
    }
    assert not car.power.awake
    assert world.cloud.billed()["wake"] == 0


async def test_each_of_two_cars_answers_for_itself(caller: Caller, car: Car, second: Car) -> None:
    answers = await caller.call("fleet_status", car, second, response=True)

    firmware = {device: answer["firmware_version"] for device, answer in answers.items()}
    assert firmware == {caller.device_id(one): one.body.firmware for one in (car, second)}
    assert not [key for key in answers if key in (car.vin, second.vin)]


async def test_a_car_of_which_the_cloud_says_nothing_has_no_status(
    caller: Caller, car: Car, world: World
) -> None:
    world.cloud.account.cars.remove(car)
    answer = await caller.ask("fleet_status", car)

    assert answer["key_paired"] is False
    assert answer["firmware_version"] is None


async def test_an_answer_that_makes_no_sense_is_told(caller: Caller, car: Car, world: World) -> None:
    world.cloud.spoil("recent_alerts", "truncated")
    await caller.fails("recent_alerts", car, key="answer_unreadable", response=True)


async def test_a_place_that_was_not_granted_is_not_asked_for(account: Account, car: Car) -> None:
    scopes = ("openid", "offline_access", "vehicle_device_data", "vehicle_cmds")
    car.power.idle_s = 1e9
    await account.set_up(car, scopes=scopes)
    caller = Caller(account)
    await caller.refuses("refresh", car, key="location_not_granted", endpoints=["location_data"])
    await caller.refuses("nearby_charging", car, key="location_not_granted", response=True)
    await caller.call("refresh", car, endpoints=["drive_state"])
    await caller.fails("charging_history", car, key="scope_missing", response=True)

    assert not account.world.cloud.requests("charging_history")


async def test_what_makes_no_sense_is_refused(caller: Caller, car: Car) -> None:
    nonsense: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("refresh", {"endpoints": ["charge"]}, "not_some_of"),
        ("refresh", {"endpoints": []}, "not_some_of"),
        ("refresh", {"max_age": -1}, "not_in_range"),
        ("refresh", {"max_age": "00:05:00"}, "not_in_range"),
        ("get_schedules", {"max_age": 604_801}, "not_in_range"),
        ("nearby_charging", {"count": 0}, "not_whole_in_range"),
        ("nearby_charging", {"radius": 501}, "not_whole_in_range"),
        ("nearby_charging", {"detail": "yes"}, "not_a_flag"),
        ("release_notes", {"language": []}, "not_a_text"),
        ("release_notes", {"language": "e" * 21}, "not_a_text"),
        ("recent_alerts", {"max_age": 5}, "unknown_parameter"),
        ("fleet_status", {"over_budget": True}, "unknown_parameter"),
    )
    for action, data, key in nonsense:
        await caller.refuses(action, car, key=key, response=True, **data)
