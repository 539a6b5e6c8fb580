"""The user's own Tesla application: client id and secret, and the sign-in they allow."""

from typing import Any, override

from aiohttp import ClientPayloadError
from homeassistant.components.application_credentials import (
    AuthImplementation,
    AuthorizationServer,
    ClientCredential,
)
from homeassistant.core import HomeAssistant
from homeassistant.exceptions import OAuth2TokenRequestReauthError
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import (
    AUTH_CALLBACK_PATH,
    MY_AUTH_CALLBACK_PATH,
    AbstractOAuth2Implementation,
)
from homeassistant.helpers.network import NoURLAvailableError, get_url

from .const import DEVELOPER_PORTAL, DEVELOPER_PORTAL_CHINA
from .hosts import async_cloud_domain, async_public_domain
from .tesla.fleet_api.oauth import REFUSALS
from .tesla.fleet_api.provider import CUSTOM, TESLA, Provider
from .tesla.fleet_api.transport import Trust
from .texts import async_text

EXAMPLE = "your-domain.example"  # where Home Assistant does not know its own name
LOCATION = "vehicle_location"
SCOPES = (
    "openid",
    "offline_access",
    "vehicle_device_data",
    LOCATION,
    "vehicle_cmds",
    "vehicle_charging_cmds",
)


async def async_get_auth_implementation(
    hass: HomeAssistant, auth_domain: str, credential: ClientCredential
) -> AbstractOAuth2Implementation:
    """Return how to sign in with these credentials."""
    return TeslaImplementation(hass, auth_domain, credential)


async def async_get_description_placeholders(hass: HomeAssistant) -> dict[str, str]:
    """Return what the dialogue for new credentials tells the user to enter at Tesla."""
    domain = async_public_domain(hass) or async_cloud_domain(hass)
    redirect_uri = _redirect_uri(hass)
    return {
        "portal": DEVELOPER_PORTAL,
        "portal_china": DEVELOPER_PORTAL_CHINA,
        "origin": f"https://{domain or EXAMPLE}",
        "redirect_uri": redirect_uri,
        # Home Assistant leads back to where it was opened, which may be another one of its addresses.
        "redirect_hint": ""
        if redirect_uri == MY_AUTH_CALLBACK_PATH
        else await async_text(hass, "credentials", "open_there"),
        "scopes": " ".join(SCOPES[2:]),  # the first two are no choice in the portal
    }


def _redirect_uri(hass: HomeAssistant) -> str:
    """Return where Tesla's sign-in page will lead back to, letter for letter."""
    if "my" in hass.config.components:
        return MY_AUTH_CALLBACK_PATH
    try:
        return f"{get_url(hass, prefer_external=True)}{AUTH_CALLBACK_PATH}"
    except NoURLAvailableError:
        return f"https://{EXAMPLE}{AUTH_CALLBACK_PATH}"


class TeslaImplementation(AuthImplementation):
    """Signs a user in at the hosts that the flow has chosen."""

    def __init__(self, hass: HomeAssistant, auth_domain: str, credential: ClientCredential) -> None:
        """Start out with Tesla's own hosts."""
        server = AuthorizationServer(TESLA.authorize_url, TESLA.token_url)
        super().__init__(hass, auth_domain, credential, server)
        self._provider = TESLA
        self._scopes: tuple[str, ...] = SCOPES
        self._ssl: Trust = None

    def choose(self, provider: Provider, context: Trust, scopes: tuple[str, ...]) -> None:
        """Use another row of hosts, and ask for these scopes.

        context: verifies the hosts where the row has an authority of its own
        """
        self._provider = provider
        self._scopes = scopes
        self._ssl = context
        self.authorize_url = provider.authorize_url
        self.token_url = provider.token_url

    @property
    @override
    def extra_authorize_data(self) -> dict[str, Any]:
        return super().extra_authorize_data | {
            "scope": " ".join(self._scopes),
            "prompt": "login",
            "prompt_missing_scopes": "true",
        }

    @override
    async def async_resolve_external_data(self, external_data: Any) -> dict[str, Any]:
        """Exchange the code; its prefix says in which region the token has to be good."""
        request = {
            "grant_type": "authorization_code",
            "code": external_data["code"],
            "redirect_uri": external_data["state"]["redirect_uri"],
        }
        if audience := self._provider.audience_of(external_data["code"]):
            request["audience"] = audience
        try:
            token: Any = await self._token_request(request)
        except ValueError:
            token = None  # it said that it was JSON, and was not
        # Home Assistant would write an answer without a lifetime into its log, tokens and all.
        if not isinstance(token, dict) or "expires_in" not in token:
            raise ClientPayloadError("an answer that is no token")
        return token

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        if self._provider.name != CUSTOM:
            return await super()._token_request(data)
        data |= {"client_id": self.client_id, "client_secret": self.client_secret}
        session = async_get_clientsession(self.hass)
        # Home Assistant's own way goes wherever a host points to, and takes the secret along.
        async with session.post(
            self.token_url, data=data, ssl=self._ssl or True, allow_redirects=False
        ) as response:
            if response.status in REFUSALS:
                raise OAuth2TokenRequestReauthError(
                    request_info=response.request_info, status=response.status, domain=self.service_domain
                )
            response.raise_for_status()
            if response.status >= 300:
                raise ClientPayloadError("the sign-in was sent elsewhere")
            token: dict[str, Any] = await response.json()
            return token
