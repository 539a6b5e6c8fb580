"""Options, specifications, charges at Superchargers."""

from simulator.car.car import Car
from simulator.world import World

from ..vectors import fixture, shape
from ..wall import Wall
from .client import Client

HISTORY = "/api/1/dx/charging/history"


async def charged(world: World, car: Car, wall: Wall) -> None:
    car.charge("dc", limit=75)
    wall.move(600)
    await world.advance(600)
    car.unplug()


async def test_a_charge_at_a_supercharger_has_to_be_paid(
    world: World, client: Client, car: Car, wall: Wall
) -> None:
    await charged(world, car, wall)

    reply = await client.get(HISTORY, vin=car.vin)

    assert shape(reply.body) == shape(fixture("charging_history"))
    (row,) = reply.body["data"]
    assert (reply.body["totalResults"], row["vin"]) == (1, car.vin)
    assert row["fees"][0]["usageBase"] == round(car.sessions[0].kwh)
    assert row["chargeStartDateTime"] == "2026-10-07T09:00:00+01:00"

    path = f"/api/1/dx/charging/invoice/{row['invoices'][0]['contentId']}"
    invoice = await client.get(path)
    assert invoice.headers["Content-Type"] == "application/pdf"
    assert invoice.text.startswith("%PDF")
    assert (await client.get(path[:-1])).status == 404


async def test_charging_at_home_is_nobody_s_business(world: World, client: Client, car: Car) -> None:
    car.charge("ac")
    await world.advance(60)
    car.unplug()

    assert (await client.get(HISTORY)).body == {"data": [], "totalResults": 0}


async def test_driving_off_ends_a_charge_too(world: World, client: Client, car: Car) -> None:
    car.charge("dc")
    await world.advance(60)
    car.drive([51.5, 0.0])

    assert len((await client.get(HISTORY)).body["data"]) == 1


async def test_history_comes_in_pages_and_between_times(
    world: World, client: Client, car: Car, wall: Wall
) -> None:
    for _ in range(3):
        car.change(battery_percent=50.0)
        await charged(world, car, wall)
    starts = [row["chargeStartDateTime"] for row in (await client.get(HISTORY)).body["data"]]

    assert starts == sorted(starts, reverse=True)
    page = (await client.get(HISTORY, pageNo="2", pageSize="2", sortOrder="ASC")).body
    assert ([row["chargeStartDateTime"] for row in page["data"]], page["totalResults"]) == ([starts[0]], 3)
    between = (await client.get(HISTORY, startTime=starts[1], endTime=starts[0])).body
    assert [row["chargeStartDateTime"] for row in between["data"]] == [starts[1]]
    assert (await client.get(HISTORY, vin="5YJ3E7EB0SF999999")).body["totalResults"] == 0
    assert (await client.get(HISTORY, pageNo="one")).status == 400


async def test_history_needs_the_scope_for_charging(world: World, client: Client) -> None:
    world.cloud.revoke_scope("vehicle_charging_cmds")

    assert (await client.get(HISTORY)).status == 403


async def test_options_are_listed(client: Client, car: Car) -> None:
    codes = (await client.get("/api/1/dx/vehicles/options", vin=car.vin)).body["codes"]

    assert all(row["isActive"] for row in codes)
    assert (await client.get("/api/1/dx/vehicles/options", vin="x")).status == 404


async def test_specifications_are_for_partners(client: Client, car: Car) -> None:
    assert (await client.get(f"/api/1/vehicles/{car.vin}/specs")).status == 403


async def test_a_telemetry_configuration_is_taken_away(client: Client, car: Car) -> None:
    path = f"/api/1/vehicles/{car.vin}/fleet_telemetry_config"
    car.stream(hostname="h", port="nowhere", fields={"Locked": {"interval_seconds": 1}})

    assert (await client.ask("DELETE", path)).response == {"updated_vehicles": 1}
    assert car.told is None
    assert (await client.ask("DELETE", path)).response == {"updated_vehicles": 0}


async def test_keys_are_those_of_the_application(world: World, client: Client, car: Car) -> None:
    async def paired() -> bool:
        reply = await client.post("/api/1/vehicles/fleet_status", {"vins": [car.vin]})
        return car.vin in reply.response["key_paired_vins"]

    ours, theirs = car.keychain, world.add_car("half", paired=True).keychain.virtual()[0].public
    assert not await paired()
    car.pair_key(theirs)
    assert await paired()

    mine = next(iter(ours)).public
    world.cloud.register_key(mine.hex())
    assert await paired()
    world.cloud.register_key(theirs)
    car.forget_key(theirs, quietly=True)
    assert await paired()
    car.forget_key(theirs)
    assert not await paired()
