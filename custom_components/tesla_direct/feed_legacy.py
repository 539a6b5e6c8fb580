"""A service's stream of TeslaMate's kind, and what it takes to open it: certificates, token, tags."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from math import inf
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession

from .const import CONF_ACCOUNT, CONF_OAUTH_CLIENT, CONF_RAW, CONF_TAGS
from .feed import FedCar, Feed
from .feed_stream import async_stream_tokens, token_of
from .hosts import async_stream_trust, provider_of
from .shared import Shared
from .stream_repairs import async_tell_stream_certificate, async_tell_taken_over
from .tesla.fleet_api.client import Tokens
from .tesla.fleet_api.tokens import TokenKeeper
from .tesla.source.legacy_car import TAKEN_OVER
from .tesla.source.legacy_silence import Elsewhere
from .tesla.source.legacy_stream import CERTIFICATE, LegacyStreamSource
from .tesla.source.source import Health
from .tesla.vehicle import conclusions
from .tesla.vehicle.connectivity import Power
from .tesla.vehicle.signal import AnySignal
from .tesla.vehicle.signals import charge, drive
from .tesla.vehicle.state import RESTORED
from .teslemetry_repairs import async_tell_stream_expired
from .vehicle import Vehicle


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyStream:
    """One such stream, not opened yet.

    data:    of the entry or the subentry that describes it
    tokens:  of the account; None for the stream of somebody who has no account here
    account: what the token of such a stream is kept under
    login_expired: hears that only another sign-in helps
    """

    hass: HomeAssistant
    entry: ConfigEntry[Any]
    shared: Shared
    data: Mapping[str, Any]
    tokens: TokenKeeper | None
    account: str
    login_expired: CALLBACK_TYPE

    @property
    def vins(self) -> frozenset[str]:
        """Return the cars that it is asked for."""
        return frozenset(self.data[CONF_TAGS])

    async def async_follow(
        self,
        feed: Feed,
        vehicles: Mapping[str, Vehicle],
        *,
        on_health: Callable[[Health], None],
        on_car: Callable[[str, str], None],
    ) -> None:
        """Deliver until cancelled.

        on_health: is told how it fares
        on_car:    is told by VIN why a car does not stream there, as a key of the user's texts
        """
        if self.tokens is not None:
            await self._async_run(feed, vehicles, self.tokens, on_health, on_car)
            return
        client_id = self.data.get(CONF_OAUTH_CLIENT, "")
        provider = provider_of(self.data)
        async with async_stream_tokens(self.hass, self.shared, provider, self.account, client_id) as tokens:
            await self._async_run(feed, vehicles, tokens, on_health, on_car)

    async def _async_run(
        self,
        feed: Feed,
        vehicles: Mapping[str, Vehicle],
        tokens: Tokens,
        on_health: Callable[[Health], None],
        on_car: Callable[[str, str], None],
    ) -> None:
        provider = provider_of(self.data)
        assert provider.stream is not None  # noqa: S101  # else there is no such feed
        asked = bool(provider_of(self.entry.data).bases)

        @callback
        def told(vin: str, trouble: str) -> None:
            on_car(vin, trouble)
            async_tell_taken_over(self.hass, self.entry, vin, feed.stream, taken=trouble == TAKEN_OVER)

        @callback
        def fares(health: Health) -> None:
            on_health(health)
            doubted = health.trouble == CERTIFICATE
            # While it cannot be reached nobody knows who is there.
            if doubted or health.works:
                async_tell_stream_certificate(self.hass, self.entry, feed.stream, doubted=doubted)

        source = LegacyStreamSource(
            {vin: FedCar(vehicle, feed) for vin, vehicle in vehicles.items() if feed.tells_of(vin)},
            session=async_get_clientsession(self.hass),
            url=provider.stream.url,
            tokens=tokens,
            tags=self.data[CONF_TAGS],
            raw=self.data[CONF_RAW],
            ssl=await async_stream_trust(self.hass, provider),
            reconnect=self.shared.reconnect(f"{self.entry.entry_id} {feed.name}"),
            clock=self.shared.clock,
            sleep=self.shared.sleep,
            elsewhere=lambda vin: elsewhere(vehicles[vin], feed.name, asked=asked),
            on_health=fares,
            on_car=told,
            on_login_expired=self.login_expired,
        )
        feed.skipped = source.skipped
        feed.take_back = source.take_back
        try:
            await source.run()
        finally:
            feed.take_back = None


def own_legacy_stream(
    hass: HomeAssistant, entry: ConfigEntry[Any], shared: Shared, tokens: TokenKeeper
) -> LegacyStream:
    """Return the stream of the service that an account is with."""
    return LegacyStream(
        hass=hass,
        entry=entry,
        shared=shared,
        data=entry.data,
        tokens=tokens,
        account="",
        login_expired=partial(entry.async_start_reauth, hass),
    )


def foreign_legacy_stream(
    hass: HomeAssistant, entry: ConfigEntry[Any], shared: Shared, subentry: ConfigSubentry
) -> LegacyStream:
    """Return the stream of a service that is asked for nothing else, as a subentry describes it."""
    return LegacyStream(
        hass=hass,
        entry=entry,
        shared=shared,
        data=subentry.data,
        tokens=None,
        account=token_of(subentry.subentry_type, subentry.data[CONF_ACCOUNT]),
        login_expired=partial(async_tell_stream_expired, hass, entry, subentry),
    )


def elsewhere(vehicle: Vehicle, name: str, *, asked: bool) -> Elsewhere:
    """Return what is known of a car without a stream.

    name:  of the stream
    asked: there is a cloud that says whether the car is online
    """
    truth = vehicle.coordinator.truth
    busy = conclusions.parked(truth) is False and _is_of_now(vehicle, drive.GEAR)
    charges = conclusions.charging(truth) is True and _is_of_now(vehicle, charge.STATE)
    if any(links for source, links in vehicle.links.items() if source != name):
        return Elsewhere(online=True, busy=busy, charges=charges)
    online = {Power.ONLINE: True, Power.ASLEEP: False, Power.OFFLINE: False}.get(vehicle.power)
    seen_at = vehicle.seen_at if asked and online else -inf
    # While the stream itself says so, and where nobody is asked, that it is online is no second word.
    first = vehicle.connected and online is not False
    if first or not asked or vehicle.seen_at <= vehicle.silent_since:
        online = None
    return Elsewhere(online=online, busy=busy, charges=charges, seen_at=seen_at)


def _is_of_now(vehicle: Vehicle, signal: AnySignal) -> bool:
    """Return whether a fact was told since we are here: what a car did before a restart may be over."""
    told = vehicle.coordinator.truth.report(signal)
    return told is not None and told.source != RESTORED
