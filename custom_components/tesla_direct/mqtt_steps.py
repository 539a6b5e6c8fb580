"""Pages about a broker: what is published there, and which cars are heard; for entries and subentries."""

from abc import abstractmethod
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult, ConfigSubentryData
from homeassistant.helpers.selector import (
    SelectOptionDict,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
    TextSelector,
    TextSelectorConfig,
)
import probatio as vol

from .broker_steps import LISTEN, AtBrokerSteps
from .cars_flow import choice
from .cars_form import label_of
from .const import CONF_FORM, CONF_LEFT_OUT, CONF_TOPIC, CONF_VEHICLES, SUBENTRY_MQTT
from .strangers import async_cars_were_picked
from .tesla.decode.mqtt import is_base, is_filter, is_vin
from .tesla.source.mqtt import Form, find_cars
from .texts import async_text

# A field of the page about cars.
CONF_OTHERS = "other_vins"
USUAL = "telemetry"  # what the server's own documents take as base topic
FEW = 5  # cars; that many are picked before the user has said anything
LONGEST = 255  # characters of a topic


class BrokerSteps(AtBrokerSteps):
    """Asks for topics, listens there, and shows which cars it has heard."""

    _form = Form.TOPICS
    _topic = USUAL
    _heard: Mapping[str, int] = MappingProxyType({})  # VIN to messages

    @abstractmethod
    async def _async_listened(self) -> ConfigFlowResult:
        """Go on with what was heard."""

    def _topics_in_use(self) -> set[str]:
        """Return the topics that the entry listens to already."""
        entry = self._of_entry
        return set() if entry is None else {one[CONF_TOPIC] for one in topics_of(entry)}

    async def async_step_broker(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask what is published, and where."""
        if await self._async_is_absent("broker"):
            return await self.async_step_broker_absent()
        errors: dict[str, str] = {}
        if user_input is not None:
            self._form = Form(user_input[CONF_FORM])
            self._topic = user_input.get(CONF_TOPIC, "").strip()
            problem = trouble(self._form, self._topic)
            if problem is None and self._topic in self._topics_in_use():
                problem = "topic_in_use"
            if problem is None:
                return await self.async_step_broker_listen()
            errors[CONF_TOPIC] = problem
        schema = vol.Schema(
            {
                vol.Required(CONF_FORM): choice(list(Form), "mqtt_form"),
                vol.Optional(CONF_TOPIC): TextSelector(),
            }
        )
        return self.async_show_form(
            step_id="broker",
            data_schema=self.add_suggested_values_to_schema(
                schema, {CONF_FORM: self._form, CONF_TOPIC: self._topic}
            ),
            errors=errors,
        )

    async def async_step_broker_listen(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Listen for a while."""
        return await self._async_wait_for(
            "broker_listen", self._async_listen, "broker_heard", {"topic": self._topic}
        )

    async def _async_listen(self) -> dict[str, int] | None:
        return await self._async_hear_cars(self._form, self._topic)

    async def _async_hear_cars(self, form: Form, topic: str) -> dict[str, int] | None:
        """Return which cars are heard, and how often; None if there is no MQTT any more."""
        return await self._async_hear(
            lambda subscribe, sleep: find_cars(subscribe, form, topic, LISTEN, sleep)
        )

    async def async_step_broker_heard(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Go on with what was heard."""
        heard = self._done()
        if heard is None:
            return await self.async_step_broker_absent()
        self._heard = heard
        return await self._async_listened()


class BrokerCarSteps(BrokerSteps):
    """Lets the user pick cars that were heard, and type the VINs of those that sleep."""

    _on_page: Mapping[str, str] = MappingProxyType({})  # what the page that is shown has offered

    @abstractmethod
    async def _async_cars_chosen(self, vins: list[str]) -> ConfigFlowResult:
        """Go on with the cars of the page."""

    async def async_step_broker_silent(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say that no car was heard, why that may be, and what can be done."""
        return self.async_show_menu(
            step_id="broker_silent",
            menu_options=["broker_listen", "broker", "broker_cars"],
            description_placeholders={"topic": self._topic},
        )

    async def async_step_broker_cars(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for the cars."""
        errors: dict[str, str] = {}
        if user_input is not None:
            typed = [text.strip().upper() for text in user_input.get(CONF_OTHERS, ())]
            vins = list(dict.fromkeys([*user_input.get(CONF_VEHICLES, ()), *typed]))
            if not all(is_vin(vin) for vin in typed):
                errors[CONF_OTHERS] = "vin_invalid"
            elif not self._taken_elsewhere().isdisjoint(vins):
                errors["base"] = "vin_taken"
            elif not vins:
                errors["base"] = "no_car_picked"
            else:
                return await self._async_cars_chosen(vins)
        return self.async_show_form(
            step_id="broker_cars",
            data_schema=self.add_suggested_values_to_schema(self._broker_schema(), user_input),
            errors=errors,
            description_placeholders={"taken": await self._async_taken()},
        )

    def _broker_schema(self) -> vol.Schema:
        self._on_page = offered = self._candidates()
        fields: dict[Any, Any] = {}
        if offered:
            known = self._vehicles
            # A broker may tell of a whole fleet, of which few are the user's.
            picked = list(known) or (list(offered) if len(offered) <= FEW else [])
            options = [SelectOptionDict(value=vin, label=label) for vin, label in offered.items()]
            cars = SelectSelectorConfig(options=options, multiple=True, mode=SelectSelectorMode.LIST)
            fields[vol.Optional(CONF_VEHICLES, default=picked)] = SelectSelector(cars)
        fields[vol.Optional(CONF_OTHERS)] = TextSelector(TextSelectorConfig(multiple=True))
        return vol.Schema(fields)

    def _candidates(self) -> dict[str, str]:
        """Return the cars to pick from, and what each is called: those of the entry, and those heard."""
        known, taken = self._vehicles, self._taken_elsewhere()
        return {
            vin: label_of(vin, known.get(vin) or self._told(vin))
            for vin in dict.fromkeys([*known, *sorted(self._heard)])
            if vin not in taken
        }

    def _keep_cars(self, entry: ConfigEntry[Any], vins: list[str]) -> None:
        """Have these cars in the entry, and remember which the user has left out."""
        known, offered = self._vehicles, self._on_page
        vehicles = {vin: known.get(vin, "") for vin in vins}
        # What another dialogue has added since the page was shown nobody has left out.
        vehicles |= {vin: name for vin, name in known.items() if vin not in offered}
        left_out = sorted({*entry.data.get(CONF_LEFT_OUT, ()), *offered} - vehicles.keys())
        self.hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_VEHICLES: vehicles, CONF_LEFT_OUT: left_out}
        )
        async_cars_were_picked(self.hass, entry)

    async def _async_taken(self) -> str:
        """Say how many of the cars that were heard belong to other entries."""
        taken = self._taken_elsewhere().intersection(self._heard)
        if not taken:
            return ""
        return (await async_text(self.hass, "broker", "taken")).format(count=len(taken))


def topics_of(entry: ConfigEntry[Any]) -> list[Mapping[str, Any]]:
    """Return what an entry listens to: the data of its subentries of this kind."""
    return [one.data for one in entry.get_subentries_of_type(SUBENTRY_MQTT)]


def trouble(form: Form, topic: str) -> str | None:
    """Return the key of what is wrong with a base topic, or a filter; None if nothing is."""
    if topic.startswith("$"):
        return "topic_of_broker"
    if len(topic) > LONGEST:
        return "topic_invalid"
    if form is Form.RECORDS:
        return None if is_filter(topic) else "filter_invalid"
    if topic.startswith("/") or topic.endswith("/"):
        return "topic_slash"
    if {"+", "#"} & set(topic):
        return "topic_wildcard"
    return None if is_base(topic) else "topic_invalid"


def source_of(form: Form, topic: str) -> ConfigSubentryData:
    """Return a subentry: it is recognised by its topic, so that nothing is listened to twice."""
    return {
        "data": {CONF_FORM: form.value, CONF_TOPIC: topic},
        "subentry_type": SUBENTRY_MQTT,
        "title": f"MQTT ({topic or '/'})",
        "unique_id": f"mqtt:{topic}",
    }
