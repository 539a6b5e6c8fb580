"""Cars that a broker tells of and nobody has set up: offered where there is no account to say whose they are.

Beside an account they are left alone: they may be anybody's, and only diagnostics count them.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.hass_dict import HassKey

from .cars_flow import taken_cars
from .const import CONF_LEFT_OUT, CONF_VEHICLES, DOMAIN
from .hosts import provider_of
from .repairs_tour import async_show_lead
from .tesla.fleet_api.provider import NONE

CARS_HEARD = "cars_heard"
HEARD: HassKey[dict[str, dict[str, None]]] = HassKey(f"{DOMAIN}_cars_heard")  # by entry; none is stored


@callback
def async_offer_car(hass: HomeAssistant, entry: ConfigEntry[Any], vin: str) -> None:
    """Learn of a car that is not of an entry; the user is told how many there are to pick from."""
    if provider_of(entry.data).name != NONE.name:
        return
    hass.data.setdefault(HEARD, {}).setdefault(entry.entry_id, {})[vin] = None
    _tell(hass, entry)


@callback
def async_offered_cars(hass: HomeAssistant, entry: ConfigEntry[Any]) -> Iterable[str]:
    """Return the cars that were heard of and are not of an entry."""
    return hass.data.get(HEARD, {}).get(entry.entry_id, {})


@callback
def async_cars_were_picked(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    """Withdraw the offer: the user has seen it."""
    hass.data.get(HEARD, {}).pop(entry.entry_id, None)
    _tell(hass, entry)


def _tell(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    data: Mapping[str, Any] = entry.data
    known = {*data[CONF_VEHICLES], *data.get(CONF_LEFT_OUT, ()), *taken_cars(hass, entry.entry_id)}
    new = [vin for vin in async_offered_cars(hass, entry) if vin not in known]
    if new:
        async_show_lead(hass, entry, CARS_HEARD, ir.IssueSeverity.WARNING, {"count": str(len(new))})
    else:
        ir.async_delete_issue(hass, DOMAIN, f"{CARS_HEARD}_{entry.entry_id}")
