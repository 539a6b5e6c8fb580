"""Set up: choose hosts, sign in, confirm the region, pick the cars. What follows can be repeated any time."""

from collections.abc import Mapping
import logging
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigEntryState,
    ConfigFlowResult,
    FlowType,
    OptionsFlow,
)
from homeassistant.core import callback
from homeassistant.helpers.aiohttp_client import async_get_clientsession
from homeassistant.helpers.config_entry_oauth2_flow import AbstractOAuth2FlowHandler
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import probatio as vol

from .application_credentials import SCOPES, TeslaImplementation
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
    DOMAIN,
    LOGGER,
    RECEIVER_LATER,
    RECEIVER_NEVER,
)
from .hosts import async_ssl_context, provider_of
from .key_flow import KeySteps
from .options import TeslaDirectOptionsFlow
from .receiver_flow import ReceiverSteps
from .shared import async_get_shared
from .storage import NotDurable
from .tesla.errors import (
    CertificateError,
    CloudError,
    LoginExpired,
    ProviderInvalid,
    TeslaError,
    TokenUnavailable,
    WireError,
)
from .tesla.fleet_api import provider as providers
from .tesla.fleet_api.claims import Claims, read_claims
from .tesla.fleet_api.client import FleetApi
from .tesla.fleet_api.ledger import Cause
from .tesla.fleet_api.limits import Limits
from .tesla.fleet_api.oauth import Token, granted
from .tesla.fleet_api.provider import Provider
from .tesla.fleet_api.rows import Vehicle
from .tesla.fleet_telemetry import tls
from .tour import PARTS, TourSteps
from .user_errors import key_of

RECEIVER_NOW = "now"
STEP_RECEIVER = "receiver"
STEP_TOUR = "tour"
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


class TeslaDirectFlow(ReceiverSteps, KeySteps, TourSteps, AbstractOAuth2FlowHandler, domain=DOMAIN):
    """The dialogue with the user; nothing lives only in it."""

    DOMAIN = DOMAIN
    VERSION = 1
    MINOR_VERSION = 1

    def __init__(self) -> None:
        """Start out with Tesla's own hosts."""
        super().__init__()
        self._provider: Provider = providers.TESLA
        self._token: Token | None = None
        self._claims: Claims | None = None
        self._region = ""
        self._cars: dict[str, Vehicle] = {}
        self._receiver = RECEIVER_LATER

    @property
    @override
    def logger(self) -> logging.Logger:
        return LOGGER

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        return TeslaDirectOptionsFlow()

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the account lives: at Tesla, at Tesla China, or somewhere of the user's own."""
        if user_input is not None:
            if user_input[CONF_PROVIDER] == providers.CUSTOM:
                return await self.async_step_custom()
            self._provider = providers.named(user_input[CONF_PROVIDER])
            return await self.async_step_pick_implementation()
        rows = [*providers.ROWS, providers.CUSTOM]
        return self.async_show_form(
            step_id="user",
            data_schema=vol.Schema(
                {vol.Required(CONF_PROVIDER, default=rows[0]): _choice(rows, CONF_PROVIDER)}
            ),
        )

    async def async_step_custom(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for hosts of the user's own."""
        errors: dict[str, str] = {}
        if user_input is not None:
            try:
                self._provider = await self.hass.async_add_executor_job(_custom_provider, user_input)
                await async_ssl_context(self.hass, self._provider)
            except ProviderInvalid as error:
                errors[error.field] = "provider_invalid"
            except CertificateError, OSError:  # the latter if OpenSSL cannot make sense of it
                errors["authority_file"] = "file_unreadable"
            else:
                return await self.async_step_pick_implementation()
        schema = vol.Schema(
            {
                vol.Required("bases"): TextSelector(TextSelectorConfig(multiple=True)),
                vol.Required("authorize_url"): TextSelector(),
                vol.Required("token_url"): TextSelector(),
                vol.Optional("trusted_suffixes"): TextSelector(TextSelectorConfig(multiple=True)),
                vol.Optional("authority_file"): TextSelector(),
            }
        )
        return self.async_show_form(
            step_id="custom",
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
        )

    @override
    async def async_step_auth(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Send the user to the sign-in page of the chosen hosts."""
        if user_input is None and isinstance(self.flow_impl, TeslaImplementation):
            self.flow_impl.choose(self._provider, await async_ssl_context(self.hass, self._provider))
        return await super().async_step_auth(user_input)

    @override
    async def async_oauth_create_entry(self, data: dict[str, Any]) -> ConfigFlowResult:
        """Take the token of a finished sign-in."""
        try:
            shared = await async_get_shared(self.hass)
            self._token = granted(data["token"], shared.clock())
            self._claims = read_claims(self._token.access_token)
        except (CloudError, WireError) as error:
            LOGGER.debug("The sign-in brought a token that cannot be read: %s", error)
            return self.async_abort(reason="token_unreadable")
        await self.async_set_unique_id(self._claims.subject)
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE):
            return await self._async_signed_in_again(data["auth_implementation"])
        self._abort_if_unique_id_configured()
        self._auth_implementation = data["auth_implementation"]
        self._region = self._provider.region_of(self._claims, self._token.refresh_token) or ""
        return await self.async_step_region()

    async def _async_signed_in_again(self, auth_implementation: str) -> ConfigFlowResult:
        """Store the new token; the entry reloads, and everything goes on with it."""
        self._abort_if_unique_id_mismatch(reason="wrong_account")
        assert self._token is not None  # noqa: S101  # a sign-in has brought it
        entry = self._get_reauth_entry() if self.source == SOURCE_REAUTH else self._get_reconfigure_entry()
        shared = await async_get_shared(self.hass)
        try:
            if entry.state is ConfigEntryState.LOADED:
                # The keeper that is at work must not write its own over it.
                await entry.runtime_data.tokens.adopt(self._token)
            else:
                await shared.tokens.async_save(str(self.unique_id), self._token)
        except NotDurable, TokenUnavailable:
            return self.async_abort(reason="token_not_saved")
        return self.async_update_and_abort(
            entry,
            data_updates={
                "auth_implementation": auth_implementation,
                CONF_CLIENT_ID: self._client_id,
                CONF_SCOPES: sorted(self._scopes),
                CONF_SIGNED_IN_AT: shared.clock(),
            },
        )

    async def async_step_region(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show the region that the token names, and let the user change it."""
        if user_input is not None:
            self._region = user_input[CONF_REGION]
            if self.source == SOURCE_RECONFIGURE:
                return self.async_update_and_abort(
                    self._get_reconfigure_entry(), data_updates={CONF_REGION: self._region}
                )
            return await self.async_step_cars()
        missing = sorted(set(SCOPES) - self._scopes)
        regions = list(self._provider.bases)
        return self.async_show_form(
            step_id="region",
            data_schema=vol.Schema(
                {vol.Required(CONF_REGION, default=self._region or regions[0]): _choice(regions, CONF_REGION)}
            ),
            description_placeholders={
                "region": self._region.upper() or "?",
                "missing_scopes": ", ".join(missing) or "-",
            },
        )

    async def async_step_cars(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let the user pick the cars, and say whether they will deliver straight to us."""
        if self._cars and user_input is not None:
            return await self._async_cars_picked(user_input)
        again = self.source == SOURCE_RECONFIGURE
        if again and self._get_reconfigure_entry().state is not ConfigEntryState.LOADED:
            return self.async_abort(reason="not_loaded")
        errors: dict[str, str] = {}
        detail = ""
        try:
            self._cars = await self._async_list_cars()
        except TeslaError as error:
            errors["base"] = key = key_of(error)
            if key not in EXPLAINED:
                errors["base"] = "cannot_connect"
                detail = str(error)
        else:
            if not self._cars:
                return self.async_abort(reason="no_cars")
        return self.async_show_form(
            step_id="cars",
            # Without cars there is nothing to be filled in: submitting asks again.
            data_schema=self._cars_schema() if self._cars else vol.Schema({}),
            errors=errors,
            description_placeholders={"detail": detail},
        )

    async def _async_cars_picked(self, user_input: dict[str, Any]) -> ConfigFlowResult:
        vehicles = {vin: self._cars[vin].name or "" for vin in user_input[CONF_VEHICLES]}
        left_out = sorted(self._cars.keys() - vehicles.keys())
        if not self._taken().isdisjoint(vehicles):  # by another dialogue, in the meantime
            return await self.async_step_cars()
        if self.source == SOURCE_RECONFIGURE:
            return self.async_update_and_abort(
                self._get_reconfigure_entry(), data_updates={CONF_VEHICLES: vehicles, CONF_LEFT_OUT: left_out}
            )
        assert self._token is not None  # noqa: S101  # a sign-in has brought it
        self._receiver = user_input[CONF_RECEIVER]
        shared = await async_get_shared(self.hass)
        try:
            await shared.tokens.async_save(str(self.unique_id), self._token)
        except NotDurable:
            return self.async_abort(reason="token_not_saved")
        return self.async_create_entry(
            title=", ".join(name for name in vehicles.values() if name) or "Tesla",
            data={
                "auth_implementation": self._auth_implementation,
                CONF_PROVIDER: self._provider.to_dict(),
                CONF_REGION: self._region,
                CONF_CLIENT_ID: self._client_id,
                CONF_SCOPES: sorted(self._scopes),
                CONF_VEHICLES: vehicles,
                CONF_LEFT_OUT: left_out,
                CONF_RECEIVER: RECEIVER_NEVER if self._receiver == RECEIVER_NEVER else RECEIVER_LATER,
                CONF_SIGNED_IN_AT: shared.clock(),
                CONF_UNFINISHED: list(PARTS),
            },
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go straight on to the receiver, which is a dialogue of its own that can be left and repeated."""
        if self._receiver == RECEIVER_NOW:
            flow = await self.hass.config_entries.flow.async_init(
                DOMAIN,
                context={"source": SOURCE_RECONFIGURE, "entry_id": result["result"].entry_id},
                data={"next_step_id": STEP_TOUR},
            )
            result["next_flow"] = (FlowType.CONFIG_FLOW, flow["flow_id"])
        return result

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer each part of the set-up to be done again."""
        entry = self._get_reconfigure_entry()
        self._provider = provider_of(entry.data)
        self._region = entry.data[CONF_REGION]
        if user_input is not None and user_input.get("next_step_id") == STEP_TOUR:
            return await self.async_step_tour()
        options = [STEP_TOUR, *PARTS, "key", "cars", "region", "sign_in"]
        if entry.data[CONF_RECEIVER] != RECEIVER_NEVER:
            options.append("receiver_off")
        return self.async_show_menu(step_id="reconfigure", menu_options=options)

    async def async_step_sign_in(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Sign in again, to grant more or to change the application."""
        return await self.async_step_pick_implementation()

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin to sign in again because Tesla asks for it."""
        self._provider = provider_of(entry_data)
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Tell why, and go on when the user is ready."""
        if user_input is None:
            return self.async_show_form(step_id="reauth_confirm")
        return await self.async_step_pick_implementation()

    @property
    def _client_id(self) -> str:
        return getattr(self.flow_impl, "client_id", "")

    @property
    def _scopes(self) -> frozenset[str]:
        """What the user granted, as the token of this sign-in says, or else the entry's."""
        if self._claims is not None:
            return self._claims.scopes
        return frozenset(self._get_reconfigure_entry().data[CONF_SCOPES])

    async def _async_list_cars(self) -> dict[str, Vehicle]:
        """Return the account's cars that no other entry has."""
        shared = await async_get_shared(self.hass)
        if self.source == SOURCE_RECONFIGURE:
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
        return {car.vin: car for car in cars if car.vin not in taken}

    def _taken(self) -> set[str]:
        """Return the cars of other entries: each belongs to one only."""
        own = self.context.get("entry_id")
        entries = self.hass.config_entries.async_entries(DOMAIN)
        return {vin for entry in entries if entry.entry_id != own for vin in entry.data[CONF_VEHICLES]}

    @callback
    def _moved(self, base: str) -> None:
        """Learn from the cloud that the account lives in another region than was thought."""
        self._region = next(
            (name for name, known in self._provider.bases.items() if known == base), self._region
        )

    def _cars_schema(self) -> vol.Schema:
        picked = list(self._cars)
        if self.source == SOURCE_RECONFIGURE:
            picked = [vin for vin in self._get_reconfigure_entry().data[CONF_VEHICLES] if vin in self._cars]
        options = [
            SelectOptionDict(value=vin, label=f"{car.name or 'Tesla'} (…{vin[-6:]})")
            for vin, car in self._cars.items()
        ]
        schema: dict[Any, Any] = {
            vol.Required(CONF_VEHICLES, default=picked): vol.All(
                SelectSelector(
                    SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
                ),
                vol.Length(min=1),
            )
        }
        if self.source != SOURCE_RECONFIGURE:
            choices = [RECEIVER_NOW, RECEIVER_LATER, RECEIVER_NEVER]
            schema[vol.Required(CONF_RECEIVER, default=RECEIVER_NOW)] = _choice(choices, CONF_RECEIVER)
        return vol.Schema(schema)


def _choice(options: list[str], translation_key: str) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(options=options, translation_key=translation_key, mode=SelectSelectorMode.LIST)
    )


def _custom_provider(user_input: dict[str, Any]) -> Provider:
    """Build a row of the user's own; reads the authority's file, so it runs in the executor.

    Raises: ProviderInvalid, FileUnreadable
    """
    path = user_input.get("authority_file")
    authority = tls.read_file(path) if path else None
    bases = dict(line.partition("=")[::2] for line in user_input["bases"])
    return providers.custom(
        bases={region.strip(): base.strip() for region, base in bases.items()},
        authorize_url=user_input["authorize_url"],
        token_url=user_input["token_url"],
        trusted_suffixes=user_input.get("trusted_suffixes", ()),
        authority=authority,
    )
