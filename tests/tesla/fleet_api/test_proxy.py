"""What a command proxy's answers mean: by their words, as asleep and not paired both come with 500."""

import json
from pathlib import Path
from typing import Any

import pytest

from custom_components.tesla_direct.tesla.errors import (
    CannotDo,
    CarBusy,
    CarError,
    CarUnreachable,
    CommandInvalid,
    KeyInactive,
    KeyNotPaired,
    OutcomeUnknown,
    ProviderInvalid,
    RateLimited,
    RequestRefused,
    ScopeMissing,
    SignatureUnsupported,
    TeslaError,
    TokenRefused,
)
from custom_components.tesla_direct.tesla.fleet_api import endpoints
from custom_components.tesla_direct.tesla.fleet_api.addresses import fingerprint_of
from custom_components.tesla_direct.tesla.fleet_api.proxy import (
    UNAVAILABLE,
    Proxy,
    base_of,
    billed_as,
    body_for,
    reading,
    said_by_car,
)
from custom_components.tesla_direct.tesla.fleet_api.response import Answer

VECTORS = Path(__file__).parents[2] / "vectors" / "commands" / "payloads.json"
FINGERPRINT = "0f" * 32
PROXY = Proxy(base="https://127.0.0.1:4443", fingerprint=FINGERPRINT, domain="cars.example.com")


def said(error: str, status: int) -> Answer:
    """Return an answer in which the proxy itself says no."""
    return Answer(
        status, {}, json.dumps({"response": None, "error": error, "error_description": ""}).encode()
    )


def refused(reason: str, status: int = 400) -> Answer:
    """Return an answer to a command that the proxy does not take as it is."""
    body = {"response": {"result": False, "reason": reason}, "error": "", "error_description": ""}
    return Answer(status, {}, json.dumps(body).encode())


def fault(name: str) -> CarError | None:
    return KeyInactive(name, fault=4) if name == "INACTIVE_KEY" else None


def what(answer: Answer) -> TeslaError:
    """Return the error that an answer means."""
    with pytest.raises(TeslaError) as raised:
        reading(fault)(answer, endpoints.command("door_lock"), lambda _: None)
    return raised.value


ASLEEP = said("vehicle unavailable: vehicle is offline or asleep", 500)
UNPAIRED = said("vehicle rejected request: your public key has not been paired with the vehicle", 500)
UNDERWAY = said("context deadline exceeded", 500)


def test_what_was_done_is_handed_on() -> None:
    answer = Answer(200, {}, b'{"response": {"result": true, "reason": ""}}')

    document = reading(fault)(answer, endpoints.command("door_lock"), lambda _: None)

    assert document == {"response": {"result": True, "reason": ""}}
    assert billed_as(answer) == 200


@pytest.mark.parametrize(
    ("answer", "error", "billed"),
    [
        (ASLEEP, CarUnreachable, None),
        (UNPAIRED, KeyNotPaired, None),
        (UNDERWAY, OutcomeUnknown, None),
        (said("context deadline exceeded", 503), CarBusy, UNAVAILABLE),
        (said("MESSAGEFAULT_ERROR_INACTIVE_KEY", 500), KeyInactive, None),
        (said("MESSAGEFAULT_ERROR_FROM_THE_FUTURE", 500), OutcomeUnknown, None),
        (said("something new", 500), OutcomeUnknown, None),
        (said("unreachable", 502), OutcomeUnknown, None),
        (said("slow", 504), OutcomeUnknown, None),
        (refused("missing percent param"), CommandInvalid, UNAVAILABLE),
        (said("invalid_command", 400), CannotDo, UNAVAILABLE),
        (said("command not implemented", 400), CannotDo, UNAVAILABLE),
        (said("client did not provide an OAuth token", 403), TokenRefused, UNAVAILABLE),
        (said("client provided malformed OAuth token: x", 403), TokenRefused, UNAVAILABLE),
        (said("expected 17-character VIN in path", 404), RequestRefused, UNAVAILABLE),
        (said("Method Not Allowed", 405), RequestRefused, UNAVAILABLE),
        (said("vehicle does not support the protocol", 422), SignatureUnsupported, 422),
        # What follows Tesla has said, and the proxy hands on, without the headers.
        (said("Unauthorized missing scopes vehicle_cmds", 403), ScopeMissing, 403),
        (said("Too Many Requests", 429), RateLimited, 429),
        (said("vehicle unavailable: vehicle is offline or asleep", 408), CarUnreachable, 408),
        (Answer(400, {}, b"<html>"), RequestRefused, 400),
    ],
    ids=lambda value: str(value.status) if isinstance(value, Answer) else "",
)
def test_a_refusal_is_told_by_its_words(answer: Answer, error: type[TeslaError], billed: int | None) -> None:
    assert type(what(answer)) is error
    assert billed_as(answer) == billed


def test_what_timed_out_underway_may_have_been_done_and_what_waited_was_not() -> None:
    assert what(UNDERWAY).may_have_succeeded
    assert not what(said("context deadline exceeded", 503)).may_have_succeeded


def cases(result: str) -> list[dict[str, Any]]:
    rows = json.loads(VECTORS.read_text())["cases"]
    return [row for row in rows if row["expect"]["result"] == result]


@pytest.mark.parametrize("case", cases("invalid_params"), ids=lambda case: case["id"])
def test_all_that_the_published_proxy_finds_fault_with_is_told_as_that(case: dict[str, Any]) -> None:
    """Vectors: what the program answers to bodies that are wrong, and with which status."""
    expect = case["expect"]
    answer = refused(expect["reason"], expect["proxy_http_status"])
    in_error = said(expect["reason"], expect["proxy_http_status"])

    for each in (answer, in_error):
        assert isinstance(what(each), CommandInvalid)
        assert billed_as(each) == UNAVAILABLE


def test_the_parameter_is_named_where_the_proxy_names_it() -> None:
    error = what(refused("missing seat_position param"))
    assert isinstance(error, CommandInvalid)
    assert error.parameter == "seat_position"
    other = what(refused("invalid_value"))
    assert isinstance(other, CommandInvalid)
    assert other.parameter == ""


def test_levels_that_the_proxy_takes_for_the_messages_own_are_sent_as_such() -> None:
    cooled = body_for("remote_seat_cooler_request", {"seat_position": 1, "seat_cooler_level": 0})

    assert cooled == {"seat_position": 1, "seat_cooler_level": 1}
    assert body_for("set_cop_temp", {"cop_temp": 2}) == {"cop_temp": 3}
    assert body_for("remote_seat_heater_request", {"level": 3}) == {"level": 3}
    # And so the published program makes of it what is meant.
    (high,) = [case for case in cases("signed") if case["id"] == "payload-set_cop_temp-02"]
    assert high["params"] == body_for("set_cop_temp", {"cop_temp": 2})
    assert high["expect"]["message"]["vehicleAction"]["setCopTempAction"] == {
        "copActivationTemp": "CopActivationTempHigh"
    }


def test_a_proxy_is_found_again_by_what_is_stored_of_it() -> None:
    assert Proxy.from_dict(json.loads(json.dumps(PROXY.to_dict()))) == PROXY
    with pytest.raises(ProviderInvalid):
        Proxy.from_dict({"base": PROXY.base})


@pytest.mark.parametrize(
    "address",
    ["http://proxy.example.com", "http://127.0.0.1:4443", "proxy.example.com", "https://u:p@x.example.com"],
)
def test_a_proxy_speaks_tls_on_this_machine_too(address: str) -> None:
    with pytest.raises(ProviderInvalid) as wrong:
        base_of(address)

    assert wrong.value.field == "base"


def test_an_address_loses_the_slash_at_its_end() -> None:
    assert base_of(" https://proxy.example.com:4443/ ") == "https://proxy.example.com:4443"


def test_a_fingerprint_may_be_written_as_programs_write_it() -> None:
    assert fingerprint_of(":".join(["0F"] * 32)) == FINGERPRINT
    for wrong in ("", "0f" * 20, "xy" * 32):
        with pytest.raises(ProviderInvalid, match="fingerprint"):
            fingerprint_of(wrong)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("car could not execute command: already_set", "already_set"),
        ("car could not execute command: unspecified error", ""),
        ("vcsec could not execute command: genericError:GENERICERROR_CLOSURES_OPEN", "closures_open"),
        ("vcsec could not execute command: genericError:  GENERICERROR_UNAUTHORIZED", "unauthorized"),
        ("vcsec could not execute command: GENERICERROR_NONE", "none"),
        ("already_set", "already_set"),
        ("", ""),
    ],
)
def test_what_the_car_says_is_found_in_what_the_proxy_says(text: str, word: str) -> None:
    """Go's own printing of a message puts one blank or two behind a field's name, at random."""
    assert said_by_car(text) == word


def test_every_refusal_of_the_vectors_loses_what_the_program_puts_before_it() -> None:
    cases = json.loads(VECTORS.with_name("app_results.json").read_text())["cases"]
    texts = [
        case["expect"].get("text", "") for case in cases if "nominal" in str(case["expect"].get("error"))
    ]
    words = [said_by_car(text) for text in texts]

    assert {"already_set", "closures_open", ""} <= {*words}
    assert not [word for word in words if ":" in word or word.startswith("GENERICERROR")]
