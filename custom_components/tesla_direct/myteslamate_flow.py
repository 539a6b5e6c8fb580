"""An account with MyTeslaMate, or with a service that is set up as TeslaMate is: signing in, cars, stream."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, override

from homeassistant.config_entries import SOURCE_REAUTH, SOURCE_RECONFIGURE, ConfigFlowResult

from .cars_form import cars_choice, label_of, nobody_picked, taken_cars
from .const import (
    CONF_OAUTH_CLIENT,
    CONF_PROVIDER,
    CONF_RAW,
    CONF_SCOPES,
    CONF_SIGNED_IN_AT,
    CONF_TAGS,
    CONF_VEHICLES,
    MYTESLAMATE_SITE,
)
from .hosts import provider_of
from .legacy_stream_steps import LegacyStreamSteps, streamed_beside
from .myteslamate_sign_in import REFUSED, SignedIn, async_meet, async_silent, tag_of, trouble
from .myteslamate_steps import TITLE
from .service_flow import ServiceAccount, ServiceSteps
from .shared import async_get_shared
from .sign_ins import OF_SERVICE, ServiceSignIn, async_forget
from .tesla.errors import TeslaError
from .tesla.fleet_api.ledger import Cause
from .tesla.fleet_api.myteslamate import MetCar, meet
from .tesla.fleet_api.provider import LIKE_TESLAMATE, MYTESLAMATE, Provider
from .tesla.fleet_api.teslamate_settings import DEFAULT_CLIENT
from .teslamate_style_steps import TeslaMateStyleSteps, fields_of
from .texts import plain

STYLED_TITLE = "Tesla"


class MyTeslaMateSteps(TeslaMateStyleSteps, LegacyStreamSteps, ServiceSteps):
    """Signs in with a service that speaks as TeslaMate is used to, for a new entry or an old one."""

    _brought: SignedIn | None = None
    _picked: Mapping[str, str] | None = None  # VIN to name: the cars of an entry that is to be made
    _met_cars: Mapping[str, MetCar] = MappingProxyType({})  # those of an entry whose stream is changed
    _only_looks = False  # whether only certificates are to be looked at

    async def async_step_myteslamate(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Begin with MyTeslaMate itself, or with a server of its kind."""
        self._service = MYTESLAMATE
        return self.async_show_menu(
            step_id="myteslamate",
            menu_options=["myteslamate_token", "myteslamate_server"],
            description_placeholders={"site": MYTESLAMATE_SITE},
        )

    async def async_step_myteslamate_again(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a new token of the entry's account, where it is set up."""
        data = self._service_entry.data
        self._service = provider_of(data)
        self._renewed_for = data.get(CONF_OAUTH_CLIENT, DEFAULT_CLIENT)
        return await self.async_step_myteslamate_token()

    @override
    async def async_step_teslamate_style(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Begin with addresses of the user's own; those of an entry are filled in."""
        if self._changing:
            data = self._service_entry.data
            self._service = provider_of(data)
            self._typed = fields_of(self._service, data.get(CONF_OAUTH_CLIENT, DEFAULT_CLIENT))
        return await super().async_step_teslamate_style(user_input)

    async def async_step_hosts_again(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Look at the certificates of an entry's service once more; nobody has to sign in for that."""
        self._only_looks = True
        return await self._async_look_once_more(provider_of(self._service_entry.data))

    @override
    async def _async_believed(self) -> ConfigFlowResult:
        if not self._only_looks:
            return await super()._async_believed()
        return self.async_update_and_abort(
            self._service_entry, data_updates={CONF_PROVIDER: self._service.to_dict()}
        )

    @property
    def _changes_entry(self) -> bool:
        """Whether an entry is there, and is changed; it may get its account only now."""
        return self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE)

    @property
    def _changing(self) -> bool:
        """Whether it is one of such an account."""
        return self._changes_entry and speaks_so(provider_of(self._service_entry.data))

    @override
    async def _async_met(self, signed_in: SignedIn) -> ConfigFlowResult:
        self._brought, account = signed_in, self._account_of(signed_in)
        if self._another_stream:
            await self.async_set_unique_id(account.unique_id, raise_on_progress=False)
            self._abort_if_unique_id_mismatch(reason="wrong_account")
            if self._may_stream(signed_in.met.cars):
                self._silent = signed_in.silent
                return await self.async_step_legacy_stream()
            return await self._async_stream_chosen((), raw=self._raw_so_far())
        return await self._async_take_service(account) or await self.async_step_myteslamate_cars()

    @property
    def _another_stream(self) -> bool:
        """Whether an entry's stream is to be another one: nobody has said of that yet who is to hear it."""
        if not self._changing or self._service.stream is None:
            return False
        before = provider_of(self._service_entry.data).stream
        return before is None or before.url != self._service.stream.url

    def _may_stream(self, cars: Mapping[str, MetCar]) -> bool:
        """Take which cars of an entry may stream here; False: none.

        cars: those that the account has
        """
        entry = self._service_entry
        names, beside = entry.data[CONF_VEHICLES], streamed_beside(entry, self._service)
        self._met_cars = {vin: car for vin, car in cars.items() if vin in names}
        self._streamable = {vin: names[vin] for vin in self._met_cars if vin not in beside}
        return bool(self._streamable)

    async def _async_resume_with_myteslamate(self, left: ServiceSignIn) -> ConfigFlowResult:
        """Go on behind a sign-in that was left; whether it is still good the service says."""
        self._service, self._renewed_for = left.provider, left.oauth_client or DEFAULT_CLIENT
        try:
            signed_in = await async_meet(self.hass, left.provider, left.token, left.oauth_client)
        except TeslaError as error:
            if trouble(error) == REFUSED:
                await async_forget(self.hass, OF_SERVICE)
            return await self._async_show_again(error)
        return await self._async_met(signed_in)

    async def async_step_myteslamate_cars(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let the user pick the cars."""
        assert self._brought is not None  # noqa: S101  # only a sign-in leads here
        taken = taken_cars(self.hass, self.context.get("entry_id"))
        cars = {vin: car for vin, car in self._brought.met.cars.items() if vin not in taken}
        if not cars:
            return await self._async_nothing_to_pick("service_no_cars")
        errors = nobody_picked(user_input)
        if user_input is not None and not errors and not taken.intersection(user_input[CONF_VEHICLES]):
            self._picked = {vin: plain(cars[vin].name or "") for vin in user_input[CONF_VEHICLES]}
            beside = streamed_beside(self._service_entry, self._service) if self._changes_entry else ()
            self._streamable = {vin: name for vin, name in self._picked.items() if vin not in beside}
            self._silent = self._brought.silent
            if self._service.stream is None or not self._streamable:
                return await self._async_stream_chosen((), raw=self._raw_so_far())
            return await self.async_step_legacy_stream()
        labels = {vin: label_of(vin, plain(car.name or "")) for vin, car in cars.items()}
        return self.async_show_form(
            step_id="myteslamate_cars", data_schema=cars_choice(labels, cars), errors=errors
        )

    async def async_step_legacy_stream_again(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask anew which cars of an entry are to stream here."""
        entry = self._service_entry
        if await self._async_running() is None:
            return self.async_abort(reason="not_loaded")
        self._service, api = provider_of(entry.data), entry.runtime_data.api
        try:
            token = await entry.runtime_data.tokens.access_token()
            met = await meet(api, self._service, token, Cause.SET_UP)
        except TeslaError:
            return self.async_abort(reason="service_unreachable")
        if not self._may_stream(met.cars):
            return self.async_abort(reason="stream_in_use")
        self._silent = await async_silent(api, self._service, self._met_cars)
        return await self.async_step_legacy_stream()

    @override
    def _streamed_so_far(self) -> Iterable[str]:
        return self._service_entry.data[CONF_TAGS] if self._changing else super()._streamed_so_far()

    @override
    def _raw_so_far(self) -> bool:
        return bool(self._service_entry.data[CONF_RAW]) if self._changing else super()._raw_so_far()

    @override
    async def _async_stream_chosen(self, vins: Iterable[str], *, raw: bool) -> ConfigFlowResult:
        if self._changing:
            tags = {vin: tag_of(self._service, vin, self._met_cars[vin]) for vin in vins}
            if self._brought is not None:  # with other addresses
                account = self._account_of(self._brought)
                told = {**account.told, CONF_TAGS: tags, CONF_RAW: raw}
                return await self._async_keep_of_service(replace(account, told=told))
            now = (await async_get_shared(self.hass)).clock()
            return self.async_update_and_abort(
                self._service_entry, data_updates={CONF_TAGS: tags, CONF_RAW: raw, CONF_SIGNED_IN_AT: now}
            )
        assert self._brought is not None  # noqa: S101  # a sign-in came first
        assert self._picked is not None  # noqa: S101  # the same
        if not taken_cars(self.hass, self.context.get("entry_id")).isdisjoint(self._picked):
            return await self.async_step_myteslamate_cars()  # another dialogue was faster
        tags = {vin: tag_of(self._service, vin, self._brought.met.cars[vin]) for vin in vins}
        title = TITLE if self._service.name == MYTESLAMATE.name else STYLED_TITLE
        return await self._async_make_of_service(
            title, self._account_of(self._brought), {**self._picked}, {CONF_TAGS: tags, CONF_RAW: raw}
        )

    def _account_of(self, signed_in: SignedIn) -> ServiceAccount:
        """Return the account of a sign-in; where nobody names one, an entry's is known by its cars."""
        met, name = signed_in.met, signed_in.met.account
        told: dict[str, Any] = {CONF_SCOPES: sorted(met.scopes), CONF_PROVIDER: self._service.to_dict()}
        if self._changing:
            data = self._service_entry.data
            if met.is_of(str(self._service_entry.unique_id), data[CONF_VEHICLES]):
                name = str(self._service_entry.unique_id)
            told[CONF_TAGS] = {
                vin: tag_of(self._service, vin, met.cars[vin]) if vin in met.cars else tag
                for vin, tag in data[CONF_TAGS].items()
            }
        return ServiceAccount(
            unique_id=name,
            client_id=name,
            provider=self._service,
            token=signed_in.token,
            oauth_client=signed_in.oauth_client,
            offered=frozenset(met.cars) - taken_cars(self.hass, self.context.get("entry_id")),
            told=told,
        )


def speaks_so(service: Provider) -> bool:
    """Return whether a service is one of these."""
    return service.name in LIKE_TESLAMATE
