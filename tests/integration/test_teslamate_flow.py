"""Cars that an own TeslaMate tells of, without an account; with a real broker and Home Assistant's MQTT."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_direct.const import DOMAIN
from simulator.car.car import Car
from simulator.ports import free_port
from simulator.world import World
from tests.broker import Broker, broker

from .account import Account
from .dialogue import Dialogue
from .mqtt import Ear, add_mqtt, ear, end_mqtt, mqtt
from .teslamate import AURORA, BOREAS, car_told, hears, offered, suggested, told

__all__ = ["broker", "ear", "mqtt"]

FIRST, SECOND, STRANGER = "5YJ3E1EA7KF000001", "7SAYGDEE4PA000003", "LRWYE7EK1NC000002"
USUAL = {"form": "topics", "topic": "telemetry"}


async def begin(dialogue: Dialogue) -> None:
    await dialogue.begin()
    await dialogue.answer(next_step_id="teslamate")


async def with_cars(dialogue: Dialogue, ear: Ear, *vins: str) -> Any:
    """Set up TeslaMate's cars by their VINs, and return the entry."""
    await begin(dialogue)
    await hears(ear, *(told(number) for number, _ in enumerate(vins, 1)))
    await dialogue.progress()
    for vin in vins:
        await dialogue.answer(vin=vin)
    return dialogue.step["result"]


@pytest.mark.usefixtures("mqtt")
async def test_cars_are_matched_one_by_one_and_become_an_entry(
    hass: HomeAssistant, dialogue: Dialogue, ear: Ear
) -> None:
    await begin(dialogue)
    assert dialogue.step["type"] == "progress"
    await hears(ear, told(1, **AURORA), told(2, **BOREAS))
    await dialogue.progress()
    assert dialogue.step["step_id"] == "teslamate_car"
    assert car_told(dialogue) == ("1", "Aurora, Model 3 74D, 42195 km")
    await dialogue.answer(vin=f" {FIRST.lower()} ")
    assert car_told(dialogue) == ("2", "Boreas, Model Y")
    await dialogue.answer()

    assert dialogue.step["type"] == "create_entry"
    assert "next_flow" not in dialogue.step
    (entry,) = hass.config_entries.async_entries(DOMAIN)
    assert (entry.title, entry.unique_id) == ("TeslaMate", "none")
    assert entry.data == {
        "provider": {"name": "none"},
        "region": "",
        "client_id": "none",
        "scopes": ["vehicle_device_data", "vehicle_location"],
        "vehicles": {FIRST: "Aurora"},
        "left_out": [],
        "receiver": "never",
        "signed_in_at": 0.0,
        "unfinished": [],
    }
    (subentry,) = entry.subentries.values()
    assert (subentry.subentry_type, subentry.unique_id) == ("teslamate", "teslamate:")
    assert subentry.title == "TeslaMate"
    assert dict(subentry.data) == {"namespace": "", "cars": {"1": FIRST}, "left_out": [2]}
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.usefixtures("mqtt")
async def test_what_can_be_no_answer_is_refused(
    dialogue: Dialogue, ear: Ear, account: Account, car: Car
) -> None:
    await account.set_up(car)
    await begin(dialogue)
    await dialogue.answer(entry="no_account")
    await hears(ear, told(1, **AURORA), told(2))
    await dialogue.progress()
    for wrong in (FIRST[:-1], f"{FIRST}0", "5YJ3E1EA7KF0000O1", "+", "#"):
        await dialogue.answer(vin=wrong)
        assert dialogue.errors == {"vin": "vin_invalid"}
    assert suggested(dialogue) == "#"
    await dialogue.answer(vin=SECOND)
    assert dialogue.errors == {"vin": "vin_other_model"}
    await dialogue.answer(vin=car.vin)
    assert dialogue.errors == {"vin": "vin_of_other_entry"}
    await dialogue.answer(vin=FIRST)
    await dialogue.answer(vin=FIRST)
    assert dialogue.errors == {"vin": "vin_twice"}
    await dialogue.answer(vin=SECOND)

    assert dialogue.step["result"].data["vehicles"] == {FIRST: "Aurora", SECOND: ""}


async def test_where_there_is_an_account_it_is_added_to_that(
    dialogue: Dialogue, broker: Broker, ear: Ear, account: Account, car: Car
) -> None:
    hass = dialogue.hass
    await account.set_up(car)
    await begin(dialogue)
    assert dialogue.step["step_id"] == "teslamate_whose"
    assert offered(dialogue, "entry") == {
        account.entry.entry_id: account.entry.title,
        "no_account": "Other cars, without an account",
    }
    assert suggested(dialogue, "entry") == account.entry.entry_id
    await dialogue.answer(entry=account.entry.entry_id)
    assert dialogue.step["step_id"] == "broker_absent"
    await add_mqtt(hass, broker)
    await dialogue.answer(next_step_id="teslamate")
    await hears(ear, told(1))
    await dialogue.progress()
    assert suggested(dialogue) == car.vin
    await dialogue.answer(vin=car.vin)

    assert dialogue.step["reason"] == "teslamate_added"
    assert hass.config_entries.async_entries(DOMAIN) == [account.entry]
    (subentry,) = account.entry.subentries.values()
    assert subentry.data["cars"] == {"1": car.vin}
    assert account.entry.data["vehicles"] == {car.vin: car.model.name}
    await end_mqtt(hass)


@pytest.mark.usefixtures("mqtt")
async def test_one_car_at_least_is_needed(dialogue: Dialogue, ear: Ear) -> None:
    await begin(dialogue)
    await hears(ear, told(1), told(2))
    await dialogue.progress()
    assert car_told(dialogue) == ("1", "TeslaMate says nothing more about it.")
    await dialogue.answer()
    await dialogue.answer(vin="  ")
    assert dialogue.errors == {"vin": "no_car_matched"}
    await dialogue.answer(vin=FIRST)

    (subentry,) = dialogue.step["result"].subentries.values()
    assert dict(subentry.data) == {"namespace": "", "cars": {"2": FIRST}, "left_out": [1]}


@pytest.mark.usefixtures("mqtt")
async def test_who_hears_nothing_can_listen_again(dialogue: Dialogue, ear: Ear) -> None:
    await begin(dialogue)
    await hears(ear)
    await dialogue.progress()
    assert dialogue.step["step_id"] == "teslamate_silent"
    await dialogue.answer(next_step_id="teslamate_listen")
    await hears(ear, told(1))
    await dialogue.progress()

    assert dialogue.step["step_id"] == "teslamate_car"


async def test_without_mqtt_it_is_said_what_to_do_and_looked_again(
    hass: HomeAssistant, dialogue: Dialogue, broker: Broker, ear: Ear
) -> None:
    await begin(dialogue)
    assert dialogue.step["step_id"] == "broker_absent"
    assert "is not set up" in dialogue.step["description_placeholders"]["problem"]
    await add_mqtt(hass, broker)
    await dialogue.answer(next_step_id="teslamate")
    assert dialogue.step["step_id"] == "teslamate_listen"
    await hears(ear)
    await dialogue.progress()
    await end_mqtt(hass)
    await dialogue.answer(next_step_id="teslamate_listen")
    await dialogue.progress()

    assert dialogue.step["step_id"] == "broker_absent"
    assert dialogue.step["menu_options"] == ["teslamate"]


@pytest.mark.usefixtures("mqtt")
async def test_of_several_one_is_chosen(hass: HomeAssistant, dialogue: Dialogue, ear: Ear) -> None:
    await begin(dialogue)
    await hears(ear, told(1, "parents", **BOREAS), told(1, **AURORA), told(7))
    await dialogue.progress()
    assert dialogue.step["step_id"] == "teslamate_found"
    assert offered(dialogue, "teslamate") == {
        "/": "teslamate (Aurora, 7)",
        "parents": "teslamate/parents (Boreas)",
    }
    assert suggested(dialogue, "teslamate") == "/"
    await dialogue.answer(teslamate="parents")
    assert car_told(dialogue) == ("1", "Boreas, Model Y")
    await dialogue.answer(vin=SECOND)
    entry = dialogue.step["result"]
    (subentry,) = entry.subentries.values()
    assert (subentry.title, subentry.unique_id) == ("TeslaMate (parents)", "teslamate:parents")

    # The other one is what is left to be added, and it is added to the same entry.
    await begin(dialogue)
    await hears(ear)
    await dialogue.progress()
    assert car_told(dialogue)[0] == "1"
    await dialogue.answer(vin=FIRST)
    await dialogue.answer()
    assert dialogue.step["reason"] == "teslamate_added"
    assert hass.config_entries.async_entries(DOMAIN) == [entry]
    assert entry.data["vehicles"] == {FIRST: "Aurora", SECOND: "Boreas"}
    assert [one.data["namespace"] for one in entry.subentries.values()] == ["parents", ""]

    await begin(dialogue)
    await hears(ear)
    await dialogue.progress()
    assert dialogue.step["reason"] == "teslamate_in_use"


@pytest.mark.usefixtures("mqtt")
async def test_the_bare_one_of_several_is_chosen(dialogue: Dialogue, ear: Ear) -> None:
    await begin(dialogue)
    await hears(ear, told(1, "parents", **BOREAS), told(1, **AURORA))
    await dialogue.progress()
    await dialogue.answer(teslamate="/")
    await dialogue.answer(vin=FIRST)

    (subentry,) = dialogue.step["result"].subentries.values()
    assert subentry.data["namespace"] == ""


@pytest.mark.usefixtures("mqtt")
async def test_cars_that_a_broker_tells_of_are_offered_and_others_can_be_typed(
    hass: HomeAssistant, dialogue: Dialogue, ear: Ear
) -> None:
    await dialogue.begin()
    await dialogue.answer(next_step_id="broker")
    await dialogue.answer(**USUAL)
    await ear.hears_cars(FIRST, SECOND)
    await dialogue.progress()
    await dialogue.answer(vehicles=[FIRST, SECOND])
    entry = dialogue.step["result"]
    await begin(dialogue)
    await hears(ear, told(1, **BOREAS), told(2, **BOREAS), told(3, **AURORA))
    await dialogue.progress()
    assert offered(dialogue) == {FIRST: "Model 3 (…000001)", SECOND: "Model Y (…000003)"}
    assert suggested(dialogue) is None  # it might be either
    await dialogue.answer(vin=STRANGER)
    assert suggested(dialogue) == SECOND
    await dialogue.answer(vin=SECOND)
    assert offered(dialogue) == {FIRST: "Model 3 (…000001)"}
    assert suggested(dialogue) == FIRST
    await dialogue.answer(vin=FIRST)

    assert dialogue.step["reason"] == "teslamate_added"
    assert dialogue.step["description_placeholders"] == {"name": "MQTT"}
    assert entry.data["vehicles"] == {FIRST: "", SECOND: "", STRANGER: "Boreas"}
    assert [one.subentry_type for one in entry.subentries.values()] == ["mqtt", "teslamate"]
    await dialogue.reconfigure(entry, "broker_more")
    await ear.hears_cars()
    await dialogue.progress()
    assert dialogue.options == [FIRST, SECOND, STRANGER]


@pytest.mark.usefixtures("mqtt")
async def test_two_dialogues_about_the_same_one_add_it_once(dialogue: Dialogue, ear: Ear) -> None:
    await begin(dialogue)
    await hears(ear, told(1))
    await dialogue.progress()
    first = dialogue.step
    entry = await with_cars(dialogue, ear, FIRST)
    dialogue.step = first
    await dialogue.answer(vin=FIRST)

    assert dialogue.step["reason"] == "already_configured"
    assert len(entry.subentries) == 1


@pytest.mark.usefixtures("mqtt")
async def test_an_account_takes_its_cars_over_and_it_stays(
    dialogue: Dialogue, ear: Ear, world: World, car: Car
) -> None:
    entry = await with_cars(dialogue, ear, car.vin)
    (subentry,) = entry.subentries.values()
    await dialogue.enter_credentials()
    await dialogue.reconfigure(entry, "convert")
    await dialogue.choose_hosts()
    await dialogue.sign_in()
    await dialogue.answer(region=world.cloud.account.region)
    await dialogue.answer(vehicles=[car.vin])

    assert entry.unique_id == world.cloud.account.sub
    assert entry.title == car.model.name
    assert entry.subentries == {subentry.subentry_id: subentry}
    assert entry.state is ConfigEntryState.LOADED


@pytest.mark.usefixtures("mqtt")
async def test_where_teslamate_alone_tells_cars_are_changed_at_it(dialogue: Dialogue, ear: Ear) -> None:
    entry = await with_cars(dialogue, ear, FIRST)
    await dialogue.reconfigure(entry, "convert")

    assert "broker_more" not in dialogue.step["menu_options"]
    assert set(entry.supported_subentry_types) >= {"mqtt", "teslamate"}
    assert entry.supports_reconfigure


class TestTour:
    """What a tour proposes where a TeslaMate is heard."""

    @pytest.fixture
    async def entry(self, account: Account, car: Car) -> Any:
        await account.set_up(car)
        return account.entry

    async def test_without_a_broker_nobody_listens(self, dialogue: Dialogue, entry: Any) -> None:
        data = {**entry.data, "unfinished": ["receiver"], "receiver": "later"}
        dialogue.hass.config_entries.async_update_entry(entry, data=data)
        await dialogue.hass.async_block_till_done()
        await dialogue.reconfigure(entry, "tour")
        await dialogue.answer(way="never", host="", public_port=443, port=8443)
        await dialogue.answer()

        assert dialogue.step["reason"] == "tour_done_polled"

    @pytest.mark.usefixtures("mqtt")
    async def test_it_is_listened_for_once_and_what_was_left_is_offered_behind_it(
        self, dialogue: Dialogue, ear: Ear, entry: Any, car: Car
    ) -> None:
        data = {**entry.data, "unfinished": ["hosting"]}
        dialogue.hass.config_entries.async_update_entry(entry, data=data)
        await dialogue.hass.async_block_till_done()
        await dialogue.reconfigure(entry, "tour")
        await dialogue.answer(next_step_id="hosting_later")
        await hears(ear, told(1))
        await dialogue.progress()
        await dialogue.answer(next_step_id="teslamate_found")
        await dialogue.answer(vin=car.vin)
        assert dialogue.step["step_id"] == "tour_done"
        assert dialogue.step["menu_options"] == ["hosting", "registration", "tour_later"]
        await dialogue.answer(next_step_id="hosting")
        await dialogue.answer(next_step_id="hosting_later")

        assert dialogue.step["step_id"] == "tour_done"
        assert len(entry.subentries) == 1

    @pytest.mark.usefixtures("mqtt")
    async def test_one_that_is_served_is_not_proposed(self, dialogue: Dialogue, ear: Ear, entry: Any) -> None:
        options = {**entry.options, "serve": {"host": "127.0.0.1", "port": free_port()}}
        dialogue.hass.config_entries.async_update_entry(entry, options=options)
        await self.until_end(dialogue, entry, ear, told(1))

        assert dialogue.step["reason"] == "tour_done_polled"

    async def until_end(self, dialogue: Dialogue, entry: Any, ear: Ear, *cars: list[tuple[str, str]]) -> None:
        """Have all stand, and go on to what was heard at the end."""
        data = {**entry.data, "unfinished": ["receiver"], "receiver": "later"}
        dialogue.hass.config_entries.async_update_entry(entry, data=data)
        await dialogue.hass.async_block_till_done()
        await dialogue.reconfigure(entry, "tour")
        assert dialogue.step["step_id"] == "receiver"
        await dialogue.answer(way="never", host="", public_port=443, port=8443)
        await dialogue.answer()
        assert dialogue.step["step_id"] == "teslamate_look"
        await hears(ear, *cars)
        await dialogue.progress()

    @pytest.mark.usefixtures("mqtt")
    async def test_it_is_proposed_and_added(self, dialogue: Dialogue, ear: Ear, entry: Any, car: Car) -> None:
        await self.until_end(dialogue, entry, ear, told(1, **AURORA))
        assert dialogue.step["step_id"] == "tour_teslamate"
        assert dialogue.step["description_placeholders"] == {"cars": "- teslamate (Aurora)"}
        await dialogue.answer(next_step_id="teslamate_found")
        assert suggested(dialogue) == car.vin
        await dialogue.answer(vin=car.vin)

        assert dialogue.step["reason"] == "tour_done_elsewhere"
        (subentry,) = entry.subentries.values()
        assert dict(subentry.data) == {"namespace": "", "cars": {"1": car.vin}, "left_out": []}
        assert entry.data["vehicles"] == {car.vin: car.model.name}

        await self.until_end(dialogue, entry, ear)
        assert dialogue.step["reason"] == "tour_done_elsewhere"

    @pytest.mark.usefixtures("mqtt")
    async def test_it_is_not_added_unasked(self, dialogue: Dialogue, ear: Ear, entry: Any) -> None:
        await self.until_end(dialogue, entry, ear, told(1, **AURORA))
        await dialogue.answer(next_step_id="tour_without")

        assert dialogue.step["reason"] == "tour_done_polled"
        assert not entry.subentries

    @pytest.mark.usefixtures("mqtt")
    async def test_where_none_is_heard_nothing_is_asked(
        self, dialogue: Dialogue, ear: Ear, entry: Any
    ) -> None:
        await self.until_end(dialogue, entry, ear)

        assert dialogue.step["reason"] == "tour_done_polled"
