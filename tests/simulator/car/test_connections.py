"""A car's connections, against a real receiver over mutual TLS."""

import asyncio
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from simulator.car.car import Car
from simulator.car.link import Link, Loopback
from simulator.certificates import Credential, stranger
from simulator.world import World

from ..receiver import Receiver, ack, acknowledge, error, silence
from ..wall import Wall


async def connected(car: Car, receiver: Receiver, **more: Any) -> None:
    """Let a car stream to the receiver, and wait until what it sends first is answered."""
    fields = more.pop("fields", {"Locked": 1})
    car.stream(**(receiver.config(**fields) | more))
    await until(car, lambda: len(car.telemetry.connections.open) > 0)


async def test_a_car_introduces_itself(car: Car, receiver: Receiver) -> None:
    await connected(car, receiver)

    (headers,) = receiver.headers
    assert headers["X-Network-Interface"] == "wifi"
    assert headers["Version"] == "1.3.0"
    assert headers["X-TXID"] == car.telemetry.connections.open[0].connection
    assert headers["Sec-WebSocket-Extensions"].startswith("permessage-deflate")
    assert headers["Host"] == f"telemetry.example.org:{receiver.port}"
    assert {"User-Agent", "Accept", "Sec-WebSocket-Protocol"}.isdisjoint(headers)


async def test_an_older_client_does_not_tell_its_version(world: World, receiver: Receiver) -> None:
    await connected(world.add_car("untyped"), receiver)

    assert "Version" not in receiver.headers[0]


async def test_every_record_is_answered_once(world: World, car: Car, receiver: Receiver) -> None:
    await connected(car, receiver)

    await world.advance(1)
    await car.push("Soc", Gear="D")

    assert await world.settled()
    assert [frame.values for frame in receiver.frames] == [
        {"Locked": True},
        {"Soc": round(car.body.usable_percent, 4), "Gear": 5},
    ]
    assert receiver.frames[0].sender == f"vehicle_device.{car.vin}"
    assert receiver.frames[0].message.vin == car.vin
    outbox = car.telemetry.outbox
    assert (outbox.tally.sent, outbox.tally.acknowledged, outbox.strange) == (2, 2, [])


async def test_an_error_frame_is_an_answer_too(world: World, car: Car, receiver: Receiver) -> None:
    receiver.answer = lambda frame: [error(frame.txid)]
    await connected(car, receiver)

    await car.push("Soc")

    assert await world.settled()
    assert car.telemetry.outbox.tally.refused == 1


@pytest.mark.parametrize(
    ("answers", "strange"),
    [
        (lambda frame: [ack(frame.txid, frame.topic)] * 2, "waits for none"),
        (lambda frame: [ack(frame.txid, "")], "topic ''"),
        (lambda frame: [ack(frame.txid, frame.topic), b"?"], "unreadable"),
        (lambda frame: [ack(frame.txid, frame.topic), "hello"], "a message of type TEXT"),
    ],
)
async def test_a_receiver_that_answers_oddly_is_noticed(
    car: Car, receiver: Receiver, answers: Any, strange: str
) -> None:
    receiver.answer = answers
    await connected(car, receiver)

    await car.push("Soc")
    await until(car, lambda: bool(car.telemetry.outbox.strange))

    assert strange in car.telemetry.outbox.strange[0]


async def test_compression_that_is_accepted_breaks_the_connection(
    world: World, car: Car, receiver: Receiver
) -> None:
    receiver.compress = True
    car.stream(**receiver.config(Locked=1))
    await until(car, lambda: bool(car.telemetry.connections.compressed))

    assert car.telemetry.connections.open == []
    assert receiver.frames == []
    receiver.compress = False
    await advanced_until(world, lambda: len(car.telemetry.connections.open) == 1)


async def until(car: Car, reached: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        await car.telemetry.connections.until(reached)


async def advanced_until(world: World, reached: Callable[[], bool]) -> None:
    """Let time pass in small steps until something comes true."""
    async with asyncio.timeout(60):
        while not reached():
            await world.advance(0.5)
            await asyncio.sleep(0)


async def test_pings_are_not_answered(car: Car, receiver: Receiver) -> None:
    await connected(car, receiver)

    await receiver.sockets[0].ping(b"there?")
    await until(car, lambda: bool(car.telemetry.connections.pings))
    await car.push("Soc")
    await receiver.until(lambda: len(receiver.frames) == 1)

    assert receiver.pongs == 0


async def test_pings_are_answered_by_a_car_that_was_told_to(car: Car, receiver: Receiver) -> None:
    car.answer_pings()
    await connected(car, receiver)

    await receiver.sockets[0].ping(b"there?")

    await receiver.until(lambda: receiver.pongs == 1)


async def test_a_receiver_that_closes_is_found_again(world: World, car: Car, receiver: Receiver) -> None:
    await connected(car, receiver)
    await receiver.go_away()
    await receiver.until(lambda: receiver.sockets == [])
    await until(car, lambda: not car.telemetry.connections.open)

    await advanced_until(world, lambda: len(car.telemetry.connections.open) == 1)

    assert 1001 in car.telemetry.connections.closings
    assert car.telemetry.connections.connects == 2


async def test_what_happens_meanwhile_comes_in_bulk(world: World, car: Car, receiver: Receiver) -> None:
    await connected(car, receiver)
    car.lose_signal()
    await receiver.until(lambda: receiver.sockets == [])
    for percent in range(50, 60):
        await car.push(ChargeLimitSoc=percent)
    assert len(car.telemetry.outbox.waiting) == 10

    car.regain_signal()
    await receiver.until(lambda: len(receiver.frames) == 10)

    assert [frame.values["ChargeLimitSoc"] for frame in receiver.frames] == list(range(50, 60))
    assert await world.settled()
    assert car.state == "online"


async def test_unanswered_data_comes_again_together_after_a_reconnect(
    world: World, car: Car, receiver: Receiver
) -> None:
    receiver.answer = silence
    await connected(car, receiver, delivery_policy="latest", fields={})
    await car.push(ChargeLimitSoc=50, Locked=True)
    await car.push(ChargeLimitSoc=60)
    await receiver.until(lambda: len(receiver.frames) == 2)
    first = {frame.txid for frame in receiver.frames}

    receiver.answer = acknowledge
    car.lose_signal()
    await receiver.until(lambda: receiver.sockets == [])
    car.regain_signal()
    await receiver.until(lambda: len(receiver.frames) == 3)

    again = receiver.frames[2]
    assert again.message.is_resend
    assert again.values == {"ChargeLimitSoc": 60, "Locked": True}
    assert again.txid not in first
    assert again.message.created_at == receiver.frames[1].message.created_at
    assert await world.settled()


async def test_without_the_policy_nothing_comes_again(world: World, car: Car, receiver: Receiver) -> None:
    receiver.answer = silence
    await connected(car, receiver, fields={})
    await car.push(ChargeLimitSoc=50)
    await receiver.until(lambda: len(receiver.frames) == 1)

    car.lose_signal()
    await receiver.until(lambda: receiver.sockets == [])
    car.regain_signal()
    await receiver.until(lambda: len(receiver.sockets) == 1)
    await car.push(ChargeLimitSoc=60)
    await receiver.until(lambda: len(receiver.frames) == 2)

    assert not receiver.frames[1].message.is_resend
    assert car.telemetry.outbox.tally.lost == 1


async def test_an_answer_that_never_comes_is_not_waited_for_for_ever(
    world: World, wall: Wall, car: Car, receiver: Receiver
) -> None:
    receiver.answer = silence
    await connected(car, receiver, delivery_policy="latest", fields={})
    await car.push(ChargeLimitSoc=50)
    await receiver.until(lambda: len(receiver.frames) == 1)
    receiver.answer = acknowledge

    wall.move(31)
    await world.advance(1)
    await receiver.until(lambda: len(receiver.frames) == 2)

    assert receiver.frames[1].message.is_resend
    assert receiver.frames[1].connection == receiver.frames[0].connection


async def test_a_network_that_dies_silently_leaves_a_ghost(
    world: World, car: Car, receiver: Receiver
) -> None:
    await connected(car, receiver)
    car.lose_signal(silently=True)
    await advanced_until(world, lambda: not car.telemetry.connections.open)
    assert len(receiver.sockets) == 1
    assert car.state == "offline"

    car.regain_signal()
    await receiver.until(lambda: len(receiver.sockets) == 2)

    assert await world.settled()


async def test_two_networks_at_once_share_the_records(world: World, car: Car, receiver: Receiver) -> None:
    await connected(car, receiver)
    car.overlap_sockets()
    await until(car, lambda: len(car.telemetry.connections.open) == 2)
    assert sorted(link.interface for link in car.telemetry.connections.open) == ["cellular", "wifi"]

    await asyncio.gather(*(car.push(ChargeLimitSoc=percent) for percent in range(50, 60)))
    await receiver.until(lambda: len(receiver.frames) == 10)

    assert len({frame.connection for frame in receiver.frames}) == 2
    assert await world.settled()
    assert car.telemetry.outbox.strange == []


async def test_overlapping_without_a_configuration_does_nothing(world: World, car: Car) -> None:
    car.overlap_sockets()
    await world.advance(1)

    assert car.telemetry.connections.troubles == type(car.telemetry.connections.troubles)()


async def test_asked_to_reconnect_a_car_says_goodbye_first(
    world: World, car: Car, receiver: Receiver
) -> None:
    await connected(car, receiver)
    first = car.telemetry.connections.open[0]

    car.reconnect()
    await advanced_until(world, lambda: car.telemetry.connections.open not in ([], [first]))

    assert receiver.closings == [1000]


async def test_a_sleeping_car_is_silent_and_comes_back(world: World, car: Car, receiver: Receiver) -> None:
    await connected(car, receiver)
    await world.advance(1)
    car.sleep()
    await receiver.until(lambda: receiver.sockets == [])
    sent = len(receiver.frames)
    car.body.locked = False
    await world.advance(60)
    assert len(receiver.frames) == sent

    car.wake_now()
    await advanced_until(world, lambda: len(receiver.frames) > sent)

    assert receiver.frames[-1].values == {"Locked": False}


@pytest.mark.parametrize("verb", [Car.sleep, Car.lose_signal, Car.stop_streaming])
async def test_a_connection_that_comes_too_late_is_given_up(
    car: Car, receiver: Receiver, verb: Callable[[Car], None]
) -> None:
    receiver.upgrading = asyncio.Event()
    car.stream(**receiver.config(Locked=1))
    await receiver.until(lambda: len(receiver.headers) == 1)

    verb(car)
    receiver.upgrading.set()

    await receiver.until(lambda: len(receiver.closings) == 1)
    await until(car, lambda: not car.telemetry.connections.open)
    assert receiver.frames == []


async def test_a_server_that_is_not_in_the_configuration_s_ca_is_not_trusted(
    world: World, car: Car, receiver: Receiver
) -> None:
    config = receiver.config(Locked=1) | {"ca": stranger("Another CA").certificate_pem()}
    car.stream(**config)
    await until(car, lambda: bool(car.telemetry.connections.troubles))

    assert car.telemetry.connections.trouble_names()[0][0] == "cloud_manager_certificate_error"
    assert receiver.headers == []


async def test_a_server_under_another_name_is_not_trusted(car: Car, receiver: Receiver) -> None:
    car.stream(**(receiver.config(Locked=1) | {"hostname": "other.example.org"}))
    await until(car, lambda: bool(car.telemetry.connections.troubles))

    assert car.telemetry.connections.trouble_names()[0][0] == "cloud_manager_certificate_error"


@pytest.mark.parametrize(
    "change",
    [{"port": 1}, {"ca": "no certificate"}, {"ca": ""}, {"hostname": "192.0.2.1"}],
    ids=["nobody listens", "a broken ca", "no ca", "an address elsewhere"],
)
async def test_trouble_is_kept_and_tried_again(
    world: World, car: Car, receiver: Receiver, change: dict[str, Any]
) -> None:
    car.stream(**(receiver.config(Locked=1) | change))

    await advanced_until(world, lambda: len(car.telemetry.connections.troubles) >= 2)

    assert receiver.headers == []


async def test_waits_between_attempts_double_up_to_half_a_minute(
    world: World, car: Car, receiver: Receiver
) -> None:
    car.stream(**(receiver.config(Locked=1) | {"port": 1}))
    attempts: list[float] = []
    troubles = car.telemetry.connections.troubles
    while world.clock.passed < 200:
        before = len(troubles)
        await world.advance(0.5)
        for _ in range(20):
            await asyncio.sleep(0)
        if len(troubles) > before:
            attempts.append(world.clock.passed)

    gaps = [round(later - earlier) for earlier, later in pairwise(attempts)]
    assert gaps[:5] == [2, 4, 8, 16, 30]
    assert max(gaps) <= 31


async def test_a_port_in_quotes_never_leads_to_a_connection(
    world: World, car: Car, receiver: Receiver
) -> None:
    car.stream(**(receiver.config(Locked=1) | {"port": str(receiver.port)}))

    await world.advance(60)

    assert receiver.headers == []
    assert not car.telemetry.connections.troubles


async def test_a_receiver_that_refuses_the_certificate_gets_no_record(
    world: World, car: Car, receiver: Receiver
) -> None:
    world.certify(car.vin, stranger_leaf(world))
    car.stream(**receiver.config(Locked=1))

    await advanced_until(world, lambda: len(car.telemetry.connections.troubles) >= 1)

    assert receiver.headers == []


def stranger_leaf(world: World) -> Credential:
    return world.authorities.car_certificate("5YJ3E7EB0SF000001", issuer=stranger())


async def test_a_configuration_elsewhere_moves_the_car(world: World, car: Car, receiver: Receiver) -> None:
    await connected(car, receiver)

    car.stop_streaming()
    await until(car, lambda: car.telemetry.connections.open == [])
    await receiver.until(lambda: receiver.sockets == [])

    await connected(car, receiver)
    assert len(receiver.sockets) == 1


async def test_every_name_is_found_on_this_machine() -> None:
    resolver = Loopback()

    (found,) = await resolver.resolve("telemetry.tesla.com", 443)
    await resolver.close()

    assert found["host"] == "127.0.0.1"


async def test_a_link_whose_socket_is_gone_can_be_cut_again() -> None:
    class Gone:
        def get_extra_info(self, _name: str) -> None:
            return None

    ws: Any = Gone()

    Link(ws, "x", "wifi").cut()


async def test_a_record_that_could_not_be_sent_is_sent_later(
    world: World, car: Car, receiver: Receiver
) -> None:
    await connected(car, receiver, fields={})
    link = car.telemetry.connections.open[0]
    link.cut()
    await receiver.close()
    car.telemetry.send({"ChargeLimitSoc": 55}, car.now)
    await advanced_until(world, lambda: not car.telemetry.connections.open)
    assert len(car.telemetry.outbox.waiting) + car.telemetry.outbox.tally.lost == 1

    await receiver.open()
    await advanced_until(world, lambda: len(car.telemetry.connections.open) == 1)


async def test_credentials_are_for_their_owner_only(world: World, car: Car, tmp_path: Path) -> None:
    world.write_certificates(tmp_path / "cars")

    assert (tmp_path / "cars" / f"{car.vin}.pem").stat().st_mode & 0o777 == 0o600


async def test_a_failing_send_puts_the_record_back(car: Car, world: World) -> None:
    connections = car.telemetry.connections
    car.telemetry.send({"ChargeLimitSoc": 55}, car.now)

    class Broken:
        connection = "x"

        async def send(self, _frame: bytes) -> None:
            raise aiohttp.ClientConnectionResetError

    link: Any = Broken()
    with pytest.raises(aiohttp.ClientConnectionResetError):
        await connections._deliver(link)

    assert len(car.telemetry.outbox.waiting) == 1
    assert car.telemetry.outbox.unanswered == {}
