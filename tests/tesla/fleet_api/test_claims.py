from base64 import urlsafe_b64encode
from contextlib import suppress
import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
import pytest

from custom_components.tesla_direct.tesla.errors import WireError
from custom_components.tesla_direct.tesla.fleet_api.claims import read_claims

from .host import fixture, jwt


def test_the_claims_of_a_real_token_are_read() -> None:
    claims = read_claims(jwt(**fixture("oauth_token")["_decoded_access_token_claims"]))

    assert claims.subject == "00000000-0000-4000-8000-0000000000ee"
    assert claims.client_id == "00000000-0000-4000-8000-0000000c11e7"
    assert claims.region == "eu"
    assert {"vehicle_location", "vehicle_cmds"} < claims.scopes
    assert "https://fleet-api.prd.eu.vn.cloud.tesla.com" in claims.audience
    assert (claims.issued_at, claims.expires_at) == (1791360000.0, 1791388800.0)


def test_a_token_with_a_subject_alone_will_do() -> None:
    claims = read_claims(jwt())

    assert claims.subject == "account"
    assert claims.scopes == frozenset()
    assert claims.audience == ()
    assert (claims.region, claims.client_id, claims.issued_at, claims.expires_at) == (None,) * 4


def test_one_text_stands_for_a_list_of_words() -> None:
    claims = read_claims(jwt(scp="openid vehicle_cmds", aud="https://example.org"))

    assert claims.scopes == {"openid", "vehicle_cmds"}
    assert claims.audience == ("https://example.org",)


def test_characters_of_base64url_are_understood() -> None:
    assert read_claims(jwt(sub="???>>>~~~ÿÿ")).subject == "???>>>~~~ÿÿ"


@pytest.mark.parametrize(
    "claims",
    [
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"scp": 7},
        {"scp": [7]},
        {"aud": {"a": 1}},
        {"ou_code": ["EU"]},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 10**400},
        {"iat": float("nan")},
    ],
)
def test_a_claim_of_another_type_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(WireError):
        read_claims(jwt(**claims))


@pytest.mark.parametrize("token", ["", "abc", "a.b", "a.b.c.d", "a.!!.c", "a.b.c", "a.W10.c", "a.ÿ.c"])
def test_what_is_no_token_is_refused_without_being_repeated(token: str) -> None:
    with pytest.raises(WireError) as refused:
        read_claims(token)

    assert refused.value.__cause__ is None
    assert not token or f" {token}" not in str(refused.value)


@given(st.text() | st.binary().map(lambda payload: f"a.{urlsafe_b64encode(payload).decode()}.c"))
def test_any_text_is_read_or_refused(token: str) -> None:
    with suppress(WireError):
        read_claims(token)


def test_characters_that_do_not_belong_are_not_skipped() -> None:
    header, payload, signature = jwt().split(".")

    with pytest.raises(WireError):
        read_claims(f"{header}.{payload[:4]}****{payload[4:]}.{signature}")


def test_a_payload_nested_without_end_is_refused() -> None:
    payload = urlsafe_b64encode(b"[" * 200_000).decode().rstrip("=")

    with pytest.raises(WireError):
        read_claims(f"a.{payload}.c")


@given(
    st.dictionaries(
        st.sampled_from(["sub", "scp", "aud", "exp", "iat", "ou_code", "azp"]),
        st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(), st.lists),
    )
)
def test_any_claims_are_read_or_refused(claims: dict[str, Any]) -> None:
    token = f"a.{urlsafe_b64encode(json.dumps(claims).encode()).decode()}.c"
    with suppress(WireError):
        read_claims(token)
