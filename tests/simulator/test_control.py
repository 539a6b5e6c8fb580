"""The world from outside."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from simulator.broker import Broker
from simulator.car.car import Car
from simulator.cloud.cloud import Cloud
from simulator.control import Control
from simulator.fleet_telemetry.mischief import Broadcast
from simulator.proxy.server import Proxy
from simulator.verbs import CAR, CLOUD, MQTT, PROXY
from simulator.world import World

from .cloud.developer import Developer
from .receiver import Receiver
from .signer import Signer


class Remote:
    """Speaks to a control interface."""

    def __init__(self, control: Control, web: aiohttp.ClientSession) -> None:
        self.control, self.web = control, web

    async def get(self, path: str) -> Any:
        async with self.web.get(self.control.base + path) as response:
            return await response.json()

    async def post(self, path: str, body: Any = None) -> tuple[int, Any]:
        data = {} if body is None else {"json": body}
        async with self.web.post(self.control.base + path, **data) as response:
            return response.status, await response.json()


@pytest.fixture
async def remote(world: World, web: aiohttp.ClientSession) -> AsyncIterator[Remote]:
    control = Control(world, {"region": "eu"})
    await control.open()
    yield Remote(control, web)
    await control.close()


async def test_addresses_and_cars_are_listed(remote: Remote, car: Car) -> None:
    assert await remote.get("/addresses") == {"region": "eu", "control": remote.control.base}
    assert await remote.get("/cars") == [
        {"vin": car.vin, "name": "Marmalade", "state": "online", "streaming": False}
    ]


async def test_the_truth_of_a_car_is_told(remote: Remote, world: World, car: Car) -> None:
    await world.advance(1)

    truth = await remote.get(f"/cars/{car.vin}/truth")

    assert truth["body"]["battery_percent"] == pytest.approx(70.0, abs=0.1)
    assert truth["telemetry"]["unanswered"] == 0


async def test_a_verb_of_a_car_is_called_with_arguments(remote: Remote, car: Car) -> None:
    assert await remote.post(f"/cars/{car.vin}/open_door", {"which": "trunk"}) == (
        200,
        {"ok": True, "result": None},
    )
    assert car.body.trunk_rear_open
    await remote.post(f"/cars/{car.vin}/unlock")
    assert not car.body.locked


async def test_a_car_is_told_to_stream_and_pushes(
    remote: Remote, world: World, car: Car, receiver: Receiver
) -> None:
    await remote.post(f"/cars/{car.vin}/stream", receiver.config(Locked=1))
    async with asyncio.timeout(60):
        await car.telemetry.connections.until(lambda: bool(car.telemetry.connections.open))

    await remote.post(f"/cars/{car.vin}/push", {"args": ["Gear"], "BatteryLevel": 41.0})

    await receiver.until(lambda: len(receiver.frames) == 1)
    assert receiver.frames[0].values == {"Gear": 2, "BatteryLevel": 41.0}
    assert await remote.post("/world/settled") == (200, {"ok": True, "result": True})


async def test_the_cloud_is_asked_and_changed(
    remote: Remote, world: World, web: aiohttp.ClientSession
) -> None:
    assert (await remote.post("/cloud/refuse", {"endpoint": "status", "error": 503}))[0] == 200
    async with web.get(world.cloud.bases["eu"] + "/status") as response:
        assert response.status == 503

    (asked,) = await remote.get("/cloud/requests?name=status")
    assert (asked["name"], asked["status"]) == ("status", 503)
    assert (await remote.get("/cloud/billed"))["dollars"]["net"] == 0.0


async def test_keys_faults_and_what_was_commanded_are_had_from_outside(
    remote: Remote, world: World, car: Car
) -> None:
    signer = Signer(car.vin, car.receive)
    assert (await remote.post(f"/cars/{car.vin}/pair_key", {"public_key": "04ff"}))[0] == 400
    await remote.post(f"/cars/{car.vin}/pair_key", {"public_key": signer.public.hex(), "role": "DRIVER"})
    await remote.post(f"/cars/{car.vin}/be_busy", {"times": 1, "domain": "security"})
    await remote.post("/cloud/lose_answer", {"how": "504", "after": False, "command": "door_lock"})

    assert signer.lock().waits
    assert signer.unlock().fault == 0
    world.cloud.books.charge("command", 200, car.vin)

    truth = await remote.get(f"/cars/{car.vin}/truth")
    assert [one["name"] for one in truth["executed"]] == ["door_unlock"]
    assert truth["keys"][-1]["public_key"] == signer.public.hex()
    assert (await remote.get(f"/cloud/billed?vin={car.vin}"))["command"] == 1
    assert (await remote.get("/cloud/billed?vin=another"))["command"] == 0


async def test_an_application_s_whole_way_is_had_from_outside(remote: Remote, world: World, car: Car) -> None:
    developer = Developer()
    client_id = world.cloud.books.application.client_id
    world.cloud.account.consents[client_id] = frozenset({"openid"})
    await remote.post("/cloud/unregister")
    await remote.post("/cloud/set_origins", {"args": ["https://example.org"], "at_once": True})
    follow = {"link": "https://tesla.com/_ak/home.example.org", "vin": car.vin}
    says = await remote.post("/cloud/follow_pairing_link", follow)
    assert says == (200, {"ok": True, "result": "not registered"})

    await remote.post("/cloud/register", {"region": "eu"})
    await remote.post("/cloud/serve_at", {"domain": "home.example.org", "text": developer.pem})
    says = await remote.post("/cloud/follow_pairing_link", follow)
    assert says == (200, {"ok": True, "result": "paired"})

    await remote.post("/cloud/host_domain", {"domain": "home.example.org", "base": "http://127.0.0.1:1"})
    (fetched,) = (await remote.post("/cloud/fetched"))[1]["result"]
    assert fetched["error"] == ""
    registered = (await remote.post("/cloud/registered"))[1]["result"]
    assert registered == {"eu": {"domain": "", "public_key": None}}
    await remote.post(f"/cars/{car.vin}/report_telemetry_error", {"text": "broken"})
    assert (await remote.get(f"/cars/{car.vin}/truth"))["telemetry"]["reports"][0]["text"] == "broken"


async def test_time_is_let_pass(remote: Remote, world: World) -> None:
    await remote.post("/world/advance", {"seconds": 5})

    assert world.clock.passed == 5.0


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/cars/{vin}/fly", {}, 404),
        ("/cars/nobody/lock", {}, 404),
        ("/cloud/rain", {}, 404),
        ("/cloud/refuse", {"endpoint": "vehicle_dat"}, 400),
        ("/cars/{vin}/lock", {"twice": True}, 400),
        ("/cars/{vin}/change", {"parked": True}, 400),
        ("/cars/{vin}/stream", {}, 400),
        ("/cars/{vin}/push", {"NoField": 1}, 400),
    ],
)
async def test_a_mistake_is_explained(remote: Remote, car: Car, path: str, body: Any, status: int) -> None:
    code, answer = await remote.post(path.format(vin=car.vin), body)

    assert code == status
    assert answer["ok"] is False
    assert answer["error"]


async def test_what_is_no_json_is_a_mistake_too(remote: Remote, car: Car, web: aiohttp.ClientSession) -> None:
    async with web.post(f"{remote.control.base}/cars/{car.vin}/lock", data="{") as response:
        assert response.status == 400


async def test_every_verb_is_described(remote: Remote) -> None:
    rooms = await remote.get("/verbs")

    assert rooms["cars/{vin}"]["drive"]["does"].startswith("Set off")
    assert all(verb["does"] for verbs in rooms.values() for verb in verbs.values())
    assert set(rooms["world"]) == {"advance", "certify", "publish", "settled"}


def test_every_verb_is_in_the_table() -> None:
    # What only reads, what needs an object of Python's, and what the world calls itself.
    car = {"arrive", "collect", "follow", "known", "row", "step", "tell", "vehicle_data"}
    car |= {"boot", "execute", "greet", "halt", "knows_key", "later", "obey", "receive", "times_executed"}
    cloud = {"add_account", "bill", "billed", "carry", "close", "give", "open", "requests"}
    mqtt = {"cut", "lost", "publish", "until_connected", "written", "open", "close"}

    def verbs(kind: type) -> set[str]:
        return {name for name in dir(kind) if not name.startswith("_") and callable(getattr(kind, name))}

    assert set(CAR) == verbs(Car) - car
    assert set(CLOUD) == verbs(Cloud) - cloud
    assert set(MQTT) == verbs(Broadcast) - mqtt
    assert set(PROXY) == verbs(Proxy)


async def test_a_control_that_was_never_opened_can_be_closed(world: World) -> None:
    await Control(world, {}).close()


async def test_the_proxy_can_be_told_to_misbehave(remote: Remote, world: World, car: Car) -> None:
    assert (await remote.post("/proxy/restart"))[0] == 404
    proxy = await world.open_proxy(names=())
    assert await world.open_proxy() is proxy
    assert car.keychain.get(bytes.fromhex(proxy.public_key)) is not None

    status, said = await remote.post("/proxy/change_certificate", {"args": ["localhost"]})

    assert (status, said["result"]) == (200, proxy.fingerprint)
    assert (await remote.post("/proxy/stall", {"after": True}))[0] == 200
    assert (await remote.post("/proxy/answer_fault", {"name": "nonsense"}))[0] == 400


async def test_the_dispatcher_can_be_told_to_misbehave(remote: Remote, world: World, car: Car) -> None:
    assert (await remote.post("/mqtt/repeat"))[0] == 404
    async with Broker() as broker:
        place = {"host": broker.host, "port": broker.port, "fields": {"Soc": 1}, "retained": True}
        assert (await remote.post("/world/publish", place))[0] == 200
        assert (await remote.post("/mqtt/tell", {"vin": car.vin, "Soc": 12}))[0] == 200
        assert world.broadcast is not None
        assert world.broadcast.published >= 1
