"""Clients of the stream, over real sockets."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing, suppress
import json
import socket
from typing import Any

import aiohttp
import pytest

from custom_components.tesla_direct.tesla.served.bounds import Bounds
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power
from custom_components.tesla_direct.tesla.vehicle.signals import battery, climate, drive
from simulator.teslamate.reader import StreamEnded
from tests.home import until

from .cars import NOW, VIN
from .conftest import OTHER, TOKEN, Place

SUBSCRIPTION = {"msg_type": "data:subscribe_oauth", "token": TOKEN, "value": "speed", "tag": VIN}


@pytest.fixture
async def line(place: Place) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
    async with place.session.ws_connect(f"{place.address}/streaming/") as line:
        yield line


async def said(line: aiohttp.ClientWebSocketResponse) -> dict[str, Any]:
    message = await line.receive()
    assert message.type is aiohttp.WSMsgType.TEXT, message
    told: dict[str, Any] = json.loads(message.data)
    return told


async def test_a_subscriber_is_greeted_and_told_how_the_car_is(
    place: Place, line: aiohttp.ClientWebSocketResponse
) -> None:
    await line.send_json(SUBSCRIPTION)

    assert (await said(line))["msg_type"] == "control:hello"
    told = await said(line)
    assert (told["msg_type"], told["tag"]) == ("data:update", VIN)
    assert told["value"].split(",")[9] == "D"


@pytest.mark.parametrize("kind", ["vin", "number"])
async def test_a_drive_at_one_hertz_arrives_whole_and_in_order(place: Place, kind: str) -> None:
    reader = place.reader()
    tag = VIN if kind == "vin" else str((await reader.products())[0]["vehicle_id"])
    told = []
    async with aclosing(place.follow(tag)) as stream:
        await anext(stream)
        for second in range(300):
            place.tell({drive.SPEED: second % 90, drive.ODOMETER: 8455.0 + second / 100}, NOW + second)
        place.tell({climate.INSIDE_TEMP: 21.0}, NOW + 300)
        told = [await anext(stream) for _ in range(300)]

    assert [frame["speed"] for frame in told] == [second % 90 for second in range(300)]
    assert [frame["odometer"] for frame in told] == pytest.approx([8455.0 + s / 100 for s in range(300)])
    assert [frame["time"] for frame in told] == [round((NOW + second) * 1000) for second in range(300)]


async def test_each_of_several_clients_is_served_and_each_hears_of_its_own_cars(place: Place) -> None:
    streams = [place.follow(tag) for tag in (VIN, VIN, OTHER)]
    for stream in streams:
        await anext(stream)
    assert place.server.clients == 3

    place.tell({drive.SPEED: 44})
    place.tell({drive.SPEED: 55}, car=1)
    assert [(await anext(stream))["speed"] for stream in streams] == [44, 44, 55]
    for stream in streams:
        await stream.aclose()
    await until(lambda: place.server.clients == 0)


async def test_one_line_may_follow_two_cars_and_leave_one(
    place: Place, line: aiohttp.ClientWebSocketResponse
) -> None:
    for tag in (VIN, OTHER):
        await line.send_json(SUBSCRIPTION | {"tag": tag})
        assert [(await said(line))["msg_type"] for _ in range(2)] == ["control:hello", "data:update"]
    await line.send_json({"msg_type": "data:unsubscribe", "tag": VIN})
    await line.send_json({"msg_type": "data:unsubscribe", "tag": "never followed"})
    await line.send_json(SUBSCRIPTION | {"tag": "77"})  # the answer says that all before was taken
    assert (await said(line))["tag"] == "77"

    place.tell({drive.SPEED: 44})
    place.tell({drive.SPEED: 55}, car=1)
    assert (await said(line))["tag"] == OTHER


async def test_a_car_that_is_not_online_is_said_to_be_offline(
    place: Place, line: aiohttp.ClientWebSocketResponse
) -> None:
    place.known[0].power = Power.ASLEEP
    await line.send_json(SUBSCRIPTION)
    await said(line)
    offline = {"tag": VIN, "error_type": "vehicle_error", "value": "Vehicle is offline"}
    assert offline.items() <= (await said(line)).items()

    place.known[0].power = Power.ONLINE
    place.server.power_changed(VIN)
    assert (await said(line))["msg_type"] == "data:update"
    place.known[0].power = Power.OFFLINE
    place.server.power_changed(VIN)
    assert offline.items() <= (await said(line)).items()


async def test_of_a_car_that_woke_somewhere_nothing_is_told_until_it_is_known_where(place: Place) -> None:
    place.known[0].state = type(place.known[0].state)()
    place.known[0].told({drive.GEAR: "d"})
    reader = place.reader()
    stream = reader.follow(VIN)
    waiting = asyncio.ensure_future(anext(stream))
    await until(lambda: reader.hellos == 1)
    place.server.power_changed(VIN)
    place.tell({battery.LEVEL: 66})
    assert not waiting.done()

    place.server.change_token("x")
    with pytest.raises(StreamEnded):
        await waiting


@pytest.mark.parametrize("bounds", [Bounds(hello=0.01)])
async def test_a_silent_car_does_not_make_the_line_silent(
    place: Place, line: aiohttp.ClientWebSocketResponse
) -> None:
    await line.send_json(SUBSCRIPTION)
    kinds = [(await said(line))["msg_type"] for _ in range(6)]

    assert kinds.count("control:hello") >= 4


async def test_a_wrong_token_is_said_to_be_wrong_and_ends_the_line(
    place: Place, line: aiohttp.ClientWebSocketResponse
) -> None:
    await line.send_json(SUBSCRIPTION | {"token": "x"})

    told = await said(line)
    assert told["error_type"] == "client_error"
    assert told["value"].startswith("Can't validate token")
    assert (await line.receive()).type is aiohttp.WSMsgType.CLOSE
    assert place.server.refused == {"wrong_token": 1}


async def test_the_token_may_come_as_teslamate_has_it_in_its_settings(place: Place) -> None:
    stream = place.follow(VIN, f"?token={TOKEN}")

    assert (await anext(stream))["shift_state"] == "D"
    await stream.aclose()


async def test_a_car_that_is_not_here_is_said_not_to_be(
    place: Place, line: aiohttp.ClientWebSocketResponse
) -> None:
    await line.send_json(SUBSCRIPTION | {"tag": "77"})

    assert (await said(line))["error_type"] == "vehicle_error"
    assert place.server.refused == {"unknown_vehicle": 1}


@pytest.mark.parametrize("bounds", [Bounds(cars=1)])
async def test_one_line_follows_only_so_many_cars(
    place: Place, line: aiohttp.ClientWebSocketResponse
) -> None:
    await line.send_json(SUBSCRIPTION)
    await line.send_json(SUBSCRIPTION | {"tag": OTHER})

    assert [(await said(line)).get("error_type") for _ in range(3)] == [None, None, "vehicle_error"]
    assert place.server.refused == {"too_many_cars": 1}


@pytest.mark.parametrize(
    "text", ["no", "{}", '{"msg_type": "data:subscribe_all"}', '{"msg_type": "command", "tag": "x"}']
)
async def test_whatever_else_somebody_wants_is_refused(
    place: Place, line: aiohttp.ClientWebSocketResponse, text: str
) -> None:
    await line.send_str(text)

    assert (await said(line))["value"] == "This server is read-only."
    assert (await line.receive()).type is aiohttp.WSMsgType.CLOSE
    assert place.server.refused == {"not_a_read": 1}


async def test_a_message_that_is_too_large_ends_the_line(
    place: Place, line: aiohttp.ClientWebSocketResponse
) -> None:
    await line.send_str("x" * 5000)

    assert (await line.receive()).type is not aiohttp.WSMsgType.TEXT
    await until(lambda: place.server.clients == 0)


@pytest.mark.parametrize("bounds", [Bounds(subscribe=0.02)])
async def test_who_follows_nothing_is_sent_away(place: Place, line: aiohttp.ClientWebSocketResponse) -> None:
    assert (await line.receive()).type is not aiohttp.WSMsgType.TEXT
    assert place.server.refused == {"no_subscription": 1}


@pytest.mark.parametrize("bounds", [Bounds(subscribe=0.3)])
async def test_whoever_only_leaves_cars_is_sent_away(
    place: Place, line: aiohttp.ClientWebSocketResponse
) -> None:
    async with asyncio.timeout(60):
        while not line.closed:
            await line.send_json({"msg_type": "data:unsubscribe", "tag": "x"})
            with suppress(TimeoutError):
                await line.receive(0.05)
    assert place.server.refused == {"no_subscription": 1}


async def test_who_leaves_its_last_car_may_take_its_time(
    place: Place, line: aiohttp.ClientWebSocketResponse
) -> None:
    for _ in range(2):
        await line.send_json(SUBSCRIPTION)
        assert [(await said(line))["msg_type"] for _ in range(2)] == ["control:hello", "data:update"]
        await line.send_json({"msg_type": "data:unsubscribe", "tag": VIN})
    assert place.server.refused == {}


@pytest.mark.parametrize("bounds", [Bounds(hello=0.01, asleep=0.1)])
async def test_of_a_car_that_sleeps_nothing_is_said_until_whoever_follows_it_gives_up(
    place: Place, line: aiohttp.ClientWebSocketResponse
) -> None:
    place.known[0].power = Power.ASLEEP
    await line.send_json(SUBSCRIPTION)

    kinds = []
    while (message := await line.receive()).type is aiohttp.WSMsgType.TEXT:
        kinds.append(json.loads(message.data)["msg_type"])
    assert kinds[-2:] == ["control:hello", "data:error"]
    assert message.type is aiohttp.WSMsgType.CLOSE
    assert place.server.refused == {}


@pytest.mark.parametrize("bounds", [Bounds(cars=1)])
async def test_a_car_may_be_followed_again_where_there_is_room_for_no_other(
    place: Place, line: aiohttp.ClientWebSocketResponse
) -> None:
    for _ in range(2):
        await line.send_json(SUBSCRIPTION)
        assert [(await said(line))["msg_type"] for _ in range(2)] == ["control:hello", "data:update"]
    place.tell({drive.SPEED: 44})
    assert (await said(line))["value"].split(",")[1] == "44"
    place.tell({drive.SPEED: 45})
    assert (await said(line))["value"].split(",")[1] == "45"


@pytest.mark.parametrize("bounds", [Bounds(waiting=3)])
async def test_who_does_not_take_what_it_follows_is_sent_away_and_the_others_are_not(place: Place) -> None:
    streams = [place.follow(tag) for tag in (VIN, OTHER)]
    for stream in streams:
        await anext(stream)
    for second in range(5):
        place.tell({drive.SPEED: second}, NOW + second)

    place.tell({drive.SPEED: 55}, car=1)
    assert (await anext(streams[1]))["speed"] == 55
    with pytest.raises(StreamEnded):
        await to_the_end(streams[0])
    assert place.server.refused["too_slow"] >= 1
    await streams[1].aclose()


@pytest.mark.parametrize("bounds", [Bounds(write=0.05, waiting=1_000_000)])
async def test_a_client_that_reads_no_more_is_sent_away(place: Place) -> None:
    loop = asyncio.get_running_loop()
    with socket.socket() as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        sock.settimeout(0)
        await loop.sock_connect(sock, ("127.0.0.1", place.server.port))
        await loop.sock_sendall(sock, _upgrade() + _masked(json.dumps(SUBSCRIPTION)))
        await until(lambda: place.server.clients == 1)
        while place.server.refused["too_slow"] == 0:
            for _ in range(1000):
                place.tell({drive.SPEED: 1}, NOW)
            await asyncio.sleep(0.001)
    await until(lambda: place.server.clients == 0)


async def to_the_end(stream: AsyncIterator[object]) -> None:
    async for _ in stream:
        pass


def _upgrade() -> bytes:
    return (
        b"GET /streaming/ HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    )


def _masked(text: str) -> bytes:
    """Return a text frame as clients send it, with a mask of zeros."""
    data = text.encode()
    return bytes((0x81, 0x80 | 126)) + len(data).to_bytes(2) + bytes(4) + data
