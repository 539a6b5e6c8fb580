"""The world from outside: its cars, its cloud and their verbs over HTTP and JSON."""

from collections.abc import Mapping
import json
from typing import Any

from aiohttp import web

from .car.car import Car
from .myteslamate.service import MyTeslaMate
from .teslemetry.service import Teslemetry
from .verbs import CAR, CLOUD, MQTT, MYTESLAMATE, PROXY, TESLAMATE, TESLEMETRY, WORLD, Verb, call, described
from .world import World

MISTAKES = (KeyError, TypeError, ValueError, AttributeError)


class Unknown(LookupError):
    """There is no such car or verb."""


class Control:
    """Serves a world on a loopback port.

    GET  /cars                    /cars/{vin}/truth     /verbs
    GET  /cloud/requests?name=    /cloud/billed?vin=    /addresses
    GET  /teslemetry/requests?name=                     /teslemetry/counted
    GET  /myteslamate/requests?name=                    /myteslamate/counted
    POST /cars/{vin}/{verb}       /cloud/{verb}         /world/{verb}     arguments as a JSON object
    POST /teslemetry/{verb}       /mqtt/{verb}          /proxy/{verb}       /teslamate/{verb}
    POST /myteslamate/{verb}
    """

    def __init__(self, world: World, addresses: Mapping[str, Any], *, port: int = 0) -> None:
        """Prepare to serve; port 0 takes any free one."""
        self.port = port
        self._world, self._addresses = world, dict(addresses)
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Begin to serve."""
        app = web.Application(middlewares=[_in_json])
        app.add_routes(
            [
                web.get("/addresses", self._where),
                web.get("/verbs", self._verbs),
                web.get("/cars", self._cars),
                web.get("/cars/{vin}/truth", self._truth),
                web.post("/cars/{vin}/{verb}", self._car_verb),
                web.get("/cloud/requests", self._requests),
                web.get("/cloud/billed", self._billed),
                web.post("/cloud/{verb}", self._cloud_verb),
                web.post("/world/{verb}", self._world_verb),
                web.get("/teslemetry/requests", self._teslemetry_requests),
                web.get("/teslemetry/counted", self._teslemetry_counted),
                web.post("/teslemetry/{verb}", self._teslemetry_verb),
                web.get("/myteslamate/requests", self._myteslamate_requests),
                web.get("/myteslamate/counted", self._myteslamate_counted),
                web.post("/myteslamate/{verb}", self._myteslamate_verb),
                web.post("/mqtt/{verb}", self._mqtt_verb),
                web.post("/proxy/{verb}", self._proxy_verb),
                web.post("/teslamate/{verb}", self._teslamate_verb),
            ]
        )
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop serving."""
        if self._runner is not None:
            await self._runner.cleanup()

    @property
    def base(self) -> str:
        """Return its address."""
        return f"http://127.0.0.1:{self.port}"

    async def _where(self, _request: web.Request) -> web.Response:
        return web.json_response(self._addresses | {"control": self.base})

    async def _verbs(self, _request: web.Request) -> web.Response:
        rooms = {
            "cars/{vin}": CAR,
            "cloud": CLOUD,
            "world": WORLD,
            "teslemetry": TESLEMETRY,
            "myteslamate": MYTESLAMATE,
            "mqtt": MQTT,
            "proxy": PROXY,
            "teslamate": TESLAMATE,
        }
        return web.json_response({room: described(verbs) for room, verbs in rooms.items()})

    async def _cars(self, _request: web.Request) -> web.Response:
        rows = [
            {"vin": car.vin, "name": car.model.name, "state": car.state, "streaming": car.told is not None}
            for car in self._world.cars.values()
        ]
        return web.json_response(rows)

    async def _truth(self, request: web.Request) -> web.Response:
        return web.json_response(self._car(request).known())

    async def _requests(self, request: web.Request) -> web.Response:
        asked = self._world.cloud.requests(request.query.get("name"))
        return web.json_response([one.public() for one in asked])

    async def _billed(self, request: web.Request) -> web.Response:
        cloud = self._world.cloud
        return web.json_response({**cloud.billed(request.query.get("vin")), "dollars": cloud.bill()})

    async def _car_verb(self, request: web.Request) -> web.Response:
        return await _do(CAR, self._car(request), request)

    async def _cloud_verb(self, request: web.Request) -> web.Response:
        return await _do(CLOUD, self._world.cloud, request)

    async def _world_verb(self, request: web.Request) -> web.Response:
        return await _do(WORLD, self._world, request)

    async def _teslemetry_requests(self, request: web.Request) -> web.Response:
        asked = self._teslemetry().requests(request.query.get("name"))
        return web.json_response([one.public() for one in asked])

    async def _teslemetry_counted(self, _request: web.Request) -> web.Response:
        return web.json_response(self._teslemetry().counted())

    async def _teslemetry_verb(self, request: web.Request) -> web.Response:
        return await _do(TESLEMETRY, self._teslemetry(), request)

    async def _myteslamate_requests(self, request: web.Request) -> web.Response:
        asked = self._myteslamate().requests(request.query.get("name"))
        return web.json_response([one.public() for one in asked])

    async def _myteslamate_counted(self, _request: web.Request) -> web.Response:
        return web.json_response(self._myteslamate().counted())

    async def _myteslamate_verb(self, request: web.Request) -> web.Response:
        return await _do(MYTESLAMATE, self._myteslamate(), request)

    async def _mqtt_verb(self, request: web.Request) -> web.Response:
        if self._world.broadcast is None:
            raise Unknown("MQTT dispatcher in this world")
        return await _do(MQTT, self._world.broadcast, request)

    async def _proxy_verb(self, request: web.Request) -> web.Response:
        if self._world.proxy is None:
            raise Unknown("proxy in this world")
        return await _do(PROXY, self._world.proxy, request)

    async def _teslamate_verb(self, request: web.Request) -> web.Response:
        if self._world.teslamate is None:
            raise Unknown("TeslaMate in this world")
        return await _do(TESLAMATE, self._world.teslamate, request)

    def _teslemetry(self) -> Teslemetry:
        """Return Teslemetry, where this world has it."""
        try:
            return self._world.teslemetry
        except LookupError:
            raise Unknown("Teslemetry in this world") from None

    def _myteslamate(self) -> MyTeslaMate:
        """Return MyTeslaMate, where this world has it."""
        try:
            return self._world.myteslamate
        except LookupError:
            raise Unknown("MyTeslaMate in this world") from None

    def _car(self, request: web.Request) -> Car:
        return _found(self._world.cars, request.match_info["vin"])


def _found[T](table: Mapping[str, T], name: str) -> T:
    if name not in table:
        raise Unknown(name)
    return table[name]


async def _do(verbs: Mapping[str, Verb], who: object, request: web.Request) -> web.Response:
    verb = _found(verbs, request.match_info["verb"])
    text = await request.text()
    arguments = json.loads(text) if text.strip() else {}
    result = await call(verb, who, arguments)
    return web.json_response({"ok": True, "result": result})


@web.middleware
async def _in_json(request: web.Request, handler: Any) -> web.StreamResponse:
    """Say in JSON what was wrong with a call."""
    try:
        response: web.StreamResponse = await handler(request)
    except Unknown as error:
        return web.json_response({"ok": False, "error": f"there is no {error}"}, status=404)
    except MISTAKES as error:
        text = f"{type(error).__name__}: {error}"
        return web.json_response({"ok": False, "error": text}, status=400)
    return response
