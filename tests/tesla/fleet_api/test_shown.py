"""Which certificate a server shows, and that it is told nothing."""

import asyncio
import hashlib
from pathlib import Path

import pytest

from custom_components.tesla_direct.tesla.fleet_api.shown import certificate_of, shown_by

from .tls_host import Listening

pytestmark = pytest.mark.usefixtures("socket_enabled")


async def test_a_certificate_is_named_whoever_vouches_for_it(tmp_path: Path) -> None:
    listening = Listening("elsewhere.example.com", days=(90.0, -1.0))
    server = await listening.start(tmp_path / "server.pem")

    shown = await shown_by(listening.base)

    assert shown is not None
    assert shown.fingerprint == listening.fingerprint
    assert shown.subject == listening.leaf.certificate.subject.rfc4514_string()
    assert shown.ends == listening.leaf.certificate.not_valid_after_utc.timestamp()
    assert listening.heard == b""
    server.close()
    await server.wait_closed()


async def test_whoever_speaks_no_tls_shows_none() -> None:
    async def take(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    server = await asyncio.start_server(take, "127.0.0.1", 0)

    assert await shown_by(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}") is None
    server.close()
    await server.wait_closed()


def test_a_certificate_that_cannot_be_read_can_still_be_named() -> None:
    found = certificate_of(b"no certificate")

    assert found.fingerprint == hashlib.sha256(b"no certificate").hexdigest()
    assert (found.subject, found.ends) == ("", 0.0)
