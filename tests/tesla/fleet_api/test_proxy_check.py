"""A look at a proxy: over real TLS, by a server that keeps every byte it was told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
import socket
import ssl

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.errors import CertificateUnexpected
from custom_components.tesla_direct.tesla.fleet_api import endpoints
from custom_components.tesla_direct.tesla.fleet_api.addresses import Certificates
from custom_components.tesla_direct.tesla.fleet_api.proxy import ProxyFound, ProxyState
from custom_components.tesla_direct.tesla.fleet_api.proxy_check import look_at_proxy
from custom_components.tesla_direct.tesla.fleet_api.request import Call, build
from custom_components.tesla_direct.tesla.fleet_api.transport import fetch, trust_of
from simulator.certificates import stranger

from .tls_host import Listening

type Listen = Callable[..., Awaitable[Listening]]


@pytest.fixture
async def listen(socket_enabled: None, tmp_path: Path) -> AsyncIterator[Listen]:
    servers = list[asyncio.Server]()

    async def start(*names: str, days: tuple[float, float] = (1.0, 90.0)) -> Listening:
        listening = Listening(*names, days=days)
        servers.append(await listening.start(tmp_path / f"proxy-{len(servers)}.pem"))
        return listening

    yield start
    for server in servers:
        server.close()
        await server.wait_closed()


async def test_a_proxy_is_believed_by_its_authority_or_by_its_certificate_alone(
    listen: Listen, session: ClientSession
) -> None:
    proxy = await listen()
    pem = proxy.authority.certificate_pem()

    by_authority = await look_at_proxy(session, proxy.base, authority=pem)
    by_fingerprint = await look_at_proxy(session, proxy.base, fingerprint=proxy.fingerprint)

    assert by_authority == by_fingerprint == ProxyFound(state=ProxyState.OK)
    assert proxy.heard.startswith(b"GET /health HTTP/1.1\r\n")
    assert b"uthorization" not in proxy.heard


async def test_a_pinned_certificate_needs_neither_name_nor_time(
    listen: Listen, session: ClientSession
) -> None:
    """Self-signed ones, as Tesla's instructions make them, carry no name that anybody verifies."""
    proxy = await listen("elsewhere.example.com", days=(90.0, -1.0))

    found = await look_at_proxy(session, proxy.base, fingerprint=proxy.fingerprint)

    assert found.state is ProxyState.OK


@pytest.mark.parametrize("trust", ["public", "authority", "fingerprint", "name"])
async def test_another_certificate_is_named_and_nothing_is_said_to_it(
    trust: str, listen: Listen, session: ClientSession
) -> None:
    proxy = await listen("elsewhere.example.com" if trust == "name" else "127.0.0.1")
    authority = stranger() if trust == "authority" else proxy.authority
    pem = None if trust in {"public", "fingerprint"} else authority.certificate_pem()
    fingerprint = "00" * 32 if trust == "fingerprint" else None

    found = await look_at_proxy(session, proxy.base, authority=pem, fingerprint=fingerprint)

    assert found.state is ProxyState.CERTIFICATE_UNEXPECTED
    assert found.certificate is not None
    assert found.certificate.fingerprint == proxy.fingerprint
    assert found.certificate.subject == proxy.leaf.certificate.subject.rfc4514_string()
    assert found.certificate.ends == proxy.leaf.certificate.not_valid_after_utc.timestamp()
    assert proxy.heard == b""


@pytest.mark.parametrize("pinned", [True, False])
async def test_a_token_does_not_go_to_another_certificate(
    listen: Listen, session: ClientSession, *, pinned: bool
) -> None:
    proxy = await listen()
    other = stranger()
    certificates = Certificates(authority=other.certificate_pem(), fingerprint="00" * 32 if pinned else None)
    trust = await trust_of(certificates)
    request = build(Call(endpoint=endpoints.command("honk_horn"), vin="VIN"), proxy.base, "secret")

    with pytest.raises(CertificateUnexpected) as refused:
        await fetch(session, request, limit=5, ssl=trust)

    assert refused.value.fingerprint == (proxy.fingerprint if pinned else "")
    assert proxy.heard == b""


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nHello",
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 2\r\n\r\nOK",
        b"",
    ],
)
async def test_whoever_answers_otherwise_is_no_proxy(
    answer: bytes, listen: Listen, session: ClientSession
) -> None:
    server = await listen()
    server.answer = answer

    found = await look_at_proxy(session, server.base, fingerprint=server.fingerprint)

    assert found.state is ProxyState.NO_PROXY
    assert found.certificate is None


async def test_whoever_speaks_no_tls_is_no_proxy(session: ClientSession) -> None:
    async def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    base = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}"

    assert await look_at_proxy(session, base) == ProxyFound(state=ProxyState.NO_PROXY)
    server.close()
    await server.wait_closed()


async def test_where_nobody_listens_there_is_nobody(session: ClientSession) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        base = f"https://127.0.0.1:{taken.getsockname()[1]}"

        assert await look_at_proxy(session, base) == ProxyFound(state=ProxyState.UNREACHABLE)


async def test_an_authority_that_is_none_is_said_so(session: ClientSession) -> None:
    with pytest.raises(ssl.SSLError):
        await look_at_proxy(session, "https://127.0.0.1:1", authority="no PEM")
