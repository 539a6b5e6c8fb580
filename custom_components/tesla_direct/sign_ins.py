"""A sign-in whose account is not set up yet: kept in a private file for as long as its token is good.

A browser may be closed before that, or Home Assistant be restarted, and nobody likes to sign in twice.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from homeassistant.core import HassJob, HomeAssistant
from homeassistant.exceptions import HomeAssistantError
from homeassistant.helpers.event import async_call_later

from .const import LOGGER
from .shared import async_get_shared
from .storage import JsonStore
from .tesla.errors import ProviderInvalid, WireError
from .tesla.fleet_api.claims import Claims, read_claims
from .tesla.fleet_api.oauth import Token
from .tesla.fleet_api.provider import TESLEMETRY, Provider, from_dict

STORE = "sign_in"
OF_SERVICE = "service_sign_in"
# What comes of a file that somebody else has written.
ODD = (HomeAssistantError, ProviderInvalid, WireError, AttributeError, KeyError, TypeError)
LONGEST = 8 * 3600.0  # seconds; a token that was entered may be good for ever


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What a sign-in has brought, and where it was made."""

    token: Token
    claims: Claims
    provider: Provider
    auth_implementation: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceSignIn:
    """What a sign-in with a service has brought, and where it was made.

    account:      whose it is
    oauth_client: what the service calls this installation; None with a token that was entered
    until:        when nobody comes back for it any more, seconds since 1970
    """

    token: Token
    provider: Provider
    account: str
    oauth_client: str | None
    until: float


def page_of(service: Provider) -> str:
    """Return the page on which one signs in again with a service."""
    return "teslemetry_again" if service.name == TESLEMETRY.name else "myteslamate_again"


async def async_keep(hass: HomeAssistant, sign_in: SignIn) -> None:
    """Keep a sign-in until its account is set up, or it is too old.

    Whatever goes wrong with that costs only another one.
    """
    data = {
        "token": sign_in.token.to_dict(),
        "provider": sign_in.provider.to_dict(),
        "auth_implementation": sign_in.auth_implementation,
    }
    await _async_keep(hass, STORE, data, sign_in.token.expires_at)


async def async_keep_of_service(
    hass: HomeAssistant, token: Token, provider: Provider, account: str, oauth_client: str | None
) -> None:
    """Keep a sign-in with a service, likewise."""
    until = min(token.expires_at, (await async_get_shared(hass)).clock() + LONGEST)
    data = {
        "token": token.to_dict(),
        "provider": provider.to_dict(),
        "account": account,
        "oauth_client": oauth_client,
        "until": until,
    }
    await _async_keep(hass, OF_SERVICE, data, until)


async def _async_keep(hass: HomeAssistant, store: str, data: dict[str, Any], until: float) -> None:
    await JsonStore(hass, store).async_save(data)

    async def tidy(_now: datetime) -> None:
        await async_tidy(hass)

    left = until - (await async_get_shared(hass)).clock()
    async_call_later(hass, max(left, 0), HassJob(tidy, "tesla_direct sign-in", cancel_on_shutdown=True))


async def async_tidy(hass: HomeAssistant) -> None:
    """Forget what is too old."""
    await async_find(hass)
    await async_find_of_service(hass)


async def async_find_of_service(hass: HomeAssistant) -> ServiceSignIn | None:
    """Return the sign-in with a service that was kept last; one that is too old, or odd, is forgotten."""
    found = await _async_read_of_service(hass)
    if found is not None and found.until > (await async_get_shared(hass)).clock():
        return found
    await async_forget(hass, OF_SERVICE)
    return None


async def _async_read_of_service(hass: HomeAssistant) -> ServiceSignIn | None:
    try:
        kept = await JsonStore(hass, OF_SERVICE).async_load()
        if kept is None:
            return None
        client = kept["oauth_client"]
        return ServiceSignIn(
            token=Token.from_dict(kept["token"]),
            provider=from_dict(kept["provider"]),
            account=str(kept["account"]),
            oauth_client=None if client is None else str(client),
            until=float(kept["until"]),
        )
    except (*ODD, ValueError) as error:
        LOGGER.debug("A sign-in that was left cannot be read: %s", type(error).__name__)
        return None


async def async_find(hass: HomeAssistant) -> SignIn | None:
    """Return the sign-in that was kept last; one that is too old, or makes no sense, is forgotten."""
    found = await _async_read(hass)
    if found is not None and found.token.fresh((await async_get_shared(hass)).clock()):
        return found
    await async_forget(hass)
    return None


async def _async_read(hass: HomeAssistant) -> SignIn | None:
    try:
        kept = await JsonStore(hass, STORE).async_load()
        if kept is None:
            return None
        token = Token.from_dict(kept["token"])
        return SignIn(
            token=token,
            claims=read_claims(token.access_token),
            provider=from_dict(kept["provider"]),
            auth_implementation=str(kept["auth_implementation"]),
        )
    except ODD as error:
        LOGGER.debug("A sign-in that was left cannot be read: %s", type(error).__name__)
        return None


async def async_forget(hass: HomeAssistant, store: str = STORE) -> None:
    """Forget it: its account is set up, or it is of no use any more."""
    try:
        await JsonStore(hass, store).async_remove()
    except OSError as error:
        LOGGER.warning("A sign-in that is not needed any more cannot be removed: %s", error)
