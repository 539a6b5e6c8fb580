"""The dispatcher over a real broker: cars of a world on one side, a subscriber on the other."""

from collections import Counter
from random import Random

import pytest

from custom_components.tesla_direct.tesla.proto import vehicle_data_pb2 as pb
from simulator.broker import Broker
from simulator.fleet_telemetry.mqtt import MqttConfig, MqttDispatcher
from simulator.fleet_telemetry.record import Record
from simulator.fleet_telemetry.render import messages
from simulator.fleet_telemetry.server import Crashed, NotDispatched
from simulator.world import World

from .listener import Listener

CHANCE = Random(1)  # noqa: S311  # chance, not secrets
VIN = "5YJ3E1EA7KF000001"


def record(**values: pb.Value) -> Record:
    data = [pb.Datum(key=name, value=value) for name, value in values.items()]
    return Record(topic="V", txid="1", vin=VIN, message=pb.Payload(vin=VIN, data=data))


MANY = record(**{name: pb.Value(int_value=1) for name, key in pb.Field.items() if 0 < key < 60})


async def test_what_cars_stream_arrives_at_the_official_topics(world: World, listener: Listener) -> None:
    cars = [world.add_car(), world.add_car("untyped")]
    await world.publish(listener.config.host, listener.config.port, fields={"Soc": 1, "DoorState": 1})
    first, second = cars
    await listener.until(lambda: listener.at(f"telemetry/{second.vin}/connectivity"))
    await world.advance(1)

    await listener.until(lambda: listener.at(f"telemetry/{second.vin}/v/Soc"))
    (typed,) = listener.at(f"telemetry/{first.vin}/v/DoorState")
    assert typed.json["TrunkRear"] is False
    (untyped,) = listener.at(f"telemetry/{second.vin}/v/Soc")
    assert isinstance(untyped.json, str | float)
    (came,) = listener.at(f"telemetry/{first.vin}/connectivity")
    assert came.json["Status"] == "CONNECTED"
    assert not came.retained

    first.raise_alert("VCFRONT_a192")
    await listener.until(lambda: listener.at(f"telemetry/{first.vin}/alerts/VCFRONT_a192/current"))


async def test_the_bridge_publishes_whole_records(world: World, listener: Listener) -> None:
    car = world.add_car()
    await world.publish(
        listener.config.host,
        listener.config.port,
        fields={"Locked": 1},
        form="records",
        topic_base="tesla_telemetry",
    )
    await listener.until(lambda: listener.at("tesla_telemetry_connectivity"))
    await world.advance(1)

    await listener.until(lambda: listener.at("tesla_telemetry_V"))
    (told,) = listener.at("tesla_telemetry_V")
    assert told.json["vin"] == car.vin
    assert told.json["data"] == [{"key": "Locked", "value": {"booleanValue": True}}]


@pytest.mark.parametrize("qos", [0, 1, 2])
async def test_every_quality_of_service_arrives(broker: Broker, listener: Listener, qos: int) -> None:
    config = MqttConfig(host=broker.host, port=broker.port, qos=qos)
    async with MqttDispatcher(config, CHANCE) as dispatcher:
        await dispatcher(MANY)

    await listener.until(lambda: len(listener.got) == len(MANY.message.data))
    assert dispatcher.published == len(MANY.message.data)


async def test_the_order_within_a_record_is_chance(broker: Broker, listener: Listener) -> None:
    async with MqttDispatcher(MqttConfig(host=broker.host, port=broker.port), CHANCE) as dispatcher:
        await dispatcher(MANY)
    expected = [message.topic for message in messages(MANY)]

    await listener.until(lambda: len(listener.got) == len(expected))
    topics = [one.topic for one in listener.got]
    assert topics != expected
    assert Counter(topics) == Counter(expected)


async def test_what_is_retained_is_given_to_who_comes_later(broker: Broker) -> None:
    config = MqttConfig(host=broker.host, port=broker.port, retained=True)
    async with MqttDispatcher(config, CHANCE) as dispatcher:
        await dispatcher(record(Soc=pb.Value(double_value=50.5)))

    async with Listener(broker) as listener:
        await listener.until(lambda: listener.got)
    assert listener.got == [(f"telemetry/{VIN}/v/Soc", "50.5", True)]


async def test_it_comes_back_to_a_broker_that_was_gone(broker: Broker, socket_enabled: None) -> None:
    async with MqttDispatcher(MqttConfig(host=broker.host, port=broker.port), CHANCE) as dispatcher:
        await broker.stop()
        with pytest.raises(NotDispatched):
            await dispatcher(MANY)
        await broker.start()
        await dispatcher.until_connected()
        async with Listener(broker) as listener:
            await dispatcher(MANY)
            await listener.until(lambda: listener.got)

    assert dispatcher.connects == 2


async def test_a_car_sends_again_what_the_broker_did_not_get(world: World, broker: Broker) -> None:
    car = world.add_car()
    await world.publish(broker.host, broker.port, fields={"Locked": 1})
    (client,) = car.streams.values()
    await client.connections.until(lambda: bool(client.connections.open))
    await broker.stop()
    await car.push(Locked=False)
    await broker.start()
    assert world.broadcast is not None
    await world.broadcast.until_connected()
    async with Listener(broker) as listener:
        car.reconnect()
        await client.connections.until(lambda: not client.connections.open)
        await world.advance(3)
        await listener.until(lambda: listener.at(f"telemetry/{car.vin}/v/Locked"))


async def test_a_broker_with_passwords_takes_nobody_else(socket_enabled: None) -> None:
    async with Broker(username="telemetry", password="not secret") as broker:
        config = MqttConfig(host=broker.host, port=broker.port, username="telemetry", password="not secret")
        async with MqttDispatcher(config, CHANCE) as dispatcher:
            assert dispatcher.connected
        stranger = MqttDispatcher(MqttConfig(host=broker.host, port=broker.port), CHANCE)
        with pytest.raises(TimeoutError):
            await stranger.open(0.3)
        await stranger.close()


async def test_what_has_no_text_ends_a_record_in_the_middle(broker: Broker, listener: Listener) -> None:
    odd = record(Soc=pb.Value(double_value=1.0), Gear=pb.Value(double_value=float("nan")))
    async with MqttDispatcher(MqttConfig(host=broker.host, port=broker.port), CHANCE) as dispatcher:
        with pytest.raises(NotDispatched):
            await dispatcher(odd)

    await listener.until(lambda: listener.got)
    assert [one.topic for one in listener.got] == [f"telemetry/{VIN}/v/Soc"]


async def test_a_datum_without_a_value_crashes_the_server(broker: Broker) -> None:
    empty = Record(topic="V", txid="1", vin=VIN, message=pb.Payload(vin=VIN, data=[pb.Datum(key=pb.Soc)]))
    async with MqttDispatcher(MqttConfig(host=broker.host, port=broker.port), CHANCE) as dispatcher:
        with pytest.raises(Crashed):
            await dispatcher(empty)


async def test_a_topic_with_a_wildcard_is_not_published(broker: Broker) -> None:
    async with MqttDispatcher(MqttConfig(host=broker.host, port=broker.port), CHANCE) as dispatcher:
        with pytest.raises(NotDispatched):
            await dispatcher.publish([("telemetry/+/v/Soc", "1")])
