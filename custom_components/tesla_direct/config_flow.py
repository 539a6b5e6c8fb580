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
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
)
from homeassistant.core import callback
from homeassistant.helpers.config_entry_oauth2_flow import (
    AbstractOAuth2Implementation,
    ImplementationUnavailableError,
    async_get_implementations,
)
from homeassistant.helpers.selector import BooleanSelector, TextSelector, TextSelectorConfig
from homeassistant.util.hass_dict import HassKey
import probatio as vol

from .application_credentials import LOCATION, SCOPES, TeslaImplementation
from .cars_flow import choice
from .certificate_steps import async_unverified
from .const import (
    CONF_CLIENT_ID,
    CONF_LOCATION,
    CONF_PROVIDER,
    CONF_PROXY,
    CONF_RECEIVER,
    CONF_REGION,
    CONF_SCOPES,
    CONF_SIGNED_IN_AT,
    CONF_UNFINISHED,
    DOMAIN,
    EXAMPLE_API,
    LOGGER,
    RECEIVER_NEVER,
    SUBENTRY_LEGACY_STREAM,
    SUBENTRY_MQTT,
    SUBENTRY_TESLAMATE,
    SUBENTRY_TESLEMETRY,
)
from .convert_flow import ConvertSteps
from .hosting_flow import HostingSteps
from .hosts import async_ssl_context, provider_of
from .moving_credentials import CredentialSteps
from .moving_flow import MovingSteps
from .mqtt_flow import MqttSteps
from .mqtt_steps import topics_of
from .mqtt_subentry import MqttSubentryFlow
from .myteslamate_flow import speaks_so
from .myteslamate_subentry import LegacyStreamFlow, may_have_legacy_stream
from .options import TeslaDirectOptionsFlow
from .pair_steps import PairSteps
from .profile_flow import ProfilePart
from .proxy_flow import ProxySteps
from .receiver_flow import ReceiverSteps
from .registration_flow import RegistrationSteps
from .shared import async_get_shared
from .sign_ins import SignIn, page_of
from .storage import NotDurable
from .tesla.errors import (
    CertificateError,
    CloudError,
    ProviderInvalid,
    TokenUnavailable,
    WireError,
)
from .tesla.fleet_api import provider as providers
from .tesla.fleet_api.claims import read_claims
from .tesla.fleet_api.oauth import granted
from .tesla.fleet_api.provider import TESLAMATE_STYLE, Provider
from .tesla.fleet_telemetry import tls
from .teslamate_flow import TeslaMateEntrySteps
from .teslamate_subentry import TeslaMateSubentryFlow
from .teslemetry_subentry import CARRIER, CarrierSteps, TeslemetryStreamFlow, may_have_stream
from .tour import TOUR, async_still_to_do, parts_of

# Whoever was sent to enter credentials comes back in a new dialogue, and is not asked twice what for.
SENT_FOR_CREDENTIALS: HassKey[bool] = HassKey(f"{DOMAIN}_sent_for_credentials")


class TeslaDirectFlow(
    HostingSteps,
    RegistrationSteps,
    PairSteps,
    ProxySteps,
    ReceiverSteps,
    ProfilePart,
    ConvertSteps,
    MqttSteps,
    TeslaMateEntrySteps,
    CarrierSteps,
    MovingSteps,
    CredentialSteps,
    domain=DOMAIN,
):
    """The dialogue with the user; nothing lives only in it."""

    DOMAIN = DOMAIN
    VERSION = 1
    MINOR_VERSION = 1

    @property
    @override
    def logger(self) -> logging.Logger:
        return LOGGER

    @staticmethod
    @callback
    @override
    def async_get_options_flow(config_entry: ConfigEntry) -> OptionsFlow:
        return TeslaDirectOptionsFlow()

    @classmethod
    @callback
    @override
    def async_get_supported_subentry_types(
        cls, config_entry: ConfigEntry[Any]
    ) -> dict[str, type[ConfigSubentryFlow]]:
        kinds: dict[str, type[ConfigSubentryFlow]] = {
            SUBENTRY_MQTT: MqttSubentryFlow,
            SUBENTRY_TESLAMATE: TeslaMateSubentryFlow,
        }
        if may_have_stream(config_entry):
            kinds[SUBENTRY_TESLEMETRY] = TeslemetryStreamFlow
        if may_have_legacy_stream(config_entry):
            kinds[SUBENTRY_LEGACY_STREAM] = LegacyStreamFlow
        return kinds

    @override
    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask who is to tell of the cars, and offer to go on with a sign-in that was left."""
        known = await self._async_credentials()
        if await self._async_find_left(known):
            return await self.async_step_sign_in_left()
        if self.hass.data.pop(SENT_FOR_CREDENTIALS, False) and known:
            return await self.async_step_application()
        return self.async_show_menu(
            step_id="user",
            menu_options=[
                "application",
                "teslemetry",
                "myteslamate",
                "teslamate",
                "teslamate_style",
                "broker",
            ],
        )

    async def async_step_application(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask where the user's own application is: at Tesla, at Tesla China, or elsewhere."""
        if user_input is not None:
            self._location = user_input[CONF_LOCATION]
            if user_input[CONF_PROVIDER] == providers.CUSTOM:
                return await self.async_step_custom()
            self._provider = providers.named(user_input[CONF_PROVIDER])
            return await self.async_step_pick_implementation()
        if not await self._async_credentials():
            if self._fleet_credentials:
                return await self.async_step_credentials_found()
            return await self.async_step_credentials_enter()
        rows = [*providers.ROWS, providers.CUSTOM]
        return self.async_show_form(
            step_id="application",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_PROVIDER, default=rows[0]): choice(rows, CONF_PROVIDER),
                    vol.Required(CONF_LOCATION, default=True): BooleanSelector(),
                }
            ),
        )

    async def async_step_credentials_enter(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Have credentials entered, which is done elsewhere."""
        if self.source == SOURCE_RECONFIGURE:  # whoever enters them would come back to a new entry
            return self.async_abort(reason="convert_credentials")
        self.hass.data[SENT_FOR_CREDENTIALS] = True
        return await self.async_step_pick_implementation()  # which says so, and has them entered

    async def _async_credentials(self) -> dict[str, AbstractOAuth2Implementation]:
        try:
            return await async_get_implementations(self.hass, DOMAIN)
        except ImplementationUnavailableError:
            return {}

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
            description_placeholders={"example": f"eu={EXAMPLE_API}"},
        )

    @override
    async def async_step_auth(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Send the user to the sign-in page of the chosen hosts."""
        if user_input is None and isinstance(self.flow_impl, TeslaImplementation):
            context = await async_ssl_context(self.hass, self._provider)
            scopes = tuple(scope for scope in SCOPES if self._location or scope != LOCATION)
            self.flow_impl.choose(self._provider, context, scopes)
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
        if self.source in (SOURCE_REAUTH, SOURCE_RECONFIGURE) and not self._converting:
            await self.async_set_unique_id(self._claims.subject, raise_on_progress=False)
            return await self._async_signed_in_again(data["auth_implementation"])
        return await self._async_signed_in(
            SignIn(
                token=self._token,
                claims=self._claims,
                provider=self._provider,
                auth_implementation=data["auth_implementation"],
            )
        )

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
                CONF_UNFINISHED: async_still_to_do(self.hass, entry, self._client_id),
            },
        )

    @override
    async def async_on_create_entry(self, result: ConfigFlowResult) -> ConfigFlowResult:
        """Go straight on to the tour, which is a dialogue of its own that can be left and taken up again."""
        if not result["data"][CONF_UNFINISHED]:
            return result
        flow = await self.hass.config_entries.flow.async_init(
            DOMAIN,
            context={"source": SOURCE_RECONFIGURE, "entry_id": result["result"].entry_id},
            data={"next_step_id": TOUR},
        )
        result["next_flow"] = (FlowType.CONFIG_FLOW, flow["flow_id"])
        return result

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer each part of the set-up to be done again."""
        if user_input is not None and user_input.get("next_step_id") == CARRIER:
            return await self.async_step_stream_sign_in(user_input)
        entry = self._get_reconfigure_entry()
        self._provider = provider_of(entry.data)
        self._region = entry.data[CONF_REGION]
        options = [*self._options(entry), *self._moving_options()]
        if user_input is not None and (step := user_input.get("next_step_id")) in options:
            result: ConfigFlowResult = await getattr(self, f"async_step_{step}")()
            return result
        return self.async_show_menu(
            step_id="reconfigure",
            menu_options=options,
            description_placeholders={"unverified": await async_unverified(self.hass, self._provider)},
        )

    def _options(self, entry: ConfigEntry[Any]) -> list[str]:
        """Return what can be changed of an entry, by who answers for it."""
        if self._provider.name == providers.NONE.name:
            # Which cars a TeslaMate tells of is asked where that is reconfigured.
            heard = topics_of(entry) or not entry.subentries
            return [*(["broker_more"] if heard else []), "convert"]
        parts = [TOUR, *parts_of(entry.data)]
        if not self._provider.own_application:
            return [*parts, *self._options_of_service()]
        off = [] if entry.data[CONF_RECEIVER] == RECEIVER_NEVER else ["receiver_off"]
        key = [] if CONF_PROXY in entry.data else ["key"]
        return [*parts, "proxy", *key, "region", "sign_in", *off]

    def _options_of_service(self) -> list[str]:
        """Return what can be changed of an account with a service."""
        again = page_of(self._provider)
        if not speaks_so(self._provider):
            return [again]
        streams = [] if self._provider.stream is None else ["legacy_stream_again"]
        styled = ["teslamate_style"] if self._provider.name == TESLAMATE_STYLE else []
        return [*streams, again, *styled, "hosts_again"]

    async def async_step_sign_in(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Sign in again, to grant more or less, or to change the application."""
        if user_input is not None:
            self._location = user_input[CONF_LOCATION]
            return await self.async_step_pick_implementation()
        granted_before = LOCATION in self._scopes
        return self.async_show_form(
            step_id="sign_in",
            data_schema=vol.Schema({vol.Required(CONF_LOCATION, default=granted_before): BooleanSelector()}),
        )

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin to sign in again because Tesla asks for it."""
        self._provider = provider_of(entry_data)
        if not self._provider.own_application:
            result: ConfigFlowResult = await getattr(self, f"async_step_{page_of(self._provider)}")()
            return result
        self._location = LOCATION in entry_data[CONF_SCOPES]
        return await self.async_step_reauth_confirm()

    async def async_step_reauth_confirm(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Tell why, and go on when the user is ready."""
        if user_input is None:
            return self.async_show_form(step_id="reauth_confirm")
        return await self.async_step_pick_implementation()


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
