"""The public key at its well-known address: for Tesla, for phones, for everybody, and nothing beside it."""

from aiohttp import web
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.http import KEY_HASS, HomeAssistantView

from .shared import async_get_shared
from .tesla.fleet_api.hosted_key import KEY_PATH


class PublicKeyView(HomeAssistantView):
    """Serves the public half of the key, whatever is asked for besides; without a key there is nothing."""

    requires_auth = False  # Tesla's servers and owners' phones come without being asked who they are
    url = KEY_PATH
    name = "tesla_direct:public_key"

    async def get(self, request: web.Request) -> web.Response:
        """Return the key."""
        key = (await async_get_shared(request.app[KEY_HASS])).key.key
        if key is None:
            return web.Response(status=404)
        return web.Response(body=key.public_pem, content_type="application/x-pem-file")

    async def head(self, request: web.Request) -> web.Response:
        """Return what `get` would, but for the key itself."""
        return await self.get(request)


@callback
def async_serve_key(hass: HomeAssistant) -> None:
    """Serve the key for as long as Home Assistant runs."""
    hass.http.register_view(PublicKeyView)
