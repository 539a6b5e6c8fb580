"""What is spent, what stops before the budget is reached, and what the user is told of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from homeassistant.components.persistent_notification import _async_get_or_create_notifications
from homeassistant.const import STATE_OFF, STATE_ON, STATE_UNKNOWN
from homeassistant.core import HomeAssistant, State, callback
from homeassistant.data_entry_flow import InvalidData
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
from homeassistant.setup import async_setup_component
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    async_capture_events,
    async_fire_time_changed,
)

from custom_components.tesla_direct.const import CONF_VEHICLES, DOMAIN
from custom_components.tesla_direct.sensor.account import ACCOUNT, AccountSensor
from custom_components.tesla_direct.spending import Meter
from custom_components.tesla_direct.tesla.errors import NoAnswer, OverBillingLimit, OverBudget
from custom_components.tesla_direct.tesla.fleet_api import endpoints
from custom_components.tesla_direct.tesla.fleet_api.budget import Settings, Stage
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause, Line
from custom_components.tesla_direct.tesla.fleet_api.month_start import MonthStart
from custom_components.tesla_direct.tesla.fleet_api.prices import DOLLARS, PerUnit
from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .dialogue import Dialogue
from .restart import as_on_disk, restarted

MINUTE = timedelta(minutes=1)


def meter(account: Account) -> Meter:
    return account.runtime.meter


def allow(account: Account, budget: float | None, **settings: Any) -> None:
    """Set a budget, without a discount unless told otherwise."""
    meter(account).async_configure(
        Settings(**{"budget": budget, "discount": 0.0, "currency": "EUR"} | settings)
    )


def spend(account: Account, wakes: int) -> None:
    """Have been billed for so many wakes, two cents each."""
    line = Line(endpoints.WAKE_UP.price, Cause.USER, None, "script.fetch", "wake_up")
    for _ in range(wakes):
        account.runtime.ledger.record(line, 200, account.wall())


async def tick(account: Account) -> None:
    """Let Home Assistant's clock move on by the minute after which sums are looked at."""
    async_fire_time_changed(account.hass, dt_util.utcnow() + MINUTE)
    await account.hass.async_block_till_done()


def entity_id(account: Account, entity: str) -> str:
    platform, _, key = entity.partition(".")
    found = er.async_get(account.hass).async_get_entity_id(
        platform, DOMAIN, f"{account.entry.unique_id}-{key}"
    )
    assert found is not None, entity
    return found


def state(account: Account, entity: str) -> State:
    found = account.hass.states.get(entity_id(account, entity))
    assert found is not None, entity
    return found


def shows(account: Account, entity: str) -> str:
    return state(account, entity).state


async def enable_all(account: Account) -> None:
    """Have the sensors of the account shown that are off by default."""
    registry = er.async_get(account.hass)
    for entry in er.async_entries_for_config_entry(registry, account.entry.entry_id):
        if entry.unique_id.startswith(account.entry.unique_id):
            registry.async_update_entity(entry.entity_id, disabled_by=None)
    await account.reload()


async def switch(account: Account, *, on: bool) -> None:
    await account.hass.services.async_call(
        "switch",
        "turn_on" if on else "turn_off",
        {"entity_id": entity_id(account, "switch.over_budget")},
        blocking=True,
    )


def notifications(hass: HomeAssistant) -> list[dict[str, Any]]:
    shown: Any = _async_get_or_create_notifications(hass)
    return [told for key, told in shown.items() if key.startswith("tesla_direct_budget")]


def stages(account: Account) -> list[str]:
    """Begin to listen to the budget's events; return the list that grows."""
    seen: list[str] = []

    @callback
    def changed(event: Any) -> None:
        new = event.data["new_state"]
        if event.data["entity_id"] == entity_id(account, "event.budget") and "event_type" in new.attributes:
            seen.append(new.attributes["event_type"])

    account.hass.bus.async_listen("state_changed", changed)
    return seen


@pytest.fixture
async def car(world: World) -> Car:
    """A car that takes plain commands, as what they cost is the same."""
    return world.add_car(signs=False)


@pytest.fixture
async def polled(account: Account, car: Car) -> Account:
    await account.set_up(car)
    return account


async def ask(account: Account, car: Car, endpoint: endpoints.Endpoint, **more: Any) -> None:
    more = {"cause": Cause.USER} | more
    await account.runtime.api.request(endpoint, vin=car.vin, **more)


# What is shown


def bill(account: Account) -> dr.DeviceEntry | None:
    return dr.async_get(account.hass).async_get_device_by_identifier(
        (DOMAIN, account.entry.unique_id), account.entry.entry_id
    )


async def test_the_bill_stands_on_a_device_of_the_accounts_own(polled: Account) -> None:
    device = bill(polled)

    assert device is not None
    assert device.entry_type is dr.DeviceEntryType.SERVICE
    assert device.name == "Tesla Fleet API"
    await polled.reload()
    assert dr.async_get(polled.hass).async_get(device.id) is not None
    assert shows(polled, "sensor.budget_stage") == "normal"


async def test_the_device_cannot_be_deleted_while_the_account_is_there(
    polled: Account, hass_ws_client: Any
) -> None:
    assert await async_setup_component(polled.hass, "config", {})
    device = bill(polled)
    assert device is not None
    client = await hass_ws_client(polled.hass)
    answer = await client.remove_device(device.id)

    assert not answer["success"]


async def test_sums_are_what_the_cloud_has_billed(polled: Account, world: World, car: Car) -> None:
    await tick(polled)
    gross = world.cloud.bill()["gross"]

    assert gross == pytest.approx(0.002)
    assert float(shows(polled, "sensor.api_cost_gross")) == pytest.approx(gross)
    assert state(polled, "sensor.api_cost_gross").attributes["unit_of_measurement"] == "EUR"
    assert shows(polled, "sensor.api_cost_month") == "0.0"
    assert shows(polled, "sensor.budget_used") == STATE_UNKNOWN
    attributes = state(polled, "sensor.api_cost_gross").attributes
    assert attributes["by_car"] == {car.model.name: 0.002}
    assert attributes["top_spenders"] == [
        {"cause": "poll", "by": None, "what": "vehicle_data", "count": 1, "cost": 0.002}
    ]
    assert attributes["prices_as_of"] == "2026-01"
    assert attributes["last_reset"] == "2026-10-01T00:00:00+00:00"


async def test_the_signals_that_came_most_often_are_named(account: Account, world: World, car: Car) -> None:
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await account.connect(car)
    for speed in range(30):
        await account.push(car, VehicleSpeed=float(speed))
    sensor = AccountSensor(account.entry, next(row for row in ACCOUNT if row.key == "api_signals"))
    attributes = sensor.extra_state_attributes

    assert attributes is not None
    by_field = attributes["by_field"]
    assert next(iter(by_field)) == "VehicleSpeed"
    assert by_field["VehicleSpeed"] >= 30
    assert sum(by_field.values()) == sensor.native_value


async def test_cars_of_one_name_are_one_sum(polled: Account, car: Car) -> None:
    data = dict(polled.entry.data)
    twin = f"{car.vin[:-6]}999999"
    polled.hass.config_entries.async_update_entry(
        polled.entry, data=data | {CONF_VEHICLES: {car.vin: "Daisy", twin: "Daisy"}}
    )
    await polled.hass.async_block_till_done()  # which sets the entry up anew
    await polled.quiet()
    for vin in (car.vin, twin):
        line = Line(endpoints.WAKE_UP.price, Cause.USER, vin, None, "wake_up")
        polled.runtime.ledger.record(line, 200, polled.wall())
    sensor = AccountSensor(polled.entry, next(row for row in ACCOUNT if row.key == "api_cost_gross"))
    attributes = sensor.extra_state_attributes

    assert attributes is not None
    assert attributes["by_car"] == {"Daisy": pytest.approx(0.042)}


async def test_each_kind_of_call_has_its_count_and_its_cost(polled: Account, car: Car) -> None:
    account = polled
    await enable_all(account)
    await ask(account, car, endpoints.WAKE_UP)
    await ask(account, car, endpoints.command("honk_horn"))
    account.runtime.ledger.add_signals(car.vin, 1_500, account.wall())
    await tick(account)

    counts = {
        key: shows(account, f"sensor.api_{key}") for key in ("data_requests", "commands", "wakes", "signals")
    }
    assert counts == {"data_requests": "1", "commands": "1", "wakes": "1", "signals": "1500"}
    costs = {
        key: shows(account, f"sensor.api_cost_{key}") for key in ("data", "commands", "wakes", "signals")
    }
    assert costs == {"data": "0.002", "commands": "0.001", "wakes": "0.02", "signals": "0.01"}
    assert shows(account, "sensor.api_cost_gross") == shows(account, "sensor.api_cost_upper") == "0.033"
    top = state(account, "sensor.api_cost_gross").attributes["top_spenders"]
    assert [spender["what"] for spender in top] == ["wake_up", "signals", "vehicle_data", "command/honk_horn"]
    assert top[1] == {
        "cause": "streaming",
        "by": car.model.name,
        "what": "signals",
        "count": 1_500,
        "cost": 0.01,
    }


async def test_a_forecast_is_what_is_left_to_pay(polled: Account) -> None:
    account = polled
    await enable_all(account)
    spend(account, 600)
    await tick(account)

    # On the seventh a day's worth of 12 is known: 24 more days like it, less the discount.
    assert float(shows(account, "sensor.api_cost_forecast")) == pytest.approx(
        12.0 + 12.0 * 24.67 - 10, rel=0.01
    )
    assert shows(account, "sensor.api_cost_month") == "2.002"


async def test_sums_move_once_a_minute_at_most(polled: Account) -> None:
    await tick(polled)
    changes = async_capture_events(polled.hass, "state_changed")
    spend(polled, 50)
    await polled.hass.async_block_till_done()
    shown = [event.data["entity_id"] for event in changes]
    assert shown == []
    await tick(polled)

    assert shows(polled, "sensor.api_cost_gross") == "1.002"


async def test_a_call_without_an_answer_counts_where_the_most_is_shown(
    account: Account, car: Car, world: World
) -> None:
    await account.set_up(car)
    world.cloud.drop("wake_up")
    allow(account, 0.022 + 0.001)
    with pytest.raises(NoAnswer):
        await ask(account, car, endpoints.WAKE_UP)
    month = account.runtime.ledger.month(account.wall())

    assert month.gross(DOLLARS) == pytest.approx(0.002)
    assert month.upper(DOLLARS) == pytest.approx(0.022)
    with pytest.raises(OverBudget):
        await ask(account, car, endpoints.WAKE_UP)
    assert len(world.cloud.requests("wake_up")) == 1


# What stops


async def test_nothing_is_sent_that_the_budget_refuses(polled: Account, car: Car, world: World) -> None:
    allow(polled, 0.002)
    asked, billed = len(world.cloud.requests()), world.cloud.billed()
    for endpoint in (endpoints.WAKE_UP, endpoints.command("honk_horn"), endpoints.VEHICLE_DATA):
        for cause in Cause:
            with pytest.raises(OverBudget):
                await ask(polled, car, endpoint, cause=cause)

    assert len(world.cloud.requests()) == asked
    assert world.cloud.billed() == billed
    assert meter(polled).stage is Stage.STOPPED


async def test_each_stage_stops_what_it_says(polled: Account, car: Car, world: World) -> None:
    world.cloud.lift_limits()
    allow(polled, 2.0)

    async def goes(endpoint: endpoints.Endpoint, **more: Any) -> bool:
        polled.wall.move(130)  # our own limits are another matter
        sent = len(world.cloud.requests())
        try:
            await ask(polled, car, endpoint, **more)
        except OverBudget:
            assert len(world.cloud.requests()) == sent
            return False
        return True

    spend(polled, 52)
    assert meter(polled).stage is Stage.NOTICE
    assert await goes(endpoints.RECENT_ALERTS, optional=True, cause=Cause.POLL)
    spend(polled, 29)
    assert meter(polled).stage is Stage.OPTIONAL
    assert not await goes(endpoints.RECENT_ALERTS, optional=True, cause=Cause.POLL)
    assert await goes(endpoints.VEHICLE_DATA, cause=Cause.POLL)
    assert await goes(endpoints.WAKE_UP, cause=Cause.AUTOMATION)
    spend(polled, 13)
    assert meter(polled).stage is Stage.POLLS
    assert not await goes(endpoints.VEHICLE_DATA, cause=Cause.POLL)
    assert not await goes(endpoints.WAKE_UP, cause=Cause.AUTOMATION)
    assert await goes(endpoints.WAKE_UP)
    assert await goes(endpoints.command("honk_horn"), cause=Cause.AUTOMATION)
    spend(polled, 3)
    assert not await goes(endpoints.WAKE_UP)
    assert await goes(endpoints.WAKE_UP, consent=True)
    assert meter(polled).stage is Stage.STOPPED


async def test_without_money_the_poll_is_quiet_and_what_is_known_stays(
    polled: Account, car: Car, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    level = polled.shows(car, "sensor.battery_level")
    allow(polled, 0.0)
    fetched = len(world.cloud.requests("vehicle_data"))
    looked = len(world.cloud.requests("vehicles"))
    caplog.clear()
    for _ in range(12):
        await polled.pass_time(300)

    assert len(world.cloud.requests("vehicle_data")) == fetched
    assert len(world.cloud.requests("vehicles")) >= looked + 12
    assert polled.shows(car, "sensor.battery_level") == level
    loud = [record for record in caplog.records if record.levelname in {"WARNING", "ERROR"}]
    assert not [record for record in loud if record.name != "asyncio"]  # which calls a busy machine slow
    assert polled.loaded


async def test_a_restart_without_money_pays_for_nothing_and_shows_what_was_known(
    polled: Account, car: Car, world: World
) -> None:
    level = polled.shows(car, "sensor.battery_level")
    allow(polled, 0.002)
    billed = world.cloud.billed()
    async with restarted(polled) as again:
        await again.quiet()
        assert meter(again).stage is Stage.STOPPED
        assert meter(again).budget.settings.budget == 0.002
        assert again.shows(car, "sensor.battery_level") == level
        with pytest.raises(OverBudget):
            await ask(again, car, endpoints.command("honk_horn"))

    assert world.cloud.billed() == billed


async def test_what_was_spent_and_allowed_is_on_disk_at_once(
    polled: Account, car: Car, tmp_path: Path
) -> None:
    allow(polled, 0.02)
    await switch(polled, on=True)
    await ask(polled, car, endpoints.WAKE_UP)
    async_fire_time_changed(polled.hass, dt_util.utcnow() + timedelta(seconds=1))
    await polled.hass.async_block_till_done()
    folder = await as_on_disk(polled, tmp_path / "power cut")
    async with restarted(polled, folder=folder) as again:
        assert shows(again, "switch.over_budget") == STATE_ON
        assert again.runtime.ledger.month(again.wall()).gross() == pytest.approx(0.022)


async def test_a_user_who_wants_fresh_data_is_told_that_there_is_no_money(polled: Account, car: Car) -> None:
    assert await async_setup_component(polled.hass, "homeassistant", {})
    allow(polled, 0.0)
    polled.wall.move(60)
    coordinator = polled.runtime.vehicles[car.vin].coordinator
    await polled.hass.services.async_call(
        "homeassistant",
        "update_entity",
        {"entity_id": polled.entity_id(car, "sensor.battery_level")},
        blocking=True,
    )

    assert isinstance(coordinator.last_exception, HomeAssistantError)
    assert coordinator.last_exception.translation_key == "over_budget"
    assert polled.shows(car, "sensor.battery_level") == "70"


# Consent


async def test_the_switch_lets_all_go_on_until_the_month_ends(polled: Account, car: Car) -> None:
    allow(polled, 0.02)
    assert shows(polled, "switch.over_budget") == STATE_OFF
    await switch(polled, on=True)
    assert shows(polled, "switch.over_budget") == STATE_ON
    await ask(polled, car, endpoints.WAKE_UP)
    assert shows(polled, "sensor.budget_stage") == "normal"
    await switch(polled, on=False)
    assert shows(polled, "sensor.budget_stage") == "stopped"
    with pytest.raises(OverBudget):
        await ask(polled, car, endpoints.command("honk_horn"))

    await switch(polled, on=True)
    polled.wall.move(26 * 86_400)
    await tick(polled)
    assert shows(polled, "switch.over_budget") == STATE_OFF
    assert shows(polled, "sensor.budget_stage") == "normal"


async def test_consent_of_one_call_holds_for_that_call(polled: Account, car: Car) -> None:
    allow(polled, 0.0)
    await ask(polled, car, endpoints.command("honk_horn"), consent=True)
    with pytest.raises(OverBudget):
        await ask(polled, car, endpoints.command("honk_horn"))


async def test_nobody_can_overrule_teslas_limit(polled: Account, car: Car, world: World) -> None:
    allow(polled, None, billing_limit=0.002)
    asked = len(world.cloud.requests())
    with pytest.raises(OverBillingLimit):
        await ask(polled, car, endpoints.command("honk_horn"), consent=True)

    assert len(world.cloud.requests()) == asked
    assert shows(polled, "sensor.budget_stage") == "stopped"
    (shown,) = notifications(polled.hass)
    assert "developer portal" in shown["message"]


# What the user is told


async def test_each_stage_is_told_once_and_taken_back_by_itself(polled: Account) -> None:
    seen = stages(polled)
    allow(polled, 2.0)
    assert notifications(polled.hass) == []
    titles = list[str]()
    for wakes in (50, 31, 15, 5):
        spend(polled, wakes)
        await polled.hass.async_block_till_done()
        (shown,) = notifications(polled.hass)
        titles.append(shown["title"])
        await tick(polled)

    assert seen == ["notice", "optional", "polls", "stopped"]
    assert titles == [
        "Half of your budget is spent",
        "80 % of your budget is spent",
        "95 % of your budget is spent",
        "Your budget is used up",
    ]
    assert "2.00 EUR of 2.00 EUR" in shown["message"]
    assert "2026-11-01 00:00 UTC" in shown["message"]
    assert "{" not in shown["message"]
    polled.wall.move(26 * 86_400)
    await tick(polled)
    assert seen[-1] == "normal"
    assert notifications(polled.hass) == []
    event = state(polled, "event.budget")
    assert event.attributes["event_type"] == "normal"
    assert event.attributes["sum"] == "budget"
    assert event.attributes["whole"] == 2.0


@pytest.mark.parametrize("sums", [{}, {"billing_limit": 1.0}])
@pytest.mark.parametrize("wakes", [51, 81, 96, 101])
async def test_every_stage_of_every_sum_can_be_read(
    polled: Account, wakes: int, sums: dict[str, float]
) -> None:
    spend(polled, wakes)
    allow(polled, 2.0 if not sums else None, **dict.fromkeys(sums, 2.0))
    (shown,) = notifications(polled.hass)

    for text in (shown["title"], shown["message"]):
        assert "{" not in text
        assert "budget_" not in text
    assert ("Tesla's billing limit" in shown["title"]) is bool(sums)


async def test_a_larger_budget_takes_back_what_was_said(polled: Account) -> None:
    allow(polled, 2.0)
    spend(polled, 120)
    assert len(notifications(polled.hass)) == 1
    allow(polled, 20.0)

    assert notifications(polled.hass) == []
    assert shows(polled, "sensor.budget_stage") == "normal"


async def test_who_sets_no_budget_is_told_nothing(polled: Account) -> None:
    spend(polled, 100_000)
    await tick(polled)

    assert notifications(polled.hass) == []
    assert shows(polled, "sensor.budget_stage") == "normal"


async def test_a_stage_is_no_news_after_a_restart_but_is_shown_again(polled: Account) -> None:
    allow(polled, 2.0)
    spend(polled, 60)
    async with restarted(polled) as again:
        assert len(notifications(again.hass)) == 1
        assert state(again, "event.budget").attributes["event_type"] in {None, "notice"}
        seen = stages(again)
        await tick(again)
        assert seen == []


async def test_a_month_that_ended_meanwhile_is_told_at_the_start(polled: Account) -> None:
    allow(polled, 2.0)
    spend(polled, 120)
    await polled.hass.async_stop(force=True)
    polled.wall.move(26 * 86_400)
    async with restarted(polled) as again:
        assert notifications(again.hass) == []
        assert state(again, "event.budget").attributes["event_type"] == "normal"


async def test_nothing_is_left_to_be_said_of_an_account_that_is_gone(polled: Account) -> None:
    allow(polled, 2.0)
    spend(polled, 120)
    assert await polled.hass.config_entries.async_remove(polled.entry.entry_id)

    assert notifications(polled.hass) == []


async def test_accounts_of_one_application_share_its_budget(
    account: Account, car: Car, hass: HomeAssistant, world: World
) -> None:
    await account.set_up(car)
    sibling = Account(hass, world, account.wall, world.cloud.add_account(email="other@example.org"))
    await sibling.sign_in()
    sibling.add_entry()
    assert await hass.config_entries.async_setup(sibling.entry.entry_id)
    await sibling.quiet()
    allow(account, 2.0)
    spend(account, 120)

    assert shows(sibling, "sensor.budget_stage") == "stopped"
    assert len(notifications(hass)) == 1
    assert await hass.config_entries.async_remove(sibling.entry.entry_id)
    assert len(notifications(hass)) == 1


# What the user sets


async def test_a_budget_is_set_and_taken_back(polled: Account, dialogue: Dialogue) -> None:
    await dialogue.begin_options(polled.entry, "budget")
    placeholders = dialogue.step["description_placeholders"]
    assert placeholders["gross"] == placeholders["upper"] == "0.00 EUR"
    assert placeholders["discount"] == "10.00 EUR"
    assert placeholders["until"] == "2026-11-01 00:00 UTC"
    await dialogue.answer_options(budget=5.0, billing_limit=20)
    settings = meter(polled).budget.settings
    assert (settings.budget, settings.billing_limit, settings.currency) == (5.0, 20, "EUR")
    assert polled.entry.options == {}

    await dialogue.begin_options(polled.entry, "budget")
    await dialogue.answer_options()
    settings = meter(polled).budget.settings
    assert (settings.budget, settings.billing_limit) == (None, None)


@pytest.mark.parametrize("wrong", [{"budget": -1}, {"billing_limit": -0.01}, {"budget": 1e9}])
async def test_a_sum_that_makes_no_sense_is_refused(
    polled: Account, dialogue: Dialogue, wrong: dict[str, float]
) -> None:
    await dialogue.begin_options(polled.entry, "budget")
    with pytest.raises(InvalidData):
        await dialogue.answer_options(**wrong)

    assert meter(polled).budget.settings.budget is None


async def test_currency_prices_and_month_are_set(polled: Account, dialogue: Dialogue) -> None:
    await dialogue.begin_options(polled.entry, "prices")
    assert dialogue.step["description_placeholders"] == {
        "as_of": "2026-01",
        "currency": "EUR",
        "discount": "10.00 EUR",
        "signals": "150,000",
        "commands": "1,000",
        "data": "500",
        "wakes": "50",
    }
    suggested = {str(field): field.description for field in dialogue.step["data_schema"].schema}
    assert suggested["currency"] == {"suggested_value": "eur"}
    await dialogue.answer_options(
        currency="gbp", discount=0, month_day=15, month_hour=-1, commands_per_unit=800
    )
    settings = meter(polled).budget.settings

    assert settings == Settings(
        currency="GBP", discount=0, start=MonthStart(15, -1), own=PerUnit(commands=800)
    )
    gross = state(polled, "sensor.api_cost_gross")
    assert gross.attributes["unit_of_measurement"] == "GBP"
    assert float(gross.state) == pytest.approx(0.002)  # 1/650
    begins = datetime(2026, 9, 14, 23, tzinfo=UTC)
    assert gross.attributes["last_reset"] == begins.isoformat()
    await dialogue.begin_options(polled.entry, "polling")
    assert dialogue.step["description_placeholders"]["daily"] == "2.21 GBP"


async def test_prices_that_make_no_sense_are_refused(polled: Account, dialogue: Dialogue) -> None:
    for wrong in ({"month_day": 29}, {"month_hour": 15}, {"wakes_per_unit": 0}, {"currency": "xxx"}):
        await dialogue.begin_options(polled.entry, "prices")
        with pytest.raises(InvalidData):
            await dialogue.answer_options(**{"currency": "eur", "month_day": 1, "month_hour": 0} | wrong)

    assert meter(polled).budget.settings.start == MonthStart()


async def test_a_damaged_budget_takes_nothing_else_along(polled: Account, car: Car) -> None:
    allow(polled, 2.0)
    shared = await polled.shared()
    kept = meter(polled).to_dict()
    client_id = polled.world.cloud.books.application.client_id
    again = shared.ledgers._make(client_id, kept | {"budget": {"version": 1}})
    assert again.budget.settings.budget is None
    assert again.budget.settings.currency == "EUR"
    assert again.budget.ledger.month(polled.wall()).gross() == pytest.approx(0.002)
    odds: list[Any] = [{"version": 1, "budget": kept["budget"]}, [], None]
    for odd in odds:
        broken = shared.ledgers._make(client_id, odd)
        assert broken.budget.ledger.month(polled.wall()).gross() == 0
