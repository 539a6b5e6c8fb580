import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla import errors
from custom_components.tesla_direct.tesla.errors import (
    AnswerUnreadable,
    CloudError,
    RateLimited,
    TeslaError,
    WrongRegion,
)
from custom_components.tesla_direct.tesla.fleet_api import endpoints
from custom_components.tesla_direct.tesla.fleet_api.endpoints import Endpoint
from custom_components.tesla_direct.tesla.fleet_api.provider import TESLA
from custom_components.tesla_direct.tesla.fleet_api.response import RULES, Answer, harmless, read, read_file

from .host import VIN, fixture

CASES = {case["name"]: case for case in fixture("errors")["errors"]}
ERRORS: dict[str, type[CloudError]] = {
    "bad_request_invalid_command": errors.RequestRefused,
    "token_expired": errors.TokenRefused,
    "token_invalid": errors.TokenRefused,
    "login_required": errors.LoginExpired,
    "mobile_access_disabled": errors.MobileAccessDisabled,
    "payment_required": errors.PaymentRequired,
    "missing_scopes": errors.ScopeMissing,
    "billing_limit_exceeded": errors.BillingLimitExceeded,
    "command_protocol_required": errors.SignatureRequired,
    "unsupported_vehicle": errors.RequestRefused,
    "not_found": errors.NotFound,
    "method_not_allowed": errors.RequestRefused,
    "vehicle_offline": errors.CarUnreachable,
    "not_registered_in_region": errors.NotRegistered,
    "domain_not_in_allowed_origins": errors.NotRegistered,
    "wrong_region": errors.WrongRegion,
    "invalid_resource": errors.RequestRefused,
    "account_locked": errors.AccountLocked,
    "invalid_response": errors.CloudTrouble,
    "rate_limited_account": errors.RateLimited,
    "rate_limited_plain_text": errors.RateLimited,
    "legal_block": errors.PrivacyForbids,
    "client_closed": errors.OutcomeUnknown,
    "internal_error": errors.OutcomeUnknown,
    "bad_gateway_html": errors.OutcomeUnknown,
    "service_unavailable": errors.CloudTrouble,
    "gateway_timeout": errors.OutcomeUnknown,
    "device_unexpected_response": errors.CarTrouble,
}


def answer(
    status: int, body: Any = b"", headers: dict[str, str] | None = None, cut: str | None = None
) -> Answer:
    if not isinstance(body, bytes):
        body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    return Answer(status, headers or {}, body, cut)


def refused(answer: Answer, endpoint: Endpoint = endpoints.VEHICLE_DATA) -> TeslaError:
    with pytest.raises(TeslaError) as raised:
        read(answer, endpoint, TESLA.trusted)
    return raised.value


def test_a_good_answer_is_its_json_object() -> None:
    document = fixture("vehicle_data_charging")

    assert read(answer(200, document), endpoints.VEHICLE_DATA, TESLA.trusted) == document


def test_every_captured_refusal_has_its_error() -> None:
    assert CASES.keys() == ERRORS.keys()


@pytest.mark.parametrize("name", ERRORS)
def test_a_captured_refusal_becomes_its_error(name: str) -> None:
    case = CASES[name]
    headers = {key.lower(): value for key, value in case["headers"].items()}

    error = refused(answer(case["status"], case["body"], headers))

    assert type(error) is ERRORS[name]
    assert isinstance(error, CloudError)
    assert error.status == case["status"]
    assert str(case["status"]) in str(error)


@pytest.mark.parametrize(
    ("status", "body", "endpoint", "error"),
    [
        (401, b"", endpoints.VEHICLE, errors.TokenRefused),
        (405, {"error": "vehicle is currently in service"}, endpoints.WAKE_UP, errors.InService),
        (408, b"", endpoints.SIGNED_COMMAND, errors.CarSilent),
        (408, "<html>Request Timeout</html>", endpoints.VEHICLE_DATA, errors.CarSilent),
        (422, {"error": "protocol"}, endpoints.SIGNED_COMMAND, errors.SignatureUnsupported),
        (500, {"error": "vehicle unavailable: vehicle is offline or asleep"}, endpoints.SIGNED_COMMAND,
         errors.CarUnreachable),
        (503, b"", endpoints.SIGNED_COMMAND, errors.CarUnreachable),
        (503, b"", endpoints.command("door_lock"), errors.CarUnreachable),
        (418, b"", endpoints.VEHICLE, errors.RequestRefused),
        (599, b"", endpoints.VEHICLE, errors.OutcomeUnknown),
    ],
)  # fmt: skip
def test_where_the_status_does_not_tell_the_words_or_the_endpoint_do(
    status: int, body: Any, endpoint: Endpoint, error: type[CloudError]
) -> None:
    assert type(refused(answer(status, body), endpoint)) is error


@pytest.mark.parametrize("status", sorted({rule.status for rule in RULES} | {502, 504}))
@pytest.mark.parametrize("body", [b"", b"<html>x</html>", b"\xff\xfe", b"[]", b'{"error": 7}', b"null"])
def test_no_refusal_needs_a_body(status: int, body: bytes) -> None:
    assert isinstance(refused(answer(status, body)), CloudError)


@pytest.mark.parametrize("status", [408, 499, 500, 502, 504, 540])
def test_what_was_lost_underway_may_have_been_carried_out(status: int) -> None:
    assert refused(answer(status, b"")).may_have_succeeded


@pytest.mark.parametrize("status", [400, 401, 403, 404, 412, 421, 422, 424, 429, 503])
def test_what_was_refused_was_not_carried_out(status: int) -> None:
    assert not refused(answer(status, b"")).may_have_succeeded


def test_a_sleeping_car_has_not_acted_and_can_be_asked_again() -> None:
    error = refused(answer(408, CASES["vehicle_offline"]["body"]))

    assert (error.may_have_succeeded, error.temporary) == (False, True)


@pytest.mark.parametrize(
    ("headers", "body", "wait"),
    [
        ({"retry-after": "37"}, b"", 37.0),
        ({}, b"Retry in 37829 seconds", 37829.0),
        ({"ratelimit-reset": "12"}, b"", 12.0),
        ({}, b"", 300.0),
        ({"retry-after": "0"}, b"", 1.0),
        ({"retry-after": "999999999"}, b"", 86400.0),
    ],
)
def test_too_many_requests_say_how_long_to_wait(headers: dict[str, str], body: bytes, wait: float) -> None:
    error = refused(answer(429, body, headers))

    assert isinstance(error, RateLimited)
    assert error.retry_after == wait


NA = "https://fleet-api.prd.na.vn.cloud.tesla.com"
EU = "https://fleet-api.prd.eu.vn.cloud.tesla.com"


@pytest.mark.parametrize(
    ("body", "headers", "base"),
    [
        (CASES["wrong_region"]["body"], {}, EU),
        (CASES["wrong_region"]["body"], {"alt-svc": f"h2={NA}"}, EU),
        (b"", {"alt-svc": f"h2={EU}"}, EU),
        (b"", {"alt-svc": f'h2="{EU}"; ma=86400'}, EU),
        (b"use base URL: https://evil.org, see", {"alt-svc": f"h2={EU}"}, EU),
        (f"use base URL: {EU}.".encode(), {}, EU),
        (b"use base URL: https://evil.org?.tesla.com", {}, None),
        (b"use base URL: http://fleet-api.prd.eu.vn.cloud.tesla.com", {}, None),
        (b"", {"alt-svc": 'h3=":443"; ma=86400'}, None),
        (b"", {"alt-svc": "h2=https://evil.org"}, None),
        (b"", {}, None),
    ],
)
def test_the_right_region_is_taken_from_body_then_header_if_it_is_trusted(
    body: Any, headers: dict[str, str], base: str | None
) -> None:
    error = refused(answer(421, body, headers))

    assert isinstance(error, WrongRegion)
    assert error.base == base


@pytest.mark.parametrize(
    ("status", "body", "cut"),
    [
        (200, b"", None),
        (200, b"<html>", None),
        (200, b"[]", None),
        (200, b"7", None),
        (200, b'{"a": NaN}', None),
        (200, b"\xff\xff", None),
        (200, b"[" * 200_000, None),
        (200, b'{"response": {}}', "ClientPayloadError"),
        (302, b'{"response": {}}', None),
        (199, b"{}", None),
    ],
)
def test_what_is_no_complete_json_object_is_unreadable(status: int, body: bytes, cut: str | None) -> None:
    assert type(refused(answer(status, body, cut=cut))) is AnswerUnreadable


def test_a_refusal_that_broke_off_is_still_a_refusal() -> None:
    assert type(refused(answer(401, b'{"err', cut="ClientPayloadError"))) is errors.TokenRefused


def test_a_refusal_tells_what_tesla_said_and_where_to_ask() -> None:
    error = refused(
        answer(
            422,
            {"error": "invalid charge limit", "messages": {"percent": ["is too large"], "x": 7, "y": [7]}},
            {"x-txid": "00000000-0000-4000-8000-000000000408"},
        ),
        endpoints.command("set_charge_limit"),
    )

    assert str(error) == (
        "command/set_charge_limit: refused (422, invalid charge limit, percent: is too large, "
        "txid 00000000-0000-4000-8000-000000000408)"
    )


def test_the_id_of_a_call_is_found_in_the_body_too() -> None:
    error = refused(answer(500, {"error": "x", "txid": "0123456789abcdef0123456789abcdef"}))

    assert "txid 0123456789abcdef0123456789abcdef" in str(error)


@pytest.mark.parametrize(
    "secret",
    [
        VIN,
        VIN.lower(),
        f"({VIN})",
        "EU_fictional_refresh_token_0001",
        "eyJhbGciOiJub25lIn0.fictional.fixture",
        "51.50735,-0.12776",
        "51.5",
        "driver@example.org",
        "https://example.org/x",
        "Schlüssel",
    ],
)
def test_no_error_repeats_a_secret(secret: str) -> None:
    document = {
        "error": f"vehicle {secret} not found",
        "error_description": secret,
        "messages": {secret: [secret]},
        "txid": secret,
    }

    for status in (400, 401, 404, 412, 421, 500):
        told = str(refused(answer(status, document, {"x-txid": secret})))
        assert secret.strip("()") not in told
        assert "vehicle … not found" in told


def test_no_error_repeats_who_we_are() -> None:
    told = str(refused(answer(412, CASES["not_registered_in_region"]["body"])))

    assert "Account … must be registered" in told
    assert "0c11e7" not in told


def test_words_are_shown_and_all_else_is_not() -> None:
    assert harmless("user out of region, use base URL: https://x.org (401)!") == (
        "user out of region, use base URL: … (401)!"
    )
    assert harmless("a " * 9000) == ("a " * 60)[:120]
    assert harmless("") == ""


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)
bodies = (
    st.binary()
    | st.text().map(str.encode)
    | st.dictionaries(
        st.sampled_from(["response", "error", "error_description", "messages", "txid"]), json_values
    ).map(lambda document: json.dumps(document).encode())
    | st.from_regex(rb"use base URL: https?://[-a-z0-9.:\[\]]*")
)
headers = st.dictionaries(
    st.sampled_from(["retry-after", "alt-svc", "x-txid", "ratelimit-reset", "ratelimit-x-reset"]),
    st.text() | st.from_regex(r"h2=https://.*"),
)


@given(
    st.integers(100, 599) | st.sampled_from([200, 401, 403, 408, 421, 422, 429]),
    headers,
    bodies,
    st.sampled_from([endpoints.VEHICLE_DATA, endpoints.SIGNED_COMMAND]),
)
def test_any_answer_is_data_or_one_of_our_errors(
    status: int, headers: dict[str, str], body: bytes, endpoint: Endpoint
) -> None:
    told = ""
    try:
        assert isinstance(read(Answer(status, headers, body), endpoint, TESLA.trusted), dict)
    except TeslaError as error:
        told = str(error)

    assert told.isprintable()
    assert len(told) < 1000


def test_a_file_is_its_body() -> None:
    assert read_file(Answer(200, {}, b"\x00\xff"), endpoints.VEHICLE, TESLA.trusted) == b"\x00\xff"


@pytest.mark.parametrize("answer", [Answer(200, {}, b"%PDF", "cut"), Answer(302, {}, b"%PDF")])
def test_a_file_that_is_not_complete_is_none(answer: Answer) -> None:
    with pytest.raises(AnswerUnreadable):
        read_file(answer, endpoints.VEHICLE, TESLA.trusted)


def test_a_file_that_is_refused_says_why() -> None:
    with pytest.raises(errors.NotFound):
        read_file(Answer(404, {}, b"{}"), endpoints.VEHICLE, TESLA.trusted)


@pytest.mark.parametrize(
    ("status", "text", "error"),
    [
        (412, "Root domain example.org must match registered allowed origin", errors.OriginNotAllowed),
        (424, "Failed to fetch public key", errors.KeyUnfetched),
        (422, "Validation failed: Domain has already been taken", errors.DomainTaken),
        (422, "Validation failed: Public key hash has already been taken", errors.DomainTaken),
        (409, "Domain is already registered", errors.DomainTaken),
        (422, "Validation failed: Domain is too long", errors.RequestRefused),
        (400, "Invalid domain: x. Ensure that domain is lowercase", errors.RequestRefused),
        (401, "Expected partner account", errors.ApplicationTooNew),
        (403, "Expected partner account", errors.ApplicationTooNew),
        (401, "invalid bearer token", errors.TokenRefused),
    ],
)
def test_a_registration_is_refused_for_reasons_of_its_own(
    status: int, text: str, error: type[TeslaError]
) -> None:
    told = refused(answer(status, {"response": None, "error": text}), endpoints.PARTNER_REGISTER)

    assert type(told) is error


def test_what_only_a_registration_can_mean_means_other_things_elsewhere() -> None:
    assert type(refused(answer(412), endpoints.PARTNER_PUBLIC_KEY)) is errors.NotRegistered
    assert type(refused(answer(424), endpoints.PARTNER_PUBLIC_KEY)) is errors.CloudTrouble
    taken = answer(422, "it has already been taken")
    assert type(refused(taken, endpoints.TELEMETRY_CONFIG_CREATE_JWS)) is errors.RequestRefused


@pytest.mark.parametrize(("headers", "wait"), [({}, 30.0), ({"retry-after": "7"}, 7.0)])
def test_another_registration_under_way_is_soon_over(headers: dict[str, str], wait: float) -> None:
    told = refused(answer(429, "another update is in progress", headers), endpoints.PARTNER_REGISTER)

    assert isinstance(told, RateLimited)
    assert told.retry_after == wait


@pytest.mark.parametrize(
    ("word", "key"),
    [
        ("subscription_required", "subscription_required"),
        ("vehicle_subscription_required", "vehicle_subscription_required"),
        ("insufficient_credits", "credits"),
        ("payment_required", ""),
    ],
)
def test_what_has_to_be_paid_can_be_told_apart(word: str, key: str) -> None:
    error = refused(answer(402, {"error": word}))

    assert isinstance(error, errors.PaymentRequired)
    assert (error.status, error.key) == (402, key)


@pytest.mark.parametrize("word", ["missing_token", "invalid_token"])
def test_a_token_that_a_service_does_not_take_is_renewed_before_anybody_has_to_sign_in(word: str) -> None:
    assert type(refused(answer(401, {"error": word}))) is errors.TokenRefused


def test_what_an_energy_sites_gateway_did_not_hear_was_not_done() -> None:
    error = refused(answer(502, {"error": "energy_gateway_unreachable"}))

    assert type(error) is errors.CloudTrouble
    assert not error.may_have_succeeded


def test_a_status_that_stands_for_nothing_is_a_no() -> None:
    assert type(refused(answer(418, {"error": "I'm a teapot"}))) is errors.RequestRefused


def test_a_time_limit_of_a_service_leaves_open_whether_the_car_has_acted() -> None:
    assert type(refused(answer(408, {"error": "timeout"}))) is errors.CarSilent
