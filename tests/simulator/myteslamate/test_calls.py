"""The API: tokens in every form, what is passed on, what is answered here, commands, limits."""

import base64
import json
from typing import Any

import aiohttp
import pytest

from simulator.car.car import Car
from simulator.myteslamate.office import FIELDS
from simulator.myteslamate.service import PAIRING, MyTeslaMate
from simulator.world import World

from .client import Client

UNPAIRED = "vehicle rejected request: your public key has not been paired with the vehicle"


async def test_a_token_goes_in_the_header_or_in_the_address(client: Client, service: MyTeslaMate) -> None:
    by_header = await client.get("/api/1/products")
    by_query = await client.ask(
        "GET", "/api/1/products", params={"token": client.token}, headers={"Authorization": ""}
    )

    assert (by_header.status, by_query.status) == (200, 200)
    assert [len(part) for part in service.token.split("-")] == [4, 4, 4, 4]
    assert "token" not in service.requests("products")[1].public()["query"]


@pytest.mark.parametrize("header", ["", "Bearer wrong", "Bearer ?token={token}", "Basic {token}"])
async def test_other_tokens_are_none(client: Client, header: str) -> None:
    reply = await client.ask(
        "GET", "/api/1/products", headers={"Authorization": header.format(token=client.token)}
    )

    assert (reply.status, reply.error) == (401, "invalid bearer token")


async def test_another_region_is_told_in_teslas_words(client: Client, service: MyTeslaMate) -> None:
    service.live_elsewhere("https://eu.example.com", ["body"])
    reply = await client.get("/api/1/products")
    assert reply.status == 421
    assert str(reply.error).startswith("user out of region, use base URL: https://eu.example.com, see ")

    service.accept()
    assert (await client.get("/api/1/products")).status == 200


async def test_cars_are_among_the_products(client: Client, car: Car) -> None:
    (row,) = (await client.get("/api/1/products")).response

    assert row["vin"] == car.vin
    assert {"id", "vehicle_id", "display_name", "state"} <= set(row)


async def test_teslamates_reads_go_by_number(client: Client, service: MyTeslaMate, car: Car) -> None:
    (row,) = (await client.get("/api/1/products")).response
    one = await client.get(f"/api/1/vehicles/{row['id']}")
    data = await client.get(f"/api/1/vehicles/{row['id']}/vehicle_data", endpoints="charge_state")
    me = await client.get("/api/1/users/me")

    assert one.response["vin"] == data.response["vin"] == car.vin
    assert me.response["vault_uuid"] == service.member.owner.sub
    assert service.counted()["billed"] == {"data": 1}


async def test_a_sleeping_car_is_not_woken(client: Client, service: MyTeslaMate, car: Car) -> None:
    car.sleep()
    data = await client.get(f"/api/1/vehicles/{car.vin}/vehicle_data")
    command = await client.command(car.vin, "door_lock")

    assert (data.status, command.status) == (408, 408)
    assert service.requests("wake_up") == []
    assert car.state == "asleep"
    assert (await client.post(f"/api/1/vehicles/{car.vin}/wake_up")).status == 200
    assert car.power.waking
    assert service.counted()["billed"] == {"data": 1, "command": 1, "wake": 1}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/1/nothing", 404),
        ("GET", "/api/1/vehicles/5YJ3E7EB0SF111111", 404),
        ("POST", "/api/1/vehicles/fleet_telemetry_config", 404),
        ("POST", "/api/1/vehicles/fleet_telemetry_config_jws", 404),
        ("DELETE", "/api/1/vehicles/{vin}/fleet_telemetry_config", 404),
        ("POST", "/api/1/partner_accounts", 404),
        ("POST", "/api/1/products", 405),
        ("GET", "/api/oauth2/v3/token", 405),
    ],
)
async def test_what_there_is_not(client: Client, car: Car, method: str, path: str, status: int) -> None:
    assert (await client.ask(method, path.format(vin=car.vin))).status == status


async def test_a_command_is_signed_by_the_service(client: Client, car: Car) -> None:
    reply = await client.command(car.vin, "set_charge_limit", percent=85)

    assert reply.response == {"result": True, "reason": ""}
    assert car.executed[-1].arguments == {"percent": 85}


async def test_without_its_key_the_car_refuses(client: Client, service: MyTeslaMate, car: Car) -> None:
    car.forget_key(service.public_key)
    reply = await client.command(car.vin, "door_lock")

    assert (reply.status, reply.error) == (403, UNPAIRED)


async def test_the_cars_no_is_handed_on(client: Client, car: Car) -> None:
    car.refuse("door_lock", "user_present")
    reply = await client.command(car.vin, "door_lock")

    assert (reply.status, reply.response["result"]) == (200, False)


async def test_an_old_car_takes_plain_commands(client: Client, service: MyTeslaMate, world: World) -> None:
    old = world.add_car("old")

    assert service.pair(old.vin) == "old car"
    assert (await client.command(old.vin, "flash_lights")).response["result"] is True


@pytest.mark.parametrize(
    ("name", "body", "status"),
    [
        ("dance", {}, 400),
        ("set_charge_limit", {}, 400),
        ("set_charge_limit", {"percent": "much"}, 400),
        ("set_managed_scheduled_charging_time", {"time": 0}, 200),
    ],
)
async def test_commands_that_no_car_hears_of(
    client: Client, car: Car, *, name: str, body: dict[str, Any], status: int
) -> None:
    before = len(car.executed)
    reply = await client.command(car.vin, name, **body)

    assert reply.status == status
    assert len(car.executed) == before


async def test_scopes_are_those_of_the_sign_in_with_tesla(
    client: Client, service: MyTeslaMate, car: Car
) -> None:
    service.revoke_scope("vehicle_cmds", "vehicle_charging_cmds", "user_data")
    command = await client.command(car.vin, "door_lock")
    me = await client.get("/api/1/users/me")
    service.restore_scope("vehicle_cmds")

    assert (command.status, me.status) == (403, 403)
    assert (await client.command(car.vin, "door_lock")).status == 200


async def test_what_a_car_streams_can_be_read(
    client: Client, service: MyTeslaMate, world: World, car: Car
) -> None:
    path = f"/api/1/vehicles/{car.vin}/fleet_telemetry_config"
    service.pair(car.vin)
    before = (await client.get(path)).response
    await world.advance(1)
    after = (await client.get(path)).response
    service.stop_streaming(car.vin)
    none = (await client.get(path)).response

    assert (before["key_paired"], before["limit_reached"]) == (True, False)
    assert after["synced"] is True
    assert after["config"]["fields"]["Location"] == {"interval_seconds": FIELDS["Location"]}
    assert none["config"] is None


async def test_a_sleeping_car_takes_its_configuration_on_later(
    client: Client, service: MyTeslaMate, world: World, car: Car
) -> None:
    path = f"/api/1/vehicles/{car.vin}/fleet_telemetry_config"
    await world.advance(1)
    car.sleep()
    service.stream(car.vin, Soc=1)
    asleep = (await client.get(path)).response["synced"]
    car.wake_now()
    await world.advance(2)

    assert (asleep, (await client.get(path)).response["synced"]) == (False, True)


async def test_keys_are_the_services(client: Client, service: MyTeslaMate, world: World, car: Car) -> None:
    other = world.add_car("half", paired=True)
    path = "/api/1/vehicles/fleet_status"
    reply = await client.post(path, {"vins": [car.vin, other.vin]})

    assert reply.response["key_paired_vins"] == [car.vin]
    assert reply.response["unpaired_vins"] == [other.vin]


async def test_pairing_takes_the_services_own_page(service: MyTeslaMate, world: World) -> None:
    car = world.add_car("half")

    assert service.pair(car.vin, "https://tesla.com/_ak/example.org") == "invalid link"
    assert not service.office.feed(car).paired
    assert service.pair(car.vin, f"{PAIRING}?x=1") == "paired"
    assert service.office.feed(car).config is not None
    with pytest.raises(KeyError):
        service.pair("5YJ3E7EB0SF111111")


async def test_tokens_are_renewed_by_a_json_document(client: Client, service: MyTeslaMate) -> None:
    service.set_token_lifetime(600)
    reply = await client.renew(refresh_token=service.refresh_token)
    client.token = reply.body["access_token"]

    assert reply.body["expires_in"] == 600
    assert reply.headers["Cache-Control"] == "no-store"
    assert (await client.get("/api/1/products")).status == 200
    service.expire_tokens()
    assert (await client.get("/api/1/products")).status == 401
    again = await client.renew(refresh_token=reply.body["refresh_token"])
    client.token = again.body["access_token"]
    assert (await client.get("/api/1/products")).status == 200


async def test_a_refresh_token_works_once(client: Client, service: MyTeslaMate) -> None:
    await client.renew(refresh_token=service.refresh_token)
    reply = await client.renew(refresh_token=service.refresh_token)

    assert (reply.status, reply.error) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("more", "error"),
    [
        ({"data": {"grant_type": "refresh_token"}}, "invalid_request"),
        ({"json": ["refresh_token"]}, "invalid_request"),
        ({"json": {"grant_type": "password"}}, "unsupported_grant_type"),
        ({"json": {"grant_type": "refresh_token"}}, "invalid_grant"),
    ],
)
async def test_renewals_that_are_none(client: Client, more: dict[str, Any], error: str) -> None:
    reply = await client.ask("POST", "/api/oauth2/v3/token", **more)

    assert (reply.status, reply.error) == (400, error)


async def test_revoked_tokens_are_over(client: Client, service: MyTeslaMate) -> None:
    service.revoke_tokens()

    assert (await client.get("/api/1/products")).status == 401
    assert (await client.renew(refresh_token=service.refresh_token)).status == 400
    client.token = service.paste_token()
    assert (await client.get("/api/1/products")).status == 200


async def test_a_token_may_say_whose_it_is(client: Client, service: MyTeslaMate) -> None:
    client.token = service.paste_token(jwt=True)
    part = client.token.split(".")[1]

    assert json.loads(base64.urlsafe_b64decode(part + "=="))["sub"] == service.member.owner.sub
    assert (await client.get("/api/1/products")).status == 200


@pytest.mark.parametrize("jwt", [False, True])
async def test_somebody_else_has_other_cars(client: Client, service: MyTeslaMate, *, jwt: bool) -> None:
    client.token = service.strangers_token(jwt=jwt)
    products, me = await client.get("/api/1/products"), await client.get("/api/1/users/me")

    assert products.response == []
    assert me.response["vault_uuid"] != service.member.owner.sub


async def test_teslas_limits_are_shared(client: Client, service: MyTeslaMate, car: Car) -> None:
    path = f"/api/1/vehicles/{car.vin}/wake_up"
    replies = [await client.post(path) for _ in range(4)]
    service.lift_limits()

    assert [reply.status for reply in replies] == [200, 200, 200, 429]
    assert replies[-1].headers["Retry-After"] == "20"
    assert (await client.post(path)).status == 200


async def test_tesla_may_shut_the_service_out(client: Client, service: MyTeslaMate) -> None:
    service.limit_requests(1)
    replies = [await client.get("/api/1/products") for _ in range(2)]
    service.limit_requests(None)

    assert [reply.status for reply in replies] == [200, 403]
    assert replies[1].error == "account disabled: EXCEEDED_LIMIT"
    assert (await client.get("/api/1/products")).status == 200


@pytest.mark.parametrize(
    ("error", "status"),
    [("not_found", 404), ("in_service", 405), ("vehicle_offline", 408), ("gateway_timeout", 504), (418, 418)],
)
async def test_calls_go_wrong_as_told(
    client: Client, service: MyTeslaMate, *, error: str | int, status: int
) -> None:
    service.refuse("products", error, times=1)

    assert (await client.get("/api/1/products")).status == status
    assert (await client.get("/api/1/products")).status == 200


async def test_answers_are_spoilt_late_and_withheld(client: Client, service: MyTeslaMate) -> None:
    service.spoil("products", "html")
    page = await client.get("/api/1/products")
    service.accept("products")
    service.delay("products", 0.01, times=1)
    late = await client.get("/api/1/products")
    service.drop("products")
    with pytest.raises(aiohttp.ClientError):
        await client.get("/api/1/products")
    service.accept()
    await service.down()
    with pytest.raises(aiohttp.ClientError):
        await client.get("/api/1/products")
    await service.up()

    assert (page.text[:6], late.status) == ("<html>", 200)
    assert (await client.get("/api/1/products")).status == 200
    with pytest.raises(KeyError):
        service.hang("sse")
