"""The stream: subscriptions and refusals, take-over, the raw form, signs of life, how sockets end."""

import asyncio
import base64
import functools
import json
from typing import Any

import aiohttp
from hypothesis import given
from hypothesis import strategies as st
import pytest

from simulator.car.car import Car
from simulator.myteslamate.columns import COLUMNS
from simulator.myteslamate.service import MyTeslaMate
from simulator.myteslamate.streaming import StreamingServer
from simulator.world import World

from .client import Client, Socket

PLACE = {"key": "Location", "value": {"locationValue": {"latitude": 1.5, "longitude": 2.5}}}
GEAR = {"key": "Gear", "value": {"shiftStateValue": "ShiftStateD"}}
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
HELLO = {"msg_type": "control:hello", "connection_timeout": 30000}


def _nested(inside: Any) -> Any:
    return st.lists(inside) | st.dictionaries(st.sampled_from(["vin", "data", "key", "value"]), inside)


async def subscribed(socket: Socket, tag: str, token: str) -> None:
    """Subscribe and wait for the answer."""
    before = len(socket.got)
    await socket.subscribe(tag, token)
    await socket.until(lambda: len(socket.got) > before)


async def test_a_drive_comes_in_columns(client: Client, world: World, car: Car) -> None:
    async with client.listen() as socket:
        await subscribed(socket, car.vin, client.token)
        assert socket.got == [HELLO]
        await world.advance(2)
        await socket.until(lambda: bool(socket.frames(car.vin)))
        car.drive("work")
        await world.advance(30)
        await socket.until(lambda: any(frame[9] == "D" for frame in socket.frames(car.vin)))

    first, last = socket.frames(car.vin)[0], socket.frames(car.vin)[-1]
    assert len(first) == len(last) == 1 + len(COLUMNS)
    assert (first[1], first[9]) == ("", "P")
    assert int(last[1]) > 10
    assert float(last[2]) > float(first[2])


async def test_charging_power_is_positive(client: Client, world: World, car: Car) -> None:
    car.charge()
    async with client.listen() as socket:
        await subscribed(socket, car.vin, client.token)
        await world.advance(60)
        await socket.until(lambda: any(int(frame[8]) > 0 for frame in socket.frames(car.vin)))


async def test_two_cars_on_one_socket(client: Client, service: MyTeslaMate, world: World, car: Car) -> None:
    other = world.add_car("half")
    service.pair(other.vin)
    await world.advance(1)
    async with client.listen() as socket:
        await subscribed(socket, car.vin, client.token)
        await subscribed(socket, other.vin, client.token)
        other.drive("work")
        await world.advance(30)
        await socket.until(lambda: bool(socket.frames(car.vin)) and bool(socket.frames(other.vin)))

    assert service.counted()["connects"] == 1


async def test_a_sign_of_life_comes_again_and_again(client: Client, service: MyTeslaMate) -> None:
    service.set_hello(0.02)
    async with client.listen() as socket:
        await socket.until(lambda: len(socket.got) >= 3)

    assert socket.got[:3] == [HELLO] * 3


async def test_a_second_program_takes_a_car_and_the_first_is_not_told(
    client: Client, service: MyTeslaMate, world: World, car: Car
) -> None:
    service.set_hello(0.05)
    async with client.listen() as first, client.listen() as second:
        await subscribed(first, car.vin, client.token)
        await subscribed(second, car.vin, client.token)
        await world.advance(5)
        await second.until(lambda: bool(second.frames(car.vin)))
        hellos = len(first.got)
        await first.until(lambda: len(first.got) > hellos)
        assert first.ended is None
    assert first.frames(car.vin) == []
    assert {message["msg_type"] for message in first.got} == {"control:hello"}


async def test_nobody_gets_a_car_back_when_the_second_program_goes(
    client: Client, service: MyTeslaMate, world: World, car: Car
) -> None:
    async with client.listen() as first:
        await subscribed(first, car.vin, client.token)
        async with client.listen() as second:
            await subscribed(second, car.vin, client.token)
        await service.streaming.until(lambda: service.streaming.holder(car.vin) is None)
        await world.advance(2)
        assert service.counted()["lost"] > 0
        assert first.frames(car.vin) == []
        await subscribed(first, car.vin, client.token)
        await world.advance(2)
        await first.until(lambda: bool(first.frames(car.vin)))


async def test_a_second_program_can_be_a_verb(
    client: Client, service: MyTeslaMate, world: World, car: Car
) -> None:
    async with client.listen() as socket:
        await subscribed(socket, car.vin, client.token)
        service.take_over(car.vin)
        await world.advance(3)
        service.say({"msg_type": "end"})
        await socket.until(lambda: bool(socket.of("end")))

    assert socket.frames(car.vin) == []


async def test_the_raw_form(client: Client, world: World, car: Car) -> None:
    async with client.listen() as socket:
        await socket.subscribe(car.vin, client.token, raw=True)
        await socket.until(lambda: bool(socket.got))
        assert socket.got[0] == HELLO | {"msg_type": f"control:hello:{car.vin}"}
        await world.advance(2)
        await socket.until(lambda: len(socket.got) > 1)

    record = socket.got[1]
    assert record["vin"] == car.vin
    assert record["createdAt"].endswith("Z")
    said = {datum["key"]: datum["value"] for datum in record["data"]}
    assert said["Gear"] == {"shiftStateValue": "ShiftStateP"}
    assert set(said["Location"]["locationValue"]) == {"latitude", "longitude"}


async def test_the_raw_form_sticks_to_the_car(client: Client, world: World, car: Car) -> None:
    async with client.listen() as raw, client.listen() as plain:
        await raw.subscribe(car.vin, client.token, raw=True)
        await raw.until(lambda: bool(raw.got))
        await subscribed(plain, car.vin, client.token)
        await world.advance(2)
        await plain.until(lambda: len(plain.got) > 1)

    assert "data" in plain.got[-1]
    assert plain.frames(car.vin) == []


@pytest.mark.parametrize("token", ["", "  ", "0000-0000-0000-0000"])
async def test_a_bad_token_is_tolerated_in_the_plain_form_only(
    client: Client, service: MyTeslaMate, car: Car, token: str
) -> None:
    async with client.listen() as plain, client.listen() as raw:
        await subscribed(plain, car.vin, token)
        await raw.subscribe(car.vin, token, raw=True)
        await raw.end()

    assert plain.got == [HELLO]
    assert raw.got[0]["msg_type"] == "error"
    assert service.counted()["refused"] == 1


async def test_unless_that_is_enforced(client: Client, service: MyTeslaMate, car: Car) -> None:
    service.enforce_tokens()
    async with client.listen() as socket:
        await socket.subscribe(car.vin, "0000-0000-0000-0000")
        assert await socket.end() == 1000

    assert socket.got[0]["error_detail"].startswith("{")
    assert socket.got[0]["connection_timeout"] == 30000


async def test_a_refused_token_stays_refused_until_the_restart(
    client: Client, service: MyTeslaMate, car: Car
) -> None:
    service.enforce_tokens()
    for _ in range(2):
        async with client.listen() as socket:
            await socket.subscribe(car.vin, "bad")
            await socket.end()
    assert socket.got[0]["error_detail"] == "Token invalid (already tried)"
    assert service.counted()["validations"] == 1

    await service.restart_stream()
    async with client.listen() as socket:
        await socket.subscribe(car.vin, "bad")
        await socket.end()
    assert service.counted()["validations"] == 2


async def test_a_car_that_is_not_synced_is_refused(
    client: Client, service: MyTeslaMate, world: World, car: Car
) -> None:
    service.enforce_tokens()
    await world.advance(1)
    service.unsync(car.vin)
    async with client.listen() as socket:
        await socket.subscribe(car.vin, client.token)
        await socket.end()
    assert socket.got[0]["error_detail"] == "Fleet telemetry is not synced"

    service.sync(car.vin)
    async with client.listen() as socket:
        await subscribed(socket, car.vin, client.token)
    assert socket.got == [HELLO]


async def test_a_car_without_a_configuration_is_refused(
    client: Client, service: MyTeslaMate, world: World, car: Car
) -> None:
    service.enforce_tokens()
    service.stop_streaming(car.vin)
    await world.advance(1)
    async with client.listen() as socket:
        await socket.subscribe(car.vin, client.token)
        await socket.end()

    assert socket.got[0]["error_detail"] == "No telemetry configuration available"


async def test_a_refusal_of_one_car_closes_the_socket_of_both(
    client: Client, service: MyTeslaMate, world: World, car: Car
) -> None:
    service.refuse_car("SOMEBODYELSESCAR1", "no_configuration")
    async with client.listen() as socket:
        await subscribed(socket, car.vin, client.token)
        await socket.subscribe("SOMEBODYELSESCAR1", client.token)
        await socket.end()

    assert socket.got[-1]["error_detail"] == "No telemetry configuration available"
    await service.streaming.until(lambda: service.streaming.holder(car.vin) is None)
    service.take_car("SOMEBODYELSESCAR1")
    assert service.streaming.refusals == {}


@pytest.mark.parametrize(("status", "taken"), [(500, True), (403, True), (200, False)])
async def test_what_the_service_answers_else(
    client: Client, service: MyTeslaMate, car: Car, *, status: int, taken: bool
) -> None:
    service.enforce_tokens()
    service.refuse("fleet_telemetry_config", status, body=["odd"])
    async with client.listen() as socket:
        await socket.subscribe(car.vin, client.token)
        await socket.until(lambda: bool(socket.got))

    assert (socket.got[0] == HELLO) is taken


async def test_a_service_that_hangs_up_is_an_error(client: Client, service: MyTeslaMate, car: Car) -> None:
    service.enforce_tokens()
    service.drop("fleet_telemetry_config")
    async with client.listen() as socket:
        await socket.subscribe(car.vin, client.token)
        await socket.end()

    assert "hang up" in socket.got[0]["error_detail"]


async def test_a_refusal_of_old_leaves_the_socket(client: Client, service: MyTeslaMate, car: Car) -> None:
    service.speak_as_of_old()
    service.refuse_car(car.vin, "expired")
    async with client.listen() as socket:
        await subscribed(socket, car.vin, client.token)
        service.take_car(car.vin)
        await subscribed(socket, car.vin, client.token)

    assert socket.got[0]["error_type"] == "client_error"
    assert socket.got[0]["value"].startswith("Can't validate token")
    assert socket.got[1] == HELLO


async def test_cars_are_called_by_number_where_the_service_does(
    client: Client, service: MyTeslaMate, world: World, car: Car
) -> None:
    service.tell_by("id", "vin")
    number = service.vehicle_id(car.vin)
    async with client.listen() as by_number, client.listen() as by_vin:
        await subscribed(by_number, number, client.token)
        await subscribed(by_vin, car.vin, client.token)
        await world.advance(2)
        await by_number.until(lambda: bool(by_number.frames(number)))
        await by_vin.until(lambda: bool(by_vin.frames(car.vin)))

    assert service.vehicle_id("STRANGER") == ""
    with pytest.raises(KeyError):
        service.tell_by("name")


async def test_the_wrong_tag_hears_nothing_but_signs_of_life(
    client: Client, service: MyTeslaMate, world: World, car: Car
) -> None:
    async with client.listen() as socket:
        await subscribed(socket, service.vehicle_id(car.vin), client.token)
        await world.advance(3)
        service.say({"msg_type": "end"})
        await socket.until(lambda: bool(socket.of("end")))

    assert socket.got == [HELLO, {"msg_type": "end"}]


async def test_links_drop(client: Client, service: MyTeslaMate, car: Car) -> None:
    async with client.listen() as socket:
        await subscribed(socket, car.vin, client.token)
        service.disconnect(car.vin, times=12)
        service.say_offline(car.vin)
        service.say_token_error(car.vin)
        service.say_api_error(car.vin)
        await socket.until(lambda: len(socket.of("data:error")) == 15)
        service.storm(car.vin)
        await subscribed(socket, car.vin, client.token)
        await socket.until(lambda: len(socket.of("data:error")) == 16)
        service.storm(car.vin, on=False)
        await subscribed(socket, car.vin, client.token)

    errors = socket.of("data:error")
    assert errors[0] == {"msg_type": "data:error", "tag": car.vin, "error_type": "vehicle_disconnected"}
    assert errors[12]["value"] == "Vehicle is offline"
    assert [one["error_type"] for one in errors[13:15]] == ["client_error"] * 2
    assert socket.got[-1] == HELLO


async def test_frames_that_no_car_has_sent(client: Client, service: MyTeslaMate, car: Car) -> None:
    async with client.listen() as socket:
        await subscribed(socket, car.vin, client.token)
        service.say_frame(car.vin, speed=55, shift_state="D")
        service.say_frame(car.vin, at=1.5, soc="half")
        service.say_value(car.vin, "not,a,frame")
        service.say_of_stranger()
        service.say_text("{half of a")
        await socket.until(lambda: len(socket.got) == 6)

    now, old, odd = socket.frames(car.vin)
    assert (len(now), now[1], now[9], now[3]) == (13, "55", "D", "")
    assert (old[0], old[3]) == ("1500", "half")
    assert odd == ["not", "a", "frame"]
    assert socket.got[4]["tag"] != car.vin
    assert socket.texts[-1] == "{half of a"
    with pytest.raises(KeyError):
        service.say_frame(car.vin, colour="red")


async def test_columns_come_empty_or_with_anything(
    client: Client, service: MyTeslaMate, world: World, car: Car
) -> None:
    service.empty("odometer", "power")
    service.fill(speed="fast", elevation=-3)
    async with client.listen() as socket:
        await subscribed(socket, car.vin, client.token)
        await world.advance(2)
        await socket.until(lambda: bool(socket.frames(car.vin)))
        service.empty()
        service.fill()
        service.look_up_elevation(47)
        await world.advance(2)
        await socket.until(lambda: any(frame[4] == "47" for frame in socket.frames(car.vin)))

    first = socket.frames(car.vin)[0]
    assert (first[1], first[2], first[4], first[8]) == ("fast", "", "-3", "")
    with pytest.raises(KeyError):
        service.empty("colour")
    with pytest.raises(KeyError):
        service.fill(colour="red")


@pytest.mark.parametrize("keeps", [True, False])
async def test_frames_out_of_order(client: Client, service: MyTeslaMate, car: Car, *, keeps: bool) -> None:
    service.keep_order(on=keeps)
    async with client.listen() as socket:
        await subscribed(socket, car.vin, client.token)
        for second in (5, 4, 6):
            at = f"2026-10-07T08:00:0{second}Z"
            service.push({"vin": car.vin, "createdAt": at, "data": [PLACE, GEAR]})
        count = 2 if keeps else 3
        await socket.until(lambda: len(socket.frames(car.vin)) == count)

    seconds = [int(frame[0]) // 1000 % 60 for frame in socket.frames(car.vin)]
    assert seconds == ([5, 6] if keeps else [5, 4, 6])


async def test_records_change_places_and_come_twice_on_their_way(
    client: Client, service: MyTeslaMate, world: World, wall: Any, car: Car
) -> None:
    await service.reorder()
    service.repeat()
    async with client.listen() as socket:
        await socket.subscribe(car.vin, client.token, raw=True)
        await socket.until(lambda: bool(socket.got))
        for _ in range(4):
            wall.move(1)
            await world.advance(1)
            wall.move(1)
            await car.push(Soc=50)
        await service.reorder(on=False)
        service.repeat(on=False)
        await world.advance(1)
        await socket.until(lambda: len(socket.got) > 8)

    times = [record["createdAt"] for record in socket.got[1:]]
    assert times != sorted(times)
    assert len(set(map(str, socket.got[1:]))) < len(socket.got[1:])


async def test_a_silent_stall(client: Client, service: MyTeslaMate, world: World, car: Car) -> None:
    service.set_hello(0.02)
    async with client.listen() as old:
        await subscribed(old, car.vin, client.token)
        service.stall_streams(new=1)
        heard = len(old.got)
        async with client.listen() as new:
            await new.subscribe(car.vin, client.token)
            await service.streaming.until(lambda: service.counted()["validations"] == 2)
            async with client.listen() as third:
                await third.until(lambda: len(third.got) >= 3)
            assert new.got == []
            assert len(old.got) - heard <= 1  # what was on its way
            assert (old.ended, new.ended) == (None, None)
            service.end_streams()
            assert await new.end() == 1000


async def test_pings_are_answered_but_by_a_stalled_one(client: Client, service: MyTeslaMate) -> None:
    url = f"{service.stream_address}/streaming/"
    async with client.web.ws_connect(url, autoping=False) as ws:
        await ws.ping(b"here?")
        async with asyncio.timeout(60):
            assert (await ws.receive()).type is aiohttp.WSMsgType.PONG


async def test_sockets_end_in_several_ways(client: Client, service: MyTeslaMate, car: Car) -> None:
    codes = []
    kick = functools.partial(service.kick, car.vin)
    for end in (service.end_streams, service.break_streams, service.reset_streams, kick):
        async with client.listen() as socket:
            await subscribed(socket, car.vin, client.token)
            end()
            codes.append(await socket.end())

    assert codes == [1000, 1006, 1006, 1000]
    assert service.counted()["connects"] == 4


async def test_the_stream_goes_down_and_comes_back_at_its_address(
    client: Client, service: MyTeslaMate, world: World, car: Car
) -> None:
    address = service.stream_address
    await service.stream_down()
    with pytest.raises(aiohttp.ClientError):
        await client.web.ws_connect(f"{address}/streaming/")
    await world.advance(3)
    waiting = len(service.pubsub.backlog)
    await service.stream_up()
    async with client.listen() as socket:
        await subscribed(socket, car.vin, client.token)
        await world.advance(2)
        await socket.until(lambda: len(socket.frames(car.vin)) > waiting)

    assert service.stream_address == address
    assert waiting > 0


async def test_frames_may_be_binary(client: Client, service: MyTeslaMate, car: Car) -> None:
    service.write_binary()
    async with client.listen() as socket:
        await subscribed(socket, car.vin, client.token)

    assert socket.kinds == {aiohttp.WSMsgType.BINARY}
    assert socket.got == [HELLO]


async def test_nonsense_and_leaving_change_nothing(
    client: Client, service: MyTeslaMate, world: World, car: Car
) -> None:
    async with client.listen() as socket:
        await subscribed(socket, car.vin, client.token)
        await socket.say("{")
        await socket.say([1])
        await socket.say({"msg_type": "data:unsubscribe", "tag": car.vin})
        await world.advance(2)
        await socket.until(lambda: bool(socket.frames(car.vin)))

    assert service.streaming.counts["nonsense"] == 2


async def test_pushes_are_always_answered(client: Client, service: MyTeslaMate, car: Car) -> None:
    data = base64.b64encode(json.dumps({"vin": car.vin, "createdAt": "", "data": []}).encode()).decode()
    url = service.streaming.push_address
    for body in (f'{{"message":{{"data":"{data}"}}}}', "{", "[]", '{"message":{"data":"!"}}', "{}"):
        async with client.web.post(url, data=body) as response:
            assert (response.status, await response.json()) == (200, {"status": "ok"})
    async with client.web.get(url) as response:
        assert response.status == 200
    for path in ("other", "streaming/"):
        async with client.web.get(url + path) as response:
            assert response.status == 404

    assert service.counted()["pushed"] == 1
    assert service.streaming.counts["unreadable"] == 4


async def test_a_socket_may_be_refused_or_never_come(client: Client, service: MyTeslaMate) -> None:
    url = f"{service.stream_address}/streaming/"
    service.answer_upgrades(429)
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await client.web.ws_connect(url)
    service.answer_upgrades(0)
    waiting = asyncio.create_task(client.web.ws_connect(url))
    await service.streaming.until(lambda: service.streaming.counts["not upgraded"] == 2)
    assert not waiting.done()
    waiting.cancel()
    await asyncio.wait([waiting])
    service.answer_upgrades(None)
    async with client.web.ws_connect(url) as ws:
        assert ws.closed is False

    assert refused.value.status == 429
    assert service.counted()["connects"] == 1


async def test_other_topics_come_in_the_raw_form_only(
    client: Client, service: MyTeslaMate, world: World, car: Car
) -> None:
    service.publish("V", "alerts", "connectivity")
    car.raise_alert()
    await world.advance(2)
    unreadable = service.streaming.counts["unreadable"]
    async with client.listen() as socket:
        await socket.subscribe(car.vin, client.token, raw=True)
        await socket.until(lambda: bool(socket.got))
        car.end_alert()
        await world.advance(2)
        await socket.until(lambda: any("alerts" in message for message in socket.got))

    assert unreadable > 0


async def test_names_lose_what_is_no_ascii(client: Client, service: MyTeslaMate, car: Car) -> None:
    async with client.listen() as socket:
        await socket.subscribe(car.vin, client.token, raw=True)
        await socket.until(lambda: bool(socket.got))
        await car.push(VehicleName="Bärbel")
        await socket.until(lambda: "VehicleName" in str(socket.got[-1]))
        before = service.streaming.counts["unreadable"]
        await car.push(VehicleName="pâté")

    assert socket.got[-1]["data"][0]["value"] == {"stringValue": "BC$rbel"}
    assert service.streaming.counts["unreadable"] == before + 1


@given(
    st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), _nested, max_leaves=20)
)
def test_nothing_that_is_pushed_stops_it(document: Any) -> None:
    server = StreamingServer()
    server.push(document)
    server.push({"vin": "x", "createdAt": document, "data": document})
    server.push({"vin": document, "data": [{"key": "Soc", "value": {"doubleValue": document}}, PLACE, GEAR]})

    assert server.counts["pushed"] == 3


async def test_power_of_old_is_what_drives(
    client: Client, service: MyTeslaMate, world: World, car: Car
) -> None:
    service.speak_as_of_old()
    async with client.listen() as socket:
        await subscribed(socket, car.vin, client.token)
        car.charge()
        await world.advance(60)
        await socket.until(lambda: any(int(frame[8]) < 0 for frame in socket.frames(car.vin)))
        car.unplug()
        car.drive("work")
        await world.advance(30)
        await socket.until(lambda: any(int(frame[8]) > 0 for frame in socket.frames(car.vin)))

    wholes = [frame[column] for frame in socket.frames(car.vin) for column in (5, 10, 11, 12)]
    assert wholes
    assert all(text.isdigit() for text in wholes)
