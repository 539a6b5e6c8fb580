"""Signed configurations: given, read back, taken away, refused."""

from typing import Any

import pytest

from simulator.car.car import Car
from simulator.world import World

from ..receiver import Receiver
from ..vectors import fixture, shape
from ..wall import Wall
from .client import Client
from .developer import JWS, Developer, configuration

VEHICLES = "/api/1/vehicles"


@pytest.fixture
async def developer(world: World, client: Client, car: Car) -> Developer:
    """A developer whose key is registered, and on the car."""
    developer = Developer()
    world.cloud.register_key(developer.public)
    car.pair_key(developer.public)
    return developer


async def state(client: Client, car: Car) -> dict[str, Any]:
    """Read a configuration back."""
    response: dict[str, Any] = (await client.get(f"{VEHICLES}/{car.vin}/fleet_telemetry_config")).response
    return response


async def errors(client: Client, car: Car) -> list[dict[str, Any]]:
    """Read what the car complains of."""
    path = f"{VEHICLES}/{car.vin}/fleet_telemetry_errors"
    rows: list[dict[str, Any]] = (await client.get(path)).response["fleet_telemetry_errors"]
    return rows


async def test_a_signed_configuration_is_given_and_read_back(
    client: Client, car: Car, developer: Developer
) -> None:
    reply = await developer.send(client, car.vin)

    assert reply.body == {"response": {"updated_vehicles": 1}}
    read = await state(client, car)
    assert (read["synced"], read["key_paired"], read["limit_reached"]) == (True, True, False)
    assert read["config"].items() >= configuration().items()
    assert read["config"]["aud"] == "com.tesla.fleet.TelemetryClient"
    assert shape(read.keys()) == shape(fixture("fleet_telemetry_config_get")["response"].keys())


async def test_a_car_streams_what_is_signed_and_stops_when_told(
    world: World, client: Client, car: Car, developer: Developer, receiver: Receiver
) -> None:
    claims = receiver.config(Locked=1)
    assert (await developer.send(client, car.vin, **claims)).response == {"updated_vehicles": 1}
    await world.advance(1)
    await receiver.until(lambda: bool(receiver.frames))
    assert receiver.frames[0].values == {"Locked": True}

    await client.ask("DELETE", f"{VEHICLES}/{car.vin}/fleet_telemetry_config")
    await receiver.until(lambda: not receiver.sockets)

    assert (await state(client, car))["config"] is None


async def test_a_car_that_sleeps_fetches_it_later(client: Client, car: Car, developer: Developer) -> None:
    car.sleep()
    await developer.send(client, car.vin)
    assert (await state(client, car))["synced"] is False
    assert car.telemetry.config is None

    car.check_itself()
    assert (await state(client, car))["synced"] is True
    assert car.telemetry.config is car.told


async def test_cars_that_cannot_have_it_are_skipped_by_reason(
    world: World, client: Client, car: Car, developer: Developer
) -> None:
    half, old, aged, full = (
        world.add_car("half"),
        world.add_car("old"),
        world.add_car("untyped", firmware="2024.14.3", paired=developer.public),
        world.add_car("typed", vin="5YJ3E7EB0SF000009", paired=developer.public),
    )
    full.fill_applications()

    reply = await developer.send(client, *world.cars)

    assert reply.response == {
        "updated_vehicles": 1,
        "skipped_vehicles": {
            "missing_key": [half.vin],
            "unsupported_hardware": [old.vin],
            "unsupported_firmware": [aged.vin],
            "max_configs": [full.vin],
        },
    }
    assert car.told is not None
    assert [one.told for one in (half, old, aged, full)] == [None] * 4
    assert (await state(client, full))["limit_reached"] is True


async def test_who_has_a_place_keeps_it(client: Client, car: Car, developer: Developer) -> None:
    await developer.send(client, car.vin)
    car.fill_applications()

    assert (await developer.send(client, car.vin, port=443)).response == {"updated_vehicles": 1}
    read = await state(client, car)
    assert (read["config"]["port"], read["limit_reached"]) == (443, False)


async def test_a_place_that_is_not_there_may_go_unnoticed(
    client: Client, car: Car, developer: Developer
) -> None:
    car.fill_applications(unnoticed=True)

    assert (await developer.send(client, car.vin)).response == {"updated_vehicles": 1}
    read = await state(client, car)
    assert (read["synced"], read["config"], read["limit_reached"]) == (True, None, True)

    car.fill_applications(4)
    assert (await state(client, car))["config"] is None
    await developer.send(client, car.vin)
    assert (await state(client, car))["config"] is not None


async def test_an_intel_car_asks_its_switch_and_no_key(
    world: World, client: Client, developer: Developer
) -> None:
    atom = world.add_car("atom")
    reply = await developer.send(client, atom.vin)
    assert reply.response["skipped_vehicles"]["missing_key"] == [atom.vin]

    atom.set_streaming_toggle(on=True)
    assert (await developer.send(client, atom.vin)).response == {"updated_vehicles": 1}
    assert (await state(client, atom))["synced"] is True
    status = (await client.post(f"{VEHICLES}/fleet_status", {"vins": [atom.vin]})).response
    assert status["vehicle_info"][atom.vin]["safety_screen_streaming_toggle_enabled"] is True

    atom.set_streaming_toggle(on=False)
    assert (await state(client, atom))["config"] is None


async def test_a_key_that_the_car_does_not_know_is_found_out_by_the_car(
    world: World, client: Client, car: Car, developer: Developer, wall: Wall
) -> None:
    stranger = Developer("stranger")

    assert (await stranger.send(client, car.vin)).response == {"updated_vehicles": 1}

    assert (await state(client, car))["synced"] is False
    assert car.telemetry.config is None
    (row,) = await errors(client, car)
    assert row["error"] == "error loading config file: InvalidSignature: unknown issuer"
    assert (row["error_name"], row["vin"]) == ("config_manager_error", car.vin)
    assert row["name"] == client.application.client_id
    assert row["created_at"] == "2026-10-07T08:00:00.250000Z"
    assert len(row["txID"]) == 36

    await world.advance(5)
    assert len(await errors(client, car)) == 1
    car.sleep()
    car.wake_now()
    assert len(await errors(client, car)) == 2

    car.pair_key(stranger.public)
    car.sleep()
    car.wake_now()
    assert (await state(client, car))["synced"] is True


async def test_a_key_that_is_switched_off_signs_nothing(
    client: Client, car: Car, developer: Developer
) -> None:
    car.disable_key(developer.public)
    await developer.send(client, car.vin)

    assert (await state(client, car))["synced"] is False


async def test_removing_the_key_removes_what_it_signed(
    client: Client, car: Car, developer: Developer
) -> None:
    await developer.send(client, car.vin)
    car.forget_key(developer.public, quietly=True)
    assert (await state(client, car))["config"] is not None

    car.pair_key(developer.public)
    car.forget_key()
    assert (await state(client, car))["config"] is None


async def test_a_configuration_ends_with_its_time(
    world: World, client: Client, car: Car, developer: Developer, wall: Wall
) -> None:
    await developer.send(client, car.vin, exp=int(wall.now) + 3600)
    assert car.telemetry.config is not None

    wall.move(3601)
    await world.advance(1)

    assert car.telemetry.config is None


async def test_a_scope_that_is_withdrawn_takes_the_configuration_with_it(
    world: World, client: Client, car: Car, developer: Developer
) -> None:
    located = configuration(Location=10)
    await developer.send(client, car.vin, **located)
    world.cloud.revoke_scope("vehicle_location")

    assert (await state(client, car))["config"] is None
    reply = await developer.send(client, car.vin, **located)
    assert (reply.status, reply.error) == (403, "Unauthorized missing scopes")
    assert "Location" in reply.body["error_description"]


async def test_a_string_for_a_port_is_taken_and_never_connected_to(
    world: World, client: Client, car: Car, developer: Developer, receiver: Receiver
) -> None:
    claims = receiver.config(Locked=1) | {"port": str(receiver.port)}
    assert (await developer.send(client, car.vin, **claims)).response == {"updated_vehicles": 1}
    assert (await state(client, car))["synced"] is True

    await world.advance(60)
    assert receiver.sockets == []


@pytest.mark.parametrize(
    ("body", "status", "error"),
    [
        ([], 400, "invalid_request"),
        ({}, 400, "invalid_request"),
        ({"vins": []}, 400, "invalid_request"),
        ({"vins": [1]}, 400, "invalid_request"),
        ({"vins": ["5YJ3E7EB0SF000001"]}, 400, "invalid token: a token has three parts"),
        ({"vins": ["5YJ3E7EB0SF000001"], "token": "a.b.c"}, 400, "invalid token: a part is not base64url"),
    ],
)
async def test_a_request_has_to_be_one(
    client: Client, developer: Developer, body: Any, status: int, error: str
) -> None:
    reply = await client.post(JWS, body)

    assert (reply.status, reply.error) == (status, error)


async def test_a_configuration_for_somebody_else_is_refused(
    client: Client, car: Car, developer: Developer
) -> None:
    reply = await developer.send(client, car.vin, aud=f"com.tesla.vehicle.{car.vin}.TelemetryClient")

    assert (reply.status, reply.error) == (400, "invalid token: the audience is another one")


async def test_what_is_wrong_with_it_changes_nothing(client: Client, car: Car, developer: Developer) -> None:
    reply = await developer.send(client, car.vin, **configuration(Nonsense=1))
    assert (reply.status, reply.error) == (400, "Unknown field Nonsense")

    reply = await developer.send(client, car.vin, "5YJ3E7EB0SF999999")
    assert (reply.status, reply.error) == (404, "5YJ3E7EB0SF999999 not_found")
    assert car.told is None


async def test_what_nobody_signed_is_refused(client: Client, car: Car) -> None:
    body = {"vins": [car.vin], "config": configuration()}
    reply = await client.post(f"{VEHICLES}/fleet_telemetry_config", body)

    assert reply.status == 412
    assert reply.error.endswith("for instructions setting up fleet-telemetry.")


async def test_nothing_of_it_is_billed(world: World, client: Client, car: Car, developer: Developer) -> None:
    await developer.send(client, car.vin)
    await state(client, car)
    await errors(client, car)

    assert set(world.cloud.billed().values()) == {0}


async def test_at_the_billing_limit_it_is_gone_for_good(
    world: World, client: Client, car: Car, developer: Developer
) -> None:
    await developer.send(client, car.vin)
    world.cloud.set_billing_limit(0)
    world.cloud.books.charge_signals(1_600_000)
    assert (await developer.send(client, car.vin)).error == "account disabled: EXCEEDED_LIMIT"

    world.cloud.set_billing_limit(None)
    read = await state(client, car)
    assert (read["config"], read["synced"]) == (None, True)
    assert (await developer.send(client, car.vin)).response == {"updated_vehicles": 1}


async def test_the_application_itself_tells_no_car_what_to_send(
    client: Client, car: Car, developer: Developer
) -> None:
    bearer = (await developer.partner(client)).body["access_token"]
    headers = {"Authorization": f"Bearer {bearer}"}
    body = {"vins": [car.vin], "token": developer.token(configuration())}

    assert (await client.ask("POST", JWS, json=body, headers=headers)).status == 403
