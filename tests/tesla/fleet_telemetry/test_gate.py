"""The gate, over real sockets: who gets in, who does not, and what that costs."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
import logging
import os
from pathlib import Path
import resource
import socket
import ssl
import struct

from cryptography.x509 import ObjectIdentifier
import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.bounds import Bounds
from custom_components.tesla_direct.tesla.fleet_telemetry.certificate import Pair
from custom_components.tesla_direct.tesla.fleet_telemetry.gate import Gate, is_outside, network_of
from custom_components.tesla_direct.tesla.fleet_telemetry.listening import listen
from simulator.certificates import (
    ANY_PURPOSE,
    AUTHORITIES,
    CLIENT_AUTH,
    ISSUING_EXPIRED,
    MOTORS_PRODUCTS,
    PRODUCT,
    PRODUCT_ACCESS,
    SERVER_AUTH,
    VEHICLE_DEVICE,
    Authorities,
    Credential,
)

from .caller import Caller, closed, hello, knock, passed, shake_hands, turns, until
from .conftest import HOST, Shown
from .frames import VIN
from .loop_clock import LoopClock

ISSUERS = [plan.name for plan in AUTHORITIES if plan.name.endswith(("Issuing CA", "Products CA"))]
USED_UP = 1_000.0  # seconds that one handshake is said to cost: no other one has its turn in this test
BOUNDS = Bounds()

type Purposes = tuple[ObjectIdentifier, ...]

pytestmark = pytest.mark.usefixtures("nothing_to_report", "socket_enabled")


class Guest(asyncio.Protocol):
    """Whoever got in."""

    def __init__(self) -> None:
        self.transport: asyncio.BaseTransport | None = None
        self.left = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        self.left = True


class House:
    """A gate, its port, and who got in."""

    def __init__(
        self, context: ssl.SSLContext, bounds: Bounds, *, cost: float, names: tuple[str, ...], listeners: int
    ) -> None:
        self.guests: list[Guest] = []
        self.admitted: list[asyncio.Transport] = []
        self.gate = Gate(
            context,
            self._make,
            server_names=names,
            handshake_cost=cost,
            on_admitted=self.admitted.append,
            bounds=bounds,
        )
        sockets = [sock for _ in range(listeners) for sock in listen(0, ["127.0.0.1"])]
        self.ports = [sock.getsockname()[1] for sock in sockets]
        self.port = self.ports[0]
        self.gate.listen(sockets)

    def _make(self) -> Guest:
        self.guests.append(Guest())
        return self.guests[-1]

    async def close(self) -> None:
        await self.gate.close()
        for transport in self.admitted:
            transport.abort()
        await until(lambda: all(guest.left for guest in self.guests if guest.transport))

    async def refused(self, count: int = 1) -> dict[str, int]:
        """Wait until so many were refused; return how many for which reason."""
        await until(lambda: self.gate.refused.total() >= count)
        return dict(self.gate.refused)


type Build = Callable[..., House]


@pytest.fixture
async def build(context: ssl.SSLContext) -> AsyncIterator[Build]:
    houses: list[House] = []

    def make(
        *, cost: float = 0.0, names: tuple[str, ...] = (HOST,), listeners: int = 1, **bounds: float
    ) -> House:
        limits = replace(BOUNDS, **bounds)  # type: ignore[arg-type]  # numbers, whichever
        houses.append(House(context, limits, cost=cost, names=names, listeners=listeners))
        return houses[-1]

    yield make
    for house in houses:
        await house.close()


@pytest.fixture
async def house(build: Build) -> House:
    return build()


async def try_in(house: House, context: ssl.SSLContext, source: str = "127.0.0.1") -> bool:
    """Call; return whether we were let in. The client may believe so before the server has judged."""
    before = house.gate.admitted, house.gate.refused.total()
    try:
        caller = await Caller.call(house.port, context, name=HOST, source=source)
    except ConnectionError, ssl.SSLError:
        await until(lambda: house.gate.refused.total() > before[1])
        return False
    await until(lambda: (house.gate.admitted, house.gate.refused.total()) != before)
    caller.leave()
    return house.gate.admitted > before[0]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("issuer", [name for name in ISSUERS if name != ISSUING_EXPIRED])
async def test_a_car_of_each_of_teslas_issuers_gets_in(
    house: House, shown: Shown, authorities: Authorities, issuer: str, version: ssl.TLSVersion
) -> None:
    car = shown(authorities.car_certificate(VIN, issuer=issuer))
    car.minimum_version = car.maximum_version = version

    assert await try_in(house, car)

    assert house.gate.admitted == len(house.admitted) == 1
    assert house.gate.unfinished == 0
    assert not house.gate.refused


def test_the_issuers_are_of_every_kind() -> None:
    assert {MOTORS_PRODUCTS, PRODUCT, PRODUCT_ACCESS, ISSUING_EXPIRED} < set(ISSUERS)


@pytest.mark.parametrize(
    ("purposes", "names_issuer"),
    [
        (None, True),
        ((CLIENT_AUTH,), True),
        ((VEHICLE_DEVICE, CLIENT_AUTH), True),
        ((SERVER_AUTH, CLIENT_AUTH), True),
        ((CLIENT_AUTH, VEHICLE_DEVICE), False),
    ],
)
async def test_purposes_and_identifiers_are_taken_as_the_official_server_takes_them(
    house: House,
    shown: Shown,
    authorities: Authorities,
    purposes: Purposes | None,
    names_issuer: bool,  # noqa: FBT001  # a column of the table
) -> None:
    credential = authorities.car_certificate(VIN, purposes=purposes, names_issuer=names_issuer)

    assert await try_in(house, shown(credential))


async def test_an_intermediate_of_the_cars_that_we_do_not_need_does_no_harm(
    house: House, shown: Shown, authorities: Authorities, impostor: Credential
) -> None:
    credential = authorities.car_certificate(VIN)
    chain = (authorities[PRODUCT].certificate, impostor.certificate)

    assert await try_in(house, shown(replace(credential, chain=chain)))


async def refusal(house: House, context: ssl.SSLContext) -> str:
    """Call, be refused, and return the reason."""
    assert not await try_in(house, context)
    (reason,) = house.gate.refused
    assert house.gate.unfinished == 0
    assert not house.admitted
    return reason


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_without_a_certificate_nobody_gets_in(
    house: House, shown: Shown, version: ssl.TLSVersion
) -> None:
    nobody = shown(None)
    nobody.maximum_version = version

    assert await refusal(house, nobody) == "peer_did_not_return_a_certificate"


async def test_an_older_version_is_refused(house: House, shown: Shown, car_credential: Credential) -> None:
    old = shown(car_credential)
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1

    assert await refusal(house, old) == "unsupported_protocol"


async def test_the_certificate_of_an_impostor_is_refused(
    house: House, shown: Shown, authorities: Authorities, impostor: Credential
) -> None:
    credential = authorities.car_certificate(VIN, issuer=impostor)
    with_authority = replace(credential, chain=(impostor.certificate,))

    assert await refusal(house, shown(credential)) == "certificate_verify_failed"
    assert await refusal(house, shown(with_authority)) == "certificate_verify_failed"


async def test_a_certificate_that_vouches_for_itself_is_refused(
    house: House, shown: Shown, impostor: Credential
) -> None:
    assert await refusal(house, shown(impostor)) == "certificate_verify_failed"


async def test_our_own_certificate_is_refused(house: House, own_leaf: Pair, tmp_path: Path) -> None:
    file = tmp_path / "own.pem"
    file.write_text(own_leaf.key + own_leaf.certificate)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    client.check_hostname = False
    client.verify_mode = ssl.CERT_NONE
    client.load_cert_chain(file)

    assert await refusal(house, client) == "certificate_verify_failed"


@pytest.mark.parametrize("days", [(30.0, -1.0), (-1.0, 30.0)], ids=["over", "not begun"])
async def test_a_certificate_out_of_its_time_is_refused(
    house: House, shown: Shown, authorities: Authorities, days: tuple[float, float]
) -> None:
    assert await refusal(house, shown(authorities.car_certificate(VIN, days=days)))


@pytest.mark.parametrize(
    "purposes", [(SERVER_AUTH,), (VEHICLE_DEVICE,), (ANY_PURPOSE,)], ids=["server", "Tesla's", "any"]
)
async def test_a_certificate_that_is_not_for_clients_is_refused(
    house: House, shown: Shown, authorities: Authorities, purposes: Purposes
) -> None:
    credential = authorities.car_certificate(VIN, purposes=purposes)

    assert await refusal(house, shown(credential)) == "certificate_verify_failed"


async def test_a_car_of_an_expired_issuer_is_refused_even_if_it_sends_it(
    house: House, shown: Shown, authorities: Authorities
) -> None:
    credential = authorities.car_certificate(VIN, issuer=ISSUING_EXPIRED)
    sent = replace(credential, chain=(authorities[ISSUING_EXPIRED].certificate,))

    assert await refusal(house, shown(credential)) == "certificate_verify_failed"
    assert await refusal(house, shown(sent)) == "certificate_verify_failed"


async def test_an_issuer_that_is_not_listed_has_to_be_sent(
    house: House, shown: Shown, authorities: Authorities
) -> None:
    credential = authorities.car_certificate(VIN, issuer=PRODUCT_ACCESS)

    assert await refusal(house, shown(replace(credential, chain=()))) == "certificate_verify_failed"


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        (b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "plain_http"),
        (b"SSH-2.0-OpenSSH_9.9\r\n", "not_tls"),
        (bytes(50_000), "not_tls"),
        (b"\x16\x03\x01\xff\xff", "not_tls"),
        (b"\x16\x03\x01\x00\x04\x01\x00\x00\x00", "unexpected_eof_while_reading"),
    ],
)
async def test_what_is_no_hello_is_refused(house: House, said: bytes, reason: str) -> None:
    sock = knock(house.port)
    sock.send(said)
    sock.shutdown(socket.SHUT_WR)

    assert await closed(sock) == b""
    refused = await house.refused()
    assert list(refused.values()) == [1]
    if reason != "unexpected_eof_while_reading":
        assert list(refused) == [reason]


async def test_the_reason_of_a_refusal_is_told_for_whoever_looks(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    sock = knock(house.port)
    sock.send(b"GET / HTTP/1.1\r\n\r\n")
    await closed(sock)

    (told,) = [record for record in caplog.records if "refused" in record.message]
    assert told.levelno == logging.DEBUG
    assert told.getMessage() == "Telemetry port: refused 127.0.0.1: plain_http"


async def test_a_hello_may_come_byte_by_byte(house: House, car: ssl.SSLContext) -> None:
    sock = knock(house.port)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    await shake_hands(sock, car, at_a_time=1)

    await until(lambda: house.gate.admitted == 1)
    sock.close()


@pytest.mark.parametrize("length", [0, 1, 2, 4, 5, 6, 100, -1])
async def test_half_a_hello_and_the_end_is_nobody(house: House, length: int) -> None:
    sock = knock(house.port)
    sock.send(hello(HOST)[:length])
    await until(lambda: house.gate.unfinished or house.gate.refused)
    sock.shutdown(socket.SHUT_WR)

    assert await house.refused() == {"connection_lost": 1}
    assert await closed(sock) == b""


@pytest.mark.parametrize("length", [0, 3, 100])
async def test_half_a_hello_and_silence_does_not_keep_the_loop_busy(house: House, length: int) -> None:
    sock = knock(house.port)
    sock.send(hello(HOST)[:length])
    await until(lambda: house.gate.unfinished)
    looks = count_calls(house.gate, 500)

    assert await looks <= 2
    assert house.gate.unfinished == 1
    sock.close()
    assert await house.refused() == {"connection_lost": 1}


async def count_calls(gate: Gate, loops: int) -> int:
    """Return how often the gate looked at a stranger while the loop turned."""
    loop = asyncio.get_running_loop()
    handles = 0
    for _ in range(loops):
        await asyncio.sleep(0)
        handles += sum("_look" in repr(handle) for handle in loop._ready)  # type: ignore[attr-defined]  # the loop's own list
    return handles


@pytest.mark.parametrize("said", ["nothing", "half", "whole"])
async def test_who_is_too_slow_goes(build: Build, clock: LoopClock, said: str) -> None:
    house = build(handshake=30.0, sweep=0.01)
    sock = knock(house.port)
    words = hello(HOST)
    sock.send({"nothing": b"", "half": words[:50], "whole": words}[said])
    await until(lambda: house.gate.unfinished == 1)
    if said == "whole":
        assert await asyncio.get_running_loop().sock_recv(sock, 1)

    clock.forward(31)

    assert await house.refused() == {"too_slow": 1}

    assert bool(await closed(sock)) is (said == "whole")  # of which it has heard the beginning
    await until(lambda: house.gate.unfinished == 0)


async def test_a_handshake_that_does_not_come_to_an_end_goes_too(build: Build, clock: LoopClock) -> None:
    house = build(handshake=30.0, sweep=USED_UP)  # nobody looks for those who are too slow
    sock = knock(house.port)
    sock.send(hello(HOST))
    assert await asyncio.get_running_loop().sock_recv(sock, 1)

    clock.forward(31)

    assert await house.refused() == {"too_slow": 1}
    assert await closed(sock)


async def test_those_who_came_later_may_stay_longer(build: Build, clock: LoopClock) -> None:
    house = build(handshake=50.0, sweep=0.01)
    clock.stand_still()
    first = knock(house.port)
    await until(lambda: house.gate.unfinished == 1)
    clock.forward(30)
    second = knock(house.port)
    await until(lambda: house.gate.unfinished == 2)

    clock.forward(30)
    assert await house.refused() == {"too_slow": 1}
    assert house.gate.unfinished == 1
    clock.forward(30)
    assert await house.refused(2) == {"too_slow": 2}
    await closed(first)
    await closed(second)


@pytest.mark.parametrize("when", ["at once", "after half a hello", "after the hello"])
async def test_a_connection_that_is_reset_is_nobody(house: House, when: str) -> None:
    sock = knock(house.port)
    if when != "at once":
        sock.send(hello(HOST)[: 50 if when == "after half a hello" else None])
        await until(lambda: house.gate.unfinished)
        await turns(5)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()

    assert await house.refused() == {"connection_lost": 1}
    await until(lambda: house.gate.unfinished == 0)


async def test_many_at_once_are_all_taken(house: House) -> None:
    sockets = [knock(house.port) for _ in range(50)]

    await until(lambda: house.gate.unfinished == 50)

    for sock in sockets:
        sock.close()
    assert await house.refused(50) == {"connection_lost": 50}


async def test_when_all_places_are_taken_the_oldest_goes_and_never_the_newcomer(build: Build) -> None:
    house = build(places=3)
    sockets = [knock(house.port) for _ in range(3)]
    await until(lambda: house.gate.unfinished == 3)

    for number in range(1, 4):
        newcomer = knock(house.port)
        assert await house.refused(number) == {"crowded_out": number}
        assert await closed(sockets.pop(0)) == b""
        assert house.gate.unfinished == 3
        sockets.append(newcomer)

    for sock in sockets:
        sock.close()
    await house.refused(6)


async def test_whoever_takes_most_of_the_places_has_to_give_one_up(build: Build) -> None:
    house = build(places=4)
    old = knock(house.port, source="127.0.0.2")
    await until(lambda: house.gate.unfinished == 1)
    crowd = [knock(house.port, source="127.0.0.3") for _ in range(3)]
    await until(lambda: house.gate.unfinished == 4)

    newcomer = knock(house.port, source="127.0.0.4")

    await house.refused()
    assert await closed(crowd.pop(0)) == b""
    for sock in (old, newcomer, *crowd):
        with pytest.raises(BlockingIOError):
            sock.recv(1)
        sock.close()
    await house.refused(5)


async def test_one_whose_handshake_has_begun_can_be_crowded_out(build: Build) -> None:
    house = build(places=1)
    first = knock(house.port)
    first.send(hello(HOST))
    assert await asyncio.get_running_loop().sock_recv(first, 10)

    second = knock(house.port)

    assert await house.refused() == {"crowded_out": 1}
    await closed(first)
    assert house.gate.unfinished == 1
    second.close()
    await house.refused(2)


async def test_handshakes_get_their_share_of_time_and_no_more(build: Build, car: ssl.SSLContext) -> None:
    house = build(cost=USED_UP)
    assert await try_in(house, car)

    sockets = [knock(house.port) for _ in range(5)]
    for sock in sockets:
        sock.send(hello(HOST))
    await until(lambda: house.gate.unfinished == 5)
    await turns(50)

    for sock in sockets:
        with pytest.raises(BlockingIOError):
            sock.recv(1)
        sock.close()


async def test_handshakes_that_have_to_wait_have_their_turn(build: Build, car: ssl.SSLContext) -> None:
    house = build(cost=0.003)  # one each 10 ms

    assert all(await asyncio.gather(*(try_in(house, car) for _ in range(5))))
    assert house.gate.admitted == 5


@pytest.mark.parametrize(
    ("names", "good", "bad"),
    [
        ((HOST,), HOST, "other.example.org"),
        ((HOST,), HOST.upper(), None),
        ((HOST.upper(),), HOST, None),
        (("192.0.2.7",), None, HOST),  # who was told an address asks for no name
        (("2001:db8::7",), None, HOST),
    ],
)
async def test_under_pressure_only_those_who_ask_for_us_may_wait(
    build: Build, car: ssl.SSLContext, names: tuple[str, ...], good: str | None, bad: str | None
) -> None:
    house = build(cost=USED_UP, names=names, pressure=3)
    assert await try_in(house, car)
    sockets = []

    async def wait(name: str | None) -> None:
        sockets.append(knock(house.port))
        sockets[-1].send(hello(name))
        total = len(sockets)
        await until(lambda: house.gate.unfinished + house.gate.refused.total() == total)
        await turns(5)

    for _ in range(3):
        await wait(bad)
    assert not house.gate.refused

    await wait(good)
    assert not house.gate.refused
    await wait(bad)
    assert house.gate.refused == {"wrong_name_under_pressure": 1}
    assert house.gate.unfinished == 4

    for sock in sockets:
        sock.close()


async def test_who_was_dropped_makes_no_pressure(build: Build, car: ssl.SSLContext) -> None:
    house = build(cost=USED_UP, pressure=3, places=2)
    assert await try_in(house, car)
    sockets = []
    for _ in range(10):
        sockets.append(knock(house.port))
        sockets[-1].send(hello("other.example.org"))
        await until(lambda: house.gate.unfinished + house.gate.refused.total() == len(sockets))
        await turns(5)

    assert house.gate.refused == {"crowded_out": 8}
    for sock in sockets:
        sock.close()


async def test_a_turn_may_come_when_nobody_waits_any_more(build: Build, car: ssl.SSLContext) -> None:
    house = build(cost=0.003, places=1)
    assert await try_in(house, car)
    waiting = knock(house.port)
    waiting.send(hello(HOST))
    await until(lambda: house.gate.unfinished == 1)
    newcomer = knock(house.port)
    assert await house.refused() == {"crowded_out": 1}

    newcomer.close()

    assert await house.refused(2) == {"crowded_out": 1, "connection_lost": 1}
    await closed(waiting)
    await passed(0.02)
    assert await try_in(house, car)


async def order_of_turns(house: House, clock: LoopClock, sources: list[str]) -> list[str]:
    """Have strangers wait, in this order; return in which order they were heard once time passes again."""
    loop = asyncio.get_running_loop()
    heard: list[str] = []

    async def wait(sock: socket.socket, source: str) -> None:
        await loop.sock_recv(sock, 10)
        heard.append(source)

    sockets = []
    for source in sources:
        sockets.append(knock(house.port, source=source))
        sockets[-1].send(hello(HOST))
        await until(lambda: house.gate.unfinished == len(sockets))
        await turns(5)
    assert not heard
    clock.go_on()
    await asyncio.gather(*map(wait, sockets, sources, strict=True))
    for sock in sockets:
        sock.close()
    return heard


async def test_who_comes_from_where_a_car_got_in_goes_first(
    build: Build, car: ssl.SSLContext, clock: LoopClock
) -> None:
    house = build(cost=0.06)  # one each 200 ms
    clock.stand_still()
    assert await try_in(house, car, source="127.0.0.5")

    heard = await order_of_turns(house, clock, ["127.0.0.2", "127.0.0.3", "127.0.0.5"])

    assert heard == ["127.0.0.5", "127.0.0.2", "127.0.0.3"]


async def test_only_the_newest_of_such_places_are_kept(
    build: Build, car: ssl.SSLContext, clock: LoopClock
) -> None:
    house = build(cost=0.06, known_networks=1)
    clock.stand_still()
    assert await try_in(house, car, source="127.0.0.5")
    clock.forward(0.2)
    assert await try_in(house, car, source="127.0.0.6")

    heard = await order_of_turns(house, clock, ["127.0.0.2", "127.0.0.5", "127.0.0.6"])

    assert heard == ["127.0.0.6", "127.0.0.2", "127.0.0.5"]


async def test_without_file_descriptors_both_ports_wait_and_go_on(
    build: Build, car: ssl.SSLContext, caplog: pytest.LogCaptureFixture
) -> None:
    house = build(listeners=2, out_of_files=0.01)
    sockets = [socket.socket() for _ in range(2)]
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    next_free = os.dup(0)
    os.close(next_free)
    resource.setrlimit(resource.RLIMIT_NOFILE, (next_free, hard))
    try:
        for sock, port in zip(sockets, house.ports, strict=True):
            sock.connect(("127.0.0.1", port))
        await until(lambda: caplog.text.count("cannot accept") >= 2)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    await until(lambda: house.gate.unfinished == 2)
    for sock in sockets:
        sock.close()
    await house.refused(2)
    house.port = house.ports[1]
    assert await try_in(house, car)


async def test_whoever_got_in_is_watched_over_by_the_kernel(house: House, car: ssl.SSLContext) -> None:
    caller = await Caller.call(house.port, car, name=HOST)
    await until(lambda: house.admitted)
    sock = house.admitted[0].get_extra_info("socket")

    option = sock.getsockopt
    assert option(socket.SOL_SOCKET, socket.SO_KEEPALIVE)
    idle = option(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
    between = option(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL)
    assert idle + between * option(socket.IPPROTO_TCP, socket.TCP_KEEPCNT) == 120
    assert option(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 120_000
    assert option(socket.SOL_SOCKET, socket.SO_RCVLOWAT) == 1
    caller.leave()


async def test_another_context_is_shown_to_those_who_follow(
    house: House, shown: Shown, impostor: Credential, tmp_path: Path
) -> None:
    assert not await try_in(house, shown(None))
    other = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    other.load_cert_chain(impostor.write(tmp_path / "other.pem"))

    house.gate.context = other

    assert await try_in(house, shown(None))


async def test_closing_drops_everybody_who_is_not_in_yet(build: Build, car: ssl.SSLContext) -> None:
    house = build(listeners=2)
    inside = await Caller.call(house.port, car, name=HOST)
    await until(lambda: house.admitted)
    words = hello(HOST)
    sockets = [knock(port) for port in house.ports for _ in range(3)]
    for sock, said in zip(sockets, (b"", words[:50], words) * 2, strict=True):
        sock.send(said)
    await until(lambda: house.gate.unfinished == 6)
    await turns(10)

    await house.gate.close()

    assert house.gate.unfinished == 0
    assert house.gate.refused == {"closing": 6}
    assert asyncio.all_tasks() == {asyncio.current_task()}
    for sock in sockets:
        await closed(sock)
    for port in house.ports:
        with pytest.raises(ConnectionRefusedError):
            knock(port)
    assert not house.guests[0].left
    inside.leave()


async def test_whoever_would_get_in_while_it_closes_is_left(build: Build, car: ssl.SSLContext) -> None:
    house = build()
    # The client is done; what it said last has not been read yet.
    caller = await Caller.call(house.port, car, name=HOST)
    assert house.gate.unfinished == 1

    await house.gate.close()

    assert await caller.rest() == b""
    assert house.admitted == []
    assert house.gate.admitted == 0
    assert house.gate.refused == {"closing": 1}


async def test_closing_while_some_wait_for_their_turn_leaves_nothing_behind(
    build: Build, car: ssl.SSLContext
) -> None:
    house = build(cost=USED_UP)
    assert await try_in(house, car)
    sock = knock(house.port)
    sock.send(hello(HOST))
    await until(lambda: house.gate.unfinished == 1)

    await house.gate.close()

    assert await closed(sock) == b""
    assert house.gate.refused == {"closing": 1}


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:0db8:0001:0002"),
        ("2001:db8:1:2::1", "2001:0db8:0001:0002"),
        ("::1", "0000:0000:0000:0000"),
        ("fe80::1%eth0", "fe80:0000:0000:0000"),
    ],
)
def test_one_machine_is_one_network(address: str, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("address", "own", "outside"),
    [
        ("203.0.113.9", "192.168.1.5", False),  # for examples only
        ("8.8.8.8", "192.168.1.5", True),
        ("192.168.1.1", "192.168.1.5", False),
        ("100.64.0.1", "192.168.1.5", False),
        ("172.17.0.1", "172.17.0.2", False),
        ("127.0.0.1", "127.0.0.1", False),
        ("8.8.8.8", "8.8.8.8", False),
        ("2a00:1450:4001:80b::1", "2a02:8071:1:2::5", True),
        ("2a02:8071:1:2::17", "2a02:8071:1:2::5", False),
        ("fe80::1%eth0", "fe80::2%eth0", False),
        ("", "127.0.0.1", False),
    ],
)
def test_who_calls_from_outside_is_told_by_the_address(address: str, own: str, *, outside: bool) -> None:
    assert is_outside(address, own) is outside


async def test_nobody_has_called_from_outside_on_this_machine(house: House, car: ssl.SSLContext) -> None:
    caller = await Caller.call(house.port, car, name=HOST)
    await until(lambda: house.gate.admitted == 1)

    assert house.gate.outside == 0
    caller.leave()
