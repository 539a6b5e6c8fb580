"""Signed commands through the cloud: who may send them, to which car, and what comes back."""

from typing import Any

import pytest

from simulator.car.car import Car
from simulator.world import World

from ..signer import INFOTAINMENT, LOCK, SECURITY, UNLOCK, action
from .client import Client
from .remote import PATH, Remote
from .test_region import expect

LIMIT = action("chargingSetLimitAction", percent=66)
CLIMATE = action("hvacAutoAction", power_on=True)


async def test_a_signed_command_reaches_the_car(world: World, remote: Remote) -> None:
    assert (await remote.command(SECURITY, UNLOCK)).payload == b""
    assert (await remote.command(INFOTAINMENT, LIMIT)).reason == ""

    assert (remote.car.body.locked, remote.car.body.charge_limit_percent) == (False, 66)
    assert [one.command for one in world.cloud.requests("signed_command")] == [
        "door_unlock",
        "set_charge_limit",
    ]
    assert world.cloud.billed() == {"signal": 0, "command": 2, "data": 0, "wake": 0}
    assert world.cloud.billed(remote.car.vin)["command"] == 2
    assert world.cloud.billed("another")["command"] == 0


async def test_a_handshake_is_a_request_like_any_other(world: World, remote: Remote) -> None:
    await remote.meet(SECURITY)

    assert world.cloud.requests("signed_command")[0].public()["command"] == "handshake"
    assert world.cloud.billed()["command"] == 1


async def test_a_refusal_and_a_fault_are_200_and_cost(world: World, remote: Remote) -> None:
    assert (
        await remote.command(INFOTAINMENT, action("chargingStartStopAction", start={}))
    ).reason == "disconnected"
    remote.car.forget_key()
    assert (await remote.command(SECURITY, LOCK)).fault == 3

    assert world.cloud.billed()["command"] == 2


@pytest.mark.parametrize(
    "body", [None, {}, [], {"routable_message": 7}, {"routable_message": "?"}, {"routable_message": "//8="}]
)
async def test_what_is_no_message_is_a_bad_request(client: Client, car: Car, body: Any) -> None:
    reply = await client.ask("POST", f"{PATH}/{car.vin}/signed_command", json=body)

    assert (reply.status, reply.error) == (400, "invalid_request")


async def test_what_only_the_car_can_read_is_not_passed_on(remote: Remote) -> None:
    reply = await remote.ask(SECURITY, LOCK, encrypted=True)

    assert reply.status == 403
    assert remote.car.heard == []


async def test_an_old_car_does_not_speak_the_protocol(world: World, client: Client) -> None:
    remote = Remote(client, world.add_car("old"))

    assert (await remote.post(remote.signer.hello(SECURITY))).status == 422


async def test_a_sleeping_car_is_not_reached(world: World, remote: Remote, errors: dict[str, Any]) -> None:
    remote.car.sleep()

    expect(await remote.ask(SECURITY, LOCK), errors["vehicle_offline"])
    assert world.cloud.billed()["command"] == 1
    assert remote.car.executed == []


async def test_a_car_in_service_is_not_reached(remote: Remote) -> None:
    remote.car.change(in_service=True)

    reply = await remote.ask(SECURITY, LOCK)
    assert (reply.status, reply.error) == (405, "vehicle is currently in service")


@pytest.mark.parametrize(
    ("revoked", "domain", "payload", "allowed"),
    [
        ("vehicle_cmds", INFOTAINMENT, LIMIT, True),
        ("vehicle_cmds", INFOTAINMENT, CLIMATE, False),
        ("vehicle_cmds", SECURITY, LOCK, False),
        ("vehicle_cmds", INFOTAINMENT, b"\xff", False),
        ("vehicle_charging_cmds", INFOTAINMENT, LIMIT, True),
        ("vehicle_charging_cmds", SECURITY, LOCK, True),
    ],
)
async def test_the_cloud_reads_what_is_asked_for(  # noqa: PLR0913  # a row of the table
    world: World, remote: Remote, revoked: str, domain: int, payload: bytes, *, allowed: bool
) -> None:
    world.cloud.revoke_scope(revoked)

    reply = await remote.ask(domain, payload)
    assert reply.status == (200 if allowed else 403)
    assert len(remote.car.heard) == int(allowed)


async def test_nobody_without_a_scope_for_commands_may_shake_hands(world: World, remote: Remote) -> None:
    world.cloud.revoke_scope("vehicle_cmds")
    assert (await remote.post(remote.signer.hello(SECURITY))).status == 200

    world.cloud.revoke_scope("vehicle_charging_cmds")
    assert (await remote.post(remote.signer.hello(SECURITY))).status == 403


async def test_thirty_commands_a_minute_are_enough(world: World, remote: Remote) -> None:
    replies = [await remote.ask(SECURITY, LOCK) for _ in range(29)]

    assert [reply.status for reply in replies] == [200] * 28 + [429]
    assert int(replies[-1].headers["Retry-After"]) == 2
    world.cloud.lift_limits()
    assert (await remote.ask(SECURITY, LOCK)).status == 200
    world.cloud.lift_limits(on=False)
    assert (await remote.ask(SECURITY, LOCK)).status == 429


async def test_the_billing_limit_stops_commands(world: World, remote: Remote) -> None:
    world.cloud.set_billing_limit(0)
    for _ in range(10_001):
        world.cloud.books.charge("command", 200)

    reply = await remote.ask(SECURITY, LOCK)
    assert (reply.status, reply.error) == (403, "account disabled: EXCEEDED_LIMIT")
