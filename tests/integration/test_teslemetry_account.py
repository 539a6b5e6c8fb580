"""An account with Teslemetry from the tour to its end: pairing, what cars stream, credits, leaving."""

from dataclasses import replace
from typing import Any

from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.account_entity import account_identifier
from custom_components.tesla_direct.const import CONF_TELEMETRY, DOMAIN
from custom_components.tesla_direct.tesla.fleet_telemetry.profile import Profile, Selection
from custom_components.tesla_direct.tesla.source.config_state import Phase
from simulator.car.car import Car
from simulator.teslemetry.service import PAIRING, UID, Teslemetry
from simulator.world import World
from tests.home import until

from .account import Account
from .dialogue import Dialogue
from .kept import Kept
from .subscriber import Subscriber
from .waited import progressed

CHOSEN = {CONF_TELEMETRY: Selection().to_json()}


@pytest.fixture
async def service(world: World, car: Car) -> Teslemetry:
    car.power.idle_s = 1e9
    return await world.open_teslemetry()


@pytest.fixture
def subscriber(account: Account, service: Teslemetry) -> Subscriber:
    """An account that is not set up yet."""
    return Subscriber(account, service)


def state_of(subscriber: Subscriber, key: str) -> str:
    registry = er.async_get(subscriber.hass)
    entity_id = registry.async_get_entity_id("sensor", DOMAIN, f"{UID}-{key}")
    assert entity_id is not None
    state = subscriber.hass.states.get(entity_id)
    assert state is not None
    return state.state


# The tour, and pairing.


async def test_the_tour_has_two_parts_and_leads_through_both(
    account: Account, dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    await account.shared()
    await dialogue.begin()
    await dialogue.answer(next_step_id="teslemetry")
    await dialogue.answer(next_step_id="teslemetry_server")
    await dialogue.answer(address=service.base)
    await dialogue.answer(next_step_id="teslemetry_token")
    await dialogue.answer(token=service.token)
    await dialogue.answer(vehicles=[car.vin])
    (account.entry,) = account.hass.config_entries.async_entries(DOMAIN)
    assert account.entry.data["unfinished"] == ["pairing", "profile"]
    await dialogue.follow()
    await dialogue.progress()

    assert dialogue.step["step_id"] == "pairing_other"
    told = dialogue.step["description_placeholders"]
    assert told["link"] == PAIRING[0]
    assert PAIRING[1] in told["elsewhere"]
    assert service.pair(car.vin, told["link"]) == "paired"
    await dialogue.answer()
    await account.wait_for(dialogue.progress())

    assert dialogue.step["step_id"] == "profile_service"
    assert "| 0 |" in dialogue.step["description_placeholders"]["table"]
    await dialogue.answer(profile="standard")
    await progressed(account, dialogue)
    assert dialogue.step["step_id"] == "profile_sent"  # there is a field that the service does not know
    await dialogue.answer(next_step_id="profile_done")
    assert dialogue.step["reason"] == "tour_done"
    assert account.entry.data["unfinished"] == []
    assert service.requests("config_replace")


async def test_a_car_that_is_not_paired_in_time_can_be_put_off(
    subscriber: Subscriber, dialogue: Dialogue, car: Car
) -> None:
    await subscriber.set_up(car)
    await dialogue.reconfigure(subscriber.account.entry, "pairing")
    await dialogue.progress()
    await dialogue.answer()
    await subscriber.account.wait_for(dialogue.progress())
    assert dialogue.step["step_id"] == "pairing_failed"
    assert dialogue.step["menu_options"] == ["pairing_wait", "pairing_other", "pairing_skip"]

    await dialogue.answer(next_step_id="pairing_other")
    assert dialogue.step["step_id"] == "pairing_other"
    await dialogue.answer()
    await subscriber.account.wait_for(dialogue.progress())
    await dialogue.answer(next_step_id="pairing_skip")
    assert dialogue.step["reason"] == "pairing_later"
    assert subscriber.account.entry.data["unfinished"] == ["pairing"]


async def test_a_service_that_does_not_say_is_told_on_the_page(
    subscriber: Subscriber, dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    await subscriber.set_up(car)
    service.refuse("metadata", 503)
    await dialogue.reconfigure(subscriber.account.entry, "pairing")
    await dialogue.progress()
    assert dialogue.step["step_id"] == "pairing_other"  # what it said before counts
    await dialogue.answer()
    await subscriber.account.wait_for(dialogue.progress())
    assert dialogue.step["step_id"] == "pairing_failed"


async def test_cars_that_need_nothing_are_not_asked_about(
    subscriber: Subscriber, dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    service.pair(car.vin)
    await subscriber.set_up(car)
    await dialogue.reconfigure(subscriber.account.entry, "pairing")
    await dialogue.progress()

    assert dialogue.step["reason"] == "pairing_no_lack"


async def test_where_only_lacks_are_told_nobody_promises_that_the_key_is_there(
    subscriber: Subscriber, dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    service.pair(car.vin)
    await subscriber.set_up(car, unfinished=["pairing", "profile"])
    await dialogue.reconfigure(subscriber.account.entry, "tour")
    await dialogue.progress()
    assert dialogue.step["step_id"] == "profile_service"
    await dialogue.answer(profile="later")

    assert dialogue.step["step_id"] == "tour_done"
    stands = dialogue.step["description_placeholders"]["done"].splitlines()
    assert "- The service names no car that lacks its key." in stands
    assert "- Your cars know the key." not in stands


async def test_the_notice_of_a_car_without_the_key_leads_to_the_service_s_link(
    subscriber: Subscriber,
    dialogue: Dialogue,
    service: Teslemetry,
    car: Car,
    issue_registry: ir.IssueRegistry,
) -> None:
    await subscriber.set_up(car)
    (issue,) = [one for one in issue_registry.issues.values() if one.translation_key == "key_not_paired"]
    await dialogue.begin_repair(issue)
    assert dialogue.step["step_id"] == "pair_other"
    assert dialogue.step["description_placeholders"]["link"] == PAIRING[0]

    await dialogue.answer_repair()
    assert dialogue.errors == {"base": "not_paired_yet"}
    service.pair(car.vin, PAIRING[1])
    await dialogue.answer_repair()
    assert dialogue.step["type"] == "create_entry"
    assert subscriber.notices() == set()


async def test_the_notice_s_page_ends_with_the_entry(
    subscriber: Subscriber, dialogue: Dialogue, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    await subscriber.set_up(car)
    (issue,) = [one for one in issue_registry.issues.values() if one.translation_key == "key_not_paired"]
    await dialogue.begin_repair(issue)
    await subscriber.hass.config_entries.async_unload(subscriber.account.entry.entry_id)
    await dialogue.answer_repair()

    assert dialogue.step["reason"] == "not_loaded"


# What cars stream.


async def paired(subscriber: Subscriber, car: Car, **more: Any) -> None:
    subscriber.service.pair(car.vin)
    await subscriber.set_up(car, **more)


async def test_what_is_chosen_is_sent_without_a_key_or_a_port_of_ours(
    subscriber: Subscriber, dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    await paired(subscriber, car)
    await dialogue.begin_options(subscriber.account.entry, "telemetry")
    await dialogue.answer_options(next_step_id="profile")
    assert dialogue.step["step_id"] == "profile_service"
    assert "0.00" not in str(dialogue.step["data_schema"].schema)
    await dialogue.answer_options(profile="detailed")
    await progressed(subscriber.account, dialogue, "options")

    assert dialogue.step["step_id"] == "profile_sent"  # there is a field that the service does not know
    sent = service.requests("config_replace")[-1]
    assert "BatteryLevel" in sent.json["fields"]
    assert Selection.from_json(subscriber.account.entry.options[CONF_TELEMETRY]).profile is Profile.DETAILED


async def test_fields_of_one_s_own_cost_nothing_either(
    subscriber: Subscriber, dialogue: Dialogue, car: Car
) -> None:
    await paired(subscriber, car)
    await dialogue.reconfigure(subscriber.account.entry, "profile")
    await dialogue.answer(profile="own")
    await dialogue.answer(fields=["Soc", "VehicleSpeed"])

    assert dialogue.step["step_id"] == "profile_confirm"
    assert "| 0 |" in dialogue.step["description_placeholders"]["table"]


async def test_what_is_shown_is_streamed_and_sent_again_where_somebody_takes_it_away(
    subscriber: Subscriber, service: Teslemetry, world: World, car: Car
) -> None:
    await paired(subscriber, car, options=CHOSEN)
    kept = Kept(subscriber.account)
    await kept.gathered()
    assert kept.streaming.state(car.vin).phase is Phase.SYNCED
    assert service.office.feed(car).config
    await until(lambda: subscriber.account.runtime.vehicles[car.vin].connected)
    await world.advance(5)
    await until(lambda: subscriber.account.shows(car, "sensor.battery_level") != "unknown")
    sent = len(service.requests("config_replace"))

    service.office.feed(car).order(None)
    subscriber.account.runtime.streaming.async_read_again()
    await kept.later(7200, 600)
    assert len(service.requests("config_replace")) > sent
    assert not (await subscriber.account.shared()).key.key  # nothing was to be signed


async def test_what_somebody_else_changes_is_read_again(
    subscriber: Subscriber, service: Teslemetry, car: Car
) -> None:
    await paired(subscriber, car, options=CHOSEN)
    before = len(service.requests("config"))
    service.say_event(
        {
            "vin": car.vin,
            "createdAt": service.office.dialect.stamp(subscriber.account.wall()),
            "config": {"fields": {"Soc": {"interval_seconds": 60}}},
        }
    )
    await until(lambda: len(service.requests("config")) > before)


async def test_what_may_have_changed_while_nobody_listened_is_read_again(
    subscriber: Subscriber, service: Teslemetry, car: Car
) -> None:
    await paired(subscriber, car, options=CHOSEN)
    begun, before = len(service.requests("sse")), len(service.requests("config"))
    service.end_streams()
    await subscriber.account.wait_for(_more(service, "sse", begun))
    await until(lambda: len(service.requests("config")) > before)


async def _more(service: Teslemetry, name: str, before: int) -> None:
    await until(lambda: len(service.requests(name)) > before)


async def test_a_configuration_that_cannot_be_read_just_now_is_no_trouble(
    subscriber: Subscriber, service: Teslemetry, car: Car
) -> None:
    await paired(subscriber, car, options=CHOSEN)
    service.refuse("config", 503)
    before = len(service.requests("config"))
    streaming = subscriber.account.runtime.streaming
    streaming.async_read_again()
    streaming.async_read_again((car.vin, "5YJ3E7EB0SF999999"))
    await until(lambda: not streaming._reading)

    assert len(service.requests("config")) == before + 1
    assert subscriber.notices() == set()


async def test_a_budget_that_is_spent_stops_no_stream(
    subscriber: Subscriber, service: Teslemetry, car: Car
) -> None:
    await paired(subscriber, car, options=CHOSEN)
    runtime = subscriber.account.runtime
    service.set_credits(100)
    meter = runtime.meter
    meter.async_configure(replace(meter.budget.settings, budget=0.0))
    assert meter.stage.name == "STOPPED"
    await subscriber.account.runtime.streaming.async_send_now(car.vin)

    assert service.requests("config_replace")


# Credits.


async def test_credits_are_shown_as_the_stream_tells_them(
    hass: HomeAssistant, subscriber: Subscriber, service: Teslemetry, car: Car
) -> None:
    await paired(subscriber, car)
    assert state_of(subscriber, "credits_balance") == "2000.0"
    press = hass.services.async_call(
        "button",
        "press",
        {"entity_id": subscriber.account.entity_id(car, "button.flash_lights")},
        blocking=True,
    )
    await subscriber.account.wait_for(press)
    await until(lambda: state_of(subscriber, "credits_balance") == "1999.0")
    assert state_of(subscriber, "credits_spent") == "1.0"
    assert float(state_of(subscriber, "credits_cost")) >= 0.001

    registry = er.async_get(hass)
    assert registry.async_get_entity_id("sensor", DOMAIN, f"{UID}-api_cost_gross") is None
    (device,) = dr.async_get(hass).async_get_devices(
        identifiers={account_identifier(subscriber.account.entry)}
    )
    assert (device.manufacturer, device.name) == ("Teslemetry", "Teslemetry")


async def test_options_speak_of_credits(
    subscriber: Subscriber, dialogue: Dialogue, service: Teslemetry, car: Car
) -> None:
    await paired(subscriber, car)
    await dialogue.begin_options(subscriber.account.entry, "budget")
    assert dialogue.step["step_id"] == "budget_credits"
    assert dialogue.step["description_placeholders"]["balance"] == "2,000"
    await dialogue.answer_options(budget=5)
    assert subscriber.account.runtime.budget.settings.budget == 5

    await dialogue.begin_options(subscriber.account.entry, "prices")
    assert dialogue.step["step_id"] == "prices_credits"
    told = dialogue.step["description_placeholders"]
    assert (told["credits"], told["command"], told["data"], told["wake"]) == ("800", "1", "2", "20")
    await dialogue.answer_options(month_day=15, month_hour=2)
    assert subscriber.account.runtime.budget.settings.start.day == 15


# Leaving.


async def test_what_we_have_configured_is_taken_back_when_the_account_leaves(
    hass: HomeAssistant, subscriber: Subscriber, service: Teslemetry, car: Car
) -> None:
    await paired(subscriber, car, options=CHOSEN)
    streaming = subscriber.account.runtime.streaming
    await streaming.async_send_now(car.vin)
    await hass.async_block_till_done()
    await streaming.async_send_now(car.vin)  # without the field that the service does not know
    assert streaming.state(car.vin).sent
    await hass.config_entries.async_remove(subscriber.account.entry.entry_id)
    await hass.async_block_till_done()

    assert len(service.requests("config_delete")) == 1
    (told,) = hass.data["persistent_notification"].values()
    assert "Your account and your subscription at Teslemetry stay" in told["message"]


async def test_what_others_have_configured_stays(
    hass: HomeAssistant, subscriber: Subscriber, service: Teslemetry, car: Car
) -> None:
    await paired(subscriber, car)
    service.stream(car.vin, Soc=60)
    await hass.config_entries.async_remove(subscriber.account.entry.entry_id)
    await hass.async_block_till_done()

    assert service.requests("config_delete") == []
