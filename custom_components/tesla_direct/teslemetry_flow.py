"""The pages of an account at Teslemetry: signing in, in one of two ways, and picking its cars."""

from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
)
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio as vol

from .cars_flow import taken_cars
from .const import (
    CONF_CLIENT_ID,
    CONF_LEFT_OUT,
    CONF_OAUTH_CLIENT,
    CONF_PROVIDER,
    CONF_RECEIVER,
    CONF_REGION,
    CONF_SCOPES,
    CONF_SIGNED_IN_AT,
    CONF_UNFINISHED,
    CONF_VEHICLES,
    RECEIVER_NEVER,
)
from .hosts import provider_of
from .shared import async_get_shared
from .sign_ins import OF_SERVICE, ServiceSignIn, async_forget, async_keep_of_service
from .storage import NotDurable
from .tesla.errors import TeslaError, TokenUnavailable
from .tesla.fleet_api.provider import TESLEMETRY
from .tesla.fleet_api.teslemetry_rows import MetadataCar
from .tesla.vehicle.model import read_vin
from .teslemetry_sign_in import REFUSED, SignedIn, TeslemetrySignIn, trouble
from .teslemetry_steps import TITLE, WAYS, ServiceSignInSteps
from .texts import async_text, plain
from .tour import PAIRING, PROFILE, TourSteps


class TeslemetrySteps(ServiceSignInSteps, TourSteps):
    """Signs in with Teslemetry, for a new entry or for one that is there."""

    _signed_in: SignedIn | None = None

    async def async_step_teslemetry(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the ways to sign in."""
        self._sign_in = TeslemetrySignIn(self.hass, TESLEMETRY)
        return self.async_show_menu(step_id="teslemetry", menu_options=[*WAYS, "teslemetry_server"])

    async def async_step_teslemetry_again(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the ways to sign in once more, with the account of the entry and where it is."""
        self._sign_in = TeslemetrySignIn(self.hass, provider_of(self._teslemetry_entry.data))
        return self.async_show_menu(step_id="teslemetry_again", menu_options=list(WAYS))

    @override
    async def _async_signed_in_with_teslemetry(self, signed_in: SignedIn) -> ConfigFlowResult:
        """Go on with what a sign-in has brought."""
        self._signed_in = signed_in
        await self.async_set_unique_id(signed_in.metadata.uid, raise_on_progress=False)
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            self._abort_if_unique_id_mismatch(reason="wrong_account")
            return await self._async_keep_teslemetry(signed_in)
        self._abort_if_unique_id_configured()
        await async_keep_of_service(
            self.hass,
            signed_in.token,
            self._sign_in.provider,
            signed_in.metadata.uid,
            signed_in.oauth_client,
        )
        return await self.async_step_teslemetry_cars()

    async def _async_resume_with_teslemetry(self, left: ServiceSignIn) -> ConfigFlowResult:
        """Go on behind a sign-in that was left; whether it is still good the service says."""
        self._sign_in = TeslemetrySignIn(self.hass, left.provider)
        try:
            signed_in = await self._sign_in.async_resume(left.token, left.oauth_client)
        except TeslaError as error:
            if trouble(error) == REFUSED:
                await async_forget(self.hass, OF_SERVICE)
            return self._show_try_again(error)
        return await self._async_signed_in_with_teslemetry(signed_in)

    async def async_step_teslemetry_cars(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let the user pick the cars; those without a subscription are named as such."""
        assert self._signed_in is not None  # noqa: S101  # only a sign-in leads here
        taken = taken_cars(self.hass, self.context.get("entry_id"))
        cars = {vin: car for vin, car in self._signed_in.metadata.vehicles.items() if vin not in taken}
        if not cars:
            await async_forget(self.hass, OF_SERVICE)  # nobody is to be offered to go on from there
            return self.async_abort(reason="teslemetry_no_cars")
        if user_input is not None and not taken.intersection(user_input[CONF_VEHICLES]):
            picked = {vin: plain(cars[vin].name or "") for vin in user_input[CONF_VEHICLES]}
            return await self._async_make_teslemetry(picked, sorted(cars.keys() - picked.keys()))
        without = await async_text(self.hass, "teslemetry", "no_access")
        options = [
            SelectOptionDict(value=vin, label=_label(vin, car) + ("" if car.access else f": {without}"))
            for vin, car in cars.items()
        ]
        selector = SelectSelector(
            SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
        )
        reached = [vin for vin, car in cars.items() if car.access] or list(cars)
        return self.async_show_form(
            step_id="teslemetry_cars",
            data_schema=vol.Schema(
                {vol.Required(CONF_VEHICLES, default=reached): vol.All(selector, vol.Length(min=1))}
            ),
        )

    async def _async_make_teslemetry(self, vehicles: dict[str, str], left_out: list[str]) -> ConfigFlowResult:
        """Make the entry; what follows is a tour of its own."""
        assert self._signed_in is not None  # noqa: S101  # the same
        signed_in, shared = self._signed_in, await async_get_shared(self.hass)
        try:
            await shared.tokens.async_save(signed_in.metadata.uid, signed_in.token)
        except NotDurable:
            return self.async_abort(reason="token_not_saved")
        await async_forget(self.hass, OF_SERVICE)
        return await self._async_make(
            ", ".join(name for name in vehicles.values() if name) or TITLE,
            {
                CONF_PROVIDER: self._sign_in.provider.to_dict(),
                CONF_REGION: "",
                CONF_CLIENT_ID: f"teslemetry-{signed_in.metadata.uid}",
                CONF_VEHICLES: vehicles,
                CONF_LEFT_OUT: left_out,
                CONF_RECEIVER: RECEIVER_NEVER,
                CONF_UNFINISHED: [PAIRING, PROFILE],
                **_of_sign_in(signed_in, shared.clock()),
            },
        )

    async def _async_keep_teslemetry(self, signed_in: SignedIn) -> ConfigFlowResult:
        """Go on with a new token; the entry reloads, and everything goes on with it."""
        entry, shared = self._teslemetry_entry, await async_get_shared(self.hass)
        try:
            if entry.state is ConfigEntryState.LOADED:
                # The keeper that is at work must not write its own over it.
                await entry.runtime_data.tokens.adopt(signed_in.token)
            else:
                await shared.tokens.async_save(str(self.unique_id), signed_in.token)
        except NotDurable, TokenUnavailable:
            return self.async_abort(reason="token_not_saved")
        before = {name: value for name, value in entry.data.items() if name != CONF_OAUTH_CLIENT}
        return self.async_update_and_abort(entry, data=before | _of_sign_in(signed_in, shared.clock()))

    @property
    def _teslemetry_entry(self) -> ConfigEntry[Any]:
        """The entry that is signed in again."""
        return self._get_reauth_entry() if self.source == SOURCE_REAUTH else self._get_reconfigure_entry()


def _label(vin: str, car: MetadataCar) -> str:
    return f"{car.name or read_vin(vin).model or 'Tesla'} (…{vin[-6:]})"


def _of_sign_in(signed_in: SignedIn, now: float) -> dict[str, Any]:
    """Return what each sign-in says anew of an entry."""
    data: dict[str, Any] = {CONF_SCOPES: sorted(signed_in.metadata.scopes), CONF_SIGNED_IN_AT: now}
    if signed_in.oauth_client is not None:
        data[CONF_OAUTH_CLIENT] = signed_in.oauth_client
    return data
