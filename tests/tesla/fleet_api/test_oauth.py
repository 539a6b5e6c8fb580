import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import (
    AnswerUnreadable,
    ApplicationRefused,
    LoginExpired,
    TokenUnavailable,
    WireError,
)
from custom_components.tesla_direct.tesla.fleet_api.oauth import (
    PartnerToken,
    Token,
    granted,
    lasting,
    partner_form,
    partner_granted,
    renewal,
)
from custom_components.tesla_direct.tesla.fleet_api.response import Answer

from .host import fixture, jwt

NOW = 1_791_360_000.0
HOUR = 3600.0
OLD = Token(
    access_token="access-1",
    refresh_token="EU_1",
    expires_at=NOW + 30,
    received_at=NOW - 8 * HOUR,
    scopes=frozenset({"openid"}),
    previous_refresh_token="EU_0",
)
GRANT: dict[str, Any] = {
    "access_token": jwt(scp=["vehicle_cmds"], iat=100, exp=500),
    "refresh_token": "EU_2",
    "expires_in": 28800,
    "token_type": "Bearer",
}
LOGIN_REQUIRED = {"error": "login_required", "error_description": "The refresh_token is invalid"}


def answer(document: Any, status: int = 200, cut: str | None = None) -> Answer:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return Answer(status, {}, body, cut)


def run(token: Token, *answers: Answer) -> tuple[Token, list[dict[str, str]]]:
    """Return the new token and the forms that were sent for it."""
    flow = renewal(token, "client", lambda: NOW)
    forms = [next(flow)]
    for one in answers:
        try:
            forms.append(flow.send(one))
        except StopIteration as done:
            return done.value, forms
    raise AssertionError("the flow wants more answers")


def test_a_renewal_sends_the_form_that_tesla_documents() -> None:
    _, forms = run(OLD, answer(GRANT))

    assert forms == [{"grant_type": "refresh_token", "client_id": "client", "refresh_token": "EU_1"}]


def test_a_renewed_token_remembers_the_one_it_replaces() -> None:
    token, _ = run(OLD, answer(GRANT))

    assert token == Token(
        access_token=GRANT["access_token"],
        refresh_token="EU_2",
        expires_at=NOW + 28800,
        received_at=NOW,
        scopes=frozenset({"vehicle_cmds"}),
        previous_refresh_token="EU_1",
    )


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (401, "login_required"),
        (400, "invalid_grant"),
        (403, "consent_required"),
        (401, "interaction_required"),
    ],
)
def test_a_refused_token_is_followed_by_the_one_before_it_once(status: int, word: str) -> None:
    refusal = answer({"error": word}, status)

    token, forms = run(OLD, refusal, answer(GRANT))
    assert [form["refresh_token"] for form in forms] == ["EU_1", "EU_0"]
    assert token.refresh_token == "EU_2"
    assert token.previous_refresh_token == "EU_0"

    with pytest.raises(LoginExpired, match=word) as expired:
        run(OLD, refusal, refusal)
    assert expired.value.status == status


def test_a_token_before_it_that_is_a_day_old_is_not_tried() -> None:
    old = Token(
        access_token="access-1",
        refresh_token="EU_1",
        expires_at=NOW,
        received_at=NOW - 24 * HOUR,
        previous_refresh_token="EU_0",
    )

    with pytest.raises(LoginExpired):
        run(old, answer(LOGIN_REQUIRED, 401))


def test_after_a_sign_in_there_is_no_token_before_it() -> None:
    token = granted(GRANT, NOW - HOUR)

    with pytest.raises(LoginExpired):
        run(token, answer(LOGIN_REQUIRED, 401))


def test_trouble_while_trying_the_one_before_it_is_no_expired_login() -> None:
    with pytest.raises(TokenUnavailable):
        run(OLD, answer(LOGIN_REQUIRED, 401), answer(b"<html>", 502))


@pytest.mark.parametrize(
    "trouble",
    [
        answer(b"", 401),
        answer(b"<html>login_required</html>", 401),
        answer(LOGIN_REQUIRED, 401, cut="ClientPayloadError"),
        answer({"error": "something new"}, 400),
        answer({"error": ["login_required"]}, 401),
        answer(LOGIN_REQUIRED, 404),
        answer(LOGIN_REQUIRED, 408),
        answer(LOGIN_REQUIRED, 429),
        answer(LOGIN_REQUIRED, 500),
        answer(b"<html>", 503),
        answer(b"", 504),
        answer(b"", 302),
        answer(b"", 200),
        answer(b"<html>", 200),
        answer(b"[]", 200),
        answer(LOGIN_REQUIRED, 200),
        answer(GRANT, 200, cut="ClientPayloadError"),
        answer(GRANT | {"refresh_token": None}),
        answer(GRANT | {"refresh_token": ""}),
        answer(GRANT | {"access_token": 7}),
        answer(GRANT | {"access_token": "x", "expires_in": None}),
        answer(GRANT | {"expires_in": "soon"}),
        answer(GRANT | {"expires_in": True}),
        answer(GRANT | {"expires_in": 0}),
        answer(GRANT | {"expires_in": 10**400}),
    ],
)
def test_trouble_of_the_service_passes_and_is_no_expired_login(trouble: Answer) -> None:
    with pytest.raises(TokenUnavailable) as raised:
        run(OLD, trouble)

    assert raised.value.temporary
    assert not raised.value.may_have_succeeded
    assert raised.value.status == trouble.status


def test_trouble_says_how_long_to_wait() -> None:
    with pytest.raises(TokenUnavailable) as raised:
        run(OLD, Answer(429, {"retry-after": "77"}, b""))
    assert raised.value.retry_after == 77

    with pytest.raises(TokenUnavailable) as raised:
        run(OLD, Answer(429, {}, b"Retry in 99 seconds"))
    assert raised.value.retry_after == 99


@pytest.mark.parametrize("word", ["unauthorized_client", "invalid_client"])
def test_a_refused_application_is_no_expired_login(word: str) -> None:
    with pytest.raises(ApplicationRefused, match=word) as raised:
        run(OLD, answer({"error": word}, 401))

    assert not raised.value.temporary


@pytest.mark.parametrize(
    "word", ["invalid_request", "invalid_token", "server_error", "temporarily_unavailable"]
)
def test_a_word_that_speaks_of_neither_is_trouble_of_the_service(word: str) -> None:
    with pytest.raises(TokenUnavailable) as raised:
        run(OLD, answer({"error": word}, 400))

    assert raised.value.temporary


def test_a_missing_lifetime_is_read_from_the_token_itself() -> None:
    document = {key: value for key, value in GRANT.items() if key != "expires_in"}

    assert granted(document, NOW).expires_at == NOW + 400


def test_a_lifetime_that_nobody_tells_is_missing() -> None:
    with pytest.raises(AnswerUnreadable):
        granted(GRANT | {"access_token": jwt(iat=1), "expires_in": None}, NOW)
    with pytest.raises(AnswerUnreadable):
        granted(GRANT | {"access_token": jwt(exp=1), "expires_in": None}, NOW)


def test_scopes_come_from_the_token_then_the_answer_then_the_token_before() -> None:
    opaque = GRANT | {"access_token": "opaque"}

    assert granted(GRANT | {"scope": "a b"}, NOW).scopes == {"vehicle_cmds"}
    assert granted(opaque | {"scope": "a b"}, NOW).scopes == {"a", "b"}
    assert granted(opaque, NOW, OLD).scopes == {"openid"}
    assert granted(opaque, NOW).scopes == frozenset()


def test_the_answer_to_a_sign_in_becomes_a_token() -> None:
    token = granted(fixture("oauth_token"), NOW)

    assert token.refresh_token.startswith("EU_")
    assert token.expires_at == NOW + 28800
    assert token.previous_refresh_token is None


@pytest.mark.parametrize(
    ("life", "fresh_for"), [(28800.0, 28740.0), (120.0, 60.0), (60.0, 30.0), (10.0, 5.0)]
)
def test_a_token_is_renewed_a_minute_before_its_end_a_short_one_at_half_time(
    life: float, fresh_for: float
) -> None:
    token = granted(GRANT | {"expires_in": life}, NOW)

    assert token.fresh(NOW + fresh_for - 0.5)
    assert not token.fresh(NOW + fresh_for)


def test_a_token_survives_being_stored() -> None:
    for token in (OLD, granted(GRANT, NOW)):
        assert Token.from_dict(json.loads(json.dumps(token.to_dict()))) == token


@pytest.mark.parametrize(
    "change", [{"expires_at": "soon"}, {"scopes": None}, {"received_at": None}, {"scopes": 7}]
)
def test_a_stored_token_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        Token.from_dict(OLD.to_dict() | change)
    with pytest.raises(WireError):
        Token.from_dict({})


def test_a_token_shows_no_secret() -> None:
    assert "access-1" not in repr(OLD)
    assert "EU_1" not in repr(OLD)
    assert "EU_0" not in repr(OLD)


@given(
    st.sampled_from([200, 302, 400, 401, 403, 429, 500]),
    st.binary()
    | st.dictionaries(
        st.sampled_from(["error", "access_token", "refresh_token", "expires_in", "scope"]),
        st.none() | st.integers() | st.floats() | st.text(),
    ).map(lambda document: json.dumps(document).encode()),
)
def test_any_answer_is_a_token_or_one_of_our_errors(status: int, body: bytes) -> None:
    told = ""
    try:
        token, _ = run(OLD, Answer(status, {}, body), answer(b"", 503))
        assert token.refresh_token
    except (LoginExpired, ApplicationRefused, TokenUnavailable) as error:
        told = str(error)

    assert told.isprintable()


def test_a_partner_token_is_asked_for_with_the_secret() -> None:
    assert partner_form("client", "secret", "https://api.example.com") == {
        "grant_type": "client_credentials",
        "client_id": "client",
        "client_secret": "secret",
        "audience": "https://api.example.com",
        "scope": "openid",
    }


def test_a_partner_token_is_good_for_as_long_as_it_says() -> None:
    token = partner_granted(answer({"access_token": "partner", "expires_in": 28800}), NOW)

    assert token == PartnerToken(access_token="partner", expires_at=NOW + 28800, received_at=NOW)
    assert token.fresh(NOW + 28800 - 61)
    assert not token.fresh(NOW + 28800 - 60)
    assert "partner" not in str(token)


@pytest.mark.parametrize("life", [None, True, "1", 0, -5, 1e12])
def test_a_partner_token_without_a_lifetime_is_used_for_a_while(life: object) -> None:
    token = partner_granted(answer({"access_token": "partner", "expires_in": life}), NOW)

    assert token.fresh(NOW + 200)
    assert not token.fresh(NOW + 300)


@pytest.mark.parametrize(
    ("document", "status"),
    [
        ({"error": "invalid_client"}, 400),
        ({"error": "unauthorized_client"}, 403),
        ({"error": "access_denied"}, 401),
        (b"Unauthorized", 401),
    ],
)
def test_refused_credentials_are_told_from_trouble(document: Any, status: int) -> None:
    with pytest.raises(ApplicationRefused) as refused:
        partner_granted(answer(document, status), NOW)

    assert refused.value.status == status


@pytest.mark.parametrize(
    "told",
    [
        answer({}),
        answer({"access_token": ""}),
        answer({"access_token": 7}),
        answer(b"<html>"),
        answer({"access_token": "partner", "expires_in": 9}, cut="more"),
        answer({"error": "invalid_request"}, 400),
        answer(b"", 503),
    ],
    ids=lambda told: f"{told.status} {told.body[:20]!r}",
)
def test_what_brings_no_partner_token_may_do_so_later(told: Answer) -> None:
    with pytest.raises(TokenUnavailable):
        partner_granted(told, NOW)


def test_how_long_to_wait_for_a_partner_token_is_kept() -> None:
    with pytest.raises(TokenUnavailable) as unavailable:
        partner_granted(Answer(429, {"retry-after": "40"}, b""), NOW)

    assert unavailable.value.retry_after == 40


def test_a_token_that_was_pasted_lasts_and_is_never_renewed() -> None:
    token = Token.from_dict(lasting("pasted", ["vehicle_cmds"], NOW).to_dict())
    flow = renewal(token, "client", lambda: NOW)

    assert (token.access_token, token.scopes) == ("pasted", frozenset({"vehicle_cmds"}))
    assert token.fresh(NOW + 50 * 365 * 86400)
    with pytest.raises(LoginExpired):
        next(flow)  # nothing is asked of anybody


def test_a_token_that_was_pasted_with_one_to_renew_it_is_renewed_once_it_is_refused() -> None:
    token = lasting("pasted", [], NOW, "refresh")

    assert token.fresh(NOW + 1e9)
    assert next(renewal(token, "client", lambda: NOW))["refresh_token"] == "refresh"


def test_a_pasted_token_that_says_when_it_ends_is_renewed_before() -> None:
    token = lasting(jwt(exp=NOW + 3600), [], NOW, "refresh")

    assert token.expires_at == NOW + 3600
    assert not token.fresh(NOW + 3599)
    assert lasting(jwt(), [], NOW, "refresh").fresh(NOW + 1e9)
    assert lasting(jwt(exp=NOW + 3600), [], NOW).fresh(NOW + 1e9)  # nothing could renew it


def test_a_renewal_asks_for_scopes_where_that_is_wanted_with_either_token() -> None:
    flow = renewal(OLD, "client", lambda: NOW, scope="openid")

    assert next(flow)["scope"] == "openid"
    assert flow.send(answer(LOGIN_REQUIRED, 401))["scope"] == "openid"
