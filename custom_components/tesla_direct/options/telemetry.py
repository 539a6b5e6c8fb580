"""What cars stream, changed while all runs: a profile, single signals, and sending it at once."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult

from ..profile_flow import ProfileSteps
from ..tour import can_stream
from .steps import OptionsSteps


class TelemetrySteps(ProfileSteps, OptionsSteps):
    """Offers the pages of the profile."""

    async def async_step_telemetry(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Offer what can be done, where cars have a port to stream to."""
        if not can_stream(self.config_entry.data):
            return self.async_abort(reason="profile_no_port")
        options = ["profile", "profile_signal"]
        if self._is_chosen:  # else nobody has seen what it costs
            options.append("profile_send")
        return self.async_show_menu(step_id="telemetry", menu_options=options)
