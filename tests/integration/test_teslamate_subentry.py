"""An own TeslaMate as one more source of an entry's cars: added, and matched anew."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.strangers import TESLAMATE_CARS
from simulator.car.car import Car
from simulator.ports import free_port
from tests.broker import broker
from tests.home import state, until

from .account import Account
from .dialogue import Dialogue
from .mqtt import Ear, ear, mqtt, publish
from .teslamate import AURORA, BOREAS, car_told, hears, offered, suggested, told

__all__ = ["broker", "ear", "mqtt"]

FIRST, SECOND, THIRD = "5YJ3E1EA7KF000001", "7SAYGDEE4PA000003", "LRWYE7EK1NC000002"
FOURTH = "LRWYE7EK1NC000004"
NOT_HERE = "not_here"


@pytest.fixture
async def entry(account: Account, car: Car, second: Car) -> Any:
    await account.set_up(car, second)
    return account.entry


async def begin(
    dialogue: Dialogue, entry: Any, ear: Ear, *cars: list[tuple[str, str]], subentry_id: str = ""
) -> None:
    """Open the dialogue, and go on to what was heard."""
    await dialogue.begin_subentry(entry, "teslamate", subentry_id)
    await hears(ear, *cars)
    await dialogue.progress_subentry()


def subentry_of(entry: Any) -> Any:
    (subentry,) = entry.subentries.values()
    return subentry


def count_told(issues: ir.IssueRegistry, issue_id: str) -> str | None:
    """Return how many cars a notice is about, None where there is none."""
    issue = issues.async_get_issue(DOMAIN, issue_id)
    return None if issue is None else (issue.translation_placeholders or {})["count"]


@pytest.mark.usefixtures("mqtt")
async def test_the_cars_of_the_account_are_offered_and_the_one_of_that_name_is_picked(
    dialogue: Dialogue, ear: Ear, entry: Any, car: Car, second: Car
) -> None:
    await begin(
        dialogue,
        entry,
        ear,
        told(1, display_name=second.model.name.upper()),
        told(2, display_name="Aurora"),
        told(3, display_name="of a friend"),
    )
    assert dialogue.step["step_id"] == "teslamate_car"
    assert offered(dialogue) == {
        car.vin: f"{car.model.name} (…{car.vin[-6:]})",
        second.vin: f"{second.model.name} (…{second.vin[-6:]})",
        NOT_HERE: "None of these: leave it out",
    }
    assert suggested(dialogue) == second.vin
    await dialogue.answer_subentry(vin=second.vin)
    assert set(offered(dialogue)) == {car.vin, NOT_HERE}
    assert suggested(dialogue) is None  # it might be the friend's
    await dialogue.answer_subentry(vin=car.vin)
    assert set(offered(dialogue)) == {NOT_HERE}
    await dialogue.answer_subentry(vin=NOT_HERE)

    assert dialogue.step["type"] == "create_entry"
    subentry = subentry_of(entry)
    assert (subentry.title, subentry.unique_id) == ("TeslaMate", "teslamate:")
    assert dict(subentry.data) == {
        "namespace": "",
        "cars": {"1": second.vin, "2": car.vin},
        "left_out": [3],
    }
    assert entry.data["vehicles"] == {car.vin: car.model.name, second.vin: second.model.name}
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.usefixtures("mqtt")
async def test_a_name_from_outside_is_shown_as_text(dialogue: Dialogue, ear: Ear, entry: Any) -> None:
    await begin(dialogue, entry, ear, told(1, display_name="[x](https://example.com)\n# big", model="3"))

    assert car_told(dialogue) == ("1", "(x)(https example.com) # big, Model 3")


@pytest.mark.usefixtures("mqtt")
async def test_a_car_of_another_model_is_neither_picked_nor_taken(
    dialogue: Dialogue, ear: Ear, entry: Any, car: Car
) -> None:
    assert car.vin[3] == "3"
    await begin(dialogue, entry, ear, told(1, display_name=car.model.name, model="X"))
    assert suggested(dialogue) is None
    await dialogue.answer_subentry(vin=car.vin)

    assert dialogue.errors == {"vin": "vin_other_model"}
    await dialogue.answer_subentry(vin=NOT_HERE)
    assert dialogue.errors == {"vin": "no_car_matched"}


@pytest.mark.usefixtures("mqtt")
async def test_cars_are_matched_anew(dialogue: Dialogue, ear: Ear, entry: Any, car: Car, second: Car) -> None:
    await begin(dialogue, entry, ear, told(1), told(2))
    await dialogue.answer_subentry(vin=car.vin)
    await dialogue.answer_subentry(vin=NOT_HERE)
    first = subentry_of(entry)

    await begin(dialogue, entry, ear, told(3), subentry_id=first.subentry_id)
    assert car_told(dialogue)[0] == "1"
    assert suggested(dialogue) == car.vin
    await dialogue.answer_subentry(vin=second.vin)
    assert suggested(dialogue) == NOT_HERE
    await dialogue.answer_subentry(vin=NOT_HERE)
    assert suggested(dialogue) == car.vin
    await dialogue.answer_subentry(vin=car.vin)

    assert dialogue.step["reason"] == "reconfigure_successful"
    data = {"namespace": "", "cars": {"1": second.vin, "3": car.vin}, "left_out": [2]}
    assert dict(subentry_of(entry).data) == data

    # Where another car has taken the place of one, its name or what is left decides.
    await begin(dialogue, entry, ear, subentry_id=first.subentry_id)
    await dialogue.answer_subentry(vin=NOT_HERE)
    await dialogue.answer_subentry(vin=second.vin)
    assert suggested(dialogue) == car.vin


@pytest.mark.usefixtures("mqtt")
async def test_a_namespace_that_was_given_later_takes_the_place(
    dialogue: Dialogue, ear: Ear, entry: Any, car: Car, second: Car
) -> None:
    await begin(dialogue, entry, ear, told(1, **AURORA))
    await dialogue.answer_subentry(vin=car.vin)
    first = subentry_of(entry)
    await begin(dialogue, entry, ear, told(1, "home", **AURORA), subentry_id=first.subentry_id)
    assert dialogue.step["step_id"] == "teslamate_found"
    assert suggested(dialogue, "teslamate") == "/"
    await dialogue.answer_subentry(teslamate="home")
    assert suggested(dialogue) == car.vin
    await dialogue.answer_subentry(vin=car.vin)

    assert dialogue.step["reason"] == "reconfigure_successful"
    subentry = subentry_of(entry)
    assert subentry.subentry_id == first.subentry_id
    assert (subentry.title, subentry.unique_id) == ("TeslaMate (home)", "teslamate:home")
    assert dict(subentry.data) == {"namespace": "home", "cars": {"1": car.vin}, "left_out": []}


@pytest.mark.usefixtures("mqtt")
async def test_what_is_there_already_is_not_added_twice(
    dialogue: Dialogue, ear: Ear, entry: Any, car: Car
) -> None:
    await begin(dialogue, entry, ear, told(1))
    await dialogue.answer_subentry(vin=car.vin)
    await begin(dialogue, entry, ear)

    assert dialogue.step["reason"] == "teslamate_in_use"
    assert dialogue.step["description_placeholders"] == {"name": entry.title}


@pytest.mark.usefixtures("mqtt")
async def test_a_car_that_comes_to_teslamate_is_asked_for_once(
    hass: HomeAssistant, dialogue: Dialogue, ear: Ear, entry: Any, car: Car
) -> None:
    await begin(dialogue, entry, ear, told(1), told(2))
    await dialogue.answer_subentry(vin=car.vin)
    await dialogue.answer_subentry(vin=NOT_HERE)
    subentry = subentry_of(entry)
    issue_id = f"{TESLAMATE_CARS}_{entry.entry_id}_{subentry.subentry_id}"
    issues = ir.async_get(hass)
    for number in (3, 4):
        await publish(hass, f"teslamate/cars/{number}/state", "asleep", retain=True)
    await until(lambda: count_told(issues, issue_id) == "2")

    issue = issues.async_get_issue(DOMAIN, issue_id)
    assert issue is not None
    await dialogue.begin_repair(issue)
    await dialogue.answer_repair()
    await dialogue.look_subentry(dialogue.step["next_flow"][1])
    await hears(ear)
    await dialogue.progress_subentry()
    await dialogue.answer_subentry(vin=car.vin)
    for _ in (2, 3, 4):
        await dialogue.answer_subentry(vin=NOT_HERE)

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert subentry_of(entry).data["left_out"] == [2, 3, 4]
    await publish(hass, "teslamate/cars/4/state", "online", retain=True)
    await publish(hass, "teslamate/cars/5/state", "online", retain=True)
    await until(lambda: count_told(issues, issue_id) == "1")  # of which the fourth is none any more


@pytest.mark.usefixtures("mqtt")
async def test_what_it_tells_is_shown_as_the_car_s_it_was_matched_with(
    hass: HomeAssistant, dialogue: Dialogue, ear: Ear, account: Account
) -> None:
    await dialogue.begin()
    await dialogue.answer(next_step_id="teslamate")
    await hears(ear, told(1, battery_level="55"), told(2, battery_level="66"))
    await dialogue.progress()
    await dialogue.answer(vin=FIRST)
    await dialogue.answer(vin=SECOND)
    await until(lambda: state(hass, FIRST, "sensor.battery_level").state == "55.0")
    await until(lambda: state(hass, SECOND, "sensor.battery_level").state == "66.0")

    await begin(
        dialogue, dialogue.step["result"], ear, subentry_id=subentry_of(dialogue.step["result"]).subentry_id
    )
    await dialogue.answer_subentry(vin=SECOND)
    await dialogue.answer_subentry(vin=FIRST)
    await publish(hass, "teslamate/cars/1/battery_level", "44", retain=True)
    await publish(hass, "teslamate/cars/2/battery_level", "77", retain=True)
    await until(lambda: state(hass, SECOND, "sensor.battery_level").state == "44.0")
    await until(lambda: state(hass, FIRST, "sensor.battery_level").state == "77.0")


@pytest.mark.usefixtures("mqtt")
async def test_one_that_lives_on_what_is_told_here_is_no_source(
    dialogue: Dialogue, ear: Ear, account: Account, car: Car
) -> None:
    await account.set_up(car)
    serve = {"host": "127.0.0.1", "port": free_port()}
    dialogue.hass.config_entries.async_update_entry(account.entry, options={"serve": serve})
    await dialogue.hass.async_block_till_done()
    await begin(dialogue, account.entry, ear, told(1))
    assert dialogue.step["step_id"] == "teslamate_served"
    await dialogue.answer_subentry(next_step_id="teslamate_echo")
    assert dialogue.step["reason"] == "teslamate_echo"
    assert not account.entry.subentries

    await begin(dialogue, account.entry, ear)
    await dialogue.answer_subentry(next_step_id="teslamate_cars")
    await dialogue.answer_subentry(vin=car.vin)
    first = subentry_of(account.entry)
    assert first.data["cars"] == {"1": car.vin}
    await begin(dialogue, account.entry, ear, subentry_id=first.subentry_id)
    assert dialogue.step["step_id"] == "teslamate_car"  # who has answered that is not asked again


@pytest.mark.usefixtures("mqtt")
async def test_where_there_are_no_cars_yet_there_is_nothing_to_match(
    dialogue: Dialogue, ear: Ear, account: Account
) -> None:
    await account.set_up()
    await begin(dialogue, account.entry, ear, told(1))

    assert dialogue.step["reason"] == "teslamate_no_cars"


@pytest.fixture
async def alone(dialogue: Dialogue, ear: Ear, mqtt: Any) -> Any:
    """An entry without an account, and two cars that TeslaMate tells of."""
    await dialogue.begin()
    await dialogue.answer(next_step_id="teslamate")
    await hears(ear, told(1, **AURORA), told(2, **BOREAS))
    await dialogue.progress()
    await dialogue.answer(vin=FIRST)
    await dialogue.answer(vin=SECOND)
    return dialogue.step["result"]


async def test_without_an_account_a_car_that_is_left_out_goes(
    hass: HomeAssistant, dialogue: Dialogue, ear: Ear, alone: Any
) -> None:
    assert hass.config_entries.async_entries(DOMAIN) == [alone]
    first = subentry_of(alone)
    await begin(dialogue, alone, ear, told(3), subentry_id=first.subentry_id)
    assert suggested(dialogue) == FIRST
    await dialogue.answer_subentry(vin=FIRST)
    assert suggested(dialogue) == SECOND
    await dialogue.answer_subentry()
    await dialogue.answer_subentry(vin=THIRD)

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert alone.data["vehicles"] == {FIRST: "Aurora", THIRD: ""}
    data = {"namespace": "", "cars": {"1": FIRST, "3": THIRD}, "left_out": [2]}
    assert dict(subentry_of(alone).data) == data
    await begin(dialogue, alone, ear, subentry_id=first.subentry_id)
    await dialogue.answer_subentry(vin=FIRST)
    assert suggested(dialogue) is None


async def test_without_an_account_a_car_that_another_source_may_tell_of_stays(
    dialogue: Dialogue, ear: Ear, alone: Any
) -> None:
    first = subentry_of(alone)
    await dialogue.begin_subentry(alone, "mqtt")
    await dialogue.answer_subentry(form="topics", topic="telemetry")
    await ear.hears_cars(SECOND)
    await dialogue.progress_subentry()
    await dialogue.answer_subentry(vehicles=[FIRST, SECOND])
    await begin(dialogue, alone, ear, subentry_id=first.subentry_id)
    await dialogue.answer_subentry(vin=FIRST)
    await dialogue.answer_subentry()

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert alone.data["vehicles"] == {FIRST: "Aurora", SECOND: "Boreas"}
    assert alone.subentries[first.subentry_id].data["cars"] == {"1": FIRST}


async def test_without_an_account_a_further_one_brings_its_cars(
    dialogue: Dialogue, ear: Ear, alone: Any
) -> None:
    await begin(dialogue, alone, ear, told(1, "parents", display_name="<b>Eos\n"))
    await dialogue.answer_subentry(vin=THIRD)

    assert dialogue.step["type"] == "create_entry"
    assert alone.data["vehicles"] == {FIRST: "Aurora", SECOND: "Boreas", THIRD: "(b)Eos"}
    assert [one.title for one in alone.subentries.values()] == ["TeslaMate", "TeslaMate (parents)"]


async def test_without_an_account_a_car_that_another_teslamate_has_stays_and_a_mistaken_one_goes(
    dialogue: Dialogue, ear: Ear, alone: Any
) -> None:
    await begin(dialogue, alone, ear, told(1, "parents"), told(2, "parents"))
    await dialogue.answer_subentry(vin=THIRD)
    await dialogue.answer_subentry(vin=FIRST)
    parents = next(one for one in alone.subentries.values() if one.data["namespace"] == "parents")
    await begin(dialogue, alone, ear, subentry_id=parents.subentry_id)
    await dialogue.answer_subentry(vin=FOURTH)
    await dialogue.answer_subentry()

    assert dialogue.step["reason"] == "reconfigure_successful"
    assert set(alone.data["vehicles"]) == {FIRST, SECOND, FOURTH}
