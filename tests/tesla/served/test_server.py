"""The port on which TeslaMate is served, over real sockets."""

import asyncio
import json
import logging

import aiohttp
import pytest

from custom_components.tesla_direct.tesla.served.bounds import Bounds
from custom_components.tesla_direct.tesla.served.doors import ATTEMPTS, WINDOW
from custom_components.tesla_direct.tesla.served.server import PortTaken, TeslaMateServer
from custom_components.tesla_direct.tesla.vehicle.connectivity import Power
from custom_components.tesla_direct.tesla.vehicle.signals import drive
from simulator.teslamate.reader import Refused, StreamEnded

from .cars import NOW, VIN
from .conftest import OTHER, TOKEN, Place


async def test_teslamate_finds_its_cars_and_their_data(place: Place) -> None:
    reader = place.reader()

    rows = await reader.products()
    assert [row["vin"] for row in rows] == [VIN, OTHER]
    assert (await reader.vehicle(rows[0]["id"]))["state"] == "online"
    data = await reader.vehicle_data(rows[0]["id"])
    assert data["drive_state"]["shift_state"] == "D"
    assert place.server.answered == {"list": 1, "vehicle": 1, "vehicle_data": 1}
    assert place.server.refused == {}


async def test_a_car_that_sleeps_is_not_to_be_had(place: Place) -> None:
    place.known[0].power = Power.ASLEEP
    reader = place.reader()
    number = (await reader.products())[0]["id"]

    with pytest.raises(Refused, match="408 vehicle unavailable: vehicle is offline or asleep"):
        await reader.vehicle_data(number)
    assert (await reader.vehicle(number))["state"] == "asleep"


@pytest.mark.parametrize("path", ["/oauth2/v3", "/api/oauth2/v3"])
async def test_a_token_is_renewed_under_each_path(place: Place, path: str) -> None:
    reader = place.reader()

    renewed = await reader.renew(path)
    assert renewed["refresh_token"] == TOKEN
    assert await reader.products()


async def test_a_token_may_come_in_the_address(place: Place) -> None:
    url = f"{place.address}/api/1/products"

    for form in (TOKEN, f"?token={TOKEN}"):
        async with place.session.get(url, params={"token": form}) as answer:
            assert answer.status == 200
    async with place.session.post(
        f"{place.address}/oauth2/v3/token", params={"token": TOKEN}, json={"refresh_token": "of-tesla"}
    ) as answer:
        assert (await answer.json())["access_token"] == TOKEN


@pytest.mark.parametrize(
    "path", ["/api/1/products", f"/api/1/vehicles/{VIN}", "/anything", "/", "//", "/api/1/products%0a"]
)
async def test_nothing_is_told_without_the_token(place: Place, path: str) -> None:
    async with place.session.get(place.address + path) as answer:
        assert answer.status == 401
        assert VIN not in await answer.text()
    assert place.server.refused == {"wrong_token": 1}


@pytest.mark.parametrize(
    "body", [b"", b"no", b"[]", b'{"refresh_token": 7}', b'{"refresh_token": "x"}', b"\xff"]
)
async def test_a_wrong_renewal_brings_nothing(place: Place, body: bytes) -> None:
    async with place.session.post(f"{place.address}/oauth2/v3/token", data=body) as answer:
        assert answer.status == 401
        assert TOKEN not in await answer.text()
    assert place.server.refused == {"wrong_token": 1}


async def test_a_body_that_is_too_large_is_not_read(place: Place) -> None:
    async with place.session.post(f"{place.address}/oauth2/v3/token", data=b"x" * 9000) as answer:
        assert answer.status == 413
    assert place.server.refused == {"unreadable": 1}


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", f"/api/1/vehicles/{VIN}/command/door_unlock"),
        ("POST", f"/api/1/vehicles/{VIN}/wake_up"),
        ("POST", "/api/1/vehicles/fleet_telemetry_config"),
        ("DELETE", "/api/1/products"),
        ("PUT", f"/api/1/vehicles/{VIN}"),
        ("POST", f"/api/1/vehicles/{VIN}/command/token"),
        ("OPTIONS", "/api/1/products"),
    ],
)
async def test_anything_but_reads_is_refused(place: Place, method: str, path: str) -> None:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    async with place.session.request(method, place.address + path, headers=headers, json={}) as answer:
        assert answer.status == 405
        assert (await answer.json())["error"] == "this server is read-only"
    assert place.server.refused == {"not_a_read": 1}
    assert place.server.answered == {}


async def test_an_address_with_wrong_tokens_waits_unless_it_has_the_right_one(
    place: Place,
) -> None:
    url = f"{place.address}/api/1/products"
    for _ in range(ATTEMPTS):
        async with place.session.get(url) as answer:
            assert answer.status == 401

    async with place.session.get(url) as answer:
        assert answer.status == 429
        assert int(answer.headers["Retry-After"]) == WINDOW + 1
    assert await place.reader().products()  # behind a proxy all come from one address
    place.now += WINDOW
    async with place.session.get(url) as answer:
        assert answer.status == 401
    assert place.server.refused == {"wrong_token": ATTEMPTS + 1, "blocked": 1}


async def test_a_stream_of_an_address_that_waits_is_refused_too(place: Place) -> None:
    for _ in range(ATTEMPTS):
        async with place.session.get(place.address) as answer:
            assert answer.status == 401
    async with place.session.ws_connect(f"{place.address}/streaming/") as socket:
        await socket.send_json({"msg_type": "data:subscribe_oauth", "token": "x", "tag": VIN})
        assert json.loads((await socket.receive()).data)["error_type"] == "client_error"
    assert place.server.refused["blocked"] == 1


async def test_the_stream_is_a_websocket(place: Place) -> None:
    async with place.session.get(f"{place.address}/streaming/") as answer:
        assert answer.status == 400


async def test_another_token_ends_what_the_old_one_began(place: Place) -> None:
    reader = place.reader()
    stream = reader.follow(VIN)
    assert (await anext(stream))["shift_state"] == "D"
    assert place.server.clients == 1

    place.server.change_token("another-secret")
    with pytest.raises(StreamEnded):
        await anext(stream)
    with pytest.raises(Refused, match="401"):
        await reader.products()
    assert await place.reader("another-secret").products()


async def test_an_error_of_ours_is_told_and_is_no_answer(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    broken: dict[str, object] = vars(place.known[0])
    broken["state"] = None

    with pytest.raises(Refused, match="500"):
        await place.reader().products()
    assert "A request of a TeslaMate has failed" in caplog.text
    assert VIN not in caplog.text


async def test_what_nobody_knows_is_not_found_and_counted(place: Place) -> None:
    with pytest.raises(Refused, match="404 not_found"):
        await place.reader().get("/api/1/users/me")
    with pytest.raises(Refused, match="404 not_found"):
        await place.reader().vehicle(77)
    assert place.server.refused == {"unknown_path": 1, "unknown_vehicle": 1}


async def test_a_port_that_closes_ends_who_follows(place: Place) -> None:
    stream = place.follow(VIN)
    await anext(stream)

    await place.server.stop()
    with pytest.raises(StreamEnded):
        await anext(stream)
    with pytest.raises(aiohttp.ClientConnectorError):
        await place.reader().products()


async def test_a_port_that_somebody_has_is_said_to_be_taken(place: Place) -> None:
    second = TeslaMateServer({}, TOKEN, clock=lambda: NOW)

    with pytest.raises(PortTaken):
        await second.start("127.0.0.1", place.server.port)
    await second.stop()


@pytest.mark.parametrize("bounds", [Bounds(places=2)])
async def test_only_so_many_connect(place: Place) -> None:
    streams = [place.follow(tag) for tag in (VIN, OTHER)]
    for stream in streams:
        await anext(stream)

    reader, writer = await asyncio.open_connection("127.0.0.1", place.server.port)
    with pytest.raises(ConnectionError):
        await gone(reader)
    assert place.server.refused == {"too_many_connections": 1}
    for stream in streams:
        await stream.aclose()
    writer.close()


@pytest.mark.parametrize("bounds", [Bounds(first_request=1.0)])
async def test_who_asks_for_nothing_is_sent_away(place: Place) -> None:
    _, left = await asyncio.open_connection("127.0.0.1", place.server.port)
    left.close()
    await left.wait_closed()
    silent, writer = await asyncio.open_connection("127.0.0.1", place.server.port)

    with pytest.raises(ConnectionError):
        await gone(silent)
    assert place.server.refused == {"no_request": 1}
    writer.close()


@pytest.mark.parametrize("bounds", [Bounds(body_time=0.05)])
async def test_a_body_that_does_not_come_is_not_waited_for(place: Place) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", place.server.port)
    writer.write(b"POST /oauth2/v3/token HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{")

    assert b" 408 " in await reader.readline()
    assert place.server.refused == {"no_request": 1}
    writer.close()


async def test_a_body_that_makes_no_sense_is_no_error_of_ours(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", place.server.port)
    head = b"POST /oauth2/v3/token HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n"
    writer.write(head + b"Expect: 100-continue\r\n\r\n")
    assert b" 100 " in await reader.readline()
    assert await reader.readline() == b"\r\n"
    writer.write(b"none")

    assert b" 400 " in await reader.readline()
    assert "A request of a TeslaMate has failed" not in caplog.text
    writer.close()


async def gone(reader: asyncio.StreamReader) -> None:
    """Wait until a connection is ended without a word."""
    if await reader.read(1) == b"":
        raise ConnectionResetError


async def head_of(reader: asyncio.StreamReader) -> bytes:
    """Read the head of an answer."""
    return await reader.readuntil(b"\r\n\r\n")


async def test_no_connection_is_kept_for_who_has_not_shown_the_token(place: Place) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", place.server.port)
    writer.write(b"GET /api/1/products HTTP/1.1\r\nHost: x\r\n\r\n")

    assert b" 401 " in await head_of(reader)
    async with asyncio.timeout(60):
        await reader.read()
    writer.close()


@pytest.mark.parametrize("bounds", [Bounds(places=2)])
async def test_strangers_make_room_for_whoever_comes_and_a_teslamate_does_not(place: Place) -> None:
    stream = place.follow(VIN)
    await anext(stream)
    strangers = [await asyncio.open_connection("127.0.0.1", place.server.port)]
    for _ in range(3):
        strangers.append(await asyncio.open_connection("127.0.0.1", place.server.port))
        with pytest.raises(ConnectionError):
            await gone(strangers[-2][0])

    assert await place.reader().products()
    place.tell({drive.SPEED: 44})
    assert (await anext(stream))["speed"] == 44
    assert place.server.refused["too_many_connections"] >= 4
    await stream.aclose()
    for _, writer in strangers:
        writer.close()


@pytest.mark.parametrize("bounds", [Bounds(first_request=0.05)])
async def test_whoever_sends_a_request_byte_by_byte_is_sent_away(place: Place) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", place.server.port)
    writer.write(b"GET /api/1/products HTTP/1.1\r\nX: ")

    with pytest.raises(ConnectionError):
        await gone(reader)
    assert place.server.refused == {"no_request": 1}
    writer.close()


async def test_what_cannot_be_read_is_not_repeated_in_a_log(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for line in (f"GET /api/1/products?token={TOKEN}\u00e9", f"GET /?token={TOKEN}{'x' * 9000}"):
        reader, writer = await asyncio.open_connection("127.0.0.1", place.server.port)
        writer.write(f"{line} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert b" 400 " in await reader.readline()
        writer.close()

    assert TOKEN not in caplog.text


async def test_every_address_is_every_address_of_both_kinds(place: Place) -> None:
    server = TeslaMateServer({}, TOKEN, clock=lambda: NOW)

    await server.start("::", 0)
    async with place.session.get(f"http://127.0.0.1:{server.port}/") as answer:
        assert answer.status == 401
    await server.stop()


async def test_a_port_that_never_opened_can_be_stopped() -> None:
    server = TeslaMateServer({}, TOKEN, clock=lambda: NOW)

    await server.stop()
    assert server.clients == 0
