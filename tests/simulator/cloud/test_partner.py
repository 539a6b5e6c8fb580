"""The application's own calls: registering, reading its key back, and its cars' complaints."""

from typing import Any

import pytest

from simulator.car.car import Car
from simulator.cloud.accounts import REGIONS
from simulator.world import World

from ..wall import Wall
from .client import Client
from .developer import DOMAIN, Developer, other_curve

KEY = "/api/1/partner_accounts/public_key"


@pytest.fixture
def developer(world: World) -> Developer:
    """A developer whose application is registered nowhere, and whose key is served."""
    developer = Developer()
    world.cloud.unregister()
    developer.serve(world)
    return developer


async def test_an_application_is_registered_region_by_region(
    world: World, client: Client, developer: Developer, wall: Wall
) -> None:
    assert (await client.get("/api/1/vehicles")).status == 412

    reply = await developer.register(client)

    assert reply.status == 200
    assert reply.response["public_key"] == developer.public.hex()
    assert reply.response["domain"] == DOMAIN
    assert reply.response["client_id"] == client.application.client_id
    assert reply.response["created_at"] == "2026-10-07T08:00:00.250Z"
    assert world.cloud.registered() == {"eu": {"domain": DOMAIN, "public_key": developer.public.hex()}}
    assert (await client.get("/api/1/vehicles")).status == 200
    for region in REGIONS:
        assert (await developer.register(client, region)).status == 200
    assert set(world.cloud.registered()) == set(REGIONS)


async def test_the_registered_key_is_read_back(client: Client, developer: Developer) -> None:
    assert (await developer.ask(client, KEY, domain=DOMAIN)).status == 412
    await developer.register(client)

    assert (await developer.ask(client, KEY, domain=DOMAIN)).response == {
        "public_key": developer.public.hex()
    }
    assert (await developer.ask(client, KEY, domain="other.example.org")).status == 404
    assert (await developer.ask(client, KEY, "na", domain=DOMAIN)).status == 412


async def test_a_registration_without_a_key_has_none_to_give(world: World, client: Client) -> None:
    reply = await Developer().ask(client, KEY, domain=DOMAIN)

    assert (reply.status, reply.error) == (404, "not_found")


async def test_another_key_takes_the_place_of_the_first(
    world: World, client: Client, developer: Developer
) -> None:
    await developer.register(client)
    world.cloud.serve_at(DOMAIN, Developer("second").pem)

    assert (await developer.register(client)).response["public_key"] == Developer("second").public.hex()


@pytest.mark.parametrize(
    "domain",
    [
        "https://home.example.org",
        "Home.example.org",
        "home.example.org/",
        "home.example.org:443",
        "münchen.example.org",
        " home.example.org",
        "home",
        "",
        "-home.example.org",
        "127.0.0.1/x",
    ],
)
async def test_what_is_no_domain_is_said_to_be_none(
    client: Client, developer: Developer, domain: str
) -> None:
    reply = await developer.register(client, domain=domain)

    assert reply.status == 400
    assert reply.error == (
        f"Invalid domain: {domain}. Ensure that domain is lowercase and starts without https://"
    )


@pytest.mark.parametrize("body", [[], {}, {"domain": None}, "x"])
async def test_a_registration_names_a_domain(client: Client, developer: Developer, body: Any) -> None:
    token = (await developer.partner(client)).body["access_token"]
    reply = await client.ask(
        "POST", "/api/1/partner_accounts", json=body, headers={"Authorization": f"Bearer {token}"}
    )

    assert (reply.status, reply.error) == (400, "invalid_request")


@pytest.mark.parametrize(
    ("origin", "domain", "root"),
    [
        ("https://example.com", DOMAIN, "example.org"),
        ("https://other.duckdns.org", "home.duckdns.org", "home.duckdns.org"),
        ("https://a.ui.nabu.casa", "b.ui.nabu.casa", "b.ui.nabu.casa"),
        ("nonsense", DOMAIN, "example.org"),
    ],
)
async def test_a_domain_belongs_to_an_allowed_origin(
    client: Client, developer: Developer, origin: str, domain: str, root: str
) -> None:
    client.world.cloud.set_origins(origin, at_once=True)

    reply = await developer.register(client, domain=domain)

    assert reply.status == 412
    assert reply.error.startswith(f"Root domain {root} must match registered allowed origin on https://")


async def test_an_edit_of_the_portal_takes_five_minutes(
    world: World, client: Client, developer: Developer
) -> None:
    world.cloud.set_origins("https://example.com", at_once=True)
    world.cloud.set_origins("https://example.com", "https://www.example.org")
    assert (await developer.register(client)).status == 412

    await world.advance(299)
    assert (await developer.register(client)).status == 412
    await world.advance(1)
    assert (await developer.register(client)).status == 200


async def test_without_the_key_there_is_no_registration(
    world: World, client: Client, developer: Developer
) -> None:
    world.cloud.serve_at(DOMAIN, other_curve())

    reply = await developer.register(client)

    assert reply.status == 424
    assert reply.error.startswith(f"Public key download failed for https://{DOMAIN}/.well-known/")
    assert [one["error"] for one in world.cloud.fetched()] == ["not a key of the curve prime256v1"]
    assert world.cloud.registered() == {}


async def test_another_application_may_have_been_first(
    world: World, client: Client, developer: Developer
) -> None:
    world.cloud.occupy_domain(DOMAIN)
    reply = await developer.register(client)
    assert (reply.status, reply.error) == (422, "Validation failed: Domain has already been taken")

    world.cloud.occupy_domain(DOMAIN, on=False)
    world.cloud.occupy_key(developer.public.hex())
    reply = await developer.register(client)
    assert (reply.status, reply.error) == (422, "Validation failed: Public key hash has already been taken")

    world.cloud.occupy_key(developer.public, on=False)
    assert (await developer.register(client)).status == 200


async def test_registering_again_may_be_refused(world: World, client: Client, developer: Developer) -> None:
    await developer.register(client)
    world.cloud.register_once()
    assert (await developer.register(client)).status == 422
    assert (await developer.register(client, "na")).status == 200

    world.cloud.register_once(on=False)
    assert (await developer.register(client)).status == 200


async def test_tesla_may_be_busy_with_the_application(
    world: World, client: Client, developer: Developer
) -> None:
    world.cloud.busy_registering(2)
    assert [(await developer.register(client)).status for _ in range(3)] == [429, 429, 200]

    world.cloud.busy_registering(None, 5)
    reply = await developer.register(client)
    assert (reply.status, reply.headers["Retry-After"]) == (429, "5")
    assert (await developer.register(client)).status == 429
    world.cloud.busy_registering(0)
    assert (await developer.register(client)).status == 200


async def test_a_new_application_has_to_wait(world: World, client: Client, developer: Developer) -> None:
    world.cloud.make_application_new(60)
    reply = await developer.register(client)
    assert reply.error == "Expected partner account"

    await world.advance(60)
    assert (await developer.register(client)).status == 200


async def test_a_user_is_no_partner(client: Client, developer: Developer) -> None:
    reply = await client.post("/api/1/partner_accounts", {"domain": DOMAIN})

    assert reply.error == "Expected partner account"


async def test_the_cars_of_all_users_are_listed_with_their_complaints(
    world: World, client: Client, car: Car
) -> None:
    developer, path = Developer(), "/api/1/partner_accounts/fleet_telemetry_error"
    world.cloud.add_account(email="second@example.org").cars.append(other := world.add_car("half"))
    assert (await developer.ask(client, f"{path}s")).response == {"fleet_telemetry_errors": []}

    other.report_telemetry_error("error loading config file")

    rows = (await developer.ask(client, f"{path}s")).response["fleet_telemetry_errors"]
    assert [(row["vin"], row["error"]) for row in rows] == [(other.vin, "error loading config file")]
    vins = (await developer.ask(client, f"{path}_vins")).response
    assert vins == {"fleet_telemetry_error_vins": [other.vin]}
