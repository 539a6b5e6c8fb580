"""Every check that a request has to pass, in Tesla's order."""

from typing import Any

import aiohttp
import pytest

from simulator.cloud.accounts import SCOPES
from simulator.world import World

from ..wall import Wall
from .client import Client

PATH = "/api/1/vehicles"
TXID = "X-TXID"


@pytest.fixture
async def vin(world: World) -> str:
    return world.add_car().vin


def expect(reply: Any, row: dict[str, Any]) -> None:
    """Compare a reply with a refusal as Tesla gives it, and find its number."""
    assert reply.status == row["status"]
    body = dict(reply.body)
    assert body.pop("txid") == reply.headers[TXID]
    assert body == row["body"]


async def test_a_good_request_has_a_number_in_its_header_only(client: Client) -> None:
    reply = await client.get(PATH)

    assert reply.status == 200
    assert len(reply.headers[TXID]) == 36
    assert "txid" not in reply.body


async def test_liveness_needs_nobody(world: World, web: aiohttp.ClientSession) -> None:
    async with web.get(world.cloud.bases["na"] + "/status") as response:
        assert (response.status, await response.text()) == (200, "ok")


async def test_without_a_token_there_is_an_empty_no(client: Client) -> None:
    for authorization in ("", "Basic abc"):
        reply = await client.ask("GET", PATH, headers={"Authorization": authorization})
        assert (reply.status, reply.text) == (401, "")


async def test_a_wrong_and_an_old_token_are_told_apart(
    client: Client, wall: Wall, errors: dict[str, Any]
) -> None:
    expect(await client.ask("GET", PATH, headers={"Authorization": "Bearer x"}), errors["token_invalid"])

    wall.move(28_801)
    expect(await client.get(PATH), errors["token_expired"])


async def test_a_request_that_is_not_said_to_be_json_is_not_acceptable(client: Client) -> None:
    assert (await client.ask("GET", PATH, headers={"Content-Type": ""})).status == 406
    assert (await client.ask("GET", PATH, headers={"Content-Type": "text/plain"})).status == 406


async def test_a_user_out_of_region_is_sent_home(client: Client, world: World) -> None:
    for region in ("na", "cn"):
        reply = await client.get(PATH, region)
        assert reply.status == 421
        assert f"use base URL: {world.cloud.bases['eu']}," in reply.error
        assert reply.headers["Alt-Svc"] == f"h2=https://{world.cloud.bases['eu'].split('://')[1]}"


@pytest.mark.parametrize(
    ("where", "in_body", "in_header"),
    [(("body",), True, False), (("header",), False, True), ((), False, False)],
)
async def test_where_home_is_can_be_told_in_one_place_only(
    client: Client, world: World, where: tuple[str, ...], *, in_body: bool, in_header: bool
) -> None:
    world.cloud.tell_region(*where)

    reply = await client.get(PATH, "na")

    assert (reply.status, "use base URL" in reply.error, "Alt-Svc" in reply.headers) == (
        421,
        in_body,
        in_header,
    )


async def test_every_region_tells_where_the_account_lives(client: Client, world: World) -> None:
    for region in ("na", "eu", "cn"):
        reply = await client.get("/api/1/users/region", region)
        assert reply.response["fleet_api_base_url"] == world.cloud.bases["eu"]


async def test_an_application_has_to_be_registered_in_the_region(client: Client, world: World) -> None:
    world.cloud.unregister("na")
    world.cloud.unregister("eu")

    for region in ("na", "eu"):
        reply = await client.get("/api/1/users/region", region)
        assert reply.status == 412
        assert f"must be registered in the current region {world.cloud.bases[region]}," in reply.error

    world.cloud.register("eu")
    assert (await client.get("/api/1/users/region")).status == 200


async def test_a_region_can_move_and_leave_word(client: Client, world: World) -> None:
    before = world.cloud.bases["eu"]
    await world.cloud.move_region("eu")
    assert world.cloud.bases["eu"] != before

    async with client.web.get(
        before + PATH,
        headers={
            "Content-Type": "application/json",
            "Authorization": f"Bearer {client.tokens['access_token']}",
        },
    ) as response:
        body = await response.json()

    assert response.status == 421
    assert f"use base URL: {world.cloud.bases['eu']}," in body["error"]
    assert (await client.get(PATH)).status == 200


async def test_a_region_can_move_without_a_word(client: Client, world: World) -> None:
    before = world.cloud.bases["eu"]
    await world.cloud.move_region("eu", leave_word=False)

    with pytest.raises(aiohttp.ClientConnectorError):
        await client.web.get(before + PATH)
    assert (await client.get(PATH)).status == 200


async def test_an_account_can_move(client: Client, world: World) -> None:
    world.cloud.move_account("na")

    assert (await client.get(PATH)).status == 421
    assert (await client.get(PATH, "na")).status == 200
    assert (await client.get("/api/1/users/region", "na")).response["region"] == "na"


async def test_what_does_not_exist_is_not_found(client: Client, errors: dict[str, Any]) -> None:
    expect(await client.get("/api/1/nothing"), errors["not_found"])
    expect(await client.post(PATH), errors["method_not_allowed"])


async def test_the_fourth_wake_in_a_minute_is_too_much(
    client: Client, wall: Wall, vin: str, world: World
) -> None:
    statuses = [(await client.post(f"{PATH}/{vin}/wake_up")).status for _ in range(4)]
    assert statuses == [200, 200, 200, 429]

    late = await client.post(f"{PATH}/{vin}/wake_up")
    assert late.headers["Retry-After"] == "20"
    assert late.headers["RateLimit-Limit"] == "3"
    assert world.cloud.billed()["wake"] == 5

    wall.move(20)
    assert (await client.post(f"{PATH}/{vin}/wake_up")).status == 200


async def test_a_general_limit_holds_for_everything_until_it_is_over(
    client: Client, world: World, wall: Wall
) -> None:
    world.cloud.limit_rate(30)
    reply = await client.get(PATH)
    assert (reply.status, reply.headers["Retry-After"]) == (429, "30")

    wall.move(30)
    assert (await client.get(PATH)).status == 200
    world.cloud.limit_rate(30)
    world.cloud.accept()
    assert (await client.get(PATH)).status == 200


async def test_scopes_are_checked(world: World, web: aiohttp.ClientSession, errors: dict[str, Any]) -> None:
    world.cloud.approve()
    client = Client(world, web)
    await client.sign_in(("openid", "offline_access"))

    expect(await client.get(PATH), errors["missing_scopes"])
    assert (await client.get("/api/1/users/region")).status == 200


async def test_a_scope_that_was_taken_back_is_gone_at_once(client: Client, world: World) -> None:
    world.cloud.revoke_scope("vehicle_device_data")
    assert (await client.get(PATH)).status == 403

    world.cloud.restore_scope("vehicle_device_data")
    assert (await client.get(PATH)).status == 200


async def test_a_login_that_expired_is_refused_everywhere(client: Client, world: World) -> None:
    world.cloud.expire_login()

    assert (await client.get(PATH)).status == 401
    assert (await client.refresh()).error == "login_required"

    await client.sign_in(SCOPES)
    world.cloud.expire_login(access_too=False)
    assert (await client.get(PATH)).status == 200
    assert (await client.refresh()).status == 401


async def test_beyond_the_billing_limit_everything_is_refused_and_streaming_ends(
    client: Client, world: World, vin: str, wall: Wall, errors: dict[str, Any]
) -> None:
    car = world.cars[vin]
    car.stream(hostname="h", port="nowhere", fields={})
    world.cloud.set_billing_limit(0)
    for _ in range(501):
        world.cloud.books.charge("wake", 200)

    expect(await client.get(PATH), errors["billing_limit_exceeded"])
    assert car.told is None
    assert world.cloud.bill() == {"gross": pytest.approx(10.02), "net": pytest.approx(0.02), "limit": 0}

    world.cloud.set_billing_limit(5)
    assert (await client.get(PATH)).status == 200
    assert car.told is None


async def test_only_what_costs_is_billed(client: Client, world: World, vin: str) -> None:
    await client.get(PATH)
    await client.get(f"{PATH}/{vin}")
    await client.get(f"{PATH}/{vin}/vehicle_data")
    await client.post(f"{PATH}/{vin}/wake_up")
    world.cars[vin].sleep()
    assert (await client.get(f"{PATH}/{vin}/vehicle_data")).status == 408

    assert world.cloud.billed() == {"signal": 0, "command": 0, "data": 2, "wake": 1}


async def test_a_token_of_the_application_itself_is_for_one_region_and_few_calls(
    world: World, client: Client, vin: str
) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_secret": client.application.client_secret,
        "audience": world.cloud.bases["na"],
        "scope": "openid vehicle_device_data",
    }
    bearer = (await client.token(**form)).body["access_token"]
    asked = {"headers": {"Authorization": f"Bearer {bearer}"}, "json": {"vins": [vin]}}
    path = f"{PATH}/fleet_status"

    assert (await client.ask("POST", path, "na", **asked)).response["unpaired_vins"] == [vin]
    assert (await client.ask("POST", path, "eu", **asked)).status == 401
    assert (await client.ask("GET", PATH, "na", **asked)).status == 403
