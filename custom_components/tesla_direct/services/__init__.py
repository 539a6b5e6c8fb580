"""The actions of this integration, for its cars; each is a row, and described in services.yaml."""

from functools import partial

from homeassistant.core import HomeAssistant, callback

from ..const import DOMAIN
from . import charging, comfort, navigation, questions, raw, schedules, security, telemetry
from .action import Action, async_call

ACTIONS: tuple[Action, ...] = (
    *navigation.ACTIONS,
    *schedules.ACTIONS,
    *comfort.ACTIONS,
    *security.ACTIONS,
    *questions.ACTIONS,
    *charging.ACTIONS,
    *telemetry.ACTIONS,
    *raw.ACTIONS,
)


@callback
def async_setup_services(hass: HomeAssistant) -> None:
    """Register all actions; they are there for as long as Home Assistant runs, whatever is loaded."""
    for action in ACTIONS:
        # Home Assistant's schemas repeat in their errors what they refuse, so there is none.
        hass.services.async_register(
            DOMAIN, action.name, partial(async_call, action), supports_response=action.response
        )
