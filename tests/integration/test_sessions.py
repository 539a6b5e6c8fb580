"""Sessions with cars, kept on the disk: whatever stands there, a command still reaches the car, and once."""

import json
from typing import Any

from homeassistant.core import Context, HomeAssistant
import pytest

from custom_components.tesla_direct.tesla.command.catalogue import charge
from custom_components.tesla_direct.tesla.command.command import Command
from custom_components.tesla_direct.tesla.vehicle_command.keys import PrivateKey
from simulator.car.car import Car
from simulator.world import World

from .account import Account
from .disk import write

PERSON = Context(user_id="a person")
OTHER = PrivateKey.generate()


async def send(account: Account, car: Car, command: Command) -> None:
    commands = account.runtime.vehicles[car.vin].coordinator.commands
    await account.wait_for(commands.async_send(command, PERSON))


def billed(account: Account, car: Car) -> int:
    return account.world.cloud.billed(car.vin)["command"]


async def kept(account: Account, car: Car) -> dict[str, Any]:
    """Return what is kept of a session that is known."""
    await account.set_up(car)
    await send(account, car, charge.set_charge_limit(85))
    told = account.runtime.vehicles[car.vin].coordinator.commands.to_json()
    return json.loads(json.dumps(told))  # type: ignore[no-any-return]  # it was a dictionary


async def go_on_with(account: Account, hass: HomeAssistant, content: Any) -> None:
    """Unload, and load with something else on the disk."""
    assert await hass.config_entries.async_unload(account.entry.entry_id)
    await hass.async_add_executor_job(write, hass, f"sessions.{account.entry.entry_id}", content)
    assert await hass.config_entries.async_setup(account.entry.entry_id)
    await account.quiet()


@pytest.mark.parametrize(
    "content",
    [
        ["no dictionary"],
        "nor this",
        {"VIN": [1, 2]},
        {"VIN": {"infotainment": "§"}},
        {"VIN": {"infotainment": {"key": "of another time"}}},
    ],
    ids=json.dumps,
)
async def test_what_makes_no_sense_costs_a_handshake(
    account: Account, car: Car, hass: HomeAssistant, caplog: pytest.LogCaptureFixture, content: Any
) -> None:
    await kept(account, car)
    await go_on_with(account, hass, json.loads(json.dumps(content).replace("VIN", car.vin)))
    before = billed(account, car)
    await send(account, car, charge.set_charge_limit(70))

    assert billed(account, car) - before == 2
    assert car.times_executed("set_charge_limit") == 2
    assert "is learnt anew" in caplog.text
    assert car.vin not in caplog.text


@pytest.mark.parametrize(
    ("forged", "costs"),
    [
        ({}, 1),
        ({"counter": 0}, 2),
        ({"counter": 2**32 - 1}, 2),
        ({"clock": 0.0}, 2),
        ({"clock": 2.0**29}, 2),
        ({"at": 0.0}, 3),
        ({"epoch": "ab" * 16}, 2),
        ({"car": OTHER.public.hex()}, 3),
        ({"encrypts": True}, 1),
        ({"clock": 0.0, "clock_time": 2**30}, 2),
        ({"clock_time": 2**30}, 2),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, dict) else str(value),
)
async def test_what_is_forged_ends_with_the_cars_own_word(
    account: Account, car: Car, hass: HomeAssistant, forged: dict[str, Any], costs: int
) -> None:
    session = await kept(account, car)
    session["infotainment"] |= forged
    await go_on_with(account, hass, {car.vin: session})
    before = billed(account, car)
    await send(account, car, charge.set_charge_limit(70))

    assert billed(account, car) - before <= costs
    assert car.body.charge_limit_percent == 70
    assert car.times_executed("set_charge_limit") == 2

    before = billed(account, car)
    await send(account, car, charge.set_charge_limit(60))
    assert billed(account, car) - before == 1


@pytest.mark.parametrize("hours", [-5.0, 5.0])
async def test_a_clock_that_was_set_while_nothing_ran_costs_one_more_request(
    account: Account, car: Car, hass: HomeAssistant, hours: float
) -> None:
    session = await kept(account, car)
    session["infotainment"]["at"] -= hours * 3600  # our clock; the car's has not jumped with it
    await go_on_with(account, hass, {car.vin: session})
    before = billed(account, car)
    await send(account, car, charge.set_charge_limit(70))

    assert billed(account, car) - before <= 2
    assert car.body.charge_limit_percent == 70


async def test_another_car_keeps_its_session(
    account: Account, car: Car, world: World, hass: HomeAssistant
) -> None:
    other = world.add_car("typed", vin="5YJ3E7EB0SF000042")
    await account.set_up(car, other)
    for one in (car, other):
        await send(account, one, charge.set_charge_limit(85))
    session = account.runtime.vehicles[other.vin].coordinator.commands.to_json()
    await go_on_with(account, hass, {car.vin: [1], other.vin: session})
    before = billed(account, other)
    await send(account, other, charge.set_charge_limit(70))

    assert billed(account, other) - before == 1
