"""Teslemetry's stream beside another provider, and how a browser comes back to the dialogue about it."""

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, override

from homeassistant.config_entries import (
    SOURCE_RECONFIGURE,
    ConfigEntry,
    ConfigFlow,
    ConfigFlowContext,
    ConfigFlowResult,
)
from homeassistant.core import callback
from homeassistant.data_entry_flow import UnknownFlow

from .const import CONF_ACCOUNT, CONF_PROVIDER, DOMAIN, TESLEMETRY_SITE
from .hosts import provider_of
from .service_subentry import ServiceSubentryFlow
from .tesla.fleet_api.provider import TESLEMETRY
from .tesla.vehicle.sources import SSE
from .teslemetry_sign_in import SignedIn, TeslemetrySignIn
from .teslemetry_steps import TITLE, WAYS, ServiceSignInSteps

CARRIER = "stream_sign_in"


@callback
def may_have_stream(entry: ConfigEntry[Any]) -> bool:
    """Return whether the stream can be added to an entry: not where it is there by itself."""
    return SSE not in provider_of(entry.data).streams


class TeslemetryStreamFlow(ServiceSignInSteps, ServiceSubentryFlow):
    """Signs in with Teslemetry for the stream of an entry's cars."""

    _carrier: str | None = None  # the dialogue that it leads back to

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the ways to sign in."""
        self._sign_in = TeslemetrySignIn(self.hass, TESLEMETRY)
        return self.async_show_menu(
            step_id="user",
            menu_options=[*WAYS, "teslemetry_server"],
            description_placeholders={"site": TESLEMETRY_SITE},
        )

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer them once more, with the account of the stream and where it is."""
        self._sign_in = TeslemetrySignIn(self.hass, provider_of(self._get_reconfigure_subentry().data))
        return self.async_show_menu(step_id="reconfigure", menu_options=list(WAYS))

    @override
    async def _async_led_back_to(self) -> str:
        """Return the dialogue that the sign-in page has to lead back to.

        Home Assistant hands on what a browser brings back to dialogues about entries only.
        """
        if self._carrier is None:
            carrier = await self.hass.config_entries.flow.async_init(
                DOMAIN,
                context=ConfigFlowContext(source=SOURCE_RECONFIGURE, entry_id=self._entry_id),
                data={"next_step_id": CARRIER, "flow_id": self.flow_id},
            )
            self._carrier = carrier["flow_id"]
        return self._carrier

    @callback
    @override
    def _has_come_back(self, told: Mapping[str, Any]) -> None:
        """Take what the browser has brought; its way back is used up."""
        super()._has_come_back(told)
        self._carrier = None

    @override
    async def _async_signed_in_with_teslemetry(self, signed_in: SignedIn) -> ConfigFlowResult:
        """Keep the sign-in, if it is of use for the entry's cars."""
        account, before = signed_in.metadata.uid, self._changed
        same = before is not None and before.data[CONF_ACCOUNT] == account
        self._abort_if_of_no_use(account, signed_in.metadata.vehicles.keys(), same=same)
        service = {CONF_PROVIDER: self._sign_in.provider.to_dict()}
        return await self._async_keep_sign_in(TITLE, account, signed_in, service)

    @callback
    @override
    def async_remove(self) -> None:
        """Take the carrier along."""
        if self._carrier is not None:
            with suppress(UnknownFlow):  # it has come back, or was closed
                self.hass.config_entries.flow.async_abort(self._carrier)
        super().async_remove()


class CarrierSteps(ConfigFlow):
    """Waits for what a sign-in page brings back, and hands it on to the dialogue about a subentry."""

    _carried_to = ""

    async def async_step_stream_sign_in(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Wait; nobody sees this page."""
        told = user_input or {}
        if "flow_id" in told:
            self._carried_to = told["flow_id"]
        if "state" not in told:
            return self.async_external_step(step_id=CARRIER, url="")
        with suppress(UnknownFlow):  # it was closed meanwhile
            await self.hass.config_entries.subentries.async_configure(self._carried_to, dict(told))
        # Nobody turns this page; and while a dialogue about an entry is open, Home Assistant begins none in
        # which to sign in again.
        self.hass.async_create_task(self._async_end(), "tesla_direct ends a carrier", eager_start=False)
        return self.async_external_step_done(next_step_id="stream_carried")

    async def _async_end(self) -> None:
        with suppress(UnknownFlow):  # it was closed
            await self.hass.config_entries.flow.async_configure(self.flow_id)

    async def async_step_stream_carried(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """End: what follows is shown in the other dialogue."""
        return self.async_abort(reason="stream_carried")
