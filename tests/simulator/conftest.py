"""A receiver for the cars of a world, and a browser."""

from collections.abc import AsyncIterator
from pathlib import Path
import ssl
from typing import Any

import aiohttp
import pytest

from simulator.certificates import Authorities, Credential, server_certificate, stranger

from .receiver import HOSTNAME, Receiver


@pytest.fixture(scope="session")
def receiver_ca() -> Credential:
    return stranger("Own Receiver CA")


@pytest.fixture(scope="session")
def receiver_tls(
    tmp_path_factory: pytest.TempPathFactory, authorities: Authorities, receiver_ca: Credential
) -> ssl.SSLContext:
    folder: Path = tmp_path_factory.mktemp("receiver")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(server_certificate(receiver_ca, HOSTNAME).write(folder / "server.pem"))
    tls.load_verify_locations(cadata=authorities.bundle())
    tls.verify_mode = ssl.CERT_REQUIRED
    return tls


@pytest.fixture
async def receiver(
    receiver_tls: ssl.SSLContext, receiver_ca: Credential, socket_enabled: None
) -> AsyncIterator[Receiver]:
    async with Receiver(receiver_tls, receiver_ca.certificate_pem()) as receiver:
        yield receiver


@pytest.fixture
async def web(socket_enabled: None) -> AsyncIterator[aiohttp.ClientSession]:
    timeout: Any = aiohttp.ClientTimeout(total=60)
    async with aiohttp.ClientSession(timeout=timeout) as session:
        yield session
