"""Teslemetry's own calls, over a real socket."""

import json
from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.errors import (
    AnswerUnreadable,
    LoginExpired,
    NoAnswer,
    PaymentRequired,
    RequestRefused,
    TokenRefused,
)
from custom_components.tesla_direct.tesla.fleet_api import teslemetry
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.client import FleetApi, Tokens
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause, Ledger
from custom_components.tesla_direct.tesla.fleet_api.limits import Limits
from custom_components.tesla_direct.tesla.fleet_api.provider import custom
from custom_components.tesla_direct.tesla.fleet_api.teslemetry_rows import ConfigAnswer, readiness

from .host import OTHER_VIN, VIN, Clock, Host, Reply, reply

CONFIG = f"/api/config/{VIN}"
FIELDS = {"Soc": {"interval_seconds": 60}, "Gear": None}


class Asker:
    """Tokens of a sign-in; a second one is there if the first is refused."""

    async def access_token(self) -> str:
        return "first"

    async def replace(self, refused: str) -> str:
        return "second"


class Pasted(Asker):
    """A token that nothing renews."""

    async def replace(self, refused: str) -> str:
        raise LoginExpired("a token that nothing renews")


@pytest.fixture
def tokens() -> Tokens:
    return Asker()


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def api(host: Host, session: ClientSession, clock: Clock, ledger: Ledger, tokens: Tokens) -> FleetApi:
    provider = custom(bases={"na": host.url}, authorize_url=host.url, token_url=host.url)
    return FleetApi(
        session,
        provider,
        host.url,
        tokens=tokens,
        budget=Budget(ledger),
        limits=Limits(),
        clock=clock,
        sleep=clock.sleep,
    )


async def test_an_account_is_asked_for_its_metadata_for_free(
    host: Host, api: FleetApi, ledger: Ledger, clock: Clock
) -> None:
    host.answers.append(reply({"uid": "u", "vehicles": {VIN: {"access": True, "issue": "no_data"}}}))

    account = await teslemetry.metadata(api, Cause.SET_UP)

    assert account.vehicles[VIN].issue == "no_data"
    assert readiness(account)[VIN].paired is None
    assert host.requests[0].path == "/api/metadata"
    assert host.requests[0].headers["Authorization"] == "Bearer first"
    assert ledger.month(clock()).upper() == 0


@pytest.mark.parametrize("word", ["missing_token", "invalid_token"])
async def test_a_token_of_a_sign_in_that_is_refused_is_renewed_once(
    host: Host, api: FleetApi, word: str
) -> None:
    host.answers += [reply({"error": word}, 401), reply({"uid": "u"})]

    assert (await teslemetry.metadata(api, Cause.POLL)).uid == "u"
    assert host.requests[1].headers["Authorization"] == "Bearer second"


async def test_a_renewed_token_that_is_refused_too_is_the_end(host: Host, api: FleetApi) -> None:
    host.otherwise = lambda _: reply({"error": "invalid_token"}, 401)

    with pytest.raises(TokenRefused):
        await teslemetry.metadata(api, Cause.POLL)
    assert len(host.requests) == 2


@pytest.mark.parametrize("tokens", [Pasted()])
async def test_for_a_pasted_token_somebody_has_to_sign_in_again(host: Host, api: FleetApi) -> None:
    host.answers.append(reply({"error": "invalid_token"}, 401))

    with pytest.raises(LoginExpired):
        await teslemetry.metadata(api, Cause.POLL)
    assert len(host.requests) == 1


async def test_what_a_car_is_told_to_stream_is_read(host: Host, api: FleetApi) -> None:
    host.answers.append(reply({"hostname": "h", "port": 443, "fields": {"Soc": None}}))

    assert (await teslemetry.read_config(api, VIN, Cause.KEEPER))["fields"] == {"Soc": None}
    assert (host.requests[0].method, host.requests[0].path) == ("GET", CONFIG)


async def test_a_car_that_is_told_nothing_yet_is_no_error(host: Host, api: FleetApi) -> None:
    host.answers.append(reply({"error": "not_found"}, 404))

    assert await teslemetry.read_config(api, VIN, Cause.KEEPER) == {}


async def test_fields_are_added(host: Host, api: FleetApi) -> None:
    host.answers.append(reply({"updated_vehicles": 1, "ignoredFields": ["Odd"]}))

    answer = await teslemetry.patch_config(api, VIN, FIELDS, Cause.KEEPER)

    assert answer == ConfigAnswer(updated=1, skipped={}, ignored=("Odd",))
    assert (host.requests[0].method, host.requests[0].path) == ("PATCH", CONFIG)
    assert json.loads(host.requests[0].body) == {"fields": FIELDS}


async def test_fields_are_replaced(host: Host, api: FleetApi) -> None:
    host.answers.append(reply({"updated_vehicles": 0, "skipped_vehicles": {"missing_key": [OTHER_VIN]}}))

    answer = await teslemetry.replace_config(api, VIN, FIELDS, Cause.USER)

    assert answer.skipped == {OTHER_VIN: "missing_key"}
    assert (host.requests[0].method, host.requests[0].path) == ("POST", CONFIG)
    assert json.loads(host.requests[0].body) == {"fields": FIELDS}


async def test_a_no_is_a_no_whatever_its_status(host: Host, api: FleetApi) -> None:
    host.answers += [reply({"error": "unknown field"}), reply({"error": "unknown field"}, 400)]

    for _ in range(2):
        with pytest.raises(RequestRefused, match="unknown field"):
            await teslemetry.patch_config(api, VIN, FIELDS, Cause.KEEPER)


async def test_a_car_without_a_subscription_is_told_apart(host: Host, api: FleetApi) -> None:
    host.answers.append(reply({"error": "vehicle_subscription_required"}, 402))

    with pytest.raises(PaymentRequired) as raised:
        await teslemetry.patch_config(api, VIN, FIELDS, Cause.KEEPER)
    assert raised.value.key == "vehicle_subscription_required"


@pytest.mark.parametrize("answer", [reply({"updated_vehicles": 1}), reply({"error": "not_found"}, 404)])
async def test_a_car_streams_no_more_whether_it_did_or_not(host: Host, api: FleetApi, answer: Reply) -> None:
    host.answers.append(answer)

    await teslemetry.delete_config(api, VIN, Cause.KEEPER)

    assert (host.requests[0].method, host.requests[0].path) == ("DELETE", CONFIG)


async def test_streaming_that_is_not_ended_is_not_taken_for_ended(host: Host, api: FleetApi) -> None:
    host.answers.append(reply({"error": "try later"}))

    with pytest.raises(RequestRefused):
        await teslemetry.delete_config(api, VIN, Cause.KEEPER)


async def registered(host: Host, session: ClientSession) -> str:
    return await teslemetry.register_client(
        session,
        f"{host.url}/oauth/register",
        name="Home " * 50,
        software_id="tesla_direct",
        software_version="1.0",
    )


async def test_an_installation_registers_itself(host: Host, session: ClientSession) -> None:
    host.answers.append(reply({"client_id": "client"}, 201))

    assert await registered(host, session) == "client"
    (seen,) = host.requests
    assert (seen.method, seen.path) == ("POST", "/oauth/register")
    assert "Authorization" not in seen.headers
    assert json.loads(seen.body) == {
        "client_name": ("Home " * 50)[: teslemetry.NAME_LIMIT],
        "software_id": "tesla_direct",
        "software_version": "1.0",
    }


@pytest.mark.parametrize("document", [{}, {"client_id": ""}, {"client_id": 5}])
async def test_a_registration_without_an_id_is_none(
    host: Host, session: ClientSession, document: Any
) -> None:
    host.answers.append(reply(document))

    with pytest.raises(AnswerUnreadable):
        await registered(host, session)


async def test_a_registration_that_is_refused_says_why(host: Host, session: ClientSession) -> None:
    host.answers += [reply({"error": "invalid_client_metadata"}, 400), Reply(drop=True)]

    with pytest.raises(RequestRefused, match="invalid_client_metadata"):
        await registered(host, session)
    with pytest.raises(NoAnswer):
        await registered(host, session)
