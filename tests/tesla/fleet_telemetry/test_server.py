"""The telemetry port, over real sockets: what becomes of a car, of its records, and of everybody else."""

import asyncio
import base64
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import replace
import logging
import socket
import ssl
import time
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding
import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry import tls
from custom_components.tesla_direct.tesla.fleet_telemetry.authority import Authority
from custom_components.tesla_direct.tesla.fleet_telemetry.bounds import Bounds
from custom_components.tesla_direct.tesla.fleet_telemetry.certificate import Pair
from custom_components.tesla_direct.tesla.fleet_telemetry.connection import MESSAGE_LIMIT, SLICE, Record
from custom_components.tesla_direct.tesla.fleet_telemetry.envelope import acknowledgement, refusal
from custom_components.tesla_direct.tesla.fleet_telemetry.forwarded import Forwarding, read_peers
from custom_components.tesla_direct.tesla.fleet_telemetry.pace import AT_ONCE
from custom_components.tesla_direct.tesla.fleet_telemetry.requests import Proxied
from custom_components.tesla_direct.tesla.fleet_telemetry.server import Link, PortTaken, TelemetryServer
from custom_components.tesla_direct.tesla.proto.vehicle_data_pb2 import Payload
from simulator.certificates import (
    CLIENT_AUTH,
    ENERGY_DEVICE,
    ISSUING_EXPIRED,
    MOTORS_PRODUCTS,
    SERVER_AUTH,
    VEHICLE_BOARD,
    VEHICLE_WIFI,
    Authorities,
    Credential,
)

from .caller import (
    CLOSE,
    CONTINUATION,
    PING,
    PONG,
    TEXT,
    Caller,
    closed,
    knock,
    shake_hands,
    turns,
    until,
    ws_frame,
)
from .conftest import HOST, Shown
from .frames import VIN, stream_frame
from .loop_clock import LoopClock
from .test_forwarded import escaped, sequence

OTHER = "5YJ3E1EA7KF000002"
BOUNDS = Bounds(farewell=0.2)

pytestmark = pytest.mark.usefixtures("socket_enabled")


class Garage:
    """A subscriber that keeps what it gets.

    steps: how many pauses a record takes
    """

    def __init__(self, *, steps: int = 0) -> None:
        self.records: list[Record] = []
        self.links: list[Link] = []
        self.received: list[float] = []
        self.begun = 0
        self._steps = steps

    def link_opened(self, link: Link) -> None:
        self.links.append(link)

    def link_closed(self, link: Link) -> None:
        self.links.remove(link)

    def take(self, record: Record, received: float) -> Iterable[None]:
        self.begun += 1
        yield from [None] * self._steps
        self.records.append(record)
        self.received.append(received)

    @property
    def txids(self) -> list[bytes]:
        return [record.txid for record in self.records]


class Port:
    """A server that listens, and ways to call it."""

    def __init__(
        self,
        context: ssl.SSLContext,
        car: ssl.SSLContext,
        bounds: Bounds,
        clock: Callable[[], float],
        proxied: Proxied | None,
    ) -> None:
        self.server = TelemetryServer(
            context, server_names={HOST}, handshake_cost=0.0, bounds=bounds, clock=clock, proxied=proxied
        )
        self.garage = Garage()
        self._car = car
        self._callers: list[Caller] = []

    async def start(self) -> None:
        await self.server.start(0, ["127.0.0.1"])

    async def call(self, context: ssl.SSLContext | None = None, *, source: str = "127.0.0.1") -> Caller:
        """Connect, as the car if nobody else is given."""
        one = await Caller.call(self.server.port, context or self._car, name=HOST, source=source)
        self._callers.append(one)
        return self._callers[-1]

    async def connect(self, context: ssl.SSLContext | None = None, **headers: str | bytes) -> Caller:
        """Connect and become a WebSocket."""
        caller = await self.call(context)
        answer = await caller.upgrade(**headers)
        assert answer.status == 101
        return caller

    def links(self) -> list[Link]:
        return self.server.links.get(VIN, [])

    async def close(self) -> None:
        await self.server.stop()
        for caller in self._callers:
            caller.leave()
        await turns(3)


type Open = Callable[..., Awaitable[Port]]


@pytest.fixture
async def open_port(context: ssl.SSLContext, car: ssl.SSLContext) -> AsyncIterator[Open]:
    ports: list[Port] = []

    async def make(
        *,
        clock: Callable[[], float] = time.perf_counter,
        proxied: Proxied | None = None,
        **bounds: float,
    ) -> Port:
        limits = replace(BOUNDS, **bounds)  # type: ignore[arg-type]  # numbers, whichever
        port = Port(context, car, limits, clock, proxied)
        await port.start()
        port.server.subscribe(VIN, port.garage)
        ports.append(port)
        return port

    yield make
    for port in ports:
        await port.close()


@pytest.fixture
async def port(open_port: Open, nothing_to_report: None) -> Port:
    """A port on which nothing happens that is worth a line in the log."""
    return await open_port()


async def test_a_car_is_upgraded(port: Port) -> None:
    caller = await port.call()

    answer = await caller.upgrade()

    assert answer.status == 101
    assert answer.headers["sec-websocket-accept"] == "s3pplmbitxaq9kygzzhzrbk+xoo="
    await until(port.links)
    assert port.garage.links == port.links()


@pytest.mark.parametrize("path", ["/", "/any/path", "/status/", "/?query=1"])
async def test_every_path_is_upgraded(port: Port, path: str) -> None:
    assert (await (await port.call()).upgrade(path)).status == 101


async def test_nothing_that_is_offered_is_agreed_to(port: Port) -> None:
    answer = await (await port.call()).upgrade(
        Sec_WebSocket_Extensions="permessage-deflate; client_max_window_bits", Origin="https://x"
    )

    assert answer.status == 101
    assert "sec-websocket-extensions" not in answer.headers
    assert "sec-websocket-protocol" not in answer.headers


async def test_no_subprotocol_is_agreed_to(open_port: Open) -> None:
    port = await open_port()  # aiohttp has something to say about it

    answer = await (await port.call()).upgrade(Sec_WebSocket_Protocol="chat, superchat")

    assert answer.status == 101
    assert "sec-websocket-protocol" not in answer.headers


async def test_status_tells_that_mutual_tls_works(port: Port) -> None:
    caller = await port.call()

    answer = await caller.ask("GET /status")

    assert (answer.status, answer.body) == (200, b"mtls ok")
    assert await caller.rest() == b""


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH"])
async def test_another_method_is_refused(port: Port, method: str) -> None:
    caller = await port.call()
    caller.write(f"{method} / HTTP/1.1\r\nHost: x\r\n\r\n".encode())

    heard = await caller.rest()

    assert heard.startswith(b"HTTP/1.1 405 ")
    assert b"\r\nAllow: GET\r\n" in heard


@pytest.mark.parametrize(
    "headers",
    [
        {"Upgrade": ""},
        {"Upgrade": "h2c"},
        {"Connection": ""},
        {"Connection": "close"},
        {"Sec_WebSocket_Version": ""},
        {"Sec_WebSocket_Version": "12"},
        {"Sec_WebSocket_Version": "8"},
        {"Sec_WebSocket_Key": ""},
        {"Sec_WebSocket_Key": "short"},
        {"Sec_WebSocket_Key": "!!!!"},
    ],
)
async def test_a_bad_upgrade_is_refused(port: Port, headers: dict[str, str]) -> None:
    caller = await port.call()

    answer = await caller.upgrade(**headers)

    assert answer.status == 400
    assert answer.headers["sec-websocket-version"] == "13"
    await caller.rest()
    assert port.server.turned_away == {"no_websocket": 1}


@pytest.mark.parametrize(
    "words",
    [
        b"nonsense\r\n\r\n",
        b"NONSENSE / HTTP/1.1\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET / HTTP/1.1\r\nbroken header\r\n\r\n",
        b"GET / HTTP/1.1\r\nX: a\0b\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: x\r\n\r\n",
        b"GET /" + b"x" * 20_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: " + b"x" * 20_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: x\r\n" * 1_000 + b"\r\n",
        b"GET http://[ HTTP/1.1\r\n\r\n",
        b"CONNECT x:1 HTTP/1.1\r\n\r\n",
        b"OPTIONS * HTTP/1.1\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"\x16\x03\x01\0\0",
        bytes(1_000),
    ],
)
async def test_nonsense_inside_is_answered_and_ends_the_connection(port: Port, words: bytes) -> None:
    caller = await port.call()
    caller.write(words)
    caller.write(b"\r\n\r\n")

    heard = await caller.rest()

    assert heard.startswith((b"HTTP/1.1 4", b"HTTP/1.0 4"))
    assert b"Traceback" not in heard


async def test_who_asks_for_nothing_goes(open_port: Open) -> None:
    port = await open_port(upgrade=0.03)
    silent = await port.call()
    slow = await port.call()
    slow.write(b"GET / HTTP/1.1\r\nHost")

    assert await silent.rest() == await slow.rest() == b""

    assert port.server.turned_away == {"no_upgrade": 2}


async def test_who_has_asked_may_stay(open_port: Open, clock: LoopClock) -> None:
    port = await open_port(upgrade=30.0)
    caller = await port.connect()

    clock.forward(31)
    await turns(5)
    caller.send(stream_frame())

    assert await caller.hear() == acknowledgement(b"t1", b"V")
    assert not port.server.turned_away


async def test_who_was_refused_has_no_second_request(port: Port) -> None:
    caller = await port.call()
    caller.write(b"POST / HTTP/1.1\r\nHost: x\r\n\r\n" * 3)

    assert (await caller.rest()).count(b"HTTP/1.1 405") == 1


async def test_who_leaves_before_the_answer_does_no_harm(port: Port) -> None:
    for words in (b"GET /status HTTP/1.1\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"x"):
        caller = await port.call()
        caller.write(words)
        caller.leave()
        await turns(20)

    caller = await port.call()
    caller.write(ws_upgrade())
    caller.leave()
    await turns(50)
    await until(lambda: not port.links())


def ws_upgrade() -> bytes:
    return (
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    )


async def turned_away(port: Port, context: ssl.SSLContext) -> dict[str, int]:
    caller = await port.call(context)
    answer = await caller.upgrade()
    assert answer.status == 403
    assert await caller.rest() == b""
    return dict(port.server.turned_away)


async def test_a_car_that_nobody_expects_is_turned_away(
    port: Port, shown: Shown, authorities: Authorities
) -> None:
    assert await turned_away(port, shown(authorities.car_certificate(OTHER))) == {"unknown_vehicle": 1}


@pytest.mark.parametrize("purpose", [ENERGY_DEVICE, VEHICLE_BOARD])
async def test_what_is_no_vehicle_is_turned_away(
    port: Port, shown: Shown, authorities: Authorities, purpose: object
) -> None:
    credential = authorities.car_certificate(VIN, purposes=(CLIENT_AUTH, purpose))  # type: ignore[arg-type]  # one of the list above

    assert await turned_away(port, shown(credential)) == {"no_vehicle": 1}


async def test_a_board_is_turned_away(port: Port, shown: Shown, authorities: Authorities) -> None:
    credential = authorities.car_certificate(VIN, issuer=MOTORS_PRODUCTS, units=("Tesla Motors SN",))

    assert await turned_away(port, shown(credential)) == {"no_vehicle": 1}


async def test_a_certificate_for_something_else_is_turned_away(
    port: Port, shown: Shown, authorities: Authorities
) -> None:
    wifi = authorities.car_certificate(VIN, purposes=(CLIENT_AUTH, VEHICLE_WIFI))
    plain = authorities.car_certificate(VIN, purposes=(CLIENT_AUTH,))
    root = authorities.car_certificate(VIN, issuer="Tesla Product Root CA")

    await turned_away(port, shown(wifi))
    await turned_away(port, shown(plain))
    assert await turned_away(port, shown(root)) == {"identity_excluded": 1, "identity_unauthorized": 2}


async def test_a_certificate_of_teslas_that_makes_no_sense_is_turned_away(
    port: Port, shown: Shown, authorities: Authorities
) -> None:
    nameless = authorities.car_certificate(" ")

    assert await turned_away(port, shown(nameless)) == {"unknown_vehicle": 1}


async def test_dots_in_the_name_become_dashes(port: Port, shown: Shown, authorities: Authorities) -> None:
    port.server.subscribe("a-b", port.garage)

    await port.connect(shown(authorities.car_certificate("a.b")))

    await until(lambda: port.server.links.get("a-b"))


async def test_what_a_car_says_of_itself_is_kept(port: Port) -> None:
    txid = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"
    before = time.time()

    await port.connect(Version="1.2.0", X_Network_Interface="wifi", X_TXID=txid)

    await until(port.links)
    (link,) = port.links()
    assert (link.connection.client_version, link.network_interface) == ("1.2.0", "wifi")
    assert link.connection_id == txid
    assert before <= link.opened_at <= time.time()


async def test_headers_may_be_missing(port: Port) -> None:
    for _ in range(2):
        await port.connect()

    await until(lambda: len(port.links()) == 2)
    first, second = port.links()
    assert (first.connection.client_version, first.network_interface) == ("", "")
    assert first.connection_id != second.connection_id


async def test_headers_may_be_anything(port: Port) -> None:
    await port.connect(Version=b"\xff\xfe", X_Network_Interface=b"w" * 500, X_TXID=b"no \xff uuid")

    await until(port.links)
    (link,) = port.links()
    assert link.connection.client_version == "??"
    assert link.network_interface == "w" * 100
    record = link.connection.connectivity(
        connected=True, connection_id=link.connection_id, network_interface=link.network_interface, at_ns=0
    )
    assert record.message


async def test_a_record_is_handed_over_and_acknowledged(port: Port) -> None:
    caller = await port.connect(Version="1.2.0")
    before = time.time()

    caller.send(stream_frame(Payload(vin="x", is_resend=True).SerializeToString(), txid=b"t-1"))

    assert await caller.hear() == acknowledgement(b"t-1", b"V")
    (record,) = port.garage.records
    assert record.message == Payload(vin=VIN, is_resend=True)
    assert (record.vin, record.client_version) == (VIN, "1.2.0")
    assert before <= port.garage.received[0] <= time.time()
    (link,) = port.links()
    assert (link.records, link.last_record_at) == (1, port.garage.received[0])


async def test_many_records_are_acknowledged_in_their_order(port: Port) -> None:
    caller = await port.connect()
    txids = [b"%d" % number for number in range(500)]

    caller.write(b"".join(ws_frame(stream_frame(txid=txid)) for txid in txids))

    assert [await caller.hear() for _ in txids] == [acknowledgement(txid, b"V") for txid in txids]
    assert port.garage.txids == txids
    assert port.links()[0].connection.outcomes == {"accepted": 500}


async def test_what_follows_the_request_at_once_is_heard(port: Port) -> None:
    caller = await port.call()
    caller.write(ws_upgrade() + ws_frame(stream_frame(txid=b"1")))

    assert (await caller.answer()).status == 101
    assert await caller.hear() == acknowledgement(b"1", b"V")


async def test_a_message_in_many_frames_is_one(port: Port) -> None:
    caller = await port.connect()
    frame = stream_frame(b"", txid=b"t-1")

    for at, byte in enumerate(frame):
        caller.send(bytes([byte]), 2 if at == 0 else CONTINUATION, last=at == len(frame) - 1)
        if at == 20:
            caller.send(b"between", PING)

    assert await caller.receive() == (PONG, b"between")
    assert await caller.hear() == acknowledgement(b"t-1", b"V")


@pytest.mark.parametrize("content", [b"", b"\xff" * 100, bytes(8)])
async def test_what_cannot_be_read_is_answered_and_the_connection_stays(port: Port, content: bytes) -> None:
    caller = await port.connect()

    caller.send(content)
    caller.send(stream_frame(txid=b"2"))

    assert await caller.hear() == (refusal(b"") if content[:1] == b"\xff" else acknowledgement(b"", b""))
    assert await caller.hear() == acknowledgement(b"2", b"V")


async def test_a_message_of_the_largest_size_is_a_record_and_a_larger_one_is_refused(port: Port) -> None:
    caller = await port.connect()
    frame = stream_frame(bytes(MESSAGE_LIMIT - 200), topic=b"metrics", txid=b"large")
    frame += bytes(MESSAGE_LIMIT - len(frame))

    caller.send(frame)
    caller.send(frame + b"\0")
    caller.send(stream_frame(txid=b"small"))

    assert await caller.hear() == acknowledgement(b"large", b"metrics")
    assert await caller.hear() == refusal(b"")
    assert await caller.hear() == acknowledgement(b"small", b"V")
    assert port.garage.txids == [b"large", b"small"]


async def test_what_is_larger_than_any_message_ends_the_connection(port: Port) -> None:
    caller = await port.connect()

    # What it announces is enough; nobody waits for the four megabytes.
    caller.write(b"\x82\xff" + (4_000_000).to_bytes(8) + bytes(100))

    opcode, reason = await caller.receive()
    assert (opcode, reason[:2]) == (CLOSE, (1009).to_bytes(2))
    await caller.rest()
    await until(lambda: not port.links())


async def test_many_small_frames_do_not_make_a_larger_message(open_port: Open) -> None:
    port = await open_port(message=100_000)
    caller = await port.connect()

    caller.send(bytes(1_000), last=False)
    for _ in range(100):
        caller.send(bytes(1_000), CONTINUATION, last=False)

    opcode, reason = await caller.receive()
    assert (opcode, reason[:2]) == (CLOSE, (1009).to_bytes(2))
    await caller.rest()
    await until(lambda: not port.links())


async def test_a_large_record_is_handed_over_when_it_is_whole(port: Port) -> None:
    caller = await port.connect()
    payload = Payload()
    for key in range(20_000):
        payload.data.add(key=key % 200).value.double_value = key
    assert payload.ByteSize() > 10 * SLICE

    caller.send(stream_frame(payload.SerializeToString()))

    await caller.hear()
    (record,) = port.garage.records
    assert record.large
    assert isinstance(record.message, Payload)
    assert list(record.message.data) == list(payload.data)


async def test_several_connections_of_a_car_live_side_by_side(port: Port) -> None:
    callers = [await port.connect() for _ in range(3)]
    for number, caller in enumerate(callers):
        caller.send(stream_frame(txid=b"%d" % number))
        await caller.hear()

    assert sorted(port.garage.txids) == [b"0", b"1", b"2"]
    assert len(port.links()) == len(port.garage.links) == 3

    callers[1].leave()
    await until(lambda: len(port.garage.links) == 2)
    callers[2].send(stream_frame())
    await callers[2].hear()


async def test_the_ninth_connection_of_a_car_ends_the_oldest(port: Port) -> None:
    callers = [await port.connect() for _ in range(8)]
    await until(lambda: len(port.links()) == 8)
    oldest = port.links()[0]

    ninth = await port.connect()

    assert await callers[0].rest() == b""
    await until(lambda: len(port.links()) == 8)
    assert oldest not in port.links()
    assert port.garage.links == port.links()
    for caller in (*callers[1:], ninth):
        caller.send(stream_frame())
        await caller.hear()


async def test_several_more_at_once_end_as_many(open_port: Open) -> None:
    port = await open_port(sockets_per_car=2)
    callers = [await port.call() for _ in range(6)]
    for caller in callers:
        caller.write(ws_upgrade())

    await until(lambda: port.server.gate.admitted == 6 and len(port.links()) == 2)
    await turns(20)
    assert len(port.links()) == 2
    assert port.garage.links == port.links()


async def test_text_ends_the_connection_without_a_word(port: Port) -> None:
    caller = await port.connect()
    await until(port.links)
    (link,) = port.links()

    caller.send(b"\xff no text", TEXT)

    assert await caller.rest() == b""
    await until(lambda: not port.links())
    assert link.counters == {"text": 1}
    assert port.garage.links == []


async def test_a_ping_is_answered(port: Port) -> None:
    caller = await port.connect()

    caller.send(b"hello", PING)
    caller.send(b"what was not asked for", PONG)
    caller.send(b"", PING)

    assert await caller.receive() == (PONG, b"hello")
    assert await caller.receive() == (PONG, b"")


@pytest.mark.parametrize("code", [1000, 1001, 1008, 1011, 3000, 4999])
async def test_a_farewell_is_returned(port: Port, code: int) -> None:
    caller = await port.connect()

    caller.send(code.to_bytes(2) + b"reason", CLOSE)

    assert await caller.receive() == (CLOSE, code.to_bytes(2))
    assert await caller.rest() == b""
    await until(lambda: not port.links())


async def test_a_farewell_without_a_code_is_returned(port: Port) -> None:
    caller = await port.connect()

    caller.send(b"", CLOSE)

    assert (await caller.receive())[0] == CLOSE
    await until(lambda: not port.links())


@pytest.mark.parametrize(
    "frame",
    [
        b"\xc2\x80\0\0\0\0",  # compressed, which was not agreed
        b"\x83\x80\0\0\0\0",  # an opcode there is none of
        b"\x09\x80\0\0\0\0",  # a ping in parts
        b"\x89\xfe\x00\x7e\0\0\0\0" + bytes(126),  # a ping too large
        b"\x80\x80\0\0\0\0",  # the continuation of nothing
        b"\x88\x81\0\0\0\0x",  # a farewell with half a code
        b"\x88\x82\0\0\0\0\x00\x01",
    ],
)
async def test_who_does_not_speak_websocket_is_told_and_left(port: Port, frame: bytes) -> None:
    caller = await port.connect()

    caller.write(frame)

    opcode, reason = await caller.receive()
    assert (opcode, reason[:2]) == (CLOSE, (1002).to_bytes(2))
    await caller.rest()
    await until(lambda: not port.links())


async def test_a_car_that_leaves_without_a_word_is_noticed(port: Port) -> None:
    caller = await port.connect()
    await until(port.links)
    (link,) = port.links()

    caller.leave()

    await until(lambda: not port.garage.links)
    assert port.server.links == {}
    assert link.counters.total() == 1


async def test_what_a_car_sends_at_its_farewell_is_taken_over(port: Port) -> None:
    caller = await port.connect()
    caller.write(b"".join(ws_frame(stream_frame(txid=b"%d" % number)) for number in range(20)))
    caller.send((1000).to_bytes(2), CLOSE)
    await until(lambda: port.garage.records)

    await until(lambda: not port.links())  # it stays until then: a record that cannot be answered comes again
    assert len(port.garage.records) == 20


async def test_a_car_that_takes_no_answers_is_left(open_port: Open) -> None:
    port = await open_port(write=0.02, busy=60.0)
    caller = await port.connect()
    await until(port.links)
    (link,) = port.links()
    caller.stop_reading()
    # Each answer is as long as the topic of its record.
    frame = ws_frame(stream_frame(topic=b"x" * 200_000))

    async def keep_talking() -> None:
        while port.links():
            if caller.transport.get_write_buffer_size() < 1_000_000:
                caller.write(frame)
            await asyncio.sleep(0)

    await asyncio.wait_for(keep_talking(), 60)

    assert link.counters == {"lost_while_answering": 1}
    caller.leave()


async def test_a_car_that_takes_no_pongs_is_left(open_port: Open) -> None:
    port = await open_port(write=0.02, busy=60.0)
    caller = await port.connect()
    await until(port.links)
    (link,) = port.links()
    caller.stop_reading()
    pings = ws_frame(bytes(125), PING) * 1_000

    async def keep_pinging() -> None:
        while port.links():
            if caller.transport.get_write_buffer_size() < 1_000_000:
                caller.write(pings)
            await asyncio.sleep(0)

    await asyncio.wait_for(keep_pinging(), 60)

    assert link.counters == {"lost_while_answering": 1}
    caller.leave()


async def test_while_nobody_takes_records_they_wait_unacknowledged(port: Port) -> None:
    caller = await port.connect()
    port.server.pause(VIN)
    caller.send(stream_frame(txid=b"1"))
    caller.send(stream_frame(txid=b"2"))
    await turns(100)
    assert port.garage.records == []
    later = Garage()

    port.server.subscribe(VIN, later)

    assert await caller.hear() == acknowledgement(b"1", b"V")
    assert await caller.hear() == acknowledgement(b"2", b"V")
    assert later.txids == [b"1", b"2"]
    assert later.links == port.links()
    assert port.garage.records == []


async def test_a_car_may_connect_while_nobody_takes_its_records(port: Port) -> None:
    port.server.pause(VIN)
    caller = await port.connect()
    caller.send(stream_frame(txid=b"1"))
    await until(port.links)
    assert port.garage.links == []

    port.server.subscribe(VIN, port.garage)

    assert await caller.hear() == acknowledgement(b"1", b"V")
    assert port.garage.links == port.links()


async def test_a_car_may_leave_while_nobody_takes_its_records(port: Port) -> None:
    caller = await port.connect()
    await until(port.links)
    port.server.pause(VIN)
    caller.leave()

    await until(lambda: not port.links())
    assert len(port.garage.links) == 1  # nobody was told


async def test_when_nobody_comes_the_car_has_to_deliver_again(open_port: Open) -> None:
    port = await open_port(subscriber=0.03)
    caller = await port.connect()
    await until(port.links)
    (link,) = port.links()
    port.server.pause(VIN)

    caller.send(stream_frame(txid=b"1"))

    assert await caller.rest() == b""
    assert link.counters == {"lost_while_answering": 1}
    assert port.garage.records == []


async def test_waiting_for_a_subscriber_does_not_count_as_work(open_port: Open) -> None:
    now = [0.0]
    port = await open_port(clock=lambda: now[0])
    caller = await port.connect()
    port.server.pause(VIN)
    caller.send(stream_frame(txid=b"1"))
    await until(lambda: port.links() and port.links()[0].connection.outcomes)

    now[0] += 3_600.0
    port.server.subscribe(VIN, port.garage)
    await caller.hear()
    caller.send(stream_frame(txid=b"2"))

    assert await caller.hear() == acknowledgement(b"2", b"V")


async def test_a_record_that_was_half_taken_goes_whole_to_the_next(port: Port) -> None:
    slow, next_one = Garage(steps=1_000_000), Garage()
    port.server.subscribe(VIN, slow)
    caller = await port.connect()
    caller.send(stream_frame(txid=b"1"))
    await until(lambda: slow.begun)
    await turns(10)

    port.server.pause(VIN)
    await turns(10)
    assert slow.records == []
    port.server.subscribe(VIN, next_one)

    assert await caller.hear() == acknowledgement(b"1", b"V")
    assert next_one.txids == [b"1"]
    assert (slow.begun, slow.records) == (1, [])
    assert port.links()[0].records == 1


async def test_a_car_that_is_forgotten_is_left_and_turned_away(port: Port, car: ssl.SSLContext) -> None:
    callers = [await port.connect() for _ in range(2)]
    await until(lambda: len(port.links()) == 2)

    port.server.forget(VIN)

    for caller in callers:
        assert await caller.rest() == b""
    await until(lambda: not port.links())
    assert await turned_away(port, car) == {"unknown_vehicle": 1}
    port.server.forget(VIN)


async def test_a_car_that_is_forgotten_while_its_record_waits_gets_no_answer(port: Port) -> None:
    caller = await port.connect()
    port.server.pause(VIN)
    caller.send(stream_frame(txid=b"1"))
    await until(lambda: port.links() and port.links()[0].connection.outcomes)

    port.server.forget(VIN)

    assert await caller.rest() == b""
    await until(lambda: not port.links())
    assert port.garage.records == []


async def test_pausing_a_car_that_nobody_knows_does_not_let_it_in(
    port: Port, shown: Shown, authorities: Authorities
) -> None:
    port.server.pause(OTHER)

    assert await turned_away(port, shown(authorities.car_certificate(OTHER))) == {"unknown_vehicle": 1}


async def test_one_car_is_not_another(port: Port, shown: Shown, authorities: Authorities) -> None:
    other = Garage()
    port.server.subscribe(OTHER, other)
    caller = await port.connect(shown(authorities.car_certificate(OTHER)))

    caller.send(stream_frame(Payload(vin=VIN).SerializeToString(), device_id=VIN.encode()))
    await caller.hear()

    assert port.garage.records == []
    assert other.records[0].vin == OTHER
    assert other.records[0].message == Payload(vin=OTHER)


class Clumsy(Garage):
    """A subscriber with a bug."""

    def __init__(self, *failing: str) -> None:
        super().__init__()
        self._failing = failing

    def link_opened(self, link: Link) -> None:
        super().link_opened(link)
        if "opened" in self._failing:
            raise LookupError("opened")

    def link_closed(self, link: Link) -> None:
        super().link_closed(link)
        if "closed" in self._failing:
            raise LookupError("closed")

    def take(self, record: Record, received: float) -> Iterator[None]:
        if record.txid in (b"bad", b"worse"):
            yield
            raise ConnectionError("take")
        yield from super().take(record, received)


@pytest.mark.no_fail_on_log_exception
async def test_a_record_its_subscriber_fails_at_does_not_keep_the_others_away(
    open_port: Open, caplog: pytest.LogCaptureFixture
) -> None:
    port = await open_port()
    clumsy = Clumsy()
    port.server.subscribe(VIN, clumsy)
    caller = await port.connect()

    for txid in (b"1", b"bad", b"2", b"worse"):
        caller.send(stream_frame(txid=txid))

    for txid in (b"1", b"bad", b"2", b"worse"):
        assert await caller.hear() == acknowledgement(txid, b"V")
    assert clumsy.txids == [b"1", b"2"]
    assert port.links()[0].counters == {"failed": 2}
    (told,) = [record for record in caplog.records if record.levelno >= logging.ERROR]
    assert told.exc_info
    assert VIN not in told.getMessage()


@pytest.mark.no_fail_on_log_exception
@pytest.mark.parametrize("failing", ["opened", "closed"])
async def test_a_subscriber_that_fails_at_a_link_leaves_nothing_behind(
    open_port: Open, caplog: pytest.LogCaptureFixture, failing: str
) -> None:
    port = await open_port()
    port.server.subscribe(VIN, Clumsy(failing))
    caller = await port.call()
    caller.write(ws_upgrade())
    await caller.answer()
    if failing == "closed":
        caller.leave()

    await caller.rest()

    await until(lambda: "A telemetry connection has failed" in caplog.text)
    assert port.server.links == {}
    port.server.subscribe(VIN, port.garage)
    good = await port.connect()
    good.send(stream_frame())
    await good.hear()


class Ticks:
    """A clock by which every look takes a millisecond, and that notes in which turn of the loop it was."""

    def __init__(self) -> None:
        self.turn = 0
        self.looks = Counter[int]()

    def __call__(self) -> float:
        self.looks[self.turn] += 1
        return self.looks.total() / 1_000

    async def count_turns(self) -> None:
        while True:
            self.turn += 1
            await asyncio.sleep(0)


@pytest.mark.parametrize("kind", ["records", "pings", "nothing"])
async def test_a_flood_leaves_others_their_turn(open_port: Open, kind: str) -> None:
    clock = Ticks()
    port = await open_port(clock=clock)
    caller = await port.connect()
    await until(port.links)
    counting = asyncio.ensure_future(clock.count_turns())
    frame = {"records": ws_frame(stream_frame()), "pings": ws_frame(b"x", PING), "nothing": ws_frame(b"")}

    caller.write(frame[kind] * 200)
    for _ in range(200):
        await caller.receive()

    counting.cancel()
    assert clock.looks.total() > 400  # two for each frame
    assert max(clock.looks.values()) <= 2 * AT_ONCE


async def test_work_on_a_large_record_is_interrupted_for_others(open_port: Open) -> None:
    port = await open_port()
    caller = await port.connect()
    await until(port.links)
    (link,) = port.links()
    payload = Payload()
    for key in range(60_000):
        payload.data.add(key=key % 200).value.double_value = key
    caller.send(stream_frame(payload.SerializeToString()))

    during = 0
    while not link.records:
        during += 1
        await asyncio.sleep(0)

    assert during > payload.ByteSize() // SLICE


async def test_stopping_ends_everything(port: Port, car: ssl.SSLContext) -> None:
    connected = await port.connect()
    refused = await port.call()
    refused.write(b"POST / HTTP/1.1\r\nHost: x\r\n\r\n")
    silent = await port.call()
    half = await port.call()
    half.write(b"GET / HT")
    mute = knock(port.server.port)
    await shake_hands(mute, car)
    stranger = knock(port.server.port)
    await until(lambda: port.links() and port.server.gate.unfinished)

    await port.server.stop()

    assert port.server.links == {}
    assert port.garage.links == []
    await turns(3)
    timers = asyncio.get_running_loop()._scheduled  # type: ignore[attr-defined]  # the loop's own list
    assert not [timer for timer in timers if not timer.cancelled()]
    for caller in (connected, silent, half):
        assert await caller.rest() == b""
    await refused.rest()
    assert await closed(stranger) == b""
    await closed(mute)
    with pytest.raises(ConnectionRefusedError):
        knock(port.server.port)


async def test_stopping_while_records_wait_does_not_take_long_and_answers_none(port: Port) -> None:
    caller = await port.connect()
    port.server.pause(VIN)
    caller.send(stream_frame(txid=b"1"))
    await until(lambda: port.links() and port.links()[0].connection.outcomes)

    await port.server.stop()

    assert await caller.rest() == b""
    assert port.garage.records == []
    tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
    assert tasks == []


async def test_stopping_in_the_middle_of_a_record_leaves_it_unanswered(port: Port) -> None:
    slow = Garage(steps=1_000_000)
    port.server.subscribe(VIN, slow)
    caller = await port.connect()
    caller.send(stream_frame(txid=b"1"))
    await until(lambda: slow.begun)

    await port.server.stop()

    assert await caller.rest() == b""
    assert slow.records == []
    assert slow.links == []


async def test_stopping_twice_or_before_anything_is_harmless(port: Port, context: ssl.SSLContext) -> None:
    await port.server.stop()
    await port.server.stop()

    await TelemetryServer(context, server_names={HOST}, handshake_cost=0.0).stop()


async def test_a_port_that_is_taken_is_told_and_can_be_tried_again(
    port: Port, context: ssl.SSLContext, car: ssl.SSLContext
) -> None:
    second = TelemetryServer(context, server_names={HOST}, handshake_cost=0.0)
    taken = port.server.port

    for _ in range(2):
        with pytest.raises(PortTaken):
            await second.start(taken, ["127.0.0.1"])
    await port.server.stop()
    await second.start(taken, ["127.0.0.1"])

    caller = await Caller.call(taken, car, name=HOST)
    assert (await caller.ask("GET /status")).status == 200
    await caller.rest()
    await second.stop()


async def test_a_port_may_be_opened_again_after_it_was_closed(port: Port) -> None:
    number = port.server.port
    await port.server.stop()

    await port.server.start(number, ["127.0.0.1"])

    caller = await port.connect()
    caller.send(stream_frame())
    await caller.hear()


PROXY = "127.0.0.2"


@pytest.fixture
def proxied(own_leaf: Pair, tesla: list[Authority]) -> Proxied:
    return Proxied(
        forwarding=Forwarding(read_peers([PROXY]), "secret"),
        context=tls.server_context(own_leaf, tesla, time.time(), optional=True),
        authorities=tesla,
    )


@pytest.fixture
async def behind(open_port: Open, proxied: Proxied, nothing_to_report: None) -> Port:
    """A port with a proxy in front of it."""
    return await open_port(proxied=proxied)


async def test_a_car_behind_the_proxy_is_known_by_the_certificate_that_is_handed_on(
    behind: Port, shown: Shown, car_credential: Credential
) -> None:
    caller = await behind.call(shown(None), source=PROXY)
    answer = await caller.upgrade(Client_Cert=escaped(car_credential), X_Tesla_Direct_Secret="secret")
    assert answer.status == 101
    caller.send(stream_frame(txid=b"one"))
    await caller.hear()

    assert behind.garage.txids == [b"one"]
    assert behind.links()[0].connection.identity.device_id == VIN


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "forwarded_wrong_secret"),
        ({"X_Tesla_Direct_Secret": "guessed"}, "forwarded_wrong_secret"),
        ({"X_Tesla_Direct_Secret": "secret"}, "forwarded_without_certificate"),
    ],
)
async def test_a_proxy_that_hands_on_nothing_to_believe_is_turned_away(
    behind: Port, shown: Shown, car_credential: Credential, headers: dict[str, str], reason: str
) -> None:
    handed_on = {"Client_Cert": escaped(car_credential)} if "wrong" in reason else {}
    caller = await behind.call(shown(None), source=PROXY)

    assert (await caller.upgrade(**handed_on, **headers)).status == 403
    assert behind.server.turned_away == {reason: 1}


async def test_from_elsewhere_nobody_gets_in_without_a_certificate(behind: Port, shown: Shown) -> None:
    caller = await behind.call(shown(None))

    assert await caller.rest() == b""
    assert behind.server.gate.refused == {"peer_did_not_return_a_certificate": 1}


@pytest.mark.parametrize("source", [PROXY, "127.0.0.1"])
async def test_a_car_cannot_pass_itself_off_as_another(
    behind: Port, authorities: Authorities, shown: Shown, source: str
) -> None:
    own = authorities.car_certificate(OTHER)
    behind.server.subscribe(OTHER, Garage())
    caller = await behind.call(shown(own), source=source)
    other = escaped(authorities.car_certificate(VIN))
    answer = await caller.upgrade(Client_Cert=other, X_Tesla_Direct_Secret="secret")

    assert answer.status == 403
    assert behind.server.turned_away == {"forwarded_by_a_stranger": 1}


@pytest.mark.parametrize("source", [PROXY, "127.0.0.1"])
async def test_a_car_that_comes_straight_to_us_needs_no_proxy(
    behind: Port, car: ssl.SSLContext, source: str
) -> None:
    caller = await behind.call(car, source=source)

    assert (await caller.upgrade()).status == 101


async def test_a_certificate_of_somebody_else_does_not_get_in_by_the_proxy_either(
    behind: Port, authorities: Authorities, impostor: Credential, shown: Shown
) -> None:
    caller = await behind.call(shown(authorities.car_certificate(VIN, issuer=impostor)), source=PROXY)

    assert await caller.rest() == b""
    assert behind.server.gate.refused == {"certificate_verify_failed": 1}


async def test_mutual_tls_is_said_to_work_only_where_a_certificate_arrived(
    behind: Port, shown: Shown, car_credential: Credential
) -> None:
    secret = {"X-Tesla-Direct-Secret": "secret"}
    without = await (await behind.call(shown(None), source=PROXY)).ask("GET /status", {**secret})
    with_one = await (await behind.call(shown(None), source=PROXY)).ask(
        "GET /status", {**secret, "Client-Cert": escaped(car_credential)}
    )

    assert (without.status, with_one.status) == (403, 200)
    assert with_one.body == b"mtls ok"


async def test_a_proxy_that_is_named_later_is_known_from_then_on(
    port: Port, proxied: Proxied, context: ssl.SSLContext, shown: Shown, car_credential: Credential
) -> None:
    port.server.show(context, proxied)
    caller = await port.call(shown(None), source=PROXY)
    answer = await caller.upgrade(Client_Cert=escaped(car_credential), X_Tesla_Direct_Secret="secret")
    assert answer.status == 101

    port.server.show(context, None)
    assert await (await port.call(shown(None), source=PROXY)).rest() == b""
    assert len(port.links()) == 1


CARS = {"car": VIN, "other": OTHER}


async def raw(port: Port, shown: Shown, *lines: bytes) -> int:
    """Ask as the proxy for a WebSocket, with headers written by hand; return the status of the answer."""
    caller = await port.call(shown(None), source=PROXY)
    caller.write(ws_upgrade().removesuffix(b"\r\n") + b"".join(line + b"\r\n" for line in (*lines, b"")))
    answer = await caller.answer()
    if answer.status != 101:
        assert await caller.rest() == b""
    return answer.status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        (["client-cert: {car}", "x-tesla-direct-secret: secret"], 101),
        (["CLIENT-CERT:{car}", "X-TESLA-DIRECT-SECRET:  secret "], 101),
        (["Client_Cert: {car}", "X-Tesla-Direct-Secret: secret"], 403),
        (["Client-Cert: {car}", "X_Tesla_Direct_Secret: secret"], 403),
        (["Client-Cert: {car}", "client-cert: {other}", "X-Tesla-Direct-Secret: secret"], 403),
        (["Client-Cert: {car}, {other}", "X-Tesla-Direct-Secret: secret"], 403),
        (["Client-Cert: {car}", "Client-Cert:", "X-Tesla-Direct-Secret: secret"], 403),
        (["Client-Cert: {car}", "X-Tesla-Direct-Secret: secret", "x-tesla-direct-secret: x"], 403),
        (["Client-Cert: {car}", "X-Tesla-Direct-Secret: secret, secret"], 403),
        (["Client-Cert: {car}", "X-Tesla-Direct-Secret: SECRET"], 403),
        (["Client-Cert : {car}", "X-Tesla-Direct-Secret: secret"], 400),
        (["Client-Cert: {car}", "X-Tesla-Direct-Secret:\r\n secret"], 400),
        (["Client-Cert:\r\n {car}", "X-Tesla-Direct-Secret: secret"], 400),
        (["X-Other: x\rClient-Cert: {car}", "X-Tesla-Direct-Secret: secret"], 400),
        (["Client-Cert: {car}\0", "X-Tesla-Direct-Secret: secret"], 400),
        (["Client-Cert: {car}", "X-Tesla-Direct-Secret: secret", "X-Long: " + "x" * 10_000], 400),
        (["Client-Cert: {car}", "X-Tesla-Direct-Secret: secret", *["X: x"] * 1_000], 400),
        (
            ["Client-Cert: {car}", "Client-Cert-Chain: " + ":AAAA:, " * 9, "X-Tesla-Direct-Secret: secret"],
            403,
        ),
    ],
)
async def test_headers_are_taken_as_they_are_meant_or_not_at_all(
    behind: Port, authorities: Authorities, shown: Shown, headers: list[str], status: int
) -> None:
    spelled = {name: escaped(authorities.car_certificate(vin)) for name, vin in CARS.items()}

    assert await raw(behind, shown, *(line.format(**spelled).encode() for line in headers)) == status
    assert len(behind.links()) == (status == 101)


async def test_what_was_proved_holds_for_one_request_only(
    behind: Port, shown: Shown, car_credential: Credential
) -> None:
    told = f"Client-Cert: {escaped(car_credential)}\r\nX-Tesla-Direct-Secret: secret\r\n\r\n".encode()
    proved, unproved = (b"GET /status HTTP/1.1\r\nHost: x\r\n" + end for end in (told, b"\r\n"))
    for said, status in ((proved + ws_upgrade(), b"200"), (unproved + proved, b"403")):
        caller = await behind.call(shown(None), source=PROXY)
        caller.write(said)
        heard = await caller.rest()

        assert heard.startswith(b"HTTP/1.1 " + status)
        assert heard.count(b"HTTP/1.1") == 1
    assert not behind.server.links


@pytest.mark.parametrize(
    ("certificate", "reason"),
    [
        ({"days": (30.0, -1.0)}, "forwarded_certificate_not_verified"),
        ({"days": (-1.0, 30.0)}, "forwarded_certificate_not_verified"),
        ({"issuer": ISSUING_EXPIRED}, "forwarded_certificate_not_verified"),
        ({"purposes": (CLIENT_AUTH, ENERGY_DEVICE)}, "no_vehicle"),
        ({"purposes": (CLIENT_AUTH, VEHICLE_BOARD)}, "no_vehicle"),
        ({"purposes": (CLIENT_AUTH, VEHICLE_WIFI)}, "identity_excluded"),
        ({"purposes": (CLIENT_AUTH,)}, "identity_unauthorized"),
    ],
)
async def test_a_certificate_that_is_handed_on_has_to_be_a_cars(
    behind: Port, authorities: Authorities, shown: Shown, certificate: dict[str, Any], reason: str
) -> None:
    made = escaped(authorities.car_certificate(VIN, **certificate))
    caller = await behind.call(shown(None), source=PROXY)

    assert (await caller.upgrade(Client_Cert=made, X_Tesla_Direct_Secret="secret")).status == 403
    assert behind.server.turned_away == {reason: 1}


async def test_an_authority_of_ones_own_is_none_of_teslas_whatever_it_is_called(
    behind: Port, authorities: Authorities, impostor: Credential, shown: Shown
) -> None:
    made = authorities.car_certificate(VIN, issuer=impostor)
    for chain in ("", sequence(impostor.certificate)):
        caller = await behind.call(shown(None), source=PROXY)
        handed_on = {"Client_Cert": sequence(made.certificate), "Client_Cert_Chain": chain}
        assert (await caller.upgrade(**handed_on, X_Tesla_Direct_Secret="secret")).status == 403

    assert behind.server.turned_away == {"forwarded_certificate_not_verified": 2}


async def test_nobody_gets_us_to_complain_by_a_certificate_without_sense(
    behind: Port, authorities: Authorities, impostor: Credential, shown: Shown
) -> None:
    made = authorities.car_certificate(VIN, issuer=impostor, purposes=(SERVER_AUTH,))
    der = made.certificate.public_bytes(Encoding.DER).replace(VIN.encode(), b"\xff" * len(VIN))
    value = f":{base64.b64encode(der).decode()}:"
    caller = await behind.call(shown(None), source=PROXY)

    assert (await caller.upgrade(Client_Cert=value, X_Tesla_Direct_Secret="secret")).status == 403
    assert behind.server.turned_away == {"forwarded_unreadable_certificate": 1}


async def test_nobody_is_waited_for_who_was_answered(behind: Port, shown: Shown) -> None:
    caller = await behind.call(shown(None), source=PROXY)
    began = asyncio.get_running_loop().time()
    answer = await caller.ask("POST /", {"Content-Length": "1000"})

    assert answer.status == 405
    assert await caller.rest() == b""
    assert asyncio.get_running_loop().time() - began < 5.0  # nothing of those thousand bytes has come


async def test_who_gets_in_and_asks_for_nothing_has_to_go_for_others(
    open_port: Open, proxied: Proxied, shown: Shown, car_credential: Credential
) -> None:
    port = await open_port(proxied=proxied, undecided=3)
    silent = [await port.call(shown(None), source=PROXY) for _ in range(3)]
    await until(lambda: port.server.gate.admitted == 3)
    caller = await port.call(shown(None), source=PROXY)
    answer = await caller.upgrade(Client_Cert=escaped(car_credential), X_Tesla_Direct_Secret="secret")

    assert answer.status == 101
    assert await silent[0].rest() == b""
    assert port.server.turned_away == {"crowded_out": 1}
    assert (await silent[1].ask("GET /status")).status == 403


async def test_a_session_that_was_begun_without_a_certificate_is_taken_up_nowhere_else(
    behind: Port, shown: Shown
) -> None:
    context = shown(None)
    context.maximum_version = ssl.TLSVersion.TLSv1_2

    def call(source: str, session: ssl.SSLSession | None = None) -> ssl.SSLSession | None:
        with (
            socket.create_connection(("127.0.0.1", behind.server.port), 10.0, (source, 0)) as sock,
            context.wrap_socket(sock, server_hostname=HOST, session=session) as tls_socket,
        ):
            return tls_socket.session

    loop = asyncio.get_running_loop()
    session = await loop.run_in_executor(None, call, PROXY)
    assert session is not None
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await loop.run_in_executor(None, call, "127.0.0.1", session)
    await until(lambda: behind.server.gate.refused)
    assert behind.server.gate.refused == {"peer_did_not_return_a_certificate": 1}
