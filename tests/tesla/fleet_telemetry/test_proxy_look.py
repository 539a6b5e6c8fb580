"""What a look at a proxy sees, over real sockets; tests/proxy/ looks at a real one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
import hashlib
from pathlib import Path
import socket
import ssl

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
import pytest
import pytest_socket

from custom_components.tesla_direct.tesla.errors import (
    CertificateError,
    CertificateExpired,
    ChainIncomplete,
    FileUnreadable,
    NameMismatch,
)
from custom_components.tesla_direct.tesla.fleet_telemetry.probe import Limits
from custom_components.tesla_direct.tesla.fleet_telemetry.proxy_look import Shown, look_at_proxy
from simulator.certificates import Credential, begin, name_of, new_key, server_certificate, stranger

from .conftest import HOST

LIMITS = Limits(resolve=1.0, connect=1.0, handshake=2.0, farewell=2.0)
HASTY = Limits(resolve=0.05, connect=1.0, handshake=2.0, farewell=0.05)
FORBIDDEN = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"

type Serve = Callable[..., Awaitable[int]]


@pytest.fixture(autouse=True)
def loopbacks(socket_enabled: None) -> None:
    """Let a test call on more than one address of this machine."""
    pytest_socket.socket_allow_hosts(["127.0.0.1", "127.0.0.2"])


async def here(_host: str, _port: int) -> list[str]:
    return ["127.0.0.1"]


@pytest.fixture(scope="module")
def issuer() -> Credential:
    return stranger("Public CA")


@pytest.fixture
async def serve(tmp_path: Path) -> AsyncIterator[Serve]:
    """Starts what shows a certificate, and answers; None says nothing, no bytes hang up."""
    servers, writers = list[asyncio.Server](), list[asyncio.StreamWriter]()

    async def start(credential: Credential, answer: bytes | None = FORBIDDEN) -> int:
        async def reply(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writers.append(writer)
            await reader.readuntil(b"\r\n\r\n")
            if answer is not None:
                writer.write(answer)
                writer.close()

        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(credential.write(tmp_path / "proxy.pem"))
        servers.append(await asyncio.start_server(reply, "127.0.0.1", 0, ssl=context))
        return int(servers[-1].sockets[0].getsockname()[1])

    yield start
    for server in servers:
        server.close()
    for writer in writers:
        writer.transport.abort()


async def look(port: int, ca: str | None, **changes: Limits) -> Shown | None:
    return await look_at_proxy(HOST, port, ca=ca, resolve=here, limits=changes.get("limits", LIMITS))


async def test_a_proxy_is_known_by_what_it_shows(serve: Serve, issuer: Credential) -> None:
    leaf = server_certificate(issuer, HOST)
    found = await look(await serve(leaf), issuer.certificate_pem())

    der = leaf.certificate.public_bytes(Encoding.DER)
    assert found == Shown(hashlib.sha256(der).digest(), issuer.certificate_pem(), 403)


@pytest.mark.parametrize("answer", [b"", b"no HTTP\r\n", None])
async def test_a_proxy_that_says_nothing_sensible_is_seen_all_the_same(
    serve: Serve, issuer: Credential, answer: bytes | None
) -> None:
    port = await serve(server_certificate(issuer, HOST), answer)
    found = await look(port, issuer.certificate_pem(), limits=HASTY)

    assert found is not None
    assert found.status is None


async def test_a_certificate_that_cars_would_not_believe_is_told(serve: Serve, issuer: Credential) -> None:
    over = await serve(server_certificate(issuer, HOST, days=(90.0, -1.0)))
    other = await serve(server_certificate(issuer, "other.example.org"))
    good = await serve(server_certificate(issuer, HOST))
    cases: tuple[tuple[int, str | None, type[CertificateError]], ...] = (
        (over, issuer.certificate_pem(), CertificateExpired),
        (other, issuer.certificate_pem(), NameMismatch),
        (good, stranger("Other CA").certificate_pem(), ChainIncomplete),
        (good, None, ChainIncomplete),  # this machine knows nothing of it
        (good, "no certificate", FileUnreadable),
    )
    for port, ca, error in cases:
        with pytest.raises(error):
            await look(port, ca)


async def test_a_certificate_that_vouches_for_itself_is_what_cars_need(serve: Serve) -> None:
    key, now = new_key("p256"), datetime.now(UTC)
    start = begin(name_of(f"CN={HOST}"), key, None, now - timedelta(1), now + timedelta(30))
    named = start.add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
    itself = Credential(certificate=named.sign(key, hashes.SHA256()), key=key)
    found = await look(await serve(itself), itself.certificate_pem())

    assert found is not None
    assert found.ca == itself.certificate_pem()


async def test_the_first_address_that_answers_counts(serve: Serve, issuer: Credential) -> None:
    port = await serve(server_certificate(issuer, HOST))

    async def both(_host: str, _port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    with socket.socket() as nobody:  # only there nobody listens
        nobody.bind(("127.0.0.2", port))
        found = await look_at_proxy(HOST, port, ca=issuer.certificate_pem(), resolve=both, limits=LIMITS)
    assert found is not None


async def nowhere(_host: str, _port: int) -> list[str]:
    raise socket.gaierror(socket.EAI_NONAME, "not known")


async def never(_host: str, _port: int) -> list[str]:
    await asyncio.Event().wait()
    return []


async def unwritable(_host: str, _port: int) -> list[str]:
    return [f"{'a' * 64}.example.org".encode("idna").decode()]


@pytest.mark.parametrize("resolve", [nowhere, never, unwritable, here])
async def test_where_nobody_answers_there_is_nothing_to_see(
    issuer: Credential, resolve: Callable[[str, int], Awaitable[list[str]]]
) -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))  # and does not listen
        port = sock.getsockname()[1]
        found = await look_at_proxy(HOST, port, ca=issuer.certificate_pem(), resolve=resolve, limits=HASTY)
    assert found is None
