"""Authorities in the shape of Tesla's, made once, what they issued, and what callers leave in the log."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
import logging
import ssl
import time

import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry import tls
from custom_components.tesla_direct.tesla.fleet_telemetry.authority import Authority, read_bundle
from custom_components.tesla_direct.tesla.fleet_telemetry.certificate import Pair, issue, make_authority
from simulator.certificates import Authorities, Credential, stranger

from .frames import VIN
from .loop_clock import LoopClock

HOST = "telemetry.example.org"

type Shown = Callable[[Credential | None], ssl.SSLContext]


@pytest.fixture
async def clock() -> AsyncIterator[LoopClock]:
    """The clock of the test's loop."""
    clock = LoopClock(asyncio.get_running_loop())
    yield clock
    clock.give_back()


@pytest.fixture(scope="session")
def authorities() -> Authorities:
    return Authorities()


@pytest.fixture(scope="session")
def tesla(authorities: Authorities) -> list[Authority]:
    return read_bundle(authorities.bundle().encode())


@pytest.fixture(scope="session")
def impostor() -> Credential:
    """An authority that bears the name of one of Tesla's."""
    return stranger()


@pytest.fixture(scope="session")
def own_authority() -> Pair:
    return make_authority(time.time())


@pytest.fixture(scope="session")
def own_leaf(own_authority: Pair) -> Pair:
    return issue(own_authority, HOST, time.time())


@pytest.fixture(scope="session")
def context(own_leaf: Pair, tesla: list[Authority]) -> ssl.SSLContext:
    """What the telemetry port shows and demands."""
    return tls.server_context(own_leaf, tesla, time.time())


@pytest.fixture(scope="session")
def car_credential(authorities: Authorities) -> Credential:
    return authorities.car_certificate(VIN)


@pytest.fixture(scope="session")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    """Makes what a client connects with: its certificate, and no doubts about ours."""

    def make(credential: Credential | None) -> ssl.SSLContext:
        client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        client.check_hostname = False
        client.verify_mode = ssl.CERT_NONE
        if credential:
            client.load_cert_chain(credential.write(tmp_path_factory.mktemp("client") / "client.pem"))
        return client

    return make


@pytest.fixture(scope="session")
def car(shown: Shown, car_credential: Credential) -> ssl.SSLContext:
    """What the car connects with."""
    return shown(car_credential)


@pytest.fixture
def nothing_to_report(caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """Nobody who calls may bring us to complain, or to tell whose car it is."""
    yield
    told = [
        record for record in caplog.records if record.levelno >= logging.INFO and record.name != "asyncio"
    ]
    assert not told
    assert not any(record.levelno >= logging.ERROR for record in caplog.records)
    assert VIN not in "".join(record.getMessage() for record in caplog.records)
