"""Set up: choose hosts, sign in, confirm the region, pick the cars. What follows can be repeated any time."""

from collections.abc import Mapping
import logging
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlowResult,
    ConfigSubentryFlow,
    FlowType,
    OptionsFlow,
)
from homeassistant.core import callback

from .application_credentials import LOCATION
from .application_flow import SENT_FOR_CREDENTIALS, ApplicationSteps
from .certificate_steps import async_unverified
from .const import (
    CONF_PROXY,
    CONF_RECEIVER,
    CONF_REGION,
    CONF_SCOPES,
    CONF_UNFINISHED,
    DOMAIN,
    LOGGER,
    RECEIVER_NEVER,
    SUBENTRY_LEGACY_STREAM,
    SUBENTRY_MQTT,
    SUBENTRY_TESLAMATE,
    SUBENTRY_TESLEMETRY,
)
from .hosting_flow import HostingSteps
from .hosts import provider_of
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
from .sign_ins import page_of
from .tesla.fleet_api import provider as providers
from .tesla.fleet_api.provider import TESLAMATE_STYLE
from .teslamate_flow import TeslaMateEntrySteps
from .teslamate_subentry import TeslaMateSubentryFlow
from .teslemetry_subentry import CARRIER, CarrierSteps, TeslemetryStreamFlow, may_have_stream
from .tour import TOUR, parts_of


class TeslaDirectFlow(
    HostingSteps,
    RegistrationSteps,
    PairSteps,
    ProxySteps,
    ReceiverSteps,
    ProfilePart,
    ApplicationSteps,
    MqttSteps,
    TeslaMateEntrySteps,
    CarrierSteps,
    MovingSteps,
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

    async def async_step_reauth(self, entry_data: Mapping[str, Any]) -> ConfigFlowResult:
        """Begin to sign in again because Tesla asks for it."""
        self._provider = provider_of(entry_data)
        if not self._provider.own_application:
            result: ConfigFlowResult = await getattr(self, f"async_step_{page_of(self._provider)}")()
            return result
        self._location = LOCATION in entry_data[CONF_SCOPES]
        return await self.async_step_reauth_confirm()
