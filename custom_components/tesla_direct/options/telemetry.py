"""What cars stream, changed while all runs: a profile, single signals, and sending it at once."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult

from ..const import CONF_RECEIVER
from ..profile_flow import ProfileSteps
from .steps import OptionsSteps


class TelemetrySteps(ProfileSteps, OptionsSteps):
    """Offers the pages of the profile."""

    async def async_step_telemetry(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer what can be done, where cars have a port to stream to."""
        if not isinstance(self.config_entry.data[CONF_RECEIVER], int):
            return self.async_abort(reason="profile_no_port")
        options = ["profile", "profile_signal"]
        if self._is_chosen:  # else nobody has seen what it costs
            options.append("profile_send")
        return self.async_show_menu(step_id="telemetry", menu_options=options)
