"""Signing in with MyTeslaMate, or with whoever speaks as it does: by a token that the user has entered.

What comes of it is looked at before anything is kept: whose account it is, and which cars it reaches.
"""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace

from homeassistant.core import HomeAssistant
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .hosts import async_ssl_context
from .shared import async_get_shared
from .tesla.errors import (
    CertificateUnexpected,
    LoginExpired,
    PaymentRequired,
    RateLimited,
    RequestRefused,
    TeslaError,
    TokenRefused,
    WrongRegion,
)
from .tesla.fleet_api.addresses import BY_ID, StreamHost
from .tesla.fleet_api.budget import Budget
from .tesla.fleet_api.client import FleetApi
from .tesla.fleet_api.ledger import Cause, Ledger
from .tesla.fleet_api.limits import Limits
from .tesla.fleet_api.myteslamate import Met, MetCar, meet, streamed
from .tesla.fleet_api.oauth import NOT_RENEWED, Token, lasting
from .tesla.fleet_api.provider import TESLA, Provider
from .tesla.fleet_api.teslamate_settings import DEFAULT_CLIENT
from .tesla.fleet_api.tokens import TokenKeeper

REFUSED = "service_refused"  # the text of a token that is none, or no longer


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What a user has entered beside addresses.

    refresh_token: renews the token; empty where nobody does
    client_id:     for whom it does
    """

    token: str = field(repr=False)
    refresh_token: str = field(default=NOT_RENEWED, repr=False)
    client_id: str = DEFAULT_CLIENT


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedIn:
    """What a sign-in has brought.

    token:        the one that was entered, or what it was renewed to
    oauth_client: for whom it is renewed; None where nobody renews it
    silent:       the cars that the service says it does not stream
    """

    token: Token
    oauth_client: str | None
    met: Met
    silent: frozenset[str]


class Held:
    """The token of a sign-in that is not finished: it may have to be renewed, and is on no disk yet."""

    def __init__(self, token: Token) -> None:
        """Hold it."""
        self.token = token

    async def load(self) -> Token:
        """Return it."""
        return self.token

    async def save(self, token: Token) -> None:
        """Hold its successor."""
        self.token = token


async def async_sign_in(hass: HomeAssistant, service: Provider, entered: Entered) -> SignedIn:
    """Return what comes of a token that was entered.

    Raises: TeslaError
    """
    now = (await async_get_shared(hass)).clock()
    refresh_token = entered.refresh_token if service.token_url else NOT_RENEWED
    token = lasting(entered.token, frozenset(), now, refresh_token)
    return await async_meet(hass, service, token, entered.client_id if refresh_token else None)


async def async_stream_only(
    hass: HomeAssistant, stream: StreamHost, entered: Entered, vins: Iterable[str]
) -> SignedIn:
    """Return a sign-in with a stream that has no API: it is known by where it is, its cars by who asks."""
    now = (await async_get_shared(hass)).clock()
    return SignedIn(
        token=lasting(entered.token, frozenset(), now),
        oauth_client=None,
        met=Met(
            account=host_of(stream),
            scopes=frozenset(),
            cars={vin: MetCar(name=None, vehicle_id="") for vin in vins},
        ),
        silent=frozenset(),
    )


def host_of(stream: StreamHost) -> str:
    """Return what a stream is called by."""
    return stream.url.partition("://")[2]


async def async_meet(
    hass: HomeAssistant, service: Provider, token: Token, oauth_client: str | None
) -> SignedIn:
    """Ask for free whose token it is, and which cars it reaches.

    Raises: TeslaError
    """
    shared, session = await async_get_shared(hass), async_get_clientsession(hass)
    trust, held = await async_ssl_context(hass, service), Held(token)
    tokens = TokenKeeper(
        session,
        service.token_url,
        oauth_client or DEFAULT_CLIENT,
        store=held,
        clock=shared.clock,
        ssl=trust if service.renewed_here else None,
        json=service.json_renewal,
    )
    try:
        api = FleetApi(
            session,
            # Where else an account lives is told, whoever was asked; nothing is sent there.
            replace(service, trusted_suffixes=TESLA.trusted_suffixes),
            next(iter(service.bases.values())),
            tokens=tokens,
            budget=Budget(Ledger()),  # whose it is nobody knows yet, and nothing is spent
            limits=Limits(in_all=shared.together(service)),
            clock=shared.clock,
            ssl=trust,
            moves=False,
        )
        met = await meet(api, service, token.access_token, Cause.SET_UP)
        silent = await async_silent(api, service, met.cars)
    finally:
        await tokens.close()
    return SignedIn(token=held.token, oauth_client=oauth_client, met=met, silent=silent)


async def async_silent(api: FleetApi, service: Provider, vins: Iterable[str]) -> frozenset[str]:
    """Return the cars that a service says it does not stream; free. One of which it says nothing may."""
    silent = set[str]()
    with suppress(TeslaError):  # whoever does not answer that answers what follows
        for vin in vins if service.stream is not None else ():
            if await streamed(api, vin, Cause.SET_UP) is None:
                silent.add(vin)
    return frozenset(silent)


def tag_of(service: Provider, vin: str, car: MetCar) -> str:
    """Return what the stream of a service calls a car."""
    by_id = service.stream is not None and service.stream.tag == BY_ID
    return (car.vehicle_id if by_id else "") or vin


def detail_of(error: TeslaError) -> str:
    """Return what else pages say of it: where the account lives, if that was told."""
    return error.base if isinstance(error, WrongRegion) and error.base else str(error)


def trouble(error: TeslaError) -> str:
    """Return which of our texts says why a sign-in came to nothing."""
    match error:
        case LoginExpired() | TokenRefused() | RequestRefused():
            return REFUSED
        case PaymentRequired():
            return "service_unpaid"
        case RateLimited():
            return "rate_limited"
        case WrongRegion():
            return "service_region"
        case CertificateUnexpected():
            return "service_certificate"
    return "service_unreachable"
