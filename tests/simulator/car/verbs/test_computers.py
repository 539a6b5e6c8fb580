"""What can go wrong in a car that is told what to do."""

import pytest

from simulator.car.actions.refused import Refused
from simulator.car.car import Car
from simulator.world import World

from ...signer import INFOTAINMENT, SECURITY, Signer, action, paired, rke

PING = action("ping", ping_id=1)


@pytest.fixture
def signer(car: Car) -> Signer:
    signer = paired(car)
    signer.shake_hands(SECURITY)
    signer.shake_hands(INFOTAINMENT)
    return signer


@pytest.mark.parametrize(
    ("how", "fault", "waits"), [("wait", 0, True), ("busy", 1, False), ("timeout", 2, False)]
)
async def test_a_busy_car_says_so_and_does_nothing(
    car: Car, signer: Signer, how: str, fault: int, *, waits: bool
) -> None:
    car.be_busy(2, how=how)

    for _ in range(2):
        reply = signer.lock()
        assert (reply.fault, reply.waits, reply.info) == (fault, waits, None)
    assert car.executed == []
    assert signer.lock().fault == 0
    assert signer.command(INFOTAINMENT, PING).fault == 0


async def test_one_computer_may_be_busy_alone(car: Car, signer: Signer) -> None:
    car.be_busy(1, "infotainment")

    assert not signer.lock().waits
    assert signer.command(INFOTAINMENT, PING).waits


async def test_a_busy_car_shakes_hands(car: Car, signer: Signer) -> None:
    car.be_busy()

    assert signer.shake_hands(SECURITY).info is not None
    assert signer.lock().waits


@pytest.mark.parametrize(("fault", "explained"), [(5, True), (17, True), (11, False), (29, False)])
async def test_any_fault_can_be_had(car: Car, signer: Signer, fault: int, *, explained: bool) -> None:
    car.answer_fault(fault)

    reply = signer.lock()
    assert (reply.fault, reply.info is not None) == (fault, explained)
    assert car.executed == []


async def test_a_fault_may_come_after_the_deed(car: Car, signer: Signer) -> None:
    car.overflow()

    reply = signer.lock()
    assert (reply.fault, reply.encrypted, reply.payload) == (25, True, b"")
    assert car.times_executed("door_lock") == 1


async def test_a_fault_after_the_deed_waits_for_a_deed(car: Car, signer: Signer) -> None:
    car.overflow()

    assert signer.lock(epoch=bytes(16)).fault == 15
    assert signer.lock().fault == 25
    assert signer.lock().fault == 0


async def test_being_busy_after_the_deed_is_possible_too(car: Car, signer: Signer) -> None:
    car.answer_fault(2, after=True)

    assert signer.lock().fault == 2
    assert car.times_executed("door_lock") == 1


async def test_a_car_behaves_again(car: Car, signer: Signer) -> None:
    car.be_busy(5)
    car.refuse("door_lock", "unauthorized")
    car.behave()

    assert signer.lock().payload == b""


async def test_infotainment_reboots(world: World, car: Car, signer: Signer) -> None:
    car.reboot_infotainment(20)

    assert signer.command(INFOTAINMENT, PING).fault == 11
    assert signer.shake_hands(INFOTAINMENT).fault == 11
    assert signer.lock().fault == 0

    await world.advance(21)
    late = signer.sign(INFOTAINMENT, PING)
    reply = signer.send(late)
    assert reply.fault == 15
    signer.learn(INFOTAINMENT, late, reply.message)
    assert signer.command(INFOTAINMENT, PING).fault == 0


async def test_vehicle_security_reboots(world: World, car: Car, signer: Signer) -> None:
    car.reboot_security()

    assert signer.lock().fault == 11
    await world.advance(6)
    assert signer.lock().fault == 15


@pytest.mark.parametrize(("seconds", "fault"), [(60.0, 17), (-60.0, 0)])
async def test_a_clock_jumps(car: Car, signer: Signer, seconds: float, fault: int) -> None:
    car.jump_domain_clock(seconds, "security")

    assert signer.lock().fault == fault
    assert signer.command(INFOTAINMENT, PING).fault == 0


async def test_a_clock_that_is_seen_to_jump_begins_a_new_epoch(car: Car, signer: Signer) -> None:
    car.jump_domain_clock(60.0, new_epoch=True)

    assert signer.lock().fault == 15
    assert signer.command(INFOTAINMENT, PING).fault == 15


async def test_a_new_computer_has_a_key_of_its_own(car: Car, signer: Signer) -> None:
    old = signer.shake_hands(INFOTAINMENT).info
    car.replace_computer()

    late = signer.sign(INFOTAINMENT, PING)
    reply = signer.send(late)
    assert old is not None
    assert reply.fault == 15
    assert reply.info is not None
    assert reply.info.publicKey != old.publicKey
    signer.shake_hands(INFOTAINMENT)
    assert signer.command(INFOTAINMENT, PING).fault == 0


async def test_late_commands_may_be_taken_in_vehicle_security_too(car: Car, signer: Signer) -> None:
    signer.lock()
    signer.lock()
    assert signer.send(signer.sign(SECURITY, rke(0), counter=1)).fault == 6

    car.use_window()
    signer.send(signer.sign(SECURITY, rke(1), counter=9))
    assert signer.send(signer.sign(SECURITY, rke(0), counter=8)).fault == 0


async def test_a_refusal_lasts_as_long_as_it_was_meant_to(car: Car, signer: Signer) -> None:
    car.refuse("door_lock", "closures_open", times=1)
    assert signer.lock().security.nominalError.genericError == 2
    assert signer.lock().payload == b""

    car.refuse("set_charge_limit", "car_wash")
    for percent in (61, 62):
        assert signer.act("chargingSetLimitAction", percent=percent).reason == "car_wash"
    car.allow("set_charge_limit")
    assert signer.act("chargingSetLimitAction", percent=63).reason == ""

    car.refuse("flash_lights")
    with pytest.raises(Refused):
        car.execute("flash_lights", {})
    car.allow()
    car.execute("flash_lights", {})


async def test_a_command_that_is_none_cannot_be_refused(car: Car) -> None:
    with pytest.raises(KeyError):
        car.refuse("fly")


async def test_answers_must_be_secret_where_the_car_says_so(car: Car, signer: Signer) -> None:
    car.demand_encryption()

    assert signer.lock(flags=0).fault == 28
    assert signer.lock().fault == 0
    car.demand_encryption(on=False)
    assert signer.lock(flags=0).fault == 0


async def test_a_car_may_stop_encrypting(car: Car, signer: Signer) -> None:
    car.encrypt_answers(on=False)
    assert not signer.lock().encrypted

    car.encrypt_answers()
    assert signer.lock().encrypted


async def test_a_key_is_switched_off(car: Car, signer: Signer) -> None:
    car.disable_key(signer.public)
    assert signer.lock().fault == 4

    car.disable_key(signer.public.hex(), on=False)
    assert signer.lock().fault == 0


async def test_every_application_can_be_forgotten_at_once(car: Car, signer: Signer) -> None:
    others = len(car.keychain) - 1
    car.forget_key()

    assert (signer.lock().fault, len(car.keychain)) == (3, others)
    assert not car.knows_key(signer.public)


async def test_the_cloud_may_not_have_heard_that_a_key_is_gone(car: Car, signer: Signer) -> None:
    car.forget_key(quietly=True)
    assert car.knows_key(signer.public)

    car.pair_key(signer.public)
    car.forget_key()
    assert not car.knows_key(signer.public)


async def test_waking_takes_as_long_as_one_wants(world: World, car: Car) -> None:
    car.slow_wake(40)
    car.sleep()
    car.wake()

    await world.advance(39)
    assert car.state == "asleep"
    await world.advance(2)
    assert car.state == "online"


async def test_a_wake_may_not_be_heard(world: World, car: Car) -> None:
    car.ignore_wakes()
    car.sleep()
    car.wake()
    await world.advance(120)
    assert car.state == "asleep"

    car.ignore_wakes(on=False)
    car.wake()
    await world.advance(61)
    assert car.state == "online"


async def test_a_car_that_has_just_woken_is_busy(world: World, car: Car, signer: Signer) -> None:
    car.settle_after_wake(3)
    car.sleep()
    car.wake_now()

    assert signer.command(INFOTAINMENT, PING).waits
    assert not signer.lock().waits
    await world.advance(4)
    assert not signer.command(INFOTAINMENT, PING).waits
