"""What an account has and allows, and what we do not ask, nor pay, nor say beyond that."""

import json

from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.helpers import issue_registry as ir
from homeassistant.setup import async_setup_component
import pytest

from custom_components.tesla_direct.application_credentials import SCOPES
from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.tesla.vehicle.signals import connection
from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .disk import path
from .restart import restarted

BATTERY = "sensor.battery_level"
KEY = "binary_sensor.key_paired"
MOBILE_ACCESS = "binary_sensor.mobile_access"
HOUR = 3600.0


@pytest.fixture
async def polled(account: Account, car: Car) -> Account:
    """An account with a car that is awake, in use, and does not stream."""
    car.climate(on=True)
    await account.set_up(car)
    return account


async def test_a_car_that_has_left_the_account_costs_nothing_and_is_told(
    polled: Account, world: World, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    billed = world.cloud.billed()
    world.cloud.take_away(car.vin)
    for _ in range(12):
        await polled.later(HOUR)

    assert world.cloud.billed() == billed
    assert polled.shows(car, BATTERY) == "unavailable"
    (issue,) = issue_registry.issues.values()
    assert issue.translation_key == "not_listed"
    assert car.vin not in str(issue)

    world.cloud.give(car)
    await polled.later(HOUR)
    assert polled.shows(car, BATTERY) == "70"
    assert not issue_registry.issues


async def test_a_list_with_a_row_that_cannot_be_read_denies_nobody(
    polled: Account, world: World, car: Car, issue_registry: ir.IssueRegistry
) -> None:
    world.cloud.refuse("vehicles", 200, body={"response": ["what is this"]})
    await polled.later(HOUR)

    assert polled.shows(car, BATTERY) == "70"
    assert not issue_registry.issues


async def test_one_wish_for_several_entities_is_paid_once(
    polled: Account, world: World, car: Car, hass: HomeAssistant
) -> None:
    await async_setup_component(hass, "homeassistant", {})
    await polled.later(20)
    fetched = len(world.cloud.requests("vehicle_data"))
    wanted = [polled.entity_id(car, one) for one in (BATTERY, "sensor.inside_temp", "sensor.odometer")]
    await hass.services.async_call("homeassistant", "update_entity", {"entity_id": wanted}, blocking=True)
    await hass.async_block_till_done()

    assert len(world.cloud.requests("vehicle_data")) == fetched + 1


async def test_a_scope_that_is_taken_back_takes_its_entities_along(
    polled: Account, car: Car, entity_registry: er.EntityRegistry
) -> None:
    def of_location() -> list[str]:
        entries = er.async_entries_for_config_entry(entity_registry, polled.entry.entry_id)
        return [entry.unique_id for entry in entries if entry.unique_id.endswith("-location")]

    assert of_location()
    less = sorted(set(SCOPES) - {"vehicle_location"})
    polled.hass.config_entries.async_update_entry(polled.entry, data={**polled.entry.data, "scopes": less})
    await polled.reload()

    assert not of_location()


async def test_an_old_car_needs_no_key(
    account: Account, world: World, entity_registry: er.EntityRegistry
) -> None:
    car = world.add_car("old")
    await account.set_up(car)

    assert not entity_registry.async_get_entity_id("binary_sensor", DOMAIN, f"{car.vin}-key_paired")


async def test_a_car_that_streams_is_paired_whatever_the_cloud_says(account: Account, world: World) -> None:
    car = world.add_car("typed", paired=False)
    port = await account.make_port()
    await account.pair()
    await account.set_up(car, receiver=port, paired=False)
    assert account.shows(car, KEY) == "on"  # a problem

    await account.connect(car)
    assert account.shows(car, KEY) == "off"
    await account.later(25 * HOUR)
    assert account.shows(car, KEY) == "off"


async def test_mobile_access_is_asked_for_once_a_day_and_only_if_it_is_shown(
    polled: Account, world: World, car: Car, entity_registry: er.EntityRegistry
) -> None:
    await polled.later(25 * HOUR)
    assert not world.cloud.requests("mobile_enabled")

    entity_registry.async_update_entity(polled.entity_id(car, MOBILE_ACCESS), disabled_by=None)
    await polled.reload()
    car.change(mobile_access=False)
    for _ in range(4):
        await polled.later(25 * HOUR)
    assert polled.shows(car, MOBILE_ACCESS) == "off"
    assert len(world.cloud.requests("mobile_enabled")) == 4


@pytest.mark.parametrize("part", ["limits", "poll", "region"])
async def test_a_part_that_cannot_be_read_takes_no_other_along(
    polled: Account, world: World, car: Car, part: str
) -> None:
    polled.hass.config_entries.async_schedule_reload(polled.entry.entry_id)
    await polled.hass.async_block_till_done()
    file = path(polled.hass, f"readings.{polled.entry.entry_id}")
    car.sleep()
    await polled.hass.async_stop(force=True)
    document = json.loads(file.read_text())  # Home Assistant has stopped
    document["data"][part] = {"version": 2, "cars": 7}
    file.write_text(json.dumps(document))  # as above
    billed = world.cloud.billed()

    async with restarted(polled) as again:
        assert again.shows(car, BATTERY) == "70"
        assert again.runtime.vehicles[car.vin].coordinator.data.get(connection.MOBILE_ACCESS)
        await again.quiet()
    assert world.cloud.billed() == billed
