"""What stands on the disk and makes no sense, or is of another version, costs nothing but itself."""

import json
from typing import Any

from homeassistant.config_entries import ConfigEntryState
from homeassistant.core import HomeAssistant
from homeassistant.helpers import issue_registry as ir
import pytest

from custom_components.tesla_direct.const import DOMAIN
from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .disk import write

BATTERY = "sensor.battery_level"


@pytest.mark.parametrize(
    "content",
    [
        {"vehicles": {"VIN": {"readings": [1, 2]}}},
        {"vehicles": {"VIN": {"readings": {"battery_level": 5}}}},
        {"vehicles": []},
        {"limits": {"version": 99}},
        {"poll": {"cars": {"VIN": [1, 2, 3, 4, 5, 6]}}},
    ],
    ids=json.dumps,
)
async def test_readings_that_make_no_sense_are_learnt_anew(
    account: Account, car: Car, hass: HomeAssistant, caplog: pytest.LogCaptureFixture, content: Any
) -> None:
    await account.sign_in()
    account.add_entry(car)
    name = f"readings.{account.entry.entry_id}"
    await hass.async_add_executor_job(
        write, hass, name, json.loads(json.dumps(content).replace("VIN", car.vin))
    )
    assert await hass.config_entries.async_setup(account.entry.entry_id)
    await account.quiet()

    assert account.shows(car, BATTERY) == "70"
    assert "is learnt anew" in caplog.text
    assert car.vin not in caplog.text


async def test_a_newer_minor_version_of_what_is_stored_is_read(
    account: Account, car: Car, hass: HomeAssistant
) -> None:
    await account.sign_in()
    account.add_entry(car, version=1, minor_version=7)
    reading = {"battery_level": [33.0, account.wall() - 100]}
    content = {"vehicles": {car.vin: {"readings": reading, "surprise": 1}}, "surprise": 2}
    name = f"readings.{account.entry.entry_id}"
    await hass.async_add_executor_job(write, hass, name, content, 9)
    car.sleep()
    assert await hass.config_entries.async_setup(account.entry.entry_id)
    await account.quiet()

    assert account.shows(car, BATTERY) == "33.0"


async def test_an_entry_of_a_newer_version_is_left_alone(
    account: Account, car: Car, hass: HomeAssistant
) -> None:
    await account.sign_in()
    account.add_entry(car, version=2)
    before = dict(account.entry.data)
    assert not await hass.config_entries.async_setup(account.entry.entry_id)

    assert account.entry.state is ConfigEntryState.MIGRATION_ERROR
    assert dict(account.entry.data) == before


async def test_a_port_whose_settings_are_lost_is_told(
    account: Account, car: Car, hass: HomeAssistant, issue_registry: ir.IssueRegistry
) -> None:
    content = {
        "ports": [{"port": 8443}, 5, [], {"port": 8444, "authority": None, "leaf": None, "peers": ["x"]}]
    }
    await hass.async_add_executor_job(write, hass, "ports", content)
    await account.set_up(car, receiver=8443)

    assert (DOMAIN, f"receiver_lost_{account.entry.entry_id}") in issue_registry.issues
    assert account.shows(car, BATTERY) == "70"


async def test_a_ledger_that_makes_no_sense_begins_anew(
    account: Account, world: World, car: Car, hass: HomeAssistant
) -> None:
    client_id = world.cloud.books.application.client_id
    content = {client_id: {"version": 77}}
    await hass.async_add_executor_job(write, hass, "ledger", content)
    await account.set_up(car)

    assert account.loaded
