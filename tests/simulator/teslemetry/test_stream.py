"""The stream: who hears what, what it begins with, and all the ways in which it ends."""

import asyncio

import aiohttp
import pytest

from simulator.car.car import Car
from simulator.teslemetry.events import CAR_TOPICS
from simulator.teslemetry.service import Teslemetry
from simulator.world import World
from tests.home import until

from ..wall import Wall
from .client import Client


async def test_everything_is_told_to_whom_wants_everything(
    client: Client, service: Teslemetry, car: Car
) -> None:
    service.add_site(31)
    async with client.listen() as listener:
        assert listener.status == 200
        assert listener.response is not None
        assert listener.response.content_type == "text/event-stream"
        assert listener.response.headers["x-region"] == "eu"
        service.say(car.vin, Soc=66.1)
        await client.command(car.vin, "honk_horn")
        service.say_of_site("live_status", 31, {"solar_power": 1})
        service.say_of_site("tariff_content_v2", 31, None)
        service.say_of_site("energy_totals", 31, {"solar": 12})
        service.say_of_site("wall_connector_totals", 31, {"1529455-02-D--W1": {"energy": 3}})
        events = await listener.count(6)

    assert events[0]["data"] == {"Soc": 66.1}
    assert events[1]["credits"] == {
        "type": "command",
        "cost": 1,
        "name": "honk_horn",
        "balance": 1999,
        "quota": {},
    }
    assert events[2]["live_status"] == {"solar_power": 1}
    assert (events[3]["tariff_content_v2"], str(events[3]["site_id"])) == (None, "31")
    assert (str(events[4]["id"]), events[4]["totals"], events[4]["date"]) == (
        "31",
        {"solar": 12},
        "2026-10-07",
    )
    assert "1529455-02-D--W1" in events[5]["totals"]


async def test_topics_are_chosen(client: Client, service: Teslemetry, world: World, car: Car) -> None:
    async with client.listen(topics="state,data") as listener:
        service.say(car.vin, Soc=66.1)
        await client.command(car.vin, "honk_horn")
        car.sleep()
        await world.advance(1)
        events = await listener.count(2)

    assert [sorted(set(event) & {"data", "state", "credits"}) for event in events] == [["data"], ["state"]]
    assert events[1]["state"] == "asleep"


@pytest.mark.parametrize("topics", ["", "weather", "state,weather", ","])
async def test_topics_that_are_none_are_refused(client: Client, topics: str) -> None:
    async with client.listen(topics=topics) as listener:
        assert listener.status == 400


async def test_one_car_and_one_field_can_be_chosen(
    client: Client, service: Teslemetry, world: World, car: Car
) -> None:
    other = world.add_car("half")
    async with client.listen(f"/sse/{car.vin}") as one, client.listen(f"/sse/{car.vin}/Soc") as field:
        service.say(other.vin, Soc=1)
        service.say(car.vin, Gear="ShiftStateP")
        service.say(car.vin, Soc=2, Gear="ShiftStateD")
        await one.count(2)
        await field.count(1)

    assert [event["vin"] for event in one.events] == [car.vin, car.vin]
    assert [event["data"] for event in field.events] == [{"Soc": 2}]
    async with client.listen("/sse/5YJ3E7EB0SF000099") as nobody:
        assert nobody.status == 404


async def test_a_snapshot_is_told_to_whom_asks_for_it(
    client: Client, service: Teslemetry, world: World, wall: Wall, car: Car
) -> None:
    service.write_plainly()
    await world.advance(1)
    service.say(car.vin, Soc=66.1, Gear="ShiftStateP")
    service.say(car.vin, Soc=66.2)
    wall.move(100)

    service.add_site(31)
    service.say_of_site("live_status", 31, {"solar_power": 1})

    async with client.listen(cache="true") as listener, client.listen() as without:
        service.say(car.vin, Soc=66.3)
        events = await listener.count(5)
        await without.count(1)

    assert [event.get("isCache") for event in events] == [True, True, True, True, None]
    assert (events[2]["site_id"], events[2]["live_status"]) == ("31", {"solar_power": 1})
    balance = {"type": "snapshot", "cost": 0, "name": "snapshot", "balance": 2000, "quota": {}}
    assert events[3]["credits"] == balance
    assert events[0]["state"] == "online"
    assert events[1]["data"] == {"Soc": 66.2, "Gear": "ShiftStateP"}
    assert events[1]["createdAt"] < events[4]["createdAt"]
    assert without.events == events[4:]


async def test_a_snapshot_is_told_unless_it_is_not_wanted(client: Client, world: World) -> None:
    await world.advance(1)
    async with client.listen("/sse/", topics="state", cache="whatever") as listener:
        (event,) = await listener.count(1)

    assert event["isCache"] is True


async def test_one_site_can_be_chosen(client: Client, service: Teslemetry, car: Car) -> None:
    service.add_site(31)
    service.add_site(32)
    async with client.listen("/sse/31") as listener, client.listen("/sse/33") as nobody:
        assert nobody.status == 404
        service.say(car.vin, Soc=1)
        service.say_of_site("site_info", 32, {"site_name": "B"})
        service.say_of_site("site_info", 31, {"site_name": "A"})
        (event,) = await listener.count(1)

    assert event["site_info"] == {"site_name": "A"}
    assert str(event["site_id"]) == "31"


async def test_there_are_signs_of_life_while_nothing_happens(client: Client, service: Teslemetry) -> None:
    service.set_keep_alive(0.02)

    async with client.listen() as listener:
        await listener.until(lambda: listener.comments >= 4)

    assert listener.events == []
    assert service.front.keep_alive < 30
    service.set_keep_alive()
    assert service.front.keep_alive < 30


async def test_it_falls_silent_without_a_word(client: Client, service: Teslemetry, car: Car) -> None:
    service.set_keep_alive(0.02)
    async with client.listen() as first:
        await first.until(lambda: first.comments >= 1)
        service.stall_streams(new=1)
        async with client.listen() as second, client.listen() as third:
            service.say(car.vin, Soc=66.1)
            await third.count(1)
            await third.until(lambda: third.comments >= 5)

            assert (first.events, second.events, first.ended, second.ended) == ([], [], "", "")
            assert second.raw == b""


async def test_it_ends_in_good_order(client: Client, service: Teslemetry, car: Car) -> None:
    async with client.listen() as listener:
        service.say(car.vin, Soc=66.1)
        service.end_streams()

        assert await listener.end() == "clean"

    assert listener.events[0]["data"] == {"Soc": 66.1}
    assert service.counted()["open"] == 0


async def test_it_ends_in_the_middle_of_a_message(client: Client, service: Teslemetry, car: Car) -> None:
    async with client.listen() as listener:
        service.say(car.vin, Soc=66.1)
        service.break_streams()
        await listener.end()

    assert len(listener.events) == 1
    assert b"half of" in listener.raw.rpartition(b"66.1")[2] or listener.raw[-1:] != b"\n"


async def test_it_is_reset(client: Client, service: Teslemetry) -> None:
    async with client.listen() as listener:
        await listener.until(lambda: listener.raw != b"")
        service.reset_streams()

        assert isinstance(await listener.end(), aiohttp.ClientError)


@pytest.mark.parametrize("how", ["revoke", "expire"])
async def test_a_token_may_be_over_in_mid_life(client: Client, service: Teslemetry, how: str) -> None:
    tokens = await client.sign_in()
    client.token = tokens["access_token"]
    async with client.listen() as listener:
        if how == "revoke":
            service.revoke_tokens()
        else:
            service.expire_tokens()

        assert await listener.end() == "clean"

    async with client.listen() as again:
        assert again.status == 401
    form = {key: tokens[key] for key in ("client_id", "refresh_token")} | {"grant_type": "refresh_token"}
    assert (await client.ask("POST", "/oauth/token", data=form)).status == (400 if how == "revoke" else 200)


async def test_a_subscription_may_end_in_mid_life(client: Client, service: Teslemetry, car: Car) -> None:
    async with client.listen() as listener:
        service.drop_subscription(car.vin)
        service.say(car.vin, Soc=66.1)
        service.drop_subscription()
        await listener.end()

    assert listener.events == []


async def test_a_car_of_somebody_else_may_be_heard_of(client: Client, service: Teslemetry) -> None:
    async with client.listen() as listener:
        service.say_of_stranger()
        service.say_of_stranger("5YJ3E7EB0SF000098", Gear="ShiftStateD")
        await listener.count(2)

    assert [event["vin"] for event in listener.events] == ["5YJ3E7EB0SF999999", "5YJ3E7EB0SF000098"]


async def test_nobody_hears_of_the_cars_of_others(
    client: Client, service: Teslemetry, world: World, car: Car
) -> None:
    service.add_customer("another", world.cloud.add_account(email="other@example.org"))
    async with client.listen() as own:
        client.token = service.paste_token("another")
        async with client.listen(cache="true", topics="data,state") as others:
            service.say(car.vin, Soc=66.1)
            service.say_event({"vin": "all", "said": 1})
            await own.count(2)
            await others.count(1)

    assert [event["vin"] for event in others.events] == ["all"]


async def test_anything_can_be_said(client: Client, service: Teslemetry) -> None:
    async with client.listen() as listener:
        service.say_text("data: {}\r\n\r\n")
        service.say_text("retry: 3\nnonsense\n\n")
        service.say_event({"vin": "x"})
        await listener.count(2)

    assert listener.events == [{}, {"vin": "x"}]


async def test_times_may_be_wrong_and_numbers_texts(
    client: Client, service: Teslemetry, wall: Wall, car: Car
) -> None:
    service.write_plainly()
    service.shift_times(86_400)
    service.quote_numbers()
    async with client.listen() as listener:
        service.say(car.vin, Soc=66.1, Locked=True, Gear="ShiftStateP")
        (event,) = await listener.count(1)

    assert event["data"] == {"Soc": "66.1", "Locked": True, "Gear": "ShiftStateP"}
    assert event["createdAt"] == "2026-10-08T08:00:00.250Z"
    assert wall.now < 1_791_446_400


async def test_a_storm_arrives_whole(client: Client, service: Teslemetry, car: Car) -> None:
    async with client.listen() as listener:
        service.storm(car.vin, 300)
        await listener.count(300)

    assert {event["vin"] for event in listener.events} == {car.vin}


async def test_connecting_can_be_refused_for_a_while(client: Client, service: Teslemetry) -> None:
    service.refuse("sse", 503, headers={"Retry-After": "7"}, times=2)
    statuses = []
    for _ in range(3):
        async with client.listen() as listener:
            statuses.append(listener.status)

    assert statuses == [503, 503, 200]
    assert [asked.status for asked in service.requests("sse")] == statuses
    assert service.counted()["connects"] == 3
    assert service.paid() == []


async def test_connecting_can_be_refused_for_ever(client: Client, service: Teslemetry) -> None:
    service.refuse("sse", "insufficient_credits")
    for path in ("/sse", f"/sse/{'5YJ3E7EB0SF000001'}", f"/sse/{'5YJ3E7EB0SF000001'}/Soc"):
        async with client.listen(path) as listener:
            assert listener.status == 402

    service.accept("sse")
    async with client.listen() as listener:
        assert listener.status == 200
    with pytest.raises(KeyError):
        service.refuse("see")


async def test_connecting_can_come_to_nothing(client: Client, service: Teslemetry) -> None:
    service.drop("sse", times=2)  # aiohttp asks again by itself
    with pytest.raises(aiohttp.ClientError):
        await client.listen().__aenter__()

    service.hang("sse")
    waiting = asyncio.create_task(client.get("/sse"))
    await until(lambda: len(service.requests("sse")) == 3)
    assert service.requests("sse")[-1].status is None
    waiting.cancel()
    await asyncio.wait([waiting])
    service.accept()
    async with client.listen() as listener:
        assert listener.status == 200


async def test_the_service_may_be_down_and_come_back(client: Client, service: Teslemetry) -> None:
    async with client.listen() as listener:
        await service.down()
        await listener.end()
    with pytest.raises(aiohttp.ClientConnectionError):
        await client.get("/api/ping")

    await service.up()

    assert (await client.get("/api/ping")).status == 200


async def test_whoever_goes_is_forgotten(client: Client, service: Teslemetry) -> None:
    async with client.listen():
        assert service.counted()["open"] == 1

    await until(lambda: service.counted()["open"] == 0)


def test_every_topic_of_cars_is_one() -> None:
    assert set(CAR_TOPICS) == {
        "state",
        "data",
        "alerts",
        "errors",
        "connectivity",
        "vehicle_data",
        "config",
    }
