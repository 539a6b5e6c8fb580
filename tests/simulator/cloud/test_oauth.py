"""Signing in over HTTP, as a browser and an application do it."""

import re
from typing import Any

import aiohttp
import pytest

from simulator.cloud.accounts import SCOPES
from simulator.world import World

from .client import REDIRECT, Client, result
from .test_tokens import claims

ASKED = ("openid", "offline_access", "vehicle_device_data", "vehicle_location")


@pytest.fixture
def browser(world: World, web: aiohttp.ClientSession) -> Client:
    return Client(world, web)


async def test_the_page_is_a_form_that_can_be_filled_in(browser: Client) -> None:
    page = await browser.authorize(ASKED)

    assert page.status == 200
    assert page.headers["Content-Type"].startswith("text/html")
    assert re.findall(r'name="scope" value="(\w+)" checked', page.text) == list(ASKED)
    assert 'name="decision" value="refuse"' in page.text
    action = re.search(r'action="([^"]+)"', page.text)
    assert action is not None
    assert "state=opaque" in action[1]


async def test_a_subset_can_be_granted(browser: Client) -> None:
    form = [("decision", "grant"), ("scope", "openid"), ("scope", "offline_access"), ("scope", "user_data")]
    back = result(await browser.submit(ASKED, form))

    assert back["state"] == "opaque"
    assert back["code"].startswith("EU_")
    grant = await browser.exchange(back["code"])
    assert claims(grant.body["access_token"])["scp"] == ["offline_access", "openid"]


async def test_a_user_can_refuse(world: World, browser: Client) -> None:
    assert result(await browser.submit(ASKED, {"decision": "refuse"}))["error"] == "access_denied"

    world.cloud.decline()
    assert result(await browser.authorize(ASKED))["error"] == "access_denied"


async def test_an_application_may_insist_on_everything(browser: Client) -> None:
    page = await browser.submit(
        ASKED, {"decision": "grant", "scope": "openid"}, require_requested_scopes="true"
    )

    assert page.status == 200
    assert "<form" in page.text


async def test_the_page_can_answer_by_itself(world: World, browser: Client) -> None:
    world.cloud.approve()
    assert "code" in result(await browser.authorize(ASKED))

    world.cloud.ask_by_hand()
    assert (await browser.authorize(ASKED)).status == 200


async def test_who_consented_before_is_only_asked_for_more_when_the_application_wants_that(
    world: World, browser: Client
) -> None:
    world.cloud.approve(["openid", "offline_access"])
    await browser.authorize(ASKED)
    world.cloud.approve()

    again = await browser.exchange(result(await browser.authorize(ASKED))["code"])
    more = await browser.exchange(
        result(await browser.authorize(ASKED, prompt_missing_scopes="true"))["code"]
    )

    assert claims(again.body["access_token"])["scp"] == ["offline_access", "openid"]
    assert claims(more.body["access_token"])["scp"] == sorted(ASKED)


async def test_one_can_sign_in_as_another_user(world: World, browser: Client) -> None:
    other = world.cloud.add_account(email="other@example.org")
    form = [("decision", "grant"), ("scope", "openid"), ("account", other.sub)]
    by_hand = await browser.exchange(result(await browser.submit(ASKED, form))["code"])
    world.cloud.approve(email="other@example.org")
    by_itself = await browser.exchange(result(await browser.authorize(ASKED))["code"])

    for grant in (by_hand, by_itself):
        assert claims(grant.body["access_token"])["sub"] == other.sub


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ({"client_id": "stranger"}, "unauthorized_client"),
        ({"redirect_uri": "https://evil.example.org"}, "invalid_redirect_url"),
        ({"response_type": "token"}, "invalid_request"),
        ({"state": ""}, "invalid_request"),
    ],
)
async def test_a_wrong_request_leads_back_to_nobody(
    browser: Client, query: dict[str, str], error: str
) -> None:
    browser.application.redirect_uris = [REDIRECT]

    page = await browser.authorize(ASKED, **query)

    assert page.status == 400
    assert error in page.text


async def test_what_comes_in_is_escaped_on_the_page(browser: Client) -> None:
    page = await browser.authorize(ASKED, locale='"><script>')

    assert "<script>" not in page.text


async def test_a_redirect_address_may_have_a_query_already(world: World, browser: Client) -> None:
    world.cloud.approve()
    page = await browser.authorize(ASKED, redirect_uri="http://127.0.0.1/back?flow=1")

    assert page.headers["Location"].startswith("http://127.0.0.1/back?flow=1&code=EU_")


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "unauthorized_client"),
        ({"client_id": "stranger"}, 401, "unauthorized_client"),
        ({"audience": "https://fleet-api.example.org"}, 400, "invalid_request"),
        ({"code": "EU_wrong"}, 400, "invalid_auth_code"),
        ({"redirect_uri": "https://other.example.org"}, 400, "invalid_redirect_url"),
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
    ],
)
async def test_a_wrong_exchange_is_refused(
    world: World, browser: Client, changes: dict[str, str], status: int, error: str
) -> None:
    world.cloud.approve()
    code = result(await browser.authorize(ASKED))["code"]

    reply = await browser.exchange(**({"code": code} | changes))

    assert (reply.status, reply.error) == (status, error)


async def test_an_audience_may_be_left_out(world: World, browser: Client) -> None:
    world.cloud.approve()
    code = result(await browser.authorize(ASKED))["code"]

    reply = await browser.exchange(code, audience="")

    assert reply.status == 200
    assert claims(reply.body["access_token"])["aud"][:3] == list(world.cloud.bases.values())


async def test_a_token_request_in_json_is_refused(world: World, web: aiohttp.ClientSession) -> None:
    async with web.post(world.cloud.token_url, json={"grant_type": "refresh_token"}) as response:
        body = await response.json()

    assert (response.status, body["error"]) == (400, "invalid_request")


async def test_refreshing_rotates(client: Client) -> None:
    reply = await client.refresh()

    assert reply.status == 200
    assert reply.body["refresh_token"] != client.tokens["refresh_token"]


async def test_a_dead_refresh_token_means_signing_in_again(
    world: World, client: Client, errors: dict[str, Any]
) -> None:
    world.cloud.expire_login()

    reply = await client.refresh()

    expected = errors["login_required"]
    assert (reply.status, set(reply.body)) == (expected["status"], set(expected["body"]))
    assert reply.error == "login_required"


async def test_too_many_token_requests_in_a_second_are_refused(client: Client) -> None:
    statuses = [(await client.refresh("EU_x")).status for _ in range(22)]

    assert statuses.count(429) >= 2
    assert statuses[0] == 401


async def test_signing_in_costs_nothing(world: World, client: Client) -> None:
    await client.refresh()

    assert set(world.cloud.billed().values()) == {0}


async def test_other_paths_and_methods_are_told_so(world: World, web: aiohttp.ClientSession) -> None:
    async with web.get(world.cloud.token_url) as response:
        assert response.status == 405
    async with web.get(world.cloud.token_url.replace("/token", "/nothing")) as response:
        assert response.status == 404
    metadata = "/oauth2/v3/thirdparty/.well-known/openid-configuration"
    async with web.get(world.cloud.token_url.replace("/oauth2/v3/token", metadata)) as response:
        assert (await response.json())["token_endpoint"] == world.cloud.token_url


def test_every_scope_of_tesla_s_is_known() -> None:
    assert len(SCOPES) == 9


async def test_an_application_signs_in_for_itself_in_one_region(world: World, browser: Client) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_secret": browser.application.client_secret,
        "audience": world.cloud.bases["na"],
        "scope": "openid vehicle_device_data vehicle_specs made_up",
    }
    reply = await browser.token(**form)

    assert reply.status == 200
    assert reply.body.keys() == {"access_token", "expires_in", "token_type"}
    partner = world.cloud.books.tokens.read_partner(reply.body["access_token"])
    assert partner is not None
    assert partner.scopes == {"openid", "vehicle_device_data", "vehicle_specs"}


@pytest.mark.parametrize(
    ("changes", "status", "error"),
    [
        ({"client_secret": "wrong"}, 401, "unauthorized_client"),
        ({"audience": "https://fleet-api.example.org"}, 400, "invalid_request"),
        ({"audience": ""}, 400, "invalid_request"),
        ({"scope": "vehicle_device_data"}, 400, "invalid_request"),
    ],
)
async def test_an_application_may_be_refused(
    world: World, browser: Client, changes: dict[str, str], status: int, error: str
) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_secret": browser.application.client_secret,
        "audience": world.cloud.bases["na"],
        "scope": "openid",
    }
    reply = await browser.token(**(form | changes))

    assert (reply.status, reply.error) == (status, error)
