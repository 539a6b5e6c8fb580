"""Signing in with Teslemetry: in the browser, by a client that has registered itself, or with a token.

What comes of it is looked at before anything is kept: whose account it is, and which cars it reaches.
"""

from dataclasses import dataclass
from typing import Any, override

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import LocalOAuth2ImplementationWithPkce
from homeassistant.loader import async_get_integration

from .cars_flow import OneToken
from .const import DOMAIN
from .hosts import async_ssl_context
from .shared import async_get_shared
from .tesla.errors import (
    AnswerUnreadable,
    CertificateError,
    CloudTrouble,
    LoginExpired,
    PaymentRequired,
    RateLimited,
    RequestRefused,
    TeslaError,
    TokenRefused,
)
from .tesla.fleet_api import provider as providers
from .tesla.fleet_api import teslemetry
from .tesla.fleet_api.budget import Budget
from .tesla.fleet_api.client import FleetApi
from .tesla.fleet_api.ledger import Cause, Ledger
from .tesla.fleet_api.limits import Limits, wait_told
from .tesla.fleet_api.oauth import Token, granted, lasting
from .tesla.fleet_api.provider import Provider
from .tesla.fleet_api.request import form
from .tesla.fleet_api.response import Answer, parse
from .tesla.fleet_api.teslemetry_rows import Metadata
from .tesla.fleet_api.transport import Trust, fetch
from .tesla.fleet_telemetry import tls

LIMIT = 30.0  # seconds for an answer
PAUSE = 60.0  # seconds after too many requests, where nobody says
CLIENT_NAME = "Tesla Direct"
REFUSED = "teslemetry_refused"  # the text of a sign-in that is none, or no longer
LONGEST = 8192  # characters of a token; more is none


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What a sign-in has brought.

    oauth_client: what the service calls this installation; None with a token that was entered
    """

    token: Token
    metadata: Metadata
    oauth_client: str | None = None


class TeslemetryImplementation(LocalOAuth2ImplementationWithPkce):
    """Home Assistant's own way to sign in, at a provider's hosts, and without a secret."""

    def __init__(self, hass: HomeAssistant, provider: Provider, client_id: str, context: Trust) -> None:
        """Sign in as a client that is registered there; `context` verifies hosts with their own authority."""
        super().__init__(hass, DOMAIN, client_id, provider.authorize_url, provider.token_url)
        self._context = context

    @property
    @override
    def extra_authorize_data(self) -> dict[str, Any]:
        return {"name": self.hass.config.location_name, **super().extra_authorize_data}

    @property
    @override
    def extra_token_resolve_data(self) -> dict[str, Any]:
        return {"name": self.hass.config.location_name, **super().extra_token_resolve_data}

    @override
    async def _token_request(self, data: dict[str, Any]) -> dict[str, Any]:
        request = form(self.token_url, data | {"client_id": self.client_id})
        session = async_get_clientsession(self.hass)
        return _document(await fetch(session, request, limit=LIMIT, ssl=self._context))


class TeslemetrySignIn:
    """One sign-in, from the first page to the cars that it reaches."""

    def __init__(self, hass: HomeAssistant, provider: Provider) -> None:
        """Sign in at a provider's hosts."""
        self.provider = provider
        self._hass = hass
        self._way: TeslemetryImplementation | None = None

    async def async_address(self, flow_id: str) -> str:
        """Return the page to sign in at; it leads back to a dialogue.

        Raises: TeslaError
        """
        if self._way is None:
            context = await async_ssl_context(self._hass, self.provider)
            client_id = await teslemetry.register_client(
                async_get_clientsession(self._hass),
                self.provider.register_url or "",
                name=CLIENT_NAME,
                software_id=DOMAIN,
                software_version=await _async_version(self._hass),
                ssl=context,
            )
            self._way = TeslemetryImplementation(self._hass, self.provider, client_id, context)
        return await self._way.async_generate_authorize_url(flow_id)

    async def async_finish(self, told: Any) -> SignedIn:
        """Return what comes of what the browser has brought back.

        Raises: TeslaError
        """
        assert self._way is not None  # noqa: S101  # whoever comes back was sent by it
        way, self._way = self._way, None  # what proves that it was us is good for one try
        document = await way.async_resolve_external_data(told)
        token = granted(document, (await async_get_shared(self._hass)).clock())
        return await self._async_met(token, way.client_id)

    async def async_enter(self, text: str) -> SignedIn:
        """Return what comes of a token that the user has entered; nobody can renew it.

        Raises: TeslaError
        """
        text = text.strip()
        if not 0 < len(text) <= LONGEST or not (text.isascii() and text.isprintable()) or " " in text:
            raise LoginExpired("this cannot be a token")
        now = (await async_get_shared(self._hass)).clock()
        return await self._async_met(lasting(text, frozenset(), now), None)

    async def async_resume(self, token: Token, oauth_client: str | None) -> SignedIn:
        """Return what comes of a token that was brought before.

        Raises: TeslaError
        """
        return await self._async_met(token, oauth_client)

    async def _async_met(self, token: Token, oauth_client: str | None) -> SignedIn:
        """Ask for free whose token it is, and which cars it reaches."""
        shared = await async_get_shared(self._hass)
        api = FleetApi(
            async_get_clientsession(self._hass),
            self.provider,
            next(iter(self.provider.bases.values())),
            tokens=OneToken(token),
            budget=Budget(Ledger()),  # whose it is nobody knows yet, and nothing is spent
            limits=Limits(in_all=shared.together(self.provider)),
            clock=shared.clock,
            ssl=await async_ssl_context(self._hass, self.provider),
            moves=False,
        )
        metadata = await teslemetry.metadata(api, Cause.SET_UP)
        return SignedIn(token=token, metadata=metadata, oauth_client=oauth_client)


async def async_own_server(hass: HomeAssistant, address: str, authority_file: str) -> Provider:
    """Return the row of a server that speaks as Teslemetry does.

    authority_file: path of the PEM that vouches for it; empty: the public authorities do
    Raises: ProviderInvalid, CertificateError
    """

    def read() -> str | None:
        return tls.read_file(authority_file) if authority_file else None

    provider = providers.teslemetry(address, await hass.async_add_executor_job(read))
    try:
        await async_ssl_context(hass, provider)
    except OSError as error:  # if OpenSSL cannot make sense of it
        raise CertificateError("the authority cannot be read") from error
    return provider


def trouble(error: TeslaError) -> str:
    """Return which of our texts says why a sign-in came to nothing."""
    match error:
        case LoginExpired() | TokenRefused() | RequestRefused():
            return REFUSED
        case PaymentRequired():
            return "teslemetry_subscription"
        case RateLimited():
            return "rate_limited"
    return "teslemetry_unreachable"


async def _async_version(hass: HomeAssistant) -> str:
    """Return which version of Tesla Direct this is."""
    return str((await async_get_integration(hass, DOMAIN)).version)


def _document(answer: Answer) -> dict[str, Any]:
    """Return the object of an answer that is a yes; what it says is a secret, and stays out of errors."""
    status = answer.status
    if status == 429:
        raise RateLimited(
            "too many sign-ins", status=status, retry_after=wait_told(answer.headers, "") or PAUSE
        )
    if 400 <= status < 500:
        raise RequestRefused("the sign-in is refused", status=status)
    if status >= 500:
        raise CloudTrouble(f"the sign-in service answers {status}", status=status)
    document = parse(answer.body)
    if document is None or answer.cut is not None:
        raise AnswerUnreadable("an answer of the sign-in service that makes no sense")
    return document
