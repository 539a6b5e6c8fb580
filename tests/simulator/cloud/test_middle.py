"""A man in the middle, and what a client can tell of him."""

import base64
from pathlib import Path

import pytest

from custom_components.tesla_direct.tesla.proto.universal_message_pb2 import RoutableMessage
from simulator.cloud.middle import TRICKS
from simulator.world import World

from ..signer import INFOTAINMENT, LOCK, SECURITY, UNLOCK, action
from .client import Client
from .remote import Remote

REFUSED = action("chargingStartStopAction", start={})


async def answered(remote: Remote, domain: int, payload: bytes) -> tuple[RoutableMessage, bytes]:
    """Return a request and the bytes that came back."""
    message = remote.signer.sign(domain, payload)
    return message, base64.b64decode((await remote.post(message)).response)


async def test_a_turned_bit_makes_an_answer_unreadable(world: World, remote: Remote) -> None:
    world.cloud.tamper("flip", times=2)

    assert (await remote.command(INFOTAINMENT, REFUSED)).payload is None
    assert (await remote.command(SECURITY, LOCK)).payload is None
    assert (await remote.command(SECURITY, LOCK)).payload == b""


async def test_a_turned_bit_in_session_info_shows(world: World, remote: Remote) -> None:
    world.cloud.tamper("flip")

    with pytest.raises(AssertionError, match="not authentic"):
        await remote.meet(SECURITY)


async def test_there_may_be_no_bit_to_turn(world: World, remote: Remote) -> None:
    remote.car.encrypt_answers(on=False)
    world.cloud.tamper("flip")

    assert (await remote.command(SECURITY, LOCK)).payload == b""


@pytest.mark.parametrize(("how", "empty"), [("truncate", False), ("garbage", False), ("empty", True)])
async def test_an_answer_may_be_no_message(world: World, remote: Remote, how: str, *, empty: bool) -> None:
    world.cloud.tamper(how)

    _, answer = await answered(remote, INFOTAINMENT, REFUSED)
    assert (answer == b"") is empty
    assert remote.car.declined[0].name == "charge_start"


async def test_an_old_answer_is_given_again(world: World, remote: Remote) -> None:
    await remote.command(INFOTAINMENT, action("hvacAutoAction"))
    world.cloud.tamper("replay", command="charge_start")
    message, answer = await answered(remote, INFOTAINMENT, REFUSED)
    reply = remote.signer.open(message, answer)

    assert reply.message.request_uuid == message.uuid
    assert reply.message.to_destination == message.from_destination
    assert (reply.encrypted, reply.payload) == (True, None)

    world.cloud.tamper("replay_verbatim")
    message, answer = await answered(remote, INFOTAINMENT, REFUSED)
    assert RoutableMessage.FromString(answer).request_uuid != message.uuid


async def test_vehicle_security_s_answers_name_no_request_when_they_come_again(
    world: World, remote: Remote
) -> None:
    world.cloud.tamper("replay")
    message, answer = await answered(remote, SECURITY, LOCK)

    assert remote.signer.open(message, answer).message.request_uuid == b""


async def test_without_an_old_answer_there_is_nothing_to_give_again(world: World, client: Client) -> None:
    fresh = Remote(client, world.add_car())
    fresh.car.pair_key(fresh.signer.public)
    world.cloud.tamper("replay")

    await fresh.meet(SECURITY)


async def test_success_is_made_up(world: World, remote: Remote) -> None:
    world.cloud.tamper("forge_success", times=2)

    reply = await remote.command(INFOTAINMENT, REFUSED)
    assert (reply.encrypted, reply.reason, reply.fault) == (False, "", 0)
    assert (await remote.command(SECURITY, UNLOCK)).message.request_uuid == b""


async def test_a_refusal_is_made_up(world: World, remote: Remote) -> None:
    world.cloud.tamper("forge_refusal")

    reply = await remote.command(INFOTAINMENT, action("hvacAutoAction", power_on=True))
    assert (reply.encrypted, reply.reason) == (False, "already_set")
    assert remote.car.body.climate_on


async def test_a_fault_is_made_up(world: World, remote: Remote) -> None:
    world.cloud.tamper("forge_fault")

    reply = await remote.command(SECURITY, UNLOCK)
    assert (reply.fault, reply.info) == (5, None)
    assert remote.car.times_executed("door_unlock") == 1


async def test_an_answer_is_addressed_wrongly(world: World, remote: Remote) -> None:
    world.cloud.tamper("wrong_uuid")
    message, answer = await answered(remote, INFOTAINMENT, REFUSED)
    assert RoutableMessage.FromString(answer).request_uuid not in {b"", message.uuid}

    world.cloud.tamper("wrong_address")
    message, answer = await answered(remote, INFOTAINMENT, REFUSED)
    assert RoutableMessage.FromString(answer).to_destination != message.from_destination

    world.cloud.tamper("wrong_domain", times=2)
    for domain, other in ((INFOTAINMENT, SECURITY), (SECURITY, INFOTAINMENT)):
        _, answer = await answered(remote, domain, LOCK)
        assert RoutableMessage.FromString(answer).from_destination.domain == other


async def test_session_info_has_a_false_tag(world: World, remote: Remote) -> None:
    world.cloud.tamper("bad_session_tag")
    assert (await remote.command(SECURITY, LOCK)).payload == b""

    with pytest.raises(AssertionError, match="not authentic"):
        await remote.meet(SECURITY)


async def test_old_session_info_was_signed_for_another_question(world: World, remote: Remote) -> None:
    world.cloud.tamper("stale_session_info")
    assert (await remote.command(SECURITY, LOCK)).payload == b""

    with pytest.raises(AssertionError, match="not authentic"):
        await remote.meet(SECURITY)


async def test_a_false_key_is_signed_for_and_the_car_does_not_know_it(world: World, remote: Remote) -> None:
    world.cloud.tamper("swap_key")
    await remote.meet(SECURITY)

    assert (await remote.command(SECURITY, UNLOCK)).fault == 5
    assert remote.car.executed == []


async def test_what_would_help_to_recover_is_left_out(world: World, remote: Remote) -> None:
    world.cloud.tamper("drop_session_info")
    remote.car.reboot_security(seconds=0)

    reply = await remote.command(SECURITY, UNLOCK)
    assert (reply.fault, reply.info) == (15, None)


async def test_plain_answers_have_nothing_of_what_session_tricks_need(world: World, remote: Remote) -> None:
    for how in ("bad_session_tag", "stale_session_info", "swap_key", "drop_session_info"):
        world.cloud.tamper(how)
        assert (await remote.command(SECURITY, LOCK)).payload == b""


def test_every_trick_is_tried() -> None:
    text = Path(__file__).read_text()

    assert all(f'"{trick}"' in text for trick in TRICKS)
