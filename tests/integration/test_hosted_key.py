"""The public key behind a reverse proxy, before a real Home Assistant that may not believe the proxy."""

from collections.abc import AsyncIterator

from aiohttp import ClientSession, web
from aiohttp.test_utils import TestServer
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
import pytest

from custom_components.tesla_direct.tesla.fleet_api.hosted_key import KEY_PATH, Hosting, look

PUBLIC = b"\x04" + bytes(64)


@pytest.fixture
async def session(socket_enabled: None) -> AsyncIterator[ClientSession]:
    async with ClientSession() as session:
        yield session


async def seen_through_a_proxy(hass: HomeAssistant, session: ClientSession) -> tuple[Hosting, str]:
    """Look at the key's address through a proxy that says for whom it asks, as all do."""

    async def forward(request: web.Request) -> web.Response:
        headers = {"X-Forwarded-For": "203.0.113.7", "X-Forwarded-Proto": "https"}
        async with session.get(behind.make_url(request.path), headers=headers) as answer:
            return web.Response(status=answer.status, body=await answer.read(), headers=answer.headers)

    proxy = web.Application()
    proxy.router.add_get("/{path:.*}", forward)
    async with TestServer(hass.http.app) as behind, TestServer(proxy) as front:
        found = await look(session, str(front.make_url(KEY_PATH)), PUBLIC)
        return found.state, found.detail


@pytest.mark.parametrize(
    ("settings", "state", "detail"),
    [
        ({}, Hosting.PROXY_UNTRUSTED, "400"),
        ({"use_x_forwarded_for": True, "trusted_proxies": ["192.0.2.1"]}, Hosting.PROXY_UNTRUSTED, "400"),
        ({"use_x_forwarded_for": True, "trusted_proxies": ["127.0.0.1"]}, Hosting.NO_KEY, "404"),
    ],
    ids=["no proxy is told of", "another proxy is", "this one is"],
)
async def test_home_assistant_turns_a_proxy_away_that_it_was_not_told_of(
    hass: HomeAssistant, session: ClientSession, settings: dict[str, object], state: Hosting, detail: str
) -> None:
    assert await async_setup_component(hass, "http", {"http": settings})

    assert await seen_through_a_proxy(hass, session) == (state, detail)
