"""The one request of a connection, apart from sockets; test_server.py asks over them."""

import logging
from uuid import UUID

from aiohttp import web
from aiohttp.test_utils import make_mocked_request
import pytest

from custom_components.tesla_direct.tesla.fleet_telemetry.requests import (
    HEADER_LIMIT,
    Quiet,
    connection_id,
    header,
    one_request,
)

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
    assert (told.levelno, told.getMessage()) == (logging.DEBUG, "from somebody")
