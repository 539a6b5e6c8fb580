"""What it takes to put a key on a car: the link, its code, and a look whether it is there.

Whose key that is follows from who signs: we do, with a key that the application's domain hosts; or a proxy or
a service does, with one of its own.
"""

from collections.abc import Mapping
from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.core import HomeAssistant
from homeassistant.helpers.selector import QrCodeSelector, QrCodeSelectorConfig, QrErrorCorrectionLevel

from .const import CONF_CLIENT_ID, CONF_PROXY
from .hosts import provider_of
from .key import KeyStore
from .storage import NotDurable
from .tesla.vehicle.model import read_vin
from .tesla.vehicle.signals import connection, security
from .texts import async_text

MOST_KEYS = 20  # that a car holds
KEY_LIST_FULL = "key_list_full"
NOT_PAIRED_YET = "not_paired_yet"
OTHER_KEY = "other_key"


def is_ours(data: Mapping[str, Any]) -> bool:
    """Return whether it is our own key that the cars of an entry have to know."""
    return CONF_PROXY not in data and not provider_of(data).signs


def can_pair(data: Mapping[str, Any]) -> bool:
    """Return whether anybody can be told how to put the key on the cars of an entry."""
    return CONF_PROXY in data or bool(provider_of(data).pairing)


def only_lacks_are_told(data: Mapping[str, Any]) -> bool:
    """Return whether it is only said of cars that they lack the key, never that they have it."""
    return provider_of(data).signs


def unpaired(entry: ConfigEntry[Any]) -> list[str]:
    """Return the cars of an entry that need the key and are not known to have it."""
    lacking = {False} if only_lacks_are_told(entry.data) else {None, False}
    return [
        vin
        for vin, vehicle in entry.runtime_data.vehicles.items()
        if not read_vin(vin).pre_2021 and vehicle.coordinator.data.get(connection.KEY_PAIRED) in lacking
    ]


def domain_of(keys: KeyStore, data: Mapping[str, Any]) -> str | None:
    """Return the domain that the link is made of; None where nobody has told, empty where it needs none."""
    if CONF_PROXY in data:
        return str(data[CONF_PROXY]["domain"])
    return "" if provider_of(data).signs else keys.domain_of(data[CONF_CLIENT_ID])


def link_of(keys: KeyStore, entry: ConfigEntry[Any], vin: str, *, elsewhere: bool = False) -> str:
    """Return what the owner of a car opens on the phone; needs a domain.

    elsewhere: the car belongs to another Tesla account than the one that is set up
    """
    domain = domain_of(keys, entry.data) or ""
    return provider_of(entry.data).pairing_page(domain=domain, vin=vin, elsewhere=elsewhere)


async def async_elsewhere(hass: HomeAssistant, keys: KeyStore, entry: ConfigEntry[Any], vin: str) -> str:
    """Return what is to be known of the link: what leads to a page to sign in at, and who needs another."""
    if provider_of(entry.data).pairs_on_page:
        return await async_text(hass, "pairing", "on_page")
    link = link_of(keys, entry, vin, elsewhere=True)
    if link == link_of(keys, entry, vin):
        return ""
    return (await async_text(hass, "pairing", "elsewhere")).format(link=link)


def code_of(link: str) -> QrCodeSelector:
    """Return a link for the eye of a phone."""
    return QrCodeSelector(
        QrCodeSelectorConfig(data=link, scale=6, error_correction_level=QrErrorCorrectionLevel.QUARTILE)
    )


def keys_held(entry: ConfigEntry[Any], vin: str) -> float | None:
    """Return how many keys a car holds; None while nobody has told."""
    held: float | None = entry.runtime_data.vehicles[vin].coordinator.data.get(security.PAIRED_KEYS)
    return held


async def async_other_key(keys: KeyStore, entry: ConfigEntry[Any]) -> bool:
    """Return whether cars would learn another key than ours, where ours is the one that counts."""
    if not is_ours(entry.data):
        return False
    return await keys.async_same_hosted(keys.domain_of(entry.data[CONF_CLIENT_ID]) or "") is False


async def async_look(keys: KeyStore, entry: ConfigEntry[Any], vin: str) -> str:
    """Return why a car is not paired, as a key of the user's texts; empty if it is. That is free.

    Raises: TeslaError if the cloud does not tell
    """
    # The cloud answers for the key that is hosted; if that is not ours, its yes means nothing.
    if await async_other_key(keys, entry):
        return OTHER_KEY
    who = entry.runtime_data.teslemetry or entry.runtime_data
    try:
        paired = await who.async_ask_paired(vin)
    except NotDurable:
        return "key_not_saved"
    if paired:
        return ""
    return KEY_LIST_FULL if (keys_held(entry, vin) or 0) >= MOST_KEYS else NOT_PAIRED_YET
