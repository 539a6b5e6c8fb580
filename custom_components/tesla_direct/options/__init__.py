"""What can be changed while all runs: a menu, and the pages of each subject in a file of its own.

What belongs to the application, and not to one account, is kept with what the entries share.
"""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult

from ..hosts import provider_of
from ..key_flow import KeySteps
from ..pairing import is_ours
from ..tesla.fleet_api import provider as providers
from ..tour import PROFILE, parts_of
from .budget import BudgetSteps
from .commands import CommandSteps
from .polling import PollingSteps
from .serving import ServingSteps
from .telemetry import TelemetrySteps

# The first page of each subject: `async_step_<name>` of one of the classes below.
SERVING = "serving"
MENU = ("telemetry", "polling", "commands", "budget", "prices", "key", SERVING)


class TeslaDirectOptionsFlow(TelemetrySteps, PollingSteps, CommandSteps, BudgetSteps, KeySteps, ServingSteps):
    """Asks what the user wants to change."""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer the subjects."""
        data = self.config_entry.data
        sensible = {"key": is_ours(data), "telemetry": PROFILE in parts_of(data)}
        options = [one for one in MENU if sensible.get(one, True)]
        if provider_of(data).name == providers.NONE.name:
            options = [SERVING]  # nobody is asked for anything, and nothing costs
        return self.async_show_menu(step_id="init", menu_options=options)
