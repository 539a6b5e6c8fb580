"""What the dialogue for credentials tells the user to enter at Tesla, ready to be copied."""

from dataclasses import replace

from aiohttp import ClientError
from homeassistant.components.application_credentials import ClientCredential
from homeassistant.core import HomeAssistant
import pytest

from custom_components.tesla_direct.application_credentials import (
    SCOPES,
    TeslaImplementation,
    async_get_description_placeholders,
)
from custom_components.tesla_direct.const import DOMAIN
from custom_components.tesla_direct.hosts import async_ssl_context
from custom_components.tesla_direct.tesla.fleet_api.provider import TESLA, custom
from simulator.certificates import stranger
from tests.tesla.fleet_api.host import Host, Reply

from .dialogue import PLACEHOLDER, TEXTS

pytestmark = pytest.mark.usefixtures("enable_custom_integrations")  # whose texts are read

LOCAL = "/auth/external/callback"


async def test_every_gap_of_the_text_is_filled(hass: HomeAssistant) -> None:
    told = await async_get_description_placeholders(hass)

    assert set(PLACEHOLDER.findall(TEXTS["application_credentials"]["description"])) == set(told)
    assert told["scopes"].split()[0] == "vehicle_device_data"


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://home.example.com", "https://home.example.com"),
        ("https://home.example.com:8123", "https://home.example.com"),
    ],
)
async def test_what_home_assistant_knows_of_itself_is_filled_in(
    hass: HomeAssistant, url: str, origin: str
) -> None:
    await hass.config.async_update(external_url=url)
    told = await async_get_description_placeholders(hass)

    assert told["origin"] == origin
    assert told["redirect_uri"] == url + LOCAL
    assert told["redirect_hint"] == TEXTS["selector"]["credentials"]["options"]["open_there"]


async def test_who_has_the_link_to_their_own_home_assistant_is_led_back_by_it(hass: HomeAssistant) -> None:
    hass.config.components.add("my")
    told = await async_get_description_placeholders(hass)

    assert told["redirect_uri"] == "https://my.home-assistant.io/redirect/oauth"
    assert not told["redirect_hint"]  # it finds every Home Assistant


async def test_without_an_address_an_example_is_told(hass: HomeAssistant) -> None:
    told = await async_get_description_placeholders(hass)

    assert told["origin"] == "https://your-domain.example"
    assert told["redirect_uri"] == "https://your-domain.example" + LOCAL


@pytest.mark.parametrize("own_authority", [False, True])
@pytest.mark.parametrize("status", [302, 307, 308])
async def test_a_code_and_the_secret_go_to_nobody_whom_the_sign_in_points_to(
    hass: HomeAssistant, socket_enabled: None, status: int, *, own_authority: bool
) -> None:
    chosen, elsewhere = Host(), Host()
    await chosen.start()
    await elsewhere.start()
    chosen.otherwise = lambda _: Reply(status=status, headers={"Location": f"{elsewhere.url}/token"})
    provider = custom(
        bases={"eu": chosen.url},
        authorize_url=f"{chosen.url}/authorize",
        token_url=f"{chosen.url}/token",
        authority=stranger().certificate_pem() if own_authority else None,
    )
    sign_in = TeslaImplementation(hass, DOMAIN, ClientCredential("client", "secret"))
    sign_in.choose(provider, await async_ssl_context(hass, provider), SCOPES)
    try:
        with pytest.raises(ClientError):
            await sign_in.async_resolve_external_data(
                {"code": "EU_code", "state": {"redirect_uri": "https://home.example.com"}}
            )
    finally:
        await chosen.stop()
        await elsewhere.stop()

    assert len(chosen.requests) == 1
    assert elsewhere.requests == []


async def test_at_teslas_own_hosts_home_assistant_exchanges_the_code(
    hass: HomeAssistant, socket_enabled: None
) -> None:
    host = Host()
    await host.start()
    document = b'{"access_token": "a", "refresh_token": "r", "expires_in": 28800}'
    host.otherwise = lambda _: Reply(body=document, headers={"Content-Type": "application/json"})
    sign_in = TeslaImplementation(hass, DOMAIN, ClientCredential("client", "secret"))
    sign_in.choose(replace(TESLA, token_url=f"{host.url}/token"), None, SCOPES)
    try:
        token = await sign_in.async_resolve_external_data(
            {"code": "EU_code", "state": {"redirect_uri": "https://home.example.com"}}
        )
    finally:
        await host.stop()

    assert token["access_token"] == "a"  # no secret
    assert len(host.requests) == 1
