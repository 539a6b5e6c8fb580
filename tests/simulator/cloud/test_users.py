"""Calls about the user."""

from simulator.cloud.accounts import SCOPES
from simulator.world import World

from ..vectors import fixture, shape
from .client import Client


async def test_who_is_signed_in(client: Client) -> None:
    reply = await client.get("/api/1/users/me")

    assert shape(reply.body) == shape(fixture("users_me"))
    assert reply.response["email"] == "driver@example.org"


async def test_where_the_account_lives(client: Client, world: World) -> None:
    reply = await client.get("/api/1/users/region")

    assert shape(reply.body) == shape(fixture("region"))
    assert reply.response == {"region": "eu", "fleet_api_base_url": world.cloud.bases["eu"]}


async def test_features(client: Client) -> None:
    assert "signaling" in (await client.get("/api/1/users/feature_config")).response


async def test_products_mix_cars_and_sites(client: Client, world: World) -> None:
    tesla = fixture("products")["response"]
    for kind in ("typed", "untyped", "old"):
        world.add_car(kind)
    world.cloud.account.sites = tesla[3:]

    reply = await client.get("/api/1/products")

    assert reply.body["count"] == 6
    assert reply.response[3:] == tesla[3:]
    for said, row in zip(reply.response[:3], tesla[:3], strict=True):
        assert set(said) == set(row) | {"device_type", "mobile_access_disabled"}
        assert shape(said["vehicle_config"]) == shape(row["vehicle_config"])
        assert said["command_signing"] == row["command_signing"]
        for key in ("car_type", "driver_assist", "rhd", "wheel_type", "rear_seat_heaters"):
            assert said["vehicle_config"][key] == row["vehicle_config"][key]


async def test_products_follow_the_scopes(client: Client, world: World) -> None:
    world.add_car()
    world.cloud.account.sites = [{"energy_site_id": 1}]

    world.cloud.revoke_scope("energy_device_data")
    assert [row.get("vin") is not None for row in (await client.get("/api/1/products")).response] == [True]

    world.cloud.restore_scope(*SCOPES)
    world.cloud.revoke_scope("vehicle_device_data")
    assert [row.get("vin") is None for row in (await client.get("/api/1/products")).response] == [True]


async def test_one_user_does_not_see_another_s_car(client: Client, world: World) -> None:
    other = world.cloud.add_account(email="other@example.org")
    car = world.add_car(account=other)

    assert (await client.get("/api/1/vehicles")).response == []
    assert (await client.get(f"/api/1/vehicles/{car.vin}")).status == 404
