"""Charging and its older schedules, from Home Assistant's action to the car and back."""

from homeassistant.helpers import entity_registry as er
import pytest

from simulator.car.car import Car

from .account import Account
from .controls import Controls
from .restart import restarted

LIMIT, CURRENT, CHARGE = "number.charge_limit", "number.charge_current", "switch.charge"
MODE, DEPARTURE, START, OFF_PEAK_END = (
    "select.scheduled_charging_mode",
    "time.scheduled_departure",
    "time.scheduled_charging",
    "time.off_peak_end",
)
WARM, CHEAP = "switch.preconditioning_departure", "switch.off_peak_charging"
FIELDS = (
    "DetailedChargeState",
    "ChargeLimitSoc",
    "ChargeCurrentRequest",
    "ChargeCurrentRequestMax",
    "ChargingCableType",
    "FastChargerPresent",
    "Location",
    "ScheduledChargingMode",
    "ScheduledChargingStartTime",
    "ScheduledDepartureTime",
    "PreconditioningEnabled",
)


@pytest.fixture
async def controls(account: Account, car: Car) -> Controls:
    """A car that streams how it charges; what only a poll tells was polled once."""
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    registry = er.async_get(account.hass)
    for entity in (MODE, DEPARTURE, START, OFF_PEAK_END, WARM, CHEAP):
        registry.async_update_entity(account.entity_id(car, entity), disabled_by=None)
    await account.reload()
    await account.connect(car, *FIELDS)
    return Controls(account.hass, account, car)


async def test_the_limit_is_set(controls: Controls, car: Car) -> None:
    await controls.ask(LIMIT, "set_value", value=85)
    assert controls.shows(LIMIT) == "85"
    assert float(await controls.see(LIMIT)) == 85

    assert controls.executed == [("set_charge_limit", {"percent": 85})]
    assert car.body.charge_limit_percent == 85


@pytest.mark.parametrize(
    ("entity", "value", "domain", "key"),
    [
        (LIMIT, 30, "number", "out_of_range"),
        (LIMIT, 101, "number", "out_of_range"),
        (LIMIT, 80.5, "tesla_direct", "command_invalid"),
        (CURRENT, -1, "number", "out_of_range"),
        (CURRENT, 49, "number", "out_of_range"),
    ],
)
async def test_what_no_car_takes_is_refused_for_nothing(
    controls: Controls, entity: str, value: float, domain: str, key: str
) -> None:
    assert await controls.refused(entity, "set_value", domain=domain, value=value) == key
    assert controls.executed == []


async def test_the_charger_says_how_much_current_there_is_and_the_place_is_remembered(
    controls: Controls, car: Car
) -> None:
    assert controls.attributes(CURRENT)["max"] == 48

    car.charge("ac")
    await controls.see(CURRENT)
    assert controls.attributes(CURRENT)["max"] == 32
    await controls.ask(CURRENT, "set_value", value=24)
    assert float(await controls.see(CURRENT)) == 24
    assert car.body.charge_amps_wanted == 24

    car.unplug()
    await controls.see(CURRENT)
    assert car.body.charge_amps_most == 16
    assert controls.attributes(CURRENT)["max"] == 32


async def test_what_a_place_allows_is_known_after_a_restart(controls: Controls, car: Car) -> None:
    car.charge("ac")
    await controls.see(CURRENT)
    car.unplug()
    await controls.see(CURRENT)

    async with restarted(controls.account) as again:
        assert again.state(car, CURRENT).attributes["max"] == 32


async def test_charging_is_stopped_and_started(controls: Controls, car: Car) -> None:
    car.charge("ac")
    assert await controls.see(CHARGE, 10) == "on"

    await controls.ask(CHARGE, "turn_off")
    assert await controls.see(CHARGE) == "off"
    assert car.body.charging_state == "Stopped"

    await controls.ask(CHARGE, "turn_on")
    assert await controls.see(CHARGE, 10) == "on"
    assert controls.executed == [("charge_stop", {}), ("charge_start", {})]


async def test_a_car_that_is_full_says_so(controls: Controls, car: Car) -> None:
    car.plug_in("ac")
    await controls.see(CHARGE, 10)
    car.stop_charging()
    car.body.charge_limit_percent = 50
    await controls.see(CHARGE)

    assert await controls.told(CHARGE, "turn_on") == "refused_complete"
    assert await controls.see(CHARGE) == "off"
    assert [one.name for one in car.declined] == ["charge_start"]


async def test_a_departure_is_set_with_all_that_belongs_to_it(controls: Controls, car: Car) -> None:
    await controls.ask(DEPARTURE, "set_value", time="08:15:00")

    assert car.body.scheduled_charging == "DepartBy"
    assert car.body.departure_minutes == 495
    assert car.body.off_peak_end_minutes == 360
    assert await controls.see(DEPARTURE) == "08:15:00"
    assert await controls.see(MODE) == "depart_by"

    await controls.ask(WARM, "turn_on")
    assert await controls.see(WARM) == "on"
    assert (car.body.departure_preconditioning, car.body.departure_minutes) == (True, 495)

    await controls.ask(CHEAP, "turn_on")
    await controls.ask(OFF_PEAK_END, "set_value", time="05:00:00")
    assert (car.body.off_peak_charging, car.body.off_peak_end_minutes) == (True, 300)
    assert car.body.departure_preconditioning

    await controls.ask(WARM, "turn_off")
    assert car.body.scheduled_charging == "DepartBy"
    await controls.ask(CHEAP, "turn_off")
    assert car.body.scheduled_charging == "Off"
    assert await controls.see(MODE) == "off"
    assert controls.shows(CHEAP) == "off"


async def test_charging_from_a_time_on_takes_the_place_of_a_departure(controls: Controls, car: Car) -> None:
    await controls.ask(MODE, "select_option", option="depart_by")
    assert await controls.see(MODE) == "depart_by"

    await controls.ask(START, "set_value", time="01:30:00")
    assert car.body.scheduled_charging == "StartAt"
    assert await controls.see(START) == "01:30:00"
    assert await controls.see(MODE) == "start_at"

    await controls.ask(MODE, "select_option", option="off")
    assert car.body.scheduled_charging == "Off"
    assert [name for name, _ in controls.executed] == [
        "set_scheduled_departure",
        "set_scheduled_charging",
        "set_scheduled_charging",
    ]


@pytest.mark.parametrize(
    ("entity", "time", "key"),
    [(START, "01:30:10", "whole_minutes"), (OFF_PEAK_END, "05:00:00", "cannot_departure_off")],
)
async def test_a_time_that_the_car_would_not_keep_is_refused_for_nothing(
    controls: Controls, entity: str, time: str, key: str
) -> None:
    assert await controls.refused(entity, "set_value", time=time) == key
    assert controls.executed == []


async def test_who_may_only_charge_has_only_what_charges(account: Account, car: Car) -> None:
    await account.set_up(
        car, scopes=("openid", "offline_access", "vehicle_device_data", "vehicle_charging_cmds")
    )
    registry = er.async_get(account.hass)
    keys = {
        f"{entry.domain}.{entry.unique_id.partition('-')[2]}"
        for entry in er.async_entries_for_config_entry(registry, account.entry.entry_id)
    }
    controls = Controls(account.hass, account, car)
    await controls.ask(LIMIT, "set_value", value=75)

    assert {LIMIT, CURRENT, CHARGE, MODE, DEPARTURE, "button.refresh", "switch.polling"} <= keys
    assert keys.isdisjoint(
        {"button.wake", "button.honk", "select.seat_heater_front_left", "switch.sentry_mode"}
    )
    assert "sensor.seat_heater_front_left" in keys
    assert car.body.charge_limit_percent == 75
