"""Signing in with an application of the user's own: its credentials, whose hosts it is for, and the token.

Entering credentials is Home Assistant's own business, from which the user comes back to a new dialogue.
"""

from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_REAUTH,
    SOURCE_RECONFIGURE,
    ConfigEntryState,
    ConfigFlowResult,
)
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
from .const import (
    CONF_CLIENT_ID,
    CONF_LOCATION,
    CONF_PROVIDER,
    CONF_SCOPES,
    CONF_SIGNED_IN_AT,
    CONF_UNFINISHED,
    DOMAIN,
    EXAMPLE_API,
    LOGGER,
)
from .convert_flow import ConvertSteps
from .hosts import async_ssl_context
from .moving_credentials import CredentialSteps
from .shared import async_get_shared
from .sign_ins import SignIn
from .storage import NotDurable
from .tesla.errors import CertificateError, CloudError, ProviderInvalid, TokenUnavailable, WireError
from .tesla.fleet_api import provider as providers
from .tesla.fleet_api.claims import read_claims
from .tesla.fleet_api.oauth import granted
from .tesla.fleet_api.provider import Provider
from .tesla.fleet_telemetry import tls
from .tour import async_still_to_do

# Whoever was sent to enter credentials comes back in a new dialogue, and is not asked twice what for.
SENT_FOR_CREDENTIALS: HassKey[bool] = HassKey(f"{DOMAIN}_sent_for_credentials")


class ApplicationSteps(ConvertSteps, CredentialSteps):
    """Signs in, for a new entry or for one that is there."""

    @override
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
