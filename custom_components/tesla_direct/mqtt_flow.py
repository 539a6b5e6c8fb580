"""An entry without an account: its cars are known from a broker alone. It costs nothing, and asks nobody."""

import asyncio
from types import MappingProxyType
from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigEntry, ConfigFlowResult, ConfigSubentry
from homeassistant.core import HomeAssistant, callback

from .const import (
    CONF_CLIENT_ID,
    CONF_FORM,
    CONF_LEFT_OUT,
    CONF_PROVIDER,
    CONF_RECEIVER,
    CONF_REGION,
    CONF_SCOPES,
    CONF_SIGNED_IN_AT,
    CONF_TOPIC,
    CONF_UNFINISHED,
    CONF_VEHICLES,
    DOMAIN,
    RECEIVER_NEVER,
    SUBENTRY_MQTT,
)
from .mqtt_steps import BrokerCarSteps, subentry_of, title_of, topics_of, unique_id_of
from .strangers import async_offered_cars
from .tesla.fleet_api.provider import NONE
from .tesla.source.mqtt import Form
from .tour import TourSteps

TITLE = "MQTT"
SCOPES = ("vehicle_device_data", "vehicle_location")  # a broker tells all that cars stream


class MqttSteps(BrokerCarSteps, TourSteps):
    """Makes the entry of the cars that a broker tells of, adds topics to it, and changes its cars."""

    @property
    @override
    def _of_entry(self) -> ConfigEntry[Any] | None:
        if self.source == SOURCE_RECONFIGURE:
            return self._get_reconfigure_entry()
        return entry_without_account(self.hass)

    @override
    async def _async_listened(self) -> ConfigFlowResult:
        return await (self.async_step_broker_cars() if self._heard else self.async_step_broker_silent())

    async def async_step_broker_more(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Listen once more, to all topics of the entry."""
        return await self._async_wait_for("broker_more", self._async_listen_again, "broker_told")

    async def _async_listen_again(self) -> dict[str, int]:
        entry = self._get_reconfigure_entry()
        topics = [(Form(one[CONF_FORM]), one[CONF_TOPIC]) for one in topics_of(entry)]
        heard = dict.fromkeys(async_offered_cars(self.hass, entry), 0)
        for found in await asyncio.gather(*(self._async_hear(form, topic) for form, topic in topics)):
            heard |= found or {}
        return heard

    async def async_step_broker_told(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on to the cars, those of the entry among them."""
        self._heard = self._done()
        return await self.async_step_broker_cars()

    @override
    async def _async_cars_chosen(self, vins: list[str]) -> ConfigFlowResult:
        entry = self._of_entry
        if entry is None:
            return await self._async_make_without_account(vins)
        self._keep_cars(entry, vins)
        if self.source == SOURCE_RECONFIGURE:
            return self.async_abort(reason="reconfigure_successful")
        # There is one entry of this kind, and what was asked for is added to it.
        subentry = ConfigSubentry(
            data=MappingProxyType(subentry_of(self._form, self._topic)),
            subentry_type=SUBENTRY_MQTT,
            title=title_of(self._topic),
            unique_id=unique_id_of(self._topic),
        )
        self.hass.config_entries.async_add_subentry(entry, subentry)
        return self.async_abort(reason="mqtt_added", description_placeholders={"name": entry.title})

    async def _async_make_without_account(self, vins: list[str]) -> ConfigFlowResult:
        await self.async_set_unique_id(NONE.name, raise_on_progress=False)
        self._abort_if_unique_id_configured()
        return self.async_create_entry(
            title=TITLE,
            data={
                CONF_PROVIDER: NONE.to_dict(),
                CONF_REGION: "",
                CONF_CLIENT_ID: NONE.name,
                CONF_SCOPES: list(SCOPES),
                CONF_VEHICLES: dict.fromkeys(vins, ""),
                CONF_LEFT_OUT: sorted(self._candidates().keys() - set(vins)),
                CONF_RECEIVER: RECEIVER_NEVER,
                CONF_SIGNED_IN_AT: 0.0,
                CONF_UNFINISHED: [],
            },
            subentries=[
                {
                    "data": subentry_of(self._form, self._topic),
                    "subentry_type": SUBENTRY_MQTT,
                    "title": title_of(self._topic),
                    "unique_id": unique_id_of(self._topic),
                }
            ],
        )


@callback
def entry_without_account(hass: HomeAssistant) -> ConfigEntry[Any] | None:
    """Return the entry whose cars are known from a broker alone, if there is one."""
    return hass.config_entries.async_entry_for_domain_unique_id(DOMAIN, NONE.name)
