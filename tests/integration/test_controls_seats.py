"""Seats and steering wheel, from Home Assistant's action to the car and back."""

from typing import Any

from homeassistant.helpers import entity_registry as er
import pytest

from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .controls import Controls

FIELDS = (
    "HvacPower",
    "ClimateKeeperMode",
    "SeatHeaterLeft",
    "SeatHeaterRight",
    "SeatHeaterRearLeft",
    "SeatHeaterRearCenter",
    "SeatHeaterRearRight",
    "AutoSeatClimateLeft",
    "AutoSeatClimateRight",
    "ClimateSeatCoolingFrontLeft",
    "ClimateSeatCoolingFrontRight",
    "HvacSteeringWheelHeatLevel",
    "HvacSteeringWheelHeatAuto",
)
LEFT, RIGHT = "select.seat_heater_front_left", "select.seat_heater_front_right"
WHEEL = "select.steering_wheel_heater"
START: tuple[str, dict[str, Any]] = ("auto_conditioning_start", {})


async def streaming(account: Account, car: Car) -> Controls:
    port = await account.make_port()
    await account.set_up(car, receiver=port)
    await account.connect(car, *FIELDS)
    return Controls(account.hass, account, car)


@pytest.fixture
async def controls(account: Account, car: Car) -> Controls:
    car.body.auto_seats = [False, False]
    return await streaming(account, car)


async def test_a_seat_is_heated_once_climate_is_on(controls: Controls, car: Car) -> None:
    await controls.ask(RIGHT, "select_option", option="high")
    assert controls.shows(RIGHT) == "high"
    assert await controls.see(RIGHT) == "high"

    assert controls.executed == [START, ("remote_seat_heater_request", {"seat_position": 1, "level": 3})]
    assert car.body.climate_on
    assert car.body.seat_heaters[1] == 3


async def test_with_climate_on_a_seat_costs_one_command(controls: Controls, car: Car) -> None:
    car.climate(on=True)
    await controls.see(LEFT)
    before = car.executed[:]

    await controls.ask("select.seat_heater_rear_center", "select_option", option="medium")

    assert [one.name for one in car.executed[len(before) :]] == ["remote_seat_heater_request"]
    assert await controls.see("select.seat_heater_rear_center") == "medium"
    assert car.body.seat_heaters[3] == 2


async def test_switching_a_seat_off_switches_no_climate_on(controls: Controls, car: Car) -> None:
    car.climate(on=True)
    await controls.see(LEFT)
    await controls.ask(LEFT, "select_option", option="low")
    await controls.see(LEFT)

    await controls.ask(LEFT, "select_option", option="off")

    assert await controls.see(LEFT) == "off"
    assert START not in controls.executed


async def test_a_seat_is_left_to_the_car_and_taken_back(controls: Controls, car: Car) -> None:
    await controls.ask(LEFT, "select_option", option="auto")
    assert await controls.see(LEFT) == "auto"
    assert car.body.auto_seats == [True, False]
    assert await controls.see("switch.auto_seat_climate_left") == "on"

    await controls.ask(LEFT, "select_option", option="low")
    assert await controls.see(LEFT) == "low"
    assert car.body.auto_seats == [False, False]
    assert [name for name, _ in controls.executed] == [
        "remote_auto_seat_climate_request",
        "remote_auto_seat_climate_request",
        "auto_conditioning_start",
        "remote_seat_heater_request",
    ]


async def test_a_switch_leaves_a_seat_to_the_car(controls: Controls, car: Car) -> None:
    await controls.ask("switch.auto_seat_climate_right", "turn_on")
    assert await controls.see(RIGHT) == "auto"
    await controls.ask("switch.auto_seat_climate_right", "turn_off")
    assert await controls.see(RIGHT) == "off"


@pytest.mark.parametrize(("option", "level"), [("off", 0), ("low", 1), ("medium", 2), ("high", 3)])
async def test_a_seat_is_cooled_as_much_as_was_asked_for(
    controls: Controls, car: Car, option: str, level: int
) -> None:
    car.climate(on=True)
    car.body.seat_fans = [1, 1] if level != 1 else [0, 0]
    await controls.see("select.seat_cooling_front_right")

    await controls.ask("select.seat_cooling_front_right", "select_option", option=option)

    assert await controls.see("select.seat_cooling_front_right") == option
    assert car.body.seat_fans[1] == level


async def test_the_wheel_is_heated_and_left_to_the_car(controls: Controls, car: Car) -> None:
    await controls.ask(WHEEL, "select_option", option="high")
    assert await controls.see(WHEEL) == "high"
    assert (car.body.wheel_heat, car.body.climate_on) == (3, True)

    await controls.ask(WHEEL, "select_option", option="auto")
    assert await controls.see(WHEEL) == "auto"
    assert await controls.see("switch.auto_steering_wheel_heat") == "on"

    await controls.ask(WHEEL, "select_option", option="off")
    assert await controls.see(WHEEL) == "off"
    assert not car.body.wheel_heat_auto


async def test_a_sleeping_car_is_woken_once_for_both_commands(
    controls: Controls, car: Car, world: World
) -> None:
    car.sleep()
    await controls.account.pass_time(130)

    await controls.ask(LEFT, "select_option", option="medium")

    assert [name for name in controls.paid if name == "wake_up"] == ["wake_up"]
    assert controls.executed == [START, ("remote_seat_heater_request", {"seat_position": 0, "level": 2})]


async def test_what_is_not_offered_is_refused_for_nothing(controls: Controls) -> None:
    for entity, option in ((LEFT, "hot"), ("select.seat_heater_rear_left", "auto"), (WHEEL, "medium")):
        key = await controls.refused(entity, "select_option", domain="select", option=option)
        assert key == "not_valid_option"
    assert controls.executed == []


async def test_a_car_without_them_has_no_choices_for_rear_seats_and_cooling(
    account: Account, world: World
) -> None:
    bare = world.add_car(vehicle_config=(("rear_seat_heaters", 0), ("has_seat_cooling", False)))
    await account.set_up(bare)

    found = {
        entry.unique_id.partition("-")[2]
        for entry in er.async_entries_for_config_entry(er.async_get(account.hass), account.entry.entry_id)
        if entry.domain == "select" and entry.unique_id.startswith(bare.vin)
    }

    assert {"seat_heater_front_left", "seat_heater_front_right", "steering_wheel_heater"} <= found
    assert found.isdisjoint({"seat_heater_rear_left", "seat_heater_rear_center", "seat_cooling_front_left"})
