"""What every request has to pass: token, subscription, limits."""

import pytest

from simulator.car.car import Car
from simulator.teslemetry.service import Teslemetry
from simulator.world import World

from ..wall import Wall
from .client import Client


async def test_a_token_is_taken_from_the_header_and_from_the_query(
    client: Client, service: Teslemetry
) -> None:
    by_header = await client.get("/api/test")
    by_query = await client.ask(
        "GET", "/api/test", headers={"Authorization": ""}, params={"token": service.token}
    )

    assert by_header.body == by_query.body == {"response": True}


async def test_whoever_has_no_token_or_a_wrong_one_is_told_which(client: Client) -> None:
    without = await client.ask("GET", "/api/metadata", headers={"Authorization": ""})
    wrong = await client.ask("GET", "/api/metadata", headers={"Authorization": "Bearer wrong"})

    assert (without.status, without.error) == (401, "missing_token")
    assert (wrong.status, wrong.error) == (401, "invalid_token")


async def test_some_calls_need_no_token(client: Client) -> None:
    ping = await client.ask("GET", "/api/ping", headers={"Authorization": ""})
    fields = await client.ask("GET", "/fields.json", headers={"Authorization": ""})

    assert ping.body == {"response": "pong"}
    assert fields.body["Soc"]["type"] == "number"
    assert set(fields.body["Soc"]) == {
        "type",
        "category",
        "scopes",
        "models",
        "version",
        "nullable",
        "minimum_delta",
        "interval_seconds",
        "resend_interval_seconds",
    }
    assert fields.body["Location"]["scopes"] == ["vehicle_location"]


@pytest.mark.parametrize(("region", "said"), [("eu", "eu"), ("na", "na")])
async def test_answers_say_which_region_gave_them(
    client: Client, world: World, region: str, said: str
) -> None:
    world.cloud.move_account(region)

    assert (await client.get("/api/test")).headers["x-region"] == said


async def test_what_does_not_exist_is_said_not_to(client: Client, car: Car) -> None:
    assert (await client.get("/api/nothing")).status == 404
    assert (await client.post("/api/ping")).status == 405
    assert (await client.get("/api/config/5YJ3E7EB0SF000099")).status == 404
    assert (await client.get(f"/api/1/vehicles/{car.vin}/fleet_telemetry_config")).status == 404


async def test_one_address_has_sixty_requests_a_minute(client: Client, wall: Wall) -> None:
    statuses = [(await client.get("/api/ping")).status for _ in range(61)]
    refused = await client.get("/api/metadata")
    elsewhere = await client.ask("GET", "/api/ping", headers={"X-Forwarded-For": "192.0.2.9"})

    assert statuses == [200] * 60 + [429]
    assert refused.status == 429
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert elsewhere.status == 200
    wall.move(1)
    assert (await client.get("/api/ping")).status == 200


async def test_the_stream_counts_as_a_request_too(client: Client) -> None:
    for _ in range(60):
        await client.get("/api/ping")

    async with client.listen() as listener:
        assert listener.status == 429


async def test_one_site_has_thirty_requests_a_minute_whoever_asks(
    client: Client, service: Teslemetry
) -> None:
    service.add_site(31)
    service.add_site(32)

    statuses = [(await client.get("/api/1/energy_sites/31/live_status")).status for _ in range(31)]

    assert statuses == [200] * 30 + [429]
    assert (await client.get("/api/1/energy_sites/31/site_info")).status == 429
    assert (await client.get("/api/1/energy_sites/32/site_info")).status == 200
    assert (await client.get("/api/1/energy_sites/33/site_info")).status == 404


async def test_limits_can_be_lifted(client: Client, service: Teslemetry) -> None:
    service.lift_limits()

    assert {(await client.get("/api/ping")).status for _ in range(70)} == {200}


async def test_without_a_subscription_there_is_only_the_account(
    client: Client, service: Teslemetry, car: Car
) -> None:
    service.drop_subscription()

    listed = await client.get("/api/1/vehicles")

    assert (listed.status, listed.error) == (402, "subscription_required")
    metadata = (await client.get("/api/metadata")).body
    assert metadata["subscription"] is None
    assert metadata["vehicles"][car.vin]["access"] is False
    async with client.listen() as listener:
        assert listener.status == 402
    service.subscribe()
    assert (await client.get("/api/1/vehicles")).status == 200


async def test_a_car_has_a_subscription_of_its_own(client: Client, service: Teslemetry, car: Car) -> None:
    service.drop_subscription(car.vin)

    refused = await client.get(f"/api/config/{car.vin}")

    assert (refused.status, refused.error) == (402, "vehicle_subscription_required")
    assert (await client.get("/api/metadata")).body["vehicles"][car.vin]["access"] is False
    assert (await client.get("/api/1/vehicles")).status == 200


async def test_another_accounts_token_knows_nothing_of_this_ones_cars(
    client: Client, world: World, service: Teslemetry, car: Car
) -> None:
    service.add_customer("another", world.cloud.add_account(email="other@example.org"))
    client.token = service.paste_token("another")

    assert (await client.get("/api/metadata")).body["vehicles"] == {}
    assert (await client.get(f"/api/config/{car.vin}")).status == 404


async def test_a_strangers_token_is_good_for_other_things(client: Client, service: Teslemetry) -> None:
    uid = (await client.get("/api/metadata")).body["uid"]
    client.token = service.strangers_token()

    metadata = (await client.get("/api/metadata")).body

    assert metadata["uid"] != uid
    assert metadata["vehicles"] == {}


async def test_revoked_tokens_are_worth_nothing(client: Client, service: Teslemetry) -> None:
    service.revoke_tokens()

    assert (await client.get("/api/test")).error == "invalid_token"
    with pytest.raises(KeyError):
        service.revoke_tokens("nobody")
