"""What stands for a car in notices: its owner's name for it, and its place, as VINs are nobody's business."""

from typing import Any

from homeassistant.config_entries import ConfigEntry

from .const import CONF_VEHICLES
from .tesla.vehicle.model import read_vin


def place_of(entry: ConfigEntry[Any], vin: str) -> int:
    """Return what stands for a car where its VIN is nobody's business."""
    vins = list(entry.data[CONF_VEHICLES])
    return vins.index(vin) if vin in vins else len(vins)  # the user has just left it out


def name_of(entry: ConfigEntry[Any], vin: str) -> str:
    """Return what its owner calls a car."""
    return entry.data[CONF_VEHICLES].get(vin) or read_vin(vin).model or "Tesla"
