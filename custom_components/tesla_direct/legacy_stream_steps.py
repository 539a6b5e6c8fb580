"""The pages on which a user says which cars a service is to stream here, having read what that takes away.

Such a stream has one listener for each car: whoever comes later takes it from whoever had it, without a word.
"""

from abc import abstractmethod
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigFlowResult
from homeassistant.core import callback
from homeassistant.data_entry_flow import FlowHandler
from homeassistant.helpers.selector import BooleanSelector
import probatio as vol

from .cars_form import cars_choice, label_of, nobody_picked
from .const import CONF_RAW, CONF_TAGS, CONF_VEHICLES, SUBENTRY_LEGACY_STREAM
from .hosts import provider_of
from .tesla.fleet_api.provider import Provider
from .texts import async_text, plain


class LegacyStreamSteps(FlowHandler[Any, ConfigFlowResult, Any]):
    """Asks which cars are to stream here, and in which form."""

    _streamable: Mapping[str, str | None] = MappingProxyType({})  # VIN to name
    _silent = frozenset[str]()  # those that the service says it does not stream

    @abstractmethod
    async def _async_stream_chosen(self, vins: Iterable[str], *, raw: bool) -> ConfigFlowResult:
        """Go on with the cars that are to stream here, perhaps none."""

    def _streamed_so_far(self) -> Iterable[str]:
        """Return the cars that are picked before the user has said anything."""
        return self._streamable.keys() - self._silent

    def _raw_so_far(self) -> bool:
        return True

    async def async_step_legacy_stream(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask whether to take the stream at all."""
        return self.async_show_menu(
            step_id="legacy_stream", menu_options=["legacy_stream_cars", "legacy_stream_none"]
        )

    async def async_step_legacy_stream_none(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Leave it to whoever has it."""
        return await self._async_stream_chosen((), raw=self._raw_so_far())

    async def async_step_legacy_stream_cars(
        self, user_input: dict[str, Any] | None = None
    ) -> ConfigFlowResult:
        """Ask of which cars, and for how much of what they tell."""
        errors = nobody_picked(user_input)
        if user_input is not None and not errors:
            return await self._async_stream_chosen(user_input[CONF_VEHICLES], raw=user_input[CONF_RAW])
        silent = await async_text(self.hass, "legacy_stream", "not_streaming")
        labels = {
            vin: label_of(vin, plain(name or "")) + (f": {silent}" if vin in self._silent else "")
            for vin, name in self._streamable.items()
        }
        schema = cars_choice(labels, self._streamed_so_far()).extend(
            {vol.Required(CONF_RAW, default=self._raw_so_far()): BooleanSelector()}
        )
        return self.async_show_form(
            step_id="legacy_stream_cars",
            data_schema=self.add_suggested_values_to_schema(schema, user_input),
            errors=errors,
        )


@callback
def streamed_beside(entry: ConfigEntry[Any], service: Provider, own: str = "") -> frozenset[str]:
    """Return the cars of which another source of an entry hears at the same place, so that this one cannot.

    own: the subentry that is changed
    """
    return frozenset(
        vin
        for subentry in entry.get_subentries_of_type(SUBENTRY_LEGACY_STREAM)
        if subentry.subentry_id != own and _url(provider_of(subentry.data)) == _url(service)
        for vin in subentry.data[CONF_TAGS]
    )


def _url(service: Provider) -> str | None:
    return None if service.stream is None else service.stream.url
