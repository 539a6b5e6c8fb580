"""What the cloud keeps of how a car streams."""

from simulator.car.car import Car
from simulator.world import World
from tests.home import until

from .account import Account
from .actions import Caller


async def test_a_car_without_a_configuration_has_none(caller: Caller, car: Car) -> None:
    answer = await caller.ask("telemetry_config", car)

    assert answer["config"] is None
    assert answer["key_paired"] is True


async def test_a_configuration_is_shown_and_taken_away(streaming: Account, car: Car, world: World) -> None:
    caller = Caller(streaming)
    answer = await caller.ask("telemetry_config", car)
    assert answer["synced"] is True
    assert "BatteryLevel" in answer["config"]["fields"]

    assert await caller.ask("telemetry_config", car, operation="delete") == {"updated_vehicles": 1}
    assert (await caller.ask("telemetry_config", car, operation="get"))["config"] is None
    await world.advance(5.0)
    await until(lambda: not car.telemetry.connections.open)


async def test_it_can_be_taken_away_without_wanting_to_hear_of_it(streaming: Account, car: Car) -> None:
    caller = Caller(streaming)

    assert await caller.call("telemetry_config", car, operation="delete") is None
    assert (await caller.ask("telemetry_config", car))["config"] is None


async def test_nothing_is_applied_here(caller: Caller, car: Car) -> None:
    said = await caller.refuses("telemetry_config", car, key="not_one_of", operation="apply")

    assert said == "“operation” has to be one of: get, delete."
