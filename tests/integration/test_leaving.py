"""A car that leaves, an account that leaves: what cars were told is taken back, and the rest is told."""

from typing import Any

from homeassistant.config_entries import ConfigEntryDisabler
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.common import MockConfigEntry  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import CONF_CLIENT_ID, CONF_LEFT_OUT, CONF_VEHICLES, DOMAIN
from custom_components.tesla_direct.leaving import async_take_back, told_cars
from custom_components.tesla_direct.telemetry_homes import home_of
from custom_components.tesla_direct.tesla.source.config_state import Phase
from simulator.car.car import Car
from simulator.world import World
from tests.home import until

from .account import Account, is_free
from .dialogue import Dialogue
from .disk import data
from .kept import DELETE, Kept


@pytest.fixture
async def streams(account: Account, car: Car) -> Kept:
    """A car that streams what it was told by us."""
    kept = Kept(account)
    car.power.idle_s = 1e9
    await kept.set_up(car)
    await kept.gathered()
    assert kept.phase(car) is Phase.SYNCED
    return kept


@pytest.fixture
async def both(account: Account, car: Car, second: Car) -> Kept:
    """Two cars that stream."""
    kept = Kept(account)
    for one in (car, second):
        one.power.idle_s = 1e9
    await kept.set_up(car, second)
    await kept.gathered()
    assert kept.phase(second) is Phase.SYNCED
    return kept


def notice(kept: Kept) -> str | None:
    """Return what the user is told of what has left."""
    found = kept.hass.data.get("persistent_notification", {})
    told = found.get(f"tesla_direct_left_{kept.account.entry.entry_id}")
    return None if told is None else str(told["message"])


async def leave_out(kept: Kept, car: Car) -> None:
    """Take a car out of the account, as reconfigure does."""
    entry = kept.account.entry
    vehicles = {vin: name for vin, name in entry.data[CONF_VEHICLES].items() if vin != car.vin}
    kept.hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_VEHICLES: vehicles, CONF_LEFT_OUT: [car.vin]}
    )
    await kept.hass.async_block_till_done()
    await kept.account.quiet()


async def test_dialogues_about_an_entry_end_with_it(
    account: Account, dialogue: Dialogue, world: World, hass: HomeAssistant
) -> None:
    service, car = await world.open_teslemetry(), world.add_car()
    service.pair(car.vin)
    await account.set_up(car)
    flows = hass.config_entries
    await dialogue.reconfigure(account.entry, "sign_in")
    await dialogue.begin_subentry(account.entry, "mqtt")
    await dialogue.begin_subentry(account.entry, "teslemetry")
    await dialogue.answer_subentry(next_step_id="teslemetry_server")
    await dialogue.answer_subentry(address=service.base)
    await dialogue.answer_subentry(next_step_id="teslemetry_account")  # which waits for a browser
    await dialogue.begin()
    stays = dialogue.step["flow_id"]
    managers: tuple[Any, ...] = (flows.flow, flows.subentries)
    assert [len(manager.async_progress()) for manager in managers] == [3, 2]
    await flows.async_remove(account.entry.entry_id)

    assert [flow["flow_id"] for manager in managers for flow in manager.async_progress()] == [stays]


async def test_an_account_that_is_removed_tells_its_cars_to_stream_no_more(streams: Kept, car: Car) -> None:
    entry = streams.account.entry
    number = entry.data["receiver"]
    assert await streams.hass.config_entries.async_remove(entry.entry_id)

    assert car.told is None
    assert len(streams.world.cloud.requests(DELETE)) == 1
    assert is_free(number)
    told = notice(streams)
    assert told is not None
    assert "Controls → Locks → Keys" in told
    assert f"revoke_client_id={entry.data['client_id']}" in told
    assert "could not" not in told


async def test_what_could_not_be_taken_back_is_said(streams: Kept, car: Car, world: World) -> None:
    world.cloud.refuse(DELETE, "service_unavailable")
    assert await streams.hass.config_entries.async_remove(streams.account.entry.entry_id)

    assert len(world.cloud.requests(DELETE)) == 1
    told = notice(streams)
    assert told is not None
    assert "could not be told to: Marmalade" in told
    assert car.vin not in told


async def test_a_cloud_that_is_gone_keeps_nobody_from_leaving(streams: Kept, car: Car, world: World) -> None:
    await world.cloud.down()
    entry = streams.account.entry
    assert await streams.hass.config_entries.async_remove(entry.entry_id)

    told = notice(streams)
    assert told is not None
    assert "could not" in told
    assert await streams.hass.async_add_executor_job(data, streams.hass, "tokens") == {}


async def test_an_account_that_has_told_nothing_asks_nothing_when_it_leaves(
    account: Account, car: Car, world: World
) -> None:
    await account.set_up(car)
    assert await account.hass.config_entries.async_remove(account.entry.entry_id)

    assert world.cloud.requests(DELETE) == []
    assert notice(Kept(account)) is not None


async def test_a_car_that_is_left_out_is_told_to_stream_no_more(both: Kept, car: Car, second: Car) -> None:
    await leave_out(both, second)
    await until(lambda: second.told is None)
    await both.gathered()

    assert car.told is not None
    assert len(both.world.cloud.requests(DELETE)) == 1
    assert both.phase(car) is Phase.SYNCED
    assert second.vin not in both.streaming.keeper.to_json()
    told = notice(both)
    assert told is not None
    assert "Controls → Locks → Keys" in told
    assert second.vin not in told


async def test_a_car_that_is_left_out_is_asked_for_once_only(both: Kept, second: Car, world: World) -> None:
    world.cloud.refuse(DELETE, "service_unavailable")
    await leave_out(both, second)
    await until(lambda: second.vin not in both.streaming.keeper.to_json())
    await both.account.reload()
    await both.gathered()

    assert len(world.cloud.requests(DELETE)) == 1
    told = notice(both)
    assert told is not None
    assert "could not" in told


async def test_a_car_that_tesla_does_not_list_any_more_needs_nothing(
    both: Kept, second: Car, world: World
) -> None:
    world.cloud.refuse(DELETE, "not_found")
    await leave_out(both, second)
    await until(lambda: second.vin not in both.streaming.keeper.to_json())

    told = notice(both)
    assert told is not None
    assert "could not" not in told


async def test_a_car_that_another_account_has_now_is_left_to_it(
    both: Kept, hass: HomeAssistant, second: Car
) -> None:
    entry = both.account.entry
    MockConfigEntry(
        domain=DOMAIN,
        unique_id="another",
        data={**entry.data, CONF_VEHICLES: {second.vin: "Biscuit"}},
        disabled_by=ConfigEntryDisabler.USER,
    ).add_to_hass(hass)
    await leave_out(both, second)
    await until(lambda: second.vin not in both.streaming.keeper.to_json())

    assert second.told is not None
    assert both.world.cloud.requests(DELETE) == []


async def test_a_car_that_an_account_of_another_application_has_now_is_told_to_leave_us_alone(
    both: Kept, hass: HomeAssistant, second: Car
) -> None:
    entry = both.account.entry
    theirs = {CONF_VEHICLES: {second.vin: "Biscuit"}, CONF_CLIENT_ID: "another"}
    MockConfigEntry(
        domain=DOMAIN,
        unique_id="another",
        data={**entry.data, **theirs},
        disabled_by=ConfigEntryDisabler.USER,
    ).add_to_hass(hass)
    await leave_out(both, second)
    await until(lambda: second.vin not in both.streaming.keeper.to_json())

    assert second.told is None
    assert len(both.world.cloud.requests(DELETE)) == 1


async def test_a_car_that_was_told_nothing_is_forgotten_when_it_leaves(
    account: Account, car: Car, second: Car
) -> None:
    kept = Kept(account)
    car.power.idle_s = 1e9
    second.update_firmware("2023.44.1")
    await kept.set_up(car, second)
    await kept.gathered()
    assert kept.state(second).tried
    await leave_out(kept, second)
    await kept.gathered()

    assert second.vin not in kept.streaming.keeper.to_json()
    assert kept.world.cloud.requests(DELETE) == []


def test_what_was_kept_and_makes_no_sense_is_nobody_s_configuration() -> None:
    assert told_cars({}) == frozenset()
    assert told_cars({"streaming": {"cars": {"a": {"sent": 5}}}}) == frozenset()
    assert told_cars({"streaming": {"cars": {"a": {"sent": "x"}, "b": {"lost": 1}, "c": {}}}}) == {"a", "b"}


async def test_leaving_has_a_limit(streams: Kept, car: Car, world: World) -> None:
    world.cloud.hang(DELETE)

    home = home_of(streams.account.entry.data, streams.account.runtime.api)
    failed = await async_take_back(home, [car.vin], limit=0.05)

    assert failed == {car.vin}
