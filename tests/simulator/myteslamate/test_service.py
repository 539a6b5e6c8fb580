"""The whole of it: a day with a refusing service, an owner's own streaming server, the world's side."""

import asyncio
import json
import os
import signal
import ssl

import aiohttp
import pytest

from simulator.__main__ import options, run
from simulator.car.car import Car
from simulator.control import Control
from simulator.verbs import MYTESLAMATE, described
from simulator.world import World

from ..test_main import line
from ..wall import Wall
from .client import Client, Socket

DAY_S = 86_400


async def test_a_day_of_refusals_is_counted(client: Client, car: Car, wall: Wall) -> None:
    service = client.service
    service.refuse_car(car.vin)
    attempts, pause = 0, 1.0
    began = wall.now
    while wall.now - began < DAY_S:
        async with client.listen() as socket:
            await socket.subscribe(car.vin, client.token)
            await socket.end()
        attempts += 1
        pause = min(pause * 2, 600)
        wall.move(pause)

    counted = service.counted()
    assert counted["connects"] == counted["subscribes"] == counted["refused"] == attempts
    assert 100 < attempts < 200
    assert (counted["billed"], counted["validations"]) == ({}, 0)


async def test_each_subscription_is_one_more_question_to_the_service(client: Client, car: Car) -> None:
    async with client.listen() as socket:
        for count in range(1, 4):
            await socket.subscribe(car.vin, client.token)
            await socket.until(lambda count=count: len(socket.got) == count)  # type: ignore[misc]  # of lambdas

    counted = client.service.counted()
    assert (counted["validations"], counted["requests"]) == (3, {})
    asked = client.service.requests("fleet_telemetry_config")
    assert {(one.host, one.status) for one in asked} == {("stream", 200)}


async def test_streaming_to_the_service_is_not_the_owners_bill(
    client: Client, world: World, car: Car
) -> None:
    before = world.cloud.billed()
    await world.advance(60)

    assert client.service.counted()["pushed"] > 30
    assert world.cloud.billed() == before


@pytest.mark.parametrize("certificate", [None, "self_signed"])
async def test_an_owners_own_server_is_fed_by_way_of_pubsub(
    world: World, car: Car, web: aiohttp.ClientSession, certificate: str | None
) -> None:
    server = await world.open_streaming_server(
        fields={"Location": 1, "Gear": 1, "VehicleSpeed": 1}, cars=[car.vin], certificate=certificate
    )
    tls = ssl.create_default_context(cadata=server.shown.authority) if server.shown else None
    async with Socket(web, server, tls) as socket:
        await socket.subscribe(car.vin, "whatever")
        await socket.until(lambda: bool(socket.got))
        car.drive("work")
        await world.advance(30)
        await socket.until(lambda: any(frame[9] == "D" for frame in socket.frames(car.vin)))

    assert server.counts["told"] == server.counts["pushed"] - server.counts["lost"] > 10


async def test_a_service_is_opened_once(world: World) -> None:
    with pytest.raises(LookupError):
        _ = world.myteslamate
    service = await world.open_myteslamate()

    assert await world.open_myteslamate() is service is world.myteslamate


async def test_it_can_be_had_at_chosen_ports_and_by_number(world: World, car: Car) -> None:
    service = await world.open_myteslamate(tags=("id",))
    ports = int(service.address.rsplit(":", 1)[1]), int(service.stream_address.rsplit(":", 1)[1])

    assert 0 not in ports
    assert service.streaming.tags(car.vin) == (service.vehicle_id(car.vin),)


async def test_all_of_it_can_be_called_from_outside(
    client: Client, world: World, car: Car, web: aiohttp.ClientSession
) -> None:
    control = Control(world, {})
    await control.open()
    try:
        async with web.post(f"{control.base}/myteslamate/tell_by", json={"args": ["id"]}) as response:
            assert (await response.json())["ok"] is True
        async with web.post(f"{control.base}/myteslamate/dance") as response:
            assert response.status == 404
        await client.get("/api/1/products")
        async with web.get(f"{control.base}/myteslamate/counted") as response:
            assert (await response.json())["requests"] == {"products": 1}
        async with web.get(f"{control.base}/myteslamate/requests", params={"name": "products"}) as response:
            assert [one["status"] for one in await response.json()] == [200]
        async with web.get(f"{control.base}/verbs") as response:
            assert "take_over" in (await response.json())["myteslamate"]
    finally:
        await control.close()


async def test_where_it_is_not_open_that_is_said(world: World, web: aiohttp.ClientSession) -> None:
    control = Control(world, {})
    await control.open()
    try:
        async with web.get(f"{control.base}/myteslamate/counted") as response:
            assert response.status == 404
            assert "MyTeslaMate" in (await response.json())["error"]
    finally:
        await control.close()


def test_every_verb_says_what_it_does() -> None:
    assert all(row["does"] for row in described(MYTESLAMATE).values())


async def test_it_is_among_the_addresses(capsys: pytest.CaptureFixture[str], socket_enabled: None) -> None:
    args = options().parse_args(["--cars=typed,old", "--scenario=none", "--myteslamate"])
    running = asyncio.create_task(run(args))
    addresses = json.loads((await line(capsys, running)).splitlines()[0])["myteslamate"]
    async with aiohttp.ClientSession() as web:
        headers = {"Authorization": f"Bearer {addresses['token']}"}
        async with web.get(f"{addresses['base']}/api/1/products", headers=headers) as response:
            assert len((await response.json())["response"]) == 2
        async with web.ws_connect(f"{addresses['stream']}/streaming/") as ws:
            assert ws.closed is False
    os.kill(os.getpid(), signal.SIGTERM)
    async with asyncio.timeout(60):
        await running
