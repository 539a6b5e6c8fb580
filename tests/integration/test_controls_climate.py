"""Climate, from Home Assistant's action to the car and back."""

import asyncio

from homeassistant.helpers import entity_registry as er
from homeassistant.util.unit_system import US_CUSTOMARY_SYSTEM
import pytest

from simulator.car.car import Car

from .account import Account
from .controls import Controls

CABIN, PASSENGER, OVERHEAT = "climate.cabin", "climate.passenger", "climate.cabin_overheat_protection"
FIELDS = (
    "HvacPower",
    "InsideTemp",
    "HvacLeftTemperatureRequest",
    "HvacRightTemperatureRequest",
    "ClimateKeeperMode",
    "DefrostMode",
    "CabinOverheatProtectionMode",
    "CabinOverheatProtectionTemperatureLimit",
    "RightHandDrive",
)


@pytest.fixture
async def controls(account: Account, car: Car) -> Controls:
    """A car that streams how its air is; what only a poll tells was polled once."""
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    entity_id = account.entity_id(car, PASSENGER)
    er.async_get(account.hass).async_update_entity(entity_id, disabled_by=None)
    await account.reload()
    await account.connect(car, *FIELDS)
    return Controls(account.hass, account, car)


async def test_climate_is_switched_on_and_off(controls: Controls, car: Car) -> None:
    await controls.ask(CABIN, "turn_on")
    assert controls.shows(CABIN) == "heat_cool"
    assert await controls.see(CABIN) == "heat_cool"
    assert car.body.climate_on

    await controls.ask(CABIN, "set_hvac_mode", hvac_mode="off")
    assert await controls.see(CABIN) == "off"

    assert controls.executed == [("auto_conditioning_start", {}), ("auto_conditioning_stop", {})]


async def test_both_sides_get_a_temperature_while_they_are_the_same(controls: Controls, car: Car) -> None:
    await controls.ask(CABIN, "set_temperature", temperature=23.5)

    assert controls.executed == [("set_temps", {"driver_temp": 23.5, "passenger_temp": 23.5})]
    await controls.see(CABIN)
    assert controls.attributes(CABIN)["temperature"] == 23.5
    assert controls.attributes(PASSENGER)["temperature"] == 23.5


async def test_each_side_keeps_its_own(controls: Controls, car: Car) -> None:
    await controls.ask(PASSENGER, "set_temperature", temperature=18)
    await controls.see(PASSENGER)
    await controls.ask(CABIN, "set_temperature", temperature=22)
    await controls.see(CABIN)

    assert (car.body.driver_temp_c, car.body.passenger_temp_c) == (22.0, 18.0)
    assert controls.attributes(CABIN)["temperature"] == 22.0
    assert controls.attributes(PASSENGER)["temperature"] == 18.0


async def test_both_sides_set_at_once_are_both_set(controls: Controls, car: Car) -> None:
    await asyncio.gather(
        controls.ask(CABIN, "set_temperature", temperature=23),
        controls.ask(PASSENGER, "set_temperature", temperature=19),
    )

    assert (car.body.driver_temp_c, car.body.passenger_temp_c) == (23.0, 19.0)


@pytest.mark.parametrize("celsius", [14.5, 28.5])
async def test_what_is_out_of_range_is_refused_for_nothing(controls: Controls, celsius: float) -> None:
    key = await controls.refused(CABIN, "set_temperature", temperature=celsius, domain="climate")

    assert key == "temp_out_of_range"
    assert controls.executed == []


@pytest.mark.parametrize(
    ("action", "data", "key"),
    [
        ("set_preset_mode", {"preset_mode": "sauna"}, "not_valid_preset_mode"),
        ("set_hvac_mode", {"hvac_mode": "dry"}, "not_valid_hvac_mode"),
        ("set_temperature", {"temperature": 20, "hvac_mode": "dry"}, "not_valid_hvac_mode"),
        ("set_fan_mode", {"fan_mode": "high"}, "not_valid_fan_mode"),
    ],
)
async def test_what_is_not_offered_is_refused_for_nothing(
    controls: Controls, action: str, data: dict[str, object], key: str
) -> None:
    assert await controls.refused(CABIN, action, domain="climate", **data) == key


async def test_presets_follow_one_another(controls: Controls, car: Car) -> None:
    seen = []
    for preset in ("dog", "camp", "defrost", "keep", "none"):
        await controls.ask(CABIN, "set_preset_mode", preset_mode=preset)
        await controls.see(CABIN)
        seen.append((controls.attributes(CABIN)["preset_mode"], car.body.climate_keeper, car.body.defrost))

    assert seen == [
        ("dog", "Dog", "Off"),
        ("camp", "Party", "Off"),
        ("defrost", "Off", "Max"),
        ("keep", "On", "Off"),
        ("none", "Off", "Off"),
    ]


async def test_bioweapon_mode_is_a_way_of_the_fan(controls: Controls, car: Car) -> None:
    assert controls.attributes(CABIN)["fan_modes"] == ["auto", "bioweapon"]

    await controls.ask(CABIN, "set_fan_mode", fan_mode="bioweapon")

    assert car.body.bioweapon
    assert controls.attributes(CABIN)["fan_mode"] == "bioweapon"


async def test_overheat_protection_has_three_modes(controls: Controls, car: Car) -> None:
    for mode, body in (("cool", "On"), ("fan_only", "FanOnly"), ("off", "Off")):
        await controls.ask(OVERHEAT, "set_hvac_mode", hvac_mode=mode)
        assert await controls.see(OVERHEAT) == mode
        assert car.body.overheat_protection == body


async def test_overheat_protection_has_three_temperatures(controls: Controls, car: Car) -> None:
    await controls.ask(OVERHEAT, "set_temperature", temperature=40)
    await controls.see(OVERHEAT)

    assert car.body.overheat_limit == "High"
    assert controls.attributes(OVERHEAT)["temperature"] == 40


async def test_a_fahrenheit_between_two_steps_is_the_nearest(controls: Controls, car: Car) -> None:
    controls.hass.config.units = US_CUSTOMARY_SYSTEM

    await controls.ask(OVERHEAT, "set_temperature", temperature=88)

    assert controls.executed == [("set_cop_temp", {"cop_temp": 0})]


async def test_a_sleeping_car_is_woken_once_for_its_climate(account: Account, car: Car) -> None:
    await account.set_up(car)
    car.sleep()
    await account.later(150)
    controls = Controls(account.hass, account, car)
    assert account.shows(car, "sensor.vehicle_state") == "asleep"

    await controls.ask(CABIN, "turn_on")

    assert controls.paid.count("wake_up") == 1
    assert car.body.climate_on
