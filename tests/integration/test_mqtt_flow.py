"""Cars that a broker tells of: found, picked, typed; with a real broker and Home Assistant's own MQTT."""

from typing import Any

from homeassistant.components import mqtt as ha_mqtt
from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.strangers import CARS_HEARD, async_offer_car
from simulator.car.car import Car
from tests.broker import Broker, broker
from tests.home import state, until

from .account import Account
from .dialogue import Dialogue
from .mqtt import Ear, add_mqtt, ear, end_mqtt, mqtt, publish

__all__ = ["broker", "ear", "mqtt"]

FIRST, SECOND, THIRD = "5YJ3E1EA7KF000001", "LRWYE7EK1NC000002", "7SAYGDEE4PA000003"
USUAL = {"form": "topics", "topic": "telemetry"}
RECORD = '{"data":[],"createdAt":"2026-10-01T00:00:00Z","vin":"%s","isResend":false}'


async def begin(dialogue: Dialogue, **asked: str) -> None:
    await dialogue.begin()
    await dialogue.answer(next_step_id="broker")
    await dialogue.answer(**USUAL | asked)


async def test_cars_of_the_servers_topics_are_offered_and_become_an_entry(
    hass: HomeAssistant, dialogue: Dialogue, mqtt: Any, ear: Ear
) -> None:
    await begin(dialogue)
    assert dialogue.step["type"] == "progress"
    await ear.hears_cars(FIRST, SECOND)
    await dialogue.progress()
    assert dialogue.step["step_id"] == "broker_cars"
    assert dialogue.options == [FIRST, SECOND]
    await dialogue.answer(vehicles=[FIRST])

    assert dialogue.step["type"] == "create_entry"
    assert "next_flow" not in dialogue.step
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.unique_id == "none"
    assert entry.data == {
        "provider": {"name": "none"},
        "region": "",
        "client_id": "none",
        "scopes": ["vehicle_device_data", "vehicle_location"],
        "vehicles": {FIRST: ""},
        "left_out": [SECOND],
        "receiver": "never",
        "signed_in_at": 0.0,
        "unfinished": [],
    }
    (subentry,) = entry.subentries.values()
    assert (subentry.subentry_type, subentry.unique_id) == ("mqtt", "mqtt:telemetry")
    assert subentry.title == "MQTT (telemetry)"
    assert dict(subentry.data) == USUAL
    assert entry.state is ConfigEntryState.LOADED


async def test_records_of_a_bridge_are_understood_too(
    hass: HomeAssistant, dialogue: Dialogue, mqtt: Any, ear: Ear
) -> None:
    await begin(dialogue, form="records", topic="bridge/#")
    await ear.hears("bridge/#", ("bridge/eu", RECORD % FIRST), ("bridge/na", RECORD % SECOND))
    await dialogue.progress()
    assert dialogue.options == [FIRST, SECOND]
    await dialogue.answer(vehicles=[FIRST, SECOND])

    (entry,) = hass.config_entries.async_entries(DOMAIN)
    (subentry,) = entry.subentries.values()
    assert subentry.data == {"form": "records", "topic": "bridge/#"}
    assert entry.data["vehicles"] == {FIRST: "", SECOND: ""}


async def test_cars_that_sleep_are_typed(
    hass: HomeAssistant, dialogue: Dialogue, mqtt: Any, ear: Ear
) -> None:
    await begin(dialogue)
    await ear.hears_cars()
    await dialogue.progress()
    assert dialogue.step["step_id"] == "broker_silent"

    await dialogue.answer(next_step_id="broker_cars")
    await dialogue.answer()
    assert dialogue.errors == {"base": "no_car_picked"}
    for wrong in (FIRST[:-1], f"{FIRST}0", "5YJ3E1EA7KF0000O1", "+", "#"):
        await dialogue.answer(other_vins=[wrong])
        assert dialogue.errors == {"other_vins": "vin_invalid"}
    await dialogue.answer(other_vins=[f" {FIRST.lower()} ", FIRST])

    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert entry.data["vehicles"] == {FIRST: ""}
    assert entry.data["left_out"] == []


async def test_who_hears_nothing_can_listen_again_or_elsewhere(
    dialogue: Dialogue, mqtt: Any, ear: Ear
) -> None:
    await begin(dialogue, topic="tesla")
    await ear.hears_cars(base="tesla")
    await dialogue.progress()
    await dialogue.answer(next_step_id="broker_listen")
    await ear.hears_cars("marmalade", base="tesla")
    await dialogue.progress()
    assert dialogue.step["step_id"] == "broker_silent"

    await dialogue.answer(next_step_id="broker")
    await dialogue.answer(**USUAL)
    await ear.hears_cars(FIRST)
    await dialogue.progress()
    assert dialogue.options == [FIRST]


@pytest.mark.parametrize(
    ("form", "topic", "error"),
    [
        ("topics", "tele/+", "topic_wildcard"),
        ("topics", "#", "topic_wildcard"),
        ("topics", "telemetry/", "topic_slash"),
        ("topics", "/telemetry", "topic_slash"),
        ("topics", "$SYS/broker", "topic_of_broker"),
        ("topics", "tele\nmetry", "topic_invalid"),
        ("topics", "t" * 256, "topic_invalid"),
        ("records", "$SYS/#", "topic_of_broker"),
        ("records", "records/#/V", "filter_invalid"),
        ("records", "rec+/V", "filter_invalid"),
        ("records", "", "filter_invalid"),
        ("records", "r/" * 200, "topic_invalid"),
    ],
)
async def test_what_can_be_no_topic_is_refused(
    dialogue: Dialogue, mqtt: Any, form: str, topic: str, error: str
) -> None:
    await begin(dialogue, form=form, topic=topic)

    assert dialogue.errors == {"topic": error}


async def test_a_server_without_a_base_topic_is_heard(
    hass: HomeAssistant, dialogue: Dialogue, mqtt: Any, ear: Ear
) -> None:
    await dialogue.begin()
    await dialogue.answer(next_step_id="broker")
    await dialogue.answer(form="topics")
    await ear.hears_cars(FIRST, base="")
    await dialogue.progress()
    await dialogue.answer(vehicles=[FIRST])

    (entry,) = hass.config_entries.async_entries(DOMAIN)
    (subentry,) = entry.subentries.values()
    assert (subentry.title, subentry.data["topic"]) == ("MQTT (/)", "")


async def test_without_mqtt_it_is_said_what_to_do_and_looked_again(
    hass: HomeAssistant, dialogue: Dialogue, broker: Broker
) -> None:
    await dialogue.begin()
    await dialogue.answer(next_step_id="broker")
    assert dialogue.step["step_id"] == "broker_absent"
    assert "is not set up" in dialogue.step["description_placeholders"]["problem"]

    await add_mqtt(hass, broker)
    await dialogue.answer(next_step_id="broker")
    assert dialogue.step["type"] == "form"

    await broker.stop()
    await until(lambda: not ha_mqtt.is_connected(hass))
    await dialogue.answer(**USUAL)
    assert "not connected" in dialogue.step["description_placeholders"]["problem"]
    await end_mqtt(hass)


async def test_mqtt_that_goes_meanwhile_is_told(
    hass: HomeAssistant, dialogue: Dialogue, mqtt: Any, ear: Ear
) -> None:
    await begin(dialogue)
    await ear.hears_cars()
    await dialogue.progress()
    await end_mqtt(hass)
    await dialogue.answer(next_step_id="broker_listen")
    await dialogue.progress()

    assert dialogue.step["step_id"] == "broker_absent"


async def test_a_car_belongs_to_one_entry(
    dialogue: Dialogue, mqtt: Any, ear: Ear, account: Account, car: Car
) -> None:
    await account.set_up(car)
    await begin(dialogue)
    await ear.hears_cars(car.vin, FIRST)
    await dialogue.progress()
    assert dialogue.options == [FIRST]
    assert "other entries: 1" in dialogue.step["description_placeholders"]["taken"]
    await dialogue.answer(vehicles=[FIRST], other_vins=[car.vin])

    assert dialogue.errors == {"base": "vin_taken"}


async def with_cars_of_a_broker(dialogue: Dialogue, ear: Ear, *vins: str, base: str = "telemetry") -> Any:
    await begin(dialogue, topic=base)
    await ear.hears_cars(*vins, base=base)
    await dialogue.progress()
    await dialogue.answer(vehicles=list(vins))
    return dialogue.step["result"]


async def test_there_is_one_entry_without_an_account_which_gets_more_topics(
    hass: HomeAssistant, dialogue: Dialogue, mqtt: Any, ear: Ear
) -> None:
    entry = await with_cars_of_a_broker(dialogue, ear, FIRST)
    await begin(dialogue)
    assert dialogue.errors == {"topic": "topic_in_use"}
    await dialogue.answer(form="topics", topic="second")
    await ear.hears_cars(SECOND, base="second")
    await dialogue.progress()
    assert dialogue.options == [FIRST, SECOND]
    await dialogue.answer(vehicles=[FIRST, SECOND])

    assert dialogue.step["reason"] == "mqtt_added"
    assert hass.config_entries.async_entries(DOMAIN) == [entry]
    assert entry.data["vehicles"] == {FIRST: "", SECOND: ""}
    assert {one.unique_id for one in entry.subentries.values()} == {"mqtt:telemetry", "mqtt:second"}


async def test_what_another_dialogue_has_added_meanwhile_stays(
    hass: HomeAssistant, dialogue: Dialogue, mqtt: Any, ear: Ear
) -> None:
    await begin(dialogue)
    await ear.hears_cars(FIRST)
    await dialogue.progress()
    first = dialogue.step
    entry = await with_cars_of_a_broker(dialogue, ear, SECOND, base="second")
    dialogue.step = first
    await dialogue.answer(vehicles=[FIRST])

    assert dialogue.step["reason"] == "mqtt_added"
    assert entry.data["vehicles"] == {FIRST: "", SECOND: ""}


async def test_two_dialogues_about_the_same_topics_add_them_once(
    hass: HomeAssistant, dialogue: Dialogue, mqtt: Any, ear: Ear
) -> None:
    await begin(dialogue)
    await ear.hears_cars(FIRST)
    await dialogue.progress()
    first = dialogue.step
    entry = await with_cars_of_a_broker(dialogue, ear, FIRST)
    dialogue.step = first
    await dialogue.answer(vehicles=[FIRST])

    assert dialogue.step["reason"] == "already_configured"
    assert len(entry.subentries) == 1


async def test_cars_are_changed_later_at_all_topics_at_once(
    hass: HomeAssistant, dialogue: Dialogue, mqtt: Any, ear: Ear
) -> None:
    entry = await with_cars_of_a_broker(dialogue, ear, FIRST, SECOND)
    assert dialogue.step["type"] == "create_entry"
    await dialogue.reconfigure(entry, "broker_more")
    await ear.hears_cars(THIRD)
    await dialogue.progress()
    assert dialogue.options == [FIRST, SECOND, THIRD]
    await dialogue.answer(vehicles=[SECOND, THIRD])

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert entry.data["vehicles"] == {SECOND: "", THIRD: ""}
    assert entry.data["left_out"] == [FIRST]


async def test_a_car_that_is_heard_of_later_is_offered_until_the_user_has_decided(
    hass: HomeAssistant, dialogue: Dialogue, mqtt: Any, ear: Ear
) -> None:
    entry = await with_cars_of_a_broker(dialogue, ear, FIRST)
    await publish(hass, f"telemetry/{SECOND}/connectivity", "{}", retain=True)
    issue_id = f"{CARS_HEARD}_{entry.entry_id}"
    issues = ir.async_get(hass)
    await until(lambda: issues.async_get_issue(DOMAIN, issue_id))
    issue = issues.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    assert issue.translation_placeholders == {"name": "MQTT", "count": "1"}

    await dialogue.begin_repair(issue)
    await dialogue.answer_repair()
    await dialogue.look(dialogue.step["next_flow"][1])
    await ear.hears_cars()
    await dialogue.progress()
    assert dialogue.options == [FIRST, SECOND]
    await dialogue.answer(vehicles=[FIRST])

    assert entry.data["vehicles"] == {FIRST: ""}
    assert entry.data["left_out"] == [SECOND]
    assert issues.async_get_issue(DOMAIN, issue_id) is None
    async_offer_car(hass, entry, SECOND)
    assert issues.async_get_issue(DOMAIN, issue_id) is None


async def test_beside_an_account_cars_are_left_alone(hass: HomeAssistant, account: Account, car: Car) -> None:
    await account.set_up(car)
    async_offer_car(hass, account.entry, FIRST)

    assert ir.async_get(hass).async_get_issue(DOMAIN, f"{CARS_HEARD}_{account.entry.entry_id}") is None


def picked(dialogue: Dialogue) -> list[str]:
    """Return the cars that the page has picked by itself."""
    field = next(each for each in dialogue._fields() if each["name"] == "vehicles")
    default: list[str] = field["default"]
    return default


async def test_of_a_few_cars_all_are_picked_of_a_fleet_none(dialogue: Dialogue, mqtt: Any, ear: Ear) -> None:
    fleet = [f"5YJ3E1EA7KF00010{number}" for number in range(6)]
    await begin(dialogue)
    await ear.hears_cars(*fleet[:5])
    await dialogue.progress()
    assert picked(dialogue) == fleet[:5]

    await begin(dialogue)
    await ear.hears_cars(*fleet)
    await dialogue.progress()
    assert dialogue.options == fleet
    assert picked(dialogue) == []


async def test_where_a_broker_tells_there_is_nothing_to_choose_but_topics_cars_and_who_is_served(
    hass: HomeAssistant, dialogue: Dialogue, mqtt: Any, ear: Ear
) -> None:
    entry = await with_cars_of_a_broker(dialogue, ear, FIRST)

    step = await hass.config_entries.options.async_init(entry.entry_id)
    assert step["menu_options"] == ["serving"]
    assert set(entry.supported_subentry_types) >= {"mqtt"}
    assert entry.supports_reconfigure


async def test_cars_are_changed_while_there_is_no_mqtt_too(
    hass: HomeAssistant, dialogue: Dialogue, mqtt: Any, ear: Ear
) -> None:
    entry = await with_cars_of_a_broker(dialogue, ear, FIRST, SECOND)
    await end_mqtt(hass)
    await dialogue.reconfigure(entry, "broker_more")
    await dialogue.progress()
    assert dialogue.options == [FIRST, SECOND]
    await dialogue.answer(vehicles=[SECOND])

    assert entry.data["vehicles"] == {SECOND: ""}


@pytest.mark.parametrize(
    ("asked", "topic", "payload"),
    [
        (USUAL, f"telemetry/{FIRST}/v/BatteryLevel", "55.5"),
        (USUAL, f"telemetry/{FIRST}/v/BatteryLevel", '"55.5"'),
        (
            {"form": "records", "topic": "bridge/#"},
            "bridge/V",
            RECORD.replace("[]", '[{"key":"BatteryLevel","value":{"doubleValue":55.5}}]') % FIRST,
        ),
    ],
)
@pytest.mark.usefixtures("mqtt")
async def test_what_the_broker_tells_is_shown(
    dialogue: Dialogue, ear: Ear, asked: dict[str, str], topic: str, payload: str
) -> None:
    hass = dialogue.hass
    await begin(dialogue, **asked)
    await ear.hears(asked["topic"].removesuffix("/#") + "/#")
    await dialogue.progress()
    await dialogue.answer(next_step_id="broker_cars")
    await dialogue.answer(other_vins=[FIRST])
    await publish(hass, topic, payload, retain=True)

    await until(lambda: state(hass, FIRST, "sensor.battery_level").state == "55.5")
