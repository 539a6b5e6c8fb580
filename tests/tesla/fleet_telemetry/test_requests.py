"""The one request of a connection, apart from sockets; test_server.py asks over them."""

import asyncio
import logging
import ssl
from uuid import UUID

from aiohttp import web
from aiohttp.test_utils import make_mocked_request
from cryptography.hazmat.primitives.serialization import Encoding
from multidict import CIMultiDict
import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.authority import Authority
from custom_components.tesla_direct.tesla.fleet_telemetry.forwarded import (
    CERTIFICATE,
    CHAIN,
    SECRET,
    Forwarding,
    NotForwarded,
    read_peers,
)
from custom_components.tesla_direct.tesla.fleet_telemetry.requests import (
    HEADER_LIMIT,
    Proxied,
    Quiet,
    certificate_of,
    connection_id,
    header,
    one_request,
)
from simulator.certificates import PRODUCT_ACCESS, Authorities

from .frames import VIN
from .test_forwarded import escaped, sequence

CANONICAL = "6ba7b810-9dad-11d1-80b4-00c04fd430c8"


@pytest.mark.parametrize(
    "txid",
    [
        CANONICAL,
        CANONICAL.upper(),
        f"urn:uuid:{CANONICAL}",
        f"{{{CANONICAL}}}",
        CANONICAL.replace("-", ""),
    ],
)
def test_a_cars_own_id_is_kept_in_its_canonical_form(txid: str) -> None:
    assert connection_id(txid) == CANONICAL


@pytest.mark.parametrize("txid", ["", "x", CANONICAL[:-1], CANONICAL + "0", "\udcff" * 32, "x" * 100_000])
def test_otherwise_the_connection_gets_an_id_of_its_own(txid: str) -> None:
    first, second = connection_id(txid), connection_id(txid)

    assert UUID(first).version == UUID(second).version == 4
    assert first != second


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("wifi", "wifi"),
        ("", ""),
        ("WLAN \u00fc", "WLAN \u00fc"),
        ("x" * (HEADER_LIMIT + 1), "x" * HEADER_LIMIT),
    ],
)
def test_a_header_becomes_text_that_can_be_stored(sent: str, kept: str) -> None:
    request = make_mocked_request("GET", "/", headers={"X-Network-Interface": sent})

    assert header(request, "X-Network-Interface") == kept
    assert header(request, "Version") == ""


async def answer(outcome: web.StreamResponse | Exception) -> web.StreamResponse:
    """Have a handler return or raise, and return what comes of it."""

    async def handler(_request: web.Request) -> web.StreamResponse:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome

    return await one_request(make_mocked_request("GET", "/"), handler)


async def test_an_answer_closes_the_connection() -> None:
    assert (await answer(web.Response())).keep_alive is False


async def test_a_refusal_closes_the_connection() -> None:
    with pytest.raises(web.HTTPForbidden) as caught:
        await answer(web.HTTPForbidden())

    assert caught.value.keep_alive is False


async def test_whoever_has_left_is_nothing_to_report(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(ConnectionResetError):
        await answer(ConnectionResetError())

    assert not [record for record in caplog.records if record.levelno > logging.DEBUG]


@pytest.mark.no_fail_on_log_exception
async def test_an_error_of_ours_is_told_and_not_shown(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(web.HTTPInternalServerError) as caught:
        await answer(LookupError("secret"))

    assert caught.value.keep_alive is False
    assert "secret" not in (caught.value.text or "")
    (told,) = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert told.exc_info


def test_what_the_library_calls_an_exception_is_a_detail(caplog: pytest.LogCaptureFixture) -> None:
    Quiet(logging.getLogger("test")).exception("from %s", "somebody", exc_info=ValueError("x"))

    (told,) = caplog.records
    assert (told.levelno, told.getMessage()) == (logging.DEBUG, "from somebody (ValueError)")
    assert told.exc_info is None  # which may repeat what was asked, and so a token


class Tls:
    """A TLS connection that has verified a certificate, or was shown none."""

    def __init__(self, certificate: bytes | None) -> None:
        self._certificate = certificate

    def getpeercert(self, *, binary_form: bool) -> bytes | None:
        assert binary_form
        return self._certificate


class Connected(asyncio.Transport):
    """A connection of a client with this certificate."""

    def __init__(self, certificate: bytes | None) -> None:
        super().__init__({"ssl_object": Tls(certificate)})


@pytest.fixture
def proxied(context: ssl.SSLContext, tesla: list[Authority]) -> Proxied:
    forwarding = Forwarding(read_peers(["127.0.0.2"]), "secret")
    return Proxied(forwarding=forwarding, context=context, authorities=tesla)


def asked(*headers: tuple[str, str]) -> web.Request:
    return make_mocked_request("GET", "/", headers=CIMultiDict(headers))


def test_a_certificate_of_its_own_counts_by_itself(proxied: Proxied) -> None:
    assert certificate_of(asked(), Connected(b"der"), None) == b"der"
    assert certificate_of(asked((SECRET, "x")), Connected(b"der"), proxied) == b"der"


@pytest.mark.parametrize("name", [CERTIFICATE, CHAIN, CERTIFICATE.lower()])
def test_who_has_a_certificate_may_not_bring_another(
    authorities: Authorities, proxied: Proxied, name: str
) -> None:
    other = (name, sequence(authorities.car_certificate(VIN).certificate))
    for proxy in (None, proxied):
        with pytest.raises(NotForwarded, match="by_a_stranger"):
            certificate_of(asked(other, (SECRET, "secret")), Connected(b"der"), proxy)


def test_without_a_proxy_nothing_is_handed_on(authorities: Authorities) -> None:
    car = (CERTIFICATE, sequence(authorities.car_certificate(VIN).certificate))
    with pytest.raises(NotForwarded, match="by_a_stranger"):
        certificate_of(asked(car, (SECRET, "secret")), Connected(None), None)


def test_a_proxy_hands_on_certificate_and_chain(authorities: Authorities, proxied: Proxied) -> None:
    car = authorities.car_certificate(VIN, issuer=PRODUCT_ACCESS)
    expected = car.certificate.public_bytes(Encoding.DER)
    headers = ((SECRET, "secret"), (CERTIFICATE, escaped(car)), (CHAIN, sequence(car.chain[0])))

    assert certificate_of(asked(*headers), Connected(None), proxied) == expected


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ((), "wrong_secret"),
        (((SECRET, "another"),), "wrong_secret"),
        (((SECRET, "secret"),), "without_certificate"),
        (((SECRET, "secret"), (CERTIFICATE, "")), "without_certificate"),
        (((SECRET, "secret"), (CERTIFICATE, "x"), (CERTIFICATE, "")), "more_than_one_certificate"),
    ],
)
def test_what_a_proxy_fails_to_bring_is_told(
    proxied: Proxied, headers: tuple[tuple[str, str], ...], reason: str
) -> None:
    with pytest.raises(NotForwarded, match=reason):
        certificate_of(asked(*headers), Connected(None), proxied)
