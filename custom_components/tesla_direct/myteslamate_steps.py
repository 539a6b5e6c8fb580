"""The pages of a sign-in with MyTeslaMate, or with a server that speaks as it does; for all dialogues."""

from abc import abstractmethod
import ssl
from typing import Any, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
import probatio as vol

from .certificate_steps import CertificateSteps, addresses_of
from .const import EXAMPLE_API, EXAMPLE_STREAM
from .myteslamate_sign_in import Entered, SignedIn, async_sign_in, detail_of, trouble
from .proxy_flow import CONF_AUTHORITY_FILE, authority_in
from .tesla.errors import FileUnreadable, ProviderInvalid, SettingsInvalid, TeslaError
from .tesla.fleet_api import provider as providers
from .tesla.fleet_api.provider import MYTESLAMATE, Provider
from .tesla.fleet_api.teslamate_settings import DEFAULT_CLIENT, plain_token
from .texts import async_text

CONF_ADDRESS = "address"
CONF_REFRESH_TOKEN = "refresh_token"  # noqa: S105  # a field of a form
CONF_STREAM = "stream"
CONF_TOKEN = "token"  # noqa: S105  # the same
TITLE = "MyTeslaMate"
SECRET = TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))
TOKEN = vol.Schema({vol.Required(CONF_TOKEN): SECRET, vol.Optional(CONF_REFRESH_TOKEN): SECRET})
SERVER = vol.Schema(
    {
        vol.Required(CONF_ADDRESS): TextSelector(),
        vol.Optional(CONF_STREAM): TextSelector(),
        vol.Optional(CONF_AUTHORITY_FILE): TextSelector(),
    }
)


class TokenSteps(CertificateSteps):
    """Asks for a token, sees who is at the service's hosts, and only then tells them."""

    _service: Provider = MYTESLAMATE
    _entered: Entered | None = None
    _renewed_for = DEFAULT_CLIENT

    @abstractmethod
    async def _async_met(self, signed_in: SignedIn) -> ConfigFlowResult:
        """Go on with what a sign-in has brought."""

    async def async_step_myteslamate_server(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a server of the user's own that speaks as MyTeslaMate does."""
        errors: dict[str, str] = {}
        if user_input is not None:
            authority = await self._async_authority(user_input, errors)
            try:
                stream = user_input.get(CONF_STREAM) or None
                self._service = providers.myteslamate(user_input[CONF_ADDRESS], stream, authority)
            except ProviderInvalid as error:
                errors[error.field] = (
                    "stream_address_invalid" if error.field == CONF_STREAM else "address_invalid"
                )
            if not errors:
                return await self.async_step_myteslamate_token()
        return self.async_show_form(
            step_id="myteslamate_server",
            data_schema=self.add_suggested_values_to_schema(SERVER, user_input),
            errors=errors,
            description_placeholders={"example": EXAMPLE_API, "stream": EXAMPLE_STREAM},
        )

    async def _async_authority(self, user_input: dict[str, Any], errors: dict[str, str]) -> str | None:
        """Return the certificates of the file that was named; what is wrong with it stands in `errors`."""
        if path := user_input.get(CONF_AUTHORITY_FILE):
            try:
                return await self.hass.async_add_executor_job(authority_in, path)
            except FileUnreadable, ssl.SSLError:
                errors[CONF_AUTHORITY_FILE] = "file_unreadable"
        return None

    async def async_step_myteslamate_token(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a token, in any of the forms in which TeslaMate takes it."""
        if user_input is None:
            return await self._async_show_token()
        try:
            self._entered = self._enter(user_input, user_input[CONF_TOKEN])
        except SettingsInvalid:
            return await self._async_show_token("service_refused")
        return await self.async_step_hosts_look()

    def _enter(self, user_input: dict[str, Any], token: str) -> Entered:
        """Return what was entered; a token of either kind may come with what settings put around it.

        Raises: SettingsInvalid
        """
        refresh, plain = user_input.get(CONF_REFRESH_TOKEN, "").strip(), plain_token(token)
        try:
            refresh = plain_token(refresh) if refresh else ""
        except SettingsInvalid as error:
            raise SettingsInvalid(CONF_REFRESH_TOKEN, error.reason) from None
        return Entered(token=plain, refresh_token=refresh, client_id=self._renewed_for)

    @override
    async def _async_believed(self) -> ConfigFlowResult:
        """Sign in."""
        assert self._entered is not None  # noqa: S101  # it was asked for first
        try:
            signed_in = await async_sign_in(self.hass, self._service, self._entered)
        except TeslaError as error:
            return await self._async_show_again(error)
        return await self._async_met(signed_in)

    async def _async_show_again(self, error: TeslaError) -> ConfigFlowResult:
        """Say what went wrong where the token was entered."""
        return await self._async_show_token(trouble(error), detail_of(error))

    async def _async_show_token(self, problem: str = "", detail: str = "") -> ConfigFlowResult:
        own, where = self._service.bases == MYTESLAMATE.bases, ""
        if own:
            where = (await async_text(self.hass, "myteslamate", "token")).format(page=MYTESLAMATE.pairing)
        return self.async_show_form(
            step_id="myteslamate_token",
            data_schema=TOKEN,
            errors={"base": problem} if problem else {},
            description_placeholders={
                "where": where,
                "addresses": ", ".join(f"`{address}`" for _, address in addresses_of(self._service)),
                "detail": f"({detail})" if detail else "",
            },
        )
