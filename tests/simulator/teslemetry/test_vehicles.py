"""Tesla's own calls, from the cache and passed on; and what `metadata` says of cars."""

from simulator.car.car import Car
from simulator.teslemetry.service import PAIRING, Teslemetry
from simulator.world import World

from ..wall import Wall
from .client import Client


async def test_vehicle_data_comes_from_the_cache_for_nothing(
    client: Client, service: Teslemetry, car: Car
) -> None:
    path = f"/api/1/vehicles/{car.vin}/vehicle_data"
    before = (await client.get(path)).body["response"]
    car.body.charge_limit_percent = 60
    car.sleep()

    after = (await client.get(path)).body["response"]

    assert before == after
    assert after["charge_state"]["charge_limit_soc"] == 80
    assert service.paid() == []


async def test_only_the_documents_that_are_asked_for_are_given(client: Client, car: Car) -> None:
    data = (await client.get(f"/api/1/vehicles/{car.vin}/vehicle_data", endpoints="charge_state")).body

    assert "charge_state" in data["response"]
    assert "climate_state" not in data["response"]


async def test_the_cache_can_be_gone_round_for_two_credits(
    client: Client, service: Teslemetry, car: Car
) -> None:
    path = f"/api/1/vehicles/{car.vin}/vehicle_data"
    await client.get(path)
    car.body.charge_limit_percent = 60

    fresh = await client.get(path, use_cache="false")
    await client.get(f"/api/refresh/{car.vin}")

    assert fresh.body["response"]["charge_state"]["charge_limit_soc"] == 60
    assert service.counted()["credits"] == {"command": 0, "data": 4, "wake": 0}


async def test_a_sleeping_car_is_left_alone_by_reads(client: Client, service: Teslemetry, car: Car) -> None:
    car.sleep()

    cached = await client.get(f"/api/1/vehicles/{car.vin}/vehicle_data")
    fresh = await client.get(f"/api/1/vehicles/{car.vin}/vehicle_data", use_cache="false")
    refresh = await client.get(f"/api/refresh/{car.vin}")

    assert (cached.status, fresh.status, refresh.status) == (408, 408, 408)
    assert service.paid() == []
    assert not car.power.waking


async def test_teslas_reads_are_passed_on(client: Client, service: Teslemetry, car: Car) -> None:
    listed = await client.get("/api/1/vehicles")
    products = await client.get("/api/1/products")
    notes = await client.get(f"/api/1/vehicles/{car.vin}/release_notes")

    assert [row["vin"] for row in listed.body["response"]] == [car.vin]
    assert products.body["count"] == 1
    assert notes.status == 200
    assert service.counted()["credits"] == {"command": 0, "data": 2, "wake": 0}
    service.revoke_scope("vehicle_device_data")
    assert (await client.get("/api/1/vehicles")).status == 403


async def test_fleet_status_speaks_of_the_services_key(client: Client, world: World, car: Car) -> None:
    other = world.add_car("half", paired=True)

    status = (await client.post("/api/1/vehicles/fleet_status", {"vins": [car.vin, other.vin]})).body

    assert status["response"]["key_paired_vins"] == [car.vin]
    assert status["response"]["unpaired_vins"] == [other.vin]


async def test_what_was_streamed_last_can_be_asked_for(client: Client, service: Teslemetry, car: Car) -> None:
    service.say(car.vin, Soc=66.1)
    service.say(car.vin, Gear="ShiftStateP")

    found = (await client.get(f"/api/1/vehicles/{car.vin}/telemetry", topics="data;state")).body["response"]

    assert found["data"]["data"] == {"Soc": 66.1, "Gear": "ShiftStateP"}
    assert found["state"]["state"] == "online"
    assert isinstance(found["cursor"], int)
    assert set(
        (await client.get(f"/api/1/vehicles/{car.vin}/telemetry", topics="data")).body["response"]
    ) == {
        "data",
        "cursor",
    }


async def test_metadata_stands_bare_and_says_what_is_so(
    client: Client, service: Teslemetry, world: World, car: Car
) -> None:
    world.add_car("old")
    service.add_site(31, "Hut")

    metadata = (await client.get("/api/metadata")).body

    assert set(metadata) == {
        "uid",
        "region",
        "scopes",
        "vehicles",
        "energy_sites",
        "subscription",
        "vins",
    }
    assert (metadata["region"], metadata["energy_sites"]) == ("EU", {"31": {"name": "Hut", "access": True}})
    assert set(metadata["subscription"]) == {"cycle", "start", "end"}
    assert metadata["vehicles"][car.vin] == {
        "name": "Marmalade",
        "permission": "OWNER",
        "proxy": True,
        "signing": "required",
        "access": True,
        "polling": False,
        "firmware": "2026.32.3",
        "discounted": False,
        "fleet_telemetry": "1.3.0",
        "config": {},
    }
    old = metadata["vehicles"]["5YJSA7E21HF000003"]
    assert (old["polling"], old["signing"], "issue" in old) == (True, "off", False)


async def test_how_a_car_is_built_is_known_while_it_sleeps(client: Client, car: Car) -> None:
    car.sleep()

    assert (await client.get(f"/api/vehicle_config/{car.vin}")).body["car_type"] == "model3"


async def test_metadata_says_what_it_is_told_to(client: Client, service: Teslemetry, car: Car) -> None:
    service.set_issue(car.vin, "no_data")
    assert (await client.get("/api/metadata")).body["vehicles"][car.vin]["issue"] == "no_data"

    service.set_issue(car.vin)
    assert "issue" not in (await client.get("/api/metadata")).body["vehicles"][car.vin]
    assert (await client.get("/api/userdata")).body["email"] == "driver@example.org"


async def test_cars_that_cannot_stream_are_polled_now_and_then(
    client: Client, service: Teslemetry, world: World
) -> None:
    old = world.add_car("old")
    async with client.listen(topics="vehicle_data") as listener:
        await world.advance(1)
        (event,) = await listener.count(1)

    assert event["vin"] == old.vin
    assert event["vehicle_data"]["charge_state"]["battery_level"] > 0
    assert service.paid() == []


async def test_the_key_is_put_on_cars_by_its_own_links(service: Teslemetry, world: World) -> None:
    car, old = world.add_car("half"), world.add_car("old")

    assert service.pair(car.vin, "https://tesla.com/_ak/another.example") == "invalid link"
    assert service.pair(old.vin) == "old car"
    for link in PAIRING:
        car.forget_key(service.public_key)
        assert service.pair(car.vin, f"{link}?vin={car.vin}") == "paired"
        assert car.knows_key(service.public_key)


async def test_teslas_own_app_puts_the_key_on_cars_too(service: Teslemetry, world: World, car: Car) -> None:
    old = world.add_car("old")
    car.forget_key(service.public_key)

    assert await world.cloud.follow_pairing_link(PAIRING[0], car.vin) == "paired"
    assert await world.cloud.follow_pairing_link(PAIRING[0], old.vin) == "old car"
    assert service.office.feed(car).paired


async def test_a_subscription_has_a_middle(client: Client, wall: Wall) -> None:
    subscription = (await client.get("/api/metadata")).body["subscription"]

    assert subscription["start"] < wall.now < subscription["end"]
