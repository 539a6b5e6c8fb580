"""What a car shows when all of it is streamed: every entity of every platform, and counters that go on."""

from collections.abc import Callable
from typing import Any

from homeassistant.const import ATTR_UNIT_OF_MEASUREMENT, Platform
from homeassistant.core import HomeAssistant
from homeassistant.helpers import device_registry as dr
from homeassistant.helpers import entity_registry as er
import pytest
from syrupy.assertion import SnapshotAssertion

from custom_components.tesla_direct.const import DOMAIN, PLATFORMS
from custom_components.tesla_direct.tesla.proto.vehicle_alert_pb2 import VehicleAlert, VehicleAlerts
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Field
from custom_components.tesla_direct.tesla.vehicle.signals import battery, drive
from simulator.car.car import Car
from simulator.car.outbox import Record
from simulator.world import World
from tests.home import until

from .account import Account
from .restart import restarted

EVERYTHING = tuple(name for name in Field.keys() if name != "Unknown")  # noqa: SIM118  # an enum, not a mapping


CHARGE = ("DetailedChargeState", "ACChargingEnergyIn", "DCChargingEnergyIn", "FastChargerPresent", "Odometer")


@pytest.fixture
async def full(streaming: Account, car: Car, world: World) -> Account:
    """A car on its way that streams all it knows, with all its entities enabled."""
    await streaming.connect(car, *EVERYTHING)
    await enable_all(streaming)
    car.drive("work")
    car.raise_alert()
    for _ in range(3):
        streaming.wall.move(30)
        await world.advance(30)
    await streaming.hass.async_block_till_done()
    return streaming


async def enable_all(account: Account) -> None:
    registry = er.async_get(account.hass)
    for entry in er.async_entries_for_config_entry(registry, account.entry.entry_id):
        registry.async_update_entity(entry.entity_id, disabled_by=None)
    await account.reload()


def shown(account: Account, platform: Platform) -> dict[str, str]:
    """Return what the entities of a platform show, in a line each, by their keys."""
    registry = er.async_get(account.hass)
    lines = {}
    for entry in er.async_entries_for_config_entry(registry, account.entry.entry_id):
        if entry.unique_id.startswith(f"{account.entry.unique_id}-"):
            continue  # no car's, but the account's own
        if entry.domain != platform:
            continue
        state = account.hass.states.get(entry.entity_id)
        assert state is not None, entry.entity_id
        unit = state.attributes.get(ATTR_UNIT_OF_MEASUREMENT)
        lines[entry.unique_id.partition("-")[2]] = " ".join(
            str(part) for part in (_text(platform, state), unit, state.attributes.get("source")) if part
        )
    return dict(sorted(lines.items()))


def _text(platform: Platform, state: Any) -> str:
    if platform is Platform.EVENT:  # its state is when we heard of it
        return f"{state.attributes['event_type']} {state.attributes.get('name')}"
    if platform is Platform.DEVICE_TRACKER:
        where = (state.attributes.get("latitude"), state.attributes.get("longitude"))
        return f"{state.state} {where}"
    return str(state.state)


@pytest.mark.parametrize("platform", PLATFORMS)
async def test_every_entity_of_a_car_on_its_way(
    full: Account, snapshot: SnapshotAssertion, platform: Platform
) -> None:
    assert shown(full, platform) == snapshot


async def test_no_entity_is_unavailable_and_none_shouts(
    full: Account, caplog: pytest.LogCaptureFixture
) -> None:
    unavailable = [each.entity_id for each in full.hass.states.async_all() if each.state == "unavailable"]
    assert unavailable in ([], ["sensor.marmalade_dashcam"])  # Tesla's own word for one without a USB drive
    assert not [record for record in caplog.records if record.exc_info]


async def test_the_energy_counters_go_on_over_restarts(streaming: Account, car: Car) -> None:
    await streaming.connect(car, *CHARGE)
    into_battery = "sensor.energy_into_battery"
    before = float(streaming.shows(car, into_battery))
    drawn = car.body.lifetime_charged_kwh
    car.charge("ac", limit=90)
    await charge_on(streaming, 8)
    async with restarted(streaming) as again:
        assert float(again.shows(car, into_battery)) > before
        await again.world.advance(40)
        await until(lambda: car.telemetry.connections.open)
        await charge_on(again, 8)
        grown = float(again.shows(car, into_battery)) - before
        wall = float(again.shows(car, "sensor.energy_from_wall"))

    assert grown == pytest.approx(car.body.lifetime_charged_kwh - drawn, abs=0.05)
    assert wall == pytest.approx(car.body.session_wall_kwh, abs=0.05)


async def charge_on(account: Account, minutes: int) -> None:
    for seconds in (*[60] * minutes, 1):
        account.wall.move(seconds)
        await account.world.advance(seconds)
    await account.hass.async_block_till_done()


async def test_counters_that_cannot_be_read_begin_anew_and_say_so(
    streaming: Account, car: Car, hass: HomeAssistant, caplog: pytest.LogCaptureFixture
) -> None:
    vehicle = streaming.runtime.vehicles[car.vin]
    kept = vehicle.snapshot() | {"journal": {"energy": {"version": 99}}}
    vehicle.restore(kept)

    assert "energy counters cannot be read, and is learnt anew" in caplog.text


async def test_one_entity_that_fails_does_not_silence_the_others(
    streaming: Account, car: Car, caplog: pytest.LogCaptureFixture
) -> None:
    coordinator = streaming.runtime.vehicles[car.vin].coordinator

    def fail() -> None:
        raise ValueError("a bug")

    remove = coordinator.async_add_listener(fail, frozenset({drive.ODOMETER, battery.LEVEL}))
    await streaming.push(car, BatteryLevel=33.0)
    remove()

    assert streaming.shows(car, "sensor.battery_level") == "33.0"
    assert "redraw failed" in caplog.text


async def test_who_is_removed_by_anothers_redraw_is_not_redrawn(streaming: Account, car: Car) -> None:
    coordinator = streaming.runtime.vehicles[car.vin].coordinator
    drawn: list[str] = []
    remove: list[Callable[[], None]] = []

    def first() -> None:
        drawn.append("first")
        remove.pop()()

    remove_first = coordinator.async_add_listener(first, frozenset({battery.LEVEL}))
    remove.append(coordinator.async_add_listener(lambda: drawn.append("second"), frozenset({battery.LEVEL})))
    await streaming.push(car, BatteryLevel=33.0)
    remove_first()

    assert drawn == ["first"]


async def test_an_alert_of_a_time_that_no_calendar_knows_is_told_without_it(
    streaming: Account, car: Car, world: World
) -> None:
    alert = VehicleAlert(name="ODD_a001")
    alert.started_at.seconds = 300_000_000_000  # the year 11476
    message = VehicleAlerts(alerts=[alert])
    car.telemetry.put(Record(topic="alerts", at=streaming.wall(), payload=message.SerializeToString()))
    await world.settled()
    await streaming.hass.async_block_till_done()

    state = streaming.state(car, "event.alert")
    assert state.attributes["name"] == "ODD_a001"
    assert state.attributes["started_at"] is None


async def test_a_device_follows_what_its_car_tells(
    streaming: Account, car: Car, device_registry: dr.DeviceRegistry
) -> None:
    identifier, entry_id = (DOMAIN, car.vin), streaming.entry.entry_id
    device = device_registry.async_get_device_by_identifier(identifier, entry_id)
    assert device is not None
    assert (device.manufacturer, device.name, device.model) == (
        "Tesla",
        "Marmalade",
        "Model 3 Long Range AWD",
    )
    assert device.serial_number == car.vin
    await streaming.push(car, VehicleName="Toast", Version="2026.36.1")

    device = device_registry.async_get_device_by_identifier(identifier, entry_id)
    assert device is not None
    assert (device.name, device.sw_version) == ("Toast", "2026.36.1")
