"""Whose a token is that says nothing of itself, over a real socket."""

from typing import Any

from aiohttp import ClientSession
import pytest

from custom_components.tesla_direct.tesla.errors import (
    LoginExpired,
    NoAnswer,
    RateLimited,
    TeslaError,
)
from custom_components.tesla_direct.tesla.fleet_api.budget import Budget
from custom_components.tesla_direct.tesla.fleet_api.client import FleetApi
from custom_components.tesla_direct.tesla.fleet_api.ledger import Cause, Ledger
from custom_components.tesla_direct.tesla.fleet_api.limits import Limits
from custom_components.tesla_direct.tesla.fleet_api.myteslamate import ALL_SCOPES, Met, meet, streamed
from custom_components.tesla_direct.tesla.fleet_api.provider import myteslamate, teslamate_style

from .host import OTHER_VIN, VIN, Clock, Host, Reply, Seen, fixture, jwt, reply

ME = fixture("users_me")
UUID = ME["response"]["vault_uuid"]
NUMBER = 2930000000001
FIRST = {"vin": VIN, "display_name": "Marmalade", "vehicle_id": NUMBER}
CARS = reply({"response": [FIRST, {"vin": OTHER_VIN}]})
MUTE = "pasted"  # a token that says nothing


class Pasted:
    """A token that nothing renews."""

    async def access_token(self) -> str:
        return "pasted"

    async def replace(self, refused: str) -> str:
        raise LoginExpired("a token that nothing renews")


@pytest.fixture
def ledger() -> Ledger:
    return Ledger()


@pytest.fixture
def api(host: Host, session: ClientSession, clock: Clock, ledger: Ledger) -> FleetApi:
    return FleetApi(
        session,
        myteslamate(host.url),
        host.url,
        tokens=Pasted(),
        budget=Budget(ledger),
        limits=Limits(),
        clock=clock,
        sleep=clock.sleep,
        moves=False,
    )


def answering(me: Reply, cars: Reply = CARS) -> Any:
    def answer(seen: Seen) -> Reply:
        return {"/api/1/products": cars, "/api/1/users/me": me}[seen.path]

    return answer


async def met(api: FleetApi, token: str = MUTE) -> Met:
    return await meet(api, myteslamate(api.base), token, Cause.SET_UP)


async def test_a_token_that_says_whose_it_is_is_believed_and_nobody_is_asked(
    host: Host, api: FleetApi, ledger: Ledger, clock: Clock
) -> None:
    host.answers.append(CARS)

    found = await met(api, jwt(sub="someone", scp=["vehicle_device_data"]))

    assert found.account == "myteslamate-someone"
    assert found.scopes == {"vehicle_device_data"}
    assert [seen.path for seen in host.requests] == ["/api/1/products"]
    assert ledger.month(clock()).upper() == 0


async def test_the_account_is_asked_for_where_the_token_is_mute(host: Host, api: FleetApi) -> None:
    host.otherwise = answering(reply(ME))

    found = await met(api)

    assert found.account == f"myteslamate-{UUID}"
    assert found.scopes == ALL_SCOPES
    assert {vin: (car.name, car.vehicle_id) for vin, car in found.cars.items()} == {
        VIN: ("Marmalade", str(NUMBER)),
        OTHER_VIN: (None, ""),
    }


async def test_accounts_of_two_services_are_two(host: Host, api: FleetApi) -> None:
    host.otherwise = answering(reply(ME))

    elsewhere = await meet(api, teslamate_style(address=host.url), "pasted", Cause.SET_UP)

    assert elsewhere.account == f"teslamate_style-{UUID}"


async def test_an_address_of_mail_names_an_account_and_is_not_kept(host: Host, api: FleetApi) -> None:
    host.otherwise = answering(reply({"response": {"email": "Driver@example.org"}}))
    found = await met(api)
    host.otherwise = answering(reply({"response": {"email": "driver@example.org "}}))

    assert (await met(api)).account == found.account
    assert "example" not in found.account


@pytest.mark.parametrize(
    "me",
    [
        reply({"error": "not_found"}, 404),
        reply({"error": "missing scopes"}, 403),
        reply({"error": "internal"}, 500),
        reply({"response": None}),
        reply({"response": {"vault_uuid": 7}}),
        Reply(body=b"<html>"),
    ],
)
async def test_where_nobody_names_the_account_its_cars_do(host: Host, api: FleetApi, me: Reply) -> None:
    host.otherwise = answering(me)

    found = await met(api)

    assert found.account.startswith("myteslamate-cars-")
    assert VIN not in found.account
    assert found.is_of(found.account, [])
    assert found.is_of("myteslamate-cars-others", [OTHER_VIN])
    assert found.is_of(f"myteslamate-{UUID}", [VIN])  # it was named at that time
    assert not found.is_of("myteslamate-cars-others", ["5YJ3E7EB0SF000009"])


async def test_an_account_that_is_named_is_no_other_whatever_cars_it_has(host: Host, api: FleetApi) -> None:
    host.otherwise = answering(reply(ME))

    found = await met(api)

    assert found.is_of(f"myteslamate-{UUID}", [])
    assert not found.is_of("myteslamate-someone", [VIN])
    assert found.is_of("myteslamate-cars-0123", [VIN])


@pytest.mark.parametrize(
    ("me", "error"),
    [
        (reply({"error": "token_invalid"}, 401), LoginExpired),
        (reply({"error": "slow down"}, 429), RateLimited),
        (Reply(drop=True), NoAnswer),
    ],
)
async def test_who_is_not_answered_now_asks_again_later(
    host: Host, api: FleetApi, me: Reply, error: type[TeslaError]
) -> None:
    host.otherwise = answering(me)

    with pytest.raises(error):
        await met(api)


async def test_a_token_that_is_refused_is_one_of_nobody(host: Host, api: FleetApi) -> None:
    host.answers.append(reply({"error": "token_invalid"}, 401))

    with pytest.raises(LoginExpired):
        await met(api)


async def test_whether_a_car_streams_is_told_as_the_stream_will_look_at_it(host: Host, api: FleetApi) -> None:
    host.answers += [
        reply({"response": {"synced": True, "config": {"hostname": "a"}}}),
        reply({"response": {"synced": False, "config": {"hostname": "a"}}}),
        reply({"response": {"synced": False, "config": None}}),
        reply({"error": "not_found"}, 404),
    ]

    told = [await streamed(api, VIN, Cause.SET_UP) for _ in range(4)]

    assert [None if status is None else status.synced for status in told] == [True, False, None, None]
    assert host.requests[0].path == f"/api/1/vehicles/{VIN}/fleet_telemetry_config"
