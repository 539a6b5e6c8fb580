"""What can be done to the cloud: faults on and off, hosts down and up, and the record of it all."""

import asyncio
import json
from pathlib import Path
import ssl
from typing import Any

import aiohttp
import pytest

from simulator.car.car import Car
from simulator.certificates import Authorities
from simulator.cloud.accounts import SCOPES
from simulator.world import World

from ..wall import Wall
from .client import Client
from .test_region import expect

PATH = "/api/1/vehicles"


async def test_everything_that_is_asked_is_recorded(world: World, client: Client, car: Car) -> None:
    await client.get(PATH)
    await client.post(f"{PATH}/fleet_status", {"vins": [car.vin]})

    every = world.cloud.requests()
    (asked,) = world.cloud.requests("fleet_status")

    assert [one.name for one in every] == ["vehicles", "fleet_status"]
    assert (asked.method, asked.host, asked.status, asked.json) == ("POST", "eu", 200, {"vins": [car.vin]})
    assert asked.bearer == client.tokens["access_token"]
    assert client.tokens["access_token"] not in json.dumps(asked.public())
    assert every[0].json is None


async def test_a_misspelt_endpoint_is_a_mistake(world: World) -> None:
    for attempt in (world.cloud.requests, world.cloud.refuse, world.cloud.accept):
        with pytest.raises(KeyError):
            attempt("vehicle_dat")


async def test_an_endpoint_refuses_until_that_is_taken_back(
    world: World, client: Client, errors: dict[str, Any]
) -> None:
    world.cloud.refuse("vehicles", "account_locked")
    reply = await client.get(PATH)
    assert (reply.status, reply.body) == (423, errors["account_locked"]["body"])
    assert (await client.get("/api/1/users/me")).status == 200

    world.cloud.accept("vehicles")
    assert (await client.get(PATH)).status == 200


async def test_any_status_with_any_body(world: World, client: Client) -> None:
    world.cloud.refuse("vehicles", 418, body="teapot", headers={"Content-Type": "text/html", "X-A": "1"})
    reply = await client.get(PATH)
    assert (reply.status, reply.text, reply.headers["X-A"]) == (418, "teapot", "1")

    world.cloud.refuse("vehicles", 503)
    assert (await client.get(PATH)).text == ""


async def test_a_fault_can_be_used_up(world: World, client: Client) -> None:
    world.cloud.refuse("vehicles", times=2)

    assert [(await client.get(PATH)).status for _ in range(3)] == [503, 503, 200]


async def test_the_whole_cloud_can_refuse(world: World, client: Client) -> None:
    world.cloud.refuse("*", "bad_gateway_html")

    assert (await client.get(PATH)).text.startswith("<html>")
    assert (await client.refresh()).status == 502


@pytest.mark.parametrize("after", [True, False])
async def test_an_effect_can_happen_although_the_answer_says_no(
    world: World, client: Client, car: Car, *, after: bool
) -> None:
    car.sleep()
    world.cloud.refuse("wake_up", "gateway_timeout", after=after)

    assert (await client.post(f"{PATH}/{car.vin}/wake_up")).status == 504

    assert car.power.waking is after


@pytest.mark.parametrize(
    ("how", "text"),
    [
        ("empty", ""),
        ("html", "<html>"),
        ("list", '[{"response"'),
    ],
)
async def test_true_answers_can_be_spoilt(world: World, client: Client, how: str, text: str) -> None:
    world.cloud.spoil("vehicles", how)

    reply = await client.get(PATH)

    assert reply.status == 200
    assert reply.text.startswith(text)


async def test_json_can_be_none(world: World, client: Client) -> None:
    world.cloud.spoil("vehicles", "not json")

    with pytest.raises(json.JSONDecodeError):
        await client.get(PATH)


async def test_an_answer_can_break_off(world: World, client: Client) -> None:
    world.cloud.spoil("vehicles", "truncated", times=1)

    with pytest.raises(aiohttp.ClientPayloadError):
        await client.get(PATH)
    assert (await client.get(PATH)).status == 200


@pytest.mark.parametrize("after", [True, False])
async def test_an_answer_may_never_come(world: World, client: Client, car: Car, *, after: bool) -> None:
    car.sleep()
    world.cloud.hang("wake_up", after=after)
    asking = asyncio.create_task(client.post(f"{PATH}/{car.vin}/wake_up"))
    async with asyncio.timeout(60):
        while not world.cloud.requests("wake_up"):  # noqa: ASYNC110  # a list, nothing to wait on
            await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not asking.done()
    assert car.power.waking is after

    world.cloud.accept("wake_up")
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await asking


async def test_a_hanging_answer_does_not_keep_the_cloud_from_closing(world: World, client: Client) -> None:
    world.cloud.hang("vehicles", times=1)
    asking = asyncio.create_task(client.get(PATH))
    async with asyncio.timeout(60):
        while not world.cloud.requests("vehicles"):  # noqa: ASYNC110  # a list, nothing to wait on
            await asyncio.sleep(0)

    await world.cloud.close()

    with pytest.raises(aiohttp.ClientError):
        await asking


async def test_who_hung_up_is_not_answered(world: World, client: Client) -> None:
    world.cloud.hang("vehicles")
    asking = asyncio.create_task(client.get(PATH))
    async with asyncio.timeout(60):
        while not world.cloud.requests("vehicles"):  # noqa: ASYNC110  # a list, nothing to wait on
            await asyncio.sleep(0)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    for _ in range(20):
        await asyncio.sleep(0)

    world.cloud.accept("vehicles")

    assert (await client.get(PATH)).status == 200
    assert world.cloud.requests("vehicles")[0].status is None


async def test_taking_one_fault_back_leaves_the_others(world: World, client: Client) -> None:
    world.cloud.refuse("vehicles")
    world.cloud.refuse("users_me")

    world.cloud.accept("vehicles")

    assert (await client.get(PATH)).status == 200
    assert (await client.get("/api/1/users/me")).status == 503


async def test_an_answer_can_be_late(world: World, client: Client) -> None:
    world.cloud.delay("vehicles", 0.01)

    assert (await client.get(PATH)).status == 200
    assert world.cloud.requests("vehicles")[0].status == 200


async def test_hosts_go_down_and_come_back_on_their_ports(world: World, client: Client) -> None:
    base = world.cloud.bases["eu"]
    await world.cloud.down()
    for attempt in (client.get(PATH), client.refresh()):
        with pytest.raises(aiohttp.ClientConnectionError):
            await attempt

    await world.cloud.up()
    await world.cloud.up()

    assert world.cloud.bases["eu"] == base
    assert (await client.get(PATH)).status == 200


async def test_one_host_can_be_down_alone(world: World, client: Client) -> None:
    await world.cloud.down("auth")

    with pytest.raises(aiohttp.ClientConnectionError):
        await client.refresh()
    assert (await client.get(PATH)).status == 200
    await world.cloud.up("auth")
    assert (await client.refresh()).status == 200


async def test_tokens_can_live_shorter(world: World, client: Client, wall: Wall) -> None:
    world.cloud.set_token_lifetime(120)
    await client.sign_in(SCOPES)
    assert client.tokens["expires_in"] == 120

    wall.move(121)
    assert (await client.get(PATH)).error == "token expired (401)"


@pytest.mark.parametrize(
    ("scope", "field", "gone"),
    [
        ("vehicle_location", "Location", True),
        ("vehicle_location", "Soc", False),
        ("vehicle_device_data", "Soc", True),
        ("vehicle_cmds", "Location", False),
    ],
)
@pytest.mark.usefixtures("client")
async def test_taking_a_scope_back_ends_the_streams_that_need_it(
    world: World, car: Car, scope: str, field: str, *, gone: bool
) -> None:
    car.stream(hostname="h", port="nowhere", fields={field: {"interval_seconds": 60}})

    world.cloud.revoke_scope(scope)

    assert (car.told is None) is gone


async def test_streamed_signals_are_on_the_bill(world: World, car: Car) -> None:
    world.cloud.books.charge_signals(3)
    assert world.cloud.billed()["signal"] == 3


async def test_the_cloud_can_speak_https(
    authorities: Authorities, wall: Wall, tmp_path: Path, socket_enabled: None
) -> None:
    async with World(speed=0, wall=wall, authorities=authorities, tls=True) as world:
        assert world.cloud_ca is not None
        context = ssl.create_default_context(cadata=world.cloud_ca)
        async with (
            aiohttp.ClientSession() as web,
            web.get(world.cloud.bases["eu"] + "/status", ssl=context) as response,
        ):
            assert await response.text() == "ok"
        assert world.cloud.token_url.startswith("https://127.0.0.1:")


def test_expected_refusals_are_compared_whole(errors: dict[str, Any]) -> None:
    class Wrong:
        status = 404
        body: dict[str, Any] = {"txid": "1", "error": "other"}  # noqa: RUF012  # only read
        headers = {"X-TXID": "1"}  # noqa: RUF012  # only read

    with pytest.raises(AssertionError):
        expect(Wrong(), errors["not_found"])
