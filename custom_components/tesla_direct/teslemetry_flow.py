"""The pages of an account at Teslemetry: signing in, in one of two ways, and picking its cars."""

from dataclasses import replace
from typing import Any, override

from homeassistant.config_entries import ConfigFlowResult

from .cars_form import cars_choice, label_of, nobody_picked, taken_cars
from .const import CONF_SCOPES, CONF_VEHICLES, TESLEMETRY_SITE
from .hosts import provider_of
from .service_flow import ServiceAccount, ServiceSteps
from .sign_ins import OF_SERVICE, ServiceSignIn, async_forget
from .tesla.errors import TeslaError
from .tesla.fleet_api.provider import TESLEMETRY
from .teslemetry_sign_in import REFUSED, SignedIn, TeslemetrySignIn, trouble
from .teslemetry_steps import TITLE, WAYS, ServiceSignInSteps
from .texts import async_text, plain


class TeslemetrySteps(ServiceSignInSteps, ServiceSteps):
    """Signs in with Teslemetry, for a new entry or for one that is there."""

    _signed_in: SignedIn | None = None

    async def async_step_teslemetry(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the ways to sign in."""
        self._sign_in = TeslemetrySignIn(self.hass, TESLEMETRY)
        return self.async_show_menu(
            step_id="teslemetry",
            menu_options=[*WAYS, "teslemetry_server"],
            description_placeholders={"site": TESLEMETRY_SITE},
        )

    async def async_step_teslemetry_again(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the ways to sign in once more, with the account of the entry and where it is."""
        self._sign_in = TeslemetrySignIn(self.hass, provider_of(self._service_entry.data))
        return self.async_show_menu(step_id="teslemetry_again", menu_options=list(WAYS))

    @override
    async def _async_signed_in_with_teslemetry(self, signed_in: SignedIn) -> ConfigFlowResult:
        """Go on with what a sign-in has brought."""
        self._signed_in = signed_in
        return (
            await self._async_take_service(self._account(signed_in))
            or await self.async_step_teslemetry_cars()
        )

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
            return await self._async_nothing_to_pick("teslemetry_no_cars")
        errors = nobody_picked(user_input)
        if user_input is not None and not errors and not taken.intersection(user_input[CONF_VEHICLES]):
            picked = {vin: plain(cars[vin].name or "") for vin in user_input[CONF_VEHICLES]}
            account = replace(self._account(self._signed_in), offered=frozenset(cars))
            return await self._async_make_of_service(TITLE, account, picked, {})
        without = await async_text(self.hass, "teslemetry", "no_access")
        labels = {
            vin: label_of(vin, car.name) + ("" if car.access else f": {without}") for vin, car in cars.items()
        }
        reached = [vin for vin, car in cars.items() if car.access] or list(cars)
        return self.async_show_form(
            step_id="teslemetry_cars", data_schema=cars_choice(labels, reached), errors=errors
        )

    def _account(self, signed_in: SignedIn) -> ServiceAccount:
        uid = signed_in.metadata.uid
        return ServiceAccount(
            unique_id=uid,
            client_id=f"teslemetry-{uid}",
            provider=self._sign_in.provider,
            token=signed_in.token,
            oauth_client=signed_in.oauth_client,
            offered=frozenset(signed_in.metadata.vehicles),
            told={CONF_SCOPES: sorted(signed_in.metadata.scopes)},
        )
