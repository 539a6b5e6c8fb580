"""What cars are told of streaming, kept in step with what is shown of them."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from homeassistant.config_entries import EntityRegistryDisabledHandler
from homeassistant.core import HomeAssistant
from homeassistant.helpers import entity_registry as er
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    async_fire_time_changed,
)

from custom_components.tesla_direct.const import CONF_TELEMETRY
from custom_components.tesla_direct.tesla.errors import CannotDo, KeyUnreadable, OverBudget
from custom_components.tesla_direct.tesla.fleet_telemetry.profile import Profile, Selection
from custom_components.tesla_direct.tesla.source.config_state import Phase, Reason
from custom_components.tesla_direct.tesla.source.keeper_plan import GATHER
from custom_components.tesla_direct.tesla.vehicle.signals import BY_NAME
from simulator.car.car import Car
from simulator.world import World
from tests.home import until

from .account import Account
from .disk import mend_disk, spoil_disk
from .kept import CHOSEN, DELETE, READ, SEND, Kept
from .restart import as_on_disk, restarted

DAY, HOUR = 86_400.0, 3600.0
OTHER_CA = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"


@pytest.fixture
async def kept(account: Account) -> Kept:
    return Kept(account)


@pytest.fixture
async def streams(kept: Kept, car: Car) -> Kept:
    """A car that streams what it was told by us."""
    car.power.idle_s = 1e9
    await kept.set_up(car)
    await kept.gathered()
    assert kept.phase(car) is Phase.SYNCED
    return kept


async def test_a_car_is_told_what_its_entities_show_and_streams_it(streams: Kept, car: Car) -> None:
    assert car.told is not None
    assert {"BatteryLevel", "Odometer", "Gear", "Version"} <= set(car.told.fields)
    assert car.told.hostname == "cars.example.com"
    assert car.telemetry.connections.open
    assert streams.sent() == 1
    assert streams.issues() == set()


async def test_it_wakes_nobody_and_costs_nothing(kept: Kept, car: Car) -> None:
    car.sleep()
    await kept.set_up(car)
    await kept.gathered()
    await kept.later(DAY, HOUR)

    assert kept.phase(car) is Phase.SENT
    assert not car.power.awake
    assert kept.world.cloud.billed()["wake"] == 0
    assert kept.world.cloud.billed()["data"] == 0


async def test_nothing_is_sent_before_the_user_has_chosen(kept: Kept, car: Car) -> None:
    await kept.set_up(car, chosen=False)
    await kept.gathered()
    assert kept.world.cloud.requests(READ) == []
    with pytest.raises(CannotDo):
        await kept.streaming.async_send_now()

    kept.hass.config_entries.async_update_entry(kept.account.entry, options=CHOSEN)
    await kept.hass.async_block_till_done()
    await kept.gathered()

    assert kept.phase(car) is Phase.SYNCED
    assert kept.sent() == 1


async def test_without_a_port_there_is_nothing_to_keep(account: Account, car: Car) -> None:
    await account.set_up(car, options=CHOSEN)
    kept = Kept(account)
    await kept.gathered()

    assert kept.world.cloud.requests(READ) == []
    assert not kept.streaming.wished(car.vin).paces


async def test_an_entity_that_is_switched_on_brings_its_field_with_one_push(streams: Kept, car: Car) -> None:
    registry = er.async_get(streams.hass)
    asked = set(car.told.fields) if car.told else set()
    disabled = {
        entry.entity_id: BY_NAME[entry.unique_id.partition("-")[2]].field
        for entry in er.async_entries_for_config_entry(registry, streams.account.entry.entry_id)
        if entry.disabled_by is not None and entry.unique_id.partition("-")[2] in BY_NAME
    }
    entity, field = next((one, name) for one, name in disabled.items() if name and name not in asked)
    before = streams.account.runtime
    EntityRegistryDisabledHandler(streams.hass).async_setup()  # as Home Assistant does when it starts
    registry.async_update_entity(entity, disabled_by=None)
    await streams.hass.async_block_till_done()
    async_fire_time_changed(streams.hass, dt_util.utcnow() + timedelta(seconds=31))
    await streams.hass.async_block_till_done()
    assert streams.account.runtime is not before
    await streams.account.quiet()
    await streams.gathered()
    await streams.later(DAY, HOUR)

    assert streams.sent() == 2
    assert car.told is not None
    assert field in car.told.fields


async def test_an_entity_that_is_switched_off_takes_its_field_along(
    streams: Kept, car: Car, hass: HomeAssistant
) -> None:
    entity = streams.account.entity_id(car, "sensor.odometer")
    er.async_get(hass).async_update_entity(entity, disabled_by=er.RegistryEntryDisabler.USER)
    await hass.async_block_till_done()
    await streams.gathered()

    assert streams.sent() == 2
    assert car.told is not None
    assert "Odometer" not in car.told.fields


async def test_a_reload_alone_sends_nothing(streams: Kept, car: Car) -> None:
    for _ in range(3):
        await streams.account.reload()
        await streams.gathered()

    assert streams.sent() == 1
    assert streams.phase(car) is Phase.SYNCED


async def test_the_look_once_a_minute_finds_what_has_changed(
    streams: Kept, car: Car, hass: HomeAssistant
) -> None:
    asked = streams.state(car).target
    selection = Selection(Profile.ECONOMICAL)
    hass.config_entries.async_update_entry(
        streams.account.entry, options={CONF_TELEMETRY: selection.to_json()}
    )
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await hass.async_block_till_done()

    assert streams.state(car).target != asked


async def test_another_profile_is_sent_without_a_reload(streams: Kept, car: Car, hass: HomeAssistant) -> None:
    runtime = streams.account.runtime
    hass.config_entries.async_update_entry(
        streams.account.entry, options={CONF_TELEMETRY: Selection(Profile.ECONOMICAL).to_json()}
    )
    await streams.gathered()

    assert streams.account.runtime is runtime
    assert streams.sent() == 2


async def test_a_port_that_was_moved_is_told_to_the_cars(streams: Kept, car: Car) -> None:
    port = streams.account.runtime.port
    assert port is not None
    shared = await streams.account.shared()
    await shared.ports.async_set(replace(port.settings, host="other.example.com", public_port=444))
    await streams.gathered()

    assert streams.sent() == 2
    assert car.told is not None
    assert (car.told.hostname, car.told.port) == ("other.example.com", 444)


async def test_fields_that_the_firmware_does_not_know_wait_for_it(kept: Kept, car: Car) -> None:
    car.power.idle_s = 1e9
    car.update_firmware("2025.2.6")
    selection = Selection(Profile.OWN, frozenset({"BatteryLevel", "MilesSinceReset"}))
    await kept.set_up(car, options={CONF_TELEMETRY: selection.to_json()})
    await kept.gathered()
    assert kept.streaming.wished(car.vin).held_back == {"MilesSinceReset"}
    assert car.told is not None
    assert "MilesSinceReset" not in car.told.fields

    car.update_firmware("2026.32.3")
    await kept.account.push(car, Version="2026.32.3")
    await kept.gathered()

    assert kept.sent() == 2
    assert kept.streaming.wished(car.vin).held_back == frozenset()


async def test_what_the_user_has_not_granted_is_not_asked_for(kept: Kept, car: Car) -> None:
    await kept.set_up(car, scopes=("openid", "offline_access", "vehicle_device_data", "vehicle_cmds"))
    await kept.gathered()

    assert car.told is not None
    assert "Location" not in car.told.fields


@pytest.mark.parametrize("stage", ["stopped", "slow"])
async def test_the_budget_is_kept_and_its_end_is_undone(
    streams: Kept, car: Car, stage: str, hass: HomeAssistant
) -> None:
    told = car.told
    assert told is not None
    runtime = streams.account.runtime
    _spend(runtime, 1.0 if stage == "stopped" else 0.85)
    await streams.gathered()
    if stage == "stopped":
        assert car.told is None
        assert streams.phase(car) is Phase.STOPPED
        assert streams.issue("streaming_stopped")
        with pytest.raises(OverBudget):
            await streams.streaming.async_send_now()
    else:
        assert car.told is not None
        assert car.told.raw != told.raw
        assert streams.sent() == 2
    sent = streams.sent()
    await streams.later(2 * HOUR, 600)
    assert streams.sent() == sent

    await _next_month(streams)
    await streams.gathered()

    assert car.told is not None
    assert car.told.fields.items() <= told.fields.items()
    assert "BatteryLevel" in car.told.fields
    assert streams.sent() == sent + 1
    assert streams.issues() == set()


def _spend(runtime: Any, share: float) -> None:
    """Have so much of the budget spent by what the car streams."""
    budget = runtime.budget
    runtime.meter.async_configure(replace(budget.settings, budget=1.0))
    whole = budget.prices.discount + 1.0
    vin = next(iter(runtime.vehicles))
    runtime.ledger.add_signals(vin, round(whole * share / budget.prices.signal) + 10, runtime.clock())
    runtime.meter.async_check_stage()


async def _next_month(kept: Kept) -> None:
    runtime = kept.account.runtime
    kept.account.wall.now = runtime.ledger.ends(runtime.clock()) + 60
    runtime.meter.async_check_stage()


async def test_a_configuration_that_vanished_is_sent_again(streams: Kept, car: Car) -> None:
    car.stop_streaming()
    await streams.later(HOUR, 60)

    assert streams.sent() == 2
    assert streams.phase(car) is Phase.SYNCED
    assert car.told is not None


async def test_what_the_billing_limit_has_ended_comes_back_when_it_is_raised(
    streams: Kept, car: Car, world: World
) -> None:
    world.cloud.set_billing_limit(0.0)
    for _ in range(6000):
        world.cloud.books.ledger.count("data", 200, world.cloud.books.clock.now())
    car.stop_streaming()
    await streams.later(2 * HOUR, 300)
    assert streams.sent() == 1

    world.cloud.set_billing_limit(None)
    await streams.later(8 * HOUR, 600)

    assert streams.phase(car) is Phase.SYNCED
    assert streams.sent() == 2


async def test_the_account_says_what_it_knows_after_a_restart(streams: Kept, car: Car) -> None:
    data = streams.account.runtime._data()["streaming"]

    assert data["cars"][car.vin]["phase"] == "synced"
    assert data["wishes"][car.vin]["withheld"] == []


async def test_a_restart_sends_nothing(streams: Kept, car: Car) -> None:
    async with restarted(streams.account) as again:
        kept = Kept(again)
        await again.quiet()
        await kept.gathered()

        assert kept.sent() == 1
        assert kept.phase(car) is Phase.SYNCED


async def test_a_restart_tries_nothing_again_that_was_in_vain(kept: Kept, car: Car) -> None:
    car.power.idle_s = 1e9
    car.update_firmware("2023.44.1")
    await kept.set_up(car)
    await kept.gathered()
    assert kept.phase(car) is Phase.SKIPPED
    async with restarted(kept.account) as again:
        kept = Kept(again)
        await again.quiet()
        await kept.later(2 * HOUR, 300)

        assert kept.phase(car) is Phase.SKIPPED
        assert kept.sent() == 1


async def test_a_power_cut_while_it_is_sent_is_made_good(
    kept: Kept, car: Car, world: World, tmp_path: Path
) -> None:
    car.power.idle_s = 1e9
    await kept.set_up(car)
    world.cloud.hang(SEND, after=True, times=1)
    await kept.later(1)
    kept.account.wall.move(GATHER)
    kept.streaming.async_changed()
    await until(lambda: world.cloud.requests(SEND))
    async_fire_time_changed(kept.hass, dt_util.utcnow() + timedelta(seconds=2))
    await until(lambda: kept.state(car).lost)
    await kept.hass.async_block_till_done()
    folder = await as_on_disk(kept.account, tmp_path / "cut")
    world.cloud.accept(SEND)
    async with restarted(kept.account, folder=folder) as again:
        kept = Kept(again)
        await again.quiet()
        await kept.gathered()

        assert kept.sent() == 1
        assert kept.phase(car) is Phase.SYNCED


async def test_two_accounts_of_one_application_keep_a_car_each(
    streams: Kept, car: Car, second: Car, hass: HomeAssistant, world: World
) -> None:
    second.power.idle_s = 1e9
    owner = world.cloud.add_account(email="other@example.org")
    world.cloud.account.cars.remove(second)
    owner.cars.append(second)
    other = Kept(Account(hass, world, streams.account.wall, owner))
    await other.set_up(second)
    await other.gathered()
    await streams.gathered()

    assert streams.sent() == 2
    _spend(streams.account.runtime, 1.0)
    await other.gathered()
    await streams.gathered()
    assert (car.told, second.told) == (None, None)


async def test_a_bug_costs_its_traceback_and_one_reload(
    streams: Kept, car: Car, caplog: pytest.LogCaptureFixture
) -> None:
    runtime = streams.account.runtime
    streams.streaming.keeper._wishes[car.vin] = 5  # type: ignore[assignment]  # a bug
    streams.account.wall.move(2 * DAY)
    streams.streaming.keeper.poke()
    entry = streams.account.entry
    await until(lambda: streams.account.loaded and entry.runtime_data is not runtime)
    await streams.account.quiet()
    await streams.gathered()

    assert "The telemetry configurations are not kept any more" in caplog.text
    assert streams.phase(car) is Phase.SYNCED
    assert streams.sent() == 1


async def test_a_key_that_cannot_be_read_sends_nothing(kept: Kept, car: Car) -> None:
    await kept.set_up(car)
    keys = (await kept.account.shared()).key
    keys.unreadable, keys._key = True, None
    await kept.gathered()
    assert kept.sent() == 0
    with pytest.raises(KeyUnreadable):
        await kept.streaming.async_send_now(car.vin)

    assert kept.sent() == 0


async def test_a_key_that_cannot_be_saved_sends_nothing(kept: Kept, car: Car) -> None:
    await kept.set_up(car)
    keys = (await kept.account.shared()).key
    keys._key = None
    await kept.hass.async_add_executor_job(spoil_disk, kept.hass, "key")
    with pytest.raises(KeyUnreadable):
        await kept.streaming.async_send_now(car.vin)
    await kept.hass.async_add_executor_job(mend_disk, kept.hass, "key")

    assert kept.sent() == 0


async def test_the_port_is_told_once_all_cars_hold_its_new_authority(streams: Kept, car: Car) -> None:
    port = streams.account.runtime.port
    assert port is not None
    old = port.ca_for_cars
    assert streams.streaming.holds_ca(car.vin, old)
    port._change(replace(port.settings, next_ca=OTHER_CA))
    assert OTHER_CA.strip() in port.ca_for_cars
    assert not streams.streaming.holds_ca(car.vin, port.ca_for_cars)
    await streams.gathered()
    assert streams.sent() == 2
    await streams.later(60, 10)

    assert port.settings.next_ca == ""


async def test_what_a_car_never_sends_is_noted_after_some_drives(streams: Kept, car: Car) -> None:
    await streams.later(60)
    for _ in range(3):
        await streams.account.push(car, Gear="D")
        await streams.later(60)
        await streams.account.push(car, Gear="P")
        await streams.later(60)

    never = streams.streaming.wished(car.vin).never_sent
    assert "BatteryLevel" not in never
    assert streams.sent() == 1


async def test_a_user_deletes_and_sends(streams: Kept, car: Car) -> None:
    await streams.streaming.async_delete(car.vin)
    await streams.later(DAY, HOUR)
    assert car.told is None
    assert streams.sent() == 1

    states = await streams.streaming.async_send_now(car.vin)
    assert states[car.vin].phase is Phase.SENT
    await streams.later(1)
    assert (await streams.streaming.async_look(car.vin)).phase is Phase.SYNCED


async def test_a_car_without_key_is_sent_to_once_it_is_paired(kept: Kept, car: Car) -> None:
    car.power.idle_s = 1e9
    keys = (await kept.account.shared()).key
    key = await keys.async_ensure()
    assert key is not None
    await keys.async_confirm()
    kept.world.cloud.register_key(key.public)
    await kept.set_up(car, paired=False)
    await kept.gathered()
    assert kept.sent() <= 1
    assert kept.state(car).reason == Reason.MISSING_KEY

    car.pair_key(key.public)
    assert await kept.account.runtime.async_ask_paired(car.vin)
    await kept.later(1200, 100)

    assert kept.phase(car) is Phase.SYNCED


async def test_the_port_gone_the_cars_are_told_nothing_more(streams: Kept, car: Car) -> None:
    entry = streams.account.entry
    streams.hass.config_entries.async_update_entry(entry, data={**entry.data, "receiver": "never"})
    await streams.hass.async_block_till_done()
    await streams.account.quiet()
    await streams.gathered()

    assert car.told is None
    assert len(streams.world.cloud.requests(DELETE)) == 1
    assert streams.sent() == len(streams.world.cloud.requests(SEND)) == 1
