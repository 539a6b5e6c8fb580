"""A car that is told what to do by signed messages: handshakes, answers, faults, what it remembers."""

from google.protobuf.message import DecodeError
import pytest

from custom_components.tesla_direct.tesla.proto.car_server_pb2 import Action
from simulator.car.actions.refused import Refused
from simulator.car.car import Car
from simulator.world import World

from ..signer import INFOTAINMENT, SECURITY, Signer, action, closure, paired, rke
from ..wall import Wall

PING = action("ping", ping_id=7)


@pytest.fixture
def signer(car: Car) -> Signer:
    return paired(car)


async def test_a_handshake_tells_who_the_car_is_and_changes_nothing(car: Car, signer: Signer) -> None:
    first = signer.shake_hands(INFOTAINMENT)
    second = signer.shake_hands(INFOTAINMENT)

    assert first.info is not None
    assert second.info == first.info
    assert (first.info.counter, len(first.info.epoch), first.info.status) == (0, 16, 0)
    assert first.info.clock_time == 93_000
    assert [(one.domain, one.kind, one.name) for one in car.heard] == [
        ("infotainment", "handshake", "handshake")
    ] * 2
    assert car.executed == []


async def test_the_two_computers_share_nothing(signer: Signer) -> None:
    security = signer.shake_hands(SECURITY).info
    infotainment = signer.shake_hands(INFOTAINMENT).info

    assert security is not None
    assert infotainment is not None
    assert security.publicKey != infotainment.publicKey
    assert security.epoch != infotainment.epoch
    assert security.clock_time != infotainment.clock_time


async def test_a_car_is_the_same_car_after_a_restart_but_in_a_new_epoch(world: World, car: Car) -> None:
    before = paired(car).shake_hands(SECURITY).info
    async with World(speed=0, authorities=world.authorities) as again:
        after = paired(again.add_car()).shake_hands(SECURITY).info

    assert before is not None
    assert after is not None
    assert after.publicKey == before.publicKey
    assert after.epoch != before.epoch


async def test_an_answer_finds_its_way_back(signer: Signer) -> None:
    hello = signer.hello(INFOTAINMENT)
    answer = signer.send(hello).message

    assert answer.to_destination == hello.from_destination
    assert answer.from_destination.domain == INFOTAINMENT
    assert answer.request_uuid == hello.uuid


async def test_vehicle_security_leaves_the_request_unnamed(signer: Signer) -> None:
    assert signer.lock().message.request_uuid == b""


async def test_a_signed_command_is_carried_out_once_and_answered_in_secret(car: Car, signer: Signer) -> None:
    reply = signer.act("chargingSetLimitAction", percent=66)

    assert (reply.fault, reply.encrypted, reply.payload) == (0, True, b"\x0a\x00")
    assert car.body.charge_limit_percent == 66
    assert [(one.name, one.arguments) for one in car.executed] == [("set_charge_limit", {"percent": 66})]
    assert car.times_executed("set_charge_limit") == 1


async def test_done_is_said_by_vehicle_security_in_an_empty_message(car: Car, signer: Signer) -> None:
    reply = signer.unlock()

    assert (reply.fault, reply.encrypted, reply.payload) == (0, True, b"")
    assert not car.body.locked


async def test_who_does_not_ask_for_secrecy_is_answered_in_clear(signer: Signer) -> None:
    reply = signer.command(INFOTAINMENT, PING, flags=0)

    assert (reply.fault, reply.encrypted, reply.response.ping.ping_id) == (0, False, 7)


async def test_older_firmware_does_not_know_how_to_encrypt(world: World) -> None:
    signer = paired(world.add_car("untyped"))

    assert not signer.command(INFOTAINMENT, PING).encrypted
    assert signer.lock().payload == b""


async def test_an_encrypted_command_is_taken_by_the_car_itself(car: Car, signer: Signer) -> None:
    reply = signer.lock(encrypted=True)

    assert (reply.fault, reply.payload) == (0, b"")
    assert car.times_executed("door_lock") == 1


async def test_a_refusal_has_a_reason(car: Car, signer: Signer) -> None:
    reply = signer.act("chargingStartStopAction", start={})

    assert (reply.fault, reply.encrypted, reply.reason) == (0, True, "disconnected")
    assert car.executed == []
    assert [(one.name, one.reason) for one in car.declined] == [("charge_start", "disconnected")]


async def test_a_refusal_of_vehicle_security_has_one_of_seven(car: Car, signer: Signer) -> None:
    car.open_door()
    assert signer.lock().security.nominalError.genericError == 2

    car.close_door()
    car.refuse("door_lock", "because")
    assert signer.lock().security.nominalError.genericError == 1


async def test_a_message_without_sense_is_refused(car: Car, signer: Signer) -> None:
    assert signer.act("chargingStartStopAction", unknown={}).reason == "invalid_value"
    assert signer.command(SECURITY, closure()).security.nominalError.genericError == 1
    assert car.executed == []


@pytest.mark.parametrize(
    ("domain", "payload", "fault"), [(3, b"\xff", 10), (2, b"\xff", 10), (3, b"", 9), (2, rke(99), 9)]
)
async def test_what_cannot_be_read_is_a_fault_that_uses_up_its_counter(
    signer: Signer, domain: int, payload: bytes, fault: int
) -> None:
    reply = signer.command(domain, payload)
    assert (reply.fault, reply.encrypted, reply.payload, reply.info) == (fault, True, b"", None)

    signer.sessions[domain].counter -= 1
    assert signer.command(domain, PING if domain == INFOTAINMENT else rke(1)).fault == 6


async def test_a_session_fault_brings_what_helps_to_recover(car: Car, signer: Signer) -> None:
    signer.lock()
    car.reboot_security(seconds=0)

    late = signer.sign(SECURITY, rke(0))
    reply = signer.send(late)

    assert (reply.fault, reply.encrypted) == (15, False)
    signer.learn(SECURITY, late, reply.message)
    assert signer.unlock().fault == 0
    assert car.times_executed("door_unlock") == 1


async def test_the_same_bytes_are_carried_out_once(car: Car, signer: Signer) -> None:
    signer.shake_hands(SECURITY)
    message = signer.sign(SECURITY, rke(0))

    assert [signer.send(message).fault for _ in range(2)] == [0, 6]
    assert car.times_executed("door_unlock") == 1


async def test_a_command_that_comes_too_late_is_not_carried_out(car: Car, signer: Signer, wall: Wall) -> None:
    signer.shake_hands(SECURITY)
    message = signer.sign(SECURITY, rke(0))
    wall.move(11)

    assert signer.send(message).fault == 17
    assert car.executed == []


async def test_the_clock_runs_through_sleep(car: Car, signer: Signer, wall: Wall) -> None:
    before = signer.shake_hands(INFOTAINMENT).info
    car.sleep()
    wall.move(3600)
    car.wake_now()
    after = signer.shake_hands(INFOTAINMENT).info

    assert before is not None
    assert after is not None
    assert after.clock_time == before.clock_time + 3600
    assert after.epoch == before.epoch


async def test_a_key_that_was_never_paired_gets_nowhere(car: Car) -> None:
    stranger = Signer(car.vin, car.receive)

    infotainment = stranger.shake_hands(INFOTAINMENT)
    assert infotainment.info is not None
    assert (infotainment.info.status, infotainment.info.publicKey, infotainment.fault) == (1, b"", 0)
    assert not infotainment.message.HasField("signature_data")
    assert stranger.shake_hands(SECURITY).fault == 3


async def test_a_key_that_is_forgotten_gets_nowhere_any_more(car: Car, signer: Signer) -> None:
    signer.lock()
    car.forget_key(signer.public.hex())

    reply = signer.unlock()
    assert (reply.fault, reply.info) == (3, None)

    car.pair_key(signer.public.hex())
    assert signer.unlock().fault == 0


@pytest.mark.parametrize(
    ("role", "allowed", "forbidden"),
    [
        ("DRIVER", action("hvacAutoAction", power_on=True), action("drivingClearSpeedLimitPinAdminAction")),
        ("GUEST", action("hvacAutoAction"), action("guestModeAction")),
        ("CHARGING_MANAGER", action("chargingSetLimitAction", percent=70), action("hvacAutoAction")),
        ("VEHICLE_MONITOR", PING, action("chargingSetLimitAction", percent=70)),
        ("FM", action("drivingClearSpeedLimitPinAdminAction"), None),
    ],
)
async def test_a_key_may_do_what_its_role_allows(
    car: Car, role: str, allowed: bytes, forbidden: bytes | None
) -> None:
    signer = paired(car, role)

    assert signer.command(INFOTAINMENT, allowed).fault == 0
    if forbidden is not None:
        assert signer.command(INFOTAINMENT, forbidden).fault == 7
        assert len(car.executed) == 1


async def test_a_technician_may_lock_and_no_more(car: Car) -> None:
    signer = paired(car, "SERVICE")

    assert signer.lock().fault == 0
    assert signer.command(SECURITY, rke(20)).fault == 22
    assert signer.command(INFOTAINMENT, PING).fault == 22


async def test_a_role_of_no_meaning_may_nothing(car: Car) -> None:
    assert paired(car, "NONE").lock().fault == 7


async def test_an_owner_can_lock_applications_out(car: Car, signer: Signer) -> None:
    car.change(mobile_access=False)

    assert signer.lock().fault == 21


async def test_firmware_does_not_know_commands_from_later(world: World) -> None:
    car = world.add_car("untyped", firmware="2024.20")
    signer = paired(car)

    assert signer.act("removeChargeScheduleAction", id=1).fault == 9
    with pytest.raises(Refused, match="not_supported"):
        car.execute("remove_charge_schedule", {"id": 1})


async def test_there_is_nobody_in_other_domains(car: Car, signer: Signer) -> None:
    hello = signer.hello(5)
    reply = signer.send(hello)

    assert (reply.fault, reply.message.request_uuid) == (8, hello.uuid)
    assert car.heard[0].domain == "5"


async def test_what_is_no_message_is_not_answered(car: Car) -> None:
    with pytest.raises(DecodeError):
        car.receive(b"\xff")


async def test_the_cloud_hears_what_was_commanded_as_it_hears_all_else(
    world: World, car: Car, signer: Signer
) -> None:
    car.stream(hostname="h", port="nowhere", fields={"ChargeLimitSoc": {"interval_seconds": 1}})
    await world.advance(2)
    before = car.telemetry.last_sent["ChargeLimitSoc"]
    signer.act("chargingSetLimitAction", percent=55)
    await world.advance(2)

    assert (before, car.telemetry.last_sent["ChargeLimitSoc"]) == (80, 55)


async def test_a_car_comes_with_the_keys_it_is_given(world: World) -> None:
    public = Signer("", lambda sent: sent).public

    assert world.add_car("typed", paired=public).knows_key(public)
    assert world.add_car("half", paired=public.hex()).knows_key(public)
    assert world.add_car("untyped", paired=True).knows_key(None)
    assert not world.add_car("old", paired=False).knows_key(None)


async def test_who_is_not_known_is_explained_nothing(car: Car, signer: Signer) -> None:
    signer.lock()
    car.forget_key()
    car.answer_fault(5)

    reply = signer.lock()
    assert (reply.fault, reply.info) == (5, None)


async def test_several_things_in_one_message_are_all_done(car: Car, signer: Signer) -> None:
    car.climate()
    message = Action()
    for level, seat in (
        ("SEAT_HEATER_LOW", "CAR_SEAT_FRONT_LEFT"),
        ("SEAT_HEATER_HIGH", "CAR_SEAT_FRONT_RIGHT"),
    ):
        one = message.vehicleAction.hvacSeatHeaterActions.hvacSeatHeaterAction.add()
        getattr(one, level).SetInParent()
        getattr(one, seat).SetInParent()

    assert signer.command(INFOTAINMENT, message.SerializeToString()).reason == ""
    assert car.body.seat_heaters == [1, 3, 0, 0, 0]
    assert signer.command(SECURITY, closure(rearTrunk=1, frontTrunk=1)).payload == b""
    assert (car.body.trunk_front_open, car.body.trunk_rear_open) == (True, True)


async def test_a_command_puts_off_sleep(world: World, car: Car, signer: Signer) -> None:
    await world.advance(500)
    signer.lock()
    await world.advance(500)
    assert car.state == "online"

    await world.advance(200)
    assert car.state == "asleep"


async def test_the_truth_tells_what_was_commanded(car: Car, signer: Signer) -> None:
    signer.lock()
    with pytest.raises(Refused):
        car.execute("charge_stop", {})
    known = car.known()

    assert known["executed"][0]["name"] == "door_lock"
    assert known["declined"][0]["reason"] == "not_charging"
    assert [one["kind"] for one in known["heard"]] == ["handshake", "command"]
    assert known["keys"][-1]["public_key"] == signer.public.hex()
    assert set(known["computers"]) == {"security", "infotainment"}
