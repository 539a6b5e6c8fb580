"""Plain commands: to which cars, with which parameters."""

from typing import Any

import pytest

from simulator.car.actions.table import ACTIONS
from simulator.car.car import Car
from simulator.cloud.parameters import PLAIN
from simulator.world import World

from ..signer import SECURITY, UNLOCK
from ..vectors import fixture
from .client import Client
from .remote import PATH, Remote
from .test_region import expect


async def test_a_car_that_wants_signatures_takes_no_plain_command(
    world: World, client: Client, car: Car, errors: dict[str, Any]
) -> None:
    reply = await client.post(f"{PATH}/{car.vin}/command/door_unlock")

    expect(reply, errors["command_protocol_required"])
    assert (car.body.locked, world.cloud.billed()["command"]) == (True, 1)


async def test_the_car_may_refuse_plain_commands_itself(client: Client, car: Car) -> None:
    car.hardlock()

    reply = await client.post(f"{PATH}/{car.vin}/command/door_unlock")
    assert (reply.status, reply.response) == (200, {"result": False, "reason": "unsigned_cmds_hardlocked"})


async def test_navigation_needs_no_signature(client: Client, car: Car) -> None:
    body = {
        "type": "share_ext_content_raw",
        "locale": "en-GB",
        "timestamp_ms": "1791360000000",
        "value": {"android.intent.extra.TEXT": "Greenwich Park"},
    }
    reply = await client.post(f"{PATH}/{car.vin}/command/navigation_request", body)

    assert reply.body == fixture("command_ok")
    assert car.body.route is not None
    assert car.body.route.name == "Greenwich Park"


@pytest.mark.parametrize("kind", ["old", "business"])
async def test_cars_that_want_no_signature_take_plain_commands(
    world: World, client: Client, kind: str
) -> None:
    car = world.add_car("old") if kind == "old" else world.add_car(signs=False)

    reply = await client.post(f"{PATH}/{car.vin}/command/set_charge_limit", {"percent": 71})

    assert reply.body == fixture("command_ok")
    assert car.body.charge_limit_percent == 71
    assert world.cloud.requests("command")[0].command == "set_charge_limit"


async def test_a_business_car_takes_both(world: World, client: Client) -> None:
    car = world.add_car(signs=False)
    remote = Remote(client, car)
    car.pair_key(remote.signer.public)
    await remote.meet(SECURITY)
    assert (await remote.command(SECURITY, UNLOCK)).fault == 0

    products = (await client.get("/api/1/products")).response
    assert products[0]["command_signing"] == "allowed"
    car.demand_signing()
    assert (await client.post(f"{PATH}/{car.vin}/command/door_lock")).status == 403


@pytest.fixture
async def plain(world: World) -> Car:
    return world.add_car(signs=False)


async def test_a_plain_refusal_has_its_reason(client: Client, plain: Car) -> None:
    reply = await client.post(f"{PATH}/{plain.vin}/command/media_next_track")

    assert reply.body == {"response": fixture("command_failed")["response"]}


@pytest.mark.parametrize(
    ("name", "body", "error"),
    [
        ("set_charge_limit", {}, "missing percent param"),
        ("set_charge_limit", {"percent": "80"}, "invalid percent param"),
        ("set_charge_limit", {"percent": True}, "invalid percent param"),
        ("set_sentry_mode", {"on": 1}, "invalid on param"),
        ("actuate_trunk", {"which_trunk": "Front"}, "invalid which_trunk param"),
        ("remote_seat_heater_request", {"level": 1}, "missing seat_position param"),
        ("navigation_request", {"type": "x", "value": {}}, "invalid value param"),
        (
            "add_charge_schedule",
            {
                "days_of_week": "TUE",
                "enabled": True,
                "lat": 1,
                "lon": 1,
                "start_enabled": True,
                "end_enabled": False,
            },
            "invalid days_of_week param",
        ),
        ("set_charge_limit", [], "missing percent param"),
    ],
)
async def test_parameters_are_checked(client: Client, plain: Car, name: str, body: Any, error: str) -> None:
    reply = await client.ask("POST", f"{PATH}/{plain.vin}/command/{name}", json=body)

    assert (reply.status, reply.body["error_description"]) == (400, error)
    assert (plain.executed, plain.declined) == ([], [])


@pytest.mark.parametrize(
    ("name", "body", "arguments"),
    [
        ("remote_seat_heater_request", {"heater": 1, "level": 2}, {"seat_position": 1, "level": 2}),
        ("set_charging_amps", {"charging_amps": 5.9}, {"charging_amps": 5}),
        ("set_valet_mode", {"on": True, "password": "1234"}, {"on": True, "password": "1234"}),
        ("window_control", {"command": "vent", "lat": 1.5}, {"command": "vent", "lat": 1.5}),
        (
            "set_scheduled_departure",
            {"enable": True, "preconditioning_weekdays_only": True, "off_peak_charging_enabled": True},
            {
                "enable": True,
                "departure_time": 0,
                "end_off_peak_time": 0,
                "preconditioning": "weekdays",
                "off_peak_charging": "all_week",
            },
        ),
    ],
)
async def test_parameters_mean_what_tesla_says(
    client: Client, plain: Car, name: str, body: Any, arguments: Any
) -> None:
    plain.climate()
    await client.post(f"{PATH}/{plain.vin}/command/{name}", body)

    assert [(one.name, one.arguments) for one in plain.executed] == [(name, arguments)]


@pytest.mark.parametrize("name", ["fly", "open_tonneau", "media_volume_up", "set_low_power_mode", "wake_up"])
async def test_what_is_no_plain_command_is_unknown(
    client: Client, plain: Car, errors: dict[str, Any], name: str
) -> None:
    expect(await client.post(f"{PATH}/{plain.vin}/command/{name}"), errors["bad_request_invalid_command"])


async def test_fleets_have_commands_that_no_car_hears_of(client: Client, plain: Car) -> None:
    reply = await client.post(f"{PATH}/{plain.vin}/command/set_managed_charger_location")

    assert (reply.body, plain.executed) == (fixture("command_ok"), [])


@pytest.mark.parametrize(
    ("truth", "status", "error"),
    [
        ({"in_service": True}, 405, "vehicle is currently in service"),
        ({"mobile_access": False}, 401, "mobile_access_disabled"),
    ],
)
async def test_a_car_can_be_closed_to_plain_commands(
    client: Client, plain: Car, truth: dict[str, bool], status: int, error: str
) -> None:
    plain.change(**truth)

    reply = await client.post(f"{PATH}/{plain.vin}/command/door_lock")
    assert (reply.status, reply.error) == (status, error)


async def test_plain_commands_need_their_scopes_and_a_car_that_is_awake(
    world: World, client: Client, plain: Car
) -> None:
    world.cloud.revoke_scope("vehicle_cmds")
    assert (await client.post(f"{PATH}/{plain.vin}/command/door_lock")).status == 403
    assert (await client.post(f"{PATH}/{plain.vin}/command/charge_max_range")).status == 200

    plain.sleep()
    assert (await client.post(f"{PATH}/{plain.vin}/command/charge_standard")).status == 408


async def test_a_command_without_a_body_is_one_without_parameters(client: Client, plain: Car) -> None:
    reply = await client.ask("POST", f"{PATH}/{plain.vin}/command/flash_lights")

    assert (reply.body, plain.body.flashes) == (fixture("command_ok"), 1)


def test_no_plain_command_is_without_an_action() -> None:
    assert set(PLAIN) <= set(ACTIONS)
