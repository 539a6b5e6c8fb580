"""The steps that look whether cars find the telemetry port, or that do without one."""

from typing import Any

from homeassistant.config_entries import ConfigFlowResult
import probatio as vol

from .const import CONF_CLIENT_ID, CONF_POLL_INTERVAL, CONF_RECEIVER, RECEIVER_NEVER
from .options.polling import poll_costs
from .port import TelemetryPort
from .port_check import NOT_OPEN, UNCERTAIN, Found, async_check, async_lines
from .shared import async_get_shared
from .tesla.source.poll_plan import FALLBACK, RARELY
from .texts import async_text
from .tour import RECEIVER, TourSteps


class PortSteps(TourSteps):
    """Looks at the port through its public name, and says what is found there."""

    _port_found = Found()

    async def async_step_receiver_check(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Call the port as a car would."""
        port = await self._async_port()
        where = (port.settings.host, port.settings.public_port) if port else ("", 0)
        return await self._async_wait_for(
            "receiver_check",
            self._async_look_at_port,
            "receiver_checked",
            {"host": where[0], "public_port": str(where[1])},
        )

    async def async_step_receiver_checked(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what was found."""
        self._port_found = self._done()
        if self._port_found.problem is None:
            return await self.async_step_receiver_done()
        return await self.async_step_receiver_failed()

    async def async_step_receiver_done(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Show what cars are told so that they connect here, and who has found the way so far."""
        port = await self._async_port()
        if user_input is not None or port is None:
            return await self._async_part_done(RECEIVER, "receiver_ready")
        return self.async_show_form(
            step_id="receiver_done",
            data_schema=vol.Schema({}),
            description_placeholders=await self._async_port_told(port),
        )

    async def async_step_receiver_failed(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Say what stands in the way, and offer what helps."""
        port = await self._async_port()
        if port is None:
            return await self._async_part_left(RECEIVER, "receiver_put_off")
        problem = self._port_found.problem or NOT_OPEN
        options = ["receiver_check", "receiver"]
        if problem in UNCERTAIN:
            options.append("receiver_anyway")
        return self.async_show_menu(
            step_id="receiver_failed",
            menu_options=[*options, "receiver_off", "receiver_put_off"],
            description_placeholders=await self._async_port_told(port)
            | {
                "problem": await async_text(self.hass, "receiver_problem", problem),
                "detail": f"({self._port_found.detail})" if self._port_found.detail else "",
            },
        )

    async def async_step_receiver_anyway(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Let the first car be the proof: not every router leads back to its own public address."""
        return await self._async_part_done(RECEIVER, "receiver_unproved")

    async def async_step_receiver_put_off(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Leave it for later."""
        return await self._async_part_left(RECEIVER, "receiver_put_off")

    async def async_step_receiver_off(self, user_input: dict[str, Any] | None = None) -> ConfigFlowResult:
        """Do without the port, with what the poll costs beside it; a port can be set up at any time."""
        entry = self._get_reconfigure_entry()
        if user_input is not None:
            self.hass.config_entries.async_update_entry(
                entry, data={**entry.data, CONF_RECEIVER: RECEIVER_NEVER}
            )
            return await self._async_part_done(RECEIVER, "reconfigure_successful")
        shared = await async_get_shared(self.hass)
        prices = shared.ledgers.meter_of(entry.data[CONF_CLIENT_ID]).budget.prices
        interval = int(entry.options.get(CONF_POLL_INTERVAL, FALLBACK)) or int(RARELY)
        return self.async_show_form(
            step_id="receiver_off",
            data_schema=vol.Schema({}),
            description_placeholders={"interval": str(interval), **poll_costs(interval, prices)},
        )

    async def _async_port(self) -> TelemetryPort | None:
        """Return the port of this account; another dialogue may have taken it away."""
        number = self._get_reconfigure_entry().data[CONF_RECEIVER]
        shared = await async_get_shared(self.hass)
        return shared.ports.get(number) if isinstance(number, int) else None

    async def _async_look_at_port(self) -> Found:
        port = await self._async_port()
        if port is None:
            return Found(problem=NOT_OPEN)
        return await async_check(port, (await async_get_shared(self.hass)).ports.resolve)

    async def _async_port_told(self, port: TelemetryPort) -> dict[str, str]:
        """Return what the pages tell of a port."""
        outside = "yes" if port.reached_from_outside else "no"
        return {
            "host": port.settings.host,
            "public_port": str(port.settings.public_port),
            "port": str(port.settings.port),
            "looks": await async_lines(self.hass, self._port_found.looks),
            "outside": await async_text(self.hass, "receiver_outside", outside),
        }
