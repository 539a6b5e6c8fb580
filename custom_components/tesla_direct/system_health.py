"""How the integration is, in a few lines."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from homeassistant.components import system_health
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers.translation import async_get_translations

from .const import DOMAIN
from .hosts import provider_of
from .runtime import TeslaDirectConfigEntry
from .shared import async_get_shared
from .tesla.fleet_api.addresses import PUBLIC
from .tesla.fleet_api.endpoints import Price
from .tesla.vehicle.sources import LEGACY_STREAM, MQTT, POLL, RECEIVER, SSE, TESLAMATE
from .vehicle import Vehicle

SOURCES = (RECEIVER, MQTT, SSE, LEGACY_STREAM, TESLAMATE, POLL)
TROUBLE = f"component.{DOMAIN}.common.source_trouble"


@callback
def async_register(hass: HomeAssistant, register: system_health.SystemHealthRegistration) -> None:
    """Register what is shown."""
    register.async_register_info(_async_info)


async def _async_info(hass: HomeAssistant) -> dict[str, Any]:
    """Return what is shown."""
    shared = await async_get_shared(hass)
    entries: list[TeslaDirectConfigEntry] = hass.config_entries.async_loaded_entries(DOMAIN)
    vehicles = [vehicle for entry in entries for vehicle in entry.runtime_data.vehicles.values()]
    texts = await async_get_translations(hass, hass.config.language, "common", {DOMAIN})
    info: dict[str, Any] = {
        "cars": len(vehicles),
        "connected": sum(vehicle.connected for vehicle in vehicles),
        **_sources(vehicles, texts),
        "key": shared.key.fingerprint or ("unreadable" if shared.key.unreadable else "none"),
        "ports": ", ".join(
            f"{port.settings.port}: {'listening' if port.listening else port.problem or 'closed'}"
            for port in shared.ports
        )
        or "none",
        "turned_away": sum(
            port.server.gate.refused.total() + port.server.turned_away.total()
            for port in shared.ports
            if port.server
        ),
        **_served(entries),
        "requests_this_month": sum(
            ledger.month(shared.clock()).calls(price)
            for ledger in {
                id(entry.runtime_data.ledger): entry.runtime_data.ledger for entry in entries
            }.values()
            for price in (Price.DATA, Price.COMMAND, Price.WAKE)
        ),
    }
    asked = next((entry.runtime_data.api.base for entry in entries if _is_public(entry)), None)
    if asked is not None:
        # Tesla's own page for this; it needs no sign-in and costs nothing.
        info["cloud"] = system_health.async_check_can_reach_url(hass, f"{asked}/status")
    return info


def _is_public(entry: TeslaDirectConfigEntry) -> bool:
    """Return whether an entry asks a host that everybody believes; Home Assistant believes no other."""
    return entry.runtime_data.cloud.asked and provider_of(entry.data).certificates == PUBLIC


def _served(entries: Iterable[TeslaDirectConfigEntry]) -> dict[str, str]:
    """Return who is served, where somebody wants that."""
    all_told = [told for entry in entries if (told := entry.runtime_data.serving.to_dict()) is not None]
    if not all_told:
        return {}
    open_ = sum(told["listening"] for told in all_told)
    clients = sum(told["clients"] for told in all_told)
    refused = sum(sum(told["refused"].values()) for told in all_told)
    return {"served": f"{open_} of {len(all_told)} open, {clients} followers, {refused} refusals"}


def _sources(vehicles: Iterable[Vehicle], texts: Mapping[str, str]) -> dict[str, str]:
    """Return a line for each kind of source: one that is silent while another delivers is told only here."""
    lines: dict[str, str] = {}
    for source in SOURCES:
        cars = works = 0
        troubles: dict[str, None] = {}
        heard: list[float] = []
        for vehicle in vehicles:
            names = [name for name in vehicle.coordinator.sources if name.partition(" ")[0] == source]
            cars += bool(names)
            works += any(vehicle.coordinator.sources[name] for name in names)
            troubles |= {trouble: None for name in names if (trouble := vehicle.coordinator.troubles[name])}
            heard += [one.last_at for name in names if (one := vehicle.heard.get(name)) and one.last_at]
        if cars:
            last = datetime.fromtimestamp(max(heard), UTC).isoformat(timespec="seconds") if heard else "never"
            told = [texts.get(f"{TROUBLE}_{trouble}", trouble) for trouble in troubles]
            why = f" ({', '.join(told)})" if told else ""
            lines[f"source_{source}"] = f"works for {works} of {cars}{why}, last word {last}"
    return lines
