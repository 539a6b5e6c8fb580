"""Cars that a broker tells of and nobody has set up: offered where there is no account to say whose they are.

Beside an account they are left alone: they may be anybody's, and only diagnostics count them. A TeslaMate is
the user's own, who is asked of each car that comes to it, once.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry, ConfigSubentry
from homeassistant.core import HomeAssistant, callback
from homeassistant.helpers import issue_registry as ir
from homeassistant.util.hass_dict import HassKey

from .cars_form import taken_cars
from .const import CONF_CARS, CONF_LEFT_OUT, CONF_NAMESPACE, CONF_VEHICLES, DOMAIN
from .hosts import provider_of
from .repairs_tour import async_show_lead
from .tesla.fleet_api.provider import NONE

CARS_HEARD = "cars_heard"
TESLAMATE_CARS = "teslamate_cars"
HEARD: HassKey[dict[str, dict[str, None]]] = HassKey(f"{DOMAIN}_cars_heard")  # by entry; none is stored
# The same of TeslaMates, by subentry and namespace.
NUMBERS: HassKey[dict[tuple[str, str], set[int]]] = HassKey(f"{DOMAIN}_teslamate_cars")


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


@callback
def async_offer_number(
    hass: HomeAssistant, entry: ConfigEntry[Any], subentry: ConfigSubentry, number: int
) -> None:
    """Learn of a car of a TeslaMate that nobody has matched yet; that goes when the entry is set up anew."""
    key = subentry.subentry_id, subentry.data[CONF_NAMESPACE]
    heard = hass.data.setdefault(NUMBERS, {}).setdefault(key, set())
    heard.add(number)
    asked_for = {*map(int, subentry.data[CONF_CARS]), *subentry.data.get(CONF_LEFT_OUT, ())}
    if not (new := heard - asked_for):
        return
    ir.async_create_issue(
        hass,
        DOMAIN,
        f"{TESLAMATE_CARS}_{entry.entry_id}_{subentry.subentry_id}",
        data={"key": TESLAMATE_CARS, "entry_id": entry.entry_id, "subentry": subentry.subentry_id},
        is_fixable=True,
        severity=ir.IssueSeverity.WARNING,
        translation_key=TESLAMATE_CARS,
        translation_placeholders={"name": entry.title, "count": str(len(new))},
    )


def _tell(hass: HomeAssistant, entry: ConfigEntry[Any]) -> None:
    data: Mapping[str, Any] = entry.data
    known = {*data[CONF_VEHICLES], *data.get(CONF_LEFT_OUT, ()), *taken_cars(hass, entry.entry_id)}
    new = [vin for vin in async_offered_cars(hass, entry) if vin not in known]
    if new:
        async_show_lead(hass, entry, CARS_HEARD, ir.IssueSeverity.WARNING, {"count": str(len(new))})
    else:
        ir.async_delete_issue(hass, DOMAIN, f"{CARS_HEARD}_{entry.entry_id}")
