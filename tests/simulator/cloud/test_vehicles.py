"""Calls about cars, held to the shape of Tesla's answers."""

import asyncio
from typing import Any

import pytest

from simulator.car.car import Car
from simulator.world import World

from ..signer import Signer
from ..vectors import fixture, shape
from .client import Client
from .test_region import expect

PATH = "/api/1/vehicles"


async def test_the_list_comes_in_pages(world: World, client: Client) -> None:
    cars = [world.add_car(kind) for kind in ("typed", "untyped", "old")]
    world.cloud.set_page_size(2)

    first = await client.get(PATH)
    second = await client.get(PATH, page="2")

    assert shape(first.body) == shape(fixture("vehicles"))
    assert first.body["pagination"] == {
        "previous": None,
        "next": 2,
        "current": 1,
        "per_page": 2,
        "count": 3,
        "pages": 2,
    }
    assert (second.body["pagination"]["previous"], second.body["pagination"]["next"]) == (1, None)
    vins = [row["vin"] for row in [*first.response, *second.response]]
    assert vins == [car.vin for car in cars]


@pytest.mark.parametrize("name", ["per_page", "page_size"])
async def test_a_client_may_ask_for_smaller_pages(world: World, client: Client, name: str) -> None:
    world.add_car()
    world.add_car("untyped")

    assert len((await client.get(PATH, **{name: "1"})).response) == 1
    assert (await client.get(PATH, **{name: "1000"})).body["pagination"]["per_page"] == 100
    assert (await client.get(PATH, page="one")).status == 400


async def test_an_account_may_have_no_car(client: Client) -> None:
    reply = await client.get(PATH)

    assert (reply.response, reply.body["pagination"]["pages"]) == ([], 1)


@pytest.mark.parametrize("state", ["online", "asleep", "offline"])
async def test_one_row_tells_the_state_and_does_not_wake(client: Client, car: Car, state: str) -> None:
    if state != "online":
        car.sleep(state)

    reply = await client.get(f"{PATH}/{car.vin}")

    assert reply.body == fixture("vehicle_online") | {"response": reply.response}
    assert reply.response == fixture("vehicle_online")["response"] | {"state": state}
    assert car.state == state


async def test_a_car_is_found_by_its_number_too(client: Client, car: Car) -> None:
    assert (await client.get(f"{PATH}/{car.row()['id']}")).response["vin"] == car.vin


async def test_an_unknown_car_is_not_found(client: Client, errors: dict[str, Any], car: Car) -> None:
    expect(await client.get(f"{PATH}/5YJ3E7EB0SF999999"), errors["not_found"])
    expect(await client.get(f"{PATH}/5YJ3E7EB0SF999999/vehicle_data"), errors["not_found"])


async def test_a_car_that_was_taken_away_is_not_found(world: World, client: Client, car: Car) -> None:
    world.cloud.take_away(car.vin)

    assert (await client.get(f"{PATH}/{car.vin}")).status == 404
    assert (await client.get(PATH)).response == []


async def test_vehicle_data_comes_with_what_was_asked_for(client: Client, car: Car) -> None:
    reply = await client.get(f"{PATH}/{car.vin}/vehicle_data", endpoints="charge_state;location_data")

    assert set(reply.response) >= {"charge_state", "drive_state"}
    assert "climate_state" not in reply.response
    assert reply.response["drive_state"]["latitude"] == 51.4779


async def test_a_place_needs_its_scope(world: World, client: Client, car: Car) -> None:
    world.cloud.revoke_scope("vehicle_location")

    reply = await client.get(f"{PATH}/{car.vin}/vehicle_data", endpoints="drive_state;location_data")

    assert reply.status == 200
    assert "latitude" not in reply.response["drive_state"]


async def test_a_sleeping_car_does_not_answer_and_it_costs(
    world: World, client: Client, car: Car, errors: dict[str, Any]
) -> None:
    car.sleep()

    expect(await client.get(f"{PATH}/{car.vin}/vehicle_data"), errors["vehicle_offline"])
    assert world.cloud.billed()["data"] == 1


async def test_waking_gives_the_old_state_and_takes_its_time(world: World, client: Client, car: Car) -> None:
    car.sleep()

    reply = await client.post(f"{PATH}/{car.vin}/wake_up")
    assert reply.response["state"] == "asleep"
    assert (await client.get(f"{PATH}/{car.vin}")).response["state"] == "asleep"

    await world.advance(61)
    assert (await client.get(f"{PATH}/{car.vin}")).response["state"] == "online"


@pytest.mark.parametrize(
    ("truth", "status", "error"),
    [
        ({"in_service": True}, 405, "vehicle is currently in service"),
        ({"mobile_access": False}, 401, "mobile_access_disabled"),
    ],
)
async def test_a_car_can_be_closed_to_applications(
    client: Client, car: Car, truth: dict[str, bool], status: int, error: str
) -> None:
    car.change(**truth)

    for reply in (
        await client.get(f"{PATH}/{car.vin}/vehicle_data"),
        await client.post(f"{PATH}/{car.vin}/wake_up"),
        await client.get(f"{PATH}/{car.vin}/recent_alerts"),
    ):
        assert (reply.status, reply.error) == (status, error)


async def test_mobile_access_is_told(client: Client, car: Car) -> None:
    assert (await client.get(f"{PATH}/{car.vin}/mobile_enabled")).response == {"result": True, "reason": ""}

    car.change(mobile_access=False)
    assert not (await client.get(f"{PATH}/{car.vin}/mobile_enabled")).response["result"]


@pytest.mark.parametrize("name", ["recent_alerts", "release_notes", "nearby_charging_sites", "drivers"])
async def test_other_reads_have_the_shape_of_tesla_s(client: Client, car: Car, name: str) -> None:
    car.raise_alert(audience="Customer")
    car.change(update_version="2026.36")

    reply = await client.get(f"{PATH}/{car.vin}/{name}")

    assert shape(reply.body) == shape(fixture(name))


@pytest.mark.parametrize("name", ["recent_alerts", "release_notes", "nearby_charging_sites"])
async def test_reads_that_ask_the_car_need_it_awake_and_cost(
    world: World, client: Client, car: Car, name: str
) -> None:
    car.sleep()

    assert (await client.get(f"{PATH}/{car.vin}/{name}")).status == 408
    assert world.cloud.billed()["data"] == 1


async def test_chargers_nearby_tell_where_the_car_is(world: World, client: Client, car: Car) -> None:
    world.cloud.revoke_scope("vehicle_location")

    assert (await client.get(f"{PATH}/{car.vin}/nearby_charging_sites")).status == 403


async def test_other_drivers_are_for_the_owner_to_know(world: World, client: Client) -> None:
    shared = world.add_car("untyped")

    assert (await client.get(f"{PATH}/{shared.vin}/drivers")).status == 403


async def test_the_service_centre_has_something_to_say_while_the_car_is_there(
    client: Client, car: Car
) -> None:
    assert (await client.get(f"{PATH}/{car.vin}/service_data")).response == {}

    car.change(in_service=True)
    assert (await client.get(f"{PATH}/{car.vin}/service_data")).response["service_status"] == "in_service"


async def test_keys_are_told_car_by_car(world: World, client: Client) -> None:
    cars = [world.add_car(kind, paired=kind != "old") for kind in ("typed", "untyped", "old")]
    vins = [car.vin for car in cars]
    tesla = fixture("fleet_status")["response"]["vehicle_info"]

    reply = await client.post(f"{PATH}/fleet_status", {"vins": [*vins, "5YJ3E7EB0SF999999"]})
    alone = await client.post(f"{PATH}/fleet_status", {"vins": vins[:1]})

    assert reply.response["key_paired_vins"] == vins[:2]
    assert reply.response["unpaired_vins"] == [vins[2], "5YJ3E7EB0SF999999"]
    assert shape(alone.response["vehicle_info"]) == {vins[0]: shape(tesla[vins[0]])}
    assert "discounted_device_data" not in reply.response["vehicle_info"][vins[0]]
    assert reply.response["vehicle_info"][vins[2]]["safety_screen_streaming_toggle_enabled"] is False


@pytest.mark.parametrize("body", [[], {}, {"vins": "x"}])
async def test_a_request_about_keys_names_cars(client: Client, body: Any) -> None:
    assert (await client.post(f"{PATH}/fleet_status", body)).status == 400


async def test_the_telemetry_configuration_can_be_read_back(client: Client, car: Car) -> None:
    path = f"{PATH}/{car.vin}/fleet_telemetry_config"
    assert (await client.get(path)).response["config"] is None

    tesla = fixture("fleet_telemetry_config_get")
    car.pair_key(Signer(car.vin, car.receive).public)
    car.stream(**tesla["response"]["config"])
    reply = await client.get(path)
    assert reply.body == tesla

    car.sleep()
    car.stop_streaming()
    assert ((await client.get(path)).response["synced"], car.told) == (False, None)


async def test_what_went_wrong_while_connecting_is_listed(world: World, client: Client, car: Car) -> None:
    car.stream(hostname="telemetry.example.org", port=1, ca="", fields={})
    async with asyncio.timeout(60):
        await car.telemetry.connections.until(lambda: bool(car.telemetry.connections.troubles))

    reply = await client.get(f"{PATH}/{car.vin}/fleet_telemetry_errors")

    assert shape(reply.body) == shape(fixture("fleet_telemetry_errors"))
    assert reply.response["fleet_telemetry_errors"][0]["vin"] == car.vin
