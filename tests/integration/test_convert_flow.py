"""Signing in for cars that were known from a broker alone: the entry stays, and all there is of it."""

from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.no_account_flow import MQTT_TITLE, SCOPES
from custom_components.tesla_direct.strangers import CARS_HEARD, async_offer_car
from custom_components.tesla_direct.tour import PARTS
from simulator.car.car import Car
from simulator.myteslamate.service import MyTeslaMate
from simulator.teslemetry.service import Teslemetry
from simulator.world import World

from .account import Account
from .dialogue import Dialogue

STRANGER = "5YJ3E1EA7KF000001"


def add_entry(hass: HomeAssistant, *vins: str, title: str = MQTT_TITLE) -> Any:
    """Add the entry of cars that a broker tells of, as its dialogue makes it."""
    entry = MockConfigEntry(
        domain=DOMAIN,
        title=title,
        unique_id="none",
        data={
            "provider": {"name": "none"},
            "region": "",
            "client_id": "none",
            "scopes": list(SCOPES),
            "vehicles": dict.fromkeys(vins, ""),
            "left_out": [],
            "receiver": "never",
            "signed_in_at": 0.0,
            "unfinished": [],
        },
        subentries_data=[
            {
                "data": {"form": "topics", "topic": "telemetry"},
                "subentry_type": "mqtt",
                "title": "MQTT (telemetry)",
                "unique_id": "mqtt:telemetry",
            }
        ],
    )
    entry.add_to_hass(hass)
    return entry


@pytest.fixture
async def entry(hass: HomeAssistant, account: Account, car: Car) -> Any:
    """One car of the account, and one of somebody else."""
    await account.shared()
    entry = add_entry(hass, car.vin, STRANGER)
    assert await hass.config_entries.async_setup(entry.entry_id)
    account.entry = entry
    return entry


def entities_of(hass: HomeAssistant, device: dr.DeviceEntry) -> dict[str, str]:
    """Return a device's entities, and what the registry knows each by."""
    return {one.entity_id: one.id for one in er.async_entries_for_device(er.async_get(hass), device.id)}


async def sign_in(dialogue: Dialogue, entry: Any) -> None:
    await dialogue.enter_credentials()
    await dialogue.reconfigure(entry, "convert")
    await dialogue.choose_hosts()
    await dialogue.sign_in()
    assert dialogue.step["step_id"] == "region"
    await dialogue.answer(region=dialogue.world.cloud.account.region)


async def test_the_entry_becomes_the_account_s_and_all_that_there_is_of_it_stays(
    hass: HomeAssistant, dialogue: Dialogue, world: World, entry: Any, car: Car
) -> None:
    (device,) = dr.async_get(hass).async_get_devices(identifiers={(DOMAIN, car.vin)})
    entities = entities_of(hass, device)
    assert entities
    assert device.name == "Model 3"
    (subentry,) = entry.subentries.values()
    entry_id, other = entry.entry_id, world.add_car("untyped")
    async_offer_car(hass, entry, "7SAYGDEE4PA000003")
    assert ir.async_get(hass).async_get_issue(DOMAIN, f"{CARS_HEARD}_{entry_id}")
    await sign_in(dialogue, entry)
    assert dialogue.options == [car.vin, STRANGER, other.vin]
    assert "Not in this account: …000001." in dialogue.step["description_placeholders"]["detail"]
    await dialogue.answer(vehicles=[car.vin, STRANGER])

    assert dialogue.step["step_id"] == "hosting"
    assert entry.entry_id == entry_id
    assert not ir.async_get(hass).async_get_issue(DOMAIN, f"{CARS_HEARD}_{entry_id}")
    assert entry.unique_id == world.cloud.account.sub
    assert entry.title == car.model.name
    data = entry.data
    assert data["provider"]["name"] == "custom"
    assert data["client_id"] == world.cloud.books.application.client_id
    assert data["region"] == world.cloud.account.region
    assert "vehicle_cmds" in data["scopes"]
    assert data["vehicles"] == {car.vin: car.model.name, STRANGER: ""}
    assert (data["left_out"], data["receiver"]) == ([other.vin], "later")
    assert data["unfinished"] == sorted(set(PARTS) - {"cars"})
    assert entry.subentries == {subentry.subentry_id: subentry}
    assert entry.state is ConfigEntryState.LOADED
    (same,) = dr.async_get(hass).async_get_devices(identifiers={(DOMAIN, car.vin)})
    assert same.id == device.id
    now = entities_of(hass, device)
    # What only showed is a control now; all else is the same entity as before.
    kept = entities.keys() & now.keys()
    assert {name: entities[name] for name in kept} == {name: now[name] for name in kept}
    assert {"sensor.model_3_battery_level", "device_tracker.model_3_location"} <= kept
    assert hass.config_entries.async_entries(DOMAIN) == [entry]


async def test_a_title_of_the_user_s_stays(
    hass: HomeAssistant, dialogue: Dialogue, account: Account, car: Car
) -> None:
    await account.shared()
    entry = add_entry(hass, car.vin, title="Fleet")
    assert await hass.config_entries.async_setup(entry.entry_id)
    await sign_in(dialogue, entry)
    assert dialogue.step["description_placeholders"]["detail"] == ""
    await dialogue.answer(vehicles=[car.vin])

    assert (entry.title, entry.data["vehicles"]) == ("Fleet", {car.vin: car.model.name})


async def test_without_credentials_it_is_said_where_they_are_entered(dialogue: Dialogue, entry: Any) -> None:
    await dialogue.reconfigure(entry, "convert")
    await dialogue.answer(next_step_id="application")

    assert dialogue.step["reason"] == "convert_credentials"


async def test_an_account_with_an_entry_of_its_own_is_no_second_one(
    hass: HomeAssistant, dialogue: Dialogue, account: Account, world: World, second: Car
) -> None:
    await account.set_up(second)
    entry = add_entry(hass, STRANGER)
    await dialogue.enter_credentials()
    await dialogue.reconfigure(entry, "convert")
    await dialogue.choose_hosts()
    await dialogue.sign_in()

    assert dialogue.step["reason"] == "convert_elsewhere"
    assert entry.unique_id == "none"


async def test_where_cars_cannot_be_listed_yet_those_of_the_broker_stay(
    dialogue: Dialogue, world: World, entry: Any, car: Car
) -> None:
    world.cloud.unregister()
    await sign_in(dialogue, entry)

    assert dialogue.step["step_id"] == "hosting"
    assert entry.data["vehicles"] == {car.vin: "", STRANGER: ""}
    assert entry.data["unfinished"] == sorted(PARTS)


async def begin_at(dialogue: Dialogue, entry: Any, service: Teslemetry) -> None:
    """Sign in with the simulated Teslemetry."""
    await dialogue.reconfigure(entry, "convert")
    await dialogue.answer(next_step_id="teslemetry")
    await dialogue.answer(next_step_id="teslemetry_server")
    await dialogue.answer(address=service.base)
    await dialogue.answer(next_step_id="teslemetry_token")
    await dialogue.answer(token=service.token)


async def test_teslemetry_can_take_the_entry_over(
    dialogue: Dialogue, world: World, entry: Any, car: Car
) -> None:
    service = await world.open_teslemetry()
    service.pair(car.vin)
    assert "teslemetry" in entry.supported_subentry_types
    await begin_at(dialogue, entry, service)
    assert dialogue.options == [car.vin]
    await dialogue.answer(vehicles=[car.vin])

    assert entry.data["provider"]["name"] == "teslemetry"
    assert entry.data["vehicles"] == {car.vin: car.truth.name, STRANGER: ""}
    assert entry.unique_id == "teslemetry-customer-1"
    assert len(entry.subentries) == 1
    assert entry.state is ConfigEntryState.LOADED
    assert "teslemetry" not in entry.supported_subentry_types  # its stream it has by itself


async def test_of_two_dialogues_the_faster_one_decides_whose_the_entry_is(
    hass: HomeAssistant, dialogue: Dialogue, entry: Any, world: World, car: Car
) -> None:
    service = await world.open_teslemetry()
    service.pair(car.vin)
    pages = []
    for _ in range(2):
        await begin_at(dialogue, entry, service)
        assert dialogue.step["step_id"] == "teslemetry_cars"
        pages.append(dialogue.step)
    await dialogue.answer(vehicles=[car.vin])
    taken_over = dict(entry.data)
    dialogue.step = pages[0]
    await dialogue.answer(vehicles=[car.vin])

    assert dialogue.step["reason"] == "convert_overtaken"
    assert hass.config_entries.async_entries(DOMAIN) == [entry]
    assert dict(entry.data) == taken_over


async def test_whoever_is_overtaken_on_the_page_of_the_region_changes_nothing(
    dialogue: Dialogue, entry: Any, world: World, car: Car
) -> None:
    await dialogue.enter_credentials()
    await dialogue.reconfigure(entry, "convert")
    await dialogue.choose_hosts()
    await dialogue.sign_in()
    assert dialogue.step["step_id"] == "region"
    slower = dialogue.step
    service = await world.open_teslemetry()
    service.pair(car.vin)
    await begin_at(dialogue, entry, service)
    await dialogue.answer(vehicles=[car.vin])
    dialogue.step = slower
    await dialogue.answer(region="eu")

    assert dialogue.step["reason"] == "convert_overtaken"
    assert entry.data["region"] == ""


async def test_an_account_at_teslemetry_with_an_entry_of_its_own_is_no_second_one(
    hass: HomeAssistant, dialogue: Dialogue, world: World, entry: Any
) -> None:
    service = await world.open_teslemetry()
    MockConfigEntry(
        domain=DOMAIN, unique_id="teslemetry-customer-1", data={**entry.data, "vehicles": {}}
    ).add_to_hass(hass)
    await begin_at(dialogue, entry, service)

    assert dialogue.step["reason"] == "convert_elsewhere"
    assert entry.unique_id == "none"


async def enter_token(dialogue: Dialogue, entry: Any, service: MyTeslaMate) -> None:
    """Sign in with the simulated MyTeslaMate."""
    await dialogue.reconfigure(entry, "convert")
    await dialogue.answer(next_step_id="myteslamate")
    await dialogue.answer(next_step_id="myteslamate_server")
    await dialogue.answer(address=service.address, stream=service.stream_address)
    await dialogue.answer(token=service.token)


async def test_myteslamate_can_take_the_entry_over(
    dialogue: Dialogue, world: World, entry: Any, car: Car
) -> None:
    service = await world.open_myteslamate()
    service.pair(car.vin)
    assert "legacy_stream" in entry.supported_subentry_types
    await enter_token(dialogue, entry, service)
    assert dialogue.options == [car.vin]
    await dialogue.answer(vehicles=[car.vin])
    await dialogue.answer(next_step_id="legacy_stream_cars")
    await dialogue.answer(vehicles=[car.vin], raw=True)

    assert entry.data["provider"]["name"] == "myteslamate"
    assert entry.data["vehicles"] == {car.vin: car.truth.name, STRANGER: ""}
    assert (entry.data["tags"], entry.data["raw"]) == ({car.vin: car.vin}, True)
    assert entry.unique_id.startswith("myteslamate-")
    assert len(entry.subentries) == 1
    assert entry.state is ConfigEntryState.LOADED
    assert "legacy_stream" not in entry.supported_subentry_types


async def test_what_teslamate_is_set_up_with_can_take_the_entry_over(
    dialogue: Dialogue, world: World, entry: Any, car: Car
) -> None:
    service = await world.open_myteslamate()
    await dialogue.reconfigure(entry, "convert")
    await dialogue.answer(next_step_id="teslamate_style")
    await dialogue.answer(next_step_id="teslamate_fields")
    await dialogue.answer(api=service.address, token=service.token, tag="vin")
    await dialogue.answer(vehicles=[car.vin])

    assert entry.data["provider"]["name"] == "teslamate_style"
    assert entry.data["vehicles"] == {car.vin: car.truth.name, STRANGER: ""}


@pytest.mark.parametrize("page", ["myteslamate_cars", "legacy_stream"])
async def test_whoever_is_overtaken_on_a_page_of_myteslamate_s_changes_nothing(
    dialogue: Dialogue, entry: Any, world: World, car: Car, page: str
) -> None:
    service = await world.open_myteslamate()
    await enter_token(dialogue, entry, service)
    if page == "legacy_stream":
        await dialogue.answer(vehicles=[car.vin])
    assert dialogue.step["step_id"] == page
    slower = dialogue.step
    await enter_token(dialogue, entry, service)
    await dialogue.answer(vehicles=[car.vin])
    await dialogue.answer(next_step_id="legacy_stream_none")
    taken_over = dict(entry.data)
    dialogue.step = slower
    if page == "legacy_stream":
        await dialogue.answer(next_step_id="legacy_stream_none")
    else:
        await dialogue.answer(vehicles=[car.vin])

    assert dialogue.step["reason"] == "convert_overtaken"
    assert dict(entry.data) == taken_over


async def test_an_account_at_myteslamate_with_an_entry_of_its_own_is_no_second_one(
    hass: HomeAssistant, dialogue: Dialogue, world: World, entry: Any
) -> None:
    service = await world.open_myteslamate()
    await enter_token(dialogue, entry, service)
    (flow,) = hass.config_entries.flow.async_progress()
    MockConfigEntry(
        domain=DOMAIN, unique_id=flow["context"]["unique_id"], data={**entry.data, "vehicles": {}}
    ).add_to_hass(hass)
    await enter_token(dialogue, entry, service)

    assert dialogue.step["reason"] == "convert_elsewhere"
    assert entry.unique_id == "none"
