"""A service's stream, and what it takes to open it: addresses, certificates, tokens."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.const import EVENT_HOMEASSISTANT_STOP
from homeassistant.core import CALLBACK_TYPE, Event, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .const import (
    CONF_ACCOUNT,
    CONF_OAUTH_CLIENT,
    DOMAIN,
    LOGGER,
    SUBENTRY_LEGACY_STREAM,
    SUBENTRY_TESLEMETRY,
)
from .hosts import async_ssl_context, provider_of
from .shared import Shared
from .storage import AccountTokens, NotDurable
from .tesla.fleet_api.provider import Provider
from .tesla.fleet_api.teslemetry_rows import CreditsEvent
from .tesla.fleet_api.tokens import TokenKeeper
from .tesla.fleet_api.transport import Trust
from .tesla.source.source import Health, PushedCar
from .tesla.source.sse import SseSource
from .tesla.source.streamed_car import OnVehicleData
from .teslemetry_repairs import STREAM_UNPAID, async_tell_stream_expired, async_tell_stream_unpaid

PATH = "/sse"
OF_SERVICES = (SUBENTRY_TESLEMETRY, SUBENTRY_LEGACY_STREAM)  # the subentries that have a token of their own


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamTold:
    """Whoever hears what a stream tells beside what cars say.

    login_expired: only another sign-in helps
    credits:       what was spent
    config:        what a car is to stream, by VIN
    vehicle_data:  parts of a car's whole data were passed on, which somebody else has asked for
    stranger:      a car was heard of that the account does not have here
    unpaid:        it says why it is not paid for, as a key of `teslemetry_repairs`; empty: it delivers again
    begun_again:   it was taken up again; what has happened meanwhile was not told
    """

    login_expired: CALLBACK_TYPE
    credits: Callable[[CreditsEvent], None] = lambda _event: None
    config: Callable[[str, Mapping[str, Any]], None] = lambda _vin, _fields: None
    vehicle_data: OnVehicleData = lambda _vin, _parts, _at: None
    stranger: Callable[[str], None] = lambda _vin: None
    unpaid: Callable[[str], None] = lambda _why: None
    begun_again: CALLBACK_TYPE = lambda: None


class Stream:
    """One stream, not opened yet."""

    def __init__(  # noqa: PLR0913  # what it stands on, each named at the only place that makes one
        self,
        hass: HomeAssistant,
        shared: Shared,
        provider: Provider,
        told: StreamTold,
        *,
        tokens: TokenKeeper | None = None,
        account: str = "",
        client_id: str = "",
    ) -> None:
        """Follow the stream of a provider.

        tokens:    of the account; None for the stream of somebody who has no account here
        account:   what the token of such a stream is kept under
        client_id: for whom it was made
        """
        self._hass = hass
        self._shared = shared
        self._provider = provider
        self._told = told
        self._tokens = tokens
        self._account = account
        self._client_id = client_id
        self._begun = 0  # how often it has begun anew
        self._unpaid = ""  # why it is not paid for, as was told

    async def async_follow(
        self,
        cars: Mapping[str, PushedCar],
        *,
        on_health: Callable[[Health], None],
        on_skipped: Callable[[Mapping[str, int]], None],
    ) -> None:
        """Deliver until cancelled.

        on_health:  is told how it fares
        on_skipped: is told where is counted what nobody can read
        """
        context = await async_ssl_context(self._hass, self._provider)
        if self._tokens is not None:
            source = self._source(cars, self._tokens, context, on_health)
            on_skipped(source.skipped)
            await source.run()
            return
        async with async_stream_tokens(
            self._hass, self._shared, self._provider, self._account, self._client_id
        ) as tokens:
            source = self._source(cars, tokens, context, on_health)
            on_skipped(source.skipped)
            await source.run()

    def _source(
        self,
        cars: Mapping[str, PushedCar],
        tokens: TokenKeeper,
        context: Trust,
        on_health: Callable[[Health], None],
    ) -> SseSource:
        (base,) = self._provider.bases.values()
        return SseSource(
            cars,
            session=async_get_clientsession(self._hass),
            url=base + PATH,
            tokens=tokens,
            ssl=context,
            clock=self._shared.clock,
            sleep=self._shared.sleep,
            on_health=partial(self._fares, on_health),
            on_credits=self._told.credits,
            on_config=self._told.config,
            on_vehicle_data=self._told.vehicle_data,
            on_login_expired=self._told.login_expired,
            on_stranger=self._told.stranger,
        )

    @callback
    def _fares(self, on_health: Callable[[Health], None], health: Health) -> None:
        on_health(health)
        # While it cannot be reached nobody knows whether it is paid for now.
        if health.works or health.trouble in STREAM_UNPAID:
            self._pays(health.trouble)
        if health.works and health.begun > self._begun:
            self._begun = health.begun
            self._told.begun_again()

    @callback
    def _pays(self, unpaid: str) -> None:
        if unpaid != self._unpaid:
            self._unpaid = unpaid
            self._told.unpaid(unpaid)


@asynccontextmanager
async def async_stream_tokens(
    hass: HomeAssistant, shared: Shared, provider: Provider, account: str, client_id: str
) -> AsyncGenerator[TokenKeeper]:
    """Keep the token of a stream beside another provider, for as long as the stream is followed.

    account:   what it is kept under
    client_id: for whom it was made
    """
    tokens = TokenKeeper(
        async_get_clientsession(hass),
        provider.token_url,
        client_id,
        store=AccountTokens(shared.tokens, account),
        clock=shared.clock,
        ssl=await async_ssl_context(hass, provider) if provider.renewed_here else None,
        json=provider.json_renewal,
    )
    end = hass.bus.async_listen(EVENT_HOMEASSISTANT_STOP, partial(_stopping, tokens))
    try:
        yield tokens
    finally:
        end()
        await tokens.close()


def foreign_stream(
    hass: HomeAssistant, entry: ConfigEntry[Any], shared: Shared, subentry: ConfigSubentry
) -> Stream:
    """Return the stream of a service that is asked for nothing else, as a subentry describes it."""
    data = subentry.data
    return Stream(
        hass,
        shared,
        provider_of(data),
        StreamTold(
            login_expired=partial(async_tell_stream_expired, hass, entry, subentry),
            unpaid=partial(async_tell_stream_unpaid, hass, entry, subentry),
        ),
        account=token_of(subentry.subentry_type, data[CONF_ACCOUNT]),
        client_id=data.get(CONF_OAUTH_CLIENT, ""),
    )


def token_of(kind: str, account: str) -> str:
    """Return what the token of a stream is kept under: its subentry's type, and whose it is."""
    return f"{kind}:{account}"


def stream_tokens(entry: ConfigEntry[Any]) -> frozenset[str]:
    """Return what the tokens of an entry's further streams are kept under."""
    return frozenset(
        token_of(subentry.subentry_type, subentry.data[CONF_ACCOUNT])
        for subentry in entry.subentries.values()
        if subentry.subentry_type in OF_SERVICES
    )


async def async_forget_streams(hass: HomeAssistant, shared: Shared) -> None:
    """Forget the tokens of streams that went while their entry was disabled: nobody was there to do it."""
    entries = hass.config_entries.async_entries(DOMAIN)
    known = frozenset[str]().union(*(stream_tokens(entry) for entry in entries))
    try:
        for account in await shared.tokens.async_names() - known:
            if account.startswith(tuple(token_of(kind, "") for kind in OF_SERVICES)):
                await shared.tokens.async_remove(account)
    except NotDurable as error:
        LOGGER.debug("What is kept of streams that have gone stays for now: %s", error)


@callback
def _stopping(tokens: TokenKeeper, _event: Event) -> None:
    """Renew nothing while Home Assistant stops."""
    tokens.stopping = True
