from typing import Any

from homeassistant.const import Platform
import pytest

from custom_components.tesla_direct.tesla.vehicle.signal import AnySignal
from custom_components.tesla_direct.tesla.vehicle.signals import (
    battery,
    charge,
    climate,
    closures,
    config,
    connection,
    drive,
    place,
    seats,
    security,
)
from tests.tesla.vehicle.states import NOW

from .cars import Account

BINARY_SENSOR = Platform.BINARY_SENSOR
CLOSED: dict[AnySignal, Any] = dict.fromkeys(closures.DOORS_AND_TRUNKS, False)


@pytest.mark.parametrize(
    ("key", "told", "expected"),
    [
        ("online", {connection.STATE: "online"}, "on"),
        ("online", {connection.STATE: "asleep"}, "off"),
        ("online", {}, "unknown"),
        ("telemetry_connected", {connection.TELEMETRY_CONNECTED: True}, "on"),
        ("wifi", {connection.TELEMETRY_CONNECTED: True, connection.NETWORK_INTERFACE: "wifi"}, "on"),
        ("wifi", {connection.TELEMETRY_CONNECTED: False, connection.NETWORK_INTERFACE: "wifi"}, "off"),
        ("wifi", {connection.TELEMETRY_CONNECTED: True, connection.NETWORK_INTERFACE: None}, "unknown"),
        ("wifi", {connection.NETWORK_INTERFACE: "wifi"}, "unknown"),
        ("cellular", {connection.TELEMETRY_CONNECTED: True, connection.NETWORK_INTERFACE: "wifi"}, "off"),
        ("key_paired", {connection.KEY_PAIRED: True}, "off"),
        ("key_paired", {connection.KEY_PAIRED: False}, "on"),
        ("key_paired", {connection.KEY_PAIRED: None}, "unknown"),
        ("charge_cable", {charge.STATE: "disconnected"}, "off"),
        ("charge_cable", {charge.STATE: "complete"}, "on"),
        ("charging", {charge.STATE: "starting"}, "on"),
        ("charging", {charge.STATE: "stopped"}, "off"),
        ("three_phase", {charge.PHASES: 1}, "off"),
        ("hvil_fault", {battery.HVIL: "fault"}, "on"),
        ("hvil_fault", {battery.HVIL: "ok"}, "off"),
        ("is_preconditioning", {climate.POWER: "precondition"}, "on"),
        ("climate_on", {climate.POWER: "precondition"}, "on"),
        ("cop_active", {climate.POWER: "overheat_protect"}, "on"),
        ("cop_active", {climate.POWER: "on"}, "off"),
        ("steering_wheel_heater_on", {seats.STEERING_WHEEL_LEVEL: "low"}, "on"),
        ("door_driver_front", {closures.DOOR_DRIVER_FRONT: True}, "on"),
        ("window_driver_rear", {closures.WINDOW_DRIVER_REAR: "partially_open"}, "on"),
        ("window_driver_rear", {closures.WINDOW_DRIVER_REAR: "closed"}, "off"),
        ("window_driver_rear", {closures.WINDOW_DRIVER_REAR: None}, "unknown"),
        ("any_open", CLOSED, "off"),
        ("any_open", CLOSED | {closures.TRUNK_REAR: True}, "on"),
        ("user_present", {seats.DRIVER_OCCUPIED: True}, "on"),
        ("driver_seat_belt", {seats.DRIVER_BELT: "latched"}, "off"),
        ("driver_seat_belt", {seats.DRIVER_BELT: "faulted"}, "on"),
        ("parked", {drive.GEAR: "p"}, "on"),
        ("parked", {drive.GEAR: "d"}, "off"),
        ("dashcam_recording", {security.DASHCAM: "recording"}, "on"),
        ("dashcam_recording", {security.DASHCAM: "saved"}, "off"),
        ("located_at_home", {place.AT_HOME: True}, "on"),
        ("sunroof_installed", {config.SUNROOF: "gen2_installed"}, "on"),
        ("sunroof_installed", {config.SUNROOF: "not_installed"}, "off"),
        ("battery_heater", {battery.HEATER: False, climate.BATTERY_HEATER: True}, "on"),
    ],
)
async def test_a_binary_sensor_answers_a_question(
    account: Account, key: str, told: dict[AnySignal, Any], expected: str
) -> None:
    account.enable(BINARY_SENSOR, key)
    await account.tell(told)

    await account.add(BINARY_SENSOR)

    assert account.state(BINARY_SENSOR, key).state == expected


async def test_what_is_open_is_listed(account: Account) -> None:
    account.enable(BINARY_SENSOR, "any_open")
    await account.add(BINARY_SENSOR)

    await account.tell(CLOSED | {closures.TRUNK_REAR: True, closures.DOOR_DRIVER_FRONT: True})
    assert account.state(BINARY_SENSOR, "any_open").attributes["open"] == ["door_driver_front", "trunk_rear"]

    await account.tell(CLOSED, at=NOW + 1)
    assert account.state(BINARY_SENSOR, "any_open").attributes["open"] == []
