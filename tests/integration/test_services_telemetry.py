"""What a car is told of streaming: looked at, sent, taken away; and what it reports of it."""

from simulator.car.car import Car
from simulator.world import World
from tests.home import until

from .account import Account
from .actions import Caller
from .kept import Kept


async def test_a_car_without_a_configuration_has_none(caller: Caller, car: Car) -> None:
    answer = await caller.ask("telemetry_config", car)

    assert answer["config"] is None
    assert answer["key_paired"] is True


async def test_a_configuration_is_shown_and_taken_away(streaming: Account, car: Car, world: World) -> None:
    caller = Caller(streaming)
    answer = await caller.ask("telemetry_config", car)
    assert answer["synced"] is True
    assert "BatteryLevel" in answer["config"]["fields"]

    assert answer["keeper"]["phase"] == "unknown"

    told = await caller.ask("telemetry_config", car, operation="delete")
    assert told["phase"] == "absent"
    assert (await caller.ask("telemetry_config", car, operation="get"))["config"] is None
    await world.advance(5.0)
    await until(lambda: not car.telemetry.connections.open)


async def test_it_can_be_taken_away_without_wanting_to_hear_of_it(streaming: Account, car: Car) -> None:
    caller = Caller(streaming)

    assert await caller.call("telemetry_config", car, operation="delete") is None
    assert (await caller.ask("telemetry_config", car))["config"] is None


async def test_nothing_is_applied_here(caller: Caller, car: Car) -> None:
    said = await caller.refuses("telemetry_config", car, key="not_one_of", operation="apply")

    assert said == "“operation” has to be one of: get, send, delete, errors."


async def test_what_is_chosen_is_sent_at_once(account: Account, car: Car) -> None:
    kept = Kept(account)
    await kept.set_up(car)
    caller = Caller(account)
    told = await caller.ask("telemetry_config", car, operation="send")

    assert told["phase"] == "sent"
    assert "BatteryLevel" in told["fields"]
    assert told["expires"] > told["sent_at"]
    assert kept.sent() == 1


async def test_nothing_is_sent_before_something_was_chosen(caller: Caller, car: Car) -> None:
    said = await caller.fails("telemetry_config", car, key="cannot_nothing_chosen", operation="send")

    assert "Nothing is chosen yet" in said


async def test_what_the_car_reports_can_be_read(caller: Caller, car: Car) -> None:
    car.report_telemetry_error("error loading config file: InvalidSignature: unknown issuer")
    answer = await caller.ask("telemetry_config", car, operation="errors")

    (error,) = answer["errors"]
    assert error["error_name"] == "config_manager_error"
    assert "unknown issuer" in error["error"]
    assert error["created_at"] is not None
