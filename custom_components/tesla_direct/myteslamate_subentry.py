"""A stream of TeslaMate's kind beside another provider."""

from collections.abc import Iterable
from typing import Any, override

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult
from homeassistant.core import callback

from .certificate_steps import async_unverified
from .const import (
    CONF_ACCOUNT,
    CONF_OAUTH_CLIENT,
    CONF_PROVIDER,
    CONF_RAW,
    CONF_TAGS,
    CONF_VEHICLES,
    DOMAIN,
    MYTESLAMATE_SITE,
)
from .hosts import provider_of
from .legacy_stream_steps import LegacyStreamSteps, streamed_beside
from .myteslamate_sign_in import SignedIn, async_stream_only, host_of, tag_of
from .myteslamate_steps import TITLE
from .service_subentry import ServiceSubentryFlow
from .tesla.fleet_api.provider import MYTESLAMATE
from .tesla.fleet_api.teslamate_settings import DEFAULT_CLIENT
from .tesla.vehicle.sources import LEGACY_STREAM
from .teslamate_style_steps import TeslaMateStyleSteps


@callback
def may_have_legacy_stream(entry: ConfigEntry[Any]) -> bool:
    """Return whether such a stream can be added to an entry: not where it is there by itself."""
    return LEGACY_STREAM not in provider_of(entry.data).streams


class LegacyStreamFlow(TeslaMateStyleSteps, LegacyStreamSteps, ServiceSubentryFlow):
    """Signs in for the stream of an entry's cars."""

    _brought: SignedIn | None = None
    _only_looks = False  # whether only certificates are to be looked at
    _only_stream = True

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what it takes away, and offer the ways to sign in."""
        self._service = MYTESLAMATE
        return self.async_show_menu(
            step_id="user",
            menu_options=["myteslamate_token", "teslamate_style", "myteslamate_server"],
            description_placeholders={"site": MYTESLAMATE_SITE},
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer what can be changed."""
        data = self._get_reconfigure_subentry().data
        self._service = provider_of(data)
        self._renewed_for = data.get(CONF_OAUTH_CLIENT, DEFAULT_CLIENT)
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=["myteslamate_token", "hosts_again"],
            description_placeholders={"unverified": await async_unverified(self.hass, self._service)},
        )

    async def async_step_hosts_again(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Look at the certificates once more; nobody has to sign in for that."""
        self._only_looks = True
        return await self._async_look_once_more(self._service)

    @override
    async def _async_believed(self) -> ConfigFlowResult:
        if not self._only_looks:
            return await self._async_sign_in()
        return self._change(data_updates={CONF_PROVIDER: self._service.to_dict()})

    async def _async_sign_in(self) -> ConfigFlowResult:
        """Sign in; where there is no API, cars are taken at the user's word."""
        if self._service.bases or self._service.stream is None or self._entered is None:
            return await super()._async_believed()
        vins = self._get_entry().data[CONF_VEHICLES]
        return await self._async_met(
            await async_stream_only(self.hass, self._service.stream, self._entered, vins)
        )

    @override
    async def _async_met(self, signed_in: SignedIn) -> ConfigFlowResult:
        """Go on to the cars, if the sign-in is of use for those of the entry."""
        self._brought, met, before = signed_in, signed_in.met, self._changed
        same = before is not None and met.is_of(before.data[CONF_ACCOUNT], before.data[CONF_TAGS])
        self._abort_if_of_no_use(met.account, met.cars.keys(), same=same)
        names, beside = self._get_entry().data[CONF_VEHICLES], self._beside()
        self._streamable = {vin: names[vin] for vin in met.cars if vin in names and vin not in beside}
        self._silent = signed_in.silent
        if not self._streamable:
            return self.async_abort(reason="stream_in_use")
        if self._service.stream is None:
            return self.async_abort(reason="service_without_stream")
        return await self.async_step_legacy_stream_cars()

    @override
    def _streamed_so_far(self) -> Iterable[str]:
        before = self._changed
        return super()._streamed_so_far() if before is None else frozenset(before.data[CONF_TAGS])

    @override
    def _raw_so_far(self) -> bool:
        before = self._changed
        return super()._raw_so_far() if before is None else bool(before.data[CONF_RAW])

    @override
    async def _async_stream_chosen(self, vins: Iterable[str], *, raw: bool) -> ConfigFlowResult:
        """Keep the sign-in."""
        assert self._brought is not None  # noqa: S101  # a sign-in came first
        brought, before, service = self._brought, self._changed, self._service
        account = brought.met.account if before is None else before.data[CONF_ACCOUNT]
        # Another dialogue may have been faster.
        if (before is None and self._in_use(account)) or not self._beside().isdisjoint(vins):
            return self.async_abort(reason="stream_in_use")
        stream = {
            CONF_PROVIDER: service.to_dict(),
            CONF_TAGS: {vin: tag_of(service, vin, brought.met.cars[vin]) for vin in vins},
            CONF_RAW: raw,
        }
        title = TITLE if service == MYTESLAMATE or service.stream is None else host_of(service.stream)
        return await self._async_keep_sign_in(title, account, brought, stream)

    def _beside(self) -> frozenset[str]:
        """Return the cars of which another source of the entry hears at the same place."""
        own = "" if self._changed is None else self._changed.subentry_id
        return streamed_beside(self._get_entry(), self._service, own)

    @override
    def _in_use(self, account: str) -> bool:
        """Return whether anybody hears an account already; two would take its stream from each other."""
        entries = self.hass.config_entries.async_entries(DOMAIN)
        return super()._in_use(account) or any(entry.unique_id == account for entry in entries)
