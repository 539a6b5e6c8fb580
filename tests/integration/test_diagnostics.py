"""What a bug report, the health page and the log tell, and what none of them may."""

import json
import logging
import socket

from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    get_system_health_info,
)
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.tesla.command.record import CommandRecord
from custom_components.tesla_direct.tesla.fleet_api.budget import Settings
from custom_components.tesla_direct.tesla.fleet_api.endpoints import Price
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause, Line
from simulator.car.car import Car
from simulator.teslemetry.service import UID
from simulator.world import World

from .account import HOST, Account
from .dialogue import Dialogue
from .reports import report
from .sources import set_up_streamed, works

PLACES = ("51.47", "-0.001", "51.50", "-0.019")  # home and work, and what lies between


async def live(account: Account, world: World, car: Car) -> None:
    """Let a car do a bit of everything that could be told to the wrong people."""
    car.drive("work")
    car.raise_alert()
    car.complain("unsupported_field", field_name="Unheard")
    for _ in range(4):
        account.wall.move(30)
        await world.advance(30)
    await account.hass.async_block_till_done()
    await account.later(3601)


async def secrets_of(account: Account, world: World) -> list[str]:
    shared = await account.shared()
    token = await shared.tokens.async_load(account.owner.sub)
    assert token is not None
    port = account.runtime.port
    assert port is not None
    assert port.settings.authority is not None
    assert shared.key.key is not None
    return [
        *world.cars,
        token.access_token,
        token.refresh_token,
        account.owner.sub,
        world.cloud.books.application.client_id,
        world.cloud.books.application.client_secret,
        port.settings.authority.key.splitlines()[1],
        shared.key.key.to_pem().decode().splitlines()[1],
    ]


async def test_diagnostics_name_neither_car_nor_owner_nor_place(
    streaming: Account, world: World, car: Car, hass_client: ClientSessionGenerator
) -> None:
    await live(streaming, world, car)
    text = json.dumps(await report(streaming, hass_client))

    names = [car.model.name, streaming.owner.name, streaming.owner.email, HOST, "Work", "Canary"]
    for secret in (*await secrets_of(streaming, world), *names, *PLACES):
        assert secret not in text, secret


async def test_diagnostics_tell_what_a_bug_report_needs(
    streaming: Account, world: World, car: Car, hass_client: ClientSessionGenerator
) -> None:
    await live(streaming, world, car)
    told = await report(streaming, hass_client)

    assert told["entry"]["region"] == "eu"
    shown = told["cars"]["car 1"]
    counted = shown["signals_this_month"]
    assert counted["VehicleSpeed"] > 10
    # An alert costs as much as a signal, and is none.
    assert sum(counted.values()) + 1 == told["ledger"]["signals"]
    assert shown["signals_last_month"] == {}
    assert shown["model"] == "Model 3"
    assert shown["power"] == "online"
    assert {name: one["works"] for name, one in shown["sources"].items()} == {"poll": True, "receiver": True}
    assert shown["sources"]["receiver"]["links"] == 1
    assert shown["sources"]["receiver"]["signals_per_minute"] == 0.0  # an hour ago
    assert told["feeds"]["receiver"]["works"] is True
    assert shown["links"][0]["records"] > 1
    assert shown["links"][0]["client_version"] == "1.3.0"
    assert shown["complaints"][0]["name"] == "unsupported_field"
    assert shown["alerts"][0][0] == "VCFRONT_a192_washerFluidLow"
    assert shown["readings"]["shift_state"]["value"] == "d"
    assert shown["readings"]["location"]["value"] == "**REDACTED**"
    assert told["port"]["listening"] is True
    assert told["port"]["admitted"] == 1
    assert told["poll"]["works"] is True
    assert told["ledger"]["by_car"]["car 1"] > 0


async def test_diagnostics_tell_what_a_car_is_told_of_streaming_and_nothing_of_whom(
    account: Account, world: World, car: Car, hass_client: ClientSessionGenerator
) -> None:
    car.power.idle_s = 1e9
    chosen = {"profile": "standard", "fields": [], "tunings": {"InsideTemp": {"interval": 60}}}
    port = await account.make_port()
    await account.set_up(car, receiver=port, options={"telemetry": chosen})
    streaming = account.runtime.streaming
    await streaming.async_send_now()
    car.report_telemetry_error(f"error loading {car.vin}: InvalidSignature: unknown issuer")
    await streaming.async_read_errors(car.vin)
    told = await report(account, hass_client)

    assert told["entry"]["telemetry"] == chosen
    shown = told["cars"]["car 1"]["streaming"]
    assert shown["config"]["phase"] == "sent"
    assert shown["up_to_date"] is True
    assert shown["paces"]["InsideTemp"]["interval_seconds"] == 60
    assert "config_manager_error" in [name for name, _ in shown["errors"]]
    text = json.dumps(told)
    for secret in (*await secrets_of(account, world), HOST):
        assert secret not in text, secret


async def test_diagnostics_of_an_account_that_is_only_polled(
    account: Account, car: Car, hass_client: ClientSessionGenerator
) -> None:
    await account.set_up(car)
    told = await report(account, hass_client)

    assert told["port"] is None
    assert told["cars"]["car 1"]["links"] == []
    assert told["ledger"]["by_cause"]["poll"] == pytest.approx(0.002)


async def test_diagnostics_do_not_tell_where_a_service_of_one_s_own_is_nor_whose_account_it_has(
    account: Account, car: Car, world: World, hass_client: ClientSessionGenerator
) -> None:
    service = await world.open_teslemetry()
    service.pair(car.vin)
    await set_up_streamed(account, service, car)
    await works(account, "sse")
    told = await report(account, hass_client)

    assert told["entry"]["provider"] == {
        "name": "teslemetry",
        "address": "**REDACTED**",
        "authority": "**REDACTED**" if world.cloud_ca else None,
    }
    text = json.dumps(told)
    for secret in (service.base, service.token, UID, car.vin):
        assert secret not in text


async def test_diagnostics_tell_of_the_budget_and_name_nobody(
    account: Account, car: Car, hass_client: ClientSessionGenerator
) -> None:
    await account.set_up(car)
    account.runtime.meter.async_configure(Settings(budget=1.0, billing_limit=20.0, discount=0.0))
    wake = Line(Price.WAKE, Cause.AUTOMATION, car.vin, "automation.fetch_laura", "wake_up")
    account.runtime.ledger.record(wake, 200, account.wall())
    account.runtime.ledger.add_signals("SOMEBODY_ELSES", 150, account.wall())
    account.runtime.ledger.add_signals("YET_ANOTHERS", 75, account.wall())
    account.runtime.vehicles[car.vin].coordinator.commands.log.append(
        CommandRecord(name="door_lock", cause=Cause.AUTOMATION, by="automation.fetch_laura", at=1.0)
    )
    whole = await report(account, hass_client)
    told = whole["ledger"]

    assert "laura" not in str(whole)
    assert whole["cars"]["car 1"]["commands"][-1]["by"] == "automation"
    assert told["budget"] == 1.0
    assert told["billing_limit"] == 20.0
    assert told["discount"] == 0.0
    assert (told["stage"], told["used"], told["spends_over"]) == ("normal", 0.0235, False)
    assert told["by_car"]["another car"] == pytest.approx(0.0015)
    assert told["calls"] == {"data": 1, "command": 0, "wake": 1}
    assert told["top_spenders"] == [
        {"cause": "automation", "by": "automation", "what": "wake_up", "car": None, "count": 1, "cost": 0.02},
        {"cause": "poll", "by": None, "what": "vehicle_data", "car": None, "count": 1, "cost": 0.002},
        {"cause": None, "by": None, "what": "signals", "car": "another car", "count": 150, "cost": 0.001},
        {"cause": None, "by": None, "what": "signals", "car": "another car", "count": 75, "cost": 0.0005},
    ]


async def test_what_a_car_of_before_has_cost_is_not_lost_in_diagnostics(
    account: Account, world: World, car: Car, dialogue: Dialogue, hass_client: ClientSessionGenerator
) -> None:
    second = world.add_car("untyped")
    await account.set_up(car, second)
    await dialogue.reconfigure(account.entry, "cars")
    await dialogue.answer(vehicles=[second.vin])
    told = await report(account, hass_client)

    assert set(told["ledger"]["by_car"]) == {"car 1", "another car"}


async def test_a_whole_run_logs_no_secret_even_at_debug(
    streaming: Account,
    world: World,
    car: Car,
    dialogue: Dialogue,
    caplog: pytest.LogCaptureFixture,
) -> None:
    secrets = await secrets_of(streaming, world)
    await live(streaming, world, car)
    world.cloud.refuse("vehicle_data", 400, body={"error": f"{car.vin} is not at 51.4779, -0.0015"})
    world.cloud.refuse("vehicles", 500, body={"error": streaming.owner.email}, times=3)
    for _ in range(5):
        await streaming.later(3601)
    world.cloud.accept()
    world.cloud.expire_login()
    await streaming.later(28_801)
    await dialogue.enter_credentials()
    (flow,) = streaming.hass.config_entries.flow.async_progress_by_handler(DOMAIN)
    await dialogue.look(flow["flow_id"])
    await dialogue.answer()
    await dialogue.sign_in()
    await streaming.quiet()
    await streaming.reload()
    secrets += await secrets_of(streaming, world)

    ours = [
        record.getMessage() + str(record.exc_text or "")
        for record in caplog.records
        if record.name.startswith(
            ("custom_components", "aiohttp", "homeassistant.helpers.config_entry_oauth2")
        )
    ]
    assert len(ours) > 10
    for secret in (*secrets, streaming.owner.email, *PLACES):
        assert not [line for line in ours if secret in line], secret


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)


async def test_the_health_page_tells_how_things_are(
    streaming: Account, world: World, hass: HomeAssistant
) -> None:
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)

    cloud = info.pop("cloud")
    port = streaming.entry.data["receiver"]
    heard = [info.pop(f"source_{source}") for source in ("receiver", "poll")]
    assert [line.partition("T")[0] for line in heard] == ["works for 1 of 1, last word 2026-10-07"] * 2
    assert info == {
        "cars": 1,
        "connected": 1,
        "key": (await streaming.shared()).key.fingerprint,
        "ports": f"{port}: listening",
        "turned_away": 0,
        "requests_this_month": 1,
    }
    assert await cloud == "ok"
    assert world.cloud.requests("status")


async def test_the_health_page_tells_what_is_wrong(
    account: Account, world: World, car: Car, hass: HomeAssistant
) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = await account.make_port(other.getsockname()[1])
        await account.set_up(car, receiver=port)
    await account.make_port()
    await world.cloud.down()
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)

    assert (await info["cloud"])["type"] == "failed"
    assert info["ports"].startswith(f"{port}: port_taken, ")
    assert info["ports"].endswith(": closed")
    assert info["source_receiver"] == "works for 0 of 1 (the port is not open), last word never"


async def test_the_health_page_of_nobody(account: Account, hass: HomeAssistant) -> None:
    await account.shared()
    assert await async_setup_component(hass, DOMAIN, {})
    assert await async_setup_component(hass, "system_health", {})
    await hass.async_block_till_done()
    info = await get_system_health_info(hass, DOMAIN)

    assert info == {
        "cars": 0,
        "connected": 0,
        "key": "none",
        "ports": "none",
        "turned_away": 0,
        "requests_this_month": 0,
    }
