"""Rotation, grace, and death of tokens."""

import base64
import json
from random import Random
from typing import Any

import pytest

from simulator.cloud.accounts import Account, Application
from simulator.cloud.tokens import TokenInvalid, TokenOver, Tokens

from ..vectors import fixture
from ..wall import Wall

SCOPES = frozenset({"openid", "offline_access", "vehicle_device_data"})
DAY = 86_400.0


class Desk:
    """One user of one application."""

    def __init__(self, seed: int = 1) -> None:
        self.wall = Wall()
        self.tokens = Tokens(self.wall, Random(seed), lambda: ["https://base"])  # noqa: S311  # chance
        self.account = Account(sub="sub", region="eu")
        self.application = Application()
        self.account.consents[self.application.client_id] = SCOPES

    def sign_in(self) -> dict[str, Any]:
        return self.tokens.sign_in(self.account, self.application, SCOPES)

    def refresh(self, token: str) -> dict[str, Any] | None:
        return self.tokens.refresh(token, self.application.client_id)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def claims(token: str) -> dict[str, Any]:
    part = token.split(".")[1]
    read: dict[str, Any] = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    return read


def test_a_code_works_once_and_not_for_long(desk: Desk) -> None:
    code = desk.tokens.code(desk.account, "client", "https://back", SCOPES)
    assert code.startswith("EU_")
    assert desk.tokens.take_code(code) is not None
    assert desk.tokens.take_code(code) is None

    late = desk.tokens.code(desk.account, "client", "https://back", SCOPES)
    desk.wall.move(301)
    assert desk.tokens.take_code(late) is None


def test_a_sign_in_gives_what_tesla_gives(desk: Desk) -> None:
    grant = desk.sign_in()
    tesla = fixture("oauth_token")

    assert set(grant) == set(tesla) - {"_decoded_access_token_claims"}
    assert set(tesla["_decoded_access_token_claims"]) <= set(claims(grant["access_token"]))
    assert (grant["expires_in"], grant["token_type"]) == (28_800, "Bearer")
    assert grant["refresh_token"].startswith("EU_")


def test_the_access_token_says_whose_it_is(desk: Desk) -> None:
    said = claims(desk.sign_in()["access_token"])

    assert (said["sub"], said["azp"]) == ("sub", desk.application.client_id)
    assert (said["ou_code"], said["aud"]) == ("EU", ["https://base"])
    assert said["scp"] == sorted(SCOPES)
    assert said["exp"] - said["iat"] == 28_800


def test_without_offline_access_there_is_no_refresh_token(desk: Desk) -> None:
    assert "refresh_token" not in desk.tokens.sign_in(desk.account, desk.application, {"openid"})


def test_each_refresh_gives_a_new_token(desk: Desk) -> None:
    first = desk.sign_in()["refresh_token"]
    second = desk.refresh(first)

    assert second is not None
    assert second["refresh_token"] != first


def test_the_last_used_token_works_for_one_more_day(desk: Desk) -> None:
    first = desk.sign_in()["refresh_token"]
    assert desk.refresh(first)

    desk.wall.move(DAY - 1)
    assert desk.refresh(first)
    desk.wall.move(2)
    assert desk.refresh(first) is None


def test_using_the_new_token_kills_the_old_one(desk: Desk) -> None:
    first = desk.sign_in()["refresh_token"]
    second = desk.refresh(first)
    assert second is not None

    assert desk.refresh(second["refresh_token"])

    assert desk.refresh(first) is None


def test_a_token_that_was_not_used_for_three_months_is_dead(desk: Desk) -> None:
    token = desk.sign_in()["refresh_token"]
    desk.wall.move(90 * DAY + 1)

    assert desk.refresh(token) is None


def test_a_token_is_of_one_application(desk: Desk) -> None:
    token = desk.sign_in()["refresh_token"]

    assert desk.tokens.refresh(token, "another") is None
    assert desk.refresh("EU_unknown") is None


def test_a_user_who_took_all_consent_back_has_to_sign_in(desk: Desk) -> None:
    token = desk.sign_in()["refresh_token"]
    desk.account.consents[desk.application.client_id] = frozenset()

    assert desk.refresh(token) is None


def test_a_refreshed_token_has_the_scopes_of_today(desk: Desk) -> None:
    token = desk.sign_in()["refresh_token"]
    desk.account.consents[desk.application.client_id] = SCOPES | {"vehicle_location"}
    grant = desk.refresh(token)

    assert grant is not None
    assert "vehicle_location" in claims(grant["access_token"])["scp"]


def test_an_access_token_is_good_until_it_is_over(desk: Desk) -> None:
    desk.tokens.lifetime = 60.0
    token = desk.sign_in()["access_token"]
    assert desk.tokens.read(token) == (desk.account, desk.application.client_id, SCOPES)

    desk.wall.move(60)
    with pytest.raises(TokenOver):
        desk.tokens.read(token)


def test_a_token_of_somebody_else_is_none(desk: Desk) -> None:
    token = desk.sign_in()["access_token"]
    other = Desk(2).sign_in()["access_token"]

    for wrong in (token[:-2], "x", "", "ä.ö.ü", other):
        with pytest.raises(TokenInvalid):
            desk.tokens.read(wrong)


@pytest.mark.parametrize("access_too", [True, False])
def test_a_new_password_ends_the_login(desk: Desk, *, access_too: bool) -> None:
    grant = desk.sign_in()

    desk.tokens.forget(desk.account, access_too=access_too)

    assert desk.refresh(grant["refresh_token"]) is None
    if access_too:
        with pytest.raises(TokenInvalid):
            desk.tokens.read(grant["access_token"])
    else:
        assert desk.tokens.read(grant["access_token"])


def test_tokens_of_another_run_are_good_if_they_are_made_known() -> None:
    before, after = Desk(1), Desk(2)
    grant = before.sign_in()
    with pytest.raises(TokenInvalid):
        after.tokens.read(grant["access_token"])

    after.tokens.know(after.account, after.application, grant["access_token"], grant["refresh_token"])
    assert after.tokens.read(grant["access_token"])[0] is after.account
    assert after.refresh(grant["refresh_token"]) is not None


def test_an_application_has_a_token_of_its_own(desk: Desk) -> None:
    grant = desk.tokens.sign_in_partner("client", "https://base", SCOPES)
    token = grant["access_token"]

    partner = desk.tokens.read_partner(token)

    assert partner is not None
    assert (partner.client_id, partner.audience, partner.scopes) == ("client", "https://base", SCOPES)
    assert set(grant) == {"access_token", "expires_in", "token_type"}
    assert claims(token)["aud"] == ["https://base"]
    assert "ou_code" not in claims(token)
    assert desk.tokens.read_partner(desk.sign_in()["access_token"]) is None
    with pytest.raises(TokenInvalid):
        desk.tokens.read(token)
    with pytest.raises(TokenInvalid):
        desk.tokens.read_partner("x")
    desk.wall.move(28_801)
    with pytest.raises(TokenOver):
        desk.tokens.read_partner(token)
