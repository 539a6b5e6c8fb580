"""What cars are told to stream."""

from typing import Any

import pytest

from simulator.car.car import Car
from simulator.teslemetry.service import HOSTNAME, Teslemetry
from simulator.world import World
from tests.simulator.service_client import Reply

from .client import Client


async def patch(client: Client, car: Car, fields: Any) -> Reply:
    return await client.ask("PATCH", f"/api/config/{car.vin}", json={"fields": fields})


async def configured(client: Client, car: Car) -> Any:
    return (await client.get(f"/api/config/{car.vin}")).body


async def test_there_is_none_until_something_is_streamed(client: Client, car: Car) -> None:
    before = await client.get(f"/api/config/{car.vin}")
    await patch(client, car, {"Soc": {"interval_seconds": 60}})

    assert before.status == 404
    config = await configured(client, car)
    assert set(config) == {
        "hostname",
        "port",
        "ca",
        "fields",
        "alert_types",
        "delivery_policy",
        "exp",
        "prefer_typed",
    }
    assert (config["hostname"], config["fields"]) == (HOSTNAME, {"Soc": {"interval_seconds": 60}})


async def test_a_patch_merges_and_null_stands_for_the_defaults(client: Client, car: Car) -> None:
    first = await patch(client, car, {"Soc": {"interval_seconds": 60}, "Gear": None})
    await patch(client, car, {"Soc": {"interval_seconds": None, "minimum_delta": 1}})

    assert first.body == {"updated_vehicles": 1}
    assert (await configured(client, car))["fields"] == {
        "Soc": {"interval_seconds": 60, "minimum_delta": 1},
        "Gear": {"interval_seconds": 1},
    }


async def test_a_field_that_the_service_has_not_heard_of_spoils_all_without_a_name(
    client: Client, service: Teslemetry, car: Car
) -> None:
    service.unlearn("Gear")
    refused = await patch(client, car, {"Soc": None, "Gear": None})
    fields = (await client.ask("GET", "/fields.json", headers={"Authorization": ""})).body

    assert (refused.status, refused.error) == (400, "fst_err_validation")
    assert "Gear" not in str(refused.body)
    assert "Gear" not in fields
    assert "Soc" in fields

    service.unlearn()
    assert (await patch(client, car, {"Soc": None, "Gear": None})).status == 200


async def test_a_post_replaces(client: Client, car: Car) -> None:
    await patch(client, car, {"Soc": None, "Gear": None})
    await client.post(f"/api/config/{car.vin}", {"fields": {"Locked": None}})

    assert list((await configured(client, car))["fields"]) == ["Locked"]


async def test_fields_that_never_come_are_ignored_and_named(client: Client, car: Car) -> None:
    some = await patch(client, car, {"Soc": None, "RouteLastUpdated": None})
    nothing = await patch(client, car, {"RouteLastUpdated": None, "LifetimeEnergyUsedDrive": None})

    assert some.body == {"updated_vehicles": 1, "ignoredFields": ["RouteLastUpdated"]}
    assert nothing.body == {
        "updated_vehicles": 0,
        "ignoredFields": ["RouteLastUpdated", "LifetimeEnergyUsedDrive"],
    }
    assert list((await configured(client, car))["fields"]) == ["Soc"]


@pytest.mark.parametrize(
    "fields",
    [
        {"Soc": None, "Fuel": None},
        {"Unknown": None},
        {"Gear": {"interval_seconds": "often"}},
        {"Odometer": {"interval_seconds": -1}},
        {"Locked": 7},
        [],
    ],
    ids=str,
)
async def test_what_is_no_configuration_is_refused_as_a_whole(
    client: Client, car: Car, fields: object
) -> None:
    reply = await patch(client, car, fields)

    assert (reply.status, reply.error, reply.body["response"]) == (400, "fst_err_validation", None)
    assert (await client.get(f"/api/config/{car.vin}")).status == 404


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("half", "missing_key"),
        ("old", "unsupported_hardware"),
        ("atom", "missing_key"),
    ],
)
async def test_cars_that_cannot_are_skipped_with_the_reason(
    client: Client, world: World, kind: str, reason: str
) -> None:
    car = world.add_car(kind)

    reply = await patch(client, car, {"Soc": None})

    assert reply.body == {"updated_vehicles": 0, "skipped_vehicles": {reason: [car.vin]}}
    assert (await client.get(f"/api/config/{car.vin}")).status == 404


async def test_firmware_that_is_too_old_and_cars_that_are_full_are_skipped(
    client: Client, world: World, service: Teslemetry, car: Car
) -> None:
    old = world.add_car("half", firmware="2024.20.1")
    service.pair(old.vin)
    car.fill_applications()

    assert (await patch(client, old, {"Soc": None})).body["skipped_vehicles"] == {
        "unsupported_firmware": [old.vin]
    }
    assert (await patch(client, car, {"Soc": None})).body["skipped_vehicles"] == {"max_configs": [car.vin]}


async def test_a_switch_stands_for_the_key_on_cars_that_have_one(client: Client, world: World) -> None:
    car = world.add_car("atom")
    assert (await client.get("/api/metadata")).body["vehicles"][car.vin]["issue"] == "streaming_toggle"

    car.set_streaming_toggle(on=True)

    assert (await patch(client, car, {"Soc": None})).body == {"updated_vehicles": 1}
    assert "issue" not in (await client.get("/api/metadata")).body["vehicles"][car.vin]


async def test_a_car_streams_until_the_configuration_goes(
    client: Client, service: Teslemetry, world: World, car: Car
) -> None:
    await patch(client, car, {"Soc": {"interval_seconds": 1}})
    await world.advance(2)
    await service.server.until(lambda: service.server.connected == [car.vin])

    deleted = await client.ask("DELETE", f"/api/config/{car.vin}")
    again = await client.ask("DELETE", f"/api/config/{car.vin}")
    await service.server.until(lambda: service.server.connected == [])

    assert (deleted.body, again.body) == ({"updated_vehicles": 1}, {"updated_vehicles": 0})
    assert (await client.get(f"/api/config/{car.vin}")).status == 404


async def test_a_sleeping_car_hears_of_it_when_it_wakes(
    client: Client, service: Teslemetry, world: World, car: Car
) -> None:
    car.sleep()
    await patch(client, car, {"Soc": {"interval_seconds": 1}})
    await world.advance(2)
    assert service.server.connected == []

    car.wake_now()
    await world.advance(2)

    await service.server.until(lambda: service.server.connected == [car.vin])


async def test_a_key_that_goes_takes_the_configuration_along(
    client: Client, service: Teslemetry, world: World, car: Car
) -> None:
    await patch(client, car, {"Soc": {"interval_seconds": 1}})
    car.forget_key(service.public_key)
    await world.advance(1)

    assert (await client.get(f"/api/config/{car.vin}")).status == 404


async def test_the_owners_own_configuration_is_left_alone(client: Client, world: World, car: Car) -> None:
    car.stream(hostname="own.example.org", port=1, fields={"Gear": {"interval_seconds": 1}})

    await patch(client, car, {"Soc": None})

    assert car.told is not None
    assert car.told.hostname == "own.example.org"
    assert list((await configured(client, car))["fields"]) == ["Soc"]


async def test_changes_are_told_on_the_stream(client: Client, car: Car) -> None:
    async with client.listen(topics="config") as listener:
        await patch(client, car, {"Soc": {"interval_seconds": 5}})
        await patch(client, car, {"Gear": {"interval_seconds": 2}})
        events = await listener.count(2)

    assert [event["config"] for event in events] == [
        {"fields": {"Soc": {"interval_seconds": 5}}},
        {"fields": {"Soc": {"interval_seconds": 5}, "Gear": {"interval_seconds": 2}}},
    ]
    assert {event["vin"] for event in events} == {car.vin}
