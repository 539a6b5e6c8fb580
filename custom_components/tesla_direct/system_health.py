"""How the integration is, in a few lines."""

from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback

from .const import DOMAIN
from .runtime import TeslaDirectConfigEntry
from .shared import async_get_shared
from .tesla.fleet_api.endpoints import Price


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register what is shown."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is shown."""
    shared = await async_get_shared(hass)
    entries: list[TeslaDirectConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    vehicles = [vehicle for entry in entries for vehicle in entry.runtime_data.vehicles.values()]
    info: dict[str, Any] = {
        "cars": len(vehicles),
        "connected": sum(vehicle.connected for vehicle in vehicles),
        "key": shared.key.fingerprint or ("unreadable" if shared.key.unreadable else "none"),
        "ports": ", ".join(
            f"{port.settings.port}: {'listening' if port.listening else port.problem or 'closed'}"
            for port in shared.ports
        ),
        "turned_away": sum(
            port.server.gate.refused.total() + port.server.turned_away.total()
            for port in shared.ports
            if port.server
        ),
        "requests_this_month": sum(
            ledger.month(shared.clock()).calls(price)
            for ledger in {
                id(entry.runtime_data.ledger): entry.runtime_data.ledger for entry in entries
            }.values()
            for price in (Price.DATA, Price.COMMAND, Price.WAKE)
        ),
    }
    if entries:
        # Tesla's own page for this; it needs no sign-in and costs nothing.
        url = f"{entries[0].runtime_data.api.base}/status"
        info["cloud"] = system_health.async_check_can_reach_url(hass, url)
    return info
