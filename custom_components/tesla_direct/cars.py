"""Cars that come to an account, and cars that leave it, without a restart.

A car that the account lists for the first time is added. What was listed when the user picked his cars, and
was not picked, is left out for good; so is what another entry has, or has left out, as one car belongs to one
entry. Only the user removes a car: an answer of the cloud without it may be a mistake.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.components.repairs import RepairsFlow, RepairsFlowResult
from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
import probatio as vol

from .const import CONF_LEFT_OUT, CONF_TELEMETRY, CONF_UNFINISHED, CONF_VEHICLES, DOMAIN, LOGGER
from .texts import plain


@callback
def async_take_listing(
    hass: HomeAssistant, entry: ConfigEntry[Any], listed: Mapping[str, str | None], *, complete: bool
) -> None:
    """Add the cars that an account lists for the first time; the entry is reloaded if there is one.

    listed:   VIN to name
    complete: there was no car in the list that nobody could read
    """
    left_out = entry.data.get(CONF_LEFT_OUT)
    if not entry.data[CONF_VEHICLES] or (left_out is None and not complete):
        return  # the user is still to pick, or not all is known of which he did not
    new = {
        vin: plain(name or "")
        for vin, name in listed.items()
        if vin not in entry.data[CONF_VEHICLES] and vin not in (left_out or ())
    }
    # Nobody has kept what was not picked when this entry was made: all of it, then.
    passed_over = new.keys() if left_out is None else new.keys() & _of_others(hass, entry)
    added = {vin: name for vin, name in new.items() if vin not in passed_over}
    if added:
        LOGGER.info("The account has %d cars more than before; they are added", len(added))
    if new or left_out is None:
        vehicles = entry.data[CONF_VEHICLES] | added
        left_out = sorted({*(left_out or ()), *passed_over})
        hass.config_entries.async_update_entry(
            entry, data={**entry.data, CONF_VEHICLES: vehicles, CONF_LEFT_OUT: left_out}
        )


@callback
def async_remove_car(hass: HomeAssistant, entry: ConfigEntry[Any], vin: str) -> None:
    """Forget a car that is gone; if it comes back, it is a new one."""
    vehicles = {each: name for each, name in entry.data[CONF_VEHICLES].items() if each != vin}
    hass.config_entries.async_update_entry(entry, data={**entry.data, CONF_VEHICLES: vehicles})


def made_of(entry: ConfigEntry[Any]) -> tuple[Any, ...]:
    """Return what an entry's runtime is made of: it has to be made anew when this changes."""
    data = {key: value for key, value in entry.data.items() if key not in {CONF_LEFT_OUT, CONF_UNFINISHED}}
    # What cars are to stream is asked for whenever it is needed.
    options = {key: value for key, value in entry.options.items() if key != CONF_TELEMETRY}
    subentries = {number: (one.title, dict(one.data)) for number, one in entry.subentries.items()}
    return entry.title, data, options, subentries


class GoneFlow(RepairsFlow):
    """Removes a car that the account does not list any more, if its user agrees."""

    def __init__(self, entry_id: str, car: int) -> None:
        """Take a car by its place in an entry, as a VIN is nobody's business."""
        self._entry_id = entry_id
        self._car = car
        self._vin = ""

    async def async_step_init(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Begin."""
        return await self.async_step_remove()

    async def async_step_remove(self, user_input: dict[str, Any] | None = None) -> RepairsFlowResult:
        """Say what goes with it, and do it."""
        entry = self.hass.config_entries.async_get_entry(self._entry_id)
        issue = ir.async_get(self.hass).async_get_issue(DOMAIN, self.issue_id)
        if entry is None or issue is None:  # it is listed again, or was removed in another way
            return self.async_abort(reason="not_gone")
        vins = list(entry.data[CONF_VEHICLES])
        if len(vins) == 1:
            return self.async_abort(reason="last_car")
        if user_input is None and self._car < len(vins):
            self._vin = vins[self._car]
            return self.async_show_form(
                step_id="remove",
                data_schema=vol.Schema({}),
                description_placeholders=issue.translation_placeholders,
            )
        if vins[self._car : self._car + 1] != [self._vin]:  # others were removed meanwhile
            return self.async_abort(reason="not_gone")
        async_remove_car(self.hass, entry, self._vin)
        return self.async_create_entry(data={})


def _of_others(hass: HomeAssistant, entry: ConfigEntry[Any]) -> set[str]:
    """Return the cars that other entries have, or have left out."""
    return {
        vin
        for other in hass.config_entries.async_entries(DOMAIN)
        if other is not entry
        for vin in (*other.data[CONF_VEHICLES], *other.data.get(CONF_LEFT_OUT, ()))
    }
