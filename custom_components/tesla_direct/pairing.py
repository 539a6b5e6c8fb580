"""What it takes to put our key on a car: the link, its code, and a look whether it is there."""

from typing import Any

from homeassistant.config_entries import ConfigEntry
from homeassistant.helpers.selector import QrCodeSelector, QrCodeSelectorConfig, QrErrorCorrectionLevel

from .const import CONF_CLIENT_ID
from .key import PAIRING, KeyStore
from .storage import NotDurable
from .tesla.vehicle.model import read_vin
from .tesla.vehicle.signals import connection, security

MOST_KEYS = 20  # that a car holds
KEY_LIST_FULL = "key_list_full"
NOT_PAIRED_YET = "not_paired_yet"
OTHER_KEY = "other_key"


def unpaired(entry: ConfigEntry[Any]) -> list[str]:
    """Return the cars of an entry that need our key and are not known to have it."""
    return [
        vin
        for vin, vehicle in entry.runtime_data.vehicles.items()
        if not read_vin(vin).pre_2021 and vehicle.coordinator.data.get(connection.KEY_PAIRED) is not True
    ]


def link_of(keys: KeyStore, entry: ConfigEntry[Any], vin: str) -> str:
    """Return what the owner of a car opens on the phone; needs a domain."""
    return PAIRING.format(domain=keys.domain_of(entry.data[CONF_CLIENT_ID]), vin=vin)


def code_of(link: str) -> QrCodeSelector:
    """Return a link for the eye of a phone."""
    return QrCodeSelector(
        QrCodeSelectorConfig(data=link, scale=6, error_correction_level=QrErrorCorrectionLevel.QUARTILE)
    )


def keys_held(entry: ConfigEntry[Any], vin: str) -> float | None:
    """Return how many keys a car holds; None while nobody has told."""
    held: float | None = entry.runtime_data.vehicles[vin].coordinator.data.get(security.PAIRED_KEYS)
    return held


async def async_look(keys: KeyStore, entry: ConfigEntry[Any], vin: str) -> str:
    """Return why a car is not paired, as a key of the user's texts; empty if it is. That is free.

    Raises: TeslaError if the cloud does not tell
    """
    # The cloud answers for the key that is hosted; if that is not ours, its yes means nothing.
    if await keys.async_same_hosted(keys.domain_of(entry.data[CONF_CLIENT_ID]) or "") is False:
        return OTHER_KEY
    try:
        paired = await entry.runtime_data.async_ask_paired(vin)
    except NotDurable:
        return "key_not_saved"
    if paired:
        return ""
    return KEY_LIST_FULL if (keys_held(entry, vin) or 0) >= MOST_KEYS else NOT_PAIRED_YET
