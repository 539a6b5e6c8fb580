"""What dialogues about topics of a broker share, whatever is published there; for entries and subentries."""

from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult
from homeassistant.helpers import device_registry as dr

from .broker import MQTT, async_subscriber, async_wait
from .cars_form import taken_cars
from .const import CONF_VEHICLES, DOMAIN
from .shared import async_get_shared
from .tesla.source.broker import Subscribe
from .texts import async_text
from .waiting import WaitingSteps

LISTEN = 10.0  # seconds; a car that is awake tells something every few


class AtBrokerSteps(WaitingSteps):
    """Listens through Home Assistant's own MQTT, and knows which cars are whose."""

    _listens_from = "broker"  # the page that leads to listening

    @property
    @abstractmethod
    def _of_entry(self) -> ConfigEntry[Any] | None:
        """The entry that gets what is found, None if it is still to be made."""

    async def _async_is_absent(self, page: str) -> bool:
        """Tell whether there is no broker to listen at; who puts that right comes back to this page."""
        self._listens_from = page
        return not await async_wait(self.hass)

    async def async_step_broker_absent(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what is missing, and look again when the user wants that."""
        there = self.hass.config_entries.async_entries(MQTT, include_disabled=False, include_ignore=False)
        problem = await async_text(self.hass, "broker", "disconnected" if there else "missing")
        return self.async_show_menu(
            step_id="broker_absent",
            menu_options=[self._listens_from],
            description_placeholders={"problem": problem},
        )

    async def _async_hear[T](
        self, listen: Callable[[Subscribe, Callable[[float], Awaitable[None]]], Awaitable[T]]
    ) -> T | None:
        """Return what is heard; None if there is no MQTT any more."""
        shared = await async_get_shared(self.hass)
        subscribe = async_subscriber(self.hass)
        return None if subscribe is None else await listen(subscribe, shared.sleep)

    def _told(self, vin: str) -> str | None:
        """Return what a car is called that is a device already: it may have told its name, or its owner."""
        registry = dr.async_get(self.hass)
        device = (
            registry.async_get_device_by_identifier((DOMAIN, vin), self._of_entry.entry_id)
            if self._of_entry is not None
            else None
        )
        return None if device is None else device.name_by_user or device.name

    @property
    def _vehicles(self) -> dict[str, str]:
        """The cars that the entry has."""
        return dict(self._of_entry.data[CONF_VEHICLES]) if self._of_entry else {}

    def _taken_elsewhere(self) -> set[str]:
        return taken_cars(self.hass, self._of_entry.entry_id if self._of_entry else None)
