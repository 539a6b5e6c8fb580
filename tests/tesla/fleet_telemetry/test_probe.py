"""What a look at our own port sees, over real sockets: our receiver, and all that may stand in its place."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
import hashlib
from pathlib import Path
import socket
import ssl
import time

from aiohttp import web
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
import pytest
import pytest_socket

from custom_components.tesla_direct.tesla.errors import FileUnreadable
from custom_components.tesla_direct.tesla.fleet_telemetry import tls
from custom_components.tesla_direct.tesla.fleet_telemetry.authority import Authority
from custom_components.tesla_direct.tesla.fleet_telemetry.certificate import Pair, issue, make_authority
from custom_components.tesla_direct.tesla.fleet_telemetry.probe import (
    UNCERTIFIED,
    Answer,
    Limits,
    Look,
    Probe,
    addresses_of,
    probe,
)
from custom_components.tesla_direct.tesla.fleet_telemetry.reach import Reach
from custom_components.tesla_direct.tesla.fleet_telemetry.server import TelemetryServer
from simulator.certificates import Credential, begin, name_of, new_key, server_certificate, stranger

from .conftest import HOST

LOOPBACK = "127.0.0.1"
NOBODYS = "255.255.255.255"  # no connection leads to everybody (RFC 1122, 3.2.1.3)
SOON = Limits(resolve=2.0, connect=3.0, handshake=3.0, farewell=3.0, counted=0.3)
AT_LEISURE = Limits()
VERSIONS = pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=str)

type Reply = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@pytest.fixture(autouse=True)
def loopbacks(socket_enabled: None) -> None:
    """Let a test call on more than one address of this machine, and on nobody's."""
    pytest_socket.socket_allow_hosts([LOOPBACK, "::1", "127.0.0.2", "127.0.0.3", NOBODYS])


type Receive = Callable[..., Awaitable[TelemetryServer]]


@pytest.fixture
async def receive(context: ssl.SSLContext) -> AsyncIterator[Receive]:
    """Starts receivers of ours."""
    servers = list[TelemetryServer]()

    async def start(shown: ssl.SSLContext = context, *addresses: str) -> TelemetryServer:
        server = TelemetryServer(shown, server_names={HOST}, handshake_cost=0.0)
        servers.append(server)
        await server.start(0, addresses or [LOOPBACK])
        return server

    yield start
    for server in servers:
        await server.stop()


@pytest.fixture
async def server(receive: Receive) -> TelemetryServer:
    return await receive()


class Strangers:
    """Starts what is not ours."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._servers: list[asyncio.Server] = []
        self._runners: list[web.AppRunner] = []

    async def stop(self) -> None:
        for server in self._servers:
            server.close()
            server.abort_clients()
        for runner in self._runners:
            await runner.cleanup()

    async def raw(self, reply: Reply, *, address: str = LOOPBACK, port: int = 0) -> int:
        """Answer in any way; return the port."""
        server = await asyncio.start_server(reply, address, port)
        self._servers.append(server)
        return int(server.sockets[0].getsockname()[1])

    async def web(  # noqa: PLR0913  # what a web server can be
        self,
        shown: Credential | Pair,
        *,
        status: int = 200,
        named: str = "nginx/1.26",
        version: ssl.TLSVersion | None = None,
        wants: Credential | None = None,
        address: str = LOOPBACK,
        port: int = 0,
    ) -> int:
        """Serve HTTPS; return the port.

        wants: the authority that clients' certificates have to be of
        """

        async def answer(request: web.Request) -> web.Response:
            return web.Response(status=status, headers={"Server": named})

        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        self._runners.append(runner)
        await runner.setup()
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        if version:
            context.minimum_version = context.maximum_version = version
        file = self._folder / "shown.pem"
        if isinstance(shown, Pair):
            file.write_text(shown.key + shown.certificate)
        else:
            shown.write(file)
        context.load_cert_chain(file)
        if wants:
            context.load_verify_locations(cadata=wants.certificate_pem())
            context.verify_mode = ssl.CERT_REQUIRED
        await web.TCPSite(runner, address, port, ssl_context=context).start()
        return int(runner.addresses[0][1])

    async def through(self, port: int, *, address: str = LOOPBACK) -> int:
        """Pass on what comes, byte for byte, as a router does."""

        async def copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            try:
                while data := await reader.read(65_536):
                    writer.write(data)
            except ConnectionError:
                pass  # either side may leave at any time
            writer.close()

        async def forward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            inner_reader, inner_writer = await asyncio.open_connection(LOOPBACK, port)
            await asyncio.gather(copy(reader, inner_writer), copy(inner_reader, writer))

        return await self.raw(forward, address=address)


@pytest.fixture
async def strangers(tmp_path: Path) -> AsyncIterator[Strangers]:
    strangers = Strangers(tmp_path)
    yield strangers
    await strangers.stop()


@pytest.fixture(scope="module")
def authority() -> Credential:
    return stranger("R11")


def fingerprint(pair: Pair) -> bytes:
    leaf = x509.load_pem_x509_certificate(pair.certificate.encode())
    return hashlib.sha256(leaf.public_bytes(Encoding.DER)).digest()


class Looking:
    """Looks at a port as the dialogues do, for a receiver with a leaf of its own."""

    def __init__(self, leaf: Pair, ca: str) -> None:
        self.leaf = fingerprint(leaf)
        self.ca = ca
        self.host = HOST
        self.addresses = [LOOPBACK]
        self.counted: Callable[[], int] = lambda: 0
        self.limits = SOON

    def of(self, server: TelemetryServer) -> None:
        self.counted = lambda: server.gate.refused[UNCERTIFIED]
        self.limits = AT_LEISURE

    async def at(self, port: int) -> Probe:
        return await probe(
            self.host,
            port,
            leaf=self.leaf,
            ca=self.ca,
            counted=self.counted,
            resolve=self._resolve,
            limits=self.limits,
        )

    async def one(self, port: int) -> tuple[Answer, str]:
        (look,) = (await self.at(port)).looks
        return look.answer, look.detail

    async def _resolve(self, host: str, port: int) -> list[str]:
        assert host == self.host
        return self.addresses


@pytest.fixture
def looking(own_leaf: Pair, own_authority: Pair) -> Looking:
    return Looking(own_leaf, own_authority.certificate)


async def test_our_receiver_is_recognised(server: TelemetryServer, looking: Looking) -> None:
    looking.of(server)

    seen = await looking.at(server.port)

    assert seen == Probe(
        host=HOST,
        port=server.port,
        found=True,
        looks=(Look(address=LOOPBACK, reach=Reach.LOOPBACK, answer=Answer.OURS),),
    )
    assert seen.ours
    assert seen.troubles == ()
    assert server.gate.refused == {UNCERTIFIED: 1}
    assert server.gate.admitted == 0


@VERSIONS
async def test_our_receiver_is_recognised_in_every_version_of_tls(
    receive: Receive, own_leaf: Pair, tesla: list[Authority], looking: Looking, version: ssl.TLSVersion
) -> None:
    context = tls.server_context(own_leaf, tesla, time.time())
    context.minimum_version = context.maximum_version = version
    server = await receive(context)
    looking.of(server)

    assert await looking.one(server.port) == (Answer.OURS, "")


async def test_our_receiver_is_recognised_behind_a_router(
    server: TelemetryServer, strangers: Strangers, looking: Looking
) -> None:
    looking.of(server)

    assert await looking.one(await strangers.through(server.port)) == (Answer.OURS, "")


async def test_each_address_is_looked_at_by_itself(
    receive: Receive, context: ssl.SSLContext, strangers: Strangers, looking: Looking, authority: Credential
) -> None:
    server = await receive(context, LOOPBACK, "::1")
    looking.of(server)
    other = server_certificate(authority, "nas.example.org")
    await strangers.web(other, address="127.0.0.2", port=server.port)
    looking.addresses = [LOOPBACK, "::1", "127.0.0.2", "127.0.0.3"]

    seen = await looking.at(server.port)

    assert [(look.address, look.answer) for look in seen.looks] == [
        (LOOPBACK, Answer.OURS),
        ("::1", Answer.OURS),
        ("127.0.0.2", Answer.OTHER_SERVER),
        ("127.0.0.3", Answer.REFUSED),
    ]
    assert not seen.ours
    assert [look.address for look in seen.troubles] == ["127.0.0.2", "127.0.0.3"]


@VERSIONS
async def test_whoever_else_ends_tls_is_named(
    strangers: Strangers, looking: Looking, authority: Credential, version: ssl.TLSVersion
) -> None:
    shown = server_certificate(authority, "nas.example.org", HOST)

    answer = await looking.one(await strangers.web(shown, version=version))

    assert answer == (Answer.OTHER_SERVER, "nas.example.org (R11), nginx/1.26")


async def test_a_stranger_without_a_host_name_is_named_by_its_owner(
    strangers: Strangers, looking: Looking, authority: Credential
) -> None:
    key, now = new_key("p256"), datetime.now(UTC)
    builder = begin(name_of("O=Router Company"), key, authority, now - timedelta(1), now + timedelta(1))
    nameless = Credential(certificate=builder.sign(authority.key, hashes.SHA256()), key=key)

    answer = await looking.one(await strangers.web(nameless, named=""))

    assert answer == (Answer.OTHER_SERVER, "Router Company (R11)")


async def test_a_stranger_without_any_name_is_just_somebody_else(
    strangers: Strangers, looking: Looking
) -> None:
    key, now = new_key("p256"), datetime.now(UTC)
    builder = begin(x509.Name([]), key, None, now - timedelta(1), now + timedelta(1))
    nobody = Credential(certificate=builder.sign(key, hashes.SHA256()), key=key)

    assert await looking.one(await strangers.web(nobody, named="")) == (Answer.OTHER_SERVER, "")


async def test_a_certificate_that_is_none_names_nobody(strangers: Strangers, looking: Looking) -> None:
    junk = b"\x0b\x00\x00\x0a\x00\x00\x07\x00\x00\x04junk"

    async def show(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(5)
        writer.write(b"\x16\x03\x03" + len(junk).to_bytes(2) + junk)
        writer.close()

    answer, _ = await looking.one(await strangers.raw(show))

    assert answer is Answer.OTHER_SERVER


@VERSIONS
async def test_a_stranger_that_wants_certificates_too_is_no_receiver_of_ours(
    strangers: Strangers, looking: Looking, authority: Credential, version: ssl.TLSVersion
) -> None:
    shown = server_certificate(authority, "nas.example.org")

    answer, who = await looking.one(await strangers.web(shown, version=version, wants=authority))

    assert answer is Answer.OTHER_SERVER
    assert who.startswith("nas.example.org (R11)")


@pytest.mark.parametrize(
    ("names", "server", "host", "relay"),
    [
        (["abc.ui.nabu.casa"], "nginx", HOST, "Home Assistant Cloud"),
        ([HOST], "cloudflare", HOST, "Cloudflare"),
        (["node.tail1234.ts.net"], "", "node.tail1234.ts.net", "Tailscale Funnel"),
    ],
)
async def test_a_tunnel_is_told_by_its_name(  # noqa: PLR0913, PLR0917  # what tunnels show
    strangers: Strangers,
    looking: Looking,
    authority: Credential,
    names: list[str],
    server: str,
    host: str,
    relay: str,
) -> None:
    looking.host = host
    port = await strangers.web(server_certificate(authority, *names), named=server)

    assert await looking.one(port) == (Answer.TUNNEL, relay)


@VERSIONS
async def test_who_lets_anybody_in_is_no_receiver_for_cars(
    strangers: Strangers, looking: Looking, own_leaf: Pair, version: ssl.TLSVersion
) -> None:
    port = await strangers.web(own_leaf, version=version)

    assert await looking.one(port) == (Answer.LETS_ANYBODY_IN, "nginx/1.26")


async def test_our_leaf_without_our_gate_is_another_instance(
    receive: Receive, server: TelemetryServer, looking: Looking
) -> None:
    twin = await receive()
    looking.of(server)
    looking.limits = SOON

    assert await looking.one(twin.port) == (Answer.NOT_COUNTED, "")


async def test_a_chain_that_cars_cannot_verify_is_told(server: TelemetryServer, looking: Looking) -> None:
    looking.of(server)
    looking.ca = make_authority(time.time()).certificate

    answer, why = await looking.one(server.port)

    assert answer is Answer.CHAIN_UNVERIFIED
    assert "certificate" in why


async def test_a_leaf_for_another_name_is_none_that_cars_believe(
    receive: Receive, own_authority: Pair, tesla: list[Authority]
) -> None:
    leaf = issue(own_authority, "other.example.org", time.time())
    server = await receive(tls.server_context(leaf, tesla, time.time()))
    looking = Looking(leaf, own_authority.certificate)
    looking.of(server)

    answer, why = await looking.one(server.port)

    assert answer is Answer.CHAIN_UNVERIFIED
    assert "mismatch" in why.lower()


async def test_an_address_can_stand_for_a_name(
    receive: Receive, own_authority: Pair, tesla: list[Authority]
) -> None:
    leaf = issue(own_authority, LOOPBACK, time.time())
    server = await receive(tls.server_context(leaf, tesla, time.time()))
    looking = Looking(leaf, own_authority.certificate)
    looking.of(server)

    seen = await probe(LOOPBACK, server.port, leaf=looking.leaf, ca=looking.ca, counted=looking.counted)

    assert seen.ours


@pytest.mark.parametrize("status", [400, 403])
async def test_whom_http_turns_away_was_turned_away(
    strangers: Strangers, looking: Looking, own_leaf: Pair, status: int
) -> None:
    port = await strangers.web(own_leaf, status=status)

    assert await looking.one(port) == (Answer.NOT_COUNTED, "")


@pytest.mark.parametrize(
    ("said", "detail"),
    [
        (b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", "HTTP"),
        (b"SSH-2.0-OpenSSH_9.9\r\n", ""),
        (b"\x00\x01\x02\x03\x04\x05", ""),
    ],
    ids=["HTTP", "SSH", "something"],
)
async def test_what_speaks_no_tls_is_told(
    strangers: Strangers, looking: Looking, said: bytes, detail: str
) -> None:
    async def speak(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(5)
        writer.write(said)
        writer.close()

    assert await looking.one(await strangers.raw(speak)) == (Answer.NO_TLS, detail)


async def test_a_server_that_knows_no_such_name_ends_the_handshake(
    strangers: Strangers, looking: Looking
) -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(5)
        writer.write(bytes([21, 3, 3, 0, 2, 2, 112]))  # unrecognized_name
        writer.close()

    answer, why = await looking.one(await strangers.raw(refuse))

    assert answer is Answer.OTHER_SERVER
    assert "unrecognized name" in why


@pytest.mark.parametrize("waits", [True, False], ids=["after hello", "at once"])
async def test_who_hangs_up_has_refused(strangers: Strangers, looking: Looking, *, waits: bool) -> None:
    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if waits:
            await reader.read(5)
        writer.transport.abort()

    assert await looking.one(await strangers.raw(hang_up)) == (Answer.REFUSED, "")


async def test_where_nobody_listens_it_is_refused(looking: Looking) -> None:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))

        assert await looking.one(taken.getsockname()[1]) == (Answer.REFUSED, "")


async def test_silence_is_waited_for_as_long_as_allowed(looking: Looking) -> None:
    with socket.create_server((LOOPBACK, 0)) as mute:
        assert await looking.one(mute.getsockname()[1]) == (Answer.TIMEOUT, "")


async def test_a_port_that_takes_nobody_in_times_out(looking: Looking) -> None:
    with socket.create_server((LOOPBACK, 0), backlog=0) as full:
        waiting = [socket.socket() for _ in range(3)]
        for sock in waiting:  # what does not fit in the queue is not answered at all
            sock.settimeout(0)
            sock.connect_ex(full.getsockname())

        assert await looking.one(full.getsockname()[1]) == (Answer.TIMEOUT, "")

        for sock in waiting:
            sock.close()


async def test_who_shakes_hands_and_then_says_nothing_is_not_ours_to_judge(
    strangers: Strangers, looking: Looking, own_leaf: Pair, tmp_path: Path
) -> None:
    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    file = tmp_path / "own.pem"
    file.write_text(own_leaf.key + own_leaf.certificate)
    context.load_cert_chain(file)
    quiet = await asyncio.start_server(wait, LOOPBACK, 0, ssl=context)

    assert await looking.one(quiet.sockets[0].getsockname()[1]) == (Answer.TIMEOUT, "")

    quiet.close()
    quiet.abort_clients()


async def test_an_address_that_this_machine_has_no_way_to_is_no_fault_of_ours(
    server: TelemetryServer, looking: Looking
) -> None:
    looking.of(server)
    looking.addresses = [LOOPBACK, NOBODYS]

    seen = await looking.at(server.port)

    assert [look.answer for look in seen.looks] == [Answer.OURS, Answer.UNREACHABLE]
    assert seen.looks[1].detail
    assert seen.ours


async def test_a_way_to_no_address_at_all_is_no_receiver(looking: Looking) -> None:
    looking.addresses = [NOBODYS]

    assert not (await looking.at(443)).ours


async def test_a_name_without_addresses_is_not_found(looking: Looking) -> None:
    looking.addresses = []

    assert await looking.at(443) == Probe(host=HOST, port=443, found=False)


@pytest.mark.parametrize("error", [socket.gaierror(-2, "unknown"), UnicodeError("label too long")])
async def test_a_name_that_cannot_be_resolved_is_not_found(looking: Looking, error: Exception) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        raise error

    seen = await probe(HOST, 443, leaf=b"", ca=looking.ca, counted=lambda: 0, resolve=resolve)

    assert not seen.found


async def test_a_resolver_that_never_answers_finds_nothing(looking: Looking) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        await asyncio.Event().wait()
        raise AssertionError

    seen = await probe(HOST, 443, leaf=b"", ca=looking.ca, counted=lambda: 0, resolve=resolve, limits=SOON)

    assert not seen.found


async def test_this_machine_knows_its_own_addresses() -> None:
    assert LOOPBACK in await addresses_of("localhost", 443)


async def test_without_an_authority_nothing_can_be_verified(looking: Looking) -> None:
    looking.ca = "no certificate"

    with pytest.raises(FileUnreadable):
        await looking.at(443)


async def test_no_more_addresses_are_looked_at_than_make_sense(looking: Looking) -> None:
    looking.addresses = [NOBODYS] * 30

    assert len((await looking.at(443)).looks) == 8
