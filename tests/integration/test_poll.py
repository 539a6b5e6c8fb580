"""When the cloud is asked, what that costs, and what becomes of its answers."""

from itertools import pairwise
import logging
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Field
from custom_components.tesla_direct.tesla.vehicle.signals import connection
from simulator.car.authentication import public_bytes
from simulator.car.car import Car
from simulator.car.keychain import made_up_key
from simulator.cloud.asked import Asked
from simulator.world import World
from tests.home import until

from .account import Account

EVERYTHING = tuple(name for name in Field.keys() if name != "Unknown")  # noqa: SIM118  # an enum, not a mapping
BATTERY = "sensor.battery_level"
STATE = "sensor.vehicle_state"
MINUTE, HOUR = 60.0, 3600.0
BILLED = {"vehicle_data", "wake_up", "recent_alerts", "release_notes", "service_data"}


def times(asked: list[Asked]) -> list[float]:
    """Return the seconds between requests."""
    return [round(later.at - earlier.at, 3) for earlier, later in pairwise(asked)]


def endpoints(asked: Asked) -> set[str]:
    return set(asked.query["endpoints"].split(";"))


def never_sleep(car: Car) -> None:
    car.power.idle_s = 1e9


@pytest.fixture
async def polled(account: Account, car: Car) -> Account:
    """An account with a car that is awake, in use, and does not stream."""
    never_sleep(car)
    car.climate(on=True)
    await account.set_up(car)
    return account


async def pass_in_steps(account: Account, seconds: float, step: float = 30.0) -> None:
    for _ in range(round(seconds / step)):
        await account.later(step)


async def test_a_car_that_does_not_stream_is_looked_at_every_two_minutes_for_free(
    account: Account, world: World, car: Car
) -> None:
    car.sleep()
    await account.set_up(car)
    await pass_in_steps(account, HOUR)

    assert times(world.cloud.requests("vehicles")) == [120.0] * 30
    assert not [asked for asked in world.cloud.requests() if asked.name in BILLED]


async def test_a_car_that_streams_is_looked_at_once_an_hour(streaming: Account, world: World) -> None:
    await pass_in_steps(streaming, 4 * HOUR, 10 * MINUTE)

    assert times(world.cloud.requests("vehicles")) == [HOUR] * 4


async def test_one_car_without_connection_is_enough_to_look_every_two_minutes(
    streaming: Account, world: World
) -> None:
    second = world.add_car("untyped")
    streaming.hass.config_entries.async_update_entry(
        streaming.entry,
        data={
            **streaming.entry.data,
            "vehicles": {**streaming.entry.data["vehicles"], second.vin: "Biscuit"},
        },
    )
    await streaming.hass.async_block_till_done()
    await streaming.quiet()
    looked = len(world.cloud.requests("vehicles"))
    await pass_in_steps(streaming, 12 * MINUTE)

    assert len(world.cloud.requests("vehicles")) == looked + 6


async def test_the_keys_of_cars_are_looked_at_once_a_day(polled: Account, world: World) -> None:
    (car,) = world.cars.values()
    car.pair_key(public_bytes(made_up_key("an application")))
    await pass_in_steps(polled, 48 * HOUR, HOUR)

    assert times(world.cloud.requests("fleet_status")) == [24 * HOUR] * 2
    assert polled.shows(car, "binary_sensor.key_paired") == "off"  # which is to say that it is no problem


async def test_a_look_at_the_keys_that_failed_is_repeated_in_an_hour(
    account: Account, world: World, car: Car
) -> None:
    world.cloud.refuse("fleet_status", "service_unavailable")
    await account.set_up(car)
    world.cloud.accept()
    await pass_in_steps(account, 2 * HOUR, 10 * MINUTE)

    assert times(world.cloud.requests("fleet_status")) == [HOUR]


async def test_a_car_that_is_online_is_fetched_once_at_the_set_up(
    account: Account, world: World, car: Car
) -> None:
    await account.set_up(car)

    (asked,) = world.cloud.requests("vehicle_data")
    assert endpoints(asked) == {
        "charge_state",
        "climate_state",
        "drive_state",
        "location_data",
        "vehicle_config",
        "vehicle_state",
    }
    assert account.shows(car, BATTERY) == "70"
    assert account.state(car, BATTERY).attributes["source"] == "poll"


async def test_what_was_not_granted_is_not_asked_for(account: Account, world: World, car: Car) -> None:
    await account.set_up(car, scopes=("openid", "offline_access", "vehicle_device_data"))

    (asked,) = world.cloud.requests("vehicle_data")
    assert "location_data" not in endpoints(asked)


@pytest.mark.parametrize("state", ["asleep", "offline"])
async def test_a_car_that_sleeps_is_neither_woken_nor_fetched(
    account: Account, world: World, car: Car, state: str
) -> None:
    car.sleep(state)
    await account.set_up(car)
    await pass_in_steps(account, HOUR, 5 * MINUTE)

    assert account.shows(car, STATE) == state
    assert world.cloud.billed() == {"signal": 0, "command": 0, "data": 0, "wake": 0}


async def test_a_car_that_slept_at_the_set_up_is_fetched_when_it_is_awake(
    account: Account, world: World, car: Car
) -> None:
    car.sleep()
    await account.set_up(car)
    car.wake_now()
    await account.later(121)

    assert len(world.cloud.requests("vehicle_data")) == 1
    assert account.shows(car, BATTERY) == "70"


async def test_an_online_car_in_use_is_fetched_every_ten_minutes(polled: Account, world: World) -> None:
    await pass_in_steps(polled, 2 * HOUR)

    assert times(world.cloud.requests("vehicle_data")) == [600.0] * 12


async def test_with_an_interval_of_zero_it_is_fetched_only_rarely(
    account: Account, world: World, car: Car
) -> None:
    never_sleep(car)
    await account.set_up(car, options={"poll_interval": 0})
    await pass_in_steps(account, 13 * HOUR, 10 * MINUTE)

    assert times(world.cloud.requests("vehicle_data")) == [6 * HOUR] * 2


async def test_a_car_that_wakes_is_given_time_to_fall_asleep_again(
    polled: Account, world: World, car: Car
) -> None:
    car.climate(on=False)
    car.sleep()
    await polled.later(121)
    fetched = len(world.cloud.requests("vehicle_data"))
    await pass_in_steps(polled, HOUR)
    for _ in range(3):  # short self-checks
        car.check_itself()
        await pass_in_steps(polled, 2 * MINUTE)
        car.sleep()
        await pass_in_steps(polled, 10 * MINUTE)

    assert len(world.cloud.requests("vehicle_data")) == fetched

    car.wake_now()
    await pass_in_steps(polled, 9 * MINUTE)
    assert len(world.cloud.requests("vehicle_data")) == fetched + 1


async def test_a_parked_car_that_is_left_alone_gets_pauses_to_fall_asleep_in(
    account: Account, world: World, car: Car
) -> None:
    never_sleep(car)
    await account.set_up(car)
    await pass_in_steps(account, 4 * HOUR)

    pauses = times(world.cloud.requests("vehicle_data"))
    assert pauses[:2] == [600.0, 600.0]
    assert all(pause >= 15 * MINUTE + 300 for pause in pauses[2:])
    assert len(pauses) > 5


@pytest.mark.parametrize("how", ["sentry", "climate", "charge", "get_in"])
async def test_a_car_in_use_gets_no_pauses(account: Account, world: World, car: Car, how: str) -> None:
    never_sleep(car)
    getattr(car, how)()
    await account.set_up(car)
    await pass_in_steps(account, 2 * HOUR)

    assert set(times(world.cloud.requests("vehicle_data"))) == {600.0}


async def test_a_car_that_is_used_again_is_fetched_as_before(polled: Account, world: World, car: Car) -> None:
    car.climate(on=False)
    await pass_in_steps(polled, 2 * HOUR)
    car.sentry()
    await pass_in_steps(polled, HOUR)

    assert times(world.cloud.requests("vehicle_data"))[-2:] == [600.0, 600.0]


async def test_a_car_that_streams_is_fetched_rarely_and_only_for_what_it_does_not_stream(
    account: Account, world: World, car: Car
) -> None:
    never_sleep(car)
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await account.connect(car)
    await pass_in_steps(account, 19 * HOUR, 10 * MINUTE)
    asked = world.cloud.requests("vehicle_data")
    assert times(asked) == [6 * HOUR] * 3
    assert "climate_state" in endpoints(asked[-1])  # it streams the temperature inside, and little else of it


async def test_a_car_that_streams_everything_is_never_fetched(
    streaming: Account, world: World, car: Car
) -> None:
    await streaming.connect(car, *EVERYTHING)
    fetched = len(world.cloud.requests("vehicle_data"))
    await pass_in_steps(streaming, 3 * 24 * HOUR, HOUR)

    assert len(world.cloud.requests("vehicle_data")) == fetched


async def test_what_a_car_is_built_of_is_alone_no_reason_to_pay(
    streaming: Account, world: World, car: Car, hass: HomeAssistant
) -> None:
    entity_id = streaming.entity_id(car, "sensor.charge_port_type")
    er.async_get(hass).async_update_entity(entity_id, disabled_by=None)
    await streaming.reload()
    await streaming.connect(car, *(name for name in EVERYTHING if name != "ChargePort"))
    fetched = len(world.cloud.requests("vehicle_data"))
    await pass_in_steps(streaming, 24 * HOUR, HOUR)

    assert streaming.shows(car, "sensor.charge_port_type") == "ccs"
    assert len(world.cloud.requests("vehicle_data")) == fetched


async def test_a_connection_that_is_soon_opened_again_causes_no_fetch(
    streaming: Account, world: World, car: Car
) -> None:
    never_sleep(car)
    await pass_in_steps(streaming, HOUR, 10 * MINUTE)
    fetched = len(world.cloud.requests("vehicle_data"))
    for _ in range(5):
        car.lose_signal()
        await until(lambda: not car.telemetry.connections.open)
        car.regain_signal()
        await pass_in_steps(streaming, 5 * MINUTE)
        await world.advance(40)
        await until(lambda: car.telemetry.connections.open)
        await pass_in_steps(streaming, 20 * MINUTE, 10 * MINUTE)

    assert len(world.cloud.requests("vehicle_data")) == fetched


async def test_a_streamed_fact_that_a_poll_has_told_too_counts_as_streamed(
    streaming: Account, world: World, car: Car
) -> None:
    vehicle = streaming.runtime.vehicles[car.vin]
    await pass_in_steps(streaming, 6 * HOUR + MINUTE, 10 * MINUTE)
    assert "drive_state" in endpoints(world.cloud.requests("vehicle_data")[-1])
    wanted = {signal.name for signal in vehicle.coordinator.wanted if vehicle._is_streamed(signal)}

    assert {"battery_level", "odometer"} <= wanted


async def test_what_streams_is_remembered_over_a_reload(streaming: Account, world: World, car: Car) -> None:
    await streaming.connect(car, *EVERYTHING)
    before = streaming.runtime.vehicles[car.vin].missing()
    await streaming.reload()

    assert streaming.runtime.vehicles[car.vin].missing() == before


async def test_a_connection_that_ends_has_the_cloud_asked_within_its_rhythm(
    streaming: Account, world: World, car: Car
) -> None:
    await pass_in_steps(streaming, 30 * MINUTE, 10 * MINUTE)
    looked = len(world.cloud.requests("vehicles"))
    car.sleep()
    await until(lambda: len(world.cloud.requests("vehicles")) == looked + 1)
    await streaming.quiet()

    assert streaming.shows(car, STATE) == "asleep"
    assert streaming.shows(car, BATTERY) != "unavailable"
    assert streaming.shows(car, "binary_sensor.telemetry_connected") == "off"


async def test_an_online_car_whose_connection_is_gone_is_polled_instead(
    streaming: Account, world: World, car: Car
) -> None:
    never_sleep(car)
    car.climate(on=True)
    fetched = len(world.cloud.requests("vehicle_data"))
    car.stop_streaming()
    await until(lambda: not car.telemetry.connections.open)
    await pass_in_steps(streaming, 31 * MINUTE)

    assert len(world.cloud.requests("vehicle_data")) >= fetched + 2


async def test_an_open_connection_never_causes_a_fetch_however_long_nothing_changes(
    streaming: Account, world: World
) -> None:
    fetched = len(world.cloud.requests("vehicle_data"))
    await pass_in_steps(streaming, 5 * HOUR, 10 * MINUTE)

    assert len(world.cloud.requests("vehicle_data")) == fetched


async def test_a_car_that_cannot_be_reached_is_asleep_and_asked_less_and_less(
    polled: Account, world: World, car: Car
) -> None:
    car.be_flaky(1.0)
    await polled.later(600)
    assert polled.shows(car, STATE) == "asleep"
    assert polled.shows(car, BATTERY) == "70"

    world.cloud.books.asked.clear()
    await pass_in_steps(polled, 24 * HOUR, 5 * MINUTE)
    pauses = times(world.cloud.requests("vehicle_data"))
    assert pauses == sorted(pauses)
    assert len(pauses) < 10


async def test_the_clock_being_set_back_does_not_stop_the_poll(polled: Account, world: World) -> None:
    polled.wall.move(-365 * 24 * HOUR)
    polled.runtime.poll.poke()
    await polled.quiet()
    looked = len(world.cloud.requests("vehicles"))
    await pass_in_steps(polled, HOUR)

    assert len(world.cloud.requests("vehicles")) >= looked + 29


async def test_a_user_can_have_an_online_car_fetched_now(
    polled: Account, world: World, car: Car, hass: HomeAssistant
) -> None:
    await async_setup_component(hass, "homeassistant", {})
    await polled.later(20)
    car.change(inside_c=30.5)
    fetched = len(world.cloud.requests("vehicle_data"))
    await hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": polled.entity_id(car, BATTERY)}, blocking=True
    )
    await hass.async_block_till_done()

    assert len(world.cloud.requests("vehicle_data")) == fetched + 1
    assert polled.shows(car, "sensor.inside_temp") == "30.5"
    causes = {
        cause.value: cost for cause, cost in polled.runtime.ledger.month(polled.wall()).by_cause().items()
    }
    assert causes["user"] == pytest.approx(0.002)


async def test_a_car_that_sleeps_is_not_woken_for_a_user(
    polled: Account, world: World, car: Car, hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    await async_setup_component(hass, "homeassistant", {})
    car.sleep()
    billed = world.cloud.billed()
    await hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": polled.entity_id(car, BATTERY)}, blocking=True
    )
    await hass.async_block_till_done()

    assert world.cloud.billed() == billed
    assert car.state == "asleep"
    assert polled.shows(car, BATTERY) == "70"
    assert "It is not woken for this" in caplog.text
    assert car.vin not in caplog.text


async def test_a_user_who_has_not_granted_it_is_told_so_and_nobody_is_asked(
    account: Account, world: World, car: Car, hass: HomeAssistant
) -> None:
    await async_setup_component(hass, "homeassistant", {})
    await account.set_up(car, scopes=("openid", "offline_access", "vehicle_cmds"))
    world.cloud.books.asked.clear()
    await hass.services.async_call(
        "homeassistant", "update_entity", {"entity_id": account.entity_id(car, STATE)}, blocking=True
    )
    coordinator = account.runtime.vehicles[car.vin].coordinator

    assert isinstance(coordinator.last_exception, HomeAssistantError)
    assert coordinator.last_exception.translation_key == "scope_missing"
    assert not world.cloud.requests()
    assert world.cloud.billed()["data"] == 0


ISSUES = {
    "billing_limit_exceeded": "billing_limit_exceeded",
    "account_locked": "account_locked",
    "missing_scopes": "scope_missing",
}


@pytest.mark.parametrize("refusal", ISSUES)
async def test_what_the_user_has_to_see_to_is_shown_until_it_is_over(
    polled: Account, world: World, car: Car, issue_registry: ir.IssueRegistry, refusal: str
) -> None:
    issue_id = f"{ISSUES[refusal]}_{polled.entry.entry_id}"
    world.cloud.refuse("vehicles", refusal)
    await polled.later(121)
    assert (DOMAIN, issue_id) in issue_registry.issues
    assert polled.shows(car, BATTERY) == "70"

    world.cloud.accept()
    await pass_in_steps(polled, 2 * HOUR, 5 * MINUTE)
    assert issue_registry.issues == {}


async def test_an_application_that_is_not_registered_is_shown_until_it_is(
    polled: Account, world: World, issue_registry: ir.IssueRegistry
) -> None:
    world.cloud.unregister("eu")
    await polled.later(121)
    assert (DOMAIN, f"not_registered_{polled.entry.entry_id}") in issue_registry.issues

    world.cloud.register("eu")
    await polled.later(121)
    assert issue_registry.issues == {}


async def test_an_application_that_is_refused_is_shown_until_it_is_not(
    polled: Account, world: World, issue_registry: ir.IssueRegistry
) -> None:
    world.cloud.refuse(
        "token", 401, body={"error": "unauthorized_client", "error_description": "The client is not known"}
    )
    await polled.later(8 * HOUR)
    assert (DOMAIN, f"application_refused_{polled.entry.entry_id}") in issue_registry.issues

    world.cloud.accept()
    await pass_in_steps(polled, HOUR, 2 * MINUTE)
    assert issue_registry.issues == {}


async def test_a_payment_that_is_asked_for_is_not_taken_for_made_by_a_free_answer(
    polled: Account, world: World, issue_registry: ir.IssueRegistry
) -> None:
    issue_id = f"payment_required_{polled.entry.entry_id}"
    world.cloud.refuse("vehicle_data", "payment_required")
    await polled.later(600)
    assert (DOMAIN, issue_id) in issue_registry.issues
    asked = len(world.cloud.requests("vehicle_data"))
    await pass_in_steps(polled, 5 * HOUR, 2 * MINUTE)
    assert (DOMAIN, issue_id) in issue_registry.issues
    assert len(world.cloud.requests("vehicle_data")) == asked  # each would be billed

    world.cloud.accept()
    await pass_in_steps(polled, 2 * HOUR, 2 * MINUTE)
    assert issue_registry.issues == {}


async def test_at_the_spending_limit_nothing_is_asked_for_a_quarter_of_an_hour(
    polled: Account, world: World
) -> None:
    world.cloud.refuse("*", "billing_limit_exceeded")
    await polled.later(121)
    asked = len(world.cloud.requests())
    await pass_in_steps(polled, 14 * MINUTE)
    assert len(world.cloud.requests()) == asked

    await pass_in_steps(polled, 2 * MINUTE)
    assert len(world.cloud.requests()) == asked + 1


async def test_too_many_requests_are_followed_by_exactly_the_wait_that_was_told(
    polled: Account, world: World
) -> None:
    world.cloud.refuse("vehicles", "rate_limited_plain_text")  # 51499 s
    await polled.later(121)
    asked = len(world.cloud.requests())
    await polled.later(51_490)
    assert len(world.cloud.requests()) == asked

    await polled.later(10)
    assert times(world.cloud.requests("vehicles"))[-1] == 51_500


async def test_the_wait_that_was_told_outlives_a_restart(polled: Account, world: World) -> None:
    world.cloud.refuse("vehicles", "rate_limited_plain_text")
    await polled.later(121)
    asked = len(world.cloud.requests())
    await polled.reload()
    await polled.later(51_000)

    assert len(world.cloud.requests()) == asked


async def test_too_many_fetches_do_not_stop_the_free_looks(polled: Account, world: World, car: Car) -> None:
    world.cloud.refuse("vehicle_data", "rate_limited_plain_text")
    await polled.later(600)
    fetched = len(world.cloud.requests("vehicle_data"))
    car.sleep()
    await pass_in_steps(polled, 4 * MINUTE)
    assert polled.shows(car, STATE) == "asleep"

    car.wake_now()
    world.cloud.accept()
    await pass_in_steps(polled, 12 * HOUR, 10 * MINUTE)
    assert len(world.cloud.requests("vehicle_data")) == fetched


@pytest.mark.parametrize(
    "refusal", ["service_unavailable", "bad_gateway_html", "internal_error", "in_service"]
)
async def test_a_fetch_that_failed_is_repeated_with_growing_pauses(
    polled: Account, world: World, car: Car, refusal: str
) -> None:
    world.cloud.refuse("vehicle_data", refusal)
    await pass_in_steps(polled, 12 * HOUR, 5 * MINUTE)
    pauses = times(world.cloud.requests("vehicle_data"))[1:]
    assert pauses == [900.0, 1800.0, 3600.0, 7200.0, 14400.0]
    assert polled.shows(car, BATTERY) == "70"

    world.cloud.accept()
    await pass_in_steps(polled, 6 * HOUR, 5 * MINUTE)
    assert times(world.cloud.requests("vehicle_data"))[-1] == 600.0


async def test_mobile_access_that_is_switched_off_is_shown_and_not_asked_against(
    polled: Account, world: World, car: Car
) -> None:
    car.change(mobile_access=False)
    await polled.later(600)
    state = polled.runtime.vehicles[car.vin].coordinator.data
    assert state.get(connection.MOBILE_ACCESS) is False
    asked = len(world.cloud.requests("vehicle_data"))
    await pass_in_steps(polled, 5 * HOUR, 10 * MINUTE)
    assert len(world.cloud.requests("vehicle_data")) == asked

    car.change(mobile_access=True)
    await pass_in_steps(polled, 2 * HOUR, 10 * MINUTE)
    assert state.get(connection.MOBILE_ACCESS) is True


ODD: dict[str, Any] = {
    "no object": {"response": []},
    "null": {"response": None},
    "nulls": {"response": dict.fromkeys(("charge_state", "climate_state", "drive_state", "vehicle_state"))},
    "wrong types": {
        "response": {
            "charge_state": {"battery_level": "full", "timestamp": "yesterday", "charging_state": 7},
            "climate_state": [1, 2, 3],
            "drive_state": {"latitude": {}, "longitude": [], "speed": "fast", "shift_state": 9},
            "vehicle_state": {"software_update": 5, "media_info": "none", "odometer": True},
            "vehicle_config": "none",
        }
    },
    "missing": {"response": {}},
    "deep": {"response": {"charge_state": {"battery_level": [[[[[[[[]]]]]]]]}}},
}


@pytest.mark.parametrize("odd", ODD)
async def test_an_odd_answer_crashes_nothing_and_loses_no_entity(
    polled: Account, world: World, car: Car, caplog: pytest.LogCaptureFixture, odd: str
) -> None:
    hass = polled.hass
    entities = {state.entity_id for state in hass.states.async_all()}
    world.cloud.refuse("vehicle_data", 200, body=ODD[odd])
    await polled.later(600)
    await pass_in_steps(polled, 10 * MINUTE)

    assert {state.entity_id for state in hass.states.async_all()} == entities
    assert not [record for record in caplog.records if record.exc_info]
    world.cloud.accept()
    await pass_in_steps(polled, HOUR)
    assert polled.shows(car, BATTERY) == "70"


@pytest.mark.parametrize("how", ["truncated", "empty", "list", "html", "not json"])
async def test_a_spoilt_list_is_a_failed_look_and_nothing_else(
    polled: Account, world: World, car: Car, how: str
) -> None:
    world.cloud.spoil("vehicles", how, times=1)
    await polled.later(121)
    assert polled.shows(car, BATTERY) == "70"

    await polled.later(121)
    assert world.cloud.requests("vehicles")[-1].status == 200
    assert polled.runtime.poll.works


@pytest.mark.parametrize("state", ["driving", None, 5, ""])
async def test_a_state_that_nobody_knows_changes_nothing(
    polled: Account, world: World, car: Car, state: Any
) -> None:
    world.cloud.refuse("vehicles", 200, body={"response": [{**car.row(), "state": state}]})
    await polled.later(121)

    assert polled.shows(car, STATE) == "online"


async def test_three_failed_looks_in_a_row_make_a_car_unavailable_and_one_answer_brings_it_back(
    polled: Account, world: World, car: Car, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    world.cloud.refuse("vehicles", "service_unavailable")
    await polled.later(121)
    await polled.later(121)
    assert polled.shows(car, BATTERY) == "70"
    await polled.later(121)
    assert polled.shows(car, BATTERY) == "unavailable"
    for _ in range(5):
        await polled.later(121)

    world.cloud.accept()
    await polled.later(121)
    assert polled.shows(car, BATTERY) == "70"
    told = [
        record.getMessage() for record in caplog.records if record.name.startswith("custom_components.tesla")
    ]
    assert [text.partition(":")[0] for text in told] == [
        "car 1 (Model 3)",
        "Tesla's cloud does not answer",
        "Tesla's cloud answers again",
        "car 1 (Model 3)",
    ]


async def test_a_car_whose_receiver_works_stays_available_without_the_cloud(
    streaming: Account, world: World, car: Car
) -> None:
    await world.cloud.down()
    for _ in range(4):
        await streaming.later(HOUR + 1)
    assert streaming.runtime.poll.works is False
    assert streaming.shows(car, BATTERY) != "unavailable"

    car.sleep()
    for _ in range(4):
        await streaming.later(121)
    assert streaming.shows(car, BATTERY) != "unavailable"


async def test_a_login_that_expired_keeps_the_entry_and_asks_the_user_once(
    polled: Account, world: World, hass: HomeAssistant
) -> None:
    world.cloud.expire_login()
    await polled.later(121)
    asked = len(world.cloud.requests("token"))
    await pass_in_steps(polled, 5 * HOUR, 10 * MINUTE)

    flows = hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert [flow["context"]["source"] for flow in flows] == ["reauth"]
    assert polled.loaded
    assert len(world.cloud.requests("token")) == asked


async def test_a_cloud_that_refuses_good_tokens_asks_nobody_to_sign_in_and_heals(
    polled: Account, world: World, hass: HomeAssistant
) -> None:
    world.cloud.refuse("vehicles", "token_invalid")
    renewed = len(world.cloud.requests("token"))
    await pass_in_steps(polled, 5 * HOUR, 2 * MINUTE)

    assert not hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    assert len(world.cloud.requests("token")) - renewed < 8  # each refusal doubles the pause

    world.cloud.accept()
    await pass_in_steps(polled, 6 * HOUR, 10 * MINUTE)
    assert world.cloud.requests("vehicles")[-1].status == 200
    assert polled.runtime.poll.works
