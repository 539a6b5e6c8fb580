"""What goes wrong between the server and who listens, each seen by a subscriber."""

from collections.abc import AsyncIterator
import json
from random import Random

import pytest

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb
from simulator.broker import Broker
from simulator.fleet_telemetry.mischief import Broadcast
from simulator.fleet_telemetry.mqtt import MqttConfig
from simulator.fleet_telemetry.record import Record

from .listener import Got, Listener

CHANCE = Random(1)  # noqa: S311  # chance, not secrets
VIN = "5YJ3E1EA7KF000001"
NOW = 1_791_360_000.0


def soc(percent: float) -> Record:
    datum = pb.Datum(key=pb.Soc, value=pb.Value(double_value=percent))
    return Record(topic="V", txid="1", vin=VIN, message=pb.Payload(vin=VIN, data=[datum]))


@pytest.fixture
async def topics(broker: Broker) -> AsyncIterator[Broadcast]:
    config = MqttConfig(host=broker.host, port=broker.port)
    async with Broadcast(config, CHANCE, lambda: NOW) as broadcast:
        yield broadcast


@pytest.fixture
async def records(broker: Broker) -> AsyncIterator[Broadcast]:
    config = MqttConfig(host=broker.host, port=broker.port, form="records", topic_base="tesla_telemetry")
    async with Broadcast(config, CHANCE, lambda: NOW) as broadcast:
        yield broadcast


async def heard(listener: Listener, count: int = 1) -> list[Got]:
    await listener.until(lambda: len(listener.got) >= count)
    return listener.got


async def test_messages_come_twice(topics: Broadcast, listener: Listener) -> None:
    topics.repeat()
    await topics(soc(50.0))
    assert [one.payload for one in await heard(listener, 2)] == ["50", "50"]


async def test_vins_come_in_lower_case(topics: Broadcast, records: Broadcast, listener: Listener) -> None:
    for broadcast in (topics, records):
        broadcast.misspell()
        await broadcast(soc(50.0))
    await heard(listener, 2)
    assert listener.at(f"telemetry/{VIN.lower()}/v/Soc")
    assert listener.at("tesla_telemetry_V")[0].json["vin"] == VIN.lower()


async def test_records_come_in_another_order(topics: Broadcast, listener: Listener) -> None:
    await topics.reorder()
    for percent in (1.0, 2.0, 3.0):
        await topics(soc(percent))
    await topics.reorder(on=False)
    assert [one.payload for one in await heard(listener, 3)] == ["2", "1", "3"]


async def test_any_text_can_be_said(topics: Broadcast, listener: Listener) -> None:
    await topics.say(f"{VIN}/v/Soc", "fifty")
    assert await heard(listener) == [(f"telemetry/{VIN}/v/Soc", "fifty", False)]


async def test_what_is_no_json_is_said_in_both_forms(
    topics: Broadcast, records: Broadcast, listener: Listener
) -> None:
    await topics.babble(VIN)
    await records.babble(VIN)
    for one in await heard(listener, 2):
        with pytest.raises(ValueError, match="Expecting"):
            json.loads(one.payload)
    assert {one.topic for one in listener.got} == {f"telemetry/{VIN}/v/Soc", "tesla_telemetry_V"}


async def test_a_value_can_be_huge(topics: Broadcast, listener: Listener) -> None:
    await topics.shout(VIN, 300_000)
    (one,) = await heard(listener)
    assert len(one.payload) == 300_002


async def test_values_can_be_of_another_kind(
    topics: Broadcast, records: Broadcast, listener: Listener
) -> None:
    await topics.tell(VIN, Soc="66.1", Version=2026)
    await records.tell(VIN, Soc="66.1", Locked=1, Location={"latitude": 1.0, "longitude": 2.0}, Gear=True)
    await heard(listener, 6)
    assert [one.payload for one in listener.got if one.topic.startswith("telemetry/")] == ['"66.1"', "2026"]
    told = [one.json["data"][0]["value"] for one in listener.at("tesla_telemetry_V")]
    assert [next(iter(value)) for value in told] == [
        "stringValue",
        "intValue",
        "locationValue",
        "booleanValue",
    ]


async def test_old_values_stay_with_the_broker(topics: Broadcast, records: Broadcast, broker: Broker) -> None:
    await topics.leave(VIN, Soc=12.0)
    await records.leave(VIN, days=90, Soc=12.0)
    async with Listener(broker) as late:
        await heard(late, 2)
    assert all(one.retained for one in late.got)
    assert late.at("tesla_telemetry_V")[0].json["createdAt"] == "2026-07-09T08:00:00.000Z"


async def test_a_record_can_be_of_a_car_that_cannot_be(records: Broadcast, listener: Listener) -> None:
    await records.forge()
    (one,) = await heard(listener)
    assert one.json["vin"] == "+/#"


async def test_a_thousand_other_cars_can_be_there(topics: Broadcast, listener: Listener) -> None:
    assert await topics.crowd(50, rounds=2) == 200
    got = await heard(listener, 200)
    assert len({one.topic.split("/")[1] for one in got}) == 50


async def test_the_broker_can_be_lost_and_comes_back(topics: Broadcast, listener: Listener) -> None:
    topics.lose_broker()
    await topics.lost()
    await topics.until_connected()
    await topics(soc(50.0))
    await heard(listener)
    assert topics.connects == 2
