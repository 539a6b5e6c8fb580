"""Pub/Sub: what is not taken comes again, some of it twice, and in whatever order."""

import base64
import json
from typing import Any

from aiohttp import web
import pytest

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb
from simulator.fleet_telemetry.pubsub import Envelope, HttpPush, PubSub, envelope
from simulator.fleet_telemetry.record import CONNECTIVITY, DATA, Record

VIN = "5YJ3E7EB0SF000001"


class Taker:
    """Takes what is delivered, or does not."""

    def __init__(self) -> None:
        self.takes = True
        self.messages: list[Envelope] = []

    async def __call__(self, message: Envelope) -> bool:
        if self.takes:
            self.messages.append(message)
        return self.takes

    @property
    def speeds(self) -> list[float]:
        documents = [json.loads(base64.b64decode(one["message"]["data"])) for one in self.messages]
        return [document["data"][0]["value"]["doubleValue"] for document in documents]


def record(speed: float, topic: str = DATA) -> Record:
    message = pb.Payload(vin=VIN)
    message.data.add(key=pb.VehicleSpeed, value=pb.Value(double_value=speed))
    message.created_at.FromJsonString("2026-10-07T08:00:00.250Z")
    return Record(topic=topic, txid="1", vin=VIN, message=message)


@pytest.fixture
def taker() -> Taker:
    return Taker()


@pytest.fixture
def pubsub(taker: Taker) -> PubSub:
    return PubSub(taker)


async def test_a_record_is_pushed_as_json(pubsub: PubSub, taker: Taker) -> None:
    await pubsub(record(55))

    document = json.loads(base64.b64decode(taker.messages[0]["message"]["data"]))
    assert document == {
        "vin": VIN,
        "createdAt": "2026-10-07T08:00:00.250Z",
        "data": [{"key": "VehicleSpeed", "value": {"doubleValue": 55.0}}],
        "isResend": False,
    }


async def test_only_data_is_published(pubsub: PubSub, taker: Taker) -> None:
    await pubsub(record(55, CONNECTIVITY))

    assert (taker.messages, pubsub.published) == ([], 0)


async def test_a_record_without_a_time_in_a_calendar_is_not(pubsub: PubSub) -> None:
    odd = record(55)
    odd.message.created_at.seconds = 10**15
    await pubsub(odd)

    assert pubsub.published == 0


async def test_what_is_not_taken_comes_again_first(pubsub: PubSub, taker: Taker) -> None:
    taker.takes = False
    for speed in (1, 2):
        await pubsub(record(speed))
    taker.takes = True
    await pubsub(record(3))

    assert taker.speeds == [1, 2, 3]
    assert not pubsub.backlog


async def test_messages_come_twice_and_change_places(pubsub: PubSub, taker: Taker) -> None:
    pubsub.repeat()
    await pubsub(record(1))
    pubsub.repeat(on=False)
    await pubsub.reorder()
    for speed in (2, 3, 4):
        await pubsub(record(speed))
    await pubsub.reorder(on=False)
    await pubsub(record(5))

    assert taker.speeds == [1, 1, 3, 2, 4, 5]


async def test_over_http_only_an_answer_counts(socket_enabled: None) -> None:
    statuses, got = [503, 200], list[Any]()

    async def take(request: web.BaseRequest) -> web.StreamResponse:
        got.append(await request.json())
        return web.Response(status=statuses.pop(0))

    runner = web.ServerRunner(web.Server(take), shutdown_timeout=0.05)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}/"
    message = envelope('{"vin": ""}')
    push = HttpPush(url)
    assert await push(message) is False
    async with push:
        assert [await push(message), await push(message)] == [False, True]
        await runner.cleanup()
        assert await push(message) is False

    assert got == [message, message]
