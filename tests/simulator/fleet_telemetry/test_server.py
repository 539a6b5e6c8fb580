"""The official server over real mutual TLS: cars come, are heard, answered, and go."""

import pytest

from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Field
from simulator.certificates import stranger
from simulator.fleet_telemetry.record import Record
from simulator.fleet_telemetry.server import Crashed, FleetTelemetry, NotDispatched
from simulator.world import World


class Heard:
    """A dispatcher that keeps what it is given."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.fails: type[Exception] | None = None

    async def __call__(self, record: Record) -> None:
        if self.fails is not None:
            raise self.fails
        self.records.append(record)

    def of(self, topic: str) -> list[Record]:
        return [record for record in self.records if record.topic == topic]


async def _opened(world: World) -> tuple[FleetTelemetry, Heard]:
    server, heard = await world.open_telemetry_server(), Heard()
    server.dispatchers.append(heard)
    return server, heard


async def test_several_cars_are_heard_and_answered(world: World) -> None:
    server, heard = await _opened(world)
    cars = [world.add_car(), world.add_car("untyped")]
    for car in cars:
        car.stream_to("mine", **server.config({"Soc": 1, "Gear": {"interval_seconds": 1}}))
    await server.until(lambda: len(server.connected) == len(cars))

    await world.advance(1)

    assert {record.vin for record in heard.of("V")} == {car.vin for car in cars}
    assert sorted(server.connected) == sorted(car.vin for car in cars)
    for car in cars:
        outbox = car.streams["mine"].outbox
        assert outbox.tally.acknowledged == outbox.tally.sent > 0
        assert outbox.strange == []


async def test_a_socket_is_told_when_it_comes_and_when_it_goes(world: World) -> None:
    server, heard = await _opened(world)
    car = world.add_car()
    car.stream_to("mine", **server.config({"Soc": 1}))
    links = car.streams["mine"].connections
    await links.until(lambda: bool(links.open))
    (link,) = links.open

    car.sleep()
    await links.until(lambda: not links.open)
    await server.until(lambda: len(heard.of("connectivity")) == 2)

    came, went = heard.of("connectivity")
    assert came.message.connection_id == went.message.connection_id == link.connection == came.txid
    assert (came.message.status, went.message.status) == (1, 2)
    assert (came.message.network_interface, came.client, came.vin) == ("wifi", "1.3.0", car.vin)
    assert came.message.created_at.nanos == 250_000_000
    assert server.connected == []


async def test_alerts_and_errors_are_heard(world: World) -> None:
    server, heard = await _opened(world)
    car = world.add_car()
    car.stream_to("mine", **server.config({"Soc": 1}))
    car.raise_alert()
    car.complain("unsupported_field", field_name="Soc")

    await server.until(lambda: bool(heard.of("alerts") and heard.of("errors")))

    assert heard.of("alerts")[0].message.alerts[0].name == "VCFRONT_a192_washerFluidLow"
    assert heard.of("errors")[0].message.errors[0].tags == {"field_name": "Soc"}


async def test_a_record_that_was_not_handed_on_stays_unanswered_and_comes_again(world: World) -> None:
    server, heard = await _opened(world)
    car = world.add_car()
    car.stream_to("mine", **server.config({"Soc": 1}))
    links, outbox = car.streams["mine"].connections, car.streams["mine"].outbox
    await links.until(lambda: bool(links.open))
    heard.fails = NotDispatched
    await car.push(Soc=50.0)
    await server.until(lambda: server.records.get("V") == 1)
    assert len(outbox.unanswered) == 1

    heard.fails = None
    car.reconnect()
    await links.until(lambda: not links.open)
    await world.advance(2)
    await server.until(lambda: any(record.message.is_resend for record in heard.of("V")))

    (again,) = (record for record in heard.of("V") if record.message.is_resend)
    assert again.message.data[0].value.double_value == 50.0


async def test_a_record_that_the_server_cannot_stand_ends_the_connection(world: World) -> None:
    server, heard = await _opened(world)
    car = world.add_car()
    car.stream_to("mine", **server.config({"Soc": 1}))
    links = car.streams["mine"].connections
    await links.until(lambda: bool(links.open))
    heard.fails = Crashed

    await car.push(Soc=50.0)
    await links.until(lambda: not links.open)

    assert car.streams["mine"].outbox.tally.acknowledged == 0


async def test_a_topic_that_is_not_configured_is_acknowledged_and_goes_nowhere(world: World) -> None:
    server = await world.open_telemetry_server(topics=["V"])
    heard = Heard()
    server.dispatchers.append(heard)
    car = world.add_car()
    car.stream_to("mine", **server.config({"Soc": 1}))
    car.complain("unsupported_field", field_name="Soc")

    await car.streams["mine"].connections.until(lambda: car.streams["mine"].outbox.tally.acknowledged == 1)

    assert heard.records == []


async def test_whoever_is_no_car_of_teslas_is_refused(world: World) -> None:
    server, _ = await _opened(world)
    car = world.add_car()
    world.certify(car.vin, issuer=stranger())
    car.stream_to("mine", **server.config({"Soc": 1}))
    links = car.streams["mine"].connections

    await links.until(lambda: bool(links.troubles))

    assert server.connected == []


async def test_two_applications_have_their_own_stream_and_only_one_is_on_our_bill(world: World) -> None:
    mine, heard = await _opened(world)
    other, heard_other = await _opened(world)
    car = world.add_car()
    car.stream(**mine.config({"Version": 1}))
    car.stream_to("other", **other.config({"Gear": 1, "Locked": 1}))

    await mine.until(lambda: bool(mine.connected))
    await other.until(lambda: bool(other.connected))
    await world.advance(1)
    await world.advance(1)

    assert {datum.key for datum in heard.of("V")[0].message.data} == {Field.Version}
    assert {datum.key for datum in heard_other.of("V")[0].message.data} == {Field.Gear, Field.Locked}
    assert world.cloud.billed()["signal"] == 1

    car.stop_streaming_to("other")
    await other.until(lambda: other.connected == [])
    assert mine.connected == [car.vin]


async def test_five_applications_are_all_a_car_streams_for(world: World) -> None:
    server, _ = await _opened(world)
    car = world.add_car()
    car.stream(**server.config({"Soc": 1}))
    for name in "abcd":
        car.stream_to(name, **server.config({"Soc": 1}))

    with pytest.raises(ValueError, match="already"):
        car.stream_to("e", **server.config({"Soc": 1}))

    car.stop_streaming_to("a")
    car.stream_to("e", **server.config({"Soc": 1}))
    await server.until(lambda: len(server.connected) == 5)
