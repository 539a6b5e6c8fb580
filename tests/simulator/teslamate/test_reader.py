"""TeslaMate as a client, against a server that says what the protocol's pages say."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
from aiohttp import web
from aiohttp.test_utils import TestServer
import pytest

from simulator.teslamate.reader import Reader, Refused, StreamEnded

ROW = {"id": 1, "vehicle_id": 2, "vin": "5YJ3E1EA7KF000001"}
HELLO = {"msg_type": "control:hello", "connection_timeout": 30000}
UPDATE = "1700000000000,63,10234.5,66,,90,51.5,-0.1,12,D,200,180,91"


class Served:
    """Answers what it is told to, and keeps what it was asked."""

    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []

    async def products(self, request: web.Request) -> web.Response:
        if request.headers["Authorization"] != "Bearer good":
            return web.json_response({"error": "invalid bearer token"}, status=401)
        return web.json_response({"response": [ROW, {"energy_site_id": 5}]})

    async def row(self, _request: web.Request) -> web.Response:
        return web.json_response({"response": ROW})

    async def data(self, request: web.Request) -> web.Response:
        return web.json_response({"response": {"asked": request.query["endpoints"].split(";")}})

    async def renew(self, request: web.Request) -> web.Response:
        body = await request.json()
        if body["refresh_token"] != "good":
            return web.json_response({"error": "login_required"}, status=401)
        return web.json_response({"access_token": "better", "refresh_token": "r", "expires_in": 28800})

    async def stream(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        self.asked.append(await socket.receive_json())
        for frame in self.frames:
            await socket.send_json(frame)
        self.asked.append(await socket.receive_json())
        return socket


@pytest.fixture
def served() -> Served:
    return Served()


@pytest.fixture
async def reader(served: Served, socket_enabled: None) -> AsyncIterator[Reader]:
    app = web.Application()
    app.add_routes(
        [
            web.get("/api/1/products", served.products),
            web.get("/api/1/vehicles/1", served.row),
            web.get("/api/1/vehicles/1/vehicle_data", served.data),
            web.post("/oauth2/v3/token", served.renew),
            web.get("/streaming/", served.stream),
        ]
    )
    async with TestServer(app) as server, aiohttp.ClientSession() as session:
        base = str(server.make_url("")).rstrip("/")
        yield Reader(session, base, base.replace("http", "ws"), "good")


async def test_it_asks_as_teslamate_does(reader: Reader) -> None:
    assert await reader.products() == [ROW]
    assert await reader.vehicle(1) == ROW
    assert "vehicle_data_combo" in (await reader.vehicle_data(1))["asked"]


async def test_a_refusal_is_one(reader: Reader) -> None:
    reader.token = "bad"  # no secret
    with pytest.raises(Refused, match="401 invalid bearer token"):
        await reader.products()
    with pytest.raises(Refused, match="login_required"):
        await reader.renew()


async def test_it_goes_on_with_a_renewed_token(reader: Reader) -> None:
    await reader.renew()

    assert reader.token == "better"  # no secret


async def test_columns_are_read_and_what_is_empty_is_nothing(reader: Reader, served: Served) -> None:
    served.frames = [HELLO, {"msg_type": "data:update", "tag": "2", "value": UPDATE}]

    async for told in reader.follow("2"):
        assert told["time"] == 1700000000000
        assert (told["speed"], told["odometer"], told["elevation"]) == (63, 10234.5, None)
        assert (told["shift_state"], told["heading"]) == ("D", 91)
        break
    assert reader.hellos == 1
    assert served.asked[0]["tag"] == "2"


async def test_another_cars_frames_are_left_and_errors_are_kept(reader: Reader, served: Served) -> None:
    served.frames = [
        {"msg_type": "data:update", "tag": "9", "value": UPDATE},
        {"msg_type": "data:error", "tag": "2", "error_type": "vehicle_disconnected"},
    ]

    with pytest.raises(StreamEnded, match="silent"):
        await anext(reader.follow("2", silence=0.2))
    assert reader.errors == [("vehicle_disconnected", "")]
