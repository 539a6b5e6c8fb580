"""Looks every day whether the proxy in front of a port, where there is one, still lets cars through."""

from datetime import datetime, timedelta
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import CALLBACK_TYPE, HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.helpers.event import async_track_time_interval

from .const import CONF_RECEIVER, DOMAIN
from .port_check import COUNTED, PROXY_CERTIFICATE, UNNAMED, async_check
from .ports import Ports
from .repairs_tour import PROXY_WRONG, async_show_lead
from .texts import async_text

STEP = timedelta(hours=1)  # as soon is looked again where something is wrong
RARELY = 24  # steps between two looks where all is well
# What is surely the proxy, and not the way to it from here.
SURE = frozenset({PROXY_CERTIFICATE, UNNAMED, *COUNTED.values()})


class PortWatch:
    """Watches the proxy in front of one entry's port, if there is one."""

    def __init__(self, hass: HomeAssistant, entry: ConfigEntry[Any], ports: Ports) -> None:
        """Know nothing yet."""
        self._hass = hass
        self._entry = entry
        self._ports = ports
        self._steps = RARELY - 1  # until the next look; the dialogue has just looked
        self._wrong = 0  # looks in a row that have found something wrong

    async def async_step(self, _now: datetime) -> None:
        """Look, if it is time for it."""
        if self._steps > 0:
            self._steps -= 1
            return
        port = self._ports.get(self._entry.data[CONF_RECEIVER])
        if port is None or not port.settings.peers or not port.listening:
            self._all_is_well()
            return
        found = await async_check(port, self._ports.resolve)
        if found.problem not in SURE:
            self._all_is_well()
            return
        self._wrong += 1
        if self._wrong > 1:  # once may be a proxy that is just being changed
            problem = await async_text(self._hass, "receiver_problem", found.problem)
            told = {"problem": problem, "detail": found.detail, "host": port.settings.host}
            async_show_lead(self._hass, self._entry, PROXY_WRONG, ir.IssueSeverity.WARNING, told)

    @callback
    def _all_is_well(self) -> None:
        self._steps, self._wrong = RARELY - 1, 0
        ir.async_delete_issue(self._hass, DOMAIN, f"{PROXY_WRONG}_{self._entry.entry_id}")


@callback
def async_watch_port(hass: HomeAssistant, entry: ConfigEntry[Any], ports: Ports) -> CALLBACK_TYPE:
    """Begin to watch what is in front of an entry's port; return what ends that."""
    watch = PortWatch(hass, entry, ports)
    return async_track_time_interval(
        hass, watch.async_step, STEP, name="tesla_direct port", cancel_on_shutdown=True
    )
