"""What the app says to a pairing link."""

import pytest

from simulator.car.car import Car
from simulator.cloud.accounts import SCOPES
from simulator.world import World

from .client import Client
from .developer import DOMAIN, Developer

LINK = f"https://tesla.com/_ak/{DOMAIN}"


@pytest.fixture
async def developer(world: World, client: Client, car: Car) -> Developer:
    """A developer with a user, whose application is registered where that user lives."""
    developer = Developer()
    world.cloud.unregister()
    developer.serve(world)
    await developer.register(client)
    return developer


@pytest.mark.parametrize(
    "link", [LINK, DOMAIN, f"https://www.tesla.com/_ak/{DOMAIN}?vin=5YJ3E7EB0SF000001", f"{LINK}/"]
)
async def test_a_link_puts_the_key_on_the_car(
    world: World, client: Client, car: Car, developer: Developer, link: str
) -> None:
    async def paired() -> bool:
        reply = await client.post("/api/1/vehicles/fleet_status", {"vins": [car.vin]})
        return car.vin in reply.response["key_paired_vins"]

    assert not await paired()

    assert await world.cloud.follow_pairing_link(link, car.vin) == "paired"

    assert await paired()
    assert car.keychain.get(developer.public) is not None
    assert await world.cloud.follow_pairing_link(link, car.vin) == "paired"


@pytest.mark.parametrize(
    "link", ["", "https://tesla.com/_ak/", "https://tesla.com/x", f"https://example.org/_ak/{DOMAIN}"]
)
async def test_a_link_may_be_none(world: World, car: Car, link: str) -> None:
    assert await world.cloud.follow_pairing_link(link, car.vin) == "invalid link"


async def test_the_app_has_to_be_the_user_s(world: World, car: Car, developer: Developer) -> None:
    follow = world.cloud.follow_pairing_link
    world.cloud.add_account(email="second@example.org")

    assert await follow(LINK, car.vin, "second@example.org") == "not granted access"
    assert await follow(LINK, car.vin, "nobody@example.org") == "not granted access"
    assert await follow(LINK, "5YJ3E7EB0SF999999") == "not granted access"
    assert await follow(LINK, car.vin, world.cloud.account.email) == "paired"


async def test_who_has_not_consented_pairs_nothing(world: World, car: Car, developer: Developer) -> None:
    world.cloud.revoke_scope(*SCOPES)

    assert await world.cloud.follow_pairing_link(LINK, car.vin) == "not granted access"


async def test_the_user_s_region_counts(world: World, client: Client, car: Car, developer: Developer) -> None:
    world.cloud.unregister("eu")
    await developer.register(client, "na")
    assert await world.cloud.follow_pairing_link(LINK, car.vin) == "not registered"

    await developer.register(client)
    other = "https://tesla.com/_ak/other.example.org"
    assert await world.cloud.follow_pairing_link(other, car.vin) == "not registered"


async def test_the_key_has_to_stay_where_it_was(world: World, car: Car, developer: Developer) -> None:
    world.cloud.serve_at(DOMAIN, "gone", 404)
    assert await world.cloud.follow_pairing_link(LINK, car.vin) == "key not reachable"

    world.cloud.serve_at(DOMAIN, Developer("second").pem)
    assert await world.cloud.follow_pairing_link(LINK, car.vin) == "paired"
    assert car.keychain.get(Developer("second").public) is not None
    assert car.keychain.get(developer.public) is None


async def test_a_full_keychain_takes_no_key(world: World, car: Car, developer: Developer) -> None:
    car.fill_keychain()
    assert len(car.keychain) == 20
    assert await world.cloud.follow_pairing_link(LINK, car.vin) == "key list full"


async def test_the_cloud_may_hear_of_a_key_later(
    world: World, client: Client, car: Car, developer: Developer
) -> None:
    async def paired() -> bool:
        reply = await client.post("/api/1/vehicles/fleet_status", {"vins": [car.vin]})
        return car.vin in reply.response["key_paired_vins"]

    world.cloud.slow_pairing(30)
    assert await world.cloud.follow_pairing_link(LINK, car.vin) == "paired"
    await world.advance(29)
    seen = [await paired()]
    await world.advance(1)
    seen.append(await paired())
    assert await world.cloud.follow_pairing_link(LINK, car.vin) == "paired"
    seen.append(await paired())

    assert seen == [False, True, True]


async def test_an_old_car_has_no_room_for_keys(world: World, developer: Developer) -> None:
    old = world.add_car("old")

    assert await world.cloud.follow_pairing_link(LINK, old.vin) == "old car"


async def test_a_registration_without_a_domain_fits_any(world: World, client: Client, car: Car) -> None:
    follow = world.cloud.follow_pairing_link
    assert await follow("anything.example.org", car.vin) == "key not reachable"

    world.cloud.register_key(Developer().public)
    assert await follow("anything.example.org", car.vin) == "paired"
    assert car.keychain.get(Developer().public) is not None
