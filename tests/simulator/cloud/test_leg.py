"""What can happen to messages between the server and a car."""

import asyncio

import aiohttp
import pytest

from simulator.car.car import Car
from simulator.world import World
from tests.home import until

from ..signer import INFOTAINMENT, LOCK, SECURITY, UNLOCK, action
from .client import Client
from .remote import PATH, Remote

PING = action("ping", ping_id=1)


@pytest.mark.parametrize("how", ["408", "500", "502", "503", "504", "540"])
@pytest.mark.parametrize("after", [True, False])
async def test_an_answer_is_lost_and_the_car_may_have_done_it(
    world: World, remote: Remote, how: str, *, after: bool
) -> None:
    world.cloud.lose_answer(how, after=after)

    reply = await remote.ask(SECURITY, UNLOCK)

    assert reply.status == int(how)
    assert remote.car.times_executed("door_unlock") == int(after)
    assert world.cloud.billed()["command"] == int(how == "408")
    assert (await remote.command(SECURITY, LOCK)).fault == 0


async def test_the_timeout_is_not_the_one_of_a_sleeping_car(world: World, remote: Remote) -> None:
    world.cloud.lose_answer("408")

    assert "vehicle is offline" not in (await remote.ask(SECURITY, LOCK)).text


@pytest.mark.parametrize("after", [True, False])
async def test_the_connection_drops(world: World, remote: Remote, *, after: bool) -> None:
    world.cloud.lose_answer("drop", after=after)

    with pytest.raises(aiohttp.ClientError):
        await remote.ask(SECURITY, UNLOCK)

    assert remote.car.times_executed("door_unlock") == int(after)
    assert world.cloud.billed()["command"] == int(after)


async def test_no_answer_ever_comes(world: World, remote: Remote) -> None:
    world.cloud.lose_answer("hang")

    waiting = asyncio.create_task(remote.ask(SECURITY, UNLOCK))
    await until(lambda: remote.car.executed)
    assert not waiting.done()

    world.cloud.accept()
    with pytest.raises(aiohttp.ClientError):
        await waiting


async def test_a_plain_command_takes_the_same_way(world: World, client: Client) -> None:
    car = world.add_car(signs=False)
    world.cloud.lose_answer()

    assert (await client.post(f"{PATH}/{car.vin}/command/honk_horn")).status == 504
    assert car.body.honks == 1
    assert (await client.post(f"{PATH}/{car.vin}/command/honk_horn")).status == 200


async def test_the_same_bytes_are_delivered_twice_and_done_once(world: World, remote: Remote) -> None:
    world.cloud.deliver_twice()

    assert (await remote.command(SECURITY, UNLOCK)).fault == 6
    assert remote.car.times_executed("door_unlock") == 1
    assert (await remote.command(SECURITY, LOCK)).fault == 0


async def test_a_plain_command_delivered_twice_is_done_twice(world: World, client: Client) -> None:
    car = world.add_car(signs=False)
    world.cloud.deliver_twice()

    await client.post(f"{PATH}/{car.vin}/command/honk_horn")
    assert car.body.honks == 2


async def test_a_message_comes_late(world: World, remote: Remote) -> None:
    world.cloud.deliver_late(5)

    assert (await remote.ask(SECURITY, UNLOCK)).status == 504
    assert remote.car.executed == []
    await world.advance(6)
    assert remote.car.times_executed("door_unlock") == 1


async def test_a_message_that_comes_late_does_not_wake_a_car(world: World, remote: Remote) -> None:
    world.cloud.deliver_late(5)
    await remote.ask(SECURITY, UNLOCK)
    remote.car.sleep()
    await world.advance(6)

    assert remote.car.executed == []


async def test_a_mishap_concerns_what_it_was_meant_for(world: World, remote: Remote) -> None:
    cloud = world.cloud
    cloud.lose_answer(command="set_charge_limit")
    assert (await remote.ask(SECURITY, LOCK)).status == 200
    assert (await remote.ask(INFOTAINMENT, action("chargingSetLimitAction", percent=70))).status == 504

    cloud.lose_answer(vin="another")
    assert (await remote.ask(SECURITY, LOCK)).status == 200

    cloud.lose_answer(times=None)
    assert (await remote.post(remote.signer.hello(SECURITY))).status == 200
    assert [(await remote.ask(SECURITY, LOCK)).status for _ in range(3)] == [504] * 3
    cloud.straighten()
    assert (await remote.ask(SECURITY, LOCK)).status == 200

    cloud.lose_answer(handshakes=True)
    assert (await remote.ask(SECURITY, LOCK)).status == 200
    assert (await remote.post(remote.signer.hello(SECURITY))).status == 504


async def test_a_way_to_go_wrong_that_is_none_is_a_mistake(world: World) -> None:
    with pytest.raises(KeyError):
        world.cloud.lose_answer("418")
    with pytest.raises(KeyError):
        world.cloud.tamper("juggle")


async def test_the_connection_can_drop_at_any_endpoint(world: World, client: Client, car: Car) -> None:
    world.cloud.drop("wake_up", after=True, times=1)
    car.sleep()
    with pytest.raises(aiohttp.ClientError):
        await client.post(f"{PATH}/{car.vin}/wake_up")
    assert (car.power.waking, world.cloud.billed()["wake"]) == (True, 1)

    world.cloud.drop("fleet_status", times=1)
    with pytest.raises(aiohttp.ClientError):
        await client.post(f"{PATH}/fleet_status", {"vins": [car.vin]})
    assert (await client.post(f"{PATH}/fleet_status", {"vins": [car.vin]})).status == 200
