"""Which commands the user allows, for whose a sleeping car is woken, and how often the current is set."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult
from homeassistant.helpers.selector import (
    NumberSelector,
    NumberSelectorConfig,
    NumberSelectorMode,
    SelectSelector,
    SelectSelectorConfig,
    SelectSelectorMode,
)
import probatio as vol

from ..const import (
    AMPS_FLOOR,
    CONF_AMPS_FLOOR,
    CONF_DANGEROUS,
    CONF_WAKE,
    DANGEROUS,
    WAKE_ALWAYS,
    WAKE_NEVER,
    WAKE_USER,
)
from .steps import OptionsSteps

LONGEST_FLOOR = 3600  # seconds


class CommandSteps(OptionsSteps):
    """Asks what commands may do."""

    async def async_step_commands(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Ask for all of it at once."""
        if user_input is not None:
            return self._save(**user_input | {CONF_AMPS_FLOOR: int(user_input[CONF_AMPS_FLOOR])})
        options = self.config_entry.options
        floor = NumberSelector(
            NumberSelectorConfig(
                min=0, max=LONGEST_FLOOR, step=1, unit_of_measurement="s", mode=NumberSelectorMode.BOX
            )
        )
        return self.async_show_form(
            step_id="commands",
            data_schema=vol.Schema(
                {
                    vol.Required(CONF_DANGEROUS, default=options.get(CONF_DANGEROUS, [])): _choice(
                        DANGEROUS, CONF_DANGEROUS, multiple=True
                    ),
                    vol.Required(CONF_WAKE, default=options.get(CONF_WAKE, WAKE_ALWAYS)): _choice(
                        (WAKE_ALWAYS, WAKE_USER, WAKE_NEVER), CONF_WAKE
                    ),
                    vol.Required(CONF_AMPS_FLOOR, default=options.get(CONF_AMPS_FLOOR, AMPS_FLOOR)): floor,
                }
            ),
        )


def _choice(options: tuple[str, ...], translation_key: str, *, multiple: bool = False) -> SelectSelector:
    return SelectSelector(
        SelectSelectorConfig(
            options=list(options),
            translation_key=translation_key,
            multiple=multiple,
            mode=SelectSelectorMode.LIST,
        )
    )
