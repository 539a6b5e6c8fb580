"""A broker as one more source of an entry's cars, whoever answers for them."""

from typing import Any, override

from homeassistant.config_entries import ConfigFlowResult

from .broker_subentry import AtBrokerSubentryFlow
from .const import CONF_FORM, CONF_TOPIC
from .mqtt_steps import BrokerCarSteps, source_of
from .tesla.source.mqtt import Form
from .texts import async_text


class MqttSubentryFlow(BrokerCarSteps, AtBrokerSubentryFlow):
    """Adds topics of a broker to an entry, or changes them; the cars are the entry's."""

    async def async_step_user(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Begin."""
        return await self.async_step_broker()

    async def async_step_reconfigure(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Begin with what is set up."""
        data = self._get_reconfigure_subentry().data
        self._form, self._topic = Form(data[CONF_FORM]), data[CONF_TOPIC]
        return await self.async_step_broker()

    @override
    def _topics_in_use(self) -> set[str]:
        in_use = super()._topics_in_use()
        if self._changed is not None:
            in_use.discard(self._changed.data[CONF_TOPIC])
        return in_use

    @override
    async def _async_listened(self) -> ConfigFlowResult:
        if self._alone:
            return await (self.async_step_broker_cars() if self._heard else self.async_step_broker_silent())
        return await self.async_step_broker_found()

    async def async_step_broker_found(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say which cars of the entry were heard, and how many others are; nobody has to wait for them."""
        offered = self._candidates()
        listed = [
            f"- {await self._async_heard('heard' if vin in self._heard else 'unheard', offered[vin])}"
            for vin in self._vehicles
        ]
        others = len(self._heard.keys() - self._vehicles.keys())
        return self.async_show_menu(
            step_id="broker_found",
            menu_options=["broker_keep", "broker_listen", "broker"],
            description_placeholders={
                "topic": self._topic,
                "cars": "\n".join(listed),
                "others": str(others),
            },
        )

    async def _async_heard(self, how: str, car: str) -> str:
        return (await async_text(self.hass, "broker", how)).format(car=car)

    async def async_step_broker_keep(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Keep what was asked for, whether or not a car was heard just now."""
        return self._keep(source_of(self._form, self._topic))

    @override
    async def _async_cars_chosen(self, vins: list[str]) -> ConfigFlowResult:
        self._keep_cars(self._of_entry, vins)
        return self._keep(source_of(self._form, self._topic))
