"""A stream of TeslaMate's kind beside another provider: a subentry, with a token of its own.

It only tells of cars that the entry has. Nothing that costs is ever asked for with its token.
"""

from collections.abc import Iterable
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
)
from homeassistant.core import callback

from .certificate_steps import async_unverified
from .const import (
    CONF_ACCOUNT,
    CONF_OAUTH_CLIENT,
    CONF_PROVIDER,
    CONF_RAW,
    CONF_SIGNED_IN_AT,
    CONF_TAGS,
    CONF_VEHICLES,
    DOMAIN,
    SUBENTRY_LEGACY_STREAM,
)
from .feed_stream import token_of
from .hosts import provider_of
from .legacy_stream_steps import LegacyStreamSteps, streamed_beside
from .myteslamate_sign_in import SignedIn, async_stream_only, host_of, tag_of
from .myteslamate_steps import TITLE
from .shared import async_get_shared
from .storage import NotDurable
from .tesla.fleet_api.provider import MYTESLAMATE
from .tesla.fleet_api.teslamate_settings import DEFAULT_CLIENT
from .tesla.vehicle.sources import LEGACY_STREAM
from .teslamate_style_steps import TeslaMateStyleSteps


@callback
def may_have_legacy_stream(entry: ConfigEntry[Any]) -> bool:
    """Return whether such a stream can be added to an entry: not where it is there by itself."""
    return LEGACY_STREAM not in provider_of(entry.data).streams


class LegacyStreamFlow(TeslaMateStyleSteps, LegacyStreamSteps, ConfigSubentryFlow):
    """Signs in for the stream of an entry's cars."""

    _brought: SignedIn | None = None
    _only_looks = False  # whether only certificates are to be looked at
    _only_stream = True

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what it takes away, and offer the ways to sign in."""
        self._service = MYTESLAMATE
        return self.async_show_menu(
            step_id="user", menu_options=["myteslamate_token", "teslamate_style", "myteslamate_server"]
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
        changed = {CONF_PROVIDER: self._service.to_dict()}
        return self._change({**self._get_reconfigure_subentry().data, **changed})

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
        entry, met = self._get_entry(), signed_in.met
        if self.source == SOURCE_RECONFIGURE:
            if not met.is_of(self._account, self._get_reconfigure_subentry().data[CONF_TAGS]):
                return self.async_abort(reason="wrong_account")
        elif self._in_use(met.account):
            return self.async_abort(reason="stream_in_use")
        names = entry.data[CONF_VEHICLES]
        self._brought = signed_in
        if names.keys().isdisjoint(met.cars):
            return self.async_abort(reason="stream_no_cars")
        beside = self._beside()
        self._streamable = {vin: names[vin] for vin in met.cars if vin in names and vin not in beside}
        self._silent = signed_in.silent
        if not self._streamable:
            return self.async_abort(reason="stream_in_use")
        if self._service.stream is None:
            return self.async_abort(reason="service_without_stream")
        return await self.async_step_legacy_stream_cars()

    @property
    def _account(self) -> str:
        return str(self._get_reconfigure_subentry().data[CONF_ACCOUNT])

    @override
    def _streamed_so_far(self) -> Iterable[str]:
        if self.source == SOURCE_RECONFIGURE:
            return frozenset(self._get_reconfigure_subentry().data[CONF_TAGS])
        return super()._streamed_so_far()

    @override
    def _raw_so_far(self) -> bool:
        if self.source == SOURCE_RECONFIGURE:
            return bool(self._get_reconfigure_subentry().data[CONF_RAW])
        return super()._raw_so_far()

    @override
    async def _async_stream_chosen(self, vins: Iterable[str], *, raw: bool) -> ConfigFlowResult:
        """Keep the sign-in."""
        assert self._brought is not None  # noqa: S101  # a sign-in came first
        brought, shared = self._brought, await async_get_shared(self.hass)
        changing = self.source == SOURCE_RECONFIGURE
        account = self._account if changing else brought.met.account
        # Another dialogue may have been faster.
        if (not changing and self._in_use(account)) or not self._beside().isdisjoint(vins):
            return self.async_abort(reason="stream_in_use")
        name = token_of(SUBENTRY_LEGACY_STREAM, account)
        try:
            await shared.tokens.async_save(name, brought.token)
        except NotDurable:
            return self.async_abort(reason="token_not_saved")
        data = {
            CONF_PROVIDER: self._service.to_dict(),
            CONF_ACCOUNT: account,
            CONF_TAGS: {vin: tag_of(self._service, vin, brought.met.cars[vin]) for vin in vins},
            CONF_RAW: raw,
            CONF_SIGNED_IN_AT: shared.clock(),  # so that the entry reloads, and goes on with the new token
        }
        if brought.oauth_client is not None:
            data[CONF_OAUTH_CLIENT] = brought.oauth_client
        if changing:
            return self._change(data)
        stream = self._service.stream
        title = TITLE if self._service == MYTESLAMATE or stream is None else host_of(stream)
        result: Any = self.async_create_entry(title=title, data=data, unique_id=name)
        return result  # type: ignore[no-any-return]  # of a dialogue of another kind

    def _change(self, data: dict[str, Any]) -> ConfigFlowResult:
        subentry = self._get_reconfigure_subentry()
        result: Any = self.async_update_and_abort(self._get_entry(), subentry, data=data)
        return result  # type: ignore[no-any-return]  # of a dialogue of another kind

    def _beside(self) -> frozenset[str]:
        """Return the cars of which another source of the entry hears at the same place."""
        own = self._get_reconfigure_subentry().subentry_id if self.source == SOURCE_RECONFIGURE else ""
        return streamed_beside(self._get_entry(), self._service, own)

    def _in_use(self, account: str) -> bool:
        """Return whether the stream of an account is there already; two would take it from each other."""
        entries = self.hass.config_entries.async_entries(DOMAIN)
        streams = (one for entry in entries for one in entry.get_subentries_of_type(SUBENTRY_LEGACY_STREAM))
        return account in {
            *(entry.unique_id for entry in entries),
            *(one.data[CONF_ACCOUNT] for one in streams),
        }
