import asyncio
from collections.abc import Callable
from pathlib import Path
import socket
import ssl

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.errors import CertificateUnexpected, NoAnswer, NotSent
from custom_components.tesla_direct.tesla.fleet_api import transport
from custom_components.tesla_direct.tesla.fleet_api.addresses import Certificates
from custom_components.tesla_direct.tesla.fleet_api.request import Request
from custom_components.tesla_direct.tesla.fleet_api.transport import fetch, trust_of
from simulator.certificates import stranger

from .host import VIN, Host, Reply
from .tls_host import Listening


def request(url: str, body: bytes | None = None) -> Request:
    return Request(name="vehicle", method="POST" if body else "GET", url=url, headers={"A": "b"}, body=body)


async def test_a_round_trip_brings_status_headers_and_body(host: Host, session: ClientSession) -> None:
    host.answers.append(Reply(status=418, body=b"body", headers={"X-TXID": "7"}))

    answer = await fetch(session, request(f"{host.url}/a?b=c%3Bd", b"sent"), limit=5)

    assert (answer.status, answer.body, answer.cut) == (418, b"body", None)
    assert answer.headers["x-txid"] == "7"
    assert (host.requests[0].path, host.requests[0].body) == ("/a?b=c%3Bd", b"sent")
    assert host.requests[0].headers["A"] == "b"


@pytest.mark.parametrize(
    ("choice", "believed"),
    [
        (lambda _: Certificates(), False),
        (lambda host: Certificates(authority=host.authority.certificate_pem()), True),
        (lambda _: Certificates(authority=stranger().certificate_pem()), False),
        (lambda host: Certificates(fingerprint=host.fingerprint), True),
        (lambda _: Certificates(fingerprint="00" * 32), False),
        (lambda _: Certificates(verified=False), True),
        # Who has pinned a certificate wants no other, whatever else was said.
        (lambda _: Certificates(fingerprint="00" * 32, verified=False), False),
    ],
)
async def test_who_is_believed_is_chosen_host_by_host(
    choice: Callable[[Listening], Certificates],
    session: ClientSession,
    socket_enabled: None,
    tmp_path: Path,
    *,
    believed: bool,
) -> None:
    host = Listening()
    server = await host.start(tmp_path / "host.pem")
    trust = await trust_of(choice(host))
    try:
        if believed:
            assert (await fetch(session, request(host.base), limit=5, ssl=trust)).status == 200
        else:
            with pytest.raises(CertificateUnexpected):
                await fetch(session, request(host.base), limit=5, ssl=trust)
            assert host.heard == b""
    finally:
        server.close()
        await server.wait_closed()


async def test_an_authority_that_is_none_is_refused() -> None:
    with pytest.raises(ssl.SSLError):
        await trust_of(Certificates(authority="PEM"))


async def test_a_redirect_is_not_followed(host: Host, session: ClientSession) -> None:
    host.answers.append(Reply(status=302, headers={"Location": f"{host.url}/elsewhere"}))

    answer = await fetch(session, request(host.url), limit=5)

    assert answer.status == 302
    assert len(host.requests) == 1


async def test_where_nobody_listens_nothing_was_sent(session: ClientSession) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/api/1/vehicles/{VIN}"

        with pytest.raises(NotSent) as raised:
            await fetch(session, request(url), limit=5)

    assert VIN not in str(raised.value)
    assert raised.value.__cause__ is None


async def test_an_address_that_is_none_is_not_asked(session: ClientSession) -> None:
    with pytest.raises(NotSent):
        await fetch(session, request("http:///x"), limit=5)


async def test_a_connection_that_is_cut_leaves_it_open_what_happened(
    host: Host, session: ClientSession
) -> None:
    host.answers.append(Reply(drop=True))

    with pytest.raises(NoAnswer) as raised:
        await fetch(session, request(f"{host.url}/{VIN}", b"{}"), limit=5)

    assert raised.value.may_have_succeeded
    assert VIN not in str(raised.value)


async def test_a_kept_connection_that_breaks_does_not_have_a_request_sent_twice(
    host: Host, session: ClientSession
) -> None:
    host.answers.extend([Reply(), Reply(drop=True), Reply()])
    await fetch(session, request(host.url), limit=5)

    with pytest.raises(NoAnswer, match="ConnectionCut"):
        await fetch(session, request(host.url), limit=5)

    assert len(host.requests) == 2


async def test_silence_has_an_end(host: Host, session: ClientSession) -> None:
    host.answers.append(Reply(hold=asyncio.Event()))

    with pytest.raises(NoAnswer):
        await fetch(session, request(host.url), limit=0.05)


async def test_a_body_that_breaks_off_keeps_its_status(host: Host, session: ClientSession) -> None:
    host.answers.append(Reply(status=401, body=b"half", short=4))

    answer = await fetch(session, request(host.url), limit=5)

    assert (answer.status, answer.body) == (401, b"half")
    assert answer.cut == "ClientPayloadError"


async def test_a_body_without_end_is_not_read_to_its_end(host: Host, session: ClientSession) -> None:
    host.answers.append(Reply(body=b"x" * (transport.BODY_LIMIT + 1)))

    answer = await fetch(session, request(host.url), limit=30)

    assert (answer.status, answer.body) == (200, b"")
    assert answer.cut == "more than 10000000 bytes"


async def test_a_large_body_is_read(host: Host, session: ClientSession) -> None:
    host.answers.append(Reply(body=b"x" * transport.BODY_LIMIT))

    answer = await fetch(session, request(host.url), limit=30)

    assert (len(answer.body), answer.cut) == (transport.BODY_LIMIT, None)
