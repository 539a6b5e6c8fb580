"""The public key at its well-known address."""

from cryptography.hazmat.primitives.serialization import load_pem_public_key
from homeassistant.core import HomeAssistant
import pytest
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator  # type: ignore[import-untyped]  # has no types
from yarl import URL

from custom_components.tesla_direct.tesla.fleet_api.hosted_key import KEY_PATH
from simulator.car.car import Car

from .account import Account

QUERIES = [
    "",
    "?key=private",
    "?format=private&file=key.pem",
    "?domain=example.com",
    "?" + "x=private&" * 500,
    "?%00=%ff",
]
ASKED = {
    "Accept": "application/json, text/html;q=0.9, */*;q=0",
    "Accept-Encoding": "gzip, br",
    "Range": "bytes=10-20",
    "If-None-Match": "*",
    "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT",
    "X-HTTP-Method-Override": "DELETE",
    "Origin": "https://evil.example.com",
    "Cookie": "a=b",
}


@pytest.mark.parametrize("query", QUERIES)
async def test_everybody_gets_the_public_key_and_nothing_else(
    account: Account, car: Car, hass_client_no_auth: ClientSessionGenerator, query: str
) -> None:
    await account.set_up(car)
    key = (await account.shared()).key.key
    assert key is not None
    client = await hass_client_no_auth()
    async with client.get(KEY_PATH + query) as answer:
        body = await answer.read()

    assert answer.status == 200
    assert body == key.public_pem
    load_pem_public_key(body)


@pytest.mark.parametrize("headers", [{"Authorization": "Bearer nonsense"}, {"Host": "tesla.example.com"}])
async def test_it_does_not_matter_who_asks_and_under_which_name(
    account: Account, car: Car, hass_client_no_auth: ClientSessionGenerator, headers: dict[str, str]
) -> None:
    await account.set_up(car)
    client = await hass_client_no_auth()
    async with client.get(KEY_PATH, headers=headers) as answer:
        assert answer.status == 200


async def test_who_wants_to_know_only_whether_it_is_there_is_told(
    account: Account, car: Car, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await account.set_up(car)
    client = await hass_client_no_auth()
    async with client.head(KEY_PATH) as answer:
        assert answer.status == 200
        assert int(answer.headers["Content-Length"]) > 0
        assert await answer.read() == b""


async def test_it_is_the_whole_key_however_it_is_asked_for(
    account: Account, car: Car, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await account.set_up(car)
    key = (await account.shared()).key.key
    assert key is not None
    client = await hass_client_no_auth()
    async with client.get(KEY_PATH, headers=ASKED) as answer:
        assert answer.status == 200
        assert await answer.read() == key.public_pem
        assert answer.content_type == "application/x-pem-file"
        assert not {"Set-Cookie", "Access-Control-Allow-Origin", "Content-Encoding"} & {*answer.headers}


@pytest.mark.parametrize("path", ["/", "/..", "/../private-key.pem", ".bak", "%00", "%2e%2e", ";x"])
async def test_there_is_nothing_beside_it(
    account: Account, car: Car, hass_client_no_auth: ClientSessionGenerator, path: str
) -> None:
    await account.set_up(car)
    client = await hass_client_no_auth()
    async with client.get(URL(KEY_PATH + path, encoded=True)) as answer:
        assert answer.status in {400, 404}
        assert b"PUBLIC KEY" not in await answer.read()


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
async def test_nothing_can_be_put_there(
    account: Account, car: Car, hass_client_no_auth: ClientSessionGenerator, method: str
) -> None:
    await account.set_up(car)
    client = await hass_client_no_auth()
    async with client.request(method, KEY_PATH, data=b"key") as answer:
        assert answer.status == 405


async def test_without_a_key_there_is_nothing(
    account: Account, hass: HomeAssistant, hass_client_no_auth: ClientSessionGenerator
) -> None:
    await account.sign_in()
    account.add_entry(account.world.add_car("old"))
    assert await hass.config_entries.async_setup(account.entry.entry_id)
    client = await hass_client_no_auth()
    for method in ("GET", "HEAD"):
        async with client.request(method, KEY_PATH) as answer:
            assert answer.status == 404
            assert await answer.read() == b""
    await account.quiet()
