"""A public name of Home Assistant: a domain that leads to it, for us and for the simulated cloud."""

from collections.abc import Mapping
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer
from homeassistant.core import HomeAssistant
from homeassistant.setup import async_setup_component
from pytest_homeassistant_custom_component.typing import ClientSessionGenerator  # type: ignore[import-untyped]  # has no types

from custom_components.tesla_direct.key import KeyStore
from custom_components.tesla_direct.tesla.fleet_api.hosted_key import KEY_PATH
from simulator.world import World

from .dialogue import leave_open

NAME = "home.example.com"
ORIGIN = f"https://{NAME}"


class PublicName:
    """Leads to Home Assistant; or to somebody else's web server, which answers as it is told.

    asked: the domains whose key was looked for
    keys: our own
    """

    def __init__(self, hass: HomeAssistant, world: World, keys: KeyStore) -> None:
        self.asked: list[str] = []
        self._hass = hass
        self._world = world
        self.keys = keys
        self._answer: web.Response | None = None
        self._home: Any = None
        self._server: TestServer | None = None

    async def begin(self, web_client: ClientSessionGenerator) -> None:
        """Put a server under the name, which hands on to Home Assistant what it does not answer itself."""
        assert await async_setup_component(self._hass, "http", {})
        leave_open(self._hass)
        self._home = await web_client()
        app = web.Application()
        app.router.add_get("/{domain}" + KEY_PATH, self._serve)
        self._server = TestServer(app)
        await self._server.start_server()
        self.keys.hosted = str(self._server.make_url("/")) + "{domain}" + KEY_PATH
        self.lead(NAME)
        await self._hass.config.async_update(external_url=ORIGIN)

    async def end(self) -> None:
        assert self._server is not None
        await self._server.close()

    def lead(self, domain: str) -> None:
        """Let the cloud find a domain, too."""
        assert self._server is not None
        self._world.cloud.host_domain(domain, str(self._server.make_url(f"/{domain}")))

    def answer(
        self, text: str | bytes = b"", status: int = 200, headers: Mapping[str, str] | None = None
    ) -> None:
        """Answer this in Home Assistant's place."""
        body = text.encode() if isinstance(text, str) else text
        self._answer = web.Response(body=body, status=status, headers=headers)

    def mend(self) -> None:
        """Hand on to Home Assistant again."""
        self._answer = None

    def vanish(self) -> None:
        """Have nobody there any more, for whoever looks from inside."""
        self.keys.hosted = "http://127.0.0.1:1/{domain}"

    async def _serve(self, request: web.Request) -> web.Response:
        self.asked.append(request.match_info["domain"])
        if self._answer is not None:
            answer = self._answer
            return web.Response(body=answer.body, status=answer.status, headers=answer.headers)
        async with self._home.get(KEY_PATH) as home:
            return web.Response(body=await home.read(), status=home.status)
