"""What keeps a car from streaming is shown, with the way to mend it, and goes by itself when it is mended."""

from collections.abc import Callable
from datetime import timedelta

from homeassistant.core import HomeAssistant
from homeassistant.util import dt as dt_util
import pytest
from pytest_homeassistant_custom_component.common import (  # type: ignore[import-untyped]  # has no types
    async_fire_time_changed,
)

from custom_components.tesla_direct.const import CONF_SCOPES, CONF_SIGNED_IN_AT, CONF_TELEMETRY
from custom_components.tesla_direct.repairs import async_create_fix_flow
from custom_components.tesla_direct.repairs_tour import LeadFlow
from custom_components.tesla_direct.telemetry_repairs import explanation, told
from custom_components.tesla_direct.tesla.fleet_api.rows import TelemetryError
from custom_components.tesla_direct.tesla.fleet_telemetry.profile import Profile, Selection
from custom_components.tesla_direct.tesla.source.config_state import Phase, Reason
from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .kept import Kept

DAY, HOUR = 86_400.0, 3600.0
UNLOCATED = ("openid", "offline_access", "vehicle_device_data", "vehicle_cmds")


@pytest.fixture
async def kept(account: Account, car: Car) -> Kept:
    car.power.idle_s = 1e9
    return Kept(account)


@pytest.fixture
async def streams(kept: Kept, car: Car) -> Kept:
    """A car that streams what it was told by us."""
    await kept.set_up(car)
    await kept.gathered()
    assert kept.phase(car) is Phase.SYNCED
    assert kept.issues() == set()
    return kept


async def comes(kept: Kept, so: Callable[[], object], limit: float = 3 * DAY, step: float = HOUR) -> None:
    """Let time pass until something is so."""
    passed = 0.0
    while not so():
        assert passed < limit, "what the test waits for does not come true"
        await kept.later(step)
        passed += step


async def test_a_key_list_that_is_full(kept: Kept, car: Car) -> None:
    keys = (await kept.account.shared()).key
    key = await keys.async_ensure()
    assert key is not None
    await keys.async_confirm()
    kept.world.cloud.register_key(key.public)
    car.fill_keychain()
    await kept.set_up(car, paired=False)
    await kept.gathered()
    issue = kept.issue("key_list_full")
    assert issue is not None
    assert (issue.translation_placeholders or {})["keys"] == "20"

    car.forget_key(next(iter(car.keychain)).public)
    car.pair_key(key.public)
    assert await kept.account.runtime.async_ask_paired(car.vin)
    await comes(kept, lambda: kept.phase(car) is Phase.SYNCED, step=600)

    assert kept.issues() == set()


async def test_a_key_that_is_taken_away(streams: Kept, car: Car) -> None:
    key = (await streams.account.shared()).key.key
    assert key is not None
    car.forget_key(key.public)
    await streams.later(HOUR, 60)
    assert streams.state(car).reason == Reason.MISSING_KEY
    assert streams.issues() == {"key_not_paired"}
    assert streams.sent() == 1

    car.pair_key(key.public)
    assert await streams.account.runtime.async_ask_paired(car.vin)
    await comes(streams, lambda: streams.phase(car) is Phase.SYNCED, step=600)

    assert streams.issues() == set()
    assert streams.sent() == 2


async def test_a_key_is_needed_to_stream_also_without_leave_to_command(
    kept: Kept, car: Car, world: World
) -> None:
    await kept.set_up(car, paired=False, scopes=("openid", "offline_access", "vehicle_device_data"))
    await kept.gathered()
    await kept.later(HOUR, 600)
    assert kept.issues() == {"key_not_paired"}
    key = (await kept.account.shared()).key
    assert key.key is not None
    await key.async_confirm()
    world.cloud.register_key(key.key.public)
    car.pair_key(key.key.public)
    assert await kept.account.runtime.async_ask_paired(car.vin)
    await comes(kept, lambda: kept.phase(car) is Phase.SYNCED, step=600)

    assert kept.issues() == set()


async def test_what_is_mended_in_a_dialogue_leads_there(kept: Kept, car: Car) -> None:
    car.slow_sync(None)
    await kept.set_up(car)
    car.report_telemetry_error("error loading config file: InvalidSignature: unknown issuer")
    await kept.gathered()
    await kept.later(2 * HOUR, 300)
    issue = kept.issue("config_not_synced")
    assert issue is not None
    assert issue.is_fixable
    flow = await async_create_fix_flow(kept.hass, issue.issue_id, issue.data)

    assert isinstance(flow, LeadFlow)
    assert flow._step == "pairing"


async def test_firmware_that_is_too_old(kept: Kept, car: Car) -> None:
    car.update_firmware("2023.44.1")
    await kept.set_up(car)
    await kept.gathered()
    issue = kept.issue("firmware_too_old")
    assert issue is not None
    assert (issue.translation_placeholders or {})["firmware"] == "2023.44.1"

    car.update_firmware("2026.32.3")
    await comes(kept, lambda: kept.phase(car) is Phase.SYNCED)

    assert kept.issues() == set()


async def test_a_switch_that_is_off(kept: Kept, world: World) -> None:
    car = world.add_car("atom")
    car.power.idle_s = 1e9
    await kept.set_up(car)
    await kept.gathered()
    assert kept.issue("streaming_toggle_off")
    assert kept.sent() == 1

    car.set_streaming_toggle(on=True)
    await comes(kept, lambda: kept.phase(car) is Phase.SYNCED)

    assert kept.issues() == set()


async def test_a_car_that_cannot_stream_is_left_in_peace(kept: Kept, world: World) -> None:
    car = world.add_car("old")
    await kept.set_up(car)
    await kept.gathered()

    assert kept.phase(car) is Phase.IMPOSSIBLE
    assert kept.issues() == set()
    await kept.later(3 * DAY, HOUR)
    assert kept.sent() == 1


@pytest.mark.parametrize("unnoticed", [True, False])
async def test_no_room_among_applications(kept: Kept, car: Car, *, unnoticed: bool) -> None:
    car.fill_applications(5, unnoticed=unnoticed)
    await kept.set_up(car)
    await kept.gathered()
    assert kept.issue("no_room_among_applications")

    car.fill_applications(0)
    await comes(kept, lambda: kept.phase(car) is Phase.SYNCED)

    assert kept.issues() == set()


async def set_up_without_location(kept: Kept, car: Car) -> None:
    """Have us believe that the location is granted; Tesla knows better, and refuses it."""
    await kept.set_up(car, scopes=UNLOCATED)
    entry, hass = kept.account.entry, kept.account.hass
    hass.config_entries.async_update_entry(
        entry, data={**entry.data, CONF_SCOPES: sorted([*UNLOCATED, "vehicle_location"])}
    )
    await hass.async_block_till_done()
    await kept.account.quiet()
    await kept.gathered()
    await kept.gathered()
    assert kept.issue("location_not_granted")


async def test_a_location_that_is_not_granted_any_more(
    kept: Kept, car: Car, world: World, hass: HomeAssistant
) -> None:
    await set_up_without_location(kept, car)
    entry = kept.account.entry
    assert kept.issue("config_refused") is None
    assert car.told is not None
    assert "Location" not in car.told.fields
    assert "BatteryLevel" in car.told.fields
    sent = kept.sent()
    await kept.later(DAY, HOUR)
    assert kept.sent() == sent

    await kept.account.sign_in([*UNLOCATED, "vehicle_location"])
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_SIGNED_IN_AT: kept.account.wall()})
    await hass.async_block_till_done()
    await kept.account.quiet()
    await comes(kept, lambda: car.told is not None and "Location" in car.told.fields, step=600)

    assert kept.issues() == set()


async def test_a_location_that_is_not_to_be_streamed_any_more_is_missed_no_more(
    kept: Kept, car: Car, hass: HomeAssistant
) -> None:
    await set_up_without_location(kept, car)
    entry = kept.account.entry

    without = Selection(Profile.OWN, frozenset({"BatteryLevel"}))
    hass.config_entries.async_update_entry(entry, options={CONF_TELEMETRY: without.to_json()})
    await hass.async_block_till_done()
    async_fire_time_changed(hass, dt_util.utcnow() + timedelta(seconds=61))
    await hass.async_block_till_done()

    assert kept.issues() == set()
    assert kept.streaming.wished(car.vin).withheld == frozenset()


async def test_a_configuration_that_is_refused(kept: Kept, car: Car, world: World) -> None:
    world.cloud.refuse(
        "fleet_telemetry_config_jws", 400, body={"response": None, "error": "total transfer rate too high"}
    )
    await kept.set_up(car)
    await kept.gathered()
    assert kept.phase(car) is Phase.REFUSED
    assert kept.issue("config_refused")

    world.cloud.accept("fleet_telemetry_config_jws")
    await kept.streaming.async_send_now(car.vin)

    assert kept.issue("config_refused") is None


async def test_a_field_that_is_refused_is_left_out(kept: Kept, car: Car, world: World) -> None:
    world.cloud.refuse(
        "fleet_telemetry_config_jws",
        400,
        body={"response": None, "error": "Unknown field Odometer"},
        times=1,
    )
    await kept.set_up(car)
    await kept.gathered()
    assert kept.issue("config_refused")
    await kept.gathered()

    assert kept.issues() == set()
    assert kept.streaming.wished(car.vin).withheld == {"Odometer"}
    assert car.told is not None
    assert "Odometer" not in car.told.fields


async def test_a_configuration_that_a_car_does_not_take(kept: Kept, car: Car) -> None:
    car.slow_sync(None)
    await kept.set_up(car)
    await kept.gathered()
    assert kept.issues() == set()
    await kept.later(2 * HOUR, 300)
    assert kept.issue("config_not_synced")

    car.slow_sync(0)
    await kept.streaming.async_send_now(car.vin)
    await kept.later(60, 5)

    assert kept.phase(car) is Phase.SYNCED
    assert kept.issues() == set()


async def test_a_configuration_that_a_car_does_not_believe(kept: Kept, car: Car) -> None:
    car.slow_sync(None)
    await kept.set_up(car)
    car.report_telemetry_error(
        "error loading config file: InvalidSignature: unknown issuer [x](https://evil.example)"
    )
    await kept.gathered()
    await kept.later(2 * HOUR, 300)

    assert kept.issues() == {"config_not_synced_other_key"}
    issue = kept.issue("config_not_synced")
    assert issue is not None
    assert "unknown issuer (x)(https evil.example)" in (issue.translation_placeholders or {})["detail"]


async def test_a_car_that_is_online_and_does_not_connect(streams: Kept, car: Car) -> None:
    port = streams.account.runtime.port
    assert port is not None
    await port.async_close()
    await streams.later(1200, 60)
    assert {text.removesuffix("_not_reachable") for text in streams.issues()} == {"telemetry_silent"}
    assert streams.sent() == 1

    await port._async_open()
    for _ in range(60):
        await streams.later(5)
    assert car.telemetry.connections.open

    assert streams.issues() == set()
    assert streams.sent() == 1


async def test_a_car_that_sleeps_is_not_silent(streams: Kept, car: Car) -> None:
    car.sleep()
    await streams.later(DAY, HOUR)

    assert streams.issues() == set()


async def test_what_the_billing_limit_has_ended(streams: Kept, car: Car, world: World) -> None:
    world.cloud.set_billing_limit(0.0)
    for _ in range(6000):
        world.cloud.books.ledger.count("data", 200, world.cloud.books.clock.now())
    car.stop_streaming()
    await streams.later(2 * HOUR, 300)
    world.cloud.set_billing_limit(None)
    world.cloud.refuse("fleet_telemetry_config_jws", "service_unavailable")
    await comes(streams, lambda: streams.state(car).reason == Reason.BILLING_LIMIT, step=600)
    assert streams.issue("telemetry_billing_limit")

    world.cloud.accept()
    await comes(streams, lambda: streams.phase(car) is Phase.SYNCED, step=600)
    assert streams.issues() == set()


@pytest.mark.parametrize("key", ["config_removed", "config_replaced"])
async def test_what_keeps_disappearing(streams: Kept, car: Car, key: str) -> None:
    other = {
        "hostname": "other.example.com",
        "port": 443,
        "ca": "",
        "fields": {"Soc": {"interval_seconds": 10}},
    }
    for attempts in (1, 2):
        await comes(streams, lambda: streams.phase(car) is Phase.SYNCED, step=300)
        if key == "config_removed":
            car.stop_streaming()
        else:
            car.stream(**other)
        await comes(streams, lambda attempts=attempts: streams.state(car).attempts >= attempts, step=300)  # type: ignore[misc]
    assert streams.issue(key)

    await comes(streams, lambda: streams.phase(car) is Phase.SYNCED)
    assert streams.issues() == set()


async def test_what_is_shown_comes_back_after_a_reload(kept: Kept, car: Car) -> None:
    car.fill_applications(5)
    await kept.set_up(car)
    await kept.gathered()
    await kept.account.reload()

    assert kept.issue("no_room_among_applications")
    assert await kept.hass.config_entries.async_remove(kept.account.entry.entry_id)
    assert kept.issues() == set()


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        ("config_manager_error", "error loading config file: InvalidSignature: unknown issuer", "other_key"),
        (
            "cloud_manager_certificate_error",
            "x509: certificate signed by unknown authority",
            "certificate",
        ),
        ("cloud_manager_connection_error", "dial tcp: i/o timeout", "not_reachable"),
        ("cloud_manager_connection_error", "lookup cars.example.com: no such host", "host_not_found"),
        ("something_new", "something odd", None),
    ],
)
def test_what_a_car_reports_is_explained(name: str, text: str, key: str | None) -> None:
    assert explanation([TelemetryError(name=name, text=text, error_name=None, at=None)]) == key


def test_what_a_car_reports_is_told_without_its_vin_and_at_no_length() -> None:
    vins = "5YJ3E7EB0SF000001 V_5YJ3E7EB0SF000001_b 5yj3e7eb0sf000001"
    errors = [
        TelemetryError(name="a", text=f"{vins} {number} " + "x" * 500, error_name=None, at=None)
        for number in range(9)
    ]

    assert "5YJ3E7EB0SF000001" not in told(errors).upper()
    assert len(told(errors)) < 700
    assert told([]) == "-"
