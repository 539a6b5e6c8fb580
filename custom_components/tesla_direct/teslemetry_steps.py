"""The pages of a sign-in with Teslemetry, in the browser or with a token; for dialogues of whatever kind."""

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowHandler
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig, TextSelectorType
import probatio as vol

from .const import TESLEMETRY_CONSOLE
from .tesla.errors import CertificateError, ProviderInvalid, TeslaError
from .teslemetry_sign_in import SignedIn, TeslemetrySignIn, async_own_server, trouble
from .texts import plain

CONF_ADDRESS = "address"
CONF_AUTHORITY_FILE = "authority_file"
CONF_TOKEN = "token"  # noqa: S105  # a field of a form
EXAMPLE = "https://teslemetry.example.com"  # what an address looks like
TITLE = "Teslemetry"
WAYS = ("teslemetry_account", "teslemetry_token")
SERVER = vol.Schema(
    {vol.Required(CONF_ADDRESS): TextSelector(), vol.Optional(CONF_AUTHORITY_FILE): TextSelector()}
)
TOKEN = vol.Schema(
    {vol.Required(CONF_TOKEN): TextSelector(TextSelectorConfig(type=TextSelectorType.PASSWORD))}
)


class ServiceSignInSteps(FlowHandler[Any, ConfigFlowResult, Any]):
    """Signs in at Teslemetry, or at a server of the user's own that speaks as it does."""

    _sign_in: TeslemetrySignIn
    _came_back: Mapping[str, Any] | None = None  # what the browser has brought from the sign-in page

    @abstractmethod
    async def _async_signed_in_with_teslemetry(self, signed_in: SignedIn) -> ConfigFlowResult:
        """Go on with what a sign-in has brought."""

    async def _async_led_back_to(self) -> str:
        """Return the dialogue that the sign-in page has to lead back to."""
        return self.flow_id

    @callback
    def _has_come_back(self, told: Mapping[str, Any]) -> None:
        """Take what the browser has brought."""
        self._came_back = told

    async def async_step_teslemetry_server(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask for a server of the user's own that speaks as Teslemetry does."""
        errors = {}
        if user_input is not None:
            path = user_input.get(CONF_AUTHORITY_FILE, "")
            try:
                provider = await async_own_server(self.hass, user_input[CONF_ADDRESS], path)
            except ProviderInvalid:
                errors[CONF_ADDRESS] = "address_invalid"
            except CertificateError:
                errors[CONF_AUTHORITY_FILE] = "file_unreadable"
            else:
                self._sign_in = TeslemetrySignIn(self.hass, provider)
                return await self.async_step_teslemetry_own()
        return self.async_show_form(
            step_id="teslemetry_server",
            data_schema=self.add_suggested_values_to_schema(SERVER, user_input),
            errors=errors,
            description_placeholders={"example": EXAMPLE},
        )

    async def async_step_teslemetry_own(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the ways to sign in there."""
        return self.async_show_menu(step_id="teslemetry_own", menu_options=list(WAYS))

    async def async_step_teslemetry_account(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Send the user to the sign-in page."""
        try:
            address = await self._sign_in.async_address(await self._async_led_back_to())
        except TeslaError as error:
            return self._show_try_again(error)
        return self.async_external_step(step_id="teslemetry_auth", url=address)

    async def async_step_teslemetry_auth(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take what the browser brings back; asked without anything, send the user there again."""
        if user_input is None:
            return await self.async_step_teslemetry_account()
        self._has_come_back(user_input)
        return self.async_external_step_done(next_step_id="teslemetry_came_back")

    async def async_step_teslemetry_came_back(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """See what the sign-in has brought."""
        told = self._came_back or {}
        if "code" not in told:
            error = plain(str(told.get("error")))
            return self.async_abort(
                reason="user_rejected_authorize", description_placeholders={"error": error}
            )
        try:
            signed_in = await self._sign_in.async_finish(told)
        except TeslaError as error:
            return self._show_try_again(error)
        return await self._async_signed_in_with_teslemetry(signed_in)

    def _show_try_again(self, error: TeslaError) -> ConfigFlowResult:
        """Say what went wrong; submitting signs in anew."""
        return self.async_show_form(
            step_id="teslemetry_account",
            data_schema=vol.Schema({}),
            errors={"base": trouble(error)},
            description_placeholders={"detail": str(error)},
        )

    async def async_step_teslemetry_token(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for a token."""
        problem, detail = "", ""
        if user_input is not None:
            try:
                signed_in = await self._sign_in.async_enter(user_input[CONF_TOKEN])
            except TeslaError as error:
                problem, detail = trouble(error), str(error)
            else:
                return await self._async_signed_in_with_teslemetry(signed_in)
        return self.async_show_form(
            step_id="teslemetry_token",
            data_schema=TOKEN,
            errors={"base": problem} if problem else {},
            description_placeholders={"console": TESLEMETRY_CONSOLE, "detail": detail},
        )
