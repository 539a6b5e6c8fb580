"""The whole of it: a car's life on the stream, a day with a refusing service, the world's side."""

from collections.abc import AsyncIterator

import aiohttp
import pytest

from simulator.__main__ import open_teslemetry, options, teslemetry
from simulator.car.car import Car
from simulator.certificates import Authorities
from simulator.control import Control
from simulator.teslemetry.service import UID, Teslemetry
from simulator.verbs import TESLEMETRY
from simulator.world import World

from ..wall import Wall
from .client import Client

DAY_S = 86_400


async def test_a_cars_life_is_told(client: Client, service: Teslemetry, world: World, car: Car) -> None:
    service.stream(car.vin, Soc=1, Gear=1, Locked=1, VehicleSpeed=1, SentryMode={"interval_seconds": 5})
    async with client.listen() as listener:
        await world.advance(2)
        await listener.until(lambda: len(listener.of("data")) >= 1)
        car.unlock()
        car.drive("work")
        await world.advance(20)
        await listener.until(lambda: any("ShiftStateD" in str(event) for event in listener.of("data")))
        car.park()
        await world.advance(5)
        car.sleep()
        await world.advance(5)
        await listener.until(lambda: len(listener.of("status")) >= 2)
        await listener.until(lambda: bool(listener.of("state")))

    first = listener.of("data")[0]["data"]
    assert set(first) == {"Soc", "Gear", "Locked", "VehicleSpeed", "SentryMode"}
    assert first["SentryMode"] == "SentryModeStateOff"
    later = [event["data"] for event in listener.of("data")[1:]]
    assert all(len(data) < len(first) for data in later)  # what has not changed is not told again
    statuses = [event["status"].upper() for event in listener.of("status")]
    assert (statuses[0], statuses[-1]) == ("CONNECTED", "DISCONNECTED")
    assert listener.of("state")[-1]["state"] == "asleep"
    assert service.paid() == []


async def test_what_comes_again_unchanged_is_not_told(
    client: Client, service: Teslemetry, world: World, car: Car
) -> None:
    service.stream(car.vin, Locked={"interval_seconds": 1, "resend_interval_seconds": 2}, Gear=1)
    async with client.listen(topics="data") as listener:
        await world.advance(10)
        car.unlock()
        await world.advance(3)
        await listener.count(2)

    assert [event["data"] for event in listener.events] == [
        {"Locked": True, "Gear": "ShiftStateP"},
        {"Locked": False},
    ]
    assert service.server.records["V"] > 2


async def test_what_a_car_does_not_know_is_null(
    client: Client, service: Teslemetry, world: World, car: Car
) -> None:
    service.stream(car.vin, VehicleSpeed=1)
    async with client.listen(topics="data") as listener:
        await world.advance(1)
        await car.push(VehicleSpeed=None)
        await car.push(VehicleSpeed=12)
        events = await listener.count(2)

    assert events[-1]["data"] == {"VehicleSpeed": pytest.approx(12)}
    assert {event["data"]["VehicleSpeed"] for event in events[:-1]} <= {None, 0}


async def test_a_car_complains(client: Client, service: Teslemetry, world: World, car: Car) -> None:
    service.stream(car.vin, Soc=60)
    async with client.listen(topics="errors,alerts") as listener:
        await world.advance(1)
        car.complain("unsupported_field", field_name="Experimental_1")
        car.raise_alert()
        await world.advance(1)
        car.end_alert()
        await world.advance(1)
        await listener.count(3)

    assert listener.of("errors")[0]["errors"][0]["tags"] == {"field_name": "Experimental_1"}
    ended = listener.of("alerts")[-1]["alerts"][0]
    assert set(ended) == {"name", "audiences", "startedAt", "endedAt"}


async def test_a_car_out_of_reach_is_told(
    client: Client, service: Teslemetry, world: World, car: Car
) -> None:
    service.stream(car.vin, Soc=1)
    async with client.listen(topics="state,connectivity") as listener:
        await world.advance(1)
        await listener.count(1)
        car.lose_signal()
        await world.advance(1)
        await listener.until(lambda: bool(listener.of("state")) and len(listener.of("status")) == 2)
        car.regain_signal()
        await world.advance(1)
        await listener.until(lambda: len(listener.of("state")) == 2 and len(listener.of("status")) == 3)

    assert [event["state"] for event in listener.of("state")] == ["offline", "online"]


async def test_sites_are_told_of_once_a_minute(client: Client, service: Teslemetry, world: World) -> None:
    service.add_site(31)
    async with client.listen(topics="live_status") as listener:
        await world.advance(125)
        await listener.count(2)

    assert len(listener.events) == 2
    assert listener.events[0]["live_status"]["solar_power"] == 3210


async def test_a_day_of_refusals_is_counted(client: Client, service: Teslemetry, wall: Wall) -> None:
    service.refuse("sse", 503)
    attempts, pause = 0, 1.0
    began = wall.now
    while wall.now - began < DAY_S:
        async with client.listen() as listener:
            assert listener.status == 503
        attempts += 1
        pause = min(pause * 2, 600)
        wall.move(pause)

    assert service.counted()["connects"] == attempts
    assert 100 < attempts < 200
    assert service.counted()["credits"] == {"command": 0, "data": 0, "wake": 0}
    assert [asked.at for asked in service.requests("sse")][:2] == [began, began + 2]


async def test_credits_events_may_leave_out_the_car(client: Client, service: Teslemetry, car: Car) -> None:
    async with client.listen(topics="credits") as listener:
        service.name_cars_in_credits(on=False)
        await client.command(car.vin, "honk_horn")
        service.name_cars_in_credits(on=True)
        await client.command(car.vin, "honk_horn")
        await listener.count(2)
        service.name_cars_in_credits()

    assert [event.get("vin") for event in listener.events] == [None, car.vin]
    assert service.office.anonymous is None


async def test_it_is_opened_once_and_only_when_it_is_wanted(world: World) -> None:
    with pytest.raises(LookupError):
        _ = world.teslemetry

    service = await world.open_teslemetry()

    assert await world.open_teslemetry() is service is world.teslemetry
    assert service.authorize_url == f"{service.base}/connect"


async def test_it_speaks_tls_where_the_cloud_does(
    authorities: Authorities, wall: Wall, web: aiohttp.ClientSession
) -> None:
    async with World(speed=0, wall=wall, authorities=authorities, tls=True) as world:
        service = await world.open_teslemetry()

        assert service.base.startswith("https://")
        with pytest.raises(aiohttp.ClientConnectorCertificateError):
            await web.get(f"{service.base}/api/ping")


async def test_how_it_writes_can_be_settled(service: Teslemetry) -> None:
    service.write(newline="\r\n", largest=1, digits=9)

    assert service.office.dialect.newline == "\r\n"
    service.write_plainly(on=False)
    assert service.office.dialect.largest is None
    with pytest.raises(AttributeError):
        service.write(newlines="\n")
    with pytest.raises(KeyError):
        service.say_of_site("weather", 1, {})


async def test_answers_can_be_spoilt_and_withheld(client: Client, service: Teslemetry) -> None:
    service.spoil("metadata", "not json", times=1)
    service.refuse("metadata", 418, body={"error": "teapot"}, times=1)

    assert (await client.get("/api/metadata")).status == 418
    assert (await client.get("/api/metadata")).text[-1:] != "}"
    assert (await client.get("/api/metadata")).body["uid"] == UID


@pytest.fixture
async def control(world: World) -> AsyncIterator[Control]:
    control = Control(world, {})
    await control.open()
    yield control
    await control.close()


async def test_its_verbs_are_called_from_outside(
    control: Control, world: World, car: Car, web: aiohttp.ClientSession
) -> None:
    async with web.post(f"{control.base}/teslemetry/pair", json={"vin": car.vin}) as response:
        assert response.status == 404  # it is not open
    service = await world.open_teslemetry()

    async with web.post(f"{control.base}/teslemetry/pair", json={"vin": car.vin}) as response:
        assert await response.json() == {"ok": True, "result": "paired"}
    async with web.get(f"{service.base}/api/ping"):
        pass
    async with web.get(f"{control.base}/teslemetry/counted") as response:
        assert (await response.json())["requests"] == {"ping": 1}
    async with web.get(f"{control.base}/teslemetry/requests", params={"name": "ping"}) as response:
        (asked,) = await response.json()
        assert (asked["path"], asked["status"]) == ("/api/ping", 200)
    async with web.get(f"{control.base}/verbs") as response:
        assert set((await response.json())["teslemetry"]) == set(TESLEMETRY)


async def test_the_command_line_opens_it_with_its_key_on_the_cars(world: World, car: Car) -> None:
    assert options().parse_args(["--teslemetry", "--teslemetry-port", "5"]).teslemetry_port == 5

    await open_teslemetry(world, 0)

    assert car.knows_key(world.teslemetry.public_key)
    assert world.teslemetry.customer.sites != {}
    assert teslemetry(world) == {
        "base": world.teslemetry.base,
        "authorize": world.teslemetry.authorize_url,
        "token": world.teslemetry.token,
    }
