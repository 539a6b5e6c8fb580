"""Commands: woken for, signed, repeated and paid by the service."""

import asyncio
from typing import Any

import aiohttp
import pytest

from custom_components.tesla_direct.tesla.proto import universal_message_pb2 as um
from simulator.car.car import Car
from simulator.teslemetry.service import Teslemetry
from simulator.world import World
from tests.home import until
from tests.simulator.service_client import Reply

from .client import Client

TURNS = 20  # of the loop in which all is done that needs no time, on a busy machine too


async def passing(world: World, asked: asyncio.Task[Reply], step: float = 0.5) -> tuple[Reply, float]:
    """Let time pass until an answer is there; return it, and the simulated seconds that it took."""
    began = world.clock.passed
    async with asyncio.timeout(60):
        while not asked.done():
            await world.advance(step)
            for _ in range(TURNS):
                await asyncio.sleep(0)
            await asyncio.wait([asked], timeout=0.002)
    return asked.result(), world.clock.passed - began


def ask(client: Client, car: Car, name: str = "door_lock", **body: Any) -> asyncio.Task[Reply]:
    return asyncio.create_task(client.command(car.vin, name, **body))


async def test_an_online_car_does_it_at_once_for_one_credit(
    client: Client, service: Teslemetry, car: Car
) -> None:
    reply = await client.command(car.vin, "set_charge_limit", percent=85)

    assert reply.body["response"] == {"result": True, "reason": ""}
    assert reply.headers["x-region"] == "eu"
    assert car.executed[-1].arguments == {"percent": 85}
    assert service.counted()["credits"] == {"command": 1, "data": 0, "wake": 0}
    assert service.counted()["balance"] == 1999


async def test_a_sleeping_car_is_woken_for_twenty_and_let_settle(
    client: Client, service: Teslemetry, world: World, car: Car
) -> None:
    car.slow_wake(7)
    car.sleep()
    asked = ask(client, car)
    await until(lambda: service.office.waking.under_way(car.vin))

    reply, seconds = await passing(world, asked)

    assert reply.status == 200
    assert 12 <= seconds < 14  # awake after 7, seen after 9, given 3 more
    assert service.counted()["credits"] == {"command": 1, "data": 0, "wake": 20}
    assert [entry["kind"] for entry in service.paid()] == ["wake", "command"]


async def test_several_commands_share_one_wake_and_go_one_after_another(
    client: Client, service: Teslemetry, world: World, car: Car
) -> None:
    car.slow_wake(5)
    car.sleep("offline")
    tasks = [ask(client, car, name) for name in ("door_lock", "flash_lights", "honk_horn")]
    await until(lambda: len(service.requests("command")) == 3)

    replies = [(await passing(world, task))[0] for task in tasks]

    assert {reply.status for reply in replies} == {200}
    assert {one.name for one in car.executed} == {"door_lock", "flash_lights", "honk_horn"}
    assert service.counted()["credits"] == {"command": 3, "data": 0, "wake": 20}
    assert service.counted()["wakes"] == 1


async def test_a_car_that_does_not_wake_is_given_up_after_ten_looks(
    client: Client, service: Teslemetry, world: World, car: Car
) -> None:
    car.ignore_wakes()
    car.sleep()
    tasks = [ask(client, car), ask(client, car)]
    await until(lambda: len(service.requests("command")) == 2)
    await until(lambda: service.office.waking.under_way(car.vin))

    reply, seconds = await passing(world, tasks[0])
    other, _ = await passing(world, tasks[1])

    assert (reply.status, other.status) == (408, 408)
    assert 30 <= seconds < 32
    assert service.counted()["credits"] == {"command": 0, "data": 0, "wake": 20}


async def test_without_the_services_key_nothing_goes(client: Client, service: Teslemetry, car: Car) -> None:
    car.forget_key(service.public_key)

    reply = await client.command(car.vin, "door_lock")

    assert reply.status == 403
    assert "has not been paired" in reply.error
    assert (await client.get("/api/metadata")).body["vehicles"][car.vin]["issue"] == "key"
    assert service.counted()["credits"]["command"] == 0
    assert service.pair(car.vin, "https://teslemetry.com/key") == "paired"
    assert (await client.command(car.vin, "door_lock")).status == 200
    assert "issue" not in (await client.get("/api/metadata")).body["vehicles"][car.vin]


async def test_a_busy_car_is_asked_five_times(client: Client, world: World, car: Car) -> None:
    car.be_busy(times=4)
    reply, seconds = await passing(world, ask(client, car, "honk_horn"))

    assert reply.status == 200
    assert 10 <= seconds < 13  # 1, 2, 3 and 4

    car.be_busy(times=5)
    reply, _ = await passing(world, ask(client, car, "honk_horn"))

    assert (reply.status, reply.error) == (503, "vehicle is busy")
    assert car.times_executed("honk_horn") == 1


async def test_a_stale_session_is_renewed_at_once(client: Client, world: World, car: Car) -> None:
    car.answer_fault(um.MESSAGEFAULT_ERROR_INCORRECT_EPOCH, times=3)
    began = world.clock.passed

    assert (await client.command(car.vin, "door_lock")).status == 200
    assert world.clock.passed == began


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (um.MESSAGEFAULT_ERROR_UNKNOWN_KEY_ID, 403),
        (um.MESSAGEFAULT_ERROR_REMOTE_ACCESS_DISABLED, 401),
    ],
)
async def test_some_faults_are_final(client: Client, car: Car, fault: int, status: int) -> None:
    car.answer_fault(fault)

    assert (await client.command(car.vin, "door_lock")).status == status
    assert (await client.command(car.vin, "door_lock")).status == 200


async def test_a_car_that_lets_nobody_in_says_so_at_once(client: Client, car: Car) -> None:
    car.body.mobile_access = False

    reply = await client.command(car.vin, "door_lock")

    assert (reply.status, reply.error) == (401, "mobile_access_disabled")
    car.body.mobile_access = True
    car.body.in_service = True
    assert (await client.command(car.vin, "door_lock")).status == 405


async def test_a_car_that_falls_asleep_meanwhile_is_tried_again(
    client: Client, world: World, car: Car
) -> None:
    car.be_flaky(1.0)
    asked = ask(client, car)
    await until(lambda: world.teslemetry.office.waking.looks == 1)
    await world.advance(2)
    car.be_flaky(0.0)

    reply, _ = await passing(world, asked)

    assert reply.status == 200


async def test_a_refusal_of_the_car_is_an_answer_and_paid(
    client: Client, service: Teslemetry, car: Car
) -> None:
    car.refuse("door_lock", "not today")

    reply = await client.command(car.vin, "door_lock")

    assert reply.body["response"] == {"result": False, "reason": "not today"}
    assert service.counted()["credits"]["command"] == 1


async def test_what_is_carried_out_and_too_long_to_tell_is_carried_out_again(
    client: Client, world: World, car: Car
) -> None:
    car.overflow()

    reply, _ = await passing(world, ask(client, car, "honk_horn"))

    assert (reply.status, car.times_executed("honk_horn")) == (200, 2)


@pytest.mark.parametrize(
    ("status", "seconds"), [(424, 1 + 2 + 4 + 8 + 16 + 32), (503, 63), (540, 63)], ids=str
)
async def test_plain_commands_are_repeated_six_times(
    client: Client, service: Teslemetry, world: World, status: int, seconds: int
) -> None:
    old = world.add_car("old")
    service.have_tesla_answer(status, times=6)

    reply, took = await passing(world, ask(client, old))

    assert reply.status == 200
    assert seconds <= took < seconds + 5
    assert service.counted()["credits"]["command"] == 1


async def test_a_seventh_refusal_is_final(client: Client, service: Teslemetry, world: World) -> None:
    old = world.add_car("old")
    service.have_tesla_answer(503, times=7)

    reply, _ = await passing(world, ask(client, old))

    assert reply.status == 503
    assert service.counted()["credits"]["command"] == 0


async def test_tesla_says_how_long_to_wait_and_no_longer_than_ninety_seconds(
    client: Client, service: Teslemetry, world: World
) -> None:
    old = world.add_car("old")
    service.have_tesla_answer(429, retry_after=40)
    reply, seconds = await passing(world, ask(client, old))
    assert reply.status == 200
    assert 40 <= seconds < 42

    service.have_tesla_answer(429, retry_after=91)
    reply, seconds = await passing(world, ask(client, old))
    assert (reply.status, reply.headers["Retry-After"]) == (429, "91")


@pytest.mark.parametrize("status", [400, 403, 412, 422])
async def test_other_refusals_of_teslas_are_final(
    client: Client, service: Teslemetry, world: World, status: int
) -> None:
    old = world.add_car("old")
    service.have_tesla_answer(status)

    assert (await client.command(old.vin, "door_lock")).status == status


async def test_what_tesla_never_answers_is_a_time_out(client: Client, world: World) -> None:
    old = world.add_car("old")
    world.cloud.lose_answer("hang", after=True)

    reply, _ = await passing(world, ask(client, old))

    assert reply.status == 200
    assert old.times_executed("door_lock") == 2


@pytest.mark.parametrize(("how", "status"), [("504", 504), ("hang", 504), ("540", 540)])
async def test_what_is_lost_between_tesla_and_the_car_is_sent_again(
    client: Client, world: World, car: Car, how: str, status: int
) -> None:
    world.cloud.lose_answer(how, after=True)
    reply, _ = await passing(world, ask(client, car, "honk_horn"))
    assert (reply.status, car.times_executed("honk_horn")) == (200, 2)

    world.cloud.lose_answer(how, times=5)
    reply, _ = await passing(world, ask(client, car, "honk_horn"))
    assert reply.status == status


async def test_a_key_that_is_switched_off_or_may_not_is_none(
    client: Client, service: Teslemetry, car: Car
) -> None:
    car.disable_key(service.public_key)
    assert (await client.command(car.vin, "door_lock")).status == 403

    car.disable_key(service.public_key, on=False)
    car.pair_key(service.public_key, "VEHICLE_MONITOR")
    assert (await client.command(car.vin, "door_lock")).status == 403
    assert (await client.post(f"/api/1/vehicles/{car.vin}/custom_command/ping")).status == 200


async def test_a_command_goes_on_after_the_client_has_gone(
    client: Client, service: Teslemetry, world: World, car: Car
) -> None:
    car.slow_wake(5)
    car.sleep()
    asked = ask(client, car)
    await until(lambda: service.office.waking.under_way(car.vin))
    asked.cancel()
    await asyncio.wait([asked])

    await world.advance(70)
    await until(lambda: car.times_executed("door_lock") == 1)

    assert service.counted()["credits"]["command"] == 1


async def test_without_credits_nothing_goes(client: Client, service: Teslemetry, car: Car) -> None:
    service.set_credits(0)

    for reply in (
        await client.command(car.vin, "door_lock"),
        await client.post(f"/api/1/vehicles/{car.vin}/wake_up"),
        await client.get(f"/api/refresh/{car.vin}"),
        await client.get(f"/api/1/vehicles/{car.vin}/release_notes"),
    ):
        assert (reply.status, reply.error) == (402, "insufficient_credits")
    assert car.executed == []
    assert service.counted()["balance"] == 0


async def test_what_is_no_command_costs_nothing(client: Client, service: Teslemetry, car: Car) -> None:
    unknown = await client.command(car.vin, "fly")
    lacking = await client.command(car.vin, "set_charge_limit")

    assert (unknown.status, unknown.error) == (400, "invalid_command")
    assert (lacking.status, lacking.body["error_description"]) == (400, "missing percent param")
    service.revoke_scope("vehicle_cmds", "vehicle_charging_cmds")
    assert (await client.command(car.vin, "door_lock")).status == 403
    service.restore_scope("vehicle_cmds")
    assert (await client.command(car.vin, "set_managed_charger_location")).status == 200
    assert service.paid() == []


async def test_there_are_commands_that_tesla_does_not_have(
    client: Client, service: Teslemetry, car: Car
) -> None:
    path = f"/api/1/vehicles/{car.vin}/custom_command"
    car.climate()

    ping = await client.post(f"{path}/ping")
    seat = await client.post(f"{path}/seat_heater", {"seat_position": 1, "level": 2})
    solar = await client.post(f"{path}/charge_on_solar", {"on": True})

    assert ping.body["response"]["result"] is True
    assert seat.body["response"]["result"] is True
    assert solar.body["response"]["result"] is False  # no car of ours can do that
    assert (await client.post(f"{path}/door_lock")).status == 400


async def test_a_wake_is_passed_on_and_paid_each_time(client: Client, service: Teslemetry, car: Car) -> None:
    car.sleep()

    replies = [await client.post(f"/api/1/vehicles/{car.vin}/wake_up") for _ in range(2)]

    assert [reply.body["response"]["state"] for reply in replies] == ["asleep", "asleep"]
    assert service.counted()["credits"]["wake"] == 40


async def test_a_slow_answer_comes(client: Client, service: Teslemetry, car: Car) -> None:
    service.delay("command", 0.05, times=1)

    assert (await client.command(car.vin, "door_lock")).status == 200


async def test_an_answer_may_be_lost_after_all_was_done(
    client: Client, service: Teslemetry, car: Car
) -> None:
    service.drop("command", after=True, times=1)

    with pytest.raises(aiohttp.ClientError):
        await client.command(car.vin, "door_lock")

    assert car.times_executed("door_lock") == 1
    assert service.counted()["credits"]["command"] == 1
