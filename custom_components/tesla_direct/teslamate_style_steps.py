"""The pages of addresses of the user's own, as TeslaMate is told them: pasted, or one by one."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, override

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import TextSelector, TextSelectorConfig
import probatio as vol

from .cars_flow import choice
from .const import EXAMPLE_API, EXAMPLE_STREAM
from .myteslamate_sign_in import detail_of, trouble
from .myteslamate_steps import CONF_REFRESH_TOKEN, CONF_STREAM, CONF_TOKEN, SECRET, TokenSteps
from .proxy_flow import CONF_AUTHORITY_FILE
from .tesla.errors import SettingsInvalid, TeslaError
from .tesla.fleet_api import teslamate_settings as variables
from .tesla.fleet_api.addresses import BY_ID, BY_VIN, PUBLIC, Certificates
from .tesla.fleet_api.provider import ANYWHERE, Provider
from .tesla.fleet_api.teslamate_settings import Settings, read_settings, settings_of
from .texts import async_text, plain

CONF_API = "api"
CONF_CLIENT_ID = "client_id"
CONF_RENEWAL = "renewal"
CONF_SETTINGS = "settings"
CONF_TAG = "tag"
EXAMPLE_RENEWAL = "https://auth.example.com/oauth2/v3"
RENEWED = "/token"  # what TeslaMate appends
PASTED = vol.Schema({vol.Required(CONF_SETTINGS): TextSelector(TextSelectorConfig(multiline=True))})
# Which field stands for which variable.
FIELDS: Mapping[str, str] = MappingProxyType(
    {
        variables.API_HOST: CONF_API,
        variables.AUTH_HOST: CONF_RENEWAL,
        variables.AUTH_PATH: CONF_RENEWAL,
        variables.CLIENT_ID: CONF_CLIENT_ID,
        variables.STREAM_HOST: CONF_STREAM,
        variables.TOKEN: CONF_TOKEN,
        CONF_REFRESH_TOKEN: CONF_REFRESH_TOKEN,  # which TeslaMate has no variable for
    }
)


class TeslaMateStyleSteps(TokenSteps):
    """Asks where API, renewal and stream are."""

    _pasted: Settings | None = None
    _typed: Mapping[str, Any] | None = None  # what the form was left with, but for secrets
    _only_stream = False  # whether a stream is enough, without an API

    async def async_step_teslamate_style(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer both ways to say it."""
        return self.async_show_menu(
            step_id="teslamate_style", menu_options=["teslamate_paste", "teslamate_fields"]
        )

    async def async_step_teslamate_paste(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Take TeslaMate's settings as they are; the form that follows shows what was made of them."""
        errors, variable = {}, ""
        if user_input is not None:
            try:
                self._pasted = read_settings(user_input[CONF_SETTINGS], only_stream=self._only_stream)
            except SettingsInvalid as error:
                errors[CONF_SETTINGS], variable = f"setting_{error.reason}", error.field
            else:
                self._typed = _fields_of(self._pasted)
                return await self.async_step_teslamate_fields()
        return self.async_show_form(
            step_id="teslamate_paste",
            data_schema=PASTED,  # what was pasted may hold a token, and is not shown again
            errors=errors,
            description_placeholders={"variable": f"`{variable}`" if variable else ""},
        )

    async def async_step_teslamate_fields(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for each setting by itself; what is known is filled in."""
        if user_input is None:
            return await self._async_show_fields({})
        secrets = {CONF_TOKEN, CONF_REFRESH_TOKEN}
        self._typed = {name: value for name, value in user_input.items() if name not in secrets}
        errors: dict[str, str] = {}
        authority = await self._async_authority(user_input, errors)
        try:
            settings = settings_of(_variables(user_input), only_stream=self._only_stream)
            self._renewed_for = settings.client_id
            pasted = self._pasted.token if self._pasted is not None else ""
            self._entered = self._enter(user_input, user_input.get(CONF_TOKEN) or pasted)
        except SettingsInvalid as error:
            errors[FIELDS[error.field]] = f"setting_{error.reason}"
        else:
            self._service = self._row_of(settings, authority)
            errors |= self._lacks(settings)
        if errors:
            return await self._async_show_fields(errors)
        return await self.async_step_hosts_look()

    def _lacks(self, settings: Settings) -> dict[str, str]:
        """Return what else has to be entered, where only a stream is wanted."""
        if self._only_stream and self._service.stream is None:
            return {CONF_STREAM: "setting_no_stream"}
        if not settings.api and settings.tag == BY_ID:
            return {CONF_TAG: "setting_no_numbers"}
        return {}

    def _row_of(self, settings: Settings, authority: str | None) -> Provider:
        """Return who answers there; who was believed at an address stays so, unless a file says otherwise."""
        if authority is not None:
            return settings.row(Certificates(authority=authority))
        before, stream = self._service, self._service.stream
        same = settings.api in before.bases.values()
        same_stream = stream is not None and stream.url == settings.stream
        return settings.row(
            before.certificates if same else PUBLIC,
            stream.certificates if stream is not None and same_stream else PUBLIC,
        )

    @property
    @override
    def _ways_back(self) -> list[str]:
        return ["teslamate_fields"] if self._typed is not None else []

    @override
    async def _async_show_again(self, error: TeslaError) -> ConfigFlowResult:
        if self._typed is None:
            return await super()._async_show_again(error)
        return await self._async_show_fields({"base": trouble(error)}, detail_of(error))

    async def _async_show_fields(self, errors: dict[str, str], detail: str = "") -> ConfigFlowResult:
        """Show the form with what is known, and what was made of pasted settings."""
        required = vol.Optional if self._pasted is not None and self._pasted.token else vol.Required
        schema = vol.Schema(
            {
                (vol.Optional if self._only_stream else vol.Required)(CONF_API): TextSelector(),
                vol.Optional(CONF_STREAM): TextSelector(),
                vol.Required(CONF_TAG, default=BY_VIN): choice([BY_VIN, BY_ID], "stream_tag"),
                required(CONF_TOKEN): SECRET,
                vol.Optional(CONF_REFRESH_TOKEN): SECRET,
                vol.Optional(CONF_RENEWAL): TextSelector(),
                vol.Optional(CONF_CLIENT_ID): TextSelector(),
                vol.Optional(CONF_AUTHORITY_FILE): TextSelector(),
            }
        )
        typed = self._fields_so_far() if self._typed is None else self._typed
        return self.async_show_form(
            step_id="teslamate_fields",
            data_schema=self.add_suggested_values_to_schema(schema, typed),
            errors=errors,
            description_placeholders={
                "made_of_it": await self._async_made_of_it(),
                "detail": f"({detail})" if detail else "",
                "api": EXAMPLE_API,
                "renewal": EXAMPLE_RENEWAL,
                "stream": EXAMPLE_STREAM,
            },
        )

    def _fields_so_far(self) -> dict[str, Any]:
        """Return what the fields are to hold before anything was entered."""
        return {}

    async def _async_made_of_it(self) -> str:
        """Return what was put right of pasted settings, and what was left aside."""
        if self._pasted is None:
            return ""
        told = {
            "corrected": self._pasted.corrected,
            "ignored": self._pasted.ignored,
            "any_certificate": (variables.ACCEPT_INVALID,) if self._pasted.accepts_any_certificate else (),
        }
        lines = [
            (await async_text(self.hass, "teslamate_settings", what)).format(
                variables=", ".join(f"`{plain(name)}`" for name in names)
            )
            for what, names in told.items()
            if names
        ]
        return "\n\n".join(lines)


def fields_of(service: Provider, client_id: str) -> dict[str, Any]:
    """Return what the form holds of a service that is set up."""
    stream = service.stream
    return {
        CONF_API: service.bases.get(ANYWHERE, ""),
        CONF_RENEWAL: service.token_url,
        CONF_CLIENT_ID: client_id,
        CONF_STREAM: "" if stream is None else stream.url,
        CONF_TAG: BY_VIN if stream is None else stream.tag,
    }


def _fields_of(settings: Settings) -> dict[str, Any]:
    """Return what the form holds of settings that were read."""
    return {
        CONF_API: settings.api,
        CONF_RENEWAL: settings.renewal,
        CONF_CLIENT_ID: settings.client_id,
        CONF_STREAM: settings.stream or "",
        CONF_TAG: settings.tag,
    }


def _variables(fields: Mapping[str, Any]) -> dict[str, str]:
    """Return what was entered field by field, by TeslaMate's names of it."""
    renewal = str(fields.get(CONF_RENEWAL, "")).strip().rstrip("/").removesuffix(RENEWED)
    scheme, apart, rest = renewal.rpartition("://")
    host, slash, path = rest.partition("/")
    return {
        variables.API_HOST: fields.get(CONF_API, ""),
        variables.AUTH_HOST: f"{scheme}{apart}{host}",
        variables.AUTH_PATH: f"{slash}{path}",
        variables.CLIENT_ID: fields.get(CONF_CLIENT_ID, ""),
        variables.STREAM_HOST: fields.get(CONF_STREAM, ""),
        variables.USE_VIN: "true" if fields[CONF_TAG] == BY_VIN else "",
    }
