"""Programs register themselves, people let them in, tokens are exchanged and renewed."""

import re

import pytest

from simulator.service.tokens import Client as RegisteredClient
from simulator.teslemetry.service import UID, Teslemetry
from simulator.world import World

from ..wall import Wall
from .client import VERIFIER, Client, result


async def test_a_program_is_let_in_with_pkce(client: Client, service: Teslemetry) -> None:
    client_id = await client.register()

    back = result(await client.connect(client_id))
    tokens = (await client.exchange(client_id, back["code"])).body

    assert back["state"] == "opaque"
    assert tokens["expires_in"] == 28_800
    client.token = tokens["access_token"]
    assert (await client.get("/api/metadata")).body["uid"] == UID
    assert service.office.tokens.clients[client_id].software_id == "tesla_direct"


@pytest.mark.parametrize(
    "change",
    [
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
        {"client_id": "nobody"},
        {"redirect_uri": ""},
        {"response_type": "token"},
    ],
)
async def test_the_page_leads_back_to_nobody_who_asks_wrongly(client: Client, change: dict[str, str]) -> None:
    reply = await client.connect(await client.register(), **change)

    assert (reply.status, "Location" in reply.headers) == (400, False)


@pytest.mark.parametrize(
    "change", [{"code_verifier": "another"}, {"redirect_uri": "https://elsewhere.example"}, {"code": "none"}]
)
async def test_a_code_is_worth_nothing_without_what_belongs_to_it(
    client: Client, change: dict[str, str]
) -> None:
    client_id = await client.register()
    code = result(await client.connect(client_id))["code"]

    reply = await client.exchange(client_id, code, **change)

    assert (reply.status, reply.error) == (400, "invalid_grant")


async def test_a_code_works_once_and_not_for_long(client: Client, wall: Wall) -> None:
    client_id = await client.register()
    once = result(await client.connect(client_id))["code"]
    late = result(await client.connect(client_id))["code"]

    assert (await client.exchange(client_id, once)).status == 200
    assert (await client.exchange(client_id, once)).error == "invalid_grant"
    wall.move(301)
    assert (await client.exchange(client_id, late)).error == "invalid_grant"


@pytest.mark.parametrize("path", ["/oauth/token", "/api/oauth2/v3/token"])
async def test_a_refresh_token_works_once(client: Client, path: str) -> None:
    first = await client.sign_in()
    form = {
        "grant_type": "refresh_token",
        "client_id": first["client_id"],
        "refresh_token": first["refresh_token"],
    }

    second = await client.ask("POST", path, data=form)
    again = await client.ask("POST", path, data=form)

    assert second.body["refresh_token"] != first["refresh_token"]
    assert (again.status, again.error) == (400, "invalid_grant")


async def test_tokens_of_another_world_are_good_once_they_are_known(
    client: Client, service: Teslemetry
) -> None:
    program = RegisteredClient(client_id="of another world", name="Tesla Direct")
    form = {"grant_type": "refresh_token", "client_id": "of another world", "refresh_token": "renews"}
    assert (await client.ask("POST", "/oauth/token", data=form)).error == "invalid_client"
    service.office.tokens.know(service.customer, program, "opens", "renews")

    token = service.office.tokens.read("opens")
    assert token is not None
    assert token.customer is service.customer
    assert (await client.ask("POST", "/oauth/token", data=form)).body["refresh_token"] != "renews"


async def test_a_pasted_token_is_migrated_with_json(client: Client, service: Teslemetry) -> None:
    body = {
        "grant_type": "migrate",
        "client_id": await client.register(),
        "access_token": service.token,
        "name": "Home",
    }

    reply = await client.post("/oauth/token", body)

    assert set(reply.body) >= {"access_token", "refresh_token", "expires_in"}
    wrong = await client.post("/oauth/token", body | {"access_token": "wrong"})
    assert (wrong.status, wrong.error) == (401, "invalid_grant")


async def test_nobody_is_a_client_who_has_not_registered(client: Client) -> None:
    reply = await client.exchange("nobody", "code")
    nameless = await client.post("/oauth/register", {"software_id": "tesla_direct"})
    other = await client.exchange(await client.register(), "code", grant_type="password")

    assert (reply.status, reply.error) == (401, "invalid_client")
    assert (nameless.status, nameless.error) == (400, "invalid_client_metadata")
    assert other.error == "unsupported_grant_type"


async def test_a_person_may_say_no(client: Client, service: Teslemetry) -> None:
    service.decline()

    assert result(await client.connect(await client.register())) == {
        "error": "access_denied",
        "state": "opaque",
    }


@pytest.mark.parametrize(("decision", "brings"), [("grant", "code"), ("refuse", "error")])
async def test_a_person_may_fill_in_the_page(
    client: Client, service: Teslemetry, decision: str, brings: str
) -> None:
    service.ask_by_hand()
    page = await client.connect(await client.register())
    action = re.search(r'action="([^"]+)"', page.text)
    assert action is not None

    reply = await client.ask("POST", action[1].replace("&amp;", "&"), data={"decision": decision})

    assert "Home" in page.text
    assert brings in result(reply)


async def test_the_page_signs_in_whoever_is_there(client: Client, world: World, service: Teslemetry) -> None:
    service.add_customer("another", world.cloud.add_account(email="other@example.org"))
    service.sign_in_as("another")

    client.token = (await client.sign_in())["access_token"]

    assert (await client.get("/api/metadata")).body["uid"] == "another"
    service.approve()
    assert service.sign_in.approval.customer is None


async def test_access_tokens_end_and_refresh_tokens_stay(
    client: Client, service: Teslemetry, wall: Wall
) -> None:
    service.set_token_lifetime(60)
    tokens = await client.sign_in()
    client.token = tokens["access_token"]
    wall.move(61)

    assert (await client.get("/api/test")).error == "invalid_token"
    form = {
        "grant_type": "refresh_token",
        "client_id": tokens["client_id"],
        "refresh_token": tokens["refresh_token"],
    }
    assert (await client.ask("POST", "/oauth/token", data=form)).status == 200
    assert VERIFIER not in str(service.requests("token")[0].public())
