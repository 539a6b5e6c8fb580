"""A broker as one more source of an entry's cars: added, changed, and what it hears of whom."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_direct.const import DOMAIN
from simulator.car.car import Car
from tests.broker import broker

from .account import Account
from .dialogue import Dialogue
from .mqtt import Ear, ear, mqtt

__all__ = ["broker", "ear", "mqtt"]

STRANGER = "5YJ3E1EA7KF000001"
USUAL = {"form": "topics", "topic": "telemetry"}


@pytest.fixture
async def entry(account: Account, car: Car, second: Car) -> Any:
    await account.set_up(car, second)
    return account.entry


async def add(dialogue: Dialogue, entry: Any, ear: Ear, *vins: str) -> None:
    """Add the usual topics; go on to what was heard there."""
    await dialogue.begin_subentry(entry, "mqtt")
    await dialogue.answer_subentry(**USUAL)
    await ear.hears_cars(*vins)
    await dialogue.progress_subentry()


def subentry_of(entry: Any) -> Any:
    (subentry,) = entry.subentries.values()
    return subentry


@pytest.mark.usefixtures("mqtt")
async def test_it_is_said_which_of_the_cars_were_heard_and_how_many_others(
    dialogue: Dialogue, ear: Ear, entry: Any, car: Car
) -> None:
    await add(dialogue, entry, ear, car.vin, STRANGER)
    assert dialogue.step["step_id"] == "broker_found"
    told = dialogue.step["description_placeholders"]
    first, second = told["cars"].split("\n")
    assert first.endswith(": heard")
    assert car.vin[-6:] in first
    assert car.vin not in told["cars"]
    assert second.endswith(": not heard")
    assert told["others"] == "1"
    await dialogue.answer_subentry(next_step_id="broker_keep")

    assert dialogue.step["type"] == "create_entry"
    subentry = subentry_of(entry)
    assert (subentry.title, subentry.unique_id) == ("MQTT (telemetry)", "mqtt:telemetry")
    assert dict(subentry.data) == USUAL
    assert STRANGER not in entry.data["vehicles"]


@pytest.mark.usefixtures("mqtt")
async def test_topics_can_be_changed_but_not_into_those_of_another(
    hass: HomeAssistant, dialogue: Dialogue, ear: Ear, entry: Any
) -> None:
    await add(dialogue, entry, ear)
    await dialogue.answer_subentry(next_step_id="broker_keep")
    first = subentry_of(entry)
    await dialogue.begin_subentry(entry, "mqtt")
    await dialogue.answer_subentry(**USUAL)
    assert dialogue.errors == {"topic": "topic_in_use"}
    await dialogue.answer_subentry(form="topics", topic="second")
    await ear.hears_cars(base="second")
    await dialogue.progress_subentry()
    await dialogue.answer_subentry(next_step_id="broker_keep")

    await dialogue.begin_subentry(entry, "mqtt", first.subentry_id)
    await dialogue.answer_subentry(form="topics", topic="second")
    assert dialogue.errors == {"topic": "topic_in_use"}
    await dialogue.answer_subentry(**USUAL)  # its own
    await ear.hears_cars()
    await dialogue.progress_subentry()
    await dialogue.answer_subentry(next_step_id="broker")
    await dialogue.answer_subentry(form="records", topic="records/#")
    await ear.hears("records/#")
    await dialogue.progress_subentry()
    await dialogue.answer_subentry(next_step_id="broker_keep")

    assert dialogue.step["reason"] == "reconfigure_successful"
    changed = entry.subentries[first.subentry_id]
    assert dict(changed.data) == {"form": "records", "topic": "records/#"}
    assert (changed.title, changed.unique_id) == ("MQTT (records/#)", "mqtt:records/#")
    assert len(entry.subentries) == 2
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.usefixtures("mqtt")
async def test_cars_of_an_entry_without_an_account_are_picked_with_its_topics(
    hass: HomeAssistant, dialogue: Dialogue, ear: Ear
) -> None:
    await dialogue.begin()
    await dialogue.answer(next_step_id="broker")
    await dialogue.answer(**USUAL)
    await ear.hears_cars(STRANGER)
    await dialogue.progress()
    await dialogue.answer(vehicles=[STRANGER])
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    first = subentry_of(entry)

    await dialogue.begin_subentry(entry, "mqtt")
    await dialogue.answer_subentry(form="topics", topic="second")
    await ear.hears_cars(base="second")
    await dialogue.progress_subentry()
    assert dialogue.step["step_id"] == "broker_silent"
    await dialogue.answer_subentry(next_step_id="broker_cars")
    assert dialogue.options == [STRANGER]
    await dialogue.answer_subentry(vehicles=[STRANGER], other_vins=["LRWYE7EK1NC000002"])
    assert dialogue.step["type"] == "create_entry"
    assert entry.data["vehicles"] == {STRANGER: "", "LRWYE7EK1NC000002": ""}

    await dialogue.begin_subentry(entry, "mqtt", first.subentry_id)
    await dialogue.answer_subentry(form="topics", topic="third")
    await ear.hears_cars("7SAYGDEE4PA000003", base="third")
    await dialogue.progress_subentry()
    assert dialogue.options == [STRANGER, "LRWYE7EK1NC000002", "7SAYGDEE4PA000003"]
    await dialogue.answer_subentry(vehicles=["LRWYE7EK1NC000002"])

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert entry.data["vehicles"] == {"LRWYE7EK1NC000002": ""}
    assert entry.subentries[first.subentry_id].data["topic"] == "third"
