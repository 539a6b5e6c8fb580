"""Cars that a broker tells of, in an entry without an account."""

import asyncio
from typing import Any, override

from homeassistant.config_entries import SOURCE_RECONFIGURE, ConfigFlowResult

from .const import CONF_FORM, CONF_TOPIC
from .mqtt_steps import BrokerCarSteps, source_of, topics_of
from .no_account_flow import MQTT_TITLE, WithoutAccountSteps
from .strangers import async_offered_cars
from .tesla.source.mqtt import Form


class MqttSteps(BrokerCarSteps, WithoutAccountSteps):
    """Makes the entry of the cars that a broker tells of, adds topics to it, and changes its cars."""

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
        for found in await asyncio.gather(*(self._async_hear_cars(form, topic) for form, topic in topics)):
            heard |= found or {}
        return heard

    async def async_step_broker_told(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on to the cars, those of the entry among them."""
        self._heard = self._done()
        return await self.async_step_broker_cars()

    @override
    async def _async_cars_chosen(self, vins: list[str]) -> ConfigFlowResult:
        entry, source = self._of_entry, source_of(self._form, self._topic)
        if entry is None:
            left_out = self._candidates().keys() - set(vins)
            return await self._async_make_without_account(
                MQTT_TITLE, dict.fromkeys(vins, ""), left_out, source
            )
        self._keep_cars(entry, vins)
        if self.source == SOURCE_RECONFIGURE:
            return self.async_abort(reason="reconfigure_successful")
        self._add_source(entry, source)
        return self.async_abort(reason="mqtt_added", description_placeholders={"name": entry.title})
