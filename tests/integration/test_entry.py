"""The life of an entry: set up, reloaded, restarted, disabled, removed."""

import asyncio
from datetime import timedelta
import logging
from pathlib import Path
from typing import Any

from homeassistant.components.event import DATA_COMPONENT as EVENTS
from homeassistant.config_entries import ConfigEntryDisabler, ConfigEntryState
from homeassistant.const import STATE_UNAVAILABLE, STATE_UNKNOWN
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import issue_registry as ir
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    async_fire_time_changed,
)

from custom_components.tesla_direct import async_remove_config_entry_device
from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.tesla.fleet_api.endpoints import Price
from custom_components.tesla_direct.tesla.vehicle.signals import drive
from simulator.car.car import Car
from simulator.world import World
from tests.home import until
from tests.simulator.wall import Wall

from .account import Account, is_free
from .disk import data, path, stored
from .restart import as_on_disk, restarted

BATTERY = "sensor.battery_level"
ODOMETER = "sensor.odometer"


def port_of(account: Account) -> int:
    number = account.entry.data["receiver"]
    assert isinstance(number, int)
    return number


async def test_set_up_needs_no_answer_of_a_cloud(account: Account, world: World, car: Car) -> None:
    port = await account.make_port()
    await account.sign_in()
    account.add_entry(car, receiver=port)
    await world.cloud.down()
    assert await account.hass.config_entries.async_setup(account.entry.entry_id)
    await account.connect(car)
    await account.push(car, BatteryLevel=41.0)

    assert account.loaded
    assert account.shows(car, BATTERY) == "41.0"


async def test_a_cloud_that_hangs_holds_up_nothing(account: Account, world: World, car: Car) -> None:
    port = await account.make_port()
    await account.sign_in()
    account.add_entry(car, receiver=port)
    world.cloud.hang("*")
    assert await account.hass.config_entries.async_setup(account.entry.entry_id)
    await account.connect(car)
    await account.push(car, BatteryLevel=41.0)

    assert account.shows(car, BATTERY) == "41.0"
    assert await account.hass.config_entries.async_unload(account.entry.entry_id)


async def test_a_restart_brings_back_what_was_known_with_its_time_and_bills_nothing(
    streaming: Account, world: World, car: Car
) -> None:
    await streaming.push(car, BatteryLevel=41.0)
    measured = streaming.wall()
    billed = world.cloud.billed()["data"]
    streaming.wall.move(60)
    async with restarted(streaming) as again:
        shown = again.state(car, BATTERY)
        assert shown.state == "41.0"
        assert shown.attributes["source"] == "restored"
        assert shown.attributes["measured_at"].timestamp() == measured
        await again.quiet()
        assert world.cloud.billed()["data"] == billed


async def test_a_restart_without_a_cloud_loses_nothing_and_takes_pushes(
    streaming: Account, world: World, car: Car
) -> None:
    await streaming.push(car, BatteryLevel=41.0)
    await world.cloud.down()
    async with restarted(streaming) as again:
        assert again.shows(car, BATTERY) == "41.0"
        await world.advance(40)
        await until(lambda: car.telemetry.connections.open)
        await again.push(car, BatteryLevel=43.0)
        assert again.shows(car, BATTERY) == "43.0"
        assert again.state(car, BATTERY).attributes["source"] == "receiver"


async def test_a_reload_bills_nothing_and_keeps_the_connection(
    streaming: Account, world: World, car: Car
) -> None:
    billed = world.cloud.billed()["data"]
    connects = car.telemetry.connections.connects
    await streaming.reload()
    await streaming.push(car, BatteryLevel=44.0)

    assert world.cloud.billed()["data"] == billed
    assert car.telemetry.connections.connects == connects
    assert streaming.shows(car, BATTERY) == "44.0"
    assert streaming.shows(car, "binary_sensor.telemetry_connected") == "on"


async def test_records_that_arrive_during_a_reload_are_neither_lost_nor_answered_strangely(
    streaming: Account, world: World, car: Car
) -> None:
    reload = streaming.hass.async_create_task(
        streaming.hass.config_entries.async_reload(streaming.entry.entry_id)
    )
    for miles in range(9000, 9060):
        streaming.wall.move(1)
        await car.push(Odometer=float(miles))
        await asyncio.sleep(0)
    assert await reload
    assert await world.settled()
    await streaming.quiet()

    outbox = car.telemetry.outbox
    assert outbox.strange == []
    assert outbox.tally.acknowledged == outbox.tally.sent
    assert (outbox.tally.lost, outbox.tally.refused, outbox.tally.resent) == (0, 0, 0)
    assert float(streaming.shows(car, ODOMETER)) == pytest.approx(9059 * 1.609344, rel=1e-6)


async def test_a_record_is_not_acknowledged_before_somebody_takes_it(
    streaming: Account, world: World, car: Car
) -> None:
    await streaming.hass.config_entries.async_unload(streaming.entry.entry_id)
    before = car.telemetry.outbox.tally.acknowledged
    streaming.wall.move(1)
    await car.push(BatteryLevel=45.0)
    assert not await world.settled(limit=0.05)
    assert car.telemetry.outbox.tally.acknowledged == before

    await streaming.hass.config_entries.async_setup(streaming.entry.entry_id)
    assert await world.settled()
    await streaming.quiet()
    assert streaming.shows(car, BATTERY) == "45.0"
    assert car.telemetry.outbox.strange == []


async def test_the_port_of_an_entry_that_does_not_come_back_closes_after_a_minute(
    streaming: Account, hass: HomeAssistant, car: Car
) -> None:
    await hass.config_entries.async_unload(streaming.entry.entry_id)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=58))
    await hass.async_block_till_done()
    assert not is_free(port_of(streaming))

    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await hass.async_block_till_done()
    assert is_free(port_of(streaming))
    await until(lambda: not car.telemetry.connections.open)


async def test_the_port_of_an_entry_that_comes_back_stays_open(
    streaming: Account, hass: HomeAssistant
) -> None:
    await streaming.reload()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await hass.async_block_till_done()

    assert not is_free(port_of(streaming))


async def test_the_port_of_a_disabled_entry_closes_at_once(streaming: Account, hass: HomeAssistant) -> None:
    await hass.config_entries.async_set_disabled_by(streaming.entry.entry_id, ConfigEntryDisabler.USER)
    await hass.async_block_till_done()

    assert is_free(port_of(streaming))


async def test_the_port_closes_when_home_assistant_stops(streaming: Account, hass: HomeAssistant) -> None:
    await hass.async_stop(force=True)

    assert is_free(port_of(streaming))


async def test_a_port_that_lingers_closes_when_home_assistant_stops(
    streaming: Account, hass: HomeAssistant
) -> None:
    await hass.config_entries.async_unload(streaming.entry.entry_id)
    await hass.async_stop(force=True)

    assert is_free(port_of(streaming))


async def test_a_removed_entry_leaves_nothing_behind(
    streaming: Account, hass: HomeAssistant, world: World, issue_registry: ir.IssueRegistry
) -> None:
    world.cloud.refuse("vehicles", "billing_limit_exceeded")
    await streaming.pass_time(3601)
    assert issue_registry.issues
    await hass.config_entries.async_remove(streaming.entry.entry_id)
    await hass.async_block_till_done()

    assert is_free(port_of(streaming))
    assert issue_registry.issues == {}
    assert await hass.async_add_executor_job(data, hass, "tokens") == {}
    assert not await hass.async_add_executor_job(path(hass, f"readings.{streaming.entry.entry_id}").exists)
    registry = dr.async_get(hass)
    assert not dr.async_entries_for_config_entry(registry, streaming.entry.entry_id)
    kept = await hass.async_add_executor_job(data, hass, "ports")  # cars still hold the certificate
    assert [port["port"] for port in kept["ports"]] == [port_of(streaming)]


async def test_what_comes_after_an_entry_was_removed_leaves_nothing_behind_either(
    account: Account, hass: HomeAssistant, world: World, car: Car
) -> None:
    await account.set_up(car)
    account.wall.move(20)
    world.cloud.delay("vehicle_data", 0.1, times=1)
    fetched = len(world.cloud.requests("vehicle_data"))
    refresh = hass.async_create_task(account.runtime.poll.refresh(car.vin))
    await until(lambda: len(world.cloud.requests("vehicle_data")) > fetched)
    await hass.config_entries.async_remove(account.entry.entry_id)
    await refresh
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=301))
    await hass.async_block_till_done()

    assert not await hass.async_add_executor_job(path(hass, f"readings.{account.entry.entry_id}").exists)


class Stubborn:
    """A platform of Home Assistant's that cannot be taken down."""

    async def async_destroy(self) -> None:
        raise RuntimeError("it does not let go")


async def test_an_entry_whose_platforms_cannot_be_unloaded_stays_at_work(
    streaming: Account, hass: HomeAssistant, car: Car
) -> None:
    events: Any = hass.data[EVENTS]
    events._platforms[streaming.entry.entry_id] = Stubborn()
    assert not await hass.config_entries.async_unload(streaming.entry.entry_id)
    await streaming.push(car, Odometer=9000.0)

    assert streaming.entry.state is ConfigEntryState.FAILED_UNLOAD
    assert streaming.runtime.vehicles[car.vin].coordinator.data.get(drive.ODOMETER) == 9000.0
    assert car.telemetry.connections.connects == 1
    await streaming.runtime.async_stop()


async def test_two_entries_share_one_port(
    streaming: Account, world: World, wall: Wall, hass: HomeAssistant, car: Car
) -> None:
    partner = world.cloud.add_account(email="partner@example.org")
    second = world.add_car("untyped", account=partner)
    other = Account(hass, world, wall, partner)
    await other.set_up(second, receiver=port_of(streaming))
    await other.connect(second)
    await streaming.push(car, BatteryLevel=46.0)
    await other.push(second, BatteryLevel=47.0)
    assert (streaming.shows(car, BATTERY), other.shows(second, BATTERY)) == ("46.0", "47.0")

    await hass.config_entries.async_remove(streaming.entry.entry_id)
    await until(lambda: not car.telemetry.connections.open)
    assert second.telemetry.connections.open
    await other.push(second, BatteryLevel=48.0)
    assert other.shows(second, BATTERY) == "48.0"


async def test_an_entry_that_is_removed_leaves_a_reloading_one_its_cars(
    streaming: Account, world: World, wall: Wall, hass: HomeAssistant, car: Car
) -> None:
    partner = world.cloud.add_account(email="partner@example.org")
    other = Account(hass, world, wall, partner)
    await other.set_up(world.add_car("untyped", account=partner), receiver=port_of(streaming))
    await hass.config_entries.async_unload(streaming.entry.entry_id)
    await hass.config_entries.async_remove(other.entry.entry_id)
    await hass.config_entries.async_setup(streaming.entry.entry_id)
    await streaming.quiet()

    assert car.telemetry.connections.connects == 1


async def test_a_device_can_be_deleted_only_if_its_car_is_gone(
    streaming: Account, hass: HomeAssistant, device_registry: dr.DeviceRegistry, car: Car
) -> None:
    stale = device_registry.async_get_or_create(
        config_entry_id=streaming.entry.entry_id, identifiers={(DOMAIN, "5YJ3E7EB0SF999999")}
    )
    own = device_registry.async_get_device_by_identifier((DOMAIN, car.vin), streaming.entry.entry_id)
    assert own is not None

    assert await async_remove_config_entry_device(hass, streaming.entry, stale)
    assert not await async_remove_config_entry_device(hass, streaming.entry, own)
    await streaming.reload()
    assert device_registry.async_get(stale.id) is None


async def test_all_that_is_stored_is_private(streaming: Account, hass: HomeAssistant) -> None:
    await streaming.reload()
    for name in ("tokens", "ports", f"readings.{streaming.entry.entry_id}"):
        _, mode = await hass.async_add_executor_job(stored, hass, name)
        assert mode == 0o600, name


async def test_what_a_call_has_cost_is_on_disk_within_a_second(
    streaming: Account, hass: HomeAssistant
) -> None:
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=1))
    await hass.async_block_till_done()

    ledger, mode = await hass.async_add_executor_job(stored, hass, "ledger")
    assert '"data"' in ledger
    assert mode == 0o600
    readings = await hass.async_add_executor_job(data, hass, f"readings.{streaming.entry.entry_id}")
    assert readings["poll"]["cars"]


async def test_after_a_power_cut_nothing_is_paid_for_twice(
    account: Account, world: World, car: Car, hass: HomeAssistant, tmp_path: Path
) -> None:
    car.climate(on=True)
    await account.set_up(car)
    await until(lambda: world.cloud.billed()["data"] == 1)
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=1))
    await hass.async_block_till_done()
    folder = await as_on_disk(account, tmp_path / "after")
    async with restarted(account, folder=folder) as again:
        await again.quiet()
        assert world.cloud.billed()["data"] == 1
        assert again.runtime.ledger.month(again.wall()).calls(Price.DATA) == 1


async def test_an_alert_alone_is_remembered_over_a_restart(
    streaming: Account, world: World, car: Car
) -> None:
    await streaming.reload()  # so that nothing else waits to be saved
    car.raise_alert()
    await world.settled()
    async with restarted(streaming) as again:
        (alert,) = again.runtime.vehicles[car.vin].alerts.active
        assert alert.name == "VCFRONT_a192_washerFluidLow"


async def test_a_bug_in_the_poll_costs_its_traceback_and_one_reload(
    account: Account, world: World, car: Car, hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    await account.set_up(car)
    first = account.runtime
    first.poll._memory.clear()  # as a bug might
    first.poll.poke()
    await until(lambda: account.loaded and account.runtime is not first)
    await account.quiet()
    assert "has ended unexpectedly" in caplog.text
    assert account.shows(car, BATTERY) == "70"

    second = account.runtime
    caplog.clear()
    second.poll._memory.clear()
    second.poll.poke()
    await until(lambda: "has ended unexpectedly" in caplog.text)
    await hass.async_block_till_done()
    assert account.runtime is second
    assert account.shows(car, BATTERY) not in (STATE_UNAVAILABLE, STATE_UNKNOWN)


async def test_a_reload_in_the_middle_of_a_request_ends_it(
    account: Account, world: World, car: Car, caplog: pytest.LogCaptureFixture
) -> None:
    await account.set_up(car)
    world.cloud.hang("vehicles")
    account.wall.move(121)
    account.runtime.poll.poke()
    await until(lambda: len(world.cloud.requests("vehicles")) == 2)
    caplog.set_level(logging.DEBUG)
    assert await account.hass.config_entries.async_unload(account.entry.entry_id)
    world.cloud.accept()

    assert "did not complete in time" not in caplog.text
