"""The world as a whole: time, cars, and an end that leaves nothing behind."""

import asyncio
from dataclasses import replace
import os
from pathlib import Path

import pytest

from simulator.car.car import Car
from simulator.car.model import MODEL_3
from simulator.certificates import Authorities, stranger
from simulator.world import World

from .receiver import Receiver, silence
from .wall import Wall


async def test_time_stands_still_until_it_is_let_pass(world: World, car: Car) -> None:
    await asyncio.sleep(0)
    assert world.clock.passed == 0.0

    await world.advance(10.25)

    assert world.clock.passed == pytest.approx(10.25)
    assert car.body.age_s == pytest.approx(10.25)


async def test_time_passes_by_itself_and_as_fast_as_wanted(
    authorities: Authorities, wall: Wall, socket_enabled: None
) -> None:
    async with World(speed=1000, wall=wall, authorities=authorities) as world:
        car = world.add_car()
        async with asyncio.timeout(60):
            await world.clock.wait(60)

    assert world.speed == 1000
    assert car.body.age_s >= 60
    assert car.now == wall.now


async def test_a_car_is_made_of_a_kind_or_a_model_with_changes(world: World) -> None:
    old = world.add_car("old")
    other = world.add_car("typed", vin="5YJ3E7EB0SF000009", name="Other")
    own = world.add_car(replace(MODEL_3, vin="5YJ3E7EB0SF000008"))

    assert old.model.old
    assert (other.vin, other.model.name) == ("5YJ3E7EB0SF000009", "Other")
    assert set(world.cars) == {old.vin, other.vin, own.vin}
    assert world.cloud.account.cars == [old, other, own]


async def test_no_two_cars_are_the_same(world: World) -> None:
    world.add_car()

    with pytest.raises(ValueError, match="already"):
        world.add_car()


async def test_ports_can_be_chosen(authorities: Authorities, wall: Wall, socket_enabled: None) -> None:
    async with World(speed=0, wall=wall, authorities=authorities) as first:
        port = int(first.cloud.bases["eu"].rsplit(":", 1)[1])
    async with World(speed=0, wall=wall, authorities=authorities, ports={"eu": port}) as second:
        assert second.cloud.bases["eu"] == f"http://127.0.0.1:{port}"


async def test_the_same_seed_makes_the_same_world(
    authorities: Authorities, wall: Wall, socket_enabled: None
) -> None:
    subs = []
    for seed in (1, 1, 2):
        async with World(speed=0, wall=wall, authorities=authorities, seed=seed) as world:
            subs.append(world.cloud.account.sub)

    assert subs[0] == subs[1] != subs[2]


async def test_streaming_is_billed_by_the_signal(world: World, car: Car, receiver: Receiver) -> None:
    car.stream(**receiver.config(Locked=1, Gear=1))
    async with asyncio.timeout(60):
        await car.telemetry.connections.until(lambda: bool(car.telemetry.connections.open))

    await world.advance(1)
    await world.advance(1)

    assert world.cloud.billed()["signal"] == 2
    assert len(receiver.frames) == 1


async def test_time_that_was_advanced_has_been_answered(world: World, car: Car, receiver: Receiver) -> None:
    car.stream(**receiver.config(Odometer=1, VehicleSpeed=1, Location=1))
    async with asyncio.timeout(60):
        await car.telemetry.connections.until(lambda: bool(car.telemetry.connections.open))
    car.drive("work")

    await world.advance(120)

    tally = car.telemetry.outbox.tally
    assert tally.acknowledged == tally.sent == len(receiver.frames)
    assert 100 < len(receiver.frames) <= 121
    told = [frame.values["Odometer"] for frame in receiver.frames if "Odometer" in frame.values]
    assert told[-1] == pytest.approx(car.body.odometer_miles, abs=0.1)
    assert len(told) > 3


async def test_a_receiver_that_stays_silent_is_not_waited_for_long(
    world: World, car: Car, receiver: Receiver
) -> None:
    receiver.answer = silence
    car.stream(**receiver.config(Locked=1))
    async with asyncio.timeout(60):
        await car.telemetry.connections.until(lambda: bool(car.telemetry.connections.open))
    await car.push("Locked")

    assert not await world.settled(limit=0.01)


async def test_a_car_can_show_another_certificate(world: World, car: Car, tmp_path: Path) -> None:
    world.certify(car.vin, days=(30, -1))
    world.write_certificates(tmp_path)
    expired = (tmp_path / f"{car.vin}.pem").read_text()
    world.certify(car.vin, world.authorities.car_certificate(car.vin, issuer=stranger()))
    world.write_certificates(tmp_path)

    assert (tmp_path / f"{car.vin}.pem").read_text() != expired


async def test_nothing_is_left_behind(authorities: Authorities, wall: Wall, socket_enabled: None) -> None:
    async with World(speed=1, wall=wall, authorities=authorities) as world:
        car = world.add_car()
        car.stream(hostname="telemetry.example.org", port=1, ca="", fields={})
        before = os.path.isdir(world.folder)  # noqa: PTH112, ASYNC240  # one quick look

    assert (before, os.path.isdir(world.folder)) == (True, False)  # noqa: PTH112, ASYNC240  # likewise
    assert [task.get_name() for task in asyncio.all_tasks() if "telemetry" in task.get_name()] == []


async def test_a_bug_in_a_script_is_not_swallowed(
    authorities: Authorities, wall: Wall, socket_enabled: None
) -> None:
    async def fail(_car: object, _clock: object) -> None:
        raise RuntimeError("a bug")

    async def live() -> None:
        async with World(speed=0, wall=wall, authorities=authorities) as world:
            world.start(fail, world.add_car())
            await asyncio.sleep(0)

    with pytest.raises(ExceptionGroup):
        await live()
