"""The pages of region and cars. Cars are part of the tour, too, as not every application may list them."""

from typing import Any

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult
from homeassistant.core import callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler
from homeassistant.helpers.selector import (
    BooleanSelector,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio as vol

from .application_credentials import SCOPES
from .cars_form import cars_choice, label_of, nobody_picked, taken_cars
from .const import (
    CONF_CLIENT_ID,
    CONF_LEFT_OUT,
    CONF_PROVIDER,
    CONF_RECEIVER,
    CONF_REGION,
    CONF_SCOPES,
    CONF_SIGNED_IN_AT,
    CONF_UNFINISHED,
    CONF_VEHICLES,
    RECEIVER_LATER,
)
from .hosts import async_ssl_context
from .shared import async_get_shared
from .sign_ins import async_forget
from .storage import NotDurable
from .tesla.errors import LoginExpired, NotRegistered, ScopeMissing, TeslaError
from .tesla.fleet_api import provider as providers
from .tesla.fleet_api.claims import Claims
from .tesla.fleet_api.client import FleetApi
from .tesla.fleet_api.ledger import Cause
from .tesla.fleet_api.limits import Limits
from .tesla.fleet_api.oauth import Token
from .tesla.fleet_api.provider import Provider
from .texts import async_list, async_text, plain
from .tour import CARS, PARTS, TourSteps
from .user_errors import key_of

CONF_LATER = "later"
TITLE = "Tesla"  # of an account whose cars have no names
# Errors of the first request that say by themselves what to do; the words of others are shown as they are.
EXPLAINED = frozenset(
    {
        "account_locked",
        "application_refused",
        "billing_limit_exceeded",
        "login_expired",
        "not_registered",
        "payment_required",
        "rate_limited",
        "scope_missing",
    }
)


class OneToken:
    """The token of a sign-in that is not finished: it is used, never renewed."""

    def __init__(self, token: Token) -> None:
        """Hold it."""
        self._token = token

    async def access_token(self) -> str:
        """Return it."""
        return self._token.access_token

    async def replace(self, refused: str) -> str:
        """Give up: a token that is minutes old is refused for a reason."""
        raise LoginExpired("the new sign-in is not accepted")


class CarSteps(TourSteps, AbstractOAuth2FlowHandler):
    """Lists the account's cars and makes the entry; without cars where they cannot be listed yet."""

    def __init__(self) -> None:
        """Start out with Tesla's own hosts."""
        super().__init__()
        self._provider: Provider = providers.TESLA
        self._token: Token | None = None
        self._claims: Claims | None = None
        self._region = ""
        self._cars: dict[str, str] = {}  # VIN to name: all that can be picked
        self._auth_implementation = ""
        self._listed: frozenset[str] = frozenset()  # which of them the account has just named
        self._location = True  # whether the user wants to be asked for it at the sign-in

    async def async_step_region(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the region that the token names, and let the user change it."""
        if user_input is not None:
            self._region = user_input[CONF_REGION]
            if not self._fresh:
                return self.async_update_and_abort(
                    self._get_reconfigure_entry(), data_updates={CONF_REGION: self._region}
                )
            return await self.async_step_cars()
        missing = [scope for scope in SCOPES if scope not in self._scopes]
        regions = list(self._provider.bases)
        return self.async_show_form(
            step_id="region",
            data_schema=vol.Schema(
                {vol.Required(CONF_REGION, default=self._region or regions[0]): choice(regions, CONF_REGION)}
            ),
            description_placeholders={
                "region": self._region.upper() or "?",
                "missing": await self._async_missing(missing),
            },
        )

    async def _async_missing(self, missing: list[str]) -> str:
        """Name what was not granted, with what will be missing because of it."""
        if not missing:
            return ""
        listed = await async_list(self.hass, "scope", missing)
        return f"{await async_text(self.hass, 'scope', 'missing')}\n\n{listed}"

    async def async_step_cars(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let the user pick the cars."""
        if self._cars and user_input is not None:
            return await self._async_cars_picked(user_input)
        if not self._fresh and await self._async_running() is None:
            return self.async_abort(reason="not_loaded")
        if user_input is not None and CONF_REGION in user_input:
            self._region = user_input[CONF_REGION]
        if user_input is not None and user_input.get(CONF_LATER):
            return await self._async_part_left(CARS, "tour_later")
        try:
            self._cars = await self._async_list_cars()
        except TeslaError as error:
            return await self._async_not_listed(error)
        if not self._cars:
            await self._async_of_no_use()
            return self.async_abort(reason="no_cars")
        return await self._async_show_listed({})

    async def _async_show_listed(self, errors: dict[str, str]) -> ConfigFlowResult:
        return self._show_cars(self._cars_schema(), errors, await self._async_cars_detail())

    async def _async_cars_detail(self) -> str:
        """Return what else there is to say of the cars."""
        return ""

    async def _async_not_listed(self, error: TeslaError) -> ConfigFlowResult:
        """Say why there is nothing to pick from, if there will not be later anyway."""
        if isinstance(error, NotRegistered) and self._fresh:
            return await self._async_make_entry({}, [])
        if isinstance(error, LoginExpired | ScopeMissing):
            await self._async_of_no_use()
        key = key_of(error)
        if key in EXPLAINED:
            return self._show_cars(self._again_schema(), {"base": key})
        return self._show_cars(self._again_schema(), {"base": "cannot_connect"}, str(error))

    def _show_cars(self, schema: vol.Schema, errors: dict[str, str], detail: str = "") -> ConfigFlowResult:
        return self.async_show_form(
            step_id="cars",
            data_schema=schema,
            errors=errors,
            description_placeholders={"detail": detail},
        )

    async def _async_of_no_use(self) -> None:
        """Forget a sign-in that leads to no cars: nobody is to be offered to go on from there."""
        if self._fresh:
            await async_forget(self.hass)

    async def _async_cars_picked(self, user_input: dict[str, Any]) -> ConfigFlowResult:
        if errors := nobody_picked(user_input):
            return await self._async_show_listed(errors)
        vehicles = {vin: self._cars[vin] for vin in user_input[CONF_VEHICLES]}
        if not self._taken().isdisjoint(vehicles):  # by another dialogue, in the meantime
            return await self.async_step_cars()
        if self._fresh:
            return await self._async_make_entry(vehicles, sorted(self._cars.keys() - vehicles.keys()))
        entry = self._get_reconfigure_entry()
        # What was added by itself since the page was shown nobody has left out.
        vehicles |= {vin: name for vin, name in entry.data[CONF_VEHICLES].items() if vin not in self._cars}
        left_out = sorted({*entry.data.get(CONF_LEFT_OUT, ()), *self._cars} - vehicles.keys())
        self.hass.config_entries.async_update_entry(
            entry,
            title=_title(vehicles) if entry.title == TITLE else entry.title,
            data={**entry.data, CONF_VEHICLES: vehicles, CONF_LEFT_OUT: left_out},
        )
        return await self._async_part_done(CARS, "reconfigure_successful")

    async def _async_make_entry(self, vehicles: dict[str, str], left_out: list[str]) -> ConfigFlowResult:
        """Make the entry, so that from here on nothing is lost that was done."""
        assert self._token is not None  # noqa: S101  # a sign-in has brought it
        shared = await async_get_shared(self.hass)
        try:
            await shared.tokens.async_save(str(self.unique_id), self._token)
        except NotDurable:
            return self.async_abort(reason="token_not_saved")
        await async_forget(self.hass)
        data = {
            "auth_implementation": self._auth_implementation,
            CONF_PROVIDER: self._provider.to_dict(),
            CONF_REGION: self._region,
            CONF_CLIENT_ID: self._client_id,
            CONF_SCOPES: sorted(self._scopes),
            CONF_VEHICLES: vehicles,
            CONF_RECEIVER: RECEIVER_LATER,
            CONF_SIGNED_IN_AT: shared.clock(),
            CONF_UNFINISHED: sorted(part for part in PARTS if part != CARS or not vehicles),
        }
        if vehicles:  # else nobody was asked yet
            data[CONF_LEFT_OUT] = left_out
        return await self._async_make(_title(vehicles), data)

    @property
    def _fresh(self) -> bool:
        """Whether an account is being set up, and not one changed that is."""
        return self.source != SOURCE_RECONFIGURE

    @property
    def _client_id(self) -> str:
        return getattr(self.flow_impl, "client_id", "")

    @property
    def _scopes(self) -> frozenset[str]:
        """What the user granted, as the token of this sign-in says, or else the entry's."""
        if self._claims is not None:
            return self._claims.scopes
        return frozenset(self._get_reconfigure_entry().data[CONF_SCOPES])

    async def _async_list_cars(self) -> dict[str, str]:
        """Return the account's cars that no other entry has, listed just now or not: VIN to name."""
        shared = await async_get_shared(self.hass)
        if not self._fresh:
            api = self._get_reconfigure_entry().runtime_data.api
        else:
            assert self._token is not None  # noqa: S101  # a sign-in has brought it
            api = FleetApi(
                async_get_clientsession(self.hass),
                self._provider,
                self._provider.base_of(self._region) or "",
                tokens=OneToken(self._token),
                budget=shared.ledgers.budget_of(self._client_id),
                limits=Limits(),
                clock=shared.clock,
                ssl=await async_ssl_context(self.hass, self._provider),
                on_base_changed=self._moved,
            )
        cars = await api.vehicles(Cause.SET_UP)
        taken = self._taken()
        listed = {car.vin: plain(car.name or "") for car in cars if car.vin not in taken}
        self._listed = frozenset(listed)
        return {**self._known, **listed}

    def _taken(self) -> set[str]:
        return taken_cars(self.hass, self.context.get("entry_id"))

    @property
    def _known(self) -> dict[str, str]:
        """The cars that the entry has."""
        if self.source != SOURCE_RECONFIGURE:
            return {}
        return dict(self._get_reconfigure_entry().data[CONF_VEHICLES])

    @callback
    def _moved(self, base: str) -> None:
        """Learn from the cloud that the account lives in another region than was thought."""
        self._region = next(
            (name for name, known in self._provider.bases.items() if known == base), self._region
        )

    def _cars_schema(self) -> vol.Schema:
        known = self._known
        picked = [vin for vin in self._cars if vin in known or not known]
        labels = {vin: label_of(vin, name) for vin, name in self._cars.items()}
        return cars_choice(labels, picked)

    def _again_schema(self) -> vol.Schema:
        """Return what can be tried where the cars cannot be listed: submitting asks again."""
        if self._touring:
            return vol.Schema({vol.Required(CONF_LATER, default=False): BooleanSelector()})
        if self.source == SOURCE_RECONFIGURE:
            return vol.Schema({})
        return vol.Schema({vol.Required(CONF_REGION, default=self._region): self._region_selector()})

    def _region_selector(self) -> SelectSelector:
        return choice(list(self._provider.bases), CONF_REGION)


def choice(options: list[str], translation_key: str) -> SelectSelector:
    """Return a list of texts of which one is picked."""
    return SelectSelector(
        SelectSelectorConfig(options=options, translation_key=translation_key, mode=SelectSelectorMode.LIST)
    )


def _title(vehicles: dict[str, str]) -> str:
    return ", ".join(name for name in vehicles.values() if name) or TITLE
