"""What the pages of an entry's options share."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult, OptionsFlow

from ..const import CONF_CLIENT_ID
from ..shared import async_get_shared
from ..spending import Meter


class OptionsSteps(OptionsFlow):
    """The pages of one subject."""

    async def _async_meter(self) -> Meter:
        """Return what the account's application spends, and may spend."""
        shared = await async_get_shared(self.hass)
        return shared.ledgers.meter_of(self.config_entry.data[CONF_CLIENT_ID])

    def _save(self, **changes: Any) -> ConfigFlowResult:
        """Change some options, and leave the others as they are."""
        return self.async_create_entry(data={**self.config_entry.options, **changes})
