"""A look at a host: over real TLS, by a server that keeps every byte it was told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from pathlib import Path
import socket
import ssl

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.fleet_api.addresses import Certificates
from custom_components.tesla_direct.tesla.fleet_api.host_look import HostFound, HostState, look_at_host
from custom_components.tesla_direct.tesla.fleet_api.transport import trust_of

from .tls_host import Listening

type Listen = Callable[..., Awaitable[Listening]]


@pytest.fixture
async def listen(socket_enabled: None, tmp_path: Path) -> AsyncIterator[Listen]:
    servers = list[asyncio.Server]()

    async def start(answer: bytes | None = None) -> Listening:
        listening = Listening()
        listening.answer = listening.answer if answer is None else answer
        servers.append(await listening.start(tmp_path / f"host-{len(servers)}.pem"))
        return listening

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


@pytest.mark.parametrize("scheme", ["https", "wss"])
async def test_a_host_is_believed_by_its_authority_or_by_its_certificate_alone(
    listen: Listen, session: ClientSession, scheme: str
) -> None:
    host = await listen()
    address = host.base.replace("https", scheme)
    by_authority = await trust_of(Certificates(authority=host.authority.certificate_pem()))
    by_fingerprint = await trust_of(Certificates(fingerprint=host.fingerprint))

    for trust in (by_authority, by_fingerprint):
        assert await look_at_host(session, address, trust) == HostFound(state=HostState.BELIEVED)
    assert host.heard.startswith(b"GET / HTTP/1.1\r\n")


async def test_a_certificate_that_nobody_vouches_for_is_named_and_told_nothing(
    listen: Listen, session: ClientSession
) -> None:
    host = await listen()

    found = await look_at_host(session, host.base, None)

    assert found.state is HostState.UNBELIEVED
    assert found.certificate is not None
    assert found.certificate.fingerprint == host.fingerprint
    assert host.heard == b""


async def test_whoever_hangs_up_once_believed_is_believed(listen: Listen, session: ClientSession) -> None:
    host = await listen(b"")
    trust = await trust_of(Certificates(fingerprint=host.fingerprint))

    assert await look_at_host(session, host.base, trust) == HostFound(state=HostState.BELIEVED)


async def test_nobody_there_is_said_to_be_away(socket_enabled: None, session: ClientSession) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    assert await look_at_host(session, f"wss://127.0.0.1:{port}", None) == HostFound(state=HostState.AWAY)


async def test_a_host_that_is_gone_when_its_certificate_is_to_be_named_is_away(
    socket_enabled: None, session: ClientSession, tmp_path: Path
) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Listening().leaf.write(tmp_path / "once.pem"))

    async def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        server.close()
        with suppress(OSError):  # the client does not believe it
            await writer.start_tls(context)
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    base = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    assert await look_at_host(session, base, None) == HostFound(state=HostState.AWAY)
    await server.wait_closed()


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "ws://localhost:9/stream"])
async def test_without_tls_there_is_nothing_to_doubt(session: ClientSession, address: str) -> None:
    assert await look_at_host(session, address, None) == HostFound(state=HostState.BELIEVED)
